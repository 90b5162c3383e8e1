r"""What `gradcli:` comments say: declarations in the language or in LaTeX, and words of their own.

Must not know rows. A name is that of the formulas, spelled as in either: `beta`, `\beta`, `β`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from gradcli.errors import Diagnostic, GradcliError, Source, Span
from gradcli.language.documents.sections import Section
from gradcli.language.elaboration.half_lines import declaring
from gradcli.language.parsing.parse import read
from gradcli.language.tex.atoms import atoms
from gradcli.language.tex.commands import GREEK, letter
from gradcli.language.tex.declarations import Declarations, Named
from gradcli.language.tex.document import TexBlock
from gradcli.language.tex.known import KnownNames
from gradcli.language.tex.rows import formulas
from gradcli.language.tex.tokens import expanded, lexed
from gradcli.language.tree import syntax

HELP = (
    "write  X in R^(m, n)  or one of  ignore, claim, definition, condition, fails, scalars, "
    "shape row, along rows, along columns, layout denominator"
)
WORDS = frozenset({"ignore", "claim", "definition", "condition", "fails"})
"""Words for the next row or display; others are for a whole section."""
SETTINGS: dict[str, Callable[[KnownNames], None]] = {
    "scalars": lambda known: setattr(known, "reals", True),
    "shape row": lambda known: setattr(known, "rows", True),
    "along rows": lambda known: setattr(known, "along", 1),
    "along columns": lambda known: setattr(known, "along", 0),
}
"""What holds for a whole section."""
IN = re.compile(r"(?<![\w\\])in(?!\w)|\\in(?![A-Za-z])")
POINT = "at "
COMMAND = re.compile(r"\\([A-Za-z]+)")
PLAIN = re.compile(r"[\w\s,]*")
"""Names as the language has them."""
PART = re.compile(r"(?:\{[^{}]*\}|[^{},])+")
"""A name of a list, with the commas in its scripts."""
SET = "x in"
"""What a set is read behind, where the names before it are in LaTeX."""


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
    word, point = "", None
    complaints: list[Diagnostic] = []
    said: list[syntax.Statement] = []
    settings: list[syntax.Statement] = []
    for start, end in _parts(source, block):
        text = source.text[start:end].strip()
        if "$" in text:
            complaints += _in_dollars(source, (start, end), declarations)
            continue
        if text in SETTINGS:
            SETTINGS[text](known)
            continue
        if text in WORDS:
            word = text
            continue
        behind = IN.search(source.text, start, end)
        if behind and behind[0] == r"\in" and "\\" in source.text[behind.end() : end]:
            behind = None
        names: Named = []
        pointed = text.startswith(POINT)
        stop = behind.start() if behind and behind[0] == "in" else end
        if not pointed and not PLAIN.fullmatch(source.text, start, stop):
            if behind is None and "\\" in text:
                complaints += _in_latex(source, (start, end), declarations)
                continue
            names = _names(source, (start, behind.start()), declarations) if behind else []
        blank = " " * start + source.text[start:end]
        if pointed:
            blank = COMMAND.sub(_same_length, blank)
        if names and behind:
            blank = " " * (behind.end() - len(SET)) + SET + source.text[behind.end() : end]
        reading = read(source, blank)
        complaints += [
            replace(each, code="G024", help=HELP) if each.code == "G001" else each
            for each in reading.complaints
            if each.code not in {old.code for old in complaints if old.span == each.span}
        ]
        if names and not reading.complaints:
            [declared] = reading.program.statements
            assert isinstance(declared, syntax.Declaration)
            declarations.annotate(names, declared.set)
        elif not reading.complaints:
            said += reading.program.statements
    [section] = declaring([Section("", block.start, said)])
    for statement in section.statements:
        if isinstance(statement, syntax.Declaration):
            declarations.annotate(
                [(letter(name.name), name.span) for name in statement.names], statement.set
            )
        elif isinstance(statement, syntax.At):
            values = ((replace(x, name=letter(x.name)), value) for x, value in statement.values)
            point = replace(statement, values=(*values,))
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


def _in_dollars(
    source: Source, stretch: tuple[int, int], declarations: Declarations
) -> Iterator[Diagnostic]:
    text, stop = source.text, stretch[1]
    at = text.find("$", *stretch)
    while at >= 0:
        end = text.find("$", at + 1, stop)
        if end < 0:
            yield Diagnostic("G002", "$ is never closed", Span(source, at, at + 1))
            return
        yield from _in_latex(source, (at + 1, end), declarations)
        at = text.find("$", end + 1, stop)


def _in_latex(
    source: Source, stretch: tuple[int, int], declarations: Declarations
) -> Iterator[Diagnostic]:
    start, end = stretch
    try:
        tokens = expanded(source, lexed(source.text, start, end), {})
    except GradcliError as error:
        yield from error.diagnostics
        return
    inline = TexBlock("inline", start, end, source.text[start:end], tokens=(*tokens,))
    for formula in formulas(source, inline):
        if not declarations.read(formula, annotated=True):
            place = Span(source, formula.start, formula.end)
            yield Diagnostic("G024", "this comment declares nothing", place, help=HELP)


def _same_length(command: re.Match[str]) -> str:
    """A Greek letter in the place of its command."""
    return GREEK.get(command[1], command[0]).ljust(len(command[0]))


def _names(source: Source, stretch: tuple[int, int], declarations: Declarations) -> Named:
    """The keys of names in either spelling, and where they stand; none where one is no name."""
    found: Named = []
    for match in PART.finditer(source.text, *stretch):
        name = match[0].strip()
        start = match.start() + match[0].index(name)
        if PLAIN.fullmatch(name):
            found.append((letter(name), Span(source, start, start + len(name))))
            continue
        try:
            tokens = expanded(source, lexed(source.text, *match.span()), {})
            [named] = declarations.names(atoms(source, tokens))
        except (GradcliError, ValueError):
            return []
        found.append(named)
    return found
