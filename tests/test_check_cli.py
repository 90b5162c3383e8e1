"""`gradcli check` as a person meets it: what is read, what is asked for, exit codes.

Must not know how a claim is judged (a stand-in does it here), nor what a report looks like.
"""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from gradcli import api
from gradcli.api import derivations
from gradcli.choices import REPORTS
from gradcli.cli import group, screen
from gradcli.cli.run import run
from gradcli.judge.finding import CheckOptions
from gradcli.show.check import TEXTS
from gradcli.show.progress import bar
from tests import stand_in
from tests.running import Terminal, here

FENCE = "# Title\n\n```grad\nright = 1\n```\n"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Every test has a current folder of its own, and the stand-in."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(api, "check_text", stand_in.check_text, raising=False)
    stand_in.calls.clear()
    return tmp_path


def check(*arguments: str) -> int:
    return run(group, ["check", *arguments])


def seen() -> list[str]:
    return [name for name, *_ in stand_in.calls]


def options() -> CheckOptions:
    return stand_in.calls[-1][1]


# -- what is read


def test_help_is_true() -> None:
    assert ("full", *TEXTS) == REPORTS


def loaded(*arguments: str) -> set[str]:
    """The modules that a run loads by itself."""
    program = (
        "import sys; before = set(sys.modules)\n"
        "from gradcli.cli import main\n"
        f"sys.argv = ['gradcli', 'check', *{arguments!r}]\n"
        "try: main()\n"
        "except SystemExit as stop: assert not stop.code\n"
        "print(*set(sys.modules) - before, file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    return {*done.stderr.decode().split()}


def test_help_loads_nothing_heavy() -> None:
    found = loaded("--help")
    assert "gradcli.cli.check" in found
    heavy = {
        "numpy._core",
        "lark",
        "rich",
        "flint",
        "markdown_it",
        "dataclasses",
        "gradcli.project",
    }
    assert not heavy & found


def test_what_is_right_loads_nothing_of_mistakes_and_formats() -> None:
    found = loaded("-e", "x in R; f = x^2; df/dx = 2*x")
    assert "gradcli.judge.tester" in found
    seldom = {
        "gradcli.diagnosis", "gradcli.explain", "gradcli.certify.result", "gradcli.show.sarif",
        "gradcli.notation.latex", "gradcli.simplify", "gradcli.language.documents.markdown", "xml",
        "concurrent.futures",
    }  # fmt: skip
    assert not seldom & found


def test_files_folders_and_programs(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    Path("notes").mkdir()
    Path("notes/a.md").write_text(FENCE)
    Path("b.grad").write_text("right = 1\n")
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"right = 1\n")))
    assert check("b.grad", "-", "notes", "-e", "right = 1", "-e", "right = 2") == 0
    assert seen() == ["<stdin>", "b.grad", "notes/a.md", "<program>", "<program>"]
    assert [markdown for _, _, markdown, _ in stand_in.calls] == [False, False, True, False, False]
    out, err = capsys.readouterr()
    assert "5 claims" in out
    assert err == ""


def test_without_a_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Path("a.grad").write_text("right = 1\n")
    Path("notes").mkdir()
    Path("notes/b.grad").write_text("right = 1\n")
    Path("notes/c.grad").write_text("right = 1\n")
    assert check() == 0
    assert check("-e", "right = 1") == 0
    Path("pyproject.toml").write_text('[tool.gradcli]\npaths = ["notes"]\nexclude = ["c.*"]\n')
    assert check() == 0
    monkeypatch.chdir("notes")
    assert check() == 0
    assert check("c.grad") == 0
    everything = ["a.grad", "notes/b.grad", "notes/c.grad"]
    assert seen() == [*everything, "<program>", "notes/b.grad", "b.grad", "c.grad"]


