"""What a claim becomes where names mean something else: many such readings at once, in doubles.

Must not know any mistake, nor which names there are.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple, TypeVar

import numpy as np

from gradcli.arithmetic.evaluate import evaluate
from gradcli.arithmetic.float64 import FLOAT64
from gradcli.calculus.core import INPUT
from gradcli.diagnosis.evidence.refuted_claim import GLANCE, RefutedClaim
from gradcli.diagnosis.evidence.screen import Screen, screen
from gradcli.graph.node import Node
from gradcli.graph.order import topological
from gradcli.language.tree import syntax
from gradcli.language.tree.build import exchanged
from gradcli.language.tree.syntax import Expr

T = TypeVar("T")


class Renaming(NamedTuple):
    """Something else for each of some names that are written, and what it means for what."""

    new: Mapping[Any, Expr]
    meaning: Mapping[Node, Node]


def renamed(refuted: RefutedClaim, edits: Sequence[tuple[T, Renaming]]) -> Iterator[tuple[T, Expr]]:
    """The sides that may be right with what was told: all, if nothing is seen."""
    seen = screen(refuted) if edits else None
    right = None if seen is None else _right(seen, [edit.meaning for _, edit in edits])
    for k, (told, edit) in enumerate(edits):
        if right is None or right[k]:
            yield told, exchanged(refuted.expr, edit.new)


def _right(seen: Screen, meanings: Sequence[Mapping[Node, Node]]) -> list[bool]:
    """Which claims may be right in which names stand for others, wherever they are written."""
    found = []
    for _, some in seen.batches(meanings):
        found += _renamed(seen, some)
    return found


def _renamed(seen: Screen, meanings: Sequence[Mapping[Node, Node]]) -> list[bool]:
    seen.refuted.charge(GLANCE * len(meanings))
    root, parts = seen.refuted.claim, seen.refuted.parts
    taken = {parts.get(x) for x in seen.outer if isinstance(x, syntax.Derivative)}
    order = topological([root], lambda n: () if n.label and n is not root else n.args)
    closed = [n for n in order if n is not root and (n.label or n.op is INPUT or n in taken)]
    seen.evidence.see([*closed, *(new for each in meanings for new in each.values())])
    values = seen.evidence.values
    known = [all(new in values for new in each.values()) for each in meanings]
    meanings = [each if here else {} for each, here in zip(meanings, known, strict=True)]
    given = {
        n: np.concatenate([seen.evidence.of(each.get(n, n)) for each in meanings]) for n in closed
    }
    whole = evaluate([root], FLOAT64, given, seen.evidence.sizes)[0]
    shape = len(meanings) * seen.evidence.count, *whole.shape[1:]
    whole = np.broadcast_to(whole, shape).reshape(len(meanings), -1, *shape[1:])
    # What the values do not go by, as a letter for a size, is open.
    open_ = [not each.keys() <= given.keys() for each in meanings]
    right = seen.may_be(seen.refuted.expr, whole)
    return [bool(near) for near in (right | open_) & known]
