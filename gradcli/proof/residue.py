"""One number as its residues, a field a level, with what is remembered of how it came about.

Must not know functions other than the four operations and whole powers.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from operator import add, index, mul, neg, sub, truediv
from typing import Any

from gradcli.proof.fields import Hole


class Unlucky(Exception):
    """A root that the field has not got: what was drawn will not do."""


class Inside(Exception):
    """A root within an exponential, on a level on which no roots were taken."""


MISSING, UNASKED = Hole(Unlucky), Hole(Inside)


class Residue:
    """The image of a number in every field of a chain, the largest first; `at` is empty for none.

    An exponent lives one field further down, so that an exponential has one level less than its
    argument. `degree` bounds that of the rational function that this is in what was drawn. `exact`
    is the number where it is a plain rational; `pure` gives its logarithm where it is a product of
    powers of what is positive, `above` says that it is a sum of such; `root` a number of which this
    is the square; `logs` how often it holds the logarithms of what is not pure, by their number.
    """

    __slots__ = ("above", "at", "degree", "exact", "logs", "pure", "root")

    def __init__(
        self,
        at: tuple[Any, ...],
        degree: int,
        exact: Fraction | None = None,
        pure: Callable[[], Residue] | None = None,
    ) -> None:
        self.at = at
        self.degree = degree
        self.exact = exact
        self.pure = pure
        self.above = False
        self.root: Callable[[], Residue] | None = None
        self.logs: dict[int, Fraction] | None = None

    @property
    def key(self) -> int:
        """What two equal numbers share; -1 for no number."""
        return int(self.at[0]) if self.at else -1

    def __bool__(self) -> bool:
        return bool(self.at) and self.at[0] != 0

    def __repr__(self) -> str:
        return f"<{self.exact if self.exact is not None else self.at}>"

    def __add__(self, other: Any) -> Residue:
        y = other if other.__class__ is Residue else residue_like(self, other)
        return _sum(self, y, add, 1)

    def __radd__(self, other: Any) -> Residue:
        return _sum(residue_like(self, other), self, add, 1)

    def __sub__(self, other: Any) -> Residue:
        y = other if other.__class__ is Residue else residue_like(self, other)
        return _sum(self, y, sub, -1)

    def __rsub__(self, other: Any) -> Residue:
        return _sum(residue_like(self, other), self, sub, -1)

    def __mul__(self, other: Any) -> Residue:
        return _product(self, other if other.__class__ is Residue else residue_like(self, other))

    __rmul__ = __mul__

    def __truediv__(self, other: Any) -> Residue:
        return _quotient(self, residue_like(self, other))

    def __rtruediv__(self, other: Any) -> Residue:
        return _quotient(residue_like(self, other), self)

    def __neg__(self) -> Residue:
        out = Residue(tuple(map(neg, self.at)), self.degree)
        if self.exact is not None:
            out.exact = -self.exact
        if self.logs:
            out.logs = scaled_logs(self.logs, Fraction(-1))
        return out


def residue_like(like: Residue, value: Any) -> Residue:
    """A whole number of Python or NumPy as a residue with as many levels as another."""
    if value.__class__ is Residue:
        known: Residue = value
        return known
    if not hasattr(value, "__index__"):
        raise TypeError(f"{type(value).__name__} is no residue")
    whole = index(value)
    return Residue(tuple(x * 0 + whole for x in like.at), abs(whole), Fraction(whole))


def scaled_logs(logs: dict[int, Fraction], by: Fraction) -> dict[int, Fraction] | None:
    """Logarithms of a power, by atom; None where the exponent is zero."""
    return {atom: n * by for atom, n in logs.items()} if by else None


def _sum(x: Residue, y: Residue, operation: Callable[[Any, Any], Any], sign: int) -> Residue:
    out = Residue(tuple(map(operation, x.at, y.at)), x.degree + y.degree)
    if x.logs or y.logs:
        logs = dict(x.logs or {})
        for atom, n in (y.logs or {}).items():
            logs[atom] = logs.get(atom, Fraction(0)) + sign * n
        out.logs = {atom: n for atom, n in logs.items() if n} or None
    elif x.exact is not None and y.exact is not None:
        out.exact = x.exact + sign * y.exact
    out.above = sign > 0 and bool(x.pure or x.above) and bool(y.pure or y.above)
    return out


def _product(x: Residue, y: Residue) -> Residue:
    out = Residue(tuple(map(mul, x.at, y.at)), x.degree + y.degree)
    p, q = x.exact, y.exact
    if p is not None and q is not None:
        out.exact = p * q
    elif p is not None and y.logs:
        out.logs = scaled_logs(y.logs, p)
    elif q is not None and x.logs:
        out.logs = scaled_logs(x.logs, q)
    if (a := x.pure) and (b := y.pure):
        out.pure = lambda: a() + b()
    elif x is y:
        out.root = lambda: x
    return out


def _quotient(x: Residue, y: Residue) -> Residue:
    if y.at and not y.at[0]:
        return Residue((), 0)
    try:
        out = Residue(tuple(map(truediv, x.at, y.at)), x.degree + y.degree)
    except ZeroDivisionError:
        return Residue((), 0)
    p, q = x.exact, y.exact
    if q is not None:
        if p is not None:
            out.exact = p / q
        elif x.logs:
            out.logs = scaled_logs(x.logs, 1 / q)
    if (a := x.pure) and (b := y.pure):
        out.pure = lambda: a() - b()
    return out
