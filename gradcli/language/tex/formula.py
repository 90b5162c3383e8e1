"""The atoms of one side become a tree: sums of runs of items, by the grammar's tables.

Must not know names or shapes: which product a run is, and what is called in it, is told later.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from typing import Any

from gradcli.errors import Source, Span, wrong
from gradcli.language.parsing import tables
from gradcli.language.parsing.automaton import run
from gradcli.language.parsing.tables import END
from gradcli.language.parsing.tokens import Token
from gradcli.language.tex.atom import Atom, Tokens
from gradcli.language.tex.atoms import KEPT, atoms


@dataclass(frozen=True, slots=True, eq=False)
class TexBracket:
    """What stands in brackets or bars: `kind` is `(`, `[`, `\\{`, `NORM`, `ABS` or `ANGLE`."""

    kind: str
    sums: tuple[TexSum, ...]


@dataclass(frozen=True, slots=True, eq=False)
class TexItem:
    """A factor: what it is, its scripts in the order in which they stand, and its place."""

    base: Atom | TexBracket
    scripts: tuple[Atom, ...]
    start: int
    end: int

    @property
    def kind(self) -> str:
        """The kind of its atom; of brackets `BRACKET`."""
        return self.base.kind if isinstance(self.base, Atom) else "BRACKET"

    def script(self, kind: str) -> Tokens | None:
        """What stands in its first script of a kind."""
        found = next((s for s in self.scripts if s.kind == kind), None)
        return None if found is None else found.inside[0]

    @property
    def primes(self) -> int:
        """How many primes it bears."""
        return sum(len(s.text) for s in self.scripts if s.kind == "PRIME")


@dataclass(frozen=True, slots=True, eq=False)
class TexRun:
    """Items side by side, each behind the sign that stands before it: empty, `cdot`, `/` …"""

    items: tuple[tuple[str, TexItem], ...]
    start: int
    end: int


@dataclass(frozen=True, slots=True, eq=False)
class TexSum:
    """Runs, each behind its sign; the first one's may be missing."""

    terms: tuple[tuple[str, TexRun], ...]
    start: int
    end: int

    @property
    def only(self) -> TexItem | None:
        """The one item that it is, if it is no more than that."""
        if len(self.terms) == 1 and not self.terms[0][0]:
            items = self.terms[0][1].items
            if len(items) == 1 and not items[0][0]:
                return items[0][1]
        return None


class _Trees:
    """Builds the tree: one method a rule."""

    def side(self, start: int, end: int, whole: TexSum) -> TexSum:
        return whole

    def sum(self, start: int, end: int, *parts: Any) -> TexSum:
        terms, sign = [], ""
        for part in parts:
            if isinstance(part, TexRun):
                terms.append((sign, part))
            else:
                sign = part.text
        return TexSum((*terms,), start, end)

    def run(self, start: int, end: int, *parts: Any) -> TexRun:
        items, sign = [], ""
        for part in parts:
            if isinstance(part, TexItem):
                items.append((sign, part))
                sign = ""
            else:
                # "2 \cdot -x": the sign belongs to the factor.
                sign += part.text
        return TexRun((*items,), start, end)

    def item(self, start: int, end: int, base: Atom | TexBracket, *scripts: Atom) -> TexItem:
        return TexItem(base, scripts, start, end)

    def base(self, start: int, end: int, atom: Atom) -> Atom:
        return atom

    def script(self, start: int, end: int, atom: Atom) -> Atom:
        return atom

    def bracket(self, start: int, end: int, opening: Atom, *parts: Any) -> TexBracket:
        sums = (*(p for p in parts if isinstance(p, TexSum)),)
        kind = opening.text if opening.kind == "OPEN" else opening.kind.removesuffix("_OPEN")
        return TexBracket(kind, sums)


@cache
def _tables() -> tables.Tables:
    return tables.load(tables.LATEX)


def parsed(source: Source, side: Sequence[Atom]) -> TexSum:
    """The tree of one side. GradcliError, or NoFormula, for what is none."""
    return _parsed(source, (*side,))


@lru_cache(maxsize=KEPT)
def _parsed(source: Source, side: tuple[Atom, ...]) -> TexSum:
    for atom in side:
        if atom.why is not None:
            raise atom.why
    if not side:
        raise wrong("G015", "something is missing here")
    found: list[tuple[int, set[str]]] = []
    end = side[-1].end
    terminals: list[Any] = [*_separated(side), Token(END, "", end, end)]
    tree = run(_tables(), "side", terminals, _Trees(), lambda at, kinds: found.append((at, kinds)))
    if found:
        raise _unreadable(source, terminals, *found[0])
    assert isinstance(tree, TexSum)
    return tree


def _separated(side: Sequence[Atom]) -> Iterator[Atom]:
    """The atoms, a semicolon in brackets as the comma that it is there: `f(x; w)`."""
    depth = 0
    for atom in side:
        depth += {"OPEN": 1, "CLOSE": -1}.get(atom.kind, 0)
        semicolon = atom.kind == "STOP" and atom.text == ";" and depth > 0
        yield replace(atom, kind="COMMA") if semicolon else atom


def inner(source: Source, tokens: Tokens, depth: int = 0) -> TexSum:
    """The tree of what stands in braces."""
    return parsed(source, [a for a in atoms(source, tokens) if a.kind not in ("QUAD", "NOTE")])


def _span(source: Source, token: Any) -> Span:
    return Span(source, token.start, token.end)


def _unreadable(source: Source, terminals: Sequence[Any], at: int, kinds: set[str]) -> Exception:
    token = terminals[at]
    place = _span(source, token)
    if token.kind == END:
        opened = [each for each in terminals if "OPEN" in each.kind]
        if any("CLOSE" in kind for kind in kinds) and opened:
            return wrong("G015", "this bracket is never closed", _span(source, opened[-1]))
        return wrong("G015", "something is missing behind this", place)
    if token.kind == "TEXT":
        return wrong("G015", "words stand in this formula", place)
    shown = " ".join(place.text.split())
    if "CLOSE" in token.kind:
        return wrong("G015", f"{shown} closes no bracket", place)
    if token.kind in ("SUB", "SUPER", "PRIME", "AT"):
        return wrong("G015", f"nothing stands before {shown}", place)
    if token.kind in ("OPERATOR", "SIGN"):
        return wrong("G015", f"something is missing before {shown}", place)
    return wrong("G015", f"{shown or 'this'} cannot stand here", place)
