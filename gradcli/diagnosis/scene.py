"""A refuted claim laid out for diagnosis: what is right, what was written, points to try mends at.

Must not know any particular mistake.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from gradcli.arithmetic.ball import precision
from gradcli.graph.claims import Claimed, Derived
from gradcli.graph.node import Node
from gradcli.graph.order import topological
from gradcli.graph.shape import fixed
from gradcli.judge.check import Ruling
from gradcli.judge.compare import DIFFERENT, EXACT, SAME, compared
from gradcli.judge.pair import Pair, tried
from gradcli.judge.trials import Trial, exists
from gradcli.language.syntax import Expr

POINTS = (1, 2, 4, 5, 6, 7)


@dataclass(slots=True, eq=False)
class Slip:
    """A mistake that may have been made: its kind, its words, and what should have been written.

    `node` is the mended right side, `text` that side as its writer would have put it.
    """

    kind: str
    says: str
    node: Node
    text: str


@dataclass(slots=True, eq=False)
class Scene:
    """A refuted claim: `pair.left` is what is right, `pair.right` what was claimed.

    `expr` is the claimed side as it was read and `text` as it was written; `names` are the writer's
    names of vertices. `trial` holds points of general position at which both sides have values.
    """

    claimed: Claimed
    ruling: Ruling
    expr: Expr
    text: str
    names: Mapping[Node, str]
    trial: Trial
    places: list[int] = field(default_factory=list)

    @property
    def truth(self) -> Node:
        return self.ruling.pair.left

    @property
    def claim(self) -> Node:
        return self.ruling.pair.right

    @property
    def derived(self) -> list[Derived]:
        return self.ruling.pair.derived

    def fits(self, node: Node) -> bool:
        """Whether a mended side is what is right at every point of the scene: quick, no proof."""
        return self.same(self.truth, node)

    def same(self, left: Node, right: Node) -> bool:
        """Whether two vertices of one shape agree at every point of the scene."""
        sizes = self.trial.sizes
        if fixed(left.shape, sizes) != fixed(right.shape, sizes):
            return False
        if not exists([right], sizes):
            return False
        try:
            a, b = self.trial.evaluate([left, right])
        except KeyError:
            return False
        with precision(self.trial.bits):
            return all(
                compared(x, y) != DIFFERENT
                for k in self.places
                for x, y in zip(a[k, ...].flat, b[k, ...].flat, strict=True)
            )


def scene(
    claimed: Claimed, ruling: Ruling, expr: Expr, text: str, names: Mapping[Node, str]
) -> Scene | None:
    """The scene of a refutation; None where there is no point of general position to try at."""
    pair, ground = ruling.pair, ruling.ground
    row = ruling.outcome.row
    for sizes in ground.choices():
        if sizes and not exists([*pair.sides, *pair.of], sizes):
            continue
        numbers = (0,) if ground.complete else POINTS
        trial = ground.trial(sizes, numbers)
        if places := general(pair, trial):
            return Scene(claimed, ruling, expr, text, names, trial, places)
        break
    if row is None:
        return None
    return Scene(claimed, ruling, expr, text, names, row.trial, [row.place])


def general(pair: Pair, trial: Trial) -> list[int]:
    """The points of a trial at which both sides have values."""
    rows = tried(pair, trial, settle=False)
    return [k for k, row in enumerate(rows) if row.state in (SAME, EXACT, DIFFERENT)]


def inputs(node: Node) -> list[Node]:
    """The inputs that a vertex depends on."""
    return [n for n in topological([node]) if n.op.name == "input"]
