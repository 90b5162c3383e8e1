"""An expression as text: what was written stands as it is, what is new by precedence and habit.

Must not know what an expression means, nor why it was changed.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import NamedTuple

from gradcli.language.tree import syntax
from gradcli.language.tree.literals import ASCII_SIGNS
from gradcli.language.tree.slots import Slot, gap, gaps, is_bracketed, slots
from gradcli.language.tree.syntax import (
    Binary,
    Call,
    Derivative,
    Expr,
    Fold,
    Number,
    Unary,
    children,
)

# How tightly a text binds, loosest first, as the grammar's rules stand. A product without a sign is
# tighter than one with a sign, but stands neither below a line nor in an exponent: it is crowded.
ANY, OR, AND, NOT, COMPARED, SUM, PRODUCT, CROWDED, SIGNED, POWER, POSTFIX, ATOM = range(12)
OPERATORS = {
    "or": (OR, OR, AND),
    "and": (AND, AND, NOT),
    **dict.fromkeys(("<", "<=", ">", ">=", "==", "!="), (COMPARED, SUM, SUM)),
    **dict.fromkeys(("+", "-"), (SUM, SUM, PRODUCT)),
    **dict.fromkeys(("*", ".*", "@"), (PRODUCT, PRODUCT, CROWDED)),
    **dict.fromkeys(("/", "./"), (PRODUCT, PRODUCT, SIGNED)),
    **dict.fromkeys(("^", ".^"), (POWER, POSTFIX, SIGNED)),
}
"""How tightly an operator binds, and as what its operands must bind at least."""
QUOTIENTS = ("/", "./")
TIGHT = ("*", "/", "^")
TWINS = {"+": "-", "-": "+", "*": "/", "/": "*"}
"""Operators that one writes with the same blanks."""
RAISED = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")
COMMENT = re.compile(r'("[^"\n]*")|#[^\n]*')

ONE_NUMBER = re.compile(r"\d[eE_][-+−]?\d|0[xXbBoO]")
"""How a number and a name begin that would be read as one number."""


class Printed(NamedTuple):
    """A text, how tightly it binds, and whether a product without a sign may go on behind it."""

    text: str
    level: int
    closed: bool = False


def source_of(expr: Expr, like: Expr | None = None) -> str:
    """The text of an expression, which is read as that very expression.

    A part that was written keeps its text, a copy with other parts what stands between them; what
    is new is printed with as few brackets as the grammar asks for (and so that no two signs meet),
    with the signs and blanks of `like`, an expression by the same writer.
    """
    return Printer(like or expr).text(expr)


def one_line(text: str) -> str:
    """A text without line ends and comments, as it can stand where no bracket is open."""
    if "\n" not in text and "#" not in text:
        return text
    return " ".join(COMMENT.sub(r"\1", text).split())


class Printer:
    """Texts in the manner of a written expression."""

    def __init__(self, like: Expr) -> None:
        self.signs: dict[str, str] = {}
        self.transpose = ".T"
        self.close: set[Expr] = set()
        for part in reversed([*syntax.parts(like, _in_line)]):
            if not _is_written(part):
                continue
            if isinstance(part, Binary) and not isinstance(part, syntax.Beside):
                between = gap(part)
                token = between.strip()
                if token and one_line(between) == between:
                    self.signs["⊙" if token == "⊙" else part.operator] = between
            elif isinstance(part, syntax.Transpose):
                self.transpose = one_line(gaps(part)[-1].strip())

    def text(self, expr: Expr) -> str:
        """The text of one expression."""
        if _is_written(expr) and not _superscript(expr):
            return expr.span.text
        texts: dict[Expr, Printed] = {}
        stack = [(expr, False)]
        while stack:
            part, ready = stack.pop()
            if part in texts:
                continue
            if _is_written(part) and not _is_bare(part):
                texts[part] = _as_written(part)
            elif ready:
                texts[part] = self._printed(part, texts)
            else:
                stack.append((part, True))
                inner = _operands(part)
                stack += [(each, False) for each in inner]
                self.close.update(inner if part in self.close else _close(part))
        return texts[expr].text

    def _printed(self, expr: Expr, texts: dict[Expr, Printed]) -> Printed:
        """A copy, or something new, from the texts of its parts."""
        inner = _operands(expr)
        frame = _frame(expr)
        if isinstance(expr, Binary):
            return self._binary(expr, frame, texts)
        needs = _needs(expr, len(inner))
        placed = [
            _placed(texts[part], need, frame[k] if frame else None, part)
            for k, (part, need) in enumerate(zip(inner, needs, strict=True))
        ]
        if isinstance(expr, Unary) and expr.operator != "not" and placed[0].text[0] in "+-−":
            kept = frame and one_line(frame[0].whole)[:1] in ("+", "-", "−")
            placed[0] = placed[0] if kept else _bracketed(placed[0])
        level, closed = _level(expr, placed), isinstance(expr, Call | Fold)
        if frame and expr.origin:
            between = gaps(expr.origin)
            between[0] = _renamed(expr, between[0])
            return Printed(_joined(between, placed), level, closed)
        return Printed(self._new(expr, [p.text for p in placed]), level, closed)

    def _binary(self, expr: Binary, frame: list[Slot], texts: dict[Expr, Printed]) -> Printed:
        own, *needs = OPERATORS[expr.operator]
        origin = expr.origin if isinstance(expr.origin, Binary) else None
        kept = origin is not None and origin.operator == expr.operator
        parts = expr.left, expr.right
        left, right = (
            _placed(texts[part], need, frame[k] if frame else None, part)
            for k, (part, need) in enumerate(zip(parts, needs, strict=True))
        )
        unmoved = kept and all(
            slot.part in (part, part.origin) for slot, part in zip(frame, parts, strict=False)
        )
        if _runs_on(expr.left, own, right.text) and not left.closed and not unmoved:
            left = _bracketed(left)
        meets = own in (SUM, PRODUCT) and right.text[0] in "+-−"
        if meets and not (kept and frame[1].whole[0] in "+-−"):
            right = _bracketed(right)
        glue = gap(origin) if origin and kept else None
        if glue is not None and not glue.strip():
            if own == POWER:
                return self._raised(expr, left, right)
            crowded = _placed(texts[expr.right], POWER, frame[1], expr.right)
            if _joins(expr.left, left, crowded, glue):
                return Printed(left.text + glue + crowded.text, CROWDED, crowded.closed)
            glue = None
        elif own == POWER and glue is None and _superscript(expr.right):
            return self._raised(expr, left, right)
        if glue is None and origin and TWINS.get(origin.operator) == expr.operator:
            glue = _respelled(gap(origin), expr.operator)
        return Printed(left.text + (glue or self._sign(expr)) + right.text, own)

    def _sign(self, expr: Binary) -> str:
        """An operator with blanks, as the writer has it elsewhere."""
        sign = expr.operator
        if expr in self.close and OPERATORS[sign][0] in (SUM, PRODUCT):
            return sign
        counts = isinstance(expr.left, Number) or isinstance(expr.right, Number)
        if sign == "*" and not counts and "⊙" in self.signs:
            return self.signs["⊙"]
        if sign in self.signs:
            return self.signs[sign]
        twin = self.signs.get(TWINS.get(sign, ""), "")
        return _respelled(twin, sign) or (sign if sign in TIGHT else f" {sign} ")

    def _raised(self, expr: Binary, left: Printed, right: Printed) -> Printed:
        """A power whose exponent stands above the line, as long as it is a whole number."""
        raised, exponent, sign = "", expr.right, ""
        if isinstance(exponent, Unary) and exponent.operator == "-":
            exponent, sign = exponent.operand, "-"
        if _superscript(expr.right):
            raised = expr.right.span.text
            raised = raised.lstrip("⁺⁻") if isinstance(expr.right, Number) else raised
        elif isinstance(exponent, Number) and exponent.value.denominator == 1:
            raised = (sign + digits(exponent)).translate(RAISED)
        if left.text.endswith(".T") and raised[:1].isdigit():
            left = _bracketed(left)
        return Printed(left.text + (raised or self._sign(expr) + right.text), POWER)

    def _new(self, expr: Expr, parts: list[str]) -> str:
        """What nobody wrote, from the texts of its parts."""
        match expr:
            case syntax.Name():
                return expr.name
            case Number():
                return digits(expr)
            case syntax.Text():
                return f'"{expr.value}"'
            case syntax.FileValue():
                return f"@{expr.path}"
            case Unary():
                return "not " + parts[0] if expr.operator == "not" else expr.operator + parts[0]
            case syntax.Transpose():
                return parts[0] + self.transpose
            case syntax.Array():
                return f"[{', '.join(parts)}]"
            case syntax.Tuple():
                return f"({', '.join(parts)})"
            case syntax.Index():
                return f"{parts[0]}[{', '.join(parts[1:])}]"
            case syntax.Slice():
                ends = iter(parts)
                written = [next(ends) if end else "" for end in (expr.start, expr.stop, expr.step)]
                return ":".join(written if expr.step else written[:2])
            case Call():
                names = [""] * len(expr.arguments) + [f"{key.name}=" for key, _ in expr.keywords]
                inside = ", ".join(key + part for key, part in zip(names, parts, strict=True))
                return f"{expr.function.name}({inside})"
            case syntax.IndexRange():
                return f"{expr.variable.name} in {parts[0]}..{parts[1]}"
            case Fold():
                *head, body = parts
                condition = f" if {head.pop()}" if expr.condition else ""
                return f"{expr.function.name}({', '.join(head)}{condition}, {body})"
        assert isinstance(expr, Derivative)
        return _derivative(expr, parts)


def _respelled(gap: str, operator: str) -> str:
    """What stands between two operands with another operator; nothing where there is none."""
    return re.sub(r"\S+", operator, gap, count=1) if gap.strip() else ""


def _derivative(expr: Derivative, parts: list[str]) -> str:
    """`dL/dw`, `d2(f)/d(x)2`: only names and members stand without brackets."""
    subject, *by = parts
    mark = "∂" if expr.origin and expr.origin.span.text[:1] == "∂" else "d"
    total = str(expr.order) if expr.order > 1 else ""
    below = ""
    for text, (target, times) in zip(by, expr.by, strict=True):
        below += mark + (text if isinstance(target, syntax.Name) else f"({text})")
        below += str(times) if times > 1 else ""
    if expr.operator:
        return f"{mark}{total}/{below} ({subject})"
    inner = expr.subject.operand if isinstance(expr.subject, syntax.Index) else expr.subject
    bare = isinstance(inner, syntax.Name)
    return f"{mark}{total}{subject if bare else f'({subject})'}/{below}"


def digits(expr: Number) -> str:
    """The literal of a number; ValueError for one that has no last decimal."""
    below = expr.value.denominator
    places = next((k for k in range(below.bit_length() + 1) if not 10**k % below), None)
    if places is None:
        raise ValueError(f"{expr.value} has no literal")
    # Python's own way stops at 4,300 digits.
    text = format(Decimal(expr.value.numerator * 10**places // below), "f")
    text = text.rjust(places + 1, "0")
    return f"{text[:-places]}.{text[-places:]}" if places else text


# -- copies, and what they were made of


def _joined(between: list[str], placed: list[Printed]) -> str:
    behind = zip(placed, between[1:], strict=True)
    return between[0] + "".join(printed.text + text for printed, text in behind)


def _frame(expr: Expr) -> list[Slot]:
    """The places of a copy's parts in what was written; none where that had others."""
    origin = expr.origin
    if origin is None or isinstance(expr, Derivative):
        return []
    alike = len(_operands(origin)) == len(_operands(expr))
    match expr, origin:
        case Call(), Call():
            alike &= is_bracketed(origin)
            alike &= [k.name for k, _ in expr.keywords] == [k.name for k, _ in origin.keywords]
        case syntax.IndexRange(), syntax.IndexRange():
            alike &= expr.variable is origin.variable
        case Fold(), Fold():
            alike &= (expr.condition is None) == (origin.condition is None)
        case Unary(), Unary():
            alike &= expr.operator == origin.operator and not _superscript(origin)
        case syntax.Slice(), syntax.Slice():
            alike &= (expr.start is None) == (origin.start is None)
            alike &= (expr.step is None) == (origin.step is None)
        case ((syntax.Name() | Number() | syntax.Text() | syntax.FileValue()), _):
            alike = False
    return slots(origin) if alike else []


