"""Trees of formulas become the language's syntax: products by shapes, names by what they mean.

Must not know which row is a claim, nor how one is judged.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from gradcli.errors import Source, Span
from gradcli.graph.shape import Shape
from gradcli.language.tex import products, refusals
from gradcli.language.tex.atom import DEEP, DEEPEST, Atom, Tokens, plain
from gradcli.language.tex.atoms import atoms
from gradcli.language.tex.calls import Calls
from gradcli.language.tex.derivatives import Derivatives
from gradcli.language.tex.differentials import WrittenDifferentials
from gradcli.language.tex.evaluations import Evaluations
from gradcli.language.tex.folds import Folds
from gradcli.language.tex.formula import TexBracket, TexItem, TexRun, TexSum, parsed
from gradcli.language.tex.known import KnownNames
from gradcli.language.tex.map_values import MapValues
from gradcli.language.tex.nablas import Nablas
from gradcli.language.tex.names import script
from gradcli.language.tex.subscripts import Subscripts
from gradcli.language.tex.walker import Items, TexWalker
from gradcli.language.tree import syntax
from gradcli.language.tree.literals import MOST_DIGITS, rational
from gradcli.language.tree.syntax import Expr

CUBE = 3


class TexBuilder(TexWalker):
    """Builds the expressions of one formula."""

    def __init__(self, source: Source, known: KnownNames) -> None:
        super().__init__(source, known)
        self.subscripts = Subscripts(self)
        self.folds = Folds(self, self.subscripts)
        self.evaluations = Evaluations(self, self.subscripts)
        maps = MapValues(self, self.subscripts)
        self.calls = Calls(self, self.subscripts, self.evaluations, maps)
        self.derivatives = Derivatives(self, self.subscripts, self.evaluations, maps)
        self.nablas = Nablas(self.derivatives)
        self.differentials = WrittenDifferentials(self, self.subscripts)

    def derives(self, atom: Atom) -> bool:
        """Whether a fraction is a derivative."""
        return self.derivatives.sign(*atom.inside) is not None

    def fold(self, items: Items, k: int) -> Expr:
        return self.folds.visit(items, k)

    def kronecker(self, item: TexItem) -> Expr | None:
        return self.folds.kronecker(item)

    # -- sums, runs, items

    def side(self, side: Sequence[Atom]) -> Expr:
        """The expression of a whole side. GradcliError, or NoFormula, for what is none."""
        return self.sum(parsed(self.source, side))

    def sum(self, tree: TexSum) -> Expr:
        value: Expr | None = None
        for k, (sign, run) in enumerate(tree.terms):
            followed = tree.terms[k + 1] if k + 1 < len(tree.terms) else None
            self.derivatives.refuse_reach(run, followed[1] if followed else None)
            term = self.run(run)
            if value is None:
                value = term
                if sign:
                    span = self.span(tree.start, run.end)
                    value = syntax.Unary(span, sign, term) if sign == "-" else term
            else:
                self.evaluations.refuse_reach(value, run.items)
                value = syntax.Binary(self.span(tree.start, run.end), sign, value, term)
        assert value is not None
        return value

    def run(self, run: TexRun) -> Expr:
        return self.items(run.items)

    def items(self, items: Items) -> Expr:
        """The product of items, from left to right."""
        value: Expr | None = None
        k = 0
        while k < len(items):
            sign = items[k][0]
            factor, after = self.factor(items, k)
            if sign[-1:] in ("+", "-"):
                if sign[-1] == "-":
                    factor = syntax.Unary(factor.span, "-", factor)
                sign = sign[:-1]
            if value is None:
                value = factor
            else:
                self._refuse_divisor(items, k, after, sign)
                self.evaluations.refuse_reach(value, items[k:after])
                value = products.product(self, sign, value, factor)
            k = after
        assert value is not None
        return value

    def _refuse_divisor(self, items: Items, k: int, after: int, sign: str) -> None:
        """`a/bc`, where c may belong to the divisor or not."""
        if sign != "/" or after >= len(items) or items[after][0]:
            return
        left, right = items[k - 1][1], items[after][1]
        a, b, c = (
            self.span(each.start, each.end).text for each in (left, items[k][1], right)
        )  # fmt: skip
        place = self.span(left.start, right.end)
        raise refusals.two_readings(place, rf"\frac{{{a}}}{{{b}}} {c}", rf"\frac{{{a}}}{{{b} {c}}}")

    def factor(self, items: Items, k: int) -> tuple[Expr, int]:
        """The factor that begins at an item, and where the next one does.

        What stands in it stands one deeper.
        """
        item = items[k][1]
        if self.depth > DEEPEST:
            place = self.span(item.start, item.end)
            raise refusals.not_read(place, DEEP)
        self.depth += 1
        try:
            return self._factor(items, k)
        finally:
            self.depth -= 1

    def _factor(self, items: Items, k: int) -> tuple[Expr, int]:
        item = items[k][1]
        kinds = [s.kind for s in item.scripts if s.kind in ("SUB", "SUPER")]
        if len({*kinds}) < len(kinds):
            place = self.span(item.start, item.end)
            raise refusals.not_read(place, f"{refusals.shown(place)} has two of one script")
        found = self.derivatives.inline(items, k)
        if found is not None:
            return found
        match item.kind:
            case "BIG":
                return self.folds.visit(items, k), len(items)
            case "NABLA" | "PARTIAL":
                return self.nablas.operator(items, k)
            case "FUNCTION":
                return self.calls.function(items, k)
            case "SYMBOL":
                if self.differentials.begins(items, k):
                    return self.differentials.visit(items, k)
                return self.calls.symbol(items, k)
            case "FRACTION":
                return self.derivatives.fraction(items, k)
        return self.simple(item), k + 1

    def simple(self, item: TexItem) -> Expr:
        """A factor that needs nothing behind it."""
        base = item.base
        place = self.span(item.start, item.end)
        if isinstance(base, TexBracket):
            return self.scripts(self.bracket(item, base), item)
        match base.kind:
            case "NUMBER":
                number = self.span(base.start, base.end)
                if (value := rational(base.text)) is None:
                    raise refusals.not_read(
                        number, f"a number of more than {MOST_DIGITS:,} digits is not read"
                    )
                return self.scripts(syntax.Number(number, value), item)
            case "GROUP":
                return self.group(item, base)
            case "ROOT":
                return self.scripts(self._root(base), item)
            case "ENVIRONMENT":
                return self.scripts(self.folds.environment(base), item)
            case "HOLE":
                if not self.known.filling:
                    raise refusals.hole(place)
                self.holes.add(zero := syntax.Number(place, Fraction(0)))
                return zero
            case "INDICATOR":
                return self.scripts(self.folds.indicator(base), item)
        raise refusals.not_read(place, f"{refusals.shown(place)} is not read here")

    def group(self, item: TexItem, base: Atom) -> Expr:
        """What braces hold: one item takes the scripts that stand behind them."""
        tree = self.tree(base.inside[0])
        only = tree.only
        kinds = [s.kind for s in (*only.scripts, *item.scripts)] if only is not None else []
        if only is not None and len({*kinds}) == len(kinds):
            merged = TexItem(only.base, (*only.scripts, *item.scripts), item.start, item.end)
            value, after = self.factor([("", merged)], 0)
            assert after == 1
            return value
        return self.scripts(self.sum(tree), item)

    def _root(self, base: Atom) -> Expr:
        radicand, degree = base.inside
        place = self.span(base.start, base.end)
        value = self.inside(radicand)
        if not plain(degree):
            return self.call("sqrt", place, value)
        times = self.inside(degree)
        if isinstance(times, syntax.Number) and times.value == CUBE:
            return self.call("cbrt", place, value)
        one = syntax.Number(times.span, Fraction(1))
        return syntax.Binary(place, "^", value, syntax.Binary(times.span, "/", one, times))

    def bracket(self, item: TexItem, base: TexBracket) -> Expr:
        """What stands in brackets or bars, without the scripts behind them."""
        place = self.span(item.start, item.end)
        if base.kind in ("NORM", "ABS", "ANGLE"):
            return products.bars(self, item, base)
        if len(base.sums) == 1:
            return self.sum(base.sums[0])
        above = script(item.script("SUPER"))
        if above is None or not above.transposes:
            help = r"write  (a, b)^\top  for a column"
            raise refusals.not_read(place, "a list in brackets is not read here", help)
        return syntax.Array(place, (*(self.sum(each) for each in base.sums),))

    # -- scripts

    def scripts(self, value: Expr, item: TexItem) -> Expr:
        """The value with the scripts of its item: a transpose, a power, an inverse."""
        for each in item.scripts:
            place = self.span(item.start, each.end)
            if each.kind == "AT" or (each.kind == "SUB" and self.evaluates(value, item, each)):
                value = self.evaluations.at(value, each, place)
            elif each.kind == "SUPER":
                value = self.power(value, each.inside[0], place)
            elif each.kind == "SUB" and self.takes_index(item):
                continue
            elif each.kind == "PRIME":
                raise refusals.prime(place, refusals.written(value.span))
            else:
                value = self.subscripts.entry_of(value, each, place)
        return value

    def evaluates(self, value: Expr, item: TexItem, below: Atom) -> bool:
        """Whether `[…]_{x=0}`, `(…)_y` says where it is meant, or what is held constant."""
        if not isinstance(item.base, TexBracket) or item.base.kind not in ("(", "["):
            return False
        found = atoms(self.source, below.inside[0])
        return any(a.kind == "RELATION" and a.text == "=" for a in found) or (
            self.evaluations.is_held(value, found)
        )

    @staticmethod
    def takes_index(item: TexItem) -> bool:
        """Whether what stands below belongs to the sign itself, as that of a norm does."""
        return isinstance(item.base, TexBracket) and item.base.kind == "NORM"

    def power(self, value: Expr, tokens: Tokens, place: Span) -> Expr:
        """`value` to the power of what stands in an exponent, or its transpose."""
        kept = plain(tokens)
        if len(kept) > 1 and kept[0].text in (r"\odot", r"\circ"):
            return syntax.Binary(place, ".^", value, self.inside(kept[1:]))
        above = script(tokens)
        assert above is not None
        if above.text == "T" and not above.transposes:
            if self.known.get("T") is not None:
                x = self.text_before(value, place)
                raise refusals.two_readings(place, rf"{x}^{{\top}}", rf"{x}^{{(T)}}")
            above = replace(above, text="", transposes=True)
        if above.transposes:
            if isinstance(value, syntax.Array) and not above.text:
                return value
            if above.text in ("-", "−"):
                value = self._inverse(value, place)
            elif above.text:
                raise refusals.not_read(place, f"the exponent {refusals.shown(place)} is not read")
            return syntax.Transpose(place, value)
        if above.text in ("*", "†", "+") or above.word:
            raise refusals.no_shape(place, refusals.shown(place))
        shape = self.shape(value)
        if above.text in ("-1", "−1") and len(shape) == 2:
            return self._inverse(value, place)
        exponent = self.inside(tokens)
        if shape:
            self._refuse_array_power(value, place, shape)
        return syntax.Binary(place, "^", value, exponent)

    @staticmethod
    def text_before(value: Expr, place: Span) -> str:
        """What stands at a place before its last exponent."""
        whole = place.text
        inner = value.span.text
        text = inner if inner != whole else whole[: whole.rfind("^")]
        return " ".join(text.split())

    def _refuse_array_power(self, value: Expr, place: Span, shape: Shape) -> None:
        x = self.text_before(value, place)
        help = rf"write  {x} \odot {x}  or  {x}^\top {x}"
        if len(shape) == 2:
            help = rf"write  {x} {x}  or  {x} \odot {x}"
        raise refusals.not_read(place, "a power of an array can mean two things", help)

    def _inverse(self, value: Expr, place: Span) -> Expr:
        if not self.shape(value):
            minus = syntax.Unary(place, "-", syntax.Number(place, Fraction(1)))
            return syntax.Binary(place, "^", value, minus)
        return self.call("inv", place, value)
