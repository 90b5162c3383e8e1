"""Statements from the grammar's rules, on top of expressions: a program, or the text of a point.

Must not know how the rules are recognised, nor what a name means.
"""

from __future__ import annotations

from typing import Any

from gradcli.errors import Span
from gradcli.language import syntax
from gradcli.language.expressions import Expressions, line
from gradcli.language.syntax import Binary, Expr, Name, Statement
from gradcli.language.tokens import Token


def later(what: str) -> str:
    """The sentence for what only a checker can use."""
    return f"{what} `gradcli check`, which this version does not have yet"


CLAIMS = later("claims are checked by")
LEFT_OUT = "without this line the program can be differentiated"


class Builder(Expressions):
    """Builds the whole tree of a source."""

    def empty(self, start: int, end: int) -> None:
        return None

    def program(self, start: int, end: int, *lines: Any) -> syntax.Program:
        return syntax.Program(self.source, tuple(line for line in lines if line is not None))

    def output(self, start: int, end: int, value: Expr) -> Statement:
        span = Span(self.source, start, end)
        if isinstance(value, Binary) and start == value.span.start:
            self._refuse_condition(value)
        return syntax.Output(span, value)

    def _refuse_condition(self, value: Binary) -> None:
        left, right = value.left.span.text, value.right.span.text
        start, end = value.span.start, value.span.end
        if value.operator == "==":
            help = f"write  {line(left)} = {line(right)}"
            self.refuse("G001", '"==" compares, it states nothing', start, end, help=help)
        elif value.operator == "!=":
            self.refuse("G013", later('"!=" claims are checked by'), start, end, help=LEFT_OUT)
        elif value.operator in ("<", "<=", ">", ">="):
            message = "an inequality cannot be a statement"
            help = f"a condition stands in a call:  where({line(value.span.text)}, a, b)"
            self.refuse("G001", message, start, end, help=help)

    def equation(self, start: int, end: int, left: Expr, sign: Token, *rest: Any) -> Any:
        value, *more = rest
        if sign.kind == "EQUALS":
            defined = self._definition(Span(self.source, start, end), left, sign, value)
            if defined and not more:
                return defined
        else:
            defined = None
        label = "this side is a claim" if defined else "the left side cannot be defined"
        first = more[0].start if defined else start
        label = label if sign.kind == "EQUALS" else ""
        self.refuse("G013", CLAIMS, first, end, label=label, help="" if defined else LEFT_OUT)
        return None

    def _definition(self, span: Span, left: Expr, sign: Token, value: Expr) -> Statement | None:
        around = (
            self.source.text[span.start : left.span.start]
            + self.source.text[left.span.end : sign.start]
        )
        if around.strip():
            # Brackets round the whole left side: `(x) = 3` is a claim.
            return None
        match left:
            case Name():
                return syntax.Definition(span, left, None, value)
            case syntax.Index(operand=Name() as name, items=(item,)):
                if not isinstance(item, syntax.Slice):
                    return syntax.Definition(span, name, item, value)
            case syntax.Call(function=name, arguments=arguments, keywords=()):
                names = tuple(n for n in arguments if isinstance(n, Name))
                if names and len(names) == len(arguments):
                    return syntax.Function(span, name, names, value)
        return None

    def loop(
        self, start: int, end: int, variable: Name, low: Expr, _: Token, high: Expr, *lines: Any
    ) -> syntax.Loop:
        body = tuple(line for line in lines if line is not None)
        return syntax.Loop(Span(self.source, start, end), variable, low, high, body)

    def at(self, start: int, end: int, *values: Any) -> syntax.At:
        return syntax.At(Span(self.source, start, end), values)

    def point(self, start: int, end: int, *values: Any) -> Any:
        return values

    def value(self, start: int, end: int, name: Name, *rest: Any) -> Any:
        token = rest[0]
        if token.kind == "EQUALS":
            return name, rest[1]
        path = token.text[1:].lstrip()[1:]
        span = Span(self.source, end - len(path) - 1, end)
        return name, syntax.File(span, path.replace('"', ""))

    def later(self, start: int, end: int, word: Token, *_: Any) -> None:
        words = "at random" if word.kind == "RANDOM" else word.text
        help = "give each input a value:  at x = …" if word.kind == "RANDOM" else LEFT_OUT
        self.refuse("G013", later(f'"{words}" belongs to'), start, end, help=help)
