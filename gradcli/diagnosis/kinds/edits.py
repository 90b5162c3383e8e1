"""One place of the claim written otherwise: what may stand there, and what was wrong, in words.

Must not know graphs, nor whether anything is right; each function makes one kind of change.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from gradcli.diagnosis.evidence.refuted_claim import Around, shown
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
NO_VALUES = (Slice, IndexRange, syntax.Text, syntax.Tuple)
"""What is written in a claim and stands for no number."""
Edits = Iterator[tuple[str, Expr]]


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


def minus_signs(part: Unary, around: Around) -> Edits:
    """A minus that should be none."""
    if part.operator == "-":
        yield f"the sign of {shown(part.operand)} is wrong", part.operand


def term_signs(part: Binary, around: Around) -> Edits:
    """A sum for a difference, and a difference for a sum."""
    if part.operator in SUMS:
        new = changed(part, operator=OPPOSITE[part.operator])
        yield f"the sign of the term {shown(part.right)} is wrong", new


def argument_signs(part: Expr, around: Around) -> Edits:
    """A minus that is missing in a function or an exponent."""
    inside = around and (isinstance(around[-1], Call) or is_exponent(part, around))
    if inside and not isinstance(part, Unary | syntax.Text) and constant(part) is None:
        added = isinstance(part, Binary) and part.operator == "+"
        new = negative(part) if added else negated(part)
        yield f"the sign of {shown(part)} is wrong", new


# -- numbers

LONGEST_NUMBER = 10**100
"""Nobody mistakes a longer one, and Python does not write the longest."""


def numbers(part: Number, around: Around) -> Edits:
    """A number twice as large or half as large, or one off."""
    if part.value.denominator != 1 or is_exponent(part, around):
        return
    if abs(part.value) > LONGEST_NUMBER:
        return
    if around and isinstance(around[-1], Index | Slice | IndexRange):
        return
    value = int(part.value)
    for new in (2 * value, Fraction(value, 2), value + 1, value - 1):
        if new not in (0, value) and Fraction(new).denominator == 1:
            yield f"the number is {new}, not {value}", number(new)


# -- exponents


def exponents(part: Expr, around: Around) -> Edits:
    """An exponent that is one or two off, or of the wrong sign."""
    if not is_exponent(part, around):
        return
    if (value := constant(part)) is None:
        old, others = shown(part), [stepped(part, -1), stepped(part, 1)]
    else:
        near = (value - 1, value + 1, -value, value - 2)
        old, others = str(value), [number(other) for other in near if other not in (0, 1, value)]
    for new in others:
        yield f"the exponent is {source_of(new)}, not {old}", new


def surplus_squares(part: Binary, around: Around) -> Edits:
    """A square too many is a factor too many."""
    if isinstance(part.right, Number) and part.right.value == 2:
        yield from _without_power(part)


def surplus_powers(part: Binary, around: Around) -> Edits:
    """Any other exponent that should be none."""
    if not isinstance(part.right, Number) or part.right.value != 2:
        yield from _without_power(part)


def _without_power(part: Binary) -> Edits:
    if part.operator in POWERS:
        yield f"{shown(part.left)} should not be raised to a power here", part.left


def powers_within(part: Call, around: Around) -> Edits:
    """An exponent that went into the argument of a function."""
    match part:
        case Call(
            function=f, arguments=(Binary(operator="^" | ".^" as power, left=base, right=above),)
        ):
            new = binary(power, changed(part, arguments=(base,)), above)
            yield f"the exponent belongs outside of {f.name}", new


def missing_squares(part: Expr, around: Around) -> Edits:
    """A square that is missing."""
    compared = any(isinstance(a, Binary) and a.operator in COMPARED for a in around)
    raised = around and isinstance(around[-1], Binary) and around[-1].operator in POWERS
    plain = isinstance(part, Number | Unary | syntax.Text | syntax.Tuple | Slice | syntax.Array)
    if compared or raised or plain or (around and isinstance(around[-1], Index)):
        return
    yield f"the square of {shown(part)} is missing", binary("^", part, number(2))
    if isinstance(part, Name):
        yield f"the square of {shown(part)} is missing", binary(".^", part, number(2))


def missing_roots(part: Expr, around: Around) -> Edits:
    """A square root that is missing."""
    if not isinstance(part, Number | syntax.Text | syntax.Array):
        says = f"the square root of {shown(part)} is missing"
        yield says, call(root_of.name, part)


def missing_inverses(part: Expr, around: Around) -> Edits:
    """An inverse matrix that is missing."""
    if not isinstance(part, Number | syntax.Text | syntax.Array | Unary):
        yield f"the inverse of {shown(part)} is missing", call(inv.name, part)


# -- operators and factors


def fractions(part: Binary, around: Around) -> Edits:
    """What stands on the wrong side of a fraction's line."""
    left, right = part.left, part.right
    if part.operator == "*":
        below = over(left, lambda under: right if under is None else product(under, right))
        yield f"{shown(right)} divides here", below
    if part.operator == "/":
        yield f"{shown(right)} does not divide here", changed(part, operator="*")
        yield "the fraction is upside down", binary("/", right, left)
        below = binary("/", number(1), binary("*", left, right))
        yield f"{shown(left)} belongs below the line", below


