"""The codes: each one is explained, its wrong example gives it, and its mend gives nothing.

Must not hold an example of its own.
"""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

import numpy as np
import pytest

from gradcli.cli import COMMANDS, group
from gradcli.cli.explain import example
from gradcli.cli.run import run
from gradcli.errors import CODES
from gradcli.reference import codes
from gradcli.reference.codes import Explanation, explain

PAGES = [explain(code) for code in CODES]
PROGRAMS = [page for page in PAGES if page.kind in ("diff", "check")]
COMMAND_LINES = [page for page in PAGES if page.kind == "command"]


@pytest.fixture(autouse=True)
def explain_is_a_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(COMMANDS, "explain", "")


def of(pages: list[Explanation]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("page", pages, ids=lambda page: page.code)


# -- the texts


@of(PAGES)
def test_a_code_is_explained_in_full(page: Explanation) -> None:
    assert page.title == CODES[page.code]
    assert page.kind in ("diff", "check", "command", "text")
    for text in (page.means, page.matters, page.wrong, page.mend):
        assert text
        assert text == text.strip()
    for prose in (page.means, page.matters):
        assert prose.endswith(".")
        assert "\n" not in prose
        assert prose.count("`") % 2 == 0


def test_no_text_is_without_a_code() -> None:
    texts = sorted((Path(codes.__file__).parent / "texts").iterdir())
    found = [re.findall(r"^\[(\w+)\]", text.read_text("utf-8"), re.MULTILINE) for text in texts]
    assert [code for family in found for code in family] == [*CODES]


# -- the examples


@of(PROGRAMS)
def test_a_wrong_program_gives_its_code_and_its_mend_nothing(page: Explanation) -> None:
    assert page.code in [said.code for said in example(page, page.wrong)]
    assert example(page, page.mend) == []


@of(COMMAND_LINES)
def test_a_wrong_command_gives_its_code_and_its_mend_nothing(
    page: Explanation,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    np.save("w.npy", np.ones((2, 3)))
    assert run(group, shlex.split(page.wrong)[1:]) == 2
    assert f"error[{page.code}]: {page.message}" in capsys.readouterr().err
    assert run(group, shlex.split(page.mend)[1:]) == 0
    assert capsys.readouterr().err == ""


# -- the command


def test_without_a_code_all_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(group, ["explain"]) == 0
    out = capsys.readouterr().out
    assert all(f"{code}   {title}\n" in out for code, title in CODES.items())
    assert run(group, ["explain", "--format", "json"]) == 0
    listed = json.loads(capsys.readouterr().out)["codes"]
    assert {entry["code"]: entry["title"] for entry in listed} == CODES


@pytest.mark.parametrize("form", ["table", "plain", "markdown"])
def test_codes_are_explained_in_their_order(form: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(group, ["explain", "g303", "G003", "--format", form]) == 0
    out = capsys.readouterr().out
    assert out.index("G303") < out.index("note[G303]: ") < out.index("G003")
    for page in (explain("G303"), explain("G003")):
        for example_text in (page.wrong, page.mend):
            assert all(text in out for text in example_text.splitlines())
    assert "error[G003]: " in out


def test_json_holds_every_text(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(group, ["explain", "G003", "--format", "json"]) == 0
    (entry,) = json.loads(capsys.readouterr().out)["codes"]
    page = explain("G003")
    assert [entry[key] for key in ("code", "title", "means", "matters", "wrong", "mend")] == [
        page.code, page.title, page.means, page.matters, page.wrong, page.mend,
    ]  # fmt: skip
    assert [said["code"] for said in entry["gives"]] == ["G003"]


@pytest.mark.parametrize(
    ("code", "help"),
    [
        ("G30", 'did you mean "G310"?'),
        ("missing", 'did you mean "missing-term"?'),
        ("hold", 'did you mean "holds"?'),
        ("sigmoid", "gradcli explain  lists them all"),
    ],
)
def test_an_unknown_name(code: str, help: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(group, ["explain", "G001", code]) == 2
    out, err = capsys.readouterr()
    assert not out
    assert f'error[G401]: there is nothing to explain by the name "{code}"' in err
    assert help in err
