"""Tokens become the terminals of the grammar: what braces hold is in one, fonts are dropped.

Must not know names or shapes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import lru_cache

from gradcli.errors import Source
from gradcli.language.parsing.tokens import Token
from gradcli.language.tex import commands
from gradcli.language.tex.atom import Atom, Tokens, argument, plain
from gradcli.language.tex.characters import Characters
from gradcli.language.tex.document import DISPLAYS
from gradcli.language.tex.tokens import optional, written

SKIPPED = commands.SWITCHES | commands.SIZES | {"left"}
"""What may stand between a name and the bracket that calls it."""
KEPT = 4096
"""Stretches that are not read anew: a section is read again and again for the shapes it lacks."""


def atoms(source: Source, tokens: Tokens) -> list[Atom]:
    """The atoms of a stretch of maths; what is wrong is a `BAD` one, at its place."""
    return [*_atoms(source, (*tokens,))]


@lru_cache(maxsize=KEPT)
def _atoms(source: Source, tokens: tuple[Token, ...]) -> tuple[Atom, ...]:
    return (*_Atoms(source, plain(tokens)).read(),)


class _Atoms(Characters):
    def _command(self, first: int, name: str) -> None:
        if name in ONE:
            self._add(*ONE[name], first)
        elif name in METHODS:
            METHODS[name](self, first, name)
        elif name in commands.FOREIGN:
            self._foreign(first, rf"\{name}: {commands.FOREIGN[name]}")
        elif found := commands.function(name):
            self._add("FUNCTION", found, first)
        elif name not in commands.SWITCHES and name not in commands.SIZES:
            self._bad(first, rf"\{name} is not read", rf"define it by \newcommand{{\{name}}}{{…}}")

    def _dotted(self, first: int, name: str) -> None:
        self._dots(first, rf"\{name}")

    def _side(self, first: int, name: str) -> None:
        self._delimiter(first, name == "left")

    def _double_bar(self, first: int, name: str) -> None:
        side = {"l": "open", "r": "close"}.get(name[0], "")
        self._bar(first, "ABS" if name[-4:] == "vert" else "NORM", side)

    def _dropped(self, first: int, name: str) -> None:
        if self.at < len(self.tokens) and self.tokens[self.at].text == "*":
            self.at += 1
        for _ in range(commands.DROPPED[name]):
            self._argument()

    def _labelled_arrow(self, first: int, name: str) -> None:
        self._argument()
        self._add("RELATION", "~", first)

    def _intertext(self, first: int, name: str) -> None:
        self._argument()
        self._add("INTERTEXT", "", first)

    def _fraction(self, first: int, name: str) -> None:
        self._add("FRACTION", "frac", first, [self._argument(), self._argument()])

    def _evaluated(self, first: int, name: str) -> None:
        r"""`\eval{…}_{x=a}` is `\left. … \right|_{x=a}`."""
        inside = atoms(self.source, self._argument())
        following = self.tokens[self.at].kind if self.at < len(self.tokens) else ""
        if not inside or following not in ("SUB", "SUPER"):
            self._bad(first, rf"\{name}: of what, and where?")
            return
        self._add("OPEN", "(", first)
        self.found += inside
        self._add("CLOSE", ")", self.at - 1)
        self._at(self.at, r"\right|")

    def _root(self, first: int, name: str) -> None:
        degree, self.at = optional(self.tokens, self.at)
        self._add("ROOT", "sqrt", first, [self._argument(), degree or ()])

    def _lonely(self, first: int, name: str) -> None:
        self._bad(first, rf"\{name} stands in no exponent")

    def _stacked(self, first: int, name: str) -> None:
        r"""`\overset{!}{=}`: what stands on a sign says what is done with it."""
        above, sign = written(self._argument()), written(self._argument())
        if sign == "=" and ("!" in above or "set" in above):
            self._add("RELATION", "=!", first)
        elif sign == "=" and ("def" in above or "triangle" in above):
            self._add("RELATION", ":=", first)
        elif sign in commands.RELATIONS or sign.lstrip("\\") in commands.RELATIONS:
            self._add("RELATION", commands.RELATIONS[sign.lstrip("\\")], first)
        elif sign.lstrip("\\") in commands.IMPLIES:
            self._add("IMPLIES", sign, first)
        else:
            self._bad(first, "a sign on another is not read")

    def _words(self, first: int, name: str) -> None:
        inside = self._argument()
        text = self._source(inside)
        word = text.strip()
        if found := commands.function(word):
            self._add("FUNCTION", found, first)
        else:
            self._add("TEXT", " ".join(text.split()), first, [inside])

    def _source(self, inside: Tokens) -> str:
        if not inside:
            return ""
        text = self.source.text[inside[0].start : inside[-1].end]
        joined = "".join(t.text for t in inside)
        return text if "".join(text.split()) == joined else joined

    def _font(self, first: int, name: str) -> None:
        if self.at < len(self.tokens) and self.tokens[self.at].text == "*":
            self.at += 1
        inside = self._argument()
        text = "".join(t.text for t in inside).replace(r"\_", "_")
        font = "bold" if name in commands.BOLD else "" if name == "mathrm" else name
        if text in ("1", "0") and name not in ("mathrm", "operatorname"):
            if text == "1" and self._indicator(first):
                return
            self._add("SYMBOL", f"bold {text}", first, font="bold")
        elif name == "mathbb" and text in ("I", "𝟙") and self._indicator(first):
            return
        elif name == "mathbb" and len(text) == 1 and text in commands.SETS:
            self._set(first, text)
        elif len(text) > 1 and all(
            t.text == r"\_" or (t.text.isalnum() and t.text.isascii()) for t in inside
        ):
            self._word(first, name, text, inside, font)
        else:
            within = atoms(self.source, inside)
            if within and within[0].kind == "SYMBOL":
                within[0] = replace(within[0], font=font or within[0].font)
            self._spread(first, within)

    def _is_called(self) -> bool:
        """Whether a bracket follows, a script before it or not."""
        at = self.at
        while at < len(self.tokens) and self.tokens[at].kind in ("SUB", "SUPER"):
            _, at = argument(self.tokens, at + 1)
        behind = (t.text for t in self.tokens[at:] if t.text.lstrip("\\") not in SKIPPED)
        return next(behind, "") in commands.OPENING

    def _word(self, first: int, name: str, text: str, inside: Tokens, font: str) -> None:
        """Several letters in one font: a name, a function, or, in bold, letters side by side."""
        upright = name in commands.UPRIGHT
        if name == commands.ITALIC and not self._is_called():
            self._add("SYMBOL", text, first, font=font)
        elif upright and (found := commands.function(text)):
            self._add("FUNCTION", found, first)
        elif upright and (
            text in commands.EXPECTED or (text in commands.EXPECTED_OF and self._is_called())
        ):
            self._foreign(first, f"{text} is outside of the language")
        elif upright and text[0] == "d" and len(text) == 2 and name == "mathrm":
            self._spread(first, atoms(self.source, inside))
        elif upright or name in ("mathcal", "mathscr", "mathfrak"):
            self._add("SYMBOL", text, first, font=font)
        else:
            self._spread(first, [replace(a, font=font) for a in atoms(self.source, inside)])

    def _spread(self, first: int, within: list[Atom]) -> None:
        """Atoms that a command has in it, the first and last of which reach to its ends."""
        if not within:
            return
        kept = self.tokens[first : self.at]
        within[0] = replace(within[0], start=min(kept[0].start, within[0].start))
        within[-1] = replace(within[-1], end=max(kept[-1].end, within[-1].end))
        self.found += within

    def _indicator(self, first: int) -> bool:
        r"""`\mathbb 1\{i=j\}`, `\mathbf 1_{[x>0]}`: whether a condition follows."""
        at = self.at
        rest = self.tokens[at:]
        if rest and rest[0].kind == "SUB":
            self.at += 1
            inside = self._argument()
            if any(t.text.lstrip("\\") in commands.RELATIONS for t in inside):
                self._add("INDICATOR", "1", first, [inside])
                return True
            self.at = at
            return False
        while rest and (rest[0].text[1:] in commands.SIZES or rest[0].text == r"\left"):
            rest = rest[1:]
        if not rest or rest[0].text not in commands.OPENING:
            return False
        closing = commands.OPENING[rest[0].text]
        depth = 0
        for k, token in enumerate(rest):
            depth += (token.text in commands.OPENING) - (token.text in commands.CLOSING)
            if depth == 0 and commands.CLOSING.get(token.text) == closing:
                inside = [
                    t for t in rest[1:k] if t.text != r"\right" and t.text[1:] not in commands.SIZES
                ]
                if not any(t.text.lstrip("\\") in commands.RELATIONS for t in inside):
                    return False
                self.at = len(self.tokens) - len(rest) + k + 1
                self._add("INDICATOR", "1", first, [inside])
                return True
        return False

    def _accent(self, first: int, name: str) -> None:
        inside = atoms(self.source, self._argument())
        if (
            len(inside) >= 1
            and inside[0].kind == "SYMBOL"
            and all(a.kind in ("SUB", "SUPER") for a in inside[1:])
        ):
            inside[0] = replace(inside[0], text=inside[0].text + commands.ACCENTS[name])
            self._spread(first, inside)
        else:
            self._bad(first, rf"\{name} over more than one letter is not read")

    def _physics(self, first: int, name: str) -> None:
        r"""`\pdv{f}{x}`, `\dv{x}`: a fraction of derivatives."""
        order, self.at = optional(self.tokens, self.at)
        above = self._argument()
        below: Tokens | None = None
        if self.at < len(self.tokens) and self.tokens[self.at].kind == "OPEN":
            below = self._argument()
        if below is None:
            above, below = (), above
        place = self.tokens[first]
        mark = (
            Token("COMMAND", r"\partial", place.start, place.end)
            if commands.PHYSICS[name] == "partial"
            else Token("CHARACTER", "d", place.start, place.end)
        )
        power = [Token("SUPER", "^", place.start, place.end), *_braced(order)] if order else []
        self._add("FRACTION", "frac", first, [[mark, *power, *above], [mark, *below, *power]])

    def _through(self, first: int, name: str) -> None:
        for _ in range(commands.THROUGH[name]):
            self._argument()
        inside = self._argument()
        if name in commands.BRACES and self.at < len(self.tokens):
            while self.at < len(self.tokens) and self.tokens[self.at].kind in ("SUB", "SUPER"):
                self.at += 1
                self._argument()
        within = atoms(self.source, inside)
        if any(a.kind in ("RELATION", "ALIGN", "BREAK", "QUAD", "IMPLIES") for a in within):
            self._spread(first, within)
        elif inside:
            self._add("GROUP", "{}", first, [inside])

    def _environment(self, first: int, name: str) -> None:
        found = written(self._argument())
        bare = found.rstrip("*")
        if bare in DISPLAYS or bare == "subequations":
            if name == "begin" and bare.startswith("alignat"):
                self._argument()
            if name == "begin" and bare in ("aligned", "gathered", "split"):
                _, self.at = optional(self.tokens, self.at)
            return
        if name == "end":
            self._bad(first, rf"\end{{{found}}} ends nothing", code="G002")
            return
        depth, begin = 1, self.at
        while self.at < len(self.tokens):
            token = self.tokens[self.at]
            self.at += 1
            if token.text in (r"\begin", r"\end"):
                depth += 1 if token.text == r"\begin" else -1
            if depth == 0:
                break
        inside = self.tokens[begin : self.at - 1]
        if depth:
            self._bad(first, rf"\begin{{{found}}} is never ended", code="G002")
            return
        self._argument()
        if bare == "array":
            _, after = argument(inside, 0)
            inside = inside[after:]
        previous = self.found[-1] if self.found else None
        if bare in ("cases", "dcases", "rcases") or (
            bare == "array" and previous and previous.kind == "OPEN" and previous.text == r"\{"
        ):
            self._cases(first, bare, inside)
        elif bare in commands.MATRICES:
            self._add("ENVIRONMENT", "matrix", first, [inside])
        elif bare in ("vmatrix", "Vmatrix"):
            self._add("ENVIRONMENT", bare, first, [inside])
        else:
            self._bad(first, rf"\begin{{{found}}} is not read here")

    def _cases(self, first: int, name: str, inside: Tokens) -> None:
        if name == "array":
            self.found.pop()
            if self.at + 1 < len(self.tokens) and self.tokens[self.at].text == r"\right":
                self.at += 2
        self._add("ENVIRONMENT", "cases", first, [inside])


def _braced(tokens: Tokens) -> list[Token]:
    return [
        Token("OPEN", "{", tokens[0].start, tokens[0].start), *tokens,
        Token("CLOSE", "}", tokens[-1].end, tokens[-1].end),
    ]  # fmt: skip


ONE: dict[str, tuple[str, str]] = {
    **{name: ("SYMBOL", letter) for name, letter in commands.GREEK.items()},
    **{name: ("RELATION", sign) for name, sign in commands.RELATIONS.items() if name.isalpha()},
    **{name: ("IMPLIES", name) for name in commands.IMPLIES},
    **{name: ("OPERATOR", sign) for name, sign in commands.PRODUCTS.items()},
    **{name[1:]: ("OPEN", name) for name in commands.OPENING if name[0] == "\\"},
    **{name[1:]: ("CLOSE", sign) for name, sign in commands.CLOSING.items() if name[0] == "\\"},
    "forall": ("TEXT", "for all"),
    "quad": ("QUAD", "quad"),
    "qquad": ("QUAD", "qquad"),
    "sum": ("BIG", "sum"),
    "prod": ("BIG", "prod"),
    "nabla": ("NABLA", "∇"),
    "partial": ("PARTIAL", "∂"),
    "langle": ("ANGLE_OPEN", "<"),
    "rangle": ("ANGLE_CLOSE", ">"),
    "newline": ("BREAK", r"\\"),
}
"""Commands that are one terminal by themselves."""


def _methods(
    *pairs: tuple[Callable[[_Atoms, int, str], None], Iterable[str]],
) -> dict[str, Callable[[_Atoms, int, str], None]]:
    return {name: method for method, names in pairs for name in names}


METHODS = _methods(
    (_Atoms._side, ["left", "right"]),
    (_Atoms._dotted, commands.DOTS),
    (_Atoms._double_bar, ["|", "Vert", "vert", "lvert", "rvert", "lVert", "rVert"]),
    (_Atoms._dropped, commands.DROPPED),
    (_Atoms._labelled_arrow, ["xrightarrow", "xleftarrow", "not"]),
    (_Atoms._stacked, ["overset", "stackrel", "underset"]),
    (_Atoms._words, commands.WORDS),
    (_Atoms._font, commands.FONTS),
    (_Atoms._accent, commands.ACCENTS),
    (_Atoms._fraction, commands.FRACTIONS),
    (_Atoms._physics, commands.PHYSICS),
    (_Atoms._root, ["sqrt"]),
    (_Atoms._evaluated, ["eval", "evaluated"]),
    (_Atoms._through, commands.THROUGH),
    (_Atoms._environment, ["begin", "end"]),
    (_Atoms._intertext, ["intertext", "shortintertext"]),
    (_Atoms._lonely, ["top", "intercal", "dagger", "prime"]),
)
"""What is done with a command that takes arguments."""
