r"""Densities and likelihoods: `p(x \mid \mu)` and its logarithm are names, bracket and all.

Must not know what is known of a name, nor what stands around it.
"""

from __future__ import annotations

from gradcli.language.parsing.tokens import Token
from gradcli.language.tex import commands
from gradcli.language.tex.atom import Tokens

BARS = frozenset({"|", r"\mid", r"\vert", r"\given"})
LEFT_OUT = commands.SWITCHES | commands.SIZES | {"left", "right", "middle"}
BEHIND = frozenset("+-−=,.;)]&") | {r"\\", r"\right", r"\quad", r"\qquad", r"\text"}
"""What may stand behind the logarithm of one: nothing that could be a factor in it."""
LOG = "log "
"""What the name of a logarithm begins with."""


def condition(tokens: Tokens, first: int, start: int) -> tuple[Token, int] | None:
    r"""The bracket from `first` on as a script, and where it ends, if one bar divides it.

    `start` is where it begins, `\left` included. A bar with a script says where something is meant,
    and two of them are those of an absolute value.
    """
    depth, bars = 0, 0
    for place in range(first, len(tokens)):
        text = tokens[place].text
        if text in commands.OPENING:
            depth += 1
        elif text in commands.CLOSING:
            depth -= 1
            if depth == 0:
                kept = tokens[first : place + 1]
                whole = "".join(map(_spelled, kept))
                token = Token("CHARACTER", whole, tokens[start].start, tokens[place].end)
                return (token, place + 1) if bars == 1 else None
        elif depth == 1 and text in BARS:
            behind = tokens[place + 1].kind if place + 1 < len(tokens) else ""
            bars += 1 if behind not in ("SUB", "SUPER") else 2
    return None


def ends(tokens: Tokens, at: int) -> bool:
    """Whether nothing stands here that the function before could reach over."""
    return at >= len(tokens) or tokens[at].kind in ("ALIGN", "BREAK") or tokens[at].text in BEHIND


def is_conditional(key: str) -> bool:
    """Whether a key is that of a density or likelihood, or of its logarithm."""
    return "|" in key


def _spelled(token: Token) -> str:
    name = token.text[1:]
    if token.text in BARS:
        return "|"
    if token.kind != "COMMAND":
        return token.text
    return "" if name in LEFT_OUT else commands.GREEK.get(name, token.text)
