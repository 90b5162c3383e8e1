"""Loops of C99: indices into flat arrays, and what is done row by row.

Must not know how expressions are written: they come with marks where their axes go.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from itertools import count, islice
from typing import cast

from gradcli.calculus.core import EINSUM
from gradcli.calculus.families import Einsum
from gradcli.emit.composed import unwritable
from gradcli.emit.pieces import CodeText, fill, infix
from gradcli.emit.target import Target
from gradcli.graph.node import Node, Op
from gradcli.graph.shape import Dim, Letters, Shape, add_dims, size
from gradcli.notation.precedence import Level
from gradcli.ops.algebra import INV, SOLVE
from gradcli.ops.reductions import (
    LOG_SOFTMAX,
    LOGSUMEXP,
    MAX_OF,
    MIN_OF,
    PROD,
    SHARE,
    SOFTMAX,
)
from gradcli.ops.sequences import CUMSUM, TRIL
from gradcli.ops.shaping import CONCAT, RESHAPE, SCATTER, STACK

# Fields that stand for axes and for variables of loops; C has no such sign.
AXIS, VARIABLE = re.compile(r"\$(\d+)"), re.compile(r"\$v(\d+)")
ROWS = (SOFTMAX, LOG_SOFTMAX, LOGSUMEXP, SHARE)
FOLDED: dict[Op, tuple[str, str]] = {MAX_OF: ("-INFINITY", "fmax"), MIN_OF: ("INFINITY", "fmin")}
JOINED = (SCATTER, CONCAT, STACK)


def axis(k: int) -> str:
    """The mark of an axis."""
    return f"${k}"


def moved(text: str, places: Sequence[str]) -> str:
    """The text with every axis at its place."""
    known = dict(enumerate(places))
    return AXIS.sub(lambda found: known.get(int(found[1]), found[0]), text)


def flat(places: Sequence[str], shape: Shape) -> str:
    """The index into a flat array."""
    text = ""
    for place, dim in zip(places, shape, strict=True):
        if dim == 1:
            continue
        factor = f"({dim})" if isinstance(dim, Letters) and not str(dim).isidentifier() else dim
        before = f"({text})" if " " in text else text
        text = f"{before}*{factor} + {place}" if text else place
    return text or "0"


def over(shape: Sequence[Dim], body: list[str], first: int = 0) -> list[str]:
    """Loops over axes, outermost first, around statements whose marks they resolve."""
    names = [f"$v{first + k}" if dim != 1 else "0" for k, dim in enumerate(shape)]
    marks = [axis(k) for k in range(first)]
    lines = [moved(text, [*marks, *names]) for text in body]
    for name, dim in reversed([*zip(names, shape, strict=True)]):
        if name == "0":
            continue
        braces = sum(not text.startswith((" ", "}")) for text in lines) > 1
        head = f"for (int {name} = 0; {name} < {dim}; {name}++)"
        lines = [f"{head} {{" if braces else head, *(f"    {text}" for text in lines)]
        lines += ["}"] * braces
    return lines


def variables(text: str, taken: Collection[str]) -> str:
    """The text with a free name for every variable of a loop."""
    names = (f"{x}{turn or ''}" for turn in count() for x in "ijkl")
    free = (name for name in names if name not in taken)
    most = max((int(k) for k in VARIABLE.findall(text)), default=-1)
    chosen = [*islice(free, most + 1)]
    return VARIABLE.sub(lambda found: chosen[int(found[1])], text)


def _is_statement(target: Target, node: Node) -> bool:
    """Whether the table writes an op as a statement on whole arrays that names its result."""
    return "#r" in (target.pattern(node.op.name, node.params) or "")


def needed(target: Target, node: Node) -> bool:
    """Whether an op other than a product by letters is made by loops."""
    return node.op in (*ROWS, *FOLDED, *JOINED, PROD) or _is_statement(target, node)


def arrays(target: Target, node: Node) -> Sequence[int]:
    """Which arguments have to lie in memory, for they are read several times or as a whole."""
    if (
        _is_statement(target, node)
        or node.op in (*ROWS, RESHAPE)
        or (node.op is PROD and node.params[0])
    ):
        return range(len(node.args))
    return ()


def pattern(target: Target, node: Node) -> str:
    """How the table writes an op; GradcliError where it has no way."""
    found = target.pattern(node.op.name, node.params)
    if found is None:
        raise unwritable(target, node)
    return found


def product_of(node: Node, args: Sequence[CodeText], place: dict[str, str]) -> CodeText:
    """The factors of an einsum at an entry, each letter at its place."""
    factors = [
        CodeText(moved(arg.text, [place.get(x, "0") for x in letters]), arg.level)
        for arg, letters in zip(args, node.params[0], strict=True)
    ]
    # A number broadcast as one factor of 1 is no factor.
    factors = [f for f in factors if f.text != "1.0"] or factors[:1]
    product = factors[0]
    for factor in factors[1:]:
        product = infix(product, "*", factor, Level.MIXED)
    return product


def summed(node: Node) -> dict[str, object]:
    """The letters that a sum goes over, with their dimensions, those of size 1 left out."""
    op = node.op
    assert isinstance(op, Einsum)
    dims = op.dims(node.args, node.params)
    out = node.params[1]
    return {x: d for x, d in dims.items() if x not in out and d != 1}


def block(target: Target, name: str, node: Node, args: list[CodeText]) -> list[str]:
    """The statements that make a vertex; `name` is a scalar or the array's name."""
    op = node.op
    if op is EINSUM:
        return _sum(name, node, args)
    if _is_statement(target, node):
        return _stated(target, name, node, args)
    if op in ROWS:
        return _rows(name, node, args)
    if op in JOINED:
        return _joined(name, node, args)
    return _products(name, node, args) if op is PROD else _folded(name, node, args)


