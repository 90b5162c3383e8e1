"""A figure: curves, marks and two axes, with round numbers for their ticks.

Must not know how it is drawn.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

Point = tuple[float, float]
ROUND = (1, 2, 5, 10)
FAR = 4
"""A curve that leaves so many times the range of its middle is cut there, as beside a pole."""


@dataclass(slots=True, eq=False)
class Plotted:
    """A curve; what is not finite breaks it. `style` is one of a page's, `letter` stands for it.

    With `dots` its points are shown each, not a line through them.
    """

    name: str
    points: Sequence[Point]
    style: str = "value"
    letter: str = "*"
    dots: bool = False


@dataclass(slots=True, eq=False)
class PlotMark:
    """A place that is pointed out, by one character; without `y` a vertical line."""

    letter: str
    x: float
    y: float | None = None


@dataclass(slots=True, eq=False)
class Axis:
    """An axis from `low` to `high`, linear or logarithmic."""

    low: float
    high: float
    log: bool = False

    def place(self, x: float) -> float:
        """Where a number stands: 0 at the low end, 1 at the high one; NaN for no place."""
        if not math.isfinite(x) or (self.log and x <= 0):
            return math.nan
        low, high, x = (math.log10(v) if self.log else v for v in (self.low, self.high, x))
        return (x - low) / (high - low) if high > low else 0.5

    def ticks(self, most: int) -> list[float]:
        """At most so many round numbers along it."""
        if self.log:
            first, last = math.ceil(math.log10(self.low)), math.floor(math.log10(self.high))
            apart = max(1, math.ceil((last - first + 1) / max(most, 1)))
            return [10.0**k for k in range(first, last + 1, apart)]
        span = self.high - self.low
        rough = span / max(most, 1)
        power = 10.0 ** math.floor(math.log10(rough))
        step = next((power * k for k in ROUND if power * k >= rough), power * 10)
        first, last = math.ceil(self.low / step - 1e-9), math.floor(self.high / step + 1e-9)
        return [k * step for k in range(first, last + 1)]


@dataclass(slots=True, eq=False)
class Figure:
    """Curves with their axes; `across` names what runs along the horizontal one."""

    title: str
    across: str
    curves: list[Plotted]
    marks: list[PlotMark] = field(default_factory=list)
    x_log: bool = False
    y_log: bool = False

    def axes(self) -> tuple[Axis, Axis]:
        """The axes that hold every curve, but for what runs away beside a pole."""
        points = [p for curve in self.curves for p in curve.points]
        xs = [x for x, _ in points if math.isfinite(x) and (x > 0 or not self.x_log)]
        ys = [y for _, y in points if math.isfinite(y) and (y > 0 or not self.y_log)]
        return _axis(xs, self.x_log, tight=True), _axis(ys, self.y_log, tight=False)


def _axis(values: Sequence[float], log: bool, tight: bool) -> Axis:
    if not values:
        return Axis(0.1 if log else 0.0, 1.0, log)
    low, high = min(values), max(values)
    if log:
        return Axis(low, high if high > low else low * 10, True)
    if not tight and len(values) > 20:
        ordered = sorted(values)
        cut = len(ordered) // 20
        inner, outer = ordered[cut], ordered[-1 - cut]
        room = max(outer - inner, 0.0) * FAR / 2
        if room:
            low, high = max(low, inner - room), min(high, outer + room)
    if high <= low:
        pad = abs(low) / 2 or 1.0
        return Axis(low - pad, high + pad)
    pad = 0.0 if tight else (high - low) * 0.04
    return Axis(low - pad, high + pad)


def label(x: float) -> str:
    """A tick as people write it."""
    text = f"{x + 0.0:.6g}"
    return text.replace("e-0", "e-").replace("e+0", "e").replace("e+", "e")
