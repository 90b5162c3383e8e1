"""The house: who may import whom, who owns which library, how long a file is.

Must not know what any module does: it reads the text of the package.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Collection, Iterator
from pathlib import Path

import pytest

from tests.house import MODULES, Module, planted

# From the ground up: a module imports from its own floor and from those below.
FLOORS = [
    "version", "errors", "choices", "work", "engine", "reading", "graph", "calculus", "ops",
    "claims", "notation", "simplify", "arithmetic", "language", "certify", "trial", "proof",
    "judge", "explain", "reference", "emit", "diagnosis", "code", "motion", "tables", "rows", "api",
    "project", "testing", "plotting", "drawing", "show", "python", "lsp", "cli",
]  # fmt: skip
# A floor that is lower in the house and still none of these floors' business.
STRANGERS = {
    **{floor: {"language"} for floor in ("certify", "trial", "proof", "judge", "explain")},
    "language": {"arithmetic"},
    "motion": {"language", "judge", "reference", "emit", "diagnosis", "code"},
    "code": {"language", "judge", "explain", "reference", "emit", "diagnosis"},
}
OWNERS = {
    "click": {"cli"},
    "rich": {"show"},
    "flint": {"arithmetic", "proof", "code"},
    "numpy": {
        "arithmetic", "certify", "trial", "proof", "judge", "explain", "diagnosis", "code",
        "motion", "tables", "rows", "testing", "python",
    },
    "markdown_it": {"language", "show"},
    "ast": {"code"},
    "lsprotocol": {"lsp"},
    "pygls": {"lsp"},
    "IPython": {"python"},
    "distributed": {"engine"},
    "pyarrow": {"tables"},
}  # fmt: skip
LOADERS = ("code/loader.py", "emit/loaded.py")
"""Who compiles and executes text: checking code runs it, and what gradcli writes itself is run."""
FORBIDDEN = ("lark", "pickle", "marshal", "shelve", "subprocess", "sympy", "scipy", "mpmath")
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
Rule = Callable[[Module], Iterator[str]]


def imported(module: Module) -> Iterator[str]:
    """Every module that a file imports, wherever in it the import stands."""
    for node in module.nodes:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def imports_go_down(module: Module) -> Iterator[str]:
    floor = module.floor
    if any(isinstance(node, ast.ImportFrom) and node.level for node in module.nodes):
        yield "imports relatively"
    if floor is None:
        return
    height, strangers = FLOORS.index(floor), STRANGERS.get(floor, set())
    for name in imported(module):
        parts = name.split(".")
        if parts[0] != "gradcli" or len(parts) == 1 or parts[1] not in FLOORS:
            continue
        if FLOORS.index(parts[1]) > height:
            yield f"imports {name} from above"
        if parts[1] in strangers:
            yield f"imports {name}"


def late_imports_say_why(module: Module) -> Iterator[str]:
    """The first of a file says it, and all others that have another reason."""
    functions = [node for node in module.nodes if isinstance(node, ast.FunctionDef)]
    within = {n.lineno for f in functions for n in ast.walk(f) if isinstance(n, IMPORTS)}
    lines = module.text.splitlines()
    reasons = [lines[k - 1].partition("# noqa: PLC0415")[2].strip() for k in sorted(within)]
    if reasons and not reasons[0]:
        yield "does not say why it imports late"
    yield from (f"imports late for: {reason}" for reason in {*reasons} - {"", *LATE})


def nothing_goes_up_through_a_table(module: Module) -> Iterator[str]:
    if "OVERLOADS" in module.text and module.place not in OVERLOADS:
        yield "names the table of overloads"


def one_owner_a_library(module: Module) -> Iterator[str]:
    for name in imported(module):
        top = name.split(".")[0]
        if top in FORBIDDEN or (top in OWNERS and module.floor not in OWNERS[top]):
            yield f"imports {name}"


def two_sentences_open_a_module(module: Module) -> Iterator[str]:
    """What it is, and what it must not know; the two package files are exempt."""
    docstring = ast.get_docstring(module.tree)
    if not docstring:
        yield "does not say what it is"
    elif module.floor is not None:
        first, _, second = docstring.partition("\n\n")
        if not first.rstrip().endswith("."):
            yield "does not say what it is in a sentence"
        if not second.startswith("Must not"):
            yield "does not say what it must not know"


def no_long_file(module: Module) -> Iterator[str]:
    if len(module.text.splitlines()) > LONGEST:
        yield f"is longer than {LONGEST} lines"


def who_may_print(module: Module) -> Iterator[str]:
    """Only what shows things writes to the streams, and nothing evaluates text."""
    quiet = module.floor not in ("show", "cli")
    for node in module.nodes:
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            evaluates = node.func.id in ("eval", "exec", "compile", "__import__", "input")
            if evaluates and module.place not in LOADERS:
                yield f"{node.lineno} calls {node.func.id}"
            if quiet and node.func.id == "print":
                yield f"{node.lineno} prints"
        if quiet and isinstance(node, ast.Attribute):
            if node.attr in ("stdout", "stderr"):
                yield f"{node.lineno} writes to a stream"
            if node.attr == "exit" and isinstance(node.value, ast.Name) and node.value.id == "sys":
                yield f"{node.lineno} exits"


RULES: list[Rule] = [
    imports_go_down, late_imports_say_why, nothing_goes_up_through_a_table, one_owner_a_library,
    two_sentences_open_a_module, no_long_file, who_may_print,
]  # fmt: skip


def test_there_is_a_house() -> None:
    assert {module.floor for module in MODULES} - {None} <= set(FLOORS)
    assert len(MODULES) > 50


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_the_house_keeps(rule: Rule) -> None:
    assert not [f"{module.place} {said}" for module in MODULES for said in rule(module)]


def needed(module: Module, names: Collection[str]) -> Iterator[str]:
    """The modules of the house that a file imports; of a package's own names, the package."""
    for node in module.nodes:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            found = [f"{node.module}.{alias.name}" for alias in node.names]
            yield from (name if name in names else node.module or "" for name in found)


