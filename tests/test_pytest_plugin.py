"""The pytest plug-in, in sessions of their own: what is collected, how it fails, what it costs.

Must not know how a claim is judged: a stand-in does it here.
"""

from __future__ import annotations

import tomllib
from importlib import import_module
from pathlib import Path
from xml.etree import ElementTree

import pytest

from gradcli import api
from gradcli.api.derivations import check_text
from tests import stand_in

pytest_plugins = ["pytester"]

HERE = Path(__file__).parent
STAND_IN = """
from gradcli import api
from tests import stand_in
api.check_text = stand_in.check_text
"""
TWO = 'derivation "right one"\nright = 1\n\nderivation "wrong one"\nwrong = 2\n'


@pytest.fixture(autouse=True)
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing but what a session names, whether the entry point is installed or not."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    monkeypatch.delenv("PYTEST_ADDOPTS", raising=False)
    monkeypatch.setattr(api, "check_text", stand_in.check_text, raising=False)


def session(pytester: pytest.Pytester, *arguments: str) -> pytest.RunResult:
    return pytester.runpytest_inprocess(
        "-p", "gradcli.pytest_plugin", "-W", "error", "-v", "--gradcli", *arguments
    )


def unasked(pytester: pytest.Pytester, *arguments: str) -> pytest.RunResult:
    return pytester.runpytest_inprocess("-p", "gradcli.pytest_plugin", "-W", "error", *arguments)


