"""What a claim becomes with one place of it written otherwise: many such edits at once, in doubles.

Must not know any mistake, nor how an edit is told. What is sorted out here is neither built as a
graph nor judged; what is left is only worth a closer look.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property, lru_cache
from typing import Any, NamedTuple, TypeAlias, TypeVar

import numpy as np

from gradcli.arithmetic.base import Array
from gradcli.arithmetic.evaluate import apply, evaluate
from gradcli.arithmetic.float64 import FLOAT64
from gradcli.calculus.core import INPUT
from gradcli.diagnosis.evidence.needs import BY_VALUE, Needs, as_many, near
from gradcli.diagnosis.evidence.numbers import Numbers
from gradcli.diagnosis.evidence.observed import BLANK, Observed, observed, unknown
from gradcli.diagnosis.evidence.refuted_claim import GLANCE, Around, RefutedClaim, meant
from gradcli.diagnosis.evidence.worth import Worth
from gradcli.diagnosis.trees.composing import put
from gradcli.graph.node import Node
from gradcli.graph.order import topological
from gradcli.language.tree.build import POWERS, exchanged, replaced
from gradcli.language.tree.syntax import Binary, Expr, children

ROOM = 1_000_000
"""Numbers of one array that are looked at together."""
T = TypeVar("T")
Link: TypeAlias = Callable[[Array], Array]
"""What an expression becomes with each of many values (n, points, *shape) of one of its parts."""


class PlaceEdit(NamedTuple):
    """Something else in the place of a part, and what that lies in, outermost first."""

    part: Expr
    around: Around
    new: Expr


def throughout(refuted: RefutedClaim, new: Mapping[Any, Expr]) -> PlaceEdit:
    """Something else in several places, none of which lies in another."""
    return PlaceEdit(refuted.expr, (), exchanged(refuted.expr, new))


class CarriedValues(NamedTuple):
    """Values (n, points, *shape) of an expression, and which edit within it makes each of them."""

    edits: list[int]
    values: Array


@lru_cache(maxsize=1)
def screen(refuted: RefutedClaim) -> Screen | None:
    """The screen for a claim; None where it has values at too few points."""
    seen = observed(refuted)
    return None if seen is None else Screen(refuted, seen)


def survivors(
    refuted: RefutedClaim, edits: Sequence[tuple[T, PlaceEdit]]
) -> Iterator[tuple[T, Expr]]:
    """The sides that may be right, each with what was told of its edit: all, if nothing is seen."""
    seen = screen(refuted) if edits else None
    right = None if seen is None else seen.right([edit for _, edit in edits])
    for k, (told, edit) in enumerate(edits):
        if right is None or right[k]:
            yield told, put(edit.around, edit.part, edit.new)


def values_of(refuted: RefutedClaim, whole: Expr, edits: Sequence[PlaceEdit]) -> list[Array | None]:
    """What a part of the claim becomes with each edit in it (points, *shape of that part).

    None for what means nothing there, has another shape, or does not exist at this size.
    """
    seen = screen(refuted)
    return [None] * len(edits) if seen is None else seen.values_of(whole, edits)


class Screen:
    """A claim as a tree of values: what stands in one place is carried up to the whole."""

    def __init__(self, refuted: RefutedClaim, evidence: Observed) -> None:
        self.refuted, self.evidence = refuted, evidence
        every = enumerate(refuted.everywhere())
        self.places = {part: (k, around) for k, (part, around) in every}
        self.outer: dict[Expr, Expr | None] = {
            part: around[-1] if around else None for part, (_, around) in self.places.items()
        }
        self._links: dict[Expr, Link | None] = {}
        self._stacks: dict[tuple[tuple[Node, ...], tuple[int, ...]], Array] = {}
        elaborator = refuted.derivation.elaborator
        self.defined = elaborator.scope.names if elaborator else ()
        self.named = self._named()
        self._worth: Worth[Array] = Worth(self._known, self.named, self.defined, FLOAT64)
        self._needs = Needs(refuted, evidence, self.outer)
        self.need, self.sure_need = self._needs.of, self._needs.sure

    def right(self, edits: Sequence[PlaceEdit]) -> list[bool]:
        """Which edits may make the claim right."""
        found = np.zeros(len(edits), dtype=bool)
        row, at, values, left = self.numbers.row, {}, [], []
        for k, edit in enumerate(edits):
            if not self.closed(edit.part):
                here = self._lifted(edit, None)
                value = self.value(here.new) if here.part in row else None
                if value is None:
                    left.append(k)
                else:
                    at[k] = row[here.part]
                    values.append(np.broadcast_to(value, self.evidence.count))
        if values:
            found[[*at]] = self.may_be_there([*at.values()], np.array(values))
        for start, some in self.batches([edits[k] for k in left]):
            for part, stacks in self._carried(some).items():
                need = self.sure_need(part)
                if need is None:
                    continue
                for numbers, values_ in stacks:
                    found[[left[start + k] for k in numbers]] = near(values_, need)
        return found.tolist()

    def may_be_there(self, at: Sequence[int] | Array, values: Array) -> Array:
        """Which of many values (n, points) numbers in these rows may have in a right claim."""
        right, at = self.numbers.right(at, values), np.asarray(at)
        open_ = right & self.numbers.open[at]
        for row in set(at[open_].tolist()):
            here = open_ & (at == row)
            right[here] = self.may_be(self.numbers.exprs[row], values[here])
        return right

    def carried(self, at: Array, values: Array) -> dict[Expr, tuple[Array, Array]]:
        """What values (n, points) of numbers in these rows make of the numbers that they lie in.

        For each number which of them do, and what it becomes.
        """
        made: dict[Expr, list[tuple[Array, Array]]] = {}
        order = at.argsort(kind="stable")
        ends = at[order].searchsorted(np.arange(len(self.numbers.exprs) + 1))
        for row, expr in enumerate(self.numbers.exprs):
            if len(here := order[ends[row] : ends[row + 1]]):
                made[expr] = [(here, values[here])]
        found = {}
        for part in reversed(self.outer):
            if part not in made:
                continue
            which, become = (np.concatenate(each) for each in zip(*made.pop(part), strict=True))
            found[part] = which, become
            outer, link = self.outer[part], self.link(part)
            if outer in self.numbers.row and link is not None:
                made.setdefault(outer, []).append((which, link(become)))
        return found

    def worth(self, named: Mapping[str, Array]) -> Worth[Array]:
        """What expressions of these names are worth."""
        return Worth(lambda _: None, named, self.defined, FLOAT64)

    @cached_property
    def numbers(self) -> Numbers:
        """The parts that are numbers."""
        return Numbers(self._needs)

    def closed(self, part: Expr) -> bool:
        """Whether nothing in the place of a part would make the claim right."""
        row = self.numbers.row.get(part)
        return row is not None and bool(self.numbers.closed[row])

    def may_scale(self, part: Expr) -> bool:
        """Whether a part may have to be zero or a multiple of itself."""
        if (need := self.sure_need(part)) is None:
            return True
        own = self.evidence.of(self.refuted.parts[part])
        at = np.unravel_index(np.abs(own).argmax(), own.shape)
        with np.errstate(all="ignore"):
            multiples = [own * (value[at] / own[at]) for value in need.ways]
            return bool(near(np.stack(multiples), need, np.abs(own / own[at])).any())

    def may_be(self, part: Expr, values: Array) -> Array:
        """Which of many values (n, points, *shape) a part may have in a right claim: (n)."""
        while (need := self.sure_need(part)) is None:
            link, outer = self.link(part), self.outer.get(part)
            if link is None or outer is None:
                return np.ones(len(values), dtype=bool)
            values, part = link(values), outer
        return near(values, need)

    def batches(self, edits: Sequence[T]) -> Iterator[tuple[int, Sequence[T]]]:
        """As many at once as have room beside each other, and how many came before."""
        each = max(1, ROOM // max(value.size for value in self.evidence.values.values()))
        for start in range(0, len(edits), each):
            yield start, edits[start : start + each]

    def stacked(self, nodes: Sequence[Node], shape: tuple[int, ...]) -> Array:
        """The values (n, points, *shape) of vertices; NaN of one that does not exist here."""
        key = (*nodes,), shape
        if key not in self._stacks:
            self.evidence.see(nodes)
            found = np.full((len(nodes), self.evidence.count, *shape), np.nan)
            for k, node in enumerate(nodes):
                if node in self.evidence.values:
                    found[k] = as_many(self.evidence.of(node), found[k])
            self._stacks[key] = found
        return self._stacks[key]

    def _carried(
        self, edits: Sequence[PlaceEdit], whole: Expr | None = None
    ) -> dict[Expr, list[CarriedValues]]:
        """What edits make of the least around them of which it is known what it needs to be.

        Or of a `whole` in which all of them are.
        """
        found = self._made(edits, whole)
        for part in reversed(self.outer):
            outer = self.outer[part]
            if outer is None or not found.get(part) or self._ends(part, whole):
                continue
            if (link := self.link(part)) is not None:
                shape = (self.evidence.count, *self.evidence.of(self.refuted.parts[part]).shape[1:])
                carried = CarriedValues(
                    [k for stack in found[part] for k in stack.edits],
                    np.concatenate([s.values.reshape(-1, *shape) for s in found[part]]),
                )
                found[part] = [carried]
                found.setdefault(outer, []).append(
                    CarriedValues(carried.edits, link(carried.values))
                )
        return found

    def _ends(self, part: Expr, whole: Expr | None) -> bool:
        return part is whole if whole else self.sure_need(part) is not None

    def _made(
        self, edits: Sequence[PlaceEdit], whole: Expr | None
    ) -> dict[Expr, list[CarriedValues]]:
        """The values that edits have where they are made, or in the least that shows these."""
        made: dict[Expr, list[tuple[int, Node]]] = {}
        worth: dict[Expr, list[tuple[int, Array]]] = {}
        left = {}
        for k, edit in enumerate(edits):
            here = self._lifted(edit, whole)
            value = self.value(here.new) if here.part in self.numbers.row else None
            if value is None:
                left[k] = here
            else:
                worth.setdefault(here.part, []).append((k, value))
        self.refuted.charge(GLANCE * (len(edits) - len(left)))
        while left:
            nodes = self.refuted.nodes([new for _, _, new in left.values()])
            here_, left = left, {}
            for (k, edit), node in zip(here_.items(), nodes, strict=True):
                own = self.refuted.parts.get(edit.part)
                if node is None:
                    continue
                if not edit.around or (own is not None and node.shape == own.shape):
                    made.setdefault(edit.part, []).append((k, node))
                else:
                    left[k] = self._lifted(_in_outer(*edit), whole)
        self.evidence.see(node for each in made.values() for _, node in each)
        found = {part: [*self._stacked(each)] for part, each in made.items()}
        for part, each in worth.items():
            values = np.empty((len(each), self.evidence.count))
            for row, (_, value) in zip(values, each, strict=True):
                row[:] = value
            found.setdefault(part, []).append(CarriedValues([k for k, _ in each], values))
        return found

    def values_of(self, whole: Expr, edits: Sequence[PlaceEdit]) -> list[Array | None]:
        """What a part of the claim becomes with each edit in it; None where it has no value."""
        found: list[Array | None] = [None] * len(edits)
        for numbers, values in self._carried(edits, whole).get(whole, ()):
            if values.shape[1:] == self.evidence.of(self.refuted.parts[whole]).shape:
                for k, value in zip(numbers, values, strict=True):
                    found[k] = value
        return found

    def value(self, expr: Expr) -> Array | None:
        """What an expression of scalars is worth, if that can be told without reading it."""
        with np.errstate(all="ignore"):
            return self._worth.of(expr)

    def _named(self) -> dict[str, Array]:
        names = {name: node for name, node in meant(self.refuted).items() if not node.shape}
        self.evidence.see(names.values())
        known = self.evidence.values
        return {name: self.evidence.of(node) for name, node in names.items() if node in known}

    def _known(self, expr: Expr) -> Array | None:
        node = self.refuted.parts.get(expr)
        if node is None or node.shape or node not in self.evidence.values:
            return None
        return self.evidence.of(node)

    def _stacked(self, made: Sequence[tuple[int, Node]]) -> list[CarriedValues]:
        values = self.evidence.values
        shapes: dict[tuple[int, ...], list[tuple[int, Array]]] = {}
        for k, node in made:
            if node in values:
                value = self.evidence.of(node)
                shapes.setdefault(value.shape, []).append((k, value))
        return [
            CarriedValues([k for k, _ in same], np.stack([value for _, value in same]))
            for same in shapes.values()
        ]

    def _lifted(self, edit: PlaceEdit, whole: Expr | None) -> PlaceEdit:
        """The same edit as one of the least around it whose value its surroundings go by."""
        while edit.around and not (self._ends(edit.part, whole) or self.link(edit.part)):
            edit = _in_outer(*edit)
        return edit

    # -- from a part to what it lies in

    def link(self, part: Expr) -> Link | None:
        """How what a part lies in goes by its value; None where that is not all it goes by."""
        if part not in self._links:
            self._links[part] = self._linked(part, self.outer.get(part))
        return self._links[part]

    def _linked(self, part: Expr, outer: Expr | None) -> Link | None:
        parts = self.refuted.parts
        if not isinstance(outer, BY_VALUE) or not {part, outer} <= parts.keys():
            return None
        root: Node | None = parts[outer]
        if (read := self._read(part, outer)) is not None:
            return read
        own = parts[part]
        beside = [parts[x] for x in children(outer) if x is not part and x in parts]
        if own.op.boolean:
            return None
        if root in (own, *beside) or own in beside:
            # Which of two places of one vertex is meant is seen by the name of neither.
            own = unknown(own.shape)
            root = self.refuted.node(replaced((outer,), part, BLANK), {BLANK.name: own})
        ends = {own, *beside}
        order = [] if root is None else topological([root], lambda n: () if n in ends else n.args)
        if root is None or own not in order or any(n.op is INPUT and n not in ends for n in order):
            return None
        self.evidence.see(beside)
        values = self.evidence.values
        if any(node not in values for node in beside if node in order):
            return None
        around = {node: values[node] for node in beside if node in order}
        single, sizes, repeated = (
            root is not own and ends.issuperset(root.args),
            self.evidence.sizes,
            self.evidence.repeated,
        )

        def link(values: Array) -> Array:
            given = {n: repeated(v, len(values)) for n, v in around.items()}
            given[own] = values.reshape(-1, *values.shape[2:])
            if single:
                with np.errstate(all="ignore"):
                    found = apply(root, FLOAT64, [given[n] for n in root.args], sizes)
            else:
                found = evaluate([root], FLOAT64, given, sizes)[0]
            return found.reshape(len(values), self.evidence.count, *found.shape[1:])

        return link

    def _read(self, part: Expr, outer: Expr) -> Link | None:
        """The same of numbers, where what a part lies in can be read by values."""
        own = self._needs.values.get(part)
        exponent = isinstance(outer, Binary) and outer.operator in POWERS and outer.right is part
        if own is None or own.ndim != 1 or exponent:
            return None
        here = {part: own}

        def known(expr: Expr) -> Array | None:
            return None if expr is outer else here[part] if expr is part else self._known(expr)

        worth: Worth[Array] = Worth(known, self.named, self.defined, FLOAT64)

        def become(values: Array) -> Array | None:
            here[part] = values
            with np.errstate(all="ignore"):
                return worth.of(outer)

        found = become(own)
        if found is None or found.shape != own.shape:
            return None
        return lambda values: np.asarray(become(values))


def _in_outer(part: Expr, around: Around, new: Expr) -> PlaceEdit:
    """The same edit as one of what it lies in."""
    outer = around[-1]
    return PlaceEdit(outer, around[:-1], replaced((outer,), part, new))
