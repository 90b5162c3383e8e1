"""A whole program with one output becomes a graph, its inputs given by values or by sets.

Must not know how values are computed: the point it collects is syntax or closed graphs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from gradcli.calculus.composed import ComposedCalls
from gradcli.errors import Diagnostic, GradcliError, SizesNeeded, Source, Span, wrong
from gradcli.graph.dimensions import Dimensions
from gradcli.graph.node import Node
from gradcli.graph.shape import Dim, Letters, Shape, describe, tells
from gradcli.graph.space import Space
from gradcli.language.documents.sections import all_statements
from gradcli.language.elaboration.deriving import Shadowed
from gradcli.language.elaboration.elaborate import Elaborator
from gradcli.language.elaboration.letters import dimensions, letters
from gradcli.language.elaboration.primes import declares_functions
from gradcli.language.elaboration.reader import Reader, given_twice, in_order
from gradcli.language.elaboration.scope import FAILED, NO_VALUE, Meaning, Scope, UserFunction
from gradcli.language.elaboration.sets import space
from gradcli.language.elaboration.walk import FunctionCall, NeedsSize
from gradcli.language.parsing.parse import Reading, parse_expression
from gradcli.language.tree import syntax


@dataclass(slots=True, eq=False, repr=False)
class Model:
    """A program as a graph: its output, the inputs it uses, every named vertex, and its places.

    `chosen` are the arrays of indices whose values have to be looked at, with their axes; `turns`
    are the variables of the loops that a vertex was made in, `calls` the functions that were called
    where it is part of what they are made of, `composed` the calls by their values.
    """

    output: Node
    inputs: dict[str, Node]
    vertices: dict[str, Node]
    spans: dict[Node, Span]
    source: Span
    chosen: list[tuple[Span, Node, Dim]] = field(default_factory=list)
    turns: dict[Node, dict[str, int]] = field(default_factory=dict)
    calls: dict[Node, FunctionCall] = field(default_factory=dict)
    composed: ComposedCalls = field(default_factory=lambda: ComposedCalls({}, {}))

    def __repr__(self) -> str:
        return f"<model of {self.text}, of {', '.join(self.inputs)}>"

    @property
    def text(self) -> str:
        """The output's expression as it was written."""
        return " ".join(self.source.text.split())


class ProgramReader(Reader):
    """A program whose last expression or definition is its output; claims are passed over.

    With `sets` a declaration introduces inputs, save of names whose shape is known from a value;
    without them the point gives every shape.
    """

    def __init__(self, scope: Scope, sets: bool = False) -> None:
        super().__init__(scope)
        self.sets = sets
        self.output: Node | None = None
        self.source: Span | None = None
        self.bare: Span | None = None
        self.derivations = 0

    def _statement(self, statement: syntax.Statement, local: dict[str, Meaning]) -> None:
        bare = not isinstance(
            statement, syntax.At | syntax.Claim | syntax.Continuation | syntax.Heading
        )
        if self.bare is not None and bare:
            span, self.bare = self.bare, None
            raise wrong(
                "G001",
                "only the last expression of a program is its output",
                span,
                help=f"give this one a name:  q = {span.text}",
            )
        if isinstance(statement, syntax.Output):
            self.output = self.elaborator.node(statement.value, local)
            self.source = self.bare = statement.span
        elif isinstance(statement, syntax.Heading):
            self.derivations += 1
            self.bare = None
            if self.derivations > 1:
                help = "-k NAME  takes one of them; gradcli check  verifies them all"
                raise wrong("G013", "this program has more than one derivation", statement.span,
                            help=help)  # fmt: skip
        else:
            super()._statement(statement, local)

    def _define(self, statement: syntax.Definition, local: dict[str, Meaning]) -> Node:
        self.output = super()._define(statement, local)
        self.source = statement.value.span
        return self.output

    def _declare(self, statement: syntax.Declaration) -> None:
        valued = tuple(name for name in statement.names if name.name in self.scope.shapes)
        bare = tuple(name for name in statement.names if name not in valued)
        if not self.sets or not bare:
            self._fit(statement)
            return
        if valued:
            self._fit(replace(statement, names=valued))
        super()._declare(replace(statement, names=bare))

    def _fit(self, statement: syntax.Declaration) -> None:
        """A declared shape must be that of the value, letters apart."""
        if declares_functions(statement):
            name = statement.names[0]
            message = f"{name.name} is any function, which has no value"
            raise wrong("G010", message, name.span, help=f"define it:  {name.name}(u) = …")
        found = space(statement.set, self.elaborator, self.letters)
        for name in statement.names:
            shape = self.scope.shapes.get(name.name)
            if shape is None:
                raise wrong(
                    "G010", f"{name.name} has no value", name.span,
                    help=NO_VALUE[2].format(name.name),
                )  # fmt: skip
            plain = [
                a == b or isinstance(b, Letters) for a, b in zip(shape, found.shape, strict=False)
            ]
            if len(shape) != len(found.shape) or not all(plain):
                message = f"{name.name} is declared as {describe(found.shape)}, its value is {describe(shape)}"  # noqa: E501
                raise wrong("G201", message, name.span, label="its set and its value differ")
            sizes = tuple(size for size in shape if isinstance(size, int))
            known = dict(self.scope.sizes)
            if len(sizes) == len(shape) and not tells(found.shape, sizes, self.scope.sizes):
                told = ", ".join(f"{letter} = {n}" for letter, n in known.items())
                message = f"{name.name} is declared as {describe(found.shape)}"
                message += f" (with {told})" * bool(told) + f", its value is {describe(shape)}"
                raise wrong("G201", message, name.span, label="one letter is one size")


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
    return _attempted(lambda: ProgramReader(Scope(shapes, letters, free)), [reading])[1]


