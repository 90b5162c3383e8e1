"""A display becomes rows, and a row formulas: sides with the relations between them.

Must not know what a name means, and so not which formula is a claim.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain

from gradcli.errors import Source
from gradcli.language.tex.atom import Atom
from gradcli.language.tex.atoms import atoms
from gradcli.language.tex.document import TexBlock
from gradcli.language.tex.ranges import TexRange, range_at, ranges_in

DEPTHS = {
    kind: 1 if kind.endswith("OPEN") else -1
    for pair in ("OPEN CLOSE", "NORM_OPEN NORM_CLOSE", "ABS_OPEN ABS_CLOSE",
                 "ANGLE_OPEN ANGLE_CLOSE")
    for kind in pair.split()
}  # fmt: skip


AROUND = frozenset({"SIGN", "OPERATOR", "RELATION", "COMMA", "QUAD"})
"""What a gap may stand beside; between two factors it says that they are none."""


@dataclass(slots=True, eq=False)
class TexFormula:
    """Sides and the relations between them; the first side may be empty.

    `notes` are the comments that stand at its row; `behind` says that it stands behind `\\implies`,
    `led` the words before it, `reason` those behind it, and `because` what else is said there;
    `start` and `end` are its place, `row` and `column` those in its display. `ranges` are those of
    its indices; what only says such ranges of other formulas `says` so.
    """

    sides: list[list[Atom]]
    relations: list[Atom]
    start: int
    end: int
    notes: list[str] = field(default_factory=list)
    behind: bool = False
    led: str = ""
    reason: str = ""
    row: int = 0
    column: int = 0
    because: list[Atom] = field(default_factory=list)
    ranges: list[TexRange] = field(default_factory=list)
    says: list[TexRange] = field(default_factory=list)

    @property
    def texts(self) -> set[str]:
        """The texts of all its atoms and of the tokens in them."""
        return {*_texts(self.sides)}

    @property
    def right_texts(self) -> set[str]:
        """Those behind its left side."""
        return {*_texts(self.sides[1:])}

    @property
    def atoms(self) -> Iterator[Atom]:
        """All atoms of its sides."""
        for side in self.sides:
            yield from side


def _texts(sides: Sequence[Sequence[Atom]]) -> Iterator[str]:
    for atom in chain.from_iterable(sides):
        yield atom.text
        yield from (token.text for part in atom.inside for token in part)


def formulas(source: Source, block: TexBlock) -> list[TexFormula]:
    """The formulas of a display in their order, broken rows put together again."""
    found: list[TexFormula] = []
    for number, row in enumerate(_rows(source, atoms(source, block.tokens))):
        pieces = [*_pieces(row, block.environment)]
        if found and pieces and _goes_on(found[-1], pieces[0]):
            _join(found[-1], pieces[0])
            pieces = pieces[1:]
        for piece in pieces:
            piece.row = number
            piece.ranges, piece.because = ranges_in(piece.because)
        said = [each for piece in pieces for each in piece.says]
        beside = [piece for piece in pieces if not piece.says]
        for piece in beside or found:
            piece.ranges += said
        found += pieces
    return found


def _rows(source: Source, whole: Sequence[Atom]) -> Iterator[list[Atom]]:
    """The rows; a comment behind the end of one, on the same line, belongs to it."""
    rows: list[list[Atom]] = [[]]
    ended = 0
    for atom in whole:
        if atom.kind in ("BREAK", "INTERTEXT"):
            rows.append([])
            ended = atom.end
        elif atom.kind == "NOTE" and len(rows) > 1 and not rows[-1]:
            behind = "\n" not in source.text[ended : atom.start]
            rows[-2 if behind else -1].append(atom)
        else:
            rows[-1].append(atom)
    yield from rows


def _goes_on(last: TexFormula, piece: TexFormula) -> bool:
    """Whether a row continues the side above: an operator or an open bracket is between them."""
    before = last.sides[-1]
    depth = sum(DEPTHS.get(a.kind, 0) for a in before)
    if depth > 0:
        return True
    if piece.led or last.reason:
        return False
    first = piece.sides[0]
    if not before or not first:
        return bool(first and last.relations and not before and not piece.relations)
    hangs = before[-1].kind in ("SIGN", "OPERATOR", "BIG")
    return hangs or (first[0].kind in ("SIGN", "OPERATOR") and not piece.relations)


def _join(last: TexFormula, piece: TexFormula) -> None:
    last.sides[-1] += piece.sides[0]
    last.sides += piece.sides[1:]
    last.relations += piece.relations
    last.notes += piece.notes
    last.reason = last.reason or piece.reason
    last.end = piece.end


def _pieces(row: Sequence[Atom], environment: str) -> Iterator[TexFormula]:
    """The formulas of a row, cut where one ends and another begins."""
    cells = _cells(row)
    notes = [a.text for a in row if a.kind == "NOTE"]
    groups = [[a for cell in cells for a in cell]]
    if not environment.startswith(("eqnarray", "array")):
        groups = [
            [a for cell in cells[k : k + 2] for a in cell] for k in range(0, len(cells), 2)
        ] or [[]]
    last: TexFormula | None = None
    for number, each in enumerate(groups):
        if number and last is not None and each and each[0].kind == "TEXT":
            # In a cell behind "&&" everything is the reason.
            last.reason, last.because = last.reason or _shown(each), [*last.because, *each]
            continue
        for made in _cut(each, notes):
            last = made
            made.column = number
            yield made


def _cells(row: Sequence[Atom]) -> list[list[Atom]]:
    cells: list[list[Atom]] = [[]]
    for atom in row:
        if atom.kind == "ALIGN":
            cells.append([])
        elif atom.kind != "NOTE":
            cells[-1].append(atom)
    return cells


def _cut(whole: Sequence[Atom], notes: list[str]) -> Iterator[TexFormula]:
    """At `\\quad`, and commas behind which a relation follows, at `\\implies`, and at words."""
    behind = False
    for part, implied in _implied(whole):
        behind = behind or implied
        for piece, led, said in _worded(part):
            parts = [trimmed for each in _comma_parts(piece) if (trimmed := _trimmed(each))]
            for each in parts:
                made = _formula(each, notes, behind, led, _shown(said))
                made.because = [*said] if each is parts[-1] else []
                ranged = range_at(each, 0)
                made.says = [ranged[0]] if ranged and ranged[1] == len(each) else []
                yield made


def _implied(whole: Sequence[Atom]) -> Iterator[tuple[list[Atom], bool]]:
    part: list[Atom] = []
    implied, depth = False, 0
    for atom in whole:
        depth += DEPTHS.get(atom.kind, 0)
        if atom.kind == "IMPLIES" and depth <= 0:
            yield part, implied
            part, implied = [], True
        else:
            part.append(atom)
    yield part, implied


def _worded(part: Sequence[Atom]) -> Iterator[tuple[list[Atom], str, Sequence[Atom]]]:
    """Formulas with the words before them, and those behind: a reason goes on to the end."""
    led, piece = "", _with_word(part)
    while piece and piece[0].kind in ("TEXT", "QUAD", "COMMA", "STOP"):
        if piece[0].kind == "TEXT":
            led = f"{led} {piece[0].text}".strip()
        piece = piece[1:]
    depth = 0
    for k, atom in enumerate(piece):
        depth += DEPTHS.get(atom.kind, 0)
        if atom.kind == "TEXT" and depth <= 0 and " ".join(atom.text.split()):
            word = atom.text.split()[0].lower().rstrip(",.:;")
            if word == "and":
                yield piece[:k], led, ()
                yield from _worded(piece[k + 1 :])
                return
            yield piece[:k], led, piece[k:]
            return
    yield piece, led, ()


def _with_word(part: Sequence[Atom]) -> list[Atom]:
    r"""A word before a relation is a name: `\text{Loss} = …`."""
    piece = [*part]
    while piece and piece[0].kind in ("QUAD", "COMMA", "STOP"):
        piece.pop(0)
    named = len(piece) > 1 and piece[0].kind == "TEXT" and piece[1].kind == "RELATION"
    if named and piece[0].text.isalnum():
        piece[0] = replace(piece[0], kind="SYMBOL", inside=())
    return piece


def _shown(atoms: Sequence[Atom]) -> str:
    return " ".join(a.text for a in atoms if a.kind != "QUAD")


def _comma_parts(piece: Sequence[Atom]) -> Iterator[list[Atom]]:
    """Cut at `\\quad`, and at commas, where what follows is a formula or a range of its own."""
    parts: list[list[Atom]] = [[]]
    depth, end = 0, 0
    for k, atom in enumerate(piece):
        if k < end:
            parts[-1].append(atom)
            continue
        begins = depth <= 0 and (not k or piece[k - 1].kind in ("QUAD", "COMMA"))
        if begins and atom.kind not in ("QUAD", "COMMA") and (found := range_at(piece, k)):
            end = found[1]
            parts.append([atom])
            continue
        if k == end and end:
            parts.append([])
        depth += DEPTHS.get(atom.kind, 0)
        cuts = atom.kind == "QUAD" or (atom.kind in ("COMMA", "STOP") and k + 1 < len(piece))
        if depth <= 0 and cuts and _relates(parts[-1]) and _relates(piece[k + 1 :], atom.kind):
            parts.append([])
        else:
            parts[-1].append(atom)
    yield from parts


def _relates(atoms: Sequence[Atom], kind: str = "") -> bool:
    """Whether there is a relation, before the next comma, if it is asked for behind one.

    `x_1, x_2 \\in R` is one formula: what is before its comma relates nothing.
    """
    depth = 0
    for atom in atoms:
        depth += DEPTHS.get(atom.kind, 0)
        if depth <= 0 and atom.kind == "RELATION":
            return True
        if depth <= 0 and kind == "QUAD" and atom.kind == "QUAD":
            return False
    return False


def _trimmed(part: Sequence[Atom]) -> list[Atom]:
    """Without commas, stops and gaps at its ends, and gaps within."""
    kept = [*part]
    while kept and kept[-1].kind in ("COMMA", "STOP", "QUAD"):
        kept.pop()
    while kept and kept[0].kind in ("COMMA", "STOP", "QUAD"):
        kept.pop(0)
    if [a.kind for a in kept[-4:]] == ["QUAD", "OPEN", "NUMBER", "CLOSE"]:
        # The number of an equation.
        return _trimmed(kept[:-4])
    return [
        a
        for k, a in enumerate(kept)
        if a.kind != "QUAD" or not {kept[k - 1].kind, kept[k + 1].kind} & AROUND
    ]


def _formula(
    part: Sequence[Atom], notes: list[str], behind: bool, led: str, reason: str
) -> TexFormula:
    sides: list[list[Atom]] = [[]]
    relations: list[Atom] = []
    depth = 0
    for atom in part:
        depth += DEPTHS.get(atom.kind, 0)
        if atom.kind == "RELATION" and depth <= 0:
            relations.append(atom)
            sides.append([])
        else:
            sides[-1].append(atom)
    start, end = min(a.start for a in part), max(a.end for a in part)
    return TexFormula(sides, relations, start, end, notes, behind, led, reason)
