"""What a question about a program at a point stands on: its graph, its values, what it is asked by.

Must not know which derivative is wanted.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from gradcli.api.points import NameList, Point, Texts, names_in, point, texts_in
from gradcli.arithmetic.ball import BALL
from gradcli.arithmetic.base import Array
from gradcli.arithmetic.data import Value, numbers, shape_of
from gradcli.arithmetic.evaluate import evaluate
from gradcli.arithmetic.measure import fraction, is_exact
from gradcli.calculus.composed import ComposedCall
from gradcli.certify.certify import Naming
from gradcli.choices import FOLDS
from gradcli.errors import GradcliError, Source, wrong
from gradcli.explain.drawn import DrawnGraph, SourceFacts
from gradcli.graph.node import Node
from gradcli.graph.order import dependents, topological
from gradcli.graph.shape import Letters, add_dims
from gradcli.language.documents.sections import all_statements
from gradcli.language.elaboration.scope import nearest
from gradcli.language.parsing.parse import Reading, read
from gradcli.language.program import Model, build
from gradcli.language.tree import syntax
from gradcli.ops.selection import ONEHOT
from gradcli.reading import Place
from gradcli.trial.scalar_range import is_whole


@dataclass(eq=False)
class ProgramAtPoint:
    """A program at a point: `inputs` have `values`, `targets` are what it is differentiated by.

    `calls` are those that are shown as one vertex.
    """

    model: Model
    inputs: dict[str, Node]
    targets: dict[str, Node]
    values: dict[Node, Value]
    calls: Mapping[Node, ComposedCall]

    @cached_property
    def drawn(self) -> DrawnGraph:
        """The graph as it is shown, step by step; seldom asked for where nothing is remarked."""
        inputs, also = [*self.inputs.values()], self.targets.values()
        return DrawnGraph(self.model.output, inputs, also, self.calls)

    @property
    def naming(self) -> Naming:
        """How vertices are called in remarks."""
        names = lambda: self.drawn.owners | self.drawn.names  # noqa: E731
        return Naming(names, self.model.spans, self.model.calls)

    @property
    def written(self) -> SourceFacts:
        """What a trace tells of the text."""
        return self.drawn.facts(self.model.spans, self.model.turns)

    @property
    def drawn_targets(self) -> dict[str, Node]:
        """What it is differentiated by, as that is shown."""
        return {name: self.drawn.of(node) for name, node in self.targets.items()}


def read_scene(
    source: Source | str, at: Point, wrt: NameList, folder: Path | None, fold: str = FOLDS[0]
) -> ProgramAtPoint:
    """The program's graph at the point, by the named vertices or all inputs.

    `fold` says the calls of which functions are shown as one vertex.
    """
    text = source if isinstance(source, Source) else Source("<expression>", source)
    reading = read(text)
    try:
        values = point(reading.program, at, Place(folder or Path()))
    except GradcliError as error:
        raise GradcliError(*reading.complaints, *error.diagnostics) from None
    model = build(reading, {name: shape_of(value) for name, value in values.items()})
    refuse_condition(model)
    _require_sizes(model)
    _look_at_indices(model, {model.inputs[x]: v for x, v in values.items() if x in model.inputs})
    inputs = {name: model.inputs[name] for name in values if name in model.inputs}
    targets = targets_of(model, inputs, names_in(wrt))
    calls = calls_to_fold(model, fold)
    given = {node: values[name] for name, node in inputs.items()}
    return ProgramAtPoint(model, inputs, targets, given, calls)


def calls_to_fold(model: Model, fold: str) -> Mapping[Node, ComposedCall]:
    """The calls that are shown as one vertex; GradcliError for what cannot be folded."""
    if fold not in FOLDS:
        help = f"it is {', '.join(FOLDS[:-1])} or {FOLDS[-1]}"
        raise wrong("G401", f'there is no way to fold called "{fold}"', help=help)
    return model.composed.chosen(fold)


def _require_sizes(model: Model) -> None:
    """GradcliError for a letter whose size no value tells."""
    for node in topological([model.output]):
        for dim in (*node.shape, *node.params):
            if isinstance(dim, Letters):
                place = model.spans.get(node, model.source)
                help = "give a value whose shape tells it, or write a number"
                raise wrong("G012", f"the size {dim} is not known", place, help=help)


def declared(source: Source | str, let: Texts) -> tuple[list[Reading], Reading]:
    """The declarations that stand beside a program, and the program read with their names."""
    text = source if isinstance(source, Source) else Source("<expression>", source)
    readings = [read(Source("--let", each)) for each in texts_in(let)]
    return readings, read(text, names=[*introduced(readings)])


def introduced(readings: Iterable[Reading]) -> Iterator[str]:
    """The names that have a set."""
    for reading in readings:
        for statement in all_statements(reading.program.statements):
            if isinstance(statement, syntax.Declaration):
                yield from (name.name for name in statement.names)


def vanishing(node: Node, point: Mapping[Node, Value], fixed: Mapping[Node, Array]) -> int | None:
    """How sure it is that a graph is exactly zero, by residues; these are loaded when asked for."""
    from gradcli.proof import proof  # noqa: PLC0415 seldom asked

    return proof.vanishing(node, point, fixed)


def _look_at_indices(model: Model, values: Mapping[Node, Value]) -> None:
    """GradcliError for given indices that are none along their axes."""
    given = {
        node: evaluate([value], BALL, {})[0] if isinstance(value, Node) else numbers(value, BALL)
        for node, value in values.items()
        if model.chosen
    }
    for span, node, dim in model.chosen:
        for value in evaluate([node], BALL, given)[0].flat:
            if not (is_whole(value) and 0 <= value < dim):
                shown = fraction(value) if is_exact(value) else value
                message = f"there is no entry {shown} along an axis of {dim}"
                help = f"indices are whole numbers from 0 to {add_dims(dim, -1)}"
                raise wrong("G012", message, span, help=help)


def made_of_another(targets: Iterable[Node]) -> bool:
    """Whether one of some vertices is made of another."""
    nodes = {*targets}
    active = dependents(topological(nodes), nodes)
    return any(arg in active for node in nodes for arg in node.args)


def refuse_condition(model: Model) -> None:
    """GradcliError for an output that is true or false."""
    if model.output.op.boolean:
        raise wrong(
            "G203",
            "a condition has no derivative",
            model.source,
            help=f"where({model.text}, a, b)  chooses between two numbers",
        )


def chosen_of(known: Mapping[str, Node], names: Sequence[str], option: str) -> dict[str, Node]:
    """The vertices of these names; GradcliError where an option has another."""
    chosen: dict[str, Node] = {}
    for name in (part.strip() for part in names):
        if name not in known:
            suggestion = nearest(name, known)
            listed = ", ".join(known)
            help = f'did you mean "{suggestion}"?' if suggestion else f"the program has: {listed}"
            raise wrong("G005", f'{option}: unknown name "{name}"', help=help)
        chosen[name] = known[name]
    return chosen


def targets_of(model: Model, inputs: Mapping[str, Node], names: Sequence[str]) -> dict[str, Node]:
    """What is differentiated by: the named inputs or vertices, all inputs by default."""
    chosen = chosen_of({**inputs, **model.vertices}, names, "--wrt")
    # There is no derivative by what only chooses entries.
    choices = [node for node in topological([model.output]) if node.op is ONEHOT]
    if chosen or not choices:
        return chosen or dict(inputs)
    choosing = {*topological(choices)}
    counted = {*topological([model.output], lambda node: () if node.op is ONEHOT else node.args)}
    open_ = {x: node for x, node in inputs.items() if node in counted or node not in choosing}
    return open_ or dict(inputs)
