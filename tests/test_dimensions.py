"""Dimension letters: the conditions that are declared on them, and what is wrong with some.

Must not know how sizes are chosen.
"""

from __future__ import annotations

import re

import pytest

import gradcli
from gradcli.api.derivations import check
from gradcli.graph.dimensions import Dimensions
from gradcli.graph.shape import Letters
from gradcli.judge.finding import Report
from tests.verdicts import verdicts

N, M = ("n",), ("m",)


def conditions(*terms: dict[tuple[str, ...], int]) -> Dimensions:
    return Dimensions(conditions=(*map(Letters, terms),))


def only(report: Report) -> tuple[str, str]:
    """The code and the words of the only error."""
    ((_, error),) = report.files[0].errors
    return error.code, error.message + (f" ({error.help})" if error.help else "")


def sizes(report: Report, letter: str = "n") -> set[int]:
    (found,) = report.findings
    return {s[letter] for s in found.evidence.sizes}


# -- what is declared


@pytest.mark.parametrize(
    ("dimensions", "least", "most"),
    [
        (conditions(), 1, None),
        (conditions({N: 1, (): -2}), 2, None),
        (conditions({N: 2, (): -5}), 3, None),
        (conditions({N: -2, (): 7}), 1, 3),
        (conditions({N: 1, (): -2}, {N: 1, (): -4}, {N: -1, (): 9}), 4, 9),
        (conditions({N: 1, M: -1}), 1, None),
        (conditions({N: 1, (): 3}), 1, None),
    ],
)
def test_ends(dimensions: Dimensions, least: int, most: int | None) -> None:
    assert (dimensions.least("n"), dimensions.most("n")) == (least, most)


def test_small_sizes() -> None:
    some = conditions({M: 1, N: -1, (): -1}, {N: -1, (): 2})
    found = [*some.small(["m", "n"], {})]
    assert found[:3] == [{"m": 2, "n": 1}, {"m": 3, "n": 1}, {"m": 3, "n": 2}]
    assert [*some.small(["m", "n"], {"m": 2})] == [{"m": 2, "n": 1}]
    assert not [*conditions({N: 1, (): -3}, {N: -1, (): 2}).small(["n"], {})]
    assert not [*conditions({M: 1, N: -1, (): -1}, {N: 1, M: -1}).small(["m", "n"], {})]


@pytest.mark.parametrize(
    ("declared", "allowed"),
    [
        ("x in R^n; n >= 2", lambda n: n >= 2),
        ("n >= 2; x in R^n", lambda n: n >= 2),
        ("x in R^n; 2 <= n", lambda n: n >= 2),
        ("x in R^n; n > 1", lambda n: n >= 2),
        ("x in R^n; 2*n - 3 > n", lambda n: n >= 4),
        ("x in R^n; n ≥ 9", lambda n: n >= 9),
        ("x in R^n; n < 4", lambda n: n <= 3),
        ("n in integers(2, inf); x in R^n", lambda n: n >= 2),
        ("x in R^n; n in integers(2, 4)", lambda n: 2 <= n <= 4),
        ("x in R^(n + 1); n >= 3", lambda n: n >= 3),
        ("c in onehot(n); x in R^n; n >= 3", lambda n: n >= 3),
    ],
)
def test_a_condition_is_kept(declared: str, allowed: object) -> None:
    report = check(f"{declared}; f = sum(x); df/dx = ones(n)".replace(
        "ones(n)", "ones(n + 1)" if "n + 1" in declared else "ones(n)"
    ))  # fmt: skip
    assert not [*report.files[0].errors]
    assert sizes(report)
    assert all(map(allowed, sizes(report)))  # type: ignore[arg-type]


def test_a_condition_between_letters() -> None:
    report = check("A in R^(m, n); m > n; trace(A.T @ A) = sum(A .^ 2)")
    (found,) = report.findings
    assert all(s["m"] > s["n"] for s in found.evidence.sizes)
    assert len(found.evidence.sizes) > 1


def test_what_is_shared_is_kept() -> None:
    text = 'n >= 3\nx in R^n\nderivation "a"\nf = sum(x)/(n - 2)\ndf/dx = ones(n)/(n - 2)\n'
    assert min(sizes(check(text))) == 3


