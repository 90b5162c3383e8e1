"""Markdown becomes a document: displays, inline maths, headings and `gradcli:` comments.

Must not know what a formula means; code, indented or fenced, holds none.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import zip_longest
from typing import TYPE_CHECKING

from gradcli.errors import Diagnostic, GradcliError, Source, Span
from gradcli.language.documents.markdown import block_parser, front_matter_end, lined
from gradcli.language.tex.document import DISPLAYS, TexBlock, TexDocument
from gradcli.language.tex.tokens import Macros, expanded, lexed

if TYPE_CHECKING:
    from markdown_it.token import Token as MarkdownToken

COMMENT = re.compile(r"<!--\s*gradcli:")
NAMES = "|".join(sorted(DISPLAYS))
OPENING = re.compile(
    r"(?P<note><!--\s*gradcli:)|(?P<comment><!--)|(?P<code>(?<!`)`+(?!`))"
    rf"|(?P<environment>\\begin\{{(?P<name>(?:{NAMES})\*?)\}})"
    r"|(?P<opening>\$\$|\\\\\[|\\\\\(|\\\[|\\\()|(?P<escaped>\\[\s\S])|(?P<dollar>\$)"
)
CLOSING = {"$$": "$$", r"\\[": r"\\]", r"\\(": r"\\)", r"\[": r"\]", r"\(": r"\)"}
INLINE = re.compile(r"(?=\S)(?:\\[\s\S]|[^$\\`])*?(?<=\S)\$(?!\d)")
"""What a single dollar opens: no spaces inside at its ends, and no digit behind it."""
QUOTED = re.compile(r"[ \t]*(?:>[ \t]?)+")


def asks_to_be_read(text: str) -> bool:
    """Whether a text says by a comment that its formulas are to be read."""
    return "gradcli:" in text and COMMENT.search(text) is not None


def markdown_document(source: Source, macros: Macros | None = None) -> TexDocument:
    """The blocks of Markdown; `macros` may come from elsewhere and receive what is defined."""
    reader = _Markdown(source, {} if macros is None else macros)
    reader.run()
    reader.document.blocks.sort(key=lambda block: block.start)
    return reader.document


class _Markdown:
    def __init__(self, source: Source, macros: Macros) -> None:
        self.source, self.macros = source, macros
        self.margins: list[int] = []
        self.document = TexDocument(source, macros=macros, margins=self.margins)
        self.lines, self.starts = lined(source)
        self.hidden: list[tuple[int, int]] = []
        self.text = source.text

    def run(self) -> None:
        tokens = block_parser().parse("\n".join(self.lines))
        front = front_matter_end(self.lines)
        self.text = _blanked(self.text, [*self._quote_signs(tokens)])
        for token, following in zip_longest(tokens, tokens[1:]):
            if token.map is None:
                continue
            first, last = token.map
            if token.level == 0:
                self.margins.append(self.starts[first])
            if token.type == "heading_open" and last - 1 == front:
                self.hidden.append((self.starts[first], self.starts[last] - 1))
            elif token.type == "heading_open":
                title = following.content if following else ""
                self._heading(first, last, int(token.tag[1:]), title)
            elif token.type == "fence" and token.info.split()[:1] == ["math"]:
                self._fence(token, first, last)
            elif token.type in ("fence", "code_block"):
                if token.info.split() == ["grad"]:
                    self._sheet(first, last)
                self.hidden.append((self.starts[first], self.starts[last] - 1))
        self._formulas()

    def _quote_signs(self, tokens: Sequence[MarkdownToken]) -> Iterator[tuple[int, int]]:
        """What quotes put before their lines."""
        for token in tokens:
            if token.type == "blockquote_open" and token.map is not None:
                for line in range(*token.map):
                    if quoted := QUOTED.match(self.lines[line]):
                        yield self.starts[line], self.starts[line] + quoted.end()

    def _heading(self, first: int, last: int, level: int, title: str) -> None:
        end = self.starts[last] - 1
        self.document.blocks.append(TexBlock("heading", self.starts[first], end, title, level))
        self.hidden.append((self.starts[first], end))

    def _fence(self, token: MarkdownToken, first: int, last: int) -> None:
        """A fence of maths: one display."""
        start = self.starts[first + 1]
        closed = self.lines[last - 1].strip(" \t>").startswith(token.markup)
        end = self.starts[last - closed] - 1
        self._formula("display", "math", self.starts[first], start, max(start, end))
        self.hidden.append((self.starts[first], self.starts[last] - 1))

    def _sheet(self, first: int, last: int) -> None:
        """A fence of the language, without words of its own, holds for all under its heading."""
        start, end = self.starts[first + 1], self.starts[last] - 1
        text = self.text[start:end].rstrip("`~ \t>\n")
        self.document.blocks.append(TexBlock("sheet", start, start + len(text), text))

    def _formulas(self) -> None:
        text = _blanked(self.text, self.hidden)
        at = 0
        while match := OPENING.search(text, at):
            at = match.end()
            if match["note"] or match["comment"]:
                end = text.find("-->", at)
                if match["note"] and end >= 0:
                    self.document.blocks.append(
                        TexBlock("note", at, end, self.source.text[at:end].strip())
                    )
                elif match["note"]:
                    self._complain(match, "this comment is never closed")
                at = end + 3 if end >= 0 else len(text)
            elif match["code"]:
                end = text.find(match["code"], at)
                at = end + len(match["code"]) if end >= 0 else at
            elif match["environment"]:
                name = match["name"]
                end = text.find(rf"\end{{{name}}}", at)
                if end < 0:
                    self._complain(match, rf"\begin{{{name}}} is never ended")
                else:
                    self._formula("display", name, match.start(), at, end)
                    at = end + len(rf"\end{{{name}}}")
            elif match["opening"]:
                at = self._signed(text, match, match["opening"])
            elif (found := INLINE.match(text, at)) and "\n\n" not in found[0]:
                self._formula("inline", "$", match.start(), at, found.end() - 1)
                at = found.end()

    def _signed(self, text: str, match: re.Match[str], sign: str) -> int:
        closing = CLOSING[sign]
        end = text.find(closing, match.end())
        if end < 0:
            if sign == "$$":
                self._complain(match, "$$ is never closed")
            return match.end()
        kind = "inline" if sign.endswith("(") else "display"
        self._formula(kind, sign, match.start(), match.end(), end)
        return end + len(closing)

    def _formula(self, kind: str, environment: str, opens: int, start: int, end: int) -> None:
        try:
            tokens = expanded(self.source, lexed(self.text, start, end), self.macros)
        except GradcliError as error:
            self.document.complaints += error.diagnostics
            return
        self.document.blocks.append(
            TexBlock(
                "inline" if kind == "inline" else "display", start, end,
                self.source.text[start:end], environment=environment, tokens=(*tokens,),
                opens=opens,
            )
        )  # fmt: skip

    def _complain(self, match: re.Match[str], message: str) -> None:
        place = Span(self.source, match.start(), match.end())
        self.document.complaints.append(Diagnostic("G002", message, place))


def _blanked(text: str, stretches: Iterable[tuple[int, int]]) -> str:
    """A text of the same length with spaces where these were."""
    pieces, done = [], 0
    for start, end in sorted(stretches):
        begin = max(start, done)
        if end > begin:
            pieces += [text[done:begin], " " * (end - begin)]
            done = end
    return "".join([*pieces, text[done:]])
