"""Derivations that are right and slips that are not, checked as their authors would check them.

Must not know who judges or words a report; a new one is accepted with GRADCLI_ACCEPT=1, then read.
"""

from __future__ import annotations

import json
import os
import re
from contextlib import chdir
from functools import cache
from pathlib import Path
from shutil import copy, copytree
from typing import Any

import pytest

from gradcli.judge.finding import CheckOptions, Report
from gradcli.project.files import NamedFile
from gradcli.project.run import check as judged
from gradcli.show.check import check as show
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


@cache
def report(path: Path) -> Report:
    """What is found of a file where it stands; shown in several forms by the tests below."""
    with chdir(path.parent):
        return judged([NamedFile(path.name)], CheckOptions())


def shown(path: Path, form: str) -> str:
    return "".join(piece for piece, _ in show(report(path), form))


def read(path: Path) -> Any:
    return json.loads(shown(path, "json"))


# -- what is right


@every_derivation
def test_a_derivation_passes(path: Path) -> None:
    found = read(path)
    assert report(path).exit_code() == 0
    assert found["errors"] == []
    assert "notes" not in found and "unmet" not in found
    assert found["claims"], "nothing is claimed"
    for claim in found["claims"]:
        expected = ("refuted",) if claim.get("expected") else ("proved", "holds")
        assert claim["verdict"] in expected, claim["text"]
        assert claim["derivation"], "without a title"
    said = shown(path, "full")
    assert not re.search(r"^(error|warning|note)\[", said, re.MULTILINE)
    assert said.rstrip().endswith("0 refuted, 0 undecided") or "fences that should fail" in said


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
    assert check(str(path), "--allow-outside")[0] == 1


# -- what is wrong


@every_slip
def test_a_slip_gets_its_report(path: Path) -> None:
    found = shown(path, "full")
    assert report(path).exit_code() == 1
    golden = path.with_suffix(".txt")
    if ACCEPT:
        golden.write_text(found, encoding="utf-8")
    assert golden.is_file(), f"{golden.name} is missing: run with GRADCLI_ACCEPT=1 and read it"
    assert found == golden.read_text(encoding="utf-8")
    told = read(path)
    assert told["errors"] == []
    wrong = [c for c in told["claims"] if c["verdict"] in ("refuted", "undecided")]
    assert wrong or told["unmet"]
    for claim in wrong:
        assert claim["code"] and claim["message"]


def test_no_report_is_left_over() -> None:
    folder = SAMPLES / "slips"
    assert {path.stem for path in folder.glob("*.txt")} == {path.stem for path in SLIPS}


def test_a_chain_names_the_line_that_breaks() -> None:
    claims = read(SAMPLES / "slips" / "slip-in-line-three.grad")["claims"]
    assert [claim["code"] for claim in claims] == [None, None, "G101", "G104", "G104"]
    assert [claim["follows"] for claim in claims][3:] != ["refuted", "refuted"]


def test_a_chain_may_come_back_to_the_truth() -> None:
    _, _, third, fourth, *_ = read(SAMPLES / "slips" / "back-to-the-truth.grad")["claims"]
    assert third["truth"] in ("proved", "holds") and third["follows"] == "refuted"
    assert fourth["verdict"] in ("proved", "holds")


# -- what claims nothing


@pytest.mark.slow
def test_calculations_are_no_errors(tmp_path: Path) -> None:
    """The samples of `diff` claim nothing: said of a folder, and an error where one is named."""
    assert len(PLAIN) == 77
    for path in PLAIN:
        copy(path, tmp_path)
    copytree(SAMPLES / "data", tmp_path / "data")
    assert check(str(PLAIN[0])).code == check(str(tmp_path)).code == 2
    (tmp_path / "right.grad").write_text("x in R; 2*x = x + x", encoding="utf-8")
    code, out, err = check(str(tmp_path), "--format", "json")
    found = json.loads(out)
    assert (code, err) == (0, "")
    assert found["errors"] == [] and len(found["claims"]) == 1
    assert {note["code"] for note in found["notes"]} == {"G109"}
    assert len(found["notes"]) == len(PLAIN)
