"""One place of the claim written otherwise: what may stand there, and what was wrong, in words.

Must not know graphs, nor whether anything is right; each function makes one kind of change.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from gradcli.diagnosis.evidence.refuted_claim import Around, shown
from gradcli.diagnosis.kinds.rewriting import ArrayEdits, Edits, RewriteRule, Rewriting
from gradcli.diagnosis.trees.composing import OPPOSITE, negated, over, product, times
from gradcli.language.tree import syntax
from gradcli.language.tree.build import (
    POWERS,
    SUMS,
    binary,
    call,
    changed,
    constant,
    is_number,
    negative,
    number,
    transposed,
)
from gradcli.language.tree.printer import source_of
from gradcli.language.tree.syntax import (
    Binary,
    Call,
    Expr,
    Index,
    IndexRange,
    Name,
    Number,
    Slice,
    Transpose,
    Unary,
)
from gradcli.ops.algebra import diag_of, inv
from gradcli.ops.elementary import sqrt as root_of

COMPARED = ("<", "<=", ">", ">=", "==", "!=")


def is_exponent(part: Expr, around: Around) -> bool:
    outer = around[-1] if around else None
    return isinstance(outer, Binary) and outer.operator in POWERS and outer.right is part


def stepped(expr: Expr, step: int) -> Expr:
    """A whole number one up or down, as one would write it."""
    if isinstance(expr, Number):
        return number(expr.value + step)
    base = expr
    if isinstance(expr, Binary) and expr.operator in SUMS and isinstance(expr.right, Number):
        base = expr.left
        step += int(expr.right.value) * (1 if expr.operator == "+" else -1)
    if not step:
        return base
    sign = "+" if step > 0 else "-"
    if base is expr:
        return binary(sign, base, number(abs(step)))
    return changed(expr, operator=sign, right=number(abs(step)))


# -- signs


minus_signs = Rewriting(
    RewriteRule(
        lambda part: part.operand,
        lambda part: f"the sign of {shown(part.operand)} is wrong",
        signs=("-",),
    )
)
"""A minus that should be none."""
term_signs = Rewriting(
    RewriteRule(
        lambda part: changed(part, operator=OPPOSITE[part.operator]),
        lambda part: f"the sign of the term {shown(part.right)} is wrong",
        signs=SUMS,
    )
)
"""A sum for a difference, and a difference for a sum."""


def _argument(part: Expr, around: Around) -> bool:
    inside = around and (isinstance(around[-1], Call) or is_exponent(part, around))
    return bool(inside) and not isinstance(part, Unary | syntax.Text) and constant(part) is None


def _other_sign(part: Expr) -> Expr:
    added = isinstance(part, Binary) and part.operator == "+"
    return negative(part) if added else negated(part)


argument_signs = Rewriting(
    RewriteRule(_other_sign, lambda part: f"the sign of {shown(part)} is wrong", _argument)
)
"""A minus that is missing in a function or an exponent."""
surplus_terms = Rewriting(
    RewriteRule(
        lambda part: part.left,
        lambda part: f"the term {shown(part.right)} is surplus",
        signs=SUMS,
    ),
    RewriteRule(
        lambda part: negative(part.right) if part.operator == "-" else part.right,
        lambda part: f"the term {shown(part.left)} is surplus",
        signs=SUMS,
    ),
)
"""A term that should not be there."""


def symmetric_parts(part: Name, around: Around) -> Edits:
    """A matrix that stands for itself and its transpose."""
    outer = around[-1] if around else None
    if isinstance(outer, Binary) and outer.operator == "@" and outer.left is part:
        both = binary("+", part, transposed(part))
        says = f"this is right only for symmetric {part.name}: {part.name} and {part.name}.T add up"
        yield says, both
        yield says, binary("/", both, number(2))


# -- numbers

LONGEST_NUMBER = 10**100
"""Nobody mistakes a longer one, and Python does not write the longest."""


def _doubled(part: Expr) -> Expr:
    return number(2 * part.value) if isinstance(part, Number) else times(number(2), part)


def _halved(part: Expr) -> Expr:
    return number(part.value / 2) if isinstance(part, Number) else binary("/", part, number(2))


def _another_number(new: Callable[[Expr], Expr]) -> RewriteRule:
    def when(part: Number, around: Around) -> bool:
        if part.value.denominator != 1 or is_exponent(part, around):
            return False
        if abs(part.value) > LONGEST_NUMBER:
            return False
        if around and isinstance(around[-1], Index | Slice | IndexRange):
            return False
        value = constant(new(part))
        return value not in (None, 0, part.value) and value.denominator == 1

    return RewriteRule(
        new, lambda part: f"the number is {source_of(new(part))}, not {part.value}", when
    )


numbers = Rewriting(
    _another_number(_doubled),
    _another_number(_halved),
    _another_number(lambda part: stepped(part, 1)),
    _another_number(lambda part: stepped(part, -1)),
)
"""A number twice as large or half as large, or one off."""

# -- exponents


def _another_exponent(new: Callable[[Expr], Expr], of_numbers: bool = False) -> RewriteRule:
    def when(part: Expr, around: Around) -> bool:
        if not is_exponent(part, around):
            return False
        if (value := constant(part)) is None:
            return not of_numbers
        return constant(new(part)) not in (0, 1, value)

    def says(part: Expr) -> str:
        value = constant(part)
        old = shown(part) if value is None else str(value)
        return f"the exponent is {source_of(new(part))}, not {old}"

    return RewriteRule(new, says, when)


def _moved(part: Expr, step: int) -> Expr:
    value = constant(part)
    return stepped(part, step) if value is None else number(value + step)


def _opposite(part: Expr) -> Expr:
    value = constant(part)
    return negative(part) if value is None else number(-value)


exponents = Rewriting(
    _another_exponent(lambda part: _moved(part, -1)),
    _another_exponent(lambda part: _moved(part, 1)),
    _another_exponent(_opposite, of_numbers=True),
    _another_exponent(lambda part: _moved(part, -2), of_numbers=True),
)
"""An exponent that is one or two off, or of the wrong sign."""


def _without_power(when: Callable[[Any], bool]) -> Rewriting:
    return Rewriting(
        RewriteRule(
            lambda part: part.left,
            lambda part: f"{shown(part.left)} should not be raised to a power here",
            lambda part, around: when(part.right),
            POWERS,
        )
    )


surplus_squares = _without_power(lambda exponent: is_number(exponent, 2))
"""A square too many is a factor too many."""
surplus_powers = _without_power(lambda exponent: not is_number(exponent, 2))
"""Any other exponent that should be none."""


def powers_within(part: Call, around: Around) -> Edits:
    """An exponent that went into the argument of a function."""
    match part:
        case Call(
            function=f, arguments=(Binary(operator="^" | ".^" as power, left=base, right=above),)
        ):
            new = binary(power, changed(part, arguments=(base,)), above)
            yield f"the exponent belongs outside of {f.name}", new


def _is_no_square(part: Expr, around: Around) -> bool:
    compared = any(isinstance(a, Binary) and a.operator in COMPARED for a in around)
    raised = around and isinstance(around[-1], Binary) and around[-1].operator in POWERS
    plain = isinstance(part, Number | Unary | syntax.Text | syntax.Tuple | Slice | syntax.Array)
    # It is missing below a line, not above it; nor is a root squared.
    inverse = isinstance(part, Binary) and part.operator == "/" and is_number(part.left, 1)
    root = isinstance(part, Call) and part.function.name == root_of.name
    outer = around[-1] if around else None
    return not (compared or raised or plain or inverse or root or isinstance(outer, Index))


def _says_square(part: Expr) -> str:
    return f"the square of {shown(part)} is missing"


missing_squares = Rewriting(
    RewriteRule(lambda part: binary("^", part, number(2)), _says_square, _is_no_square),
    RewriteRule(
        lambda part: binary(".^", part, number(2)),
        _says_square,
        lambda part, around: isinstance(part, Name) and _is_no_square(part, around),
    ),
)
"""A square that is missing."""
missing_roots = Rewriting(
    RewriteRule(
        lambda part: call(root_of.name, part),
        lambda part: f"the square root of {shown(part)} is missing",
        lambda part, around: not isinstance(part, Number | syntax.Text | syntax.Array),
    )
)
"""A square root that is missing."""


def surplus_roots(part: Call, around: Around) -> Edits:
    """A square root that should be none."""
    if part.function.name == root_of.name:
        yield f"the square root of {shown(part.arguments[0])} is surplus", part.arguments[0]


@ArrayEdits
def missing_inverses(part: Expr, around: Around) -> Edits:
    """An inverse matrix that is missing."""
    if not isinstance(part, Number | syntax.Text | syntax.Array | Unary):
        yield f"the inverse of {shown(part)} is missing", call(inv.name, part)


# -- operators and factors


def _below(part: Binary) -> Expr:
    right = part.right
    return over(part.left, lambda under: right if under is None else product(under, right))


fractions = Rewriting(
    RewriteRule(_below, lambda part: f"{shown(part.right)} divides here", signs=("*",)),
    RewriteRule(
        lambda part: changed(part, operator="*"),
        lambda part: f"{shown(part.right)} does not divide here",
        signs=("/",),
    ),
    RewriteRule(
        lambda part: binary("/", part.right, part.left),
        lambda part: "the fraction is upside down",
        signs=("/",),
    ),
    RewriteRule(
        lambda part: binary("/", number(1), binary("*", part.left, part.right)),
        lambda part: f"{shown(part.left)} belongs below the line",
        signs=("/",),
    ),
)
"""What stands on the wrong side of a fraction's line."""


