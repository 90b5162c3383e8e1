"""Files that are found and read, the configuration, and runs over many files.

Must not know how a claim is judged: a stand-in does it here.
"""

from __future__ import annotations

import os
import pickle
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from gradcli import api
from gradcli.api.code_request import CodeRequest, SetText
from gradcli.choices import LAYOUTS
from gradcli.errors import Diagnostic, GradcliError, SelfCheckError, Source
from gradcli.judge.finding import CheckOptions, Report
from gradcli.project import files
from gradcli.project.config import KINDS, Config, load
from gradcli.project.files import GivenText, NamedFile, find, read
from gradcli.project.run import Item, check, check_one, require_a_match, require_claims
from gradcli.reading import Place
from tests import stand_in

FENCE = "```grad\nright = 1\n```\n"
unix = pytest.mark.skipif(os.name == "nt", reason="links and permissions differ there")


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Every test has a current folder of its own, and the stand-in."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(api, "check_text", stand_in.check_text, raising=False)
    stand_in.calls.clear()
    return tmp_path


def write(name: str, text: str = "right = 1\n") -> Path:
    path = Path(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode())
    return path


def given(name: str, text: str) -> GivenText:
    return GivenText(Source(name, text))


def called(*paths: str, exclude: tuple[str, ...] = ()) -> list[str]:
    return [target.path for target in find(paths, exclude)]


# -- files that are found


def test_a_folder_is_searched() -> None:
    for name in ("b.grad", "a/z.grad", "a/y.GRAD", "a.md", "c.txt", "a/b/c.markdown"):
        write(name, FENCE)
    write("plain.md", "# grad\n\n```python\n```\n")
    assert called(".") == ["a/b/c.markdown", "a/y.GRAD", "a/z.grad", "a.md", "b.grad"]
    assert called("a") == ["a/b/c.markdown", "a/y.GRAD", "a/z.grad"]
    assert called("./a/") == called("a")
    assert called(str(Path.cwd() / "a"))[-1] == (Path.cwd() / "a/z.grad").as_posix()
    assert called("a/b/../../a/b") == ["a/b/../../a/b/c.markdown"]


def test_what_is_passed_over() -> None:
    for folder in (".git", "node_modules", "build", "dist", "__pycache__", "env", "a/.b"):
        write(f"{folder}/x.grad")
    write("env/pyvenv.cfg")
    write(".hidden.grad")
    write("buildings/x.grad")
    assert called(".") == ["buildings/x.grad"]
    assert called("build") == ["build/x.grad"]
    assert called(".hidden.grad") == [".hidden.grad"]


def test_excluded() -> None:
    for name in ("a/drafts/x.grad", "a/x.wip.grad", "a/x.grad", "drafts/deep/y.grad", "b/c/z.grad"):
        write(name)
    assert called(".", exclude=("drafts", "*.wip.grad", "b/c/*")) == ["a/x.grad"]
    assert called(".", exclude=("drafts/", "a/**", "c")) == []
    assert called("a/x.wip.grad", exclude=("*",)) == ["a/x.wip.grad"]


def test_each_file_once_where_it_is_named_first() -> None:
    write("a.grad")
    write("b.grad")
    assert called("./b.grad", ".", "b.grad", "a.grad") == ["./b.grad", "a.grad"]


@unix
def test_links(tmp_path: Path) -> None:
    write("a/x.grad")
    Path("a/loop").symlink_to(tmp_path)
    Path("a/again").symlink_to(tmp_path / "a")
    Path("linked").symlink_to(tmp_path / "a")
    Path("b.grad").symlink_to("a/x.grad")
    Path("gone.grad").symlink_to("nowhere")
    assert called(".") == ["a/x.grad", "gone.grad"]
    Path("a/loop").unlink()
    assert called("linked") == ["linked/x.grad"]


def lines(*paths: str) -> list[tuple[str, tuple[int, ...]]]:
    return [(target.path, target.lines) for target in find(paths)]


def test_a_line_behind_a_file() -> None:
    write("a.grad")
    write("b:7")
    Path("c").mkdir()
    assert lines("a.grad:3") == [("a.grad", (3,))]
    assert lines("a.grad:9", "b:7", "a.grad:3:14") == [("a.grad", (3, 9)), ("b:7", ())]
    assert lines("a.grad:3", "a.grad") == [("a.grad", ())]
    assert lines(".", "a.grad:3") == [("a.grad", ())]
    assert lines("gone.grad:3", "c:1") == [("gone.grad", (3,)), ("c:1", ())]


