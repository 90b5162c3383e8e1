"""Claims as pairs of graphs: what is to be compared, and what must be known of both sides for it.

Must not know how a claim was written, nor how it is judged.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property
from typing import TypeAlias

from gradcli.calculus.core import AND, EQ, NE, OR, rational
from gradcli.calculus.derivative import Derived
from gradcli.calculus.families import Differentiable, Requirement
from gradcli.calculus.marked import marked, moves
from gradcli.errors import Diagnostic, Span
from gradcli.graph.dimensions import Dimensions
from gradcli.graph.node import Node, make
from gradcli.graph.order import dependents, topological
from gradcli.graph.shape import fixed
from gradcli.graph.space import Space
from gradcli.ops.reductions import GAP, LEAD
from gradcli.ops.selection import ONEHOT
from gradcli.ops.sequences import GAPS

ORDERS = ("<", "<=", ">", ">=")
JUMPS = ("above", "below", "middle", "apart")
Key: TypeAlias = tuple[int, int]
"""A claim's statement and its step, both counted from 0."""


@dataclass(slots=True, eq=False, repr=False)
class Relation:
    """How two sides are claimed to relate: `=`, `!=`, `<` and its kin, `≈` to a tolerance or to
    rounding.

    `literals` are the inputs that stand for rounded numbers, with their smallest and largest value;
    `tolerance` a closed graph, of the largest entry where it is `relative`.
    """

    sign: str = "="
    tolerance: Node | None = None
    relative: bool = False
    literals: dict[Node, tuple[Fraction, Fraction]] = field(default_factory=dict)

    @property
    def orders(self) -> bool:
        """Whether one side is claimed to be above the other."""
        return self.sign in ORDERS


@dataclass(eq=False)
class Pair:
    """Two sides and how they are to relate, for one turn of the loops around their claim.

    `derived` are the derivatives in them; `before` is the side of the line before, None where that
    is the left side itself; `at` counts the point in force, None at random. Where conditions on the
    inputs were put to the sides, `bare` is the pair as it was written. What else must be known of
    the two follows from them, and is found once.
    """

    left: Node
    right: Node
    relation: Relation
    derived: list[Derived]
    before: Node | None = None
    at: int | None = None
    loop: dict[str, int] = field(default_factory=dict)
    bare: Pair | None = None

    @property
    def written(self) -> Pair:
        """The pair without conditions on the inputs."""
        return self.bare or self

    @property
    def sides(self) -> list[Node]:
        """Left and right."""
        return [self.left, self.right]

    def fits(self, bound: Mapping[str, int]) -> bool:
        """Whether the sides can be equal: one shape at these sizes, or one side is the number 0."""
        if fixed(self.left.shape, bound) == fixed(self.right.shape, bound):
            return True
        return any(not side.shape and rational(side) == 0 for side in self.sides)

    @cached_property
    def gap(self) -> Node:
        """Of an inequality, what it says to be above zero, or not below it."""
        left, right = self.sides
        return left - right if self.relation.sign[0] == ">" else right - left

    @cached_property
    def of(self) -> list[Node]:
        """What is differentiated."""
        return [*dict.fromkeys(d.of for d in self.derived)]

    @cached_property
    def order(self) -> list[Node]:
        """All that both sides are made of, and what is differentiated, arguments first."""
        return topological([*self.sides, *(d.of for d in self.derived)])

    @cached_property
    def whole(self) -> list[Node]:
        """The same with what is differentiated by, which may be in neither side."""
        taken = (v for d in self.derived for v in (d.by, d.node, *d.beside))
        return topological([*self.order, *taken])

    def turned(self, done: Mapping[Node, Node]) -> Pair:
        """The pair of what its vertices became; what is not among them stayed as it was."""

        def now(node: Node) -> Node:
            return done.get(node, node)

        derived = [d.turned(now) for d in self.derived]
        return Pair(now(self.left), now(self.right), self.relation, derived)

    def freed(self, done: Mapping[Node, Node], instead: Mapping[Node, Node]) -> Pair:
        """The pair of what its vertices became, some of them inputs `instead`.

        What moved with what a derivative is taken by moves with what stands for it now.
        """
        now = self.turned(done)
        moved = {own.by: dependents(self.order, [own.by]) for own in self.derived}
        now.derived += [
            replace(turned, by=new)
            for own, turned in zip(self.derived, [*now.derived], strict=True)
            for node, new in instead.items()
            if node in moved[own.by]
        ]
        return now

    @cached_property
    def _marked(self) -> list[Node]:
        """What switches or requires something."""
        return marked([*self.sides, *(d.of for d in self.derived)])

    @cached_property
    def requirements(self) -> dict[Node, list[Requirement]]:
        """What a vertex requires of its arguments to have a value."""
        found = {n: n.op.domain(n) for n in self._marked if isinstance(n.op, Differentiable)}
        return {node: needs for node, needs in found.items() if needs}

    @cached_property
    def needs(self) -> list[Node]:
        """What those requirements are about."""
        return [*dict.fromkeys(r.expr for needs in self.requirements.values() for r in needs)]

    @cached_property
    def required(self) -> list[Node]:
        """The order with all that those are made of."""
        known = {*self.order}
        return [*self.order, *(n for n in topological(self.needs, given=known) if n not in known)]

    @cached_property
    def _switches(self) -> dict[Node, list[Node]]:
        return {n: n.op.switches(n) for n in self._marked if isinstance(n.op, Differentiable)}

    @cached_property
    def switches(self) -> list[Node]:
        """Expressions at whose zeros a side is not smooth."""
        found = dict.fromkeys(s for own in self._switches.values() for s in own)
        # A condition on loop variables alone, as in a Kronecker delta, is no kink.
        return [*filter(self._moves, found)]

    def _moves(self, switch: Node) -> bool:
        by = {d.by for d in self.derived}
        return moves(switch, by)

    @cached_property
    def _written(self) -> list[Node]:
        """What is not brought along by a derivative."""
        brought = {*topological(d.node for d in self.derived)} - {*topological(self.of)}
        return [node for node in self.order if node not in brought]

    @cached_property
    def jumps(self) -> list[Node]:
        """Switches where what was written jumps: at their zeros its value is another matter."""
        found: dict[Node, None] = {}
        for node in self._written:
            apart = isinstance(node.op, Differentiable) and node.op.at_rest in JUMPS
            if apart and node.op not in (EQ, NE):
                found |= dict.fromkeys(self._switches.get(node, ()))
        # Where a derivative is taken such zeros are kinks, and not looked at.
        return [s for s in self.crossed if s in found and not self.derived]

    @cached_property
    def conditions(self) -> list[Node]:
        """What may be true at no point though each switch in it has been on either side.

        It is put together of several conditions, or an equation; at a kink no derivative is taken,
        and what a derivative brings along was not written.
        """
        found = []
        for node in self._written:
            equation = node.op in (EQ, NE) and {*self._switches.get(node, ())}.isdisjoint(
                self.kinks
            )
            if (equation or node.op in (AND, OR)) and self._moves(node):
                found.append(node)
        return found

    @cached_property
    def crossed(self) -> list[Node]:
        """Those that a line through a point may cross: an index jumps from one number to others."""
        leaping = {s for node, own in self._switches.items() if node.op is ONEHOT for s in own}
        return [s for s in self.switches if s not in leaping]

    @cached_property
    def turning(self) -> list[Node]:
        """What switches or is required without any input in it: it may turn with the sizes."""
        switches = (s for own in self._switches.values() for s in own)
        return [s for s in dict.fromkeys((*switches, *self.needs)) if not self._moves(s)]

    @cached_property
    def branching(self) -> list[Node]:
        """Those of the switches that may have either sign."""
        # What must not be negative has one side only, as the square root's argument; so has what
        # tells how far a function is from its own value, as floor does.
        single = {s for node, own in self._switches.items() for s in own if node in s.args}
        single |= {*self.needs}
        return [s for s in self.crossed if s not in single and s.op not in (GAP, GAPS)]

    @cached_property
    def tops(self) -> list[Node]:
        """By how much each entry is above all others, for every maximum over entries."""
        return [make(LEAD, *s.args) for s in self.switches if s.op is GAP]

    @cached_property
    def kinks(self) -> list[Node]:
        """Switches that a derivative is taken across: in what is differentiated, and moving."""
        found: set[Node] = set()
        for each in self.derived:
            inside = [s for n in marked([each.of]) for s in self._switches.get(n, ())]
            moving = {each.by}
            for node in topological(inside):
                if not moving.isdisjoint(node.args):
                    moving.add(node)
            found |= moving & set(inside)
        return [s for s in self.switches if s in found]


