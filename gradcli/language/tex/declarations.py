r"""Declarations: `x \in \mathbb{R}^n`, `\sigma > 0`, and those of `gradcli:` comments.

Must not know definitions or claims.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import chain
from typing import TypeAlias

from gradcli.errors import GradcliError, Source, Span
from gradcli.language.elaboration.primes import MAPS, declares_functions, shapes_of
from gradcli.language.parsing.tokens import Token
from gradcli.language.tex.atom import Atom, NoFormula
from gradcli.language.tex.formula import TexItem, TexSum, inner, parsed
from gradcli.language.tex.known import How, KnownName, KnownNames
from gradcli.language.tex.maps import functions, only_said, told_map
from gradcli.language.tex.members import End, listed
from gradcli.language.tex.names import identifier, key, script, symbol
from gradcli.language.tex.rows import TexFormula
from gradcli.language.tree import syntax
from gradcli.language.tree.literals import rational
from gradcli.language.tree.syntax import Expr

INF = "inf"
Named: TypeAlias = list[tuple[str, Span]]
"""Names by their keys, each with its place."""
TURNED = {"<": ">", ">": "<", "<=": ">=", ">=": "<="}


@dataclass(frozen=True, slots=True)
class DeclaredSet:
    """What is said of a name: the ends of its numbers, and its dimensions; or a set by name."""

    place: Span
    dims: tuple[Expr, ...] = ()
    low: Fraction | None = None
    high: Fraction | None = None
    open: tuple[bool, bool] = (True, True)
    two: bool = False
    named: syntax.Set | None = None

    def syntax(self) -> syntax.Set:
        """The set as the language writes it."""
        place = self.place
        if self.named is not None:
            return self.named
        power = self.dims or None
        if self.plain:
            return syntax.Set(place, syntax.Name(place, "R"), (), None, power)
        ends = (_end(place, self.low, "-"), _end(place, self.high, ""))
        return syntax.Set(place, None, ends, None if self.two else self.open, power)

    @property
    def plain(self) -> bool:
        """Whether it is all numbers, or all arrays of a shape."""
        return self.named is None and self.low is None and self.high is None

    def of_arrays(self, sizes: Sequence[Expr]) -> DeclaredSet | None:
        """The set of arrays of so many of its members; None where that is none."""
        if self.named is None:
            return replace(self, dims=(*sizes, *self.dims))
        if self.named.name is not None and self.named.arguments:
            return None
        power = (*sizes, *(self.named.power or ()))
        return replace(self, named=replace(self.named, power=power))

    def also(self, other: DeclaredSet) -> DeclaredSet:
        """What both say together: the dimensions of either, the narrower ends."""
        if self.named is not None:
            return self
        low, high = other.low, other.high
        return replace(
            self,
            dims=self.dims or other.dims,
            low=self.low if low is None else low,
            high=self.high if high is None else high,
            open=(
                self.open[0] if low is None else other.open[0],
                self.open[1] if high is None else other.open[1],
            ),
        )


def _end(place: Span, value: Fraction | None, sign: str) -> Expr:
    if value is None:
        infinity: Expr = syntax.Name(place, INF)
        return syntax.Unary(place, "-", infinity) if sign else infinity
    made: Expr = syntax.Number(place, abs(value))
    return syntax.Unary(place, "-", made) if value < 0 else made


class Declarations:
    """All that a section declares, in its text and in its comments."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.sets: dict[str, DeclaredSet] = {}
        self.places: dict[str, Span] = {}
        self.annotated: set[str] = set()

    # -- what the text says

    def read(self, formula: TexFormula, annotated: bool = False) -> bool:
        """Whether a formula declares; what it says is kept."""
        signs = [r.text for r in formula.relations]
        if signs[:1] == ["in"] and len(signs) == 1:
            return self._in(formula, annotated)
        if signs == ["~"]:
            return self._map(formula, annotated)
        if signs and all(s in ("<", ">", "<=", ">=", "!=") for s in signs):
            return self._half_line(formula, signs, annotated)
        return False

    def _in(self, formula: TexFormula, annotated: bool) -> bool:
        found = self._set(formula.sides[1])
        if found is None:
            return False
        members = listed(self.source, formula.sides[0])
        if members is not None:
            base, last = members
            size = self._end_size(last)
            whole = None if size is None else found.of_arrays([size])
            if whole is None:
                return False
            self._put(base.text, Span(self.source, base.start, base.end), whole, annotated)
            return True
        names = self.names(formula.sides[0])
        if not names:
            return False
        for name, place in names:
            self._put(name, place, found, annotated)
        return True

    def _map(self, formula: TexFormula, annotated: bool) -> bool:
        r"""`f, g : \mathbb{R}^n \to \mathbb{R}`: functions that may be any."""
        told = told_map(self.source, formula)
        if told is None:
            return False
        place = Span(self.source, formula.start, formula.end)
        names, spaces = self.names(told[0]), [self._set(part) for part in told[1]]
        whole = [space.dims for space in spaces if space is not None and space.plain]
        if len(whole) < len(spaces) or not (annotated or only_said(self.source, place)):
            return False
        for name, where in names:
            self._put(name, where, DeclaredSet(place, named=functions(whole, place)), annotated)
        return bool(names)

    def _half_line(self, formula: TexFormula, signs: list[str], annotated: bool) -> bool:
        """`\\sigma > 0`, `0 < p < 1`: names between numbers."""
        middles = [k for k, side in enumerate(formula.sides) if _number(side) is None]
        if len(middles) != 1:
            return False
        names = self.names(formula.sides[middles[0]])
        if not names:
            return False
        place = Span(self.source, formula.start, formula.end)
        found = DeclaredSet(place)
        for k, sign in enumerate(signs):
            left, right = _number(formula.sides[k]), _number(formula.sides[k + 1])
            if sign == "!=":
                continue
            value = right if right is not None else left
            assert value is not None
            turned = sign if right is not None else TURNED[sign]
            if turned in (">", ">="):
                found = replace(found, low=value, open=(turned == ">", found.open[1]))
            else:
                found = replace(found, high=value, open=(found.open[0], turned == "<"))
        for name, where in names:
            self._put(name, where, found, annotated)
        return True

    def _put(self, name: str, place: Span, found: DeclaredSet, annotated: bool) -> None:
        if name in self.annotated and not annotated:
            return
        if annotated and name not in self.annotated:
            self.sets.pop(name, None)
            self.annotated.add(name)
        old = self.sets.get(name)
        self.sets[name] = found if old is None else old.also(found)
        self.places.setdefault(name, place)

    def names(self, side: Sequence[Atom]) -> Named:
        """The keys of names with commas between; none where anything else stands there."""
        found = []
        parts: list[list[Atom]] = [[]]
        for atom in side:
            if atom.kind == "COMMA" or (atom.kind == "TEXT" and atom.text in ("and", ",")):
                parts.append([])
            elif atom.kind not in ("QUAD", "STOP"):
                parts[-1].append(atom)
        for part in parts:
            if not part:
                continue
            try:
                only = parsed(self.source, part).only
            except (GradcliError, NoFormula):
                return []
            if only is None or not symbol(only):
                return []
            found.append((whole_key(only), Span(self.source, only.start, only.end)))
        return found

    def gather(self, ends: Mapping[str, End]) -> None:
        """`x_t` of a letter that runs to an end is the array of all of them, `x`.

        It stays a name where the letter is a part of others as well, as in `h_{t-1}`.
        """
        labels = {c for name in self.sets for c in _below(name) if not _below(name).isalpha()}
        for name, found in [*self.sets.items()]:
            base, letters = name.partition("_")[0], _below(name)
            if not letters.isalpha() or "^" in name or {*letters} & labels or base in self.sets:
                continue
            sizes = [self._end_size(ends[x]) if x in ends else None for x in letters]
            whole = found.of_arrays([size for size in sizes if size is not None])
            if whole is None or None in sizes:
                continue
            self.sets[base] = whole
            self.places[base] = self.places.pop(name)
            del self.sets[name]

    def _end_size(self, end: Sequence[Atom]) -> Expr | None:
        """An end of a range as a size; None where it is none."""
        try:
            return self._dim(parsed(self.source, end))
        except (GradcliError, NoFormula):
            return None

    # -- sets

    def _set(self, side: Sequence[Atom]) -> DeclaredSet | None:
        if not side:
            return None
        place = Span(self.source, side[0].start, side[-1].end)
        kept = [a for a in side if a.kind not in ("STOP", "QUAD", "TEXT")]
        while kept and kept[-1].kind == "COMMA":
            kept.pop()
        if kept and kept[0].kind == "SET":
            return self._lettered(kept, place)
        if kept and kept[0].kind == "OPEN":
            return self._ends(kept, place)
        return None

    def _lettered(self, kept: Sequence[Atom], place: Span) -> DeclaredSet | None:
        """`\\mathbb{R}^{m \\times n}`, `\\mathbb{R}_{++}^d`, `\\mathbb{S}^n_{++}`."""
        letter, scripts = kept[0].text, kept[1:]
        if any(a.kind not in ("SUB", "SUPER") for a in scripts):
            return None
        dims: tuple[Expr, ...] = ()
        sign = ""
        for each in scripts:
            found = script(each.inside[0])
            text = found.text if found else ""
            if text in ("+", "++", "≥0", ">0", r"\geq0", r"\ge0", r"\geqslant0", "*+", "+*"):
                sign = text
            elif each.kind == "SUPER":
                sizes = self._dims(each, place)
                if sizes is None:
                    return None
                dims = sizes
            else:
                return None
        if letter == "S" and len(dims) == 1:
            name = "spd" if sign == "++" else "symmetric"
            return DeclaredSet(
                place, named=syntax.Set(place, syntax.Name(place, name), dims, None, None)
            )
        if letter != "R":
            return None
        if sign:
            strict = sign in ("++", ">0", "*+", "+*")
            return DeclaredSet(place, dims, Fraction(0), None, (strict, True))
        return DeclaredSet(place, dims)

    def _dims(self, raised: Atom, place: Span) -> tuple[Expr, ...] | None:
        tokens = [t for t in raised.inside[0] if t.kind != "SPACE"]
        parts: list[list[Token]] = [[]]
        for token in tokens:
            if token.text == r"\times":
                parts.append([])
            else:
                parts[-1].append(token)
        dims = []
        for part in parts:
            if not part:
                return None
            try:
                dims.append(self._dim(inner(self.source, part)))
            except (GradcliError, NoFormula):
                return None
        return (*dims,)

    def _dim(self, tree: TexSum) -> Expr:
        """A size: whole numbers and letters, their sums and products."""
        value: Expr | None = None
        for sign, run in tree.terms:
            term: Expr | None = None
            for operator, item in run.items:
                factor = self._size(item)
                if operator not in ("", "cdot", "times"):
                    raise NoFormula("no size")
                term = factor if term is None else syntax.Binary(factor.span, "*", term, factor)
            assert term is not None
            if value is None and sign == "-":
                raise NoFormula("no size")
            value = term if value is None else syntax.Binary(term.span, sign or "+", value, term)
        assert value is not None
        return value

    def _size(self, item: TexItem) -> Expr:
        place = Span(self.source, item.start, item.end)
        if item.kind == "NUMBER" and not item.scripts and isinstance(item.base, Atom):
            if (number := rational(item.base.text)) is None:
                raise NoFormula("no size")
            return syntax.Number(place, number)
        if symbol(item):
            return syntax.Name(place, identifier(whole_key(item)))
        raise NoFormula("no size")

    def _ends(self, kept: Sequence[Atom], place: Span) -> DeclaredSet | None:
        """`[0, 1]`, `(0, \\infty)^n`, `\\{-1, 1\\}`."""
        close = next((k for k, a in enumerate(kept) if a.kind == "CLOSE"), None)
        if close is None or any(a.kind != "SUPER" for a in kept[close + 1 :]):
            return None
        dims: tuple[Expr, ...] = ()
        for each in kept[close + 1 :]:
            sizes = self._dims(each, place)
            if sizes is None:
                return None
            dims = sizes
        inside: list[list[Atom]] = [[]]
        for atom in kept[1:close]:
            if atom.kind == "COMMA":
                inside.append([])
            else:
                inside[-1].append(atom)
        ends = [_number(side) for side in inside]
        infinite = [any(a.text == INF for a in side) for side in inside]
        if len(ends) != 2 or any(e is None and not i for e, i in zip(ends, infinite, strict=True)):
            return None
        low, high = ends
        braces = kept[0].text == r"\{"
        sides = (kept[0].text == "(", kept[close].text == ")")
        return DeclaredSet(place, dims, low, high, sides, two=braces)

    # -- what comments say

    def annotate(self, names: Named, meant: syntax.Set) -> None:
        """A declaration in the language itself, of names by their keys."""
        for name, place in names:
            self.annotated.add(name)
            self.sets[name] = DeclaredSet(meant.span, named=meant)
            self.places[name] = place

    def suppose(self, name: str, sizes: Sequence[str], start: int) -> None:
        """A name has a shape, as nobody says."""
        place = Span(self.source, start, start)
        dims = (*(syntax.Name(place, size) for size in sizes),)
        self._put(name, place, DeclaredSet(place, dims), annotated=True)

    # -- what comes of it

    def into(self, known: KnownNames) -> list[syntax.Statement]:
        """Every name becomes known, and its declaration a statement of the language."""
        statements: list[syntax.Statement] = []
        for found in self.sets.values():
            for size in _sizes(found.syntax()):
                for part in syntax.parts(size):
                    if isinstance(part, syntax.Number):
                        known.probe.literals.add(int(part.value))
        for name, found in self.sets.items():
            meant = found.syntax()
            spelled = known.spelled(name)
            place = self.places[name]
            for size in _sizes(meant):
                for part in syntax.parts(size):
                    if isinstance(part, syntax.Name):
                        known.letter(part.name, part.span)
            statement = syntax.Declaration(place.to(place), (syntax.Name(place, spelled),), meant)
            if wrong := known.probe.read(statement):
                raise GradcliError(*wrong)
            rank = len(known.probe.scope.shapes.get(spelled, ()))
            how: How = "map" if declares_functions(statement) else "input"
            known.names[name] = KnownName(how, spelled, rank, place=place)
            statements.append(statement)
        return statements


