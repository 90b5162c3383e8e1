"""Tracked numbers: what flows through the user's code is a ball, a residue and a place on a tape.

Must not know arrays, nor whose code computes with them. Signs are asked of the ball, at a real
point; whether two numbers are one function is asked of the residue, at a generic one; adjoints are
swept over the tape. Whole numbers, fractions and infinities stay plain numbers until they meet one.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from fractions import Fraction
from itertools import count
from math import inf, isfinite, isnan, nan
from typing import Any, TypeAlias

import numpy as np
from flint import arb, fmpq

from gradcli.arithmetic import ball
from gradcli.code.numpy_scalar import NumPyScalar
from gradcli.code.session import SESSIONS, Leaves, Outside, Tie
from gradcli.proof.exponentials import number
from gradcli.proof.fields import Hole
from gradcli.proof.modular import FUNCTIONS as RESIDUES
from gradcli.proof.residue import Residue, Unlucky
from gradcli.proof.residue_run import RUNS

Number: TypeAlias = Any
"""A tracked number, or a plain one: int, Fraction, or a float that is infinite or NaN."""
LONGEST = 6_000
"""Binary digits of an exact rational, from which on its ball goes on instead."""
SIMPLE = 4096
"""A float that a library has computed is the fraction of such a denominator, if there is one."""
SMALL = 17
WHOLE = {k: (Fraction(k), fmpq(k)) for k in range(1 - SMALL, SMALL)}
"""Whole numbers that most code is full of."""
WIDEST = 15
"""A literal with so many digits has been rounded to a double."""


_serial = count(1).__next__


def made() -> int:
    """A count that grows with every tracked number."""
    return _serial()


class Tracked(NumPyScalar):
    """One number of the user's code. `op` and `args` are its place on the tape: `input` for what a
    gradient is asked by, None for a constant."""

    __slots__ = ("args", "ball", "op", "residue", "serial")

    def __init__(
        self, ball: Any, residue: Residue | None, op: Any = None, args: tuple[Tracked, ...] = ()
    ) -> None:
        self.ball, self.residue, self.op, self.args = ball, residue, op, args
        self.serial: int = _serial()

    # -- arithmetic

    def __add__(self, y: Number) -> Number:
        return _binary("add", self, y)

    def __radd__(self, y: Number) -> Number:
        return _binary("add", y, self)

    def __sub__(self, y: Number) -> Number:
        return _binary("sub", self, y)

    def __rsub__(self, y: Number) -> Number:
        return _binary("sub", y, self)

    def __mul__(self, y: Number) -> Number:
        return _binary("mul", self, y)

    def __rmul__(self, y: Number) -> Number:
        return _binary("mul", y, self)

    def __truediv__(self, y: Number) -> Number:
        return _binary("div", self, y)

    def __rtruediv__(self, y: Number) -> Number:
        return _binary("div", y, self)

    def __pow__(self, y: Number, modulo: None = None) -> Number:
        return NotImplemented if isinstance(y, np.ndarray) else power(self, y)

    def __rpow__(self, y: Number) -> Number:
        return NotImplemented if isinstance(y, np.ndarray) else power(y, self)

    def __neg__(self) -> Tracked:
        return Tracked(-self.ball, None if self.residue is None else -self.residue, "neg", (self,))

    def __pos__(self) -> Tracked:
        return self

    def __abs__(self) -> Tracked:
        return -self if sign(self) < 0 else self

    def _no_whole_number(self, *_: Any) -> Any:
        raise Leaves("a remainder or a whole quotient of a number that gradients flow through")

    __mod__ = __rmod__ = __floordiv__ = __rfloordiv__ = __divmod__ = _no_whole_number

    # -- comparisons

    def __lt__(self, y: Number) -> bool:
        return compare(self, y) < 0

    def __le__(self, y: Number) -> bool:
        return compare(self, y) <= 0

    def __gt__(self, y: Number) -> bool:
        return compare(self, y) > 0

    def __ge__(self, y: Number) -> bool:
        return compare(self, y) >= 0

    def __eq__(self, y: object) -> bool:
        return is_number(y) and compare(self, y) == 0

    def __ne__(self, y: object) -> bool:
        return not self == y

    def __bool__(self) -> bool:
        return sign(self) != 0

    __hash__ = object.__hash__

    def __format__(self, spec: str) -> str:
        return format(float(arb(self.ball).mid()), spec)

    def __repr__(self) -> str:
        return format(self, ".6g")


# -- plain numbers


def is_number(x: object) -> bool:
    return isinstance(x, Tracked | int | float | Fraction | np.number | np.bool_)


def rational(x: Number) -> Fraction:
    """A plain finite number as it was meant: a float is the shortest decimal that rounds to it, or
    the fraction of a small denominator that does."""
    if isinstance(x, Fraction):
        return x
    if isinstance(x, int | np.integer | np.bool_):
        return Fraction(int(x))
    if isinstance(x, float | np.floating):
        decimal = Fraction(repr(float(x)))
        fraction = decimal.limit_denominator(SIMPLE)
        return fraction if float(fraction) == float(x) else decimal
    raise TypeError(f"{type(x).__name__} is no number")


def exact(x: Number) -> Fraction | None:
    """The rational that a number is at the point; None for an irrational one, or an infinite."""
    if x.__class__ is Tracked:
        value = x.ball
        return Fraction(int(value.p), int(value.q)) if value.__class__ is fmpq else None
    return rational(x) if not isinstance(x, float | np.floating) or isfinite(x) else None


def lift(x: Number) -> Tracked:
    """A plain finite number as a tracked one."""
    if x.__class__ is Tracked:
        return x
    if x.__class__ is int and -SMALL < x < SMALL:
        value, ball_ = WHOLE[x]
        return Tracked(ball_, number(value) if RUNS else None)
    value = rational(x)
    return Tracked(fmpq(value.numerator, value.denominator), number(value) if RUNS else None)


def plain(value: Fraction) -> int | Fraction:
    return value.numerator if value.denominator == 1 else value


def is_infinite(x: Number) -> bool:
    """Whether a plain number is infinite or NaN."""
    return isinstance(x, float | np.floating) and not isfinite(x)


# -- signs


def compare(x: Number, y: Number) -> int:
    """The sign of x - y. NaN compares with nothing: 2, so that no order and no equality holds."""
    if is_infinite(x) or is_infinite(y):
        if isnan(x if is_infinite(x) else y):
            return 2
        a, b = (z if is_infinite(z) else 0.0 for z in (x, y))
        return int(a > b) - int(a < b)
    if x is y:
        return 0
    return sign(x - y)


def sign(x: Number) -> int:
    """Of a number at the point; Tie where it is zero there and not as a function."""
    if x.__class__ is not Tracked:
        return int(x > 0) - int(x < 0)
    session = SESSIONS[-1]
    found = _sign(x, session.tolerant)
    session.compared(x, found)
    return found


def _sign(x: Tracked, tolerant: bool) -> int:
    value = x.ball
    if value > 0:
        return 1
    if value < 0:
        return -1
    if x.is_constant or tolerant:
        return 0
    if x.residue is not None and x.residue.at and x.residue.at[0] == 0:
        return 0
    raise Tie


# -- the four operations


def _binary(op: str, x: Number, y: Number) -> Number:
    if x.__class__ is not Tracked:
        if not is_number(x):
            return NotImplemented
        if is_infinite(x):
            return _infinite(op, x, y)
        x = lift(x)
    if y.__class__ is not Tracked:
        if not is_number(y):
            return NotImplemented
        if is_infinite(y):
            return _infinite(op, x, y)
        y = lift(y)
    if op == "div" and y.ball == 0:
        return _over_zero(x, y)
    p, q = x.residue, y.residue
    on_balls, on_residues = OPERATIONS[op]
    value = on_balls(x.ball, y.ball)
    if value.__class__ is fmpq and value.height_bits() > LONGEST:
        value = arb(value)
    residue = None if p is None or q is None else on_residues(p, q)
    return Tracked(value, residue, op, (x, y))


def _over_zero(x: Tracked, y: Tracked) -> Number:
    """As IEEE 754 has it where the divisor is zero as a function, too."""
    if not y.is_constant and not (y.residue is not None and y.residue.at and y.residue.at[0] == 0):
        raise Outside("a division by zero")
    above = sign(x)
    return above * inf if above else nan


def _product(p: Residue, q: Residue) -> Residue:
    out = p * q
    out.root = None  # the sign of a root of a square is asked of the ball
    return out


def _ratio(p: Residue, q: Residue) -> Residue:
    out = p / q
    if not out.at and p.at:
        raise Unlucky
    return out


OPERATIONS: dict[str, tuple[Callable[..., Any], Callable[..., Any]]] = {
    "add": (operator.add, operator.add),
    "sub": (operator.sub, operator.sub),
    "mul": (operator.mul, _product),
    "div": (operator.truediv, _ratio),
}


def _infinite(op: str, x: Number, y: Number) -> Number:
    """The operation where one side is infinite or NaN, as IEEE 754 has it."""
    if op in ("add", "sub"):
        a, b = (z if is_infinite(z) else 0.0 for z in (x, y))
        return a + b if op == "add" else a - b
    if isnan(x if is_infinite(x) else y):
        return nan
    if op == "div" and is_infinite(y):
        return 0 if not is_infinite(x) else nan
    a, b = (float(z) if is_infinite(z) else float(sign(z)) for z in (x, y))
    return a * b if op == "mul" or b else nan


def divide(x: Number, y: Number) -> Number:
    """The exact quotient of two numbers of any kind."""
    if x.__class__ is Tracked or y.__class__ is Tracked:
        return x / y
    if is_infinite(x) or is_infinite(y):
        return _infinite("div", x, y)
    if y == 0:
        return nan if x == 0 else inf if x > 0 else -inf
    return plain(rational(x) / rational(y))


# -- powers and functions of one number


def power(x: Number, y: Number) -> Number:
    if not (is_number(x) and is_number(y)):
        return NotImplemented
    if is_infinite(x) or is_infinite(y):
        a, b = (z if is_infinite(z) else float(exact(z) or sign(z) * 2) for z in (x, y))
        return float(np.float64(a) ** np.float64(b))
    if y.__class__ is Tracked and (not y.is_constant or exact(y) is None):
        return apply("exp", y * apply("log", x))
    exponent = exact(y)
    assert exponent is not None
    if x.__class__ is not Tracked:
        base = rational(x)
        if exponent.denominator == 1 and (base or exponent >= 0) and abs(exponent) < 1000:
            return plain(base ** int(exponent))
        x = lift(x)
    if exponent == 1:
        return x
    if exponent.denominator % 2 == 0 and (root := _root_of_square(x)) is not None:
        return power(root, 2 * exponent)
    return _power(x, exponent)


def _power(x: Tracked, exponent: Fraction) -> Tracked:
    value = ball.power_by_scalar(x.ball, exponent)
    if ball.is_nothing(value):
        raise Outside(f"the power {exponent} of {x!r}")
    if x.residue is None:
        return Tracked(value, None, ("power", exponent), (x,))
    return _with_roots(Tracked(value, None, ("power", exponent), (x,)), x.residue, exponent)


def _with_roots(out: Tracked, x: Residue, exponent: Fraction) -> Tracked:
    """The number with its residue; noted where a root was taken whose sign was drawn."""
    roots = RUNS[-1].roots
    had = len(roots)
    residue = out.residue = RESIDUES["power_by_scalar"](x, exponent)
    if not residue.at or residue.at[0].__class__ is Hole:
        raise Unlucky
    residue.root = None
    if len(roots) > had:
        SESSIONS[-1].roots.append(out)
    return out


def _root_of_square(x: Tracked) -> Number:
    """The positive root of what the tape shows to be a square; None for anything else."""
    if x.op == "mul" and x.args[0] is x.args[1]:
        return abs(x.args[0])
    if x.op.__class__ is tuple and x.op[0] == "power" and x.op[1] % 2 == 0:
        return abs(power(x.args[0], x.op[1] / 2))
    return None


def apply(name: str, x: Number) -> Number:
    """A function of one number, by the name that it has in every number system of gradcli."""
    if is_infinite(x):
        return AT_INFINITY[name](x) if name in AT_INFINITY and not isnan(x) else nan
    x = lift(x)
    if name == "sqrt":
        return power(x, Fraction(1, 2))
    if name == "log" and x.ball == 0 and x.is_constant:
        return -inf
    value = BALLS[name](x.ball)
    if ball.is_nothing(value):
        raise Outside(f"{name} of {x!r}")
    residue = None
    if x.residue is not None:
        residue = RESIDUES_OF[name](x.residue)
        if not residue.at or residue.at[0].__class__ is Hole:
            raise Unlucky
    return Tracked(value, residue, name, (x,))


AT_INFINITY: dict[str, Callable[[float], Number]] = {
    "exp": lambda x: inf if x > 0 else 0,
    "expm1": lambda x: inf if x > 0 else -1,
    "tanh": lambda x: 1 if x > 0 else -1,
    "erf": lambda x: 1 if x > 0 else -1,
    "erfc": lambda x: 0 if x > 0 else 2,
    **dict.fromkeys(("log", "log2", "log10", "log1p", "sqrt"), lambda x: inf if x > 0 else nan),
    **dict.fromkeys(("sinh", "cbrt"), lambda x: x),
    "cosh": lambda x: inf,
    "lgamma": lambda x: inf,
}
BALLS: dict[str, Callable[[Any], Any]] = {
    **ball.FUNCTIONS,
    "digamma": lambda x: ball.polygamma_scalar(x, 0),
    "trigamma": lambda x: ball.polygamma_scalar(x, 1),
}
RESIDUES_OF: dict[str, Callable[[Residue], Residue]] = {
    **RESIDUES,
    "digamma": lambda x: RESIDUES["polygamma_scalar"](x, 0),
    "trigamma": lambda x: RESIDUES["polygamma_scalar"](x, 1),
}


def pi() -> Tracked:
    return Tracked(arb.pi(), RUNS[-1].pi if RUNS else None)


def larger(x: Number, y: Number) -> Number:
    """As NumPy's maximum: the first where both are equal, NaN where one is."""
    order = compare(x, y)
    return nan if order == 2 else _seen(x if order >= 0 else y)


def smaller(x: Number, y: Number) -> Number:
    order = compare(x, y)
    return nan if order == 2 else _seen(x if order <= 0 else y)


def _seen(x: Number) -> Number:
    """Tracked even where it is a plain number, so that further comparisons are seen."""
    return x if is_infinite(x) else lift(x)
