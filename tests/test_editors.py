"""What is shipped for editors: grammars against the tokens, settings against the program.

Must not know the language server.
"""

from __future__ import annotations

import importlib.util
import json
import os
import re
import shutil
import subprocess
import tomllib
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from gradcli import __version__
from gradcli.cli import COMMANDS
from gradcli.language.documents.markdown import OPENING
from gradcli.language.parsing import tables
from gradcli.language.parsing.tokens import tokenize
from gradcli.ops import FUNCTIONS
from tests.running import here

ROOT = Path(__file__).parent.parent
EDITORS = ROOT / "editors"
VSCODE = EDITORS / "vscode"


def generator() -> ModuleType:
    place = EDITORS / "generate.py"
    spec = importlib.util.spec_from_file_location("editors_generate", place)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


GENERATOR = generator()
GRAMMAR = json.loads((VSCODE / "syntaxes" / "grad.tmLanguage.json").read_text(encoding="utf-8"))
PACKAGE = json.loads((VSCODE / "package.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", GENERATOR.FILES)
def test_a_grammar_is_fresh(name: str) -> None:
    shipped = (VSCODE / "syntaxes" / name).read_text(encoding="utf-8")
    assert shipped == GENERATOR.text(name), "run editors/generate.py"


def coloured(line: str) -> list[tuple[int, int, str]]:
    """As an editor does it: leftmost match, and of several there the first pattern."""
    patterns = [(re.compile(p["match"]), p) for p in GRAMMAR["patterns"]]
    found: list[tuple[int, int, str]] = []
    at = 0
    while at < len(line):
        came = [(m.start(), k) for k, (r, _) in enumerate(patterns) if (m := r.search(line, at))]
        if not came:
            break
        _, k = min(came)
        pattern, rule = patterns[k]
        match = pattern.search(line, at)
        assert match
        assert match.end() > match.start()
        captures: dict[str, Any] = rule.get("captures", {})
        for group, scope in captures.items():
            if match[int(group)] is not None:
                found.append((*match.span(int(group)), scope["name"]))
        if "name" in rule:
            found.append((*match.span(), rule["name"]))
        at = match.end()
    return found


SCOPE_OF = {
    "NAME": ("variable.other.grad", "support.function.grad", "storage.type.grad"),
    "NUMBER": ("constant.numeric.grad",),
    "STRING": ("string.quoted.double.grad",),
    "FILE": ("string.unquoted.file.grad",),
    "PRIMED": ("entity.name.function.grad",),
    "SUPERSCRIPT": ("constant.numeric.superscript.grad",),
}
LINES = """\
derivation "a # in a text"   # a comment, with for and 2*x
X in R^(m, n); w ∈ onehot(n)
at W = @w.npy, x = -2.5e-3
f(u, v) = u.^2 ./ v - where(u >= 1, 2.*u, .5)
for t in 1..3 if t != 2 { h[t] = tanh(Wi @ x[t] + h[t-1].T) }
∂L/∂θ_1 ≈ σ2² ± 1e-6 rel
y = f'(g(x)) * sin'(x); format = 1_000 - 2. ⊙ x'
in_ = informal - derivation2 + sinx + sin*2
"""


def test_the_grammar_sees_the_tokens_of_the_language() -> None:
    known = tables.load()
    samples = [p.read_text(encoding="utf-8") for p in sorted((ROOT / "samples").glob("*.grad"))]
    assert len(samples) > 20
    lines = [line for text in (LINES, *samples) for line in text.splitlines()]
    for line in lines:
        found = coloured(line)
        for token in tokenize(line, known):
            if token.kind in GENERATOR.LEFT:
                continue
            scopes = [s for a, b, s in found if (a, b) == (token.start, token.end)]
            keyword = token.text in known.keywords and token.kind != "NAME"
            expected = ("keyword.control.grad",) if keyword else SCOPE_OF.get(token.kind, ())
            expected = expected or ("keyword.operator.grad", "punctuation.separator.grad")
            assert {*scopes} & {*expected}, (line, token, found)
            if token.kind == "NAME" and line[token.end : token.end + 1] == "(":
                is_function = token.text in FUNCTIONS
                function = "support.function.grad" in scopes
                assert function == is_function or "storage.type.grad" in scopes, (line, token)
    assert coloured("x # y")[1] == (2, 5, "comment.line.number-sign.grad")


def engine(*needed: str) -> str | None:
    """Where the packages of the extension are, with this environment's node; None without them."""
    places = [
        VSCODE / "node_modules",
        *map(Path, os.environ.get("NODE_PATH", "").split(os.pathsep)),
    ]
    found = [str(place) for place in places if all((place / name).is_dir() for name in needed)]
    return found[0] if found and shutil.which("node") else None


TEXTMATE = engine("vscode-textmate", "vscode-oniguruma")


def in_the_editor(lines: list[str], grammars: dict[str, Path], scope: str) -> list[Any]:
    """What the engine of Visual Studio Code makes of lines."""
    asked = {"grammars": {k: str(v) for k, v in grammars.items()}, "scope": scope, "lines": lines}
    done = subprocess.run(
        ["node", str(VSCODE / "tokens.js")], input=json.dumps(asked), text=True, check=True,
        capture_output=True, env={**os.environ, "NODE_PATH": str(TEXTMATE)},
    )  # fmt: skip
    found: list[Any] = json.loads(done.stdout)
    return found


@pytest.mark.slow
@pytest.mark.skipif(TEXTMATE is None, reason="npm install in editors/vscode has not been run")
def test_the_engine_of_an_editor_sees_the_same() -> None:
    samples = sorted((ROOT / "samples").rglob("*.grad"))
    lines = [row for p in samples for row in p.read_text(encoding="utf-8").split("\n")]
    place = {"source.grad": VSCODE / "syntaxes" / "grad.tmLanguage.json"}
    assert len(lines) > 2000
    for line, tokens in zip(lines, in_the_editor(lines, place, "source.grad"), strict=True):
        ours = coloured(line)
        for start, end, scopes in tokens:
            theirs = scopes[1:]
            inside = [name for a, b, name in ours if a <= start and end <= b]
            assert theirs == sorted(inside, key=theirs.index), (line, line[start:end], inside)


def test_fences_are_found_as_the_program_finds_them() -> None:
    begin = re.compile(GENERATOR.injection()["patterns"][0]["begin"].replace(r"|\G", ""))
    for line in ("```grad", "~~~ grad fails", "```grad new", "```python", "```gradle", "text"):
        assert bool(begin.search(line)) == bool(OPENING.search(line)), line


def test_the_extension_belongs_to_this_version() -> None:
    assert PACKAGE["version"] == __version__
    for grammar in PACKAGE["contributes"]["grammars"]:
        content = json.loads((VSCODE / grammar["path"]).read_text(encoding="utf-8"))
        assert content["scopeName"] == grammar["scopeName"]
    assert (VSCODE / PACKAGE["main"]).is_file()
    assert "lsp" in COMMANDS


@pytest.mark.parametrize("name", ["derivation", "layer"])
def test_what_a_snippet_writes_is_right(name: str) -> None:
    place = VSCODE / PACKAGE["contributes"]["snippets"][0]["path"]
    text = "\n".join(json.loads(place.read_text(encoding="utf-8"))[name]["body"])
    values = dict(re.findall(r"\$\{(\d):([^}]*)\}", text))
    text = re.sub(r"\$\{(\d):[^}]*\}|\$(\d)", lambda m: values.get(m[1] or m[2], ""), text)
    done = here("check", "-e", text)
    assert done.code == 0, done.out


def test_the_problem_matcher_reads_what_is_printed(tmp_path: Path) -> None:
    (tmp_path / "a.grad").write_text("x in R\nf = x^2\ndf/dx = x\ny = (x\n", encoding="utf-8")
    done = here("check", "a.grad", "--format", "concise", cwd=tmp_path)
    [matcher] = PACKAGE["contributes"]["problemMatchers"]
    rows = [re.match(matcher["pattern"]["regexp"], line) for line in done.out.splitlines()]
    found = [(row[1], row[2], row[4]) for row in rows if row]
    assert found == [("a.grad", "3", "G102"), ("a.grad", "4", "G002")]
    emacs = (EDITORS / "emacs" / "gradcli.el").read_text(encoding="utf-8")
    [pattern] = re.findall(r"'\(gradcli \"(.*?)\" 1 2 3\)", emacs)
    pattern = re.sub(r"\\\\([(){}])", r"\1", pattern).replace("G[0-9]{3}", "G[0-9]{3}")
    assert all(re.match(pattern, line) for line in done.out.splitlines())


def test_emacs_knows_the_keywords() -> None:
    text = (EDITORS / "emacs" / "gradcli.el").read_text(encoding="utf-8")
    [words] = re.findall(r"regexp-opt '\((.*?)\) 'words", text)
    assert {*re.findall(r'"(\w+)"', words)} == {*tables.load().keywords}
    assert '("gradcli" "lsp")' in text


def test_the_extra_is_there() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert any(need.startswith("pygls") for need in project["optional-dependencies"]["lsp"])
