r"""What is called: functions of the registry, `\log x`, names before brackets, `f'(x)`.

Must not know derivatives, nor how a product is told.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from gradcli.calculus.families import Pointwise
from gradcli.errors import GradcliError, Span
from gradcli.language.tex import products, refusals
from gradcli.language.tex.atom import Atom, NoFormula, Tokens
from gradcli.language.tex.conditionals import LOG
from gradcli.language.tex.evaluations import Evaluations
from gradcli.language.tex.formula import TexBracket, TexItem, TexSum
from gradcli.language.tex.known import FoundName, KnownName
from gradcli.language.tex.map_values import MapValues
from gradcli.language.tex.names import script, symbol
from gradcli.language.tex.subscripts import Subscripts
from gradcli.language.tex.walker import Items, TexWalker
from gradcli.language.tree import syntax
from gradcli.language.tree.syntax import Expr
from gradcli.ops import FUNCTIONS

BRACKETS = ("(", "[", r"\{", r"\lbrace")
IDENTITY, ONES, ZEROS = "eye", "ones", "zeros"
UNNAMED = {"I": IDENTITY, "bold 1": ONES, "bold 0": ZEROS}
LETTERS = {"σ": "sigmoid", "Γ": "gamma"}
"""Letters that, declared by nobody, are functions of the registry before a bracket."""
SIGNS = {
    "d": "a differential", "δ": "a variation", "Δ": "a difference, the Laplacian",
    "D": "a derivative",
}  # fmt: skip
"""Letters that, declared by nobody, may be signs before a name."""
LAPLACIAN = "Δ"
RECIPROCAL = ("-1", "−1")
MEANT = {"ψ": "is that digamma? define it"}

TIMES = r"\times"
AXIS = "axis"
AXES = {
    "row": 1, "rows": 1, "rowwise": 1, "row-wise": 1, "col": 0, "cols": 0, "column": 0,
    "columns": 0, "columnwise": 0, "column-wise": 0,
}  # fmt: skip
"""Words below a function that say along what it reads a matrix, with the axis."""


class Calls:
    """How functions and names before brackets are read."""

    def __init__(
        self, builder: TexWalker, subscripts: Subscripts, evaluations: Evaluations, maps: MapValues
    ) -> None:
        self.builder, self.subscripts, self.evaluations = builder, subscripts, evaluations
        self.maps = maps

    # -- functions of the registry

    def function(self, items: Items, k: int) -> tuple[Expr, int]:
        r"""`\log x`, `\tanh^2 z_i`, `\max(a, b)^2`: the value, and where the next factor begins."""
        item = items[k][1]
        assert isinstance(item.base, Atom)
        return self.named(items, k, item.base.text)

    def named(self, items: Items, k: int, name: str) -> tuple[Expr, int]:
        """A call of a function whose name stands at `k`, with its scripts."""
        builder, item = self.builder, items[k][1]
        head = builder.span(item.start, item.end)
        name, axis = self._with_index(item, name, head)
        if k + 1 >= len(items) or items[k + 1][0]:
            raise refusals.not_read(head, f"{refusals.shown(head)} stands without its argument")
        arguments, outer, after = self._arguments(items, k + 1, head)
        end = items[after - 1][1].end
        place = builder.span(item.start, end)
        primed = syntax.Name(head, name + "'" * item.primes)
        value = self._called(primed, place, arguments, axis)
        above = item.script("SUPER")
        if above is not None:
            found = script(above)
            if found and found.text in RECIPROCAL:
                raise refusals.inverse(head, rf"1/\{name}(…)  or  \arc{name}(…)")
            value = self._raised(name, value, above, place)
        if outer is not None:
            value = builder.scripts(value, outer)
        return value, after

    def _raised(self, name: str, value: Expr, above: Tokens, place: Span) -> Expr:
        r"""`\tanh^2 z`: the power of a function of entries is that of each value."""
        entries = isinstance(FUNCTIONS[name].op, Pointwise)
        if entries and self.builder.shape(value):
            return syntax.Binary(place, ".^", value, self.builder.inside(above))
        return self.builder.power(value, above, place)

    def _with_index(self, item: TexItem, name: str, head: Span) -> tuple[str, int | None]:
        r"""`\log_2`, and the axis of `\operatorname{softmax}_{\mathrm{row}}`.

        NoFormula for other indices.
        """
        below = script(item.script("SUB"))
        if below is None:
            return name, None
        based = f"{name}{below.text}"
        if name == FUNCTIONS["ln"].name and based in FUNCTIONS:
            return based, None
        axis = AXES.get(below.text.lower())
        if axis is not None and AXIS in FUNCTIONS[name].parameters:
            return name, axis
        raise NoFormula(f"{refusals.shown(head)}: a function with an index")

    def _arguments(
        self, items: Items, k: int, head: Span
    ) -> tuple[list[Expr], TexItem | None, int]:
        """The arguments from `k` on, the item whose scripts are those of the value, the end."""
        item = items[k][1]
        if isinstance(item.base, TexBracket) and item.base.kind in BRACKETS:
            return [self.builder.sum(each) for each in item.base.sums], item, k + 1
        if item.kind == "BIG":
            return [self.builder.fold(items, k)], None, len(items)
        if item.kind == "FUNCTION":
            value, after = self.builder.factor(items, k)
            return [value], None, after
        value, after = self.builder.factor(items, k)
        if item.kind == "NUMBER" and after < len(items) and not items[after][0]:
            second, then = self.builder.factor(items, after)
            value, after = products.product(self.builder, "", value, second), then
        if after < len(items) and not items[after][0]:
            following = items[after][1]
            if following.kind not in ("FUNCTION", "BIG"):
                self._refuse_more(items, k, after, head)
        return [value], None, after

    def _refuse_more(self, items: Items, k: int, after: int, head: Span) -> None:
        r"""`\log a b`: is b a part of the argument?"""
        span = self.builder.span
        first = span(items[k][1].start, items[after - 1][1].end).text
        more = span(items[after][1].start, items[after][1].end).text
        place = span(head.start, items[after][1].end)
        raise refusals.two_readings(
            place, f"{head.text}({first}) {more}", f"{head.text}({first} {more})"
        )

    def _called(
        self, name: syntax.Name, place: Span, arguments: Sequence[Expr], axis: int | None = None
    ) -> Expr:
        bare = name.name.rstrip("'")
        value = _along(syntax.Call(place, name, (*arguments,), ()), axis)
        if bare == "diag" and len(arguments) == 1 and not name.name.endswith("'"):
            return value
        try:
            self.builder.shape(value)
        except GradcliError:
            if axis is not None or AXIS not in FUNCTIONS[bare].parameters:
                raise
            other = _along(value, 1)
            self.builder.shape(other)
            # Along an axis it has a value, so that an axis is all that lacks.
            if self.builder.known.along is None:
                raise refusals.along(place, name.span.text) from None
            return _along(value, self.builder.known.along)
        return value

    # -- names

    def symbol(self, items: Items, k: int) -> tuple[Expr, int]:
        """A letter with its scripts, and what it is called with."""
        builder, item = self.builder, items[k][1]
        base = symbol(item)
        place = builder.span(item.start, item.end)
        if builder.index_letter(base) is not None and not item.scripts:
            return syntax.Name(place, base), k + 1
        if builder.index_letter(base) is not None and item.script("SUB") is None:
            return builder.scripts(syntax.Name(place, base), item), k + 1
        found = self.subscripts.find(item)
        arguments = self._brackets(items, k)
        if found.known is None:
            return self._unknown(items, k, found, arguments)
        if found.known.how == "unread":
            raise refusals.unread_name(place, refusals.shown(place), found.known.line)
        if found.known.how == "bound":
            raise refusals.bound(place, refusals.shown(place), found.known.line)
        if found.known.how == "map":
            return self.maps.visit(items, k, found)
        if found.known.how == "loss" and not builder.differentiates:
            message = (
                f"{refusals.shown(place)} is nowhere defined, so only its derivatives are known"
            )
            raise refusals.not_read(place, message)
        if item.primes:
            return self._primed(items, k, found, arguments)
        if arguments is not None:
            called = self._application(items, k, found, arguments)
            if called is not None:
                return called
        if found.known.how == "function":
            raise refusals.not_read(place, f"{refusals.shown(place)} is a function: of what?")
        rest = TexItem(item.base, found.above, item.start, item.end)
        return builder.scripts(self.subscripts.value(item, found), rest), k + 1

    def _brackets(self, items: Items, k: int) -> tuple[TexSum, ...] | None:
        """What stands in the brackets right behind an item."""
        if k + 1 >= len(items) or items[k + 1][0]:
            return None
        base = items[k + 1][1].base
        if isinstance(base, TexBracket) and base.kind in ("(", "["):
            return base.sums
        return None

    def _plain(self, sums: tuple[TexSum, ...]) -> list[KnownName | None] | None:
        """The names that are all there is in brackets; None where there is more."""
        found: list[KnownName | None] = []
        for each in sums:
            only = each.only
            if only is None or not symbol(only):
                return None
            name = self.subscripts.find(only)
            if name.above or name.below is not None:
                return None
            found.append(name.known)
        return found

    def _application(
        self, items: Items, k: int, found: FoundName, sums: tuple[TexSum, ...]
    ) -> tuple[Expr, int] | None:
        """`f(x)` of what is known: a call, the node itself, or None for a product."""
        builder, known, item = self.builder, found.known, items[k][1]
        assert known is not None
        outer = items[k + 1][1]
        place = builder.span(item.start, outer.end)
        rest = TexItem(item.base, found.above, item.start, item.end)
        above = script(rest.script("SUPER"))
        if above is not None and above.text in RECIPROCAL and (known.arguments or known.at):
            head = builder.span(item.start, item.end)
            raise refusals.inverse(head, f"1/{known.name}(…)  or call the inverse otherwise")
        takes = len(known.arguments)
        apart = builder.span(item.end, outer.start).text != ""
        if len(sums) != takes and known.how == "node" and apart:
            return None
        if len(sums) != takes and (takes or known.how == "function"):
            message = f"{refusals.shown(place)}: {known.name} takes {takes}"
            raise refusals.not_read(place, message)
        if known.how == "function":
            name = syntax.Name(builder.span(item.start, item.end), known.name)
            value: Expr = syntax.Call(place, name, (*(builder.sum(s) for s in sums),), ())
            return builder.scripts(builder.scripts(value, rest), outer), k + 2
        named = self._plain(sums)
        if known.how == "loss" and named and None not in named:
            return builder.scripts(self.subscripts.value(item, found), outer), k + 2
        if known.arguments:
            value = self.builder.scripts(self.subscripts.value(item, found), rest)
            value = self.evaluations.applied(value, known.arguments, sums, place)
            return builder.scripts(value, outer), k + 2
        if known.how == "input" and self.evaluations.called(item.end, outer):
            inside = builder.span(sums[0].start, sums[-1].end).text
            raise refusals.call_or_product(
                place, refusals.shown(builder.span(item.start, item.end)), inside
            )
        if known.how == "node":
            made = syntax.Name(builder.span(item.start, item.end), known.name)
            itself = self.evaluations.itself(made, item.end, outer)
            if itself:
                return builder.scripts(self.subscripts.value(item, found), outer), k + 2
            if itself is None and (found.below is None or self.evaluations.bare(sums)):
                inside = builder.span(sums[0].start, sums[-1].end).text
                raise refusals.call_or_product(place, refusals.shown(made.span), inside)
        return None

    def _primed(
        self, items: Items, k: int, found: FoundName, sums: tuple[TexSum, ...] | None
    ) -> tuple[Expr, int]:
        """`f'(x)`, `f''(x)` of what was defined; any other prime is refused."""
        builder, known, item = self.builder, found.known, items[k][1]
        assert known is not None
        place = builder.span(item.start, item.end)
        if sums is None or not (known.how == "function" or known.arguments):
            raise refusals.prime(place, refusals.shown(place).partition("'")[0])
        outer = items[k + 1][1]
        whole = builder.span(item.start, outer.end)
        if known.how == "function":
            name = syntax.Name(place, known.name + "'" * item.primes)
            value: Expr = syntax.Call(whole, name, (*(builder.sum(s) for s in sums),), ())
            builder.shape(value)
            return builder.scripts(value, outer), k + 2
        if len(known.arguments) != 1:
            message = f"{refusals.shown(whole)}: {known.name} has {len(known.arguments)} variables"
            raise refusals.not_read(whole, message)
        subject = syntax.Name(place, known.name)
        by = syntax.Name(builder.span(outer.start, outer.end), known.arguments[0])
        order = item.primes
        derived: Expr = syntax.Derivative(whole, subject, ((by, order),), order)
        derived = self.evaluations.applied(derived, known.arguments, sums, whole)
        return builder.scripts(derived, outer), k + 2

    def _unknown(
        self, items: Items, k: int, found: FoundName, sums: tuple[TexSum, ...] | None
    ) -> tuple[Expr, int]:
        """A letter that nobody has declared: a function, a constant, an identity, or refused."""
        builder, item = self.builder, items[k][1]
        base, place = symbol(item), builder.span(item.start, item.end)
        if sums is not None and base in LETTERS and item.script("SUB") is None:
            return self.named(items, k, LETTERS[base])
        if base == "δ" and found.below is not None and (made := builder.kronecker(item)):
            return made, k + 1
        if base == LAPLACIAN and (told := self._laplacian(items, k, found)) is not None:
            return told
        of = builder.known.get(found.key.removeprefix(LOG))
        if of is not None and of.how == "node":
            return builder.call("log", place, syntax.Name(place, of.name)), k + 1
        rest = TexItem(item.base, found.above, item.start, item.end)
        euler = sums is None or item.script("SUPER") is not None
        if found.below is None and base == "e" and euler and not item.primes:
            return self._euler(item, place), k + 1
        if found.below is None and base in ("π", "inf"):
            name = syntax.Name(place, "pi" if base == "π" else base)
            return builder.scripts(name, rest), k + 1
        if base in UNNAMED:
            return builder.scripts(self._unnamed(UNNAMED[base], found, place), rest), k + 1
        if base in ("bold 1", "bold 0"):
            raise refusals.no_shape(place, refusals.shown(place))
        if sums is not None:
            self._refuse_sign(items, k)
            inside = builder.span(sums[0].start, sums[-1].end).text if sums else ""
            if base in MEANT:
                raise refusals.not_read(place, f"{refusals.shown(place)}: {MEANT[base]}")
            raise refusals.call_or_product(place, refusals.shown(place), inside)
        self._refuse_sign(items, k)
        declared = builder.declared_real(found, place)
        if declared is None:
            raise self.subscripts.without_shape(item, found)
        return builder.scripts(declared, rest), k + 1

    def _laplacian(self, items: Items, k: int, found: FoundName) -> tuple[Expr, int] | None:
        r"""`\Delta_r U` by an input; None where below the sign there is none."""
        by = self.builder.known.get(found.below.text) if found.below is not None else None
        if by is None or by.how != "input" or found.above or k + 1 >= len(items) or items[k + 1][0]:
            return None
        value, after = self.builder.factor(items, k + 1)
        item = items[k][1]
        place = self.builder.span(item.start, items[after - 1][1].end)
        variable = syntax.Name(self.builder.span(item.start, item.end), by.name)
        return self.builder.call("laplacian", place, value, variable), after

    def _refuse_sign(self, items: Items, k: int) -> None:
        r"""`\Delta x`, `\delta y`, `D f(x)`: a letter that is a sign in many books."""
        item = items[k][1]
        base = symbol(item)
        if base not in SIGNS or k + 1 >= len(items) or items[k + 1][0] not in ("", "cdot"):
            return
        following = items[k + 1][1]
        if base == "D":
            found = self.subscripts.find(following).known if symbol(following) else None
            if found is None or found.how not in ("node", "function"):
                return
        if following.kind in ("SYMBOL", "BRACKET", "FUNCTION", "GROUP", "FRACTION"):
            place = self.builder.span(item.start, following.end)
            raise refusals.sign_or_name(place, base, SIGNS[base])

    def _euler(self, item: TexItem, place: Span) -> Expr:
        """`e`, and `e^{…}` as the exponential function."""
        raised = item.script("SUPER")
        if raised is None:
            return syntax.Name(place, "e")
        return self.builder.call("exp", place, self.builder.inside(raised))

    def _unnamed(self, name: str, found: FoundName, place: Span) -> Expr:
        """An identity, ones or zeros, of the size that is written or that fits."""
        builder = self.builder
        size: Expr
        letters = builder.known.probe.sizes
        sides = found.below.text.split(TIMES) if found.below is not None else []
        if len(sides) == 2 and all(each in letters or each.isdecimal() for each in sides):
            sizes = [_size(place, each) for each in sides]
            square = name == IDENTITY and sides[0] == sides[1]
            return builder.call(name, place, *sizes[: 1 if square else 2])
        if found.below is not None and found.below.text in letters:
            size = _size(place, found.below.text)
        elif found.below is not None and found.below.text.isdecimal():
            size = builder.inside(found.below.tokens)
        elif not letters:
            raise refusals.no_shape(place, refusals.shown(place))
        else:
            text = builder.sizes.next(letters)
            size = _size(place, text)
        return builder.call(name, place, size)


def _size(place: Span, text: str) -> Expr:
    return syntax.Number(place, Fraction(text)) if text.isdecimal() else syntax.Name(place, text)


def _along(call: syntax.Call, axis: int | None) -> syntax.Call:
    """A call along an axis."""
    if axis is None:
        return call
    place = call.function.span
    return replace(
        call, keywords=((syntax.Name(place, AXIS), syntax.Number(place, Fraction(axis))),)
    )
