"""Which tokens are derivatives: `dL/dw`, `∂²f/∂x∂y`, `d/dx (f)` are told from quotients of names.

Must not know the grammar; it goes by which names stand above, as a reader would.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import chain, product
from typing import NamedTuple

from gradcli.errors import Diagnostic, Source, Span
from gradcli.language.parsing.tokens import Token
from gradcli.language.tree.literals import ASCII_SIGNS, canonical

D, ROUND = "d", "∂"
PARTING = frozenset({"_END", "LBRACE", "RBRACE"})
CLOSING = {"LPAR": "RPAR", "LSQB": "RSQB"}
CONSTANTS = frozenset({"e", "pi", "π", "tau", "τ"})


class ByTokens(NamedTuple):
    """What is differentiated by, how often: tokens `first` to `last`, or a part of a name."""

    order: int
    first: int
    last: int
    name: str = ""
    start: int = 0


class DerivativeTokens(NamedTuple):
    """A derivative as its tokens look: `below` holds a name or brackets each, and a written order.

    The subject is tokens `first` to `last`, its first one without `lead` characters; `end` is where
    the next token stands.
    """

    order: int
    first: int
    last: int
    lead: int
    over: int
    below: list[ByTokens]
    end: int


class DerivativeScanner:
    """The tokens of a source with its derivatives told apart; `diagnostics` for what is unclear."""

    def __init__(self, source: Source, tokens: list[Token], known: Iterable[str] = ()) -> None:
        self.source = source
        self.tokens = tokens
        # Where each name stands first; one that is known from elsewhere stands nowhere.
        self.known: dict[str, int] = dict.fromkeys(known, -1)
        self.kept: list[Token] = []
        self.diagnostics: list[Diagnostic] = []
        self._here: dict[str, int] = {}
        self._shared: dict[str, int] | None = None
        self._looked_at = 0
        begins = [at for at, token in enumerate(tokens) if token.text[0] in (D, ROUND)]
        if begins and any(token.text == "/" for token in tokens):
            self._arrange(begins)
        else:
            self.kept = tokens

    def _arrange(self, begins: list[int]) -> None:
        """Keep all tokens, with the derivatives that may begin at some of them told apart."""
        done = 0
        for at in begins:
            if at < done:
                continue
            self.kept += self.tokens[done:at]
            done = self._derivative(at) or at
        self.kept += self.tokens[done:]

    def _know(self) -> None:
        """Make known what stands in the statements that have ended."""
        for token in self.kept[self._looked_at :]:
            if token.kind == "NAME":
                self._here.setdefault(canonical(token.text), token.start)
            elif token.kind in PARTING:
                for name, place in self._here.items():
                    self.known.setdefault(name, place)
                self._here = {}
            elif token.kind == "DERIVATION":
                if self._shared is None:
                    self._shared = self.known
                self.known = dict(self._shared)
        self._looked_at = len(self.kept)

    def _derivative(self, at: int) -> int:
        """Read a derivative that begins here; where it ends, 0 if there is none."""
        found = self._written(at)
        if found is None:
            return 0
        self._know()
        targets, end = self._meant(at, found)
        if self.tokens[at].text != ROUND and not self._is_derivative(at, found, targets):
            return 0
        first = self.tokens[at]
        subject = self.tokens[found.first].start + found.lead
        above = subject if found.last > found.first else self.tokens[found.over].start
        self.kept.append(Token("OF", str(found.order), first.start, max(above, first.start + 1)))
        if found.last > found.first:
            head = self.tokens[found.first]
            self.kept.append(Token(head.kind, head.text[found.lead :], subject, head.end))
            self._inside(found.first + 1, found.last)
        place = self.tokens[found.over].start
        for count, target in enumerate(targets):
            start = self.tokens[target.first].start + target.start
            self.kept.append(Token("ALSO" if count else "BY", "", place, start))
            if target.name:
                place = start + len(target.name)
                self.kept.append(Token("NAME", target.name, start, place))
            else:
                self.kept += self.tokens[target.first : target.last]
                place = self.tokens[target.last - 1].end
            behind = self.tokens[end - 1].end if count == len(targets) - 1 else place
            if target.order > 1 or behind > place:
                self.kept.append(Token("ORDER", str(target.order), place, behind))
        return end

    def _inside(self, at: int, end: int) -> None:
        """Keep the tokens of a subject in brackets, whose derivatives are told apart, too."""
        while at < end:
            behind = self._derivative(at) if self.tokens[at].text[:1] in (D, ROUND) else 0
            if not behind:
                self.kept.append(self.tokens[at])
            at = behind or at + 1

    # -- what stands there

    def _near(self, at: int) -> Token:
        return self.tokens[at] if at < len(self.tokens) else Token("_END", "", 0, 0)

    def _written(self, at: int) -> DerivativeTokens | None:
        letter = self.tokens[at]
        order, lead, first = 1, 0, at + 1
        if letter.text != ROUND:
            match = re.match(r"d(\d*)", letter.text)
            if letter.kind != "NAME" or match is None:
                return None
            order = int(match[1] or 1)
            if match.end() < len(letter.text):
                lead, first = match.end(), at
        if first > at:
            raised, first = self._raised(first)
            if letter.text == ROUND and not raised and self._near(first).text.isdecimal():
                raised, first = int(self._near(first).text), first + 1
            order = raised or order
        last = first
        if lead or self._near(first).kind == "NAME":
            last = first + 1
            if self._near(last).kind == "LSQB":
                last = self._behind(last)
        elif self._near(first).kind == "LPAR":
            last = self._behind(first)
        if self._near(last).text != "/" or not last:
            return None
        below, end = self._below(last + 1, letter.text == ROUND, one=order == 1)
        return DerivativeTokens(order, first, last, lead, last, below, end) if below else None

    def _below(self, at: int, round_: bool, one: bool) -> tuple[list[ByTokens], int]:
        """Every `dx`, `∂y` or `d(w)` of a denominator, with its written order or 0.

        With `one` order there is one: behind `dL/dy` begins another factor, `dy/dx`.
        """
        found: list[ByTokens] = []
        while True:
            token, begin = self._near(at), at
            if one and found:
                break
            name, start = "", 0
            if round_ and token.text == ROUND:
                at += 1
                name = self._near(at).text if self._near(at).kind == "NAME" else ""
            elif not round_ and token.kind == "NAME" and token.text.startswith(D):
                name, start = token.text[1:], 1
                at += not name
            else:
                break
            last = at + 1 if name else self._behind(at) if self._near(at).kind == "LPAR" else 0
            if not last:
                # `d/dx d/dy`: the next derivative begins here.
                return found, begin
            order, end = self._raised(last)
            found.append(ByTokens(order, at, last, name, start))
            at = end
        return found, at

    def _behind(self, at: int) -> int:
        """Where the bracket that opens here has been closed; 0 if it is not on this line."""
        depth = 0
        for index in range(at, len(self.tokens)):
            kind = self.tokens[index].kind
            depth += (kind in CLOSING) - (kind in CLOSING.values())
            if depth == 0:
                return index + 1
            if kind in PARTING:
                break
        return 0

    def _raised(self, at: int) -> tuple[int, int]:
        """A written order, `^2` or `²`, 0 for none, and what stands behind it."""
        token, following = self._near(at), self._near(at + 1)
        if token.kind == "SUPERSCRIPT" and token.text.translate(ASCII_SIGNS).isdecimal():
            return int(token.text.translate(ASCII_SIGNS)), at + 1
        if token.kind == "POWER" and following.text.isdecimal():
            return int(following.text), at + 2
        return 0, at

    # -- what it means

    def _meant(self, at: int, found: DerivativeTokens) -> tuple[list[ByTokens], int]:
        """The denominator as known names whose orders add up, and where the derivative ends."""
        *_, last = found.below
        letters = r"$" if self.tokens[last.first - 1].text == ROUND else r"d|$"
        unraised = [*found.below[:-1], last._replace(order=0)]
        for below, end in ((found.below, found.end), (unraised, last.last)):
            ways = [[*self._ways(target, letters)] for target in below]
            sums = [[*chain(*way)] for way in product(*ways)]
            fitting = [way for way in sums if sum(t.order for t in way) == found.order]
            if found.order > 1 and len(fitting) == 1 and (other := self._other(below, found.order)):
                fitting.append(other)
            if len(fitting) > 1:
                whole = Span(self.source, self.tokens[at].start, self.tokens[end - 1].end)
                above = self.source.text[whole.start : self.tokens[found.over].start].rstrip()
                words = "  or  ".join(f"{above}/{self._below_as(way)}" for way in fitting)
                self._complain("G003", f'"{whole.text}" can be read in two ways', whole, words)
            if fitting:
                return fitting[0], end
            if last.order == 0:
                break
        spoken = [t._replace(order=t.order or 1) for t in found.below]
        return spoken, found.end

    def _other(self, below: list[ByTokens], order: int) -> list[ByTokens]:
        """A single `x2` as a name of its own, where x is known as well."""
        only = below[0]
        short = only.name.rstrip("0123456789")
        both = len(below) == 1 and short != only.name and not only.order
        meant = both and self._is_known(only.name) and self._is_known(short)
        return [only._replace(order=order)] if meant else []

    @staticmethod
    def _below_as(targets: list[ByTokens]) -> str:
        """A denominator written so that it has one reading."""
        return " ".join(f"d({t.name})" + f"^{t.order}" * (t.order > 1) for t in targets)

    def _ways(self, target: ByTokens, cuts: str) -> Iterator[list[ByTokens]]:
        """Every way to read `x`, `x2`, `xdy` as known names."""
        if not target.name:
            yield [target._replace(order=target.order or 1)]
            return
        for cut in (m.start() for m in re.finditer(cuts, target.name)):
            name, rest = target.name[:cut], target.name[cut + 1 :]
            for head, order in [(name, 1)] if target.order or not name else _heads(name):
                if not self._is_known(head):
                    continue
                here = target._replace(order=order, name=head)
                if cut == len(target.name):
                    yield [here._replace(order=target.order or order)]
                elif rest:
                    more = target._replace(name=rest, start=target.start + cut + 1)
                    for others in self._ways(more, cuts):
                        yield [here, *others]

    def _is_known(self, name: str) -> bool:
        plain = canonical(name)
        return plain in self.known or plain in CONSTANTS

    def _is_derivative(self, at: int, found: DerivativeTokens, targets: list[ByTokens]) -> bool:
        """Whether what is written with a `d` is one, and no quotient of names that begin so.

        Of `dL/dx` where only `dx` is a name it is one all the same: `dL` can be nothing else.
        """
        above = self.tokens[at].text
        single = len(found.below) == 1 and found.below[0].name
        below = self.tokens[found.below[0].first].text if single else ""
        quotient = [above in self.known, below in self.known] if single else [above in self.known]
        subject = above[found.lead :] if found.lead else ""
        known = all(self._is_known(t.name) for t in targets if t.name)
        known = known and (not subject or self._is_known(subject))
        if all(quotient) and not (known and subject):
            return False
        if quotient[0] and known and subject and all(t.name for t in targets):
            whole = Span(self.source, self.tokens[at].start, self.tokens[found.end - 1].end)
            names = [name for name in (above, below) if name in self.known]
            order = str(found.order) if found.order > 1 else ""
            under = "".join(f"{ROUND}{t.name}{t.order if t.order > 1 else ''}" for t in targets)
            words = f"{ROUND}{order}{subject}/{under}  or  ({above})/({below})"
            message = f'"{whole.text}" can be read in two ways{self._because(names)}'
            self._complain("G003", message, whole, words)
        return True

    def _because(self, names: list[str]) -> str:
        """Where the names stand that make a quotient possible."""
        places = [(name, self.known[name]) for name in names if self.known[name] >= 0]
        lines = [f"{name} is defined in line {self.source.position(at)[0]}" for name, at in places]
        return f", because {' and '.join(lines)}" if lines else ""

    def _complain(self, code: str, message: str, span: Span, words: str) -> None:
        self.diagnostics.append(Diagnostic(code, message, span, help=f"write  {words}"))


def _heads(name: str) -> Iterator[tuple[str, int]]:
    """A name, and what is before the digits of an order of two or more: `x12`, `x1` twice."""
    yield name, 1
    for cut in range(len(name.rstrip("0123456789")) or 1, len(name)):
        if name[cut] != "0" and name[cut:] != "1":
            yield name[:cut], int(name[cut:])
