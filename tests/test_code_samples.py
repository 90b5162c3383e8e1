"""The samples of code and the page on them: what the program says of them stands there."""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from gradcli.testing import CodeReport, WrongGradient, check_grad, check_vjp

ROOT = Path(__file__).parent.parent
SAMPLES = ROOT / "samples" / "code"
PAGE = ROOT / "docs" / "code.md"
BATCHNORM = {"x": "R^(N, D)", "gamma": "R^D", "beta": "R^D"}


def loaded(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, SAMPLES / f"{name}.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def wrong(check: object, *args: object, **inputs: object) -> CodeReport:
    with pytest.raises(WrongGradient) as caught:
        check(*args, **inputs)  # type: ignore[operator]
    return caught.value.report


def test_the_page_opens_with_a_slip_and_its_message() -> None:
    module = loaded("batchnorm")
    report = wrong(check_vjp, module.batchnorm_forward, module.batchnorm_backward, **BATCHNORM)
    shown = str(report).partition("\n   = the counterexample")[0]
    page = PAGE.read_text(encoding="utf-8")
    assert shown in page
    assert (SAMPLES / "batchnorm.py").read_text(encoding="utf-8").partition("import")[2] in page


def test_the_counterexample_runs_and_shows_it() -> None:
    module = loaded("batchnorm")
    report = wrong(check_vjp, module.batchnorm_forward, module.batchnorm_backward, **BATCHNORM)
    code = next(g.counterexample for g in report.gradients if g.counterexample)
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, cwd=SAMPLES, capture_output=True, text=True, check=True)
    returned = report.gradients[0].returned[:8]
    assert returned in done.stdout


def test_the_mend_of_the_page_is_right(tmp_path: Path) -> None:
    module = loaded("batchnorm")
    report = wrong(check_vjp, module.batchnorm_forward, module.batchnorm_backward, **BATCHNORM)
    assert report.line == 24
    assert report.diagnosis is not None
    path = shutil.copy(SAMPLES / "batchnorm.py", tmp_path)
    text = Path(path).read_text(encoding="utf-8")
    mended = text.replace(report.diagnosis.statement, report.diagnosis.mended)
    assert mended != text
    Path(path).write_text(mended, encoding="utf-8")
    names: dict[str, object] = {"__name__": "batchnorm"}
    exec(compile(mended, path, "exec"), names)
    again = check_vjp(names["batchnorm_forward"], names["batchnorm_backward"], **BATCHNORM)  # type: ignore[arg-type]
    assert again.verdict == "proved"


def test_right_layers_are_proved_on_every_branch() -> None:
    module = loaded("layers")
    report = check_vjp(module.leaky_relu, module.leaky_relu_backward, x="R^(N, D)")
    assert report.verdict == "proved"
    assert report.coverage == "2 of 2 comparisons seen both ways"
    loss = check_grad(module.softmax_loss, True, scores="R^(N, C)", y="integers(0, C-1)^N")
    assert loss.verdict == "proved"


def test_slips_are_found_where_they_stand() -> None:
    module = loaded("slips")
    words = np.array([[0, 3], [3, 1]])
    report = wrong(check_vjp, module.embed, module.embed_backward, table="R^(5, 2)", words=words)
    assert report.line == 13
    assert report.diagnosis is not None
    assert report.diagnosis.mended == "np.add.at(dtable, words, dout)"
    report = wrong(check_vjp, module.relu, module.relu_backward, x="R^(N, D)")
    assert report.line == 22
    report = wrong(check_grad, module.ridge, True, w="R^D", X="R^(N, D)", y="R^N", lam=0.5,
                   wrt=["w"])  # fmt: skip
    assert report.line == 28
    assert "does not return its gradient" in str(report)
