"""A whole function in a target's language, with what it imports and, if wanted, a test of itself.

Must not know how a program is read, nor how its values at a point were found.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from textwrap import wrap
from typing import Any

from gradcli.emit.c import C
from gradcli.emit.lines import PREFIX, Emitter
from gradcli.emit.loops import entry, over, variables
from gradcli.emit.names import Names
from gradcli.emit.plan import Plan, moving
from gradcli.emit.python import Python
from gradcli.emit.target import Target, target
from gradcli.emit.workspace import WORKSPACE, in_workspace, on_heap
from gradcli.errors import wrong
from gradcli.graph.node import Node
from gradcli.graph.order import topological
from gradcli.graph.shape import Letters

INDENT = "    "
MOST, LONGEST = 96, 56


@dataclass(slots=True, eq=False)
class Test:
    """Doubles, as nested lists: of the inputs and seeds, and what is to come out.

    `sizes` are those of dimension letters.
    """

    given: dict[Node, Any]
    value: Any
    derivatives: list[Any]
    sizes: Mapping[str, int] = field(default_factory=dict)


class _Parts:
    """What every target needs of a plan: its names, its lines, what they are called."""

    def __init__(self, made: Plan, name: str, to: Target) -> None:
        self.made, self.target = made, to
        self.free = Names(to.reserved, ascii=to.name == "c")
        self.name = self.free.fresh(name)
        self.free.taken.discard(self.name)  # a local may be called like its function
        writer = C if to.name == "c" else Python
        self.writer = writer(to, moving(made.roots))
        order = topological(made.roots)
        self.letters = _letters([*made.inputs, *order])
        if clash := next((x for x in self.letters if x in to.reserved), None):
            help = "choose another letter for this size"
            raise wrong("G013", f"{clash} means something else in {to.name}", help=help)
        self.free.taken.update(self.letters)
        self.lines = Emitter(self.writer, self.free, made.lines)
        known = self.lines.names
        for node in made.inputs:
            known[node] = self.free.fresh(str(node.params[0]))
        for node in order:
            if node.label and node is not made.output:
                self.lines.chosen[node] = self.free.fresh(node.label.name)
        self.output = self.free.fresh(made.output.name or "value")
        self.lines.chosen[made.output] = self.output
        for node, seed in made.seeds.items():
            own = self.output if node is made.output else self.called(node)
            known[seed] = self.free.fresh(f"{PREFIX[made.mode]}_{own}")

    def called(self, node: Node) -> str:
        """What an input or a defined vertex is called."""
        return self.lines.names.get(node) or self.lines.chosen.get(node) or self.output

    @property
    def given(self) -> list[Node]:
        """The arguments of the function."""
        return [*self.made.inputs, *self.made.seeds.values()]


def function(made: Plan, name: str, to: str, text: str, test: Test | None = None) -> str:
    """The code; `text` is the output as the user wrote it. GradcliError for what cannot be."""
    parts = _Parts(made, name, target(to))
    return _c(parts, text, test) if to == "c" else _python(parts, text, test)


def _letters(nodes: Sequence[Node]) -> list[str]:
    """The dimension letters of some vertices."""
    dims: list[Any] = [dim for node in nodes for dim in (*node.shape, *node.params)]
    found = [x for dim in dims if isinstance(dim, Letters) for m, _ in dim.terms for x in m]
    return sorted({*found})


def _derivative(made: Plan) -> str:
    names = ", ".join(str(node.name or node.params[0]) for node in made.wanted)
    if made.mode == "forward":
        return f"its tangent along those of {names}"
    return f"its gradient by {names}" if not made.output.shape else f"what it hands back to {names}"


def _about(parts: _Parts, text: str) -> str:
    """What the function is for, in a sentence."""
    text = text if len(text) <= LONGEST else f"{text[: LONGEST - 4]} ..."
    own = parts.output if text == parts.output else f"{parts.output} = {text}"
    return f"{own} and {_derivative(parts.made)}." if parts.made.wanted else f"{own}."


def _results(parts: _Parts, called: Mapping[Node, str]) -> list[str]:
    made = parts.made
    wanted = [made.output] if made.mode == "forward" else made.wanted
    return [called[node] for node in wanted]


def _wrapped(start: str, parts: Sequence[str], end: str) -> list[str]:
    """A list in one line, or with as many of its parts in a line as there is room for."""
    whole = f"{start}{', '.join(parts)}{end}"
    if len(whole) <= MOST:
        return [whole]
    inner = wrap(", ".join(parts), MOST, break_long_words=False, break_on_hyphens=False)
    return [start, *(f"{INDENT}{text}" for text in inner), end]


# -- Python


def _python(parts: _Parts, text: str, test: Test | None) -> str:
    called = parts.lines.run(parts.made, parts.output)
    names = [parts.lines.names[node] for node in parts.given]
    quoted = _about(parts, text).replace("\\", "\\\\").replace('"', "'")
    body = [f'"""{quoted}"""', *_converted(parts, names)]
    code = re.sub("  #.*", "", "\n".join(parts.lines.code))
    used = [x for x in parts.letters if re.search(rf"\b{x}\b", code)]
    body += [f"{x} = {_read_off(parts, x)}" for x in used]
    body += parts.lines.code
    body.append(f"return {', '.join([parts.output, *_results(parts, called)])}")
    head = _wrapped(f"def {parts.name}(", names, "):")
    lines = [*head, *(f"{INDENT}{x}".rstrip() for x in body)]
    helpers = parts.target.needed("\n".join(lines))
    whole = "\n\n\n".join([*helpers, "\n".join(lines)])
    imports = [f"import {x}" for x in ("itertools", "math") if f"{x}." in whole]
    header = "\n\n".join(filter(None, ["\n".join(imports), parts.target.words["header"].strip()]))
    found = f"{header}\n\n\n{whole}\n"
    return found if test is None else f"{found}\n\n{_python_test(parts, names, test)}"


def _converted(parts: _Parts, names: Sequence[str]) -> list[str]:
    """The arguments as arrays of doubles, whatever they came as."""
    if not names:
        return []
    convert = parts.target.words["convert"]
    if len(names) == 1:
        return [f"{names[0]} = {convert.replace('#1', names[0])}"]
    start, each = f"{', '.join(names)} = (", convert.replace("#1", "v")
    if len(start) > MOST // 2:
        return [f"{name} = {convert.replace('#1', name)}" for name in names]
    return [f"{start}{each} for v in ({', '.join(names)}))"]


def _read_off(parts: _Parts, letter: str) -> str:
    """How a dimension letter is read off the shape of an input."""
    for node in parts.given:
        for k, dim in enumerate(node.shape):
            terms = dict(dim.terms) if isinstance(dim, Letters) else {}
            if terms.pop((letter,), 0) == 1 and set(terms) <= {()}:
                offset = terms.get((), 0)
                shift = f" - {offset}" if offset > 0 else f" + {-offset}" if offset else ""
                return f"{parts.lines.names[node]}.shape[{k}]{shift}"
    message = f"the size {letter} cannot be read off the shape of an input"
    raise wrong("G012", message, help="give it as a number, or declare an input of that size")


def _python_test(parts: _Parts, names: Sequence[str], test: Test) -> str:
    values = [f"{name}={test.given[node]!r}" for name, node in zip(names, parts.given, strict=True)]
    # A value alone comes back as it is.
    start, end = ("", ")") if test.derivatives else ("(", "),)")
    return "\n".join(
        [
            'if __name__ == "__main__":',
            *(f"{INDENT}{x}" for x in _wrapped(f"found = {start}{parts.name}(", values, end)),
            "    # Every digit of these is certified.",
            "    wanted = (",
            *(f"        {x!r}," for x in (test.value, *test.derivatives)),
            "    )",
            "    for one, other in zip(found, wanted, strict=True):",
            f"        assert {parts.target.words['close']}, (one, other)",
            "",
        ]
    )


# -- C


def _c(parts: _Parts, text: str, test: Test | None) -> str:
    made, writer = parts.made, parts.writer
    assert isinstance(writer, C)
    stem = PREFIX[made.mode]
    wanted = [made.output] if made.mode == "forward" else made.wanted
    for node in wanted:
        name = parts.free.fresh(f"{stem}_{parts.called(node)}")
        parts.lines.derived[node] = name
        writer.given.add(name)
    if made.output.shape:
        writer.given.add(parts.output)
    parts.lines.run(made, parts.output)
    inputs = [parts.lines.names[node] for node in parts.given]
    results = [made.output] * bool(made.output.shape) + wanted
    pointers = [parts.output] * bool(made.output.shape) + [parts.lines.derived[n] for n in wanted]
    arguments = [f"int {x}" for x in parts.letters]
    arguments += [
        f"const double *restrict {name}" if node.shape else f"double {name}"
        for name, node in zip(inputs, parts.given, strict=True)
    ]
    arguments += [f"double *restrict {name}" for name in pointers]
    kind = "void" if made.output.shape else "double"
    code = variables("\n".join(parts.lines.code), parts.free.taken).split("\n")
    heap = on_heap(writer.arrays)
    body = [*(in_workspace(code, writer.arrays, failed(parts)) if heap else code)]
    body += [f"free({WORKSPACE});"] * heap
    body += [] if made.output.shape else [f"return {parts.output};"]
    shapes = "; ".join(
        f"{name} is {' by '.join(map(str, node.shape))}"
        for name, node in zip([*inputs, *pointers], [*parts.given, *results], strict=True)
        if node.shape
    )
    about = f"{_about(parts, text)}{f' Row by row: {shapes}.' if shapes else ''}"
    lines = [
        *wrap(f"/* {about.replace('*/', '* /').replace('/*', '/ *')} */", MOST),
        *_wrapped(f"{kind} {parts.name}(", arguments or ["void"], ") {"),
        *(f"{INDENT}{x}".rstrip() for x in body),
        "}",
    ]
    main = [] if test is None else _c_test(parts, inputs, pointers, results, test)
    helpers = parts.target.needed("\n".join([*body, *main]))
    library = "#include <math.h>" + "\n#include <stdlib.h>" * heap
    chunks = [library, *helpers, "\n".join(lines), *(["\n".join(main)] if main else [])]
    return "\n\n".join(chunks) + "\n"


def failed(parts: _Parts) -> list[str]:
    """What a function hands back where there is no memory: NaN for the output."""
    output = parts.made.output
    if not output.shape:
        return ["return NAN;"]
    fill = over(output.shape, [f"{entry(parts.output, output)} = NAN;"])
    return [*variables("\n".join(fill), parts.free.taken).split("\n"), "return;"]


def _c_test(
    parts: _Parts, inputs: list[str], pointers: list[str], results: list[Node], test: Test
) -> list[str]:
    made = parts.made
    values: list[Any] = [test.value] * bool(made.output.shape) + test.derivatives
    body: list[str] = []
    arguments = [str(test.sizes[x]) for x in parts.letters]
    for name, node in zip(inputs, parts.given, strict=True):
        value = test.given[node]
        if node.shape:
            body.append(f"const double {name}[] = {_braced(value)};")
        arguments.append(name if node.shape else repr(value))
    wanted: list[tuple[str, Any]] = []
    for name, value in zip(pointers, values, strict=True):
        body.append(f"double {name}[{len(_entries(value))}];")
        wanted.append((name, value))
    call = f"{parts.name}({', '.join([*arguments, *pointers])})"
    if made.output.shape:
        body.append(f"{call};")
    else:
        own = parts.free.fresh("result")
        body.append(f"double {own} = {call};")
        wanted.insert(0, (f"&{own}", test.value))
    body.append("int wrong = 0; // every digit of what follows is certified")
    for name, value in wanted:
        count = len(_entries(value))
        body.append(f"wrong += differs({count}, {name}, (double[]){_braced(value)});")
    return ["int main(void) {", *(f"{INDENT}{x}" for x in [*body, "return wrong;"]), "}"]


def _entries(value: Any) -> list[float]:
    """The numbers of nested lists, row by row."""
    level = [value]
    while isinstance(level[0], list):
        level = [x for row in level for x in row]
    return level


def _braced(value: Any) -> str:
    return f"{{{', '.join(map(repr, _entries(value)))}}}"
