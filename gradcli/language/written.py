"""A derivation that remembers how its claims were written, so that a side can be read otherwise.

Must not know why somebody wants to; reading a side anew leaves the derivation as it was.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from gradcli.calculus.composed import ComposedCall
from gradcli.calculus.derivative import Derived, TakenDerivatives
from gradcli.claims import Claimed, Derivation, Key, Pair, Relation
from gradcli.errors import Source, wrong
from gradcli.graph.node import Node
from gradcli.graph.order import topological
from gradcli.language.elaboration.elaborate import Elaborator
from gradcli.language.elaboration.letters import counted
from gradcli.language.elaboration.operators import condition
from gradcli.language.elaboration.scope import AbstractFunction, Failed, Meaning, UserFunction
from gradcli.language.elaboration.walk import NeedsSize
from gradcli.language.parsing.parse import parse_expression
from gradcli.language.tree.syntax import CodeValue, Expr, Side

Turns: TypeAlias = dict[Expr, list[tuple[dict[str, Meaning], Node]]]
"""What is read in turns, as the body of a fold is: the names of each turn, and what it means."""


@dataclass(slots=True, eq=False, repr=False)
class ReadingContext:
    """What there is where a side is read: loop variables, conventions, how many vertices by now.

    `at` says whether that is at a point.
    """

    side: Side
    local: dict[str, Meaning]
    layout: str
    tied: bool
    known: int
    at: bool


@dataclass(slots=True, eq=False, repr=False)
class CodeClaim(Claimed):
    """A claim that what hand-written code returns is the left side.

    `node` is that side, `derived` the derivatives in it, `known` the names that its arguments may
    have, and `at` says whether it stands at a point or in a loop, where it means nothing.
    """

    code: CodeValue = field(kw_only=True)
    node: Node = field(kw_only=True)
    derived: list[Derived] = field(default_factory=list)
    known: dict[str, Node] = field(default_factory=dict)
    bound: bool = False


@dataclass(slots=True, eq=False, repr=False)
class WrittenDerivation(Derivation):
    """A derivation that can read other sides in the place of those that were written.

    `contexts` go by claim, one for each of its pairs; `called` are the claims about code.
    """

    contexts: dict[Key, list[ReadingContext]] = field(default_factory=dict)
    called: dict[Key, CodeClaim] = field(default_factory=dict)
    elaborator: Elaborator | None = None
    _order: dict[Node, int] = field(default_factory=dict)

    @property
    def mentioned(self) -> set[int]:
        claimed = {claim.span.start for claim in (*self.claims.values(), *self.called.values())}
        return claimed | self.defined | self.refused

    @property
    def calls_of_functions(self) -> Mapping[Node, ComposedCall]:
        """The calls of functions that are made of others, by their values."""
        assert self.elaborator is not None
        return self.elaborator.composed.chosen("all")

    def order(self, node: Node) -> int:
        """Which vertex of the derivation this is, counted in the order of their definition."""
        if len(self._order) != len(self.vertices):
            self._order = {v: k for k, v in enumerate(self.vertices.values())}
        return self._order.get(node, -1)

    def parsed(self, text: str) -> Expr:
        """An expression as it would be read in this derivation; GradcliError if it cannot be."""
        assert self.elaborator is not None
        scope = self.elaborator.scope.names
        functions = [n for n, x in scope.items() if isinstance(x, UserFunction | AbstractFunction)]
        tree = parse_expression(Source("mend", text), self._names(), functions)
        sizes = {*filter(str.isdecimal, self.elaborator.scope.letters)}
        read: Expr = counted(tree, sizes) if sizes else tree
        return read

    def _names(self) -> set[str]:
        assert self.elaborator is not None
        scope = self.elaborator.scope
        return {*scope.names, *scope.shapes, *scope.inputs, *scope.letters}

    def node(self, expr: Expr, key: Key, turn: int = 0) -> Node:
        """What an expression means at one turn of a claim; GradcliError where it means nothing."""
        with self.reading(key, turn) as read:
            return read(expr)

    @contextmanager
    def reading(
        self,
        key: Key,
        turn: int = 0,
        relation: Relation | None = None,
        parts: dict[Expr, Node] | None = None,
        turns: Turns | None = None,
        more: Mapping[str, Node] | None = None,
    ) -> Iterator[Callable[[Expr], Node]]:
        """The same for many expressions, which are read one by one, and what is known of them.

        Rounded literals are put down in `relation`; what is in `parts` is not read again, what is
        read is added to them, and to `turns` what is read in turns. `more` are names that nobody
        wrote. The derivatives that are taken are the elaborator's `derived` meanwhile.
        """
        elaborator = self.elaborator
        assert elaborator is not None
        context = self.contexts[key][turn]
        with self._aside(elaborator, context, relation):
            elaborator.parts, elaborator.turns = parts, turns
            local = {**context.local, **more} if more else context.local
            scope, steps = elaborator.scope, elaborator.steps
            inputs, letters = dict(scope.inputs), dict(scope.letters)

            def read(expr: Expr) -> Node:
                elaborator.steps = steps
                try:
                    node = elaborator.node(expr, local)
                except (Failed, NeedsSize):
                    raise wrong("G005", "this means nothing here", expr.span) from None
                condition(expr, node, wanted=False)
                if len(scope.inputs) > len(inputs) or len(scope.letters) > len(letters):
                    scope.inputs, scope.letters = dict(inputs), dict(letters)
                    raise wrong("G005", "this has a name that nothing else bears")
                return node

            yield read

    @contextmanager
    def _aside(
        self, elaborator: Elaborator, context: ReadingContext, relation: Relation | None
    ) -> Iterator[None]:
        scope = elaborator.scope
        kept = elaborator.spans, elaborator.derived, elaborator.needs, elaborator.steps
        layout, tied, inputs = elaborator.layout, elaborator.tied, scope.inputs
        letters, scope.letters = scope.letters, dict(scope.letters)
        elaborator.spans, elaborator.derived, elaborator.needs = {}, TakenDerivatives(), set()
        elaborator.derived.apart = context.at
        elaborator.layout, scope.inputs = context.layout, dict(inputs)
        elaborator.tied = context.tied
        elaborator.rounded = None if relation is None else relation.literals
        try:
            yield
        finally:
            elaborator.spans, elaborator.derived, elaborator.needs, elaborator.steps = kept
            elaborator.layout, elaborator.tied = layout, tied
            scope.inputs, scope.letters = inputs, letters
            elaborator.rounded = elaborator.parts = elaborator.turns = None

    def mended(self, claimed: Claimed, expr: Expr) -> Claimed:
        """The claim with another right side; GradcliError where that cannot stand there."""
        made = Claimed(
            claimed.key, claimed.name, claimed.text, claimed.span, claimed.left, claimed.whole
        )
        for turn, pair in enumerate(self.claims[claimed.key].pairs):
            made.pairs.append(self._pair(pair, expr, claimed.key, turn))
        return made

    def _pair(self, old: Pair, expr: Expr, key: Key, turn: int) -> Pair:
        relation = Relation(old.relation.sign, old.relation.tolerance, old.relation.relative)
        rounds = relation.sign == "≈" and relation.tolerance is None
        with self.reading(key, turn, relation if rounds else None) as read:
            node = read(expr)
            assert self.elaborator is not None
            derived = [*old.derived, *self.elaborator.derived]
        known = self.contexts[key][turn].known
        if any(n.label and self.order(n) >= known for n in topological([node])):
            raise wrong("G005", "this is not known yet", expr.span)
        return replace(old, right=node, relation=relation, derived=derived)


def of_vertex(derived: Derived, vertex: Node) -> Derived:
    """The derivative itself, or its vertex where a definition gave it a name."""
    node = derived.node
    same = (node.op, node.args, node.params) == (vertex.op, vertex.args, vertex.params)
    return replace(derived, node=vertex) if same else derived