def _renamed(expr: Expr, head: str) -> str:
    """The beginning of a call with its function's name."""
    if not isinstance(expr, Call | Fold) or not isinstance(expr.origin, Call | Fold):
        return head
    name, old = expr.function.name, expr.origin.function
    return head if name == old.name else name + head[len(old.span.text) :]


# -- brackets


def _placed(printed: Printed, need: int, slot: Slot | None, part: Expr) -> Printed:
    """A part where it is to stand: in the writer's brackets, in new ones, or in none."""
    if slot is not None and slot.bracketed and slot.part in (part, part.origin):
        text = slot.whole if slot.part is part else slot.around(printed.text)
        return Printed(text, ATOM, True)
    if slot is None or slot.part not in (part, part.origin):
        printed = printed._replace(text=one_line(printed.text))
    elif slot.part is part:
        printed = printed._replace(text=slot.whole)
    return printed if printed.level >= need else _bracketed(printed)


def _bracketed(printed: Printed) -> Printed:
    return Printed(f"({printed.text})", ATOM, True)


def _needs(expr: Expr, count: int) -> list[int]:
    match expr:
        case Unary():
            return [NOT if expr.operator == "not" else CROWDED]
        case syntax.Transpose():
            return [POSTFIX]
        case syntax.Index():
            return [POSTFIX] + [ANY] * (count - 1)
    return [ANY] * count


