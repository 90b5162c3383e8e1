"""A claim at every size: a pair over letters, and attempts at a weighted reading or a grid of it.

Must not know in which ways a claim is made smaller before, nor what a proof is worth.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from itertools import compress, count, product
from math import prod
from operator import or_

from gradcli.arithmetic.evaluate import evaluate, operations
from gradcli.arithmetic.ranges import RANGES
from gradcli.calculus.core import EINSUM, INPUT, SIZE, WHERE, dimension, symbol
from gradcli.calculus.families import Requirement
from gradcli.calculus.rebuild import rebuilt, same
from gradcli.claims import Pair
from gradcli.graph.node import Node, make
from gradcli.graph.order import topological
from gradcli.graph.shape import Letters, fixed
from gradcli.graph.space import SYMMETRIC, Space
from gradcli.ops.algebra import DET, INV
from gradcli.proof.atoms import Needed, atoms
from gradcli.proof.axes import NotSizeFree, at_sizes, flows, letter_of, letters_in
from gradcli.proof.definite import definite
from gradcli.proof.fixed_size import MOST_PATTERNS, Different, FixedSizeProof
from gradcli.proof.generic import ranges
from gradcli.proof.grid import GRID, on_grid
from gradcli.proof.needs import left_out, needless, same_needs
from gradcli.proof.unfolded import sums_over_letters
from gradcli.proof.units import is_unit
from gradcli.proof.weighted import WeightedReading
from gradcli.trial.sample_space import SampleSpace

WEIGHTS = "weights"
MOST_UNITS = 3
PLENTY = 2
"""So many entries have the ranges that any number of them has."""

Change = Callable[[Node, list[Node]], Node]


@dataclass(slots=True, eq=False, repr=False)
class EverySize:
    """An identity at every size, wrong with a chance below 2 to the minus `bits`.

    `route` tells by which theorem, and `sizes` the least and largest size of each letter at which
    residues were compared for it.
    """

    bits: int
    route: str
    sizes: dict[str, tuple[int, int]]


@dataclass(slots=True, eq=False, repr=False)
class EverySizeCase:
    """A pair over letters, the sets of its inputs, and the least sizes of its letters."""

    pair: Pair
    spaces: Mapping[Node, Space]
    least: Mapping[str, int]
    seed: int

    def turned(
        self, change: Change, spaces: Mapping[Node, Space], also: Sequence[Node] = ()
    ) -> tuple[EverySizeCase, dict[Node, Node]]:
        """The case with every vertex changed, and what became of which."""
        done: dict[Node, Node] = {}
        rebuilt([*self.pair.order, *also], change, done)
        return EverySizeCase(self.pair.turned(done), spaces, self.least, self.seed), done

    def shown(self) -> EverySize | None:
        """Proved, with the ones of unit vectors in every way on one another or apart.

        Where a size is so small that these may be all entries it is taken as it is.
        """
        units: dict[str, list[Node]] = {}
        for node in self.pair.order:
            if node.op is INPUT and self.spaces[node].kind == "onehot" and letters_in(node.shape):
                if self.spaces[node].lead:
                    raise NotSizeFree
                units.setdefault(str(letter_of(node.shape[0])), []).append(node)
        if sum(map(len, units.values())) > MOST_UNITS:
            raise NotSizeFree
        parts = []
        for places in product(*(_places(len(same_letter)) for same_letter in units.values())):
            nodes = [node for some in units.values() for node in some]
            hot = dict(zip(nodes, [k for each in places for k in each], strict=True))
            parts.append(self._read(hot))
        for letter, nodes in units.items():
            for n in range(self.least[letter], len(nodes) + 1):
                parts.append(self._at({letter: n}).shown())
        done = [part for part in parts if part is not None]
        if len(done) < len(parts):
            return None
        return EverySize(min(part.bits for part in done), WEIGHTS, done[0].sizes)

    def on_grid(self) -> EverySize | None:
        """Proved as sums of products, if both sides require the same."""
        found = on_grid(self.pair, self.spaces, self.seed)
        if found is None:
            return None
        units = any(self.spaces[n].kind == "onehot" for n in self.pair.order if n.op is INPUT)
        try:
            sure = self.sizeless() if units else self._settled({})
        except NotSizeFree:
            sure = self.sizeless()
        if not same_needs(self.pair, {need.expr for need in sure}):
            return None
        return EverySize(found[0], GRID, found[1])

    def _at(self, sizes: Mapping[str, int]) -> EverySizeCase:
        """The same where some letters are numbers."""
        spaces: dict[Node, Space] = {}

        def change(node: Node, args: list[Node]) -> Node:
            if node.op is SIZE:
                return dimension(fixed((node.params[0],), sizes)[0])
            new = make(node.op, *args, params=at_sizes(node.params, sizes))
            if node.op is INPUT:
                space = self.spaces[node]
                spaces[new] = Space(space.kind, new.shape, space.scalars)
            return new

        return self.turned(change, spaces)[0]

    # -- one reading

    def _read(self, hot: Mapping[Node, int]) -> EverySize | None:
        """With sums as free inputs where that takes fewer entries, then as it is."""
        watched = self._watched(hot)
        return (
            self._without(self._under_two(watched), hot)
            or self._attempt(hot, watched)
            or self._without(self._first_sums(), hot)
        )

    def _without(self, chosen: Sequence[Node], hot: Mapping[Node, int]) -> EverySize | None:
        """Shown with these as inputs that may be anything, None where it is not."""
        if not chosen:
            return None
        try:
            case = self.freed(chosen)
            return case._attempt(hot, case._watched(hot))
        except (NotSizeFree, Different):
            return None

    def _attempt(self, hot: Mapping[Node, int], watched: _Watched) -> EverySize | None:
        pair = self.pair
        found = atoms(pair.sides, watched.facts, watched.visible, self.spaces)
        entries = dict.fromkeys(self.least, 1) | found
        if prod(entries.values()) > MOST_PATTERNS:
            return None
        read, images, spaces = self._reading(hot, entries)
        if not self._sure(watched.sure, images, spaces):
            raise NotSizeFree
        work = operations([*read.sides, *read.of])
        if work > MOST_PATTERNS:
            return None
        bits = FixedSizeProof(read, SampleSpace(spaces, [], seed=self.seed), {}, work).bits()
        sizes = {letter: (k, k) for letter, k in entries.items()}
        return None if bits is None else EverySize(bits, WEIGHTS, sizes)

    def _reading(
        self, hot: Mapping[Node, int], count: Mapping[str, int]
    ) -> tuple[Pair, dict[Node, Node], dict[Node, Space]]:
        rules = WeightedReading(count, self.least, hot, self.spaces)
        case, images = self.turned(rules, rules.drawn, self.pair.needs)
        return case.pair, images, rules.drawn

    def _sure(
        self,
        needs: Sequence[Requirement],
        images: Mapping[Node, Node],
        spaces: Mapping[Node, Space],
    ) -> bool:
        """Whether requirements hold for all points of the sets and all weights."""
        values = ranges(spaces, {}, {})
        nodes = [images[need.expr] for need in needs]
        found = evaluate(nodes, RANGES, values, {}, keep=True)
        return all(
            x.meets(need.relation)
            for need, value in zip(needs, found, strict=True)
            for x in value.flat
        )

    def definite(self) -> set[Node]:
        """The determinants that are required and those of positive definite matrices."""
        dets = [need for need in self.pair.needs if need.op is DET and not need.params[0]]
        return {need for need in dets if definite(need.args[0], self.spaces, self._is_positive)}

    def _is_positive(self, node: Node) -> bool:
        """Whether a number is, for all points of the sets and all sizes."""
        if any(map(_is_diagonal, topological([node]))):
            return False
        case = replace(self, pair=Pair(node, node, self.pair.relation, []))
        try:
            _, images, spaces = case._reading({}, dict.fromkeys(self.least, PLENTY))
        except NotSizeFree:
            return False
        return self._sure([Requirement(node, "> 0")], images, spaces)

    def instead(self, pair: Pair, instead: Mapping[Node, Node]) -> EverySizeCase:
        """Another pair, with inputs that may be anything in the place of some vertices."""
        done = dict(instead)
        rebuilt(pair.whole, same, done)
        spaces = dict(self.spaces)
        for node, new in instead.items():
            own = self.spaces.get(node.args[0])
            mirrored = node.op is INV and own is not None and own.kind in SYMMETRIC
            spaces[new] = Space("symmetric" if mirrored else "power", new.shape)
        return EverySizeCase(pair.freed(done, instead), spaces, self.least, self.seed)

    def sizeless(self) -> list[Requirement]:
        """Requirements without any letter that hold for all points of the sets."""
        found = []
        for need in (need for some in self.pair.requirements.values() for need in some):
            order = topological([need.expr])
            if not any(letters_in((node.shape, node.params)) for node in order):
                own = {node: self.spaces[node] for node in order if node.op is INPUT}
                if self._sure([need], {need.expr: need.expr}, own):
                    found.append(need)
        return found

    def _settled(self, hot: Mapping[Node, int]) -> list[Requirement]:
        """Requirements that hold for all points of the sets and all weights.

        Where it matters whether two indices are the same, few entries are not like many.
        """
        needs = [
            need
            for some in self.pair.requirements.values()
            for need in some
            if not any(map(_is_diagonal, topological([need.expr])))
        ]
        if not needs:
            return []
        few = {letter: PLENTY + len(hot) for letter in self.least}
        _, images, spaces = self._reading(hot, few)
        return [need for need in needs if self._sure([need], images, spaces)]

    def _watched(self, hot: Mapping[Node, int]) -> _Watched:
        """What must stay as it is for both sides to have a value where they had one."""
        pair = self.pair
        sure = self._settled(hot)
        settled = {need.expr for need in sure}
        unsure = [node for node in pair.needs if node not in settled]
        guards = [
            node.args[0]
            for node in pair.order
            if node.op is WHERE and not settled.issuperset(self._needed(node.args[1:]))
        ]
        visible = Counter(_axes(max(pair.sides, key=lambda side: len(side.shape))))
        for guard in dict.fromkeys(guards):
            visible += _axes(guard)
        visible += reduce(or_, (_axes(n) for n in self._needed(pair.sides) - settled), Counter())
        return _Watched([*unsure, *guards, *pair.kinks], visible, sure)

    def _needed(self, nodes: Sequence[Node]) -> set[Node]:
        required = self.pair.requirements
        return {need.expr for n in topological(nodes) for need in required.get(n, ())}

    def freed_of_positions(self) -> EverySizeCase:
        """With what knows a position along a lettered axis as inputs that may be anything."""
        return self.freed([node for node in self.pair.order if not _is_size_free(node)])

    def freed(self, chosen: Sequence[Node]) -> EverySizeCase:
        """The same with some vertices as inputs that may be anything.

        What holds whatever their values are holds for those that they have.
        """
        # No name is given twice: each that was given is an input by now.
        names = (f"free {k}" for k in count(len(self.spaces)))
        return self.put({n: symbol(name, n.shape) for name, n in zip(names, chosen, strict=False)})

    def put(self, instead: Mapping[Node, Node]) -> EverySizeCase:
        """The same with other vertices in the place of some.

        NotSizeFree where a side would be told without something that it requires.
        """
        if not instead:
            return self
        spaces = dict(self.spaces)
        spaces |= {new: Space("power", new.shape) for new in instead.values() if new.op is INPUT}

        def change(node: Node, args: list[Node]) -> Node:
            return instead[node] if node in instead else same(node, args)

        case, done = self.turned(change, spaces)
        if not needless(self.pair, *(left_out(self.pair, side, done) for side in self.pair.sides)):
            raise NotSizeFree
        return replace(case, pair=self.pair.freed(done, instead))

    def _first_sums(self) -> list[Node]:
        """The sums over letters that rest on no other sum, and on no unit vector."""
        summing: set[Node] = set()
        for node in self.pair.order:
            if any(arg in summing for arg in node.args) or sums_over_letters(node):
                summing.add(node)
        return [
            node
            for node in self.pair.order
            if node in summing and summing.isdisjoint(node.args)
            if max(_axes(node).values(), default=0) == 1
            if not any(is_unit(n, self.spaces) for n in topological([node]))
        ]

    def _under_two(self, watched: _Watched) -> list[Node]:
        """The sums under sums over two other letters."""
        units = [node for node in self.pair.order if is_unit(node, self.spaces)]
        try:
            needed = Needed(self.pair.sides, watched.facts)
        except NotSizeFree:
            needed = Needed(self.pair.sides, watched.facts, units)
        return [
            node
            for node, every in needed.all.items()
            if sums_over_letters(node) and not any(needed.known[node])
            if sum(map(bool, map(letters_in, compress(node.shape, every)))) > 1
            if max(_axes(node).values()) == 1
        ]


@dataclass(slots=True, eq=False, repr=False)
class _Watched:
    """The `facts` that must stay, the indices at which one could fail, what is `sure` anyway."""

    facts: list[Node]
    visible: Mapping[str, int]
    sure: list[Requirement]


def _axes(node: Node) -> Counter[str]:
    """How many axes of each letter a vertex has."""
    return Counter(str(letter_of(dim)) for dim in node.shape if isinstance(dim, Letters))


def _is_diagonal(node: Node) -> bool:
    """Whether it is an einsum whose result has a letter twice."""
    return node.op is EINSUM and len(set(node.params[1])) < len(node.params[1])


def _is_size_free(node: Node) -> bool:
    """Whether it sees lettered axes entry by entry, or leaves them as they are."""
    if node.op is INPUT or node.op is EINSUM:
        return True
    try:
        flows(node)
    except NotSizeFree:
        return False
    return True


def _places(count: int) -> Iterator[tuple[int, ...]]:
    """How so many ones may fall on one another: `00`, `01` for two."""
    if not count:
        yield ()
        return
    for before in _places(count - 1):
        for place in range(max(before, default=-1) + 2):
            yield (*before, place)