def entry(name: str, node: Node) -> str:
    """An array at the entry that the loops are at; a scalar by its name."""
    if not node.shape:
        return name
    return f"{name}[{flat([axis(k) for k in range(len(node.shape))], node.shape)}]"


def _sum(name: str, node: Node, args: list[CodeText]) -> list[str]:
    out = node.params[1]
    gone = summed(node)
    place = {x: axis(out.index(x)) for x in out}
    place |= {x: axis(len(out) + k) for k, x in enumerate(gone)}
    twice = [(k, out.index(x)) for k, x in enumerate(out) if out.index(x) != k]
    result = entry(name, node)
    if not twice and out and _in_rows(node, gone):
        return _sum_in_rows(node, args, gone, result)
    product = product_of(node, args, place).text
    inner = over([*gone.values()], [f"{result} += {product};"], len(out))  # type: ignore[list-item]
    if twice:
        equal = " && ".join(f"{axis(k)} == {axis(first)}" for k, first in twice)
        inner = [f"if ({equal})", *(f"    {text}" for text in inner)]
    return over(node.shape, [f"{result} = 0.0;", *inner])


def _in_rows(node: Node, gone: Collection[str]) -> bool:
    """Whether whole rows of the result are added up: memory is read in its order where the
    innermost loop is over the letter that stands last in most arrays."""
    ins, out = node.params[:2]
    dims = cast("Einsum", node.op).dims(node.args, node.params)
    ends = [[x for x in letters if dims[x] != 1][-1:] for letters in (*ins, out)]
    return bool(ends[-1]) and ends.count(ends[-1]) > max(ends.count([x]) for x in gone)


def _sum_in_rows(
    node: Node, args: list[CodeText], gone: dict[str, object], result: str
) -> list[str]:
    """`result[i, :] += a[i, k] * b[k, :]`: the row is innermost, the sum around it."""
    out = node.params[1]
    row = max(k for k, dim in enumerate(node.shape) if dim != 1)
    order = [*out[:row], *gone, out[row]]
    place = {x: axis(k) for k, x in enumerate(order)}
    whole = moved(result, [place.get(x, "0") for x in out])
    step = [f"{whole} += {product_of(node, args, place).text};"]
    dims = [*gone.values(), node.shape[row]]
    start = over(node.shape[row:], [f"{result} = 0.0;"], row)
    return over(node.shape[:row], [*start, *over(dims, step, row)])  # type: ignore[arg-type]


def _stated(target: Target, name: str, node: Node, args: list[CodeText]) -> list[str]:
    bare = [arg.text.partition("[")[0] for arg in args]
    n = node.args[0].shape[0]
    copied: list[str] = []
    if node.op is INV:
        copied = over(node.shape, [f"{entry(name, node)} = {axis(0)} == {axis(1)} ? 1.0 : 0.0;"])
    if node.op is SOLVE:
        copied = over(node.shape, [f"{entry(name, node)} = {args[1].text};"])
    text = pattern(target, node)
    shape = node.args[0].shape
    at = _along(node)
    more = {"n": str(n), "r": name, "p": str(size(node.shape[1:]))}
    more |= {"b": str(size(shape[:at])), "m": str(shape[at]), "a": str(size(shape[at + 1 :]))}
    more |= {"k": str(node.params[0])} if node.params else {}
    for key, value in more.items():
        text = text.replace(f"#{key}", value)
    return [*copied, fill(text, [CodeText(x) for x in bare]).text]


