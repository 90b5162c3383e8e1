"""`check --taylor`: what a claim leaves of a change falls as h^2, what a slip leaves as h.

Must not know how points or directions are chosen.
"""

from __future__ import annotations

import json
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import pytest
from test_show import complaints

import gradcli
from gradcli.api.derivations import check_text
from gradcli.errors import Source
from gradcli.judge.finding import CheckOptions
from gradcli.trial.remainders import HALVINGS, Remainders
from tests.running import here

SCHEMA = json.loads(
    (Path(gradcli.__file__).parent / "schema" / "check.schema.json").read_text(encoding="utf-8")
)
NEURON = "w, x, b, y in R; p = sigmoid(w*x + b); L = (p - y)^2/2; "
SOFTMAX = "z in R^n; y in onehot(n); L = -sum(y*log(softmax(z))); "


def remains(program: str) -> list[Remainders | None]:
    report = check_text(Source("<program>", program), CheckOptions(taylor=True))
    assert not [*report.errors]
    return [found.remainders for found in report.findings]


@pytest.mark.parametrize(
    ("claim", "order"),
    [
        (NEURON + "dL/dw = (p - y)*p*(1 - p)*x", 2),
        (NEURON + "dL/dw = (p - y)*p*x", 1),
        (NEURON + "dL/dp = p - y", 2),  # a vertex between moves by itself
        (NEURON + "dL/dp = y - p", 1),
        (NEURON + "d2L/dw2 = p*(1 - p)*x^2*(p*(1 - p) + (p - y)*(1 - 2*p))", 2),
        (NEURON + "d2L/dw2 = (p*(1 - p)*x)^2", 1),
        (SOFTMAX + "dL/dz = softmax(z) - y", 2),
        (SOFTMAX + "dL/dz = y - softmax(z)", 1),
        ("x in R^3; f = sum(exp(x)); d2f/dx2 = diag(exp(x))", 2),
        ("x in R^3; f = sum(exp(x)); d2f/dx2 = 2*diag(exp(x))", 1),
        ("x in R; f = sin(10^5*x); df/dx = 10^5*cos(10^5*x)", 2),  # bends within 2^-10
        ("x in R; f = sin(10^5*x); df/dx = 10^5*sin(10^5*x)", 1),
        ("x in (0, inf); f = log(x); df/dx = 1/x", 2),
        ("x in R; f = cos(x) - 1 + x^2/2; df/dx = x - sin(x)", 2),
    ],
)
def test_the_order_tells_a_derivative_from_a_slip(claim: str, order: int) -> None:
    (found,) = remains(claim)
    assert found is not None
    assert found.settled
    assert found.orders[-1] == pytest.approx(order, abs=0.01)
    assert len(found.orders) == HALVINGS
    for (a, b), told in zip(pairwise(found.left), found.orders, strict=True):
        assert told is not None
        assert float(a) / float(b) == pytest.approx(2**told)


def test_remainders_are_exact_where_numbers_are() -> None:
    right, wrong = remains("x in R; f = x^2; df/dx = 2*x; df/dx = 2*x + 1")
    assert right is not None
    assert wrong is not None
    steps = [Fraction(1, 2 ** (right.first + k)) for k in range(HALVINGS + 1)]
    # (h v)^2 is left, an exact square.
    roots = {float(left) ** 0.5 / float(h) for h, left in zip(steps, right.left, strict=True)}
    v = max(roots)
    assert 0 < v <= 1
    assert [float(x) for x in right.left] == pytest.approx([float(h) ** 2 * v**2 for h in steps])
    assert right.orders == [2.0] * HALVINGS
    assert wrong.orders[-1] == pytest.approx(1, abs=0.001)


def test_nothing_is_left_of_what_is_linear() -> None:
    (found,) = remains("A in R^(m, n); x in R^n; y = A @ x; dy/dx = A")
    assert found is not None
    assert found.left == [0] * (HALVINGS + 1)
    assert found.orders == [None] * HALVINGS
    assert found.orders_without == [1.0] * HALVINGS


def test_only_derivatives_are_tested() -> None:
    program = "x in R; f = x^2; x*x = f; df/dx = 2*x; df/dx + 1 = 2*x + 1"
    assert [found is not None for found in remains("x in R; x*x = x^2")] == [False]
    assert [found is not None for found in remains(program)] == [False, True, False]
    assert remains("x in R^2; f = sum(x); df/dx = 1") == [None]


def test_the_other_layout_is_tested_as_it_is_meant() -> None:
    program = "A in R^(m, n); x in R^n; y = A @ tanh(x); dy/dx = diag(1 - tanh(x)^2) @ A.T"
    options = CheckOptions(taylor=True, layout="denominator")
    (found,) = check_text(Source("<program>", program), options).findings
    assert found.passed
    assert found.remainders is not None
    assert found.remainders.orders[-1] == pytest.approx(2, abs=0.01)


def test_the_command_shows_orders_and_judges_as_ever() -> None:
    program = NEURON + "dL/dw = (p - y)*p*(1 - p)*x; dL/db = (y - p)*p*(1 - p)"
    asked = ("check", "--taylor", "-e", program)
    code, out, _ = here(*asked)
    assert code == 1
    rows = [line.split() for line in out.splitlines() if line.startswith("<program>")]
    assert ["2.00", "2.00", "2.00", "2.00", "proved"] in [row[-5:] for row in rows]
    assert ["1.00", "1.00", "1.00", "1.00", "refuted"] in [row[-5:] for row in rows]
    code, out, _ = here(*asked, "--format", "json")
    claims = json.loads(out)["claims"]
    assert not complaints(json.loads(out), SCHEMA, SCHEMA)
    assert [round(c["taylor"]["orders"][-1], 2) for c in claims] == [2.0, 1.0]
    assert (
        "taylor" not in json.loads(here("check", "-e", program, "--format", "json")[1])["claims"][0]
    )
    assert "Taylor test: 1.00 1.00 1.00 1.00" in here(*asked, "--format", "html")[1]
