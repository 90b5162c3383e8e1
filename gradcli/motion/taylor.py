"""The Taylor polynomial of a scalar by one input, from both sides, with a bound of its remainder.

Must not know our derivative rules: the coefficients are those of series.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from gradcli.arithmetic.ball import BALL, finite, precision, rational
from gradcli.arithmetic.base import Array
from gradcli.arithmetic.decimal import digits
from gradcli.arithmetic.jet import Jet, jet
from gradcli.arithmetic.measure import around, upper
from gradcli.arithmetic.series import SERIES
from gradcli.calculus.families import Differentiable
from gradcli.certify.certify import FIRST_BITS, LAST_BITS
from gradcli.certify.problem import Setting
from gradcli.graph.node import Node
from gradcli.graph.order import topological

SPARE = 4


@dataclass(slots=True, eq=False)
class Taylor:
    """Coefficients of powers of x - x0 from the right and from the left, the constant first.

    None stands for a side on which there is no series. `bound` is at least as large as what the
    polynomial leaves out up to `radius` from x0; None where none can be given.
    """

    right: list[Any] | None
    left: list[Any] | None
    bound: Any
    settled: bool

    @property
    def same(self) -> bool:
        """Whether both sides have the same polynomial, as far as can be told."""
        if self.right is None or self.left is None:
            return False
        pairs = zip(self.right, self.left, strict=True)
        return not any(bool(a != b) for a, b in pairs)


def taylor(setting: Setting, order: int, radius: Fraction | None, count: int) -> Taylor:
    """The polynomial of that order, to `count` digits.

    The remainder is the next coefficient somewhere between (J. L. Lagrange, 1797): a bound of it is
    a series at the ball of all points within the radius.
    """
    bits = FIRST_BITS
    while True:
        with precision(bits, terms=order + 1 + SPARE):
            right, left = (_side(setting, order, sign) for sign in (1, -1))
            known = [c for side in (right, left) for c in side or ()]
            sure = all(digits(c, count) is not None for c in known)
        if sure or bits >= LAST_BITS:
            break
        bits *= 2
    bound = None if radius is None else _bound(setting, order, radius)
    return Taylor(right, left, bound, sure)


def _side(setting: Setting, order: int, sign: int) -> list[Any] | None:
    direction = setting.units() * sign
    moved = setting.along(setting.point(BALL), direction)
    series = jet(setting.run([setting.output], SERIES, moved)[0].reshape(-1)[0])
    found = [series.coefficient(k) for k in range(order + 1)]
    if series.is_absent() or not all(map(finite, found)):
        return None
    return [-c if sign < 0 and k % 2 else c for k, c in enumerate(found)]


def _bound(setting: Setting, order: int, radius: Fraction) -> Any:
    """The largest size of the next coefficient near the point, times radius^(order + 1)."""
    with precision(FIRST_BITS, terms=order + 2 + SPARE):
        point = setting.point(BALL)
        lifted: dict[Any, Array] = setting.along(point, setting.units())
        node = setting.wrt[0]
        start = jet(lifted[node].reshape(-1)[0])
        wide = np.empty(lifted[node].size, dtype=object)
        wide[0] = Jet.of([around(start.coefficient(0), radius), start.coefficient(1)])
        lifted[node] = wide.reshape(lifted[node].shape)
        series = jet(setting.run([setting.output], SERIES, lifted)[0].reshape(-1)[0])
        size = series.coefficient(order + 1)
        if not finite(size) or not _smooth(setting, point, radius):
            return None
        top = upper(size)
        return top * rational(radius) ** (order + 1)


def _smooth(setting: Setting, point: dict[Node, Array], radius: Fraction) -> bool:
    """Whether nothing switches within the radius: over a kink there is no such bound."""
    node = setting.wrt[0]
    wide = np.empty(1, dtype=object)
    wide[0] = around(setting.base(point)[0].reshape(-1)[0], radius)
    order = topological([setting.output])
    switches = [s for n in order if isinstance(n.op, Differentiable) for s in n.op.switches(n)]
    values = point | {node: wide.reshape(point[node].shape)}
    found = setting.run(switches, BALL, values) if switches else []
    return all(x > 0 or x < 0 for value in found for x in value.flat)
