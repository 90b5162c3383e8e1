"""The command line as a person meets it: processes, streams and exit codes.

Must not know how results are computed or drawn in detail.
"""

from __future__ import annotations

import errno
import io
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from gradcli import __version__, api
from gradcli.cli import COMMANDS, group
from gradcli.cli.run import prepare_streams, run
from gradcli.errors import Diagnostic, SelfCheckError
from tests import running
from tests.running import process

HEAVY = ("numpy._core", "lark", "rich", "flint", "fractions", "dataclasses", "importlib.metadata")


def here(*arguments: str) -> int:
    """A run in this process; the exit code."""
    return run(group, arguments)


# -- what is not loaded


@pytest.mark.parametrize(
    "arguments", [["--help"], ["--version"], ["diff", "--help"], ["functions", "--help"]]
)
def test_help_loads_nothing_heavy(arguments: Sequence[str]) -> None:
    # Site hooks of an environment may load some of these before gradcli begins.
    program = (
        "import sys, json; before = set(sys.modules)\n"
        "from gradcli.cli import main\n"
        f"sys.argv = ['gradcli', *{list(arguments)!r}]\n"
        "try: main()\n"
        "except SystemExit as stop: assert not stop.code\n"
        "print(json.dumps(sorted(set(sys.modules) - before)), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    loaded = json.loads(done.stderr)
    assert "gradcli.cli" in loaded
    assert not [name for name in loaded if name in HEAVY]


def test_a_pipe_does_without_rich_and_a_gradient_without_simplification() -> None:
    seldom = {"rich", "gradcli.simplify.simplifier", "gradcli.reference", "gradcli.diagnosis"}
    program = (
        "import sys; from gradcli.cli import main\n"
        "sys.argv = ['gradcli', 'diff', 'x^2', '--at', 'x=3']\n"
        "try: main()\n"
        f"finally: print('loaded:', {seldom} & {{*sys.modules}} or '', file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=False)
    assert done.stderr.strip() == b"loaded:"
    assert done.stdout.startswith(b"f = x^2 = 9\n")


def test_version_and_help(capsys: pytest.CaptureFixture[str]) -> None:
    assert here("--version") == 0
    assert __version__ in capsys.readouterr().out
    assert here("--help") == 0
    listed = capsys.readouterr().out
    for name in COMMANDS:
        assert f"  {name} " in listed
        assert here(name, "--help") == 0
        assert f"gradcli {name} " in capsys.readouterr().out.partition("Examples:")[2] + " "


# -- results


@pytest.mark.parametrize("expression", ["-x^2", "-x", "-2*x", "-(x)", "-quiet*0 - x", "-x^2 + x"])
def test_an_expression_may_begin_with_minus(
    expression: str, capsys: pytest.CaptureFixture[str]
) -> None:
    point = "x=3, quiet=1" if "quiet" in expression else "x=3"
    assert here("diff", expression, "--at", point) == 0
    assert capsys.readouterr().out.startswith(f"f = {expression} = -")
    assert here("diff", "--at", point, "--", expression) == 0


def test_options_may_stand_anywhere(capsys: pytest.CaptureFixture[str]) -> None:
    assert here("diff", "--quiet", "--at=x=3", "-x*y", "--at", "y=-2", "--wrt", "y,x") == 0
    rows = capsys.readouterr().out.splitlines()
    assert [row.split()[:3] for row in rows[3:]] == [["y", "-2", "-3"], ["x", "3", "2"]]


def test_wrt_repeats(capsys: pytest.CaptureFixture[str]) -> None:
    point = ("--at", "x=3, y=2, z=1", "--format", "json")
    assert here("diff", "x*y*z", *point, "--wrt", "x", "--wrt", "z") == 0
    assert [i["name"] for i in json.loads(capsys.readouterr().out)["inputs"]] == ["x", "z"]


def test_precision(capsys: pytest.CaptureFixture[str]) -> None:
    assert here("diff", "pi*x", "--at", "x=1", "--precision", "50") == 0
    assert "3.1415926535897932384626433832795028841971693993751" in capsys.readouterr().out
    assert here("diff", "x", "--at", "x=1", "--precision", "1001") == 2
    assert here("diff", "x", "--at", "x=1", "--precision", "0") == 2


def test_trace(capsys: pytest.CaptureFixture[str]) -> None:
    assert here("diff", "q = x + y; q*z", "--at", "x=-2, y=5, z=-4", "--trace") == 0
    out = capsys.readouterr().out
    assert "add hands the gradient on" in out
    assert "multiply swaps its inputs" in out


def test_warnings_of_machine_formats_go_beside(capsys: pytest.CaptureFixture[str]) -> None:
    for form in ("json", "csv", "markdown", "latex"):
        assert here("diff", "abs(x)", "--at", "x=0", "--format", form) == 0
        out, err = capsys.readouterr()
        assert "warning[G301]" not in out
        assert err.startswith("warning[G301]")
        assert here("diff", "abs(x)", "--at", "x=0", "--format", form, "--quiet") == 0
        assert capsys.readouterr().err == ""
    assert here("diff", "abs(x)", "--at", "x=0") == 0
    out, err = capsys.readouterr()
    assert "warning[G301]" in out
    assert err == ""


def test_standard_input() -> None:
    done = running.here("diff", "-", "--at", "x=3", stdin="-x^2  # a comment\n")
    assert done.code == 0, done.err
    assert done.out.startswith("f = -x^2 = -9\n")


def test_a_file_and_its_folder(tmp_path: Path) -> None:
    folder = tmp_path / "deep"
    folder.mkdir()
    (folder / "net.grad").write_text("at w = @w.json\nf = sum(w*w)\n", encoding="utf-8-sig")
    (folder / "w.json").write_text("[1, 2]")
    (tmp_path / "v.json").write_text("[3, 4]")
    done = running.here("diff", "@deep/net.grad", cwd=tmp_path)
    assert done.code == 0, done.err
    assert "f = sum(w*w) = 5\n" in done.out
    done = running.here("diff", "@deep/net.grad", "--at", "w=@v.json", cwd=tmp_path)
    assert "f = sum(w*w) = 25\n" in done.out


def test_json_bytes_do_not_change() -> None:
    arguments = ("diff", "sin(x)*y", "--at", "x=1/3, y=2", "--format", "json", "--trace")
    first = process(*arguments)
    assert first.returncode == 0, first.stderr
    assert process(*arguments, PYTHONHASHSEED="7").stdout == first.stdout
    assert first.stdout.isascii()


def test_functions(capsys: pytest.CaptureFixture[str]) -> None:
    assert here("functions") == 0
    assert "\n  sigmoid(x)" in capsys.readouterr().out
    assert here("functions", "σ") == 0
    assert "sigmoid(x)*(1 - sigmoid(x))" in capsys.readouterr().out
    assert here("functions", "sigmoid", "--format", "json") == 0
    content = json.loads(capsys.readouterr().out)
    assert content["functions"][0]["signature"] == "sigmoid(x)"
    assert here("functions", "--format", "markdown") == 0
    assert here("functions", "sigmod") == 2
    assert 'did you mean "sigmoid"?' in capsys.readouterr().err


# -- exit codes


def test_unsettled_is_1(capsys: pytest.CaptureFixture[str]) -> None:
    assert here("diff", "sin(pi)*x", "--at", "x=2") == 1
    assert "0 (below 1e-" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["diff", "x +", "--at", "x=3"], "error[G001]"),
        (["diff", "sin(y)", "--at", "x=3"], "error[G010]"),
        (["diff", "log(x)", "--at", "x=-1"], "error[G302]"),
        (["diff"], "Missing argument"),
        (["diff", "x", "--att", "x=3"], "--at"),
        (["diff", "x", "-at", "x=3"], "did you mean --at?"),
        (["diff", "x", "y", "z"], "quotes"),
        (["diff", "x", "--format", "xml"], "xml"),
        (["dif", "x"], 'Did you mean "diff"?'),
        (["x^2"], 'gradcli diff "x^2"'),
        (["--nonsense"], "--nonsense"),
        (["diff", "@nowhere.grad"], "nowhere.grad cannot be read"),
        (["diff", "nets/neuron.grad"], "read by  @nets/neuron.grad"),
        (["diff", "@"], "no file"),
        (["diff", "@."], "cannot be read"),
        (["diff", "@a\0b"], "cannot be read"),
    ],
)
def test_wrong_input_is_2(
    arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert here(*arguments) == 2
    out, err = capsys.readouterr()
    assert said in err
    assert out == ""
    assert "Traceback" not in err


def test_files_that_are_no_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "binary").write_bytes(b"x^2\0\0")
    (tmp_path / "latin").write_bytes("é".encode("latin-1"))
    (tmp_path / "huge").write_bytes(b"1+" * 600)
    for name, said in (("binary", "binary"), ("latin", "UTF-8")):
        done = running.here("diff", f"@{name}", cwd=tmp_path)
        assert done.code == 2
        assert f"error[G011]: {name}" in done.err
        assert said in done.err
    assert running.here("diff", "-", stdin=b"\xff").code == 2
    monkeypatch.setattr("gradcli.project.files.LARGEST", 1000)
    assert here("diff", f"@{tmp_path / 'huge'}") == 2


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (SelfCheckError(Diagnostic("G900", "two ways disagree")), 3, "error[G900]"),
        (ZeroDivisionError("by\nzero"), 3, "this is a bug of gradcli: ZeroDivisionError: by zero"),
        (KeyboardInterrupt(), 130, "interrupted"),
        (RecursionError("deep"), 3, "this is a bug of gradcli: RecursionError: deep"),
        (MemoryError(), 2, "too large"),
    ],
)
def test_what_is_raised_below(
    error: BaseException,
    code: int,
    said: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise error

    monkeypatch.setattr(api, "diff", fail)
    assert here("diff", "x", "--at", "x=1") == code
    out, err = capsys.readouterr()
    assert said in err
    assert "Traceback" not in err
    assert out == ""


# -- streams


@pytest.mark.parametrize("arguments", [["--help"], ["functions"]])
@pytest.mark.skipif(os.name == "nt", reason="pipes close differently there")
def test_a_closed_pipe_is_no_error(arguments: list[str]) -> None:
    read, write = os.pipe()
    os.close(read)
    done = subprocess.run(
        [sys.executable, "-m", "gradcli", *arguments],
        stdout=write,
        stderr=subprocess.PIPE,
        timeout=60,
        check=False,
    )
    os.close(write)
    assert done.stderr == b""
    assert done.returncode in (0, -13, 141)


class Full(io.StringIO):
    """A stream onto a disk that is full."""

    def write(self, text: str) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")


@pytest.mark.parametrize("arguments", [["diff", "x^"], ["diff"], ["nothing"]])
def test_a_complaint_that_cannot_be_written(
    arguments: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stderr", Full())
    assert here(*arguments) == 2


def test_a_closed_standard_input_is_empty(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdin", None)
    prepare_streams()
    assert here("diff", "-") == 2 and "there is no expression" in capsys.readouterr().err
    assert here("repl") == 0
    sys.stdin.close()


def test_a_folder_that_has_gone(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(os, "getcwd", Path("/nowhere").stat)
    assert here("diff", "x", "--at", "x=1") == 2
    assert "the current folder cannot be read" in capsys.readouterr().err


@pytest.mark.slow
@pytest.mark.parametrize("form", ["plain", "json", "csv", "markdown", "latex"])
def test_an_ascii_stream(form: str) -> None:
    point = ("--at", "θ=3", "--format", form)
    done = process("diff", "θ^2", *point, PYTHONIOENCODING="ascii")
    assert done.returncode == 0, done.stderr
    assert done.stdout.isascii()
    assert b"?" not in done.stdout
    done = process("diff", "θ^", *point, PYTHONIOENCODING="ascii")
    assert done.returncode == 2
    assert b"\\u03b8^" in done.stderr


def test_arguments_are_utf8_in_every_locale() -> None:
    locale: dict[str, Any] = {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"}
    done = process("diff", "θ^2", "--at", "θ=3", **locale)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(b"f = \\u03b8^2 = 9\n")


def test_a_pipe_has_no_colour_and_cuts_nothing() -> None:
    wide = ", ".join(f"x_{'long' * 10}{k}=1/7" for k in range(3))
    expression = " * ".join(part.partition("=")[0] for part in wide.split(", "))
    done = process("diff", f"sin({expression})", "--at", wide, "--precision", "120", COLUMNS="40")
    assert done.returncode == 0, done.stderr
    assert b"\x1b" not in done.stdout
    assert max(map(len, done.stdout.splitlines())) > 170


def _on_a_terminal(*arguments: str, columns: int = 100, **environment: str) -> str:
    """What a pseudo-terminal receives, standard error included."""
    pty = pytest.importorskip("pty")
    termios = pytest.importorskip("termios")
    main, side = pty.openpty()
    termios.tcsetwinsize(side, (50, columns))
    environ = {**os.environ, "TERM": "xterm", **environment}
    process = subprocess.Popen(
        [sys.executable, "-m", "gradcli", *arguments], stdout=side, stderr=side, env=environ
    )
    os.close(side)
    pieces = []
    try:
        while piece := os.read(main, 65536):
            pieces.append(piece)
    except OSError:
        pass  # the other side is closed
    process.wait(timeout=60)
    os.close(main)
    return b"".join(pieces).decode().replace("\r\n", "\n")


@pytest.mark.slow
def test_a_terminal_has_colour_unless_refused() -> None:
    arguments = ("diff", "abs(x) + x", "--at", "x=0")
    coloured = _on_a_terminal(*arguments)
    assert "\x1b[" in coloured
    plain = _on_a_terminal(*arguments, "--no-color")
    assert "\x1b" not in plain
    assert "no derivative: 0 from the left, 2 from the right" in plain
    assert _on_a_terminal(*arguments, NO_COLOR="1") == plain
    assert "\x1b" not in _on_a_terminal(*arguments, TERM="dumb")
    assert "\x1b" not in _on_a_terminal("diff", "x +", "--no-color")
    assert "\x1b[" in _on_a_terminal("diff", "x +")


def test_a_terminal_never_reads_markup() -> None:
    shown = _on_a_terminal("diff", "sum([x, red] * [red, x]) # :smile:", "--at", "x=1, red=2")
    assert "sum([x, red] * [red, x])" in shown


@pytest.mark.parametrize("program", ["", "x in R"])
def test_nothing_to_check_in_a_program(program: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert here("check", "-e", program) == 2
    assert "nothing to check in the program" in capsys.readouterr().err
