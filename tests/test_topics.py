"""Verdicts and mistakes: each is explained, its example gives it, and its mend passes.

Must not hold an example of its own.
"""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import gradcli
from gradcli.cli.explain import tell
from gradcli.diagnosis import mistakes
from gradcli.judge.finding import VERDICTS
from gradcli.reference.codes import Explanation, topics
from tests.running import here
from tests.verdicts import findings, verdicts

MISTAKES, VERDICT_PAGES = topics("mistake"), topics("verdict")
PAGES = [*VERDICT_PAGES.values(), *MISTAKES.values()]
SCHEMA = json.loads(
    (Path(gradcli.__file__).parent / "schema" / "check.schema.json").read_text(encoding="utf-8")
)


def each(pages: list[Explanation]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("page", pages, ids=lambda page: page.code)


def test_every_verdict_and_every_kind_of_mistake_is_explained() -> None:
    assert {*VERDICT_PAGES} == {*VERDICTS}
    assert [*MISTAKES] == SCHEMA["$defs"]["diagnosis"]["properties"]["kind"]["enum"]


def test_every_mistake_that_is_looked_for_has_a_page_and_every_page_a_mistake() -> None:
    looked_for = {
        kind
        for row in (*mistakes.ALL, *mistakes.SEVERAL, *mistakes.RESHAPING)
        for kind in row.kinds
    }
    # That a line is true again, in another convention, or at some entries, is seen in verdicts.
    assert {*MISTAKES} == looked_for | {"step", "convention", "entries"}


@each(PAGES)
def test_a_topic_is_explained_in_full(page: Explanation) -> None:
    for text in (page.title, page.means, page.matters, page.wrong):
        assert text
        assert text == text.strip()
    assert not page.title.endswith(".")
    for prose in (page.means, page.matters):
        assert prose.endswith(".")
        assert "\n" not in prose
        assert prose.count("`") % 2 == 0


@each([*VERDICT_PAGES.values()])
def test_the_example_of_a_verdict_has_it(page: Explanation) -> None:
    (found,) = findings(page.wrong)
    assert found.verdict == page.code
    if page.mend:
        assert verdicts(page.mend) == ["proved"]


def test_the_example_of_a_proof_needs_one() -> None:
    (found,) = findings(VERDICT_PAGES["proved"].wrong)
    assert found.evidence.method == "residues"


@each([*MISTAKES.values()])
def test_the_example_of_a_mistake_is_diagnosed_and_its_mend_passes(page: Explanation) -> None:
    told = [f.diagnosis for f in findings(page.wrong) if f.diagnosis]
    (found,) = [each for each in told if each.kind == page.code]
    assert bool(found.mended) != bool(page.mend), "a mend is written where none is printed"
    mend = tell(page).found.mend
    assert mend
    assert all(f.passed for f in findings(mend))


def test_a_mend_that_is_written_is_kept() -> None:
    page = replace(MISTAKES["sign"], mend="x in R\nx = x")
    assert tell(page).found.mend == page.mend


# -- the command


def explained(*arguments: str) -> str:
    done = here("explain", *arguments)
    assert (done.code, done.err) == (0, "")
    return done.out


@pytest.mark.parametrize("form", ["plain", "markdown"])
def test_they_are_listed_behind_the_codes(form: str) -> None:
    out = explained("--format", form)
    places = [out.index(page.title) for page in PAGES]
    assert places == sorted(places)
    assert out.index("G900") < places[0]


def test_they_are_listed_as_json() -> None:
    listed = json.loads(explained("--format", "json"))
    for key, pages in (("verdicts", VERDICT_PAGES), ("mistakes", MISTAKES)):
        assert {e["name"]: e["title"] for e in listed[key]} == {
            name: page.title for name, page in pages.items()
        }


@pytest.mark.slow
@pytest.mark.parametrize("form", ["table", "plain", "markdown"])
@each(PAGES)
def test_an_example_is_shown_with_its_report(page: Explanation, form: str) -> None:
    out = explained(page.code, "--format", form)
    told = tell(page)
    for text in (page.wrong, told.found.mend, *(said.text for said in told.gives)):
        assert all(part in out for part in text.splitlines())
    if page.family == "mistake":
        assert "= diagnosis: " in out
    else:
        assert re.search(rf"1 {page.code}\b", out)


def test_names_are_found_as_they_are_typed() -> None:
    wanted = explained("missing-local", "G101", "--format", "json")
    assert explained("Missing_Local", "g101", "--format", "json") == wanted
    content: dict[str, Any] = json.loads(wanted)
    assert [entry["name"] for entry in content["mistakes"]] == ["missing-local"]
    assert [entry["code"] for entry in content["codes"]] == ["G101"]
    (entry,) = content["mistakes"]
    assert entry["mend"].startswith(entry["wrong"].rpartition("\n")[0])
    assert [said["code"] for said in entry["gives"]] == ["G102"]
