"""Worked numbers: sides without names, which hold at the point that a comment gives.

Must not know which row they stand in.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from gradcli.errors import Source, Span
from gradcli.language.documents.sections import right_sides
from gradcli.language.elaboration.constants import throughout
from gradcli.language.elaboration.substitutions import SUBS
from gradcli.language.tex.atom import Atom
from gradcli.language.tex.bodies import Body
from gradcli.language.tex.rows import TexFormula
from gradcli.language.tex.unclaimed import is_number, is_zero
from gradcli.language.tree import syntax
from gradcli.language.tree.syntax import Expr


def worked(
    formula: TexFormula, plain: bool = False, given: bool = False
) -> tuple[TexFormula, list[list[Atom]]]:
    """The sides in names, and those that are only numbers put into the last of them.

    What is said of a `plain` name that is defined is such a number, however it is written, and so
    is the only right side where a point is `given`.
    """
    for k, side in enumerate(formula.sides):
        decimal = _is_decimal(side)
        rounded = k > 0 and formula.relations[k - 1].text == "≈"
        behind = rounded or k > 1 or (k == 1 and (plain or not formula.sides[0]))
        zero = is_zero(side) and not plain and not rounded
        alone = given and k == 1 and len(formula.sides) == k + 1
        if k and is_number(side) and (alone or (not zero and (decimal or behind))):
            named = replace(formula, sides=formula.sides[:k], relations=formula.relations[: k - 1])
            return named, formula.sides[k:]
    return formula, []


def _is_decimal(side: Sequence[Atom]) -> bool:
    return any("." in a.text for a in side if a.kind == "NUMBER") or any(
        t.text == "." for a in side for part in a.inside for t in part
    )


def is_fixed(body: Body, numbers: Sequence[list[Atom]]) -> bool:
    """Whether what a body ends with depends on no input, so that these numbers need no point.

    Those that are rounded are held against what has no name in it.
    """
    last = body.statements[-1]
    sides = right_sides(last)
    value = sides[-1].value if sides else last.value if isinstance(last, syntax.Output) else None
    if value is None or body.builder.inputs_of(value):
        return False
    named = any(
        isinstance(part, syntax.Name) and body.builder.inputs_of(part)
        for part in syntax.parts(value, _unvalued)
    )
    return not named or not any(_is_decimal(side) for side in numbers)


def _unvalued(expr: Expr) -> Iterable[Expr]:
    """The parts of an expression, but those of what has its values with it."""
    return () if isinstance(expr, syntax.Call) and expr.function.name == SUBS else throughout(expr)


def at_point(
    source: Source, body: Body, point: syntax.At | None, numbers: Sequence[list[Atom]]
) -> Body | None:
    """What stands above is claimed to have these values, to the digits that are written.

    Whole numbers without a point are exact.
    """
    first, last = body.statements[0], body.statements[-1]
    match first:
        case syntax.Output(value=left):
            pass
        case syntax.Claim(left=left):
            pass
        case syntax.Definition(name=left):
            pass
        case _:
            return None
    before = right_sides(last)
    left_span = before[-1].span if before else left.span
    left = before[-1].value if before and not isinstance(first, syntax.Definition) else left
    builder = body.builder
    sides = []
    for side in numbers:
        place = Span(source, side[0].start, side[-1].end)
        exact = point is None and not _is_decimal(side)
        sides.append(syntax.Side("=" if exact else "≈", builder.side(side), place))
    whole = Span(source, left_span.start, numbers[-1][-1].end)
    claim = syntax.Claim(whole, left, left_span, (*sides,))
    if point is None:
        return Body((), [claim], builder)
    start, end = Span(source, whole.start, whole.start), Span(source, whole.end, whole.end)
    return Body((), [replace(point, span=start), claim, syntax.At(end, ())], builder)
