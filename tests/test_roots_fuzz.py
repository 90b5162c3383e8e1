"""Random claims on roots that depend on each other in hidden ways, against numbers of 60 digits.

Must not know how roots are proved: the oracle computes in decimals, and shares no code.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Context, Decimal, localcontext
from random import Random

import pytest

from tests.verdicts import PASS, verdicts

Poly = dict[tuple[int, int], int]
Value = Callable[[Decimal, Decimal], Decimal]
Term = tuple[str, Value]
ROUNDS, EACH = 4, 7


def times(p: Poly, q: Poly) -> Poly:
    out: Poly = {}
    for (i, j), a in p.items():
        for (k, m), b in q.items():
            out[i + k, j + m] = out.get((i + k, j + m), 0) + a * b
    return out


def plus(p: Poly, q: Poly) -> Poly:
    return {m: p.get(m, 0) + q.get(m, 0) for m in {**p, **q}}


def written(p: Poly) -> Term:
    text = " + ".join(f"({a})*x^{i}*y^{j}" for (i, j), a in p.items())

    def value(x: Decimal, y: Decimal) -> Decimal:
        return sum((a * x**i * y**j for (i, j), a in p.items()), Decimal(0))

    return text, value


def root(of: Term) -> Term:
    return f"sqrt({of[0]})", lambda x, y: of[1](x, y).sqrt()


def product(*terms: Term) -> Term:
    def value(x: Decimal, y: Decimal) -> Decimal:
        out = Decimal(1)
        for _, each in terms:
            out *= each(x, y)
        return out

    return "*".join(f"({text})" for text, _ in terms), value


def total(*terms: Term) -> Term:
    text = " + ".join(f"({text})" for text, _ in terms)
    return text, lambda x, y: sum((each(x, y) for _, each in terms), Decimal(0))


def exponential(of: Term) -> Term:
    return f"exp({of[0]})", lambda x, y: of[1](x, y).exp()


class Claims:
    """Random sides of claims, some right, some only for other signs of roots."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)

    def small(self) -> int:
        return self.random.choice((-3, -2, -1, 1, 2, 3))

    def linear(self) -> Poly:
        return {(1, 0): self.small(), (0, 1): self.small(), (0, 0): self.small()}

    def positive(self) -> Poly:
        squared = times(self.linear(), self.linear()) if self.random.random() < 0.2 else {}
        bottom = {(2, 0): self.random.randint(1, 3), (0, 0): self.random.randint(9, 20)}
        return plus(bottom, {(0, 2): self.random.randint(1, 3)}) if squared else bottom

    def dependent(self) -> tuple[Term, Term]:
        """A root and what it is, up to its sign."""
        way, s = self.random.randrange(4), self.linear()
        r, q = self.positive(), self.positive()
        square = times(s, s)
        if way == 0:
            return root(written(square)), written(s)
        if way == 1:
            return root(written(times(r, square))), product(root(written(r)), written(s))
        if way == 2:
            hidden = written(times(times(r, q), square))
            return root(hidden), product(root(written(r)), root(written(q)), written(s))
        # (s + a*sqrt(r))^2, written out
        a = self.small()
        rest = product(written(times(s, {(0, 0): 2 * a})), root(written(r)))
        inside = total(written(plus(square, times(r, {(0, 0): a * a}))), rest)
        return root(inside), total(
            written(s), product((str(a), lambda x, y: Decimal(a)), root(written(r)))
        )

    def claim(self) -> tuple[str, Value, str, Value]:
        left, right = self.dependent()
        hidden = left
        if self.random.random() < 0.3:
            minus: Term = ("-1", lambda x, y: Decimal(-1))
            right = product(minus, right)
        if self.random.random() < 0.4:
            left, right = product(left, left), product(right, right)
        if self.random.random() < 0.3:
            tenth: Term = ("1/1000", lambda x, y: Decimal(1) / 1000)
            left = product(left, exponential(product(tenth, left)))
            right = product(right, exponential(product(tenth, right)))
        extra = [root(written(self.positive())) for _ in range(self.random.randrange(5))]
        if extra:
            left, right = product(left, total(*extra)), product(right, total(*extra))
        # Both sides have a value where the root has one.
        right = total(right, product(("0", lambda x, y: Decimal(0)), hidden))
        return (*left, *right)


def right_everywhere(left: Value, right: Value) -> bool:
    """At points of a coarse net, on which none of the polynomials keeps its sign."""
    with localcontext(Context(prec=60)):
        for i in range(-9, 10, 2):
            for j in range(-9, 10, 3):
                x, y = Decimal(i) + Decimal("0.37"), Decimal(j) * 2 + Decimal("0.71")
                a, b = left(x, y), right(x, y)
                if abs(a - b) > Decimal("1e-40") * (1 + abs(a) + abs(b)):
                    return False
    return True


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(ROUNDS))
def test_no_wrong_claim_on_roots_is_proved(seed: int) -> None:
    claims = Claims(seed)
    proved = 0
    for _ in range(EACH):
        left, at_left, right, at_right = claims.claim()
        text = f"x, y in R\n{left} = {right}"
        (verdict,) = verdicts(text)
        is_right = right_everywhere(at_left, at_right)
        if is_right:
            assert verdict in PASS, text
            proved += verdict == "proved"
        else:
            assert verdict != "proved", text
    assert proved
