"""What stands side by side without a sign: products, functions of one name, bars, as on paper.

Must not know shapes, nor the grammar. A token is added only where nothing else can be meant, by
which names stand above; all else stays as it is, to be refused with its readings.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise
from typing import NamedTuple

from gradcli.language.parsing.tokens import CLOSING, Token
from gradcli.language.tree.literals import canonical
from gradcli.ops import FUNCTIONS

PARTING = frozenset({"_END", "LBRACE", "RBRACE"})
MEMBERSHIP = frozenset({"IN", "ELEMENT"})
UNTOUCHED = frozenset({"AT", "DERIVATION", "LAYOUT", "CONVENTION"})
ENDS = frozenset({"NUMBER", "RPAR", "RSQB", "TRANSPOSE", "SUPERSCRIPT"})
"""What an operand ends with, beside a name."""
BEGINNINGS = frozenset({"OF", "PRIMED", "LPAR", "NAME"})
"""What an operand begins with that may stand behind another one."""
CROWDING = BEGINNINGS | {"NUMBER"}
STOPS = frozenset(
    {"SIGN", "TIMES", "EQUALS", "FILE", "APPROX", "TOLERANCE", "COMPARE", "RPAR", "RSQB", "COMMA"}
)
"""What may stand behind a name that a function is applied to without brackets."""
OPERANDS = frozenset({"NAME", "NUMBER", "PRIMED"})
CONSTANTS = frozenset({"pi", "π", "tau", "τ"})
BAR, BARS, NORM = "|", "||", "‖"
NORMS = {
    "_2": (), "_1": (("NUMBER", "1"),), "_F": (("STRING", '"fro"'),),
    "_inf": (("NAME", "inf"),), "_∞": (("NAME", "inf"),),
}  # fmt: skip
"""The options of norms by what is written behind their bars."""
END = Token("_END", "", 0, 0)
LONGEST = 100
"""Tokens of a bracket that is looked into."""
NUMBER, ARRAY, VALUE, FUNCTION = "a number", "an array", "a value", "a function"
"""What a name is: a number or an array that was declared, any other value, a function."""
VALUES = (NUMBER, ARRAY, VALUE)


class Unsigned:
    """The tokens of a text with those added that nobody writes; `names` are known from elsewhere.

    Of these, values are those that are no `functions`.
    """

    def __init__(
        self, tokens: list[Token], names: Iterable[str] = (), functions: Iterable[str] = ()
    ) -> None:
        self.known = dict.fromkeys(CONSTANTS, VALUE)
        self.known |= dict.fromkeys(names, NUMBER) | dict.fromkeys(functions, FUNCTION)
        self.kept: list[Token] = []
        shared: dict[str, str] | None = None
        statement: list[Token] = []
        for token in [*tokens, END]:
            if token.kind not in PARTING:
                statement.append(token)
                continue
            if statement and statement[0].kind == "DERIVATION":
                shared = dict(self.known) if shared is None else shared
                self.known = dict(shared)
            self.kept += self._read(statement)
            self.kept.append(token)
            statement = []
        self.kept.pop()

    # -- which names are known

    def _read(self, statement: list[Token]) -> list[Token]:
        if not statement or statement[0].kind in UNTOUCHED:
            return statement
        heads = _names(statement)
        behind = statement[2 * len(heads) - 1 :] if heads else statement
        behind = behind or [END]
        if heads and behind[0].kind in MEMBERSHIP:
            self._declare(heads, behind)
            return statement
        before = {name: self.known.get(name) for name in self._own(statement, heads, behind)}
        self.known |= dict.fromkeys(before, NUMBER if behind[0].kind == "LPAR" else VALUE)
        crowded = self._crowded(statement)
        made = _Line(self.known, _barred(statement)).made() if crowded else statement
        self.known |= {name: kind for name, kind in before.items() if kind is not None}
        for token, following in pairwise([*statement, END]):
            if token.kind == "NAME" and following.kind != "LPAR" and token.text not in FUNCTIONS:
                self.known.setdefault(_plain(token), VALUE)
        return made

    def _crowded(self, statement: list[Token]) -> bool:
        """Whether there is a bar, or two operands side by side that are no call of a function."""
        before = END
        for token in statement:
            kind = token.kind
            if kind in CROWDING and (before.kind == "NAME" or before.kind in ENDS):
                called = kind == "LPAR" and before.kind == "NAME" and before.end == token.start
                if not (called and self._is_called(_plain(before))):
                    return True
            elif kind == "ODD" and token.text in (BAR, NORM):
                return True
            before = token
        return False

    def _is_called(self, name: str) -> bool:
        return name in FUNCTIONS or self.known.get(name) not in VALUES

    def _declare(self, heads: list[Token], behind: list[Token]) -> None:
        kinds = {token.kind for token in behind}
        one = not kinds & {"POWER", "SUPERSCRIPT"}
        a_set = behind[1].text if len(behind) > 1 else ""
        kind = NUMBER if one and a_set in ("R", "integers", "(", "[", "{") else ARRAY
        kind = FUNCTION if a_set == "functions" or "ARROW" in kinds else kind
        sizes = (token for token in behind[2:] if token.kind == "NAME")
        self.known |= dict.fromkeys((_plain(token) for token in sizes), VALUE)
        self.known |= dict.fromkeys(map(_plain, heads), kind)

    def _own(self, statement: list[Token], heads: list[Token], behind: list[Token]) -> set[str]:
        """Names of a statement's own: variables of ranges, parameters of what it defines.

        Names that it compares, and the function that it defines, stay known.
        """
        ranged = {
            _plain(token)
            for token, following in pairwise(statement)
            if token.kind == "NAME" and following.kind in MEMBERSHIP
        }
        if heads and behind[0].kind == "COMPARE":
            for name in heads:
                self.known.setdefault(_plain(name), NUMBER)
        elif len(heads) == 1 and behind[0].kind == "LPAR":
            bracket = _until_closed(behind)
            inner, last = bracket[1:-1], bracket[-1]
            plain = all(token.kind in ("NAME", "COMMA") for token in inner)
            place = len(inner) + 2
            defines = place < len(behind) and behind[place].kind == "EQUALS"
            if last.kind == "RPAR" and plain and defines and _plain(heads[0]) not in self.known:
                self.known[_plain(heads[0])] = FUNCTION
                return ranged | {_plain(token) for token in inner if token.kind == "NAME"}
        return ranged


class _Opened(NamedTuple):
    """An open bracket: an array with or without commas, or any other, which may be a divisor.

    `raised` says whether it stands in an exponent, `below` whether behind a slash without blanks.
    """

    array: bool
    commas: bool
    divisor: bool
    raised: bool
    below: bool


class _Line:
    """One statement: what is added between its tokens."""

    def __init__(self, known: dict[str, str], tokens: list[Token]) -> None:
        self.known, self.tokens = known, tokens
        self.out: list[Token] = []
        self.open: list[_Opened] = []
        self.raised = self.below = False
        self.closed: _Opened | None = None

    def made(self) -> list[Token]:
        at = 0
        while at < len(self.tokens):
            token = self.tokens[at]
            begins = token.kind in BEGINNINGS
            if begins and (sign := self._between(at)):
                self.out.append(Token(sign, "", token.start, token.start))
                self.raised = False
            if begins and (end := self._applied(at)):
                start = self.tokens[at + 1].start
                self.out += [token, Token("LPAR", "(", start, start)]
                self.out += self.tokens[at + 1 : end]
                start = self.tokens[end - 1].end
                self.out.append(Token("RPAR", ")", start, start))
                self.raised = self.below = False
                self.closed = None
                at = end
                continue
            self._follow(at)
            self.out.append(token)
            at += 1
        return self.out

    def _follow(self, at: int) -> None:
        """Which brackets are open, and whether an exponent or a divisor is being read."""
        token = self.tokens[at]
        self.closed = None
        if token.kind in OPERANDS:
            return
        before = self._near(at - 1)
        if token.kind in CLOSING:
            array = token.kind == "LSQB" and not self._is_end(at - 1)
            commas = array and self._commas(at) > 0
            divisor = before.kind == "OVER"
            self.open.append(_Opened(array, commas, divisor, self.raised, self.below))
            self.raised = self.below = False
        elif token.kind in CLOSING.values():
            self.closed = self.open.pop() if self.open else None
            self.raised = self.closed is not None and self.closed.raised
            self.below = self.closed is not None and self.closed.below
        elif token.kind == "POWER":
            self.raised = True
        elif token.kind == "OVER":
            self.below = before.end == token.start and token.end == self._near(at + 1).start
            self.raised = False
        elif token.kind == "SIGN" and before.kind in ("POWER", "OVER"):
            pass
        else:
            self.raised = False
            self.below &= token.kind in ("TRANSPOSE", "SUPERSCRIPT")

    def _near(self, at: int) -> Token:
        return self.tokens[at] if 0 <= at < len(self.tokens) else END

    # -- where a product stands

    def _between(self, at: int) -> str:
        """The sign of the product that goes on with this token, where it needs to be said.

        `TIMES` behind a quotient without blanks, `a/b c`, or by brackets: it is a factor.
        """
        row = self.open[-1] if self.open else None
        if (row and row.array and not row.commas) or not self._begins(at):
            return ""
        before, token = self._near(at - 1), self.tokens[at]
        apart = before.end < token.start
        if apart and (self.below or (self.closed is not None and self.closed.divisor)):
            self.below = False
            return "TIMES" * self._is_end(at - 1)
        if before.kind == "NAME":
            beside = (
                not self.raised and self._times_bracket(at, apart)
                if token.kind == "LPAR"
                else apart
                and self._is_value(before)
                and not self.raised
                and not self._of_operator(at - 1)
            )
            return "BESIDE" * beside
        if before.kind in ("NUMBER", "RPAR"):
            wanted = self.raised and not self._is_function_raised(at)
            wanted |= row is not None and row.array
            return "BESIDE" * (wanted and apart)
        # `f' (x)` may be a derivative.
        prime = before.text == "'" and token.kind == "LPAR"
        follows = before.kind in ("TRANSPOSE", "SUPERSCRIPT", "RSQB")
        return "BESIDE" * (follows and apart and not prime)

    def _begins(self, at: int) -> bool:
        token = self._near(at)
        if token.kind != "NAME":
            return token.kind in BEGINNINGS
        if self._near(at + 1).kind == "LPAR":
            called = self._is_function(_plain(token)) or token.text in (BAR, BARS)
            apart = token.end < self._near(at + 1).start
            return called or token.text in FUNCTIONS or self._times_bracket(at + 1, apart)
        return self._is_value(token) or self._applied(at) > 0

    def _is_function(self, name: str) -> bool:
        """Whether it is one of the program, or the partial derivative `f_12` of one."""
        head, _, places = name.rpartition("_")
        return FUNCTION in (self.known.get(name), places.isdecimal() and self.known.get(head))

    def _is_value(self, token: Token) -> bool:
        return self.known.get(_plain(token)) in VALUES

    def _is_end(self, at: int) -> bool:
        return self._near(at).kind in ENDS or self._near(at).kind == "NAME"

    def _is_function_raised(self, at: int) -> bool:
        """Whether it is a function that has the exponent before this: `sin^2 (x)`."""
        while at and self._near(at).kind != "POWER":
            at -= 1
        return self._near(at - 1).text in FUNCTIONS and not self._is_value(self._near(at - 1))

    def _of_operator(self, at: int) -> bool:
        """Whether this is the last name of `d/dx`, whose subject follows."""
        while self._near(at - 1).kind == "ALSO":
            at -= 2 + (self._near(at - 2).kind == "ORDER")
        return self._near(at - 1).kind == "BY" and self._near(at - 2).kind == "OF"

    def _times_bracket(self, at: int, apart: bool) -> bool:
        """Whether the name before this bracket is a factor, and nothing that is called.

        `x(t + 1)` may be a value at another time, `f(2 x)` of what is defined at another place, but
        not with a blank before the bracket, nor behind a number. `x(x + 1)` looks like a call.
        """
        name = _plain(self.tokens[at - 1])
        kind = self.known.get(name)
        by = self._near(at - 2).kind in ("BY", "ALSO")
        if by or name in FUNCTIONS or kind not in VALUES:
            return False
        inner = _until_closed(self.tokens[at : at + LONGEST])[1:-1]
        if self._commas(at):
            return False
        signs = self._commas(at, "SIGN")
        own = any(token.kind == "NAME" and _plain(token) == name for token in inner)
        shifted = [token.kind for token in inner] == ["NAME", "SIGN", "NUMBER"]
        compound = len(inner) > 1 and not shifted
        if not apart and self._near(at - 2).kind != "NUMBER":
            return False
        if own and signs:
            return True
        if apart:
            # Of what is defined `f (x + h)` is its value there, as people write it.
            plain = all(token.kind in ("NAME", "NUMBER", "SIGN") for token in inner)
            return compound and not (kind == VALUE and plain)
        return kind == NUMBER and compound and signs > 0

    def _commas(self, at: int, kind: str = "COMMA") -> int:
        """How many commas, or others, stand right within the bracket that opens here."""
        depth = found = 0
        for token in _until_closed(self.tokens[at : at + LONGEST]):
            depth += (token.kind in CLOSING) - (token.kind in CLOSING.values())
            found += token.kind == kind and depth == 1
        return found

    def _applied(self, at: int) -> int:
        """Where the argument of a function without brackets ends: `cos θ`, `sin 2x`, `log det(A)`.

        0 where it has brackets, or where what follows may be a part of the argument.
        """
        token = self._near(at)
        function = FUNCTIONS.get(token.text) if token.kind == "NAME" else None
        if function is None or function.required != 1 or function.fold or function.a_letter:
            return 0
        first = self._near(at + 1)
        barred = first.text in (BAR, BARS)
        if _plain(token) in self.known or (first.start == token.end and not barred):
            return 0
        end = at + 2
        if first.kind == "NUMBER":
            inner = self._near(at + 2)
            end += 1
            if inner.start != first.end or not self._is_value(inner):
                return 0
        elif first.kind != "NAME":
            return 0
        elif self._near(at + 2).kind == "LPAR":
            called = first.text in FUNCTIONS or self._is_function(_plain(first))
            if not called and not barred:
                return 0
            end += len(_until_closed(self.tokens[at + 2 : at + LONGEST]))
        elif not self._is_value(first):
            return 0
        following = self._near(end)
        goes_on = following.kind == "NAME" and following.text in FUNCTIONS
        goes_on &= self._near(end + 1).kind in ("LPAR", "NAME", "NUMBER")
        return end if following.kind in (*STOPS, "_END") or goes_on else 0


# -- bars


def _barred(tokens: list[Token]) -> list[Token]:
    """The tokens with bars as calls of what they mean; as they are where bars do not pair."""
    if not any(token.text in (BAR, NORM) for token in tokens):
        return tokens
    out: list[Token] = []
    opened: list[str] = []
    at = 0
    while at < len(tokens):
        token = tokens[at]
        if token.text not in (BAR, NORM):
            closes = token.kind in CLOSING.values()
            if closes and opened and opened[-1] in (BAR, BARS):
                return tokens
            if closes and opened:
                opened.pop()
            if token.kind in CLOSING:
                opened.append(token.kind)
            out.append(token)
            at += 1
            continue
        following = tokens[at + 1] if at + 1 < len(tokens) else token
        double = following.text == BAR and following.start == token.end
        behind = bool(out) and (out[-1].kind in ENDS or out[-1].kind == "NAME")
        if behind and opened and opened[-1] in (BAR, BARS):
            sign = opened.pop()
            if sign == BARS and token.text == BAR and not double:
                return tokens
            at += 2 if sign == BARS and token.text == BAR else 1
            end = tokens[at - 1].end
            suffix = tokens[at] if at < len(tokens) else token
            if sign == BARS and suffix.start == end and suffix.text[:1] == "_":
                if suffix.text not in NORMS:
                    return tokens
                for kind, text in NORMS[suffix.text]:
                    out.append(Token("COMMA", ",", suffix.start, suffix.start))
                    out.append(Token(kind, text, suffix.start, suffix.end))
                at, end = at + 1, suffix.end
            out.append(Token("RPAR", token.text, token.start, end))
            continue
        sign = BARS if double or token.text == NORM else BAR
        at += 2 if double else 1
        if at == len(tokens) or (behind and tokens[at].start > tokens[at - 1].end):
            return tokens
        out.append(Token("NAME", sign, token.start, tokens[at - 1].end))
        out.append(Token("LPAR", "(", tokens[at - 1].end, tokens[at - 1].end))
        opened.append(sign)
    return tokens if opened else out


def _plain(token: Token) -> str:
    return token.text if token.text.isascii() else canonical(token.text)


def _names(statement: list[Token]) -> list[Token]:
    """The names, with commas between them, that a statement begins with."""
    found: list[Token] = []
    for at, token in enumerate(statement):
        if token.kind != ("COMMA" if at % 2 else "NAME"):
            break
        if token.kind == "NAME":
            found.append(token)
    return found


def _until_closed(tokens: list[Token]) -> list[Token]:
    """The tokens of the bracket that opens with the first one."""
    depth = 0
    for at, token in enumerate(tokens):
        depth += (token.kind in CLOSING) - (token.kind in CLOSING.values())
        if not depth:
            return tokens[: at + 1]
    return tokens
