"""What `check` has to say, one item a claim or complaint, in the order of the text.

Must not know formats: here alone it is decided what counts as a failure, and what is said of it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from gradcli.errors import Diagnostic, Span
from gradcli.judge.finding import FileReport, Finding, Report, SwitchSide
from gradcli.show.diagnostics import More, Pieces, region, styled
from gradcli.show.numbers import digits, pair, point, shown
from gradcli.show.page import Cell, Column, Table
from gradcli.show.plain import aligned

COUNTED = ("proved", "holds", "refuted", "undecided")
"""The verdicts in the order in which they are counted: what passes, what fails."""

NAMED, LONGEST = 3, 60
"""Unvisited sides that are named, and characters of one."""

MANY = 3
"""Lines with one and the same slip: from so many on it is told in the first of them."""

Remarks = list[tuple[str, str]]


@dataclass(eq=False, repr=False)
class Item:
    """A claim, or a complaint that is none: an error, a fence that does not fail, a note.

    `level` is `pass`, `note`, `failure` or `error`; `complaint` is None for a pass only. `alike`
    are all that have the same slip, the one that it is told in first, where they are many.
    """

    path: str
    derivation: str | None
    level: str
    complaint: Diagnostic | None
    finding: Finding | None = None
    alike: Sequence[Finding] = ()

    @property
    def told(self) -> Finding | None:
        """Another one in which the slip of this one is told."""
        return self.alike[0] if self.alike and self.alike[0] is not self.finding else None

    @property
    def span(self) -> Span | None:
        if self.finding:
            return self.finding.span
        return self.complaint.span if self.complaint else None

    @property
    def file(self) -> str:
        """The file of the place, which may be another than the one that was checked."""
        return self.span.file if self.span else self.path

    @property
    def place(self) -> tuple[int, int, int] | None:
        """Line, column and end column."""
        return region(self.span) if self.span else None

    @property
    def code(self) -> str:
        return self.complaint.code if self.complaint else ""

    @property
    def message(self) -> str:
        return self.complaint.message if self.complaint else ""

    @property
    def bad(self) -> bool:
        return self.level in ("failure", "error")

    @property
    def help(self) -> str:
        return self.complaint.help if self.complaint else ""

    @property
    def remarks(self) -> Remarks:
        """Everything that is said besides the message, in this order, in every format."""
        said: Remarks = [("help:", self.help)] if self.help else []
        return said + _remarks(self.finding, self.alike) if self.finding else said

    @property
    def said(self) -> str:
        """Message and remarks, a line each."""
        return "\n".join([self.message, *(f"{word} {text}" for word, text in self.remarks)])


def chance(*findings: Finding) -> str | None:
    """What the chance is below, for each, that a proof is wrong; None without residues."""
    bits = min((bits for bits, _ in _by_residues(findings)), default=None)
    return None if bits is None else f"2^-{bits}"


def compared(*findings: Finding) -> str:
    """At how many points proofs by residues were looked at besides: at the least for several."""
    counts = {points for _, points in _by_residues(findings)}
    least = min(counts)
    return f"compared at {least} point{'s' * (least != 1)}{' or more' * (len(counts) > 1)}"


def _by_residues(findings: Iterable[Finding]) -> list[tuple[int, int]]:
    """Of each proof by residues the binary digits of certainty and the number of points."""
    shown = [f.evidence for f in findings if f.passed]
    return [(e.error, e.points) for e in shown if e.error is not None]


def items(report: Report, allow_undecided: bool = False) -> Iterator[Item]:
    """All of them, file by file."""
    for file in report.files:
        yield from file_items(file, allow_undecided)


def file_items(file: FileReport, allow_undecided: bool = False) -> Iterator[Item]:
    """Those of a file; what has no place in the text comes first in its derivation."""
    for complaint in file.unreadable:
        yield Item(file.path, None, "error", complaint)
    for derivation in file.derivations:
        name = derivation.name
        alike = _alike(derivation.findings)
        found = [_claim(file.path, f, allow_undecided, alike[f]) for f in derivation.findings]
        for level, complaints in (
            ("error", derivation.errors),
            ("failure", derivation.unmet),
            ("note", derivation.notes),
        ):
            found += [Item(file.path, name, level, complaint) for complaint in complaints]
        yield from sorted(found, key=lambda item: item.span.start if item.span else -1)


def block(item: Item, ascii: bool = False, room: int | None = None) -> Pieces:
    """The item as a person reads it, with its source, in this room; nothing for a pass."""
    if item.complaint is None:
        return []
    severity = "note" if item.level == "note" else "error"
    found = item.finding
    if found is None:
        return styled(item.complaint, severity, ascii=ascii, room=room)
    more = More(_where(found), [] if item.told else entries(found), item.remarks)
    return styled(item.complaint, severity, more, ascii=ascii, room=room)


def _alike(findings: Iterable[Finding]) -> dict[Finding, Sequence[Finding]]:
    """Of each finding all those whose slip has the same words, where these are many lines."""
    said = defaultdict[tuple[str, str], list[Finding]](list)
    found: dict[Finding, Sequence[Finding]] = {}
    for each in findings:
        told = each.diagnosis
        # Behind a wrong line of a chain others are wrong without a slip of their own.
        own = not each.expected and each.code != "G104"
        mended = own and told is not None and told.mended and told.span is None
        found[each] = said[told.kind, told.text] if told and mended else ()
        if told and mended:
            said[told.kind, told.text].append(each)
    return {each: alike if len(alike) >= MANY else () for each, alike in found.items()}


def _claim(
    path: str, finding: Finding, allow_undecided: bool, alike: Sequence[Finding] = ()
) -> Item:
    if finding.passed or finding.expected:
        return Item(path, finding.derivation, "pass", None, finding)
    level = "note" if allow_undecided and finding.verdict == "undecided" else "failure"
    told_before = bool(alike) and alike[0] is not finding
    left, right = ("", "") if told_before else finding.labels
    # On another line the left side is worth showing only with a word beside it.
    shown = finding.left if finding.left and (left or _same_line(finding)) else None
    marks = ((shown, left),) if shown else ()
    complaint = Diagnostic(finding.code or "", finding.message, finding.span, right, marks=marks)
    return Item(path, finding.derivation, level, complaint, finding, alike)


def _same_line(finding: Finding) -> bool:
    left = finding.left
    return left is not None and region(left)[0] == region(finding.span)[0]


def _where(finding: Finding) -> str:
    line = f"line {finding.step + 1} of {finding.name}" if finding.step else ""
    words = ": ".join(filter(None, (finding.derivation, line)))
    return f"({words})" if words else ""


def _remarks(finding: Finding, alike: Sequence[Finding]) -> Remarks:
    said: Remarks = []
    first = not alike or alike[0] is finding
    if finding.diagnosis:
        words = finding.diagnosis.text
        said.append(("diagnosis:", words if first else f"as in line {_line(alike[0])}: {words}"))
        if finding.diagnosis.mended:
            said.append(("mend:", _mend(finding)))
    if alike and first:
        from gradcli.explain.reasons import listed  # noqa: PLC0415 only a mistake needs it

        lines = [*dict.fromkeys(_line(each) for each in alike[1:])]
        said.append(("note:", f"the same is wrong in lines {listed(lines)}"))
    said += [("note:", note) for note in finding.notes]
    if finding.reason and finding.reason not in finding.span.source.around(finding.span.start)[0]:
        said.append(("reason:", finding.reason))
    if finding.loop and first:
        said.append(("loop:", f"at {point(finding.loop)}"))
    if finding.counterexample and finding.counterexample.at and first:
        said.append(("at", shown(finding.counterexample.at)))
    return said


def _line(finding: Finding) -> str:
    return str(region(finding.span)[0])


def _mend(finding: Finding) -> str:
    """The mended side on one line, where that is elsewhere, and what it was judged to be."""
    told = finding.diagnosis
    assert told is not None
    from gradcli.judge.mends import on_one_line  # noqa: PLC0415 only a mistake needs it

    text = on_one_line(str(told.mended))
    if told.span is not None:
        text = f"{told.span.file}:{region(told.span)[0]}:  {text}"
    return f"{text}      {told.verdict}" if told.verdict else text


def entries(finding: Finding) -> list[str]:
    """The entries of an array that differ; nothing for scalars, whose values are labels."""
    found = finding.counterexample
    if found is None or found.entry is None:
        return []
    above = "above" if finding.against == "line" else "truth"
    titles = [Column("entry")] + [Column(t, "point") for t in (above, "here", "difference")]
    rows = []
    for entry in found.entries:
        numbers = [*pair(entry.left, entry.right), digits(entry.difference)]
        rows.append([Cell(str(list(entry.index))), *map(Cell, numbers)])
    lines = ["  " + "".join(cell.text for cell in line) for line in aligned(Table(titles, rows))]
    rest = found.differing - len(found.entries)
    if rest > 0:
        lines.append(f"  … and {rest} more {'entries differ' if rest > 1 else 'entry differs'}")
    return lines


def _shortened(side: SwitchSide) -> SwitchSide:
    """The same with less of a long expression."""
    switch, name = (x if len(x) <= LONGEST else f"{x[:LONGEST]}…" for x in (side.switch, side.side))
    return SwitchSide(switch, name)


def unvisited(sides: Iterable[SwitchSide]) -> str:
    """Which switch was never on which side: the first few, and how many more."""
    texts = [*dict.fromkeys(str(_shortened(side)) for side in sides)]
    shown = texts[:NAMED]
    more = [f"{len(texts) - NAMED} more sides unvisited"] if len(texts) > NAMED else []
    return ", ".join([*shown, *more])
