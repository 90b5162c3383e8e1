"""Structural zeros of products: only the factors along a condition's axes need to stand under it.

Must not know any particular function, nor where a condition comes from.
"""

from __future__ import annotations

from collections.abc import Iterable

from gradcli.calculus.core import EINSUM, Mask, number
from gradcli.calculus.families import total
from gradcli.graph.node import Node
from gradcli.simplify.products import Factor, Form, Product, axes


def unspread(condition: Node) -> tuple[Node, tuple[int, ...]]:
    """A condition before it was broadcast, and the axes that it has there."""
    if condition.op is EINSUM and condition.label is None and len(condition.args) == 1:
        (ins,), out, _ = condition.params
        if len(set(out)) == len(out) and set(ins) <= set(out) and len(set(ins)) == len(ins):
            return condition.args[0], tuple(out.index(x) for x in ins)
    return condition, tuple(range(len(condition.shape)))


def narrowed(node: Node, mask: Mask, live: Form) -> tuple[Form, Product, dict[int, int]] | None:
    """What stays under the condition, what comes out of it, and the axes of the former.

    None where nothing can come out: it must have a value whatever the condition says.
    """
    condition, along = unspread(mask[0])
    single = live.single
    if single is None or len(along) == len(node.shape) or live.shape != node.shape:
        return None
    if mask[0].shape != node.shape or condition.shape != tuple(node.shape[k] for k in along):
        return None
    inside = Product(single.number, {}, axes(condition.shape))
    outside = Product(dims=axes(node.shape))
    place = {axis: k for k, axis in enumerate(along)}
    for group in _connected(single):
        here = {x for _, names in group for x in names if x in axes(node.shape)}
        into, letters = (inside, place) if here <= set(along) else (outside, {})
        if into is outside and not all(total(atom) for atom, _ in group):
            return None
        for atom, names in group:
            for x in names:
                into.dims.setdefault(letters.get(x, x), single.dims[x])
            into.times(atom, tuple(letters.get(x, x) for x in names), single.factors[atom, names])
    return Form(condition.shape, [inside]), outside, dict(enumerate(along))


def args(mask: Mask, live: Node) -> list[Node]:
    """The arguments of the narrower `where`."""
    condition = unspread(mask[0])[0]
    zero = number(0)
    return [condition, live, zero] if mask[2] else [condition, zero, live]


def _connected(product: Product) -> Iterable[list[Factor]]:
    """The factors in groups that share a letter which is summed over."""
    inner = {*product.inner()}
    groups: list[tuple[set[int], list[Factor]]] = []
    for factor in product.factors:
        letters, members = inner.intersection(factor[1]), [factor]
        apart = []
        for other in groups:
            if other[0] & letters:
                letters |= other[0]
                members = other[1] + members
            else:
                apart.append(other)
        groups = [*apart, (letters, members)]
    return [members for _, members in groups]
