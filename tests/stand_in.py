"""A stand-in for `api.check_text`, for tests of what is around it: `right = …` holds, others not.

Must not know gradcli's language, but for the word that begins a derivation.
"""

from __future__ import annotations

import os
import re

from gradcli import api
from gradcli.api import derivations
from gradcli.api.listening import Begun, untold
from gradcli.errors import Diagnostic, Source, Span
from gradcli.judge.finding import (
    CheckOptions,
    DerivationReport,
    FileReport,
    Finding,
    ReadStatement,
)
from gradcli.language.documents.markdown import documents
from gradcli.language.documents.sections import Document
from gradcli.reading import Place

LINE = re.compile(r"^[ \t]*(?:(derivation)\s+\"(.*)\"|([\w!]+)(?: = (.*)))[ \t]*$", re.MULTILINE)
VERDICTS = {"right": "proved", "open": "undecided", "wrong": "refuted"}
calls: list[tuple[str, CheckOptions, bool, Place | None]] = []


def check_text(
    source: Source,
    options: CheckOptions,
    *,
    markdown: bool = False,
    place: Place | None = None,
    begun: Begun = untold,
    cache: object = None,
) -> FileReport:
    """Lines `right = 1`, `wrong = 1` and `open = 1` are claims, `error = 1` is a mistake."""
    calls.append((source.name, options, markdown, place))
    report = FileReport(source.name)
    texts = [Document(source, source.text)]
    if markdown:
        texts, report.unreadable = documents(source)
    for document in texts:
        sections = [DerivationReport(document.name, document.line)]
        for match in LINE.finditer(document.text):
            line, _ = source.position(match.start(3) if match[3] else match.start(1))
            span = Span(source, *match.span(4 if match[3] else 1))
            if match[1]:
                sections.append(DerivationReport(match[2], line))
            elif match[3] == "error":
                sections[-1].errors.append(Diagnostic("G001", "a mistake", span))
            elif options.list:
                sections[-1].read.append(ReadStatement(line, "claim", match.group().strip()))
            elif not options.lines or line in options.lines:
                sections[-1].findings.append(_finding(sections[-1].name, match, span))
        report.derivations += [
            section
            for section in sections
            if options.name.casefold() in section.name.casefold()
            and (section.findings or section.errors or section.read or len(sections) == 1)
        ]
    return report


def _finding(derivation: str, match: re.Match[str], span: Span) -> Finding:
    verdict = VERDICTS[match[3]]
    bad = verdict in ("refuted", "undecided")
    left = Span(span.source, *match.span(3))
    return Finding(
        derivation, match.group().strip(), match[3], span, left, 0, verdict, verdict,
        code="G102" if bad else None, message="this is wrong" if bad else "",
    )  # fmt: skip


def deadly() -> None:
    """A process begins so that dies where it is to check a file called 3.grad."""

    def check(source: Source, *rest: object, **more: object) -> FileReport:
        if source.name.endswith("3.grad"):
            os._exit(9)
        return derivations.check_text(source, *rest, **more)  # type: ignore[arg-type]

    api.check_text = check  # type: ignore[attr-defined]
