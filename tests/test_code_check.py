"""Checks of hand-written gradient code: verdicts on layers that are right and on slips."""

from __future__ import annotations

import textwrap
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gradcli.testing import CodeReport, WrongGradient, check_grad, check_layer, check_vjp

AFFINE = """
import numpy as np

def forward(x, w, b):
    return x.dot(w) + b, (x, w, b)

def backward(dout, cache):
    x, w, b = cache
    dx = dout.dot(w.T)
    dw = x.T.dot(dout)
    db = np.sum(dout, axis=0)
    return dx, dw, db
"""
SETS = {"x": "R^(N, D)", "w": "R^(D, M)", "b": "R^M"}


def functions(tmp_path: Path, text: str) -> dict[str, Any]:
    """The names of a module that is written down and run as it stands."""
    path = tmp_path / "layers.py"
    path.write_text(textwrap.dedent(text), encoding="utf-8")
    names: dict[str, Any] = {"__name__": "layers"}
    exec(compile(path.read_text(encoding="utf-8"), str(path), "exec"), names)
    return names


def refuted(check: Any, *args: Any, **more: Any) -> CodeReport:
    with pytest.raises(WrongGradient) as caught:
        check(*args, **more)
    return caught.value.report


def test_a_right_layer_is_proved_at_two_sizes(tmp_path: Path) -> None:
    names = functions(tmp_path, AFFINE)
    report = check_vjp(names["forward"], names["backward"], **SETS)
    assert [g.verdict for g in report.gradients] == ["proved"] * 3
    assert report.sizes == [{"N": 4, "D": 3, "M": 2}, {"N": 3, "D": 2, "M": 4}]


def test_a_slip_is_refuted_where_it_is(tmp_path: Path) -> None:
    names = functions(tmp_path, AFFINE.replace("np.sum(dout", "np.mean(dout"))
    report = refuted(check_vjp, names["forward"], names["backward"], **SETS)
    assert {g.name: g.verdict for g in report.gradients}["b"] == "refuted"
    assert [g.name for g in report.gradients if g.verdict == "refuted"] == ["b"]


def test_a_gradient_too_few_or_too_many_is_refuted(tmp_path: Path) -> None:
    for back in ("return dx, dw", "return dx, dw, db, db"):
        names = functions(tmp_path, AFFINE.replace("return dx, dw, db", back))
        assert refuted(check_vjp, names["forward"], names["backward"], **SETS)


def test_a_value_and_its_gradient(tmp_path: Path) -> None:
    text = """
    import numpy as np
    def loss(x, y):
        p = np.exp(x - np.max(x, axis=1, keepdims=True))
        p /= np.sum(p, axis=1, keepdims=True)
        n = x.shape[0]
        value = -np.sum(np.log(p[np.arange(n), y])) / n
        dx = p.copy()
        dx[np.arange(n), y] -= 1
        return value, dx / n
    """
    names = functions(tmp_path, text)
    report = check_grad(names["loss"], True, x="R^(N, C)", y="integers(0, C-1)^N", wrt=["x"])
    assert report.verdict == "proved"
    y = np.array([2, 0, 1])
    assert check_grad(names["loss"], True, x="R^(3, 4)", y=y).verdict == "proved"


def test_a_class(tmp_path: Path) -> None:
    text = """
    import numpy as np
    class Affine:
        def __init__(self, W, b):
            self.W, self.b, self.grads = W, b, {}
        def forward(self, x):
            self.x = x
            return x @ self.W + self.b
        def backward(self, dout):
            self.grads["W"] = self.x.T @ dout
            self.db = dout.sum(0)
            return dout @ self.W.T
    """
    names = functions(tmp_path, text)
    sets = {"W": "R^(D, M)", "b": "R^M"}
    grads = {"W": "grads['W']", "b": "db"}
    report = check_layer(names["Affine"], init=sets, x="R^(N, D)", grads=grads)
    assert [g.name for g in report.gradients] == ["W", "b", "x"]
    assert report.verdict == "proved"


RIGHT = {
    "a power of an input": (
        """
        import numpy as np
        def f(x, p):
            return np.sum(x**p), (p * x ** (p - 1), np.sum(x**p * np.log(x)))
        """,
        {"x": "(0, inf)^N", "p": "R"},
    ),
    "a maximum of all entries": (
        """
        import numpy as np
        def f(x):
            g = np.zeros_like(x)
            at = np.argmax(np.abs(x))
            g.flat[at] = np.sign(x.flat[at])
            return np.abs(x).max(), g
        """,
        {"x": "R^(N, D)"},
    ),
    "infinities": (
        """
        import numpy as np
        def f(x):
            best, where = np.inf, 0
            for k, v in enumerate(x):
                if v < best:
                    best, where = v, k
            g = np.zeros(len(x))
            g[where] = 1
            return best, g
        """,
        {"x": "R^N"},
    ),
    "a module's own constant": (
        """
        import math
        import numpy as np
        ROOT = math.sqrt(2.0)
        def f(x):
            return np.sum(x**2) / ROOT, x * ROOT
        """,
        {"x": "R^N"},
    ),
    "a logarithm where it has a value": (
        """
        import numpy as np
        def f(x):
            return np.log(x).sum(), 1 / x
        """,
        {"x": "R^N"},
    ),
}


