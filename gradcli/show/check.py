"""The formats of `check`; its page has a block for whatever is wrong, a line a derivation, totals.

Must not know terminals, nor what counts as a failure (`items` says so).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from importlib import import_module
from typing import Any

from gradcli.judge.finding import (
    DerivationReport,
    Evidence,
    FileReport,
    Finding,
    Report,
)
from gradcli.project.files import is_markdown
from gradcli.show.diagnostics import Pieces, filled, flattened
from gradcli.show.items import COUNTED, block, chance, compared, items, unvisited
from gradcli.show.page import INDENT, Cell, Column, Line, Table, across, stacked
from gradcli.show.plain import aligned

WIDEST = 100
CHANCE = "each proof could be wrong with a chance below {}; {} (gradcli explain proved)"


def _in(module: str) -> Any:
    """A module of formats, loaded when one of them is wanted."""
    return import_module(f"gradcli.show.{module}")


TEXTS: dict[str, Callable[[Report, bool, bool], str]] = {
    "concise": lambda *asked: _in("oneline").concise(*asked),
    "json": lambda report, _allow, _ascii: _in("claims").json(report),
    "junit": lambda report, allow, _ascii: _in("junit").junit(report, allow),
    "sarif": lambda report, allow, _ascii: _in("sarif").sarif(report, allow),
    "github": lambda *asked: _in("oneline").github(*asked),
    "gitlab": lambda report, allow, _ascii: _in("gitlab").gitlab(report, allow),
    "markdown": lambda report, *asked: _in("summary").summary(report, *asked, totals(report)),
    "tap": lambda *asked: _in("tap").tap(*asked),
    "html": lambda report, *asked: _in("sheet").sheet(report, *asked, totals(report), evidence),
}


def check(
    report: Report,
    form: str,
    *,
    allow_undecided: bool = False,
    quiet: bool = False,
    ascii: bool = False,
    room: int | None = None,
) -> Pieces:
    """The report in one of `REPORTS`; only `full` has styles, and something to be quiet about.

    That fits its lines into the `room` of a terminal.
    """
    if form == "full":
        return page(report, allow_undecided, quiet, ascii, room)
    return [(TEXTS[form](report, allow_undecided, ascii), "")]


def page(
    report: Report, allow_undecided: bool, quiet: bool, ascii: bool, room: int | None = None
) -> Pieces:
    """The whole page; when quiet is asked for, failures and totals only."""
    parts = [
        block(item, ascii, room)
        for item in items(report, allow_undecided)
        if (item.bad and not (item.finding and item.finding.joined))
        or (item.level == "note" and not quiet)
    ]
    if not quiet and report.files:
        parts.append(_summary(report, allow_undecided, ascii, room))
        if below := chance(*report.findings):
            words = CHANCE.format(below, compared(*report.findings))
            parts.append([(filled(words, room), "dim")])
    if any(each.remainders for each in report.findings):
        parts.append(_taylor(report, ascii, room))
    alarm = report.exit_code(allow_undecided) != 0
    parts.append([(filled(totals(report), room), "bad" if alarm else "good")])
    pieces: Pieces = []
    for part in parts:
        pieces += [*part, ("\n\n", "")]
    return [*pieces[:-1], ("\n", "")]


def totals(report: Report) -> str:
    """The last line: all that was looked at, and every verdict with its count."""
    found = list(report.findings)
    derivations = [d for file in report.files for d in file.derivations]
    seen = [
        many(len(report.files), "file"),
        many(len(derivations), "derivation"),
        many(len(found), "claim"),
    ]
    counted = [_verdict(report.count(verdict), verdict) for verdict in COUNTED]
    counted += _besides(found, sum(len(d.unmet) for d in derivations), report.error_count)
    return f"{', '.join(seen)}: {', '.join(counted)}{_rows_read(report)}"


def _rows_read(report: Report) -> str:
    """What the rows of papers were read as, where there are any."""
    kinds = Counter(row.kind for file in report.files for row in file.rows)
    if not kinds:
        return ""
    words = {"unread": "{} not read"}
    said = [
        words[kind].format(count) if kind in words else many(count, kind)
        for kind, count in kinds.most_common()
    ]
    return f"; {many(kinds.total(), 'row')} of LaTeX: {', '.join(said)}"


def many(count: int, noun: str) -> str:
    """`1 claim`, `2 claims`."""
    return f"{count} {noun}{'' if count == 1 else 's'}"


# -- the line of a derivation


def _summary(report: Report, allow_undecided: bool, ascii: bool, room: int | None = None) -> Pieces:
    rows = [row for file in report.files for row in _rows(file, allow_undecided)]
    safe = [[Cell(flattened(cell.text, ascii), cell.style) for cell in row] for row in rows]
    # Where no derivation has a name there is no room kept for one.
    kept = [k for k in range(4) if k != 1 or any(row[1].text for row in safe)]
    columns = [Column("", align) for align in ("left", "left", "point", "point")]
    table = Table([columns[k] for k in kept], [[row[k] for k in kept] for row in safe])
    return _laid(table, room, (aligned, _stacked))


def _taylor(report: Report, ascii: bool, room: int | None) -> Pieces:
    """What the Taylor test of every claim left, where that was asked for."""
    shown = _in("remainders")
    table = shown.table(shown.tested(report), ascii)
    words = [(filled(text, room) + "\n", "dim") for text in (shown.TITLE, shown.ABOUT)]
    return [*words, ("\n", ""), *_laid(table, room, (aligned,))]


def _laid(
    table: Table, room: int | None, ways: Sequence[Callable[[Table], Iterable[Line]]]
) -> Pieces:
    """The rows of a table, in the first of these ways that fits, else in a room a block a row."""
    most = WIDEST if room is None else min(room, WIDEST)
    for way in ways:
        lines = [*way(table)]
        if max((sum(across(c.text) for c in line) for line in lines), default=0) <= most:
            break
    else:
        if room is not None:
            lines = stacked(table, most)
    pieces: Pieces = []
    for line in lines:
        pieces += [*((cell.text, cell.style) for cell in line), ("\n", "")]
    return pieces[:-1]


def _stacked(table: Table) -> Iterable[Line]:
    """The same with each place on a line of its own, for rows that no terminal has room for."""
    rest = Table(table.columns[1:], [row[1:] for row in table.rows])
    for row, line in zip(table.rows, aligned(rest), strict=True):
        if row[0].text:
            yield (row[0],)
        yield (Cell(" " * INDENT), *line)


def _rows(file: FileReport, allow_undecided: bool) -> Iterable[list[Cell]]:
    place = file.path
    if file.unreadable or not file.derivations:
        errors = many(len(file.unreadable), "error") if file.unreadable else ""
        yield [Cell(place, "place"), Cell(""), Cell("0 claims"), Cell(errors, "bad")]
        place = ""
    for derivation in file.derivations:
        # A document of many derivations names each one with its line.
        shown = f"{file.path}:{derivation.line}" if is_markdown(file.path) else place
        place = ""
        claims = many(len(derivation.findings), "claim")
        alone = Report([FileReport(file.path, [derivation])])
        bad = alone.exit_code(allow_undecided) != 0
        style = "bad" if bad else "good" if derivation.findings else ""
        verdicts = Cell(_verdicts(derivation), style)
        yield [Cell(shown, "place"), Cell(derivation.name), Cell(claims), verdicts]


def _verdicts(derivation: DerivationReport) -> str:
    found = derivation.findings
    counted = Counter(f.verdict for f in found if not f.expected)
    said = []
    for verdict in COUNTED:
        if counted[verdict]:
            shown = [f.evidence for f in found if f.verdict == verdict and not f.expected]
            words = _evidence(shown, verdict)
            said.append(_verdict(counted[verdict], verdict) + (f" ({words})" if words else ""))
    said += _besides(found, len(derivation.unmet), len(derivation.errors))
    return ", ".join(said)


def _verdict(count: int, verdict: str) -> str:
    return f"{count} {'hold' if verdict == 'holds' and count != 1 else verdict}"


def _besides(found: Iterable[Finding], unmet: int, errors: int) -> list[str]:
    """What is neither proved nor refuted, where there is any."""
    expected = sum(f.expected is not None for f in found)
    said = [f"{expected} in fences that should fail"] if expected else []
    if unmet:
        said.append(f"{many(unmet, 'fence')} {'does' if unmet == 1 else 'do'} not fail")
    return said + ([many(errors, "error")] if errors else [])


def evidence(finding: Finding) -> str:
    """What the verdict on one claim rests on, in a few words; empty where they say nothing."""
    return _evidence([finding.evidence], finding.verdict)


def _evidence(shown: Sequence[Evidence], verdict: str) -> str:
    """What verdicts of one kind rest on; where they differ, the least of everything."""
    if verdict == "proved":
        whole = [e.every_size for e in shown if e.every_size is not None]
        written = any(letter.isdecimal() for e in shown for letter in e.read_at)
        more = ", not only those written" if written else ""
        return f"every size{more}" if whole and all(whole) else _run(shown)
    if verdict != "holds":
        return ""
    rounded = [e.digits for e in shown if e.method != "exact"]
    least = Evidence(
        min(e.points for e in shown),
        min((e.sizes for e in shown), key=_sized),
        min((e.branches for e in shown), key=lambda sides: sides[0] / max(sides[1], 1)),
        min(rounded, default=0),
        "ball" if rounded else "exact",
    )
    words = _words(least)
    alike = all(_words(e) == words for e in shown)
    words = words if alike or not words else f"at least {words} each"
    never = unvisited(side for e in shown for side in e.unvisited)
    return "; ".join(filter(None, [_proved_at([e.proved for e in shown]), words, never]))


def _run(shown: Sequence[Evidence]) -> str:
    """Code is proved on the branches that its runs took, and at their sizes."""
    ran = [e for e in shown if e.route == "branches"]
    if not ran:
        return ""
    least = min(ran, key=lambda e: e.points)
    where = f"at {named(least.proved)}, " if least.proved else ""
    return f"{where}on the branches of {many(least.points, 'point')}"


def _proved_at(shown: Sequence[list[dict[str, int]]]) -> str:
    """The sizes at which what holds was proved; their number where claims differ in them."""
    least = min(shown, key=_sized)
    if not _sized(least):
        return ""
    if any(sizes != least for sizes in shown):
        return f"proved at {many(_sized(least), 'size')} or more each"
    return f"proved at {named(least)}"


def named(sizes: Sequence[dict[str, int]]) -> str:
    """`n = 1, 2, 6`, or `(m, n) = (1, 1), (2, 3), (6, n)`, the last for all n."""
    letters = [*dict.fromkeys(x for each in sizes for x in each)]
    if len(letters) == 1:
        return f"{letters[0]} = {', '.join(str(n) for n in sorted(s[letters[0]] for s in sizes))}"
    rows = sorted(sizes, key=lambda each: [(x not in each, each.get(x, 0)) for x in letters])
    shown = (f"({', '.join(str(each.get(x, x)) for x in letters)})" for each in rows)
    return f"({', '.join(letters)}) = {', '.join(shown)}"


def _words(evidence: Evidence) -> str:
    sizes = many(_sized(evidence.sizes), "size") if _sized(evidence.sizes) else ""
    visited, sides = evidence.branches
    return ", ".join(
        filter(
            None,
            [
                many(evidence.points, "point") if evidence.points else "",
                sizes,
                f"{visited} of {sides} branches" if sides > 1 else "",
                "exact" if evidence.method == "exact" else "",
                many(evidence.digits, "digit")
                if evidence.digits and evidence.method != "exact"
                else "",
            ],
        )
    )


def _sized(sizes: list[dict[str, int]]) -> int:
    """How many sizes there are; without dimension letters there is none to tell."""
    return sum(map(bool, sizes))
