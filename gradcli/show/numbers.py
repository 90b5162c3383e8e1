"""Rationals, balls and doubles as cells of a table and as JSON numbers, arrays entry by entry.

Must not know results or layouts; how digits are settled and written is `arithmetic.decimal`'s.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from itertools import product
from typing import Any

from gradcli.arithmetic.decimal import below, decimal, exact, nearest

NONE = "no derivative"
UNKNOWN = "cannot tell"
WHOLE = 1 << 53


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
    """The JSON number: a whole rational as an integer, else the nearest double, None if unknown."""
    if x is None:
        return None
    if getattr(x, "q", None) == 1 and abs(int(x.p)) <= WHOLE:
        return int(x.p)
    found = float(x) if isinstance(x, float) else nearest(x)
    if found is None or math.isfinite(found):
        # A ball below zero and round it may round to -0.0.
        return None if found is None else found + 0.0
    return "nan" if math.isnan(found) else "inf" if found > 0 else "-inf"


def flat(array: Any) -> list[Any]:
    """The entries of an array, row by row; a lone number is one entry."""
    return list(array.flat) if hasattr(array, "flat") else [array]


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
