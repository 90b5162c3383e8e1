"""Certified value and gradient: balls whose precision is doubled until every digit is settled.

Must not know how anything is shown; what stays open at the highest precision is said, not guessed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from gradcli.arithmetic.ball import BALL, finite, precision
from gradcli.arithmetic.base import Array
from gradcli.arithmetic.decimal import decimal, digits, nearest
from gradcli.calculus.core import DIV
from gradcli.certify.curves import gradient_curve
from gradcli.certify.definedness import Missing, at_rest, first_missing, live
from gradcli.certify.problem import Problem
from gradcli.certify.two_sided import OneSidedDerivatives, one_sided_derivatives
from gradcli.certify.zeros import Vanishing, Zeros, exact_zeros
from gradcli.errors import Diagnostic, GradcliError, Span, UnsettledError, wrong
from gradcli.graph.node import Node

FIRST_BITS, LAST_BITS = 128, 4096
JSON_DIGITS = 17
LONGEST = 40  # of a source text within a message


@dataclass(eq=False, repr=False)
class Certified:
    """The value of a problem and its derivative (rows, columns) in balls of `bits`.

    `kinks` are vertices with a switching expression that is exactly zero here, `sides` then what
    both sides say (None if that would take too long); `open` are those whose switch could not be
    told; `zeros` are what is zero exactly without being a rational.
    """

    problem: Problem
    bits: int
    value: Array
    matrix: Array
    kinks: list[tuple[Node, Node]] = field(default_factory=list)
    open: list[tuple[Node, Node]] = field(default_factory=list)
    sides: OneSidedDerivatives | None = None
    settled: bool = True
    zeros: Zeros = field(default_factory=Zeros)

    @cached_property
    def values(self) -> dict[Node, Array]:
        """The value of every vertex, computed where somebody asks for it."""
        output = self.problem.output
        with precision(self.bits):
            values = self.problem.point(BALL)
            self.problem.run([output], BALL, values, keep=True)
        if self.zeros.bits is not None:
            values[output] = self.value[None]
        return values

    @property
    def entries(self) -> Array:
        """The derivative (rows, columns): at a kink what both sides say, None for none."""
        return self.matrix if self.sides is None else self.sides.one


Origin = tuple[Problem, Certified]


class Naming:
    """How vertices are called in messages, the user's name or `v1`, …, and where they stand.

    They are all named at once, where one is asked for. `calls` are those of functions, name and
    place, by the vertices that the functions are made of.
    """

    def __init__(
        self,
        names: Callable[[], Mapping[Node, str]],
        spans: Mapping[Node, Span],
        calls: Mapping[Node, tuple[str, Span]] | None = None,
    ) -> None:
        self._names = names
        self.spans = spans
        self.calls = calls or {}

    @cached_property
    def names(self) -> Mapping[Node, str]:
        """The names of the vertices that a trace lists."""
        return self._names()

    def of(self, node: Node) -> str:
        """The vertex's name; what a trace does not list goes by its title."""
        return self.names.get(node, node.name or node.op.title)

    def function(self, node: Node) -> str:
        """The function that was written: `clip` for a `max` in it, `x > 0` for a condition."""
        if node in self.calls:
            return self.calls[node][0]
        if node.op.boolean:
            return self.text(node) or node.op.title
        return "division" if node.op is DIV else node.op.title

    def switch(self, node: Node) -> tuple[str, str]:
        """The function that was written and the vertex; of what no trace lists the text twice."""
        function = self.function(node)
        return function, self.names.get(node, function)

    def span(self, node: Node) -> Span | None:
        """Where the vertex stands, or the call that it is part of."""
        return self.calls[node][1] if node in self.calls else self.spans.get(node)

    def at(self, node: Node) -> str:
        """` at node v4`, or nothing for what no trace lists."""
        return f" at node {self.names[node]}" if node in self.names else ""

    def place(self, node: Node) -> str:
        """`log at node v4`, or `power in (-8)^(1/3)` for what no trace lists."""
        title, text = self.function(node), self.text(node)
        if at := self.at(node):
            return f"{title}{at}"
        return f"{title} in {text}" if text and text != title else title

    def text(self, node: Node) -> str:
        """The vertex as it was written, or the call that it is part of, if that is short."""
        span = self.span(node)
        text = " ".join(span.text.split()) if span else ""
        return text if len(text) <= LONGEST else ""


