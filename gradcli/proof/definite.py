"""Whether a matrix is positive definite for all that it is made of, as `X.T @ X + c*eye(n)` is.

Must not know what follows. It is one where each of its terms is `B @ Q @ B.T`, and one of them is
definite by itself.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from gradcli.graph.node import Node
from gradcli.graph.space import Space
from gradcli.proof.inverses import IndexedProduct, Letters, Products, TooLong


def definite(matrix: Node, spaces: Mapping[Node, Space], positive: Callable[[Node], bool]) -> bool:
    """Whether it is; `positive` says of which numbers that is known."""
    products = Products()
    ends = tuple(products.fresh(dim) for dim in matrix.shape)
    try:
        terms = products.terms(matrix, ends)
    except TooLong:
        return False
    told = [_told(term, ends, spaces, positive) for term in terms]
    return None not in told and True in told


def _told(
    term: IndexedProduct,
    ends: Letters,
    spaces: Mapping[Node, Space],
    positive: Callable[[Node], bool],
) -> bool | None:
    """Whether a term is definite, or at least not negative; None where that is not known."""
    if term.number <= 0:
        return None
    if not all(node and positive(node) for node, names in term.factors if not names):
        return None
    left = [(node, names) for node, names in term.factors if names]
    row, column = ends
    middle = True
    while left:
        if len(left) == 1:
            ((node, names),) = left
            if sorted(names) != sorted((row, column)):
                return None
            known = node is None or (node in spaces and spaces[node].kind == "spd")
            return middle if known and len(spaces[node].shape if node else "ab") == 2 else None
        first = next((f for f in left if row in f[1]), None)
        last = next((f for f in reversed(left) if column in f[1] and f is not first), None)
        if first is None or last is None or first[0] is None or first[0] is not last[0]:
            return None
        here, there = ((n.index(x), n) for (_, n), x in ((first, row), (last, column)))
        if here[0] != there[0] or any(len(n) > 2 for _, n in (here, there)):
            return None
        left = [f for f in left if f is not first and f is not last]
        inner = [[x for k, x in enumerate(n) if k != at] for at, n in (here, there)]
        if any(sum(n.count(x) for _, n in left) for x in ends) or not inner[0]:
            return None if left else False
        row, column = inner[0][0], inner[1][0]
        if row == column:
            return None if left else False
        if {row, column} & {*ends}:
            return None
        ends, middle = (row, column), False
    return None