def _surplus(gone: Callable[[Expr], bool]) -> Rewriting:
    def left_too_many(part: Binary) -> str:
        return f"the factor {shown(part.left)} is surplus"

    return Rewriting(
        RewriteRule(
            lambda part: part.left,
            lambda part: f"the factor {shown(part.right)} is surplus",
            lambda part, around: gone(part.right),
            ("*",),
        ),
        RewriteRule(
            lambda part: part.right,
            left_too_many,
            lambda part, around: gone(part.left),
            ("*",),
        ),
        RewriteRule(
            lambda part: part.left,
            lambda part: f"{shown(part.right)} should not divide here",
            lambda part, around: gone(part.right),
            ("/",),
        ),
        RewriteRule(
            lambda part: changed(part, left=number(1)),
            left_too_many,
            lambda part, around: gone(part.left) and not is_number(part.left, 1),
            ("/",),
        ),
    )


surplus_numbers = _surplus(lambda expr: isinstance(expr, Number))
"""A number that should not be there."""
surplus_factors = _surplus(lambda expr: not isinstance(expr, Number))
"""Any other factor that should not be there."""


def _alone(part: Expr, around: Around) -> bool:
    outer = around[-1] if around else None
    alone = isinstance(outer, Call) and len(outer.arguments) == 1
    if isinstance(outer, Call) and outer.function.name == diag_of.name:
        alone = False
    return (alone or is_exponent(part, around)) and not isinstance(part, Number | syntax.Text)


