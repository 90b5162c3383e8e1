"""An open document: its chunks, the pieces that came of them, and what an editor asks of both.

Must not know the library of the protocol, nor when anything is judged.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cached_property
from pathlib import Path

from gradcli.errors import Diagnostic, Source
from gradcli.judge.finding import VERDICTS, CheckOptions
from gradcli.lsp.chunks import Chunk, Key, chunks, visible
from gradcli.lsp.judging import OfferedEdit, Piece
from gradcli.lsp.papers import paper_chunk
from gradcli.lsp.positions import Json, TextLines
from gradcli.lsp.worker import Job
from gradcli.reading import Place, project

SEVERITIES = {"error": 1, "failure": 1, "undecided": 2, "note": 3}
SIGNS = {"proved": "✓", "holds": "✓", "refuted": "✗", "undecided": "?"}
HOLE = "HOLE"
KEPT = 4096


class Pieces:
    """What came of chunks, as long as there is room; a chunk that is written again has it anew."""

    def __init__(self) -> None:
        self._kept: dict[tuple[Path, Key], tuple[Chunk, Piece]] = {}

    def put(self, job: Job, piece: Piece) -> None:
        """Keep it, in the place of what was known before."""
        key = job.place.folder, job.chunk.key
        self._kept.pop(key, None)
        self._kept[key] = job.chunk, piece
        while len(self._kept) > KEPT:
            del self._kept[next(iter(self._kept))]

    def get(self, folder: Path, chunk: Chunk) -> Piece | None:
        """What came of a chunk in a folder, unless it speaks of other lines."""
        _, piece = self._kept.get((folder, chunk.key), (chunk, None))
        if piece and piece.by_line and piece.lines != chunk.lines_before:
            return None
        return piece

    def forget_files(self) -> None:
        """All that names a file, which may have changed."""
        signs = "@", r"\input", r"\include", r"\subfile"
        self._forget(lambda chunk: any(x in chunk.text for x in signs) and not chunk.code)

    def forget_code(self) -> None:
        """All that came of code, which imports files that may have changed."""
        self._forget(lambda chunk: chunk.code is not None)

    def _forget(self, meant: Callable[[Chunk], bool]) -> None:
        self._kept = {key: kept for key, kept in self._kept.items() if not meant(kept[0])}


class OpenDocument:
    """One version of a text in an editor, and what is known of it."""

    def __init__(
        self, uri: str, path: Path, text: str, version: int | None, pieces: Pieces,
        *, markdown: bool, latex: bool = False, encoding: str = "utf-16",
        options: CheckOptions | None = None,
    ) -> None:  # fmt: skip
        self.uri, self.path, self.text, self.version = uri, path, text, version
        self.markdown, self.pieces = markdown, pieces
        self.options = options or CheckOptions()
        self.lines = TextLines(text, encoding)
        self.source = Source(path.name, text)
        self.paper = self._paper(latex)
        self.chunks, self.complaints = self._derivations()

    def _derivations(self) -> tuple[list[Chunk], list[Diagnostic]]:
        """What of the text is judged by itself, and what is wrong around that."""
        return chunks(self.source, self.markdown, self.paper is not None)

    def _paper(self, latex: bool) -> Chunk | None:
        return paper_chunk(self.source, self.path, latex or self.options.latex)

    @cached_property
    def code(self) -> str:
        """The text with everything blank that is no part of a derivation."""
        return visible(self.source, self.markdown)

    @property
    def all_chunks(self) -> list[Chunk]:
        """The derivations, and what is read besides them, which is not written in the language."""
        return [*self.chunks, *([self.paper] if self.paper else [])]

    def jobs(self) -> list[Job]:
        """What is still to be judged; what needs the whole text comes last."""
        place = Place(self.path.parent, project(self.path.parent))
        missing = [
            c
            for c in self.all_chunks
            if (p := self.pieces.get(self.path.parent, c)) is None or not p.final
        ]
        missing.sort(key=lambda chunk: chunk.opening)
        return [Job(chunk, self.options, place) for chunk in missing]

    @property
    def complete(self) -> bool:
        """Whether there is something final to say of every chunk."""
        return not self.jobs()

    def known(self) -> Iterator[tuple[Chunk, Piece]]:
        """Every chunk that something has come of."""
        for chunk in self.all_chunks:
            piece = self.pieces.get(self.path.parent, chunk)
            if piece is not None:
                yield chunk, piece

    def beside(self, offset: int) -> Chunk | None:
        """What is read besides the derivations where a place lies."""
        return self.paper

    def around(self, offset: int) -> Chunk | None:
        """The chunk that a place belongs to."""
        inside = [c for c in self.chunks if c.own[0] <= offset <= c.own[1]]
        opening = [c for c in inside if c.opening and offset < c.own[0] + c.read_to - c.lead]
        rest = [c for c in inside if not c.opening]
        return next(iter([*opening, *rest[-1:]]), None)

    def stretch(self, chunk: Chunk, start: int, end: int) -> Json:
        """A stretch of a chunk as a range of the document; an empty one gets a character."""
        a, b = chunk.outer(start), chunk.outer(max(end, start))
        if a == b and b < self.lines.line_end(self.lines.line(a)):
            b += 1
        return self.lines.range(a, b)

    # -- what is said without being asked

    def diagnostics(self) -> list[Json]:
        """All complaints in the order of the text."""
        found = [self._complaint(c.code, c.message, c.span, c.help) for c in self.complaints]
        for chunk, piece in self.known():
            for mark in piece.marks:
                if chunk.opening and mark.start >= chunk.read_to:
                    continue
                said = {
                    "range": self.stretch(chunk, mark.start, mark.end),
                    "severity": SEVERITIES[mark.level],
                    "code": mark.code,
                    "source": "gradcli",
                    "message": mark.message,
                }
                related = [
                    {
                        "location": {"uri": self.uri, "range": self.stretch(chunk, start, end)},
                        "message": word,
                    }
                    for start, end, word in mark.related
                ]
                found.append(said | ({"relatedInformation": related} if related else {}))
            for hole in piece.holes:
                if hole.end > hole.start:
                    found.append(
                        {
                            "range": self.stretch(chunk, hole.start, hole.end),
                            "severity": 3 if hole.text else 2,
                            "source": "gradcli",
                            "code": HOLE,
                            "message": f"{hole.left} {hole.relation} {hole.text}"
                            if hole.text
                            else hole.lacking,
                        }
                    )
        return sorted(found, key=lambda d: (d["range"]["start"]["line"], d["severity"]))

    def _complaint(self, code: str, message: str, span: object, help: str) -> Json:
        start = getattr(span, "start", 0)
        end = getattr(span, "end", start)
        text = f"{message}\nhelp: {help}" if help else message
        place = self.lines.range(start, end)
        return {"range": place, "severity": 1, "code": code, "source": "gradcli", "message": text}

    def hints(self, first: int = 0, last: int | None = None) -> list[Json]:
        """The verdict at the end of every claim's line, for lines `first` to `last`."""
        worst: dict[int, tuple[int, str, str]] = {}
        for chunk, piece in self.known():
            for each in piece.judged:
                line = self.lines.line(chunk.outer(max(each.end - 1, each.start)))
                if line < first or (last is not None and line > last):
                    continue
                words = f" ({each.words})" if each.words else ""
                label = f"{SIGNS[each.verdict]} {each.verdict}{words}"
                rank = VERDICTS.index(each.verdict)
                if line not in worst or worst[line][0] < rank:
                    worst[line] = rank, label, each.told
        return [
            {
                "position": self.lines.position(self.lines.line_end(line)),
                "label": label,
                "tooltip": told,
                "paddingLeft": True,
            }
            for line, (_, label, told) in sorted(worst.items())
        ]

    # -- what is offered

    def lenses(self) -> list[Json]:
        """Commands above lines."""
        return []

    def actions(self, start: int, end: int) -> list[Json]:
        """Verified mends, and what belongs into holes, where a stretch touches them."""
        found = []
        for chunk, piece in self.known():
            for edit in piece.edits:
                places = [edit.mark, (edit.start, edit.end)]
                if any(self._touches(chunk, *place, start, end) for place in places):
                    found.append(self._action(chunk, edit, edit.mark))
            for hole in piece.holes:
                if hole.text and self._touches(chunk, hole.start, hole.end, start, end):
                    place = hole.start, hole.end
                    title = f"Fill in  {hole.text}  ({hole.verdict})"
                    found.append(
                        self._action(chunk, OfferedEdit(*place, hole.text, title, place), place)
                    )
        return found

    def _touches(self, chunk: Chunk, a: int, b: int, start: int, end: int) -> bool:
        """On one of the same lines: an editor asks for where the cursor is."""
        first, last = self.lines.line(chunk.outer(a)), self.lines.line(chunk.outer(b))
        return first <= self.lines.line(end) and last >= self.lines.line(start)

    def _action(self, chunk: Chunk, edit: OfferedEdit, mark: tuple[int, int]) -> Json:
        place = self.lines.range(chunk.outer(edit.start), chunk.outer(edit.end))
        said = self.stretch(chunk, *mark)
        return {
            "title": edit.title,
            "kind": "quickfix",
            "isPreferred": True,
            "diagnostics": [d for d in self.diagnostics() if d["range"] == said],
            "edit": {"changes": {self.uri: [{"range": place, "newText": edit.text}]}},
        }