def _level(expr: Expr, placed: list[Printed]) -> int:
    match expr:
        case Unary():
            tight = NOT if expr.operator == "not" else SIGNED
            return min(tight, placed[0].level)
        case syntax.Transpose() | syntax.Index():
            return POSTFIX
    return ATOM


def _as_written(expr: Expr) -> Printed:
    """What was written, alone."""
    text = expr.span.text
    if _superscript(expr):
        text = text.translate(ASCII_SIGNS).lstrip("+" if isinstance(expr, Unary) else "+-")
    elif isinstance(expr, Number):
        text = text.removesuffix(".")  # "1." and "*" would be read as 1 .*
    level = _level(expr, [Printed("", ATOM)])
    closed = isinstance(expr, Call | Fold)
    inner = expr
    while isinstance(inner, Unary) and inner.operator != "not" and not _slot(inner, 0).bracketed:
        inner = inner.operand
    if isinstance(inner, Binary):
        level, *_ = OPERATORS[inner.operator]
        if level == PRODUCT and not gap(inner).strip() and not _is_bare_quotient(inner):
            level = CROWDED
            closed = _slot(inner, 1).bracketed or isinstance(inner.right, Call | Fold)
        if inner is not expr:
            level = min(level, SIGNED)
    return Printed(text, level, closed and inner is expr)


