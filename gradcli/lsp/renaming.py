"""Where a name of a document comes from, where else it stands, and how all of that is renamed.

Must not know the library of the protocol.
"""

from __future__ import annotations

from collections.abc import Iterator
from copy import copy

from gradcli.errors import wrong
from gradcli.language.elaboration.differentials import SIGN
from gradcli.language.tree.literals import canonical
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
        if self.chunk is None or not self.name:
            return
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
        """The edits that call it otherwise, and its differential with it.

        GradcliError where that would mean something else.
        """
        if self.chunk is None or not self.name or not self._own():
            raise wrong("G005", "there is no name here that the text gives")
        if not is_name(new):
            raise wrong("G007", f'"{new}" is no free name')
        subject = self.name.removeprefix(SIGN)
        if subject != self.name and self._differ(self.chunk, subject):
            if not new.startswith(SIGN) or not is_name(new.removeprefix(SIGN)):
                help = f"begin with a {SIGN}: {subject} is renamed, too"
                message = f"{self.name} is the differential of {subject}"
                raise wrong("G007", message, help=help)
            return self._named(self.chunk, subject).renamed(new.removeprefix(SIGN))
        edits = [(place, new) for place in self.places()]
        for chunk in self._chunks(self.chunk):
            self._require_free(chunk, new)
            if self._differ(chunk, self.name):
                other = self._named(chunk, SIGN + self.name)
                edits += [(place, SIGN + new) for place in other.places()]
        unique = [edit for k, edit in enumerate(edits) if edit not in edits[:k]]
        return {
            "changes": {
                self.document.uri: [{"range": place, "newText": text} for place, text in unique]
            }
        }

    def _differ(self, chunk: Chunk, name: str) -> bool:
        """Whether a name has a differential there that is called by it: both of one shape."""
        if self.scope is not None or name not in names(chunk).differentials():
            return False
        piece = self.document.pieces.get(self.document.path.parent, chunk)
        facts = piece.names if piece else {}
        pair = [facts[each].shape for each in (name, SIGN + name) if each in facts]
        return len({*pair}) <= 1

    def _named(self, chunk: Chunk, name: str) -> NameAtPlace:
        """Another name of a chunk, bound by no stretch of its own."""
        other = copy(self)
        other.chunk, other.name, other.scope = chunk, name, None
        return other

    def _require_free(self, chunk: Chunk, new: str) -> None:
        """Neither the name, nor one that would make or be its differential, stands there."""
        asked = canonical(new)
        there = {canonical(token.text) for token in names(chunk).tokens}
        for name in (asked, SIGN + asked, asked.removeprefix(SIGN)):
            if name in there:
                raise wrong("G007", f"{name} stands here already")

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
