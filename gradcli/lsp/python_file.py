"""A file of Python: which hand-written gradients in it can be checked, and what came of that.

Must not know the protocol. Code runs only for a chunk, and there is one only of what was asked for.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path

from gradcli.api.code_request import CodeRequest
from gradcli.api.code_sets import COMMENT, said
from gradcli.code.survey import CodePair, Survey
from gradcli.errors import Diagnostic, GradcliError, Source
from gradcli.judge.finding import CheckOptions
from gradcli.lsp.chunks import Chunk
from gradcli.lsp.document import OpenDocument, Pieces
from gradcli.lsp.judging import Complaint, Piece
from gradcli.lsp.positions import Json
from gradcli.project.code import PYTHON

LANGUAGE = "python"
CHECK = "gradcli.checkCode"
"""The command that an editor sends for a check: the document, and the name of what is checked."""
RUNNING = "RUN"


def is_python(path: Path, language: str) -> bool:
    """Whether a document is Python, by what its editor calls it or by its name."""
    return language == LANGUAGE or path.suffix == PYTHON


class PythonFile(OpenDocument):
    """One version of a file of Python. `configured` are the checks that its project names."""

    def __init__(
        self, uri: str, path: Path, text: str, version: int | None, pieces: Pieces,
        *, encoding: str = "utf-16", options: CheckOptions | None = None,
        configured: Sequence[CodeRequest] = (),
    ) -> None:  # fmt: skip
        self.configured = {c.name: c for c in configured if Path(c.path).resolve() == path}
        self.asked: dict[str, Chunk] = {}
        super().__init__(
            uri, path, text, version, pieces, markdown=False, encoding=encoding, options=options
        )

    def _derivations(self) -> tuple[list[Chunk], list[Diagnostic]]:
        return [], [d for pair in self.pairs.values() for d in _complaints(pair)]

    def _paper(self, latex: bool) -> Chunk | None:
        return None

    @property
    def code(self) -> str:
        """None of it is written in the language."""
        return ""

    @cached_property
    def pairs(self) -> dict[str, CodePair]:
        """What can be checked, by name; nothing where the text is no Python, as others say."""
        try:
            survey = Survey(Source(str(self.path), self.text))
        except GradcliError:
            return {}
        found = {pair.name: pair for pair in survey.pairs()}
        for request in self.configured.values():
            try:
                pair = survey.pair(request.name, request.forward, request.wrt)
            except GradcliError:
                continue
            found[request.name] = pair
        return found

    @cached_property
    def requests(self) -> dict[str, CodeRequest]:
        """The checks of which all is said, by the project or by comments."""
        return {
            name: replace(self.configured.get(name, CodeRequest("", name)), path=str(self.path))
            for name, pair in self.pairs.items()
            if name in self.configured or (pair.said and not _lacking(pair))
        }

    def ask(self, names: Sequence[str] | None = None) -> None:
        """These are to be run, or, without names, all."""
        for name, request in self.requests.items():
            if names is None or name in names:
                whole = 0, len(self.text)
                self.asked[name] = Chunk(
                    str(self.path), name, (0, 0), whole, 0, 0, self.text, code=request
                )

    def begun(self, chunk: Chunk) -> Piece:
        """What is said of a check until it is done."""
        span = self.pairs[chunk.name].span
        mark = Complaint(span.start, span.end, "note", RUNNING, "this file is run to check it …")
        return Piece([mark], final=False)

    @property
    def all_chunks(self) -> list[Chunk]:
        """What was asked for."""
        return [*self.asked.values()]

    def beside(self, offset: int) -> Chunk | None:
        """The check that says something of a line."""
        line = self.lines.line(offset)
        for chunk, piece in self.known():
            for each in piece.judged:
                if self.lines.line(each.start) <= line <= self.lines.line(each.end):
                    return chunk
        return None

    def lenses(self) -> list[Json]:
        """Above every function of which all is said: to check it, which runs the file."""
        return [
            {"range": self._place(self.pairs[name]), "command": self._command(name, "gradcli")}
            for name in self.requests
        ]

    def actions(self, start: int, end: int) -> list[Json]:
        """Mends of what was checked; to check a function, or to say what it needs for that."""
        found = super().actions(start, end)
        for name, pair in self.pairs.items():
            first, last = self.lines.line(start), self.lines.line(end)
            if not first <= self.lines.line(pair.span.start) <= last:
                continue
            if name in self.requests:
                command = self._command(name, f"Check {name}")
                found.append({"title": command["title"], "command": command})
            elif not _complaints(pair):
                found.append(self._comment(name, pair))
        return found

    def _command(self, name: str, words: str) -> Json:
        return {
            "title": f"{words}: run this file to check the gradient",
            "command": CHECK,
            "arguments": [self.uri, name],
        }

    def _comment(self, name: str, pair: CodePair) -> Json:
        """A comment to be completed, above the function."""
        sets = "; ".join(f"{each} in R^…" for each in _lacking(pair))
        place = self.lines.range(pair.top, pair.top)
        edit = {"range": place, "newText": f"{COMMENT} {sets}\n"}
        return {
            "title": f"Write what {name} is checked with",
            "edit": {"changes": {self.uri: [edit]}},
        }

    def _place(self, pair: CodePair) -> Json:
        return self.lines.range(pair.span.start, pair.span.end)


def _complaints(pair: CodePair) -> list[Diagnostic]:
    """What is wrong with its comments."""
    try:
        said(pair)
    except GradcliError as error:
        return [*error.diagnostics]
    return []


def _lacking(pair: CodePair) -> list[str]:
    """The inputs of which nothing is said, or nothing that can be read."""
    try:
        known = said(pair)
    except GradcliError:
        known = {}
    return [name for name in pair.required if name not in known]
