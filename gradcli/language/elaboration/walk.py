"""Walks the syntax tree of an expression without recursion: what every visitor stands on.

Must not know any construct of the language; 10,000 brackets are fine.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from fractions import Fraction
from typing import Any, NamedTuple, NoReturn

from gradcli.calculus.composed import ComposedCalls
from gradcli.calculus.derivative import TakenDerivatives
from gradcli.errors import GradcliError, Span, wrong
from gradcli.graph.node import Node, ShapeError
from gradcli.graph.shape import Dim, Letters
from gradcli.language.elaboration.calls import unfinished
from gradcli.language.elaboration.indices import not_whole
from gradcli.language.elaboration.operators import condition
from gradcli.language.elaboration.scope import Meaning, Scope
from gradcli.language.elaboration.static import as_dim, static, truth
from gradcli.language.parsing.expressions import line
from gradcli.language.tree.syntax import Expr, Index

Local = dict[str, Meaning]
Step = Generator[tuple[Expr, Local], Any, Any]
LONGEST_RANGE = 100_000


class FunctionCall(NamedTuple):
    """A function that was called by a name, and where."""

    function: str
    span: Span


class NeedsSize(Exception):
    """A loop or an index cannot be unrolled before a dimension letter has a size."""


class Walker:
    """Builds nodes from expressions in a scope, and remembers where each node was first written.

    `visitors` say how, one for each class of expression: a visitor yields the expressions that it
    needs and returns a node; what has none in it is one of the `leaves`. `needs` collects dimension
    letters whose size had to be known, `derived` every derivative that was taken; `rounded`, unless
    None, the literals with a point or
    an exponent, which then are inputs that may be half a unit off in their last digit. What is in
    `parts`, unless None, need not be read again; what is read there is added, and what is read more
    than once, as the body of a fold is, to `turns`, each time with the names of that turn. Where
    only a shape is asked for, as that of the body of an empty range, it is `hollow`: entries need
    not exist. `calls` are the calls of functions that are made of others, by what they are made of,
    `composed` those and calls of the program's own functions, by their values.
    `turn` are the variables of the loops that are being read, `in_turn` what they were
    for each node.
    """

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.spans: dict[Node, Span] = {}
        self.steps = 0
        self.needs: set[str] = set()
        self.derived = TakenDerivatives()
        self.layout = "numerator"
        self.tied = False
        self.symmetric: set[Node] = set()
        self.rounded: dict[Node, tuple[Fraction, Fraction]] | None = None
        self.parts: dict[Expr, Node] | None = None
        self.turns: dict[Expr, list[tuple[Local, Node]]] | None = None
        self.hollow = False
        self.calls: dict[Node, FunctionCall] = {}
        self.composed = ComposedCalls({}, {})
        self.turn: dict[str, int] = {}
        self.in_turn: dict[Node, dict[str, int]] = {}
        self.visitors: dict[type, Callable[[Any, Local], Step]] = {}
        self.leaves: dict[type, Callable[[Any, Local], Node]] = {}

    def node(self, expr: Expr, local: Local | None = None) -> Node:
        """The node of an expression; GradcliError for what it cannot mean."""
        hollow = self.hollow
        try:
            return self._walked(expr, {} if local is None else local)
        finally:
            self.hollow = hollow

    def _walked(self, expr: Expr, local: Local) -> Node:
        # With the names of each: what a fold repeats, with others every time, is not one vertex.
        stack_: list[tuple[Expr, Step, Local]] = []
        child, names = expr, local
        while True:
            value: Any = None
            if stack_ and self.parts and names is local:
                value = self.parts.get(child)
            if value is None and (find := self.leaves.get(type(child))):
                try:
                    value = find(child, names)
                except ShapeError as error:
                    raise _misshapen(error, child) from None
                self._seen(child, value, names, local)
            if value is None:
                stack_.append((child, self.visitors[type(child)](child, names), names))
            while stack_:
                current, step, read_in = stack_[-1]
                try:
                    child, names = step.send(value)
                    break
                except StopIteration as done:
                    stack_.pop()
                    value = done.value
                    self._seen(current, value, read_in, local)
                except ShapeError as error:
                    raise _misshapen(error, current) from None
            else:
                return self._value(expr, value)

    def _seen(self, expr: Expr, value: Any, names: Local, local: Local) -> None:
        """Remember what an expression is with these names, which are those of the whole or not."""
        if isinstance(value, Node):
            if value not in self.spans:
                self.place(value, expr.span)
            if names is local and self.parts is not None:
                self.parts[expr] = value
            elif self.turns is not None:
                self.turns.setdefault(expr, []).append((names, value))

    def place(self, node: Node, span: Span) -> None:
        """Remember where a node is written, and in which turn of the loops there."""
        self.spans[node] = span
        if self.turn:
            self.in_turn[node] = self.turn

    def entries(self, expr: Index, node: Node, before: int, meaning: Any, local: Local) -> Step:
        """What an index takes of a vertex along all axes but the first few: those of `meaning`."""
        raise NotImplementedError

    def whole(self, expr: Expr, local: Local | None = None) -> int:
        """A whole number that is known now; GradcliError otherwise."""
        return self._whole(expr, self.node(expr, local))

    def _whole(self, expr: Expr, node: Node) -> int:
        dim = self.dim(expr, node)
        if isinstance(dim, Letters):
            self.unknown_size(dim)
        return dim

    def holds(self, expr: Expr, local: Local) -> bool:
        """Whether a condition on whole numbers that are known now is met."""
        return self._holds(expr, self.node(expr, local))

    def _holds(self, expr: Expr, node: Node) -> bool:
        condition(expr, node, wanted=True)
        met = truth(node)
        if isinstance(met, Letters):
            self.unknown_size(met)
        if met is None:
            raise wrong(
                "G012", "which turns a range takes is said by whole numbers", expr.span,
                label="this depends on an input",
                help=f"choose the value instead:  where({line(expr.span.text)}, a, 0)",
            )  # fmt: skip
        return bool(met)

    def unknown_size(self, dim: Letters) -> NoReturn:
        """NeedsSize, once it has been put down which letters do."""
        self.needs |= {name for names, _ in dim.terms for name in names}
        raise NeedsSize

    def dim(self, expr: Expr, node: Node) -> Dim:
        """A whole number or size that is known now; GradcliError otherwise."""
        dim = as_dim(static(node))
        if dim is None:
            raise not_whole(expr)
        return dim

    @staticmethod
    def _value(expr: Expr, value: Any) -> Node:
        if isinstance(value, Node):
            return value
        raise unfinished(expr, value)

    def unroll(self, span: Span, low: int, high: int) -> None:
        """Count the steps of a range or a call; GradcliError where all together are too many."""
        self.steps += max(high - low + 1, 0)
        if self.steps > LONGEST_RANGE:
            raise wrong(
                "G012", "the loops, ranges and calls of this program are too many", span,
                label=f"{LONGEST_RANGE:,} steps at most, all together",
            )  # fmt: skip


def _misshapen(error: ShapeError, expr: Expr) -> GradcliError:
    message, _, mend = str(error).partition("; ")
    return wrong("G201", message, expr.span, help=mend)
