"""What a derivation is given: the values of its points and of measured data, read and checked.

Must not know claims.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from gradcli.api.points import file_array, value_of
from gradcli.arithmetic.ball import BALL, precision
from gradcli.arithmetic.base import Array
from gradcli.arithmetic.data import numbers, shape_of
from gradcli.arithmetic.evaluate import evaluate
from gradcli.calculus.core import symbol
from gradcli.certify.certify import LAST_BITS
from gradcli.claims import Derivation
from gradcli.errors import Diagnostic, GradcliError, Span
from gradcli.graph.dimensions import Dimensions
from gradcli.graph.node import Node
from gradcli.graph.shape import Shape, describe, tells
from gradcli.language.derivation import LOST
from gradcli.language.documents.sections import Section, all_statements
from gradcli.language.elaboration.scope import nearest
from gradcli.language.tree import syntax
from gradcli.reading import Place
from gradcli.trial.sampling import contains


class Givens:
    """The `at` lines of a derivation, those it shares first, and the files of its claims.

    `values` holds exact arrays by name for each `at`, `failed` those that could not be read,
    `shapes` the shape of each name, `files` and `data` the measured arrays. What several
    derivations share is `common`.
    """

    def __init__(self, shared: Section, own: Section, place: Place, common: bool) -> None:
        self.place = place
        self._common = common
        self.errors: list[Diagnostic] = []
        self.values: list[dict[str, Array]] = []
        self.failed: set[int | None] = {LOST}
        self.shapes: dict[str, Shape] = {}
        self.files: dict[str, Shape] = {}
        self.data: dict[Node, Array] = {}
        self.points = [*shared.points, *([] if own is shared else own.points)]
        self._shared = 0 if own is shared else len(shared.points)
        for number, point in enumerate(self.points):
            self.values.append(self._values(number, point))
        both = [*shared.statements, *([] if own is shared else own.statements)]
        for statement in all_statements(both):
            self._measured(statement)

    def _values(self, number: int, point: syntax.At) -> dict[str, Array]:
        found: dict[str, Array] = {}
        for name, expr in point.values:
            try:
                value = value_of(expr, self.place)
            except GradcliError as error:
                self.failed.add(number)
                if number >= self._shared:
                    self.errors += error.diagnostics
                continue
            with precision(LAST_BITS):
                exact = (
                    evaluate([value], BALL, {})[0][0, ...]
                    if isinstance(value, Node)
                    else numbers(value, BALL)[0, ...]
                )
            found[name.name] = exact
            self.shapes.setdefault(name.name, shape_of(value))
        return found

    def _measured(self, statement: syntax.Statement) -> None:
        claim = getattr(statement, "claim", statement)
        sides: Sequence[syntax.Side] = getattr(claim, "sides", ())
        for side in sides:
            if isinstance(side.value, syntax.FileValue):
                path = side.value.path
                try:
                    value = file_array(path, self.place, side.value.span)
                except GradcliError as error:
                    self.errors += error.diagnostics
                    continue
                self.files[path] = shape_of(value)
                self.data[symbol(f"@{path}", self.files[path])] = numbers(value, BALL)[0, ...]

    def check(self, derivation: Derivation) -> list[Diagnostic]:
        """What is wrong with the points: names that are no inputs, values that do not fit."""
        found: list[Diagnostic] = []
        inputs = {node.params[0]: node for node in derivation.spaces}
        unknown = {e.span.text for e in derivation.errors if e.code == "G005" and e.span}
        for number, point in enumerate(self.points):
            sizes: dict[str, int] = {}
            wrong = len(found)
            for name, expr in point.values:
                if name.name not in self.values[number]:
                    continue
                if name.name in unknown:
                    self.failed.add(number)
                    continue
                if name.name not in inputs:
                    # What derivations share may give more than this one asks for.
                    if number >= self._shared and not self._common:
                        found.append(_no_input(name, derivation, inputs))
                    continue
                value = self.values[number][name.name]
                found += _misfit(name, expr.span, inputs[name.name], value, derivation, sizes)
            if len(found) == wrong:
                found += _no_sizes(point, derivation, inputs, self.values[number], sizes)
            if len(found) > wrong:
                self.failed.add(number)
        return found


def _shown(sizes: Mapping[str, int]) -> str:
    return ", ".join(f"{letter} = {size}" for letter, size in sizes.items())


def _no_sizes(
    point: syntax.At,
    derivation: Derivation,
    inputs: Mapping[str, Node],
    values: Mapping[str, Array],
    sizes: Mapping[str, int],
) -> list[Diagnostic]:
    """A point whose values fit one by one, and no sizes all of them."""
    said = derivation.dimensions
    for name, value in values.items():
        if name in inputs:
            said = said.fitting(inputs[name].shape, value.shape)
    if next(said.small(derivation.letters, sizes), None) is not None:
        return []
    broken = said.broken(sizes)
    message = "no sizes of the letters fit all values of this point"
    if broken is not None:
        message = f"this point has {_shown(sizes)}, and {broken} must not be negative"
    help = "what is declared and what is said of letters holds for points as well"
    return [Diagnostic("G201", message, point.span, help=help)]


def _no_input(name: syntax.Name, derivation: Derivation, inputs: dict[str, Node]) -> Diagnostic:
    if name.name in derivation.vertices:
        message = f"{name.name} is defined, a point gives values of inputs"
        return Diagnostic("G010", message, name.span, help=f"claim it:  {name.name} ≈ …")
    suggestion = nearest(name.name, inputs)
    known = f"inputs are: {', '.join(inputs)}" if inputs else "it has no inputs"
    help = f'did you mean "{suggestion}"?' if suggestion else known
    return Diagnostic("G005", f"{name.name} is no input of this derivation", name.span, help=help)


def _misfit(
    name: syntax.Name,
    place: Span,
    node: Node,
    value: Array,
    derivation: Derivation,
    sizes: dict[str, int],
) -> list[Diagnostic]:
    """A value whose shape is not the declared one, or that lies outside its set."""
    space = derivation.spaces[node]
    known = f" (with {_shown(sizes)})" if sizes else ""
    fits = tells(node.shape, value.shape, sizes)
    fitting = Dimensions().fitting(node.shape, value.shape).small(derivation.letters, sizes)
    one = next(fitting, None) if fits else None
    if one is None:
        message = (
            f"{name.name} is {describe(node.shape)}{known}, this value is {describe(value.shape)}"
        )
        return [Diagnostic("G201", message, place, label=f"{name.name} is in {space.text}")]
    if contains(space, value, one) is False:
        message = f"this value of {name.name} lies outside the declared set {space.text}"
        help = "a value of a point lies in the set that the declaration promises"
        return [Diagnostic("G010", message, place, help=help)]
    return []
