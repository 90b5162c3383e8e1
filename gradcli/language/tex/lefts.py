"""Left sides of equations: the name that one is, and what it foresees of a section's names.

Must not know what becomes of an equation.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from itertools import pairwise

from gradcli.errors import GradcliError, Source, Span
from gradcli.language.tex import refusals
from gradcli.language.tex.atom import NoFormula
from gradcli.language.tex.bodies import Body
from gradcli.language.tex.build import TexBuilder
from gradcli.language.tex.calls import LAPLACIAN, LETTERS
from gradcli.language.tex.conditionals import LOG
from gradcli.language.tex.declarations import whole_key
from gradcli.language.tex.differentials import SIGN
from gradcli.language.tex.formula import TexBracket, TexItem, TexSum, parsed
from gradcli.language.tex.known import FoundName, KnownName, KnownNames
from gradcli.language.tex.names import indices, key, script, symbol
from gradcli.language.tex.rows import TexFormula
from gradcli.language.tree import syntax

MOST_LEFT = 2
"""Items of a left side that is a name: itself, and what it is called with."""


@dataclass(frozen=True, slots=True)
class LeftName:
    """A left side that is a name: its key, its item, and what it is called with, if it is.

    `input` says that the name, or the array of which it is an entry, is declared as an input.
    """

    key: str
    item: TexItem
    called: TexBracket | None = None
    input: bool = False


@dataclass(frozen=True, slots=True)
class LeftSides:
    """Reads the left sides of a section's equations."""

    source: Source
    known: KnownNames

    def name(self, formula: TexFormula) -> LeftName | None:
        """The left side as a name, with what it is called with; None where it is none."""
        try:
            tree = parsed(self.source, formula.sides[0])
        except (GradcliError, NoFormula):
            return None
        if len(tree.terms) != 1 or tree.terms[0][0]:
            return None
        items = tree.terms[0][1].items
        first = items[0][1]
        if not symbol(first) or any(each.kind in ("PRIME", "AT") for each in first.scripts):
            return None
        if self.known.varied and symbol(first) == SIGN:
            return None
        if symbol(first) == LAPLACIAN and self._is_sign(first):
            return None
        called: TexBracket | None = None
        if len(items) == 2 and not items[1][0]:
            base = items[1][1].base
            if (
                not isinstance(base, TexBracket)
                or items[1][1].scripts
                or base.kind not in ("(", "[")
            ):
                return None
            if symbol(first) in LETTERS and not all(_is_name(each) for each in base.sums):
                return None  # of a known function, something is claimed
            called = base
        elif len(items) > 1:
            return None
        above = script(first.script("SUPER"))
        if above is not None and above.transposes:
            return None
        found = TexBuilder(self.source, self.known).subscripts.find(first)
        if found.below is not None and _is_numbered(found):
            return LeftName(key(symbol(first), "", found.below.text), first, called)
        if found.known is not None and found.known.how == "map":
            named = called is None or all(_is_name(each) for each in called.sums)
            return LeftName(found.key, first, called) if named and not found.above else None
        if found.known is not None:
            given = found.known.how == "input"
            if found.below is None and not found.above and not called:
                return LeftName(found.key, first, None, given)
            parts = indices(found.below) if found.below is not None else []
            letters = [p[0].text for p in parts if len(p) == 1 and p[0].text.isalpha()]
            fresh = not any(x in self.known.names or x in self.known.labels for x in letters)
            entry = given and not found.above and not called and fresh
            if entry and letters and len(letters) == len(parts) == found.known.rank:
                return LeftName(found.key, first, None, True)
            return None
        below = script(first.script("SUB"))
        name = key(symbol(first), above.text if above else "", below.text if below else "")
        if name.startswith(LOG) and name.removeprefix(LOG) in self.known.names:
            return None  # of what has a logarithm, something is claimed
        if above is not None and not above.labels and not above.text.isdecimal():
            return None
        return LeftName(name, first, called)

    def _is_sign(self, item: TexItem) -> bool:
        """Whether a letter stands before something that it says what is done by an input of."""
        below = script(item.script("SUB"))
        by = self.known.get(below.text) if below is not None else None
        return self.known.get(symbol(item)) is None and by is not None and by.how == "input"

    def keys(self, formula: TexFormula) -> tuple[str, ...]:
        """The keys that a left side may mean, where it is a name."""
        try:
            tree = parsed(self.source, formula.sides[0])
        except (GradcliError, NoFormula):
            return ()
        first = tree.terms[0][1].items[0][1]
        alone = len(tree.terms) == 1 and len(tree.terms[0][1].items) <= MOST_LEFT
        if not formula.relations or not alone or not symbol(first):
            return ()
        return symbol(first), whole_key(first)

    def raised(self, formula: TexFormula) -> set[str]:
        """Names with a power in them that are differentiated by, as the variance is."""
        builder = TexBuilder(self.source, self.known)
        found = set()
        for atom in formula.atoms:
            if atom.kind == "FRACTION":
                with suppress(GradcliError, NoFormula):
                    sign = builder.derivatives.sign(*atom.inside)
                    for item in sign.by if sign is not None and sign.order == 1 else ():
                        above = script(item.script("SUPER"))
                        if above is not None and above.text.isdecimal():
                            found.add(key(symbol(item), above.text))
        return found

    def steps(self, formula: TexFormula) -> bool:
        """`a_{t+1} = … a_t …`, `a_t = … a_{t-1} …` of what no row says: an update.

        Where `a` is an array that is given, nothing ties its entries to each other.
        """
        try:
            only = parsed(self.source, formula.sides[0]).only
        except (GradcliError, NoFormula):
            return False
        below = script(only.script("SUB")) if only is not None and symbol(only) else None
        if only is None or below is None:
            return False
        base, (letter, more) = symbol(only), (below.text[:1], below.text[1:])
        known = self.known.names.get(base)
        given = known is not None and known.how == "input" and known.rank > 0
        before = {"+1": letter, "": f"{letter}-1"}.get(more, "")
        if not letter.isalpha() or not before or key(base, "", before) in self.known.names:
            return False
        if not given and (known is not None or not more):
            return False
        return any(
            a.text == base and b.kind == "SUB" and (s := script(b.inside[0])) and s.text == before
            for side in formula.sides[1:]
            for a, b in pairwise(side)
        )

    def derives(self, last: Body | None, formula: TexFormula) -> bool:
        """Whether the left side of a chain is a derivative."""
        if not formula.sides[0]:
            first = last.statements[0] if last is not None else None
            left = first.left if isinstance(first, syntax.Claim) else None
            return left is not None and any(
                isinstance(part, syntax.Derivative) for part in syntax.parts(left)
            )
        builder = TexBuilder(self.source, self.known)
        return any(
            a.kind in ("PARTIAL", "NABLA") or (a.kind == "FRACTION" and builder.derives(a))
            for a in formula.sides[0]
        )

    def at(self, called: TexBracket) -> str:
        r"""What stands in the brackets of `\ell(\mu, \sigma^2)`, where powers of names do."""
        builder = TexBuilder(self.source, self.known)
        items = [each.only for each in called.sums]
        if not all(item is not None and symbol(item) and not item.primes for item in items):
            return ""
        found = [(item, builder.subscripts.find(item)) for item in items if item is not None]
        raised = [script(item.script("SUPER")) for item, name in found if name.above]
        if not raised or not all(above is not None and above.text.isdecimal() for above in raised):
            return ""
        return refusals.written(Span(self.source, called.sums[0].start, called.sums[-1].end))

    def parameter(self, tree: TexSum) -> tuple[TexItem, KnownName | None]:
        """A name that a function is defined at, and what is known of it."""
        only = tree.only
        place = Span(self.source, tree.start, tree.end)
        if only is None or not symbol(only):
            raise refusals.not_read(place, "a function is defined at names", "write  f(x) = …")
        found = TexBuilder(self.source, self.known).subscripts.find(only)
        if found.above or (found.known is not None and found.below is not None):
            raise refusals.not_read(place, "a function is defined at names", "write  f(x) = …")
        return only, found.known


def _is_name(tree: TexSum) -> bool:
    return tree.only is not None and bool(symbol(tree.only))


def _is_numbered(found: FoundName) -> bool:
    """Whether it is a number with a number below, which has no entries: a name of its own."""
    known, below = found.known, found.below
    scalar = known is not None and known.how in ("input", "node") and not known.rank
    return scalar and below is not None and below.text.isdecimal() and not found.above


def recurs(formula: TexFormula) -> bool:
    """Whether the left side stands on the right as well."""
    left = [a.text for a in formula.sides[0]]
    right = [a.text for side in formula.sides[1:2] for a in side]
    return any(right[k : k + len(left)] == left for k in range(len(right)))