def test_nothing_to_check(capsys: pytest.CaptureFixture[str]) -> None:
    Path("plain.md").write_text("# Nothing\n")
    Path("empty.grad").write_text("")
    for arguments in ([], ["."], [".", "-x"], [".", "-k", "name"]):
        assert check(*arguments) == 2
        out, err = capsys.readouterr()
        assert err.startswith("error[G")
        assert out == ""
    assert check() == 2
    assert capsys.readouterr().err.startswith("error[G011]: nothing to check in .\n")
    for arguments in (["plain.md"], ["plain.md", "."], ["empty.grad"]):
        assert check(*arguments) == 2
        out, err = capsys.readouterr()
        assert err.startswith(f"error[G011]: nothing to check in {arguments[0]}\n")
        assert out == ""
    Path("a.grad").write_text("right = 1\n")
    assert check("a.grad", "plain.md") == 2
    assert check("a.grad") == check(".") == 0


def test_named_files_as_if_they_were_found() -> None:
    """What pre-commit does: it names every file that has changed."""
    Path("drafts").mkdir()
    for name in ("a.grad", "b.grad", "drafts/c.grad"):
        Path(name).write_text("right = 1\n")
    Path("plain.md").write_text("# Nothing\n")
    Path("pyproject.toml").write_text('[tool.gradcli]\nexclude = ["drafts", "b.*"]\n')
    named = ["a.grad", "b.grad", "drafts/c.grad"]
    assert check(*named) == 0
    assert seen() == named
    stand_in.calls.clear()
    assert check("--force-exclude", *named, "plain.md") == 0
    assert seen() == ["a.grad"]
    assert check("--force-exclude", "plain.md", "b.grad") == 0


def test_every_file_has_the_settings_of_its_project(capsys: pytest.CaptureFixture[str]) -> None:
    texts = {
        "pyproject.toml": '[tool.gradcli]\nseed = 1\nexclude = ["x.grad"]\n',
        "in/pyproject.toml": "[tool.gradcli]\nseed = 2\npoints = 5\nallow-undecided = true\n",
        "a.grad": "right = 1\n", "x.grad": "wrong = 1\n", "in/deep/x.grad": "open = 1\n",
    }  # fmt: skip
    for name, text in texts.items():
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).write_text(text)
    assert check("in") == 0
    assert check(".") == 1
    asked = [(call[0], call[1].seed, call[1].points) for call in stand_in.calls]
    assert asked == [("in/deep/x.grad", 2, 5), ("a.grad", 1, None), ("in/deep/x.grad", 2, 5)]
    assert check("in", "--seed", "7") == 0
    assert (options().seed, options().points) == (7, 5)
    Path("in/pyproject.toml").write_text("[tool.gradcli]\nsead = 1\n")
    capsys.readouterr()
    assert check(".") == 2
    assert 'did you mean "seed"?' in capsys.readouterr().err


def test_reports_beside_what_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    reports = [f"--report={form}=out.{form}" for form in ("json", "gitlab", "full")]
    assert check("-e", "wrong = 1", "--format", "concise", *reports) == 1
    assert "1 refuted" not in capsys.readouterr().out
    for form in ("json", "gitlab", "full"):
        check("-e", "wrong = 1", "--format", form)
        assert Path(f"out.{form}").read_text() == capsys.readouterr().out
    for wrong in ("pdf=x", "json", "json="):
        assert check("-e", "right = 1", "--report", wrong) == 2
        assert "json=FILE" in capsys.readouterr().err


def test_standard_input_that_is_no_text(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"\xff")))
    assert check("-") == 2
    assert "standard input is not UTF-8" in capsys.readouterr().err


# -- what is asked for