def surplus_numbers(part: Binary, around: Around) -> Edits:
    """A number that should not be there."""
    for gone, says, kept in _surplus(part):
        if isinstance(gone, Number):
            yield says, kept


def surplus_factors(part: Binary, around: Around) -> Edits:
    """Any other factor that should not be there."""
    for gone, says, kept in _surplus(part):
        if not isinstance(gone, Number):
            yield says, kept


def _surplus(part: Binary) -> Iterator[tuple[Expr, str, Expr]]:
    left, right = part.left, part.right
    if part.operator == "*":
        yield right, f"the factor {shown(right)} is surplus", left
        yield left, f"the factor {shown(left)} is surplus", right
    if part.operator == "/":
        yield right, f"{shown(right)} should not divide here", left
        if not is_number(left, 1):
            yield left, f"the factor {shown(left)} is surplus", changed(part, left=number(1))


def doubles(part: Expr, around: Around) -> Edits:
    """A 2 or 1/2 missing within a function or an exponent."""
    outer = around[-1] if around else None
    alone = isinstance(outer, Call) and len(outer.arguments) == 1
    if isinstance(outer, Call) and outer.function.name == diag_of.name:
        alone = False
    if not (alone or is_exponent(part, around)) or isinstance(part, Number | syntax.Text):
        return
    says = f"is missing at {shown(part)}"
    yield f"a factor 2 {says}", times(number(2), part)
    yield f"a factor 1/2 {says}", binary("/", part, number(2))


def complements_beside(part: Call, around: Around) -> Edits:
    """The second of two equal factors, as in `sigmoid(t)*sigmoid(t)`."""
    outer = around[-1] if around else None
    if isinstance(outer, Binary) and outer.right is part:
        written = source_of(part)
        if any(source_of(x) == written for x in syntax.parts(outer.left) if isinstance(x, Call)):
            yield from complements(part, around)


def complements(part: Name | Call, around: Around) -> Edits:
    """`p` for `1 - p`, as a factor or as the whole."""
    outer = around[-1] if around else None
    if outer is None or (isinstance(outer, Binary) and outer.operator in "*/@"):
        says = f"this should be 1 - {shown(part)}, not {shown(part)}"
        yield says, binary("-", number(1), part)


def surplus_complements(part: Binary, around: Around) -> Edits:
    """`1 - p` for `p`."""
    if part.operator == "-" and is_number(part.left, 1):
        yield f"this should be {shown(part.right)}, not {shown(part)}", part.right


def transposes(part: Expr, around: Around) -> Edits:
    """A factor of a matrix product that is transposed, or is not."""
    outer = around[-1] if around else None
    if isinstance(part, Transpose):
        yield f"{shown(part.operand)} must not be transposed here", part.operand
    elif isinstance(part, Name) and isinstance(outer, Binary) and outer.operator == "@":
        yield f"{part.name} must be transposed here", transposed(part)


def sums_and_products(part: Binary, around: Around) -> Edits:
    """A sum for a product, and a product for a sum."""
    both = f"{shown(part.left)} and {shown(part.right)} are"
    if part.operator == "+":
        yield f"{both} multiplied, not added", changed(part, operator="*")
    elif part.operator == "*":
        yield f"{both} added, not multiplied", changed(part, operator="+")
