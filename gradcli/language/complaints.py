"""What is said of a token that cannot be read: in the field's words, with the mend if known.

Must not know the parse tables; it is told which kinds of token could stand there.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from unicodedata import category, normalize

from gradcli.errors import Diagnostic, Source, Span
from gradcli.language.expressions import line
from gradcli.language.statements import LEFT_OUT, later
from gradcli.language.tables import END
from gradcli.language.tokens import Token
from gradcli.language.words import FOREIGN, MISSING, MODULES, OPERAND, WORDS

ENDS = ("_END", END)
CLOSERS = ("RPAR", "RSQB", "RBRACE")
KEYWORDS = ("IN", "FOR", "AT", "RANDOM", "DERIVATION", "LAYOUT", "AND", "OR", "NOT")
OPERAND_ENDS = ("NAME", "NUMBER", "STRING", "RPAR", "RSQB", "TRANSPOSE", "SUPERSCRIPT")


@dataclass
class Trouble:
    """A token that cannot be read, those around it, and what could stand in its place."""

    source: Source
    tokens: list[Token]
    index: int
    accepted: set[str]

    @property
    def token(self) -> Token:
        return self.tokens[self.index]

    def near(self, distance: int) -> Token:
        """The token so far from this one; an end where there is none."""
        index = self.index + distance
        if 0 <= index < len(self.tokens):
            return self.tokens[index]
        return Token("_END", "", self.token.start, self.token.start)

    def wrong(
        self,
        code: str,
        message: str,
        *,
        label: str = "",
        help: str = "",
        since: int = 0,
        to: int = 0,
    ) -> Diagnostic:
        """A complaint of this token, or of the stretch from one near it to another."""
        start, end = self.near(since).start, self.near(to).end
        if self.token.kind in ENDS and not since:
            # The text ends behind its last token, not behind a comment.
            start = end = self.near(-1).end
        return Diagnostic(code, message, Span(self.source, start, end), label, help)


def explain(trouble: Trouble) -> Diagnostic:
    """The first of the known mistakes that this is, else what was expected here."""
    for known in MISTAKES:
        found = known(trouble)
        if found is not None:
            return found
    return _expected(trouble)


def _shown(token: Token) -> str:
    if token.kind in ENDS:
        return '";"' if token.text == ";" else "the end of the line"
    return f'"{line(token.text)}"'


def _expected(trouble: Trouble) -> Diagnostic:
    token, before = trouble.token, trouble.near(-1)
    accepted = trouble.accepted
    words = dict.fromkeys(WORDS[kind] for kind in WORDS if kind in accepted)
    if OPERAND in words:
        words = {OPERAND: None}
        if before.kind in ("LPAR", "COMMA") and "RPAR" in accepted:
            words['")"'] = None
    listed = list(words) or ["the end of the statement"]
    wanted = listed[0] if len(listed) == 1 else f"{', '.join(listed[:-1])} or {listed[-1]}"
    label = MISSING.get(before.text, "") if OPERAND in words else "not expected here"
    if before.kind == "LPAR" and token.kind not in CLOSERS:
        label = ""
    return trouble.wrong("G001", f"expected {wanted} before {_shown(token)}", label=label)


# -- mistakes that are known by their looks


def _later(trouble: Trouble) -> Diagnostic | None:
    token = trouble.token
    if token.kind in ("EQUALS", "APPROX") and trouble.near(-1).kind in (*ENDS, "LBRACE"):
        if trouble.near(1).kind in ENDS:
            return None
        message = later('lines that begin with "=" are checked by')
        return trouble.wrong("G013", message, help=LEFT_OUT)
    if token.text == "±":
        message = later("claims with a tolerance are checked by")
        return trouble.wrong("G013", message, help=LEFT_OUT)
    if token.text == "∂":
        message = "derivatives inside expressions are not read by this version yet"
        last = 4 if trouble.near(2).text == "/" and trouble.near(3).text == "∂" else 0
        help = "leave it out: the output is differentiated by every input"
        return trouble.wrong("G013", message, help=help, to=last)
    return None


def _file(trouble: Trouble) -> Diagnostic | None:
    if trouble.token.kind != "FILE":
        return None
    message = "a file can only be the value of an input"
    owner = trouble.near(-1)
    name = owner.text if owner.kind == "NAME" else "x"
    path = trouble.token.text[1:].strip()
    return trouble.wrong("G001", message, help=f"write  at {name} = {path}")


def _absolute(trouble: Trouble) -> Diagnostic | None:
    token, text = trouble.token, trouble.source.text
    if token.text != "|":
        return None
    if trouble.near(1).text == "|" or trouble.near(-1).text == "|":
        found = re.match(r"\|\|([^|;\n]+)\|\|", text[token.start :])
        if found:
            help = f"write  norm({line(found[1])})"
            return trouble.wrong("G006", '"||" is not read here', help=help, to=1)
        return trouble.wrong("G006", '"||" is not read here', help="write  a or b  or  norm(x)")
    distance = 1
    while trouble.near(distance).kind not in ENDS and trouble.near(distance).text != "|":
        distance += 1
    if trouble.near(distance).text != "|":
        return trouble.wrong("G006", '"|" is not read here', help="write  abs(x)")
    inner = text[token.end : trouble.near(distance).start].strip()
    message = "the bars of an absolute value are not read here"
    return trouble.wrong("G006", message, help=f"write  abs({line(inner)})", to=distance)


def _prime(trouble: Trouble) -> Diagnostic | None:
    if trouble.near(-1).text != "'" or trouble.token.kind != "LPAR":
        return None
    function, inner = trouble.near(-2), trouble.near(1)
    simple = inner.kind == "NAME" and trouble.near(2).kind == "RPAR" and function.kind == "NAME"
    mend = f"write  d{function.text}/d{inner.text}" if simple else "write  d/dx (…)"
    message = f'"{function.text}\'" is the transpose of {function.text}, not its derivative'
    last = 2 if simple else 0
    return trouble.wrong("G006", message, help=mend, since=-2, to=last)


def _raised_function(trouble: Trouble) -> Diagnostic | None:
    power, function = trouble.near(-1), trouble.near(-2)
    if trouble.token.kind != "LPAR" or power.kind != "SUPERSCRIPT" or function.kind != "NAME":
        return None
    message = f'"{function.text}{power.text}(…)" is not read here'
    mend = f"write  {function.text}(x){power.text}"
    return trouble.wrong("G006", message, help=mend, since=-2)


def _attribute(trouble: Trouble) -> Diagnostic | None:
    owner, name = trouble.near(-1), trouble.near(1)
    if trouble.token.text != "." or owner.kind != "NAME" or name.kind not in ("NAME", *KEYWORDS):
        return None
    if owner.text in MODULES or trouble.near(2).kind != "LPAR":
        known = owner.text in MODULES
        mend = f"write  {name.text}" if known else "only  .T  may follow a dot"
        message = f'"{owner.text}.{name.text}" is not read here'
        return trouble.wrong("G006", message, help=mend, since=-1, to=1)
    empty = trouble.near(3).kind == "RPAR"
    mend = f"write  {name.text}({owner.text}{'' if empty else ', …'})"
    return trouble.wrong("G006", f'".{name.text}(…)" is not read here', help=mend, since=-1, to=1)


def _text(trouble: Trouble) -> Diagnostic | None:
    first, inner, last = trouble.token, trouble.near(1), trouble.near(2)
    if first.text == '"':
        return trouble.wrong("G002", "this text is never closed", label="it needs another quote")
    if first.text == inner.text == "'":
        return None
    if first.text == last.text == "'" and inner.kind in ("NAME", "NUMBER"):
        mend = f'write  "{inner.text}"'
        return trouble.wrong("G001", "a text stands in double quotes", help=mend, to=2)
    if first.kind == "STRING":
        message = "a text can only be an argument of a function"
        return trouble.wrong("G001", message, help='as in  norm(A, "fro")')
    return None


def _reserved(trouble: Trouble) -> Diagnostic | None:
    token = trouble.token
    if token.kind not in KEYWORDS or not trouble.accepted & {"NAME", "LPAR"}:
        return None
    message = f'"{token.text}" is a word of the language and cannot be a name'
    return trouble.wrong("G007", message, help="choose another name")


def _closer(trouble: Trouble) -> Diagnostic | None:
    token = trouble.token
    if token.kind not in CLOSERS or token.kind in trouble.accepted:
        return None
    if trouble.accepted & {*ENDS}:
        label = "no bracket is open here"
        return trouble.wrong("G001", f'this "{token.text}" closes nothing', label=label)
    return None


def _brace(trouble: Trouble) -> Diagnostic | None:
    if trouble.token.kind != "LBRACE":
        return None
    if "RANGE" in trouble.accepted:
        help = "write  for t in 1..3 { … }"
        return trouble.wrong("G001", "a loop runs over a range", since=-1, to=-1, help=help)
    message = '"{ }" holds the body of a loop'
    return trouble.wrong("G006", message, help="in an expression write  ( )")


def _comma(trouble: Trouble) -> Diagnostic | None:
    """`at x = 3 y = 4`, where `3 y` has been read as a product."""
    name = trouble.near(-1)
    if trouble.token.kind not in ("EQUALS", "FILE") or name.kind != "NAME":
        return None
    if "COMMA" not in trouble.accepted or trouble.near(-2).kind not in OPERAND_ENDS:
        return None
    message = f'a comma is missing before "{name.text}"'
    return trouble.wrong("G001", message, label="the next value", since=-1, to=-1)


def _list(trouble: Trouble) -> Diagnostic | None:
    """`(x, 1)` where only a shape could be a list in round brackets."""
    if trouble.token.kind != "COMMA" or "RPAR" not in trouble.accepted:
        return None
    message = "a list in round brackets is not a number"
    return trouble.wrong("G001", message, help="for a vector write  [a, b]")


def _colon(trouble: Trouble) -> Diagnostic | None:
    if trouble.token.kind != "COLON":
        return None
    if "LBRACE" in trouble.accepted:
        message = "the body of a loop stands in braces"
        return trouble.wrong("G006", message, help="write  for t in 1..3 { … }")
    if "RSQB" in trouble.accepted:
        return trouble.wrong("G006", "a range has no step here", help="write  x[start:stop]")
    return None


def _of_python(trouble: Trouble) -> Diagnostic | None:
    """`//`, `+=`, `a if c else b`."""
    before, token = trouble.near(-1), trouble.token
    if token.text in ("if", "else") and before.kind in OPERAND_ENDS:
        message = f'"{token.text}" is not read here'
        return trouble.wrong("G006", message, help="write  where(x > 0, a, b)")
    if before.end != token.start:
        return None
    if before.text == token.text == "/":
        return trouble.wrong("G006", '"//" is not read here', help="write  floor(a/b)", since=-1)
    if token.kind == "EQUALS" and before.kind in ("SIGN", "TIMES", "OVER"):
        name = trouble.near(-2).text if trouble.near(-2).kind == "NAME" else "y"
        message = f'"{before.text}=" is not read here: a name is defined once'
        help = f"write  {name}2 = {name} {before.text} …"
        return trouble.wrong("G006", message, help=help, since=-1)
    return None


def _neighbours(trouble: Trouble) -> Diagnostic | None:
    before, token = trouble.near(-1), trouble.token
    begins = token.kind in ("NAME", "NUMBER", "LPAR", "LSQB")
    if not begins or before.kind not in OPERAND_ENDS or "SIGN" not in trouble.accepted:
        return None
    left, right = line(before.text), line(token.text)
    if before.kind == "NUMBER" and token.kind == "NUMBER" and before.end == token.start:
        return trouble.wrong("G001", f'"{left}{right}" is not a number', since=-1)
    if before.kind in ("NAME", "NUMBER") and token.kind in ("NAME", "NUMBER"):
        message = f'nothing stands between "{left}" and "{right}"'
        return trouble.wrong("G001", message, help=f"for a product write  {left}*{right}", since=-1)
    message = f"an operator is missing before {_shown(token)}"
    return trouble.wrong("G001", message, help="a product of these needs its sign:  *  or  @")


def _odd(trouble: Trouble) -> Diagnostic | None:
    token = trouble.token
    if token.kind != "ODD":
        return None
    char = token.text
    plain = normalize("NFKC", char)
    mend = FOREIGN.get(char) or (plain if plain != char and plain.isascii() else "")
    if char == "\\":
        help = "a line goes on inside an open bracket; for a \\ b write  solve(a, b)"
    elif char == "$":
        help = "LaTeX is not read here"
    elif char == "%":
        help = "for the remainder write  a - b*floor(a/b)"
    elif char == "!" and trouble.near(-1).kind in OPERAND_ENDS:
        help = "for a factorial write  gamma(n + 1)"
    else:
        help = f"write  {mend}" if mend.strip() else ""
    label = "" if help else "no operator, name or number"
    if category(char)[0] in "CZ":
        message = f"the character U+{ord(char):04X} is not read here"
        return trouble.wrong("G001", message, help=help, label=label)
    message = f'the character "{char}" is not read here'
    return trouble.wrong("G001", message, help=help, label=label)


MISTAKES: tuple[Callable[[Trouble], Diagnostic | None], ...] = (
    _later,
    _comma,
    _file,
    _absolute,
    _prime,
    _raised_function,
    _attribute,
    _text,
    _reserved,
    _brace,
    _closer,
    _list,
    _colon,
    _of_python,
    _neighbours,
    _odd,
)
