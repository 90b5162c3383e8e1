"""A truncated Taylor series in t > 0 as one number: FLINT's series, rational or with balls.

Must not know arrays, graphs or functions; a series is one-sided by nature.
"""

from __future__ import annotations

from math import inf
from typing import Any

from flint import arb, arb_series, ctx, fmpq, fmpq_series

from gradcli.arithmetic import ball
from gradcli.arithmetic.ball import Ball


class Jet:
    """A series with rational coefficients or with balls; no sequence, so NumPy leaves it whole.

    `degree` bounds its degree where it is a polynomial: then zeros as far as it is known may be
    all there is, and a comparison can tell.
    """

    __slots__ = ("degree", "s")

    def __init__(self, s: Any, degree: float = inf) -> None:
        self.s = s
        self.degree = degree

    @staticmethod
    def of(coefficients: list[Ball], prec: int | None = None) -> Jet:
        """The series of these coefficients, known up to t^prec (the working length if None)."""
        length = ctx.cap if prec is None else prec
        moving = [k for k, c in enumerate(coefficients) if isinstance(c, arb) or c != 0]
        degree = max(moving, default=0) if prec is None else inf
        if all(not isinstance(c, arb) for c in coefficients):
            return Jet(fmpq_series(coefficients, prec=length), degree)
        return Jet(arb_series([arb(c) for c in coefficients], prec=length), degree)

    @property
    def coefficients(self) -> list[Ball]:
        known = [*self.s.coeffs()]
        return known + [ball.ZERO] * (self.s.prec - len(known))

    def coefficient(self, k: int) -> Ball:
        """The coefficient of t^k; NaN where the series is not known so far."""
        if k < self.s.length():
            return self.s[k]
        return ball.ZERO if k < self.s.prec else ball.NAN

    def __add__(self, other: Any) -> Jet:
        other = jet(other)
        a, b = alike(self, other)
        return Jet(a + b, max(self.degree, other.degree))

    __radd__ = __add__

    def __neg__(self) -> Jet:
        return Jet(-self.s, self.degree)

    def __sub__(self, other: Any) -> Jet:
        other = jet(other)
        a, b = alike(self, other)
        return Jet(a - b, max(self.degree, other.degree))

    def __rsub__(self, other: Any) -> Jet:
        return (-self).__add__(other)

    def __mul__(self, other: Any) -> Jet:
        other = jet(other)
        for factor in (self, other):
            if factor.is_zero():
                return factor
        a, b = alike(self, other)
        return Jet(a * b, self.degree + other.degree)

    def is_zero(self) -> bool:
        """Whether the series is zero exactly, and not only as far as it is known."""
        return isinstance(self.s, fmpq_series) and self.degree == 0 and self.s.length() == 0

    __rmul__ = __mul__

    def __truediv__(self, other: Any) -> Jet:
        return div(self, other)

    def __rtruediv__(self, other: Any) -> Jet:
        return div(other, self)

    def is_absent(self) -> bool:
        """Whether there certainly is no such function."""
        return bool(self.coefficient(0) == arb.pos_inf())

    def balls(self) -> Any:
        """The same series in FLINT's balls."""
        return self.s if isinstance(self.s, arb_series) else promoted(self.s)


UNKNOWN = Jet(arb_series([ball.NAN]))
ABSENT = Jet(arb_series([arb.pos_inf()]))
"""What stands for a function that there certainly is not, as the derivative of one that jumps."""


def promoted(s: Any) -> Any:
    return arb_series([arb(c) for c in s.coeffs()], prec=s.prec)


def alike(x: Jet, y: Jet) -> tuple[Any, Any]:
    a, b = x.s, y.s
    if type(a) is not type(b):
        return (promoted(a), b) if isinstance(a, fmpq_series) else (a, promoted(b))
    return a, b


def jet(x: Any) -> Jet:
    return x if x.__class__ is Jet else Jet.of([x if isinstance(x, arb) else fmpq(x)])


def monomial(value: int, power: int) -> Jet:
    """value times t^power."""
    return Jet.of([ball.ZERO] * power + [fmpq(value)])


def leading(x: Jet) -> tuple[int, Ball] | None:
    """Order and value of the first nonzero coefficient; None where a ball leaves it open.

    A series that is zero as far as it is known gives its length and 0.
    """
    known = x.coefficients
    for k, c in enumerate(known):
        if c == 0:
            continue
        return (k, c) if c > 0 or c < 0 else None
    return len(known), ball.ZERO


def sign_of(x: Jet) -> int | None:
    """The sign for small t > 0; None for "cannot tell", be it a ball or what is cut off."""
    found = leading(x)
    if found is None or (found[1] == 0 and not x.degree < found[0]):
        return None
    return int(found[1] > 0) - int(found[1] < 0)


def shifted(x: Jet, by: int) -> Jet:
    """x times t^by; for a negative `by` the coefficients dropped must be zero."""
    known = x.coefficients
    moved = known[-by:] if by < 0 else [ball.ZERO] * by + known
    return Jet.of(moved, len(moved))


def div(x: Any, y: Any) -> Jet:
    x, y = jet(x), jet(y)
    found = leading(y)
    if found is None or found[1] == 0:
        return UNKNOWN
    if x.is_zero():
        return Jet(x.s, x.degree)
    order = found[0]
    if order:
        if any(c != 0 for c in x.coefficients[:order]):
            return UNKNOWN
        x, y = shifted(x, -order), shifted(y, -order)
    a, b = alike(x, y)
    return Jet(a / b, x.degree if y.degree == 0 else inf)