@dataclass(slots=True, eq=False, repr=False)
class Claimed:
    """A claim as it stands in the text, with its pairs: one, or one for each turn of a loop.

    `span` is the right side, `left` the left side where it stands in the same statement, `whole`
    the statement; `name` is the left side as written, `text` the claim.
    """

    key: Key
    name: str
    text: str
    span: Span
    left: Span | None
    whole: Span
    pairs: list[Pair] = field(default_factory=list)


@dataclass(slots=True, eq=False, repr=False)
class Derivation:
    """A derivation as graphs: its inputs with their sets, its claims in order, what is wrong.

    `spaces` goes by input, `declared` says where; `letters` are its dimension letters, `needs`
    those whose size must be known to go on, `dimensions` what is said of them; `spans` tell where
    vertices were written, `calls` are those of functions by what these are made of. `sides` are
    those of all statements by where they begin, of which some are `defined`, some `refused`, and
    some stand in loops that are `idle` at these sizes. `uncounted` vertices may have no value in
    turns that do not count.
    """

    spaces: dict[Node, Space] = field(default_factory=dict)
    declared: dict[Node, Span] = field(default_factory=dict)
    letters: list[str] = field(default_factory=list)
    needs: set[str] = field(default_factory=set)
    dimensions: Dimensions = field(default_factory=Dimensions)
    claims: dict[Key, Claimed] = field(default_factory=dict)
    vertices: dict[str, Node] = field(default_factory=dict)
    spans: dict[Node, Span] = field(default_factory=dict)
    calls: Mapping[Node, tuple[str, Span]] = field(default_factory=dict)
    errors: list[Diagnostic] = field(default_factory=list)
    sides: dict[int, Span] = field(default_factory=dict)
    defined: set[int] = field(default_factory=set)
    refused: set[int] = field(default_factory=set)
    idle: dict[int, Span] = field(default_factory=dict)
    remarks: list[Diagnostic] = field(default_factory=list)
    conditions: list[tuple[Node, bool]] = field(default_factory=list)
    uncounted: set[Node] = field(default_factory=set)

    @property
    def claimed(self) -> frozenset[Node]:
        """The sides of all claims, and what is differentiated in them."""
        pairs = [pair for claimed in self.claims.values() for pair in claimed.pairs]
        before = {pair.before for pair in pairs if pair.before is not None}
        return frozenset(node for p in pairs for node in (*p.sides, *p.of)) | before

    @property
    def mentioned(self) -> set[int]:
        """Where the sides begin of which something is said here."""
        claimed = {claimed.span.start for claimed in self.claims.values()}
        return claimed | self.defined | self.refused

    @property
    def lost(self) -> set[int]:
        """Where those begin of which nothing is."""
        return self.sides.keys() - self.mentioned
