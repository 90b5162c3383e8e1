"""Statements from the grammar's rules, on top of expressions: a program, or the text of a point.

Must not know how the rules are recognised, nor what a name means.
"""

from __future__ import annotations

from fractions import Fraction
from functools import partial, reduce
from typing import Any

from gradcli.errors import GradcliError, Span
from gradcli.language.parsing import code_calls
from gradcli.language.parsing.expressions import Expressions, line, split_ranges
from gradcli.language.parsing.tokens import Token
from gradcli.language.tree import syntax
from gradcli.language.tree.literals import ASCII_SIGNS
from gradcli.language.tree.syntax import Binary, Expr, Name, Statement

MOST_LOOPS = 30
"""Loops within one another that are read; what walks through them may go down with them."""


class Builder(Expressions):
    """Builds the whole tree of a source."""

    def empty(self, start: int, end: int) -> None:
        return None

    def program(self, start: int, end: int, *lines: Any) -> syntax.Program:
        return syntax.Program(self.source, tuple(line for line in lines if line is not None))

    def output(self, start: int, end: int, value: Expr) -> Statement:
        span = Span(self.source, start, end)
        if isinstance(value, Binary) and start == value.span.start:
            if value.operator == "!=":
                right = syntax.Side(
                    "!=", value.right, Span(self.source, value.right.span.start, end)
                )
                return syntax.Claim(span, value.left, value.left.span, (right,))
            if inequalities := self._inequalities(value):
                return syntax.Condition(span, value, inequalities)
            if value.operator == "==":
                help = f"write  {line(value.left.span.text)} = {line(value.right.span.text)}"
                message = '"==" compares, it states nothing'
                self.refuse("G001", message, start, value.span.end, help=help)
        return syntax.Output(span, value)

    def inequalities(self, start: int, end: int, *parts: Any) -> Statement:
        """`a, b > 0`, which is `a > 0 and b > 0`; `0 < a, b < 1` likewise."""
        parts = tuple(p for p in parts if not isinstance(p, Token) or p.kind == "COMPARE")
        *names, sign, value = parts
        span = Span(self.source, start, end)
        compared = []
        if isinstance(names[1], Token):
            least, below, *names = names
            compared = [self.binary(start, end, least, below, name) for name in names]
        compared += [self.binary(start, end, name, sign, value) for name in names]
        return self.output(start, end, reduce(partial(Binary, span, "and"), compared))

    def _inequalities(self, value: Expr) -> tuple[syntax.Claim, ...]:
        """The claims of `a < b and b < c`; none where anything else stands there."""
        found: list[syntax.Claim] = []
        left_to_read = [value]
        while left_to_read:
            match left_to_read.pop():
                case Binary(operator="and", left=first, right=last):
                    left_to_read += last, first
                case Binary(operator="<" | "<=" | ">" | ">=" as sign) as one:
                    left, right = one.left, one.right
                    side = syntax.Side(sign, right, right.span)
                    found.append(syntax.Claim(one.span, left, left.span, (side,)))
                case _:
                    return ()
        return tuple(found)

    def equation(self, start: int, end: int, left: Expr, *rest: Any) -> Statement:
        span = Span(self.source, start, end)
        before = Span(self.source, start, self._trimmed(rest[0].start))
        sides = self._sides(start, end, rest, before.text)
        claim = syntax.Claim(span, left, before, sides)
        if (
            sides[0].relation == "="
            and sides[0].tolerance is None
            and before.text == left.span.text
        ):
            return self._definition(claim) or claim
        # Brackets round the whole left side: `(x) = 3` is a claim.
        return claim

    def _definition(self, claim: syntax.Claim) -> Statement | None:
        value = claim.sides[0].value
        match claim.left:
            case Name() as name:
                return syntax.Definition(claim.span, name, (), value, claim)
            case syntax.Index(operand=Name() as name, items=items):
                if not any(isinstance(item, syntax.Slice) for item in items):
                    return syntax.Definition(claim.span, name, items, value, claim)
            case syntax.Call(function=name, arguments=arguments, keywords=()):
                names = tuple(n for n in arguments if isinstance(n, Name))
                if names and len(names) == len(arguments) and not name.name.endswith("'"):
                    return syntax.FunctionDefinition(claim.span, name, names, value, claim)
        return None

    def continuation(self, start: int, end: int, *rest: Any) -> Statement:
        return syntax.Continuation(Span(self.source, start, end), self._sides(start, end, rest))

    def _sides(
        self, start: int, end: int, parts: tuple[Any, ...], left: str = ""
    ) -> tuple[syntax.Side, ...]:
        """The sides of a statement from its signs, expressions and tolerances."""
        signs = [k for k, part in enumerate(parts) if isinstance(part, Token)]
        starts = [k for k in signs if parts[k].kind != "TOLERANCE"]
        sides = []
        for number, k in enumerate(starts):
            following = starts[number + 1] if number + 1 < len(starts) else len(parts)
            more = parts[k + 1 : following]
            stop = parts[following].start if following < len(parts) else end
            sign = parts[k]
            if sign.kind == "FILE":
                path = sign.text.partition("@")[2]
                place = Span(self.source, sign.end - len(path) - 1, sign.end)
                more = (self._in_file(sign, place, path), *more)
            value, tolerance = more[0], None
            if len(more) > 1:
                stop = more[1].start
                tolerance = self._tolerance(more[2])
            first = value.span.start if sign.kind == "FILE" else self._behind(sign.end)
            relation = "=" if sign.text.startswith("=") else "≈"
            if isinstance(value, syntax.CodeValue):
                self._refuse_rounded(relation, sign, value, tolerance)
            elif relation == "=" and (tolerance or sign.kind == "FILE"):
                self._refuse_exact(left if not number else "", sign, value, tolerance)
            span = Span(self.source, first, self._trimmed(stop))
            if relation == "≈" and tolerance is None:
                self._refuse_two_signs(span)
            sides.append(syntax.Side(relation, value, span, tolerance))
        return tuple(sides)

    def _in_file(self, sign: Token, place: Span, path: str) -> Expr:
        """Measured data, or a call of code, which is complained of where it is none."""
        if code_calls.CODE.match(sign.text):
            try:
                return code_calls.written(self.source, sign.start, sign.end)
            except GradcliError as error:
                self.diagnostics += error.diagnostics
                return syntax.CodeValue(place, path, syntax.CodeCall(place, path, (), ()))
        return syntax.FileValue(place, path.replace('"', ""))

    def _refuse_rounded(
        self, relation: str, sign: Token, value: Expr, tolerance: syntax.Tolerance | None
    ) -> None:
        """`≈ @layers.py:f(x)`: code is run on exact numbers, so that nothing is rounded."""
        if relation != "=" or tolerance is not None:
            message = "what code returns is compared exactly"
            help = f"write  = {line(value.span.text)}"
            self.refuse("G001", message, sign.start, value.span.end, help=help)

    def _refuse_exact(
        self, left: str, sign: Token, value: Expr, tolerance: syntax.Tolerance | None
    ) -> None:
        """`= 4 ± 1e-3` and `= @grad.npy`, which "=" cannot mean."""
        margin = "1e-6"
        if tolerance is not None:
            margin = line(tolerance.value.span.text) + " rel" * tolerance.relative
        data = line(value.span.text)
        help = f"write  {f'{line(left)} ≈'.lstrip()} {data} ± {margin}"
        if left.isidentifier() and tolerance is None:
            help = f"write  at {left} = {data}  for the value of an input,  or  {left} ≈ {data} ± {margin}  for a claim"  # noqa: E501
        message = "a tolerance belongs to  ≈" if tolerance else "measured data need  ≈"
        self.refuse("G001", message, sign.start, value.span.end, help=help)

    def _refuse_two_signs(self, span: Span) -> None:
        """`≈ 4 +- 0.1`, which could state a tolerance."""
        value, sign, margin = line(span.text).partition("+-")
        if sign:
            message = f'"{line(span.text)}" can be read in two ways'
            value, margin = value.strip(), margin.strip()
            help = f"write  ≈ {value} ± {margin}  or  ≈ {value} - {margin}"
            self.refuse("G003", message, span.start, span.end, help=help)

    @staticmethod
    def _tolerance(value: Expr) -> syntax.Tolerance:
        if isinstance(value, Binary) and value.operator == "*":
            right = value.right
            if isinstance(right, Name) and right.name == "rel":
                return syntax.Tolerance(value.left, relative=True)
        return syntax.Tolerance(value, relative=False)

    def _behind(self, place: int) -> int:
        """The first character of an expression that stands behind this place."""
        text = self.source.text
        while place < len(text) and text[place].isspace():
            place += 1
        return place

    def _trimmed(self, place: int) -> int:
        while place and self.source.text[place - 1].isspace():
            place -= 1
        return place

    # -- inputs, and the words that stand for themselves

    def declaration(self, start: int, end: int, *parts: Any) -> Statement:
        *names, set_ = (part for part in parts if not isinstance(part, Token))
        return syntax.Declaration(Span(self.source, start, end), tuple(names), set_)

    def set(self, start: int, end: int, base: Any, *raised: Any) -> syntax.Set:
        name: Name | None = None
        arguments: tuple[Expr, ...] = ()
        open_ = True, True
        if isinstance(base, syntax.Call):
            name, arguments = base.function, base.arguments
        elif isinstance(base, Name):
            name = base
        else:
            arguments, open_ = base
        power = raised[-1] if raised else None
        if isinstance(power, Token):
            digits = power.text.translate(ASCII_SIGNS)
            value = Fraction(int(digits)) if digits.isdecimal() else Fraction(-1)
            power = (syntax.Number(power.span(self.source), value),)
        return syntax.Set(Span(self.source, start, end), name, arguments, open_, power)

    def functions(self, start: int, end: int, *parts: Any) -> syntax.Set:
        """`R^n × R -> R`, which is `functions(R^n, R, R)`."""
        arguments: list[Expr] = []
        sign = parts[-2]
        for part in parts[::2]:
            base: Expr = part.name or Name(part.span, "")
            if part.power is not None:
                many = len(part.power) > 1
                dims = syntax.Tuple(part.span, part.power) if many else part.power[0]
                base = Binary(part.span, "^", base, dims)
            arguments.append(Name(part.span, "") if part.arguments else base)
        span = Span(self.source, start, end)
        maps = Name(sign.span(self.source), "functions")
        return syntax.Set(span, maps, (*arguments,), (True, True), None)

    def interval(self, start: int, end: int, opening: Token, *rest: Any) -> Any:
        low, high, closing = rest
        if opening.text == "{":
            return (low, high), None
        return (low, high), (opening.text == "(", closing.text == ")")

    def dims(self, start: int, end: int, *dims: Expr) -> tuple[Expr, ...]:
        return dims

    def derivation(self, start: int, end: int, title: syntax.Text | None = None) -> Statement:
        return syntax.Heading(Span(self.source, start, end), title.value if title else "")

    def layout(self, start: int, end: int, name: Name) -> Statement:
        if name.name not in ("numerator", "denominator"):
            self.refuse("G001", f'there is no layout "{name.name}"', *self._ends(name.span),
                        help="write  layout numerator  or  layout denominator")  # fmt: skip
        return syntax.Layout(Span(self.source, start, end), name)

    def convention(self, start: int, end: int, name: Name) -> Statement:
        if name.name not in ("symmetric", "entries"):
            help = "write  convention symmetric  or  convention entries"
            message = f'there is no convention "{name.name}"'
            self.refuse("G001", message, *self._ends(name.span), help=help)
        return syntax.Convention(Span(self.source, start, end), name)

    @staticmethod
    def _ends(span: Span) -> tuple[int, int]:
        return span.start, span.end

    def loop(self, start: int, end: int, *parts: Any) -> syntax.Loop:
        """Several ranges are loops in loops; the condition is the innermost's."""
        ranges, condition, lines = split_ranges(parts)
        span = Span(self.source, start, end)
        *outer, last = ranges
        body = tuple(line for line in lines if line is not None)
        depth = 1 + max((each.depth for each in body if isinstance(each, syntax.Loop)), default=0)
        if depth + len(outer) > MOST_LOOPS:
            message = f"loops stand at most {MOST_LOOPS} deep in one another"
            self.refuse("G012", message, last.variable.span.start, last.variable.span.end,
                        help="take some of them out")  # fmt: skip
            body, depth, outer = (), 1, []
        loop = syntax.Loop(span, last.variable, last.low, last.high, body, condition, depth)
        for each in reversed(outer):
            depth += 1
            loop = syntax.Loop(span, each.variable, each.low, each.high, (loop,), depth=depth)
        return loop

    def at(self, start: int, end: int, *values: Any) -> syntax.At:
        given = () if isinstance(values[0], Token) else values
        return syntax.At(Span(self.source, start, end), given)

    def point(self, start: int, end: int, *values: Any) -> Any:
        return values

    def value(self, start: int, end: int, name: Name, *rest: Any) -> Any:
        token = rest[0]
        if token.kind == "EQUALS":
            return name, rest[1]
        path = token.text.partition("@")[2]
        span = Span(self.source, end - len(path) - 1, end)
        return name, syntax.FileValue(span, path.replace('"', ""))
