"""The comment that would give names a shape, so that more rows of a section can be read.

Must not know how a section is read: it is told what comes of a set of shapes. What is proposed is
never used: a person puts it into the text, or does not.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator, Sequence
from dataclasses import dataclass
from itertools import product

from gradcli.language.tex.refusals import NoShape

Shapes = dict[str, tuple[str, ...]]
"""Names by their keys, with the letters of their sizes."""
MOST_NAMES = 8
WIDTH = 25
"""So many of the best are gone on with."""
LETTERS = "nmkdpqrstlhuvij"
COUNTS = "ijklmnNKT"
"""Letters that number things: where they stand in a formula they are numbers."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of some shapes: how many rows are read, how many misfit, what has none yet."""

    read: int
    misfits: int
    missing: tuple[NoShape, ...]


Try = Callable[[Shapes], Outcome | None]
"""Tells what comes of shapes; None where enough has been tried."""


def proposed(taken: Sequence[str], written: Container[str], attempt: Try) -> Shapes:
    """Shapes for the names that have none: one name after another, a few of the best kept on.

    Bold lower case is a vector, bold or a capital a matrix, and what bears indices has as many
    axes; of all that fits equally well, that guess, and sizes of their own, come first. `taken` are
    letters that sizes have; what else is `written` is a name, and no size.
    """
    letters = [x for x in LETTERS if x not in taken and x not in written]
    first = attempt({})
    if first is None:
        return {}
    beam: list[tuple[tuple[int, int, int, int], Shapes, Outcome]] = [((0, 0, 0, 0), {}, first)]
    best = beam[0]
    for _ in range(MOST_NAMES):
        grown = []
        for (_, _, before, _), shapes, outcome in beam:
            name = next((m for m in outcome.missing if m.key and m.key not in shapes), None)
            if name is None:
                continue
            names = {*shapes, *(each.key for each in outcome.missing)}
            free = [x for x in letters if x not in names]
            for unlikely, sizes in _candidates(name, shapes, taken, free):
                made = shapes | {name.key: sizes}
                found = attempt(made)
                if found is None:
                    break
                sizes_of = {size for each in made.values() for size in each}
                rank = (found.misfits, -found.read, before + unlikely, -len(sizes_of))
                grown.append((rank, made, found))
        if not grown:
            break
        grown.sort(key=lambda each: each[0])
        beam = grown[:WIDTH]
        best = min(best, *beam, key=lambda each: (-each[2].read, each[0]))
    return best[1] if best[2].read > first.read else {}


def _candidates(
    name: NoShape, shapes: Shapes, taken: Sequence[str], letters: Sequence[str]
) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Shapes that a name may have, the likeliest first, and how unlikely their axes are."""
    known = [*dict.fromkeys([*taken, *(size for sizes in shapes.values() for size in sizes)])]
    fresh = [x for x in letters if x not in known]
    for unlikely, rank in enumerate(_ranks(name)):
        if len(fresh) >= rank:
            yield unlikely, (*fresh[:rank],)
        for sizes in product([*known, *fresh[:1]], repeat=rank):
            if rank and sizes != (*fresh[:rank],):
                yield unlikely, sizes


def _ranks(name: NoShape) -> tuple[int, ...]:
    if name.rank:
        return (name.rank,)
    base = name.key[0]
    if "_" in name.key and not name.bold:  # λ_1: one of several numbers
        return (0, 1)
    if base in COUNTS and not name.bold:
        return (0, 1)
    if name.bold:
        return (2,) if base.isupper() else (1,)
    return (2, 0) if base.isupper() else (1, 0)
