"""What `gradcli:` comments say: declarations in the language or in LaTeX, and words of their own.

Must not know rows.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from gradcli.errors import Diagnostic, GradcliError, Source, Span
from gradcli.language import syntax
from gradcli.language.half_lines import declaring
from gradcli.language.parse import read
from gradcli.language.sections import Section
from gradcli.language.tex.declarations import Declarations
from gradcli.language.tex.document import TexBlock
from gradcli.language.tex.known import KnownNames
from gradcli.language.tex.rows import formulas
from gradcli.language.tex.tokens import expanded, lexed

HELP = (
    "write  X in R^(m, n)  or one of  ignore, claim, definition, condition, fails, scalars, "
    "shape row, layout denominator"
)
WORDS = frozenset({"ignore", "claim", "definition", "condition", "fails"})
"""Words for the next row or display; others are for a whole section."""
SCALARS, ROWS = "scalars", "shape row"


@dataclass(frozen=True, slots=True)
class ReadNote:
    """What is wrong with a comment, its word for a row or a display, and the point it gives.

    `settings` are its statements on how derivatives are laid out.
    """

    complaints: list[Diagnostic]
    word: str = ""
    point: syntax.At | None = None
    settings: tuple[syntax.Statement, ...] = ()


def read_note(
    source: Source, block: TexBlock, declarations: Declarations, known: KnownNames
) -> ReadNote:
    """What a comment says; what it declares goes into `declarations`."""
    if "$" in block.text:
        return ReadNote([*_in_latex(source, block, declarations)])
    word, point = "", None
    complaints: list[Diagnostic] = []
    said: list[syntax.Statement] = []
    settings: list[syntax.Statement] = []
    for start, end in _parts(source, block):
        text = source.text[start:end].strip()
        if text in (SCALARS, ROWS):
            known.reals = known.reals or text == SCALARS
            known.rows = known.rows or text == ROWS
            continue
        if text in WORDS:
            word = text
            continue
        blank = " " * start + source.text[start:end]
        reading = read(source, blank)
        complaints += [
            replace(each, code="G024", help=HELP) if each.code == "G001" else each
            for each in reading.complaints
        ]
        said += () if reading.complaints else reading.program.statements
    [section] = declaring([Section("", block.start, said)])
    for statement in section.statements:
        if isinstance(statement, syntax.Declaration):
            declarations.annotate(statement)
        elif isinstance(statement, syntax.At):
            point = statement
        elif isinstance(statement, syntax.Layout | syntax.Convention):
            settings.append(statement)
        else:
            complaint = "this declares nothing, and is no word for a row"
            complaints.append(Diagnostic("G024", complaint, statement.span, help=HELP))
    return ReadNote(complaints, word, point, (*settings,))


def _parts(source: Source, block: TexBlock) -> Iterator[tuple[int, int]]:
    start = block.start
    while start < block.end:
        end = source.text.find(";", start, block.end)
        end = block.end if end < 0 else end
        if source.text[start:end].strip():
            yield start, end
        start = end + 1


def _in_latex(source: Source, block: TexBlock, declarations: Declarations) -> Iterator[Diagnostic]:
    text = source.text
    at = text.find("$", block.start, block.end)
    while at >= 0:
        end = text.find("$", at + 1, block.end)
        if end < 0:
            yield Diagnostic("G002", "$ is never closed", Span(source, at, at + 1))
            return
        try:
            tokens = expanded(source, lexed(text, at + 1, end), {})
        except GradcliError as error:
            yield from error.diagnostics
            return
        inline = TexBlock("inline", at + 1, end, text[at + 1 : end], tokens=(*tokens,))
        for formula in formulas(source, inline):
            if not declarations.read(formula, annotated=True):
                place = Span(source, formula.start, formula.end)
                yield Diagnostic("G024", "this comment declares nothing", place, help=HELP)
        at = text.find("$", end + 1, block.end)
