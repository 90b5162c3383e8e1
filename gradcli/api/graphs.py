"""Computational graphs: text in, vertices and edges out as data, with numbers where a point is.

Must not know options, terminals or formats.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from gradcli.api.at_point import calls_to_fold, read_scene
from gradcli.api.converted import to_sheet
from gradcli.api.formulas import program
from gradcli.api.gradient import diff_at
from gradcli.api.matrices import jvp_at
from gradcli.api.points import NameList, Point, Texts, names_in
from gradcli.api.question import question
from gradcli.calculus.differentiate import NoRule
from gradcli.certify.result import DiffResult, MatrixResult, TraceNode
from gradcli.choices import FOLDS
from gradcli.errors import GradcliError, SizesNeeded, Source, wrong
from gradcli.explain.drawn import DrawnGraph, SourceFacts
from gradcli.explain.trace import symbolic
from gradcli.explain.vertices import GraphVertex, backward, vertices
from gradcli.graph.node import Node
from gradcli.graph.order import topological
from gradcli.graph.shape import describe
from gradcli.language.documents.excerpt import function_in
from gradcli.language.documents.sections import sections
from gradcli.language.parsing.parse import read
from gradcli.language.program import Model, points
from gradcli.language.tex.document import tex_document

NO_VALUE = "G010"
TURNS = 3
"""Turns of a loop to a letter, where a graph stands for all its sizes."""


@dataclass(slots=True, eq=False)
class GraphResult:
    """A graph with its vertices in topological order; `title` names the output.

    `derivative` is what `diff` says at the point, None for a symbolic graph and for one of
    tangents, of which `product` is what `jvp` says. `sizes` are those that were chosen for it.
    """

    title: str
    text: str
    vertices: list[GraphVertex]
    derivative: DiffResult | None
    product: MatrixResult | None = None
    sizes: dict[str, int] = field(default_factory=dict)

    @property
    def settled(self) -> bool:
        """Whether no number stayed open."""
        found = self.derivative or self.product
        return found is None or found.settled

    @property
    def bits(self) -> int:
        """The precision that its numbers have."""
        found = self.derivative or self.product
        return found.bits if found else 53


@question
def graph(
    source: Source | str, at: Point = (), *, wrt: NameList = (), let: Texts = (),
    derivative: bool = False, precision: int = 15, seed: int = 0, fold: str = FOLDS[0],
    folder: Path | None = None,
) -> GraphResult:  # fmt: skip
    """The computational graph of a program: at a point with values, gradients and derivatives.

    Without a point, or with sets in `let`, it is symbolic, with shapes. Points, names, precision
    and folding as for `diff`, sets as for `derive`. With `derivative` the vertices that
    back-propagation adds are there as well, of a scalar output. GradcliError for wrong input.
    """
    text = source if isinstance(source, Source) else Source("<expression>", source)
    found = None
    if not let and (at or points(read(text).program)):
        try:
            found = _at_point(text, at, wrt, precision, seed, fold, folder)
        except GradcliError as error:
            # A sheet may give some values for its own checks, and sets for the rest.
            if at or all(each.code != NO_VALUE for each in error.diagnostics):
                raise
    return _drawn(found or _symbolic(text, at, let, wrt, fold, folder), derivative)


@question
def gradient_graph(
    source: Source | str, at: Point = (), *, wrt: NameList = (), precision: int = 15, seed: int = 0,
    fold: str = FOLDS[0], folder: Path | None = None,
) -> GraphResult:  # fmt: skip
    """The computational graph at a point, with the gradients that `diff` takes."""
    text = source if isinstance(source, Source) else Source("<expression>", source)
    return _drawn(_at_point(text, at, wrt, precision, seed, fold, folder), False)


@question
def tangent_graph(
    source: Source | str, at: Point = (), *, tangent: Point,
    wrt: NameList = (), precision: int = 15, seed: int = 0, fold: str = FOLDS[0],
    folder: Path | None = None,
) -> GraphResult:  # fmt: skip
    """The computational graph at a point, with the tangents that `jvp` takes."""
    scene = read_scene(source, at, wrt, folder, fold)
    product = jvp_at(scene, tangent, precision, seed, trace=True)
    output, inputs, written = scene.drawn.output, [*scene.inputs.values()], scene.written
    rows = product.nodes or []
    drawn = vertices(output, inputs, rows, written, scene.drawn_targets.values())
    title = written.names.get(output) or output.name or "f"
    return GraphResult(title, scene.model.text, drawn, None, product)


def paper_graphs(source: Source) -> list[GraphResult]:
    """The graphs of what the derivations of a text in LaTeX are of; of none that cannot be read."""
    try:
        sheet = Source(source.name, to_sheet(tex_document(source)))
    except GradcliError:
        return []
    starts = [section.start for section in sections(read(sheet).program)[1:]]
    lines = [sheet.position(start)[0] for start in starts] or [0]
    found = [function_graph(sheet, line, sheet.text) for line in lines]
    return [each for each in found if each is not None]


@question
def function_graph(source: Source, line: int, text: str) -> GraphResult | None:
    """The graph of what the derivation that begins in a line is of, None where there is none.

    `text` is what of the source belongs to the language. Loops to letters have `TURNS` turns.
    """
    try:
        own = function_in(source, text, line)
        found = None if own is None else _with_turns(own)
        return found if found and any(vertex.row.edges for vertex in found.vertices) else None
    except GradcliError:
        # What cannot be drawn is told by the check.
        return None


def _with_turns(own: Source) -> GraphResult:
    """A graph whose loops run as far as can be drawn."""
    try:
        return graph(own)
    except SizesNeeded as needed:
        sizes = dict.fromkeys(needed.letters, TURNS)
    found = graph(own, let="; ".join(f"{letter} = {size}" for letter, size in sizes.items()))
    found.sizes = sizes
    return found


@dataclass(slots=True, eq=False)
class _Scene:
    """A program's graph with the rows of its trace, and what it is differentiated by."""

    model: Model
    output: Node
    inputs: list[Node]
    targets: list[Node]
    rows: list[TraceNode]
    written: SourceFacts
    derivative: DiffResult | None


