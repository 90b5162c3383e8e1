"""An excerpt of a document: one of its derivations, and one of its vertices as the output.

Must not know what is asked of the excerpt; places in it are places of the whole.
"""

from __future__ import annotations

import re

from gradcli.errors import Source, wrong
from gradcli.language.documents.sections import Section, sections
from gradcli.language.parsing.parse import read
from gradcli.language.tree import syntax

NOT_A_LINE_END = re.compile(r"[^\n\r]")


def excerpt(source: Source, derivation: str = "", of: str = "") -> Source:
    """The text with all else blanked out, and the output `of` below it.

    `derivation` is a part of its title, whatever the case. GradcliError where not exactly one
    derivation is meant.
    """
    program = read(source).program
    text = source.text
    if derivation:
        text = _alone(text, sections(program), derivation)
    if of:
        for statement in program.statements:
            if isinstance(statement, syntax.Output):
                text = _blank(text, statement.span.start, statement.span.end)
        text = f"{text.rstrip()}\n{of}"
    return Source(source.name, text)


def function_in(source: Source, text: str, line: int) -> Source | None:
    """What the derivation that begins in a line is of: its definitions, and what it claims of.

    `text` is what of the source belongs to the language. None where nothing is defined.
    """
    found = sections(read(source, text).program)
    starts = [section.start for section in found[1:]] + [len(text)]
    number = [source.position(section.start)[0] for section in found[1:]]
    here = next((k for k, begins in enumerate(number, 1) if begins == line), 0)
    own = found[here]
    kept = _blank(text, starts[0], own.start) if here else text
    kept = _blank(kept, starts[here], len(text))
    names = [s.name.name for s in own.statements if isinstance(s, syntax.Definition)]
    if not names:
        return None
    claimed = (s.left for s in own.statements if isinstance(s, syntax.Claim))
    subjects = (x.subject.span.text for x in claimed if isinstance(x, syntax.Derivative))
    of = next((subject for subject in subjects if subject in names), names[-1])
    return Source(source.name, f"{kept.rstrip()}\n{of}")


def _alone(text: str, found: list[Section], wanted: str) -> str:
    """The text of one derivation, with what stands before the first."""
    _, *own = found
    ends = [section.start for section in own[1:]] + [len(text)]
    meant = [
        (section, end)
        for section, end in zip(own, ends, strict=False)
        if wanted.casefold() in section.title.casefold()
    ]
    exact = [(s, end) for s, end in meant if s.title.casefold() == wanted.casefold()]
    meant = exact if len(exact) == 1 else meant
    if len(meant) != 1:
        said = f'{len(meant)} derivations have "{wanted}" in their names' if meant else (
            f'no derivation has "{wanted}" in its name'
        )  # fmt: skip
        known = ", ".join(s.title for s, _ in meant) or ", ".join(s.title for s in own)
        raise wrong("G401", f"-k: {said}", help=f"there is {known}" if known else "there is none")
    (section, end), first = meant[0], own[0].start
    return _blank(_blank(text, first, section.start), end, len(text))


def _blank(text: str, start: int, end: int) -> str:
    return text[:start] + NOT_A_LINE_END.sub(" ", text[start:end]) + text[end:]
