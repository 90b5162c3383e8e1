"""Sizes at which dimension letters are tried: small ones, then some beyond the numbers written.

Must not know points or what is claimed there.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import islice

from gradcli.graph.dimensions import Dimensions
from gradcli.trial.trials import Sizes

WAYS = (
    (2, 3, 4, 5),
    (1, 1, 1, 1),
    (3, 2, 5, 4),
    (6, 7, 6, 7),
    (4, 1, 2, 3),
    (1, 4, 3, 2),
    (5, 6, 1, 2),
)
"""What the letters may be: unequal, one, in either order, above five."""
UNEQUAL = WAYS[0], WAYS[2]
MOST_WRITTEN, MOST_SWEPT = 64, 48


def size_choices(
    letters: Sequence[str], bound: Sizes, dimensions: Dimensions
) -> list[dict[str, int]]:
    """Small sizes for dimension letters in the order in which they are tried.

    `bound` ones are fixed. None only where a condition is broken by what is bound.
    """
    ways = WAYS if any(x not in bound for x in letters) else WAYS[:1]
    found = _allowed((_by(way, letters, bound, {}) for way in ways), dimensions)
    if len(found) < len(WAYS) and dimensions.conditions:
        small = islice(dimensions.small(letters, bound), len(WAYS))
        found += [sizes for sizes in small if sizes not in found]
    return found[: len(WAYS)]


def further_choices(
    letters: Sequence[str], bound: Sizes, dimensions: Dimensions
) -> list[dict[str, int]]:
    """Larger sizes: beyond what letters are compared with, then beyond the largest index.

    First for each letter alone, for what has many entries along all axes is much work.
    """
    free = [x for x in letters if x not in bound]
    if not free:
        return []
    floor = {x: _floor(x, dimensions) for x in free}
    found = [_by(way, letters, bound, floor) for way in WAYS]
    for index in (dimensions.index, 2 * dimensions.index):
        high = {x: max(floor[x], index) for x in free}
        for x in free:
            found += [_by(way, letters, bound, floor | {x: high[x]}) for way in UNEQUAL]
        found += [_by(way, letters, bound, high) for way in WAYS]
    small = size_choices(letters, bound, dimensions)
    return [sizes for sizes in _allowed(found, dimensions) if sizes not in small]


def swept(letters: Sequence[str], bound: Sizes, dimensions: Dimensions) -> list[dict[str, int]]:
    """Each letter at every number that is written anywhere and just beyond it, the others small.

    A count of entries, a sum or a share may turn there, though it is compared with no letter.
    """
    large = sorted(w for w in dimensions.written if w <= MOST_WRITTEN)
    found = []
    for x in letters:
        beside = dimensions.beside.get(x, 0)
        for size in dict.fromkeys(w + k for w in (beside, *large) for k in range(3)):
            if x not in bound and size > max(WAYS[0]):
                found.append(_by(WAYS[0], letters, {**bound, x: size}, {}))
    return _allowed(found, dimensions)[:MOST_SWEPT]


def enough(
    sizes: Iterable[Sizes], letters: Sequence[str], bound: Sizes, dimensions: Dimensions
) -> bool:
    """Whether something that is so at these sizes may be said of the letters.

    It must be so at two sizes of each letter beyond the numbers that it is compared with, and where
    the letters are unequal, as far as the conditions leave such sizes.
    """
    free = [x for x in letters if x not in bound]
    beyond = _beyond(sizes, free, dimensions)
    if not free or not beyond:
        return not free
    unequal, varying = _variety(beyond, free)
    if dimensions.conditions and not (unequal and len(varying) == len(free)):
        possible = _variety(size_choices(letters, bound, dimensions), free)
        return unequal >= possible[0] and varying >= possible[1]
    return unequal and len(varying) == len(free)


def variety(
    sizes: Iterable[Sizes], letters: Sequence[str], bound: Sizes, dimensions: Dimensions
) -> tuple[bool, set[str]]:
    """Of sizes beyond the numbers that letters are compared with: whether all letters are unequal
    at some, and which of them have several."""
    free = [x for x in letters if x not in bound]
    return _variety(_beyond(sizes, free, dimensions), free)


def _beyond(sizes: Iterable[Sizes], letters: Sequence[str], dimensions: Dimensions) -> list[Sizes]:
    # What is rounded is tried without the letters that it does not need.
    return [s for s in sizes if all(s.get(x, 0) > _floor(x, dimensions) for x in letters)]


def _variety(sizes: Sequence[Sizes], letters: Sequence[str]) -> tuple[bool, set[str]]:
    """Whether all letters are unequal somewhere, and which of them have several sizes."""
    unequal = any(len({s[x] for x in letters}) == len(letters) for s in sizes)
    return unequal, {x for x in letters if len({s[x] for s in sizes}) > 1}


def _floor(letter: str, dimensions: Dimensions) -> int:
    """Beyond this size a letter is beyond what it is compared with, as far as it may be."""
    least, most = dimensions.least(letter), dimensions.most(letter)
    floor = max(dimensions.beside.get(letter, 0), least - 1)
    return floor if most is None else min(floor, max(most - 2, least - 1))


def _by(way: Sequence[int], letters: Sequence[str], bound: Sizes, floor: Sizes) -> dict[str, int]:
    """The sizes that a way gives to letters above their floors, unequal ones where it has such."""
    found: dict[str, int] = {}
    for k, x in enumerate(x for x in letters if x not in bound):
        size = floor.get(x, 0) + way[k % len(way)]
        while way[0] != way[1] and size in found.values():
            size += 1
        found[x] = size
    return {x: bound[x] if x in bound else found[x] for x in letters}


def _allowed(choices: Iterable[dict[str, int]], dimensions: Dimensions) -> list[dict[str, int]]:
    found: list[dict[str, int]] = []
    for sizes in choices:
        if sizes not in found and dimensions.allow(sizes):
            found.append(sizes)
    return found
