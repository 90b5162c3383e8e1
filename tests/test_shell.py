"""Completion, manual pages and the conversation, as somebody at a shell meets them.

Must not know how an expression is differentiated.
"""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from click.shell_completion import ShellComplete

from gradcli.cli import COMMANDS, group, man
from gradcli.show.roff import ManualPage, roff
from tests.running import here


def completed(*words: str) -> list[str]:
    """What completes the last of the words behind `gradcli`."""
    *before, last = words
    found = ShellComplete(group, {}, "gradcli", "_GRADCLI_COMPLETE").get_completions(before, last)
    return [item.value if item.type == "plain" else f"<{item.type}>" for item in found]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["chec"], ["check"]),
        (["check", "no"], ["<file>"]),
        (["check", "--output", ""], ["<file>"]),
        (["check", "--color", "a"], ["auto", "always"]),
        (["check", "-k", "le"], ["least squares"]),
        (["check", "notes", "-k", ""], ["of notes"]),
        (["check", "notes/a.grad", "net.grad", "-k", "o"], ["of notes", "other"]),
        (["check", "--report", "s"], ["sarif="]),
        (["graph", "sin(x)", "--format", "t"], ["text", "tikz"]),
        (["graph", "w*x", "--at", "w"], ["w="]),
        (["convert", "--to", ""], ["latex", "grad"]),
        (["man", "gr"], ["graph"]),
        (["diff", "x*sigmo"], ["x*sigmoid("]),
        (["diff", "@n"], ["@net.grad", "@notes/"]),
        (["diff", "@notes/"], ["@notes/a.grad"]),
        (["diff", "a = w*x; a + sin(b)", "--at", ""], ["b=", "w=", "x="]),
        (["diff", "w*x + b", "--at", "w=1, b=2, "], ["w=1, b=2, x="]),
        (["derive", "w*x + b", "--wrt", "w,"], ["w,b", "w,x"]),
        (["explain", "G10"], [f"G10{k}" for k in range(1, 10)]),
        (["explain", "missing-l"], ["missing-local"]),
        (["functions", "softma"], ["softmax"]),
        (["diff", "x", "y", "z", ""], []),
    ],
)
def test_completion(
    words: list[str], expected: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "a.grad").write_text('derivation "of notes"\n')
    (tmp_path / "net.grad").write_text('derivation "least squares"\nderivation "other"\n')
    (tmp_path / "pyproject.toml").write_text("no TOML")
    assert completed(*words) == expected


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_shell_is_told(shell: str) -> None:
    done = here("completion", shell)
    assert (done.code, done.err) == (0, "")
    assert f"_GRADCLI_COMPLETE={shell}_complete" in done.out
    if found := shutil.which(shell):
        syntax = subprocess.run([found, "-n"], input=done.out.encode(), check=False)
        assert syntax.returncode == 0


@pytest.mark.skipif(shutil.which("bash") is None, reason="needs bash")
@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("le", "least\\ squares|sin\\(|"),
        ("'le", "least squares|sin(|"),
        ("", "least\\ squares|sin\\(|"),
    ],
)
def test_bash_quotes_what_it_completes(word: str, expected: str, tmp_path: Path) -> None:
    stub = tmp_path / "gradcli"
    stub.write_text("#!/bin/sh\nprintf 'plain,least squares\\nplain,sin(\\n'\n")
    stub.chmod(0o700)
    asked = (
        f'{here("completion", "bash").out}\nCOMP_WORDS=(gradcli check -k "{word}"); COMP_CWORD=3\n'
        f"_gradcli_completion '{stub}'\nprintf '%s|' \"${{COMPREPLY[@]}}\""
    )
    done = subprocess.run(["bash", "-c", asked], capture_output=True, text=True, check=True)
    assert done.stdout == expected


def test_every_command_has_a_manual_page(tmp_path: Path) -> None:
    assert here("man", "--output", str(tmp_path / "man1")).code == 0
    names = {path.name for path in (tmp_path / "man1").iterdir()}
    assert names == {"gradcli.1", *(f"gradcli-{name}.1" for name in COMMANDS)}
    text = (tmp_path / "man1" / "gradcli-check.1").read_text()
    for section in ("NAME", "SYNOPSIS", "DESCRIPTION", "OPTIONS", "EXAMPLES", "EXIT STATUS"):
        assert f".SH {section}\n" in text
    assert ".B \\-\\-force\\-exclude\n" in text
    assert here("man", "diff").out == roff(man.page("diff"))
    for more in ((), ("--output", str(tmp_path / "none"))):
        assert here("man", "nothing", *more).code == 2
    assert not (tmp_path / "none").exists()


def test_nothing_in_a_page_is_a_request() -> None:
    page = ManualPage("a", "b", "c", "d", [("-x", ".so /etc/passwd")], "E:\n'x\n.bp", [], [])
    lines = roff(page).splitlines()
    assert {"\\&.so /etc/passwd", "\\(aqx", "\\&.bp"} <= {*lines}


@pytest.mark.skipif(not shutil.which("groff"), reason="needs groff")
def test_groff_has_nothing_to_say() -> None:
    source = roff(man.page("check")).encode()
    done = subprocess.run(
        ["groff", "-man", "-Tascii", "-ww"], input=source, capture_output=True, check=True
    )
    assert done.stderr == b""
    assert b"Verify the derivations in each" in done.stdout


def said(*lines: str) -> tuple[int, list[str], str]:
    done = here("repl", stdin="\n".join(lines))
    return done.code, [line for line in done.out.splitlines() if line], done.err


def test_a_conversation() -> None:
    lines = ["x = 3", "f = x^2", "f", "ans + 1", "x = x + 1", "f", "# note", "", "f = f + 1", "f"]
    assert said(*lines) == (0, ["f = 9", "ans = ans + 1 = 10", "f = 16", "f = 17"], "")
    code, out, _ = said("x = 4", "g(t) = t^2 + x", "g(2)", "ans*2", "names")
    assert out[:2] == ["ans = g(2) = 8", "ans = ans*2 = 16"]
    assert {"x = 4", "g(t) = t^2 + x"} <= {*out}
    assert code == 0


def test_the_words_of_a_conversation() -> None:
    _, out, err = said("w = 2", "x = 3", "f = w*x", "grad f x")
    assert err == ""
    assert [line.split()[:3] for line in out[1:3]] == [
        ["input", "value", "gradient"],
        ["x", "3", "2"],
    ]
    assert "w" in " ".join(said("w = 2", "x = 3", "f = w*x", "grad f")[1][2:4])
    assert "read down for values, up for gradients" in said("x = 2", "trace x^2")[1]
    assert said("f = x^3", "derive f x")[1] == ["df/dx = 3*x^2"]
    assert said("x = 1", "forget x", "forget y", "names")[1] == ["there is no y"]
    assert "grad f x" in " ".join(said("help")[1])
    assert said("quit", "1/0") == (0, [], "")


def test_no_mistake_ends_a_conversation() -> None:
    for wrong in (
        "sin(", "1/0", "unknown + 1", "x = y in", "y = 1/0", "x in R", "explain G9999", "ans = 3",
        "a b c d", "check 'x", "grad", "diff --", "\x00", "forget",
    ):  # fmt: skip
        code, out, err = said(wrong, "1 + 1")
        assert code == 2, wrong
        assert out[-1] == "ans = 1 + 1 = 2", wrong
        assert "bug" not in err and "Traceback" not in err, wrong
    code, out, _ = said("a = b", "b = a", "a", "1 + 1")
    assert (code, out) == (2, ["ans = 1 + 1 = 2"])
