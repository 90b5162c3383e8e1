"""A document: one text to be read as derivations, and what is expected of its parts.

Must not know how documents are found in files, nor how they are read.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from gradcli.errors import Source


@dataclass(slots=True)
class ExpectedPart:
    """A stretch of a document (offsets, end exclusive) with an expectation of its own.

    `fails` says that a claim in it must be refuted; `start` is where that is to be complained of.
    """

    start: int
    end: int
    fails: bool = False


@dataclass(slots=True)
class Document:
    """A text with a scope of its own.

    `text` has the length of `source.text`, with everything blank that does not belong to it, line
    ends too, so that places are places of the source. `name` is what a derivation without a
    title of its own is called (empty for none); `line` and `start` are where it begins.
    """

    source: Source
    text: str
    name: str = ""
    line: int = 1
    parts: list[ExpectedPart] = field(default_factory=list)
    start: int = 0
