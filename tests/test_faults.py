"""A fault of gradcli itself costs what it was found in, and nothing else: faults are planted.

Must not know how claims are judged.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import gradcli
from gradcli.api import derivations
from gradcli.api.givens import Givens
from gradcli.choices import REPORTS
from gradcli.diagnosis import through_letters
from gradcli.errors import Source
from gradcli.judge.case import Case
from gradcli.judge.finding import CheckOptions
from gradcli.language.derivation import _Deriver
from gradcli.project.run import check, check_one
from tests import stand_in
from tests.running import here

TEXT = """derivation "first"
x in R
f = x^2
df/dx = 2*x
df/dx = 3*x - x
df/dx = x
derivation "second"
y in R
y + y = 2*y
"""
FAULTS = (KeyError("x"), AssertionError(), RecursionError("deep"))


def fails_at(text: str, error: Exception, real: Callable[..., Any]) -> Callable[..., Any]:
    """A function that raises for whatever has this text as its last argument's span."""

    def fail(self: Any, asked: Any, *rest: Any) -> Any:
        judged = getattr(asked, "claimed", asked)
        if text in judged.span.text:
            raise error
        return real(self, asked, *rest)

    return fail


def plant(place: str, error: Exception, patch: pytest.MonkeyPatch) -> None:
    if place == "judged":
        patch.setattr(Case, "judge", fails_at("3*x", error, Case.judge))
    elif place == "read":
        statement = fails_at("3*x", error, _Deriver._statement)
        patch.setattr(_Deriver, "_statement", statement)
    else:
        real = derivations.finding

        def told(claimed: Any, *rest: Any) -> Any:
            if "3*x" in claimed.span.text:
                raise error
            return real(claimed, *rest)

        patch.setattr(derivations, "finding", told)


@pytest.mark.parametrize("error", FAULTS, ids=lambda e: type(e).__name__)
@pytest.mark.parametrize("place", ["read", "judged", "told"])
def test_a_fault_costs_its_claim(
    place: str, error: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    plant(place, error, monkeypatch)
    report = gradcli.check(TEXT)
    assert [f.text for f in report.findings] == ["df/dx = 2*x", "df/dx = x", "y + y = 2*y"]
    [(name, bug)] = report.files[0].errors
    assert (name, bug.code) == ("first", "G900")
    assert bug.span is not None and bug.span.source.position(bug.span.start)[0] == 5
    assert f"this is a bug of gradcli: {type(error).__name__}" in bug.message
    assert report.exit_code() == 3


def test_a_fault_costs_its_derivation(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise KeyError("points")

    monkeypatch.setattr(Givens, "check", fail)
    errors = [*gradcli.check(TEXT).files[0].errors][-2:]
    assert [(name, error.code) for name, error in errors] == [("first", "G900"), ("second", "G900")]
    assert [e.span.source.position(e.span.start)[0] for _, e in errors if e.span] == [1, 7]


def test_a_fault_in_reading_costs_its_text(monkeypatch: pytest.MonkeyPatch) -> None:
    real = derivations.read

    def fail(source: Source, text: str) -> Any:
        if "3*x" in text:
            raise IndexError
        return real(source, text)

    monkeypatch.setattr(derivations, "read", fail)
    texts = [Source("a", "1 + 1 = 2"), Source("b", TEXT), Source("c", "1 = 1")]
    items = [*map(gradcli.project.files.GivenText, texts)]
    report = check(items, CheckOptions())
    assert len([*report.findings]) == 2
    assert [e.code for file in report.files for _, e in file.errors] == ["G900"]
    assert report.exit_code() == 3


@pytest.mark.parametrize("form", REPORTS)
def test_every_format_has_the_rest(
    form: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plant("judged", KeyError("x"), monkeypatch)
    for name in ("a", "b"):
        (tmp_path / f"{name}.grad").write_text(TEXT if name == "a" else "x in R; x + x = 4*x + 1")
    code, out, err = here("check", str(tmp_path), "--format", form)
    assert code == 3
    assert "G900" in out and "this is a bug of gradcli" in out
    assert err == ""
    assert out.count("G102") >= 2 or form in ("sarif", "junit")
    if form == "json":
        found = json.loads(out)
        assert len(found["claims"]) == 4
        assert [e["line"] for e in found["errors"]] == [5]


# -- while a mend is sought


def test_the_refutation_stands_without_a_mend(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise RecursionError("too deep")

    monkeypatch.setattr(through_letters, "diagnose", fail)
    monkeypatch.delenv(derivations.STRICT)
    report = gradcli.check(TEXT)
    [wrong] = [f for f in report.findings if not f.passed]
    assert (wrong.text, wrong.verdict, wrong.diagnosis) == ("df/dx = x", "refuted", None)
    assert wrong.notes[-1].startswith(derivations.UNFINISHED)
    assert report.exit_code() == 1
    monkeypatch.setenv(derivations.STRICT, "1")
    strict = gradcli.check(TEXT)
    assert [f.verdict for f in strict.findings] == [f.verdict for f in report.findings]
    assert strict.exit_code() == 3


# -- processes


@pytest.mark.parametrize("jobs", [1, pytest.param(2, marks=pytest.mark.slow)])
def test_a_process_that_dies_costs_its_file(
    jobs: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = [tmp_path / f"{k}.grad" for k in range(7)]
    for name in names:
        name.write_text("x in R; x + x = 2*x")
    # A folder can be found, but not read: what is wrong with a file is told of that file.
    names[5].unlink()
    monkeypatch.setattr("gradcli.project.run._die_quietly", stand_in.deadly)
    items = [gradcli.project.files.NamedFile(str(name)) for name in names]
    report = check(items, CheckOptions(), jobs=jobs)
    assert [file.path for file in report.files] == [str(name) for name in names]
    died = [] if jobs == 1 else [str(names[3])]
    told = {f.path: [e.code for _, e in f.errors] for f in report.files if [*f.errors]}
    assert told == {str(names[5]): ["G011"]} | {name: ["G900"] for name in died}
    assert report.exit_code() == (3 if died else 2)
    assert len([*report.findings]) == 6 - len(died)


def test_an_error_while_a_file_is_read_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise ValueError("no")

    monkeypatch.setattr("gradcli.project.run.read", fail)
    report = check_one(gradcli.project.files.NamedFile("x.grad"), CheckOptions())
    [(_, bug)] = report.errors
    assert bug.code == "G900" and "ValueError: no" in bug.message


@pytest.mark.skipif(sys.platform == "win32", reason="that signal is not there")
def test_an_interrupt_is_none_of_them(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Case, "judge", fail)
    with pytest.raises(KeyboardInterrupt):
        gradcli.check(TEXT)


def test_a_run_tells_which_claim_it_is_at() -> None:
    told: list[tuple[int, int, str]] = []
    items = [gradcli.project.files.GivenText(Source("a.grad", "1 + 1 = 2\n3 = 3\n"))]
    check(items, CheckOptions(), progress=lambda *at: told.append(at))
    now = ["", "a.grad:1, claim 1 of 2", "a.grad:2, claim 2 of 2"]
    assert told == [*((0, 1, each) for each in now), (1, 1, "")]


def test_an_input_that_is_too_large_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise MemoryError

    monkeypatch.setattr("gradcli.judge.case.judged", fail)
    report = gradcli.check("x in R\nx + x = 2*x")
    assert [error.code for _, error in report.files[0].errors] == ["G310"]
    assert report.exit_code() == 2
