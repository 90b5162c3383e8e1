"""A whole function in C99, if wanted one over many points beside it, and a test of itself.

Must not know how its lines are made, nor where its own arrays lie.
"""

from __future__ import annotations

from collections.abc import Collection
from textwrap import wrap
from typing import Any, NamedTuple

from gradcli.emit.c import C
from gradcli.emit.lines import PREFIX
from gradcli.emit.loops import entry, over, variables
from gradcli.emit.parts import INDENT, MOST, FunctionParts, Test, about, wrapped
from gradcli.emit.workspace import WORKSPACE, doubles, in_workspace, on_heap
from gradcli.graph.node import Node


class _Signature(NamedTuple):
    """What the arguments are called: what is given, and where results are put that are no value."""

    inputs: list[str]
    pointers: list[str]
    results: list[Node]


def c_function(parts: FunctionParts, text: str, test: Test | None, batch: Collection[Node]) -> str:
    """The text of a file; points differ in the inputs of `batch`, where there are any."""
    made, writer = parts.made, parts.writer
    assert isinstance(writer, C)
    names = _arguments(parts, writer)
    parts.lines.run(made, parts.output)
    code = variables("\n".join(parts.lines.code), parts.free.taken).split("\n")
    heap = on_heap(writer.arrays)
    body = [*(in_workspace(code, writer.arrays, _failed(parts)) if heap else code)]
    body += [f"free({WORKSPACE});"] * heap
    body += [] if made.output.shape else [f"return {parts.output};"]
    blas = any("cblas_" in line for line in body)
    told = _told(parts, names, text) + " Link with a CBLAS, as by -lopenblas." * blas
    head = f"{_kind(made.output)} {parts.name}("
    functions = [_written(told, head, _declared(parts, names), body)]
    if batch:
        functions.append(_batch(parts, names, {*batch, *made.seeds.values()}))
    if test is not None:
        functions.append("\n".join(_test(parts, names, test)))
    helpers = parts.target.needed("\n".join([*body, *functions[1:]]))
    headers = ["math.h", *["stdlib.h"] * heap, *["cblas.h"] * blas]
    library = "\n".join(f"#include <{header}>" for header in headers)
    return "\n\n".join([library, *helpers, *functions]) + "\n"


def _arguments(parts: FunctionParts, writer: C) -> _Signature:
    made = parts.made
    wanted = [made.output] if made.mode == "forward" else made.wanted
    for node in wanted:
        name = parts.free.fresh(f"{PREFIX[made.mode]}_{parts.called(node)}")
        parts.lines.derived[node] = name
        writer.given.add(name)
    if made.output.shape:
        writer.given.add(parts.output)
    inputs = [parts.lines.names[node] for node in parts.given]
    own = bool(made.output.shape)
    pointers = [parts.output] * own + [parts.lines.derived[node] for node in wanted]
    return _Signature(inputs, pointers, [made.output] * own + wanted)


def _kind(output: Node) -> str:
    return "void" if output.shape else "double"


def _told(parts: FunctionParts, names: _Signature, text: str) -> str:
    every = [*parts.given, *names.results]
    shapes = "; ".join(
        f"{name} is {' by '.join(map(str, node.shape))}"
        for name, node in zip([*names.inputs, *names.pointers], every, strict=True)
        if node.shape
    )
    return f"{about(parts, text)}{f' Row by row: {shapes}.' if shapes else ''}"


def _declared(parts: FunctionParts, names: _Signature, many: Collection[Node] = ()) -> list[str]:
    """The arguments with their types; of `many` there is one for each point."""
    given = zip(names.inputs, parts.given, strict=True)
    return [
        *(f"int {x}" for x in parts.letters),
        *(
            f"const double *restrict {name}" if node.shape or node in many else f"double {name}"
            for name, node in given
        ),
        *(f"double *restrict {name}" for name in names.pointers),
    ]


def _written(told: str, head: str, arguments: list[str], body: list[str]) -> str:
    return "\n".join(
        [
            *wrap(f"/* {told.replace('*/', '* /').replace('/*', '/ *')} */", MOST),
            *wrapped(head, arguments or ["void"], ") {"),
            *(f"{INDENT}{line}".rstrip() for line in body),
            "}",
        ]
    )


# -- many points


def _batch(parts: FunctionParts, names: _Signature, many: Collection[Node]) -> str:
    """A function that calls the other at each of many points, on all cores where OpenMP is on."""
    output = parts.made.output
    count, turn = parts.free.fresh("count"), parts.free.fresh("point")

    def at(name: str, node: Node, pointer: bool) -> str:
        if node.shape:
            return f"{name} + {doubles(node.shape)}*{turn}"
        return f"{name} + {turn}" if pointer else f"{name}[{turn}]"

    given = [
        at(name, node, pointer=False) if node in many else name
        for name, node in zip(names.inputs, parts.given, strict=True)
    ]
    pairs = zip(names.pointers, names.results, strict=True)
    arguments = [*parts.letters, *given, *(at(*pair, pointer=True) for pair in pairs)]
    own = [] if output.shape else [parts.output]
    call = wrapped(f"{''.join(f'{x}[{turn}] = ' for x in own)}{parts.name}(", arguments, ");")
    loop = [
        "#pragma omp parallel for",
        f"for (long {turn} = 0; {turn} < {count}; {turn}++){' {' * (len(call) > 1)}",
        *(f"{INDENT}{line}" for line in call),
        *["}"] * (len(call) > 1),
    ]
    declared = [f"long {count}", *_declared(parts, names, many)]
    declared += [f"double *restrict {name}" for name in own]
    differing = ", ".join(
        name for name, node in zip(names.inputs, parts.given, strict=True) if node in many
    )
    told = f"The same at {count} points that differ in {differing}; results one after the other."
    return _written(told, f"void {parts.free.fresh(f'{parts.name}_batch')}(", declared, loop)


def _failed(parts: FunctionParts) -> list[str]:
    """What a function hands back where there is no memory: NaN for the output."""
    output = parts.made.output
    if not output.shape:
        return ["return NAN;"]
    fill = over(output.shape, [f"{entry(parts.output, output)} = NAN;"])
    return [*variables("\n".join(fill), parts.free.taken).split("\n"), "return;"]


# -- a test of itself


def _test(parts: FunctionParts, names: _Signature, test: Test) -> list[str]:
    made = parts.made
    values: list[Any] = [test.value] * bool(made.output.shape) + test.derivatives
    body: list[str] = []
    arguments = [str(test.sizes[x]) for x in parts.letters]
    for name, node in zip(names.inputs, parts.given, strict=True):
        value = test.given[node]
        if node.shape:
            body.append(f"const double {name}[] = {_braced(value)};")
        arguments.append(name if node.shape else repr(value))
    wanted: list[tuple[str, Any]] = []
    for name, value in zip(names.pointers, values, strict=True):
        body.append(f"double {name}[{len(_entries(value))}];")
        wanted.append((name, value))
    call = f"{parts.name}({', '.join([*arguments, *names.pointers])})"
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
