"""Sizes at which expressions in dimension letters alone have another sign: n = 9 for n - 9.

Must not know points, nor what is claimed there.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import islice, product

import numpy as np

from gradcli.arithmetic.evaluate import evaluate
from gradcli.arithmetic.float64 import FLOAT64
from gradcli.calculus.core import INPUT, SIZE
from gradcli.graph.dimensions import Dimensions
from gradcli.graph.node import Node
from gradcli.graph.order import topological
from gradcli.graph.shape import Letters, sized
from gradcli.trial.line_values import NONE

LOOKED_AT = {1: 1000, 2: 60, 3: 15}
"""How far each of so many letters is looked at."""
SIGNS = {0.0: 4, 1.0: 2, -1.0: 2, NONE: 1}
"""How many sizes of each sign are taken."""
MOST_MIXED = 16


def turning_sizes(
    expressions: Iterable[Node],
    letters: Mapping[str, int],
    free: Collection[str],
    dimensions: Dimensions,
) -> list[dict[str, int]]:
    """Small sizes of each sign that these expressions have, and of none.

    They are those of `free` letters; others stay as given.
    """
    found: list[dict[str, int]] = []
    for node in expressions:
        names = _letters_alone(node)
        if len(names) in LOOKED_AT and {*names} <= {*free}:
            found += [{**letters, **sizes} for sizes in _of_each_sign(node, names)]
    # Each letter where it turns, all at once.
    turns = [dict.fromkeys(sizes[x] for sizes in found) or [n] for x, n in letters.items()]
    mixed = islice(product(*turns), MOST_MIXED if len(letters) > 1 else 0)
    found += [dict(zip(letters, each, strict=True)) for each in mixed]
    return [sizes for sizes in found if dimensions.allow(sizes)]


def _letters_alone(node: Node) -> list[str]:
    """The letters that a scalar is made of; none where it rests on anything else."""
    order = topological([node])
    if any(n.op is INPUT or n.shape or (n.op is not SIZE and _lettered(n)) for n in order):
        return []
    dims = (dim for n in order if n.op is SIZE for dim in n.params)
    return sorted({x for dim in dims for names, _ in dim.terms for x in names})


def _lettered(node: Node) -> bool:
    return any(isinstance(item, Letters) for item in node.params)


def _of_each_sign(node: Node, names: Sequence[str]) -> Iterator[dict[str, int]]:
    """The smallest sizes, by their sum."""
    every = product(range(1, LOOKED_AT[len(names)] + 1), repeat=len(names))
    rows = [dict(zip(names, row, strict=True)) for row in sorted(every, key=sum)]
    known = {
        n: np.array([sized(n.params[0], row) for row in rows], dtype=float)
        for n in topological([node])
        if n.op is SIZE
    }
    (values,) = evaluate([node], FLOAT64, known)
    signs = np.nan_to_num(np.sign(np.broadcast_to(values, len(rows))), nan=NONE)
    for sign, most in SIGNS.items():
        yield from (rows[k] for k in np.flatnonzero(signs == sign)[:most])
