r"""Letters with accents and scripts become names: `\hat y`, `w^{(2)}_{1}`, `x_{\mathrm{in}}`.

Must not know what any name means; which scripts are a part of a name is asked elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from gradcli.language.tex import commands
from gradcli.language.tex.atom import Atom, Tokens, argument
from gradcli.language.tex.formula import TexItem

LABEL = re.compile(r"\(.*\)|\[.*\]|[*+†★]|[-−]|\\?['a-zA-Z]{2,}")
SAFE = {"*": "star", "+": "plus", "-": "minus", "−": "minus", "†": "dagger", "★": "star",
    "'": "prime",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Script:
    """A script as text: `word` says that it is in words, `transposes` that it ends in a transpose.

    `text` is without that transpose.
    """

    text: str
    tokens: Tokens
    word: bool = False
    transposes: bool = False

    @property
    def labels(self) -> bool:
        """Whether it can only be a part of a name: `(2)`, `[1]`, `*`, `old`."""
        inverse = self.transposes and self.text in ("-", "−")
        return bool(self.text) and not inverse and (self.word or bool(LABEL.fullmatch(self.text)))


def script(tokens: Tokens | None) -> Script | None:
    """What stands in a script; None where there is none."""
    if tokens is None:
        return None
    pieces: list[tuple[str, bool]] = []
    kept: list[Tokens] = []
    at = 0
    while at < len(tokens):
        token = tokens[at]
        at += 1
        if token.kind in ("SPACE", "OPEN", "CLOSE"):
            continue
        first, text, word = at - 1, token.text, False
        if token.kind == "COMMAND":
            name = text[1:]
            if name in commands.FONTS or name in commands.WORDS:
                inside, at = argument(tokens, at)
                found = script(inside)
                text = found.text + "⊤" * found.transposes if found else ""
                word = len(text) > 1 and text.isalpha()
                if text == "⊤" or (text == "T" and name not in commands.BOLD):
                    text = "⊤"
            elif name in commands.SWITCHES or name in commands.SIZES:
                continue
            elif name in ("top", "intercal"):
                text = "⊤"
            elif name in ("ast", "star"):
                text = "*"
            elif name == "dagger":
                text = "†"
            elif name in ("lbrack", "rbrack"):
                text = "[" if name[0] == "l" else "]"
            elif name in commands.GREEK:
                text = commands.GREEK[name]
            elif name in ("left", "right"):
                continue
        pieces.append((text, word))
        kept.append(tokens[first:at])
    text = "".join(t for t, _ in pieces)
    transposes = False
    last = pieces[-1][0] if pieces else ""
    if last == "⊤" or (last == "T" and LABEL.fullmatch(text[:-1])):
        transposes, text, kept = True, text[:-1], kept[:-1]
    word = any(w for _, w in pieces)
    return Script(text, [t for part in kept for t in part], word, transposes)


def symbol(item: TexItem) -> str:
    """The letter of an item with its accent; empty where it is none."""
    atom = item.base
    return atom.text if isinstance(atom, Atom) and atom.kind == "SYMBOL" else ""


def key(base: str, above: str = "", below: str = "") -> str:
    """A name by its letter and the scripts that are a part of it."""
    return base + (f"^{above}" if above else "") + (f"_{below}" if below else "")


def base_of(name: str) -> str:
    """The letter of a key, with its accent and primes."""
    return name.partition("_")[0].partition("^")[0]


def identifier(name: str) -> str:
    """A key as the language spells names."""
    above = re.sub(r"\^", "__", name)
    spelled = "".join(SAFE.get(c, c) for c in above)
    spelled = re.sub(r"[()\[\]{}]", "", spelled)
    return re.sub(r"\W+", "_", spelled).strip("_") or "x"


def indices(below: Script) -> list[Tokens]:
    """The indices of a subscript: `ij`, `i,j`, `i+1,j`, `10`, each with its tokens."""
    parts: list[list[Tokens]] = [[]]
    for token in below.tokens:
        if token.text == ",":
            parts.append([])
        elif token.kind not in ("SPACE", "OPEN", "CLOSE"):
            parts[-1].append([token])
    if len(parts) > 1:
        return [[t for piece in part for t in piece] for part in parts]
    return [*_letters([t for piece in parts[0] for t in piece])]


def _letters(tokens: Tokens) -> Iterator[Tokens]:
    """Indices side by side: each a letter, or a number; a sum is one, and so is a range."""
    between = any(t.text == ":" for t in tokens[1:-1])
    if (
        between
        or any(t.text in "+-−/" for t in tokens)
        or any(t.kind in ("SUB", "SUPER") for t in tokens)
    ):
        yield tokens
        return
    number: list[Tokens] = []
    for token in tokens:
        if token.text.isdecimal():
            number.append([token])
            continue
        if number:
            yield [t for piece in number for t in piece]
            number = []
        yield [token]
    if number:
        yield [t for piece in number for t in piece]
