"""Derivatives by symmetric matrices, with every entry a variable of its own or with tied entries.

Must not know how a convention is recognised in a refuted claim; that is a row of refuted claims.
"""

from __future__ import annotations

import pytest

from tests.verdicts import PASS, verdicts

SPD = "S in spd(2)\nf = logdet(S)\n"
TIED = "df/dS = 2*inv(S) - diag(diag(inv(S)))\n"
ENTRIES = "df/dS = inv(S)\n"


@pytest.mark.parametrize(
    "convention, right, wrong",
    [
        ("", ENTRIES, TIED),
        ("convention entries\n", ENTRIES, TIED),
        ("convention symmetric\n", TIED, ENTRIES),
    ],
)
def test_a_derivation_chooses(convention: str, right: str, wrong: str) -> None:
    first, second = verdicts(convention + SPD + right + wrong)
    assert first in PASS
    assert second == "refuted"


def test_a_convention_ends_with_its_derivation() -> None:
    first = f'derivation "a"\nconvention symmetric\n{SPD}{TIED}'
    assert "refuted" not in verdicts(f'{first}derivation "b"\n{SPD}{ENTRIES}')


def test_what_all_share_may_choose() -> None:
    assert "refuted" not in verdicts(f'convention symmetric\nderivation "a"\n{SPD}{TIED}')


def test_only_what_is_declared_symmetric_is_tied() -> None:
    program = "convention symmetric\nA in symmetric(2)\nB in R^(2, 2)\nf = sum(A*B)\n"
    assert "refuted" not in verdicts(f"{program}df/dB = A\ndf/dA[0, 1] = B[0, 1] + B[1, 0]\n")


def test_a_jacobian_is_tied_along_the_axes_of_the_matrix() -> None:
    program = "convention symmetric\nA in symmetric(2)\nx in R^2\ny = A @ x\n"
    assert "refuted" not in verdicts(
        f"{program}dy[0]/dA = [[x[0], x[1]], [x[1], 0]]\ndy[1]/dA[0, 1] = x[0]\n"
    )
