"""The house: who may import whom, who owns which library, how long a file is.

Must not know what any module does: it reads the text of the package.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator
from pathlib import Path

import pytest

import gradcli

ROOT = Path(gradcli.__file__).parent
# From the ground up: a module imports from its own floor and from those below.
FLOORS = [
    "errors", "choices", "graph", "calculus", "ops", "claims", "notation", "simplify", "arithmetic",
    "language", "certify", "trial", "proof", "judge", "explain", "reference", "codegen",
    "diagnosis", "code", "api", "project", "testing", "show", "cli",
]  # fmt: skip
# A floor that is lower in the house and still none of these floors' business.
STRANGERS = {
    **{floor: {"language"} for floor in ("certify", "trial", "proof", "judge", "explain")},
    "language": {"arithmetic"},
    "code": {"language", "judge", "explain", "reference", "codegen", "diagnosis"},
}
OWNERS = {
    "click": {"cli"},
    "rich": {"show"},
    "lark": {"language"},
    "flint": {"arithmetic", "proof", "code"},
    "numpy": {
        "arithmetic", "certify", "trial", "proof", "judge", "explain", "diagnosis", "code",
        "testing",
    },
    "markdown_it": {"language", "show"},
    "ast": {"code"},
}  # fmt: skip
LOADER = "code/loader.py"
"""The one file that compiles and executes text: checking code runs it."""
FORBIDDEN = ("pickle", "marshal", "shelve", "subprocess", "sympy", "scipy", "mpmath")
LATE = (
    "what --help must not pay for",
    "a pipe does without rich",
    "only a mistake needs it",
    "seldom asked",
    "only a run needs it",
)
"""Why an import may stand within a function: it takes time that most runs need not spend."""
OVERLOADS = ("graph/node.py", "calculus/core.py", "ops/powers.py")
"""Who may name the table that Python's signs between nodes go through."""
IMPORTS = ast.Import, ast.ImportFrom
LONGEST = 450
FILES = sorted(path for path in ROOT.rglob("*.py") if "__pycache__" not in path.parts)


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def floor_of(path: Path) -> str | None:
    """The floor of a module; None for the files that only open the house."""
    parts = path.relative_to(ROOT).parts
    name = parts[0] if len(parts) > 1 else path.stem
    return None if name in ("__init__", "__main__", "pytest_plugin") else name


def imported(path: Path) -> Iterator[str]:
    """Every module that a file imports, wherever in it the import stands."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path.name} imports relatively"
            module = node.module or ""
            yield module
            yield from (f"{module}.{alias.name}" for alias in node.names)


def parametrized(test: object) -> object:
    return pytest.mark.parametrize("path", FILES, ids=name_of)(test)  # type: ignore[operator]


def test_there_is_a_house() -> None:
    assert {floor_of(path) for path in FILES} - {None} <= set(FLOORS)
    assert len(FILES) > 50


@parametrized
def test_imports_go_down(path: Path) -> None:
    floor = floor_of(path)
    if floor is None:
        return
    height, strangers = FLOORS.index(floor), STRANGERS.get(floor, set())
    for module in imported(path):
        parts = module.split(".")
        if parts[0] != "gradcli" or len(parts) == 1 or parts[1] not in FLOORS:
            continue
        assert FLOORS.index(parts[1]) <= height, f"{floor} imports {module} from above"
        assert parts[1] not in strangers, f"{floor} imports {module}"


def needed(path: Path, modules: Collection[str]) -> Iterator[str]:
    """The modules of the house that a file imports; of a package's own names, the package."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            names = [f"{node.module}.{alias.name}" for alias in node.names]
            yield from (name if name in modules else node.module or "" for name in names)


def test_no_circle_of_files() -> None:
    """Wherever an import stands: at the top, in a function, for the type checker alone."""
    modules = {".".join(("gradcli", *p.relative_to(ROOT).with_suffix("").parts)): p for p in FILES}
    modules = {name.removesuffix(".__init__"): path for name, path in modules.items()}
    left = {name: {*needed(path, modules)} & modules.keys() for name, path in modules.items()}
    while free := {name for name, needs in left.items() if not needs & left.keys()}:
        left = {name: needs for name, needs in left.items() if name not in free}
    assert not left, sorted(left)


@parametrized
def test_late_imports_say_why(path: Path) -> None:
    """The first of a file says it, and all others that have another reason."""
    text = path.read_text(encoding="utf-8")
    functions = [n for n in ast.walk(ast.parse(text)) if isinstance(n, ast.FunctionDef)]
    within = {n.lineno for f in functions for n in ast.walk(f) if isinstance(n, IMPORTS)}
    lines = text.splitlines()
    reasons = [lines[k - 1].partition("# noqa: PLC0415")[2].strip() for k in sorted(within)]
    assert not reasons or reasons[0], f"{name_of(path)} does not say why it imports late"
    assert {*reasons} <= {"", *LATE}, f"{name_of(path)}: {reasons}"


