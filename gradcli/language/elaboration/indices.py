"""Which indices, ranges and members exist, and what is said of those that do not.

Must not know scopes or how an index becomes a node.
"""

from __future__ import annotations

from gradcli.calculus.core import COPY, INPUT
from gradcli.errors import GradcliError, wrong
from gradcli.graph.node import Node
from gradcli.graph.shape import Dim, add_dims, show
from gradcli.language.tree import syntax
from gradcli.language.tree.syntax import Expr
from gradcli.ops.shaping import INDEX

WRAPS = "only a written negative one counts from the end"


def not_whole(expr: Expr, node: Node | None = None, dim: Dim = 0) -> GradcliError:
    """The error for an index or a bound that is no whole number known now.

    A `node` may be chosen by the values of an input, if these are declared to lie within `dim`.
    """
    if isinstance(expr, syntax.Number):
        return wrong("G012", f"{expr.span.text} is not a whole number", expr.span, label="here")
    if node is not None:
        while node.op in (INDEX, COPY):
            node = node.args[0]
        if node.op is INPUT:
            name, power = node.params
            behind = f"^{power[0]}" if len(power) == 1 else f"^{show(power)}" if power else ""
            help = f"declare  {name} in integers(0, {add_dims(dim, -1)}){behind}"
            message = f"{expr.span.text} is an index only if it is a whole number"
            return wrong("G012", message, expr.span, help=help)
    return wrong(
        "G012",
        f"{expr.span.text} must be a whole number that does not depend on any input",
        expr.span,
        help="write a number, the variable of a loop, or a sum of such",
    )


def too_many(expr: syntax.Index, kind: str, axes: int, given: int) -> GradcliError:
    """The error for more indices than axes."""
    name = expr.operand.span.text
    if not axes:
        message = f"{name} is a scalar and has no entries"
        return wrong("G201", message, expr.span, help=f"write  {name}")
    some = "one index" if axes == 1 else f"at most {axes} indices"
    return wrong("G201", f"{name} is {kind} and takes {some}, not {given}", expr.span, label=kind)


def outside(expr: Expr, ends: tuple[Dim, Dim], dim: Dim) -> GradcliError:
    """The error for indices of a set that does not lie within an axis."""
    low, high = ends
    message = f"{expr.span.text} goes from {low} to {high} along an axis of {dim}"
    help = f"indices go from 0 to {add_dims(dim, -1)}:  integers(0, {add_dims(dim, -1)})"
    return wrong("G012", message, expr.span, help=help)


def not_neighbours(expr: syntax.Index) -> GradcliError:
    """The error for an array of indices and a number with a range between them."""
    message = "an index and an array of indices with a range between them can be read in two ways"
    return wrong("G012", message, expr.span, help="take the entries of one axis first, in brackets")


def check_step(expr: syntax.Slice, step: Dim) -> int:
    """The step of a range; GradcliError for one that does not go forward."""
    if isinstance(step, int) and step > 0:
        return step
    assert expr.step is not None
    message = "the step of a range is a whole number above 0"
    help = "write  x[::-1]  for all entries from the end,  x[a:b:2][::-1]  for some of them"
    backwards = isinstance(step, int) and step < 0
    raise wrong(
        "G012", message, expr.step.span, label=f"this is {step}", help=help if backwards else ""
    )


def check_place(expr: Expr, at: Dim, dim: Dim) -> None:
    """GradcliError where an index certainly lies outside its axis."""
    below = isinstance(at, int) and at < 0
    if below or (isinstance(at, int) and isinstance(dim, int) and at >= dim):
        last = add_dims(dim, -1)
        text = expr.span.text
        literal = text.lstrip("-−").strip().isdecimal()
        message = f"there is no entry {text if literal else at} along an axis of {dim}"
        label = "" if literal else f"{text} is {at} here"
        help = f"indices go from 0 to {last}"
        if below:
            help += ", and from the end from -1 to " + (f"-{dim}" if literal else "…")
            help = help if literal else f"indices go from 0 to {last}; {WRAPS}"
        raise wrong("G012", message, expr.span, label=label, help=help)


def check_range(expr: syntax.Slice, start: Dim, stop: Dim, dim: Dim) -> None:
    """GradcliError where a range certainly lies outside its axis, or is empty."""
    if not (isinstance(start, int) and isinstance(stop, int) and isinstance(dim, int)):
        return
    if not 0 <= start < stop <= dim:
        raise wrong(
            "G012",
            f"the range {start}:{stop} does not lie in an axis of {dim}, or is empty",
            expr.span,
            help=f"a range goes from 0 to {dim}, its end excluded",
        )


def check_taken(expr: syntax.Slice, taken: range, known: range) -> None:
    """GradcliError where a range of members is empty, or takes more than there are."""
    if not taken or taken.start < known.start or taken.stop > known.stop:
        help = f"a range goes from {known.start} to {known.stop}, its end excluded"
        message = f"the range {taken.start}:{taken.stop} is empty, or takes more than is defined"
        raise wrong("G012", message, expr.span, help=help)
