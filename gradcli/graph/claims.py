"""Claims as pairs of graphs: what is to be compared, and every derivative that had to be taken.

Must not know how a claim was written, nor how it is judged.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import TypeAlias

from gradcli.errors import Diagnostic, Span
from gradcli.graph.dimensions import Dimensions
from gradcli.graph.node import Node
from gradcli.graph.sets import Space

Key: TypeAlias = tuple[int, int]
"""A claim's statement and its step, both counted from 0."""


@dataclass(slots=True, eq=False)
class Derived:
    """The derivative `node` of `of` by `by`, of shape of.shape + by.shape.

    Where it is a part of a derivative by several vertices, `beside` has all of them.
    """

    of: Node
    by: Node
    node: Node
    beside: tuple[Node, ...] = ()


@dataclass(slots=True, eq=False)
class Relation:
    """How two sides are claimed to relate: `=`, `!=`, or `≈` to a tolerance or to rounding.

    `literals` are the inputs that stand for rounded numbers, with their smallest and largest value;
    `tolerance` a closed graph, of the largest entry where it is `relative`.
    """

    sign: str = "="
    tolerance: Node | None = None
    relative: bool = False
    literals: dict[Node, tuple[Fraction, Fraction]] = field(default_factory=dict)


@dataclass(slots=True, eq=False)
class Instance:
    """One claim for one value of the loops around it: left and right side, and the side before.

    `before` is None where the line before is the left side itself; `derived` are the derivatives
    in any of them; `at` counts the point in force, None at random.
    """

    left: Node
    right: Node
    before: Node | None
    relation: Relation
    derived: list[Derived]
    at: int | None
    loop: dict[str, int]


@dataclass(slots=True, eq=False)
class Claimed:
    """A claim as it stands in the text, with its instances: one, or one for each turn of a loop.

    `span` is the right side, `left` the left side where it stands in the same statement, `whole`
    the statement; `name` is the left side as written, `text` the claim.
    """

    key: Key
    name: str
    text: str
    span: Span
    left: Span | None
    whole: Span
    instances: list[Instance] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class Derivation:
    """A derivation as graphs: its inputs with their sets, its claims in order, what is wrong.

    `spaces` goes by input, `declared` says where; `letters` are its dimension letters, `needs`
    those whose size must be known to go on, `dimensions` what is said of them; `spans` tell where
    vertices were written. `sides` are those of all statements by where they begin, of which some
    are `defined`, some `refused`, and some stand in loops that are `idle` at these sizes.
    """

    spaces: dict[Node, Space] = field(default_factory=dict)
    declared: dict[Node, Span] = field(default_factory=dict)
    letters: list[str] = field(default_factory=list)
    needs: set[str] = field(default_factory=set)
    dimensions: Dimensions = field(default_factory=Dimensions)
    claims: dict[Key, Claimed] = field(default_factory=dict)
    vertices: dict[str, Node] = field(default_factory=dict)
    spans: dict[Node, Span] = field(default_factory=dict)
    errors: list[Diagnostic] = field(default_factory=list)
    sides: dict[int, Span] = field(default_factory=dict)
    defined: set[int] = field(default_factory=set)
    refused: set[int] = field(default_factory=set)
    idle: dict[int, Span] = field(default_factory=dict)

    @property
    def told(self) -> set[int]:
        """Where the sides begin of which something is said here."""
        claimed = {claimed.span.start for claimed in self.claims.values()}
        return claimed | self.defined | self.refused

    @property
    def lost(self) -> set[int]:
        """Where those begin of which nothing is."""
        return self.sides.keys() - self.told