@pytest.mark.parametrize("name", RIGHT)
def test_right_code_is_proved(name: str, tmp_path: Path) -> None:
    text, sets = RIGHT[name]
    report = check_grad(functions(tmp_path, text)["f"], True, **sets)
    assert report.verdict == "proved", str(report)


def test_a_rounded_literal_holds_up_to_its_rounding(tmp_path: Path) -> None:
    text = """
    import numpy as np
    def f(x):
        return 0.3989422804014327 * np.sum(x), np.ones(x.shape) / np.sqrt(2 * np.pi)
    """
    report = check_grad(functions(tmp_path, text)["f"], True, x="R^N")
    assert report.verdict == "holds"
    assert "up to the rounding of 0.3989422804014327 in line 4" in report.gradients[0].evidence
    fewer = text.replace("0.3989422804014327", "0.3989423")
    assert refuted(check_grad, functions(tmp_path, fewer)["f"], True, x="R^N")


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("k = int(x[0])", "a whole number is made of a number that gradients flow through"),
        ("k = np.fft.fft(x).real", "this has no exact numbers"),
        ("k = nothing", "the code raises NameError"),
        ("k = x.round(2)", "is rounded"),
    ],
)
def test_what_is_refused_names_its_line(line: str, said: str, tmp_path: Path) -> None:
    text = f"""
import numpy as np
def f(x):
    {line}
    return np.sum(x * k), x
"""
    report = check_grad(functions(tmp_path, text)["f"], True, x="R^4", wrt=["x"])
    assert report.verdict == "refused"
    assert report.line == 4
    assert said in report.gradients[0].evidence


def test_a_slip_beside_a_boundary_is_found(tmp_path: Path) -> None:
    text = """
    import numpy as np
    def forward(x):
        return np.maximum(x, 0), x
    def backward(dout, x):
        return dout * (x > 1e-3)
    """
    names = functions(tmp_path, text)
    report = refuted(check_vjp, names["forward"], names["backward"], x="R^(N, D)")
    assert report.line == 6
    assert report.diagnosis is not None
    assert "x > 0" in report.diagnosis.mended


def test_a_run_that_ends_within_a_search_of_numpy_is_borne(tmp_path: Path) -> None:
    """NumPy's argmax goes on comparing after an exception, and says so with another."""
    text = (
        "import numpy as np\n\n\ndef f(x):\n    k = x.argmax(axis=1)\n    i = np.arange(len(x))\n"
        "    return x[i, k], (i, k, x.shape)\n\n\ndef f_back(dy, cache):\n    i, k, shape = cache\n"
        "    dx = np.zeros(shape)\n    dx[i, k] = dy\n    return dx\n"
    )
    names = functions(tmp_path, text)
    report = check_vjp(names["f"], names["f_back"], x="R^(N, D)")
    assert report.verdict == "proved"


def test_of_two_wrong_lines_the_first_is_named(tmp_path: Path) -> None:
    text = AFFINE.replace("np.sum(dout", "np.mean(dout").replace(
        "dout.dot(w.T)", "2 * dout.dot(w.T)"
    )
    names = functions(tmp_path, text)
    report = refuted(check_vjp, names["forward"], names["backward"], **SETS)
    assert report.line == 9


def test_a_boundary_that_only_the_second_sizes_have_is_walked(tmp_path: Path) -> None:
    text = """
        import numpy as np

        def f(x):
            return np.where(x > 0, x, 0)

        def f_back(dy, x):
            if len(x) > 3:
                return dy * (x > 0)
            return dy * (x > 1e-3)
    """
    names = functions(tmp_path, text)
    assert refuted(check_vjp, names["f"], names["f_back"], x="R^N").verdict == "refuted"


def test_what_numpy_indexes_is_no_value_to_calculate_with(tmp_path: Path) -> None:
    text = """
        import numpy as np

        def f(w, v):
            return (w ** 2).sum() + (v ** 3).sum()

        def df(w, v):
            dw, dv = 2 * w, v ** 2
            return np.r_[dw, dv], 3 * v ** 2
    """
    names = functions(tmp_path, text.replace("np.r_[dw, dv], 3", "np.r_[dw], 2"))
    assert refuted(check_grad, names["f"], names["df"], w="R^3", v="R^3").line is not None
