"""A claim with one expression of it rewritten, all at once: by values first, trees of what is left.

Must not know which rewritings there are, nor how a mended claim is verified.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple, TypeAlias

import numpy as np

from gradcli.arithmetic.base import Array
from gradcli.diagnosis.evidence.refuted_claim import Around, RefutedClaim
from gradcli.diagnosis.evidence.screen import PlaceEdit, Screen, screen, survivors
from gradcli.diagnosis.kinds.rewriting import (
    BLANKS,
    NO_VALUES,
    Makes,
    RewriteRule,
    Rewriting,
    Row,
    operands,
)
from gradcli.language.tree.syntax import Expr

Told: TypeAlias = tuple[tuple[int, int, int], str, str]
"""Which row, which place, which way, for they are looked at in this order; then kind and words."""


NOWHERE = np.empty(0, dtype=int)


class Proposals(NamedTuple):
    """Numbers of a claim rewritten: `at` which rows of them, `which` way, and their `values`.

    A way is told with its row and its order there; what takes a closer look is `open`.
    """

    ways: list[tuple[int, int, RewriteRule]]
    which: Array
    at: Array
    values: Array
    open: Array


class Alike(NamedTuple):
    """Numbers of a claim that are made with one operator: their rows, and its operands' values."""

    sign: str
    at: Array
    operands: Array


class NumberPlaces:
    """The numbers of a claim, to be rewritten together."""

    def __init__(self, seen: Screen) -> None:
        self.seen, self.numbers = seen, seen.numbers
        self._alike: dict[type[Expr], list[Alike]] = {}
        self._others: dict[type[Expr], list[tuple[int, Expr, Around]]] = {}

    def proposals(self, rows: Sequence[Row]) -> Proposals:
        """What rewritings would make of the numbers, in every case."""
        ways: list[tuple[int, int, RewriteRule]] = []
        found: list[tuple[Array, Array | None]] = []
        named = {**self.seen.named}
        worth = self.seen.worth(named)
        with np.errstate(all="ignore"):
            for row, (_, at, makes) in enumerate(rows):
                if not isinstance(makes, Rewriting):
                    continue
                for order, way in enumerate(makes.ways):
                    for alike in self.alike(at):
                        if way.at(alike.sign):
                            named.update(zip(BLANKS, alike.operands, strict=False))
                            made = makes.of_blanks(way, alike.sign, len(alike.operands))
                            ways.append((row, order, way))
                            found.append((alike.at, worth.of(made)))
        counts = [len(here) for here, _ in found]
        values = np.full((sum(counts), self.numbers.own.shape[1]), np.nan)
        open_ = np.zeros(len(values), dtype=bool)
        end = 0
        for here, value in found:
            begin, end = end, end + len(here)
            if value is None:
                open_[begin:end] = True
            else:
                values[begin:end] = value
        which = np.repeat(np.arange(len(ways)), counts)
        rows_ = np.concatenate([NOWHERE, *(here for here, _ in found)])
        return Proposals(ways, which, rows_, values, open_)

    def alike(self, at: type[Expr]) -> list[Alike]:
        """Those of one class of expressions."""
        if at not in self._alike:
            found: dict[str, list[tuple[int, list[int]]]] = {}
            row = self.numbers.row
            for expr, k in row.items():
                if isinstance(expr, at) and not isinstance(expr, NO_VALUES):
                    sign, parts = operands(expr, at)
                    if row.keys() >= {*parts}:
                        found.setdefault(sign, []).append((k, [row[x] for x in parts]))
            self._alike[at] = [
                Alike(
                    sign,
                    np.array([k for k, _ in some]),
                    self.numbers.own[np.array([x for _, x in some]).T],
                )
                for sign, some in found.items()
            ]
        return self._alike[at]

    def others(self, at: type[Expr]) -> list[tuple[int, Expr, Around]]:
        """Which expressions of that class are none of them, with their places."""
        if at not in self._others:
            exprs = self.numbers.exprs
            done = {exprs[k] for alike in self.alike(at) for k in alike.at.tolist()}
            self._others[at] = [x for x in places(self.seen.refuted, at) if x[1] not in done]
        return self._others[at]


@lru_cache(maxsize=1)
def number_places(seen: Screen) -> NumberPlaces:
    """The numbers of a claim."""
    return NumberPlaces(seen)


def rewritten(
    refuted: RefutedClaim, rows: Sequence[Row], of_arrays: Collection[Makes] = ()
) -> Iterator[tuple[str, str, Expr]]:
    """The sides that may be right, with kind and words; some rows are of arrays only."""
    seen = screen(refuted)
    numbers = number_places(seen) if seen else None
    edits = [*_of_numbers(refuted, numbers, rows)] if numbers else []
    for row, (kind, at, makes) in enumerate(rows):
        others = isinstance(makes, Rewriting) and numbers
        for place, part, around in others.others(at) if others else places(refuted, at):
            if (makes in of_arrays and not refuted.is_array(part)) or (seen and seen.closed(part)):
                continue
            for order, (says, new) in enumerate(makes(part, around)):
                edits.append((((row, place, order), kind, says), PlaceEdit(part, around, new)))
    edits.sort(key=lambda each: each[0][0])
    for (_, kind, says), tree in survivors(refuted, edits):
        yield kind, says, tree


def places(refuted: RefutedClaim, at: type[Expr]) -> list[tuple[int, Expr, Around]]:
    """The expressions of a class that stand for something, with what they lie in."""
    every = enumerate(refuted.everywhere())
    return [
        (k, x, around)
        for k, (x, around) in every
        if isinstance(x, at) and not isinstance(x, NO_VALUES)
    ]


def _of_numbers(
    refuted: RefutedClaim, numbers: NumberPlaces, rows: Sequence[Row]
) -> Iterator[tuple[Told, PlaceEdit]]:
    """Those of numbers that are worth a closer look."""
    found = numbers.proposals(rows)
    left = numbers.numbers.right(found.at, found.values) | found.open
    place = {part: (k, around) for k, (part, around) in enumerate(refuted.everywhere())}
    for k in left.nonzero()[0]:
        row, order, way = found.ways[found.which[k]]
        part = numbers.numbers.exprs[found.at[k]]
        at, around = place[part]
        if way.fits(part, around):
            told = (row, at, order), rows[row][0], way.says(part)
            yield told, PlaceEdit(part, around, way.new(part))
