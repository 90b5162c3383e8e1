"""Where a name of a document comes from, where else it stands, and how all of it is renamed.

Must not know the library of the protocol.
"""

from __future__ import annotations

from collections.abc import Iterator

from gradcli.errors import wrong
from gradcli.language.literals import canonical
from gradcli.lsp.chunks import Chunk
from gradcli.lsp.document import OpenDocument
from gradcli.lsp.names import BindingStretch, is_name, names
from gradcli.lsp.positions import Json
from gradcli.ops import FUNCTIONS


class NameAtPlace:
    """The name at a place: in which chunk, where, and what binds it there."""

    def __init__(self, document: OpenDocument, position: Json) -> None:
        self.document = document
        offset = document.lines.offset(position)
        self.chunk = document.around(offset)
        self.name = ""
        self.scope: BindingStretch | None = None
        inner = self.chunk.inner(offset) if self.chunk else None
        if self.chunk is None or inner is None:
            return
        token = names(self.chunk).at(inner)
        if token is None:
            return
        self.start, self.end = token.start, token.end
        self.name = canonical(token.text)
        self.scope = names(self.chunk).scope(self.name, token.start)

    def definition(self) -> Json | None:
        """Where it is declared or defined; None for what is not, as functions of the language."""
        if self.chunk is None or not self.name:
            return None
        span = None if self.scope else names(self.chunk).bound.get(self.name)
        if span is not None:
            return self._location(self.chunk, span.start, span.end)
        if self.scope is None and self.name in FUNCTIONS:
            return None
        first = next(self._places(), None)
        return self._location(*first) if first else None

    def places(self) -> list[Json]:
        """Every place of the name, in all derivations that share what binds it."""
        found: dict[tuple[int, int], Json] = {}
        for chunk, start, end in self._places():
            place = chunk.outer(start), chunk.outer(end)
            found[place] = self.document.lines.range(*place)
        return [found[place] for place in sorted(found)]

    def _places(self) -> Iterator[tuple[Chunk, int, int]]:
        assert self.chunk is not None
        if self.scope is not None:
            for token in names(self.chunk).places(self.name, self.scope):
                yield self.chunk, token.start, token.end
            return
        for chunk in self._chunks(self.chunk):
            begin = 0 if self._shared(chunk) else chunk.own_start
            for token in names(chunk).places(self.name, None):
                if token.start >= begin:
                    yield chunk, token.start, token.end

    def _chunks(self, chunk: Chunk) -> Iterator[Chunk]:
        """The chunk itself, and those that share the declaration with it."""
        if not self._shared(chunk):
            yield chunk
            return
        base = chunk.own[0] if chunk.opening else chunk.shared[0]
        for other in self.document.chunks:
            begins = other.own[0] if other.opening else other.shared[0]
            if begins == base and (self._shared(other) or other is chunk):
                yield other

    def _shared(self, chunk: Chunk) -> bool:
        """Whether what binds the name there stands before the first derivation."""
        span = names(chunk).bound.get(self.name)
        return chunk.opening or (span is not None and span.start < chunk.own_start)

    def renamed(self, new: str) -> Json:
        """The edits that call it otherwise. GradcliError where that would mean something else."""
        if self.chunk is None or not self.name or not self._own():
            raise wrong("G005", "there is no name here that the text gives")
        if not is_name(new):
            raise wrong("G007", f'"{new}" is no free name')
        for chunk in self._chunks(self.chunk):
            if any(canonical(t.text) == canonical(new) for t in names(chunk).tokens):
                raise wrong("G007", f"{new} stands here already")
        edits = [{"range": place, "newText": new} for place in self.places()]
        return {"changes": {self.document.uri: edits}}

    def renamable(self) -> Json | None:
        """The place of the name, if it is one that the text itself gives."""
        if self.chunk is None or not self.name or not self._own():
            return None
        return self.document.stretch(self.chunk, self.start, self.end)

    def _own(self) -> bool:
        assert self.chunk is not None
        known = self.name in names(self.chunk).bound or self.scope is not None
        return known or self.name not in FUNCTIONS

    def _location(self, chunk: Chunk, start: int, end: int) -> Json:
        place = self.document.lines.range(chunk.outer(start), chunk.outer(end))
        return {"uri": self.document.uri, "range": place}
