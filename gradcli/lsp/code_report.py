"""A check of hand-written code for an editor, which runs it.

Must not know who asked for that, nor the protocol.
"""

from __future__ import annotations

from threading import Event

from gradcli import api
from gradcli.api.streaming import until
from gradcli.code.survey import Survey
from gradcli.errors import Diagnostic, GradcliError, Source
from gradcli.judge.finding import CheckOptions, DerivationReport, FileReport
from gradcli.lsp.chunks import Chunk
from gradcli.project.files import read


def code_report(chunk: Chunk, options: CheckOptions, cancel: Event | None) -> FileReport:
    """What a check of code says; it is run here. work.Cancelled if nobody waits."""
    assert chunk.code is not None
    source = Source(chunk.path, chunk.text)
    try:
        if read(chunk.path).text.splitlines() != chunk.text.splitlines():
            return _unsaved(chunk, source)
        with until(cancel):
            return api.check_code(source, chunk.code, options.seed)
    except GradcliError as error:
        return FileReport(chunk.path, unreadable=[*error.diagnostics])


def _unsaved(chunk: Chunk, source: Source) -> FileReport:
    """What runs is the file: of a text that is not saved nothing can be known."""
    span = Survey(source).pair(chunk.name).span
    note = Diagnostic("G109", "save the file: what is checked is what was saved", span)
    return FileReport(chunk.path, [DerivationReport(chunk.name, 1, notes=[note])])
