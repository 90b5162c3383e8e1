"""Arrays whose axes of `m*n` are two: what rows and columns were joined to, or are made of.

Must not know what is shown of them. Row by row the entries are the same, under other indices, so
what holds of the arrays with more axes holds of those with fewer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from string import ascii_letters

from gradcli.calculus.core import EINSUM, INPUT, einsum, symbol
from gradcli.calculus.families import Einsum, Pointwise
from gradcli.calculus.rebuild import rebuilt, same
from gradcli.claims import Pair
from gradcli.graph.node import Node, Op
from gradcli.graph.shape import Dim, Letters, Shape, size
from gradcli.graph.space import Space
from gradcli.ops.shaping import RESHAPE, reshape
from gradcli.proof.axes import NotSizeFree, letters_in


def in_factors(
    pair: Pair, spaces: Mapping[Node, Space]
) -> tuple[Pair, Mapping[Node, Space]] | None:
    """The pair over arrays with more axes, and the sets of these; None where nothing is parted.

    NotSizeFree where an axis is parted in two ways, or something else is done along one.
    """
    parted = _parted(pair.order)
    if not parted:
        return None
    factors = _Factors(parted, spaces)
    done: dict[Node, Node] = {}
    rebuilt(pair.whole, factors, done)
    return pair.turned(done), factors.spaces


def _parted(order: Sequence[Node]) -> dict[Dim, Shape]:
    """For every dimension that is parted what it is the product of."""
    found: dict[Dim, Shape] = {}
    for node in order:
        if node.op is RESHAPE and letters_in((node.shape, node.args[0].shape)):
            for one, other in _groups(node.args[0].shape, node.shape):
                whole, parts = sorted((one, other), key=len)
                if len(parts) == 1:
                    continue
                if len(whole) > 1 or found.setdefault(whole[0], parts) != parts:
                    raise NotSizeFree
    if any(part in found for parts in found.values() for part in parts):
        raise NotSizeFree
    return found


def _groups(before: Shape, after: Shape) -> Iterator[tuple[Shape, Shape]]:
    """The axes of two shapes of as many entries, in the smallest groups of as many entries."""
    left, right = ([dim for dim in shape if dim != 1] for shape in (before, after))
    while left or right:
        one, other = left[:1], right[:1]
        while size(one) != size(other):
            few, rest = (one, left) if _degree(one) <= _degree(other) else (other, right)
            if len(few) == len(rest):
                raise NotSizeFree
            few.append(rest[len(few)])
        del left[: len(one)], right[: len(other)]
        yield tuple(one), tuple(other)


def _degree(dims: Sequence[Dim]) -> tuple[int, int]:
    """How many letters are multiplied, then by what number."""
    whole = size(dims)
    if not isinstance(whole, Letters):
        return 0, int(whole)
    if len(whole.terms) > 1:
        raise NotSizeFree
    ((names, factor),) = whole.terms
    return len(names), factor


class _Factors:
    """What becomes of vertices; `spaces` gets the sets of inputs with more axes."""

    def __init__(self, parted: Mapping[Dim, Shape], spaces: Mapping[Node, Space]) -> None:
        self.parted = parted
        self.spaces: dict[Node, Space] = dict(spaces)

    def __call__(self, node: Node, args: list[Node]) -> Node:
        dims = [dim for each in (node, *node.args) for dim in each.shape]
        if isinstance(node.op, Einsum):
            dims += node.op.dims(node.args, node.params).values()
        if not any(dim in self.parted for dim in dims):
            return same(node, args)
        made = _Factors._entrywise if isinstance(node.op, Pointwise) else MADE.get(node.op)
        if made is None:
            raise NotSizeFree
        return made(self, node, args)

    def _shape(self, shape: Shape) -> Shape:
        return tuple(part for dim in shape for part in self.parted.get(dim, (dim,)))

    def _input(self, node: Node, args: list[Node]) -> Node:
        space = self.spaces[node]
        if space.kind != "power":
            raise NotSizeFree
        new = symbol(node.params[0], self._shape(node.shape))
        self.spaces[new] = Space(space.kind, new.shape, space.scalars)
        return new

    def _entrywise(self, node: Node, args: list[Node]) -> Node:
        """An axis of 1 that is stretched to one that is parted is as many axes of 1."""
        spread = []
        for arg, now in zip(node.args, args, strict=True):
            behind = node.shape[len(node.shape) - len(arg.shape) :]
            shape: Shape = ()
            for own, dim in zip(arg.shape, behind, strict=True):
                parts = self.parted.get(dim, (dim,))
                shape += self.parted.get(own, (own,)) if own == dim else (own,) * len(parts)
            spread.append(now if shape == now.shape else reshape(now, shape))
        return same(node, spread)

    def _product(self, node: Node, args: list[Node]) -> Node:
        assert isinstance(node.op, Einsum)
        ins, out, _ = node.params
        names = iter(ascii_letters)
        now: dict[str, str] = {}
        dims: dict[str, Dim] = {}
        for x, dim in node.op.dims(node.args, node.params).items():
            parts = self.parted.get(dim, (dim,))
            own = [next(names, "") for _ in parts]
            if "" in own:
                raise NotSizeFree
            now[x] = "".join(own)
            dims |= zip(own, parts, strict=True)
        told = ["".join(now[x] for x in letters) for letters in (*ins, out)]
        return einsum(args, told[:-1], told[-1], dims)

    def _reshaped(self, node: Node, args: list[Node]) -> Node:
        (arg,), shape = args, self._shape(node.shape)
        if [dim for dim in arg.shape if dim != 1] != [dim for dim in shape if dim != 1]:
            raise NotSizeFree
        return arg if arg.shape == shape else reshape(arg, shape)


MADE: Mapping[Op, Callable[[_Factors, Node, list[Node]], Node]] = {
    INPUT: _Factors._input,
    EINSUM: _Factors._product,
    RESHAPE: _Factors._reshaped,
}
"""What may be done along an axis that is parted, entry by entry apart."""
