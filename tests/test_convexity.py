"""Inequalities proved by convexity, and those that look alike and are not proved.

Must not know where the lowest point is sought.
"""

from __future__ import annotations

import pytest

from tests.verdicts import last, lines

PROVED = lines(
    r"""
x in (0, inf); log(x) <= x - 1
x in R; exp(x) >= 1 + x
x in R; exp(x) > x
x in R; x^2 - 2*x + 2 > 0
x in R; cosh(x) >= 1 + x^2/2
x, y in R; x^2 + y^2 >= 2*x*y
x, y in R; (x + y)^2 <= 2*(x^2 + y^2)
x, y, z in R; x^2 + y^2 + z^2 >= x*y + y*z + z*x
x in [0, inf); x^2 + 1 >= 2*x
"""
)
NOT_PROVED = lines(
    r"""
x in (0, inf); log(x) < x - 1
x in (0, inf); log(x) <= x - 2
x in R; x^4 - 2*x^2 >= 0
x in R; x^4 - 2*x^2 >= -1/2
x, y in R; x^2 + 3*x*y + y^2 >= 0
x, y in R; x^2 + y^2 > 2*x*y
x in R; 1/x^2 >= 3 - 2*x
x in R; x^3 - 3*x + 2 >= 0
x in R; cos(x) >= 1
x, y in R; x^2*y^2 >= 2*x*y - 1/2
x in R; (x - 1/3)^2 >= 1/1000000
x in (2, inf); x^2 - 2*x >= 1
"""
)


@pytest.mark.parametrize("program", PROVED)
def test_a_convex_function_lies_above_its_flat_tangent(program: str) -> None:
    assert last(program).verdict == "proved"


@pytest.mark.parametrize("program", NOT_PROVED)
def test_what_is_no_convex_function_or_lower_is_not_proved(program: str) -> None:
    assert last(program).verdict != "proved"
