"""Derivations that are right and slips that are not, checked as their authors would check them.

Must not know who judges or words a report; a new one is accepted with GRADCLI_ACCEPT=1, then read.
"""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any

import pytest

from tests.running import Done, here

SAMPLES = Path(__file__).parent.parent / "samples"
ACCEPT = os.environ.get("GRADCLI_ACCEPT") == "1"


def texts(folder: str) -> list[Path]:
    return sorted(p for p in (SAMPLES / folder).iterdir() if p.suffix in (".grad", ".md"))


DERIVATIONS, SLIPS = texts("derivations"), texts("slips")
PLAIN = sorted(SAMPLES.glob("*.grad"))

SLOW = ("batch-with-biases.grad", "recurrent-network.grad")

every_derivation = pytest.mark.parametrize(
    "path",
    [pytest.param(p, marks=[pytest.mark.slow] * (p.name in SLOW)) for p in DERIVATIONS],
    ids=lambda path: str(path.name),
)
every_slip = pytest.mark.parametrize("path", SLIPS, ids=lambda path: str(path.name))


def check(*arguments: str) -> Done:
    return here("check", *arguments)


def read(outcome: Done) -> tuple[int, Any]:
    code, out, err = outcome
    assert not err
    return code, json.loads(out)


# -- what is right


@every_derivation
def test_a_derivation_passes(path: Path) -> None:
    code, report = read(check(str(path), "--format", "json"))
    assert code == 0
    assert report["errors"] == []
    assert "notes" not in report and "unmet" not in report
    assert report["claims"], "nothing is claimed"
    for claim in report["claims"]:
        expected = ("refuted",) if claim.get("expected") else ("proved", "holds")
        assert claim["verdict"] in expected, claim["text"]
        assert claim["derivation"], "without a title"


@pytest.mark.slow
@every_derivation
def test_a_derivation_says_nothing_but_its_summary(path: Path) -> None:
    code, out, err = check(str(path), "--no-color")
    assert (code, err) == (0, "")
    assert not re.search(r"^(error|warning|note)\[", out, re.MULTILINE)
    assert out.rstrip().endswith("0 refuted, 0 undecided") or "fences that should fail" in out


@pytest.mark.slow
def test_all_derivations_at_once() -> None:
    code, out, _ = check(str(SAMPLES / "derivations"))
    assert code == 0
    assert f"{len(DERIVATIONS)} files" in out.splitlines()[-1]


@every_derivation
def test_a_derivation_is_explained(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.startswith("# ")
    if path.suffix == ".grad":
        assert re.search(r'^derivation "', text, re.MULTILINE)


@pytest.mark.parametrize(
    ("name", "right", "wrong"),
    [
        ("sigmoid-neuron.grad", "= (p - y) * p*(1 - p) * x", "= (p - y) * p*(1 + p) * x"),
        ("measured-gradient.grad", "± 1e-5 rel", "± 1e-9 rel"),
        pytest.param(
            "recurrent-network.grad",
            "dC/da[t] @ h[t-1].T",
            "dC/da[t] @ h[t].T",
            marks=pytest.mark.slow,
        ),
        ("lecture-note.md", "dC/dw ≈ -0.294", "dC/dw ≈ -0.295"),
        ("lecture-note.md", "dC/dw = (a - t) * a", "dC/dw = 2*(a - t) * a"),
        ("lecture-note.md", "dC/dw != 2*(a - t) * x", "dC/dw != 2*(a - t)*a*(1 - a)*x"),
    ],
)
def test_one_changed_sign_is_found(name: str, right: str, wrong: str, tmp_path: Path) -> None:
    text = (SAMPLES / "derivations" / name).read_text(encoding="utf-8")
    assert right in text
    changed = text.replace(right, wrong).replace("../data", (SAMPLES / "data").as_posix())
    path = tmp_path / name
    path.write_text(changed, encoding="utf-8")
    assert check(str(path))[0] == 1


# -- what is wrong


@every_slip
def test_a_slip_gets_its_report(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(path.parent)
    code, found, err = check(path.name, "--format", "full", "--no-color")
    assert (code, err) == (1, "")
    golden = path.with_suffix(".txt")
    if ACCEPT:
        golden.write_text(found, encoding="utf-8")
    assert golden.is_file(), f"{golden.name} is missing: run with GRADCLI_ACCEPT=1 and read it"
    assert found == golden.read_text(encoding="utf-8")


@every_slip
def test_a_slip_is_no_error_of_language(path: Path) -> None:
    code, report = read(check(str(path), "--format", "json"))
    assert code == 1
    assert report["errors"] == []
    wrong = [c for c in report["claims"] if c["verdict"] in ("refuted", "undecided")]
    assert wrong or report["unmet"]
    for claim in wrong:
        assert claim["code"] and claim["message"]


def test_no_report_is_left_over() -> None:
    folder = SAMPLES / "slips"
    assert {path.stem for path in folder.glob("*.txt")} == {path.stem for path in SLIPS}


def test_a_chain_names_the_line_that_breaks() -> None:
    _, report = read(check(str(SAMPLES / "slips" / "slip-in-line-three.grad"), "--format", "json"))
    codes = [claim["code"] for claim in report["claims"]]
    assert codes == [None, None, "G101", "G104", "G104"]
    assert [claim["follows"] for claim in report["claims"]][3:] != ["refuted", "refuted"]


def test_a_chain_may_come_back_to_the_truth() -> None:
    _, report = read(check(str(SAMPLES / "slips" / "back-to-the-truth.grad"), "--format", "json"))
    third = report["claims"][2]
    assert third["truth"] in ("proved", "holds") and third["follows"] == "refuted"
    assert report["claims"][3]["verdict"] in ("proved", "holds")


# -- what claims nothing


def test_calculations_are_no_errors() -> None:
    """The samples of `diff` claim nothing, and `check` says so and no more."""
    assert len(PLAIN) == 77
    code, report = read(check(*map(str, PLAIN), "--format", "json"))
    assert report["errors"] == []
    assert report["claims"] == []
    assert code == 0
    assert {note["code"] for note in report["notes"]} == {"G109"}
