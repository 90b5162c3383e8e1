"""Derivations of strangers: what they name stays in the project, and no report quotes a data file.

Must not know how a format is read.
"""

from __future__ import annotations

import io
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from gradcli.cli import group
from gradcli.cli.run import run

pytestmark = pytest.mark.skipif(os.name == "nt", reason="links differ there")
SECRET = "hunter2"
CLAIM = "x in R^1\nat x = @%s\nsum(x) = x[0]\n"
Ask = Callable[..., tuple[int, str]]


@pytest.fixture
def ask(capsys: pytest.CaptureFixture[str]) -> Ask:
    def asked(*arguments: str) -> tuple[int, str]:
        code = run(group, ["check", *arguments])
        out, err = capsys.readouterr()
        return code, out + err

    return asked


@pytest.fixture(autouse=True)
def repo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project beside what is no business of its readers; it is the current folder."""
    for name in ("secret.csv", "secret.md", "repo/inside.csv"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("```grad\n1 = hunter2\n```\n" if "md" in name else "41\n")
    (tmp_path / "private").mkdir()
    (tmp_path / "private/secret.grad").write_text("1 = hunter2\n")
    root = tmp_path / "repo"
    (root / "pyproject.toml").write_text("")
    (root / "notes").mkdir()
    monkeypatch.chdir(root)
    return root


@pytest.mark.parametrize(
    "path", ["../../secret.csv", "link.csv", "away/../secret.csv", "../../nothing.csv", "ABS"]
)
def test_a_file_outside_is_not_read(path: str, ask: Ask, tmp_path: Path) -> None:
    Path("notes/link.csv").symlink_to(tmp_path / "secret.csv")
    Path("notes/away").symlink_to(tmp_path / "private")
    path = path.replace("ABS", str(tmp_path / "secret.csv"))
    Path("notes/a.grad").write_text(CLAIM % path)
    for named in ("notes/a.grad", "."):
        code, said = ask(named)
        assert code == 2 and f"{path} is outside of the project" in said.replace("\\", "")
        assert "--allow-outside" in said and "its folder has" not in said
    if "nothing" not in path:
        assert ask("notes/a.grad", "--allow-outside")[0] == 0


def test_a_file_inside_is_read(ask: Ask) -> None:
    Path("notes/b.csv").symlink_to(Path("inside.csv").absolute())
    for path in ("../inside.csv", "b.csv", str(Path("inside.csv").absolute())):
        Path("notes/a.grad").write_text(CLAIM % path)
        assert ask("notes/a.grad")[0] == 0


def test_without_a_project_a_file_has_its_folder(ask: Ask, tmp_path: Path) -> None:
    Path("pyproject.toml").unlink()
    Path("notes/a.grad").write_text(CLAIM % "../inside.csv")
    assert ask("notes/a.grad")[0] == 2
    Path(".git").mkdir()
    assert ask("notes/a.grad")[0] == 0


def test_text_that_is_piped_is_no_better(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    text = CLAIM % "../secret.csv"
    for options, code in (((), 2), (("--allow-outside",), 0)):
        stream = io.TextIOWrapper(io.BytesIO(text.encode()))
        monkeypatch.setattr(sys, "stdin", stream)
        assert ask("-", *options)[0] == code
    assert ask("-e", text)[0] == 0  # a person has typed it


@pytest.mark.parametrize(
    ("link", "to"),
    [("notes/a.md", "secret.md"), ("notes/a.grad", "private/secret.grad"), ("away", "private")],
)
def test_a_link_that_leads_outside_is_told_of(link: str, to: str, ask: Ask, tmp_path: Path) -> None:
    Path(link).symlink_to(tmp_path / to)
    for named in (".", link):
        code, said = ask(named, "--format", "concise")
        assert code == 2 and f"{link} leads outside of the project" in said
        assert SECRET not in said and str(tmp_path / to) not in said
    assert SECRET in ask(link, "--allow-outside")[1]


def test_the_configuration_names_nothing_outside(ask: Ask) -> None:
    Path("pyproject.toml").write_text('[tool.gradcli]\npaths = ["../private/secret.grad"]\n')
    code, said = ask()
    assert code == 2 and SECRET not in said
    assert SECRET in ask("--allow-outside")[1]


def npy(text: bytes) -> bytes:
    return b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.csv", b"hunter2\n"), ("a.csv", b"1,hunter2\n"), ("a.csv", b"1e999hunter2\n"),
        ("a.json", b'["hunter2"]'), ("a.json", b'{"hunter2": 1}'), ("a.json", b"hunter2"),
        ("a.json", b'[1, "hunter2'), ("a.json", b"[[1], hunter2]"), ("a.npy", b"hunter2"),
        ("a.npy", npy(b"hunter2")), ("a.npy", npy(b"{'hunter2': 2}")), ("a.npz:b", b"hunter2"),
        ("a.npy", npy(b"{'descr': 'hunter2', 'fortran_order': False, 'shape': (1,), }")),
        ("a.npy", npy(b"{'descr': '<f8', 'fortran_order': 'hunter2', 'shape': (1,), }")),
    ],
)  # fmt: skip
def test_a_report_quotes_no_data(name: str, data: bytes, ask: Ask) -> None:
    Path(name.partition(":")[0]).write_bytes(data)
    Path("a.grad").write_text(CLAIM % name)
    for form in ("full", "json", "github"):
        code, said = ask("a.grad", "--format", form)
        assert code == 2 and "G011" in said and "unter2" not in said


def test_only_data_is_suggested(ask: Ask) -> None:
    Path("values.env").write_text(SECRET)
    Path("a.grad").write_text(CLAIM % "values.csv")
    assert "values.env" not in ask("a.grad")[1]
    np.save("value.npy", [1.0])
    assert "value.npy" in ask("a.grad")[1]


def test_a_name_that_is_no_text(ask: Ask) -> None:
    name = os.fsdecode(b"n\xff.grad")
    Path(name).write_text("1 + 1 = 2\n")
    for form in ("full", "json", "junit", "sarif", "github", "tap", "concise"):
        code, said = ask(".", "--format", form)
        assert code == 0
        said.encode()
    Path(name).write_bytes(b"\xff")
    code, said = ask(name, "--format", "json")
    assert code == 2 and json.loads(said)["errors"]
