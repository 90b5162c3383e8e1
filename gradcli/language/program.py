"""A whole program becomes a graph: definitions, functions, loops and points in order.

Must not know how values are computed: the point it collects is syntax or closed graphs.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from gradcli.calculus.core import CONSTANT, COPY, INPUT, SIZE, number
from gradcli.errors import Diagnostic, GradcliError, Span, wrong
from gradcli.graph.node import Label, Node, labelled, make
from gradcli.graph.shape import Shape
from gradcli.language import syntax
from gradcli.language.elaborate import Elaborator
from gradcli.language.parse import Reading
from gradcli.language.scope import FAILED, Failed, Family, Meaning, Scope, UserFunction

# What may only follow from a statement that could not be read: its names and members are missing.
FOLLOWING = ("G007", "G010", "G012")


@dataclass(slots=True, eq=False)
class Model:
    """A program as a graph: its output, the inputs it uses, every named vertex, and its places."""

    output: Node
    inputs: dict[str, Node]
    vertices: dict[str, Node]
    spans: dict[Node, Span]
    source: Span

    @property
    def text(self) -> str:
        """The output's expression as it was written."""
        return " ".join(self.source.text.split())


def vertex(node: Node, name: str) -> Node:
    """A vertex of its own under a user's name, never merged with an equal expression or alias."""
    if node.label or node.op in (INPUT, CONSTANT, SIZE):
        return make(COPY, node, label=Label(name))
    return labelled(node, name)


class _Reader:
    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.elaborator = Elaborator(scope)
        self.vertices: dict[str, Node] = {}
        self.errors: list[Diagnostic] = []
        self.output: Node | None = None
        self.source: Span | None = None
        self.bare: Span | None = None

    def read(self, statements: Iterable[syntax.Statement], local: dict[str, Meaning]) -> None:
        for statement in statements:
            try:
                self._statement(statement, local)
            except GradcliError as error:
                self.errors.extend(error.diagnostics)
                self._fail(statement)
            except Failed:
                self._fail(statement)

    def _fail(self, statement: syntax.Statement) -> None:
        if isinstance(statement, syntax.Definition | syntax.Function):
            self.scope.names[statement.name.name] = FAILED

    def _statement(self, statement: syntax.Statement, local: dict[str, Meaning]) -> None:
        if self.bare is not None and not isinstance(statement, syntax.At):
            span, self.bare = self.bare, None
            raise wrong(
                "G001",
                "only the last expression of a program is its output",
                span,
                help=f"give this one a name:  q = {span.text}",
            )
        match statement:
            case syntax.Definition():
                self._define(statement, local)
            case syntax.Function():
                self._unused(statement.name)
                function = UserFunction(statement, dict(local) | dict(self.scope.names))
                self.scope.names[statement.name.name] = function
            case syntax.Loop():
                self._loop(statement, local)
            case syntax.Output():
                self.output = self.elaborator.node(statement.value, local)
                self.source = self.bare = statement.span

    def _define(self, statement: syntax.Definition, local: dict[str, Meaning]) -> None:
        name = statement.name.name
        if self.scope.names.get(name) is FAILED:
            raise Failed
        if statement.index is None:
            self._unused(statement.name)
            node = vertex(self.elaborator.node(statement.value, local), name)
            self.scope.names[name] = self.vertices[name] = node
        else:
            family = self.scope.names.setdefault(name, Family())
            if not isinstance(family, Family) or name in self.scope.shapes:
                kind = "an input" if name in self.scope.shapes else "defined above as a whole"
                raise wrong(
                    "G007",
                    f"{name} is {kind}: its entries cannot be defined one by one",
                    statement.name.span,
                    help="give the family a name of its own",
                )
            at = self.elaborator.whole(statement.index, local)
            title = f"{name}[{at}]"
            if at in family.members:
                first = self.elaborator.spans.get(family.members[at])
                raise wrong(
                    "G007",
                    f"{title} is defined twice",
                    statement.name.span.to(statement.index.span),
                    help="give this one another index or another name",
                    marks=((first, "the first definition"),) if first else (),
                )
            node = vertex(self.elaborator.node(statement.value, local), title)
            family.members[at] = self.vertices[title] = node
        self.elaborator.spans[node] = statement.value.span
        self.output, self.source = node, statement.value.span

    def _unused(self, name: syntax.Name) -> None:
        if name.name in self.scope.shapes:
            raise wrong(
                "G007",
                f"{name.name} is given a value and defined as well",
                name.span,
                help=f"take {name.name} out of the point, or give the definition another name",
            )
        if name.name in self.scope.names or name.name in self.scope.inputs:
            used = "defined twice" if name.name in self.scope.names else "used above as an input"
            raise wrong("G007", f"{name.name} is {used}", name.span, help="choose another name")

    def _loop(self, statement: syntax.Loop, local: dict[str, Meaning]) -> None:
        low = self.elaborator.whole(statement.low, local)
        high = self.elaborator.whole(statement.high, local)
        self.elaborator.unroll(statement.span, low, high)
        for t in range(low, high + 1):
            before = len(self.errors)
            self.read(statement.body, {**local, statement.variable.name: number(t)})
            if len(self.errors) > before:
                return


