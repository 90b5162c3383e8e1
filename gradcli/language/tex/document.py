"""A text becomes a document: its headings, comments, inline formulas and displays, in order.

Must not know what a formula means, nor which files there are.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from gradcli.errors import Diagnostic, GradcliError, Source, Span
from gradcli.language.parsing.tokens import Token
from gradcli.language.tex.tokens import Macros, expanded, group, lexed, optional, written

Kind: TypeAlias = Literal["heading", "note", "inline", "display", "sheet"]

DISPLAYS = frozenset({
    "equation", "align", "gather", "multline", "eqnarray", "alignat", "flalign", "displaymath",
    "math", "split", "aligned", "gathered", "alignedat", "dmath",
})  # fmt: skip
"""Environments that are displays, starred too."""

LEVELS = {
    r"\part": 1, r"\chapter": 2, r"\section": 3, r"\subsection": 4, r"\subsubsection": 5,
    r"\paragraph": 6, r"\subparagraph": 7,
}  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class TexBlock:
    """A part of a document that is read: what is in it stands at `start` to `end` of its text.

    `text` is the title of a heading, what a `gradcli:` comment says, and what a formula is written
    as; a sheet is statements of the language, whose text it has. `level` is that of a heading, 1
    the highest. Of a formula `environment` says how it was opened (`align`, `$$`, `$` …), `opens`
    where, and `tokens` are those of it, macros expanded.
    """

    kind: Kind
    start: int
    end: int
    text: str = ""
    level: int = 0
    environment: str = ""
    tokens: tuple[Token, ...] = ()
    opens: int = -1


@dataclass(slots=True)
class TexDocument:
    """The blocks of a text in their order, what is wrong with their openings, and its macros.

    Places are offsets into `source.text`. Where that is not what stands in the file, as the cells
    of a notebook, the source is of a class whose `position` and `line` know the file. `margins` are
    where in Markdown a paragraph, a list, a quote begins; None in LaTeX, where a comment may stand
    above any line.
    """

    source: Source
    blocks: list[TexBlock] = field(default_factory=list)
    complaints: list[Diagnostic] = field(default_factory=list)
    macros: Macros = field(default_factory=dict)
    margins: list[int] | None = None


def tex_document(source: Source, macros: Macros | None = None) -> TexDocument:
    r"""The blocks of LaTeX: what follows `\begin{document}`, or all, where there is none."""
    found = TexDocument(source, macros={} if macros is None else macros)
    try:
        tokens = expanded(source, lexed(source.text), found.macros)
    except GradcliError as error:
        found.complaints += error.diagnostics
        return found
    _Scanner(found, tokens).run()
    return found


class _Scanner:
    """Finds the blocks among the tokens of a whole text."""

    def __init__(self, document: TexDocument, tokens: Sequence[Token]) -> None:
        self.document, self.tokens = document, tokens

    def run(self) -> None:
        at = 0
        while at < len(self.tokens):
            token = self.tokens[at]
            if token.kind == "NOTE":
                self.document.blocks.append(note(token))
            elif token.kind == "MATH":
                at = self._between(at, at + 1, token.text, token.text)
                continue
            elif token.text in (r"\[", r"\("):
                at = self._between(at, at + 1, token.text, {"[": r"\]", "(": r"\)"}[token.text[1]])
                continue
            elif token.text in LEVELS:
                self._heading(at)
            elif token.text == r"\begin" and (name := self._name(at + 1)):
                if name[0] == "document":
                    self.document.blocks.clear()
                    self.document.complaints.clear()
                elif name[0].rstrip("*") in DISPLAYS:
                    at = self._environment(at, name[1], name[0])
                    continue
            elif token.text == r"\end" and (name := self._name(at + 1)) and name[0] == "document":
                return
            at += 1

    def _name(self, at: int) -> tuple[str, int] | None:
        found = group(self.tokens, at)
        return (written(found[0]), found[1]) if found else None

    def _heading(self, at: int) -> None:
        token = self.tokens[at]
        following = at + 1
        if following < len(self.tokens) and self.tokens[following].text == "*":
            following += 1
        _, following = optional(self.tokens, following)
        title = group(self.tokens, following)
        text = "".join(t.text for t in title[0]) if title else ""
        end = self.tokens[title[1] - 1].end if title else token.end
        level = LEVELS[token.text]
        self.document.blocks.append(
            TexBlock("heading", token.start, end, " ".join(text.split()), level)
        )

    def _between(self, at: int, first: int, opening: str, closing: str) -> int:
        """A formula up to its closing sign; where reading goes on."""
        depth = 0
        for place in range(first, len(self.tokens)):
            token = self.tokens[place]
            depth += {"OPEN": 1, "CLOSE": -1}.get(token.kind, 0)
            if token.kind == "PARAGRAPH" and opening in ("$", r"\("):
                break
            if depth <= 0 and token.text == closing:
                self._formula(opening, self.tokens[at], self.tokens[first:place], token.start)
                return place + 1
        self._unbalanced(self.tokens[at], f"{opening} is never closed")
        return first

    def _environment(self, at: int, first: int, name: str) -> int:
        depth = 1
        place = first
        while place < len(self.tokens):
            token = self.tokens[place]
            if token.text in (r"\begin", r"\end") and (found := self._name(place + 1)):
                if found[0] == name:
                    depth += 1 if token.text == r"\begin" else -1
                if depth == 0:
                    self._formula(
                        name, self.tokens[at], self.tokens[first:place], token.start,
                        start=self.tokens[first - 1].end,
                    )  # fmt: skip
                    return found[1]
            place += 1
        self._unbalanced(self.tokens[at], rf"\begin{{{name}}} is never ended")
        return first

    def _formula(
        self, opening: str, sign: Token, inside: Sequence[Token], end: int, start: int | None = None
    ) -> None:
        start = sign.end if start is None else start
        # What a macro opens and closes stands where it was called.
        end = max(end, start)
        text = self.document.source.text[start:end]
        kind: Kind = "inline" if opening in ("$", r"\(", "math") else "display"
        block = TexBlock(
            kind, start, end, text, environment=opening, tokens=(*inside,), opens=sign.start
        )
        self.document.blocks.append(block)
        # A comment inside a formula is one of its tokens, too: it is about the row that it ends.

    def _unbalanced(self, token: Token, message: str) -> None:
        place = Span(self.document.source, token.start, token.end)
        self.document.complaints.append(Diagnostic("G002", message, place))


def note(token: Token) -> TexBlock:
    """The block of a comment `% gradcli: …`."""
    match = re.match(r"%[ \t]*gradcli:[ \t]*", token.text)
    skipped = match.end() if match else 0
    return TexBlock("note", token.start + skipped, token.end, token.text[skipped:].strip())
