"""Bounded work: what a line of text can ask for is counted before it is done, and refused in words.

Must not know how much a claim takes; only that small texts end soon, and that a limit can be set.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tracemalloc
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction
from math import prod
from pathlib import Path

import flint
import numpy as np
import pytest

import gradcli
from gradcli import work
from gradcli.api import parse
from gradcli.arithmetic.ball import BALL, rational
from gradcli.arithmetic.evaluate import evaluate
from gradcli.arithmetic.float64 import FLOAT64
from gradcli.calculus.core import symbol
from gradcli.calculus.derivative import derivative
from gradcli.cli import group
from gradcli.cli.run import run
from gradcli.errors import TOO_MUCH
from gradcli.trial.crosscheck import _turns

HOSTILE = [
    "x in R^1000000\nsum(exp(x)) = 0",
    "x in R^5000\np = softmax(x)\ndp/dx = diag(p) - outer(p, p)",
    "x in R\nx*trace(eye(20000)) = 20000*x",
    "A in R^(3000, 3000)\nsum(A) = 0",
    "x in simplex(10000000)\nsum(x) = 1",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_what_is_too_large_is_an_error_of_its_line(text: str) -> None:
    report = gradcli.check(f'derivation "a"\n{text}\nderivation "b"\n1 + 1 = 2')
    [(_, error)] = report.files[0].errors
    assert error.code == TOO_MUCH and "--limit" in error.help
    assert error.span is not None
    assert [f.verdict for f in report.findings] == ["proved"]
    assert report.exit_code() == 2


@pytest.mark.slow
def test_sums_over_a_million_entries_are_cheap() -> None:
    report = gradcli.check("x in R^1000000\nf = sum(x)\ndf/dx = ones(1000000)\nsum(x) = 0")
    assert [finding.verdict for finding in report.findings] == ["proved", "refuted"]
    assert report.exit_code() == 1


def test_points_are_work(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(group, ["check", "-e", "x in R; x + x = 2*x", "--points", "1000000"]) == 2
    out, err = capsys.readouterr()
    assert "G310" in out + err and " points" in out + err


def test_a_limit_is_set_by_an_option(capsys: pytest.CaptureFixture[str]) -> None:
    question = ["diff", "x^2 + 1", "--at", "x=3"]
    assert run(group, [*question, "--limit", "20"]) == 2
    assert "the limit is 20" in capsys.readouterr().err
    assert run(group, question) == 0
    assert run(group, ["check", "-e", "x in R; x + x = 2*x", "--limit", "20"]) == 2


def test_a_limit_is_set_by_a_project(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "pyproject.toml").write_text("[tool.gradcli]\nlimit = 20\n")
    monkeypatch.chdir(tmp_path)
    assert run(group, ["diff", "x^2 + 1", "--at", "x=3"]) == 2
    assert run(group, ["check", "-e", "x in R; x + x = 2*x"]) == 2
    assert run(group, ["diff", "x^2 + 1", "--at", "x=3", "--limit", "4000000"]) == 0


def test_a_part_has_one_account_however_often_it_is_asked() -> None:
    with work.limited(10), work.question():
        with pytest.raises(work.TooMuchError), work.part(1):
            work.current.spend(11, "eggs")
        with pytest.raises(work.TooMuchError), work.part(1):
            work.current.spend(1, "eggs")
        with work.part(2), work.part(1):
            work.current.spend(10, "eggs")
    assert not work.asked()


def test_what_may_be_left_out_ends_early_and_leaves_the_rest() -> None:
    with work.limited(100), work.question():
        with work.at_most(1 / 4):
            work.current.spend(20, "eggs")
            work.current.spend(6, "eggs")
            pytest.fail("more than a quarter")
        with work.at_most(1 / 4):
            work.current.spend(1, "eggs")
            pytest.fail("a quarter once more")
        with work.at_most(1 / 2):
            work.current.spend(1000, "eggs")
            pytest.fail("more than all")
        work.current.spend(50, "eggs")
        with pytest.raises(work.TooMuchError), work.at_most(1):
            work.current.spend(1, "eggs")


def test_a_closer_look_is_what_is_left_out() -> None:
    text = "x in R; y in R; max(x, y) ≈ (x + y + abs(x - y))/2 ± 1e-9"
    points = []
    for limit in (10_000, 400_000):
        with work.limited(limit):
            [finding] = gradcli.check(text).findings
        assert finding.verdict == "holds"
        points.append(finding.evidence.points)
    assert points[0] < points[1]


def test_a_step_from_what_does_not_exist_at_a_point_is_none() -> None:
    text = "B in R^(m, n)\nat B = [[1, 2]]\n1 = 1 + 0*sum(i in 0..1, B[i, i])\n = 1"
    report = gradcli.check(text)
    assert [error.code for _, error in report.files[0].errors] == ["G012"]
    assert [finding.verdict for finding in report.findings] == ["proved"]


def test_what_is_held_is_bounded() -> None:
    with work.limited(10), work.question(), pytest.raises(work.TooMuchError, match="MiB"):
        work.current.hold(10 * work.BYTES + 1, "eggs")


def _peak(text: str) -> float:
    """How many arrays of 50,000 doubles are held at a time."""
    model = parse(text, {"x": (50_000,)})
    values = {node: np.full((1, 50_000), 1.1) for node in model.inputs.values()}
    tracemalloc.start()
    try:
        evaluate([model.output], FLOAT64, values)
        return tracemalloc.get_traced_memory()[1] / 400_000
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("term", ["x[i:49000+i]", "sin(i*x)", "sin(x[i:50000])", "x*softmax(x/i)"])
def test_what_is_free_is_not_held(term: str) -> None:
    assert _peak(f"sum(i in 1..50, sum({term}))") < 15


def test_arrays_that_are_held_at_a_time_are_bounded() -> None:
    model = parse("sum(prod(i in 1..50, sin(i*x)))", {"x": (50_000,)})
    (x,) = model.inputs.values()
    gradient = derivative(model.output, x, [])
    with work.limited(100_000), work.question():
        evaluate([model.output], FLOAT64, {x: np.ones((1, 50_000))})
        with pytest.raises(work.TooMuchError, match="held at a time"):
            evaluate([gradient], FLOAT64, {x: np.ones((1, 50_000))})


@pytest.mark.slow
@pytest.mark.parametrize(("opening", "closing"), [("sin(", ")"), ("1/(1+", ")")])
def test_a_deep_nest_is_linear(opening: str, closing: str) -> None:
    report = gradcli.check(f"x in R\nf = {opening * 200}x{closing * 200}\ndf/dx = 0")
    assert [f.verdict for f in report.findings] == ["refuted"]


@pytest.mark.parametrize("order", [0, 2, 3])
def test_products_without_some_factors(order: int) -> None:
    rows = [[rational(Fraction(k + start)) for k in range(5)] for start in (0, 2)]
    x = np.array(rows, dtype=object)
    found = BALL.prod(x, order)
    assert found.shape == (2, *[5] * order)
    for key in np.ndindex(*[5] * order):
        for row in range(2):
            kept = [x[row, k] for k in range(5) if k not in key]
            assert found[(row, *key)] == (prod(kept) if len({*key}) == order else 0)


def test_an_order_of_directions_is_tried_for_each_pair_that_follow_one_another() -> None:
    x, y = symbol("x", ()), symbol("y", ())
    assert _turns([x, y]) == [[0, 1]]
    assert _turns([x, y, x, x]) == [[0, 1, 2, 3], [2, 1, 0, 3], [0, 1, 3, 2]]


@pytest.mark.slow
def test_questions_from_eight_threads() -> None:
    asked = ["x in R; f = x^2*exp(x); df/dx = 2*x*exp(x) + f", "x in R; sin(x)^2 = 1 - cos(x)^2"]
    before = flint.ctx.prec, flint.ctx.cap

    def ask(k: int) -> tuple[str, object]:
        [finding] = gradcli.check(asked[k % 2]).findings
        value = gradcli.diff("exp(x)", ["x=1"]).value.item()
        # As text it has as many digits as the thread at work computes with.
        return finding.verdict, (value.mid().man_exp(), value.rad().man_exp())

    with ThreadPoolExecutor(8) as pool:
        found = [*pool.map(ask, range(64))]
    assert {verdict for verdict, _ in found} == {"proved"}
    assert len({value for _, value in found}) == 1
    assert (flint.ctx.prec, flint.ctx.cap) == before


def test_long_series_are_work() -> None:
    """Ties beside a root: told apart by series of hundreds of terms, entry by entry."""
    with work.limited(40_000), pytest.raises(work.TooMuchError, match="exact numbers"):
        gradcli.hessian("min(log1p(sqrt(T)))", ["T = [[1, 2], [0, 0]]"])


@pytest.mark.slow
def test_long_formulas_and_long_numbers_are_work(capsys: pytest.CaptureFixture[str]) -> None:
    nested = "tanh(" * 500 + "x" + ")" * 500
    assert run(group, ["derive", nested]) == 2
    assert "G310" in (err := capsys.readouterr().err) and "characters of the formula" in err
    assert run(group, ["derive", nested[:150] + "x" + ")" * 30]) == 0
    long = "prod(x)*prod(y)*prod(z)", "--let", "x in R^60; y in R^60; z in R^60"
    assert run(group, ["derive", *long, "--order", "3"]) == 2
    assert "G310" in (err := capsys.readouterr().err) and "exact numbers" in err


@pytest.mark.parametrize(
    "claim", ["grad(g, z) = sum(silu(ones(3, n) @ zeros(n)))", "dg/dz = z*sum(ones(n))"]
)
def test_at_a_kink_a_letter_without_a_value_has_a_size(claim: str) -> None:
    text = f"z in R\nu in R^3\ng = abs(z*u[2])\nat z = 0, u = [1, 2, 3]\n{claim}"
    [finding] = gradcli.check(text).findings
    assert finding.verdict == "undecided" and any("kink" in note for note in finding.notes)


@pytest.mark.parametrize("size", ["ones(n)[1]", "sum(eye(n))", "x*sum(ones(n, 2))"])
def test_code_of_a_letter_without_a_size_is_no_fault(
    size: str, capsys: pytest.CaptureFixture[str]
) -> None:
    options = ["--target", "numpy", "--at", "x=1", "--check"]
    assert run(group, ["codegen", f"{size} + x", *options]) == 2
    assert "n cannot be read off" in capsys.readouterr().err


@pytest.mark.slow
@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("x in R^20000\nmax(x) + 1 = max(x + 1)", "holds"),
        ("x in R^20000\nf = sum(relu(x))\ndf/dx = step(x)", "proved"),
        ("x in R^30000\nsort(x) = x", "undecided"),
        ("x in simplex(20000)\nsum(x) = 1", "proved"),
        ("S in spd(400)\ntr(S) > 0", "holds"),
        ("x in R^100000\nsum(2*x) = 2*sum(x)", "proved"),
        ("x in R^50000\nsum(exp(x)) = 7", "refuted"),
        ("x in R^5000\nsum(x) = 7", "refuted"),
    ],
)
def test_large_arrays_take_seconds_and_little_memory(text: str, verdict: str) -> None:
    """Lines through a point, numbers that are drawn, residues and rounder numbers are all work."""
    process = "import resource, sys, gradcli; resource.setrlimit(resource.RLIMIT_AS, (2**30,) * 2);"
    process += " resource.setrlimit(resource.RLIMIT_CPU, (10, 10));"
    process += f" print(*(f.verdict for f in gradcli.check({text!r}).findings))"
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1"}
    done = subprocess.run(
        [sys.executable, "-c", process],
        check=False,
        capture_output=True,
        text=True,
        env=environment,
    )
    assert done.stdout.strip() == verdict, done.stderr


def test_a_tower_of_powers_is_walked_once() -> None:
    with work.limited(60_000):
        report = gradcli.check("f = " + "^".join(["x"] * 1000))
    assert [error.code for file in report.files for _, error in file.errors] in ([], ["G011"])


@pytest.mark.slow
@pytest.mark.parametrize("nest", ["sin(#)", "-#", "(#)", "1/(1 + #)", "#.T", "where(x > 0, #, x)"])
def test_nothing_recurses_over_what_is_written(nest: str) -> None:
    opening, closing = nest.split("#")
    text = opening * 2000 + "x" + closing * 2000
    for arguments in (
        ["diff", text, "--at", "x=1"],
        ["graph", text],
        ["check", "-e", f"f = {text}\nf = 1"],
    ):
        assert run(group, arguments) in (0, 1, 2)


def test_complaints_are_work() -> None:
    with work.limited(100_000):
        report = gradcli.check("".join(f"x{k} in R; x{k} in R; " for k in range(1000)))
    assert [error.code for file in report.files for _, error in file.errors] == ["G310"]