def test_a_letter_of_its_own() -> None:
    """A size that no array declares: by its set, or by a condition."""
    for said in ("n in integers(1, inf)", "n >= 1"):
        assert check(f"x in R; {said}; f = trace(x*eye(n)); df/dx = n").count("refuted") == 0
        text = f"x in R; {said}; f = sum(i in 1..n, x^i); df/dx = sum(i in 1..n, i*x^(i - 1))"
        assert verdicts(text) in (["proved"], ["holds"])
        assert verdicts(text.replace("i*x", "x")) == ["refuted"]


def test_an_input_of_whole_numbers_stays_one() -> None:
    assert verdicts("k in integers(0, inf); x in R; f = k*x; df/dk = x") == ["proved"]


# -- what is wrong


@pytest.mark.parametrize(
    ("text", "code", "words"),
    [
        ("x in [0, 9]; x > 3", "G001", "an inequality about an input alone is no claim"),
        ("x in [0, 9]; x > 3", "G001", "x in (3, inf)"),
        ("x in R^n; x[0] > 3", "G001", "an inequality about an input"),
        ("x in R^n; n > 2.5", "G014", "2.5 is no size"),
        ("x in R^n; n/2 > 1", "G014", "n/2 is no size"),
        ("x in R^n; n > 4; n < 5", "G014", "no size meets"),
        ("x in R^n; n < 1", "G014", "no size meets"),
        ("x in R^n; n > n", "G014", "no size meets"),
        ("A in R^(m, n); m > n; n >= m", "G014", "no size meets"),
        ("n in integers(5, 4); x in R^n", "G014", "no size meets"),
        ("n in integers(0, 4); x in R^n", "G014", "a size is 1 or more"),
        (f"x in R^n; {' + '.join(['n'] * 9999)} > 1", "G001", "an inequality"),
    ],
)
def test_refusals(text: str, code: str, words: str) -> None:
    found = only(check(text))
    assert found[0] == code
    assert words in found[1]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("n >= 6\nu in R^n\nat u = [1, 2]\nsum(u) = 3", "this point has n = 2, and n - 6 must"),
        ("u in R^(n - 5)\nv in R^n\nat v = [1, 2]\nsum(u) = 0", "this point has n = 2, and n - 5"),
        ("q in R^(3*m)\nat q = [1, 2, 3, 4]\nsum(q) = 10", "q is a vector of 3*m, this value"),
        ("q in R^(n*m)\nv in R^n\nat q = [3, 1], v = [1, 2, 3]\nsum(q) = 4", "no sizes of the"),
        ("u in R^(-n)\nsum(u) = 0", "no size meets this"),
        ("u in R^(n - 5)\nv in R^(3 - n)\nsum(u) = sum(v)", "no size meets this"),
    ],
)
def test_a_size_is_never_negative(text: str, said: str) -> None:
    report = gradcli.check(text)
    assert any(said in error.message for file in report.files for _, error in file.errors)


@pytest.mark.parametrize(
    "text",
    [
        "u in R^(n - 5)\nv in R^n\nf = sum(u^2)\ndf/du = 2*u",
        "A in symmetric(n)\nq in R^(3*m)\nat A = [[0, 0], [0, 0]], q = [1, 2, -1]\nsum(q) = 2*m",
        "q in R^(n + 1)\nat q = [1, 2, 3]\nsum(q) = 3*n",
    ],
)
def test_sizes_that_a_shape_tells_are_those_that_are_tried(text: str) -> None:
    assert [finding.verdict for finding in gradcli.check(text).findings] == ["proved"]


@pytest.mark.parametrize(
    ("program", "said"),
    [
        (
            "q in R^(n + 1)\ng = sum(zeros(n)) + sum(q)\nat q = [3]",
            "q is declared as a vector of n",
        ),
        ("q in R^(2*k)\ng = sum(q)\nat q = [3, 4, 5]", "q is declared as a vector of 2*k"),
        ("q in R^(n*m)\ng = sum(ones(n)) + sum(q)\nat q = [3, 4]", "the size n is not known"),
    ],
)
def test_values_tell_sizes(program: str, said: str) -> None:
    with pytest.raises(gradcli.GradcliError, match=re.escape(said)):
        gradcli.diff(program)
    told = "q in R^(n + 1)\ng = sum(ones(n)) + sum(q)\nat q = [3, 4]"
    assert float(gradcli.diff(told).value) == 8
