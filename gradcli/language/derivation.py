"""A derivation becomes graphs: inputs with their sets, claims line by line, chains.

Must not know how claims are judged; files and points stay syntax, whose shapes it is told.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

from gradcli.calculus.core import INPUT, NUMBER
from gradcli.calculus.derivative import Derived
from gradcli.claims import Claimed, Pair, Relation
from gradcli.errors import Diagnostic, GradcliError, Span, wrong
from gradcli.graph.dimensions import Dimensions
from gradcli.graph.node import Node, ShapeError
from gradcli.graph.order import topological
from gradcli.graph.shape import Shape
from gradcli.graph.space import Space
from gradcli.language.documents.sections import (
    Section,
    all_statements,
    restricting,
    right_sides,
    starts,
)
from gradcli.language.elaboration.calls import DERIVATIVES
from gradcli.language.elaboration.deriving import Shadowed
from gradcli.language.elaboration.letters import about_letters, dimensions, no_claim
from gradcli.language.elaboration.lifting import Lifting
from gradcli.language.elaboration.operators import as_number, spread
from gradcli.language.elaboration.primes import declares_functions
from gradcli.language.elaboration.reader import Reader, given_twice
from gradcli.language.elaboration.scope import FAILED, Failed, Family, Meaning, Scope
from gradcli.language.swallowed import require_one_side, swallowed
from gradcli.language.tree import syntax
from gradcli.language.tree.chains import OpenChain
from gradcli.language.tree.syntax import Expr, parts
from gradcli.language.written import CodeClaim, ReadingContext, WrittenDerivation, of_vertex
from gradcli.ops import FUNCTIONS

LOST = -1
"""Instead of a point's number: it could not be read, so that claims at it are passed over."""


