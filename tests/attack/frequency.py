"""Formulas at high frequency and of all magnitudes, with the slips that round points do not see.

Must not know how claims are judged; what is right follows from elementary calculus.
"""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

from tests.attack.verdicts import Attack

FACTORS = ("1e3", "1e6", "1e9", "2.4e9", "44100", "1000", "123456", "1e12", "50", "7e5")


def attacks(seed: int) -> Iterator[Attack]:
    """Without end; one in three is right."""
    random = Random(f"frequency {seed}")
    while True:
        c = f"{random.choice(('2*', '', '4*', '1/2*'))}pi*{random.choice(FACTORS)}"
        inner = f"{c}*t" + random.choice(("", " + phi"))
        a = random.choice(("", "A*", "3*"))
        right, *wrong = random.choice(
            [
                (f"f = {a}sin({inner}); df/dt = {a}{c}*cos({inner})",
                 f"f = {a}sin({inner}); df/dt = {a}{c}",
                 f"f = {a}sin({inner}); df/dt = {a}{c}*cos({inner})^2",
                 f"f = {a}sin({inner}); df/dt = {a}{c}*cos({inner} + {c})^3"),
                (f"f = {a}cos({inner}); df/dt = -{a}{c}*sin({inner})",
                 f"f = {a}cos({inner}); df/dt = 0*phi",
                 f"f = {a}cos({inner}); df/dt = {a}{c}*sin({inner})"),
                (f"sin({inner})^2 + cos({inner})^2 = 1",
                 f"sin({inner})^2 = 0",
                 f"cos({inner})^2 = 1"),
                (f"sin(2*{c}*t) = 2*sin({c}*t)*cos({c}*t)",
                 f"sin(2*{c}*t) = 2*sin({c}*t)",
                 f"tan({c}*t) = 0"),
                (f"floor({random.choice(FACTORS)}*t + 1) = 1 + floor({random.choice(FACTORS)}*t)",)
            ]
        )  # fmt: skip
        if not wrong:
            one = random.choice(FACTORS)
            right = f"floor({one}*t + 1) = 1 + floor({one}*t)"
            wrong = [f"floor({one}*t)/({one}) = t", f"ceil({one}*t) = {one}*t"]
        claim = right if random.random() < 1 / 3 else random.choice(wrong)
        yield Attack(f"A, phi, t in R; {claim}", claim == right)
