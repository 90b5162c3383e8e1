"""The parts of a refuted claim that are vertices, formulas of others, and both put together.

Must not know why a part is changed, nor what anything is worth.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from gradcli.calculus.composed import folded
from gradcli.calculus.core import EINSUM, INPUT
from gradcli.diagnosis.evidence.observed import alike, observed, rows
from gradcli.diagnosis.evidence.refuted_claim import Around, RefutedClaim
from gradcli.diagnosis.trees.composing import (
    Scale,
    after,
    among,
    at_front,
    divided,
    entrywise,
    front,
    leads_with_minus,
    negated,
    put,
    scaled,
    times,
)
from gradcli.diagnosis.trees.tidy import idioms, tidy
from gradcli.graph.node import Node
from gradcli.graph.order import dependents, topological
from gradcli.language.tree import syntax
from gradcli.language.tree.build import PRODUCTS, QUOTIENTS, SUMS, changed, is_number, is_sum
from gradcli.language.tree.syntax import Binary, Expr, Number
from gradcli.notation.text import formula
from gradcli.ops import FUNCTIONS
from gradcli.simplify.simplifier import Simplifier

LINEAR = (*SUMS, *PRODUCTS, "@")
SHORT, LONGEST = 24, 120
UNUSUAL = (f"{EINSUM.name}(", " at [")
"""What hardly anybody writes."""
COUNTS = {2: "twice", 3: "three times", 4: "four times", 5: "five times"}


@dataclass(slots=True, eq=False)
class Subexpression:
    """An expression within the claimed side, and what it lies in.

    `term` says that it is the whole side or one of its terms, `negative` that it is taken away;
    `linear` that the side is linear in it.
    """

    expr: Expr
    outer: Subexpression | None
    nodes: Mapping[Expr, Node]
    term: bool = True
    negative: bool = False
    linear: bool = True

    @property
    def node(self) -> Node:
        return self.nodes[self.expr]

    @property
    def around(self) -> Around:
        """The expressions that it lies in, outermost first."""
        found, outer = [], self.outer
        while outer is not None:
            found.append(outer.expr)
            outer = outer.outer
        return tuple(reversed(found))

    @property
    def summand(self) -> bool:
        """Whether it is a term of any sum."""
        return self.term or (self.outer is not None and _splits(self.outer.expr))

    def inside(self) -> Iterator[Subexpression]:
        """Its own parts, as far as they are expressions of numbers."""
        expr, linear = self.expr, self.linear
        match expr:
            case Binary(operator=sign, left=left, right=right):
                summing = self.term and sign in SUMS
                into = linear and sign in LINEAR
                above = into or (linear and sign in QUOTIENTS)
                yield self._part(left, summing, self.negative, above)
                yield self._part(right, summing, self.negative != (sign == "-"), into)
            case syntax.Unary(operator=sign, operand=inner):
                term = self.term and sign in SUMS
                yield self._part(inner, term, self.negative != (sign == "-"), linear)
            case syntax.Transpose(operand=inner):
                yield self._part(inner, False, False, linear)
            case syntax.Array(items=items):
                for inner in items:
                    yield self._part(inner, False, False, False)
            case syntax.Call(function=function, arguments=arguments):
                known = FUNCTIONS.get(function.name)
                into = linear and known is not None and known.linear
                for inner in arguments:
                    yield self._part(inner, False, False, into)
            case syntax.Fold(body=inner):
                yield self._part(inner, False, False, False)

    def _part(self, expr: Expr, term: bool, negative: bool, linear: bool) -> Subexpression:
        return Subexpression(expr, self, self.nodes, term, negative, linear)


@lru_cache(maxsize=1)
def parts(refuted: RefutedClaim) -> Sequence[Subexpression]:
    """Every part of the claimed side that is a vertex, the whole first."""
    return among_vertices(refuted, refuted.parts)


def among_vertices(refuted: RefutedClaim, nodes: Mapping[Expr, Node]) -> list[Subexpression]:
    """The same, where others are vertices than those that are read once."""
    found = []
    stack = [Subexpression(refuted.expr, None, nodes)]
    while stack:
        here = stack.pop()
        node = nodes.get(here.expr)
        if node is not None and not node.op.boolean:
            found.append(here)
        stack += reversed([*here.inside()])
    return found


def terms(refuted: RefutedClaim) -> list[Subexpression]:
    """The terms that the claimed side is the sum of."""
    return [part for part in parts(refuted) if part.term and not _splits(part.expr)]


def _splits(expr: Expr) -> bool:
    return is_sum(expr) or (isinstance(expr, syntax.Unary) and expr.operator in SUMS)


def dropped(part: Subexpression, depth: int = 0) -> Expr | None:
    """The side without one of its terms, or what lies so deep in it; None without others."""
    outer = part.outer
    while outer is not None and isinstance(outer.expr, syntax.Unary):
        part, outer = outer, outer.outer
    if outer is None or not isinstance(outer.expr, Binary):
        return None
    left, right = outer.expr.left, outer.expr.right
    if right is part.expr:
        return put(outer.around[depth:], outer.expr, left)
    rest = negated(right) if outer.expr.operator == "-" else right
    return put(outer.around[depth:], outer.expr, rest)


# -- factors of a part


def multiplied(refuted: RefutedClaim, part: Subexpression, factor: Expr, scalar: bool) -> Expr:
    """The side with one part of it times a factor; a scalar stands before an array."""
    return put(part.around, part.expr, factored(refuted, part, factor, scalar))


def factored(refuted: RefutedClaim, part: Subexpression, factor: Expr, scalar: bool) -> Expr:
    """One part of the side times a factor."""
    expr, array = part.expr, bool(part.node.shape)
    minus = leads_with_minus(expr)
    if leads_with_minus(factor) and not minus:
        return negated(factored(refuted, part, negated(factor), scalar))
    if _is_inverse(factor):
        return _over(expr, factor)
    match factor:
        case Binary(operator="/", left=above, right=Number(value=below)) if below:
            return scaled(factored(refuted, part, above, scalar), Scale(1 / below))
    first = front(factor)
    if array and not scalar and isinstance(first, Number) and first.value not in (0, 1):
        rest = scaled(factor, Scale(1 / first.value))
        return scaled(factored(refuted, part, rest, scalar), Scale(first.value))
    if array and (not scalar or minus):
        return entrywise(refuted.claimed.span.source.text, expr, factor)
    if array:
        return at_front(expr, ("@",), lambda first: _behind_numbers(part, first, factor))
    if _is_inverse(expr):
        return changed(expr, left=factor)
    if _counts(factor) and not _counts(expr) and not minus:
        return times(factor, expr)
    return among(expr, factor)


def _over(expr: Expr, factor: Expr) -> Expr:
    """A part times an inverse, the numbers of both put together."""
    assert isinstance(factor, Binary)
    first = front(factor.right)
    if first is factor.right or not isinstance(first, Number) or not first.value:
        return after(expr, factor)
    scale = Scale(1 / first.value)
    return scaled(after(expr, changed(factor, right=scaled(factor.right, scale))), scale)


def _behind_numbers(part: Subexpression, expr: Expr, factor: Expr) -> Expr:
    """A number times an array, behind the numbers that stand before that."""
    match expr:
        case Binary(operator="*", left=before) if (
            before in part.nodes and not part.nodes[before].shape
        ):
            return changed(expr, left=among(before, factor))
    return times(factor, expr)


def over(part: Subexpression, factor: Expr) -> Expr:
    """The side with one part of it divided by a factor."""
    return put(part.around, part.expr, divided(part.expr, factor))


def replaced(part: Subexpression, new: Expr) -> Expr:
    """The side with another expression in the place of one part of it."""
    return put(part.around, part.expr, new)


def _is_inverse(expr: Expr) -> bool:
    return isinstance(expr, Binary) and expr.operator == "/" and is_number(expr.left, 1)


def _counts(expr: Expr) -> bool:
    """Whether a number stands first."""
    return isinstance(front(expr), Number)


# -- formulas of other vertices


def spoken(refuted: RefutedClaim, node: Node, *names: Mapping[Node, str]) -> Expr | None:
    """A formula of a vertex: the shortest, but the first of these namings while it is short, too.

    None for one that is too long, or that the language cannot say.
    """
    texts = [told(refuted, node, known) for known in names]
    best = min(texts, key=len)
    if len(texts[0]) <= min(SHORT, 2 * len(best)):
        best = texts[0]
    return refuted.parsed(best) if len(best) <= LONGEST else None


def told(refuted: RefutedClaim, node: Node, names: Mapping[Node, str]) -> str:
    """A formula of a vertex, in which functions are called as they were by the writer."""
    if node in names:
        return names[node]
    known = {**idioms(node, names), **_called(refuted, node, names), **names}
    plain = tidy(node, known)
    known = {**idioms(plain, known), **known, **_by_value(refuted, plain, known)}
    text = known.get(node) or known.get(plain) or _shorter(plain, node, known)
    if any(odd in text for odd in UNUSUAL):
        simplify = Simplifier(refuted.ruling.sample_space.spaces, names)
        text = min(text, formula(simplify(node), known), key=len)
    return text


def _by_value(refuted: RefutedClaim, node: Node, names: Mapping[Node, str]) -> dict[Node, str]:
    """What is in it and has the value of something with a name, and that name.

    What is differentiated is left alone: its derivative teaches nothing when it is made of that.
    """
    order = topological([node], lambda n: () if n in names else n.args)
    asked = {each.of for each in refuted.derived}
    given = [n for n in refuted.names if n.args and n not in asked]
    moving = dependents(order, [n for n in order if n in names or n.op is INPUT])
    made = [n for n in order if n in moving and n.args and n not in names and not n.op.boolean]
    seen = observed(refuted) if made and given else None
    if seen is None:
        return {}
    # What stands for an adjoint by its name has no value of its own.
    symbols = dependents(order, [n for n in order if n.op is INPUT and n not in seen.values])
    made = [n for n in made if n not in symbols]
    seen.see([*made, *given])
    known = [n for n in given if n in seen.values and (seen.of(n) != seen.of(n)[:1]).any()]
    found: dict[Node, str] = {}
    for one in (n for n in made if n in seen.values):
        value = rows(seen.of(one)[None])
        for other in (n for n in known if n.shape == one.shape):
            if alike(value, rows(seen.of(other)[None])[0])[0]:
                found.setdefault(one, refuted.names[other])
    return found


def _shorter(plain: Node, node: Node, names: Mapping[Node, str]) -> str:
    """exp(-c*t) as it was built, not exp(-(c*t)); anything else tidied."""
    tidied, built = formula(plain, names), formula(node, names)
    return built if len(built) < len(tidied) else tidied


def _called(refuted: RefutedClaim, node: Node, names: Mapping[Node, str]) -> dict[Node, str]:
    """The calls in it of functions that are made of others."""
    known = refuted.derivation.calls_of_functions
    calls = [n for n in topological([node]) if n in known and n not in names]
    if not calls:
        return {}
    found = folded(calls, known)
    names = {found.get(n, n): text for n, text in names.items()}
    return {
        n: formula(found[n], names)
        for n in calls
        if known[n].written.startswith(f"{known[n].function}(")
    }


def often(count: int) -> str:
    return COUNTS.get(count, f"{count} times")
