"""A derivative where a switch rests: what both sides say, and whether slopes are linear there.

Must not know our derivative rules, nor what is claimed or shown.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any, NamedTuple

import numpy as np

from gradcli.arithmetic.ball import BALL, NAN
from gradcli.arithmetic.base import Array
from gradcli.arithmetic.decimal import decimal, exact
from gradcli.arithmetic.evaluate import Sizes, size_of
from gradcli.arithmetic.measure import integer
from gradcli.arithmetic.small_array import Lifted
from gradcli.certify.curves import Curve
from gradcli.certify.onesided import both_sides, is_unknown, one_derivative, one_sided
from gradcli.certify.problem import PartialSetting, Setting
from gradcli.graph.node import Node

LINES, SUBSETS = 4, 3
PATHS = 60
"""As many are tried of several entries at most."""
POWERS = (2, 3)
NUMBERS = (-7, -5, -4, -3, -2, 2, 3, 4, 5, 7)
WORK = 600_000
"""Operations on series: as many for all slopes at a point."""
LISTED = 6


@dataclass(slots=True, eq=False, repr=False)
class OneSidedDerivatives:
    """Both sides of a derivative, (rows, columns) each, and the derivative that they make.

    `one` is None where there is no derivative, NaN where it cannot be told; `why` says of an entry
    what its two sides do not show. It is not `shown` where it rests on paths or steps that were
    chosen.
    """

    left: Array
    right: Array
    one: Array
    why: dict[tuple[int, int], str] = field(default_factory=dict)
    shown: bool = True

    def of(self, columns: slice) -> OneSidedDerivatives:
        """Some columns of it."""
        why = {
            (r, c - columns.start): words
            for (r, c), words in self.why.items()
            if columns.start <= c < columns.stop
        }
        left, right, one = (x[:, columns] for x in (self.left, self.right, self.one))
        return OneSidedDerivatives(left, right, one, why, self.shown)


class ApproachPath(NamedTuple):
    """The path x + t d + t^power b; with power 1 a line, whose b is zero."""

    direction: tuple[int, ...]
    bend: tuple[int, ...]
    power: int

    def without(self, k: int) -> ApproachPath:
        """The same with one entry at rest."""
        still = [tuple(0 if i == k else x for i, x in enumerate(part)) for part in self[:2]]
        return ApproachPath(still[0], still[1], self.power)

    @property
    def support(self) -> list[int]:
        """The entries that move along it."""
        return [k for k, pair in enumerate(zip(*self[:2], strict=True)) if any(pair)]


def work(curve: Curve, wrt: Sequence[Node], sizes: Sizes) -> int:
    """How many operations on series both sides and the paths take."""
    columns = sum(size_of(node, sizes) for node in wrt)
    return (2 * columns + PATHS) * curve.cost(sizes)


def one_sided_derivatives(
    problem: Setting, point: dict[Node, Array], value: Array, bits: int
) -> OneSidedDerivatives | None:
    """The derivative at a point where a switch rests; None where that takes too much work.

    A partial derivative is there if both sides agree on it. Several of them make a derivative only
    if the slopes along all lines and curves through the point are their linear combinations
    (Fréchet); that is tried along some.
    """
    if work(problem.curve, problem.wrt, problem.sizes) > WORK:
        return None
    left, right = both_sides(problem, point, value, bits)
    one = Lifted(lambda a, b: one_derivative(a, b, bits), 2)(left, right)
    found = OneSidedDerivatives(left, right, one, shown=not problem.curve.depth(problem.alone))
    for r, x in enumerate(value.flat):
        if x is None:
            found.why |= dict.fromkeys(
                ((r, c) for c in range(problem.columns)), "there is no first derivative"
            )
    part = problem.moving()
    if part is None:
        return found if _straightened(problem, point, value, found, bits) else None
    told = not part.columns or _multiplied(problem, part, point, value, found, bits)
    return found if told else None


def _multiplied(
    problem: Setting,
    part: PartialSetting,
    point: dict[Node, Array],
    value: Array,
    found: OneSidedDerivatives,
    bits: int,
) -> bool:
    """A slope is a derivative's product only where the partial derivatives make a derivative."""
    partials = one_sided_derivatives(part, point, value, bits)
    if partials is None:
        return False
    directions = problem.spread(problem.units())[:, part.kept]
    for r, c in np.ndindex(found.one.shape):
        for k, x in enumerate(directions[c]):
            if x == 0 or found.one[r, c] is None:
                continue
            if partials.one[r, k] is None:
                found.one[r, c] = None
                if (r, k) in partials.why or found.left[r, c] == found.right[r, c]:
                    found.why[r, c] = partials.why.get((r, k)) or _partial(part, partials, r, k)
            elif is_unknown(partials.one[r, k]):
                found.one[r, c] = NAN
        if found.one[r, c] is not None and not is_unknown(found.one[r, c]):
            moving = [k for k, x in enumerate(directions[c]) if x != 0]
            expected = sum(directions[c, moving] * partials.one[r, moving], integer(0))
            if one_derivative(found.one[r, c], expected, bits) is None:
                found.one[r, c] = None
                found.why[r, c] = (
                    f"the slope along this tangent is {_number(found.right[r, c])}, "
                    f"the partials give {_number(expected)}"
                )
    return True


def _partial(part: PartialSetting, partials: OneSidedDerivatives, row: int, column: int) -> str:
    left, right = (_number(side[row, column]) for side in (partials.left, partials.right))
    return f"the partial by {part.entry(column)} is {left} from the left, {right} from the right"


# -- straightness


