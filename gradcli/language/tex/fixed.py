r"""What cannot be differentiated as it stands: values at points, inputs, losses known by slope.

Must not know how a derivative is written.
"""

from __future__ import annotations

from collections.abc import Sequence

from gradcli.errors import Span
from gradcli.graph.order import topological
from gradcli.language.elaboration.substitutions import SUBS
from gradcli.language.tex import refusals
from gradcli.language.tex.evaluations import WRITE
from gradcli.language.tex.walker import TexWalker
from gradcli.language.tree import syntax
from gradcli.language.tree.syntax import Expr


def refuse_fixed(builder: TexWalker, subject: Expr, by: Sequence[Expr], place: Span) -> None:
    r"""`\frac{d f(2)}{dx}` of a value at a point, `\frac{dE}{dt}` of what has no `t` in it."""
    inside = builder.inputs_of(subject)
    for target in by:
        name = target.name if isinstance(target, syntax.Name) else ""
        if name in builder.known.supposed and name not in inside:
            message = f"{name} stands nowhere in {refusals.shown(subject.span)}"
            help = "declare what depends on it, as a function, or take the partial derivatives"
            raise refusals.not_read(place, message, help)
    _refuse_inputs(builder, subject, by, place)
    if not isinstance(subject, syntax.Call) or not (
        subject.function.name == SUBS or builder.known.function(subject.function.name)
    ):
        return
    node, local = builder.known.probe.node, builder.local
    if {node(target, local) for target in by}.isdisjoint(topological([node(subject, local)])):
        message = f"{refusals.shown(subject.span)} depends on no such variable: a value at a point?"
        raise refusals.not_read(place, message, WRITE)


def _refuse_inputs(builder: TexWalker, subject: Expr, by: Sequence[Expr], place: Span) -> None:
    r"""`\frac{dy}{dx}` of two inputs is 0, and hardly meant where nobody says so."""
    whole = subject.operand if isinstance(subject, syntax.Index) else subject
    bases = [each.operand if isinstance(each, syntax.Index) else each for each in by]
    known = {each.name for each in builder.known.names.values() if each.how == "input"}
    if (
        not builder.vanishes
        and isinstance(whole, syntax.Name)
        and whole.name in known
        and not any(isinstance(each, syntax.Name) and each.name == whole.name for each in bases)
    ):
        shown = refusals.shown(subject.span)
        message = f"{shown} is an input here, which depends on no other: is it a function?"
        raise refusals.not_read(place, message, f"define it,  {shown} = …,  or as a function")


def refuse_second(builder: TexWalker, subject: Expr, place: Span) -> None:
    """A loss that nobody defines is known by its first derivatives alone."""
    name = subject.name if isinstance(subject, syntax.Name) else ""
    if any(e.how == "loss" and e.name == name for e in builder.known.names.values()):
        message = f"{name} stands for any function: only its first derivatives are known"
        raise refusals.not_read(place, message)
