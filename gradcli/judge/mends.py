"""Mends as edits: which stretch of a text is replaced, and by what, so that a claim is right.

Must not know how a mend was found, nor how texts are read or written.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction

from gradcli.errors import Source, Span
from gradcli.judge.finding import PASSED, DerivationReport, Finding, Number, Numbers


@dataclass(frozen=True, slots=True)
class MendEdit:
    """The whole `text` that takes the place of `span`, and the verdict on what it makes.

    The span may go over several lines; the text is on one. `verdict` is None for a mend that was
    not judged.
    """

    span: Span
    text: str
    verdict: str | None

    @property
    def verified(self) -> bool:
        """Whether the claim passes once it is mended."""
        return self.verdict in PASSED

    @property
    def range(self) -> tuple[tuple[int, int], tuple[int, int]]:
        """Line and column, from 1 in code points, of the start and of the exclusive end."""
        position = self.span.source.position
        return position(self.span.start), position(self.span.end)


def mend(found: Finding) -> MendEdit | None:
    """The mend of a finding as an edit of the file it is stored in; None without one."""
    told = found.diagnosis
    if told is None or not told.mended:
        return None
    span = told.span or found.span
    return MendEdit(span.stored, span.source.encoded(on_one_line(told.mended)), told.verdict)


def on_one_line(text: str) -> str:
    """A side without the comments at the ends of its lines, which would swallow what follows."""
    first, *others = text.strip().splitlines() or [""]
    lines = [line.partition("#")[0] for line in (first, *others)] if others else [first]
    return " ".join(" ".join(lines).split())


def mends(findings: Iterable[Finding], source: Source) -> Iterator[MendEdit]:
    """The verified mends within a source that can be made together, in the order of the text.

    What is expected to fail stays wrong. Of two at one place the first is made, for a claim in a
    loop has a finding a turn; where they differ none is.
    """
    wanted: dict[tuple[int, int], set[str]] = {}
    kept: dict[tuple[int, int], MendEdit] = {}
    for found in findings:
        made = None if found.expected else mend(found)
        if made and made.verified and made.span.source.name == source.name:
            place = made.span.start, made.span.end
            wanted.setdefault(place, set()).add(made.text)
            kept.setdefault(place, made)
    end = 0
    for place in sorted(kept):
        if len(wanted[place]) == 1 and place[0] >= end:
            yield kept[place]
            end = place[1]


def updates(findings: Iterable[Finding], source: Source) -> Iterator[MendEdit]:
    """Rounded numbers that are others now, each to the places that are written."""
    for found in findings:
        if found.code != ROUNDED or found.expected:
            continue
        made = mend(found)
        if (made is None or not made.verified) and (text := _rounded(found)):
            made = MendEdit(found.span.stored, found.span.source.encoded(text), "holds")
        if made and made.verified and made.span.source.name == source.name:
            yield made


def comments(derivations: Iterable[DerivationReport], source: Source) -> Iterator[MendEdit]:
    """The comments that a paper lacks, as lines of the source; those of its inputs stand there."""
    for made in derivations:
        for each in made.comments:
            place = each.span.stored
            if place.source.name == source.name:
                yield MendEdit(place, each.span.source.encoded(each.text), None)


ROUNDED = "G106"
LITERAL = re.compile(r"-?\d[\d_]*(?:\.(?P<places>\d*))?(?![\w.])")
DIGITS = 6
"""Of a number of which nobody has written places, or of which none would be seen."""


def _rounded(found: Finding) -> str:
    """The side with the true numbers in the place of its literals; empty where they are others."""
    told = found.counterexample
    entries = [*_flat(told.left)] if told else []
    literals = [*LITERAL.finditer(found.span.text)]
    plain = re.fullmatch(r"[\s\d.,_\[\]-]*", found.span.text)
    if not plain or len(entries) != len(literals) or any(isinstance(x, str) for x in entries):
        return ""
    text = found.span.text
    for literal, value in reversed([*zip(literals, entries, strict=True)]):
        shown = _decimal(Fraction(value), len(literal["places"] or ""))
        text = text[: literal.start()] + shown + text[literal.end() :]
    return text


def _flat(numbers: Numbers) -> Iterator[Number]:
    left = [numbers]
    while left:
        each = left.pop()
        if isinstance(each, list | tuple):
            left += reversed(each)
        else:
            yield each


def _decimal(value: Fraction, places: int) -> str:
    shown = round(value * 10**places)
    if places and (shown or not value):
        whole, rest = divmod(abs(shown), 10**places)
        return f"{'-' * (shown < 0)}{whole}.{rest:0{places}}"
    return str(value) if value.denominator == 1 else f"{float(value):.{DIGITS}g}"


def mended(source: Source, made: Iterable[MendEdit]) -> str:
    """The text with mends made that do not overlap."""
    text = source.text
    for each in sorted(made, key=lambda m: m.span.start, reverse=True):
        text = text[: each.span.start] + each.text + text[each.span.end :]
    return text
