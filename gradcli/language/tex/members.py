r"""Inputs told by their members: `x_1, \dots, x_T`, and `x_t` where `t = 1, \dots, T` is said.

Must not know what is declared of them, nor how a formula is read.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from gradcli.errors import Source
from gradcli.language.tex.atom import Atom
from gradcli.language.tex.atoms import atoms
from gradcli.language.tex.names import script
from gradcli.language.tex.ranges import upwards
from gradcli.language.tex.rows import TexFormula

End = tuple[Atom, ...]
NESTED = ("FRACTION", "GROUP", "ROOT", "ENVIRONMENT")
FIRST, OTHER = "1", ""


def listed(source: Source, side: Sequence[Atom]) -> tuple[Atom, End] | None:
    r"""The letter of `x_1, x_2, \dots, x_T`, and what is below the last; None for another list."""
    parts: list[list[Atom]] = [[]]
    for atom in side:
        if atom.kind == "COMMA":
            parts.append([])
        elif atom.kind != "QUAD":
            parts[-1].append(atom)
    dots = [k for k, part in enumerate(parts) if [a.kind for a in part] == ["DOTS"]]
    if dots != [len(parts) - 2] or len(parts) < 3:
        return None
    members = parts[:-2] + parts[-1:]
    if any([a.kind for a in part] != ["SYMBOL", "SUB"] for part in members):
        return None
    below = [script(part[1].inside[0]) for part in members]
    numbers = [str(k + 1) for k in range(len(members) - 1)]
    same = len({part[0].text for part in members}) == 1
    if not same or [found.text if found else "" for found in below[:-1]] != numbers:
        return None
    return members[0][0], (*atoms(source, members[-1][1].inside[0]),)


def ends(source: Source, formulas: Iterable[TexFormula]) -> dict[str, End]:
    """Up to where letters run that begin at 1, of those that have one end wherever they run."""
    found: dict[str, dict[str, End]] = {}
    for formula in formulas:
        for each in (*formula.ranges, *formula.says):
            if each.low:
                for letter in each.letters:
                    _put(found, letter, each.low, each.high)
        for side in formula.sides:
            for letter, low, high in _sums(source, side):
                _put(found, letter, low, high)
    return {
        letter: next(iter(said.values()))
        for letter, said in found.items()
        if len(said) == 1 and OTHER not in said
    }


def _put(found: dict[str, dict[str, End]], letter: str, low: Sequence[Atom], high: End) -> None:
    """An end by its text; that of what does not begin at 1 is no end of an axis."""
    begins = [a.text for a in low] == [FIRST]
    text = "".join(a.text for a in high) if begins else OTHER
    found.setdefault(letter, {})[text] = high


def _sums(source: Source, side: Sequence[Atom]) -> Iterator[tuple[str, Sequence[Atom], End]]:
    """The letters of sums and products with both ends, wherever they stand in a side."""
    for k, atom in enumerate(side):
        if atom.kind in NESTED:
            for tokens in atom.inside:
                yield from _sums(source, atoms(source, tokens))
        scripts = {a.kind: a for a in side[k + 1 : k + 3]} if atom.kind == "BIG" else {}
        if "SUB" in scripts and "SUPER" in scripts:
            below, above = (atoms(source, scripts[x].inside[0]) for x in ("SUB", "SUPER"))
            if [a.text for a in below[1:2]] == ["="]:
                low, high = upwards((*below[2:],), (*above,))
                yield below[0].text, low, high
