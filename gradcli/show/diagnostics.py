"""A complaint as a person reads it: the source line, carets under the exact span, and the mend.

Must not know who complains, nor anything of terminals: it makes text, whole or in styled pieces.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from textwrap import wrap
from unicodedata import category, combining, east_asian_width

from gradcli.errors import Diagnostic, Source, Span

Pieces = list[tuple[str, str]]
"""Text and style; the styles of a complaint are "", "error", "place", "help"."""

WIDEST, LEAST = 100, 20
"""Characters of a source line that are shown; of a longer one, those round the caret. A terminal
that has less room gets less, but not less than the least."""

BEFORE = 2 / 5
"""How many of them may stand before what is marked."""

WHOLE = ("mend:", "at")
"""Remarks that are copied, so that they are not broken into lines."""

TAB = "    "


@dataclass(eq=False, repr=False)
class _Mark:
    """`start` and `end` are those in the line as it is shown, `place` is that in the file."""

    start: int
    end: int
    place: str
    label: str
    style: str
    sign: str


@dataclass(eq=False, repr=False)
class _SourceRow:
    """A source line with what is marked in it; `first` and `last` bound what is shown of it.

    `number` is its line in the file, `begin` where it begins in the text.
    """

    source: Source
    file: str
    number: int
    begin: int
    text: str
    first: int
    last: int
    marks: list[_Mark]


@dataclass(eq=False, repr=False)
class More:
    """What else belongs to a complaint: text behind its place, lines under the source, remarks.

    A remark is a word and a text, `("note:", "…")`.
    """

    behind: str = ""
    table: Sequence[str] = ()
    remarks: Sequence[tuple[str, str]] = ()


NOTHING = More()


def render(
    diagnostic: Diagnostic, severity: str = "error", more: More = NOTHING, *, ascii: bool = False
) -> str:
    """The complaint as plain text, without a line end behind it."""
    return "".join(text for text, _ in styled(diagnostic, severity, more, ascii=ascii))


render_text = render


def styled(
    diagnostic: Diagnostic, severity: str = "error", more: More = NOTHING, *, ascii: bool = False,
    room: int | None = None,
) -> Pieces:  # fmt: skip
    """The same text in pieces with a style each; `severity` is `error`, `warning` or `note`.

    Where there is `room` for so many characters in a line, sentences are broken at words, and
    source lines are shown as far as they fit.
    """
    alarm = "error" if severity == "error" else "help"
    head = f"{severity}[{diagnostic.code}]"
    message = f"{head}: {flattened(diagnostic.message, ascii)}"
    pieces: Pieces = [(head, alarm)]
    pieces.append(("\n  ".join(_broken(message, room, 2)).removeprefix(head), ""))
    margin = " " * 3
    remarks = [("help:", diagnostic.help)] * bool(diagnostic.help) + [*more.remarks]
    rows = _rows(diagnostic, alarm, WIDEST if room is None else room - len(margin) - 5)
    if rows:
        width = max(2, *(len(str(row.number)) for row in rows))
        margin = " " * (width + 1)
        pieces += _snippets(rows, width, flattened(more.behind, ascii), ascii, room)
    for line in ["", *more.table] if more.table else []:
        pieces += [(f"\n{margin}|", "place"), (f" {visible(line, ascii)}" if line else "", "")]
    if remarks and (rows or more.table):
        pieces.append((f"\n{margin}|", "place"))
    for word, text in remarks:
        gap = " " * len(word)
        left = None if room is None or word in WHOLE else room - len(margin) - len(gap) - 3
        first, *others = [p for each in text.splitlines() or [""] for p in _broken(each, left)]
        pieces += [(f"\n{margin}= ", "place"), (f"{word} ", "help"), (visible(first, ascii), "")]
        pieces += [(f"\n{margin}  {gap} {visible(other, ascii)}", "") for other in others]
    return pieces


def filled(text: str, room: int | None) -> str:
    """A sentence with line ends between its words, for a room."""
    return "\n".join(_broken(text, room))


def _broken(text: str, room: int | None, indent: int = 0) -> list[str]:
    """A sentence in lines that fit, those but the first by `indent` shorter; no word is broken."""
    if room is None or len(text) <= room:
        return [text]
    first, *rest = wrap(text, max(room, LEAST), subsequent_indent=" " * indent,
                        break_long_words=False, break_on_hyphens=False)  # fmt: skip
    return [first, *(line[indent:] for line in rest)]


def region(span: Span) -> tuple[int, int, int]:
    """Line, column and end column of what is marked: at least one column, and within its line."""
    text, begin = span.source.around(span.start)
    start, end = (min(place, begin + len(text)) for place in (span.start, span.end))
    number, column = span.source.position(start)
    return number, column, max(span.source.position(end)[1], column + 1)


def flattened(text: str, ascii: bool = False) -> str:
    """A text on one line, and harmless."""
    return visible(" ".join(text.splitlines()), ascii)


def visible(text: str, ascii: bool = False) -> str:
    """A text that cannot harm a terminal: what has no face of its own is shown as an escape."""
    return "".join(_face(char, ascii)[0] for char in text)


def _face(char: str, ascii: bool) -> tuple[str, int]:
    """How a character is shown, and how many columns that takes."""
    if " " <= char <= "~":
        return char, 1
    if char == "\t":
        return TAB, len(TAB)
    if char == "…" and ascii:
        return "...", 3
    kind = category(char)
    if ascii or kind[0] == "C" or kind in ("Zl", "Zp"):
        code = ord(char)
        shown = f"\\x{code:02x}" if code < 256 else f"\\u{code:04x}"
        shown = shown if code < 65536 else f"\\U{code:08x}"
        return shown, len(shown)
    if combining(char) or kind in ("Mn", "Me"):
        return char, 0
    return char, 2 if east_asian_width(char) in "WF" else 1


# -- which lines are shown, and how much of them


def _rows(diagnostic: Diagnostic, alarm: str, room: int) -> list[_SourceRow]:
    """The line of the complaint's span first in its file, then those of other files."""
    if diagnostic.span is None:
        return []
    rows: list[_SourceRow] = []
    beside = len(diagnostic.label) + 1 if diagnostic.label and room < WIDEST else 0
    widest = max(LEAST, min(WIDEST, room - beside))
    _place(rows, diagnostic.span, diagnostic.label, alarm, "^", widest)
    for span, label in diagnostic.marks:
        _place(rows, span, label, "place", "-", widest)
    home = rows[0]
    rows.sort(key=lambda row: (not _together(row, home), row.file, row.number, row.begin))
    return rows


