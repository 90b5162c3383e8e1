"""Literals and names: the exact value of a number, the one spelling of a name.

Must not know where in a text they stand, nor what a name means.
"""

from __future__ import annotations

from fractions import Fraction
from unicodedata import decomposition, normalize

MOST_DIGITS = 10_000

ASCII_SIGNS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻−", "0123456789+--")


def rational(text: str) -> Fraction | None:
    """The exact value of a literal; None where that would have more than `MOST_DIGITS` digits."""
    if len(text) < 16 and text.isdecimal() and text.isascii():
        return Fraction(int(text))
    mantissa, _, exponent = text.translate(ASCII_SIGNS).replace("_", "").lower().partition("e")
    whole, _, decimals = mantissa.partition(".")
    digits = (whole + decimals).lstrip("0")
    power = exponent.lstrip("+-").lstrip("0") or "0"
    if not digits:
        return Fraction(0)
    if len(power) > 8 or len(digits) + int(power) > MOST_DIGITS:
        return None
    shift = (-int(power) if exponent.startswith("-") else int(power)) - len(decimals)
    if shift >= 0:
        return Fraction(_integer(digits) * 10**shift)
    return Fraction(_integer(digits), 10**-shift)


def rounding(text: str, value: Fraction) -> tuple[Fraction, Fraction] | None:
    """All that rounds to a literal: half a unit in its last digit; None for a whole number."""
    mantissa, _, exponent = text.translate(ASCII_SIGNS).replace("_", "").lower().partition("e")
    if "." not in mantissa and not exponent:
        return None
    last = int(exponent or 0) - len(mantissa.partition(".")[2])
    half = Fraction(10) ** last / 2
    return value - half, value + half


def _integer(digits: str) -> int:
    # Python refuses to convert more than some thousand digits at once.
    value = 0
    for start in range(0, len(digits), 4000):
        piece = digits[start : start + 4000]
        value = value * 10 ** len(piece) + int(piece)
    return value


def canonical(name: str) -> str:
    """The one spelling of a name; "" where it has none."""
    if name.isascii():
        return name if name.isidentifier() else ""
    if name == "∞":
        return "inf"
    plain = normalize("NFKC", name)
    return plain if plain.isidentifier() else ""


def lowered(name: str) -> str:
    """A name whose letters are raised, with `^` instead: `xⁿ` is `x^n`; "" if none is."""
    for index, char in enumerate(name):
        if index and decomposition(char).startswith("<super>"):
            return f"{normalize('NFKC', name[:index])}^{normalize('NFKC', name[index:])}"
    return ""
