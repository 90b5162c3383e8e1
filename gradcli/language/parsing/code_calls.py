"""Calls of hand-written code in claims: `@layers.py:affine_backward[1](dout, cache)`.

Must not know what the names in them mean, nor that code is ever run.
"""

from __future__ import annotations

import re
from fractions import Fraction

from gradcli.errors import GradcliError, Source, Span, wrong
from gradcli.language.tree.syntax import CodeCall, CodeValue, Expr, Name, Number

CODE = re.compile(r"(?:=|≈|~=)?[ \t]*@(?P<path>[^\s:\",;#]+\.py):+(?P<name>[^\W\d]\w*)?")
MESSAGE = "this is no call of code"
SHAPE = "write  dL/dW = @layers.py:affine_backward[1](dout, cache)"
TOKEN = re.compile(
    r"\s*(?:(?P<word>[^\W\d]\w*)|(?P<digits>-?\d+(?:\.\d*)?(?:[eE][-+]?\d+)?)"
    r"|(?P<quoted>\"[^\"]*\"|'[^']*')|(?P<mark>[\[\](),=]))"
)


def written(source: Source, start: int, end: int) -> CodeValue:
    """The call that stands there, from the sign of its relation on; GradcliError for none."""
    text = source.text
    found = CODE.match(text, start, end)
    if found is None or found["name"] is None:
        raise refusal(source, start, end)
    reader = _CallReader(source, found.start("name"), end)
    call = reader.call()
    if reader.place != end:
        raise refusal(source, start, end)
    return CodeValue(Span(source, text.index("@", start), end), found["path"], call)


def refusal(source: Source, start: int, end: int) -> GradcliError:
    """What is said of what begins like a call of code."""
    help = f"{SHAPE}; arguments are names, numbers and calls"
    return wrong("G001", MESSAGE, Span(source, start, end), help=help)


class _CallReader:
    """Reads one call from a place on."""

    def __init__(self, source: Source, place: int, end: int) -> None:
        self.source, self.start, self.place, self.end = source, place, place, end

    def call(self) -> CodeCall:
        start, name = self.place, self._taken("word")
        places: list[int | str] = []
        while self._accept("["):
            kind, text = self._next()
            if kind not in ("digits", "quoted") or (kind == "digits" and not text.isdigit()):
                raise refusal(self.source, start, self.end)
            places.append(int(text) if kind == "digits" else text[1:-1])
            self._taken("mark", "]")
        self._taken("mark", "(")
        arguments: list[tuple[str, Expr]] = []
        while not self._accept(")"):
            if arguments:
                self._taken("mark", ",")
            arguments.append(self._argument())
        span = Span(self.source, start, self.place)
        return CodeCall(span, name, tuple(places), tuple(arguments))

    def _argument(self) -> tuple[str, Expr]:
        keyword = re.compile(r"\s*([^\W\d]\w*)\s*=").match(self.source.text, self.place, self.end)
        if keyword:
            self.place = keyword.end()
        return (keyword[1] if keyword else ""), self._value()

    def _value(self) -> Expr:
        before = self.place
        kind, text = self._next()
        span = Span(self.source, self.place - len(text), self.place)
        if kind == "digits":
            return Number(span, Fraction(text))
        if kind != "word":
            raise refusal(self.source, before, self.end)
        if self._peek() in ("(", "["):
            self.place = span.start
            return self.call()
        return Name(span, text)

    def _match(self) -> re.Match[str] | None:
        return TOKEN.match(self.source.text, self.place, self.end)

    def _peek(self) -> str:
        found = self._match()
        return "" if found is None else found[found.lastgroup or 0]

    def _accept(self, sign: str) -> bool:
        if self._peek() != sign:
            return False
        self._next()
        return True

    def _next(self) -> tuple[str, str]:
        found = self._match()
        if found is None or found.lastgroup is None:
            raise refusal(self.source, self.start, self.end)
        self.place = found.end()
        return found.lastgroup, found[found.lastgroup]

    def _taken(self, kind: str, text: str = "") -> str:
        found, value = self._next()
        if found != kind or (text and value != text):
            raise refusal(self.source, self.start, self.end)
        return value
