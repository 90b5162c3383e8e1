"""Mistakes in declarations of inputs: two sets on a line, `R+`, `{0, 1}`, `x : R^3`, and the mend.

Must not know which sets there are, nor the parse tables.
"""

from __future__ import annotations

import re
from itertools import takewhile

from gradcli.errors import Diagnostic
from gradcli.language.parsing.expressions import line
from gradcli.language.parsing.statement_lines import MEMBERSHIP
from gradcli.language.parsing.tokens import Token
from gradcli.language.parsing.trouble import ENDS, Trouble

SETS = "sets are  R,  (0, inf),  [0, 1],  {0, 1},  integers(1, 6),  onehot(n),  simplex(n),  spd(n),  symmetric(n)"  # noqa: E501
INTRODUCING = ("let", "suppose", "given", "where", "input", "inputs", "var", "assume")
PARTS = (*ENDS, "LBRACE", "RBRACE")
NUMBERS = re.compile(r"\{\s*(-?\d+(?:\s*,\s*-?\d+)+)\s*\}")
MEMBER = re.compile(r"(\w+)\[(\w+)\]")
MEMBERS = re.compile(r"\w+(\[\w+\])?(, \w+(\[\w+\])?)*")


def declaration(trouble: Trouble) -> Diagnostic | None:
    """What cannot be read behind `x, y in`, or stands in the place of "in"."""
    before = _statement(trouble)
    if found := _members(trouble, before):
        return found
    names = [*takewhile(lambda token: token.kind in ("NAME", "COMMA"), before)]
    if names == before:
        return _no_sign(trouble, names)
    if names and before[len(names)].kind in MEMBERSHIP:
        return _set(trouble, before, len(names))
    return None


def layout(trouble: Trouble) -> Diagnostic | None:
    """`layout = denominator`, which would leave open what every Jacobian is."""
    if trouble.near(-1).kind != "LAYOUT":
        return None
    found = line(_text(trouble, trouble.token, _last(trouble)))
    help = "write  layout numerator  or  layout denominator"
    message = f'there is no layout "{found}"'
    return trouble.wrong("G001", message, help=help, to=_reach(trouble))


def _statement(trouble: Trouble) -> list[Token]:
    """The tokens of this statement that stand before the trouble."""
    found: list[Token] = []
    distance = -1
    while trouble.index + distance >= 0 and trouble.near(distance).kind not in PARTS:
        found.append(trouble.near(distance))
        distance -= 1
    return found[::-1]


def _no_sign(trouble: Trouble, names: list[Token]) -> Diagnostic | None:
    if trouble.token.kind == "COLON" and names and trouble.near(1).kind != "EQUALS":
        help = f"write  {line(_text(trouble, names[0], names[-1]))} in R^n"
        return trouble.wrong("G001", '":" declares nothing', help=help)
    if len(names) == 1 and names[0].text.lower() in INTRODUCING and trouble.token.kind == "NAME":
        rest = _text(trouble, trouble.token, _last(trouble))
        message = f'"{names[0].text}" is not read here'
        return trouble.wrong("G006", message, help=f"write  {line(rest)}", since=-1, to=-1)
    return None


def _members(trouble: Trouble, before: list[Token]) -> Diagnostic | None:
    """`s[0], i[0] in (0, 1)`: a member of a family is defined, by an input that has a name."""
    whole = [*before, *(trouble.near(k) for k in range(_reach(trouble) + 1))]
    sign = next((k for k, token in enumerate(whole) if token.kind in MEMBERSHIP), 0)
    head = line(trouble.source.text[whole[0].start : whole[sign].start]).strip() if sign else ""
    if not MEMBERS.fullmatch(head) or "[" not in head:
        return None
    names = {name: MEMBER.sub(r"\1\2", name) for name in head.split(", ")}
    defined = [f"{name} = {new}" for name, new in names.items() if name != new]
    declared = ", ".join(names.values())
    rest = line(_text(trouble, whole[sign], _last(trouble)))
    help = f"write  {'; '.join([f'{declared} {rest}', *defined])}"
    message = "a member of a family is defined, not declared"
    return trouble.wrong("G001", message, help=help, since=-len(before), to=_reach(trouble))


def _set(trouble: Trouble, before: list[Token], sign: int) -> Diagnostic | None:
    token = trouble.token
    given = before[sign + 1 :]
    whole, names = (_text(trouble, before[0], last) for last in (before[-1], before[sign]))
    if token.kind in ENDS:
        return None
    listed = NUMBERS.match(trouble.source.text, token.start) if not given else None
    if listed:
        numbers = [int(each) for each in listed[1].split(",")]
        if numbers == [*range(numbers[0], numbers[0] + len(numbers))]:
            help = f"write  {line(names)} integers({numbers[0]}, {numbers[-1]})"
            return trouble.wrong("G014", "a set of numbers in braces has two", help=help)
    if not given:
        shown = "{ … }" if token.kind == "LBRACE" else token.text
        return trouble.wrong("G014", f'"{line(shown)}" is no set', help=SETS)
    if token.kind == "COMMA" and trouble.near(1).kind == "NAME":
        rest = _text(trouble, trouble.near(1), _last(trouble))
        help = f"write  {line(whole)}; {line(rest)}"
        return trouble.wrong("G001", "a declaration ends with its set", help=help)
    if token.kind in ("COMPARE", "SIGN", "TIMES") and given[0].kind == "NAME":
        help = f"for positive numbers write  {line(names)} (0, inf)"
        place = sign + 1 - len(before)
        return trouble.wrong("G014", "this is no set", help=help, since=place)
    if token.kind == "LBRACE" and given[-1].kind == "POWER":
        message = '"{ }" holds the body of a loop'
        return trouble.wrong(
            "G006", message, help=f"write  {line(whole)}3  or  {line(whole)}(2, 3)"
        )
    if token.kind in ("POWER", "SUPERSCRIPT"):
        message = "a set has one power"
        base = line(_text(trouble, given[0], given[-2])).rstrip(" ^") if len(given) > 2 else "R"
        first, second = line(given[-1].text), line(trouble.near(1).text)
        help = f"for two axes write  {line(names)} {base}^({first}, {second})"
        return trouble.wrong("G001", message, help=help)
    return None


def _last(trouble: Trouble) -> Token:
    return trouble.near(_reach(trouble))


def _reach(trouble: Trouble) -> int:
    """How many tokens of this statement stand behind the trouble."""
    distance = 0
    while trouble.near(distance + 1).kind not in PARTS:
        distance += 1
    return distance


def _text(trouble: Trouble, first: Token, last: Token) -> str:
    return trouble.source.text[first.start : last.end]
