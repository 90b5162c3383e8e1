"""Where a derivation is tried: its sets, its letters, what a point gives, and the points so far.

Must not know what is claimed there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import cycle
from typing import Any, TypeAlias

from gradcli.arithmetic.base import Array
from gradcli.arithmetic.evaluate import work_at
from gradcli.claims import Pair
from gradcli.graph.dimensions import Dimensions
from gradcli.graph.node import Node
from gradcli.graph.order import topological
from gradcli.graph.space import Space
from gradcli.trial.size_switches import turning_sizes
from gradcli.trial.sizes import enough, further_choices, size_choices, swept, variety
from gradcli.trial.trials import Point, Sizes, Trial, drawn, exists

LARGE_FIRST, ONE_FIRST = (6, 2, 3, 4, 5), (1, 3, 2, 4, 5)
"""Sizes of letters in turn where few have to do."""
MOST_SHARED, MOST_TRIALS = 100_000, 8
"""Operations whose results are kept in one trial, and trials that are kept."""

SizesKey: TypeAlias = tuple[tuple[str, int], ...]

Beyond: TypeAlias = tuple[Sizes, frozenset[Node], int]
"""At these sizes, with these switches and as much work there are too many patterns."""


@dataclass(slots=True, eq=False, repr=False)
class Known:
    """What was found out that does not depend on a claim.

    `certified` roots, what is `beyond` proofs, `ranges` of vertices by sizes, `cells` round a
    point: by what they were found for. In `deep` vertices exponentials stand deeper than any proof
    reaches. `beyond_zeros` are points of a closer look, with the state of chance after it, `shared`
    trials beyond the drawn ones, with the operations that were done there. Pairs that were `shown`
    at every size have the binary digits of certainty of that. `works` are the operations of
    vertices by sizes, `together` those of all claims, None where some of them do not exist.
    """

    certified: dict[tuple[object, ...], tuple[list[int], int]] = field(default_factory=dict)
    beyond: list[Beyond] = field(default_factory=list)
    deep: dict[object, set[Node]] = field(default_factory=dict)
    ranges: dict[SizesKey, dict[Node, Array]] = field(default_factory=dict)
    cells: dict[tuple[object, ...], list[dict[Node, Array]]] = field(default_factory=dict)
    beyond_zeros: dict[object, tuple[list[dict[Node, Array]], Any]] = field(default_factory=dict)
    shared: dict[object, tuple[Trial, int]] = field(default_factory=dict)
    shown: list[tuple[Pair, int]] = field(default_factory=list)
    works: dict[SizesKey, dict[Node, int]] = field(default_factory=dict)
    together: dict[SizesKey, int | None] = field(default_factory=dict)


@dataclass(slots=True, eq=False, repr=False)
class SampleSpace:
    """Where a derivation is tried: its inputs' sets, its letters, the point it gives, and trials.

    `given` are values of a point or of measured data, `bound` the letters that they fix,
    `dimensions` what is said of the others; `near` is a point round which all is meant. With
    `brief` two choices of sizes are enough, one of them large and unequal. `claimed` are the sides
    of all claims and the functions in them. What is `known` is kept for later claims.
    """

    spaces: Mapping[Node, Space]
    letters: Sequence[str]
    given: Point = field(default_factory=dict)
    bound: Mapping[str, int] = field(default_factory=dict)
    seed: int = 0
    points: int | None = None
    brief: bool = False
    dimensions: Dimensions = field(default_factory=Dimensions)
    near: Point = field(default_factory=dict)
    claimed: frozenset[Node] = frozenset()
    known: Known = field(default_factory=Known)
    _trials: dict[tuple[SizesKey, tuple[int, ...]], Trial] = field(default_factory=dict)

    @property
    def complete(self) -> bool:
        """Whether nothing is left to be drawn."""
        return all(node in self.given for node in self.spaces)

    @property
    def discrete(self) -> bool:
        """Whether all that is drawn comes from sets of single points."""
        spaces = self.moving.values()
        return bool(spaces) and all(space.discrete for space in spaces)

    @property
    def moving(self) -> dict[Node, Space]:
        """The sets of the inputs that no value fixes."""
        return {node: space for node, space in self.spaces.items() if node not in self.given}

    @property
    def free(self) -> list[str]:
        """The letters that no value fixes."""
        return [x for x in self.letters if x not in self.bound]

    @property
    def least(self) -> dict[str, int]:
        """The smallest size of each letter."""
        return {x: self.bound.get(x, self.dimensions.least(x)) for x in self.letters}

    def reaches(self, letter: str, size: int) -> bool:
        """Whether the conditions leave a letter sizes as large."""
        most = self.dimensions.most(letter)
        return most is None or most >= size

    def trial(self, sizes: Sizes, numbers: Sequence[int]) -> Trial:
        """The points of these numbers at these sizes; the same ones for every claim."""
        key = _key(sizes), tuple(numbers)
        if key not in self._trials:
            self._trials[key] = drawn(self.spaces, self.given, sizes, numbers, self.seed)
        return self._trials[key]

    def shared(self, key: object, make: Callable[[], Trial], work: int) -> Trial:
        """A trial that claims share, whose values are kept as long as they are not too many.

        `work` is how many operations this claim takes there.
        """
        if 2 * work > MOST_SHARED:
            return make()
        known = self.known.shared
        trial, done = known.pop(key) if key in known else (make(), 0)
        if done > MOST_SHARED:
            trial, done = make(), 0
        known[key] = trial, done + work
        if len(known) > MOST_TRIALS:
            del known[next(iter(known))]
        return trial

    def all_within(self, pair: Pair, sizes: Sizes, most: int) -> bool:
        """Whether all claims together, this one among them, take no more operations at a point.

        One look at the derivation tells it of every claim.
        """
        if not self.claimed.issuperset((*pair.sides, *pair.of)):
            return False
        together = self._together(sizes)
        return together is not None and together <= most

    def exist(self, nodes: Sequence[Node], sizes: Sizes) -> bool:
        """Whether every index and every axis of these exists at these sizes."""
        known = self.claimed.issuperset(nodes) and self._together(sizes) is not None
        return known or exists(nodes, sizes)

    def work(self, order: Iterable[Node], sizes: Sizes) -> int:
        """How many operations these vertices take at a point, each counted once for all claims."""
        known, total = self.known.works.setdefault(_key(sizes), {}), 0
        for node in order:
            if node.scalar:
                total += 1
                continue
            if node not in known:
                known[node] = work_at(node, sizes)
            total += known[node]
        return total

    def _together(self, sizes: Sizes) -> int | None:
        """The operations that all claims take at a point; None where some do not exist."""
        known, key = self.known.together, _key(sizes)
        if key not in known:
            nodes = [*self.claimed]
            there = exists(nodes, sizes)
            known[key] = self.work(topological(nodes), sizes) if there else None
        return known[key]

    def choices(self) -> list[dict[str, int]]:
        """The sizes to try first."""
        if self.brief and self.letters:
            ways = (LARGE_FIRST, ONE_FIRST)
            found = [dict(zip(self.letters, cycle(way), strict=False)) for way in ways]
            if all(map(self.dimensions.allow, found)):
                return found
        return size_choices(self.letters, self.bound, self.dimensions)

    def further(self) -> list[dict[str, int]]:
        """Larger sizes, for what the first ones are not enough for."""
        return further_choices(self.letters, self.bound, self.dimensions)

    def swept(self, expressions: Sequence[Node]) -> list[dict[str, int]]:
        """Sizes at which expressions in letters turn, or at the numbers that are written."""
        turning = turning_sizes(expressions, self.choices()[0], self.free, self.dimensions)
        return turning + swept(self.letters, self.bound, self.dimensions)

    def variety(self, sizes: Iterable[Sizes]) -> tuple[bool, set[str]]:
        """What these sizes do towards enough: whether letters are unequal, which of them vary."""
        return variety(sizes, self.letters, self.bound, self.dimensions)

    def enough(self, sizes: Iterable[Sizes]) -> bool:
        """Whether what is so at these sizes may be said of the letters."""
        return enough(sizes, self.letters, self.bound, self.dimensions)


def _key(sizes: Sizes) -> SizesKey:
    return (*sorted(sizes.items()),)
