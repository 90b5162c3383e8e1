"""Formulas become statements: definitions, claims, and the lines that continue them.

Must not know sections, comments or how a row is shown.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Literal, TypeAlias

from gradcli.errors import GradcliError, Source, Span, wrong
from gradcli.language import syntax
from gradcli.language.syntax import Expr
from gradcli.language.tex import refusals
from gradcli.language.tex.atom import Atom, NoFormula
from gradcli.language.tex.bodies import Body, bare, built, looped
from gradcli.language.tex.build import TexBuilder
from gradcli.language.tex.formula import TexBracket, TexItem, TexSum, parsed
from gradcli.language.tex.known import KnownName, KnownNames
from gradcli.language.tex.names import indices, key, script, symbol
from gradcli.language.tex.rows import TexFormula

Read: TypeAlias = tuple[
    Literal["claim", "definition", "condition", "side-condition", "update", "note"], str
]


@dataclass(slots=True)
class StatementMaker:
    """Makes the statements of a section, one formula after another."""

    source: Source
    known: KnownNames
    bodies: list[Body] = field(default_factory=list)
    last: Body | None = None
    lost_line: int = 0
    conditioned: bool = False

    # -- what a formula is

    def formula(self, formula: TexFormula) -> Read:
        """What a formula was read as. GradcliError for what is not read, NoFormula for no claim."""
        signs = [r.text for r in formula.relations]
        if not signs:
            self._end()
            raise NoFormula("an expression")
        if "<-" in signs:
            self._end()
            return "update", "an update, which is not judged"
        if "~" in signs or signs[0] == "in":
            self._end()
            raise NoFormula("another relation")
        for atom in formula.atoms:
            if isinstance(atom.why, NoFormula):
                raise atom.why
        if (signs[0] == ":=" and _recurs(formula)) or self._steps(formula):
            self._end()
            return "update", "an update, which is not judged"
        equal = self._equal(formula, signs)
        if not equal.relations:
            self._end()
            raise NoFormula("another relation")
        if not formula.sides[0]:
            return self._continue(equal)
        self._end()
        return self._equation(equal)

    def _steps(self, formula: TexFormula) -> bool:
        """`a_{t+1} = … a_t …` of a predecessor that is nowhere declared: an update."""
        try:
            only = parsed(self.source, formula.sides[0]).only
        except (GradcliError, NoFormula):
            return False
        below = script(only.script("SUB")) if only is not None and symbol(only) else None
        if only is None or below is None or below.text[1:] != "+1":
            return False
        before = symbol(only), below.text[:-2]
        if key(before[0], "", before[1]) in self.known.names or before[0] in self.known.names:
            return False
        return any(
            a.text == before[0] and b.kind == "SUB" and [t.text for t in b.inside[0]] == [before[1]]
            for side in formula.sides[1:]
            for a, b in pairwise(side)
        )

    def _equal(self, formula: TexFormula, signs: Sequence[str]) -> TexFormula:
        """The sides up to the first relation that is no equality."""
        count = next((k for k, s in enumerate(signs) if s not in ("=", ":=")), len(signs))
        if count == len(signs):
            return formula
        return replace(
            formula, sides=formula.sides[: count + 1], relations=formula.relations[:count]
        )

    def _end(self) -> None:
        self.last, self.lost_line = None, 0

    def lose(self, formula: TexFormula, line: int) -> None:
        """A formula that was not read: its name is not known, and nothing continues it."""
        self.last, self.lost_line = None, line
        name = self._new_name(formula)
        if name is not None and name[0] not in self.known.names:
            self.known.names[name[0]] = KnownName("unread", name[0], line=line)

    def claims(self, formula: TexFormula) -> bool:
        """Whether a formula would be a claim, were it read."""
        if not formula.sides[0]:
            return True
        name = self._new_name(formula)
        return name is None or name[0] in self.known.names

    def inline(self, formula: TexFormula) -> None:
        """A definition in the text; anything else there says nothing."""
        signs = [r.text for r in formula.relations]
        if signs not in (["="], [":="]) or not any(a.kind == "SYMBOL" for a in formula.sides[1]):
            return
        name = self._new_name(formula)
        if name is None or name[0] in self.known.names or self.known.scalars:
            return
        with suppress(GradcliError, NoFormula):
            self._equation(formula)
        self._end()

    # -- equations

    def _equation(self, formula: TexFormula) -> Read:
        name = self._new_name(formula)
        if name is not None and name[0] not in self.known.names:
            self._define(formula, *name)
            if len(formula.sides) > 2:
                return "claim", ""
            return "definition", ""
        body = self._built(formula, lambda builder: self._claim(formula, builder))
        self._keep(body)
        return "claim", ""

    def _new_name(self, formula: TexFormula) -> tuple[str, TexItem, TexBracket | None] | None:
        """The left side as a name, with what it is called with; None where it is none."""
        try:
            tree = parsed(self.source, formula.sides[0])
        except (GradcliError, NoFormula):
            return None
        if len(tree.terms) != 1 or tree.terms[0][0]:
            return None
        items = tree.terms[0][1].items
        first = items[0][1]
        if not symbol(first) or first.primes:
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
            called = base
        elif len(items) > 1:
            return None
        above = script(first.script("SUPER"))
        if above is not None and above.transposes:
            return None
        found = TexBuilder(self.source, self.known).subscripts.find(first)
        if found.known is not None:
            if found.below is None and not found.above and not called:
                return found.key, first, None
            return None
        below = script(first.script("SUB"))
        name = key(symbol(first), above.text if above else "", below.text if below else "")
        if above is not None and not above.labels and not above.text.isdecimal():
            return None
        return name, first, called

    def _define(
        self, formula: TexFormula, name: str, item: TexItem, called: TexBracket | None
    ) -> None:
        self._refuse_partial_derivative(name, item)
        if called is not None:
            parameters = [self._parameter(each) for each in called.sums]
            if any(known is None for _, known in parameters):
                self._function(formula, name, parameters, item, called)
                return
            arguments = (*(known.name for _, known in parameters if known is not None),)
        else:
            arguments = ()
        if indexed := self._indices(formula, item):
            self._family(formula, item, indexed)
            return
        body = self._built(formula, lambda builder: self._node(formula, builder, name, item))
        self._keep(body)
        definition = body.statements[0]
        assert isinstance(definition, syntax.Definition)
        self._defined(name, definition, arguments)

    def _refuse_partial_derivative(self, name: str, item: TexItem) -> None:
        """`Y_K = …` of a defined Y: a derivative by K, or a name?"""
        base = self.known.get(symbol(item))
        below = script(item.script("SUB"))
        if base is None or below is None or base.how not in ("node", "function") or base.rank:
            return
        other = self.known.get(below.text)
        if other is not None and other.how == "input":
            place = Span(self.source, item.start, item.end)
            shown = refusals.shown(place)
            raise refusals.not_read(
                place, f"{shown}: the derivative of {base.name} by {other.name}, or a name?",
                rf"write  \partial {base.name}/\partial {other.name},  or declare {shown}",
            )  # fmt: skip

    def _defined(
        self, name: str, definition: syntax.Definition, arguments: tuple[str, ...]
    ) -> None:
        spelled = definition.name.name
        node = self.known.probe.scope.names.get(spelled)
        rank = len(getattr(node, "shape", ()))
        line = self.source.position(definition.span.start)[0]
        self.known.names[name] = KnownName("node", spelled, rank, arguments, line=line)

    def _parameter(self, tree: TexSum) -> tuple[TexItem, KnownName | None]:
        only = tree.only
        place = Span(self.source, tree.start, tree.end)
        if only is None or not symbol(only):
            raise refusals.not_read(place, "a function is defined at names")
        found = TexBuilder(self.source, self.known).subscripts.find(only)
        if found.above or (found.known is not None and found.below is not None):
            raise refusals.not_read(place, "a function is defined at names")
        return only, found.known

    def _function(
        self,
        formula: TexFormula,
        name: str,
        parameters: Sequence[tuple[TexItem, KnownName | None]],
        item: TexItem,
        called: TexBracket,
    ) -> None:
        """`f(x) = …` of x that nobody declared: a function, and x a real."""
        if len(formula.sides) > 2:
            place = Span(self.source, formula.start, formula.end)
            raise refusals.not_read(place, "a function is defined by one side")
        names = []
        for each, known in parameters:
            below = script(each.script("SUB"))
            spelled = key(symbol(each), "", below.text if below else "")
            place = Span(self.source, each.start, each.end)
            if known is None:
                self.known.declare_real(spelled, place)
            names.append(syntax.Name(place, self.known.names[spelled].name))
        left = Span(self.source, item.start, called.sums[-1].end + 1)
        head = syntax.Name(Span(self.source, item.start, item.end), self._free_name(name))
        whole = Span(self.source, formula.start, formula.end)

        def make(builder: TexBuilder) -> list[syntax.Statement]:
            value = builder.side(formula.sides[1])
            side = syntax.Side("=", value, _place(self.source, formula.sides[1]))
            claim = syntax.Claim(whole, syntax.Call(left, head, (*names,), ()), left, (side,))
            return [syntax.FunctionDefinition(whole, head, (*names,), value, claim)]

        body = self._built(formula, make)
        self._keep(body)
        line = self.source.position(formula.start)[0]
        self.known.names[name] = KnownName(
            "function", head.name, 0, (*(n.name for n in names),), line=line
        )
        self.last = None

    def _free_name(self, name: str) -> str:
        """The name of the language, which is none of its functions."""
        from gradcli.ops import FUNCTIONS  # noqa: PLC0415 only a run needs it

        spelled = self.known.spelled(name)
        if spelled in FUNCTIONS:
            self.known.taken[name] = spelled = f"{spelled}_own"
        return spelled

    def _indices(self, formula: TexFormula, item: TexItem) -> list[str]:
        """The letters of a left side whose indices all run on the right side."""
        below = script(item.script("SUB"))
        if below is None or below.word or item.script("SUPER") is not None:
            return []
        parts = indices(below)
        letters = [p[0].text for p in parts if len(p) == 1 and p[0].text.isalpha()]
        if len(letters) != len(parts) or any(x in self.known.names for x in letters):
            return []
        right = {t.text for side in formula.sides[1:] for a in side for p in a.inside for t in p}
        right |= {a.text for side in formula.sides[1:] for a in side}
        return letters if {*letters} <= right else []

    def _family(self, formula: TexFormula, item: TexItem, letters: list[str]) -> None:
        base = symbol(item)
        name = self._free_name(base)

        def make(builder: TexBuilder) -> list[syntax.Statement]:
            assert isinstance(item.base, Atom)
            for letter in letters:
                builder.opened(letter)
            value = builder.side(formula.sides[1])
            place = Span(self.source, item.start, item.end)
            members = (*(syntax.Name(place, letter) for letter in letters),)
            head = syntax.Name(Span(self.source, item.base.start, item.base.end), name)
            left = syntax.Index(place, head, members)
            whole = Span(self.source, formula.start, formula.end)
            sides = [syntax.Side("=", value, _place(self.source, formula.sides[1]))]
            sides += self._sides(formula.sides[2:], builder)
            claim = syntax.Claim(whole, left, place, (*sides,))
            return [syntax.Definition(whole, head, members, value, claim)]

        body = self._built(formula, make)
        ranges = {letter: (low, high) for letter, low, high in body.ranges}
        line = self.source.position(formula.start)[0]
        self.known.names[base] = KnownName(
            "family", name, len(letters), ranges=(*(ranges[x] for x in letters),), line=line
        )
        self._keep(body)

    def _node(
        self, formula: TexFormula, builder: TexBuilder, name: str, item: TexItem
    ) -> list[syntax.Statement]:
        value = builder.side(formula.sides[1])
        sides = [syntax.Side("=", value, _place(self.source, formula.sides[1]))]
        sides += self._sides(formula.sides[2:], builder)
        left = _place(self.source, formula.sides[0])
        head = syntax.Name(Span(self.source, item.start, item.end), self._free_name(name))
        whole = Span(self.source, formula.start, formula.end)
        claim = syntax.Claim(whole, head, left, (*sides,))
        return [syntax.Definition(whole, head, (), value, claim)]

    def _claim(self, formula: TexFormula, builder: TexBuilder) -> list[syntax.Statement]:
        builder.opens = True
        left = builder.side(formula.sides[0])
        builder.opens = False
        sides = self._sides(formula.sides[1:], builder)
        self._refuse_row(builder, left, sides)
        whole = Span(self.source, formula.start, formula.end)
        place = _place(self.source, formula.sides[0])
        return [syntax.Claim(whole, left, place, (*sides,))]

    def _refuse_row(self, builder: TexBuilder, left: Expr, sides: Sequence[syntax.Side]) -> None:
        """A gradient, which is a column here, against a row."""
        if left not in builder.gradients:
            return
        for side in sides:
            if len(builder.shape(left)) == 1 and len(builder.shape(side.value)) == 2:
                message = "a gradient, which is a column here, against a row"
                help = "say it:  % gradcli: shape row"
                raise wrong("G023", message, side.span, help=help)

    def _sides(self, sides: Sequence[list[Atom]], builder: TexBuilder) -> list[syntax.Side]:
        return [syntax.Side("=", builder.side(side), _place(self.source, side)) for side in sides]

    # -- lines that go on

    def _continue(self, formula: TexFormula) -> Read:
        if self.last is None:
            place = Span(self.source, formula.start, formula.end)
            if self.lost_line:
                message = f"line {self.lost_line}, which this goes on with, was not read"
                raise wrong("G022", message, place)
            raise wrong("G022", "there is nothing above that this line continues", place)
        body = self.last
        whole = Span(self.source, formula.start, formula.end)

        def make(builder: TexBuilder) -> list[syntax.Statement]:
            builder.goes_on(body.builder)
            return [syntax.Continuation(whole, (*self._sides(formula.sides[1:], builder),))]

        body.statements += self._built(formula, make).statements
        return "claim", ""

    def _built(
        self, formula: TexFormula, make: Callable[[TexBuilder], Sequence[syntax.Statement]]
    ) -> Body:
        return built(self.source, self.known, Span(self.source, formula.start, formula.end), make)

    def _keep(self, body: Body) -> None:
        """The statements are part of the section from now on, and its names known."""
        first = body.statements[0]
        if isinstance(first, syntax.Definition):
            self._read(looped(body, [bare(first)]))
        elif isinstance(first, syntax.FunctionDefinition):
            self._read(first)
        self.bodies.append(body)
        self.last = body

    def _read(self, statement: syntax.Statement) -> None:
        if found := self.known.probe.read(statement):
            raise GradcliError(*found)

    def statements(self) -> list[syntax.Statement]:
        """All statements in their order."""
        return [
            each
            for body in self.bodies
            for each in ([looped(body, body.statements)] if body.ranges else body.statements)
        ]


def _place(source: Source, side: Sequence[Atom]) -> Span:
    return Span(source, side[0].start, side[-1].end)


def _recurs(formula: TexFormula) -> bool:
    """Whether the left side stands on the right as well."""
    left = [a.text for a in formula.sides[0]]
    right = [a.text for a in formula.sides[1]]
    return any(right[k : k + len(left)] == left for k in range(len(right)))