def room(module: Module) -> str:
    """The folder that a file stands in."""
    return module.place.rpartition("/")[0]


def itself(module: Module) -> str:
    return module.name


def circle(modules: list[Module], part: Callable[[Module], str] = itself) -> list[str]:
    """Files, or rooms, that need one another, wherever an import stands: for types alone, too."""
    parts = {module.name: part(module) for module in modules}
    left: dict[str, set[str]] = {each: set() for each in parts.values()}
    for module in modules:
        needs = {parts[name] for name in needed(module, parts) if name in parts}
        left[part(module)] |= needs - {part(module)}
    while free := {name for name, needs in left.items() if not needs & left.keys()}:
        left = {name: needs for name, needs in left.items() if name not in free}
    return sorted(left)


def test_no_circle_of_files() -> None:
    assert not circle(MODULES)


def test_no_circle_of_rooms() -> None:
    """Nor of rooms within a room."""
    assert not circle([module for module in MODULES if room(module)], room)


def test_a_circle_is_seen(tmp_path: Path) -> None:
    text = "def f():\n    from gradcli.graph.{} import f\n"
    pairs = (("one", "two"), ("two", "one"), ("three", "one"))
    modules = [planted(tmp_path, f"graph/{a}.py", text.format(b)) for a, b in pairs]
    assert circle(modules) == ["gradcli.graph.one", "gradcli.graph.three", "gradcli.graph.two"]
    assert not circle(modules[1:])
    pairs = (("one/a", "two.b"), ("two/b", "one.c"), ("one/c", "one.a"))
    text = "from gradcli.graph.{} import f\n"
    modules = [planted(tmp_path, f"graph/{a}.py", text.format(b)) for a, b in pairs]
    assert circle(modules, room) == ["graph/one", "graph/two"]
    assert not circle(modules[1:], room)


def test_one_class_name_has_one_meaning() -> None:
    """`_Name` counts as `Name`; a name that two modules give is a name that says too little."""
    places: dict[str, list[str]] = {}
    for module in MODULES:
        for node in module.tree.body:
            if isinstance(node, ast.ClassDef):
                places.setdefault(node.name.lstrip("_"), []).append(module.place)
    assert not {name: where for name, where in places.items() if len(where) > 1}


@pytest.mark.parametrize(
    ("floor", "text", "rule"),
    [
        ("graph", "from gradcli.ops import FUNCTIONS", imports_go_down),
        ("judge", "import gradcli.language.parsing.parse", imports_go_down),
        ("judge", "from .case import Case", imports_go_down),
        ("ops", "import numpy as np", one_owner_a_library),
        ("show", "import click", one_owner_a_library),
        ("language", "import pickle", one_owner_a_library),
        ("diagnosis", "import ast", one_owner_a_library),
        ("judge", "print(1)", who_may_print),
        ("language", "eval('1')", who_may_print),
        ("code", "exec('1')", who_may_print),
        ("graph", "import sys\nsys.stdout.write('')", who_may_print),
        ("graph", "import sys\nsys.exit(0)", who_may_print),
        ("graph", "x = 1\n" * 451, no_long_file),
        ("api", "def f():\n    import json", late_imports_say_why),
        ("api", "def f():\n    import json  # noqa: PLC0415 a circle", late_imports_say_why),
        ("simplify", "OVERLOADS['add'](x, y)", nothing_goes_up_through_a_table),
        ("graph", "x = 1", two_sentences_open_a_module),
        ("graph", '"""One sentence."""', two_sentences_open_a_module),
    ],
)
def test_the_house_is_watched(floor: str, text: str, rule: Rule, tmp_path: Path) -> None:
    """Each rule is broken once and must be seen."""
    assert [*rule(planted(tmp_path, f"{floor}/planted.py", text))]
