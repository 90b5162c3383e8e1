r"""Values of functions of which only the sets are told, and of their derivatives: `f'(u)`.

Must not know how such functions are declared, nor what is claimed of them.
"""

from __future__ import annotations

from collections.abc import Sequence

from gradcli.errors import Span
from gradcli.graph.shape import Shape
from gradcli.language.elaboration.primes import PRIME
from gradcli.language.tex import refusals
from gradcli.language.tex.formula import TexBracket, TexItem, TexSum
from gradcli.language.tex.known import FoundName, KnownName
from gradcli.language.tex.names import script, symbol
from gradcli.language.tex.subscripts import Subscripts
from gradcli.language.tex.walker import Items, TexWalker
from gradcli.language.tree import syntax
from gradcli.language.tree.syntax import Expr

ROUND = ("(", "[")


class MapValues:
    """How a function is read with what it is called with."""

    def __init__(self, builder: TexWalker, subscripts: Subscripts) -> None:
        self.builder, self.subscripts = builder, subscripts

    def found(self, item: TexItem) -> KnownName | None:
        """The function that an item is, with whatever scripts; None for anything else."""
        known = self.subscripts.find(item).known if symbol(item) else None
        return known if known is not None and known.how == "map" else None

    def visit(self, items: Items, k: int, found: FoundName) -> tuple[Expr, int]:
        """`f(u)`, `f'(u)`, `f_1(u, v)`, `f_x(x, y)`: the value, and where the next factor begins.

        GradcliError for a function without brackets, or with an exponent.
        """
        item, known = items[k][1], found.known
        assert known is not None
        head = self.builder.span(item.start, item.end)
        if item.script("SUPER") is not None:
            ways = f"{known.name}(…)^n", f"{known.name}({known.name}(…))"
            raise refusals.two_readings(head, *ways)
        sums, outer = self._called(items, k + 1, head)
        places = ""
        if found.below is not None:
            letters = [token.text for token in found.below.tokens]
            places = "".join(self._place(letter, sums, head) for letter in letters)
        value = self._value(known, head, item.primes, places, sums, outer)
        if item.primes and self._is_gradient(known, item.primes, value):
            message = f"the gradient of {known.name}, as a column or a row?"
            raise refusals.not_read(head, message, rf"write  \nabla {known.name}(…)")
        return self.builder.scripts(value, outer), k + 2

    def differentiated(
        self, known: KnownName, by: Sequence[TexItem], order: int, items: Items, k: int
    ) -> tuple[Expr, int]:
        r"""`\frac{\partial f}{\partial x}(x, y)`, whose brackets say which argument is meant."""
        head = self.builder.span(items[k][1].start, items[k][1].end)
        sums, outer = self._called(items, k + 1, head)
        places = ""
        for each in by:
            above = script(each.script("SUPER"))
            times = int(above.text) if above is not None and above.text.isdecimal() else 1
            places += self._place(symbol(each), sums, head) * times
        if len(places) != order:
            raise refusals.orders(head, order, len(places))
        primes, places = (len(places), "") if len(sums) == 1 else (0, places)
        value = self._value(known, head, primes, places, sums, outer)
        return self.builder.scripts(value, outer), k + 2

    def gradient(
        self, known: KnownName, order: int, items: Items, k: int, place: Span
    ) -> tuple[Expr, int]:
        r"""`\nabla f(u)`, `\nabla^2 f(u)` with f at `k`: at u, whatever u is."""
        sums, outer = self._called(items, k + 1, place)
        value = self._value(known, place, order, "", sums, outer)
        if order == 1 and self.builder.known.rows:
            value = syntax.Transpose(value.span, value)
        elif order == 1:
            self.builder.gradients.add(value)
        return self.builder.scripts(value, outer), k + 2

    def by_places(
        self, known: KnownName, places: str, items: Items, k: int, place: Span
    ) -> tuple[Expr, int]:
        r"""`\partial_1 f(u, v)` with f at `k`."""
        sums, outer = self._called(items, k + 1, place)
        value = self._value(known, place, 0, places, sums, outer)
        return self.builder.scripts(value, outer), k + 2

    def _called(self, items: Items, k: int, head: Span) -> tuple[tuple[TexSum, ...], TexItem]:
        """What it is called with, and the item whose scripts are those of the value."""
        base = items[k][1].base if k < len(items) and not items[k][0] else None
        if not isinstance(base, TexBracket) or base.kind not in ROUND:
            raise refusals.not_read(head, f"{refusals.shown(head)} is a function: of what?")
        return base.sums, items[k][1]

    def _value(
        self, known: KnownName, head: Span, primes: int, places: str, sums: Sequence[TexSum],
        outer: TexItem,
    ) -> Expr:  # fmt: skip
        name = known.name + PRIME * primes + (f"_{places}" if places else "")
        arguments = (*(self.builder.sum(each) for each in sums),)
        whole = head.to(self.builder.span(outer.start, outer.end))
        value = syntax.Call(whole, syntax.Name(head, name), arguments, ())
        self.builder.shape(value)
        return value

    def _place(self, letter: str, sums: Sequence[TexSum], head: Span) -> str:
        """By which argument a letter or number says that a derivative is taken."""
        if letter.isdecimal():
            return letter
        bare = [symbol(each.only) if each.only is not None else "" for each in sums]
        if bare.count(letter) != 1:
            message = f"{refusals.shown(head)}: by which argument is this derivative?"
            help = r"write  f'(…)  of one argument,  \partial_1 f(…)  of several"
            raise refusals.not_read(head, message, help)
        return str(bare.index(letter) + 1)

    def _is_gradient(self, known: KnownName, primes: int, value: Expr) -> bool:
        """Whether a derivative of a number by an array is meant, which has two layouts."""
        assert isinstance(value, syntax.Call)
        plain = syntax.Call(value.span, syntax.Name(value.span, known.name), value.arguments, ())
        of: Shape = self.builder.shape(plain)
        return primes == 1 and not of and bool(self.builder.shape(value))
