"""The documentation against the program: generated pages are fresh, and every example shown runs.

Must not hold an example of its own.
"""

from __future__ import annotations

import importlib.util
import os
import re
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path
from shutil import copytree, ignore_patterns, rmtree
from types import ModuleType

import pytest

from gradcli.cli import COMMANDS
from gradcli.project.config import KINDS, load
from tests.running import Done, here

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]


def generator() -> ModuleType:
    spec = importlib.util.spec_from_file_location("generate", ROOT / "docs" / "generate.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=pytest.mark.slow) if name.startswith("tutorials/") else name
        for name in generator().PAGES
    ],
)
def test_a_generated_page_is_fresh(name: str) -> None:
    fresh = generator().PAGES[name]()
    assert (ROOT / "docs" / name).read_text(encoding="utf-8") == fresh, "run docs/generate.py"


def sessions() -> list[tuple[str, str]]:
    """Every `$ gradcli …` in a console block, with the lines that follow it."""
    found = []
    for page in PAGES:
        if page.parent.name == "tutorials":
            continue  # their sessions need their files, and are generated
        text = page.read_text(encoding="utf-8")
        for block in re.findall(r"```console\n(.*?)```", text, re.DOTALL):
            for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
                command, _, output = part.partition("\n")
                found.append((command, output.rstrip()))
    return found


def run(command: str, folder: Path) -> Done:
    program, *arguments = shlex.split(command, comments=True)
    assert program == "gradcli"
    if ">" in arguments:
        # What a shell would do with it.
        place = arguments.index(">")
        done = here(*arguments[:place], cwd=folder)
        (folder / arguments[place + 1]).write_text(done.out, encoding="utf-8")
        return done
    return here(*arguments, cwd=folder)


def test_a_tutorial_shows_what_becomes_of_its_files() -> None:
    """What its prose speaks of is there; that the program prints it, the generator holds."""
    pages = {
        name: text for name, text in generator().PAGES.items() if name.startswith("tutorials/")
    }
    assert len(pages) == 3
    for name in pages:
        shown = (ROOT / "docs" / name).read_text(encoding="utf-8")
        assert shown.count("$ gradcli ") >= 5, name
        assert "\nerror[G900]" not in shown
    first = (ROOT / "docs" / "tutorials" / "derivation.md").read_text(encoding="utf-8")
    for said in (
        "= diagnosis: this is dL/dx, not dL/dw\n",
        "-      = (p - t) * p * (1 - p) * w      # put in\n+      = (p - t) * p * (1 - p) * x ",
        "4 claims   4 proved\n",
        "mend:  2 * X.T @ r / m      proved\n",
        "2 claims   2 proved (every size)\n",
    ):
        assert said in first, said
    for name, codes in (("derivation", "02"), ("repository", "100")):
        text = (ROOT / "docs" / "tutorials" / f"{name}.md").read_text(encoding="utf-8")
        assert "".join(re.findall(r"\$ echo \$\?\n(\d)", text)) == codes


def test_a_tutorial_is_played() -> None:
    """A session takes the place of the one that stood there; a file is what its fence holds."""
    played = generator().tutorials.played
    fence = "Write `a/x.grad`:\n\n```grad\nx in R\nx + 1 = 2*x - {}\n```\n"
    session = "```console\n$ gradcli check a --format concise{}\n\n$ echo $?\n{}\n```\n"
    old = (
        fence.format("(x - 1)")
        + session.format("\nstale", 7)
        + fence.format("x")
        + session.format("", 0)
    )
    new = played(old)
    assert new.startswith(fence.format("(x - 1)") + session.format("", 0))
    assert "a/x.grad:2:9: G102" in new
    assert new.endswith("\n\n$ echo $?\n1\n```\n")
    assert played(new) == new
    with pytest.raises(ValueError, match="cannot run rm"):
        played("```console\n$ rm -r a\n```")


def test_every_page_is_in_the_navigation_of_the_site() -> None:
    site = tomllib.loads((ROOT / "zensical.toml").read_text(encoding="utf-8"))["project"]
    named = re.findall(r"'([\w/-]+\.md)'", str(site["nav"]))
    assert sorted(named) == sorted(
        path.relative_to(ROOT / "docs").as_posix() for path in PAGES if path.name != "README.md"
    )


@pytest.mark.slow
@pytest.mark.parametrize(("command", "output"), sessions())
def test_a_session_shows_what_the_program_prints(command: str, output: str) -> None:
    done = run(command, ROOT)
    assert done.code == ("error[" in output), done.err
    assert done.out.startswith(output)


