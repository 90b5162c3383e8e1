"""Markdown becomes documents: its `grad` fences and comments, grouped as their headings say.

Must not know the language inside a fence, but for the word that begins a derivation.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from typing import TYPE_CHECKING

from gradcli.errors import Diagnostic, Source, Span
from gradcli.language.documents.sections import Document, ExpectedPart

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

WORDS = ("new", "fails", "ignore")
DEEPEST = 100
"""Lists and quotes inside one another; markdown-it does not look deeper."""

OPENING = re.compile(r"(?:`{3}|~{3})[ \t]*grad(?!\S)|<!--\s*grad(?=\s|-->)")
COMMENT = re.compile(r"<!--\s*grad(?=\s|-->)")
DERIVATION = re.compile(r"[ \t]*derivation\b")

Stretch = tuple[int, int]


def may_have_fences(text: str) -> bool:
    """Whether a text can have fences, told without reading it as Markdown."""
    return "grad" in text and OPENING.search(text) is not None


def documents(source: Source) -> tuple[list[Document], list[Diagnostic]]:
    """Every scope of a Markdown file, and what is wrong with the openings of its fences."""
    if not may_have_fences(source.text):
        return [], []
    reader = _FenceReader(source)
    groups: list[_Group] = []
    heading, fresh = "", True
    for found in reader.blocks():
        if isinstance(found, str):
            heading, fresh = found, True
            continue
        words = reader.words(found)
        if words is None or "ignore" in words:
            continue
        if fresh or "new" in words or reader.titled(found):
            groups.append(_Group(heading))
        fresh = False
        groups[-1].fences.append(found)
        if "fails" in words:
            groups[-1].failing.append(found)
    return [group.document(source) for group in groups], reader.complaints


OUTSIDE = re.compile(r"[^\r\n]|\r(?!\n)")


@dataclass(eq=False, slots=True)
class _Fence:
    """Where a fence opens, the rest of its opening line, and the content, line by line."""

    start: int
    info: Stretch
    kept: list[Stretch]
    inline: bool = False


@dataclass(slots=True)
class _Group:
    """The fences of one document."""

    name: str
    fences: list[_Fence] = field(default_factory=list)
    failing: list[_Fence] = field(default_factory=list)

    def document(self, source: Source) -> Document:
        pieces, done = [], 0
        for fence in self.fences:
            for k, (start, end) in enumerate(fence.kept):
                gap = source.text[done:start]
                pieces += [OUTSIDE.sub(" ", gap) if k else _apart(gap), source.text[start:end]]
                done = end
        parts = [
            ExpectedPart(
                fence.start, fence.kept[-1][1] if fence.kept else fence.info[1], fails=True
            )
            for fence in self.failing
        ]
        line, _ = source.position(self.fences[0].start)
        text = "".join([*pieces, _apart(source.text[done:])])
        return Document(source, text, self.name, line, parts, self.fences[0].start)


def _apart(gap: str) -> str:
    """As long, and a blank line, so that nothing that one fence leaves open reaches the next."""
    return f"\n{' ' * (len(gap) - 2)}\n" if len(gap) > 1 else "\n" * len(gap)


class _FenceReader:
    """What markdown-it finds, brought back to its places in the file."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.complaints: list[Diagnostic] = []
        self._lines, self._starts = lined(source)
        self._parser = block_parser()
        self._tokens = self._parser.parse("\n".join(self._lines))

    def blocks(self) -> Iterator[str | _Fence]:
        """The texts of headings, and fences, in order."""
        front = front_matter_end(self._lines)
        for token, following in zip(self._tokens, [*self._tokens[1:], None], strict=True):
            if token.map is None:
                continue
            if token.type == "heading_open" and following and token.map[1] - 1 != front:
                yield self._plain(following.content)
            elif token.type == "fence" and token.info.split()[:1] == ["grad"]:
                yield self._fence(token, token.map[0])
            elif token.type == "html_block":
                yield from self._comments(token, token.map[0])

    def _plain(self, content: str) -> str:
        children: list[Token] = []
        self._parser.inline.parse(content, self._parser, {}, children)
        return "".join(map(_text, children)).strip()

    def _fence(self, token: Token, line: int) -> _Fence:
        start = self._starts[line] + self._lines[line].index(token.markup)
        end = self._starts[line] + len(self._lines[line])
        info = self.source.text.index("grad", start) + len("grad")
        return _Fence(start, (info, end), self._content(token, line + 1))

    def _content(self, token: Token, first: int) -> list[Stretch]:
        """Its lines in the file, without what a list or a quote puts before them."""
        kept = []
        for line, content in enumerate(token.content.split("\n"), first):
            inner = content.lstrip(" \t")
            if inner:
                end = self._starts[line] + len(self._lines[line])
                kept.append((end - len(inner), end))
        return kept

    def _comments(self, token: Token, line: int) -> Iterator[_Fence]:
        """The comments of a block of HTML."""
        text, lines = self.source.text, self._content(token, line)
        done = 0
        for opening in COMMENT.finditer(text, lines[0][0], lines[-1][1]):
            start, begin = opening.span()
            if start < done:
                continue
            stop = done = text.find("-->", begin, lines[-1][1])
            if stop < 0:
                help = "close it with -->; inside other HTML, an empty line ends it"
                self._complain("this comment is never closed", start, begin, help)
                return
            eol = text.find("\n", begin, stop)
            end = stop if eol < 0 else eol
            kept = [(max(a, end), min(b, stop)) for a, b in lines if b > end and a < stop]
            yield _Fence(start, (begin, end), kept, inline=eol < 0)

    def words(self, fence: _Fence) -> set[str] | None:
        """The words behind `grad`; None, and a complaint, where one is unknown.

        In a comment of one line, what follows the words is its content.
        """
        begin, end = fence.info
        words = set()
        for match in re.compile(r"\S+").finditer(self.source.text, begin, end):
            word = match.group()
            if word in WORDS:
                words.add(word)
            elif fence.inline:
                fence.kept = [(match.start(), end)]
                break
            else:
                self._unknown(word, match.start())
                return None
        return words

    def _unknown(self, word: str, start: int) -> None:
        from difflib import get_close_matches  # noqa: PLC0415 only a mistake needs it

        near = get_close_matches(word.lower(), WORDS, n=1)
        help = f'did you mean "{near[0]}"?' if near else f"there are {', '.join(WORDS)}"
        self._complain(f'"{word}" says nothing about a fence', start, start + len(word), help)

    def _complain(self, message: str, start: int, end: int, help: str) -> None:
        span = Span(self.source, start, end)
        self.complaints.append(Diagnostic("G001", message, span, help=help))

    def titled(self, fence: _Fence) -> bool:
        """Whether a fence has a derivation of its own."""
        return any(DERIVATION.match(self.source.text, *stretch) for stretch in fence.kept)