def test_defaults_configuration_and_options() -> None:
    assert check("-e", "right = 1") == 0
    assert options() == CheckOptions()
    Path("pyproject.toml").write_text(
        '[tool.gradcli]\nseed = 7\npoints = 5\nlayout = "denominator"\nallow-undecided = true\n'
    )
    assert check("-e", "open = 1") == 0
    assert options() == CheckOptions(7, 5, "denominator")
    assert check("-e", "right = 1", "--seed", "0", "--points", "2", "--layout", "numerator") == 0
    assert options() == CheckOptions(0, 2)
    assert check("-k", "", "-x", "-e", "right = 1") == 0
    assert options() == CheckOptions(7, 5, "denominator", first=True)


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["-e", "right = 1"], 0),
        (["-e", "wrong = 1"], 1),
        (["-e", "open = 1"], 1),
        (["-e", "open = 1", "--allow-undecided"], 0),
        (["-e", "wrong = 1", "--allow-undecided"], 1),
        (["-e", "wrong = 1", "--exit-zero"], 0),
        (["-e", "wrong = 1", "-e", "error = 1"], 2),
        (["-e", "error = 1", "--exit-zero"], 2),
        (["-e", "wrong = 1", "gone.grad"], 2),
        (["-e", "wrong = 1", "--quiet", "--no-color"], 1),
        (["-x", "-e", "wrong = 1", "-e", "error = 1"], 1),
        (["--jobs", "-1"], 2),
        (["--points", "0"], 2),
        (["--format", "xml"], 2),
        (["--quite"], 2),
        (["-z"], 2),
        (["-e"], 2),
    ],
)
def test_exit_codes(arguments: list[str], code: int, capsys: pytest.CaptureFixture[str]) -> None:
    assert check(*arguments) == code
    assert "Traceback" not in capsys.readouterr().err


def test_the_first_failure_ends_it() -> None:
    for name, text in (("a", "right = 1"), ("b", "wrong = 1"), ("c", "right = 1")):
        Path(f"{name}.grad").write_text(text)
    assert check("-x") == 1
    assert seen() == ["a.grad", "b.grad"]


def test_a_name(capsys: pytest.CaptureFixture[str]) -> None:
    Path("a.grad").write_text('derivation "Soft"\nwrong = 1\nderivation "hard"\nright = 1\n')
    assert check("-k", "HARD") == 0
    assert check("-k", "soft") == 1
    capsys.readouterr()
    assert check("-k", "middle") == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith('error[G401]: no derivation has "middle" in its name')
    assert "there are: Soft, hard" in err


def test_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    Path("a.grad").write_text("right = 1\nwrong = 2\n")
    assert check("a.grad:1") == 0
    assert check("a.grad:2") == 1
    capsys.readouterr()
    assert check("a.grad:3") == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("error[G401]: a.grad:3: no claim")


def test_a_wrong_configuration(capsys: pytest.CaptureFixture[str]) -> None:
    Path("pyproject.toml").write_text("[tool.gradcli]\npoint = 3\n")
    assert check("-e", "right = 1") == 2
    err = capsys.readouterr().err
    assert err.startswith('error[G402]: [tool.gradcli] has no "point"\n  --> pyproject.toml:2:1\n')
    assert 'did you mean "points"?' in err


# -- what is shown