class _Deriver(Reader):
    def __init__(self, scope: Scope) -> None:
        super().__init__(scope)
        self.derivation = WrittenDerivation()
        self.chain: OpenChain | None = None
        self.restricting: frozenset[syntax.Statement] = frozenset()
        self.silent = False
        self.points: list[syntax.At] = []
        self.at: int | None = None
        self.loops: set[str] = set()
        self.lost = False
        self.unread: tuple[int, ...] = ()
        self.read_to = self.begin = 0

    def _fail(self, statement: syntax.Statement) -> None:
        super()._fail(statement)
        if isinstance(statement, syntax.At):
            self.at = LOST
        if not isinstance(statement, syntax.Continuation):
            self.chain, self.lost = None, True
        if not self.silent:
            self.derivation.refused |= starts(statement)

    def _statement(self, statement: syntax.Statement, local: dict[str, Meaning]) -> None:
        if not isinstance(statement, syntax.Continuation):
            self.chain, self.lost = None, False
        if any(self.read_to < place < statement.span.start for place in self.unread):
            self.at = LOST
        self.read_to = statement.span.start
        match statement:
            case syntax.Claim():
                self._claim(statement, local)
            case syntax.Continuation():
                if self.chain is None:
                    raise self._no_chain(statement)
                self._continue(self.chain, statement.sides, statement.span, local)
            case syntax.Definition() | syntax.FunctionDefinition() if self._claims(
                statement, local
            ):
                self._claim(statement.claim, local)
            case syntax.Condition():
                self._inequalities(statement, local)
            case syntax.At():
                self._point(statement)
            case syntax.Output():
                self.elaborator.node(statement.value, local)
            case _:
                super()._statement(statement, local)
                if isinstance(statement, syntax.FunctionDefinition):
                    self._defines(statement)
                    require_one_side(statement)

    def _defines(self, statement: syntax.Definition | syntax.FunctionDefinition) -> None:
        """The first side is no claim."""
        self.derivation.defined.add(statement.claim.sides[0].span.start)

    # -- what is a definition, and what is a claim

    def _is_function(self, name: str, local: Mapping[str, Meaning]) -> bool:
        shared = name in self.shared
        known = name in local or (self.scope.known(name) and not shared)
        if known or name in self.scope.inputs or self.elaborator.primes.partial(name):
            return True
        return name in FUNCTIONS or name in DERIVATIVES

    def _is_whole(self, statement: syntax.Definition) -> bool:
        """Whether `h[0] = …` speaks of an entry of an input or of a node."""
        name = statement.name.name
        meaning = self.scope.names.get(name)
        if meaning is FAILED:
            raise Failed
        return name in self.scope.shapes or isinstance(meaning, Node) or name in self.scope.inputs

    def _define(self, statement: syntax.Definition, local: dict[str, Meaning]) -> Node:
        before = len(self.elaborator.derived)
        node = super()._define(statement, local)
        own = [of_vertex(d, node) for d in self.elaborator.derived[before:]]
        if found := self._resting([node], own):
            self.scope.taken[node] = found
        self._defines(statement)
        name = " ".join(statement.claim.left_span.text.split())
        self.chain = OpenChain(node, None, [], statement.span.start, 1, name)
        self._continue(self.chain, statement.claim.sides[1:], statement.span, local)
        return node

    def _defined_twice(self, name: syntax.Name) -> GradcliError:
        meaning = self.scope.names.get(name.name)
        help = "choose another name"
        if isinstance(meaning, Node):
            help = (
                "to claim that it equals something else write a line that begins with  =  below its"
                f" definition, or  {name.name} ≈ …  at a point"
            )
        return wrong("G007", f"{name.name} is defined twice", name.span, help=help)

    # -- claims

    def _claim(self, claim: syntax.Claim, local: dict[str, Meaning]) -> None:
        before = len(self.elaborator.derived)
        left = self._side(claim.left, local)
        derived = self.elaborator.derived[before:]
        name = " ".join(claim.left_span.text.split())
        self.chain = OpenChain(left, None, derived, claim.span.start, 0, name)
        self._continue(self.chain, claim.sides, claim.span, local, claim.left_span)

    def _inequalities(self, statement: syntax.Condition, local: dict[str, Meaning]) -> None:
        """Claims, unless they are about dimension letters."""
        if about_letters(statement.value, self.letters):
            super()._statement(statement, local)
            self.derivation.defined |= starts(statement)
            return
        for claim in statement.claims:
            sides = claim.left, claim.sides[0].value
            left, right = (any(isinstance(p, syntax.Name) for p in parts(side)) for side in sides)
            if left and not right and self._is_given(claim.left):
                raise no_claim(claim)
            if statement in self.restricting:
                self._restrict(claim, local)
            else:
                self._claim(claim, local)
        self.chain = None

    def _restrict(self, claim: syntax.Claim, local: dict[str, Meaning]) -> None:
        """A condition on the inputs, for all claims of the derivation."""
        (side,) = claim.sides
        left, right = (self._side(expr, local) for expr in (claim.left, side.value))
        more, less = (left, right) if side.relation in (">", ">=") else (right, left)
        try:
            above = more - less
        except ShapeError as error:
            raise wrong("G201", str(error), claim.span) from None
        self.derivation.conditions.append((above, side.relation in (">", "<")))
        self.derivation.defined.add(side.span.start)
        if not self.silent:
            message = f"{' '.join(claim.span.text.split())} is a condition on all claims below"
            help = "below the first definition an inequality is a claim"
            remark = Diagnostic("G110", message, claim.span, help=help)
            self.elaborator.remarks.setdefault(claim.span.start, remark)

    def _is_given(self, expr: Expr) -> bool:
        """Whether this is an input, or an entry of one."""
        expr = expr.operand if isinstance(expr, syntax.Index) else expr
        return isinstance(expr, syntax.Name) and expr.name not in self.scope.names

    def _side(self, expr: Expr, local: dict[str, Meaning]) -> Node:
        node = as_number(self.elaborator.node(expr, local))
        return self.elaborator.lifting.numbers(node) if self.elaborator.lifting else node

    def _continue(
        self,
        chain: OpenChain,
        sides: Sequence[syntax.Side],
        whole: Span,
        local: dict[str, Meaning],
        left: Span | None = None,
    ) -> None:
        for side in sides:
            if chain.left.op.boolean:
                message = f"{chain.name} is a condition, a chain goes on with numbers"
                raise wrong("G203", message, side.span)
            if side.relation == "=" and chain.rounded:
                raise wrong("G001", 'no "=" may follow "≈" in a chain', side.span,
                            help="begin a new claim")  # fmt: skip
            chain.rounded |= side.relation == "≈"
            step, chain.step = chain.step, chain.step + 1
            if isinstance(side.value, syntax.CodeValue):
                self._call(chain, step, side, side.value, whole, local, left)
                continue
            node, relation, derived = self._right(side, local)
            if relation.orders and bool(chain.left.shape) != bool(node.shape):
                chain.left, node = spread(chain.left, node)
            if not self.silent:
                key, text = (chain.key, step), _text(side, step, whole)
                claimed = self.derivation.claims.setdefault(
                    key,
                    Claimed(key, chain.name, text, side.span, left if step == 0 else None, whole),
                )
                loop = {name: _whole(value) for name, value in local.items() if name in self.loops}
                taken = [*chain.derived, *chain.last, *derived]
                taken = self._resting([chain.left, node], taken)
                claimed.pairs.append(
                    Pair(chain.left, node, relation, taken, chain.before, self.at, loop)
                )
                context = ReadingContext(
                    side,
                    local,
                    self.elaborator.layout,
                    self.elaborator.tied,
                    len(self.vertices),
                    self.at is not None,
                )
                self.derivation.contexts.setdefault(key, []).append(context)
            # What was rounded is exact as the left side of the next line.
            chain.before = self._side(side.value, local) if relation.literals else node
            chain.last = derived

    def _call(
        self, chain: OpenChain, step: int, side: syntax.Side, code: syntax.CodeValue, whole: Span,
        local: dict[str, Meaning], left: Span | None,
    ) -> None:  # fmt: skip
        """What code returns is held to the left side, and no line that follows to the code."""
        if self.silent:
            return
        key = (chain.key, step)
        names = {**self.scope.inputs, **self.scope.names, **local}
        for name in self.scope.shapes.keys() - names.keys():
            names[name] = self.scope.lookup(syntax.Name(side.span, name), local)
        self.derivation.called[key] = CodeClaim(
            key, chain.name, _text(side, step, whole), side.span, left if step == 0 else None,
            whole, code=code, node=chain.left, derived=self._resting([chain.left], chain.derived),
            known={name: node for name, node in names.items() if isinstance(node, Node)},
            bound=self.at is not None or bool(self.loops & local.keys()),
        )  # fmt: skip

    def _resting(self, nodes: Sequence[Node], own: list[Derived]) -> list[Derived]:
        """The derivatives that these are made of, those in definitions first."""
        if not self.scope.taken:
            return own
        order = topological([*nodes, *(d.of for d in own)])
        found = [d for n in order for d in self.scope.taken.get(n, ())]
        return [*dict.fromkeys([*found, *own])]

    def _right(
        self, side: syntax.Side, local: dict[str, Meaning]
    ) -> tuple[Node, Relation, list[Derived]]:
        if isinstance(side.value, syntax.FileValue) and side.value.path not in self.scope.files:
            raise Failed
        before = len(self.elaborator.derived)
        relation = Relation(side.relation)
        if side.tolerance is not None:
            relation.tolerance = self.elaborator.node(side.tolerance.value, local)
            relation.relative = side.tolerance.relative
            if relation.tolerance.shape or _moves(relation.tolerance):
                place = side.tolerance.value.span
                raise wrong("G009", "a tolerance is a number", place, help="as in  ± 1e-6")
        elif side.relation == "≈":
            self.elaborator.rounded = relation.literals
        try:
            node = self._side(side.value, local)
        finally:
            self.elaborator.rounded = None
        return node, relation, self.elaborator.derived[before:]

    def _no_chain(self, statement: syntax.Continuation) -> Exception:
        above = (self.begin <= place < statement.span.start for place in self.complained)
        if self.lost or any(above):
            # What it continues may be what could not be read.
            return Failed()
        return wrong("G001", "there is no claim or definition above that this line continues",
                     statement.span, help="write its left side as well")  # fmt: skip

    # -- points

    def _point(self, statement: syntax.At) -> None:
        seen: dict[str, syntax.Name] = {}
        for name, _ in statement.values:
            if name.name in seen:
                raise given_twice(name, seen[name.name])
            seen[name.name] = name
        self.at = self.points.index(statement) if statement.values else None
        self.elaborator.derived.apart = self.at is not None

    def _loop(self, statement: syntax.Loop, local: dict[str, Meaning]) -> bool:
        self.loops.add(statement.variable.name)
        runs = super()._loop(statement, local)
        if not runs:
            place = statement.low.span.to(statement.high.span)
            self.derivation.idle |= dict.fromkeys(starts(statement), place)
            for each in all_statements([statement]):
                if isinstance(
                    each, syntax.Definition | syntax.FunctionDefinition
                ) and not self._claims(each, local):
                    self._defines(each)
        return runs

    def _claims(
        self, statement: syntax.Definition | syntax.FunctionDefinition, local: Mapping[str, Meaning]
    ) -> bool:
        """Whether what looks like a definition says something of what is there."""
        name = statement.name.name
        differential = self.elaborator.differentials.claimed(statement, local)
        if differential or isinstance(statement, syntax.FunctionDefinition):
            return differential or self._is_function(name, local)
        if not statement.indices:
            # An equation whose left side is known says something of it.
            own = name not in self.shared and name not in local
            return own and isinstance(self.scope.names.get(name), Node)
        if self._is_whole(statement):
            self._all_known(statement, local)
            return True
        family = self.scope.names.get(name)
        if not isinstance(family, Family):
            return False
        with suppress(GradcliError):
            at = tuple(self.elaborator.whole(index, dict(local)) for index in statement.indices)
            return at in self.scope.open.get(name, family.members)
        return False


