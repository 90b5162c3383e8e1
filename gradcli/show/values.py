"""The numbers of a finding as digits, as gradcli reads them back, and as JSON numbers.

Must not know findings; a rational stays exact wherever that is short, and always where it is read.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from decimal import MAX_EMAX, MIN_EMIN, Context, Decimal, Inexact
from fractions import Fraction
from typing import Any

from gradcli.arithmetic.decimal import scientific
from gradcli.judge.finding import Number, Numbers
from gradcli.ops.algebra import ones, zeros
from gradcli.show.numbers import WHOLE, double
from gradcli.show.numbers import machine as double_machine

DIGITS = 6
"""Significant digits of a number in a table, as long as they tell two numbers apart."""

MORE_DIGITS = (9, 12, 17, 34, 68)
EXACT_DIGITS = 17

SMALL = 4
"""Entries of an array that is always written out."""

LONGEST, LONG = 500, 60
"""Characters of a point that is written out, and of an array in one that is longer."""


def nested(x: Numbers, entry: Callable[[Number], Any]) -> Any:
    """Nested lists of what `entry` makes of every number."""
    return [nested(part, entry) for part in x] if isinstance(x, list | tuple) else entry(x)


def typed(x: Numbers) -> str:
    """The value as one types it: exact, and every entry of an array."""
    return f"[{', '.join(map(typed, x))}]" if isinstance(x, list | tuple) else _exact(x)


def point(at: dict[str, Numbers]) -> str:
    """What stands behind `at` in a derivation that is to be checked there."""
    return ", ".join(f"{name} = {_brief(value)}" for name, value in at.items())


def shown(at: dict[str, Numbers]) -> str:
    """The point where it is only looked at: of one that is too long, arrays by their shapes."""
    whole = point(at)
    if len(whole) <= LONGEST:
        return whole
    texts = {name: _brief(value) for name, value in at.items()}
    return ", ".join(
        f"{name} = {text if len(text) <= LONG else f'… ({_times(at[name])})'}"
        for name, text in texts.items()
    )


def _brief(x: Numbers) -> str:
    """The value as one types it; a large array of one number by function."""
    numbers = _flat(x)
    for function, number in ((zeros, 0), (ones, 1)):
        if len(numbers) > SMALL and all(y == number for y in numbers):
            return f"{function.name}({', '.join(map(str, _size(x)))})"
    return typed(x)


def _times(x: Numbers) -> str:
    return "x".join(map(str, _size(x)))


def _size(x: Numbers) -> list[int]:
    return [len(x), *_size(x[0])] if isinstance(x, list | tuple) else []


def _flat(x: Numbers) -> list[Number]:
    return [y for part in x for y in _flat(part)] if isinstance(x, list | tuple) else [x]


def pair(left: Number, right: Number) -> tuple[str, str]:
    """Two different numbers with as many digits as it takes to tell them apart."""
    for count in (DIGITS, *MORE_DIGITS):
        found = digits(left, count), digits(right, count)
        if found[0] != found[1]:
            break
    return found


def digits(x: Number, count: int = DIGITS) -> str:
    """The number rounded to `count` digits; a rational exactly where that takes no more room."""
    if isinstance(x, str):
        return x
    if isinstance(x, float):
        return "no value" if math.isnan(x) else double(x, min(count, 17))
    exact = _exact(x)
    return exact if len(exact) <= count + len("-.") else _decimal(x, count)[0]


def machine(x: Number) -> int | float | str | None:
    """The JSON number: a whole rational as an integer, else the nearest double."""
    if isinstance(x, Fraction | int):
        if x.denominator == 1 and abs(x) <= WHOLE:
            return int(x)
        try:
            x = float(x)
        except OverflowError:
            x = math.inf if x > 0 else -math.inf
    return double_machine(float(x))


def _exact(x: Number) -> str:
    """The shorter one of fraction and exact decimal, the decimal where they are equally long."""
    if isinstance(x, str):
        return x
    if isinstance(x, float):
        return double(x, 17)
    # Python refuses to write integers of some thousand digits; its decimals do not.
    top, bottom = str(Decimal(x.numerator)), str(Decimal(x.denominator))
    fraction = top if bottom == "1" else f"{top}/{bottom}"
    decimal, exact = _decimal(x, EXACT_DIGITS)
    return decimal if exact and len(decimal) <= len(fraction) else fraction


def _decimal(x: Fraction | int, count: int) -> tuple[str, bool]:
    """The rational rounded right to `count` digits, and whether that is exactly it."""
    context = Context(prec=count, Emax=MAX_EMAX, Emin=MIN_EMIN, traps=[])
    found = context.divide(Decimal(x.numerator), Decimal(x.denominator))
    sign, figures, exponent = found.as_tuple()
    text = "-" * sign + "".join(map(str, figures))
    return scientific(text, len(figures) - 1 + int(exponent), count), not context.flags[Inexact]
