"""How files of layers are laid out: packages, variants, defaults, and what is said where it fails.

Must not know how code is judged. The layouts are those that public code has.
"""

from __future__ import annotations

import textwrap
from pathlib import Path
from typing import Any

import pytest

from gradcli.api.code_request import CodeRequest
from gradcli.api.code_sets import let
from gradcli.api.handwritten import check_code
from gradcli.code.check import CodeOptions, check
from gradcli.code.report import CodeReport
from gradcli.code.survey import Survey
from gradcli.errors import GradcliError, Source
from gradcli.testing import code_inputs

HELPER = """
import numpy as np
HALF = 0.1 * 5

def doubled(x):
    return np.exp(x) / HALF
"""
LAYER = """
from nets.helper import *

def f_forward(x):
    out = doubled(x)
    return out, out

def f_backward(dout, cache):
    scaled = dout * cache
    dx = scaled * 1
    return dx
"""
LOSS = """
import numpy as np

class Loss:
    def __init__(self, w, scale=2):
        self.w, self.scale = w, scale

    def forward(self, x):
        self.x = x
        return np.sum(self.w * x ** 2) / self.scale

    def backward(self, dout=1):
        self.dw = self.x ** 2 / self.scale
        return self.w * self.x
"""


def checked(path: Path, name: str, inputs: dict[str, Any]) -> CodeReport:
    """The report on a target as the command line makes it, in this process."""
    source = Source(str(path), path.read_text(encoding="utf-8"))
    return check(Survey(source).pair(name).target, code_inputs(inputs), CodeOptions())


def written(path: Path, text: str) -> Path:
    path.parent.mkdir(exist_ok=True)
    path.write_text(textwrap.dedent(text), encoding="utf-8")
    return path


def test_a_package_imports_its_own_modules(tmp_path: Path) -> None:
    written(tmp_path / "nets" / "helper.py", HELPER)
    path = written(tmp_path / "nets" / "layers.py", LAYER)
    report = checked(path, "f_backward", {"x": "R^n"})
    assert report.verdict == "proved"
    assert not report.notes
    assert "float64" in report.floats


def test_a_star_import_leaves_lines_where_they_are(tmp_path: Path) -> None:
    written(tmp_path / "nets" / "helper.py", HELPER)
    path = written(tmp_path / "nets" / "layers.py", LAYER.replace("scaled * 1", "scaled * 3"))
    report = checked(path, "f_backward", {"x": "R^n"})
    assert (report.verdict, report.line) == ("refuted", 10)


def test_what_is_imported_from_within_a_package(tmp_path: Path) -> None:
    written(tmp_path / "nets" / "helper.py", HELPER)
    path = written(tmp_path / "nets" / "layers.py", LAYER.replace("nets.helper", ".helper"))
    report = checked(path, "f_backward", {"x": "R^n"})
    assert (report.verdict, report.notes) == ("proved", [])


def test_a_default_of_a_constructor_need_not_be_said(tmp_path: Path) -> None:
    path = written(tmp_path / "loss.py", LOSS)
    assert checked(path, "Loss", {"w": "R^n", "x": "R^n"}).verdict == "proved"
    assert checked(path, "Loss", {"w": "R^n", "x": "R^n", "scale": 4}).verdict == "refuted"