def write(name: str, text: str) -> None:
    path = Path(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def test_the_entry_point_is_the_module() -> None:
    project = tomllib.loads((HERE.parent / "pyproject.toml").read_text(encoding="utf-8"))
    [(name, module)] = project["project"]["entry-points"]["pytest11"].items()
    assert name == "gradcli"
    assert import_module(module).pytest_collect_file


def test_a_claim_is_a_test(pytester: pytest.Pytester) -> None:
    write("notes/two.grad", TWO)
    write("plain.grad", "right = 1\n")
    write("README.md", "No fences; grad is a word.\n")
    write("lecture.md", f"# Intro\n\n# Rule\n\n```grad\nright = 1\n```\n```grad new\n{TWO}```\n")
    result = session(pytester)
    result.assert_outcomes(passed=4, failed=2)
    result.stdout.fnmatch_lines_random(
        [
            "lecture.md::Rule::line 6 PASSED*",
            "lecture.md::right one::line 10 PASSED*",
            "lecture.md::wrong one::line 13 FAILED*",
            "notes/two.grad::right one::line 2 PASSED*",
            "notes/two.grad::wrong one::line 5 FAILED*",
            "plain.grad::plain::line 1 PASSED*",
        ]
    )


def test_nothing_is_a_test_unasked(pytester: pytest.Pytester) -> None:
    write("notes/two.grad", TWO)
    write("README.md", "```grad\nwrong = 1\n```\n")
    unasked(pytester).assert_outcomes()
    unasked(pytester, "notes").assert_outcomes()
    unasked(pytester, "notes/two.grad").assert_outcomes(passed=1, failed=1)
    unasked(pytester, "README.md").assert_outcomes(failed=1)
    unasked(pytester, "--gradcli").assert_outcomes(passed=1, failed=2)
    write("pytest.ini", "[pytest]\ngradcli = true\n")
    unasked(pytester).assert_outcomes(passed=1, failed=2)


@pytest.mark.parametrize("ci", ["", "true"])
def test_each_claim_has_its_own_report_and_is_judged_once(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, ci: str
) -> None:
    monkeypatch.setenv("CI", ci)
    write("a.grad", "right = 1\nwrong = 2\nwrong = 3\nright = 4\nerror = 5\n")
    stand_in.calls.clear()
    result = session(pytester)
    result.assert_outcomes(passed=2, failed=3)
    assert len([call for call in stand_in.calls if not call[1].list]) == 1
    result.stdout.fnmatch_lines(["*a.grad:2:9*", "*a.grad:3:9*", "error?G001?: *"])
    assert result.stdout.str().count("  --> a.grad:2:") == 1
    result.stdout.fnmatch_lines(["FAILED a.grad::a::line 2 - error?G102?: this is wrong"])


def test_claims_of_the_language(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(api, "check_text", check_text)
    write(
        "a.grad",
        "x in R\nf = x^2\ndf/dx = 2*x\n  = x + x\n  = 3*x\ndf/dx = x; df/dx = x*2\n"
        'derivation "bare"\nx in R\ng = x\n',
    )
    result = session(pytester)
    result.assert_outcomes(passed=4, failed=2)
    result.stdout.fnmatch_lines_random(
        [
            "a.grad::a::line 3 PASSED*", "a.grad::a::line 4 PASSED*", "a.grad::a::line 5 FAILED*",
            "a.grad::a::line 6 FAILED*", "a.grad::a::line 6 (2) PASSED*",
            "a.grad::bare::line 7 PASSED*",
        ]
    )  # fmt: skip


def test_a_failure_is_a_report(pytester: pytest.Pytester) -> None:
    write("two.grad", TWO)
    result = session(pytester)
    result.stdout.fnmatch_lines(
        ["*_ wrong one, line 5 _*", "error?G102?: *", "  --> two.grad:5:9*", "*1 refuted*"]
    )
    result.stdout.no_fnmatch_line("*Traceback*")
    result.stdout.no_fnmatch_line("*pytest_plugin*: *")
    result.stdout.no_fnmatch_line("*right = 1*")


def test_names_are_unique_and_nothing_is_lost(pytester: pytest.Pytester) -> None:
    write("same.grad", 'wrong = 0\nderivation "a"\nright = 1\nderivation "a"\nright = 2\n')
    write("open.md", "```grad oops\nright = 1\n```\n# T\n```grad\nright = 1\n```\n")
    write("only.md", "```grad oops\nright = 1\n```\n")
    result = session(pytester)
    result.assert_outcomes(passed=2, failed=3)
    result.stdout.fnmatch_lines_random(
        [
            "same.grad::same::line 1 FAILED*",
            "same.grad::a::line 3 PASSED*",
            "same.grad::a (2)::line 5 PASSED*",
            "open.md::*FAILED*",
        ]
    )
    result.stdout.fnmatch_lines(['error?G001?: "oops"*'])


@pytest.mark.slow
def test_a_selection(pytester: pytest.Pytester) -> None:
    write("two.grad", TWO)
    session(pytester, "-k", "right").assert_outcomes(passed=1, deselected=1)
    session(pytester, "two.grad::right one").assert_outcomes(passed=1)
    session(pytester, "two.grad::right one::line 2").assert_outcomes(passed=1)
    session(pytester).assert_outcomes(passed=1, failed=1)
    session(pytester, "--lf").assert_outcomes(failed=1)


@pytest.mark.slow
def test_junit_and_processes(pytester: pytest.Pytester) -> None:
    write("a.grad", TWO)
    write("b.md", "# Öl\n\n```grad\nright = 1\n```\n")
    # Other processes need the stand-in as well.
    pytester.makeconftest(f"import sys; sys.path.insert(0, {str(HERE.parent)!r})\n{STAND_IN}")
    result = session(pytester, "-p", "xdist", "-n", "2", "--junitxml", "out.xml")
    result.assert_outcomes(passed=2, failed=1)
    cases = {case.get("name"): case for case in ElementTree.parse("out.xml").iter("testcase")}
    assert {*cases} == {"line 2", "line 5", "line 4"}
    failure = cases["line 5"].find("failure")
    assert failure is not None
    assert "error[G102]" in (failure.text or "")


@pytest.mark.slow
def test_processes_judge_a_derivation_once(pytester: pytest.Pytester) -> None:
    write("a.grad", "right = 1\n" * 12)
    counted = STAND_IN + (
        "def counted(source, options, **more):\n"
        "    with open('log', 'a') as log: log.write('' if options.list else 'x')\n"
        "    return stand_in.check_text(source, options, **more)\n"
        "api.check_text = counted\n"
    )
    pytester.makeconftest(f"import sys; sys.path.insert(0, {str(HERE.parent)!r})\n{counted}")
    session(pytester, "-p", "xdist", "-n", "2").assert_outcomes(passed=12)
    assert Path("log").read_text() == "x"


@pytest.mark.slow
def test_the_configuration_holds(pytester: pytest.Pytester) -> None:
    write("a.grad", "open = 1\n")
    write("drafts/b.grad", "wrong = 1\n")
    session(pytester).assert_outcomes(failed=2)
    write("pyproject.toml", '[tool.gradcli]\nallow-undecided = true\nexclude = ["drafts"]\n')
    session(pytester).assert_outcomes(passed=1)
    write("pyproject.toml", "[tool.gradcli]\nexclud = []\n")
    result = session(pytester)
    result.assert_outcomes(errors=2)
    result.stdout.fnmatch_lines(["error?G402?: *exclud*", "*  --> pyproject.toml:2:1"])


def test_a_file_that_is_no_text(pytester: pytest.Pytester) -> None:
    Path("a.grad").write_bytes(b"\xff")
    result = session(pytester)
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["error?G011?: a.grad is not UTF-8 text*"])
    result.stdout.no_fnmatch_line("*Traceback*")


def test_it_costs_nothing_where_there_is_nothing(pytester: pytest.Pytester) -> None:
    write("README.md", "# Title\n\nNo fence.\n")
    pytester.makepyfile(
        "import sys\n"
        "def test_loaded():\n"
        "    loaded = {name for name in sys.modules if name.startswith('gradcli')}\n"
        "    assert loaded <= {'gradcli', 'gradcli.version', 'gradcli.pytest_plugin'}, loaded\n"
    )
    arguments = ("-p", "gradcli.pytest_plugin", "-W", "error", "--gradcli")
    pytester.runpytest_subprocess(*arguments).assert_outcomes(failed=1)
    Path("README.md").unlink()
    pytester.runpytest_subprocess(*arguments).assert_outcomes(passed=1)
    write("a.grad", "right = 1\n")
    pytester.runpytest_subprocess("-p", "no:gradcli").assert_outcomes(passed=1)