def _is_bare_quotient(expr: Binary) -> bool:
    """Whether it is a quotient with a factor behind it, `1/2 x`, which is no tighter than it."""
    inner = expr.left
    quotient = isinstance(inner, Binary) and inner.operator in QUOTIENTS
    return quotient and not _slot(expr, 0).bracketed


def _slot(expr: Expr, k: int) -> Slot:
    return slots(expr)[k]


def _joins(expr: Expr, left: Printed, right: Printed, glue: str) -> bool:
    """Whether two factors may stand side by side without a sign."""
    first = right.text[0]
    if not (left.closed or isinstance(expr, Number)) or not (first.isalpha() or first in "_(∂∞"):
        return False
    return bool(glue) or not ONE_NUMBER.match(left.text[-1] + right.text)


def _runs_on(left: Expr, level: int, right: str) -> bool:
    """Whether what follows a derivative would be read as a part of it, or might be.

    That is another factor behind `d/dx (f)`, and a number above `dL/dx`, which is its order.
    """
    if not isinstance(left, Derivative):
        return False
    return (left.operator and level in (PRODUCT, POWER)) or (level == POWER and right[0].isdigit())


def _in_line(expr: Expr) -> tuple[Expr, ...]:
    """The parts of an expression but for those that are written without blanks."""
    close = {*_close(expr)}
    return tuple(part for part in children(expr) if part not in close)


def _close(expr: Expr) -> tuple[Expr, ...]:
    """The parts of an expression that are written without blanks: indices and bounds."""
    match expr:
        case syntax.Index():
            return expr.items
        case syntax.IndexRange():
            return expr.low, expr.high
        case syntax.Slice():
            return children(expr)
    return ()


def _is_written(expr: Expr) -> bool:
    return expr.origin is None and expr.span.start < expr.span.end


def _is_bare(expr: Expr) -> bool:
    """Whether it is a call without brackets, which gets them wherever it is put: `cos θ`."""
    bare = isinstance(expr, Call) and not isinstance(expr, syntax.BarCall)
    return bare and isinstance(expr, Call) and not is_bracketed(expr)


def _superscript(expr: Expr) -> bool:
    raised = isinstance(expr, Number | Unary) and _is_written(expr)
    return raised and expr.span.text[0] in "⁺⁻⁰¹²³⁴⁵⁶⁷⁸⁹"


def _operands(expr: Expr) -> list[Expr]:
    if isinstance(expr, Derivative):
        return [expr.subject, *(target for target, _ in expr.by)]
    return [*children(expr)]
