"""Statements become vertices: definitions, functions, families, loops, declared inputs.

Must not know what a program is for, nor how values are computed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from gradcli import work
from gradcli.calculus.core import CONSTANT, COPY, INPUT, SIZE, number
from gradcli.errors import Diagnostic, GradcliError, Span, diagnostics_of, wrong
from gradcli.graph.dimensions import Dimensions
from gradcli.graph.node import Label, Node, labelled, make
from gradcli.graph.shape import Dim, Letters
from gradcli.graph.space import SYMMETRIC, Space
from gradcli.language.documents.sections import all_statements
from gradcli.language.elaboration.deriving import Shadowed
from gradcli.language.elaboration.elaborate import Elaborator
from gradcli.language.elaboration.letters import about_letters, always, conditions_of, counts
from gradcli.language.elaboration.lifting import rests_on
from gradcli.language.elaboration.members import member_name
from gradcli.language.elaboration.primes import declares_functions
from gradcli.language.elaboration.scope import (
    FAILED,
    AbstractFunction,
    Failed,
    Family,
    Meaning,
    Scope,
    UserFunction,
)
from gradcli.language.elaboration.sets import functions, space
from gradcli.language.elaboration.walk import NeedsSize
from gradcli.language.tree import syntax
from gradcli.ops.selection import taken as chosen

# What may only follow from a statement that could not be read: its names and members are missing.
FOLLOWING = ("G007", "G010", "G012")


def vertex(node: Node, name: str) -> Node:
    """A vertex of its own under a user's name, never merged with an equal expression or alias."""
    if node.label or node.op in (INPUT, CONSTANT, SIZE):
        return make(COPY, node, label=Label(name))
    return labelled(node, name)


