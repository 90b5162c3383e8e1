"""Functions of PyTorch and JAX with rules of their own: right ones pass, and every slip is refuted.

Must not import either where it is not installed.
"""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gradcli.testing import CodeReport, WrongGradient, check_custom_vjp, check_function
from tests.framework_cases import JAX, TORCH, Case, torch_case

CHECKS = {"torch": check_function, "jax": check_custom_vjp}
ALL = [pytest.param("torch", case, id=f"torch {case.name}") for case in TORCH] + [
    pytest.param("jax", case, id=f"jax {case.name}") for case in JAX
]


def check(library: str, case: Case, text: str, folder: Path) -> CodeReport:
    pytest.importorskip(library)
    path = folder / "rule.py"
    path.write_text(text, encoding="utf-8")
    names: dict[str, Any] = {"__name__": "rule"}
    exec(compile(text, str(path), "exec"), names)
    inputs = {k: np.array(v) if isinstance(v, list) else v for k, v in case.sets.items()}
    check: Any = CHECKS[library]
    try:
        found: CodeReport = check(names["F"], **inputs)
    except WrongGradient as wrong:
        return wrong.report
    return found


@pytest.mark.oracle
@pytest.mark.parametrize(("library", "case"), ALL)
def test_right_rules_pass_and_slips_do_not(library: str, case: Case, tmp_path: Path) -> None:
    report = check(library, case, case.text, tmp_path)
    assert report.verdict in ("proved", "holds"), str(report)
    old, new = case.slip
    assert case.text.count(old) >= 1
    text = new.join(case.text.rsplit(old, 1)) if old else case.text
    assert check(library, case, text, tmp_path).verdict == "refuted"


@pytest.mark.oracle
def test_the_value_of_a_rule_is_held_to_the_function(tmp_path: Path) -> None:
    case = next(case for case in JAX if case.name == "value of another function")
    report = check("jax", case, case.text.replace(*case.slip), tmp_path)
    assert {g.name: g.verdict for g in report.gradients}["value"] == "refuted"


@pytest.mark.oracle
@pytest.mark.parametrize(
    ("library", "name"),
    [("torch", "rms norm"), ("torch", "layer norm"), ("jax", "linear"), ("jax", "norm of rows")],
)
def test_the_wrong_line_of_a_trace_is_named(library: str, name: str, tmp_path: Path) -> None:
    case = next(c for c in (TORCH if library == "torch" else JAX) if c.name == name)
    old, new = case.slip
    text = new.join(case.text.rsplit(old, 1))
    planted = case.text[: case.text.rindex(old)].count("\n") + 1
    assert check(library, case, text, tmp_path).line == planted


@pytest.mark.oracle
def test_a_trace_that_rests_on_a_value_is_refused(tmp_path: Path) -> None:
    pytest.importorskip("torch")
    case = torch_case("through NumPy", {"x": "R^(N, D)"},
                      "ctx.y = torch.from_numpy(2 * x.numpy())\nreturn x * x", "return ctx.y * g",
                      "", "")  # fmt: skip
    report = check("torch", case, case.text, tmp_path)
    assert report.verdict == "refused"
    assert "depends on a value" in report.gradients[0].evidence


def test_neither_is_imported_unasked() -> None:
    program = (
        "import sys, gradcli.testing, gradcli.api, gradcli.code.check\n"
        "assert not {'torch', 'jax'} & {*sys.modules}"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
    assert importlib.util.find_spec("gradcli.code.jax_rules")
