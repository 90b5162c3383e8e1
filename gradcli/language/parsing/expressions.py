"""Expressions from the grammar's rules: one method a rule, called when the rule has been read.

Must not know how the rules are recognised, nor what a name means.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import takewhile
from typing import Any, NamedTuple

from gradcli.errors import Diagnostic, Source, Span
from gradcli.language.parsing.tokens import Token
from gradcli.language.tree import syntax
from gradcli.language.tree.literals import MOST_DIGITS, canonical, lowered, rational
from gradcli.language.tree.syntax import Binary, Expr, Name, Number, Unary
from gradcli.ops import FUNCTIONS
from gradcli.ops.piecewise import absolute
from gradcli.ops.reductions import norm_of

CANONICAL = {
    "−": "-",
    "×": "*",
    "·": "*",
    "⋅": "*",
    "⊙": "*",
    "**": "^",
    "≤": "<=",
    "≥": ">=",
    "≠": "!=",
}
"""The operators that have a second spelling."""


DOTS = "·⋅"
"""The product of two vectors on paper, of anything else that of code."""
UNWRITTEN = frozenset({*DOTS, ""})
"""What stands between two factors that shapes multiply."""
HOLDING = frozenset({"TIMES", "OVER", "POWER"})
"""What holds more closely than what stands behind `d/dx`."""
BARS = {"|": absolute.name, "||": norm_of.name}
"""What bars mean round a number, and double bars round a vector."""
LONGEST = 60
"""Characters of the source that are repeated in a sentence."""

ONE_WAY = ({"<", "<=", "=="}, {">", ">=", "=="})
"""The comparisons that may stand in one chain: `a < b <= c`."""


class ProductFactor(NamedTuple):
    """A factor of a product without signs, and where it stands, its brackets included."""

    value: Expr
    start: int
    end: int


class Expressions:
    """Builds the expressions of a source; what it must refuse it adds to `diagnostics`."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.diagnostics: list[Diagnostic] = []

    def refuse(
        self, code: str, message: str, start: int, end: int, *, label: str = "", help: str = ""
    ) -> None:
        """One more complaint."""
        span = Span(self.source, start, end)
        self.diagnostics.append(Diagnostic(code, message, span, label, help))

    # -- names, numbers and what stands between operators

    def name(self, start: int, end: int, token: Token) -> Name:
        name = token.text
        if not name.isascii():
            name = canonical(token.text)
            mend = lowered(token.text)
            if mend:
                message = f'"{line(token.text)}" has a raised letter in it'
                self.refuse("G001", message, start, end, help=f"write  {line(mend)}")
            elif not name:
                label = "a name is a letter or _, then letters, digits and _"
                self.refuse("G001", f'"{line(token.text)}" is not a name', start, end, label=label)
        return Name(Span(self.source, start, end), name)

    def primed(self, start: int, end: int, token: Token) -> Name:
        """`f'` of a call, whose primes are a part of the name that is called."""
        text = token.text.replace("″", "''").replace("′", "'")
        name = text.rstrip("'")
        return Name(Span(self.source, start, end), canonical(name) + text[len(name) :])

    def number(self, start: int, end: int, token: Token) -> Number:
        return Number(Span(self.source, start, end), self._value(token, token.text))

    def _value(self, token: Token, text: str) -> Fraction:
        value = rational(text)
        if value is None:
            message = f"this number has more than {MOST_DIGITS:,} digits"
            self.refuse("G008", message, token.start, token.end, label="too long to be kept")
            return Fraction(0)
        return value

    def text(self, start: int, end: int, token: Token) -> syntax.Text:
        return syntax.Text(Span(self.source, start, end), token.text[1:-1])

    def array(self, start: int, end: int, *items: Expr) -> syntax.Array:
        return syntax.Array(Span(self.source, start, end), items)

    def tuple(self, start: int, end: int, *items: Expr) -> syntax.Tuple:
        return syntax.Tuple(Span(self.source, start, end), items)

    def call(self, start: int, end: int, name: Name, *arguments: Any) -> syntax.Call:
        positional: list[Expr] = []
        keywords: list[tuple[Name, Expr]] = []
        for argument in arguments:
            if not isinstance(argument, Expr):
                keywords.append(argument)
            elif keywords:
                message = "an argument without a name stands behind one with a name"
                help = "write the arguments that have names last"
                place = argument.span
                self.refuse("G009", message, place.start, place.end, help=help)
            else:
                positional.append(argument)
        span = Span(self.source, start, end)
        if name.name in BARS:
            function = Name(name.span, BARS[name.name])
            return syntax.BarCall(span, function, tuple(positional), ())
        return syntax.Call(span, name, tuple(positional), tuple(keywords))

    def keyword(self, start: int, end: int, name: Name, sign: Token, value: Expr) -> Any:
        return name, value

    def range(
        self, start: int, end: int, variable: Name, low: Expr, _: Token, high: Expr
    ) -> syntax.IndexRange:
        return syntax.IndexRange(Span(self.source, start, end), variable, low, high)

    def fold(self, start: int, end: int, function: Name, *parts: Any) -> syntax.Fold:
        ranges, condition, (body,) = split_ranges(parts)
        return syntax.Fold(Span(self.source, start, end), function, ranges, condition, body)

    def index(self, start: int, end: int, operand: Expr, *items: Expr) -> syntax.Index:
        return syntax.Index(Span(self.source, start, end), operand, items)

    def slice(self, start: int, end: int, *parts: Any) -> syntax.Slice:
        ends: list[Expr | None] = [None]
        for part in parts:
            if isinstance(part, Expr):
                ends[-1] = part
            else:
                ends.append(None)
        return syntax.Slice(Span(self.source, start, end), *ends)

    # -- derivatives

    def derivative(
        self, start: int, end: int, of: Token, subject: Expr, *parts: Any
    ) -> syntax.Derivative:
        by = self._targets(parts)
        return syntax.Derivative(Span(self.source, start, end), subject, by, int(of.text))

    def operator(self, start: int, end: int, of: Token, *parts: Any) -> syntax.Derivative:
        *targets, subject = parts
        by = self._targets(targets)
        return syntax.Derivative(Span(self.source, start, end), subject, by, int(of.text), True)

    @staticmethod
    def _targets(parts: Any) -> Any:
        """Each vertex of a denominator with its order."""
        targets: list[Any] = []
        for part in parts:
            if isinstance(part, Expr):
                targets.append((part, 1))
            elif part.kind == "ORDER":
                targets[-1] = (targets[-1][0], int(part.text))
        return (*targets,)

    def _refuse_open_end(self, start: int, end: int, left: Expr) -> None:
        """`d/dx (x)^2`, where what stands behind the bracket may belong to it."""
        if not isinstance(left, syntax.Derivative) or not left.operator or left.span.start != start:
            return
        gap = " " * self.source.text[left.span.end].isspace()
        behind = gap + self._shown(left.span.end, end)
        head = self._shown(start, left.subject.span.start).rstrip("( ")
        inner = self._shown(left.subject.span.start, left.subject.span.end)
        help = f"write  ({head} ({inner})){behind}  or  {head} (({inner}){behind})"
        message = f'"{self._shown(start, end)}" can be read in two ways'
        self.refuse("G003", message, start, end, help=help)

    # -- operators

    def binary(self, start: int, end: int, left: Expr, sign: Token, right: Expr) -> Binary:
        if sign.kind in HOLDING and isinstance(left, syntax.Derivative):
            self._refuse_open_end(start, end, left)
        operator = CANONICAL.get(sign.text, sign.text)
        if sign.text in UNWRITTEN:
            return syntax.Beside(Span(self.source, start, end), operator, left, right)
        return Binary(Span(self.source, start, end), operator, left, right)

    def unary(self, start: int, end: int, sign: Token, operand: Expr) -> Unary:
        return Unary(Span(self.source, start, end), CANONICAL.get(sign.text, sign.text), operand)

    def transpose(self, start: int, end: int, operand: Expr, sign: Token) -> syntax.Transpose:
        return syntax.Transpose(Span(self.source, start, end), operand)

    def superscript(self, start: int, end: int, base: Expr, raised: Token) -> Binary:
        self._refuse_open_end(start, end, base)
        place = raised.span(self.source)
        exponent: Expr = Number(place, self._value(raised, raised.text.lstrip("⁺⁻")))
        if raised.text.startswith("⁻"):
            exponent = Unary(place, "-", exponent)
        return Binary(Span(self.source, start, end), "^", base, exponent)

    def part(self, start: int, end: int, value: Expr) -> ProductFactor:
        return ProductFactor(value, start, end)

    def juxtaposed(self, start: int, end: int, *parts: ProductFactor) -> Any:
        zero, name = parts[:2]
        literal = self.source.text[zero.start : name.end]
        if literal[:2].lower() in ("0x", "0b", "0o"):
            try:
                value = int(literal, 0)
            except ValueError:
                return parts
            message = f'"{literal}" can be read in two ways'
            help = f"write  {value}  or  0*{literal[1:]}"
            self.refuse("G003", message, zero.start, name.end, help=help)
        return parts

    def beside(self, start: int, end: int, *factors: Any) -> Any:
        parts: list[ProductFactor] = []
        for factor in factors:
            if isinstance(factor, Token):
                continue
            parts += [factor] if isinstance(factor, ProductFactor) else factor
        return (*parts,)

    def implicit(self, start: int, end: int, parts: Any) -> Expr:
        first, *others = parts
        product: Expr = first.value
        for part in others:
            span = Span(self.source, start, part.end)
            product = syntax.Beside(span, "*", product, part.value)
        return product

    def signed(self, start: int, end: int, sign: Token, parts: Any) -> Any:
        return parts

    # -- what can be read in two ways

    def refuse_divisor(self, start: int, end: int, left: Expr, sign: Token, parts: Any) -> Expr:
        return self._two_ways(start, end, left, sign, parts, bracket_left=True)

    def refuse_exponent(self, start: int, end: int, left: Expr, sign: Token, parts: Any) -> Expr:
        return self._two_ways(start, end, left, sign, parts, bracket_left=False)

    def _two_ways(
        self, start: int, end: int, left: Expr, sign: Token, parts: Any, *, bracket_left: bool
    ) -> Expr:
        before = self._shown(start, sign.end)
        signs = self._shown(sign.end, parts[0].start)
        factors = [self._shown(part.start, part.end) for part in parts]
        near = f"{before}{signs}{factors[0]}"
        near = f"({near})" if bracket_left else near
        together = f"{before}({signs}{'*'.join(factors)})"
        message = f'"{self._shown(start, end)}" can be read in two ways'
        help = f"write  {line(together)}  or  {line('*'.join([near, *factors[1:]]))}"
        applied = isinstance(left, Name) and len(left.name) > 1 and len(factors) == 2
        if applied and not bracket_left and not signs and factors[1].startswith("("):
            # sin^2(x), as it is written on paper.
            meant = f"{before[:-1].rstrip('*^ ')}{factors[1]}^{factors[0]}"
            known = isinstance(left, Name) and left.name in FUNCTIONS
            help = f"write  {meant}" if known else f"{help}  or, of a function,  {meant}"
        self.refuse("G003", message, start, end, help=help)
        return left

    def _shown(self, start: int, end: int) -> str:
        """A stretch of the source for a sentence, which however long it is takes no time."""
        text = self.source.text
        if end - start <= 4 * LONGEST:
            return line(text[start:end])
        return line(text[start : start + LONGEST] + text[end - LONGEST : end])

    def chain(self, start: int, end: int, left: Binary, sign: Token, right: Expr) -> Binary:
        """`a < b <= c`, which is `a < b and b <= c`; those that face each other are refused."""
        last = left.right if left.operator == "and" else left
        assert isinstance(last, Binary)
        compared = self.binary(last.right.span.start, end, last.right, sign, right)
        if not any({last.operator, compared.operator} <= way for way in ONE_WAY):
            spans = left.span, compared.span
            so_far, more = (line(self._shown(span.start, span.end)) for span in spans)
            message = f"{last.operator} and {compared.operator} do not make a chain"
            self.refuse("G001", message, start, end, help=f"write  {so_far} and {more}")
        return Binary(Span(self.source, start, end), "and", left, compared)


def split_ranges(
    parts: Sequence[Any],
) -> tuple[tuple[syntax.IndexRange, ...], Expr | None, Sequence[Any]]:
    """The ranges that these begin with, the condition behind an "if", and the rest."""
    ranges = (*takewhile(lambda part: isinstance(part, syntax.IndexRange), parts),)
    rest = parts[len(ranges) :]
    if rest and isinstance(rest[0], Token):
        return ranges, rest[1], rest[2:]
    return ranges, None, rest


def line(text: str) -> str:
    """A stretch of a text as it can stand in a sentence."""
    short = " ".join(text.split())
    half = LONGEST // 2 - 2
    return short if len(short) <= LONGEST else f"{short[:half]} … {short[-half:]}"