def build(
    reading: Reading,
    shapes: Mapping[str, Shape],
    *,
    letters: Iterable[str] = (),
    free: bool = False,
) -> Model:
    """The graph of a program whose inputs have these shapes; GradcliError with every mistake.

    `letters` are names that stand for dimensions; with `free` any unknown name is a real scalar.
    """
    reader = _Reader(Scope(shapes, letters, free))
    reader.scope.names.update(dict.fromkeys(reading.failed, FAILED))
    program = reading.program
    reader.read(program.statements, {})
    if reading.complaints:
        own = [error for error in reader.errors if error.code not in FOLLOWING]
        reader.errors = sorted(
            [*own, *reading.complaints], key=lambda d: d.span.start if d.span else 0
        )
    if reader.errors:
        raise GradcliError(*reader.errors)
    if reader.output is None or reader.source is None:
        functions = [m for m in reader.scope.names.values() if isinstance(m, UserFunction)]
        if functions:
            last = functions[-1].definition
            inner = ", ".join(parameter.name for parameter in last.parameters)
            message = "there is no expression to differentiate, only a function"
            help = f"call it:  {last.name.name}({inner})"
            raise wrong("G001", message, last.span, help=help)
        raise wrong(
            "G001",
            "there is no expression to differentiate",
            Span(program.source, 0, 0),
            help='write one, as in  gradcli diff "x^2" --at x=3',
        )
    return Model(
        reader.output,
        reader.scope.inputs,
        reader.vertices,
        reader.elaborator.spans,
        reader.source,
    )


def closed(expr: syntax.Expr) -> Node:
    """The node of an expression without inputs, such as the value of one in a point."""
    try:
        return Elaborator(Scope({})).node(expr)
    except GradcliError as error:
        for diagnostic in error.diagnostics:
            if diagnostic.code == "G010" and diagnostic.span is not None:
                used = diagnostic.span.text
                diagnostic.message = f"a value of a point cannot use another name: {used}"
                diagnostic.help = "give it as a number, or define it in the program instead"
        raise


def points(program: syntax.Program) -> dict[str, tuple[syntax.Name, syntax.Expr]]:
    """The values of the program's last `at` line: each replaces the one before."""
    found: dict[str, tuple[syntax.Name, syntax.Expr]] = {}
    for statement in program.statements:
        if isinstance(statement, syntax.At):
            found = {}
            for name, value in statement.values:
                if name.name in found:
                    raise given_twice(name, found[name.name][0])
                found[name.name] = name, value
    return found


def given_twice(name: syntax.Name, first: syntax.Name) -> GradcliError:
    """The error for a point that gives a name two values."""
    marks = ((first.span, "the first value"),)
    return wrong("G010", f"{name.name} is given twice", name.span, label="again", marks=marks)
