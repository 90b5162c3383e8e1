"""What of a section could be read if names had shapes: what they have no part in is read once.

Must not know which shapes are likely, nor what becomes of a proposal.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from gradcli.errors import Source
from gradcli.language.tex.atom import Atom
from gradcli.language.tex.atoms import atoms
from gradcli.language.tex.lefts import LeftSides
from gradcli.language.tex.names import base_of
from gradcli.language.tex.proposals import Outcome, Shapes, proposed
from gradcli.language.tex.sheet import SectionReader, TexSection

BOUND = re.compile(r"\\(?:sum|prod)\s*_(?:\{[^{}]*\}|.)\s*\^\s*(?:\{\s*(\w)\s*\}|([A-Za-z]))")
"""Up to which letter a sum goes: what it sums has that size."""
COMMAND = re.compile(r"\\(?:mathrm|text\w*|operatorname|label|tag)\s*\{[^{}]*\}|\\(?:[A-Za-z]+|.)")
"""What letters in a formula are no names: commands, and words with them."""
MOST_ROWS = 1200
"""Rows that are read before no more shapes are tried."""


def shapes_proposed(source: Source, section: TexSection) -> Shapes:
    """Shapes for the names of a section that have none, by which more of it could be read."""
    if not any(outcome.missing for outcome in section.outcomes.values()):
        return {}
    written = "\n".join(b.text for b in section.blocks if b.kind in ("inline", "display"))
    bounds = dict.fromkeys(match[1] or match[2] for match in BOUND.finditer(written))
    taken = dict.fromkeys([*section.known.probe.scope.letters, *bounds])
    names = {*COMMAND.sub(" ", written)}
    supposed = _Supposed(source, section, (*bounds,))
    found = proposed([*taken], names, supposed)
    # What was read apart is read as a whole before anybody is told.
    whole = _together(supposed.read(found, None).values())
    return found if whole.read > _together(section.outcomes.values()).read else {}


def _together(outcomes: Iterable[Outcome]) -> Outcome:
    each = [*outcomes]
    missing = (name for outcome in each for name in outcome.missing)
    return Outcome(sum(o.read for o in each), sum(o.misfits for o in each), (*missing,))


@dataclass(slots=True)
class _Part:
    """A display or a formula in the text: letters on left sides, all of them, what it goes on."""

    number: int
    display: bool
    lefts: set[str]
    letters: set[str]
    goes_on: bool
    needs: dict[int, _Part] = field(default_factory=dict)


class _Supposed:
    """Told shapes, it tells what came of them; None once it has read enough."""

    def __init__(self, source: Source, section: TexSection, bounds: Sequence[str]) -> None:
        self.source, self.section, self.bounds = source, section, bounds
        self.parts = _parts(source, section)
        self.found: dict[tuple[int, frozenset[tuple[str, tuple[str, ...]]]], Outcome] = {}
        self.rows = 0

    def __call__(self, shapes: Shapes) -> Outcome | None:
        """What came of the shapes, of which a display hangs on those of its letters alone."""
        if self.rows > MOST_ROWS:
            return None
        keys = {
            part.number: (
                part.number,
                frozenset(
                    (name, sizes) for name, sizes in shapes.items() if base_of(name) in part.letters
                ),
            )
            for part in self.parts
            if part.display
        }
        new = [number for number, key in keys.items() if key not in self.found]
        if new:
            needed = {n for part in self.parts if part.number in new for n in part.needs}
            outcomes = self.read(shapes, needed)
            self.found |= {keys[number]: outcomes[number] for number in new}
        return _together(self.found[key] for key in keys.values())

    def read(self, shapes: Shapes, only: set[int] | None) -> dict[int, Outcome]:
        """The section read with these shapes, of its displays those that are needed."""
        given = self.section
        again = TexSection(
            given.title, given.start, given.level, given.parent, blocks=given.blocks,
            maths=given.maths,
        )  # fmt: skip
        again.known.fonts = given.known.fonts
        # What a sum goes up to is the largest size here, so that it fits no axis but its own.
        letters = dict.fromkeys(size for sizes in shapes.values() for size in sizes)
        for size in sorted(letters, key=lambda letter: letter in self.bounds):
            again.known.probe.counts(size)
        SectionReader(self.source, again, shapes, only).read()
        self.rows += len(again.rows)
        return again.outcomes


def _parts(source: Source, section: TexSection) -> list[_Part]:
    """The maths of a section, each with what it stands on, whatever that stands on among it."""
    parts: list[_Part] = []
    lefts = LeftSides(source, section.known)
    for block in section.blocks:
        written = section.maths.get(id(block))
        if written:
            parts.append(
                _Part(
                    id(block),
                    block.kind == "display",
                    {base_of(key) for formula in written for key in lefts.keys(formula)},
                    {x for formula in written for x in _letters(source, formula.atoms)},
                    block.kind == "display" and not written[0].sides[0],
                )
            )
    displays = [part for part in parts if part.display]
    before = dict(zip((p.number for p in displays[1:]), displays, strict=False))
    for part in parts:
        part.needs[part.number] = part
        left = [part]
        while left:
            each = left.pop()
            on = [other for other in parts if other.lefts & each.letters]
            on += [before[each.number]] if each.goes_on and each.number in before else []
            left += [other for other in on if other.number not in part.needs]
            part.needs |= {other.number: other for other in on}
    for part, reached in [(p, {x for n in p.needs.values() for x in n.letters}) for p in parts]:
        part.letters = reached
    return parts


def _letters(source: Source, written: Iterable[Atom]) -> Iterator[str]:
    """Letters with their accents, wherever they stand in a formula."""
    for atom in written:
        if atom.kind == "SYMBOL":
            yield atom.text
        for inside in atom.inside:
            yield from _letters(source, atoms(source, inside))
