"""Formulas in LaTeX judged for an editor: a whole paper, its claims and the comments that it lacks.

Must not know the protocol. Places are offsets of the text that the editor has; what stands in a
file that the paper inputs is told where that file is open itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING

from gradcli import api
from gradcli.api.question import question
from gradcli.api.streaming import until
from gradcli.errors import Diagnostic, Source, Span
from gradcli.graph.node import Node
from gradcli.judge.finding import CheckOptions, DerivationReport, FileReport, Finding
from gradcli.lsp.chunks import Chunk
from gradcli.project.papers import has_formulas, is_notebook, paper
from gradcli.reading import Place

if TYPE_CHECKING:
    from gradcli.language.tex.document import TexDocument

LANGUAGES = {"markdown": False, "latex": True, "tex": True, "plaintex": True}
"""What editors call languages with formulas, and whether they are LaTeX throughout."""


def paper_chunk(source: Source, path: Path, latex: bool) -> Chunk | None:
    """The text as one chunk, if its formulas are to be read; `latex` says that they are."""
    if is_notebook(str(path)) or not has_formulas(str(path), source.text, latex):
        return None
    whole = 0, len(source.text)
    return Chunk(source.name, "paper", (0, 0), whole, 0, 0, source.text, paper=True)


NamedPlace = tuple[int, int, str]
"""Where a name stands in a text, and what it is in words."""


@question
def paper_report(
    chunk: Chunk, options: CheckOptions, place: Place, cancel: Event | None
) -> tuple[FileReport, list[NamedPlace]]:
    """All that is found in a paper, in places of its own text, and what its names are.

    work.Cancelled if nobody waits.
    """
    source = Source(chunk.path, chunk.text)
    with until(cancel):
        document = paper(chunk.path, source, True, place)
        if document is None:
            return FileReport(chunk.path), []
        report = api.check_paper(document, options, place=place)
        named = [*_named(source, document)]
    # That nothing is claimed yet is no mistake while somebody types.
    report.unreadable = [*_here(source, [d for d in report.unreadable if d.span])]
    report.derivations = [_own(source, made) for made in report.derivations]
    return report, named


def _named(source: Source, document: TexDocument) -> Iterator[NamedPlace]:
    """Every name that has a shape, where it is written."""
    from gradcli.language.tex.sheet import sections  # noqa: PLC0415 seldom asked
    from gradcli.language.typeset.author import written_names  # noqa: PLC0415

    for section in sections(document):
        scope, described = section.known.probe.scope, section.known.probe.described
        for name in written_names(section.statements):
            meant = scope.names.get(name.name)
            given = meant.shape if isinstance(meant, Node) else None
            shape = scope.shapes.get(name.name, given)
            span = _place(source, name.span)
            if shape is not None and span is not None and span.text.strip():
                yield span.start, span.end, f"`{name.name}`: {described(shape)}"


def _own(source: Source, made: DerivationReport) -> DerivationReport:
    return replace(
        made,
        findings=[f for found in made.findings if (f := _moved(source, found)) is not None],
        errors=[*_here(source, made.errors)],
        notes=[*_here(source, made.notes)],
        comments=[c for c in made.comments if c.span.stored.source.name == source.name],
    )


def _moved(source: Source, found: Finding) -> Finding | None:
    span = _place(source, found.span)
    left = _place(source, found.left) if found.left else None
    return None if span is None else replace(found, span=span, left=left)


def _here(source: Source, found: list[Diagnostic]) -> Iterator[Diagnostic]:
    for each in found:
        span = _place(source, each.span) if each.span else None
        if span is not None:
            marks = ((_place(source, mark), word) for mark, word in each.marks)
            kept = tuple((mark, word) for mark, word in marks if mark is not None)
            yield replace(each, span=span, marks=kept)


def _place(source: Source, span: Span) -> Span | None:
    """The same stretch in the text of the editor; None for one that is in another file."""
    stored = span.stored
    there = stored.source.name == source.name
    return Span(source, stored.start, stored.end) if there else None
