r"""Nablas and partial signs before what they differentiate: `\nabla_w L`, `\partial_x u`.

Must not know how derivatives stand in fractions, nor how one is computed.
"""

from __future__ import annotations

from dataclasses import replace

from gradcli.errors import Span
from gradcli.language.tex import refusals
from gradcli.language.tex.atom import plain
from gradcli.language.tex.derivatives import Derivatives
from gradcli.language.tex.fixed import refuse_fixed, refuse_second
from gradcli.language.tex.formula import TexBracket, TexItem
from gradcli.language.tex.known import FoundName
from gradcli.language.tex.names import Script, indices, script, symbol
from gradcli.language.tex.walker import Items
from gradcli.language.tree import syntax
from gradcli.language.tree.syntax import Expr

GRADIENTS = {1: "grad", 2: "hessian"}
FIELDS = {"cdot": "divergence", "times": "curl"}
"""What a nabla makes of a vector behind a sign of products."""


def _without_transpose(rest: Items) -> tuple[Items, TexItem | None]:
    """A call without the transpose behind it, which is that of its gradient; and what bore it."""
    bracket = rest[1][1]
    above = script(bracket.script("SUPER"))
    if above is None or not (above.transposes or above.text == "T"):
        return rest, None
    kept = (*(each for each in bracket.scripts if each.kind != "SUPER"),)
    return [rest[0], (rest[1][0], replace(bracket, scripts=kept)), *rest[2:]], bracket


