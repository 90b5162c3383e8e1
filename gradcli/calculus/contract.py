"""The one contraction that both modes are made of: an einsum product of graph nodes, simplified.

Must not know ops beyond the core, nor whether it is pushing a tangent or pulling a cotangent.
"""

from __future__ import annotations

from collections.abc import Sequence
from string import ascii_letters

from gradcli.calculus.core import (
    MUL,
    NEG,
    einsum,
    full,
    is_identity,
    is_zero,
    masked,
    mul,
    neg,
    number,
    rational,
    remask,
    spread_scalar,
)
from gradcli.calculus.families import aligned
from gradcli.graph.node import Node
from gradcli.graph.shape import Dim


def contract(
    factors: Sequence[tuple[Node, str]], out: str, dims: dict[str, Dim], negative: bool = False
) -> Node:
    """The einsum product of the factors, simplified: ones dropped, scalars and signs outside.

    A structural zero `where(c, u, 0)` among the factors stays outermost, so that what it masks
    never meets a NaN of a branch that was not taken.
    """
    shape = tuple(dims[x] for x in out)
    if any(is_zero(node) for node, _ in factors):
        return full(0, shape)
    scale: Node | None = None
    rest: list[tuple[Node, str]] = []
    for factor, names in _unspread(_renamed(factors, out), out):
        node, letters = factor, names
        if not set(letters) <= set(out):
            factors_of, node = _scalars(node)
            for factor_of in factors_of:
                scale = factor_of if scale is None else mul(scale, factor_of)
        if node.op is NEG and node.label is None:
            node, negative = node.args[0], not negative
        if letters:
            rest.append((node, letters))
        elif rational(node) != 1:
            scale = node if scale is None else mul(scale, node)
    if scale is not None and (mask := masked(scale)) and (rest or out):
        live = contract([(mask[1], ""), *rest], out, dims, negative)
        return remask(mask[0], live, mask[2])
    for k, (node, letters) in enumerate(rest):
        if mask := masked(node):
            condition, live, which = mask
            taken = {*out}.union(*(names for _, names in rest))
            fresh = [x for x in reversed(ascii_letters) if x not in taken]
            where_to = aligned(letters, node.shape, condition.shape, fresh)
            if not set(where_to).intersection(letters) <= set(out):
                continue
            inner = [*rest]
            inner[k] = (live, aligned(letters, node.shape, live.shape, fresh))
            if scale is not None:
                inner.append((scale, ""))
            spread = einsum_or_same(condition, where_to, out, dims)
            return remask(spread, contract(inner, out, dims, negative), which)
    result = _product(rest, out, dims)
    if result is None:
        result = (
            scale if scale is not None and not out else full(1 if scale is None else scale, shape)
        )
    elif scale is not None:
        result = mul(scale, result)
    return neg(result) if negative else result


def _scalars(node: Node) -> tuple[list[Node], Node]:
    """The scalars that multiply an array, and the array: outside a sum an exact 0 can be seen."""
    scalars: list[Node] = []
    while node.op is MUL and node.label is None:
        a, b = node.args
        if not a.shape and b.shape == node.shape:
            scalars.append(a)
            node = b
        elif not b.shape and a.shape == node.shape:
            scalars.append(b)
            node = a
        else:
            break
    return scalars, node


def _unspread(factors: Sequence[tuple[Node, str]], out: str) -> list[tuple[Node, str]]:
    """Broadcast scalars as plain ones, where another factor or the result has their letters."""
    plain = [*factors]
    for k, (node, letters) in enumerate(plain):
        scalar = spread_scalar(node)
        if scalar is not None:
            elsewhere = set(out).union(*(names for j, (_, names) in enumerate(plain) if j != k))
            if set(letters) <= elsewhere:
                plain[k] = (scalar, "")
    return plain


def _renamed(factors: Sequence[tuple[Node, str]], out: str) -> list[tuple[Node, str]]:
    """Without identity maps: a letter that they sum over becomes its partner everywhere else."""
    kept = [*factors]
    for factor in factors:
        if is_identity(factor[0]):
            k = next(k for k, (node, _) in enumerate(kept) if node is factor[0])
            rest = kept[:k] + kept[k + 1 :]
            elsewhere = set(out).union(*(names for _, names in rest))
            if (table := _partners(kept[k][1], out, elsewhere)) is not None:
                kept = [(node, names.translate(table)) for node, names in rest]
    return kept


def _partners(names: str, out: str, elsewhere: set[str]) -> dict[int, str] | None:
    """The letters of an identity map that go, with those that stay; None where it must stay.

    Letters that it joins are one: two of them in the result are its diagonal, and of none elsewhere
    the sum counts the entries.
    """
    half = len(names) // 2
    joined: dict[str, set[str]] = {}
    for one, other in zip(names[:half], names[half:], strict=True):
        both = joined.get(one, {one}) | joined.get(other, {other})
        joined |= dict.fromkeys(both, both)
    table = {}
    for letter, same in joined.items():
        kept = same.intersection(out) or set(sorted(same & elsewhere)[:1])
        if len(kept) != 1:
            return None
        table[ord(letter)] = min(kept)
    return table


def _product(rest: list[tuple[Node, str]], out: str, dims: dict[str, Dim]) -> Node | None:
    """The product without scalars; None for none at all where the result has no repeated letter."""
    unique = len(set(out)) == len(out)
    if not rest:
        return None if unique else einsum((number(1),), ("",), out, dims)
    suffixes = unique and all(out.endswith(letters) for _, letters in rest)
    if suffixes and any(letters == out for _, letters in rest):
        result = rest[0][0]
        for node, _ in rest[1:]:
            result = mul(result, node)
        return result
    return einsum([node for node, _ in rest], [letters for _, letters in rest], out, dims)


def einsum_or_same(node: Node, letters: str, out: str, dims: dict[str, Dim]) -> Node:
    """A condition broadcast to the result's axes; itself where it broadcasts there anyway."""
    if out.endswith(letters) and len(set(out)) == len(out):
        return node
    stretched = {x: d for x, d in zip(letters, node.shape, strict=True) if x not in out}
    return einsum((node,), (letters,), out, dims | stretched)