def test_the_readme_has_no_derivation_that_nothing_checks() -> None:
    """Its derivations stand in commands and sessions, which run; a fence would need a test."""
    assert "```grad" not in (ROOT / "README.md").read_text(encoding="utf-8")


def commands() -> list[str]:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    text = re.sub(r"^cat .*?END'\n.*?END\n.*?\n", "", text, flags=re.MULTILINE | re.DOTALL)
    return [line for line in text.splitlines() if line.startswith("gradcli ")]


@pytest.mark.slow
@pytest.mark.parametrize("command", commands())
def test_a_command_of_the_readme_runs(command: str, tmp_path: Path) -> None:
    import numpy as np  # noqa: PLC0415 only to write the file that the example names

    np.save(tmp_path / "w.npy", np.ones((2, 3)))
    # The derivations of one letter: each of the others has a test of its own.
    longer = ignore_patterns("[!l]*.grad")
    copytree(ROOT / "samples", tmp_path / "samples")
    rmtree(tmp_path / "samples" / "derivations")
    copytree(ROOT / "samples" / "derivations", tmp_path / "samples/derivations", ignore=longer)
    copytree(ROOT / "docs", tmp_path / "docs")
    (tmp_path / "pyproject.toml").touch()  # the root of what the samples may read
    done = run(command, tmp_path)
    assert done.code == 0, done.err
    assert done.out


# -- docs/ci.md

CI = (ROOT / "docs" / "ci.md").read_text(encoding="utf-8")
NOTE = """\
derivation "least squares"

f = (a*x - b)^2

df/dx = 2*a*(a*x - b)
"""


BATCH_NORM = """\
import numpy as np


def bn_forward(x, gamma, beta, eps):
    inverse = 1 / np.sqrt(x.var(axis=0) + eps)
    normal = (x - x.mean(axis=0)) * inverse
    return gamma * normal + beta, (normal, inverse, gamma)


def bn_backward(dout, cache):
    normal, inverse, gamma = cache
    dnormal = dout * gamma
    means = dnormal.mean(axis=0) + normal * (dnormal * normal).mean(axis=0)
    return (dnormal - means) * inverse, (dout * normal).sum(axis=0), dout.sum(axis=0)
"""


def blocks(language: str) -> str:
    return "\n".join(re.findall(rf"```{language}\n(.*?)```", CI, re.DOTALL))


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project with the files and the settings that the page speaks of."""
    (tmp_path / "notes" / "drafts").mkdir(parents=True)
    (tmp_path / "README.md").write_text(f"```grad\n{NOTE}```\n", encoding="utf-8")
    (tmp_path / "notes" / "net.grad").write_text(NOTE, encoding="utf-8")
    (tmp_path / "notes" / "drafts" / "no.grad").write_text("f = x^2; df/dx = x", encoding="utf-8")
    (tmp_path / "layers.py").write_text(BATCH_NORM, encoding="utf-8")
    (tmp_path / "pyproject.toml").write_text(blocks("toml"), encoding="utf-8")
    return tmp_path


def ci_commands() -> list[str]:
    found = re.findall(r"^[ -]*(gradcli check\b.*)$", blocks("sh") + blocks("yaml"), re.MULTILINE)
    assert len(found) > 6
    return found


@pytest.mark.slow
@pytest.mark.parametrize("command", ci_commands())
def test_a_command_for_ci_runs(command: str, project: Path) -> None:
    done = run(command, project)
    assert (done.code, done.err) == (0, "")
    output = re.search(r"--output (\S+)", command)
    assert not output or (project / output[1]).stat().st_size


def test_a_hook_is_shipped() -> None:
    shipped = (ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8")
    [name] = re.findall(r"hooks:\n +- id: (\S+)", blocks("yaml"))
    assert shipped.startswith(f"- id: {name}\n")
    [(entry, option)] = re.findall(r"entry: gradcli (\S+) (\S+)", shipped)
    assert entry in COMMANDS
    assert option in run(f"gradcli {entry} --help", ROOT).out
    assert re.search("^  require_serial: true$", shipped, re.MULTILINE)
    [pattern] = re.findall(r"files: (\S+)", shipped)
    assert all(re.search(pattern, name) for name in ("a/b.grad", "README.md"))
    assert not any(re.search(pattern, name) for name in ("a.gradle", "md"))


def test_the_settings_are_all_there_are(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert {*tomllib.loads(blocks("toml"))["tool"]["gradcli"]} == {*KINDS}
    monkeypatch.chdir(project)
    assert load(Path()).paths == ("notes", "README.md")


@pytest.mark.slow
@pytest.mark.parametrize("command", re.findall(r"^pytest .*$", blocks("sh"), re.MULTILINE))
def test_a_command_for_pytest_runs(command: str, project: Path) -> None:
    plugin = [] if "no:gradcli" in command else ["-p", "gradcli.pytest_plugin"]
    done = subprocess.run(
        [sys.executable, "-m", *shlex.split(command, comments=True), *plugin, "-v"],
        capture_output=True, text=True, cwd=project, check=False,
        env={**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTEST_ADDOPTS": ""},
    )  # fmt: skip
    assert done.returncode == (0 if plugin else 5), done.stdout
    assert ("1 passed" in done.stdout) == bool(plugin)


ACTION = (ROOT / "action.yml").read_text(encoding="utf-8")
STUB = """#!/bin/sh
case "$1$2" in
  -mvenv) mkdir -p "$3/bin"; for name in python gradcli; do cp "$0" "$3/bin/$name"; done ;;
  *) printf '%s|' "${0##*/}" "$@" >> "$LOG"; echo >> "$LOG" ;;
