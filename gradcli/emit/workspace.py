"""Where a C function keeps its own arrays: small ones on the stack, larger ones in one workspace.

Must not know what the arrays are for, nor how a statement is made.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from gradcli.graph.shape import Dim, Shape, size

WORKSPACE = "workspace"
STACK = 2048
"""Doubles that a function may keep on the stack: 16 KiB, which the smallest threads have."""
WIDTH = 92


def on_heap(arrays: Mapping[str, Shape]) -> bool:
    """Whether these arrays may be more than a stack has; what letters measure has no end."""
    sizes = [size(shape) for shape in arrays.values()]
    return not all(isinstance(n, int) for n in sizes) or sum(map(int, sizes)) > STACK  # type: ignore[arg-type]


def in_workspace(code: Sequence[str], arrays: Mapping[str, Shape], failed: list[str]) -> list[str]:
    """The code with its arrays in memory that is asked for once; `failed` is for where there is
    none. The caller frees it."""
    places = {f"double {name}[{size(shape)}];": name for name, shape in arrays.items()}
    head = _asked(arrays)
    braces = len(failed) > 1
    head += [f"if (!{WORKSPACE}){' {' * braces}", *(f"    {line}" for line in failed)]
    head += ["}"] * braces
    before = WORKSPACE
    lines = []
    for line in code:
        declared, space, comment = line.partition("  //")
        if name := places.get(declared):
            lines.append(f"double *restrict const {name} = {before};{space}{comment}")
            before = f"{name} + {doubles(arrays[name])}"
        else:
            lines.append(line)
    return [*head, *lines]


def _asked(arrays: Mapping[str, Shape]) -> list[str]:
    """The request for memory, multiplied in the type of sizes, which an int would overflow."""
    sizes = [size(shape) for shape in arrays.values()]
    if all(isinstance(n, int) for n in sizes):
        return [f"double *const {WORKSPACE} = malloc(sizeof(double)*{sum(map(int, sizes))});"]  # type: ignore[arg-type]
    counted = Counter(map(doubles, arrays.values()))
    terms = [f"sizeof(double){f'*{n}' * (n > 1)}*{text}" for text, n in counted.items()]
    whole = f"double *const {WORKSPACE} = malloc({' + '.join(terms)});"
    if len(whole) <= WIDTH:
        return [whole]
    rest = [f"    + {term}" for term in terms[1:]]
    return [f"double *const {WORKSPACE} = malloc(", f"    {terms[0]}", *rest, ");"]


def doubles(shape: Shape) -> str:
    """How many an array has, as a product."""
    return "*".join(map(_factor, shape))


def _factor(dim: Dim) -> str:
    text = str(dim)
    return text if text.isidentifier() or text.isdigit() else f"({text})"
