"""One vertex in the place of another: the graph that this makes, and whether that is right.

Must not know which vertices are tried, nor why.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache

import numpy as np

from gradcli.arithmetic.ball import BALL, finite, precision
from gradcli.arithmetic.base import Array
from gradcli.arithmetic.evaluate import evaluate
from gradcli.calculus.families import Pointwise
from gradcli.diagnosis.samples import Samples
from gradcli.graph.node import Node, ShapeError, make
from gradcli.graph.order import topological


def exchanged(root: Node, old: Node, new: Node) -> Node | None:
    """A graph with one vertex in the place of another; what is behind a name stays as it is.

    None where that cannot be: an op that goes by the axes of its arguments takes no other shapes.
    """
    made = {old: new}
    for node in _above(root, old):
        args = tuple(made.get(arg, arg) for arg in node.args)
        if args != node.args:
            same = [a.shape for a in args] == [a.shape for a in node.args]
            if not (same or isinstance(node.op, Pointwise)):
                return None
            try:
                made[node] = make(node.op, *args, params=node.params)
            except ShapeError:
                return None
    return made.get(root)


def right_in_place(samples: Samples, old: Node, news: Sequence[Node]) -> Iterator[int]:
    """Which of some vertices of one shape are right in the place of a vertex of the claim.

    No graph is made of any: what is above the vertex has its values for all of them in one batch.
    """
    refuted, root = samples.refuted, samples.refuted.claim
    above = _above(root, old)
    if root is not old and root not in above[-1:]:
        return
    tried = news[: int(max(refuted.left, 0))]
    found = _in_place(samples, above, old, tried) if tried else None
    for k, new in enumerate(news):
        if new is old is not root:
            continue
        refuted.charge()
        if found is not None and all(map(finite, found[k].flat)) and samples.right(found[k]):
            yield k


def _in_place(
    samples: Samples, above: Sequence[Node], old: Node, news: Sequence[Node]
) -> Array | None:
    """The values of the claim with each of them: (vertices, points, *shape)."""
    trial, places = samples.trial, samples.refuted.places
    changing = {old, *above}
    args = (arg for node in above for arg in node.args if arg not in changing)
    beside = [*dict.fromkeys(args)]
    try:
        values = [value[places] for value in trial.evaluate([*news, *beside])]
    except KeyError:
        return None
    known = {old: np.concatenate(values[: len(news)])}
    for node, value in zip(beside, values[len(news) :], strict=True):
        known[node] = np.concatenate([value] * len(news))
    with precision(trial.bits):
        found = evaluate([samples.refuted.claim], BALL, known, trial.sizes)[0]
    return found.reshape(len(news), len(places), *found.shape[1:])


@lru_cache(maxsize=256)
def _above(root: Node, old: Node) -> list[Node]:
    """The vertices that change with one, as far as nothing is behind a name, in their order."""
    found, changing = list[Node](), {old}
    for node in topological([root], lambda n: () if n is old or _closed(n, root) else n.args):
        if node is not old and not _closed(node, root) and not changing.isdisjoint(node.args):
            changing.add(node)
            found.append(node)
    return found


def _closed(node: Node, root: Node) -> bool:
    return node.label is not None and node is not root
