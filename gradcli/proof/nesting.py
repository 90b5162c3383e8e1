"""The fields that a pair needs, before anything is run: how deep exponentials stand in it.

Must not know what an op means: what one needs is found once, by trying it at a draw.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from gradcli.arithmetic.tape import DIRECT, computing
from gradcli.calculus.core import CONSTANT
from gradcli.calculus.families import Pointwise
from gradcli.claims import Pair
from gradcli.graph.node import Node, Op
from gradcli.graph.order import topological
from gradcli.graph.shape import Letters
from gradcli.proof.exponentials import constant
from gradcli.proof.fields import COMPLEX, REAL, FieldChain
from gradcli.proof.modular import MODULAR
from gradcli.proof.residue import Inside, Unlucky
from gradcli.proof.residue_run import Run, Shallow, Turning, Undecidable, running


def fields_needed(pair: Pair) -> tuple[FieldChain, int]:
    """A chain, and how many of its fields, as far as ops on single numbers tell.

    Ops on whole arrays show on the way what they need.
    """
    depth, turning = dict[Node, int](), set[Node]()
    for node in topological(pair.sides):
        args = node.args
        chain, levels = REAL, 1
        if node.op not in DIRECT and (args or node.op is CONSTANT):
            chain, levels = _needed(node.op, node.params, len(args))
        depth[node] = max([depth[arg] for arg in args], default=1) + levels - 1
        if chain is COMPLEX or not turning.isdisjoint(args):
            turning.add(node)
    chain = REAL if turning.isdisjoint(pair.sides) else COMPLEX
    return chain, min(max(depth[side] for side in pair.sides), chain.longest)


@lru_cache(maxsize=1024)
def _needed(op: Op, params: tuple[Any, ...], count: int) -> tuple[FieldChain, int]:
    """What an op of so many arguments needs where these are in one field."""
    chain, levels = REAL, 1
    waits = bool(params) and isinstance(params[0], Letters)
    if op.boolean or waits or not (op is CONSTANT or isinstance(op, Pointwise)):
        return chain, levels
    while levels <= chain.longest:
        run = Run(chain, levels, 0)
        with running(run):
            try:
                if op is CONSTANT:
                    constant(*params)
                else:
                    computing(op, params, MODULAR)(*(run.draw("input", k) for k in range(count)))
            except Shallow:
                levels += 1
            except Turning:
                chain = COMPLEX
            except (Unlucky, Inside, Undecidable):
                break
            else:
                break
    return chain, levels