doubles = Rewriting(
    RewriteRule(_doubled, lambda part: f"a factor 2 is missing at {shown(part)}", _alone),
    RewriteRule(_halved, lambda part: f"a factor 1/2 is missing at {shown(part)}", _alone),
)
"""A 2 or 1/2 missing within a function or an exponent."""


def _is_factor(part: Expr, around: Around) -> bool:
    outer = around[-1] if around else None
    return outer is None or (isinstance(outer, Binary) and outer.operator in "*/@")


def _is_second(part: Expr, around: Around) -> bool:
    outer = around[-1] if around else None
    if not (isinstance(outer, Binary) and outer.right is part and _is_factor(part, around)):
        return False
    written = source_of(part)
    return any(source_of(x) == written for x in syntax.parts(outer.left) if isinstance(x, Call))


def _complements(when: Callable[[Any, Around], bool]) -> Rewriting:
    return Rewriting(
        RewriteRule(
            lambda part: binary("-", number(1), part),
            lambda part: f"this should be 1 - {shown(part)}, not {shown(part)}",
            when,
        )
    )


complements = _complements(_is_factor)
"""`p` for `1 - p`, as a factor or as the whole."""
complements_beside = _complements(_is_second)
"""The second of two equal factors, as in `sigmoid(t)*sigmoid(t)`."""
surplus_complements = Rewriting(
    RewriteRule(
        lambda part: part.right,
        lambda part: f"this should be {shown(part.right)}, not {shown(part)}",
        lambda part, around: is_number(part.left, 1),
        ("-",),
    )
)
"""`1 - p` for `p`."""


def _exchanged(operator: str, other: str, words: str) -> RewriteRule:
    return RewriteRule(
        lambda part: changed(part, operator=other),
        lambda part: f"{shown(part.left)} and {shown(part.right)} are {words}",
        signs=(operator,),
    )


sums_and_products = Rewriting(
    _exchanged("+", "*", "multiplied, not added"), _exchanged("*", "+", "added, not multiplied")
)
"""A sum for a product, and a product for a sum."""


def transposes(part: Expr, around: Around) -> Edits:
    """A factor of a matrix product that is transposed, or is not."""
    outer = around[-1] if around else None
    if isinstance(part, Transpose):
        yield f"{shown(part.operand)} must not be transposed here", part.operand
    elif isinstance(part, Name) and isinstance(outer, Binary) and outer.operator == "@":
        yield f"{part.name} must be transposed here", transposed(part)
