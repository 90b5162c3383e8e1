"""Mends as edits, and `check --fix`: what is written is right, and what nobody asked for stays.

Must not know how mistakes are found.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from gradcli.cli import group
from gradcli.cli.run import run
from gradcli.errors import Source
from gradcli.judge.finding import CheckOptions
from gradcli.lsp.chunks import chunks
from gradcli.lsp.judging import judge
from gradcli.reading import Place

WRONG = """\
x, y in R
f = x^2*y + y
df/dx = (x     # not yet
         * y)  # by hand
df/dy = x^2 + 1
"""
RIGHT = WRONG.replace("(x     # not yet\n         * y)", "(2*x * y)")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Every test has a current folder of its own."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def check(*arguments: str) -> int:
    return run(group, ["check", *arguments])


def put(name: str, text: str) -> Path:
    Path(name).write_bytes(text.encode())
    return Path(name)


def edited(text: str, edit: dict[str, object]) -> str:
    """What an editor makes of it, which knows lines and columns only."""
    lines = text.splitlines(keepends=True)
    places = edit["range"]
    assert isinstance(places, dict)
    start, end = (
        sum(map(len, lines[: at["line"] - 1])) + at["column"] - 1
        for at in (places["start"], places["end"])
    )
    return f"{text[:start]}{edit['text']}{text[end:]}"


def test_an_edit_over_several_lines_makes_the_text_right(
    capsys: pytest.CaptureFixture[str],
) -> None:
    put("a.grad", WRONG)
    assert check("a.grad", "--format", "json") == 1
    [claim, _] = json.loads(capsys.readouterr().out)["claims"]
    assert edited(WRONG, claim["diagnosis"]["mend"]) == RIGHT
    assert check("a.grad", "--format", "sarif") == 1
    [result] = json.loads(capsys.readouterr().out)["runs"][0]["results"]
    [change] = result["fixes"][0]["artifactChanges"]
    assert change["artifactLocation"] == {"uri": "a.grad"}
    assert change["replacements"] == [
        {
            "deletedRegion": {"startLine": 3, "startColumn": 9, "endLine": 4, "endColumn": 14},
            "insertedContent": {"text": "(2*x * y)"},
        }
    ]


def test_files_are_mended_and_judged_again(capsys: pytest.CaptureFixture[str]) -> None:
    plain = put("a.grad", "\ufeff" + WRONG.replace("\n", "\r\n"))
    plain.chmod(0o640)
    paper = put("b.md", f"# Paper\n\n```grad\n{WRONG}```\n")
    assert check("a.grad", "b.md", "--fix", "--yes") == 0
    assert plain.read_bytes().decode() == "\ufeff" + RIGHT.replace("\n", "\r\n")
    assert plain.stat().st_mode & 0o777 == 0o640
    assert paper.read_text() == f"# Paper\n\n```grad\n{RIGHT}```\n"
    out, err = capsys.readouterr()
    assert "4 proved" in out
    assert "-df/dx = (x     # not yet\n" in err
    assert "+df/dx = (2*x * y)  # by hand\n" in err
    assert [*Path().iterdir()] in ([plain, paper], [paper, plain])


def test_nothing_is_written_unasked(capsys: pytest.CaptureFixture[str]) -> None:
    file = put("a.grad", WRONG)
    assert check("a.grad", "--fix") == 1
    assert file.read_text() == WRONG
    assert "not written" in capsys.readouterr().err


def test_a_fence_that_should_fail_stays_wrong() -> None:
    text = f"```grad fails\n{WRONG}```\n"
    file = put("a.md", text)
    assert check("a.md", "--fix", "--yes") == 0
    assert file.read_text() == text


@pytest.mark.parametrize("arguments", [("-e", "1 = 1", "--fix"), ("a.grad", "--yes")])
def test_what_is_no_file_is_not_mended(
    arguments: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    put("a.grad", WRONG)
    assert check(*arguments) == 2
    assert "--fix" in capsys.readouterr().err


def test_a_mend_is_told_on_one_line_without_comments(capsys: pytest.CaptureFixture[str]) -> None:
    """In the terminal and by an editor's quick fix as in the file that is written."""
    put("a.grad", WRONG)
    assert check("a.grad") == 1
    assert "= mend: (2*x * y)      proved" in capsys.readouterr().out
    source = Source("a.grad", WRONG)
    [chunk] = chunks(source, markdown=False)[0]
    *_, last = judge(chunk, CheckOptions(), Place())
    [edit] = last.edits
    assert (edit.text, edit.title) == ("(2*x * y)", "Replace by  (2*x * y)  (proved)")
    assert WRONG[: edit.start] + edit.text + WRONG[edit.end :] == RIGHT


def test_the_header_of_a_diff_has_one_slash(
    capsys: pytest.CaptureFixture[str], folder: Path
) -> None:
    put("a.grad", WRONG)
    check(str(folder / "a.grad"), "--fix")
    assert f"--- a{folder}/a.grad\n+++ b{folder}/a.grad\n" in capsys.readouterr().err
