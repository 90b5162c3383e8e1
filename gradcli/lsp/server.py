"""The language server: the protocol on one side, documents and the worker on the other.

Must not know what is said of a text; this alone imports the library of the protocol.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from lsprotocol import types
from pygls.exceptions import JsonRpcInvalidParams
from pygls.lsp.server import LanguageServer
from pygls.uris import to_fs_path

from gradcli.errors import GradcliError
from gradcli.judge.finding import CheckOptions
from gradcli.lsp import completion, hover, outline, tokens
from gradcli.lsp.document import OpenDocument, Pieces
from gradcli.lsp.judging import Piece
from gradcli.lsp.papers import LANGUAGES
from gradcli.lsp.positions import Json
from gradcli.lsp.python_file import CHECK, PythonFile, is_python
from gradcli.lsp.renaming import NameAtPlace
from gradcli.lsp.worker import Job, Worker
from gradcli.project import config
from gradcli.project.files import is_markdown
from gradcli.project.own_settings import own_settings
from gradcli.project.papers import is_latex
from gradcli.version import __version__

PATIENCE = 2.0
"""Seconds that a question about verdicts waits for those of the text as it is now."""
Answer = Callable[[OpenDocument, Any], Any]


class Desk:
    """The open documents, the worker that judges them, and the editor that is told."""

    def __init__(self, server: Any, run_code: bool = False, hint: int = 0) -> None:
        self.server, self.run_code, self.hint = server, run_code, hint
        self.documents: dict[str, OpenDocument] = {}
        self.pieces = Pieces()
        self.loop: asyncio.AbstractEventLoop | None = None
        self.news = asyncio.Event()
        self.worker = Worker(self._from_worker)
        self.runner = Worker(self._from_worker, runs_code=True)

    # -- documents

    def opened(self, params: Any) -> None:
        """A document is there, or its text is another."""
        self.loop = asyncio.get_running_loop()
        uri = params.text_document.uri
        found = self.server.workspace.get_text_document(uri)
        path = Path(to_fs_path(uri) or uri.rpartition("/")[2])
        language = getattr(params.text_document, "language_id", "") or found.language_id or ""
        encoding = self.server.workspace.position_encoding
        encoding = str(getattr(encoding, "value", encoding) or "utf-16")
        before = self.documents.get(uri)
        text = uri, path, found.source, params.text_document.version, self.pieces
        if is_python(path, language):
            self.documents[uri] = PythonFile(
                *text,
                encoding=encoding,
                options=self._options(path),
                configured=_project(path).code,
            )
        else:
            self.documents[uri] = OpenDocument(
                *text,
                markdown=is_markdown(str(path)) or is_latex(str(path)) or language in LANGUAGES,
                latex=LANGUAGES.get(language, False),
                encoding=encoding,
                options=before.options if before else self._options(path),
            )
        self._ask(uri)
        if self.documents[uri].complete:
            self._publish(self.documents[uri])

    def saved(self, params: Any) -> None:
        """What stands in files may be another: theirs, and those that texts name."""
        self.pieces.forget_files()
        for uri, document in self.documents.items():
            document.options = self._options(document.path)
            self._ask(uri)
        if isinstance(self.documents.get(params.text_document.uri), PythonFile):
            self._saved_code(params.text_document.uri)

    def _saved_code(self, saved: str) -> None:
        """What code does may be another, that of files which import it, too."""
        if self.run_code:
            self.pieces.forget_code()
        for uri, document in self.documents.items():
            if not isinstance(document, PythonFile):
                continue
            if self.run_code:
                document.ask()
            elif uri != saved:
                document.asked.clear()
            self._begin(document)

    def check_code(self, uri: str, name: str) -> None:
        """Somebody asks for a check of code, which runs it."""
        document = self.documents.get(uri)
        if isinstance(document, PythonFile):
            self.pieces.forget_code()
            document.ask([name])
            self._begin(document)

    def _begin(self, document: PythonFile) -> None:
        """Say what is begun, for it may take long."""
        for job in document.jobs():
            if document.pieces.get(document.path.parent, job.chunk) is None:
                self.pieces.put(job, document.begun(job.chunk))
        self._publish(document)
        self._ask(document.uri)

    def _options(self, path: Path) -> CheckOptions:
        return replace(_options(path), hint=self.hint)

    def closed(self, params: Any) -> None:
        """Nobody looks at it any longer."""
        uri = params.text_document.uri
        self.documents.pop(uri, None)
        self.server.text_document_publish_diagnostics(
            types.PublishDiagnosticsParams(uri=uri, diagnostics=[])
        )
        self._ask("")

    def _ask(self, first: str) -> None:
        """Have all judged that is not, the document first that was written in."""
        order = sorted(self.documents.values(), key=lambda document: document.uri != first)
        for worker, runs in ((self.worker, False), (self.runner, True)):
            meant = [each for each in order if isinstance(each, PythonFile) == runs]
            worker.want([job for document in meant for job in document.jobs()])

    # -- verdicts

    def _from_worker(self, job: Job, piece: Piece) -> None:
        """In the worker's thread."""
        if self.loop is not None and not self.loop.is_closed():
            self.loop.call_soon_threadsafe(self._judged, job, piece)

    def _judged(self, job: Job, piece: Piece) -> None:
        self.pieces.put(job, piece)
        for document in self.documents.values():
            if any(chunk.key == job.chunk.key for chunk in document.all_chunks):
                self._publish(document)
        self.news.set()
        self.news = asyncio.Event()

    def _publish(self, document: OpenDocument) -> None:
        found = self.structured(document.diagnostics(), list[types.Diagnostic])
        self.server.text_document_publish_diagnostics(
            types.PublishDiagnosticsParams(document.uri, found, document.version)
        )
        if document.complete and self._refreshes:
            self.server.workspace_inlay_hint_refresh(None, lambda answer: None)

    @property
    def _refreshes(self) -> bool:
        workspace = self.server.client_capabilities.workspace
        hints = getattr(workspace, "inlay_hint", None)
        return bool(getattr(hints, "refresh_support", False))

    async def settled(self, uri: str) -> OpenDocument | None:
        """The document as soon as all of it is judged, or as it is when patience ends."""
        end = asyncio.get_running_loop().time() + PATIENCE
        while (document := self.documents.get(uri)) and not document.complete:
            left = end - asyncio.get_running_loop().time()
            if left <= 0:
                break
            try:
                await asyncio.wait_for(self.news.wait(), left)
            except TimeoutError:
                break
        return document

    # -- answers

    def structured(self, found: Any, kind: Any) -> Any:
        """Plain data as the protocol's own types."""
        return None if found is None else self.server.protocol._converter.structure(found, kind)

    def answer(self, function: Answer, kind: Any, params: Any) -> Any:
        """At once, of the text as it is."""
        document = self.documents.get(params.text_document.uri)
        if document is None:
            return None
        try:
            return self.structured(function(document, params), kind)
        except GradcliError as error:
            raise JsonRpcInvalidParams(error.diagnostics[0].message) from None

    async def answer_settled(self, function: Answer, kind: Any, params: Any) -> Any:
        """When the text as it is has been judged."""
        await self.settled(params.text_document.uri)
        return self.answer(function, kind, params)


