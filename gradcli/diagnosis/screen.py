"""What a claim becomes with one place of it written otherwise: many such edits at once, in doubles.

Must not know any mistake, nor how an edit is told. What is sorted out here is neither built as a
graph nor judged; what is left is only worth a closer look.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple, TypeAlias, TypeVar

import numpy as np

from gradcli.arithmetic.base import Array
from gradcli.arithmetic.evaluate import apply, evaluate
from gradcli.arithmetic.float64 import FLOAT64
from gradcli.calculus.core import INPUT
from gradcli.diagnosis.composing import put
from gradcli.diagnosis.evidence import BLANK, Observed, observed, unknown
from gradcli.diagnosis.refuted_claim import GLANCE, Around, RefutedClaim
from gradcli.graph.node import Node
from gradcli.graph.order import topological
from gradcli.language import syntax
from gradcli.language.syntax import Expr, children
from gradcli.language.tree import exchanged, replaced

BY_VALUE = (syntax.Binary, syntax.Unary, syntax.Transpose, syntax.Call, syntax.Array)
"""Expressions whose value is made of the values of their parts."""
ROOM = 1_000_000
"""Numbers of one array that are looked at together."""
LOOSE = 1e-6
"""How far apart two doubles may be that are still worth a closer look."""

T = TypeVar("T")
Link: TypeAlias = Callable[[Array], Array]
"""What an expression becomes with each of many values (n, points, *shape) of one of its parts."""


class PlaceEdit(NamedTuple):
    """Something else in the place of a part, and what that lies in, outermost first."""

    part: Expr
    around: Around
    new: Expr


class Renaming(NamedTuple):
    """Something else for each of some names that are written, and what it means for what."""

    new: Mapping[Any, Expr]
    meaning: Mapping[Node, Node]


def throughout(refuted: RefutedClaim, new: Mapping[Any, Expr]) -> PlaceEdit:
    """Something else in several places, none of which lies in another."""
    return PlaceEdit(refuted.expr, (), exchanged(refuted.expr, new))


def renamed(refuted: RefutedClaim, edits: Sequence[tuple[T, Renaming]]) -> Iterator[tuple[T, Expr]]:
    """The same, of names that mean something else wherever they are written."""
    seen = screen(refuted) if edits else None
    right = None if seen is None else seen.renamed([edit.meaning for _, edit in edits])
    for k, (told, edit) in enumerate(edits):
        if right is None or right[k]:
            yield told, exchanged(refuted.expr, edit.new)


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


class Screen:
    """A claim as a tree of values: what stands in one place is carried up to the whole."""

    def __init__(self, refuted: RefutedClaim, evidence: Observed) -> None:
        self.refuted, self.evidence = refuted, evidence
        self.outer: dict[Expr, Expr | None] = {
            part: around[-1] if around else None for part, around in refuted.everywhere()
        }
        self._links: dict[Expr, Link | None] = {}

    def right(self, edits: Sequence[PlaceEdit]) -> list[bool]:
        """Which edits may make the claim right."""
        found = [False] * len(edits)
        for start, some in self._batches(edits):
            for numbers, values in self.carried(some).get(self.refuted.expr, ()):
                for k, near in zip(numbers, self._near(values), strict=True):
                    found[start + k] = bool(near)
        return found

    def _batches(self, edits: Sequence[T]) -> Iterator[tuple[int, Sequence[T]]]:
        """As many at once as have room beside each other, and how many came before."""
        each = max(1, ROOM // max(value.size for value in self.evidence.values.values()))
        for start in range(0, len(edits), each):
            yield start, edits[start : start + each]

    def renamed(self, meanings: Sequence[Mapping[Node, Node]]) -> list[bool]:
        """Which claims may be right in which names stand for others, wherever they are written."""
        found = []
        for _, some in self._batches(meanings):
            found += self._renamed(some)
        return found

    def _renamed(self, meanings: Sequence[Mapping[Node, Node]]) -> list[bool]:
        self.refuted.charge(GLANCE * len(meanings))
        root, parts = self.refuted.claim, self.refuted.parts
        taken = {parts.get(x) for x in self.outer if isinstance(x, syntax.Derivative)}
        order = topological([root], lambda n: () if n.label and n is not root else n.args)
        closed = [n for n in order if n is not root and (n.label or n.op is INPUT or n in taken)]
        self.evidence.see([*closed, *(new for each in meanings for new in each.values())])
        values = self.evidence.values
        known = [all(new in values for new in each.values()) for each in meanings]
        meanings = [each if here else {} for each, here in zip(meanings, known, strict=True)]
        given = {
            n: np.concatenate([self.evidence.of(each.get(n, n)) for each in meanings])
            for n in closed
        }
        whole = evaluate([root], FLOAT64, given, self.evidence.sizes)[0]
        shape = len(meanings) * self.evidence.count, *whole.shape[1:]
        whole = np.broadcast_to(whole, shape).reshape(len(meanings), -1, *shape[1:])
        # What the values do not go by, as a letter for a size, is open.
        open_ = [not each.keys() <= given.keys() for each in meanings]
        return [bool(near) for near in (self._near(whole) | open_) & known]

    def carried(self, edits: Sequence[PlaceEdit]) -> dict[Expr, list[CarriedValues]]:
        """What edits make of the places where they are made and of all that these lie in."""
        found = self._made(edits)
        for part in reversed(self.outer):
            outer = self.outer[part]
            if outer is None or not found.get(part):
                continue
            if (link := self.link(part)) is not None:
                shape = (self.evidence.count, *self.evidence.of(self.refuted.parts[part]).shape[1:])
                whole = CarriedValues(
                    [k for stack in found[part] for k in stack.edits],
                    np.concatenate([s.values.reshape(-1, *shape) for s in found[part]]),
                )
                found[part] = [whole]
                found.setdefault(outer, []).append(CarriedValues(whole.edits, link(whole.values)))
        return found

    def _made(self, edits: Sequence[PlaceEdit]) -> dict[Expr, list[CarriedValues]]:
        """The values that edits have where they are made, or in the least that shows these."""
        made: dict[Expr, list[tuple[int, Node]]] = {}
        left = {k: self._lifted(*edit) for k, edit in enumerate(edits)}
        while left:
            nodes = self.refuted.nodes([new for _, _, new in left.values()])
            here, left = left, {}
            for (k, edit), node in zip(here.items(), nodes, strict=True):
                own = self.refuted.parts.get(edit.part)
                if node is None:
                    continue
                if not edit.around or (own is not None and node.shape == own.shape):
                    made.setdefault(edit.part, []).append((k, node))
                else:
                    left[k] = self._lifted(*_in_outer(*edit))
        self.evidence.see(node for each in made.values() for _, node in each)
        return {part: [*self._stacked(each)] for part, each in made.items()}

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

    def _lifted(self, part: Expr, around: Around, new: Expr) -> PlaceEdit:
        """The same edit as one of the least around it whose value its surroundings go by."""
        edit = PlaceEdit(part, around, new)
        while edit.around and self.link(edit.part) is None:
            edit = _in_outer(*edit)
        return edit

    def _near(self, values: Array) -> Array:
        truth = self.evidence.truth
        if values.shape[1:] != truth.shape:
            return np.zeros(len(values), dtype=bool)
        found, wanted = (
            x.reshape(*x.shape[: x.ndim - truth.ndim + 1], -1) for x in (values, truth)
        )
        with np.errstate(all="ignore"):
            size = np.abs(wanted).max(axis=1, initial=0)[:, None]
            near = np.abs(found - wanted) <= LOOSE * (size + np.abs(wanted))
        known = np.isfinite(found)
        near_or_open: Array = (near | ~known).all(axis=(1, 2)) & known.any(axis=(1, 2))
        return near_or_open

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
            ends.issuperset(root.args),
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


def _in_outer(part: Expr, around: Around, new: Expr) -> PlaceEdit:
    """The same edit as one of what it lies in."""
    outer = around[-1]
    return PlaceEdit(outer, around[:-1], replaced((outer,), part, new))
