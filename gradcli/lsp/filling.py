"""What belongs into a hole: the derivative that `dL/dw = ?` asks for, or its numbers, verified.

Must not know how it is offered.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from gradcli.api.derivations import check_text
from gradcli.api.names import graphs
from gradcli.api.question import question
from gradcli.calculus.core import INPUT
from gradcli.claims import Claimed
from gradcli.errors import GradcliError
from gradcli.graph.node import Node
from gradcli.judge.finding import CheckOptions, Finding
from gradcli.language.written import WrittenDerivation
from gradcli.lsp.chunks import Chunk, HolePlace
from gradcli.notation.text import flat
from gradcli.reading import Place
from gradcli.show.numbers import to_claim
from gradcli.simplify.simplifier import Simplifier

ASKED = "0"
"""What stands in the hole while its left side is read: the zero of any shape."""
LONGEST = 1000
"""Characters of numbers that are offered."""


@dataclass(slots=True)
class FilledHole:
    """A right side that is missing: its place, what belongs there, and what was shown of that.

    `text` is empty where nothing could be found or verified; `left` is what is asked for, by
    which `relation`, `wrong` what is wrong with that.
    """

    start: int
    end: int
    left: str
    relation: str
    text: str = ""
    verdict: str = ""
    wrong: str = ""

    @property
    def lacking(self) -> str:
        """Why there is no text."""
        return self.wrong or f"nothing was found that is {self.left or 'right here'}"


@question
def fill(
    chunk: Chunk, text: str, hole: HolePlace, options: CheckOptions, place: Place
) -> FilledHole:
    """What the checker itself accepts in that place: numbers, or the shortest formula.

    `text` is that of the chunk without its holes.
    """
    written = chunk.text[hole.begin : hole.start].rstrip().removesuffix(hole.relation).strip()
    found = FilledHole(hole.start, hole.end, written, hole.relation)

    def filled(with_what: str) -> str:
        return (
            text[: hole.begin] + chunk.text[hole.begin : hole.start] + with_what + text[hole.end :]
        )

    try:
        asked = _asked(filled(ASKED), hole, chunk, options, place)
        if isinstance(asked, str):
            found.wrong = asked
            return found
        claimed, made = asked
        found.left = claimed.name
        if hole.rounded:
            ways = _numbers(_judged(filled(ASKED), chunk, hole, options, place))
        else:
            ways = formulas_of(claimed.pairs[0].left, made)
        for way in dict.fromkeys(ways):
            if way.replace(" ", "") == claimed.name.replace(" ", ""):
                continue
            judged = _judged(filled(way), chunk, hole, options, place)
            if judged is not None and judged.passed:
                found.text, found.verdict = way, judged.verdict
                break
    except GradcliError:
        pass
    return found


def _asked(
    text: str, hole: HolePlace, chunk: Chunk, options: CheckOptions, place: Place
) -> tuple[Claimed, WrittenDerivation] | str:
    """The claim that stands where the hole was, read and not judged, or what is wrong with it."""
    for found in graphs(chunk.document(text), options, place):
        for claimed in found.made.claims.values():
            if claimed.span.start == hole.start:
                return claimed, found.made
        for complaint in (*found.complaints, *found.made.errors):
            if complaint.span and hole.begin <= complaint.span.start <= hole.start:
                return complaint.message
    return ""


def _numbers(zero: Finding | None) -> Iterator[str]:
    """What the left side is where zero was held against it."""
    if zero is not None and zero.counterexample is not None:
        text = to_claim(zero.counterexample.left)
        if len(text) <= LONGEST:
            yield text
    yield ASKED


def formulas_of(
    node: Node, made: WrittenDerivation, told: Mapping[Node, str] | None = None
) -> Iterator[str]:
    """Ways to write a vertex of a derivation, shorter ones first."""
    named = {str(each.params[0]): each for each in made.spaces if each.op is INPUT}
    names = {vertex: name for name, vertex in {**made.vertices, **named}.items()} | dict(told or {})
    for full in (True, False):
        yield flat(Simplifier(made.spaces, made.vertices.values(), full)(node), names)
    yield flat(node, names)


def _judged(
    text: str, chunk: Chunk, hole: HolePlace, options: CheckOptions, place: Place
) -> Finding | None:
    """What the checker says of the line as it would stand there, and of no other."""
    document = chunk.document(text)
    line, _ = document.source.position(hole.start)
    only = replace(options, lines=(line,), diagnose=False)
    report = check_text(document, only, place=place)
    return next((found for found in report.findings if found.span.start == hole.start), None)
