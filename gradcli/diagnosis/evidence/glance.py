"""A claim at one generic point, in Python's floats: what its scalar parts are and must be there.

Must not know any mistake. What cannot be right at one point is not looked at anywhere else; what
cannot be told here is open.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Collection, Mapping
from fractions import Fraction

from gradcli.arithmetic.python_floats import PYTHON_FLOATS
from gradcli.diagnosis.evidence.needs import INVERSES, LOOSE, single, undone
from gradcli.diagnosis.evidence.worth import SIGNS, Worth
from gradcli.language.tree.build import POWERS
from gradcli.language.tree.syntax import Binary, Call, Expr, Unary

MATH = PYTHON_FLOATS.scalars
SIMPLE, ZERO = 100, Fraction(0)
"""The largest denominator of a multiple that is simple."""
NOTHING = (ArithmeticError, ValueError, AttributeError, NotImplementedError)
"""What is raised where there is no such number, or no such function of floats."""
OPERATIONS = SIGNS | dict.fromkeys(POWERS, math.pow)
Ways = tuple[tuple[float, float], ...]
"""Numbers of which one would do, each with how far off a float may be."""


class Glance:
    """Parts of a claim that is to be `truth`, each in what is its `outer`."""

    def __init__(
        self, whole: Expr, truth: float, outer: Mapping[Expr, Expr | None],
        known: Callable[[Expr], float | None], named: Mapping[str, float],
        defined: Collection[str],
    ) -> None:  # fmt: skip
        self.outer = outer
        self._worth = Worth[float](known, named, defined, MATH)
        seen = ((truth, 2 * LOOSE * abs(truth)),) if math.isfinite(truth) else None
        self._ways: dict[Expr, Ways | None] = {whole: seen}

    def may_be(self, part: Expr, new: Expr) -> bool:
        """Whether the claim may be right with something else in the place of a part."""
        return self._right(part, self.value(new))

    def may_scale(self, part: Expr, usual: Collection[Fraction]) -> bool:
        """Whether a part may have to be zero, or one of these multiples of itself; or any."""
        own, ways = self.value(part), self.ways(part)
        if own and usual:
            return any(self._right(part, own * float(scale)) for scale in (ZERO, *usual))
        if not own or ways is None:
            return True
        simple = (float(Fraction(way / own).limit_denominator(SIMPLE)) for way, _ in ways)
        return any(abs(own * s - w) <= off for s, (w, off) in zip(simple, ways, strict=True))

    def _right(self, part: Expr, value: float | None) -> bool:
        here = part
        while value is not None:
            if (ways := self.ways(here)) is not None:
                return any(abs(value - way) <= slack for way, slack in ways)
            outer = self.outer.get(here)
            value = None if outer is None else self._made(outer, here, value)
            here = outer or here
        return True

    def value(self, expr: Expr) -> float | None:
        """What an expression is here; None where that is open."""
        try:
            return _finite(self._worth.of(expr))
        except NOTHING:
            return None

    def ways(self, part: Expr) -> Ways | None:
        """What a part must be; None where what is around it cannot be inverted."""
        if part not in self._ways:
            outer = self.outer.get(part)
            around = None if outer is None else self.ways(outer)
            self._ways[part] = None if around is None else self._needed(outer, part, around)
        return self._ways[part]

    def _made(self, outer: Expr, part: Expr, value: float) -> float | None:
        """What an expression becomes with another value of one of its parts."""
        try:
            match outer:
                case Unary(operator="-"):
                    return -value
                case Binary(operator=sign, left=left, right=right) if sign in OPERATIONS:
                    other = self.value(right if left is part else left)
                    if other is None:
                        return None
                    both = (value, other) if left is part else (other, value)
                    return _finite(OPERATIONS[sign](*both))
                case Call():
                    return _finite(self._worth.called(outer, value))
        except NOTHING:
            pass
        return None

    def _needed(self, outer: Expr | None, part: Expr, around: Ways) -> Ways | None:
        back = self._back(outer, part)
        if back is None or len(around) > 2:
            return None
        found: list[tuple[float, float]] = []
        try:
            for way, slack in around:
                new = back(way)
                room = max(2 * LOOSE * abs(new), abs(back(way + slack) - new))
                found.append((new, room))
                if outer is not None and not single(outer, part):
                    found.append((-new, room))
        except NOTHING:
            return None
        return tuple(found) if all(math.isfinite(x + y) for x, y in found) else None

    def _back(self, outer: Expr | None, part: Expr) -> Callable[[float], float] | None:
        """From what is around a part to the part."""
        match outer:
            case Unary(operator="-"):
                return operator.neg
            case Call(function=function, arguments=(_,), keywords=()):
                inverse = INVERSES.get(function.name)
                return None if inverse is None else lambda y: inverse(MATH, y)
            case Binary(operator=sign, left=left, right=right):
                other = self.value(right if left is part else left)
                return None if other is None else _operand(sign, left is part, other)
        return None


def _operand(sign: str, left: bool, b: float) -> Callable[[float], float] | None:
    if sign in POWERS:
        if left:
            return lambda y: math.pow(abs(y), 1 / b)
        return lambda y: math.log(y) / math.log(b)
    return (lambda y: undone(sign, left, y, b, operator.truediv)) if sign in SIGNS else None


def _finite(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) else None
