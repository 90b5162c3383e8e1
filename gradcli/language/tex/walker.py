"""What every part of the reader of formulas stands on: the indices that run, shapes, places.

Must not know how any construct is read.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from gradcli.calculus.core import INPUT, number
from gradcli.errors import Source, Span
from gradcli.graph.order import topological
from gradcli.graph.shape import Shape
from gradcli.language.tex.atom import Atom, NoFormula, Tokens, plain
from gradcli.language.tex.choices import Choices
from gradcli.language.tex.conditionals import is_conditional
from gradcli.language.tex.formula import TexBracket, TexItem, TexSum, inner, parsed
from gradcli.language.tex.known import FoundName, KnownNames
from gradcli.language.tex.names import key
from gradcli.language.tex.ranges import TexRange
from gradcli.language.tree import syntax
from gradcli.language.tree.syntax import Expr

Items = Sequence[tuple[str, TexItem]]


@dataclass(slots=True, eq=False)
class IndexLetter:
    """A letter that runs: what it indexes says how far, or `low` and `high` do."""

    lows: list[Expr] = field(default_factory=list)
    highs: list[Expr] = field(default_factory=list)
    low: Expr | None = None
    high: Expr | None = None


class TexWalker:
    """The state of reading one formula, and what its parts ask of one another.

    `free` are the indices that the left side has; on the right no other may come in. `bound` are
    those of sums, `local` what they are at the probe's sizes; `before` is the shape of the line
    that this one continues. `sizes` are chosen for identities and vectors of ones that have none.
    With `vanishes` the formula says that its left side is 0.
    `abstract` is told of names that are only differentiated; `differentiates` says that what is
    read now is what a derivative is of; `varied` are names of which it has a differential.
    `gradients` are derivatives of scalars, `seconds` those by a squared nabla; `holes` are the
    zeros in the place of what is asked for.
    """

    def __init__(self, source: Source, known: KnownNames) -> None:
        self.source, self.known = source, known
        self.free: dict[str, IndexLetter] = {}
        self.bound: dict[str, IndexLetter] = {}
        self.local: dict[str, Any] = {}
        self.opens = False
        self.vanishes = False
        self.before: Shape | None = None
        self.depth = 0
        self.gradients: set[Expr] = set()
        self.seconds: set[Expr] = set()
        self.holes: set[Expr] = set()
        self.sizes = Choices()
        self.differentiates = False
        self.varied: set[str] = set()
        self.abstract: Callable[[str, TexItem], None] | None = None

    # -- what is read elsewhere

    def sum(self, tree: TexSum) -> Expr:
        """The expression of a sum."""
        raise NotImplementedError

    def items(self, items: Items) -> Expr:
        """The product of items, from left to right."""
        raise NotImplementedError

    def factor(self, items: Items, k: int) -> tuple[Expr, int]:
        """The factor that begins at an item, and where the next one does."""
        raise NotImplementedError

    def scripts(self, value: Expr, item: TexItem) -> Expr:
        """The value with the scripts of its item: a transpose, a power, an inverse."""
        raise NotImplementedError

    def power(self, value: Expr, tokens: Tokens, place: Span) -> Expr:
        """A value to the power of what stands in an exponent, or its transpose."""
        raise NotImplementedError

    def fold(self, items: Items, k: int) -> Expr:
        """A sum or product over a range, of all that stands behind it in its run."""
        raise NotImplementedError

    def kronecker(self, item: TexItem) -> Expr | None:
        """A delta of two indices; None where it is none."""
        raise NotImplementedError

    # -- what all of it asks

    def span(self, start: int, end: int) -> Span:
        """A stretch of the text."""
        return Span(self.source, start, end)

    def shape(self, expr: Expr) -> Shape:
        """The shape of an expression at the probe's sizes. GradcliError where it has none."""
        return self.known.probe.node(expr, self.local).shape

    def goes_on(self, before: TexWalker) -> None:
        """The indices of the line that this one continues, and its shape."""
        self.free, self.local, self.before = before.free, before.local, before.before

    def index_letter(self, letter: str) -> IndexLetter | None:
        return self.bound.get(letter) or self.free.get(letter)

    def opened(self, letter: str) -> IndexLetter:
        """A new free index."""
        self.local[letter] = number(1)
        return self.free.setdefault(letter, IndexLetter())

    def run_over(self, ranges: Sequence[TexRange], used: Collection[str]) -> None:
        """The indices of ranges that stand beside a formula, those that it uses."""
        for each in ranges:
            for letter in each.letters:
                if letter not in used or letter in self.known.names or letter in self.known.labels:
                    continue
                running = self.opened(letter)
                if each.low:
                    running.low, running.high = self.bound_of(each.low), self.bound_of(each.high)
                    self.local[letter] = self.known.probe.node(running.low, self.local)

    def bound_of(self, side: Sequence[Atom]) -> Expr:
        """An end of a range; a letter that means nothing else is a size."""
        for atom in side:
            if atom.kind == "SYMBOL" and atom.text not in self.known.names:
                self.known.letter(atom.text, self.span(atom.start, atom.end))
        return self.sum_of(side)

    def sum_of(self, side: Sequence[Atom]) -> Expr:
        """The expression of some atoms."""
        return self.sum(parsed(self.source, side))

    def declared_real(self, found: FoundName, place: Span) -> Expr | None:
        """A name that nobody declares, where every letter is a real; None elsewhere."""
        known = self.known
        if is_conditional(found.key):
            raise NoFormula(f"{place.text} is outside of the language")
        indexed = found.below is not None and not found.below.text.isdecimal()
        if not known.scalars or indexed:
            return None
        name = found.key if found.below is None else key(found.key, "", found.below.text)
        known.declare_real(name, place)
        return syntax.Name(place, known.names[name].name)

    def only_differentiated(self, name: str, item: TexItem) -> None:
        """A name that no row defines and that is differentiated: any function of all."""
        if self.abstract is not None:
            self.abstract(name, item)

    def inputs_of(self, expr: Expr) -> list[str]:
        """The names of the inputs that an expression depends on."""
        nodes = topological([self.known.probe.node(expr, self.local)])
        return [str(node.params[0]) for node in nodes if node.op is INPUT]

    def unbound(self, items: Items) -> list[str]:
        """The letters that index something and run nowhere."""
        found: dict[str, None] = {}
        for _, item in items:
            for tokens in self._below(item):
                for token in tokens:
                    letter = token.text
                    single = token.kind == "CHARACTER" and letter.isalpha()
                    if (
                        single
                        and self.index_letter(letter) is None
                        and letter not in self.known.names
                    ):
                        found[letter] = None
        return [*found]

    def _below(self, item: TexItem) -> Iterator[Tokens]:
        base = item.base
        if isinstance(base, TexBracket):
            for each in base.sums:
                for _, run in each.terms:
                    for _, inside in run.items:
                        yield from self._below(inside)
        elif base.kind in ("GROUP", "FRACTION", "ROOT"):
            for tokens in base.inside:
                if plain(tokens):
                    for _, run in self.tree(tokens).terms:
                        for _, inside in run.items:
                            yield from self._below(inside)
        if (below := item.script("SUB")) is not None and item.kind == "SYMBOL":
            yield below

    def inside(self, tokens: Tokens) -> Expr:
        """The expression of what stands in braces."""
        return self.sum(self.tree(tokens))

    def tree(self, tokens: Tokens) -> TexSum:
        return inner(self.source, tokens)

    def call(self, name: str, place: Span, *arguments: Expr) -> syntax.Call:
        """A call of a function of the language."""
        return syntax.Call(place, syntax.Name(place, name), arguments, ())