def _along(node: Node) -> int:
    """The axis that a statement goes along: `#m` is its size, `#b` and `#a` those around it."""
    if node.op is CUMSUM:
        return int(node.params[0])
    return len(node.args[0].shape) - (2 if node.op is TRIL else 1)


def _folded(name: str, node: Node, args: list[CodeText]) -> list[str]:
    start, function = FOLDED[node.op]
    result, k = entry(name, node), len(node.shape)
    inner = over(node.args[0].shape[k:], [f"{result} = {function}({result}, {args[0].text});"], k)
    return over(node.shape, [f"{result} = {start};", *inner])


def _products(name: str, node: Node, args: list[CodeText]) -> list[str]:
    """Products along the last axis without as many entries as there are more axes."""
    order = node.params[0]
    lead = len(node.shape) - order
    result, last = entry(name, node), len(node.shape)
    places = [*(axis(k) for k in range(lead)), axis(last)]
    step = [f"{result} *= {moved(args[0].text, places)};"]
    left = [axis(lead + k) for k in range(order)]
    if left:
        step = [f"if ({' && '.join(f'{axis(last)} != {x}' for x in left)})", f"    {step[0]}"]
    start = "1.0"
    if order > 1:
        pairs = [f"{x} == {y}" for k, x in enumerate(left) for y in left[:k]]
        start = f"{' || '.join(pairs)} ? 0.0 : 1.0"
    inner = over(node.args[0].shape[-1:], step, last)
    return over(node.shape, [f"{result} = {start};", *inner])


def _rows(name: str, node: Node, args: list[CodeText]) -> list[str]:
    """What is done along one axis with two sweeps."""
    x = args[0].text
    shape = node.args[0].shape
    along = node.params[0] if node.params else len(shape) - 1
    rest = [k for k in range(len(shape)) if k != along]
    last = len(rest)
    places = ["" for _ in shape]
    for position, k in enumerate(rest):
        places[k] = axis(position)
    places[along] = axis(last)
    x = moved(x, places)
    row = [shape[along]]
    whole = entry(name, node)
    if len(node.shape) == len(shape):
        whole = moved(whole, places)
    if node.op is SHARE:
        z = args[1].text
        body = ["double share = 0.0;", *over(row, [f"share += {x} == {z};"], last)]
        body += over(row, [f"{whole} = {x} == {z} ? 1.0 / share : 0.0;"], last)
        return over([shape[k] for k in rest], body) if rest else ["{", *_in(body), "}"]
    body = ["double top = -INFINITY, total = 0.0;"]
    body += over(row, [f"top = fmax(top, {x});"], last)
    body += over(row, [f"total += exp({x} - top);"], last)
    if node.op is LOGSUMEXP:
        body.append(f"{whole} = top + log(total);")
    elif node.op is SOFTMAX:
        body += over(row, [f"{whole} = exp({x} - top) / total;"], last)
    else:
        body += over(row, [f"{whole} = {x} - top - log(total);"], last)
    sizes = [shape[k] for k in rest]
    found = over(sizes, body)
    return found if any(dim != 1 for dim in sizes) else ["{", *_in(found), "}"]


def _in(body: list[str]) -> list[str]:
    return [f"    {text}" for text in body]


def _joined(name: str, node: Node, args: list[CodeText]) -> list[str]:
    """Parts put into a whole: each argument at its place, zeros elsewhere."""
    result = entry(name, node)
    lines = over(node.shape, [f"{result} = 0.0;"]) if node.op is SCATTER else []
    start: Dim = 0
    for k, (arg, piece) in enumerate(zip(node.args, args, strict=True)):
        own = [axis(j) for j in range(len(arg.shape))]
        if node.op is STACK:
            places = [str(k), *own]
        elif node.op is CONCAT:
            along = node.params[0]
            places = [*own]
            places[along] = own[along] if start == 0 else f"({own[along]} + {start})"
            start = add_dims(start, arg.shape[along])
        else:
            places = _places(node.params[1], own)
        lines += over(arg.shape, [f"{moved(result, places)} = {piece.text};"])
    return lines


def along(place: str, item: Sequence[object]) -> str:
    """Where the entry at a place of a range lies in the whole axis."""
    start, _, *step = item
    place = f"{place}*{step[0]}" if step else place
    return f"({place} + {start})" if start != 0 else f"({place})" if step else place


def _places(key: Sequence[object], own: list[str]) -> list[str]:
    places: list[str] = []
    for item in key:
        if isinstance(item, tuple):
            places.append(along(own.pop(0), item))
        elif item == "new":
            own.pop(0)
        else:
            places.append(str(item))
    return [*places, *own]
