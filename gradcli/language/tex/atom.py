"""The terminals of the grammar of formulas, and the arguments that commands take.

Must not know how terminals are made of tokens.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

from gradcli.errors import GradcliError
from gradcli.language.parsing.tokens import Token
from gradcli.language.tex import commands
from gradcli.language.tex.tokens import group

Tokens = Sequence[Token]
DEEPEST = 60
"""Brackets and braces in one another."""
DEEP = f"brackets stand more than {DEEPEST} deep here"


@dataclass(frozen=True, slots=True, eq=False)
class Atom:
    """A terminal: its kind, what it says, where it stands, and the tokens of its parts.

    Relations, cuts and reasons are atoms as well, which no formula holds. `font` is that of a
    symbol; `why` is what is wrong with a `BAD` one, whether that is an error or no formula at all.
    """

    kind: str
    text: str
    start: int
    end: int
    inside: tuple[Tokens, ...] = ()
    font: str = ""
    why: GradcliError | NoFormula | None = None


class NoFormula(Exception):
    """What stands there is no formula of the language, which is no mistake."""


OPERANDS = frozenset({
    "NUMBER", "SYMBOL", "FUNCTION", "GROUP", "FRACTION", "ROOT", "ENVIRONMENT", "INDICATOR",
    "CLOSE", "NORM_CLOSE", "ABS_CLOSE", "ANGLE_CLOSE", "SUB", "SUPER", "PRIME", "AT", "SET",
})  # fmt: skip
"""What may stand before a bar that closes."""


def plain(tokens: Tokens) -> Tokens:
    """The tokens without spaces."""
    return [t for t in tokens if t.kind not in ("SPACE", "PARAGRAPH")]


def too_deep(tokens: Tokens) -> bool:
    """Whether braces stand deeper in one another than anybody writes."""
    depths = accumulate({"OPEN": 1, "CLOSE": -1}.get(t.kind, 0) for t in tokens)
    return max(depths, default=0) > DEEPEST


def argument(tokens: Tokens, at: int) -> tuple[Tokens, int]:
    r"""The argument that begins here; a command without braces, as `\mathrm T`, brings its own."""
    found = group(tokens, at)
    if found is None:
        return (), at
    inside, after = found
    if len(inside) == 1 and tokens[after - 1].kind == "COMMAND":
        name = inside[0].text[1:]
        count = 2 if name in commands.FRACTIONS else int(
            name in commands.FONTS or name in commands.WORDS or name in commands.ACCENTS
            or name == "sqrt"
        )  # fmt: skip
        first = after - 1
        for _ in range(count):
            _, after = argument(tokens, after)
        inside = tokens[first:after]
    return inside, after
