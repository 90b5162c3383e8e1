"""Exponents: one off, of the wrong sign, a square too many or missing, or within for without.

Must not know graphs; what is right is only asked.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from gradcli.diagnosis import tree
from gradcli.language import syntax
from gradcli.language.syntax import Binary, Call, Expr, Number, Slice, Unary

RAISED = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")
COMPARED = ("<", "<=", ">", ">=", "==", "!=")
Around = tuple[Expr, ...]
Edit = tuple[str, str, Expr, str]


def is_exponent(part: Expr, around: Around) -> bool:
    outer = around[-1] if around else None
    return isinstance(outer, Binary) and "^" in outer.operator and outer.right is part


def wrong(part: Expr, around: Around) -> Iterator[Edit]:
    if not is_exponent(part, around) or (value := constant(part)) is None:
        return
    for other in (value - 1, value + 1, -value, value - 2):
        if other not in (0, 1, value):
            text = _raised(part, other)
            yield "exponent", f"the exponent is {other}, not {value}", _read(other), text


def constant(part: Expr) -> Fraction | None:
    """The number that a written constant is: `3`, `-1`, `1/2`, `-3/2`."""
    match part:
        case Number(value=value):
            return value
        case Unary(operator="-", operand=inner):
            below_zero = constant(inner)
            return None if below_zero is None else -below_zero
        case Binary(operator="/", left=a, right=Number(value=below)) if below:
            above = constant(a)
            return None if above is None else above / below
    return None


def _read(value: Fraction) -> Expr:
    whole = tree.number(abs(value.numerator))
    if value.denominator != 1:
        whole = tree.binary("/", whole, tree.number(value.denominator))
    return tree.negative(whole) if value < 0 else whole


def _raised(part: Expr, value: Fraction) -> str:
    """A number as its exponent was written: `x²` stays so."""
    return str(value) if part.span.text.isascii() else str(value).translate(RAISED)


def surplus(part: Expr, around: Around) -> Iterator[Edit]:
    """A square that should be none, and one that went into the argument of a function."""
    if isinstance(part, Binary) and part.operator in ("^", ".^"):
        base = part.left
        says = f"{tree.shown(base)} should not be raised to a power here"
        yield _once(part), says, base, tree.bracketed(base)
    match part:
        case Call(
            function=f, arguments=(Binary(operator="^" | ".^" as power, left=a, right=n) as inner,)
        ):
            new = tree.binary(power, tree.changed(part, arguments=(a,)), n)
            mark = inner.span.text[a.span.end - inner.span.start :].lstrip(")")

            says = f"the exponent belongs outside of {f.name}"
            yield "exponent", says, new, f"{f.span.text}({a.span.text}){mark}"


def _once(part: Binary) -> str:
    """A square too many is a factor too many."""
    square = isinstance(part.right, Number) and part.right.value == 2
    return "factor" if square else "exponent"


def missing(part: Expr, around: Around) -> Iterator[Edit]:
    """A square that is missing."""
    compared = any(isinstance(a, Binary) and a.operator in COMPARED for a in around)
    raised = around and isinstance(around[-1], Binary) and "^" in around[-1].operator
    plain = isinstance(part, Number | Unary | syntax.Text | syntax.Tuple | Slice | syntax.Array)
    if compared or raised or plain or (around and isinstance(around[-1], syntax.Index)):
        return
    shown = tree.bracketed(part)
    new = tree.binary("^", part, tree.number(2))
    yield "factor", f"the square of {tree.shown(part)} is missing", new, f"{shown}^2"
