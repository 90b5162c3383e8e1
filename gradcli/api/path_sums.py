"""Paths at a point: text and values in, every path with its product, and their sum, out as data.

Must not know options, terminals or formats.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from gradcli.api.at_point import ProgramAtPoint, read_scene
from gradcli.api.gradient import diff_at
from gradcli.api.points import NameList, Point
from gradcli.api.question import question
from gradcli.arithmetic.ball import precision as working_precision
from gradcli.arithmetic.base import Array
from gradcli.arithmetic.float64 import FLOAT64
from gradcli.calculus.composed import inside
from gradcli.calculus.core import INPUT, number
from gradcli.calculus.differentiate import local_jacobian
from gradcli.calculus.families import Pointwise
from gradcli.certify.problem import Problem
from gradcli.certify.result import DiffResult
from gradcli.choices import FOLDS
from gradcli.errors import BUG, Diagnostic, SelfCheckError, Source, wrong
from gradcli.explain.outline import in_names
from gradcli.graph.node import Node
from gradcli.graph.order import topological
from gradcli.graph.shape import describe
from gradcli.motion.largest import Edge
from gradcli.motion.numbers import SettledValues, settled
from gradcli.motion.paths import ListedPath, Paths, Ways
from gradcli.motion.results import InputPaths, PathsResult, ShownPath, ShownUse
from gradcli.notation.text import flat, formula

MOST = 10
LISTED = 32
"""So many paths are all listed; of more, the largest."""
LONGEST = 200
"""Vertices of a formula that is written out as a tree."""


@question
def paths(
    source: Source | str, at: Point = (), *, wrt: NameList = (), precision: int = 15,
    seed: int = 0, most: int | None = None, fold: str = FOLDS[0], folder: Path | None = None,
) -> PathsResult:  # fmt: skip
    """Every path from the output to each input, with its product of local derivatives.

    Points, names, precision and folding as for `diff`. At most `most` paths an input are listed,
    the largest ones; by default all of 32, or ten of more. GradcliError for wrong input and for an
    output that is not a scalar.
    """
    scene = read_scene(source, at, wrt, folder, fold)
    _refuse(scene)
    derivative = diff_at(scene, precision, seed)
    targets = scene.drawn_targets
    problem = Problem(scene.drawn.output, [*targets.values()], scene.values)
    every = Paths(problem.output, problem.point(FLOAT64))
    found = {name: _ways(every, node, most) for name, node in targets.items()}
    writer = _PathWriter(scene.drawn.names, any(map(inside, every.order)))
    wanted = [
        node
        for ways in found.values()
        for node in (ways.total, *(use.term for use in ways.uses), *writer.asked(ways))
    ]
    numbers = settled(problem, [*dict.fromkeys(wanted)], precision, derivative.certified)
    values = dict(zip(dict.fromkeys(wanted), numbers.arrays, strict=True))
    inputs = [
        _input(name, targets[name], ways, values, writer, numbers, derivative, every)
        for name, ways in found.items()
    ]
    return PathsResult(
        derivative, inputs, every.reverse([*targets.values()]),
        _ours(every.order, inputs, writer.names), numbers.certified, numbers.settled,
    )  # fmt: skip


def _ours(
    order: Sequence[Node], inputs: Sequence[InputPaths], names: Mapping[Node, str]
) -> list[tuple[str, str]]:
    """The vertices that paths and products name and the user did not."""
    texts = [text for i in inputs for p in i.paths for text in (*p.vertices, *p.symbols, p.product)]
    said = {word for text in texts for word in re.findall(r"\w+", text)}
    ours = [n for n in order if names.get(n) in said and not n.name and n.op is not INPUT]
    return [(names[n], formula(n, names)) for n in ours if n is not order[-1]]


def _refuse(scene: ProgramAtPoint) -> None:
    output = scene.model.output
    if not scene.targets:
        raise wrong(
            "G010", "there is nothing that a path could lead to: no input is named",
            scene.model.source, help="give a point, as in  --at x=3",
        )  # fmt: skip
    if output.shape:
        raise wrong(
            "G201", "paths are followed from a scalar", scene.model.source,
            label=describe(output.shape), help="take an entry of it, or a sum",
        )  # fmt: skip
    if output in scene.targets.values():
        message = "--wrt: this is the output itself: no path leads from it to itself"
        raise wrong("G401", message, help="name what it is made of")


def _ways(every: Paths, target: Node, most: int | None) -> Ways:
    if most is not None:
        return every.ways(target, most)
    return every.ways(target, LISTED if every.count(target) <= LISTED else MOST)


class _PathWriter:
    """Local derivatives and products as formulas in which every vertex stands as its name.

    They stand as they come about, save where calls are `folded`: then simplified.
    """

    def __init__(self, names: Mapping[Node, str], folded: bool) -> None:
        self.names = names
        self.folded = folded
        self._locals: dict[Edge, Node] = {}

    def asked(self, ways: Ways) -> list[Node]:
        """The graphs whose numbers a list of paths shows."""
        found = []
        for way in ways.listed:
            found.append(way.term)
            if _scalar(way):
                found += [self.local(edge) for edge in way.edges]
        return found

    def local(self, edge: Edge) -> Node:
        """The local derivative along an edge between scalars."""
        if edge not in self._locals:
            node, index = edge
            if isinstance(node.op, Pointwise):
                partial = node.op.partial(node, index)
                found = number(partial) if isinstance(partial, int) else partial
            else:
                found = local_jacobian(node, index)
            self._locals[edge] = found
        return self._locals[edge]

    def text(self, node: Node) -> str:
        if node in self.names:
            return self.names[node]
        text = flat(node, self.names)
        return min(text, flat(in_names(node, self.names), {}), key=len) if self.folded else text

    def short(self, node: Node) -> str | None:
        """A formula, None where its tree is large: a graph may be a tree of 2^n leaves."""
        sizes: dict[Node, int] = {}
        for each in topological([node], lambda n: () if n in self.names else n.args):
            inside = 0 if each in self.names else sum(sizes[arg] for arg in each.args)
            sizes[each] = min(1 + inside, LONGEST + 1)
        return self.text(node) if sizes[node] <= LONGEST else None

    def path(self, way: ListedPath, target: str, values: Mapping[Node, Array]) -> ShownPath:
        vertices = [target, *(self.names.get(n, n.op.title) for n, _ in way.edges)]
        value = values[way.term]
        if not _scalar(way):
            return ShownPath(vertices, [], None, self.short(way.term) or "", value)
        parts = [self.local(edge) for edge in way.edges]
        symbols = [self.short(part) or "…" for part in parts]
        return ShownPath(vertices, symbols, [values[part][()] for part in parts], "", value)


def _scalar(way: ListedPath) -> bool:
    return all(not node.shape and not node.args[index].shape for node, index in way.edges)


def _input(
    name: str, target: Node, ways: Ways, values: Mapping[Node, Array], writer: _PathWriter,
    numbers: SettledValues, derivative: DiffResult, every: Paths,
) -> InputPaths:  # fmt: skip
    with working_precision(numbers.bits):
        total = values[ways.total]
        listed = [writer.path(way, name, values) for way in ways.listed]
        rest = total
        for path in listed:
            rest = rest - path.value
        whole = len(listed) == ways.count
        if whole and numbers.certified and any(x != 0 for x in _flat(rest)):
            message = f"the paths to {name} do not add up to the derivative by it"
            raise SelfCheckError(Diagnostic(BUG, message))
    uses = [
        ShownUse(
            writer.names.get(use.user, use.user.op.title), every.within(use.user), use.count,
            use.shortest, use.longest, values[use.term],
        )
        for use in ways.uses
    ]  # fmt: skip
    given = next(each for each in derivative.inputs if each.name == name)
    return InputPaths(
        name, target.shape, given.value, ways.count, ways.shortest, ways.longest,
        ways.multiplications, listed, uses, total, None if whole else rest,
        writer.short(ways.total), ways.sure,
    )  # fmt: skip


def _flat(array: Any) -> list[Any]:
    return list(array.flat) if hasattr(array, "flat") else [array]
