"""Which product two factors side by side are, and what bars mean: shapes decide, or refuse.

Must not know names.
"""

from __future__ import annotations

from itertools import product as combined

from gradcli.errors import GradcliError, Span, wrong
from gradcli.graph.shape import is_row
from gradcli.language.tex import refusals
from gradcli.language.tex.formula import TexBracket, TexItem
from gradcli.language.tex.misfits import TexMisfit
from gradcli.language.tex.names import script
from gradcli.language.tex.walker import TexWalker
from gradcli.language.tree import syntax
from gradcli.language.tree.syntax import Expr


def product(builder: TexWalker, sign: str, left: Expr, right: Expr) -> Expr:
    """The product, or quotient, that a sign between two factors means. GradcliError for none."""
    place = left.span.to(right.span)
    if sign == "/":
        return syntax.Binary(place, "/", left, right)
    a, b = builder.shape(left), builder.shape(right)
    if sign == "star":
        raise refusals.not_read(place, r"\star is no product of this language")
    if sign == "oslash":
        return syntax.Binary(place, "/", left, right)
    if sign == "odot":
        return syntax.Binary(place, "*", left, right)
    if not a or not b:
        return syntax.Binary(place, "*", left, right)
    texts = (refusals.written(left.span), refusals.written(right.span))
    if sign in ("times", "otimes"):
        raise refusals.product_sign(place, sign, *texts, columns=len(a) == len(b) == 1)
    if len(a) == 1 and len(b) == 1 and sign != "cdot":
        raise refusals.two_columns(place, *texts)
    if len(a) == 1 and len(b) == 2 and not is_row(b) and left not in builder.gradients:
        raise refusals.column_times_matrix(place, *texts)
    made = syntax.Binary(place, "@", left, right)
    if not _fits(builder, made):
        raise _misfit(builder, place, left, right)
    if left in builder.gradients:
        builder.gradients.add(made)
    return made


def _fits(builder: TexWalker, made: Expr) -> bool:
    try:
        builder.shape(made)
    except GradcliError:
        return False
    return True


def _misfit(builder: TexWalker, place: Span, left: Expr, right: Expr) -> GradcliError:
    """No product of these shapes. Where a layout may be the reason, nobody claims it is wrong."""
    a, b = builder.shape(left), builder.shape(right)
    shown = builder.known.probe.described
    message = f"cannot multiply {shown(a)} by {shown(b)}"
    turned = [
        text
        for text, made in (
            (
                rf"{refusals.written(left.span)}^\top {refusals.written(right.span)}",
                (syntax.Transpose(place, left), right),
            ),
            (
                rf"{refusals.written(left.span)} {refusals.written(right.span)}^\top",
                (left, syntax.Transpose(place, right)),
            ),
        )
        if _fits(builder, syntax.Binary(place, "@", *made))
    ]
    help = f"{turned[0]}  fits" if turned else ""
    if (is_row(a) and len(b) == 1) or _in_other_layout(builder, place, left, right):
        return wrong("G201", message, place, help=help)
    return TexMisfit("transpose" if turned else "shape", message, place, help)


def _in_other_layout(builder: TexWalker, place: Span, left: Expr, right: Expr) -> bool:
    """Whether factors fit where derivatives in them are laid out the other way."""
    ways: list[list[Expr]] = []
    for side in (left, right):
        derives = any(isinstance(part, syntax.Derivative) for part in syntax.parts(side))
        ways.append([side, syntax.Transpose(place, side)] if derives else [side])
    return any(_fits(builder, syntax.Binary(place, "@", a, b)) for a, b in combined(*ways))


def bars(builder: TexWalker, item: TexItem, base: TexBracket) -> Expr:
    """A norm, an absolute value or determinant, an inner product."""
    place = builder.span(item.start, item.end)
    if base.kind == "ANGLE":
        return _inner(builder, place, base)
    value = builder.sum(base.sums[0])
    shape = builder.shape(value)
    if base.kind == "ABS":
        if len(shape) == 2 and not is_row(shape):
            return builder.call("det", place, value)
        if shape:
            text = refusals.written(value.span)
            help = (
                rf"write  \|{text}\|  for its length,  \operatorname{{abs}}({text})  for each entry"
            )
            message = "bars around a vector: its length, or that of each entry?"
            raise refusals.not_read(place, message, help)
        return builder.call("abs", place, value)
    below = script(item.script("SUB"))
    return _norm(builder, place, value, below.text if below else "", shape)


def _norm(
    builder: TexWalker, place: Span, value: Expr, below: str, shape: tuple[object, ...]
) -> Expr:
    if not shape:
        return builder.call("abs", place, value)
    matrix = len(shape) == 2 and 1 not in shape
    if below == "F" or (below == "" and not matrix):
        option = (syntax.Text(place, "fro"),) if matrix else ()
        return builder.call("norm", place, value, *option)
    if matrix:
        help = r"write  \|A\|_F  for the root of the sum of squares"
        raise refusals.not_read(place, "which norm of a matrix is meant?", help)
    if below in ("2", "1"):
        from fractions import Fraction  # noqa: PLC0415 seldom asked

        order = syntax.Number(place, Fraction(below))
        return builder.call("norm", place, value, *([order] if below == "1" else []))
    if below == "inf":
        return builder.call("norm", place, value, syntax.Name(place, "inf"))
    raise refusals.not_read(place, f"the norm with the index {below} is not read")


def _inner(builder: TexWalker, place: Span, base: TexBracket) -> Expr:
    if len(base.sums) != 2:
        raise refusals.not_read(place, "an inner product has two factors")
    left, right = (builder.sum(each) for each in base.sums)
    a, b = builder.shape(left), builder.shape(right)
    if len(a) != len(b):
        raise refusals.not_read(place, "an inner product has two factors of one shape")
    if not a:
        return syntax.Binary(place, "*", left, right)
    if len(a) == 1:
        return syntax.Binary(place, "@", left, right)
    return builder.call("sum", place, syntax.Binary(place, "*", left, right))
