"""Where what jumps is at rest: whether its value there is that of a side that was tried.

Must not know how residues are found, nor how the sides are compared.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from gradcli import work
from gradcli.calculus.core import ADD, COPY, DIV, EINSUM, MUL, NEG, SUB
from gradcli.calculus.families import Differentiable, Requirement, Rest
from gradcli.claims import Pair
from gradcli.graph.node import Node
from gradcli.graph.order import topological
from gradcli.proof.domain import Domain
from gradcli.proof.residue import Residue
from gradcli.proof.residue_run import Run

SIDES = {"above": 1, "below": -1, "middle": 0, "apart": 0}
"""The sign of its switch that what jumps takes rest for; 0 for neither."""
KEEPING = (ADD, SUB, NEG, COPY, MUL, DIV, EINSUM)
"""Linear in an argument that stands in them once, and not in a denominator."""


@dataclass(slots=True, eq=False, repr=False)
class Jump:
    """What jumps, its switch, what it is at rest, and whether it was written, not derived."""

    node: Node
    switch: Node
    rest: Rest
    written: bool = False


@dataclass(slots=True, eq=False, repr=False)
class JumpEntry:
    """An entry of what jumps, by its place among all, and the residue of its switch."""

    jump: Jump
    place: int
    x: Residue

    @property
    def like(self) -> int:
        """The sign of the switch that rest is like, 0 where it is like neither."""
        return SIDES[self.jump.rest]


def unstated(pair: Pair, decided: Collection[Node]) -> bool:
    """Whether something with a switch does not say what it is where that rests."""
    return any(
        node.op.at_rest is None and node not in decided and bool(node.op.switches(node))
        for node in pair.required
        if isinstance(node.op, Differentiable)
    )


def jumping(pair: Pair, decided: Collection[Node]) -> list[Jump]:
    """All that jumps within a pair."""
    found = [
        Jump(node, switch, node.op.at_rest)
        for node in pair.required
        if isinstance(node.op, Differentiable)
        if node.op.at_rest in SIDES and node not in decided
        for switch in node.op.switches(node)
        if switch in pair.switches
    ]
    if found:
        derived = {d.node for d in pair.derived}
        written = {*topological(pair.sides, given=derived)} - derived
        for jump in found:
            jump.written = jump.node in written
    return found


def jump_entries(jumps: Sequence[Jump], here: Domain, kinks: Sequence[Residue]) -> list[JumpEntry]:
    """All of them but those whose switch has a known number, or the sign of which nothing asked.

    What was derived jumps where the function has its kinks, and nothing is claimed there.
    """
    for jump in jumps:
        here.residues(jump.node)
    every = [(jump, x) for jump in jumps for x in here.residues(jump.switch)]
    found = []
    for place, (jump, x) in enumerate(every):
        crossed = not jump.written and any(here.run.ratio(x, kink) for kink in kinks)
        if x.exact is None and x and here.run.was_asked(x) and not crossed:
            found.append(JumpEntry(jump, place, x))
    return found


class Tried:
    """Which switches were taken how, and which must be: the size of x is never the other way."""

    def __init__(self) -> None:
        self.done: set[tuple[int, int, int]] = set()
        self.due: set[tuple[int, int, int]] = set()

    def note(self, run: Run, each: JumpEntry) -> None:
        """Put down how a switch is taken in this run, and which ways its rest asks for."""
        sign = run.sign(each.x)
        self.done.add((each.place, each.x.key, sign))
        self.due |= {(each.place, each.x.key, like) for like in (each.like or -1, each.like or 1)}

    @property
    def complete(self) -> bool:
        """Whether every way that is asked for has been tried."""
        return self.due <= self.done


def rest_decided(pair: Pair, here: Domain, found: Sequence[JumpEntry], tried: Tried) -> bool:
    """Whether rest is like one of the signs that are tried, or never happens.

    At a kink there may be a derivative, which is then what it is on both sides.
    """
    work.current.spend(2 * len(found) ** 2, "pairs of jumps")
    for each in found:
        if _alike(pair, here.run, found, each):
            tried.note(here.run, each)
        else:
            facts = here.decided(pair.switches, lambda x, sign: True, [each.x])
            if not facts.follow([Requirement(each.jump.switch, "!= 0")]):
                return False
    return True


def _alike(pair: Pair, run: Run, found: Sequence[JumpEntry], each: JumpEntry) -> bool:
    if each.x.pure or each.x.root:
        # Never taken the other way.
        return False
    if each.jump.rest == "apart":
        return False
    if each.jump.rest == "middle" and not _linear(pair.sides, each.jump.node):
        return False
    for other in found:
        ratio = run.ratio(each.x, other.x)
        if other is each or not ratio:
            continue
        if (each.like != (other.like if ratio > 0 else -other.like)) or (
            not each.like and other.jump.node is not each.jump.node
        ):
            return False
    return True


def _linear(sides: Sequence[Node], node: Node) -> bool:
    """Whether sides are linear in a vertex: right at two values of it, they are at their mean."""
    moving = {node}
    for each in topological(sides):
        hits = [arg in moving for arg in each.args]
        if any(hits):
            once = sum(hits) == 1 and not (each.op is DIV and hits[1])
            if not (each.op in KEEPING and (once or each.op in (ADD, SUB))):
                return False
            moving.add(each)
    return True


def taken_elsewhere(run: Run, found: Sequence[JumpEntry], x: Residue, sign: int) -> bool:
    """Whether rest of this switch is like the sign opposite to this one."""
    for each in found:
        ratio = run.ratio(x, each.x)
        if ratio and (each.like if ratio > 0 else -each.like) == -sign:
            return True
    return False