@unix
@pytest.mark.skipif(os.name != "nt" and os.geteuid() == 0, reason="root may read everything")
def test_an_unreadable_folder_is_an_error() -> None:
    write("a/x.grad")
    Path("a").chmod(0)
    try:
        with pytest.raises(GradcliError, match="G011: a cannot be read"):
            find(["."])
    finally:
        Path("a").chmod(0o700)


# -- texts that are read


def test_a_text_is_read() -> None:
    Path("a.grad").write_bytes(b"\xef\xbb\xbfx = 1\r\ny = 2\r\n")
    source = read("a.grad")
    assert (source.name, source.text) == ("a.grad", "x = 1\r\ny = 2\r\n")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "a.grad cannot be read: No such file"),
        (b"x\0y", "a.grad is a binary file"),
        (b"x = \xff", r"a.grad is not UTF-8 text \(byte 4\)"),
        (b"x" * 1001, "a.grad cannot be read: it is larger than"),
    ],
)
def test_what_is_no_text(content: bytes | None, said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "LARGEST", 1000)
    if content is not None:
        Path("a.grad").write_bytes(content)
    with pytest.raises(GradcliError, match=f"G011: {said}"):
        read("a.grad")
    [wrong] = check_one(NamedFile("a.grad"), CheckOptions()).unreadable
    assert wrong.code == "G011"


def test_names_that_are_none() -> None:
    for name in ("", "a\0b", "x" * 5000):
        [target] = find([name])
        with pytest.raises(GradcliError, match="G011"):
            read(target.path)


# -- configuration

EVERYTHING = """\
[project]
seed = "not this one"

[tool.gradcli]
paths = ["notes", "a.md"]
exclude = ["drafts/*"]
seed = 7
points = 5
layout = "denominator"
allow-undecided = true
jobs = 0
latex = ["paper.tex", "notes/*.ipynb"]

[[tool.gradcli.code]]
backward = "layers.py::bn_backward"
forward = "layers.py::bn"
sets = {x = "R^(N, D)"}
values = {eps = 1e-5}
wrt = ["x"]
timeout = 9
"""


def test_nothing_is_configured(tmp_path: Path) -> None:
    assert load(Path()) == Config()
    write("pyproject.toml", "[project]\nname = 'x'\n")
    assert load(Path()) == Config()


def test_everything_is_configured(monkeypatch: pytest.MonkeyPatch) -> None:
    write("pyproject.toml", EVERYTHING)
    code = CodeRequest(
        "layers.py", "bn_backward", "bn", (("x", SetText("R^(N, D)")), ("eps", 1e-5)), ("x",), 9
    )
    expected = Config(
        ("notes", "a.md"), ("drafts/*",), 7, 5, "denominator", True, 0, (code,),
        latex=("paper.tex", "notes/*.ipynb"),
    )  # fmt: skip
    assert load(Path()) == expected
    assert {key.replace("-", "_") for key in KINDS} == {*Config.__slots__}
    Path("notes/deep").mkdir(parents=True)
    monkeypatch.chdir("notes/deep")
    assert load(Path()).paths == ("..", "../../a.md")
    assert load(Path()).code[0].path == "../../layers.py"
    write("../pyproject.toml", "")
    assert load(Path()) == Config()


