"""Hand-written gradients in the editor: what a Python file offers; nothing runs unasked."""

from __future__ import annotations

import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from gradcli.api import handwritten
from gradcli.lsp import completion, hover, outline, tokens
from gradcli.lsp.document import Pieces
from gradcli.lsp.judging import judge
from gradcli.lsp.positions import Json
from gradcli.lsp.python_file import CHECK, PythonFile
from gradcli.project import config
from tests.code_cases import SCALE
from tests.language_client import LanguageClient

RAN = "from pathlib import Path\n\nPath(__file__).with_suffix('.ran').touch()\n"
WRONG = f"""\
{SCALE}

def square(x):
    return np.sum(x**2)


def square_grad(x):
    return 2 * x
"""
RIGHT = WRONG.replace("dw = w", "dw = x")


def opened(folder: Path, text: str = WRONG) -> PythonFile:
    path = folder / "layers.py"
    path.write_text(text, encoding="utf-8", newline="")
    configured = config.load(folder).code
    return PythonFile(path.as_uri(), path, text, 1, Pieces(), configured=configured)


def run(document: PythonFile) -> None:
    """What was asked for, here and now."""
    for job in document.jobs():
        for piece in judge(job.chunk, job.options, job.place):
            document.pieces.put(job, piece)


@pytest.fixture(autouse=True)
def _in_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    def here(function: Any, *arguments: Any, limit: float) -> Any:
        return function(*arguments)

    monkeypatch.setattr(handwritten, "isolated", here)


def changed(document: PythonFile, edit: Json) -> str:
    [[each]] = edit["changes"].values()
    start, end = (document.lines.offset(each["range"][side]) for side in ("start", "end"))
    return str(document.text[:start] + each["newText"] + document.text[end:])


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_wrong_line_is_marked_and_mended(tmp_path: Path, end: str) -> None:
    text = WRONG.replace("\n", end)
    document = opened(tmp_path, text)
    document.ask(["scale_grad"])
    run(document)
    [found] = document.diagnostics()
    assert found["code"] == "G501"
    assert found["range"]["start"] == {"line": 10, "character": 4}
    assert [h["label"] for h in document.hints() if h["position"]["line"] == 10] == ["✗ refuted"]
    place = {"line": 10, "character": 5}
    said = hover.hover(document, place)
    assert said is not None
    assert "the gradient by w" in said["contents"]["value"]
    offset = document.lines.offset(place)
    [mend] = document.actions(offset, offset)
    assert changed(document, mend["edit"]) == RIGHT.replace("\n", end)


def test_nothing_runs_and_nothing_of_the_language_is_said_unasked(tmp_path: Path) -> None:
    document = opened(tmp_path, WRONG.replace("import numpy as np\n", RAN))
    run(document)
    place = {"line": 3, "character": 5}
    assert document.complete
    assert document.diagnostics() == document.hints() == outline.symbols(document) == []
    assert completion.completion(document, place) == tokens.semantic_tokens(document) == []
    assert outline.folds(document) == []
    assert hover.hover(document, place) is None
    assert not [*tmp_path.glob("*.ran")]


def test_what_all_is_said_of_can_be_run_and_the_rest_be_said(tmp_path: Path) -> None:
    document = opened(tmp_path)
    [lens] = document.lenses()
    assert lens["range"]["start"] == {"line": 8, "character": 4}
    assert lens["command"]["command"] == CHECK
    assert lens["command"]["arguments"] == [document.uri, "scale_grad"]
    offset = document.text.index("def square_grad")
    [action] = document.actions(offset, offset)
    after = changed(document, action["edit"])
    assert "\n# gradcli: x in R^…\ndef square_grad(x):" in after
    [complaint] = opened(tmp_path, after).diagnostics()
    assert complaint["range"]["start"] == {"line": 18, "character": 11}
    assert len(opened(tmp_path, after.replace("…", "n")).lenses()) == 2


def test_the_project_says_what_is_checked(tmp_path: Path) -> None:
    table = '[[tool.gradcli.code]]\nbackward = "layers.py::square_grad"\nsets = {x = "R^3"}\n'
    (tmp_path / "pyproject.toml").write_text(table, encoding="utf-8")
    document = opened(tmp_path)
    assert {*document.requests} == {"scale_grad", "square_grad"}
    document.ask(["square_grad"])
    run(document)
    assert document.diagnostics() == []
    assert [hint["label"][:8] for hint in document.hints()] == ["✓ proved"]


def test_what_is_not_saved_is_not_run(tmp_path: Path) -> None:
    document = opened(tmp_path)
    document.path.write_text(RAN, encoding="utf-8")
    document.ask()
    run(document)
    [found] = document.diagnostics()
    assert "save the file" in found["message"]
    assert not [*tmp_path.glob("*.ran")]


@pytest.mark.parametrize("text", ["def f(:\n", "", "\0", "x = 1\n", "# gradcli: x in R\n"])
def test_any_text_is_served(tmp_path: Path, text: str) -> None:
    document = opened(tmp_path, text)
    assert document.lenses() == document.diagnostics() == document.actions(0, len(text)) == []


@pytest.mark.slow
@pytest.mark.skipif(find_spec("pygls") is None, reason="pygls is not installed (the extra lsp)")
@pytest.mark.parametrize("options", [[], ["--run-code"]])
def test_a_server_runs_code_where_it_is_asked_to(tmp_path: Path, options: list[str]) -> None:
    text = WRONG.replace("import numpy as np\n", "import numpy as np\n" + RAN)
    path = tmp_path / "layers.py"
    path.write_text(text, encoding="utf-8")
    server = [sys.executable, "-m", "gradcli", "lsp", *options]
    with LanguageClient(server, tmp_path, text, "layers.py") as client:
        assert client.diagnostics() == []
        client.tell("textDocument/didSave", {"textDocument": {"uri": client.uri}})
        if not options:
            assert not client.diagnostics()
            assert not [*tmp_path.glob("*.ran")]
            [lens] = client.of("codeLens")
            command = lens["command"]
            asked = {"command": command["command"], "arguments": command["arguments"]}
            client.ask("workspace/executeCommand", asked)
        while (codes := [each["code"] for each in client.diagnostics()]) != ["G501"]:
            assert codes == ["RUN"]
        assert [*tmp_path.glob("*.ran")]
