"""What rewritings would make of the numbers of a claim: by their values, before any is written.

Must not know which rewritings there are, nor how a mended claim is verified.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property, lru_cache
from typing import NamedTuple, TypeAlias

import numpy as np

from gradcli.arithmetic.base import Array
from gradcli.diagnosis.evidence.screen import PlaceEdit, Screen
from gradcli.diagnosis.kinds.rewriting import (
    BLANKS,
    NO_VALUES,
    RewriteRule,
    Rewriting,
    Row,
    operands,
)
from gradcli.language.tree.syntax import Expr

Told: TypeAlias = tuple[tuple[int, int, int], str, str]
"""Which row, which place, which way, for they are looked at in this order; then kind and words."""


class Alike(NamedTuple):
    """Numbers of a claim that are made with one operator: their rows, and its operands' values."""

    sign: str
    at: Array
    operands: Array


class Guesses:
    """Numbers of a claim rewritten in every way: `at` which rows of them, and their `values`.

    What takes a closer look is `open`. Whether a way is one in that place is seen when it is told.
    """

    def __init__(self, seen: Screen, rows: Sequence[Row]) -> None:
        self.seen, self.rows = seen, rows
        self._ways: list[tuple[int, int, RewriteRule]] = []
        found: list[tuple[Array, Array | None]] = []
        named = {**seen.named}
        worth = seen.worth(named)
        with np.errstate(all="ignore"):
            for row, (_, at, makes) in enumerate(rows):
                if not isinstance(makes, Rewriting):
                    continue
                for order, way in enumerate(makes.ways):
                    for alike in by_operator(seen, at).alike:
                        if way.at(alike.sign):
                            named.update(zip(BLANKS, alike.operands, strict=False))
                            made = makes.of_blanks(way, alike.sign, len(alike.operands))
                            self._ways.append((row, order, way))
                            found.append((alike.at, worth.of(made)))
        counts = [len(here) for here, _ in found]
        self._which = np.repeat(np.arange(len(found)), counts)
        self.at = np.zeros(len(self._which), dtype=int)
        self.values = np.full((len(self.at), seen.evidence.count), np.nan)
        self.open = np.zeros(len(self.at), dtype=bool)
        end = 0
        for here, value in found:
            begin, end = end, end + len(here)
            self.at[begin:end] = here
            self.open[begin:end] = value is None
            self.values[begin:end] = np.nan if value is None else value

    @cached_property
    def left(self) -> list[tuple[Told, PlaceEdit]]:
        """Those that are worth a closer look."""
        right = self.seen.may_be_there(self.at, self.values) | self.open
        return [told for k in right.nonzero()[0].tolist() if (told := self.told(k)) is not None]

    def told(self, k: int) -> tuple[Told, PlaceEdit] | None:
        """One of them written down; None where it is not made."""
        row, order, way = self._ways[self._which[k]]
        part = self.seen.numbers.exprs[self.at[k]]
        place, around = self.seen.places[part]
        if not way.fits(part, around):
            return None
        told = (row, place, order), self.rows[row][0], way.says(part)
        return told, PlaceEdit(part, around, way.new(part))

    @cached_property
    def row(self) -> Array:
        """Which row each belongs to."""
        return np.array([row for row, _, _ in self._ways], dtype=int)[self._which]

    @cached_property
    def carried(self) -> dict[Expr, tuple[Array, Array]]:
        """What they make of the numbers that they lie in: which of them, and values (n, points)."""
        return self.seen.carried(self.at, self.values)


@lru_cache(maxsize=2)
def guesses(seen: Screen, rows: tuple[Row, ...]) -> Guesses:
    """What some rows make of the numbers of a claim."""
    return Guesses(seen, rows)


class ByOperator:
    """The numbers of a claim by the operators that they are made with, for a class of them."""

    def __init__(self, seen: Screen, at: type[Expr]) -> None:
        numbers, found = seen.numbers, dict[str, list[tuple[int, list[int]]]]()
        known = set()
        places = [(x, *place) for x, place in seen.places.items() if isinstance(x, at)]
        for expr, _, _ in places:
            sign, parts = operands(expr, at)
            if {expr, *parts} <= numbers.row.keys():
                found.setdefault(sign, []).append(
                    (numbers.row[expr], [numbers.row[x] for x in parts])
                )
                known.add(expr)
        self.alike = [
            Alike(
                sign, np.array([k for k, _ in some]), numbers.own[np.array([x for _, x in some]).T]
            )
            for sign, some in found.items()
        ]
        self.others = [
            (k, x, around)
            for x, k, around in places
            if x not in known and not isinstance(x, NO_VALUES)
        ]


@lru_cache(maxsize=1)
def _classes(seen: Screen) -> dict[type[Expr], ByOperator]:
    return {}


def by_operator(seen: Screen, at: type[Expr]) -> ByOperator:
    """The numbers of one class of expressions, and what is of that class and none of them."""
    known = _classes(seen)
    if at not in known:
        known[at] = ByOperator(seen, at)
    return known[at]