@pytest.mark.parametrize(
    ("line", "message", "help"),
    [
        ("exlude = []", '[tool.gradcli] has no "exlude"', 'did you mean "exclude"?'),
        ("allow_undecided = true", 'has no "allow_undecided"', 'did you mean "allow-undecided"?'),
        ("zzz = 1", 'has no "zzz"', "there are paths, exclude, seed"),
        ("paths = 'notes'", "paths is a list", ""),
        ("paths = [1]", "paths is a list", ""),
        ("exclude = ['.']", "exclude is a list of patterns", ""),
        ("seed = true", "seed is a whole number", ""),
        ("seed = 1.5", "seed is a whole number", ""),
        ("points = 0", "points is a whole number, 1 at least", ""),
        ("layout = 'rows'", 'layout is "numerator" or "denominator"', ""),
        ("layout = ['numerator']", "layout is", ""),
        ("allow-undecided = 1", "allow-undecided is true or false", ""),
        ("latex = 1", "latex is true, false or a list of patterns", ""),
        ("jobs = -1", "jobs is a whole number; 0 is one a core", ""),
    ],
)
def test_a_wrong_setting_is_shown(line: str, message: str, help: str) -> None:
    key = line.partition(" ")[0]
    write("pyproject.toml", f"[x]\n{line}\n[tool.gradcli]\n# {line}\n{line}\n")
    with pytest.raises(GradcliError) as raised:
        load(Path())
    [wrong] = raised.value.diagnostics
    assert wrong.code == "G402"
    assert message in wrong.message
    assert wrong.help.startswith(help) if help else not wrong.help
    assert wrong.span
    assert wrong.span.text == key
    assert wrong.span.source.name == "pyproject.toml"
    assert wrong.span.source.position(wrong.span.start) == (5, 1)


@pytest.mark.parametrize(
    "text",
    ["[tool.gradcli.seed]\n", "tool.gradcli.seed = 'x'\n", "[tool]\ngradcli = {seed = 'x'}\n"],
)
def test_the_other_spellings_of_toml(text: str) -> None:
    write("pyproject.toml", text)
    with pytest.raises(GradcliError) as raised:
        load(Path())
    [wrong] = raised.value.diagnostics
    assert wrong.span
    assert wrong.span.text == "seed"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[tool.gradcli\n", "pyproject.toml is not TOML: .*line 1"),
        ("tool = 3  # gradcli\n", "tool is no table"),
        ("[tool]\ngradcli = 3\n", "gradcli is no table"),
        ("[tool.gradcli]\nseeds = 1\njob = 2\n", '"seeds".*"job"'),
    ],
)
def test_a_wrong_file(text: str, said: str) -> None:
    write("pyproject.toml", text)
    with pytest.raises(GradcliError, match=f"G402.*{said}"):
        load(Path())


# -- runs


def test_a_run_over_files() -> None:
    write("deep/a.grad", "right = 1\nwrong = 2\n")
    write("b.md", f"# Title\n\n{FENCE}")
    items: list[Item] = [
        given("<stdin>", "open = 1\n"), NamedFile("deep/a.grad", (2,)), NamedFile("gone.grad"),
        NamedFile("b.md"),
    ]  # fmt: skip
    told: list[tuple[int, int, str]] = []
    options = CheckOptions(seed=3)
    report = check(items, options, progress=lambda *at: told.append(at))
    assert [file.path for file in report.files] == ["<stdin>", "deep/a.grad", "gone.grad", "b.md"]
    assert [f.verdict for f in report.findings] == ["undecided", "refuted", "proved"]
    assert told == [(done, 4, "") for done in range(5)]
    assert stand_in.calls == [
        ("<stdin>", options, False, Place()),
        ("deep/a.grad", CheckOptions(seed=3, lines=(2,)), False, Place(Path("deep"))),
        ("b.md", options, True, Place(Path())),
    ]
    assert report.exit_code() == 2


@pytest.mark.parametrize(
    ("text", "allow", "read"),
    [
        ("wrong = 1", False, 2),
        ("error = 1", False, 2),
        ("open = 1", False, 2),
        ("open = 1", True, 3),
    ],
)
def test_the_first_failure_ends_a_run(text: str, allow: bool, read: int) -> None:
    items = [given(str(n), t) for n, t in enumerate(("right = 1", text, "wrong = 2"))]
    report = check(items, CheckOptions(first=True), allow_undecided=allow)
    assert len(report.files) == len(stand_in.calls) == read
    assert len(check(items, CheckOptions()).files) == 3


def test_an_error_from_below_belongs_to_its_file(monkeypatch: pytest.MonkeyPatch) -> None:
    raised = iter(
        [
            SelfCheckError(Diagnostic("G900", "bug")),
            GradcliError(Diagnostic("G001", "x")),
            KeyError("y"),
        ]
    )

    def fail(*_: object, **__: object) -> None:
        raise next(raised)

    monkeypatch.setattr(api, "check_text", fail)
    report = check([given(name, "") for name in "abc"], CheckOptions())
    assert [Report([file]).exit_code() for file in report.files] == [3, 2, 3]