def _project(path: Path) -> config.Config:
    """The settings of the nearest `pyproject.toml`; what is wrong with one is told elsewhere."""
    try:
        return config.load(path.parent)
    except GradcliError:
        return config.Config()


def _options(path: Path) -> CheckOptions:
    """Those of its project; code that claims name is not run while somebody types."""
    options = CheckOptions()
    return replace(options, **dict(own_settings(path, _project(path), {}, options)))


def _place(params: Any) -> Json:
    return {"line": params.position.line, "character": params.position.character}


def _stretch(document: OpenDocument, params: Any) -> tuple[int, int]:
    ends = params.range.start, params.range.end
    start, end = (
        document.lines.offset({"line": each.line, "character": each.character}) for each in ends
    )
    return start, end


def _definition(document: OpenDocument, params: Any) -> Json | None:
    return NameAtPlace(document, _place(params)).definition()


def _references(document: OpenDocument, params: Any) -> list[Json]:
    found = NameAtPlace(document, _place(params))
    return [{"uri": document.uri, "range": place} for place in found.places() if found.name]


def _highlights(document: OpenDocument, params: Any) -> list[Json]:
    return [{"range": place} for place in NameAtPlace(document, _place(params)).places()]


def _hints(document: OpenDocument, params: Any) -> list[Json]:
    return document.hints(params.range.start.line, params.range.end.line)


