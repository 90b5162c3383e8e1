"""A program whose inputs have sets instead of values: its graph, and formulas read back.

Must not know what is asked about the output.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from gradcli.errors import Source, Span
from gradcli.graph.dimensions import Dimensions
from gradcli.graph.node import Node
from gradcli.graph.shape import Shape
from gradcli.graph.space import Space
from gradcli.language import syntax
from gradcli.language.elaborate import Elaborator
from gradcli.language.letters import dimensions
from gradcli.language.parse import Reading, parse_expression
from gradcli.language.program import Model, ProgramReader, attempted
from gradcli.language.reader import Reader
from gradcli.language.scope import Scope
from gradcli.language.sections import every


class _SymbolicReader(ProgramReader):
    """Declarations introduce inputs, save of names whose shape is known from a value."""

    def _declare(self, statement: syntax.Declaration) -> None:
        if all(name.name in self.scope.shapes for name in statement.names):
            super()._declare(statement)
        else:
            Reader._declare(self, statement)


@dataclass(slots=True, eq=False)
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
    declares = any(isinstance(s, syntax.Declaration) for s in every(statements))
    mend = "declare it:  {0} in R  or define it before this line:  {0} = …"

    def fresh() -> _SymbolicReader:
        scope = Scope(shapes, free=not declares)
        scope.unheard = "G005", 'unknown name "{}"', mend
        reader = _SymbolicReader(scope)
        reader.elaborator.layout = layout
        return reader

    reader, model = attempted(fresh, readings)
    scope = reader.scope
    spaces = {
        node: reader.declared[name][0] if name in reader.declared else Space("power", node.shape)
        for name, node in scope.inputs.items()
    }
    places = {scope.inputs[name]: place for name, (_, place) in reader.declared.items()}
    letters = [*scope.letters]
    return Symbolic(model, spaces, places, letters, dimensions(statements), reader.elaborator)
