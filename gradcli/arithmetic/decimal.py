"""Balls and rationals as digits: what is printed is right to the last digit, or not printed.

Must not know where a number comes from; this is the one place where a number becomes text.
"""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

from flint import arb

from gradcli.arithmetic.ball import Ball, precision

FRACTION_WIDTH = 13
ENDS = 8192  # bits for the ends of a ball: whoever prints it may work at fewer than it has


def digits(x: Ball, count: int) -> tuple[str, int] | None:
    """Sign and `count` significant digits, and the power of ten of the first one, rounded right.

    None where the ball is too wide for these digits to be settled (or holds zero, or is no number).
    """
    if not isinstance(x, arb):
        if x == 0:
            return "0", 0
        return _rounded_rational(int(x.p), int(x.q), count)
    if not x.is_finite() or x.contains(0):
        return ("0", 0) if x == 0 else None
    middle, radius, exponent = (int(part) for part in x.mid_rad_10exp(count + 12))
    low = _rounded(middle - radius, exponent, count)
    return low if low == _rounded(middle + radius, exponent, count) else None


def _rounded(mantissa: int, exponent: int, count: int) -> tuple[str, int]:
    sign = "-" if mantissa < 0 else ""
    text = str(abs(mantissa))
    power = len(text) - 1 + exponent
    if len(text) > count:
        scale = 10 ** (len(text) - count)
        kept = (abs(mantissa) * 2 + scale) // (2 * scale)
        power += len(str(kept)) - count
        text = str(kept)[:count]
    return sign + text.ljust(count, "0"), power


def _rounded_rational(p: int, q: int, count: int) -> tuple[str, int]:
    sign, p = ("-" if p < 0 else ""), abs(p)
    power = math.floor((p.bit_length() - q.bit_length()) * math.log10(2))
    while True:
        shift = count - 1 - power
        top, bottom = (p * 10**shift, q) if shift >= 0 else (p, q * 10**-shift)
        # Counted before rounding: 0.96 to two digits is 0.96, not the 1.0 that it rounds up to.
        whole = top // bottom
        length = len(str(whole)) if whole else 0
        if length == count:
            kept = str((2 * top + bottom) // (2 * bottom))
            return sign + kept[:count], power + len(kept) - count
        power += 1 if length > count else -1


def decimal(x: Ball, count: int) -> str | None:
    """The number to `count` significant digits, trailing zeros dropped; None where not settled."""
    found = digits(x, count)
    return None if found is None else scientific(*found, count)


def scientific(text: str, power: int, count: int) -> str:
    """Digits and a power of ten as people write them: plain, or with an exponent."""
    sign, body = ("-", text[1:]) if text.startswith("-") else ("", text)
    body = body.rstrip("0") or "0"
    if body == "0":
        return "0"
    if -5 < power < max(count, len(body)):
        if power < 0:
            return f"{sign}0.{'0' * (-power - 1)}{body}"
        whole = body[: power + 1].ljust(power + 1, "0")
        return sign + (f"{whole}.{body[power + 1 :]}" if len(body) > power + 1 else whole)
    tail = f".{body[1:]}" if len(body) > 1 else ""
    return f"{sign}{body[0]}{tail}e{power:+03d}"


def exact(x: Ball, count: int) -> str | None:
    """A rational exactly: a decimal of at most `count` digits, else a short fraction; else None."""
    if isinstance(x, arb):
        return None
    p, q = int(x.p), int(x.q)
    rest = q
    for prime in (2, 5):
        while rest % prime == 0:
            rest //= prime
    if rest == 1 and q.bit_length() < 4 * count:
        found = digits(x, count)
        longer = digits(x, count + 30)
        if found and longer and longer[0].rstrip("0") == found[0].rstrip("0"):
            return scientific(*found, count)
    if q == 1 or p.bit_length() + q.bit_length() > 4 * FRACTION_WIDTH:
        return None
    fraction = f"{p}/{q}"
    return fraction if len(fraction) <= min(FRACTION_WIDTH, count) else None


def nearest(x: Ball) -> float | None:
    """The double that the number rounds to; None where the ball leaves that open."""
    if not isinstance(x, arb):
        p, q = int(x.p), int(x.q)
        try:
            return p / q
        except OverflowError:
            return math.inf if p > 0 else -math.inf
    if x.is_nan():
        return None
    with precision(ENDS):
        low, high = float(x.lower()), float(x.upper())
    # A ball round zero may end at -0.0.
    return low + 0.0 if low == high else None


def below(x: Ball) -> int | None:
    """For a ball round zero the k, a multiple of 100, for which it lies below 1e-k; else None."""
    if not isinstance(x, arb) or not x.is_finite() or not x.contains(0):
        return None
    bound = x.abs_upper()
    middle, radius, exponent = (int(part) for part in bound.mid_rad_10exp(5))
    size = len(str(middle + radius)) + exponent
    return -size // 100 * 100 if size < 0 else None


def correct_digits(x: Ball, approximation: float) -> int:
    """How many decimal digits of a double agree with the true value: 0 to 16."""
    if not math.isfinite(approximation):
        return 0
    if nearest(x) == approximation:
        return 16
    true = arb(x) if not isinstance(x, arb) else x
    error = abs(true - arb(approximation))
    if true.contains(0):
        return 0
    ratio: Any = (error / abs(true)).abs_upper()
    if ratio == 0:
        return 16
    return max(0, min(16, math.floor(-float(ratio.log()) / math.log(10))))


def magnitude(x: Ball) -> int | None:
    """The power of ten that an error stays below; None for an error that is exactly 0."""
    bound = abs(x) if not isinstance(x, arb) else x.abs_upper()
    if bound == 0:
        return None
    logarithm = float(arb(bound).log()) / math.log(10)
    return math.ceil(logarithm) if math.isfinite(logarithm) else 0


def plain_number(x: Ball) -> Fraction | float | str:
    """The number itself if it is exact, else the nearest double, or its digits beyond doubles."""
    if not isinstance(x, arb):
        return Fraction(int(x.p), int(x.q))
    if not x.is_finite():
        return math.nan
    found = nearest(x)
    if found is not None and math.isfinite(found):
        return found
    return decimal(x, 6) or (0.0 if x.contains(0) else float(x.mid()))