def _place(
    rows: list[_SourceRow], span: Span, label: str, style: str, sign: str, widest: int
) -> None:
    number, column, _ = region(span)
    cell = span.source.cell(span.start)
    place = f"{number}:{column}" + (f" (cell {cell[0]}, line {cell[1]})" if cell else "")
    text, begin = span.source.around(span.start)
    start = min(span.start - begin, len(text))
    end = max(min(span.end - begin, len(text)), start + 1)
    mark = _Mark(start, end, place, label, style, sign)
    for row in rows:
        # Behind the end of a line there is room for one caret.
        fits = row.first <= start and mark.end <= row.last + (row.last == len(text))
        if row.source is span.source and row.begin == begin and fits:
            row.marks.append(mark)
            return
    # A window as wide as may be shown, over the mark and as far left as the line begins.
    before = int(BEFORE * widest)
    first = max(0, min(start - before, len(text) - widest)) if len(text) > widest else 0
    last = min(len(text), first + widest)
    mark.end = min(mark.end, max(last, start + 1))
    rows.append(_SourceRow(span.source, span.file, number, begin, text, first, last, [mark]))


# -- drawing


def _snippets(
    rows: list[_SourceRow], width: int, behind: str, ascii: bool, room: int | None
) -> Iterator[tuple[str, str]]:
    margin = " " * (width + 1)
    above: _SourceRow | None = None
    for row in rows:
        if above is None or not _together(above, row):
            # The arrow names the complaint's own place, not the first line that is shown.
            named = next((r for r in rows if _together(r, row) and _is_main(r)), row)
            main = next((m for m in named.marks if m.sign == "^"), named.marks[0])
            place = f"{visible(row.file, ascii)}:{main.place}"
            yield f"\n{margin[1:]}--> ", "place"
            yield place, "place"
            if behind and above is None:
                fits = room is None or len(f"{margin}--> {place}  {behind}") <= room
                below = f"\n{margin}    "
                left = None if room is None else room - len(below)
                yield f"  {behind}" if fits else below + below.join(_broken(behind, left)), ""
            yield f"\n{margin}|", "place"
        elif row.number > above.number + 1:
            yield f"\n{margin[1:]}...", "place"
        above = row
        faces, columns = _faces(row, ascii)
        yield f"\n{row.number:>{width}} | ", "place"
        yield faces, ""
        for drawn in _under(row, columns, ascii):
            yield f"\n{margin}| ", "place"
            yield from drawn