AT_ONCE: dict[str, tuple[Any, Answer, Any]] = {
    types.TEXT_DOCUMENT_HOVER: (
        None, lambda d, p: hover.hover(d, _place(p)), types.Hover,
    ),
    types.TEXT_DOCUMENT_DEFINITION: (None, _definition, types.Location),
    types.TEXT_DOCUMENT_REFERENCES: (None, _references, list[types.Location]),
    types.TEXT_DOCUMENT_DOCUMENT_HIGHLIGHT: (None, _highlights, list[types.DocumentHighlight]),
    types.TEXT_DOCUMENT_PREPARE_RENAME: (
        None, lambda d, p: NameAtPlace(d, _place(p)).renamable(), types.Range,
    ),
    types.TEXT_DOCUMENT_RENAME: (
        types.RenameOptions(prepare_provider=True),
        lambda d, p: NameAtPlace(d, _place(p)).renamed(p.new_name), types.WorkspaceEdit,
    ),
    types.TEXT_DOCUMENT_DOCUMENT_SYMBOL: (
        None, lambda d, p: outline.symbols(d), list[types.DocumentSymbol],
    ),
    types.TEXT_DOCUMENT_FOLDING_RANGE: (
        None, lambda d, p: outline.folds(d), list[types.FoldingRange],
    ),
    types.TEXT_DOCUMENT_CODE_LENS: (None, lambda d, p: d.lenses(), list[types.CodeLens]),
    types.TEXT_DOCUMENT_SEMANTIC_TOKENS_FULL: (
        types.SemanticTokensLegend(token_types=[*tokens.TYPES], token_modifiers=[]),
        lambda d, p: {"data": tokens.semantic_tokens(d)}, types.SemanticTokens,
    ),
}  # fmt: skip
WHEN_JUDGED: dict[str, tuple[Any, Answer, Any]] = {
    types.TEXT_DOCUMENT_COMPLETION: (
        types.CompletionOptions(trigger_characters=["=", "?", " "], resolve_provider=True),
        lambda d, p: completion.completion(d, _place(p)), list[types.CompletionItem],
    ),
    types.TEXT_DOCUMENT_CODE_ACTION: (
        types.CodeActionOptions(code_action_kinds=[types.CodeActionKind.QuickFix]),
        lambda d, p: d.actions(*_stretch(d, p)), list[types.CodeAction],
    ),
    types.TEXT_DOCUMENT_INLAY_HINT: (None, _hints, list[types.InlayHint]),
}  # fmt: skip


def create(run_code: bool = False, hint: int = 0) -> tuple[Any, Desk]:
    """The server, ready to be started, and what it works with.

    With `run_code` the gradients in files of Python are checked, and run, when they are saved.
    `hint` is how much of a mistake is told.
    """
    server = LanguageServer(
        "gradcli", __version__, text_document_sync_kind=types.TextDocumentSyncKind.Full
    )
    desk = Desk(server, run_code, hint)
    server.feature(types.TEXT_DOCUMENT_DID_OPEN)(_plain(desk.opened))
    server.feature(types.TEXT_DOCUMENT_DID_CHANGE)(_plain(desk.opened))
    server.feature(types.TEXT_DOCUMENT_DID_SAVE)(_plain(desk.saved))
    server.feature(types.TEXT_DOCUMENT_DID_CLOSE)(_plain(desk.closed))
    for name, (options, function, kind) in AT_ONCE.items():
        server.feature(name, options)(_handler(desk, function, kind))
    for name, (options, function, kind) in WHEN_JUDGED.items():
        server.feature(name, options)(_patient(desk, function, kind))

    def resolve(item: Any) -> Any:
        plain = {"label": item.label, "kind": item.kind, "data": item.data, "detail": item.detail}
        found = completion.resolved({key: value for key, value in plain.items() if value})
        return desk.structured(found, types.CompletionItem)

    server.feature(types.COMPLETION_ITEM_RESOLVE)(resolve)

    def check_code(uri: str, name: str) -> None:
        desk.check_code(uri, name)

    server.command(CHECK)(check_code)
    return server, desk


def _plain(method: Callable[[Any], None]) -> Callable[[Any], None]:
    """A method as a function, on which the library can write down what it is for."""

    def handle(params: Any) -> None:
        method(params)

    return handle


def _handler(desk: Desk, function: Answer, kind: Any) -> Callable[[Any], Any]:
    def handle(params: Any) -> Any:
        return desk.answer(function, kind, params)

    return handle


def _patient(desk: Desk, function: Answer, kind: Any) -> Callable[[Any], Any]:
    async def handle(params: Any) -> Any:
        return await desk.answer_settled(function, kind, params)

    return handle


def serve(run_code: bool = False, hint: int = 0) -> None:
    """Speak with the editor on standard input and output until it says that this is the end."""
    server, desk = create(run_code, hint)
    reading, writing = os.dup(0), os.dup(1)
    # What anything else prints is not of the protocol.
    os.dup2(2, 1)
    try:
        with os.fdopen(reading, "rb") as given, os.fdopen(writing, "wb") as said:
            server.start_io(given, said)
    finally:
        desk.worker.close()
        desk.runner.close()
