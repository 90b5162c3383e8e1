"""Certified value and gradient: balls whose precision is doubled until every digit is settled.

Must not know how anything is shown; what stays open at the highest precision is said, not guessed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from gradcli.arithmetic.ball import BALL, finite, precision
from gradcli.arithmetic.base import Array
from gradcli.arithmetic.decimal import decimal, digits, nearest
from gradcli.errors import Diagnostic, GradcliError, Span
from gradcli.graph.node import Node
from gradcli.judge.liveness import Missing, at_rest, evaluated, first_missing, live
from gradcli.judge.onesided import both_sides, one_derivative
from gradcli.judge.problem import Problem

FIRST_BITS, LAST_BITS = 128, 4096
JSON_DIGITS = 17


@dataclass(slots=True, eq=False)
class Certified:
    """Value and gradients (output.shape + shape) in balls of `bits`.

    `kinks` are vertices with a switching expression that is exactly zero here, `sides` then the
    left and right derivatives (rows, columns); `open` are those whose switch could not be told;
    `values` holds every vertex.
    """

    bits: int
    value: Array
    gradients: list[Array]
    values: dict[Node, Array]
    kinks: list[tuple[Node, Node]] = field(default_factory=list)
    open: list[tuple[Node, Node]] = field(default_factory=list)
    sides: tuple[Array, Array] | None = None
    settled: bool = True

    def entries(self, problem: Problem) -> Array:
        """The derivative (rows, columns): at a kink what both sides say, None where they differ."""
        gradient = problem.flat(self.gradients)
        if self.sides is None:
            return gradient
        one = np.frompyfunc(lambda left, right: one_derivative(left, right, self.bits), 2, 1)
        merged: Array = one(*self.sides)
        return merged


class Naming:
    """How vertices are called in messages, the user's name or `v1`, …, and where they stand."""

    def __init__(self, names: Mapping[Node, str], spans: Mapping[Node, Span]) -> None:
        self.names = names
        self.spans = spans

    def of(self, node: Node) -> str:
        return self.names.get(node, node.name or node.op.name)


def settled(values: Array, count: int) -> bool:
    """Whether every entry has `count` settled digits and one nearest double."""
    return all(
        digits(x, count) is not None and nearest(x) is not None
        for x in values.flat
        if x is not None
    )


def certify(problem: Problem, count: int, naming: Naming) -> Certified:
    """Value and gradients to `count` digits; GradcliError where there is no value at this point."""
    wanted = max(count, JSON_DIGITS)
    bits = max(FIRST_BITS, 1 << (4 * wanted).bit_length())
    while True:
        with precision(bits):
            point = problem.point(BALL)
            value, gradients = problem.by_reverse(BALL, point)
            values = evaluated([problem.output], point)
            order = live(problem.output, values)
            kinks, open_ = at_rest(order, values)
            last = bits >= LAST_BITS
            if not all(finite(x) for x in value.flat):
                missing = first_missing(order, values)
                if missing and (missing.certain or last):
                    raise outside(missing, naming)
            sides = both_sides(problem, point, value, bits) if kinks else None
            found = Certified(bits, value, gradients, values, kinks, open_, sides)
            found.settled = settled(value, wanted) and settled(found.entries(problem), wanted)
            if last or (found.settled and not open_):
                return found
        bits *= 2


def outside(missing: Missing, naming: Naming) -> GradcliError:
    """The error for a vertex without a value: the node, its argument and what it must be."""
    node, need = missing.node, missing.requirement
    place, span = naming.of(node), naming.spans.get(node)
    name = node.op.name
    words = {"> 0": "positive", ">= 0": "at least 0", "!= 0": "different from 0"}
    if need is not None and not missing.certain:
        return GradcliError(
            Diagnostic(
                "G304",
                f"cannot tell whether {name} at node {place} has a value here: as far as "
                f"{LAST_BITS} bits show, what must be {words[need.relation]} may be 0",
                span,
                label="not settled",
            )
        )
    if need is None:
        return GradcliError(
            Diagnostic(
                "G306",
                f"{name} at node {place} cannot be computed: its value is too large, or there is none",
                span,
                label="the first node that is not finite",
            )
        )
    condition = words[need.relation]
    shown = decimal(missing.argument, 6) or "0"
    if need.expr in node.args:
        which = "its argument"
        if len(node.args) > 1:
            which = {"div": "its denominator", "power": "its base"}.get(name, which)
        message = f"{name} at node {place}: {which} is {shown}, it must be {condition}"
    else:
        message = f"{name} at node {place}: outside its domain ({shown} must be {condition})"
    return GradcliError(Diagnostic("G302", message, span, label="no value here"))


def disagree(first: Array, second: Array) -> Sequence[int]:
    """The flat indices at which two arrays of balls are certainly different."""
    pairs = zip(first.flat, second.flat, strict=True)
    return [k for k, (a, b) in enumerate(pairs) if a is not None and b is not None and a != b]
