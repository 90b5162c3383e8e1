"""Conditions on what has a value on a part of the line only, and rewritings that may forget that.

Must not know how claims are judged; a value or None at points of every cell says which are right.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from random import Random

from tests.attack.verdicts import Attack

Value = Fraction | None
Truth = bool | None


@dataclass(frozen=True, slots=True)
class Partial:
    """A text, what it is at x, None for no value, and where that may change."""

    text: str
    at: Callable[[Fraction], Value]
    breaks: frozenset[Fraction] = frozenset()


@dataclass(frozen=True, slots=True)
class Condition:
    text: str
    at: Callable[[Fraction], Truth]
    breaks: frozenset[Fraction]


def linear(random: Random) -> tuple[Fraction, Fraction]:
    return Fraction(random.choice((-2, -1, 1, 2, 3))), Fraction(random.choice((0, 1, -1, 2, -3)))


def line(random: Random) -> Partial:
    a, b = linear(random)
    return Partial(f"({a}*x + ({b}))", lambda x: a * x + b)


def number(value: int) -> Partial:
    return Partial(f"({value})", lambda x: Fraction(value))


def source(random: Random) -> Partial:
    """Something without a value somewhere: known by its sign, which is all that is made of it."""
    a, b = linear(random)
    inner, zero, one = f"{a}*x + ({b})", -b / a, (1 - b) / a

    def sign_of(least: Fraction, at_least: bool, middle: Fraction) -> Callable[[Fraction], Value]:
        def at(x: Fraction) -> Value:
            u = a * x + b
            if u < least or (u == least and not at_least):
                return None
            return Fraction((u > middle) - (u < middle))

        return at

    way = random.randrange(3)
    if way == 0:
        text, at = f"log({inner})", sign_of(Fraction(0), False, Fraction(1))
        return Partial(text, at, frozenset((zero, one)))
    if way == 1:
        text, at = f"sqrt({inner})", sign_of(Fraction(0), True, Fraction(0))
        return Partial(text, at, frozenset((zero,)))
    text = f"(log({inner})/sqrt({inner}))"
    return Partial(text, sign_of(Fraction(0), False, Fraction(1)), frozenset((zero, one)))


RELATIONS: dict[str, Callable[[Fraction], bool]] = {
    ">": lambda s: s > 0, ">=": lambda s: s >= 0, "<": lambda s: s < 0, "<=": lambda s: s <= 0,
    "==": lambda s: s == 0, "!=": lambda s: s != 0,
}  # fmt: skip
OTHER = {">": "<=", ">=": "<", "<": ">=", "<=": ">", "==": "!=", "!=": "=="}


def compared(x: Partial, relation: str) -> Condition:
    def at(point: Fraction) -> Truth:
        s = x.at(point)
        return None if s is None else RELATIONS[relation](s)

    return Condition(f"{x.text} {relation} 0", at, x.breaks)


def joined(word: str, p: Condition, q: Condition) -> Condition:
    def at(x: Fraction) -> Truth:
        a, b = p.at(x), q.at(x)
        return None if a is None or b is None else (a and b) if word == "and" else (a or b)

    return Condition(f"({p.text}) {word} ({q.text})", at, p.breaks | q.breaks)


def negated(p: Condition) -> Condition:
    def at(x: Fraction) -> Truth:
        a = p.at(x)
        return None if a is None else not a

    return Condition(f"not ({p.text})", at, p.breaks)


def where(c: Condition, yes: Partial, no: Partial) -> Partial:
    def at(x: Fraction) -> Value:
        told = c.at(x)
        return None if told is None else yes.at(x) if told else no.at(x)

    text = f"where({c.text}, {yes.text}, {no.text})"
    return Partial(text, at, c.breaks | yes.breaks | no.breaks)


def combined(a: int, x: Partial, b: int, y: Partial) -> Partial:
    def at(point: Fraction) -> Value:
        u, v = x.at(point), y.at(point)
        return None if u is None or v is None else a * u + b * v

    return Partial(f"(({a})*{x.text} + ({b})*{y.text})", at, x.breaks | y.breaks)


def mapped(name: str, x: Partial, sign: int = 1) -> Partial:
    def at(point: Fraction) -> Value:
        s = x.at(point)
        if s is None:
            return None
        return Fraction(sign * s > 0) if name == "step" else sign * s

    inner = x.text if sign > 0 else f"-{x.text}"
    return Partial(f"{name}({inner})", at, x.breaks)


def condition(random: Random) -> Condition:
    found = compared(source(random), random.choice([*RELATIONS]))
    way = random.randrange(5)
    if way < 2:
        other = compared(random.choice((source, on_a_line))(random), random.choice([*RELATIONS]))
        pair = (found, other) if random.random() < 0.5 else (other, found)
        return joined("and" if way else "or", *pair)
    return negated(found) if way == 2 else found


def on_a_line(random: Random) -> Partial:
    a, b = linear(random)
    return Partial(f"({a}*x + ({b}))", lambda x: a * x + b, frozenset((-b / a,)))


def expression(random: Random, depth: int) -> Partial:
    way = random.randrange(4)
    if not depth or way == 0:
        return random.choice((line, lambda r: mapped("sign", source(r)),
                              lambda r: mapped("step", source(r))))(random)  # fmt: skip
    x, y = expression(random, depth - 1), expression(random, depth - 1)
    if way == 1:
        return combined(random.choice((1, 2)), x, random.choice((0, 1, -1)), y)
    if way == 2:
        return where(compared(on_a_line(random), random.choice([*RELATIONS])), x, y)
    return where(condition(random), x, y)


def pairs(random: Random) -> tuple[Partial, Partial]:
    x, y, c, s = expression(random, 1), expression(random, 1), condition(random), source(random)
    d, one, zero = condition(random), number(1), number(0)
    relation = random.choice([*RELATIONS])
    p, q = compared(s, relation), compared(s, OTHER[relation])
    return random.choice((
        (where(p, x, y), where(q, y, x)),
        (where(negated(c), x, y), where(c, y, x)),
        (mapped("step", s), where(compared(s, ">"), one, zero)),
        (mapped("sign", s), combined(1, mapped("step", s), -1, mapped("step", s, -1))),
        (where(joined("and", c, d), x, y), where(c, where(d, x, y), y)),
        (where(joined("or", c, d), x, y), where(d, x, where(c, x, y))),
        (where(joined("and", c, d), x, y), where(joined("and", d, c), x, y)),
        (where(c, x, x), x),
        (combined(1, x, -1, x), zero),
        (combined(0, mapped("sign", s), 1, x), x),
        (combined(0, mapped("sign", s), 1, x), where(compared(s, ">="), x, x)),
        (where(c, x, y), where(d, x, y)),
        (where(c, where(c, x, y), y), where(c, x, y)),
        (x, y),
    ))  # fmt: skip


def same(left: Partial, right: Partial) -> bool:
    """Whether they are alike in every cell, and where both have a value at its ends."""
    ends = sorted(left.breaks | right.breaks)
    bounds = [ends[0] - 2, *ends, ends[-1] + 2] if ends else [Fraction(-1), Fraction(1)]
    for low, high in pairwise(bounds):
        for part in (Fraction(1, 3), Fraction(5, 7)):
            x = low + part * (high - low)
            if left.at(x) != right.at(x):
                return False
    values = [(left.at(x), right.at(x)) for x in ends]
    return all(u == v for u, v in values if u is not None and v is not None)


def anywhere(left: Partial, right: Partial) -> bool:
    """Whether there is a cell on which both have a value."""
    ends = sorted(left.breaks | right.breaks) or [Fraction(0)]
    bounds = [ends[0] - 2, *ends, ends[-1] + 2]
    middles = [(a + b) / 2 for a, b in pairwise(bounds)]
    return any(left.at(x) is not None and right.at(x) is not None for x in middles)


def attacks(seed: int) -> Iterator[Attack]:
    """Without end; about half of them are right."""
    random = Random(f"conditions {seed}")
    while True:
        left, right = pairs(random)
        if anywhere(left, right):
            yield Attack(f"x in R; {left.text} = {right.text}", same(left, right))
