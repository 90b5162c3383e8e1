"""What is worth saying beside the numbers: kinks, switches that cannot be told, cancellation.

Must not know how a note is shown.
"""

from __future__ import annotations

from collections.abc import Mapping

from gradcli.arithmetic.decimal import magnitude
from gradcli.arithmetic.measure import upper
from gradcli.calculus.core import ADD, SUB
from gradcli.certify.certify import Certified, Naming
from gradcli.certify.problem import Problem
from gradcli.certify.result import Kink
from gradcli.certify.stable import stable_form, written
from gradcli.errors import Diagnostic
from gradcli.graph.node import Node


def kink_note(
    found: Certified, kinks: Mapping[tuple[int, int], Kink], unknown: bool, naming: Naming
) -> Diagnostic:
    """That the point lies on a kink, and whether the derivative of the whole exists there."""
    node, _ = found.kinks[0]
    steep = any(isinstance(s, float) for k in kinks.values() for s in (k.left, k.right))
    what = "an infinite slope" if steep else "a kink or a jump"
    at = f" (node {naming.names[node]})" if node in naming.names else ""
    place = f"{naming.function(node)} has {what} at this point{at}"
    if found.sides is None:
        whole = f"{place}; there are too many entries to look from both sides: by convention only"
        return Diagnostic("G301", whole, naming.span(node))
    if unknown:
        whole = f"{place}, and the series on one side of it cannot be told"
        return Diagnostic("G304", whole, naming.span(node))
    if kinks:
        return Diagnostic("G301", place, naming.span(node))
    return Diagnostic(
        "G301",
        f"{place}, but the derivatives of the whole from both sides agree",
        naming.span(node),
    )


def open_note(found: Certified, naming: Naming) -> Diagnostic:
    """That a switch may or may not be at rest, for all that the highest precision shows."""
    node, _ = found.open[0]
    return Diagnostic(
        "G304",
        f"cannot tell on which side {naming.function(node)} is{naming.at(node)}: "
        f"its switch is zero as far as {found.bits} bits show",
        naming.span(node),
    )


def unsettled_note(found: Certified) -> Diagnostic:
    """That some number stayed open at the highest precision."""
    return Diagnostic(
        "G304",
        f"a number is not settled at {found.bits} bits: it may be exactly zero, "
        "or its digits may lie on the edge of rounding",
    )


def cancellation(problem: Problem, found: Certified, naming: Naming) -> Diagnostic | None:
    """The sum or difference that loses the most digits in float64, if one loses half of them."""
    worst, where = 8, None
    for node, value in found.values.items():
        if node.op not in (ADD, SUB) or node not in naming.names:
            continue
        sides = [max(upper(x) for x in found.values[arg].flat) for arg in node.args]
        left = min(upper(x) for x in value.flat)
        scale = max(sides)
        if left == 0 or scale == 0:
            continue
        lost = -(magnitude(left / scale) or 0)
        if lost > worst:
            worst, where = lost, node
    if where is None:
        return _unstable(found, naming)
    extent = "every digit" if worst >= 16 else f"about {worst} of 16 digits"
    return Diagnostic(
        "G303",
        f"plain float64 loses {extent} here: the {'sum' if where.op is ADD else 'difference'} "
        f"cancels at node {naming.of(where)}",
        naming.span(where),
        help=_better(where, naming),
    )


def _unstable(found: Certified, naming: Naming) -> Diagnostic | None:
    """The first vertex for which a form is known that float64 survives."""
    for node in found.values:
        if node in naming.names and (help := _better(node, naming)):
            message = f"plain float64 loses digits here, at node {naming.of(node)}"
            return Diagnostic("G303", message, naming.span(node), help=help)
    return None


def _better(node: Node, naming: Naming) -> str:
    form = stable_form(node)
    if form is None or form[1] not in naming.spans:
        return ""
    better, inner = form
    text = " ".join(naming.spans[inner].text.split())
    return f"a stable form:  {written(better, text)}"
