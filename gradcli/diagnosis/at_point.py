"""Numbers claimed at a point: the wrong way through the graph on which just these come out.

Must not know how a claim is judged. At a point any two numbers have a ratio, so that only what is
true of the numbers is said, and the mend is the true ones.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from functools import partial
from itertools import chain

import numpy as np

from gradcli.arithmetic.ball import precision, rational
from gradcli.arithmetic.base import Array
from gradcli.arithmetic.measure import fraction, holds_zero, is_exact
from gradcli.calculus.core import constant, div, inputs, is_zero, mul, number
from gradcli.calculus.derivative import derivative
from gradcli.calculus.differentiate import NoRule, pull, skips
from gradcli.calculus.families import Pointwise
from gradcli.diagnosis.evidence.flow import Flow, flow
from gradcli.diagnosis.evidence.refuted_claim import RefutedClaim, Slip
from gradcli.diagnosis.evidence.samples import Samples
from gradcli.diagnosis.kinds import locals, other_vertex
from gradcli.diagnosis.kinds.function_edits import others
from gradcli.diagnosis.kinds.locals import said, whose
from gradcli.diagnosis.kinds.rounded import decimal, literals, nearest, to_places
from gradcli.diagnosis.known import paths
from gradcli.explain.substitution import replaced
from gradcli.graph.node import Node, Op
from gradcli.graph.order import topological
from gradcli.language.tree.build import exchanged
from gradcli.language.tree.build import number as written_number
from gradcli.language.tree.syntax import Expr
from gradcli.notation.text import formula
from gradcli.ops.registry import FUNCTIONS, Function
from gradcli.trial.trials import Trial

TELLING = 3
"""Digits that a rounded number must have for a far-fetched reading of it to be no luck."""
PLACES = (1, 2, 3, 4)
TURN = mul(number(2), constant("pi"))
DEGREE = div(TURN, number(360))
SCALES = {
    "2": number(2),
    "1/2": div(number(1), number(2)),
    "2*pi": TURN,
    "1/(2*pi)": div(number(1), TURN),
    "pi/180": DEGREE,
    "180/pi": div(number(1), DEGREE),
}
"""What people put in or leave out."""
BY_OP: dict[Op | None, Function] = {
    each.op: each for each in FUNCTIONS.values() if isinstance(each.op, Pointwise)
}

Way = tuple[str, str]
"""A kind of mistake and what was done, in words."""


class AtPoint(Samples):
    """The numbers of a claim at its one point: exact, or each rounded to a place of its own."""

    def __init__(self, refuted: RefutedClaim) -> None:
        self.refuted, self.trial = refuted, refuted.trial
        self.truth = self._values(refuted.truth)
        self.numbers = [*literals(refuted.expr)]
        self.rounded = bool(refuted.ruling.pair.relation.literals)
        with precision(self.trial.bits):
            claim = np.array([rational(value) for _, value, _ in self.numbers] or [0], object)
            slack = [Fraction(self.rounded, 2 * 10**places) for *_, places in self.numbers]
            self.slack = np.array([rational(each) for each in slack] or [0], object)
        self.told = bool(self.numbers) and len(self.numbers) == self.truth.size
        if self.told:
            self.claim = claim.reshape(self.truth.shape)
            self.slack = self.slack.reshape(self.truth.shape)
            self.gap = self.difference(self.truth, self.claim)

    def claimed(self, values: Array) -> bool:
        return values.shape == self.claim.shape and self._near(values, self.claim)

    def lacking(self, values: Array) -> bool:
        return values.shape == self.gap.shape and self._near(values, self.gap)

    def _near(self, values: Array, wanted: Array) -> bool:
        with precision(self.trial.bits):
            away = abs(values - wanted)
            return all(not x > slack for x, slack in zip(away.flat, self.slack.flat, strict=True))

    def gives(self, node: Node) -> bool:
        """Whether the values of this are the numbers, and do not just happen to be zero."""
        values = None if is_zero(node) else self.of(node)
        return values is not None and self.claimed(values)

    @property
    def telling(self) -> bool:
        """Whether the numbers have so many digits that they do not come about by luck."""
        return all(
            len(str(abs(value.numerator * 10**places // value.denominator))) >= TELLING
            for _, value, places in self.numbers
        )

    def mend(self) -> Expr | None:
        """The true numbers as they would be written; None where no decimal says them."""
        new: dict[Expr, Expr] = {}
        for (expr, _, places), truth in zip(self.numbers, self.truth.flat, strict=True):
            if self.rounded:
                near = nearest(truth)
                if near is None:
                    return None
                new[expr] = decimal(to_places(near, places), places)
            elif is_exact(truth):
                new[expr] = written_number(fraction(truth))
            else:
                return None
        return exchanged(self.refuted.expr, new)


def ways(refuted: RefutedClaim, seen: AtPoint) -> Iterator[Way]:
    """What may have been done, the likeliest first."""
    if len(refuted.places) > 1 or not seen.told:
        return
    found = flow(refuted)
    yield from _plain(refuted, seen, found)
    if found is None:
        yield from _another_function(refuted.truth, None, seen)
        yield from _scaled(seen)
        return
    slips: Iterator[Slip] = chain(
        paths.candidates(refuted, found, seen),
        other_vertex.candidates(refuted, found, seen),
        locals.elsewhere(refuted, found, seen),
    )
    yield from ((slip.kind, slip.says) for slip in slips)
    yield from _one_factor(refuted, found, seen)
    yield from _one_edge_skipped(found, seen)
    yield from _masked(found, seen)
    yield from _another_function(found.truth, found, seen)
    yield from _scaled(seen)
    if seen.telling:
        yield from _rounded_on_the_way(refuted, found, seen)


def _plain(refuted: RefutedClaim, seen: AtPoint, flow: Flow | None) -> Iterator[Way]:
    """Nothing, the opposite, or the value of the function itself."""
    if all(map(holds_zero, seen.claim.flat)):
        if flow is not None:
            used = " and ".join(formula(user, flow.names) for user, _ in flow.uses(flow.by)[:2])
            by, of = said(flow, flow.by), said(flow, flow.of)
            yield "missing-term", f"{by} is taken for a constant: {of} depends on it by {used}"
        return
    if seen.claimed(-seen.truth):
        yield "sign", "the sign is wrong"
    if flow is not None and (values := seen.of(flow.of)) is not None and seen.claimed(values):
        of, by = said(flow, flow.of), said(flow, flow.by)
        yield "node", f"this is {of} itself, not d{of}/d{by}"
    for node, name in refuted.names.items() if seen.telling or seen.claim.size > 1 else ():
        if seen.gives(node):
            yield "node", f"this is {name}"


def _one_factor(refuted: RefutedClaim, flow: Flow, seen: AtPoint) -> Iterator[Way]:
    """A local derivative that is missing in all the numbers, or is there once too often."""
    for local in locals.along(flow):
        values = seen.of(local.node)
        if values is None or local.node.shape not in ((), refuted.truth.shape):
            continue
        missing = seen.right(seen.product(seen.claim, values))
        whole = not any(map(holds_zero, values.flat))
        surplus = whole and seen.same(seen.product(seen.truth, values), seen.claim)
        factor = local.tree(refuted) if missing or surplus else None
        if factor is not None:
            yield local.told(factor, "missing" if missing else "surplus")


def _one_edge_skipped(flow: Flow, seen: AtPoint) -> Iterator[Way]:
    """What flows back past a vertex as if its local derivative were 1: no gate, no factor."""
    for node in reversed(flow.order):
        for index, arg in enumerate(node.args if isinstance(node.op, Pointwise) else ()):
            if arg not in flow.adjoints or skips(node, index) or node not in flow.adjoints:
                continue
            if arg.shape != node.shape:
                continue
            adjoint = flow.adjoints[node]
            try:
                back = adjoint if arg is flow.by else pull({arg: adjoint}, [flow.by], flow.extra)[0]
            except NoRule:
                continue
            values = None if back is None else seen.of(flow.turned(back))
            if values is not None and seen.claimed(values):
                assert isinstance(node.op, Pointwise)
                partial = node.op.partial(node, index)
                factor = str(partial) if isinstance(partial, int) else formula(partial, flow.names)
                words = whose(flow, node)
                of_whom = f"{words}, {factor}," if words else f"the factor {factor}"
                yield "missing-local", f"{of_whom} is missing"


def _masked(flow: Flow, seen: AtPoint) -> Iterator[Way]:
    """Entries set to zero where some vertex is not above it, though nothing masks them."""
    kept = np.array([not holds_zero(x) for x in seen.claim.flat], bool).reshape(seen.claim.shape)
    if kept.all() or not seen.claimed(np.where(kept, seen.truth, seen.truth * 0)):
        return
    for node in [*flow.order, *sorted(inputs(flow.of), key=lambda n: str(n.params[0]))]:
        values = seen.of(node)
        if values is None or values.shape != seen.claim.shape:
            continue
        above = np.array([bool(x > 0) for x in values.flat], bool).reshape(values.shape)
        if (above == kept).all():
            name = said(flow, node)
            says = f"nothing is masked here: the entries where {name} is not above 0 count as well"
            yield "missing-local", says
            return


def _another_function(truth: Node, flow: Flow | None, seen: AtPoint) -> Iterator[Way]:
    """The same with one function taken for another, or with angles taken for degrees."""

    def changed(new: Callable[[Node], Node]) -> list[Node]:
        return [new(truth), *([derivative(new(flow.of), flow.by, [])] if flow else [])]

    for node in flow.order if flow else topological([truth]):
        function = BY_OP.get(node.op)
        for other in others(function.name) if function and len(node.args) == 1 else ():
            if len(FUNCTIONS[other].parameters) == 1:
                new = {node: FUNCTIONS[other](*node.args)}
                if any(map(seen.gives, changed(partial(replaced, values=new)))):
                    assert function is not None
                    yield "function", f"the function is {function.name}, not {other}"
    if any(map(seen.gives, changed(_in_degrees))):
        yield "factor", "angles are taken in degrees here: they are in radians"


def _in_degrees(node: Node) -> Node:
    """A graph in which the angles that functions take are so many degrees."""
    turned = {
        vertex: function(mul(vertex.args[0], DEGREE))
        for vertex in topological([node])
        if (function := BY_OP.get(vertex.op)) is not None and function.angle
    }
    return replaced(node, turned)


def _scaled(seen: AtPoint) -> Iterator[Way]:
    """The truth times a constant that people put in or leave out."""
    for text, scale in SCALES.items():
        values = seen.of(scale)
        if values is not None and seen.claimed(seen.product(seen.truth, values)):
            yield "factor", f"this is {text} times what is right"


def _rounded_on_the_way(refuted: RefutedClaim, flow: Flow, seen: AtPoint) -> Iterator[Way]:
    """The truth with every named value rounded to so many places before it is used."""
    order = topological([flow.truth])
    named = [node for node in order if node in flow.given and node is not flow.truth]
    for places in PLACES if named else ():
        trial = refuted.trial.only(refuted.places)
        if not all(_rounded(trial, node, places) for node in named):
            return
        with precision(trial.bits):
            values = trial.evaluate([refuted.truth])[0]
        if seen.claimed(values):
            names = [flow.names[node] for node in named]
            shown = " and ".join(names) if len(names) < 3 else f"{names[0]}, {names[1]}, …"
            digits = f"{places} place{'s' * (places > 1)}"
            yield "tiny", f"this comes of rounding on the way: {shown} to {digits}"
            return


def _rounded(trial: Trial, node: Node, places: int) -> bool:
    """Put the rounded values of a vertex in the place of its own; False where it has none."""
    values = trial.evaluate([node])[0]
    near = [value for value in map(nearest, values.flat) if value is not None]
    if len(near) < values.size:
        return False
    rounded = [rational(to_places(value, places)) for value in near]
    trial.override(node, np.array(rounded, object).reshape(values.shape))
    return True
