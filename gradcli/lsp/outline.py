"""The outline of a document and what of it can be folded.

Must not know verdicts.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from pathlib import PurePath

from gradcli.errors import Span
from gradcli.language.tree import syntax
from gradcli.lsp.chunks import Chunk
from gradcli.lsp.document import OpenDocument
from gradcli.lsp.names import reading
from gradcli.lsp.positions import Json

NAMESPACE, FUNCTION, VARIABLE, CONSTANT, CLAIM, LOOP = 3, 12, 13, 14, 24, 25


def symbols(document: OpenDocument) -> list[Json]:
    """Every derivation with its declarations, definitions and claims."""
    found = []
    for chunk in document.chunks:
        inside = [*_children(document, chunk)]
        if chunk.opening:
            found += inside
            continue
        head = next((s for s in _statements(chunk) if isinstance(s, syntax.Heading)), None)
        title = head.title if head else ""
        name = title or chunk.name or PurePath(chunk.path).stem
        end = chunk.own[0] + len(document.text[slice(*chunk.own)].rstrip())
        whole = document.lines.range(chunk.own[0], end)
        place = document.stretch(chunk, head.span.start, head.span.end) if head else whole
        if not head and not document.markdown:
            found += inside
            continue
        found.append(
            {
                "name": name,
                "kind": NAMESPACE,
                "range": whole,
                "selectionRange": place,
                "children": inside,
            }
        )
    return found


def _statements(chunk: Chunk) -> Iterator[syntax.Statement]:
    """Those of the chunk itself."""
    for statement in reading(chunk).program.statements:
        if statement.span.start >= chunk.own_start:
            yield statement


def _children(document: OpenDocument, chunk: Chunk) -> Iterator[Json]:
    for statement in _statements(chunk):
        span = statement.span
        match statement:
            case syntax.Declaration():
                for name in statement.names:
                    text = f"in {statement.set.span.text}"
                    yield _symbol(document, chunk, name.name, CONSTANT, span, name.span, text)
            case syntax.Definition():
                place = Span(span.source, span.start, statement.name.span.end)
                left = statement.claim.left_span.text
                yield _symbol(document, chunk, left, VARIABLE, span, place)
            case syntax.FunctionDefinition():
                left = statement.claim.left_span.text
                yield _symbol(document, chunk, left, FUNCTION, span, statement.name.span)
            case syntax.Claim():
                side = statement.left_span
                yield _symbol(document, chunk, side.text, CLAIM, span, side)
            case syntax.Loop():
                head = span.text.partition("{")[0]
                place = Span(span.source, span.start, span.start + len(head.rstrip()))
                yield _symbol(document, chunk, " ".join(head.split()), LOOP, span, place)


def _symbol(
    document: OpenDocument, chunk: Chunk, name: str, kind: int, whole: Span, place: Span,
    detail: str = "",
) -> Json:  # fmt: skip
    return {
        "name": " ".join(name.split()) or "?",
        "kind": kind,
        "range": document.stretch(chunk, whole.start, whole.end),
        "selectionRange": document.stretch(chunk, place.start, place.end),
        **({"detail": " ".join(detail.split())} if detail else {}),
    }


def folds(document: OpenDocument) -> list[Json]:
    """Derivations, chains, loops, what goes over several lines, and runs of comments."""
    found = set()
    for chunk in document.chunks:
        for start, end in _folded(chunk):
            lines = [document.lines.line(chunk.outer(k)) for k in (start, max(end - 1, start))]
            found.add((lines[0], lines[1], ""))
        if not chunk.opening and len(document.chunks) > 1:
            end = chunk.own[0] + len(document.text[slice(*chunk.own)].rstrip())
            lines = [document.lines.line(chunk.own[0]), document.lines.line(max(end - 1, 0))]
            found.add((lines[0], lines[1], ""))
    written = document.code.split("\n")
    for comment, run in groupby(enumerate(written), lambda each: each[1].lstrip()[:1] == "#"):
        rows = [number for number, _ in run]
        if comment:
            found.add((rows[0], rows[-1], "comment"))
    return [
        {"startLine": first, "endLine": last, **({"kind": kind} if kind else {})}
        for first, last, kind in sorted(found)
        if last > first
    ]


def _folded(chunk: Chunk) -> Iterator[tuple[int, int]]:
    """Statements with the lines of their chains."""
    begun: tuple[int, int] | None = None
    for statement in _statements(chunk):
        span = statement.span
        if isinstance(statement, syntax.Continuation) and begun:
            begun = begun[0], span.end
            continue
        if begun:
            yield begun
        begun = span.start, span.end
    if begun:
        yield begun
