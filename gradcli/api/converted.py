"""A sheet in another spelling: the language becomes LaTeX, and LaTeX the language.

Must not know files beyond those that a text names, options or terminals.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from itertools import groupby
from typing import Any

from gradcli.api.document_derivation import DocumentDerivation
from gradcli.api.question import question
from gradcli.errors import GradcliError, Source, wrong
from gradcli.judge.finding import CheckOptions
from gradcli.language.documents.sections import Document, sections
from gradcli.language.elaboration.half_lines import declaring
from gradcli.language.parsing.parse import read
from gradcli.language.tex.document import TexDocument, tex_document
from gradcli.language.tex.sheet import TexSection
from gradcli.language.tex.sheet import sections as tex_sections
from gradcli.language.tree import syntax
from gradcli.language.tree.sheet_text import set_text, sheet_text
from gradcli.language.typeset.sheet import SheetWriter, document
from gradcli.language.typeset.sides import SideWriter, Spelling
from gradcli.reading import Place

SAID = ("condition", "side-condition", "update", "note", "unread")
"""Rows that are no statements, which a sheet has as comments."""


@question
def to_latex(source: Source, *, standalone: bool = False, place: Place | None = None) -> str:
    """The derivations of a text as LaTeX, whole documents if they are to stand alone.

    Nothing is judged. GradcliError for a text that cannot be read.
    """
    whole = Document(source, source.text)
    reading = read(source)
    if reading.complaints:
        raise GradcliError(*reading.complaints)
    first, *others = declaring(sections(reading.program))
    blocks: list[str] = []
    for section in [first, *others]:
        found = DocumentDerivation(
            whole, reading, first, section, others, CheckOptions(), place or Place()
        )
        case = found.case()
        lettered, derivation = case.derivation({}), case.shown
        errors = [*derivation.errors, *found.givens.errors]
        if errors:
            raise GradcliError(*errors)
        assert derivation.elaborator and lettered.elaborator
        spelled = Spelling(derivation.elaborator.scope)
        sides = SideWriter(derivation.elaborator, spelled)
        writer = SheetWriter(source.text, sides, SideWriter(lettered.elaborator, spelled))
        blocks += writer.section(section, found.end)
    return document(blocks, standalone)


@question
def not_read_again(text: str) -> list[str]:
    """What of LaTeX that was written from a sheet is not read as a part of one, in sentences."""
    source = Source("it", text)
    found = tex_sections(tex_document(source))
    return [
        f"line {source.position(row.sign)[0]} ({row.why}):  {row.text}"
        for section in found
        for row in section.rows
        if row.kind in SAID and row.kind != "side-condition"
    ]


@question
def to_sheet(document: TexDocument) -> str:
    """The sections of a paper as a sheet; what is not read or no claim is a comment in its place.

    Nothing is judged. GradcliError for a document that cannot be read, or with nothing to check.
    """
    if document.complaints:
        raise GradcliError(*document.complaints)
    found = [section for section in tex_sections(document) if section.rows]
    rows = [row.diagnostic for section in found for row in section.rows]  # these are comments
    if errors := [e for section in found for e in section.errors if e not in rows]:
        raise GradcliError(*errors)
    told = [_section(document.source, section, len(found) > 1) for section in found]
    if not any(section.statements for section in found):
        raise wrong("G011", f"nothing in {document.source.name} can be written as a sheet")
    return "\n".join(told)


@question
def not_said(document: TexDocument) -> list[str]:
    """Claims of a paper that are refuted by their shapes alone, which no sheet can say."""
    return [
        f"line {document.source.position(row.sign)[0]} ({row.why}):  {row.text}"
        for section in tex_sections(document)
        for row in section.rows
        if row.misfit
    ]


def _section(source: Source, section: TexSection, several: bool) -> str:
    """A section with what those around it have said, as a derivation of its own if there are more.

    What stands below each other in the paper does so here.
    """
    title = " ".join(section.title.replace('"', "").split())
    pieces: list[tuple[int, syntax.Statement | str]] = []
    following = len(source.text)
    for statement in reversed(section.statements):
        place = statement.span.start
        if not isinstance(statement, syntax.Declaration):
            # What was read before its turn, because others stand on it, stays before them.
            place = following = min(place, following)
        pieces.insert(0, (place, statement))
    for row in section.rows:
        if row.kind in SAID or row.misfit:
            line = source.position(row.sign)[0]
            why = f": {row.why}" if row.why else ""
            pieces.append((row.start, f"# line {line}, {row.kind}{why}:  {row.text}\n"))
    pieces.sort(key=lambda piece: piece[0])
    ordered = [*section.inherited, *(piece for _, piece in pieces)]
    head = f'derivation "{title}"\n' if several else f"# {title}\n" if title else ""
    told = groupby(ordered, key=lambda piece: isinstance(piece, str))
    return head + "".join(
        "".join(map(str, each)) if comments else sheet_text(_merged(each))
        for comments, each in told
    )


def _merged(statements: Iterable[Any]) -> list[syntax.Statement]:
    """The statements, declarations of one set that follow each other in one."""
    found: list[syntax.Statement] = []
    for statement in statements:
        last = found[-1] if found else None
        match last, statement:
            case syntax.Declaration(), syntax.Declaration() if set_text(last.set) == set_text(
                statement.set
            ):
                found[-1] = replace(last, names=(*last.names, *statement.names))
            case _:
                found.append(statement)
    return found
