r"""Derivatives as they are printed: `\frac{\partial L}{\partial w}`, `dL/dw`, `\nabla_w L`.

Must not know products of arrays, nor how a derivative is computed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeVar

from gradcli.errors import GradcliError, Span
from gradcli.graph.shape import is_row
from gradcli.language.tex import refusals
from gradcli.language.tex.atom import Atom, Tokens
from gradcli.language.tex.atoms import atoms
from gradcli.language.tex.conditionals import is_conditional
from gradcli.language.tex.evaluations import CLOSED, WRITE, Evaluations, without_bar
from gradcli.language.tex.fixed import refuse_fixed, refuse_second
from gradcli.language.tex.formula import TexBracket, TexItem, TexRun, TexSum, parsed
from gradcli.language.tex.known import FoundName, KnownName
from gradcli.language.tex.map_values import MapValues
from gradcli.language.tex.names import script, symbol
from gradcli.language.tex.subscripts import Subscripts
from gradcli.language.tex.walker import Items, TexWalker
from gradcli.language.tree import syntax
from gradcli.language.tree.syntax import Expr

R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class DerivativeSign:
    """What is differentiated, if it stands in the fraction, by what, and how often.

    `through` is the function of it by which it is, as that of `\\partial \\ln x`.
    """

    subject: tuple[Atom, ...]
    by: tuple[TexItem, ...]
    order: int
    through: str = ""


class Derivatives:
    """How derivatives are told from quotients, and built."""

    def __init__(
        self, builder: TexWalker, subscripts: Subscripts, evaluations: Evaluations, maps: MapValues
    ) -> None:
        self.builder, self.subscripts, self.evaluations = builder, subscripts, evaluations
        self.maps = maps

    # -- fractions

    def fraction(self, items: Items, k: int) -> tuple[Expr, int]:
        """A fraction: a derivative, an operator with all that stands behind it, or a quotient."""
        builder, item = self.builder, items[k][1]
        assert isinstance(item.base, Atom)
        place = builder.span(item.start, item.end)
        above, below = item.base.inside
        found = self.sign(above, below)
        if found is None:
            value: Expr = syntax.Binary(
                builder.span(item.base.start, item.base.end), "/", builder.inside(above),
                builder.inside(below),
            )  # fmt: skip
            return builder.scripts(value, item), k + 1
        if found.subject:
            tree = parsed(builder.source, found.subject)
            if len(tree.terms) > 1:
                raise refusals.not_read(place, "a sum in a derivative: put it in brackets")
            if tree.only is not None and (known := self.maps.found(tree.only)):
                return self.maps.differentiated(known, found.by, found.order, items, k)
            value = self.of(self.subject(tree, place), found, place)
            if not item.scripts:
                return self.evaluations.behind(value, self._known(tree), items, k + 1)
            return builder.scripts(value, item), k + 1
        if item.scripts:
            raise refusals.not_read(place, f"{refusals.shown(place)} is not read")
        return self.operated(
            items, k, lambda free: self._applied(free, k, found, item.start, place)
        )

    def _applied(
        self, items: Items, k: int, found: DerivativeSign, start: int, place: Span
    ) -> tuple[Expr, int]:
        """An operator and all that stands behind `k`."""
        subject, after = self.operand(items, k, place)
        whole = self.builder.span(start, items[after - 1][1].end)
        return self.of(subject, found, whole, operator=True), after

    def operated(
        self, items: Items, k: int, read: Callable[[Items], tuple[Expr, int]]
    ) -> tuple[Expr, int]:
        """What an operator makes; a bar behind the last of its operand is one behind it all."""
        last = items[-1][1]
        bare, bar = without_bar(last)
        if bar is None or len(items) == k + 1:
            return read(items)
        place = self.builder.span(items[k][1].start, last.end)
        if bar.text == CLOSED:
            raise refusals.not_read(place, "a derivative of a value at a point", WRITE)
        value, after = read([*items[:-1], (items[-1][0], bare)])
        if after < len(items):
            return read(items)
        return self.evaluations.at(value, bar, place), after

    def sign(self, above: Tokens, below: Tokens) -> DerivativeSign | None:
        """What a fraction says as a derivative; None where it is a quotient."""
        source = self.builder.source
        top = [a for a in atoms(source, above) if a.kind != "QUAD"]
        bottom = [a for a in atoms(source, below) if a.kind != "QUAD"]
        if not top or len(bottom) < 2 or not _marks(top[0]) or _mark(top[0]) != _mark(bottom[0]):
            return None
        if any(a.text == "/" and _marks(b) for a, b in pairwise(bottom)):
            return None  # a quotient of derivatives, each in one line
        if top[0].kind == "SYMBOL" and self.builder.known.named_d:
            return None
        through = ""
        if bottom[1].kind == "FUNCTION" and len(bottom) > 2:
            through, bottom = bottom[1].text, [bottom[0], *_unbracketed(bottom[2:])]
        if bottom[1].kind not in ("SYMBOL", "GROUP"):
            if bottom[0].kind == "PARTIAL":
                place = self.builder.span(bottom[0].start, bottom[-1].end)
                raise refusals.not_read(place, "by what is differentiated here?")
            return None
        order, rest = 1, top[1:]
        if rest and rest[0].kind == "SUPER":
            order = self._order(rest[0])
            rest = rest[1:]
        return DerivativeSign((*rest,), self._targets(bottom), order, through)

    def _order(self, raised: Atom) -> int:
        found = script(raised.inside[0])
        if found is None or not found.text.isdecimal():
            place = self.builder.span(raised.start, raised.end)
            raise refusals.not_read(place, "the order of a derivative is a number")
        return int(found.text)

    def _targets(self, bottom: Sequence[Atom]) -> tuple[TexItem, ...]:
        """What is differentiated by: a name with its scripts behind each sign."""
        found = []
        k = 0
        while k < len(bottom):
            if not _marks(bottom[k]) or k + 1 >= len(bottom):
                place = self.builder.span(bottom[k].start, bottom[-1].end)
                raise refusals.not_read(place, "by what is differentiated here?")
            end = k + 2
            while end < len(bottom) and bottom[end].kind in ("SUB", "SUPER", "PRIME"):
                end += 1
            only = parsed(self.builder.source, bottom[k + 1 : end]).only
            if only is not None and only.kind == "GROUP" and isinstance(only.base, Atom):
                within = self.builder.tree(only.base.inside[0]).only
                if within is not None:
                    scripts = (*within.scripts, *only.scripts)
                    only = TexItem(within.base, scripts, only.start, only.end)
            if only is None or not symbol(only):
                place = self.builder.span(bottom[k].start, bottom[end - 1].end)
                raise refusals.not_read(place, "a derivative is taken by a name")
            found.append(only)
            k = end
        return (*found,)

    # -- operators

    def refuse_reach(self, run: TexRun, following: TexRun | None) -> None:
        """`d/dx a + b`: refused, unless what is differentiated ends with its bracket."""
        if following is None:
            return
        for k, (_, item) in enumerate(run.items):
            if item.kind == "FRACTION" and isinstance(item.base, Atom):
                found = self.sign(*item.base.inside)
                if found is not None and not found.subject:
                    rest = run.items[k + 1 :]
                    if len(rest) == 1 and rest[0][1].kind == "BRACKET":
                        return
                    if self._operates(following):
                        return
                    span = self.builder.span
                    first = span(rest[0][1].start, run.end) if rest else span(run.end, run.end)
                    place = span(run.start, following.end)
                    sign, more = span(run.start, item.end), span(run.end, following.end)
                    raise refusals.reach(place, *map(refusals.written, (sign, first, more)))

    def _operates(self, run: TexRun) -> bool:
        for _, item in run.items:
            if item.kind in ("NABLA", "PARTIAL"):
                return True
            if item.kind == "FRACTION" and isinstance(item.base, Atom):
                found = self.sign(*item.base.inside)
                if found is not None and not found.subject:
                    return True
        return False

    def operand(self, items: Items, k: int, place: Span) -> tuple[Expr, int]:
        """What an operator stands before: all to the end of the run."""
        rest = items[k + 1 :]
        if not rest:
            raise refusals.not_read(place, f"{refusals.shown(place)} of nothing")
        if rest[0][0] not in ("", "cdot"):
            raise refusals.not_read(place, "a sign stands behind a derivative's")
        bracketed = isinstance(rest[0][1].base, TexBracket) and rest[0][1].base.kind in (
            "(",
            "[",
            r"\{",
        )
        if len(rest) > 1 and bracketed:
            whole = self.builder.span(place.start, rest[-1][1].end)
            first = self.builder.span(place.start, rest[0][1].end).text
            more = self.builder.span(rest[1][1].start, rest[-1][1].end).text
            inner = self.builder.span(rest[0][1].start, rest[-1][1].end).text
            raise refusals.two_readings(
                whole, rf"\left({first}\right) {more}", rf"{place.text}\left[{inner}\right]"
            )
        only = len(rest) == 1 or (len(rest) == 2 and not rest[1][0])
        named = len(rest) == 1 or (only and self.evaluations.names(rest[1][1], raised=False))
        if named and symbol(rest[0][1]):
            self.refuse_unknown_loss(self.subscripts.find(rest[0][1]), rest[0][1])
        inside = [("", rest[0][1]), *rest[1:]]
        read = self.builder.items
        made = self.differentiated(lambda: read(inside)) if only else read(inside)
        called = only and (len(rest) == 1 or isinstance(rest[1][1].base, TexBracket))
        if not called and self.subscripts.is_number(rest[0][1]) and self.builder.shape(made):
            raise self.name_or_more(rest, place)
        return made, len(items)

    def name_or_more(self, rest: Items, place: Span) -> GradcliError:
        r"""`\nabla f g`: of f, or of the product?"""
        name, span = rest[0][1], self.builder.span
        more = span(name.end, rest[-1][1].end).text.strip()
        whole, first = span(place.start, rest[-1][1].end), span(place.start, name.end)
        inner = span(name.start, rest[-1][1].end).text
        return refusals.two_readings(
            whole, rf"\left({first.text}\right) {more}", rf"{place.text}\left({inner}\right)"
        )

    # -- what is written in one line

    def inline(self, items: Items, k: int) -> tuple[Expr, int] | None:
        r"""`\partial L/\partial w`, `dL/dw`: None where no derivative begins here."""
        first = items[k][1]
        if not _item_marks(first) or first.script("SUB") is not None:
            return None
        if first.kind == "SYMBOL" and self.builder.known.named_d:
            return None
        slash = next((j for j in range(k + 1, len(items)) if items[j][0] == "/"), None)
        if slash is None or not _same_mark(first, items[slash][1]) or items[slash][1].scripts:
            return None
        if any(sign for sign, _ in items[k + 1 : slash]) or slash + 1 >= len(items):
            return None
        targets: list[TexItem] = []
        end, bar = slash, None
        while end + 1 < len(items) and _same_mark(first, items[end][1]) and not items[end + 1][0]:
            bare, bar = without_bar(items[end + 1][1])
            targets.append(bare)
            end += 2
            if bar is not None or end >= len(items) or items[end][0]:
                break
        raised = script(first.script("SUPER"))
        order = int(raised.text) if raised is not None and raised.text.isdecimal() else 1
        place = self.builder.span(first.start, items[end - 1][1].end)
        if not all(symbol(each) for each in targets) or not targets:
            raise refusals.not_read(place, "a derivative is taken by a name")
        found = DerivativeSign((), (*targets,), order)
        if slash == k + 1:
            if not items[end:] or bar is not None:
                raise refusals.not_read(place, f"{refusals.shown(place)} of nothing")
            return self.operated(
                items, end - 1, lambda free: self._applied(free, end - 1, found, first.start, place)
            )
        run = TexRun((*[("", items[k + 1][1]), *items[k + 2 : slash]],), items[k + 1][1].start,
                     items[slash - 1][1].end)  # fmt: skip
        tree = TexSum((("", run),), run.start, run.end)
        made = self.of(self.subject(tree, place), found, place)
        if bar is not None:
            return self.evaluations.at(made, bar, place), end
        return self.evaluations.behind(made, self._known(tree), items, end)

    # -- the derivative itself

    def subject(self, tree: TexSum, place: Span) -> Expr:
        """What is differentiated; a name that nobody defines stands for any function."""
        only = tree.only
        if only is not None and symbol(only) and not only.primes:
            found = self.subscripts.find(only)
            self.refuse_unknown_loss(found, only)
        items = tree.terms[0][1].items
        if len(items) == 2 and symbol(items[0][1]) and not items[1][0]:
            found = self.subscripts.find(items[0][1])
            self.refuse_unknown_loss(found, items[0][1])
        return self.differentiated(lambda: self.builder.sum(tree))

    def _known(self, tree: TexSum) -> KnownName | None:
        """What is known of the name that is differentiated."""
        first = tree.terms[0][1].items[0][1]
        return self.subscripts.find(first).known if symbol(first) else None

    def differentiated(self, read: Callable[[], R]) -> R:
        """What a derivative is of, where a loss that nobody defines may stand."""
        before, self.builder.differentiates = self.builder.differentiates, True
        try:
            return read()
        finally:
            self.builder.differentiates = before

    def refuse_unknown_loss(self, found: FoundName, item: TexItem) -> None:
        """A hook for names that are only ever differentiated."""
        named = found.below is None and not found.above and not is_conditional(found.key)
        if found.known is None and named:
            self.builder.only_differentiated(found.key, item)

    def of(
        self, subject: Expr, found: DerivativeSign, place: Span, *, operator: bool = False
    ) -> Expr:
        """The derivative of an expression."""
        if found.order > 1:
            refuse_second(self.builder, subject, place)
        by = [self.target(item, found.order) for item in found.by]
        refuse_fixed(self.builder, subject, [target for target, _ in by], place)
        total = sum(order for _, order in by)
        if total != found.order:
            raise refusals.orders(place, found.order, total)
        made = syntax.Derivative(place, subject, (*by,), found.order, operator)
        self.builder.shape(made)
        if found.through:
            return self._through(made, found)
        if len(by) > 1:
            return made
        return self.laid_out(made, found.order, self._is_row(found.by[0]))

    def _is_row(self, item: TexItem) -> bool:
        r"""Whether a name is differentiated by as a row, `\partial x^\top` or `\partial x^T`."""
        above = script(item.script("SUPER"))
        if above is None or above.transposes:
            return above is not None and not above.text
        return above.text == "T" and self.builder.known.get("T") is None

    def _through(self, made: syntax.Derivative, found: DerivativeSign) -> Expr:
        r"""`\partial \ln y / \partial \ln x`: by the chain rule, of a function of one number."""
        by, place = made.by[0][0], made.span
        if found.order > 1 or len(made.by) > 1 or self.builder.shape(by):
            raise refusals.not_read(place, "a derivative is taken by a name")
        inner = self.builder.call(found.through, place, by)
        return syntax.Binary(place, "/", made, syntax.Derivative(place, inner, ((by, 1),), 1))

    def laid_out(self, made: syntax.Derivative, order: int = 1, turned: bool = False) -> Expr:
        r"""A derivative as it lies on paper, where `\partial x^\top` or a comment makes it a row.

        That of a scalar by a column is a column else; that of a row by a column has a column for
        each entry of the row (J. R. Magnus and H. Neudecker, "Matrix Differential Calculus", 1988).
        """
        builder, place = self.builder, made.span
        of, by = builder.shape(made.subject), builder.shape(made.by[0][0])
        if order > 1 or not by:
            return made
        if of:
            # Of a row by a column, or of a column by a row, where the layout says otherwise.
            column, numerator = len(by) == 1 and not is_row(by), builder.known.probe.numerator
            other = is_row(of) and not turned if numerator else turned and not is_row(of)
            return syntax.Transpose(place, made) if column and other else made
        if builder.known.rows and not turned and len(by) > 1 and not is_row(by):
            message = "a derivative by a matrix, where gradients are rows: transposed or not?"
            raise refusals.not_read(place, message, r"leave out  shape row,  or write entries")
        if turned or (builder.known.rows and len(by) == 1):
            return syntax.Transpose(place, made)
        builder.gradients.add(made)
        return made

    def target(self, item: TexItem, order: int) -> tuple[Expr, int]:
        """What is differentiated by, and how often."""
        builder = self.builder
        place = builder.span(item.start, item.end)
        found = self.subscripts.find(item)
        raised = item.script("SUPER")
        above = script(raised)
        times = 1
        if found.known is not None and found.above and not self._is_row(item):
            if above is not None and above.text.isdecimal():
                times = int(above.text)
                if order == 1 and times > 1:
                    found = self._power_name(item, found, above.text)
                    times = 1
            else:
                raise refusals.power_or_name(place, symbol(item), above.text if above else "")
        elif found.known is None and found.above and above is not None and above.text.isdecimal():
            times = int(above.text)
            if order == 1 and times > 1:
                raise refusals.power_or_name(place, symbol(item), above.text)
        if found.known is None:
            declared = builder.declared_real(found, place)
            if declared is None:
                raise self.subscripts.without_shape(item, found)
            return declared, times
        if found.known.how == "unread":
            raise refusals.unread_name(place, refusals.shown(place), found.known.line)
        if found.known.how in ("letter", "function", "map"):
            raise refusals.not_read(place, f"{refusals.shown(place)} is no variable")
        bare = TexItem(
            item.base, tuple(s for s in item.scripts if s.kind == "SUB"), item.start, item.end
        )
        return self.subscripts.value(bare, found), times

    def _power_name(self, item: TexItem, found: FoundName, above: str) -> FoundName:
        """`\\partial \\sigma^2` under order 1, of a known sigma: which is meant is not said."""
        place = self.builder.span(item.start, item.end)
        raise refusals.power_or_name(place, symbol(item), above)


def _unbracketed(part: Sequence[Atom]) -> Sequence[Atom]:
    return part[1:-1] if part[0].kind == "OPEN" and part[-1].kind == "CLOSE" else part


def _marks(atom: Atom) -> bool:
    return atom.kind == "PARTIAL" or (atom.kind == "SYMBOL" and atom.text == "d")


def _mark(atom: Atom) -> str:
    return "∂" if atom.kind == "PARTIAL" else atom.text


def _item_marks(item: TexItem) -> bool:
    return isinstance(item.base, Atom) and _marks(item.base)


def _same_mark(first: TexItem, second: TexItem) -> bool:
    a, b = first.base, second.base
    return isinstance(a, Atom) and isinstance(b, Atom) and _marks(b) and _mark(a) == _mark(b)
