"""The signs of square roots: which are independent, so that either sign must be tried.

Must not know what is to be proved. Roots that make a field need one choice of signs: automorphisms
of the field lead from it to any other.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator, Sequence

from gradcli.arithmetic.base import Array
from gradcli.arithmetic.evaluate import evaluate
from gradcli.graph.node import Node
from gradcli.graph.order import topological
from gradcli.proof.fields import Hole, QuadraticElement
from gradcli.proof.modular import MODULAR
from gradcli.proof.residue import Residue, Unlucky
from gradcli.proof.residue_run import MOST_DECISIONS, Run, Undecidable, running
from gradcli.trial.trials import Sizes

FEW = 3
"""Roots, counted on every level: all their signs are tried before a certificate is sought."""
MORE, NESTED = 24, 8
"""A certificate takes so many points more than there are roots, and so many times as many where a
radicand rests on other roots."""
Values = dict[Node, Array]
Known = dict[tuple[object, ...], tuple[list[int], int]]
Begin = Callable[[int, Sequence[int] | None], Run]
"""A run by its seed, with a program for its signs."""
Point = Callable[[Run, Container[Node] | None], Values]
"""Its generic point, of all inputs or of some."""


class Roots:
    """The roots that are met at one place of ones, with all patterns of switches.

    `factor` is how many times its degree the sides' difference may have where one choice of signs
    stood for all: the product over all choices is what must not vanish. The points count, too, as
    a radicand that rests on a root may seem not to at each of them. `known` is what was certified
    of the same radicands before.
    """

    def __init__(self, begin: Begin, point: Point, at: Values, sizes: Sizes, known: Known) -> None:
        self.begin, self.point, self.at, self.sizes = begin, point, at, sizes
        self.known = known
        self.factor = 1

    def choose(self, run: Run, values: Values) -> None:
        """Mark the decisions of a run that are due either way, for the switches as it took them."""
        decisions = [decision for decision in run.met if decision.root is not None]
        single: list[int] = []
        if len(decisions) > FEW:
            fields = run.chain, len(run.fields), run.rooted, run.seed
            radicands = (fields, *(x.key for x, _ in run.roots))
            if radicands not in self.known:
                self.known[radicands] = self._certified(run, values)
            single, factor = self.known[radicands]
            self.factor = max(self.factor, factor)
        for decision in decisions:
            decision.due |= decision.root not in single
        if sum(decision.due for decision in run.met) > MOST_DECISIONS:
            raise Undecidable

    def _again(self, run: Run) -> Run:
        """The same run from its start, with the signs that were decided."""
        again = self.begin(run.seed, None)
        again.drawn = run.drawn
        again.forget([decision for decision in run.met if decision.root is not None])
        again.signs = [*run.signs, *run.taken]
        return again

    def _asking(self, run: Run, values: Values) -> list[Node]:
        """The vertices at which roots were met."""
        again, here, found = self._again(run), dict(self.at), []
        for node in values:
            had = len(again.roots)
            self._evaluate(again, here, [node])
            if len(again.roots) > had:
                found.append(node)
            if len(again.roots) == len(run.roots):
                break
        return found

    def _evaluate(self, run: Run, values: Values, asking: Sequence[Node]) -> None:
        with running(run):
            for node in asking:
                evaluate([node], MODULAR, values, self.sizes, keep=True)

    def _certified(self, run: Run, values: Values) -> tuple[list[int], int]:
        """The roots for which one sign is enough, by their number, and the factor."""
        count, again, asking = len(run.roots), self._again(run), self._asking(run, values)
        self._evaluate(again, dict(self.at), asking)
        if [x.key for x, _ in again.roots] != [x.key for x, _ in run.roots]:
            return [], 1
        levels: list[list[Row]] = [[] for _ in range(run.rooted)]
        points = 0
        for found in self._characters(again, asking):
            points += 1
            for rows, row in zip(levels, found, strict=True):
                rows.append(row)
            if points > count and all(map(independent, levels)):
                return [*range(count)], 2**count + points
        if not points:
            return [], 1
        single = set(range(count))
        for level, rows in enumerate(levels):
            here = [k for k, (x, _) in enumerate(run.roots) if level < len(x.at)]
            chosen = basis(rows, alone(rows))
            single -= {here[c] for c in range(len(here)) if c not in chosen}
        return [*single], 2 ** len(single) + points

    def _characters(self, run: Run, asking: Sequence[Node]) -> Iterator[list[Row]]:
        """At other points, what radicands are on every level."""
        most, tried = len(run.roots) + MORE, 0
        needed = {node for node in topological(asking) if not node.args}
        while tried < most:
            tried += 1
            other = self.begin(-tried, run.told)
            try:
                self._evaluate(other, self.point(other, needed), asking)
            except (Unlucky, Undecidable):
                continue
            if len(other.roots) != len(run.roots):
                continue
            rows: list[Row] = []
            for level in range(run.rooted):
                rows.append([_character(*r, level) for r in other.roots if level < len(r[0].at)])
            if any(None in row for row in rows):
                most = (len(run.roots) + MORE) * NESTED
            yield rows


def _character(x: Residue, root: Residue, level: int) -> int | None:
    """0 if a radicand has a root modulo p, 1 if not; None if it is no integer modulo p."""
    if x.at[level].__class__ in (QuadraticElement, Hole):
        return None
    return int(root.at[level].__class__ in (QuadraticElement, Hole))


Row = Sequence[int | None]
"""At one point for every root: 0 if its radicand has a root modulo p, 1 if not; None if it is no
integer modulo p, as it rests on a root that is none."""


def independent(rows: Sequence[Row]) -> bool:
    """Whether no product of the radicands is a constant times a square: the roots make a field.

    If r = c*s^2 for such a product, the characters of its factors sum to that of c at every point
    (s is regular there and not zero): their columns and one of ones would be dependent. Radicands
    that rest on other roots are taken at points at which those are integers modulo p, so that they
    are points of the field below: its own columns vanish there. A full rank is a proof.
    """
    columns = [*range(len(rows[0]))]
    while columns:
        known = [row for row in rows if all(row[c] is not None for c in columns)]
        upper = [c for c in columns if any(row[c] for row in known)]
        if not upper or len(basis(known, upper)) < len(upper):
            return False
        columns = [c for c in columns if c not in upper]
    return True


def alone(rows: Sequence[Row]) -> list[int]:
    """The columns of radicands that rest on no other root."""
    return [c for c in range(len(rows[0])) if all(row[c] is not None for row in rows)]


def basis(rows: Sequence[Row], columns: Sequence[int]) -> list[int]:
    """The first columns that are independent of each other and of one of ones, over GF(2)."""
    pivots = {0: (1 << len(rows)) - 1}
    found = []
    for c in columns:
        bits = sum((row[c] or 0) << k for k, row in enumerate(rows))
        # A pivot has been reduced by those before it, and is zero where they have theirs.
        for k, pivot in pivots.items():
            if bits >> k & 1:
                bits ^= pivot
        if bits:
            pivots[(bits & -bits).bit_length() - 1] = bits
            found.append(c)
    return found