def _together(one: _SourceRow, other: _SourceRow) -> bool:
    """Whether two lines are shown as lines of one file."""
    return one.source is other.source and one.file == other.file


def _is_main(row: _SourceRow) -> bool:
    return any(mark.sign == "^" for mark in row.marks)


def _faces(row: _SourceRow, ascii: bool) -> tuple[str, list[int]]:
    """The line as shown, and the column at which each of its shown characters begins."""
    dots = "..." if ascii else "…"
    shown = [dots] if row.first else []
    column = len(dots) if row.first else 0
    columns = []
    for char in row.text[row.first : row.last]:
        face, width = _face(char, ascii)
        columns.append(column)
        shown.append(face)
        column += width
    columns += [column, column + 1]
    if row.last < len(row.text):
        shown.append(dots)
    return "".join(shown).rstrip(), columns


def _under(row: _SourceRow, columns: list[int], ascii: bool) -> Iterator[Pieces]:
    """The lines under a source line: the carets with the last label, then the other labels."""
    places = []
    for mark in row.marks:
        start = columns[mark.start - row.first]
        end = columns[min(mark.end - row.first, len(columns) - 1)]
        places.append((start, max(end, start + 1), mark))
    places.sort(key=lambda place: (place[0], place[2].sign == "^"))
    cells: list[tuple[str, str]] = [(" ", "")] * max(end for _, end, _ in places)
    # The shorter over the longer, so that a mark inside another one stays in sight.
    for start, end, mark in sorted(places, key=lambda place: place[0] - place[1]):
        cells[start:end] = [(mark.sign, mark.style)] * (end - start)
    last = places[-1][2]
    line = _joined(cells)
    if last.label:
        line.append((f" {visible(last.label, ascii)}", last.style))
    yield line
    hanging = [place for place in places[:-1] if place[2].label]
    if hanging:
        yield _posts(hanging)
    while hanging:
        start, _, mark = hanging.pop()
        posts = _posts([place for place in hanging if place[0] < start])
        gap = start - sum(len(text) for text, _ in posts)
        yield [*posts, (" " * gap + visible(mark.label, ascii), mark.style)]


def _posts(places: list[tuple[int, int, _Mark]]) -> Pieces:
    cells: list[tuple[str, str]] = []
    for start, _, mark in places:
        cells += [(" ", "")] * (start - len(cells))
        if start == len(cells):
            cells.append(("|", mark.style))
    return _joined(cells)


def _joined(cells: list[tuple[str, str]]) -> Pieces:
    pieces: Pieces = []
    for text, style in cells:
        if pieces and pieces[-1][1] == style:
            pieces[-1] = (pieces[-1][0] + text, style)
        else:
            pieces.append((text, style))
    return pieces
