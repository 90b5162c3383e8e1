"""What is written of dimension letters: the conditions on their sizes, and numbers beside them.

Must not know at which sizes anything is tried.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import count, product

from gradcli.graph.shape import Letters, Monomial, Shape, add_dims, multiply_dims, sized

MOST_LOOKED_AT = 20_000
"""Sizes that are looked at for some that conditions allow."""


@dataclass(frozen=True, slots=True)
class Dimensions:
    """What a derivation says of its `letters`; a size is 1 or more in any case.

    None of the `conditions` is negative at a size that is meant: `n >= 2` is n - 2. `beside` is the
    largest number that is added to a letter or compared with it, by letter, `index` the largest one
    that is written as an index or as the bound of a range, `written` are all numbers there are.
    """

    letters: frozenset[str] = frozenset()
    conditions: tuple[Letters, ...] = ()
    beside: Mapping[str, int] = field(default_factory=dict)
    index: int = 0
    written: frozenset[int] = frozenset()

    @property
    def possible(self) -> bool:
        """Whether some sizes meet the conditions."""
        names = sorted({x for c in self.conditions for names, _ in c.terms for x in names})
        return any(True for _ in self.small(names, {}))

    def allow(self, sizes: Mapping[str, int]) -> bool:
        """Whether no condition on letters that have a size is broken."""
        return self.broken(sizes) is None

    def broken(self, sizes: Mapping[str, int]) -> Letters | None:
        """A condition on letters that have a size which is broken, if there is one."""
        known = (
            condition
            for condition in self.conditions
            if all(x in sizes for names, _ in condition.terms for x in names)
        )
        return next((condition for condition in known if sized(condition, sizes) < 0), None)

    def fitting(self, declared: Shape, shape: Sequence[int]) -> Dimensions:
        """With what an array of this shape says of letters of which none is told by itself."""
        more = [
            condition
            for dim, size in zip(declared, shape, strict=False)
            if isinstance(dim, Letters)
            for condition in (add_dims(dim, -size), add_dims(size, multiply_dims(-1, dim)))
            if isinstance(condition, Letters)
        ]
        return replace(self, conditions=(*self.conditions, *more))

    def least(self, letter: str) -> int:
        """The smallest size that the conditions on this letter alone leave it."""
        ends = (_end(condition, letter) for condition in self.conditions)
        return max([1, *(-(-c // a) for a, c in filter(None, ends) if a > 0)])

    def most(self, letter: str) -> int | None:
        """The largest size that the conditions on this letter alone leave it, if there is one."""
        ends = (_end(condition, letter) for condition in self.conditions)
        return min((c // a for a, c in filter(None, ends) if a < 0), default=None)

    def small(self, letters: Sequence[str], bound: Mapping[str, int]) -> Iterator[dict[str, int]]:
        """Sizes of letters that the conditions allow, smallest first; `bound` ones are fixed.

        It ends where the conditions leave no more, or where enough was looked at.
        """
        free = [x for x in letters if x not in bound]
        least = [self.least(x) for x in free]
        most = [self.most(x) for x in free]
        looked = 0
        for more in count():
            tops = [
                a + more if b is None else min(a + more, b)
                for a, b in zip(least, most, strict=True)
            ]
            points = [*product(*(range(a, b + 1) for a, b in zip(least, tops, strict=True)))]
            shell = [p for p in points if max(map(int.__sub__, p, least), default=0) == more]
            for point in shell:
                known = dict(zip(free, point, strict=True))
                sizes = {x: known.get(x, bound.get(x, 0)) for x in letters}
                if self.allow(sizes):
                    yield sizes
            looked += len(points)
            if not shell or looked > MOST_LOOKED_AT:
                return


def _end(condition: Letters, letter: str) -> tuple[int, int] | None:
    """`a*letter >= c` as (a, c), if this is what the condition says."""
    terms: dict[Monomial, int] = dict(condition.terms)
    constant = terms.pop((), 0)
    return (terms[letter,], -constant) if [*terms] == [(letter,)] else None
