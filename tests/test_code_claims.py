"""Claims about code in a derivation: `dL/dW = @layers.py:affine_backward[1](dout, cache)`.

Must not know how code is judged. A run of code costs a process, so that one sheet holds all claims.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.running import here

CODE = """\
import numpy as np


def affine_forward(x, w, b):
    return x @ w + b, (x, w)


def affine_backward(dout, cache):
    x, w = cache
    dw = x.T @ dout
    db = dout.mean(axis=0)
    return dout @ w.T, dw, db


def cost(x):
    return {"value": np.sum(np.maximum(x, 0)), "grad": 1.0 * (x > 0)}


def one(x):
    return 2 * x, x


print("hello")
"""
AFFINE = """\
x in R^(N, D)
W in R^(D, M)
b in R^M
dout in R^(N, M)
N >= 3
out = x @ W + b
  = @code.py:affine_forward[0](x, W, b)
L = sum(dout .* out)
dL/dW = x.T @ dout
  = @code.py:affine_backward[1](dout, cache)
dL/dx = @code.py:affine_backward[0](dout, affine_forward[1](x, w=W, b=b))
  = dout @ W.T
dL/db = @code.py:affine_backward[2](dout, cache)
K = sum(relu(x))
dK/dx = @code.py:cost["grad"](x)
dK/dx = @code.py:cost(x)
dK/dx = 3*x = @code.py:one[5](x)
"""


@pytest.fixture(scope="module")
def sheet(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("claims")
    (folder / "code.py").write_text(CODE, encoding="utf-8")
    (folder / "sheet.grad").write_text(AFFINE, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def claims(sheet: Path) -> dict[str, Any]:
    done = here("check", "sheet.grad", "--run-code", "--format", "json", cwd=sheet)
    found = json.loads(done.out)
    assert done.code == 1
    assert not found["errors"]
    return {claim["text"]: claim for claim in found["claims"]}


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("= @code.py:affine_forward[0](x, W, b)", "proved"),
        ("dL/dW = x.T @ dout", "proved"),
        ("= @code.py:affine_backward[1](dout, cache)", "proved"),
        ("dL/dx = @code.py:affine_backward[0](dout, affine_forward[1](x, w=W, b=b))", "proved"),
        ("= dout @ W.T", "proved"),
        ("dL/db = @code.py:affine_backward[2](dout, cache)", "refuted"),
        ('dK/dx = @code.py:cost["grad"](x)', "proved"),
        ("dK/dx = @code.py:cost(x)", "undecided"),
        ("dK/dx = 3*x = @code.py:one[5](x)", "refuted"),
        ("= @code.py:one[5](x)", "undecided"),
    ],
)
def test_code_is_held_to_the_derivation(claims: dict[str, Any], text: str, verdict: str) -> None:
    assert claims[text]["verdict"] == verdict


def test_a_wrong_line_of_the_code_is_named_with_its_mend(claims: dict[str, Any]) -> None:
    found = claims["dL/db = @code.py:affine_backward[2](dout, cache)"]
    assert found["message"] == "affine_backward[2] does not return dL/db"
    assert found["diagnosis"]["mended"] == "db = dout.sum(axis=0)"
    assert found["notes"][0] == "the first wrong line is code.py:11:  db = dout.mean(axis=0)"
    assert found["evidence"]["sizes"][0]["N"] >= 3


def test_what_a_call_returns_must_be_one_array(claims: dict[str, Any]) -> None:
    message = claims["dK/dx = @code.py:cost(x)"]["message"]
    assert message == "cost returns 2 values: say which, as in cost['value'](…)"
    assert claims["= @code.py:one[5](x)"]["message"] == "one returns nothing at [5]"


def test_nothing_runs_without_leave(sheet: Path) -> None:
    (sheet / "no.py").write_text("raise SystemExit(open('ran', 'w').close())\ndef f(x): 0\n")
    page = "# Notes\n\n```grad\ny = x^2\ndy/dx = @no.py:f(x)\n```\n"
    (sheet / "page.md").write_text(page)
    for path in ("page.md", "-"):
        done = here("check", path, cwd=sheet, stdin="y = x^2\ndy/dx = @no.py:f(x)")
        assert done.code == 1
        assert "error[G505]: this claim needs --run-code: it runs f of no.py" in done.out
        assert "1 undecided" in done.out
    assert here("check", "page.md", "--allow-undecided", cwd=sheet).code == 0
    assert not (sheet / "ran").exists()


@pytest.mark.parametrize(
    ("text", "code", "said"),
    [
        ("dy/dx = @not.py:f(x)", "G011", "not.py cannot be read"),
        ("dy/dx = @code.py:affine_backwards(x)", "G504", 'did you mean "affine_backward"?'),
        ("dy/dx = @code.py:cost(z)", "G005", "z is neither known above nor returned by a forward"),
        ("dy/dx = @code.py:affine_backward(x, c)", "G005", "its w is not known above"),
        ("dy/dx ≈ @code.py:cost(x)", "G001", "write  = @code.py:cost(x)"),
        ("h = @code.py:cost(x)", "G010", "code is only held to what is defined without it"),
        ("at x = 2\ndy/dx = @code.py:cost(x)", "G010", "put this claim above the  at  line"),
        ("for k in 1..2 { dy/dx = @code.py:cost(x) }", "G010", "outside of loops"),
    ],
)
def test_a_claim_about_code_that_means_nothing(
    sheet: Path, text: str, code: str, said: str
) -> None:
    done = here("check", "-e", f"x in R\ny = x^2\n{text}", "--run-code", cwd=sheet)
    assert done.code == 2, done.out
    assert f"error[{code}]" in done.out
    assert said in done.out
