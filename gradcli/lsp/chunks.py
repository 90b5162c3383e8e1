"""A document cut into derivations that can be judged one by one, each with what it shares.

Must not know what a derivation says, nor what came of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from itertools import pairwise
from typing import NamedTuple, TypeAlias

from gradcli.api.code_request import CodeRequest
from gradcli.errors import Diagnostic, Source
from gradcli.language.documents.documents import documents
from gradcli.language.documents.sections import Around, Document, ExpectedPart, nothing_around
from gradcli.language.tree.syntax import Statement

HEADING = re.compile(r"^[ \t]*derivation\b", re.MULTILINE)
HOLE = re.compile(
    r"(?:^|[;{])(?![ \t]*at\b)[ \t]*(?P<left>[^\n#;{}?≈]*)(?<![<>!~:=])(?P<relation>=|~=|≈)"
    r"[ \t]*(?P<hole>\??)(?=[ \t\r]*(?:#|;|\}|$))",
    re.MULTILINE,
)
"""A right side that is still to be found: `dL/dw = ?`, `L ≈ ?`, or nothing behind the sign.

The values of a point are given, not found.
"""
Stretch: TypeAlias = tuple[int, int]
Key: TypeAlias = tuple[object, ...]


class HolePlace(NamedTuple):
    """Where a right side is missing: from `start` to `end`, which are one where there is no `?`.

    `begin` is where what the hole is a part of begins: its statement, or its side of a chain.
    What the sign before it asks for is rounded numbers, or a formula.
    """

    begin: int
    start: int
    end: int
    relation: str

    @property
    def rounded(self) -> bool:
        """Whether numbers are asked for."""
        return self.relation != "="


@dataclass(frozen=True)
class Chunk:
    """A derivation, with what stands before the first one, as a text by itself.

    `shared` and `own` are stretches of the document. `text` has both, on the lines that they have
    in the document: `lead` line ends, what is shared, `gap` line ends, its own. `opening` says that
    it is what stands before the first derivation, which goes up to `read_to`, the rest is there
    only because its letters may be meant. `fails` are fences of `text` that should fail. A `paper`
    is a whole text, of which the formulas in LaTeX are meant; `code` says what of a text in Python.
    `formulas` is the whole text of a paper, of which the formulas around it hold for it as well.
    """

    path: str
    name: str
    shared: Stretch
    own: Stretch
    lead: int
    gap: int
    text: str
    fails: tuple[Stretch, ...] = ()
    opening: bool = False
    read_to: int = 0
    paper: bool = False
    code: CodeRequest | None = None
    formulas: str = ""

    @property
    def foreign(self) -> bool:
        """Whether it is not written in the language."""
        return self.paper or self.code is not None

    @cached_property
    def key(self) -> Key:
        """The same for what is judged the same, wherever it stands."""
        start = self.lead + self.shared[1] - self.shared[0]
        apart = self.text[self.lead : start], self.text[start + self.gap :]
        fails = tuple((a - self.own_start, b - self.own_start) for a, b in self.fails)
        return (
            self.path,
            self.name,
            *apart,
            fails,
            self.opening,
            self.paper,
            repr(self.code or ""),
            self.formulas,
        )

    @property
    def own_start(self) -> int:
        """Where its own text begins in `text`."""
        return self.lead + self.shared[1] - self.shared[0] + self.gap

    @property
    def lines_before(self) -> tuple[int, int]:
        """What lines are counted by: two chunks with one key may stand on different ones."""
        return self.lead, self.gap

    def outer(self, offset: int) -> int:
        """The place in the document of a place in `text`."""
        if offset >= self.own_start:
            return self.own[0] + offset - self.own_start
        return min(self.shared[0] + max(offset - self.lead, 0), self.shared[1])

    def inner(self, offset: int) -> int | None:
        """The place in `text` of one in the document; None for what is not of this chunk."""
        if self.own[0] <= offset <= self.own[1]:
            return self.own_start + offset - self.own[0]
        if self.shared[0] <= offset < self.shared[1]:
            return self.lead + offset - self.shared[0]
        return None

    @property
    def holes(self) -> list[HolePlace]:
        """Where right sides are missing in its own text, as places in `text`."""
        end = self.read_to or len(self.text)
        found = HOLE.finditer(self.text, self.own_start, end)
        return [
            HolePlace(
                match.start("relation" if "=" in match["left"] else "left"),
                *match.span("hole"),
                match["relation"],
            )
            for match in found
        ]

    def document(self, text: str) -> Document:
        """What the checker is given: the chunk with this text, as long as its own."""
        parts = [ExpectedPart(start, end, fails=True) for start, end in self.fails]
        source = Source(self.path, text)
        return Document(
            source, text, self.name, self.lead + 1, parts, self.lead, self.opening,
            self._around if self.formulas else nothing_around,
        )  # fmt: skip

    def _around(self, at: int, own: Sequence[Statement]) -> Sequence[Statement]:
        return _formulas(self.path, self.formulas)(self.outer(at), own)


@lru_cache(maxsize=1)
def _formulas(path: str, text: str) -> Around:
    """What the formulas of a paper say, which all its fences ask for."""
    from gradcli.language.tex.around import FormulasAround  # noqa: PLC0415 seldom asked
    from gradcli.language.tex.notes import markdown_document  # noqa: PLC0415

    return FormulasAround(markdown_document(Source(path, text)))


def chunks(
    source: Source, markdown: bool, formulas: bool = False
) -> tuple[list[Chunk], list[Diagnostic]]:
    """All derivations of a text in order, and what is wrong with the fences of Markdown.

    With `formulas` those of the text hold for them as well.
    """
    found, complaints = documents(source, markdown)
    made = [chunk for document in found for chunk in _of(document)]
    around = source.text if formulas else ""
    return [replace(chunk, formulas=around) for chunk in made], complaints


def visible(source: Source, markdown: bool) -> str:
    """The text with everything blank that is none of the language's; places stay as they are."""
    if not markdown:
        return source.text
    kept = [" " if char not in "\r\n" else char for char in source.text]
    for document in documents(source, markdown)[0]:
        for k, char in enumerate(document.text):
            if not char.isspace():
                kept[k] = char
    return "".join(kept)