@pytest.mark.parametrize("form", REPORTS)
def test_every_format(form: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert check("-e", "right = 1\nwrong = 2", "--format", form) == 1
    shown = capsys.readouterr().out
    assert "G102" in shown
    assert shown.endswith("\n")
    assert check("-e", "right = 1\nwrong = 2", "--format", form, "--output", "report") == 1
    out, err = capsys.readouterr()
    assert out == err == ""
    assert Path("report").read_text(encoding="utf-8") == shown


def test_github_actions_are_noticed(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    assert check("-e", "wrong = 1") == 1
    assert "::error " in capsys.readouterr().out
    assert check("-e", "wrong = 1", "--format", "concise") == 1
    assert "::error " not in capsys.readouterr().out
    monkeypatch.setenv("GITHUB_ACTIONS", "false")
    assert check("-e", "wrong = 1") == 1
    assert "::error " not in capsys.readouterr().out


def test_a_file_that_cannot_be_written(capsys: pytest.CaptureFixture[str]) -> None:
    assert check("-e", "right = 1", "--output", "no/where") == 2
    assert "no/where cannot be written" in capsys.readouterr().err


def test_a_bar_only_where_it_takes_long() -> None:
    for context, shown in ((60.0, False), (0.0, True)):
        stream = Terminal()
        with bar(stream, 80, True, context) as tell:
            tell(1, 4, "a.grad:3")
            time.sleep(0.2)
            tell(2, 4, "")
        text = stream.getvalue()
        assert ("2/4" in text or "1/4" in text) is shown
        assert ("a.grad:3" in text) is shown
        # What was written is erased, and the cursor is there again.
        assert text.endswith("\x1b[2K") is shown
        assert text.count("\x1b[?25l") == text.count("\x1b[?25h") == int(shown)


def test_a_bar_only_on_a_terminal(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asked: list[Any] = []
    monkeypatch.setattr("gradcli.show.progress.bar", lambda *args: asked.append(args) or bar(*args))
    assert check("-e", "right = 1") == 0
    assert not asked
    monkeypatch.setattr(screen, "is_terminal", lambda stream: stream is sys.stderr)
    assert check("-e", "right = 1") == 0
    assert len(asked) == 1
    assert capsys.readouterr().err == ""


# -- without the stand-in

REAL = """\
derivation "cube"
f = x^3
df/dx = 3*x^2
derivation "{name}"
g = sin(x)
dg/dx = {right}
"""


@pytest.mark.slow
@pytest.mark.parametrize("jobs", ["1", "2"])
def test_a_whole_run(jobs: str) -> None:
    for n in range(6):
        right = "cos(x)" if n != 3 else "-cos(x)"
        Path(f"{n}.grad").write_text(REAL.format(name=f"sine {n}", right=right))
    Path("notes.md").write_text("# Squares\n\n```grad\nh = x^2\ndh/dx = 2*x\n```\n")
    command = [sys.executable, "-m", "gradcli", "check", "--jobs", jobs]
    environ = {k: v for k, v in os.environ.items() if k != "GITHUB_ACTIONS"}
    done = subprocess.run(
        [*command, "--format", "json"], capture_output=True, env=environ, timeout=120, check=False
    )
    assert done.returncode == 1, done.stderr
    assert done.stderr == b""
    content = json.loads(done.stdout)
    bad = [c for c in content["claims"] if c["verdict"] not in ("proved", "holds")]
    assert [(c["file"], c["line"], c["derivation"]) for c in bad] == [("3.grad", 6, "sine 3")]
    assert len(content["claims"]) == 13
    assert [c["file"] for c in content["claims"]] == sorted(c["file"] for c in content["claims"])
    done = subprocess.run(
        [*command, "-k", "cube"], capture_output=True, env=environ, timeout=120, check=False
    )
    assert done.returncode == 0, done.stdout
    assert b"6 claims" in done.stdout


def test_what_the_language_makes_of_a_line(monkeypatch: pytest.MonkeyPatch) -> None:
    Path("a.grad").write_text(
        "f = x^2\ndf/dx = (\n  2*x\n)\ndf/dx = x\n      = 2*x\n      = x + x\n"
    )
    monkeypatch.setattr(api, "check_text", derivations.check_text)
    for line, code, said in (
        (2, 0, "1 proved"), (3, 2, "claims on 2, 5, 6, 7"), (5, 1, "1 refuted"), (7, 0, "1 claim"),
    ):  # fmt: skip
        done = here("check", f"a.grad:{line}")
        assert done.code == code, (line, done)
        assert said in done.out + done.err, (line, done)


@pytest.mark.skipif(os.name == "nt", reason="signals differ there")
@pytest.mark.parametrize("delay", [1.0, 1.6])
def test_an_interrupt_leaves_no_traceback(delay: float) -> None:
    for n in range(40):
        Path(f"{n}.grad").write_text(REAL.format(name=n, right="cos(x)"))
    process = subprocess.Popen(
        [sys.executable, "-m", "gradcli", "check", "--jobs", "2", "--points", "20000"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True,
    )  # fmt: skip
    time.sleep(delay)
    os.killpg(process.pid, signal.SIGINT)
    out, err = process.communicate(timeout=30)
    assert process.returncode in (130, -signal.SIGINT)
    assert out == b""
    assert b"gradcli" not in err
