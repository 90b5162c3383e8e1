"""Ranges along a whole axis, read once for every index, so that their letter needs no size.

Must not know what such a reading is for. What would not mean the same as turn by turn is not read.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from gradcli.calculus.core import (
    ADD,
    COPY,
    EQ,
    GE,
    GT,
    LE,
    LT,
    MUL,
    NE,
    SUB,
    WHERE,
    dimension,
    einsum,
    full,
    number,
    rational,
    symbol,
)
from gradcli.calculus.families import partial
from gradcli.graph.node import Node, Op, make
from gradcli.graph.order import topological
from gradcli.graph.shape import Dim, Letters, add_dims, multiply_dims
from gradcli.graph.space import Scalars, Space
from gradcli.language.elaboration.static import as_dim, static
from gradcli.ops.mapping import NotMapped, mapped
from gradcli.ops.piecewise import MAX, MIN
from gradcli.ops.reductions import MAX_OF, MIN_OF, PROD
from gradcli.ops.selection import onehot
from gradcli.ops.sequences import tril

OVER: Mapping[Op, Op] = {MUL: PROD, MAX: MAX_OF, MIN: MIN_OF}
"""What folds numbers into one, and what does so with an axis; sums are products of einsum."""
TURNED: Mapping[Op, Op] = {LT: GT, LE: GE, GT: LT, GE: LE, EQ: EQ, NE: NE}
Place = tuple[Node, int]
"""An index and what is added to it."""


@dataclass(slots=True, eq=False, repr=False)
class WholeRange:
    """A variable of a range: the `index` that it stands for, its value, and which turns count.

    `masks` are numbers, 1 where a turn counts and 0 elsewhere.
    """

    index: Node
    value: Node
    masks: list[Node] = field(default_factory=list)


class Lifting:
    """The indices of a derivation that is read so, each from 0 up, and what is made of them.

    `uncounted` vertices stand in turns that do not count as well, and may have no value there.
    `begins` says by which index each axis of an array begins that is a family.
    """

    def __init__(self, sets: dict[str, Space] | None) -> None:
        self.sets: dict[str, Space] = {} if sets is None else sets
        self.counts: dict[Node, Dim] = {}
        self.spaces: dict[Node, Space] = {}
        self.uncounted: set[Node] = set()
        self.begins: dict[Node, tuple[int, ...]] = {}

    def _fresh(self, count: Dim) -> Node:
        name = f"(index {len(self.counts)})"
        node = symbol(name, ())
        high = dimension(add_dims(count, -1))
        self.counts[node] = count
        self.spaces[node] = self.sets[name] = Space(
            "power", (), Scalars(number(0), high, False, False, True)
        )
        return node

    def place(self, node: Node) -> Place | None:
        """The index and the whole number that a vertex is the sum of."""
        if node in self.counts:
            return node, 0
        if node.op is COPY:
            return self.place(node.args[0])
        if node.op not in (ADD, SUB):
            return None
        one, other = node.args
        sign = 1 if node.op is ADD else -1
        known = as_dim(static(other))
        if isinstance(known, int) and (found := self.place(one)):
            return found[0], found[1] + sign * known
        known = as_dim(static(one))
        if isinstance(known, int) and sign > 0 and (found := self.place(other)):
            return found[0], found[1] + known
        return None

    def places(self, nodes: Sequence[Node]) -> list[Place] | None:
        """The same of several; None where one is no such sum."""
        found = [self.place(node) for node in nodes]
        return None if None in found else [each for each in found if each is not None]

    def plain(self, node: Node) -> Node:
        """An index plus nothing as the index itself."""
        found = self.place(node) if node.op in (ADD, SUB) and not node.shape else None
        return found[0] if found and not found[1] else node

    def range(self, low: Node, high: Node) -> WholeRange | None:
        """A range that goes along a whole axis, or along what another index leaves of it."""
        first, last = as_dim(static(low)), as_dim(static(high))
        start, stop = self.place(low), self.place(high)
        if first is not None and last is not None:
            count = add_dims(add_dims(last, 1), multiply_dims(-1, first))
            if not isinstance(first, int) or not _is_letter(count):
                return None
            index = self._fresh(count)
            return WholeRange(index, index + first if first else index)
        if start and last is not None and _is_letter(add_dims(last, 1)):
            count = add_dims(last, 1)
        elif stop and first == 0:
            count = self.counts[stop[0]]
        else:
            return None
        index = self._fresh(count)
        masks = []
        if start:
            masks.append(self.compared(GE, (index, 0), start))
        if stop:
            masks.append(self.compared(LE, (index, 0), stop))
        if None in masks:
            return None
        return WholeRange(index, index, [mask for mask in masks if mask is not None])

    def compared(self, op: Op, left: Place, right: Place) -> Node | None:
        """1 where one index compares so with another of the same axis, else 0."""
        (i, more), (j, less) = left, right
        count, ahead = self.counts[i], less - more
        if count != self.counts[j]:
            return None
        if op in (EQ, NE):
            if ahead:
                return None
            same = einsum((onehot(i, count), onehot(j, count)), ("a", "a"), "", {})
            return same if op is EQ else 1 - same
        if op in (LT, LE):
            return self.compared(TURNED[op], right, left)
        # i + more >= j + less, that is i >= j + ahead, or one further.
        ahead += op is GT
        if ahead not in (0, 1):
            return None
        below = tril(full(1, (count, count)))
        at = onehot(i, count), onehot(j, count)
        if not ahead:
            return einsum((below, *at), ("ab", "a", "b"), "", {})
        return 1 - einsum((below, *at), ("ba", "a", "b"), "", {})

    def mask(self, condition: Node) -> Node | None:
        """A condition on two indices as a number."""
        if condition.op not in TURNED:
            return None
        left, right = map(self.place, condition.args)
        return self.compared(condition.op, left, right) if left and right else None

    def numbers(self, node: Node) -> Node:
        """The same with conditions on two indices, where they stand for numbers, as such."""
        done: dict[Node, Node] = {}
        for each in topological([node]):
            args = [done[arg] for arg in each.args]
            told = each.op is WHERE and [*map(rational, each.args[1:])] == [1, 0]
            mask = self.mask(each.args[0]) if told else None
            if mask is not None:
                done[each] = mask
            elif all(a is b for a, b in zip(args, each.args, strict=True)):
                done[each] = each
            else:
                done[each] = make(each.op, *args, params=each.params, label=each.label)
        self._followed(node, done[node])
        return done[node]

    def _followed(self, node: Node, now: Node) -> None:
        """Keep track of what is idle in a vertex that became another one."""
        if now is not node and not self.uncounted.isdisjoint(topological([node])):
            self.uncounted |= {*partial(now)}

    def along(self, body: Node, indices: Sequence[Node]) -> Node | None:
        """The values of a body for all values of indices, an axis each; None if not to be said."""
        if not self.counts.keys() >= {*indices} or len({*indices}) < len(indices):
            return None
        spread = body = self.numbers(body)
        try:
            for index in reversed(indices):
                spread = mapped(spread, index, self.counts[index])
        except NotMapped:
            return None
        self._followed(body, spread)
        return spread

    def folded(self, op: Op, body: Node, ranges: Sequence[WholeRange]) -> Node | None:
        """What a fold over ranges is; None where that is not to be said of all turns at once."""
        masks = [mask for each in ranges for mask in each.masks]
        if masks:
            if op is not ADD:
                return None
            # A turn that does not count must have a value, for it is counted with nothing.
            self.uncounted |= {*partial(body)}
            for mask in masks:
                body = mask * body
        indices = [each.index for each in ranges]
        spread = self.along(body, indices)
        if spread is None:
            return None
        for _ in indices:
            letters = "abcdefghijklmnopqrstuvwxyz"[: len(spread.shape)]
            if op is ADD:
                spread = einsum((spread,), (letters,), letters[1:], {})
            elif op in OVER:
                last = einsum((spread,), (letters,), letters[1:] + letters[0], {})
                spread = make(OVER[op], last, params=(0,) if op is MUL else ())
            else:
                return None
        return None if rests_on([spread], indices) else spread


def _is_letter(count: Dim) -> bool:
    if not isinstance(count, Letters) or len(count.terms) != 1:
        return False
    ((names, factor),) = count.terms
    return factor == 1 and len(names) == 1


def rests_on(nodes: Sequence[Node], indices: Iterable[Node]) -> bool:
    """Whether any of these depends on one of the indices."""
    return not {*indices}.isdisjoint(topological(nodes))
