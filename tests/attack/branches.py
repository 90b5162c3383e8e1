"""Identities of what branches: right rewritings of random expressions, and nearly right ones.

Must not know how claims are judged; exact piecewise linear functions say which are which.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from random import Random

from tests.attack.piecewise import Piecewise, chosen, combined, equal, line
from tests.attack.verdicts import Attack

ONE, ZERO = Fraction(1), Fraction(0)


@dataclass(frozen=True, slots=True)
class Branching:
    """An expression as text and as the function that it is."""

    text: str
    value: Piecewise


Build = Callable[..., Branching]


def number(value: Fraction) -> Branching:
    return Branching(f"({value})", line(ZERO, value))


def combination(a: Fraction, x: Branching, b: Fraction, y: Branching) -> Branching:
    return Branching(f"(({a})*{x.text} + ({b})*{y.text})", combined([a, b], [x.value, y.value]))


def gap(x: Branching, y: Branching) -> Piecewise:
    return combined([ONE, -ONE], [x.value, y.value])


def by_sign(switch: Piecewise, below: Branching, rest: Branching, above: Branching) -> Piecewise:
    return chosen(switch, lambda s: (rest, above, below)[s].value)


def negative(x: Branching) -> Branching:
    return Branching(f"(-{x.text})", combined([-ONE], [x.value]))


def absolute(x: Branching) -> Branching:
    return Branching(f"abs({x.text})", by_sign(x.value, negative(x), x, x))


def relu(x: Branching) -> Branching:
    return Branching(f"relu({x.text})", by_sign(x.value, number(ZERO), x, x))


def largest(x: Branching, y: Branching) -> Branching:
    return Branching(f"max({x.text}, {y.text})", by_sign(gap(x, y), y, x, x))


def smallest(x: Branching, y: Branching) -> Branching:
    return Branching(f"min({x.text}, {y.text})", by_sign(gap(x, y), x, x, y))


def sign(x: Branching) -> Branching:
    return Branching(f"sign({x.text})", by_sign(x.value, number(-ONE), number(ZERO), number(ONE)))


def step(x: Branching) -> Branching:
    return Branching(f"step({x.text})", by_sign(x.value, number(ZERO), number(ZERO), number(ONE)))


def where(relation: str, x: Branching, y: Branching, a: Branching, b: Branching) -> Branching:
    ways = {
        ">": (b, b, a), ">=": (b, a, a), "<": (a, b, b), "<=": (a, a, b), "==": (b, a, b),
        "!=": (a, b, a),
    }[relation]  # fmt: skip
    text = f"where({x.text} {relation} {y.text}, {a.text}, {b.text})"
    return Branching(text, by_sign(gap(x, y), *ways))


RELATIONS = (">", ">=", "<", "<=", "==", "!=")


def linear(random: Random) -> Branching:
    slope = Fraction(random.choice((-3, -2, -1, 1, 2, 3)))
    shift = Fraction(random.choice((0, 0, 1, -1, 2, 5, -40, 1000)), random.choice((1, 1, 2, 3)))
    return Branching(f"({slope}*x + ({shift}))", line(slope, shift))


def expression(random: Random, depth: int) -> Branching:
    if not depth:
        return linear(random)
    x, y = expression(random, depth - 1), expression(random, depth - 1)
    way = random.randrange(7)
    if way < 3:
        return (absolute, relu, sign)[way](x)
    if way == 3:
        return largest(x, y)
    if way == 4:
        return smallest(x, y)
    if way == 5:
        return where(random.choice(RELATIONS), linear(random), x, linear(random), y)
    return combination(Fraction(random.choice((-1, 1, 2))), x, Fraction(1, 2), y)


def rewritten(random: Random, depth: int) -> tuple[Branching, Branching]:
    """Two expressions for one function, or for two that are nearly one."""
    x, y = expression(random, depth), expression(random, depth)
    half, two = Fraction(1, 2), Fraction(2)
    zero = number(ZERO)
    laws: list[tuple[Branching, Branching]] = [
        (largest(x, y), combination(half, combination(ONE, x, ONE, y), half,
                                    absolute(combination(ONE, x, -ONE, y)))),
        (relu(x), combination(half, x, half, absolute(x))),
        (absolute(x), largest(x, negative(x))),
        (largest(x, y), where(">", x, y, x, y)),
        (smallest(x, y), negative(largest(negative(x), negative(y)))),
        (combination(ONE, relu(x), -ONE, relu(negative(x))), x),
        (relu(combination(ONE, x, -ONE, y)), combination(ONE, largest(x, y), -ONE, y)),
        (sign(x), combination(ONE, step(x), -ONE, step(negative(x)))),
        (step(x), where(">", x, zero, number(ONE), zero)),
        (absolute(sign(x)), where("==", x, zero, zero, number(ONE))),
        (largest(x, largest(x, y)), largest(y, x)),
        (where("<=", x, y, x, y), smallest(x, y)),
        # nearly
        (absolute(combination(ONE, x, ONE, y)), combination(ONE, absolute(x), ONE, absolute(y))),
        (combination(ONE, step(x), ONE, step(negative(x))), number(ONE)),
        (absolute(sign(x)), number(ONE)),
        (sign(x), combination(two, step(x), -ONE, number(ONE))),
        (relu(combination(ONE, x, ONE, y)), combination(ONE, relu(x), ONE, relu(y))),
        (where(">=", x, zero, number(ONE), zero), step(x)),
        (where(">", x, y, x, y), x),
        (largest(x, y), x),
        (relu(x), zero),
    ]  # fmt: skip
    return random.choice(laws)


def attacks(seed: int) -> Iterator[Attack]:
    """Without end; about half of them are right."""
    random = Random(f"branches {seed}")
    while True:
        left, right = rewritten(random, random.randrange(3))
        if random.random() < 0.4:
            wrap = random.choice((absolute, relu, sign, step))
            left, right = wrap(left), wrap(right)
        yield Attack(f"x in R; {left.text} = {right.text}", equal(left.value, right.value))
