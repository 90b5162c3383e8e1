"""What looks like a claim or a definition, and says two things or none: refused here.

Must not know how statements are made.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from gradcli.errors import Source, Span, wrong
from gradcli.language.elaboration.constants import throughout
from gradcli.language.tex import refusals
from gradcli.language.tex.atom import Atom
from gradcli.language.tex.build import TexBuilder
from gradcli.language.tex.formula import TexItem
from gradcli.language.tex.known import KnownNames
from gradcli.language.tex.losses import takes_loss
from gradcli.language.tex.names import script, symbol
from gradcli.language.tex.rows import TexFormula
from gradcli.language.tree import syntax
from gradcli.language.tree.syntax import Expr

NUMERIC = frozenset(
    {"NUMBER", "SIGN", "OPERATOR", "FRACTION", "OPEN", "CLOSE", "GROUP", "ROOT", "ENVIRONMENT"}
)


def refuse_partial_derivative(source: Source, known: KnownNames, item: TexItem) -> None:
    """`Y_K = …` of a defined Y: a derivative by K, or a name?"""
    base = known.get(symbol(item))
    below = script(item.script("SUB"))
    if base is None or below is None or base.how not in ("node", "function") or base.rank:
        return
    other = known.get(below.text)
    if other is not None and other.how == "input":
        place = Span(source, item.start, item.end)
        raise refusals.partial_or_name(place, base.name, other.name)


def refuse_row(builder: TexBuilder, left: Expr, sides: Sequence[syntax.Side]) -> None:
    """A gradient, which is a column here, against a row."""
    if left not in builder.gradients:
        return
    for side in sides:
        if len(builder.shape(left)) == 1 and len(builder.shape(side.value)) == 2:
            message = "a gradient, which is a column here, against a row"
            column = rf"\left({refusals.shown(side.span)}\right)^\top"
            help = f"the column is  {column};  for gradients as rows say  % gradcli: shape row"
            raise wrong("G023", message, side.span, help=help)


def refuse_second(builder: TexBuilder, left: Expr, sides: Sequence[syntax.Side]) -> None:
    r"""`\nabla^2 f` against a number: that is no Hessian."""
    values = [left, *(side.value for side in sides)]
    if len({builder.shape(value) for value in values}) == 1:
        return
    for value in values:
        for part in syntax.parts(value):
            if part in builder.seconds:
                shown = refusals.shown(part.span)
                help = r"for the Laplacian write  \nabla \cdot \nabla f"
                message = f"{shown}: the Hessian, or the Laplacian?"
                raise refusals.not_read(part.span, message, help)


def refuse_repeated(builder: TexBuilder, formula: TexFormula, left: Expr) -> None:
    """An index that stands twice on the left side, and nowhere else: summed, or for all?"""
    said = {x for each in formula.ranges for x in each.letters}
    right = formula.right_texts
    found = syntax.parts(left, throughout)
    names = Counter(part.name for part in found if isinstance(part, syntax.Name))
    for letter in builder.free.keys() - said - right:
        if names[letter] > 1:
            raise refusals.repeated_index(left.span, letter)


def refuse_own(known: KnownNames, left: Expr, sides: Sequence[syntax.Side]) -> None:
    """A derivative of a loss that nobody defines is claimed by derivatives of it alone."""
    if takes_loss(left, known):
        for side in sides:
            if not takes_loss(side.value, known):
                name = next(n for n in known.names.values() if n.how == "loss").name
                message = f"{name} is nowhere defined, and this holds for one {name} only"
                raise refusals.not_read(side.span, message, f"write a row  {name} = …  above")


def is_number(side: Sequence[Atom]) -> bool:
    """Whether a side has no letter in it."""
    kinds = {a.kind for a in side}
    texts = [t.text for a in side for p in a.inside for t in p]
    return bool(kinds) and kinds <= NUMERIC and not any(t.isalpha() for t in texts)


def is_zero(side: Sequence[Atom]) -> bool:
    """Whether a side is 0, bold or not."""
    return [a.text for a in side if a.kind != "QUAD"] in (["0"], ["bold 0"])
