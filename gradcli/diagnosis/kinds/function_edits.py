"""Calls in a claim written otherwise: another function, another axis, a sum where there is none.

Must not know graphs, nor whether anything is right; each function makes one kind of change.
"""

from __future__ import annotations

from gradcli.diagnosis.evidence.refuted_claim import Around
from gradcli.diagnosis.kinds.rewriting import ArrayEdits, Edits
from gradcli.language.tree.build import (
    NOWHERE,
    call,
    changed,
    number,
)
from gradcli.language.tree.syntax import (
    Binary,
    Call,
    Expr,
    Index,
    Name,
    Number,
    Slice,
    Transpose,
)
from gradcli.ops import FUNCTIONS
from gradcli.ops.reductions import sum_of
from gradcli.ops.registry import confused

SPREADING = ("+", "-", ".*", "./")


def functions(part: Call, around: Around) -> Edits:
    """Another function, or none."""
    known = part.function.name
    if known not in FUNCTIONS:
        return
    for other in _confused(known, linear=False):
        yield f"the function is {other}, not {known}", _called(part, other)
    if len(part.arguments) == 1:
        yield f"{known} is not applied here", part.arguments[0]


def means(part: Call, around: Around) -> Edits:
    """A mean for a sum, and a sum for a mean."""
    known = part.function.name
    for other in _confused(known, linear=True) if known in FUNCTIONS else ():
        yield f"the {other}, not the {known}, is right here", _called(part, other)


def _confused(known: str, linear: bool) -> list[str]:
    """What is written for a function; between two that are linear only a factor is at stake."""
    function = FUNCTIONS[known]
    others = confused(function)
    return [o for o in others if (function.linear and FUNCTIONS[o].linear) == linear]


def others(known: str) -> list[str]:
    """What is written for a function that is not linear."""
    return _confused(known, linear=False)


def _called(part: Call, other: str) -> Expr:
    return changed(part, function=Name(NOWHERE, other))


def axes(part: Call, around: Around) -> Edits:
    """Over one axis instead of all entries, or over the other one."""
    reduction = part.function.name
    if _sums_up(reduction) and not part.keywords and len(part.arguments) == 1:
        for axis in (0, 1):
            yield from _over(part, axis, f"the {reduction} is over axis {axis} only", around)
    yield from _other_axis(part, around)


def turned_axes(part: Transpose, around: Around) -> Edits:
    """A transposed reduction along the wrong axis: along the other it needs no transpose."""
    call = part.operand
    if isinstance(call, Call) and _loses(call):
        yield from _other_axis(call, around)


def _other_axis(call: Call, around: Around) -> Edits:
    for key, value in call.keywords:
        if key.name == "axis" and isinstance(value, Number) and value.value in (0, 1):
            other = 1 - int(value.value)
            says = f"the {call.function.name} is over axis {other}, not axis {value.value}"
            yield from _over(call, other, says, around)


def _over(part: Call, axis: int, says: str, around: Around) -> Edits:
    """A reduction over one axis, which goes or, within something else, stays."""
    kept = [(key, value) for key, value in part.keywords if key.name not in ("axis", "keepdims")]
    over = (Name(NOWHERE, "axis"), number(axis))
    yield says, changed(part, keywords=(*kept, over))
    if around and _keeps(part):
        stays = (Name(NOWHERE, "keepdims"), Name(NOWHERE, "True"))
        yield f"{says}, which stays", changed(part, keywords=(*kept, over, stays))


@ArrayEdits
def missing_sums(part: Expr, around: Around) -> Edits:
    """A sum over all entries or over one axis, where there is none; a number stays before it."""
    if isinstance(part, Call) and _sums_up(part.function.name):
        return
    if isinstance(part, Binary) and part.operator == "*" and isinstance(part.left, Number):
        return
    yield "a sum is missing", call(sum_of.name, part)
    for axis in (0, 1):
        yield f"a sum over axis {axis} is missing", call(sum_of.name, part, axis=number(axis))


@ArrayEdits
def lost_axes(part: Binary, around: Around) -> Edits:
    """A number for each row spread along the columns, or the other way round."""
    if part.operator not in SPREADING:
        return
    for field in ("left", "right"):
        side = getattr(part, field)
        if isinstance(side, Call) and _loses(side):
            keep = (Name(NOWHERE, "keepdims"), Name(NOWHERE, "True"))
            says = f"the {side.function.name} must keep its axis, to be spread along it"
            kept: Expr = changed(side, keywords=(*side.keywords, keep))
        elif isinstance(side, Name):
            says = f"{side.span.text} is spread along the other axis"
            kept = Index(NOWHERE, side, (Slice(NOWHERE, None, None), Name(NOWHERE, "None")))
        else:
            continue
        yield says, changed(part, **{field: kept})


def _loses(call: Call) -> bool:
    return _keeps(call) and {key.name for key, _ in call.keywords} == {"axis"}


def _keeps(call: Call) -> bool:
    """Whether a function can keep the axis that it goes along."""
    known = FUNCTIONS.get(call.function.name)
    return known is not None and "keepdims" in known.parameters


def _sums_up(function: str) -> bool:
    """Whether a function is linear and goes over all entries or over an axis."""
    known = FUNCTIONS.get(function)
    return known is not None and known.linear and "axis" in known.parameters