def _of(document: Document) -> Iterator[Chunk]:
    text, name = document.text, document.source.name
    base = document.source.text.rfind("\n", 0, document.start) + 1
    end = base + len(text[base:].rstrip(" \t\r\n")) if document.start else len(text)
    lead = document.source.text.count("\n", 0, base)
    heads = [match.start() for match in HEADING.finditer(text, base, end)]
    first = heads[0] if heads else end
    fails = [(part.start, part.end) for part in document.parts if part.fails]

    def inside(own: Stretch, shift: int) -> tuple[Stretch, ...]:
        return tuple((a + shift, b + shift) for a, b in fails if a < own[1] and b > own[0])

    if not heads or _says_something(text[base:first]):
        whole = "\n" * lead + text[base:end]
        own = (base, end)
        yield Chunk(
            name, document.name, (base, base), (base, end), lead, 0, whole,
            inside((base, first), lead - base), bool(heads), lead + first - base if heads else 0,
        )  # fmt: skip
    for start, stop in pairwise([*heads, end]):
        gap = text.count("\n", first, start)
        composed = "\n" * lead + text[base:first] + "\n" * gap + text[start:stop]
        own, own_start = (start, stop), lead + first - base + gap
        yield Chunk(
            name, document.name, (base, first), own, lead, gap, composed,
            inside(own, own_start - start),
        )  # fmt: skip


def _says_something(text: str) -> bool:
    return any(line.strip() and not line.lstrip().startswith("#") for line in text.split("\n"))