class Nablas:
    """How what stands behind a nabla is differentiated."""

    def __init__(self, derivatives: Derivatives) -> None:
        self.derivatives = derivatives
        self.builder, self.subscripts = derivatives.builder, derivatives.subscripts
        self.evaluations = derivatives.evaluations

    def operator(self, items: Items, k: int) -> tuple[Expr, int]:
        r"""`\nabla_w L`, `\nabla^2 f(x)`, `\partial_x u`."""
        return self.derivatives.operated(items, k, lambda free: self._operator(free, k))

    def _operator(self, items: Items, k: int) -> tuple[Expr, int]:
        builder, item = self.builder, items[k][1]
        place = builder.span(item.start, item.end)
        below, above = script(item.script("SUB")), script(item.script("SUPER"))
        if any(s.kind in ("PRIME", "AT") for s in item.scripts):
            raise refusals.not_read(place, f"{refusals.shown(place)} is not read")
        times = int(above.text) if above is not None and above.text.isdecimal() else 1
        if above is not None and (not above.text.isdecimal() or times > 2):
            raise refusals.not_read(place, f"{refusals.shown(place)} is not read")
        rest = items[k + 1 :]
        if item.kind == "PARTIAL":
            return self._partial(items, k, times)
        if rest and rest[0][0] in FIELDS:
            return self._of_field(items, k, place)
        subject_args: tuple[str, ...] = ()
        outer: TexItem | None = None
        if rest and not rest[0][0] and symbol(rest[0][1]):
            # A name, with what it is called with, is all that is differentiated.
            if below is None and (function := self.derivatives.maps.found(rest[0][1])):
                return self.derivatives.maps.gradient(function, times, items, k + 1, place)
            found = self.subscripts.find(rest[0][1])
            subject_args = found.known.arguments if found.known else ()
            self.derivatives.refuse_unknown_loss(found, rest[0][1])
            called = len(rest) > 1 and self._called(found, rest)
            if called and below is None and times == 1 and (at := self._at(found, rest, place)):
                return at, k + 3
            number = self.subscripts.is_number(rest[0][1])
            if len(rest) > 1 and (called or (number and self._is_itself(found, rest))):
                called, (rest, outer) = True, _without_transpose(rest)
            if number and len(rest) > 1 and not (called or rest[1][0]):
                raise self.derivatives.name_or_more(rest, place)
            if called or len(rest) == 1 or (number and rest[1][0]):
                called_with = rest[: 1 + called]
                subject, after = self.derivatives.differentiated(
                    lambda: builder.factor(called_with, 0)
                )
                after += k + 1
            else:
                subject, after = self.derivatives.operand(items, k, place)
        else:
            subject, after = self.derivatives.operand(items, k, place)
        whole = builder.span(item.start, items[after - 1][1].end)
        if below is not None and "," in below.text:
            return self._by_several(below, subject, times, whole), after
        target = self._nabla_target(item, below is not None, subject, subject_args, place)
        refuse_fixed(builder, subject, [target], whole)
        if times == 2:
            refuse_second(builder, subject, whole)
            second = builder.call("hessian", whole, subject, target)
            builder.seconds.add(second)
            return second, after
        made = self.derivatives.laid_out(syntax.Derivative(whole, subject, ((target, 1),), 1))
        return (builder.scripts(made, outer) if outer is not None else made), after

    def _by_several(self, below: Script, subject: Expr, times: int, whole: Span) -> Expr:
        r"""`\nabla_{x, y} f`: the derivatives by numbers, in one column; with a 2, the Hessian."""
        builder, targets = self.builder, []
        for tokens in indices(below):
            only = builder.tree(tokens).only
            if only is None or not symbol(only):
                raise refusals.not_read(whole, "a derivative is taken by names")
            targets.append(self.derivatives.target(only, 1)[0])
        if builder.known.rows or any(builder.shape(each) for each in targets):
            message = "a gradient by several arrays, or in a row, is not read"
            raise refusals.not_read(whole, message, "write one row for each of them")
        refuse_fixed(builder, subject, targets, whole)
        made = builder.call(GRADIENTS[times], whole, subject, syntax.Array(whole, (*targets,)))
        if times > 1:
            refuse_second(builder, subject, whole)
            builder.seconds.add(made)
        builder.shape(made)
        return made

    def _of_field(self, items: Items, k: int, place: Span) -> tuple[Expr, int]:
        r"""`\nabla \cdot F`, `\nabla \times F`: the divergence and the curl of a vector."""
        builder, item = self.builder, items[k][1]
        name = FIELDS[items[k + 1][0]]
        rest = [("", items[k + 1][1]), *items[k + 2 :]]
        subject = builder.items(rest)
        whole = builder.span(item.start, items[-1][1].end)
        if item.script("SUPER") is not None or not builder.shape(subject):
            raise refusals.not_read(whole, f"{refusals.shown(whole)} is not read")
        written = item.script("SUB") is not None
        target = self._nabla_target(item, written, subject, (), place)
        made = builder.call(name, whole, subject, target)
        builder.shape(made)
        return made, len(items)

    def _at(self, found: FoundName, rest: Items, place: Span) -> Expr | None:
        r"""`\nabla f(u)`: the gradient of a function of one variable, at u; None elsewhere."""
        known, bracket = found.known, rest[1][1]
        assert known is not None
        if len(known.arguments) != 1 or not isinstance(bracket.base, TexBracket):
            return None
        own = syntax.Name(place, known.arguments[0])
        value: Expr = syntax.Name(self.builder.span(rest[0][1].start, rest[0][1].end), known.name)
        if known.how == "function":
            value = syntax.Call(place, syntax.Name(place, known.name), (own,), ())
        whole = place.to(self.builder.span(bracket.start, bracket.end))
        derived = self.derivatives.laid_out(syntax.Derivative(whole, value, ((own, 1),), 1))
        made = self.evaluations.applied(derived, known.arguments, bracket.base.sums, whole)
        return self.builder.scripts(made, bracket)

    def _called(self, found: FoundName, rest: Items) -> bool:
        known, bracket = found.known, rest[1][1].base
        return (
            known is not None
            and not rest[1][0]
            and isinstance(bracket, TexBracket)
            and (bool(known.arguments) or known.how in ("function", "map", "loss"))
        )

    def _is_itself(self, found: FoundName, rest: Items) -> bool:
        r"""Whether brackets behind a name say what it is made of, as in `\nabla_w L(w)^\top d`."""
        name, bracket = rest[0][1], rest[1][1]
        if rest[1][0] or not isinstance(bracket.base, TexBracket) or found.known is None:
            return False
        made = syntax.Name(self.builder.span(name.start, name.end), found.known.name)
        bare = found.known.how == "node" and self.evaluations.bare(bracket.base.sums)
        return bare and bool(self.evaluations.itself(made, name.end, replace(bracket, scripts=())))

    def _nabla_target(
        self, item: TexItem, written: bool, subject: Expr, arguments: tuple[str, ...], place: Span
    ) -> Expr:
        builder = self.builder
        if written:
            tokens = item.script("SUB")
            assert tokens is not None
            only = builder.tree(tokens).only
            if only is None or not symbol(only):
                raise refusals.not_read(place, "a derivative is taken by a name")
            return self.derivatives.target(only, 1)[0]
        if len(arguments) == 1:
            return syntax.Name(place, arguments[0])
        arrays = [
            name for name in builder.inputs_of(subject) if builder.shape(syntax.Name(place, name))
        ]
        if len(arrays) != 1:
            given = builder.inputs_of(subject)
            raise refusals.by_what(place, [name for name in given if name in (arrays or [name])])
        return syntax.Name(place, arrays[0])

    def _partial(self, items: Items, k: int, times: int) -> tuple[Expr, int]:
        r"""`\partial_x u`, `\partial_{xy} u`, `\partial_x^2 u`."""
        builder, item = self.builder, items[k][1]
        place = builder.span(item.start, item.end)
        tokens = item.script("SUB")
        if tokens is None:
            raise refusals.not_read(place, r"\partial stands in no derivative")
        places = "".join(token.text for token in plain(tokens))
        function = self.derivatives.maps.found(items[k + 1][1]) if k + 1 < len(items) else None
        if function is not None and places.isdecimal():
            return self.derivatives.maps.by_places(function, places * times, items, k + 1, place)
        targets = []
        for part in plain(tokens):
            only = builder.tree([part]).only
            if only is None or not symbol(only):
                raise refusals.not_read(place, f"{refusals.shown(place)} is not read")
            targets.append(only)
        subject, after = self.derivatives.operand(items, k, place)
        whole = builder.span(item.start, items[after - 1][1].end)
        by = tuple((self.derivatives.target(each, 1)[0], times) for each in targets)
        return syntax.Derivative(whole, subject, by, times * len(by)), after