def test_a_counterexample_calls_the_layer_as_it_was_called(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = written(
        tmp_path / "own_loss.py", LOSS.replace("return self.w * self.x", "return self.x")
    )
    report = checked(path, "Loss", {"w": "R^n", "x": "R^n"})
    wrong = next(g for g in report.gradients if g.name == "x")
    monkeypatch.syspath_prepend(str(tmp_path))
    exec(wrong.counterexample, {})
    printed = capsys.readouterr().out
    assert f"{float(wrong.returned):.6g}"[:6] in printed


def test_what_is_data_may_be_left_out(tmp_path: Path) -> None:
    text = """
        def loss(w, X):
            loss = ((X @ w) ** 2).sum()
            return loss, 2 * X.T @ (X @ w)
    """
    path = written(tmp_path / "fit.py", text)
    report = checked(path, "loss", {"w": "R^D", "X": "R^(N, D)"})
    assert report.verdict == "refuted"
    assert "where X is data, wrt" in next(g.evidence for g in report.gradients if g.name == "X")
    assert report.denial == "loss does not return its gradient"


def test_a_derivative_entry_by_entry_is_checked_at_a_number(tmp_path: Path) -> None:
    text = """
        import numpy as np
        def bend(x):
            return np.tanh(x)
        def bend_grad(x):
            return 1 - np.tanh(x) ** 2
    """
    path = written(tmp_path / "bends.py", text)
    report = checked(path, "bend_grad", {"x": "R^n"})
    assert report.verdict == "refused"
    assert "an input in R" in report.gradients[0].evidence
    assert checked(path, "bend_grad", {"x": "R"}).verdict == "proved"


CELL = """
import numpy as np

class Cell:
    def __init__(self, w):
        self.params, self.grads = [], []
        self.params = [w]
        self.grads = [np.zeros_like(w)]

    def forward(self, x, c):
        w, = self.params
        self.c = c
        self.cache = x, np.tanh(c * w)
        return x * self.cache[1], self.cache[1]

    def backward(self, dh, dc):
        w, = self.params
        x, t = self.cache
        inner = (dc + dh * x) * (1 - t ** 2)
        dx, dc_before = dh * t, inner * w
        self.grads[0][...] = inner * self.c
        return dx, dc_before
"""


def test_a_layer_of_two_outputs_has_two_adjoints(tmp_path: Path) -> None:
    sets = {"w": "R^n", "x": "R^n", "c": "R^n"}
    report = checked(written(tmp_path / "cell.py", CELL), "Cell", sets)
    assert [(g.name, g.verdict) for g in report.gradients] == [
        ("w", "proved"), ("x", "proved"), ("c", "proved"),
    ]  # fmt: skip
    slip = CELL.replace("(dc + dh * x)", "(dc - dh * x)")
    report = checked(written(tmp_path / "cell.py", slip), "Cell", sets)
    assert report.verdict == "refuted"
    assert "outs = layer.forward(x, c)" in report.gradients[0].counterexample
    assert "layer.backward(*dout)" in report.gradients[0].counterexample


def test_a_layer_may_return_its_cache(tmp_path: Path) -> None:
    text = """
        class Square:
            def forward(self, x):
                return x ** 2, x
            def backward(self, dout, data):
                return 3 * dout * data
    """
    report = checked(written(tmp_path / "square.py", text), "Square", {"x": "R^n"})
    assert report.verdict == "refuted"
    assert "out, cache = layer.forward(x)" in report.gradients[0].counterexample
    right = written(tmp_path / "square.py", text.replace("3 *", "2 *"))
    assert checked(right, "Square", {"x": "R^n"}).verdict == "proved"


def test_where_a_gradient_is_kept_must_be_known(tmp_path: Path) -> None:
    text = LOSS.replace("self.dw", "self.kept")
    path = written(tmp_path / "loss.py", text)
    source = Source(str(path), path.read_text(encoding="utf-8"))
    request = CodeRequest(str(path), "Loss", let=tuple(let("w in R^n; x in R^n").items()))
    with pytest.raises(GradcliError) as error:
        check_code(source, request)
    assert error.value.diagnostics[0].code == "G504"
    assert "its gradient by w" in error.value.diagnostics[0].message


@pytest.mark.parametrize("slip", ["", " * 2"])
def test_columns_and_rows(slip: str, tmp_path: Path) -> None:
    text = f"""
        import numpy as np
        def f_forward(x, y):
            both = np.c_[1 - x, y, x]
            return np.r_[both.sum(axis=1) ** 2, x, 1.0], both
        def f_backward(dout, both):
            n = len(both)
            inner = 2 * dout[:n] * both.sum(axis=1)
            return dout[n:-1]{slip}, inner
    """
    report = checked(written(tmp_path / "f.py", text), "f_backward", {"x": "R^n", "y": "R^n"})
    assert report.verdict == ("refuted" if slip else "proved")
