"""Something else in the place of a part: a number, another function, what the table knows.

Must not know what is right; it says how a replacement is called, and what one would write there.
"""

from __future__ import annotations

from gradcli.diagnosis.evidence.parts import Subexpression
from gradcli.diagnosis.evidence.refuted_claim import in_full
from gradcli.diagnosis.evidence.unknowns import Unknown
from gradcli.diagnosis.kinds import edits
from gradcli.diagnosis.kinds.suspicion import Edit
from gradcli.diagnosis.known.table import Hit, simple
from gradcli.language.tree.build import constant, is_number, number
from gradcli.language.tree.printer import source_of
from gradcli.language.tree.syntax import Binary, Expr, Index, Number


def cost(part: Subexpression) -> float:
    """What it costs to replace a part: the more was written, the more."""
    return 0.4 + len(part.expr.span.text) / 8


def number_for(u: Unknown) -> Edit | None:
    """The number that an exponent or a number should be."""
    part = u.part
    exponent = edits.is_exponent(part.expr, part.around)
    if part.node.shape or not (exponent or isinstance(part.expr, Number)):
        return None
    if (value := simple(u.wanted[:, 0])) is None:
        return None
    says = f"is {value}, not {in_full(part.expr)}"
    if exponent:
        return "exponent", f"the exponent {says}", number(value)
    return "factor", f"the number {says}", number(value)


def is_far_from(part: Subexpression, hit: Hit) -> bool:
    """Whether a factor is more than one slip within a larger part, and any within a number."""
    changes = (hit.number < 0) + (abs(hit.number) != 1) + len(hit.made)
    return changes > (1 if isinstance(part.expr, Number) else 2)


def cancels(part: Subexpression, piece: Expr, negative: bool) -> Expr | None:
    """A sum without its term that one more would take away."""
    match part.expr:
        case Binary(operator="-", left=rest, right=last) if not negative:
            return rest if source_of(last) == source_of(piece) else None
        case Binary(operator="+", left=rest, right=last) if negative:
            return rest if source_of(last) == source_of(piece) else None
    return None


def is_odd(part: Subexpression, new: Expr) -> bool:
    """Whether nobody takes a whole number for this one, which is neither whole nor one over it."""
    if edits.is_exponent(part.expr, part.around) or not isinstance(part.expr, Number):
        return False
    value = constant(new)
    return value is not None and part.expr.value.denominator == 1 not in (
        value.denominator, abs(value.numerator),
    )  # fmt: skip


def other_for(part: Subexpression, new: Expr, kind: str) -> Edit:
    """Another expression for a part, in words."""
    old = part.expr
    match new, old:
        case Index(operand=a), Index(operand=b) if source_of(a) == source_of(b):
            return "index", f"the index is wrong: {source_of(new)}, not {in_full(old)}", new
    return kind, f"this should be {source_of(new)}, not {in_full(old)}", new


def called(factor: Expr) -> str:
    """A missing factor in words."""
    match factor:
        case Binary(operator="/", left=above, right=below) if is_number(above, 1):
            return f"the division by {source_of(below)}"
    return f"the factor {source_of(factor)}"
