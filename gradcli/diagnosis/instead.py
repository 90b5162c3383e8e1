"""Something else in the place of a part: a number, another function, what the table knows.

Must not know what is right; it says how a replacement is called, and what one would write there.
"""

from __future__ import annotations

from collections.abc import Iterator

from gradcli.diagnosis import edits
from gradcli.diagnosis.parts import Subexpression
from gradcli.diagnosis.refuted_claim import RefutedClaim, in_full, shown
from gradcli.diagnosis.table import simple
from gradcli.diagnosis.unknowns import Unknown
from gradcli.language.printer import source_of
from gradcli.language.scope import UserFunction
from gradcli.language.syntax import Call, Expr, Index, Name, Number
from gradcli.language.tree import NOWHERE, call, changed, number
from gradcli.ops import FUNCTIONS
from gradcli.ops.elementary import sqrt as root_of

Edit = tuple[str, str, Expr]


def instead(part: Subexpression) -> float:
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


def other_for(part: Subexpression, new: Expr, kind: str) -> Edit:
    """Another expression for a part, in words."""
    old = part.expr
    match new, old:
        case Index(operand=a), Index(operand=b) if source_of(a) == source_of(b):
            return "index", f"the index is wrong: {source_of(new)}, not {in_full(old)}", new
    return kind, f"this should be {source_of(new)}, not {in_full(old)}", new


def written_otherwise(refuted: RefutedClaim, u: Unknown) -> Iterator[Edit]:
    """A part under a root, and calls of another function."""
    expr = u.part.expr
    if u.turns or isinstance(expr, Number):
        return
    yield "exponent", f"the square root of {shown(expr)} is missing", call(root_of.name, expr)
    if isinstance(expr, Call):
        known = expr.function.name
        for other in edits.others(known) if known in FUNCTIONS else _own(refuted, expr):
            new = changed(expr, function=Name(NOWHERE, other))
            yield "function", f"the function is {other}, not {known}", new


def _own(refuted: RefutedClaim, expr: Call) -> Iterator[str]:
    """The writer's own functions of as many arguments."""
    elaborator = refuted.derivation.elaborator
    for name, meaning in elaborator.scope.names.items() if elaborator else ():
        if not isinstance(meaning, UserFunction) or name == expr.function.name:
            continue
        if len(meaning.definition.parameters) == len(expr.arguments):
            yield name