def digits_settled(values: Array, count: int) -> bool:
    """Whether every entry has `count` settled digits and one nearest double."""
    return all(
        digits(x, count) is not None and nearest(x) is not None
        for x in values.flat
        if x is not None
    )


def certify(
    problem: Problem, count: int, naming: Naming, shown: Vanishing, first: Origin | None = None
) -> Certified:
    """The value and its derivative to `count` digits; GradcliError where there is no value here.

    The precision is doubled until both ends of every ball round to the same digits (A. Ziv, 1991,
    "Fast evaluation of elementary mathematical functions with correctly rounded last bit").
    Where the output is itself a derivative, `first` is what was found of it. `shown` is asked of
    what may be exactly zero.
    """
    exact: Zeros | None = None
    wanted = max(count, JSON_DIGITS)
    bits = max(FIRST_BITS, 1 << (4 * wanted).bit_length())
    while True:
        with precision(bits):
            point = problem.point(BALL)
            value, matrix = problem.solve(BALL, point)
            found = Certified(problem, bits, value, matrix)
            if problem.switching:
                order = live(problem.output, found.values)
                found.kinks, found.open = at_rest(order, found.values, moving=problem.wrt)
            last = bits >= LAST_BITS
            if first is not None and first[1].kinks:
                found.kinks = first[1].kinks
                found.value = _at_kink(*first, value, bits)
                problem.curve = gradient_curve(first[0].output, problem.wrt)
            elif not all(map(finite, value.flat)):
                missing = first_missing(live(problem.output, found.values), found.values)
                if missing is None:
                    missing = Missing(problem.output, None, None, False)
                    last = True
                if missing.certain or last:
                    raise outside(missing, naming)
            if found.kinks:
                found.sides = one_sided_derivatives(problem, point, found.value, bits)
            elif exact is None and bits > FIRST_BITS and not found.open:
                exact = exact_zeros(problem, value, matrix, shown)
            if exact is not None:
                found.value, found.matrix = exact.put(found.value, matrix)
                found.zeros = exact
            found.settled = digits_settled(found.value, wanted) and digits_settled(
                found.entries, wanted
            )
            if last or (found.settled and not found.open):
                return found
        bits *= 2


def _at_kink(problem: Problem, found: Certified, value: Array, bits: int) -> Array:
    """The gradient as both sides have it, not the one by convention; None where there is none."""
    if found.sides is None:
        return value
    point = problem.point(BALL)
    both = one_sided_derivatives(problem, point, problem.solve(BALL, point)[0], bits)
    return value if both is None else both.one.reshape(value.shape)


def outside(missing: Missing, naming: Naming) -> GradcliError:
    """The error for a vertex without a value: the node, its argument and what it must be."""
    node, need = missing.node, missing.requirement
    place, span = naming.place(node), naming.span(node)
    words = {"> 0": "positive", ">= 0": "at least 0", "!= 0": "different from 0"}
    if need is None:
        message = f"{place} cannot be computed: its value is too large, or there is none"
        return wrong("G306", message, span, label="the first node that is not finite")
    condition = words[need.relation]
    if not missing.certain:
        message = (
            f"cannot tell whether {place} has a value here: as far as {LAST_BITS} bits show, "
            f"what must be {condition} may be 0"
        )
        return UnsettledError(Diagnostic("G304", message, span, label="not settled"))
    shown = decimal(missing.argument, 6) or "0"
    if need.says:
        # Of a whole matrix no entry is to blame.
        where = missing.where if need.expr.shape == node.shape else ""
        said = f"{place}: {where}{need.says.format(shown)}"
        return wrong("G302", said, span, label="no value here")
    if node.op is DIV:
        below = naming.text(need.expr)
        what = f"its denominator {below}".rstrip() if below != shown else "its denominator"
    else:
        whose = f"{node.op.title}'s" if node in naming.calls else "its"
        what = f"{whose} {'base' if node.op.infix else 'argument'}"
    message = f"{place}: {missing.where}{what} is {shown}, it must be {condition}"
    return wrong("G302", message, span, label="no value here")


def disagree(first: Array, second: Array) -> Sequence[int]:
    """The flat indices at which two arrays of balls are certainly different."""
    pairs = zip(first.flat, second.flat, strict=True)
    return [k for k, (a, b) in enumerate(pairs) if a is not None and b is not None and a != b]
