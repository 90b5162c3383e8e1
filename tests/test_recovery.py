"""A file with several mistakes: each is reported once, and what only follows from one is not.

Must not know how reading resumes.
"""

from __future__ import annotations

import pytest

import gradcli
from gradcli.errors import GradcliError
from tests.verdicts import errors, verdicts


def codes(text: str, *at: str) -> list[tuple[int, str]]:
    with pytest.raises(GradcliError) as caught:
        gradcli.diff(text, at)
    return [
        (d.span.source.position(d.span.start)[0], d.code)
        for d in caught.value.diagnostics
        if d.span
    ]


def test_syntax_names_and_shapes_of_one_file() -> None:
    text = "q = x +\nr = sin(x\n\ns = sigmod(x) + q\nW = [1,2] + [1,2,3]\nt = 1/2x\nt + W"
    found = codes(text, "x=1")
    assert found == [(1, "G001"), (2, "G002"), (4, "G005"), (5, "G201"), (6, "G003")]


def test_what_uses_a_name_in_error_is_passed_over() -> None:
    assert codes("q = x + ; r = q*2; r + sigmod(q)", "x=1") == [(1, "G001")]
    assert codes("q = nothing_known; r = q*2; r^2", "x=1") == [(1, "G010")]


def test_a_member_in_error_spoils_its_family_only() -> None:
    text = "h[0] = x\nfor t in 1..2 { h[t] = h[t-1] + ; g[t] = sigmod(x) }\nh[2] + g[1]"
    assert codes(text, "x=1") == [(2, "G001"), (2, "G005")]


def complaints(program: str) -> list[tuple[str, str]]:
    return [(error.message, error.help) for error in errors(program)]


def test_operators_without_brackets_get_the_mend_and_spoil_no_later_line() -> None:
    program = "x, y in R\nL = x^2*y\n" + "d/dx d/dy (L) = 1\nd/dx sin(x) = cos(x)\ndL/dx = 2*x*y\n"
    helps = [help for _, help in complaints(program)]
    assert helps == ["write  d/dx (d/dy (L))", "write  d/dx (sin(x))"]
    assert len([*gradcli.check(program).findings]) == 1


@pytest.mark.parametrize("line", ["dL/dx = [1, 1, 1]", "d/dx (L) = [1, 1, 1]", "2*x = x + x"])
def test_a_claim_ends_an_unclosed_bracket(line: str) -> None:
    program = f"x in R^3\nL = sum(x)\nh = sum(x^2\n{line}\n"
    assert [message for message, _ in complaints(program)] == ['this "(" is never closed']
    assert [f.passed for f in gradcli.check(program).findings] == [True]


def test_arguments_on_lines_of_their_own() -> None:
    program = "x in R^3\ng = [x[0],\n (x[1]),\n 2*x[2]]\ng[2] = 2*x[2]"
    assert verdicts(program) == ["proved"]


def test_a_mistake_of_one_derivation_is_told_once() -> None:
    program = 'd/dx (x^2) = 2*x\nderivation "b"\ny in R\nz = 3 +\n'
    assert len(complaints(program)) == 1


def test_the_mend_of_a_title() -> None:
    assert complaints('derivation "a\nd/dx (x^2) = 2*x')[0][1] == 'write  derivation "a"'


def test_a_line_that_continues_nothing_is_told_in_its_own_derivation() -> None:
    """What cannot be read in one is not what a line of another continues."""
    alone = 'derivation "b"\nx in R\n  = 2*x\n'
    above = 'derivation "a"\nx in R\nf = x^2 +\n  = 3\n\n'
    continues = "there is no claim or definition above that this line continues"
    assert [message for message, _ in complaints(alone)] == [continues]
    assert [message for message, _ in complaints(above + alone)][1:] == [continues]


@pytest.mark.parametrize("derivative", ["dL/dx", "d2L/dx2", "∂L/∂x"])
def test_an_unknown_name_before_a_derivative_needs_its_sign(derivative: str) -> None:
    [(message, help)] = complaints(f"x in R\nL = x^2\ny {derivative} = 2*x^2\n")
    assert message == f'nothing stands between "y" and "{derivative}"'
    assert help == f"for a product write  y*{derivative}"