def build_beside(readings: Sequence[Reading], shapes: Mapping[str, Shape]) -> Model:
    """The graph of an expression that is read behind a program and in its names."""
    named = [replace(reading, program=_named(reading.program)) for reading in readings[:-1]]
    fresh = lambda: ProgramReader(Scope(shapes, (), False))  # noqa: E731
    return _attempted(fresh, [*named, readings[-1]])[1]


def _named(program: syntax.Program) -> syntax.Program:
    """A program without an output that has no name."""
    kept = tuple(s for s in program.statements if not isinstance(s, syntax.Output))
    return syntax.Program(program.source, kept)


def _attempted(
    fresh: Callable[[], ProgramReader], readings: Sequence[Reading]
) -> tuple[ProgramReader, Model]:
    """The same by a fresh reader, and by another for each constant that is an input after all."""
    given: dict[str, Shape] = {}
    while True:
        reader = fresh()
        reader.scope.given.update(given)
        try:
            return reader, _finished(reader, readings)
        except Shadowed as shadow:
            given[str(shadow)] = ()


def _finished(reader: ProgramReader, readings: Sequence[Reading]) -> Model:
    """The graph of a program that is read in several parts, the last of which has its output."""
    program = readings[-1].program
    reader.letters = letters([s for reading in readings for s in reading.program.statements])
    reader.scope.sizes_named = reader.letters if reader.sets else ()
    complaints = [complaint for reading in readings for complaint in reading.complaints]
    try:
        for reading in readings:
            reader.scope.names.update({name: FAILED for _, name in reading.failed})
            reader.complained = reading.complained
            reader.read(reading.program.statements, {})
    except NeedsSize:
        needed = sorted(reader.elaborator.needs)
        message = f"the size of {', '.join(needed)} is not known"
        given = "; ".join(f"{name} = 3" for name in needed)
        help = f'choose one:  --let "{given}"' if reader.sets else ""
        place = Span(program.source, 0, 0)
        told = Diagnostic("G012", message, place, help=help)
        raise SizesNeeded(told, tuple(needed)) from None
    if errors := in_order(reader.errors, complaints):
        raise GradcliError(*errors)
    if reader.output is None or reader.source is None:
        functions = [m for m in reader.scope.names.values() if isinstance(m, UserFunction)]
        if functions:
            last = functions[-1].definition
            inner = ", ".join(parameter.name for parameter in last.parameters)
            message = "there is no expression to differentiate, only a function"
            help = f"call it:  {last.name.name}({inner})"
            raise wrong("G001", message, last.span, help=help)
        claims = [s for s in program.statements if isinstance(s, syntax.Condition)]
        message = "there is no expression to differentiate"
        if claims:
            message += ", only an inequality"
        span = claims[-1].span if claims else Span(program.source, 0, 0)
        help = 'write one, as in  gradcli diff "x^2" --at x=3'
        raise wrong("G001", message, span, help=help)
    return Model(
        reader.output,
        reader.scope.inputs,
        reader.vertices,
        reader.elaborator.spans,
        reader.source,
        reader.elaborator.indices.chosen,
        reader.elaborator.in_turn,
        reader.elaborator.calls,
        reader.elaborator.composed,
    )


def closed_node(expr: syntax.Expr) -> Node:
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


@dataclass(slots=True, eq=False, repr=False)
class Symbolic:
    """A program as a graph over sets, declared at `places`.

    `letters` are its dimension letters, of `dimensions`.
    """

    model: Model
    spaces: dict[Node, Space]
    places: dict[Node, Span]
    letters: list[str]
    dimensions: Dimensions
    elaborator: Elaborator

    @property
    def layout(self) -> str:
        """Of Jacobians, one of `choices.LAYOUTS`."""
        return self.elaborator.layout

    def parsed(self, text: str) -> Node:
        """The graph of a formula as it would be read in this program; GradcliError if it cannot."""
        scope = self.elaborator.scope
        names = {*scope.names, *scope.shapes, *scope.inputs, *scope.letters}
        return self.elaborator.node(parse_expression(Source("formula", text), names), {})


def symbolic(readings: Sequence[Reading], shapes: Mapping[str, Shape], layout: str) -> Symbolic:
    """The graph of a program that is read in several parts; GradcliError with every mistake.

    Where it declares no input, an unknown name is a real scalar.
    """
    statements = [s for reading in readings for s in reading.program.statements]
    declares = any(isinstance(s, syntax.Declaration) for s in all_statements(statements))
    mend = "declare it:  {0} in R  or define it before this line:  {0} = …"

    def fresh() -> ProgramReader:
        scope = Scope(shapes, free=not declares)
        scope.sets = {}
        scope.unheard = "G005", 'unknown name "{}"', mend
        reader = ProgramReader(scope, sets=True)
        reader.elaborator.layout = layout
        return reader

    reader, model = _attempted(fresh, readings)
    scope = reader.scope
    spaces = {
        node: reader.declared[name][0] if name in reader.declared else Space("power", node.shape)
        for name, node in scope.inputs.items()
    }
    places = {scope.inputs[name]: place for name, (_, place) in reader.declared.items()}
    letters = [*scope.letters]
    return Symbolic(model, spaces, places, letters, dimensions(statements), reader.elaborator)