@parametrized
def test_nothing_goes_up_through_a_table(path: Path) -> None:
    if "OVERLOADS" in path.read_text(encoding="utf-8"):
        assert path.relative_to(ROOT).as_posix() in OVERLOADS, name_of(path)


@parametrized
def test_one_owner_a_library(path: Path) -> None:
    for module in imported(path):
        top = module.split(".")[0]
        assert top not in FORBIDDEN, f"{name_of(path)} imports {module}"
        if top in OWNERS:
            assert floor_of(path) in OWNERS[top], f"{name_of(path)} imports {module}"


@parametrized
def test_two_sentences_open_a_module(path: Path) -> None:
    """What it is, and what it must not know; the two package files are exempt."""
    docstring = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    assert docstring, f"{name_of(path)} does not say what it is"
    if floor_of(path) is not None:
        first, _, second = docstring.partition("\n\n")
        assert first.rstrip().endswith("."), name_of(path)
        assert second.startswith("Must not"), f"{name_of(path)} does not say what it must not know"


@parametrized
def test_no_long_file(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= LONGEST


def test_one_class_name_has_one_meaning() -> None:
    """`_Name` counts as `Name`; a name that two modules give is a name that says too little."""
    places: dict[str, list[str]] = {}
    for path in FILES:
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.ClassDef):
                places.setdefault(node.name.lstrip("_"), []).append(name_of(path))
    assert not {name: where for name, where in places.items() if len(where) > 1}


@parametrized
def test_who_may_print(path: Path) -> None:
    """Only what shows things writes to the streams, and nothing evaluates text."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            evaluates = node.func.id in ("eval", "exec", "compile", "__import__", "input")
            assert name_of(path) == LOADER or not evaluates
            if floor_of(path) not in ("show", "cli"):
                assert node.func.id != "print", f"{name_of(path)}:{node.lineno} prints"
        if isinstance(node, ast.Attribute) and floor_of(path) not in ("show", "cli"):
            where = f"{name_of(path)}:{node.lineno}"
            assert node.attr not in ("stdout", "stderr"), f"{where} writes to a stream"
            exits = isinstance(node.value, ast.Name) and node.value.id == "sys"
            assert not (exits and node.attr == "exit"), f"{where} exits"


@pytest.mark.parametrize(
    ("floor", "text", "test"),
    [
        ("graph", "from gradcli.ops import FUNCTIONS", test_imports_go_down),
        ("judge", "import gradcli.language.parse", test_imports_go_down),
        ("ops", "import numpy as np", test_one_owner_a_library),
        ("show", "import click", test_one_owner_a_library),
        ("language", "import pickle", test_one_owner_a_library),
        ("diagnosis", "import ast", test_one_owner_a_library),
        ("judge", "print(1)", test_who_may_print),
        ("language", "eval('1')", test_who_may_print),
        ("code", "exec('1')", test_who_may_print),
        ("graph", "import sys\nsys.stdout.write('')", test_who_may_print),
        ("graph", "x = 1\n" * 451, test_no_long_file),
        ("api", "def f():\n    import json", test_late_imports_say_why),
        ("api", "def f():\n    import json  # noqa: PLC0415 a circle", test_late_imports_say_why),
        ("simplify", "OVERLOADS['add'](x, y)", test_nothing_goes_up_through_a_table),
        ("graph", '"""One sentence."""', test_two_sentences_open_a_module),
    ],
)
def test_the_house_is_watched(
    floor: str, text: str, test: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each rule is broken once and must be seen."""
    monkeypatch.setitem(globals(), "ROOT", tmp_path)
    path = tmp_path / floor / "planted.py"
    path.parent.mkdir()
    path.write_text(text, encoding="utf-8")
    with pytest.raises(AssertionError):
        test(path)  # type: ignore[operator]


def test_a_circle_is_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, other in (("one", "two"), ("two", "one")):
        path = tmp_path / "graph" / f"{name}.py"
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"def f():\n    from gradcli.graph.{other} import f\n", encoding="utf-8")
    monkeypatch.setitem(globals(), "ROOT", tmp_path)
    monkeypatch.setitem(globals(), "FILES", [*tmp_path.rglob("*.py")])
    with pytest.raises(AssertionError):
        test_no_circle_of_files()
