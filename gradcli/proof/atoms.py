"""How many entries along each letter stand for any number of them: Carathéodory's theorem (1911).

Must not know residues, nor how the entries get their weights. See docs/verdicts.md for the theorem
and its proof; K is the number of entries, V of those that are looked at one by one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import permutations
from math import prod

from gradcli.calculus.core import EINSUM, INPUT
from gradcli.graph.node import Node
from gradcli.graph.order import topological
from gradcli.graph.shape import Letters
from gradcli.graph.space import Space
from gradcli.proof.axes import NotSizeFree, flows, knowing, letter_of, letters_in
from gradcli.proof.units import is_unit

MOST_LETTERS = 6


@dataclass(slots=True, eq=False, repr=False)
class Sum:
    """A sum over the letters `over`: one for every index of its other axes.

    `inner` are the letters of those whose every entry matters, `seen` of those of which only the
    entries that are looked at do; `times` counts along axes of numbers.
    """

    over: list[str]
    inner: list[str]
    seen: list[str]
    times: int


class Needed:
    """What sides need of every vertex: for each axis whether every entry along it matters.

    Of the sides an entry is looked at, of the `facts` all entries along lettered axes must stay
    what they are. A sum with one of the `units` is the entry that it picks, which is looked at.
    """

    def __init__(
        self, sides: Sequence[Node], facts: Sequence[Node], units: Collection[Node] = ()
    ) -> None:
        self.units = units
        self.order = topological([*sides, *facts])
        self.all: dict[Node, list[bool]] = {side: [False] * len(side.shape) for side in sides}
        for fact in facts:
            self.all[fact] = [True] * len(fact.shape)
        for node in reversed(self.order):
            self._told(node, self.all[node])
        self.known: dict[Node, list[bool]] = {}
        for node in self.order:
            told = self.known[node] = knowing(node, self.known)
            if any(a and b for a, b in zip(told, self.all[node], strict=True)):
                raise NotSizeFree

    def _picked(self, node: Node) -> set[str]:
        """The letters along which a unit vector picks one entry, which is looked at."""
        return {
            names for arg, names in zip(node.args, node.params[0], strict=True) if arg in self.units
        }

    def _told(self, node: Node, mine: list[bool]) -> None:
        """Tell the arguments."""
        if node.op is INPUT:
            letters = [letter_of(dim) for dim in node.shape if isinstance(dim, Letters)]
            if len(set(letters)) < len(letters):
                raise NotSizeFree
        elif node.op is EINSUM:
            ins, out, _ = node.params
            picked = self._picked(node)
            for arg, names in zip(node.args, ins, strict=True):
                every = [x not in picked if x not in out else _any(mine, out, x) for x in names]
                self._add(arg, every)
        else:
            for arg, flow in zip(node.args, flows(node), strict=True):
                self._add(arg, [goes is not None and mine[goes] for goes in flow])

    def _add(self, arg: Node, every: list[bool]) -> None:
        had = self.all.setdefault(arg, every)
        self.all[arg] = [a or b for a, b in zip(had, every, strict=True)]

    def sums(self) -> Iterator[Sum]:
        """Every sum over letters; Outside where one letter is summed twice within one another."""
        for node in self.order:
            if node.op is EINSUM:
                yield from self._sums(node)

    def _sums(self, node: Node) -> Iterator[Sum]:
        ins, out, _ = node.params
        dims = node.op.dims(node.args, node.params)  # type: ignore[attr-defined]
        left = {x for names in ins for x in names if x not in out and isinstance(dims[x], Letters)}
        left -= self._picked(node)
        while left:
            joined, names = _component(min(left), ins, left)
            left -= joined
            over = [str(letter_of(dims[x])) for x in sorted(joined)]
            if len(set(over)) < len(over):
                raise NotSizeFree
            free = [x for x in sorted(names) if x in out]
            lettered = [x for x in free if isinstance(dims[x], Letters)]
            every = {x for x in lettered if _any(self.all[node], out, x)}
            yield Sum(
                over,
                [str(letter_of(dims[x])) for x in lettered if x in every],
                [str(letter_of(dims[x])) for x in lettered if x not in every],
                prod(dims[x] for x in free if x not in lettered),
            )


def _any(marks: Sequence[bool], out: str, letter: str) -> bool:
    return any(mark for mark, x in zip(marks, out, strict=True) if x == letter)


def _component(first: str, ins: Sequence[str], left: set[str]) -> tuple[set[str], set[str]]:
    """The summed letters that hang together with one, and all letters of their factors."""
    joined: set[str] = set()
    names, grown = {first}, {first}
    while grown != joined:
        joined = grown
        names = set().union(*(these for these in map(set, ins) if these & joined))
        grown = joined | (names & left)
    return joined, names


def atoms(
    sides: Sequence[Node],
    facts: Sequence[Node],
    visible: Mapping[str, int],
    spaces: Mapping[Node, Space],
) -> dict[str, int]:
    """K for every letter, by the order of the letters that needs the fewest entries in all.

    `visible` gives for each letter at how many indices something is looked at besides those that a
    unit vector picks. Outside where there
    is no order: every sum must come after those over what it is summed for.
    """
    best: dict[str, int] | None = None
    order = topological([*sides, *facts])
    units = [node for node in order if is_unit(node, spaces) and letters_in(node.shape)]
    for picking in ([], units) if units else ([],):
        try:
            found = _fewest(Needed(sides, facts, picking), visible, spaces)
        except NotSizeFree:
            continue
        if best is None or prod(found.values()) < prod(best.values()):
            best = found
    if best is None:
        raise NotSizeFree
    return best


def _fewest(
    needed: Needed, visible: Mapping[str, int], spaces: Mapping[Node, Space]
) -> dict[str, int]:
    looked_at = Counter(visible)
    looked_at.update(str(letter_of(node.shape[0])) for node in needed.units)
    sums = [*needed.sums()]
    letters = sorted(set().union(*(letters_in((n.shape, n.params)) for n in needed.order)))
    if len(letters) > MOST_LETTERS:
        raise NotSizeFree
    for node in needed.order:
        space = spaces.get(node)
        if space and letters_in(space.shape[len(space.lead) :]):
            if space.kind not in ("onehot", "simplex"):
                raise NotSizeFree
            if node in needed.units:
                continue  # It is looked at where it picks.
            # That its entries sum to one is a sum of its own for each of its members.
            lettered = [dim for dim in space.lead if isinstance(dim, Letters)]
            times = prod(dim for dim in space.lead if not isinstance(dim, Letters))
            inner = [str(letter_of(dim)) for dim in lettered]
            sums.append(Sum([str(letter_of(space.shape[-1]))], inner, [], times))
    counts = (_counted(order, sums, looked_at) for order in permutations(letters))
    found = [count for count in counts if count is not None]
    best = min(found, key=lambda count: prod(count.values()), default=None)
    if best is None:
        raise NotSizeFree
    return best


def _counted(
    order: Sequence[str], sums: Sequence[Sum], visible: Mapping[str, int]
) -> dict[str, int] | None:
    """K letter by letter: None where a sum waits for one that waits for it."""
    found: dict[str, int] = {}
    for letter in order:
        here = [each for each in sums if letter in each.over]
        if any(inner not in found for each in here for inner in each.inner):
            return None
        found[letter] = (
            visible.get(letter, 0)
            + 1
            + sum(
                each.times
                * prod(found[x] for x in each.inner)
                * prod(found.get(x, 1) for x in each.over if x != letter)
                * prod(visible.get(x, 0) for x in each.seen)
                for each in here
            )
        )
    return found
