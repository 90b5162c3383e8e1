"""One derivation judged for an editor: marks, mends, verdicts, holes and what names are.

Must not know documents, processes or the protocol: places are offsets of the chunk's text.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from threading import Event

from gradcli import work
from gradcli.api.names import graphs
from gradcli.api.question import question
from gradcli.api.remembered import LINES
from gradcli.api.streaming import check_iter, until
from gradcli.diagnosis.hints import hinted_file
from gradcli.judge.finding import CheckOptions, DerivationReport, FileReport, Finding
from gradcli.judge.mends import mend
from gradcli.language.documents.sections import Document
from gradcli.lsp.chunks import Chunk
from gradcli.lsp.facts import ShownFact, facts
from gradcli.lsp.filling import FilledHole, fill
from gradcli.reading import Place
from gradcli.show.check import evidence
from gradcli.show.items import Item, chance, compared, file_items

LACKING = "G026"
"""The code that says which comment a paper lacks."""


@dataclass(slots=True)
class Complaint:
    """A complaint: its stretch, how grave it is (`error`, `failure`, `undecided`, `note`)."""

    start: int
    end: int
    level: str
    code: str
    message: str
    related: list[tuple[int, int, str]] = field(default_factory=list)


@dataclass(slots=True)
class OfferedEdit:
    """A text to be put in the place of a stretch, and what it is; `mark` is where that is said."""

    start: int
    end: int
    text: str
    title: str
    mark: tuple[int, int]


@dataclass(slots=True)
class JudgedClaim:
    """A claim: its stretch, its verdict in a word or a few, and all that is known of it."""

    start: int
    end: int
    verdict: str
    words: str
    told: str


@dataclass(slots=True)
class Piece:
    """All that an editor shows of one chunk; `final` says that no more will come.

    `by_line` says that some text speaks of lines, so that it holds where they are the same. `named`
    says of stretches of a paper what the name is that stands there.
    """

    marks: list[Complaint] = field(default_factory=list)
    edits: list[OfferedEdit] = field(default_factory=list)
    judged: list[JudgedClaim] = field(default_factory=list)
    holes: list[FilledHole] = field(default_factory=list)
    names: dict[str, ShownFact] = field(default_factory=dict)
    named: list[tuple[int, int, str]] = field(default_factory=list)
    final: bool = True
    lines: tuple[int, int] = (0, 0)
    by_line: bool = False


def judge(
    chunk: Chunk, options: CheckOptions, place: Place, cancel: Event | None = None
) -> Iterator[Piece]:
    """What is to be shown of a chunk, and again when there is more: the last one is final.

    As soon as `cancel` is set, which is asked between claims, sizes and mends, no more comes.
    """
    if chunk.paper:
        from gradcli.lsp.papers import paper_report  # noqa: PLC0415 seldom asked

        with suppress(work.Cancelled):
            found, named = paper_report(chunk, options, place, cancel)
            shown = _piece(chunk, found, options.hint)
            shown.named = named
            yield shown
        return
    if chunk.code:
        from gradcli.lsp.code_report import code_report  # noqa: PLC0415 seldom asked

        with suppress(work.Cancelled):
            yield _piece(chunk, code_report(chunk, options, cancel), options.hint)
        return
    text = without_holes(chunk)
    document = chunk.document(text)
    try:
        report = yield from _while_judged(chunk, document, options, place, cancel)
        if report is None:
            return
        piece = _piece(chunk, report, options.hint)
        piece.names = _names(document, options, place, cancel)
        piece.holes = _holes(chunk, text, options, place, cancel)
        yield piece
    except work.Cancelled:
        return


def _while_judged(
    chunk: Chunk, document: Document, options: CheckOptions, place: Place, cancel: Event | None
) -> Generator[Piece, None, FileReport | None]:
    """What fails is shown at once, before its mend is searched for."""
    made = DerivationReport("", 0)
    judged = check_iter(document, options, place=place, cancel=cancel)
    while True:
        try:
            found = next(judged)
        except StopIteration as end:
            report: FileReport | None = end.value
            return report
        made.findings.append(found)
        if not found.passed:
            yield _piece(chunk, FileReport(chunk.path, [made]), options.hint, final=False)


@question
def _names(
    document: Document, options: CheckOptions, place: Place, cancel: Event | None
) -> dict[str, ShownFact]:
    found: dict[str, ShownFact] = {}
    try:
        with until(cancel):
            for each in graphs(document, options, place):
                found |= facts(each.made, each.givens)
    except Exception:
        # What is wrong with the text is said where it is judged.
        return found
    return found


@question
def _holes(
    chunk: Chunk, text: str, options: CheckOptions, place: Place, cancel: Event | None
) -> list[FilledHole]:
    with until(cancel):
        work.pause()
        return [fill(chunk, text, hole, options, place) for hole in chunk.holes]


def without_holes(chunk: Chunk) -> str:
    """The text with lines that end in `?` blank: nothing is said there that could be wrong."""
    text = chunk.text
    for hole in chunk.holes:
        if hole.end > hole.start:
            text = text[: hole.begin] + " " * (hole.end - hole.begin) + text[hole.end :]
    return text


def _piece(chunk: Chunk, whole: FileReport, hint: int, final: bool = True) -> Piece:
    piece, report = Piece(final=final, lines=chunk.lines_before), hinted_file(whole, hint)
    for item in file_items(report):
        if item.complaint is not None:
            piece.marks.append(_mark(item))
        if item.finding is not None:
            piece.judged.append(_judged(item, item.finding))
            piece.edits += _edits(item.finding)
    for made in report.derivations:
        for note, comment in zip(
            (d for d in made.notes if d.code == LACKING), made.comments, strict=False
        ):
            if note.span is not None:
                mark, at = (note.span.start, note.span.end), comment.span.stored.start
                title = f"Put in  {comment.text.strip()}"
                piece.edits.append(OfferedEdit(at, at, comment.text, title, mark))
    texts = [*(mark.message for mark in piece.marks), *(each.told for each in piece.judged)]
    piece.by_line = any(map(LINES.search, texts))
    return piece


def _mark(item: Item) -> Complaint:
    complaint = item.complaint
    assert complaint is not None
    span = complaint.span
    start, end = (span.start, span.end) if span else (0, 0)
    undecided = item.finding is not None and item.finding.verdict == "undecided"
    lines = [complaint.message]
    if complaint.label and complaint.label not in complaint.message:
        lines[0] = f"{complaint.message}: {complaint.label}"
    lines += [f"{word} {text}" for word, text in item.remarks]
    related = [(m.start, m.end, word) for m, word in complaint.marks if word and span]
    level = "undecided" if undecided else item.level
    return Complaint(start, end, level, complaint.code, "\n".join(lines), related)


def _judged(item: Item, found: Finding) -> JudgedClaim:
    words = evidence(found)
    lines = [f"{found.text}", f"{found.verdict}" + (f" ({words})" if words else "")]
    if below := chance(found):
        lines.append(f"wrong with a chance below {below}; {compared(found)}")
    if found.follows is not None:
        lines.append(f"against the truth: {found.truth}; from the line above: {found.follows}")
    if item.complaint is not None:
        lines.append(item.complaint.message)
    lines += [f"{word} {text}" for word, text in item.remarks]
    if found.expected:
        lines.append("this fence is meant to fail")
    return JudgedClaim(found.span.start, found.span.end, found.verdict, words, "\n".join(lines))


def _edits(found: Finding) -> Iterator[OfferedEdit]:
    made = None if found.expected else mend(found)
    if made is None or not made.verified or made.span.source.name != found.span.source.name:
        return
    title = f"Replace by  {made.text}  ({made.verdict})"
    mark = found.span.start, found.span.end
    yield OfferedEdit(made.span.start, made.span.end, made.text, title, mark)
