r"""Over what indices run, as it is said beside a formula: `t = 1, \ldots, T`, `\forall i`.

Must not know what a formula is, nor which letters are indices.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from gradcli.language.tex.atom import Atom

FOR = frozenset({"for", "all", "each", "every", "any", "with", "where", "and", "over"})
"""Words before a range; behind `for all`, letters alone say that they are any."""
PARTS = frozenset({"COMMA", "QUAD", "STOP"})


@dataclass(frozen=True, slots=True)
class TexRange:
    """Letters, and the first and the last of their values; without those, all that there are."""

    letters: tuple[str, ...]
    low: tuple[Atom, ...] = ()
    high: tuple[Atom, ...] = ()


def range_at(atoms: Sequence[Atom], at: int) -> tuple[TexRange, int] | None:
    """The range that begins here, and where it ends; None where there is none."""
    if at < len(atoms) and atoms[at].kind == "OPEN" and atoms[at].text == "(":
        inner = range_at(atoms, at + 1)
        closed = inner is not None and inner[1] < len(atoms) and atoms[inner[1]].kind == "CLOSE"
        return (inner[0], inner[1] + 1) if inner is not None and closed else None
    return _between(atoms, at) or _listed(atoms, at)


def ranges_in(said: Sequence[Atom]) -> tuple[list[TexRange], list[Atom]]:
    """The ranges in what is said of a formula, and the rest of it."""
    found: list[TexRange] = []
    rest: list[Atom] = []
    at, begins, every = 0, True, False
    while at < len(said):
        atom = said[at]
        each = range_at(said, at) if begins else None
        letters = _letters(said, at) if begins and every else None
        if each is not None:
            found.append(each[0])
            at = each[1]
        elif letters is not None and (letters[1] == len(said) or _ends(said[letters[1]])):
            found.append(TexRange(letters[0]))
            at = letters[1]
        else:
            words = {*atom.text.lower().strip(" .,").split()} if atom.kind == "TEXT" else set()
            begins = atom.kind in PARTS or (bool(words) and words <= FOR)
            every = every or bool(words & {"for", "all", "each", "every", "any"})
            rest.append(atom)
            at += 1
    if all(a.kind in PARTS or a.kind == "TEXT" for a in rest) and found:
        rest = []
    return found, rest


def _ends(atom: Atom) -> bool:
    return atom.kind in PARTS or atom.kind == "TEXT"


def _letters(atoms: Sequence[Atom], at: int) -> tuple[tuple[str, ...], int] | None:
    """`i`, or `i, j`, and where they end."""
    found = []
    while at < len(atoms) and atoms[at].kind == "SYMBOL" and len(atoms[at].text) == 1:
        found.append(atoms[at].text)
        at += 1
        following = atoms[at : at + 2]
        if [a.kind for a in following] != ["COMMA", "SYMBOL"]:
            return (*found,), at
        at += 1
    return None


def _between(atoms: Sequence[Atom], at: int) -> tuple[TexRange, int] | None:
    r"""`1 \le i \le n`, `n \ge i \ge 1`: a letter between a number and an end that is none."""
    first, end = _end(atoms, at)
    sign = atoms[end].text if end < len(atoms) else ""
    letters = _letters(atoms, end + 1) if first and sign in ("<=", ">=") else None
    if letters is None or letters[1] >= len(atoms) or atoms[letters[1]].text != sign:
        return None
    last, end = _end(atoms, letters[1] + 1)
    low, high = (first, last) if sign == "<=" else (last, first)
    if not _is_number(low) or not any(a.kind == "SYMBOL" for a in high):
        return None
    return TexRange(letters[0], low, high), end


def _listed(atoms: Sequence[Atom], at: int) -> tuple[TexRange, int] | None:
    r"""`i = 1, \dots, n`, `k = 1, 2, 3`, `i \in \{1, \dots, n\}`, `i \in [n]`."""
    letters = _letters(atoms, at)
    if letters is None or letters[1] >= len(atoms):
        return None
    names, sign = letters[0], letters[1]
    if atoms[sign].text == "=":
        return _values(atoms, sign + 1, names)
    if atoms[sign].text != "in" or sign + 1 >= len(atoms) or atoms[sign + 1].kind != "OPEN":
        return None
    opening = atoms[sign + 1].text
    if opening == "[":
        high, end = _end(atoms, sign + 2)
        one = Atom("NUMBER", "1", atoms[sign + 1].start, atoms[sign + 1].end)
        found = (TexRange(names, (one,), high), end) if high else None
    else:
        # {0, 1} and (0, 1) are sets of numbers.
        found = _values(atoms, sign + 2, names) if opening == r"\{" else None
        dots = found is not None and any(a.kind == "DOTS" for a in atoms[sign : found[1]])
        found = found if dots else None
    if found is None or found[1] >= len(atoms) or atoms[found[1]].kind != "CLOSE":
        return None
    return found[0], found[1] + 1


def _values(atoms: Sequence[Atom], at: int, names: tuple[str, ...]) -> tuple[TexRange, int] | None:
    """A list with dots in it, or of whole numbers one after another."""
    values: list[tuple[Atom, ...]] = []
    dots = False
    while True:
        value, at = _end(atoms, at)
        if not value:
            return None
        if value[0].kind == "DOTS":
            if dots or not values or len(value) > 1:
                return None
            dots = True
        else:
            values.append(value)
            if dots:
                return TexRange(names, *upwards(values[0], value)), at
        if at >= len(atoms) or atoms[at].kind != "COMMA":
            break
        at += 1
    texts = [v[0].text for v in values if len(v) == 1 and v[0].text.isdecimal()]
    numbers = [int(text) for text in texts]
    low, high = upwards(values[0], values[-1])
    ordered = numbers if low is values[0] else numbers[::-1]
    follow = len(numbers) > 1 and ordered == [*range(ordered[0], ordered[0] + len(values))]
    return (TexRange(names, low, high), at) if follow and not dots else None


def upwards(first: tuple[Atom, ...], last: tuple[Atom, ...]) -> tuple[tuple[Atom, ...], ...]:
    """The ends of a range from the lower one: `T, …, 1` says what `1, …, T` does."""
    if not _is_number(last):
        return first, last
    falls = int(first[0].text) > int(last[0].text) if _is_number(first) else True
    return (last, first) if falls else (first, last)


def _is_number(end: Sequence[Atom]) -> bool:
    return len(end) == 1 and end[0].kind == "NUMBER" and end[0].text.isdecimal()


def _end(atoms: Sequence[Atom], at: int) -> tuple[tuple[Atom, ...], int]:
    """What stands up to the next comma, relation, gap, word or closing bracket."""
    first, depth = at, 0
    while at < len(atoms):
        atom = atoms[at]
        depth += {"OPEN": 1, "CLOSE": -1}.get(atom.kind, 0)
        if depth < 0 or (not depth and (_ends(atom) or atom.kind == "RELATION")):
            break
        at += 1
    return (*atoms[first:at],), at