def _straightened(
    problem: Setting, point: dict[Node, Array], value: Array, found: OneSidedDerivatives, bits: int
) -> bool:
    """Take away the partial derivatives that make no derivative; False if that is too much work."""
    rows = [*range(problem.rows)]
    cost = problem.curve.cost(problem.sizes)
    left = WORK - 2 * problem.columns * cost
    while rows:
        groups: dict[tuple[int, ...], list[int]] = {}
        for r in rows:
            known = tuple(
                c for c, x in enumerate(found.one[r]) if x is not None and not is_unknown(x)
            )
            if len(known) > 1:
                groups.setdefault(known, []).append(r)
        rows = []
        found.shown &= not groups
        for known, those in groups.items():
            part = PartialSetting(problem, known)
            paths = _paths(len(known))
            left -= len(paths) * cost
            if left < 0:
                return False
            slopes = _slopes(part, point, value, paths, bits, those)
            for r in those:
                partials = found.one[r, list(known)]
                told = [
                    one_derivative(slope[r], _expected(path, partials), bits)
                    for path, slope in zip(paths, slopes, strict=True)
                ]
                bent = next((path for path, x in zip(paths, told, strict=True) if x is None), None)
                if bent is None and any(map(is_unknown, told)):
                    found.one[r, list(known)] = NAN
                if bent is None:
                    continue
                bent, slope = _shortest(part, point, value, bent, partials, r, bits)
                words = _bent(part, bent, slope, _expected(bent, partials))
                for k in bent.support:
                    found.one[r, known[k]] = None
                    found.why[r, known[k]] = words
                rows.append(r)
    return True


def _paths(count: int) -> list[ApproachPath]:
    """Lines and curves on which every entry moves, from simple to random, each both ways."""
    random = Random(count)
    still = (0,) * count
    lines = [[1] * count, [(-1) ** k for k in range(count)]]
    lines += [[random.choice(NUMBERS) for _ in range(count)] for _ in range(LINES)]
    paths = [ApproachPath(tuple(s * x for x in line), still, 1) for line in lines for s in (1, -1)]
    subsets = [{0}, {1}]
    if count > 2:
        sizes = [random.randrange(1, count) for _ in range(SUBSETS)]
        subsets = [{*random.sample(range(count), size)} for size in sizes]
    for first in subsets:
        for power in POWERS:
            for numbers in ((1,), NUMBERS):
                d = tuple(random.choice(numbers) * (k in first) for k in range(count))
                b = tuple(random.choice(numbers) * (k not in first) for k in range(count))
                for s, t in ((1, 1), (1, -1), (-1, 1), (-1, -1)):
                    signed = tuple(s * x for x in d), tuple(t * x for x in b)
                    paths.append(ApproachPath(*signed, power))
    return paths


def _slopes(
    part: PartialSetting,
    point: dict[Node, Array],
    value: Array,
    paths: Sequence[ApproachPath],
    bits: int,
    wanted: Sequence[int],
) -> Array:
    """The slopes along paths: (paths, rows), of which some are wanted."""
    out = np.empty((len(paths), part.rows), dtype=object)
    for power in {path.power for path in paths}:
        these = [k for k, path in enumerate(paths) if path.power == power]
        directions = _exact([paths[k].direction for k in these], part.columns)
        turns = _exact([paths[k].bend for k in these], part.columns)
        bends = None if power == 1 else (power, turns)
        out[these] = one_sided(part, point, value, directions, bits, bends, wanted)
    return out


def _exact(rows: Sequence[Sequence[int]], count: int) -> Array:
    out = np.empty((len(rows), count), dtype=object)
    out[...] = [[integer(x) for x in row] for row in rows]
    return out


def _expected(path: ApproachPath, partials: Array) -> Any:
    return sum((integer(d) * x for d, x in zip(path.direction, partials, strict=True)), integer(0))


def _shortest(
    part: PartialSetting,
    point: dict[Node, Array],
    value: Array,
    bent: ApproachPath,
    partials: Array,
    row: int,
    bits: int,
) -> tuple[ApproachPath, Any]:
    """A path that shows the same with as few entries moving as possible, and its slope."""
    slope = _slopes(part, point, value, [bent], bits, [row])[0, row]
    for k in bent.support if part.columns > 2 else ():
        shorter = bent.without(k)
        if not any(shorter.direction):
            continue
        along = _slopes(part, point, value, [shorter], bits, [row])[0, row]
        if one_derivative(along, _expected(shorter, partials), bits) is None:
            bent, slope = shorter, along
    return bent, slope


# -- words


def _bent(part: PartialSetting, path: ApproachPath, slope: Any, expected: Any) -> str:
    """`the slope along (1, 1) is 0.354, the partials give 0`: per unit of length, as slopes are."""
    length = BALL.scalars.sqrt(integer(sum(d * d for d in path.direction)))
    moving = path.support
    if part.entries <= LISTED:
        parts = ["0"] * part.entries
        for k in moving:
            parts[part.kept[k]] = _component(path, k)
        where = ""
    else:
        parts = [_component(path, k) for k in moving]
        where = f" of {', '.join(part.entry(k) for k in moving)}"
    there = f"along ({', '.join(parts)}){where}"
    if slope is None:
        return f"it has no slope {there}"
    told, given = _number(slope / length), _number(expected / length)
    return f"the slope {there} is {told}, the partials give {given}"


def _component(path: ApproachPath, k: int) -> str:
    d, b = path.direction[k], path.bend[k]
    if path.power == 1:
        return str(d)
    factor, power = (d, "t") if d else (b, f"t^{path.power}")
    return {1: power, -1: f"-{power}"}.get(factor, f"{factor}*{power}")


def _number(x: Any) -> str:
    if x is None:
        return "none"
    if isinstance(x, float):
        return "infinite" if x > 0 else "minus infinite"
    return "0" if x == 0 else exact(x, 6) or decimal(x, 3) or "unknown"
