"""Graphs in which sums over lettered axes are plain sums: softmax as exponentials, no identities.

Must not know weights. Each vertex keeps its value at every size, and what it requires.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from string import ascii_letters

from gradcli.calculus.core import ADD, COPY, DIV, EINSUM, MUL, NEG, SUB, einsum, full, number
from gradcli.calculus.families import Einsum, aligned
from gradcli.calculus.rebuild import same
from gradcli.graph.node import Node, Op, make
from gradcli.graph.order import topological
from gradcli.graph.shape import Dim, Letters
from gradcli.ops.elementary import exp, log
from gradcli.ops.reductions import LOG_SOFTMAX, LOGSUMEXP, SOFTMAX
from gradcli.ops.shaping import RESHAPE
from gradcli.proof.axes import NotSizeFree, flows, knowing

MOST_PIECES = 64
OPENED = (ADD, SUB, NEG, COPY, MUL, DIV, EINSUM)
"""What a product or a sum can be carried into."""


class Unfolding:
    """One pass over a graph; `known` tells which axes of the new vertices stand in an identity.

    With `flat` a sum of sums becomes one sum, and a sum of differences a difference of sums.
    """

    def __init__(self, flat: bool = False) -> None:
        self.flat = flat
        self.known: dict[Node, list[bool]] = {}
        self.summing: dict[Node, bool] = {}

    def __call__(self, node: Node, args: list[Node]) -> Node:
        made = UNFOLDED.get(node.op)
        if made is not None and isinstance(node.args[0].shape[_axis(node)], Letters):
            return made(args[0], _axis(node))
        if node.op is not EINSUM:
            return same(node, args)
        for arg in args:
            self._look(arg)
        if not any(self.summing[arg] if self.flat else any(self.known[arg]) for arg in args):
            return same(node, args)
        ins, out, _ = node.params
        dims = node.op.dims(node.args, node.params)
        return _UnfoldedProduct(self, list(zip(args, ins, strict=True)), out, dims).contracted()

    def _look(self, node: Node) -> None:
        for each in topological([node], lambda n: () if n in self.known else n.args):
            if each not in self.known:
                self.summing[each] = sums_over_letters(each) or (
                    each.op in OPENED and any(self.summing[arg] for arg in each.args)
                )
                try:
                    self.known[each] = knowing(each, self.known)
                except NotSizeFree:
                    # What it does to an identity is not known; whoever needs it will say so.
                    self.known[each] = [False] * len(each.shape)

    def opened(self, node: Node, letters: str) -> set[str]:
        """The letters of axes that are not to be summed over while this is in one piece."""
        self._look(node)
        if self.flat and self.summing[node]:
            return set(letters)
        return {x for x, told in zip(letters, self.known[node], strict=True) if told}


def sums_over_letters(node: Node) -> bool:
    """Whether a vertex sums over an axis whose size is a letter."""
    if not isinstance(node.op, Einsum):
        return False
    ins, out, _ = node.params
    dims = node.op.dims(node.args, node.params)
    return any(x not in out and isinstance(dims[x], Letters) for x in "".join(ins))


class _UnfoldedProduct:
    """An einsum on its way to one that sums over no identity."""

    def __init__(
        self,
        unfolding: Unfolding,
        factors: list[tuple[Node, str]],
        out: str,
        dims: Mapping[str, Dim],
        pieces: Sequence[int] = (0,),
    ) -> None:
        self.unfolding, self.factors, self.out = unfolding, factors, out
        self.dims = dict(dims)
        self.pieces = [*pieces]

    def contracted(self) -> Node:
        """A sum over an identity is the one entry that it picks; over a sum it is a sum of such."""
        while (found := self._next()) is not None:
            self.pieces[0] += 1
            if self.pieces[0] > MOST_PIECES:
                break
            node, letters = self.factors.pop(found)
            args = node.args
            if node.op is EINSUM:
                self._taken_in(node, letters)
            elif node.op is MUL:
                self.factors += [(arg, self._spread(node, arg, letters)) for arg in args]
            elif node.op is DIV:
                below = args[1]
                self.factors += [
                    (args[0], self._spread(node, args[0], letters)),
                    (make(DIV, number(1), below), self._spread(node, below, letters)),
                ]
            elif node.op is RESHAPE and _only_ones(node):
                (flow,) = flows(node)
                names = (self._fresh(1) if goes is None else letters[goes] for goes in flow)
                self.factors.append((args[0], "".join(names)))
            elif node.op in (ADD, SUB, NEG, COPY):
                return make(node.op, *(self._with(node, arg, letters) for arg in args))
            else:
                self.factors.insert(found, (node, letters))
                break
        return self._made()

    def _next(self) -> int | None:
        """A factor that has to be opened before it is summed."""
        for k, (node, letters) in enumerate(self.factors):
            told = self.unfolding.opened(node, letters)
            waits = any(x not in self.out and isinstance(self.dims[x], Letters) for x in told)
            if waits and (any(self.unfolding.known[node]) or not self._doubled(node)):
                return k
        return None

    def _doubled(self, node: Node) -> bool:
        """Whether a sum within is over a letter that is summed over already."""
        if not isinstance(node.op, Einsum):
            return False
        ins, out, _ = node.params
        inner = node.op.dims(node.args, node.params)
        return any(
            inner[x] == dim
            for x in set("".join(ins)).difference(out)
            for letter, dim in self.dims.items()
            if letter not in self.out and isinstance(dim, Letters)
        )

    def _with(self, whole: Node, arg: Node, letters: str) -> Node:
        """The product with one term of a sum in its place."""
        copy = _UnfoldedProduct(self.unfolding, [*self.factors], self.out, self.dims, self.pieces)
        copy.factors.append((arg, copy._spread(whole, arg, letters)))
        made = copy.contracted()
        self.pieces[0] = copy.pieces[0]
        return made

    def _spread(self, whole: Node, arg: Node, letters: str) -> str:
        """Letters of what is broadcast; an axis of 1 that is stretched gets one of its own."""
        names = ""
        for x, told in zip(aligned(letters, whole.shape, arg.shape), arg.shape, strict=True):
            names += x if x in letters else self._fresh(told)
        return names

    def _fresh(self, dim: Dim) -> str:
        free = next((x for x in ascii_letters if x not in self.dims), None)
        if free is None:
            raise NotSizeFree
        self.dims[free] = dim
        return free

    def _taken_in(self, node: Node, letters: str) -> None:
        """An einsum within: its letters are those of its axes; two of an identity become one."""
        ins, out, _ = node.params
        assert isinstance(node.op, Einsum)
        inner = node.op.dims(node.args, node.params)
        names: dict[str, str] = {}
        for k, x in enumerate(out):
            one, other = names.setdefault(x, letters[k]), letters[k]
            if one == other:
                continue
            if other in self.out:
                one, other = other, one
            letters, self.out = letters.replace(other, one), self.out.replace(other, one)
            names = {key: name.replace(other, one) for key, name in names.items()}
            self.factors = [(arg, these.replace(other, one)) for arg, these in self.factors]
            del self.dims[other]
        for x in dict.fromkeys("".join(ins)):
            if x not in names:
                names[x] = self._fresh(inner[x])
        for arg, these in zip(node.args, ins, strict=True):
            self.factors.append((arg, "".join(names[x] for x in these)))

    def _made(self) -> Node:
        there = {x for _, names in self.factors for x in names} | set(self.out)
        # What nothing holds any more is summed over all the same.
        lost = [(full(1, (dim,)), x) for x, dim in self.dims.items() if x not in there]
        factors = [*self.factors, *lost] or [(number(1), "")]
        args, ins = [node for node, _ in factors], [names for _, names in factors]
        return einsum(args, ins, self.out, self.dims)


def _only_ones(node: Node) -> bool:
    """Whether a reshaped array has the axes that it had, but for some of 1."""
    before, after = ([d for d in shape if d != 1] for shape in (node.args[0].shape, node.shape))
    return before == after and all(isinstance(dim, Letters) for dim in after)


def _axis(node: Node) -> int:
    """Along which axis it is summed."""
    axis: int = node.params[0] if node.params else len(node.args[0].shape) - 1
    return axis


def _total(x: Node, axis: int) -> Node:
    """The sum of the exponentials along an axis."""
    letters = ascii_letters[: len(x.shape)]
    return einsum((exp(x),), (letters,), letters[:axis] + letters[axis + 1 :], {})


def _beside(total: Node, x: Node, axis: int) -> Node:
    """The same for every entry along the axis."""
    letters = ascii_letters[: len(x.shape)]
    rest = letters[:axis] + letters[axis + 1 :]
    return einsum((total,), (rest,), letters, {letters[axis]: x.shape[axis]})


UNFOLDED: Mapping[Op, Callable[[Node, int], Node]] = {
    SOFTMAX: lambda x, axis: make(DIV, exp(x), _beside(_total(x, axis), x, axis)),
    LOG_SOFTMAX: lambda x, axis: make(SUB, x, _beside(log(_total(x, axis)), x, axis)),
    LOGSUMEXP: lambda x, axis: log(_total(x, axis)),
}
"""What is made of exponentials and their sum along an axis."""