def _moves(node: Node) -> bool:
    return any(v.op is INPUT for v in topological([node]))


def _text(side: syntax.Side, step: int, whole: Span) -> str:
    """A line of a chain as it was written."""
    return " ".join((whole.text if step == 0 else f"{side.relation} {side.span.text}").split())


def _whole(value: Any) -> int:
    return int(value.params[0]) if isinstance(value, Node) and value.op is NUMBER else 0


def derivation(
    shared: Section,
    own: Section,
    *,
    sizes: Mapping[str, int],
    given: Mapping[str, Shape],
    files: Mapping[str, Shape],
    failed: frozenset[str] = frozenset(),
    complained: tuple[int, ...] = (),
    unread: tuple[int, ...] = (),
    layout: str = "numerator",
    said: Dimensions | None = None,
    lifting: bool = False,
) -> WrittenDerivation:
    """The graphs of a derivation, after what it shares with others; `own` may be `shared` itself.

    `sizes` are dimension letters that have a size by now, `given` the shapes of the values that its
    points give, `files` those of measured data; `failed` names could not be read, and
    what stands at `complained` places was not; points begin at `unread` places, too. `said` is what
    the text says of its letters, if that has been read before.
    """
    both = [*shared.statements, *([] if own is shared else own.statements)]
    said = said or dimensions(both)
    declares = any(
        isinstance(s, syntax.Declaration) and not declares_functions(s)
        for s in all_statements(both)
    )
    scope = Scope({}, free=not declares)
    scope.sets = {}
    scope.given, scope.sizes, scope.files = dict(given), dict(sizes), dict(files)
    mend = "declare it above:  {0} in R  or define it above:  {0} = …"
    mend = mend if declares else "nothing above this line uses {}"
    scope.unheard = "G005", 'unknown name "{}"', mend
    scope.names.update(dict.fromkeys(failed, FAILED))
    reader = _Deriver(scope)
    reader.elaborator.layout = layout
    reader.skips = True
    reader.elaborator.lifting = Lifting(scope.sets) if lifting else None
    reader.letters = scope.sizes_named = said.letters
    reader.complained, reader.unread, reader.begin = complained, unread, own.start
    reader.points = [*shared.points, *([] if own is shared else own.points)]
    reader.restricting = restricting(shared.statements) | restricting(own.statements)
    found = reader.derivation
    try:
        if own is not shared:
            reader.silent = True
            reader.read(shared.statements, {})
            reader.errors.clear()
            reader.silent = False
            reader.chain = None
            reader.shared = frozenset(scope.names) | frozenset(scope.shapes)
            scope.used.clear()
        reader.read(own.statements, {})
        found.needs = reader.elaborator.needs
    except Shadowed as shadow:
        again = {**given, str(shadow): ()}
        return derivation(
            shared, own, sizes=sizes, given=again, files=files, failed=failed,
            complained=complained, unread=unread, layout=layout, said=said, lifting=lifting,
        )  # fmt: skip
    found.errors = reader.errors
    found.remarks = [*reader.elaborator.remarks.values()]
    found.sides = {
        side.span.start: side.span
        for s in all_statements(own.statements)
        for side in right_sides(s)
    }
    if not found.needs and not found.errors:
        complaints = swallowed([] if own is shared else shared.statements, own.statements)
        claims = {start for start, _ in found.claims}
        found.errors += [d for d in complaints if d.span and d.span.start not in claims]
    found.letters, found.dimensions = [*scope.letters], reader.required(said)
    found.elaborator = reader.elaborator
    found.spans, found.calls = reader.elaborator.spans, reader.elaborator.calls
    found.vertices = reader.vertices
    for name, node in scope.inputs.items():
        declared = reader.declared.get(name)
        found.spaces[node] = declared[0] if declared else Space("power", node.shape)
        if declared:
            found.declared[node] = declared[1]
    if (lifted := reader.elaborator.lifting) is not None:
        found.spaces, found.uncounted = found.spaces | lifted.spaces, lifted.uncounted
    return found