def _below(name: str) -> str:
    return name.partition("_")[2]


def whole_key(item: TexItem) -> str:
    """The name that a letter and all its scripts make."""
    above, below = script(item.script("SUPER")), script(item.script("SUB"))
    base = symbol(item) + "'" * item.primes
    return key(base, above.text if above else "", below.text if below else "")


def _sizes(found: syntax.Set) -> tuple[Expr, ...]:
    if found.name is not None and found.name.name == MAPS:
        return (*chain.from_iterable(shapes_of(found)),)
    named = (
        found.arguments
        if found.name is not None and found.name.name not in ("R", "integers")
        else ()
    )
    return (*named, *(found.power or ()))


def _number(side: Sequence[Atom]) -> Fraction | None:
    """The whole number or decimal that a side is."""
    kept = [a for a in side if a.kind not in ("QUAD", "STOP", "COMMA")]
    sign = 1
    if kept and kept[0].kind == "SIGN":
        sign = -1 if kept[0].text == "-" else 1
        kept = kept[1:]
    if len(kept) == 1 and kept[0].kind == "SYMBOL" and kept[0].text == "bold 0":
        return Fraction(0)
    if len(kept) != 1 or kept[0].kind != "NUMBER":
        return None
    number = rational(kept[0].text)
    return None if number is None else sign * number
