"""Characters and brackets become terminals of the grammar; a bar is told to open or to close.

Must not know what a command means.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from gradcli.errors import Source, Span, wrong
from gradcli.language.tex import commands, conditionals
from gradcli.language.tex.atom import DEEP, OPERANDS, Atom, NoFormula, Tokens, argument, too_deep


class Characters:
    """Reads tokens one after another; commands are read by who knows them."""

    def __init__(self, source: Source, tokens: Tokens) -> None:
        self.source, self.tokens = source, tokens
        self.found: list[Atom] = []
        self.bars: list[str] = []
        self.at = 0

    def read(self) -> list[Atom]:
        while self.at < len(self.tokens):
            self._one()
        return self.found

    def _add(
        self, kind: str, text: str, first: int, inside: Sequence[Tokens] = (), font: str = ""
    ) -> None:
        """An atom of the tokens from `first` to here."""
        if any(map(too_deep, inside)):
            self._bad(first, DEEP)
            return
        kept = self.tokens[first : self.at] or self.tokens[first : first + 1]
        start, end = min(t.start for t in kept), max(t.end for t in kept)
        self.found.append(Atom(kind, text, start, end, (*inside,), font))

    def _bad(self, first: int, message: str, help: str = "", *, code: str = "G015") -> None:
        kept = self.tokens[first : max(self.at, first + 1)]
        start, end = min(t.start for t in kept), max(t.end for t in kept)
        error = wrong(code, message, Span(self.source, start, end), help=help)
        self.found.append(Atom("BAD", message, start, end, why=error))

    def _foreign(self, first: int, message: str) -> None:
        kept = self.tokens[first : max(self.at, first + 1)]
        start, end = min(t.start for t in kept), max(t.end for t in kept)
        self.found.append(Atom("BAD", message, start, end, why=NoFormula(message)))

    def _dots(self, first: int, shown: str) -> None:
        kept = self.tokens[first : self.at]
        why = NoFormula(f"{shown}: three dots stand for what is not written")
        self.found.append(Atom("DOTS", shown, kept[0].start, kept[-1].end, why=why))

    def _set(self, first: int, letter: str) -> None:
        kept = self.tokens[first : self.at]
        start, end = min(t.start for t in kept), max(t.end for t in kept)
        why = NoFormula(rf"\mathbb{{{letter}}} is outside of the language")
        self.found.append(Atom("SET", letter, start, end, why=why))

    def _argument(self) -> Tokens:
        inside, self.at = argument(self.tokens, self.at)
        return inside

    def _one(self) -> None:
        first = self.at
        token = self.tokens[first]
        self.at += 1
        if token.kind == "COMMAND":
            self._command(first, token.text[1:])
        elif token.kind == "OPEN":
            self.at = first
            inside = self._argument()
            if self.at == first:
                self.at += 1
                self._bad(first, "this brace is never closed", code="G002")
            elif inside:
                self._add("GROUP", "{}", first, [inside])
        elif token.kind in ("SUB", "SUPER"):
            inside = self._argument()
            primes = [t.text for t in inside]
            if token.kind == "SUPER" and primes and {*primes} <= {r"\prime", "'"}:
                self._add("PRIME", "'" * len(primes), first)
            else:
                self._add(token.kind, token.text, first, [inside])
        elif token.kind in ("ALIGN", "BREAK", "NOTE"):
            self._add(token.kind, token.text, first)
        elif token.kind == "LETTER":
            self._add("SYMBOL", token.text, first)
        elif token.kind == "CLOSE":
            self._bad(first, "this brace closes none", code="G002")
        elif token.kind != "MATH":
            self._character(first, token.text)

    def _character(self, first: int, text: str) -> None:
        rest = self.tokens[self.at : self.at + 1]
        following = rest[0].text if rest else ""
        if text.isdecimal() or (text == "." and following.isdecimal()):
            self._number(first)
        elif text.isalpha():
            self._add("SYMBOL", text, first)
        elif text in "+-−":
            self._add("SIGN", "-" if text == "−" else text, first)
        elif text == "'":
            self._add("PRIME", "'", first)
        elif text == ":" and following == "=":
            self.at += 1
            self._add("RELATION", ":=", first)
        elif text == "=" and following == ":":
            self.at += 1
            self._foreign(first, "=: defines what stands behind it")
        elif text in commands.RELATIONS:
            self._add("RELATION", commands.RELATIONS[text], first)
        elif text in "/*":
            self._add("OPERATOR", "/" if text == "/" else "odot", first)
        elif text == "." and following == "*":
            self.at += 1
            self._add("OPERATOR", "odot", first)
        elif text == ",":
            self._add("COMMA", ",", first)
        elif text in ".;":
            if text == "." and [t.text for t in self.tokens[self.at : self.at + 2]] == [".", "."]:
                self.at += 2
                self._dots(first, "...")
            else:
                self._add("STOP", text, first)
        elif text in commands.OPENING:
            self._opening(first, text)
        elif text in commands.CLOSING:
            self._add("CLOSE", text, first)
        elif text == "|":
            double = following == "|" and not (self._closes("NORM2") is False and self._operand())
            if double and self._closes("ABS"):
                double = False
            if double:
                self.at += 1
            self._bar(first, "NORM2" if double else "ABS")
        elif text == "?":
            self._add("HOLE", text, first)
        elif text == "!":
            self._foreign(first, "a factorial is outside of the language")
        elif text in ":@":
            self._foreign(first, f"{text} is outside of the language")
        else:
            self._bad(first, f'"{text}" is not read')

    def _number(self, first: int) -> None:
        texts = []
        while self.at <= len(self.tokens):
            texts.append(self.tokens[self.at - 1].text)
            rest = [t.text for t in self.tokens[self.at : self.at + 2]]
            if not rest or not (
                rest[0].isdecimal()
                or (rest[0] == "." and "." not in texts and rest[1:] and rest[1].isdecimal())
            ):
                break
            self.at += 1
        self._add("NUMBER", "".join(texts), first)

    # -- bars and brackets

    def _operand(self) -> bool:
        return bool(self.found) and self.found[-1].kind in OPERANDS

    def _closes(self, kind: str) -> bool:
        return bool(self.bars) and self.bars[-1] == kind and self._operand()

    def _bar(self, first: int, kind: str, side: str = "") -> None:
        """`|` or `\\|`: opening at the start or behind an operator, else closing what is open."""
        shown = "ABS" if kind == "ABS" else "NORM"
        following = self.tokens[self.at].kind if self.at < len(self.tokens) else ""
        behind = kind == "ABS" and self._operand() and following in ("SUB", "SUPER")
        if side != "open" and behind and not self._closes(kind):
            self._at(first, "|")
            return
        if side == "open" or (not side and not self._closes(kind)):
            self.bars.append(kind)
            self._add(f"{shown}_OPEN", shown, first)
            return
        if self.bars and self.bars[-1] == kind:
            self.bars.pop()
        self._add(f"{shown}_CLOSE", shown, first)

    def _opening(self, first: int, text: str) -> None:
        if not self._conditioned(first):
            self._add("OPEN", text, first)

    def _conditioned(self, first: int) -> bool:
        r"""`p(x \mid \mu)`, `\log p_\theta(x \mid z)`: a name, of which the bracket is a part."""
        below = [a.kind for a in self.found[-2:]] == ["SYMBOL", "SUB"]
        before, named = self.found[: -2 if below else -1], self.found[-2 if below else -1 :]
        if not named or named[0].kind != "SYMBOL":
            return False
        made = conditionals.condition(self.tokens, self.at - 1, first)
        if made is None:
            return False
        bracket, self.at = made
        self._add("SUPER", "^", first, [[bracket]])
        log = bool(before) and (before[-1].kind, before[-1].text) == ("FUNCTION", "log")
        if log and conditionals.ends(self.tokens, self.at):
            name = conditionals.LOG + named[0].text
            whole = replace(named[0], text=name, start=before[-1].start)
            self.found[len(before) - 1 : len(before) + 1] = [whole]
        return True

    def _at(self, first: int, text: str) -> None:
        """The point that stands below a bar; what stands above it as well is a bound."""
        found: dict[str, Tokens] = {}
        while self.at < len(self.tokens) and self.tokens[self.at].kind in ("SUB", "SUPER"):
            kind = self.tokens[self.at].kind
            self.at += 1
            found[kind] = self._argument()
        if "SUPER" in found:
            self._foreign(first, "a difference between bounds is outside of the language")
        else:
            self._add("AT", text, first, [found["SUB"]])

    def _delimiter(self, first: int, opens: bool) -> None:
        r"""What stands behind `\left` or `\right`."""
        if self.at >= len(self.tokens):
            self._bad(first, "a bracket is missing here", code="G002")
            return
        text = self.tokens[self.at].text
        self.at += 1
        side = "open" if opens else "close"
        if text in ("|", r"\vert", r"\lvert", r"\rvert"):
            following = self.tokens[self.at].kind if self.at < len(self.tokens) else ""
            if not opens and self.bars[-1:] == ["DOT"]:
                self.bars.pop()
                self._add("CLOSE", ")", first)
                if following in ("SUB", "SUPER"):
                    self._at(self.at, r"\right|")
                return
            self._bar(first, "ABS", side)
        elif text in (r"\|", r"\Vert", r"\lVert", r"\rVert"):
            self._bar(first, "NORM", side)
        elif text == "." and opens:
            self.bars.append("DOT")
            self._add("OPEN", "(", first)
        elif text == ".":
            self._add("CLOSE", ".", first)
        elif text in (r"\langle", r"\rangle"):
            self._add("ANGLE_OPEN" if opens else "ANGLE_CLOSE", text, first)
        elif text in commands.OPENING:
            self._opening(first, "(" if text in (r"\lparen",) else text)
        elif text in commands.CLOSING:
            self._add("CLOSE", commands.CLOSING[text], first)
        else:
            self._bad(first, f"the bracket {text} is not read")

    def _command(self, first: int, name: str) -> None:
        raise NotImplementedError
