r"""The holes of a paper filled: each `\frac{dL}{dw} = ?` gets its formula in the paper's notation.

Must not know how a formula is found, nor which files there are.
"""

from __future__ import annotations

from collections.abc import Iterator

from gradcli.api.paper_fills import AskingTwin
from gradcli.errors import Span
from gradcli.judge.finding import CheckOptions
from gradcli.judge.mends import MendEdit
from gradcli.language.documents.sections import all_statements, right_sides
from gradcli.language.tex.document import TexDocument
from gradcli.language.tex.sheet import TexSection, sections
from gradcli.language.tree import syntax
from gradcli.lsp.filling import formulas_of

HOLE = "?"


def fill_paper(document: TexDocument, options: CheckOptions) -> tuple[list[MendEdit], list[str]]:
    """What belongs into the holes of a paper, each verified; and what could not be found."""
    edits: list[MendEdit] = []
    missing: list[str] = []
    for section in sections(document, filling=True):
        holes = [place for place in _asked(section) if place.text == HOLE]
        twin = AskingTwin(section, document.macros, options) if holes else None
        for place in holes:
            found = twin.right_side(place.start, formulas_of) if twin else None
            if found is None:
                missing.append(f"{_line(place)}: nothing was found that is right here")
            else:
                text, verdict = found
                edits.append(MendEdit(place.stored, document.source.encoded(text), verdict))
        for row in section.rows:
            unread = row.kind == "unread" and row.text.endswith(HOLE)
            if unread:
                place = Span(document.source, row.sign, row.end)
                missing.append(f"{_line(place)}: {row.why}")
    return edits, missing


def _line(place: Span) -> str:
    return f"{place.source.name}:{place.source.position(place.start)[0]}"


def _asked(section: TexSection) -> Iterator[Span]:
    for statement in all_statements(section.statements):
        if isinstance(statement, syntax.Claim | syntax.Continuation):
            for side in right_sides(statement):
                yield side.span