@pytest.mark.parametrize("jobs", [0, 2])
def test_processes_keep_the_order(jobs: int) -> None:
    items = [NamedFile(f"missing-{n}.grad") for n in range(9)]
    told: list[tuple[int, int, str]] = []
    report = check(items, CheckOptions(), jobs=jobs, progress=lambda *at: told.append(at))
    assert [file.path for file in report.files] == [item.path for item in items]
    assert report.error_count == 9
    assert told[-1] == (9, 9, "")
    first = check(items, CheckOptions(first=True), jobs=jobs)
    assert [file.path for file in first.files] == ["missing-0.grad"]


def test_processes_that_all_die_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gradcli.project.run._die_quietly", sys.exit)
    report = check([NamedFile("a"), NamedFile("b")], CheckOptions(), jobs=2)
    for file, name in zip(report.files, "ab", strict=True):
        [(_, error)] = file.errors
        assert (file.path, error.code) == (name, "G900")
        assert error.message.startswith(f"{name}: the process that checked this file died")
    assert report.exit_code() == 3


def test_everything_can_be_sent_to_a_process() -> None:
    write("a.grad", "right = 1\nwrong = 2\nerror = 3\n")
    report = check_one(NamedFile("a.grad"), CheckOptions())
    again = pickle.loads(pickle.dumps(report))
    assert [f.span.text for f in again.findings] == ["1", "2"]
    assert pickle.loads(pickle.dumps(CheckOptions(lines=(1,)))) == CheckOptions(lines=(1,))
    assert LAYOUTS[0] == CheckOptions().layout


# -- what was asked for and is not there


def asked(options: CheckOptions, *items: Item) -> None:
    require_a_match(check(items, options), items, options)


def refused(action: Callable[[], None]) -> list[tuple[str, str]]:
    with pytest.raises(GradcliError) as raised:
        action()
    assert {d.code for d in raised.value.diagnostics} <= {"G011", "G401"}
    return [(d.message, d.help) for d in raised.value.diagnostics]


def test_a_name_that_is_nowhere() -> None:
    text = 'derivation "Soft max"\nright = 1\nderivation "other"\nright = 2\n'
    asked(CheckOptions(name="soft MAX"), given("a", text))
    asked(CheckOptions(name="nothing"))
    [(message, help)] = refused(lambda: asked(CheckOptions(name="hard"), given("a", text)))
    assert message == 'no derivation has "hard" in its name'
    assert help == "there are: Soft max, other"
    [(_, help)] = refused(lambda: asked(CheckOptions(name="hard"), given("a", "right = 1")))
    assert help == "no derivation here has a name"


def test_a_line_without_a_claim() -> None:
    write("a.grad", "right = 1\n# no claim\nwrong = 3\n")
    write("b.grad", "# nothing\n")
    asked(CheckOptions(), NamedFile("a.grad", (1, 3)), NamedFile("b.grad"))
    said = refused(
        lambda: asked(CheckOptions(), NamedFile("a.grad", (2, 3)), NamedFile("b.grad", (1,)))
    )
    assert said == [
        ("a.grad:2: no claim stands on this line", "there are claims on 1, 3"),
        ("b.grad:1: no claim stands on this line", "there are no claims in this file"),
    ]
    write("a.grad", "error = 1\n")
    asked(CheckOptions(), NamedFile("a.grad", (7,)))


def test_nothing_to_check() -> None:
    for text in ("right = 1", "wrong = 1", "error = 1"):
        require_claims(check([given("a", text)], CheckOptions()), ["."])
    for items in ([], [given("a", "")]):
        report = check(items, CheckOptions())
        [(message, _)] = refused(lambda report=report: require_claims(report, ["a", "b"]))  # type: ignore[misc]
        assert message == "nothing to check in a, b"


@pytest.mark.parametrize(
    ("path", "mend"),
    [("@{}", "write  {}  here"), ("df/dx = 2*x", "comes through a pipe"), ("nowhere.grad", "")],
)
def test_what_is_no_path_is_told_how_it_is_read(path: str, mend: str, tmp_path: Path) -> None:
    here = tmp_path / "a.grad"
    here.write_text("x^2\n")
    with pytest.raises(GradcliError) as raised:
        read(path.format(here))
    said = raised.value.diagnostics[0].help or ""
    assert mend.format(here) in said
    assert bool(mend) == bool(said)
