r"""Differentials: `dL = 2 x^\top dx`, `\mathrm{d}(X^{-1})`, along those of inputs that are written.

Must not know derivatives in fractions, nor how one is computed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import reduce

from gradcli.errors import Source, Span
from gradcli.language.tex import refusals
from gradcli.language.tex.atom import Atom, NoFormula
from gradcli.language.tex.atoms import atoms
from gradcli.language.tex.formula import TexItem
from gradcli.language.tex.known import KnownName, in_reals
from gradcli.language.tex.names import key, script, symbol
from gradcli.language.tex.rows import TexFormula
from gradcli.language.tex.subscripts import Subscripts
from gradcli.language.tex.walker import Items, TexWalker
from gradcli.language.tree import syntax
from gradcli.language.tree.syntax import Expr

SIGN = "d"
ALONG = "jvp"


class WrittenDifferentials:
    """How a `d` before something is read; what has no differential beside it is constant."""

    def __init__(self, builder: TexWalker, subscripts: Subscripts) -> None:
        self.builder, self.subscripts = builder, subscripts

    def begins(self, items: Items, k: int) -> bool:
        """Whether a differential begins here."""
        known, item = self.builder.known, items[k][1]
        if symbol(item) != SIGN or item.scripts or known.get(SIGN) is not None:
            return False
        return bool(known.varied) and k + 1 < len(items) and not items[k + 1][0]

    def refuse_size(self, formula: TexFormula) -> None:
        """`dk = … dx` where d is a size: a product with it, or a differential?"""
        known = self.builder.known.get(SIGN)
        if known is None or known.how != "letter" or not formula.sides[0]:
            return
        source, (left, *right) = self.builder.source, formula.sides
        begins = _is_sign(left[0]) and any(_varied(source, left))
        if begins and any(x for side in right for x in _varied(source, side)):
            place = self.builder.span(formula.start, formula.end)
            message = "d is a size here: a product with it, or a differential?"
            raise refusals.not_read(place, message, "call the size by another letter")

    def visit(self, items: Items, k: int) -> tuple[Expr, int]:
        """`dX`, `dL`, `d(…)`: the value, and where the next factor begins."""
        builder, sign, item = self.builder, items[k][1], items[k + 1][1]
        if symbol(item):
            found = self.subscripts.find(item)
            self._refuse_power(sign, item)
            if found.known is not None and found.known.how == "input":
                place = builder.span(sign.start, item.end)
                own = self._own(found.known, place)
                name = syntax.Name(place, own.name)
                value: Expr = name
                if found.below is not None:
                    value = self.subscripts.entry(name, own, found.below, place)
                rest = TexItem(item.base, found.above, item.start, item.end)
                return builder.scripts(value, rest), k + 2
        subject, after = builder.factor([("", items[k + 1][1]), *items[k + 2 :]], 0)
        place = builder.span(sign.start, items[k + after][1].end)
        return self._along(subject, place), k + 1 + after

    def _refuse_power(self, sign: TexItem, item: TexItem) -> None:
        """`dX^{-1}`, `dx^2`: of the power, or the power of the differential?"""
        above = script(item.script("SUPER"))
        if above is None or (above.transposes and not above.text):
            return
        found = self.subscripts.find(item)
        if not found.above:
            return
        text = self.builder.span(item.start, item.end).text
        name = self.builder.span(item.start, item.scripts[0].start).text
        place = self.builder.span(sign.start, item.end)
        raise refusals.two_readings(place, f"d({text})", f"(d{name})^{{{above.text}}}")

    def _along(self, subject: Expr, place: Span) -> Expr:
        """The derivative of an expression along the differentials of its inputs."""
        builder, known = self.builder, self.builder.known
        inside = builder.inputs_of(subject)
        inputs = {n.name: (k, n) for k, n in known.names.items() if n.how == "input"}
        moving = [n for n in inside if n in inputs and inputs[n][0] in known.varied]
        written = [n for n in moving if inputs[n][0] in builder.varied]
        if not moving:
            message = f"{refusals.shown(place)}: along which variable? its differential is missing"
            raise refusals.not_read(place, message)
        if written and written != moving:
            other = next(n for n in moving if n not in written)
            message = (
                f"d{other} stands elsewhere in this section, and not here: is {other} constant?"
            )
            raise refusals.not_read(place, message, f"write the term with  d{other},  or a section")
        terms: list[Expr] = []
        for name in moving:
            x = syntax.Name(place, name)
            dx = syntax.Name(place, self._own(inputs[name][1], place).name)
            terms.append(builder.call(ALONG, place, subject, x, dx))
        made = reduce(lambda a, b: syntax.Binary(place, "+", a, b), terms)
        builder.shape(made)
        return made

    def _own(self, known: KnownName, place: Span) -> KnownName:
        """The differential of an input, declared where it is first met."""
        names = self.builder.known
        if known.name not in names.differentials:
            dims = self.builder.shape(syntax.Name(place, known.name))
            sizes = names.probe.extents(dims, place)
            if sizes is None:
                raise refusals.no_shape(place, refusals.shown(place))
            spelled = names.spelled(f"{SIGN}{known.name}")
            names.declare(in_reals(spelled, sizes, place))
            names.differentials[known.name] = KnownName("input", spelled, len(dims), place=place)
        return names.differentials[known.name]


def varied(source: Source, formula: TexFormula) -> set[str]:
    """The keys of names behind a `d` that stands in no derivative."""
    found: set[str] = set()
    if not any(isinstance(a.why, NoFormula) for a in formula.atoms):
        for side in formula.sides:
            found |= {*_varied(source, side)}
    return found


def _varied(source: Source, side: Sequence[Atom]) -> Iterator[str]:
    for k, atom in enumerate(side):
        if atom.kind == "FRACTION":
            parts = [atoms(source, part) for part in atom.inside]
            if not all(part and _is_sign(part[0]) for part in parts):
                for part in parts:
                    yield from _varied(source, part)
        elif atom.kind in ("GROUP", "ROOT"):
            for tokens in atom.inside:
                yield from _varied(source, atoms(source, tokens))
        elif _is_sign(atom) and k + 1 < len(side) and side[k + 1].kind == "SYMBOL":
            if _in_quotient(side, k):
                continue
            name = side[k + 1].text
            yield name
            if k + 2 < len(side) and side[k + 2].kind == "SUB":
                below = script(side[k + 2].inside[0])
                yield key(name, "", below.text if below else "")


def _is_sign(atom: Atom) -> bool:
    return atom.kind == "SYMBOL" and atom.text == SIGN


def _in_quotient(side: Sequence[Atom], k: int) -> bool:
    """`dL/dx`: whether a slash stands before this `d`, or behind its name, and a `d` beyond it."""
    end = k + 2
    while end < len(side) and side[end].kind in ("SUB", "SUPER", "PRIME"):
        end += 1
    before = k > 0 and side[k - 1].kind == "OPERATOR" and side[k - 1].text == "/"
    behind = end + 1 < len(side) and side[end].text == "/" and _is_sign(side[end + 1])
    return before or behind