def _drawn(found: _Scene, derivative: bool) -> GraphResult:
    """The vertices in their places, and those of a derivative."""
    model, output, written = found.model, found.output, found.written
    drawn = vertices(output, found.inputs, found.rows, written, found.targets)
    if not any(vertex.kind == "output" for vertex in drawn):
        raise wrong(
            "G010", "a graph leads from inputs to an output, and here there is no input",
            model.source, help="write a name for what may vary",
        )  # fmt: skip
    if derivative:
        if model.output.shape:
            raise wrong(
                "G201", "the graph of a derivative is that of a scalar's", model.source,
                label=describe(model.output.shape),
                help="take an entry of it, a sum, or another output:  --of NAME",
            )  # fmt: skip
        drawn += backward(output, drawn, found.inputs, written)
    title = written.names.get(output) or output.name or "f"
    return GraphResult(title, model.text, drawn, found.derivative)


def _at_point(
    text: Source, at: Point, wrt: NameList, precision: int, seed: int, fold: str,
    folder: Path | None,
) -> _Scene:  # fmt: skip
    scene = read_scene(text, at, wrt, folder, fold)
    result = diff_at(scene, precision, seed, trace=True)
    return _Scene(
        scene.model, scene.drawn.output, [*scene.inputs.values()],
        [*scene.drawn_targets.values()], result.nodes or [], scene.written, result,
    )  # fmt: skip


def _symbolic(
    text: Source, at: Point, let: Texts, wrt: NameList, fold: str, folder: Path | None
) -> _Scene:
    found, targets = program(text, wrt, let, at=at, layout="numerator", folder=folder)
    model = found.model
    # What is declared and not used is drawn where it is asked for by name.
    asked = {*topological([model.output]), *(targets.values() if names_in(wrt) else ())}
    inputs = [node for node in found.spaces if node in asked]
    drawn = DrawnGraph(model.output, inputs, targets.values(), calls_to_fold(model, fold))
    written = drawn.facts(model.spans, model.turns)
    try:
        rows = symbolic(drawn.output, inputs, written)
    except NoRule as error:
        raise wrong("G307", str(error), model.source) from None
    shown = [drawn.of(node) for node in targets.values() if node in asked]
    return _Scene(model, drawn.output, inputs, shown, rows, written, None)
