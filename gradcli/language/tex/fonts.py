r"""Letters in two fonts: `\mathbf{x}` beside `x` is another name where a section introduces both.

Must not know what a name means; elsewhere a font says nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from gradcli.language.tex import commands
from gradcli.language.tex.atom import Atom, argument, plain
from gradcli.language.tex.rows import TexFormula
from gradcli.language.tokens import Token

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


def _introduced(formula: TexFormula) -> Iterator[Atom]:
    """The letters that a formula may declare or define."""
    signs = [r.text for r in formula.relations]
    if not signs or formula.says:
        return
    declares = signs[0] == "in" or all(sign in ("<", ">", "<=", ">=") for sign in signs)
    for side in formula.sides if declares and signs[0] != "in" else formula.sides[:1]:
        # y_i may be an entry of a bold y.
        if declares or (signs[0] in ("=", ":=") and len(side) == 1):
            yield from (a for a in side if a.kind == "SYMBOL")


def variants(tokens: Iterable[Token]) -> set[str]:
    """The letters that occur in both of their shapes."""
    texts = {token.text[1:] for token in tokens if token.kind == "COMMAND"}
    return {commands.GREEK[name] for name in VARIANTS if {name, name.removeprefix("var")} <= texts}


def told_apart(tokens: Sequence[Token], letters: set[str]) -> Iterator[Token]:
    """The tokens, such letters with their fonts each one token."""
    at = 0
    while at < len(tokens):
        token = tokens[at]
        name = token.text[1:] if token.kind == "COMMAND" else ""
        if name in commands.FONTS:
            inside, after = argument(tokens, at + 1)
            inner = plain(inside)
            font = "bold" if name in commands.BOLD else name
            letter = _letter(inner[0]) if len(inner) == 1 else ""
            if letter in letters and font in SUFFIXES:
                yield Token(LETTER, letter + SUFFIXES[font], token.start, tokens[after - 1].end)
                at = after
                continue
        if name in VARIANTS and commands.GREEK[name] in letters:
            yield Token(LETTER, f"{commands.GREEK[name]}var", token.start, token.end)
        else:
            yield token
        at += 1


def _letter(token: Token) -> str:
    if token.kind == "COMMAND":
        return commands.GREEK.get(token.text[1:], "")
    return token.text if token.text.isalpha() else ""
