"""A text becomes TeX's tokens, each with its place; macros are expanded on the way.

Must not know what a command means, but for those that define macros.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from gradcli.errors import Source, Span, wrong
from gradcli.language.parsing.tokens import Token

DEEPEST = 50
MOST = 200_000
"""Tokens that the macros of a text may make, all together."""

VERBATIM = "verbatim|Verbatim|lstlisting|minted|comment|filecontents"
PATTERN = re.compile(
    r"(?P<NOTE>%[ \t]*gradcli:[^\n]*)"
    r"|(?P<SKIPPED>%[^\n]*\n?[ \t]*"
    rf"|\\begin\{{(?P<env>{VERBATIM})\*?\}}[\s\S]*?\\end\{{(?P=env)\*?\}}"
    r"|\\verb\*?(?P<bar>[^A-Za-z\s*])[^\n]*?(?P=bar))"
    r"|(?P<BREAK>\\\\\*?(?:\[[^\]\n]*\])?)"
    r"|(?P<COMMAND>\\(?:[A-Za-z@]+|[\s\S]))"
    r"|(?P<PARAGRAPH>\n[ \t\r]*\n\s*)"
    r"|(?P<SPACE>[\s~]+)"
    r"|(?P<OPEN>\{)|(?P<CLOSE>\})|(?P<SUPER>\^)|(?P<SUB>_)|(?P<ALIGN>&)|(?P<MATH>\$\$?)"
    r"|(?P<CHARACTER>[\s\S])"
)
"""Every token by its kind; what is skipped is none."""

DEFINING = frozenset(
    [r"\newcommand", r"\renewcommand", r"\providecommand", r"\DeclareRobustCommand"]
)
OPERATORS = r"\DeclareMathOperator"


@dataclass(frozen=True, slots=True)
class Macro:
    """A command that stands for others; with a `default`, its first argument may be left out."""

    arguments: int
    body: tuple[Token, ...]
    default: tuple[Token, ...] | None = None


Macros = dict[str, Macro]


def lexed(text: str, start: int = 0, end: int | None = None) -> list[Token]:
    """The tokens of a stretch of a text as they are written; spaces stay, comments do not."""
    found = []
    for match in PATTERN.finditer(text, start, len(text) if end is None else end):
        kind = match.lastgroup or ""
        if kind in ("env", "bar"):
            continue
        if kind != "SKIPPED":
            found.append(Token(kind, match[0], match.start(), match.end()))
    return found


def group(tokens: Sequence[Token], at: int) -> tuple[Sequence[Token], int] | None:
    """What an argument that begins here holds, and where it ends; None where there is none."""
    while at < len(tokens) and tokens[at].kind == "SPACE":
        at += 1
    if at >= len(tokens) or tokens[at].kind in ("CLOSE", "PARAGRAPH"):
        return None
    if tokens[at].kind != "OPEN":
        return tokens[at : at + 1], at + 1
    depth = 0
    for place in range(at, len(tokens)):
        depth += {"OPEN": 1, "CLOSE": -1}.get(tokens[place].kind, 0)
        if depth == 0:
            return tokens[at + 1 : place], place + 1
    return None


def optional(tokens: Sequence[Token], at: int) -> tuple[Sequence[Token] | None, int]:
    """What stands in square brackets here, None if nothing does, and where that ends."""
    first = at
    while first < len(tokens) and tokens[first].kind == "SPACE":
        first += 1
    if first >= len(tokens) or tokens[first].text != "[":
        return None, at
    depth = 0
    for place in range(first + 1, len(tokens)):
        depth += {"OPEN": 1, "CLOSE": -1}.get(tokens[place].kind, 0)
        if depth == 0 and tokens[place].text == "]":
            return tokens[first + 1 : place], place + 1
    return None, at


def written(tokens: Sequence[Token]) -> str:
    """The text of tokens, as TeX would read it again."""
    return "".join(
        f"{t.text} " if t.kind == "COMMAND" and t.text[-1].isalpha() else t.text for t in tokens
    ).strip()


def expanded(source: Source, tokens: Sequence[Token], macros: Macros) -> list[Token]:
    """The tokens with all macros replaced; what comes of a macro stands where it was called.

    Definitions among the tokens are added to `macros` and left out. GradcliError where macros
    expand without end.
    """
    return [*_Expander(source, macros).run(tokens, 0)]


class _Expander:
    def __init__(self, source: Source, macros: Macros) -> None:
        self.source, self.macros = source, macros
        self.made = 0

    def run(self, tokens: Sequence[Token], depth: int) -> Iterator[Token]:
        at = 0
        while at < len(tokens):
            token = tokens[at]
            at += 1
            if token.kind != "COMMAND":
                yield token
            elif token.text in DEFINING or token.text == OPERATORS:
                at = self._defined(tokens, at, operator=token.text == OPERATORS)
            elif token.text in (r"\def", r"\gdef", r"\let"):
                at = self._plain(tokens, at, alias=token.text == r"\let")
            elif (macro := self.macros.get(token.text)) is None:
                yield token
            else:
                body, at = self._called(token, macro, tokens, at)
                self.made += len(body)
                if depth >= DEEPEST or self.made > MOST:
                    message = f"{token.text} expands without end"
                    place = Span(self.source, token.start, token.end)
                    raise wrong("G008", message, place, label="this macro calls itself")
                yield from self.run(body, depth + 1)

    def _defined(self, tokens: Sequence[Token], at: int, operator: bool) -> int:
        r"""`\newcommand{\name}[2][default]{body}`: where it ends."""
        starred = at < len(tokens) and tokens[at].text == "*"
        name = group(tokens, at + starred)
        if name is None or len(name[0]) != 1 or name[0][0].kind != "COMMAND":
            return at
        count, at = optional(tokens, name[1])
        default, at = optional(tokens, at)
        body = group(tokens, at)
        if body is None:
            return at
        number = written(count or ())
        content: tuple[Token, ...] = (*body[0],)
        if operator:
            place = name[0][0]
            opening = Token("OPEN", "{", place.start, place.end)
            content = (
                Token("COMMAND", r"\operatorname", place.start, place.end),
                opening, *content, opening._replace(kind="CLOSE", text="}"),
            )  # fmt: skip
        self.macros[name[0][0].text] = Macro(
            int(number) if number.isdecimal() else 0,
            content,
            None if default is None else (*default,),
        )
        return body[1]

    def _plain(self, tokens: Sequence[Token], at: int, alias: bool) -> int:
        r"""`\def\name#1#2{body}`, `\let\name=\other`: where it ends."""
        kept = [k for k in range(at, min(at + 40, len(tokens))) if tokens[k].kind != "SPACE"]
        if not kept or tokens[kept[0]].kind != "COMMAND":
            return at
        name, rest = tokens[kept[0]].text, kept[1:]
        if alias:
            rest = rest[1:] if rest and tokens[rest[0]].text == "=" else rest
            if not rest:
                return at
            meant = tokens[rest[0]]
            known = self.macros.get(meant.text)
            self.macros[name] = known or Macro(0, (meant,))
            return rest[0] + 1
        count = 0
        while len(rest) > 1 and tokens[rest[0]].text == "#" and tokens[rest[1]].text.isdecimal():
            count, rest = count + 1, rest[2:]
        if not rest or tokens[rest[0]].kind != "OPEN":
            return at
        body = group(tokens, rest[0])
        if body is None:
            return at
        self.macros[name] = Macro(count, (*body[0],))
        return body[1]

    def _called(
        self, call: Token, macro: Macro, tokens: Sequence[Token], at: int
    ) -> tuple[list[Token], int]:
        """What a call stands for, and where it ends."""
        arguments: list[Sequence[Token]] = []
        if macro.default is not None:
            first, at = optional(tokens, at)
            arguments.append(macro.default if first is None else first)
        last = call.end
        while len(arguments) < macro.arguments:
            found = group(tokens, at)
            if found is None:
                break
            arguments.append(found[0])
            at = found[1]
        if at and tokens[at - 1].end > last:
            last = tokens[at - 1].end
        body: list[Token] = []
        k = 0
        while k < len(macro.body):
            token = macro.body[k]
            number = macro.body[k + 1].text if k + 1 < len(macro.body) else ""
            if token.text == "#" and number.isdecimal():
                place = int(number) - 1
                body += arguments[place] if place < len(arguments) else ()
                k += 2
                continue
            body.append(token._replace(start=call.start, end=last))
            k += 1
        return body, at
