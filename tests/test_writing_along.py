"""`check --fill`, `--update` and `--watch`: what is missing is written, what changes is checked.

Must not know how a formula is found.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from gradcli.cli import watching
from gradcli.errors import Source, wrong
from gradcli.judge.mends import mended, updates
from gradcli.python.reports import check
from tests.running import here

HOLES = """\
w, y in R
L = (w - y)^2
dL/dw = ?          # the slope
at w=1, y=1/3
dL/dy ≈ ?
"""
FILLED = HOLES.replace("= ? ", "= 2*(w - y) ").replace("≈ ?", "≈ -1.33333333333333")


def test_what_is_missing_is_written(tmp_path: Path) -> None:
    path = tmp_path / "a.grad"
    path.write_text(HOLES, "utf-8")
    shown = here("check", "a.grad", "--fill", cwd=tmp_path)
    assert shown.code == 2 and "+dL/dw = 2*(w - y)" in shown.err and "--yes writes" in shown.err
    assert path.read_text("utf-8") == HOLES
    done = here("check", "a.grad", "--fill", "--yes", cwd=tmp_path)
    assert done.code == 0, done.out + done.err
    assert "2 right sides written" in done.err
    [before, after] = [text.splitlines() for text in (HOLES, path.read_text("utf-8"))]
    assert after[2] == "dL/dw = 2*(w - y)          # the slope"
    assert after[4].startswith("dL/dy ≈ -1.3333")
    assert [line for k, line in enumerate(after) if k not in (2, 4)] == [
        line for k, line in enumerate(before) if k not in (2, 4)
    ]


def test_fences_are_filled_where_they_stand(tmp_path: Path) -> None:
    text = "# One\n\n> ```grad\n> x in R; f = x^3\n> df/dx = ?\n> ```\n\nand `?` in prose\n"
    (tmp_path / "a.md").write_text(text, "utf-8")
    assert here("check", "a.md", "--fill", "--yes", cwd=tmp_path).code == 0
    assert (tmp_path / "a.md").read_text("utf-8") == text.replace("= ?", "= 3*x^2")


def test_what_cannot_be_found_is_said(tmp_path: Path) -> None:
    (tmp_path / "a.grad").write_text("x in R; f = x^2\ndg/dx = ?\n", "utf-8")
    done = here("check", "a.grad", "--fill", "--yes", cwd=tmp_path)
    assert done.code == 2
    assert 'a.grad:2: unknown name "g"' in done.err


@pytest.mark.parametrize("line", ["df/dx = ?", "f ≈ ?", "df/dx = 2*x = ?", "df/dx = ?  # soon"])
def test_a_hole_is_an_error_that_names_the_way_out(line: str) -> None:
    done = here("check", "-e", f"x in R\nf = x^2\nat x=1\n{line}\n")
    assert done.code == 2
    assert "the right side is still missing" in done.out and "check --fill" in done.out


def test_a_question_elsewhere_is_none() -> None:
    assert "where(x > 0, a, b)" in here("check", "-e", "f = x > 0 ? x : 0").out


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("L ≈ 0.4", None), ("L ≈ 7.25", "L ≈ 0.44"), ("L ≈ -0.4444", "L ≈ 0.4444"),
        ("dL/dw ≈ 1.33334  # slope", "dL/dw ≈ 1.33333  # slope"), ("L ≈ 7", "L ≈ 0.444444"),
        ("[w, y, L] ≈ [1, 0.3, 0.5]", "[w, y, L] ≈ [1, 0.3, 0.4]"),
    ],
)  # fmt: skip
def test_numbers_are_rounded_anew(before: str, after: str | None, tmp_path: Path) -> None:
    head = "w, y in R\nL = (w - y)^2\nat w=1, y=1/3\n"
    (tmp_path / "a.grad").write_text(f"{head}{before}\n", "utf-8")
    done = here("check", "a.grad", "--update", "--yes", cwd=tmp_path)
    assert done.code == 0, done.out + done.err
    assert (tmp_path / "a.grad").read_text("utf-8") == f"{head}{after or before}\n"


def test_only_numbers_are_updated(tmp_path: Path) -> None:
    text = "x in R\nf = x^2\ndf/dx = 3*x\nat x=1/3\nf ≈ 0.12\n"
    (tmp_path / "a.grad").write_text(text, "utf-8")
    assert here("check", "a.grad", "--update", "--yes", cwd=tmp_path).code == 1
    assert (tmp_path / "a.grad").read_text("utf-8") == text.replace("0.12", "0.11")


def test_a_small_number_keeps_its_digits() -> None:
    text = "x in R\nat x=1/3000\nx ≈ 0.25\n"
    report = check(text)
    [edit] = updates(report.findings, source := Source("<program>", text))
    assert mended(source, [edit]).endswith("x ≈ 0.000333333\n")


@pytest.mark.parametrize("option", ["--fill", "--update", "--fix", "--watch"])
def test_a_text_in_no_file_is_not_changed(option: str) -> None:
    done = here("check", "-e", "x in R; f = x^2; df/dx = 2x", option)
    assert done.code == 2 and "name files or folders" in done.err


# -- watching


class Clock:
    """In the place of `time.sleep`: each look is preceded by the next change."""

    def __init__(self, *changes: object) -> None:
        self.changes = iter(changes)

    def __call__(self, seconds: float) -> None:
        change = next(self.changes, None)
        if change is None:
            raise KeyboardInterrupt
        change()  # type: ignore[operator]


@pytest.fixture
def files(tmp_path: Path) -> Iterator[Path]:
    for name in ("a.grad", "b.grad"):
        (tmp_path / name).write_text("x", "utf-8")
    yield tmp_path


def test_what_changes_is_checked(files: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    checked: list[tuple[str, ...]] = []

    def look(paths: tuple[str, ...]) -> None:
        checked.append(tuple(Path(path).name for path in paths))
        if len(checked) == 2:
            raise wrong("G011", "it cannot be read")

    def nothing() -> None:
        return

    clock = Clock(
        nothing,
        lambda: (files / "a.grad").write_text("xy", "utf-8"),
        lambda: (files / "c.grad").write_text("x", "utf-8"),
        lambda: (files / "w.npy").write_text("1", "utf-8"),
        nothing,
        (files / "b.grad").unlink,
    )
    monkeypatch.setattr(watching.time, "sleep", clock)
    with pytest.raises(KeyboardInterrupt):
        watching.watch(look, lambda: map(str, files.glob("*.grad")), no_color=True)
    # All at first, where data change, and where a file is gone; else what changed.
    assert checked == [(), ("a.grad",), ("c.grad",), (), ()]


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="signals are those of POSIX")
def test_an_interrupt_ends_it(tmp_path: Path) -> None:
    (tmp_path / "a.grad").write_text("x in R; f = x^2; df/dx = 2x\n", "utf-8")
    command = [sys.executable, "-m", "gradcli", "check", ".", "--watch"]
    with subprocess.Popen(
        command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as running:
        assert running.stderr is not None and running.stdout is not None
        assert "waiting for changes" in running.stderr.readline()
        (tmp_path / "a.grad").write_text("x in R; f = x^2; df/dx = 3x\n", "utf-8")
        while (said := running.stderr.readline()) and "waiting" not in said:
            time.sleep(0.01)
        running.send_signal(signal.SIGINT)
        out, _ = running.communicate(timeout=60)
    assert running.returncode == 130
    assert "1 proved" in out and "the number is 2, not 3" in out
