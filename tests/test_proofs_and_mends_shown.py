"""Proof and diagnosis in every format of `check`, and the mends applied: reports of real programs.

Must not know how anything is proved or diagnosed.
"""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from typing import Any

import pytest

from gradcli.api import check_text
from gradcli.choices import REPORTS
from gradcli.errors import Source
from gradcli.judge.finding import CheckOptions, Report
from gradcli.show.check import check

NEURON = """\
derivation "neuron"
w, x, y, b in R
p = sigmoid(w*x + b)
L = (p - y)^2/2

dL/dp = p - y
dL/dw = (p - y) * x               # a slope is missing
dL/db = (p - y)/(2 + exp(w*x + b) + exp(-w*x - b))
sqrt(x^2) = x
f = sin(2*x)
df/dx = (cos(2*x)
         * 2 * 2)
"""
NOTE = f"# Notes\n\nSome text.\n\n```grad\n{NEURON}```\n"
WORDS = "the factor p*(1 - p) is missing: sigmoid's local derivative at node p"
MEND = "(p - y) * x * p * (1 - p)"


def report(text: str, name: str = "neuron.grad") -> Report:
    markdown = name.endswith(".md")
    return Report([check_text(Source(name, text), CheckOptions(), markdown=markdown)])


def shown(text: str, form: str, name: str = "neuron.grad") -> str:
    return "".join(piece for piece, _ in check(report(text, name), form))


def bits() -> list[int]:
    return [f.evidence.error for f in report(NEURON).findings if f.evidence.error is not None]


# -- a diagnosis


@pytest.mark.parametrize("form", REPORTS)
def test_the_mistake_is_told_in_words(form: str) -> None:
    text = shown(NEURON, form)
    if form == "junit":
        text = "".join(ET.fromstring(text).itertext())
    assert WORDS in text


@pytest.mark.parametrize("form", [form for form in REPORTS if form != "concise"])
def test_the_mended_side_is_shown_with_its_verdict(form: str) -> None:
    text = shown(NEURON, form)
    assert MEND in text
    assert "proved" in text.partition(MEND)[2].splitlines()[0]


def test_a_concise_line_stays_one_line() -> None:
    first, *_ = shown(NEURON, "concise").splitlines()
    assert first == f"neuron.grad:7:9: G102 this is not dL/dw: {WORDS}"


def test_json_has_it_in_parts() -> None:
    told = [entry["diagnosis"] for entry in json.loads(shown(NEURON, "json"))["claims"]]
    edit = told[1].pop("mend")
    assert told[1] == {"kind": "missing-local", "text": WORDS, "mended": MEND, "verdict": "proved"}
    assert (edit["file"], edit["text"], edit["range"]["start"]["line"]) == ("neuron.grad", MEND, 7)
    assert told[0] is None


def test_tap_has_it_in_its_block() -> None:
    lines = shown(NEURON, "tap").splitlines()
    assert f"  diagnosis: {json.dumps(WORDS)}" in lines
    assert f"  mend: {json.dumps(MEND + '      proved')}" in lines


def fixes(text: str, name: str) -> list[dict[str, Any]]:
    (run,) = json.loads(shown(text, "sarif", name))["runs"]
    return [fix for result in run["results"] for fix in result.get("fixes", [])]


def applied(text: str, fix: dict[str, Any]) -> str:
    """The text with a fix in it, by the places that SARIF gives."""
    lines = text.split("\n")
    (change,) = fix["artifactChanges"]
    (replacement,) = change["replacements"]
    region = replacement["deletedRegion"]
    first, last = region["startLine"] - 1, region.get("endLine", region["startLine"]) - 1
    before, after = (
        lines[first][: region["startColumn"] - 1],
        lines[last][region["endColumn"] - 1 :],
    )
    lines[first : last + 1] = [before + replacement["insertedContent"]["text"] + after]
    return "\n".join(lines)


@pytest.mark.parametrize(("text", "name"), [(NEURON, "neuron.grad"), (NOTE, "notes.md")])
def test_the_fixes_of_sarif_mend_the_file(text: str, name: str) -> None:
    """What stands on several lines as well."""
    found = fixes(text, name)
    assert found[0]["description"]["text"] == WORDS
    before = report(text, name).count("refuted")
    # From the last to the first: a mend may leave fewer lines.
    for fix in reversed(found):
        assert fix["artifactChanges"][0]["artifactLocation"] == {"uri": name}
        text = applied(text, fix)
    assert before - report(text, name).count("refuted") == len(found) == before


# -- a proof


def test_the_page_ends_with_the_chance_and_the_totals() -> None:
    *_, chance, gap, totals = shown(NEURON, "full").splitlines()
    assert chance == (
        f"each proof could be wrong with a chance below 2^-{min(bits())}; compared at 2 points"
        " (gradcli explain proved)"
    )
    assert gap == ""
    assert totals.endswith("5 claims: 2 proved, 0 hold, 3 refuted, 0 undecided")


@pytest.mark.parametrize("text", ["x in R\nx = x\n", "x in R\nx^2 = x\n", "x in R\n"])
def test_without_residues_there_is_no_chance_to_tell(text: str) -> None:
    for form in REPORTS:
        assert "2^-" not in shown(text, form)


def test_machines_read_the_bound() -> None:
    evidence = [entry["evidence"] for entry in json.loads(shown(NEURON, "json"))["claims"]]
    assert [e["error"] for e in evidence if e["error"] is not None] == bits()
    assert min(bits()) > 80
    assert "residues" in [e["method"] for e in evidence]
    (run,) = json.loads(shown(NEURON, "sarif"))["runs"]
    assert run["properties"] == {
        "proved": 2, "holds": 0, "refuted": 3, "undecided": 0, "error": f"2^-{min(bits())}",
    }  # fmt: skip
    told = [
        {p.get("name"): p.get("value") for p in case.iter("property")}
        for case in ET.fromstring(shown(NEURON, "junit")).iter("testcase")
    ]
    assert [each["verdict"] for each in told].count("proved") == 2
    assert [each["error"] for each in told if "error" in each] == [f"2^-{n}" for n in bits()]
    lines = shown(NEURON, "tap").splitlines()
    assert lines.count('  verdict: "proved"') == 2
    assert [x for x in lines if x.startswith("  error: ")] == [f'  error: "2^-{n}"' for n in bits()]


def test_a_proof_names_its_sizes() -> None:
    text = "X in R^(m, n); w in R^n\nL = norm(X @ w)^2\ndL/dw = 2*X.T @ X @ w\n"
    (entry,) = json.loads(shown(text, "json"))["claims"]
    sizes = entry["evidence"]["proved"]
    assert any(max(size.values()) > 5 for size in sizes)
    assert "1 proved (every size)" in shown(text, "full")
    assert entry["evidence"]["every_size"] is True
    assert entry["evidence"]["route"] in ("weights", "grid")
    assert set(entry["evidence"]["read_at"]) == {"m", "n"}


def test_a_file_is_mended_by_what_is_printed() -> None:
    """As a person would do it: the mended side copied over the wrong one."""
    mended = NEURON.replace("(p - y) * x               #", f"{MEND}   #")
    assert mended != NEURON
    (found,) = [f for f in report(mended).findings if f.text.startswith("dL/dw")]
    assert found.verdict == "proved"


def test_a_note_stands_at_its_fence() -> None:
    text = "# A\n\n```grad\nx in R\n```\n"
    (file,) = report(text, "a.md").files
    (note,) = file.derivations[0].notes
    assert note.span is not None
    assert note.span.start == text.index("```")