def lined(source: Source) -> tuple[list[str], list[int]]:
    """The lines of a text as markdown-it counts them, and where each begins in the file."""
    # A lone carriage return ends a line for markdown-it, and none for a Source.
    text = source.text.replace("\r\n", "\n").replace("\r", " ")
    lengths = map(len, source.text.split("\n"))
    starts = [*accumulate(lengths, lambda at, length: at + length + 1, initial=0)]
    return text.split("\n"), starts


def front_matter_end(lines: Sequence[str]) -> int | None:
    """The line that ends a preamble in YAML: Markdown takes it for the line under a heading."""
    if lines[0].rstrip() != "---":
        return None
    return next((n for n, t in enumerate(lines) if n and t.rstrip() == "---"), None)


def block_parser() -> MarkdownIt:
    """Blocks only; headings are read inside by `_plain`."""
    from markdown_it import MarkdownIt  # noqa: PLC0415 seldom asked

    parser = MarkdownIt("commonmark", {"maxNesting": DEEPEST})
    parser.core.ruler.enableOnly(["normalize", "block"])
    return parser


def _text(token: Token) -> str:
    """What a reader sees of a piece of a heading."""
    if token.type in ("softbreak", "hardbreak"):
        return " "
    if token.type == "image":
        return "".join(map(_text, token.children or []))
    return "" if token.type == "html_inline" else token.content
