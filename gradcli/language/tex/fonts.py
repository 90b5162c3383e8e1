r"""Letters in two fonts, `\mathbf{x}` beside `x`, and with primes: names where a section says so.

Must not know what a name means; elsewhere a font says nothing, and a prime is an operation.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from gradcli.language.parsing.tokens import Token
from gradcli.language.tex import commands
from gradcli.language.tex.atom import Atom, argument, plain
from gradcli.language.tex.rows import TexFormula

LETTER = "LETTER"
"""The kind of a token that is a letter with its font."""
SUFFIXES = {
    "bold": "bold", "mathcal": "cal", "mathscr": "scr", "mathfrak": "frak", "mathsf": "sf",
    "mathtt": "tt",
}  # fmt: skip
VARIANTS = ("varepsilon", "varphi")
"""Letters of another shape, which are names of their own where both shapes occur."""


def twofold(formulas: Iterable[TexFormula]) -> set[str]:
    """The letters that are declared or defined in two fonts."""
    fonts: dict[str, set[str]] = {}
    for formula in formulas:
        for atom in _introduced(formula):
            font = SUFFIXES.get(atom.font, "")
            # An accent makes a name of its own, whatever the fonts beside it: \hat y and \mathbf y.
            fonts.setdefault(atom.text, set()).add(font)
    return {_bare(letter) for letter, found in fonts.items() if len(found) > 1}


def _bare(text: str) -> str:
    """The letter without its accent."""
    for accent in commands.ACCENTS.values():
        if text.endswith(accent) and text != accent:
            return text.removesuffix(accent)
    return text


def primed(formulas: Iterable[TexFormula]) -> set[str]:
    """The letters with primes that are declared, each with its primes."""
    return {
        atom.text + following.text
        for formula in formulas
        if _declares(formula)
        for side in formula.sides
        for atom, following in pairwise(side)
        if atom.kind == "SYMBOL" and following.kind == "PRIME"
    }


def _declares(formula: TexFormula) -> bool:
    signs = [r.text for r in formula.relations]
    inequalities = all(sign in ("<", ">", "<=", ">=") for sign in signs)
    return bool(signs) and not formula.says and (signs[0] == "in" or inequalities)


def _introduced(formula: TexFormula) -> Iterator[Atom]:
    """The letters that a formula may declare or define."""
    signs = [r.text for r in formula.relations]
    if not signs or formula.says:
        return
    declares = _declares(formula)
    for side in formula.sides if declares and signs[0] != "in" else formula.sides[:1]:
        # y_i may be an entry of a bold y.
        if declares or (signs[0] in ("=", ":=") and len(side) == 1):
            yield from (a for a in side if a.kind == "SYMBOL")


def variants(tokens: Iterable[Token]) -> set[str]:
    """The letters that occur in both of their shapes."""
    texts = {token.text[1:] for token in tokens if token.kind == "COMMAND"}
    return {commands.GREEK[name] for name in VARIANTS if {name, name.removeprefix("var")} <= texts}


def told_apart(tokens: Sequence[Token], letters: set[str]) -> Iterator[Token]:
    """The tokens, such letters with their fonts and primes each one token."""
    at = 0
    while at < len(tokens):
        letter, suffix, after = _lettered(tokens, at, letters)
        below = _below(tokens, after)
        primes, end = _primes(tokens, below)
        if letter and primes and letter + primes in letters:
            # The prime of x_i' is that of x'.
            last = tokens[(end if below == after else after) - 1]
            yield Token(LETTER, letter + suffix + primes, tokens[at].start, last.end)
            yield from tokens[after:below]
            at = end
        elif suffix:
            yield Token(LETTER, letter + suffix, tokens[at].start, tokens[after - 1].end)
            at = after
        else:
            yield tokens[at]
            at += 1


def _lettered(tokens: Sequence[Token], at: int, letters: set[str]) -> tuple[str, str, int]:
    """A letter, what its font adds to its name, and where it ends; empty for anything else."""
    token = tokens[at]
    name = token.text[1:] if token.kind == "COMMAND" else ""
    if name in commands.FONTS:
        inside, after = argument(tokens, at + 1)
        inner = plain(inside)
        letter = _letter(inner[0]) if len(inner) == 1 else ""
        font = SUFFIXES.get("bold" if name in commands.BOLD else name, "")
        return letter, font if letter in letters else "", after
    variant = name in VARIANTS and commands.GREEK[name] in letters
    return _letter(token), "var" if variant else "", at + 1


def _below(tokens: Sequence[Token], at: int) -> int:
    """Where an index ends that begins here; `at` where none does."""
    return argument(tokens, at + 1)[1] if at < len(tokens) and tokens[at].kind == "SUB" else at


def _primes(tokens: Sequence[Token], at: int) -> tuple[str, int]:
    """The primes that stand here, and where they end."""
    found = ""
    while at < len(tokens):
        inside, after = tokens[at : at + 1], at + 1
        if tokens[at].kind == "SUPER":
            inside, after = argument(tokens, at + 1)
        signs = [t.text for t in inside]
        if not signs or not {*signs} <= {"'", r"\prime"}:
            break
        found, at = found + "'" * len(signs), after
    return found, at


def _letter(token: Token) -> str:
    if token.kind == "COMMAND":
        return commands.GREEK.get(token.text[1:], "")
    return token.text if token.text.isalpha() else ""
