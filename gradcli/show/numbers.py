"""Numbers as cells of a table, as gradcli reads them back, and as JSON; arrays entry by entry.

Must not know results or layouts; how digits are settled and written is `arithmetic.decimal`'s.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from decimal import MAX_EMAX, MIN_EMIN, Context, Decimal, Inexact
from fractions import Fraction
from itertools import product
from typing import TYPE_CHECKING, Any

from gradcli.arithmetic.decimal import below, decimal, exact, nearest, scientific
from gradcli.ops.algebra import ones, zeros

if TYPE_CHECKING:
    from gradcli.judge.finding import Number, Numbers

NONE = "no derivative"
UNKNOWN = "cannot tell"
WHOLE = 1 << 53

DIGITS = 6
"""Significant digits of a number in a table, as long as they tell two numbers apart."""

MORE_DIGITS = (9, 12, 17, 34, 68)
EXACT_DIGITS = 17

SMALL = 4
"""Entries of an array that is always written out."""

LONGEST, LONG = 500, 60
"""Characters of a point that is written out, and of an array in one that is longer."""


def cell(x: Any, count: int) -> str:
    """A number to `count` significant digits, a rational exactly where that is short."""
    if x is None:
        return NONE
    if isinstance(x, float):
        return double(x, count)
    return exact(x, count) or rounded(x, count)


def rounded(x: Any, count: int) -> str:
    """The number as a decimal, or in words what is known of it."""
    if isinstance(x, float):
        return double(x, count)
    # One digit more settles a number that lies on the very border between two roundings.
    text = decimal(x, count) or decimal(x, count + 1)
    if text is not None:
        return text
    bound = below(x)
    if bound is not None:
        return f"0 (below 1e-{bound})" if bound else UNKNOWN
    double_ = nearest(x)
    return str(double_) if double_ is not None and math.isinf(double_) else UNKNOWN


def double(x: float, count: int) -> str:
    """A double to `count` digits, to as many as tell it from its neighbours at most."""
    text = repr(float(x)) if count >= 17 else f"{x + 0.0:.{count}g}"
    return text.removesuffix(".0")


def settled(x: Any) -> bool:
    """Whether it is certain which double this number rounds to, and that a zero is one."""
    if x is None or isinstance(x, float):
        return True
    found = nearest(x)
    return found is not None and (found != 0 or decimal(x, 1) is not None)


def machine(x: Any) -> int | float | str | None:
    """The JSON number: a whole rational as an integer, else the nearest double, None if unknown.

    `x` is a double, a rational of Python's or of FLINT's, a ball, or digits beyond doubles.
    """
    if x is None:
        return None
    ours = isinstance(x, Fraction | int)
    top, bottom = (x.numerator, x.denominator) if ours else (getattr(x, n, 0) for n in "pq")
    if bottom == 1 and abs(int(top)) <= WHOLE:
        return int(top)
    found = _nearest(x) if ours or isinstance(x, float | str) else nearest(x)
    if found is None or math.isfinite(found):
        # A ball below zero and round it may round to -0.0.
        return None if found is None else found + 0.0
    return "nan" if math.isnan(found) else "inf" if found > 0 else "-inf"


def _nearest(x: Number) -> float:
    try:
        return float(x)
    except OverflowError:
        return math.inf if x > 0 else -math.inf  # type: ignore[operator]


def flat(array: Any) -> list[Any]:
    """The entries of an array, row by row, or of a list; a lone number is one entry."""
    return [*getattr(array, "flat", array if isinstance(array, list) else [array])]


def nested(array: Any, shape: Sequence[Any], entry: Callable[[Any], Any] = machine) -> Any:
    """Nested lists of the entries, each as `entry` says."""
    level: list[Any] = [entry(x) for x in flat(array)]
    for dim in reversed([int(d) for d in shape]):
        level = [level[k : k + dim] for k in range(0, len(level), dim)]
    return level[0]


def indices(shape: Sequence[Any]) -> Iterator[tuple[int, ...]]:
    """Every index of an array, row by row."""
    return product(*(range(int(dim)) for dim in shape))


def entry_name(name: str, index: Sequence[int]) -> str:
    """`W[0, 1]`, or the bare name of a scalar."""
    return f"{name}[{', '.join(map(str, index))}]" if index else name


def inline(array: Any, shape: Sequence[Any], count: int, widest: int = 30) -> str:
    """A small array as it would be typed, a larger one as its shape."""
    if len(entries := flat(array)) <= 8:
        text = str(nested(array, shape, lambda x: cell(x, count))).replace("'", "")
        if len(text) <= widest or len(entries) == 1:
            return text
    return f"shape {shape_text(shape)}"


def shape_text(shape: Sequence[Any]) -> str:
    """`(2, 3)`, `(4,)`, `()`."""
    return str(tuple(int(dim) for dim in shape))


def summary(array: Any, count: int) -> str:
    """The smallest and largest entry and the 2-norm of an array too large to list."""
    entries = [x for x in flat(array) if x is not None]
    if not entries:
        return NONE
    keyed = [(float(x) if isinstance(x, float) else nearest(x), x) for x in entries]
    known = [(size, x) for size, x in keyed if size is not None and not math.isnan(size)]
    if len(known) < len(entries):
        return UNKNOWN
    low, high = (cell(f(known, key=lambda pair: pair[0])[1], count) for f in (min, max))
    norm = math.hypot(*(size for size, _ in known))
    return f"{low} to {high}, 2-norm {double(norm, min(count, 6))}"


# -- the numbers of a finding


def each(x: Numbers, entry: Callable[[Number], Any]) -> Any:
    """Nested lists of what `entry` makes of every number."""
    return [each(part, entry) for part in x] if isinstance(x, list | tuple) else entry(x)


def typed(x: Numbers) -> str:
    """The value as one types it: exact, and every entry of an array."""
    return f"[{', '.join(map(typed, x))}]" if isinstance(x, list | tuple) else _exact(x)


def to_claim(x: Numbers, count: int = DIGITS) -> str:
    """The value as the right side of `≈`: decimals to `count` digits, whole numbers where exact."""
    if isinstance(x, list | tuple):
        return f"[{', '.join(to_claim(part, count) for part in x)}]"
    if isinstance(x, str) or (isinstance(x, float) and not math.isfinite(x)):
        return digits(x, count)
    text, exact = _decimal(Fraction(x), count)
    return text if exact or "." in text or "e" in text else f"{text}.0"


def point(at: dict[str, Numbers]) -> str:
    """What stands behind `at` in a derivation that is to be checked there."""
    return ", ".join(f"{name} = {_brief(value)}" for name, value in at.items())


def shown(at: dict[str, Numbers]) -> str:
    """The point where it is only looked at: of one that is too long, arrays by their shapes."""
    texts = {name: _named(value) or _short(value) for name, value in at.items()}
    if all(texts.values()) and len(whole := point(at)) <= LONGEST:
        return whole
    return ", ".join(
        f"{name} = {text if text and len(text) <= LONG else f'… ({_times(at[name])})'}"
        for name, text in texts.items()
    )


def _brief(x: Numbers) -> str:
    """The value as one types it; a large array of one number by function."""
    return _named(x) or typed(x)


def _named(x: Numbers) -> str:
    """A large array of one number by function; empty for others."""
    numbers = _numbers(x)
    for function, number in ((zeros, 0), (ones, 1)):
        if len(numbers) > SMALL and all(y == number for y in numbers):
            return f"{function.name}({', '.join(map(str, _size(x)))})"
    return ""


def _short(x: Numbers) -> str:
    """The value as one types it; empty where it has too many numbers to be written out."""
    return typed(x) if len(_numbers(x)) <= LONGEST else ""


def _times(x: Numbers) -> str:
    return "x".join(map(str, _size(x)))


def _size(x: Numbers) -> list[int]:
    return [len(x), *_size(x[0])] if isinstance(x, list | tuple) else []


def _numbers(x: Numbers) -> list[Number]:
    return [y for part in x for y in _numbers(part)] if isinstance(x, list | tuple) else [x]


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
