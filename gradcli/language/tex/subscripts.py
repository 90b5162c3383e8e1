r"""Names with their scripts: which are a part of the name, which are indices and exponents.

Must not know what stands beside a name.
"""

from __future__ import annotations

from fractions import Fraction

from gradcli.errors import GradcliError, Span
from gradcli.graph.shape import Dim
from gradcli.language.elaboration.static import static
from gradcli.language.parsing.tokens import Token
from gradcli.language.tex import refusals
from gradcli.language.tex.atom import Atom, Tokens, plain
from gradcli.language.tex.conditionals import is_conditional
from gradcli.language.tex.formula import TexItem
from gradcli.language.tex.known import FoundName, KnownName
from gradcli.language.tex.names import Script, indices, key, script, symbol
from gradcli.language.tex.walker import TexWalker
from gradcli.language.tree import syntax
from gradcli.language.tree.syntax import Expr

LONGEST = 3
"""Digits of an exponent that may be that of a name with a power in it."""


class Subscripts:
    """How names are looked up, and entries taken."""

    def __init__(self, builder: TexWalker) -> None:
        self.builder = builder

    def find(self, item: TexItem) -> FoundName:
        """The longest name that its letter and scripts make and that is known, or could be."""
        base = symbol(item)
        below = script(item.script("SUB"))
        raised = [s for s in item.scripts if s.kind == "SUPER"]
        above = script(raised[0].inside[0]) if raised else None
        rest = tuple(s for s in item.scripts if s.kind in ("SUPER", "PRIME", "AT"))
        known = self.builder.known
        # A transpose behind a label is none of the name: W^{(2)T}.
        turned = self._turned(raised[0]) if above and above.transposes and above.text else ()
        without = tuple(s for s in rest if not (raised and s is raised[0])) if raised else rest
        after = (*turned, *without)
        sub = below.text if below else ""
        sup = above.text if above else ""
        if sup and sub and (found := known.get(key(base, sup, sub))):
            return FoundName(key(base, sup, sub), found, None, after)
        entries = not (sub and is_conditional(sup))
        if sup and entries and (found := known.get(key(base, sup))):
            return FoundName(key(base, sup), found, below, after)
        if sup.isdecimal() and known.get(key(base)) is None:
            for part in range(2, int(sup) if len(sup) < LONGEST else 0):
                found = known.get(key(base, str(part)))
                if found is not None and int(sup) % part == 0:
                    power = _power(raised[0], int(sup) // part)
                    return FoundName(key(base, str(part)), found, below, (power, *without))
        if above is not None and above.labels:
            return FoundName(key(base, sup, sub), None, None, after)
        if sup and key(base, sup) in known.raised and known.get(key(base)) is None:
            return FoundName(key(base, sup), None, below, without)
        if sub and (found := known.get(key(base, "", sub))):
            return FoundName(key(base, "", sub), found, None, rest)
        labelled = below is not None and any(c in known.labels for c in below.text)
        whole = known.get(key(base))
        free = whole is None or whole.how == "letter"
        if below is not None and (below.word or (labelled and free)):
            return FoundName(key(base, "", sub), None, None, rest)
        return FoundName(key(base), whole, below, rest)

    @staticmethod
    def _turned(raised: Atom) -> tuple[Atom, ...]:
        """The transpose alone, of an exponent that has a label before it."""
        last = [t for t in raised.inside[0] if t.kind not in ("SPACE", "CLOSE", "OPEN")][-1:]
        return (Atom("SUPER", "^", raised.start, raised.end, (last,)),)

    def without_shape(self, item: TexItem, found: FoundName) -> GradcliError:
        """The refusal of a name that nothing declares, with all that its writing says of it."""
        place = self.builder.span(item.start, item.end)
        base = item.base
        assert isinstance(base, Atom)
        name, rank = found.key, 0
        if found.below is not None:
            parts = indices(found.below)
            if all(t.text.isdecimal() for part in parts for t in part):
                name = key(name, "", found.below.text)
            else:
                rank = len(parts)
        return refusals.no_shape(place, refusals.shown(place), name, rank, base.font == "bold")

    # -- entries

    def value(self, item: TexItem, found: FoundName) -> Expr:
        """The expression of a known name, its indices taken."""
        known, place = found.known, self.builder.span(item.start, item.end)
        assert known is not None
        name = syntax.Name(self._place(item), known.name)
        if found.below is None:
            self._refuse_running(item, place)
            return name
        return self.entry(name, known, found.below, place)

    def _refuse_running(self, item: TexItem, place: Span) -> None:
        r"""`\sum_t x_t` of a name `x_t`: whose index is it?"""
        below = script(item.script("SUB"))
        for part in indices(below) if below is not None and not below.word else ():
            letter = part[0].text if part else ""
            if self.builder.index_letter(letter) is not None:
                raise refusals.part_or_index(place, letter)

    def is_number(self, item: TexItem) -> bool:
        """Whether an item is the name of a number that is defined, or of a loss."""
        if not symbol(item) or item.script("SUPER") is not None:
            return False
        found = self.find(item)
        if found.known is None or found.known.how not in ("node", "loss"):
            return False
        return found.below is None and not self.builder.shape(self.value(item, found))

    def _place(self, item: TexItem) -> Span:
        base = item.base
        assert isinstance(base, Atom)
        end = max([s.end for s in item.scripts], default=base.end)
        return self.builder.span(base.start, end)

    def entry(self, name: syntax.Name, known: KnownName, below: Script, place: Span) -> Expr:
        """An entry of an array, or a member of a family. GradcliError where there is none."""
        wanted = len(known.ranges) if known.how == "family" else known.rank
        parts = indices(below)
        if len(parts) == 1 and wanted > 1 and below.text.isdecimal():
            parts = [[token] for token in parts[0]]
        shown = refusals.shown(place)
        if known.how not in ("input", "node", "family"):
            raise refusals.no_shape(place, shown)
        if wanted == 0:
            other = self.builder.known.get(below.text)
            if known.how == "node" and other is not None and other.how == "input":
                raise refusals.partial_or_name(place, known.name, other.name)
            help = rf"where it is a name of its own, declare it, as in  ${shown} \in \mathbb{{R}}$"
            raise refusals.not_read(place, f"{shown}: a number has no entries", help)
        if len(parts) > wanted:
            message = f"{shown} has {len(parts)} indices, and {known.name} takes {wanted}"
            help = "where it is a name of its own, declare it"
            raise refusals.not_read(place, message, help)
        return syntax.Index(place, name, (*self._items(name, known, parts, place),))

    def _items(
        self, name: syntax.Name, known: KnownName, parts: list[Tokens], place: Span
    ) -> list[Expr]:
        items: list[Expr] = []
        dims = () if known.how == "family" else self.builder.shape(name)
        for k, part in enumerate(parts):
            if [t.text for t in part] in ([":"], [r"\cdot"], ["*"], [r"\bullet"]):
                items.append(syntax.Slice(place, None, None))
                continue
            ends = next((j for j, token in enumerate(part) if token.text == ":"), 0)
            if ends and known.how != "family":
                low, high = part[:ends], part[ends + 1 :]
                first = self._entry_index(low, dims[k], place)
                items.append(syntax.Slice(place, first, self.index(high)))
                continue
            if known.how == "family":
                items.append(self.index(part, *known.ranges[k]))
            else:
                items.append(self._entry_index(part, dims[k], place))
        return items

    def _entry_index(self, part: Tokens, dim: Dim, place: Span) -> Expr:
        """An index of an array, whose entries begin at 1 on paper."""
        one = syntax.Number(place, Fraction(1))
        high = self.builder.known.probe.extent(dim, place)
        found = less_one(self.index(part, one, high))
        first = static(self.builder.known.probe.node(found, self.builder.local))
        if isinstance(first, int | Fraction) and first < 0:
            message = f"{refusals.shown(place)}: the first entry is that with the index 1"
            raise refusals.not_read(place, message, "declare it as a name, or begin with 1")
        return found

    def index(self, tokens: Tokens, low: Expr | None = None, high: Expr | None = None) -> Expr:
        """One index; a letter that runs learns from where to where it does here."""
        builder = self.builder
        kept = plain(tokens)
        only = builder.tree(kept).only
        letter = symbol(only) if only is not None and not only.scripts else ""
        place = builder.span(kept[0].start, kept[-1].end)
        if letter:
            running = builder.index_letter(letter)
            if running is None and letter in builder.known.names:
                return builder.inside(kept)
            if running is None:
                if letter in builder.known.labels:
                    message = f"{letter} is a part of names here, no index"
                    raise refusals.not_read(place, message)
                if not builder.opens:
                    raise refusals.free_index(place, letter)
                running = builder.opened(letter)
            running.lows += [low] if low is not None else []
            running.highs += [high] if high is not None else []
            return syntax.Name(place, letter)
        for name in self._letters(kept):
            if builder.index_letter(name) is None and name not in builder.known.names:
                if not builder.opens:
                    raise refusals.free_index(place, name)
                builder.opened(name)
        return builder.inside(kept)

    @staticmethod
    def _letters(tokens: Tokens) -> list[str]:
        return [t.text for t in tokens if t.kind == "CHARACTER" and t.text.isalpha()]

    def entry_of(self, value: Expr, below: Atom, place: Span) -> Expr:
        """An entry of what is no name: `(A x)_i`."""
        found = script(below.inside[0])
        shape = self.builder.shape(value)
        if found is None or not shape:
            raise refusals.not_read(place, f"the index of {refusals.shown(place)} is not read")
        parts = indices(found)
        if len(parts) != len(shape):
            message = f"{refusals.shown(place)} has {len(parts)} indices of {len(shape)}"
            raise refusals.not_read(place, message)
        items = []
        for part, dim in zip(parts, shape, strict=True):
            items.append(self._entry_index(part, dim, place))
        return syntax.Index(place, value, (*items,))


def _power(raised: Atom, exponent: int) -> Atom:
    r"""The exponent that remains, as of `\sigma^4` where `\sigma^2` is a name."""
    tokens = [Token("CHARACTER", c, raised.start, raised.end) for c in str(exponent)]
    return Atom("SUPER", "^", raised.start, raised.end, (tokens,))


def size_text(size: Expr) -> str:
    """A size as text, which tells two of them apart."""
    if isinstance(size, syntax.Name):
        return size.name
    return str(size.value) if isinstance(size, syntax.Number) else size.span.text


def less_one(expr: Expr) -> Expr:
    """A one-based index as the language counts."""
    match expr:
        case syntax.Number(value=value):
            return syntax.Number(expr.span, value - 1)
        case syntax.Binary(operator="+", left=left, right=syntax.Number(value=value)) if value == 1:
            return left
    return syntax.Binary(expr.span, "-", expr, syntax.Number(expr.span, Fraction(1)))