esac
"""


def inputs() -> list[str]:
    section = ACTION.partition("\ninputs:\n")[2].partition("\n\n")[0]
    return re.findall(r"^  (\w+):$", section, re.MULTILINE)


@pytest.mark.skipif(os.name == "nt", reason="needs a POSIX shell")
@pytest.mark.parametrize("version", ["", "1.2.3"])
@pytest.mark.parametrize(
    ("code", "unless"), [("false", "--no-code|"), ("", "--no-code|"), ("true", "")]
)
def test_the_action_does_what_its_example_asks(
    version: str, code: str, unless: str, tmp_path: Path
) -> None:
    """Its script is run with stubs in place of Python and gradcli."""
    [example] = re.findall(r"with:\n((?: {10,}\S.*\n)+)", blocks("yaml"))
    given = dict(re.findall(r" {10}(\w+): ([^|\n].*)", example)) | {
        "paths": "".join(re.findall(r" {12}(\S.*\n)", example))
    }
    assert {*given} < {*inputs()} == {"paths", "args", "version", "code", "summary", "sarif"}
    for name in inputs():
        assert f"GRADCLI_{name.upper()}: ${{{{ inputs.{name} }}}}\n" in ACTION
    *_, script = re.findall(r"^      run: \|\n((?: {8}.*\n)+)", ACTION, re.MULTILINE)
    script = re.sub(r"^ {8}", "", script, flags=re.MULTILINE)
    stub = tmp_path / "stub"
    stub.write_text(STUB)
    stub.chmod(0o700)
    environ = {f"GRADCLI_{name.upper()}": given.get(name, "") for name in inputs()}
    environ |= {
        "GRADCLI_VERSION": version, "GRADCLI_CODE": code, "CACHED": "false",
        "GITHUB_STEP_SUMMARY": str(tmp_path / "summary"), "GITHUB_OUTPUT": str(tmp_path / "output"),
        "PYTHON": str(stub), "RUNNER_TEMP": str(tmp_path / "temp dir"),
        "GITHUB_ACTION_PATH": "/the action", "LOG": str(tmp_path / "log"),
    }  # fmt: skip

    def step(**more: str) -> int:
        return subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script],
            env={**os.environ, **environ, **more}, check=False,
        ).returncode  # fmt: skip

    assert step() == 0
    package = f"gradcli=={version}" if version else "/the action"
    assert (tmp_path / "log").read_text().splitlines() == [
        f"python|-m|pip|install|--quiet|{package}|",
        f"gradcli|check|--format|github|{unless}--report|markdown={tmp_path}/temp dir/gradcli.md|"
        "--jobs|0|my notes|README.md|",
    ]
    (tmp_path / "temp dir" / "gradcli" / "bin" / "gradcli").write_text(
        '#!/bin/sh\nfor o in "$@"; do case $o in *=*) echo "${o%%=*}" > "${o#*=}" ;; esac; done\n'
        "exit 1\n"
    )
    assert step(CACHED="true", GRADCLI_SARIF="true", GRADCLI_PATHS="") == 1
    assert (tmp_path / "summary").read_text() == "markdown\n"
    assert (tmp_path / "output").read_text() == "sarif=true\n"
    assert len((tmp_path / "log").read_text().splitlines()) == 2