class Reader:
    """Statements one after another; mistakes are collected, and reading goes on behind them."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.elaborator = Elaborator(scope)
        self.vertices: dict[str, Node] = {}
        self.errors: list[Diagnostic] = []
        self.declared: dict[str, tuple[Space, Span]] = {}
        self.shared: frozenset[str] = frozenset()
        self.letters: frozenset[str] = frozenset()
        self.conditions: list[Dim] = []
        self.complained: tuple[int, ...] = ()
        self.skips = False

    def read(self, statements: Iterable[syntax.Statement], local: dict[str, Meaning]) -> None:
        """Read statements in order; `local` are the loop variables around them.

        Mistakes are collected in `errors`. Shadowed ends the reading, and NeedsSize, unless it
        `skips` what needs one.
        """
        for statement in statements:
            try:
                if self._broken(statement):
                    raise Failed
                with work.part(statement.span.start):
                    self._statement(statement, local)
            except Failed:
                self._fail(statement)
            except NeedsSize:
                if not self.skips:
                    raise
                for each in all_statements([statement]):
                    self._fail(each)
            except Shadowed:
                raise
            except Exception as error:
                work.current.spend(work.COMPLAINT, "complaints")
                self.errors.extend(diagnostics_of(error, statement.span))
                self._fail(statement)

    def _broken(self, statement: syntax.Statement) -> bool:
        """Whether this has been complained of, so that what was read of it means nothing."""
        span = statement.span
        whole = isinstance(statement, syntax.Loop)
        return not whole and any(
            span.start <= place < max(span.end, span.start + 1) for place in self.complained
        )

    def _fail(self, statement: syntax.Statement) -> None:
        if isinstance(statement, syntax.Definition | syntax.FunctionDefinition):
            self.scope.names[statement.name.name] = FAILED
        elif isinstance(statement, syntax.Declaration):
            self.scope.names |= dict.fromkeys((name.name for name in statement.names), FAILED)

    def _statement(self, statement: syntax.Statement, local: dict[str, Meaning]) -> None:
        match statement:
            case syntax.Definition():
                self._define(statement, local)
            case syntax.FunctionDefinition():
                self._unused(statement.name)
                function = UserFunction(statement, dict(local) | dict(self.scope.names))
                self.scope.names[statement.name.name] = function
            case syntax.Loop():
                self._loop(statement, local)
            case syntax.Condition() if about_letters(statement.value, self.letters):
                self._condition(statement)
            case syntax.Declaration():
                inputs = statement.names
                if counts(statement):
                    inputs = (*(name for name in inputs if name.name not in self.letters),)
                if len(inputs) < len(statement.names):
                    self._condition(statement)
                if inputs:
                    self._declare(replace(statement, names=inputs))
            case syntax.Convention():
                self.elaborator.tied = statement.name.name == "symmetric"
            case syntax.Layout():
                self.elaborator.layout = statement.name.name

    def _condition(self, statement: syntax.Condition | syntax.Declaration) -> None:
        """What is said of dimension letters, which this may be the first to name."""
        self._require_sizes(conditions_of(statement, self.letters), statement.span)

    def _require_sizes(self, more: Sequence[Dim], place: Span) -> None:
        """GradcliError unless some sizes meet these conditions and those before."""
        conditions = [*self.conditions, *more]
        known = [c for c in conditions if isinstance(c, Letters)]
        names = {x for condition in known for term, _ in condition.terms for x in term}
        never = any(isinstance(c, int) and c < 0 for c in conditions)
        if never or not any(
            True for _ in Dimensions(conditions=(*known,)).small(sorted(names), {})
        ):
            message = "this set is empty: no size meets this and the conditions above"
            raise wrong("G014", message, place, label="a size is 1 or more")
        self.conditions = conditions
        self.scope.letters |= dict.fromkeys(sorted(names))

    def required(self, said: Dimensions) -> Dimensions:
        """What is said of the letters, with what axes come to now that they have been read: of
        n - k, where k is defined, the text alone says nothing."""
        read = (condition for condition in self.conditions if isinstance(condition, Letters))
        return replace(said, conditions=(*dict.fromkeys((*said.conditions, *read)),))

    def _declare(self, statement: syntax.Declaration) -> None:
        if declares_functions(statement):
            shapes = functions(statement.set, self.elaborator)
            for name in statement.names:
                self._unused(name)
                self.scope.names[name.name] = AbstractFunction(name.name, *shapes)
            return
        found = space(statement.set, self.elaborator, self.letters)
        varying = [dim for dim in found.shape if isinstance(dim, Letters) and not always(dim)]
        if varying:
            self._require_sizes(varying, statement.set.span)
        for name in statement.names:
            if name.name in self.declared and name.name not in self.shared:
                if self.scope.names.get(name.name) is FAILED:
                    raise Failed
                help = 'a line  derivation "…"  above it begins another, with names of its own'
                raise wrong("G007", f"{name.name} is declared twice", name.span, help=help)
            self._unused(name)
            node = self.scope.declare(name.name, found.shape)
            if self.scope.sets is not None:
                self.scope.sets[name.name] = found
            self.elaborator.symmetric.discard(node)
            if found.kind in SYMMETRIC:
                self.elaborator.symmetric.add(node)
            self.declared[name.name] = found, statement.set.span

    def _define(self, statement: syntax.Definition, local: dict[str, Meaning]) -> Node:
        name = statement.name.name
        if self.scope.names.get(name) is FAILED:
            raise Failed
        if not statement.indices:
            self._unused(statement.name)
            node = vertex(self.elaborator.node(statement.value, local), name)
            if name in self.scope.inputs:
                message = f"{name} stands in its own definition"
                help = "it is an input there: give what is made of it another name"
                raise wrong("G007", message, statement.name.span, help=help)
            self.scope.names[name] = self.vertices[name] = node
        elif (lifted := self._lifted(statement, local)) is not None:
            return lifted
        else:
            family = self.scope.names.setdefault(name, Family())
            if not isinstance(family, Family) or name in self.scope.shapes:
                kind = "an input" if name in self.scope.shapes else "defined above as a whole"
                raise wrong(
                    "G007",
                    f"{name} is {kind}: its entries cannot be defined one by one",
                    statement.name.span,
                    help="give the family a name of its own",
                )
            at = tuple(self.elaborator.whole(index, local) for index in statement.indices)
            title = member_name(name, at)
            place = statement.name.span.to(statement.indices[-1].span)
            if family.members and len(at) != family.rank:
                known = member_name(name, next(iter(family.members)))
                message = f"{known} and {title} cannot be members of one family"
                help = "all members have as many indices; give one of the two another name"
                raise wrong("G012", message, place, help=help)
            if at in family.members:
                first = self.elaborator.spans.get(family.members[at])
                raise wrong(
                    "G007",
                    f"{title} is defined twice",
                    place,
                    help="give this one another index or another name; a claim about it is "
                    f"turned round:  … = {title}",
                    marks=((first, "the first definition"),) if first else (),
                )
            node = vertex(self.elaborator.node(statement.value, local), title)
            family.members[at] = self.vertices[title] = node
        self.elaborator.place(node, statement.value.span)
        return node

    def _lifted(self, statement: syntax.Definition, local: dict[str, Meaning]) -> Node | None:
        """A member at any index, of a family that is defined for all of them at once."""
        lifting = self.elaborator.lifting
        if lifting is None:
            return None
        at = [self.elaborator.node(index, local) for index in statement.indices]
        if not rests_on(at, lifting.counts):
            return None
        if (places := lifting.places(at)) is None:
            raise NeedsSize
        name, before = statement.name.name, len(self.elaborator.derived)
        indices = [index for index, _ in places]
        node = lifting.along(self.elaborator.node(statement.value, local), indices)
        taken = [v for d in self.elaborator.derived[before:] for v in (d.of, d.node)]
        if node is None or name in self.scope.names or rests_on([node, *taken], lifting.counts):
            raise NeedsSize
        self.scope.names[name] = self.vertices[name] = array = vertex(node, name)
        lifting.begins[array] = (*(first for _, first in places),)
        return chosen(array, indices)

    def _all_known(self, statement: syntax.Definition, local: Mapping[str, Meaning]) -> None:
        """NeedsSize where one more member may be meant of a family that was read at once."""
        if (lifting := self.elaborator.lifting) and statement.name.name in self.vertices:
            places = lifting.places(
                [self.elaborator.node(index, dict(local)) for index in statement.indices]
            )
            from_zero = (0,) * len(statement.indices)
            begins = lifting.begins.get(self.vertices[statement.name.name], from_zero)
            if places is None or begins != (*(first for _, first in places),):
                raise NeedsSize

    def _unused(self, name: syntax.Name) -> None:
        """GradcliError unless the name is free here; what all derivations share may be shadowed."""
        text = name.name
        if text in self.shared:
            if text in self.scope.used:
                help = "put this line above its first use, or choose another name"
                raise wrong("G007", f"{text} is used above as all derivations share it", name.span,
                            help=help)  # fmt: skip
            self.scope.shadow(text)
            self.declared.pop(text, None)
            self.shared -= {text}
            return
        if self.scope.names.get(text) is FAILED:
            raise Failed
        if text in self.scope.names:
            raise self._defined_twice(name)
        if text in self.scope.shapes:
            message = f"{text} is given a value and defined as well"
            help = f"take {text} out of the point, or give the definition another name"
            if text in self.declared:
                message = f"{text} is declared as an input and defined as well"
                help = f"leave it out of the declaration, or give its value:  at {text} = …"
            raise wrong("G007", message, name.span, help=help)
        if text in self.scope.inputs:
            message = f"{text} is used above as an input"
            raise wrong("G007", message, name.span, help="choose another name")

    def _defined_twice(self, name: syntax.Name) -> GradcliError:
        return wrong("G007", f"{name.name} is defined twice", name.span, help="choose another name")

    def _loop(self, statement: syntax.Loop, local: dict[str, Meaning]) -> bool:
        """Read the body for every turn; whether there is one."""
        if (lifting := self.elaborator.lifting) and not statement.condition:
            ends = [self.elaborator.node(end, local) for end in (statement.low, statement.high)]
            whole = lifting.range(*ends)
            if whole is not None and not whole.masks:
                self.read(statement.body, {**local, statement.variable.name: whole.value})
                return True
        low = self.elaborator.whole(statement.low, local)
        high = self.elaborator.whole(statement.high, local)
        self.elaborator.unroll(statement.span, low, high)
        inside = all_statements(statement.body)
        filled = {s.name.name for s in inside if isinstance(s, syntax.Definition) and s.indices}
        filled -= self.scope.open.keys()
        for name in filled:
            family = self.scope.names.get(name)
            self.scope.open[name] = {*family.members} if isinstance(family, Family) else ()
        runs, around = False, self.elaborator.turn
        for t in range(low, high + 1):
            before = len(self.errors)
            self.elaborator.turn = {**around, statement.variable.name: t}
            names = {**local, statement.variable.name: number(t)}
            if statement.condition is None or self.elaborator.holds(statement.condition, names):
                runs = True
                self.read(statement.body, names)
            if len(self.errors) > before:
                break
        self.elaborator.turn = around
        for name in filled:
            del self.scope.open[name]
        return runs


def in_order(own: Iterable[Diagnostic], complaints: Iterable[Diagnostic]) -> list[Diagnostic]:
    """All that is wrong in the order of the text, without what only follows from a complaint."""
    complained = [*complaints]
    kept = [d for d in own if not complained or d.code not in FOLLOWING]
    return sorted([*kept, *complained], key=lambda d: d.span.start if d.span else 0)


def given_twice(name: syntax.Name, first: syntax.Name) -> GradcliError:
    """The error for a point that gives a name two values."""
    marks = ((first.span, "the first value"),)
    return wrong("G010", f"{name.name} is given twice", name.span, label="again", marks=marks)
