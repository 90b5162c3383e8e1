"""Whether what a side requires of its arguments holds wherever the other side, or f, has a value.

Must not know which ops there are beyond the four operations and powers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import combinations_with_replacement
from math import inf

from gradcli import work
from gradcli.arithmetic.base import Array
from gradcli.arithmetic.evaluate import evaluate
from gradcli.arithmetic.objects import Objects
from gradcli.arithmetic.ranges import RANGES, Range, both
from gradcli.arithmetic.small_array import array_of
from gradcli.calculus.core import ADD, COPY, DIV, INPUT, MUL, NEG, SUB, rational
from gradcli.calculus.families import Differentiable, Requirement
from gradcli.graph.node import Node
from gradcli.ops.powers import POWER_BY
from gradcli.proof.modular import MODULAR
from gradcli.proof.residue import Residue
from gradcli.proof.residue_run import Run
from gradcli.trial.trials import Sizes

IMPLIES = {"> 0": ("> 0", ">= 0", "!= 0"), ">= 0": (">= 0",), "!= 0": ("!= 0",)}
PARTS = {
    "> 0": Range(Fraction(0), inf),
    ">= 0": Range(Fraction(0), inf, low_open=False),
    "< 0": Range(-inf, Fraction(0)),
    "<= 0": Range(-inf, Fraction(0), high_open=False),
}
Fact = tuple[Residue, str]


class Domain:
    """What is known at a generic point: values as residues, ranges, and facts.

    Of the `ranges` the first are those of the sets, further ones hold where the facts do. What was
    `told` of vertices needs no further look.
    """

    def __init__(
        self,
        run: Run,
        values: dict[Node, Array],
        sizes: Sizes,
        ranges: Iterable[dict[Node, Array]],
        facts: Iterable[Fact] = (),
        told: Iterable[tuple[Node, str]] = (),
        late: Iterable[Requirement] = (),
    ) -> None:
        self.run, self.values, self.sizes = run, values, sizes
        self.ranges, self.facts, self.told = [*ranges], [*facts], {*told}
        self.late = [*late]

    def _copy(self) -> Domain:
        return Domain(
            self.run, self.values, self.sizes, self.ranges, self.facts, self.told, self.late
        )

    def given(
        self, requirements: Iterable[Requirement], late: Iterable[Requirement] = ()
    ) -> Domain:
        """The same with more facts, of which those that come `late` are computed once needed."""
        more = self._copy()
        for each in late:
            more.told |= {(each.expr, weaker) for weaker in IMPLIES[each.relation]}
            more.late.append(each)
        for each in requirements:
            more._learn(each)
            more.told |= {(each.expr, weaker) for weaker in IMPLIES[each.relation]}
            found = _narrowing(each.expr, each.relation)
            if found and not more._surely(each.expr, each.relation):
                more._narrow(*found)
        return more

    def _learn(self, each: Requirement) -> None:
        self.facts += [(x, each.relation) for x in self.residues(each.expr)]
        if each.relation != ">= 0":
            self.facts += [(x, "!= 0") for n in _factors(each.expr) for x in self.residues(n)]

    def decided(
        self,
        switches: Iterable[Node],
        strict: Callable[[Residue, int], bool],
        but: Sequence[Residue] = (),
    ) -> Domain:
        """The same with the signs of switches that were taken on the way here, `but` for some.

        Where a sign is not `strict`, the switch may be at rest, too.
        """
        more = self._copy()
        for switch in switches:
            for x in self.residues(switch):
                if x.exact is not None or any(self.run.ratio(x, other) for other in but):
                    continue
                sign = self.run.taken_sign(x)
                if not sign:
                    continue
                rest = "" if strict(x, sign) else "="
                more.facts.append((x if sign > 0 else -x, f">{rest} 0"))
                found = _narrowing(switch, f"{'>' if sign > 0 else '<'}{rest} 0")
                if found and not switch.shape:
                    more._narrow(*found)
        return more

    def _narrow(self, node: Node, part: Range) -> None:
        inputs = {n: x for n, x in self.ranges[-1].items() if n.op is INPUT}
        self.ranges.append(inputs | {node: _narrowed(inputs[node], part)})

    def residues(self, node: Node) -> list[Residue]:
        """The residues of all entries of a vertex, row by row."""
        return [*known(node, MODULAR, self.values, self.sizes).flat]

    def follow(self, requirements: Iterable[Requirement]) -> bool:
        """Whether they hold, given the facts."""
        return all(self._holds(each.expr, each.relation) for each in requirements)

    def _surely(self, node: Node, relation: str) -> bool:
        return any(
            all(x.meets(relation) for x in known(node, RANGES, ranges, self.sizes).flat)
            for ranges in self.ranges
        )

    def _holds(self, node: Node, relation: str) -> bool:
        stack = [(node, relation)]
        while stack:
            node, relation = stack.pop()
            if (
                (node, relation) in self.told
                or self._surely(node, relation)
                or all(self._known(x, relation) for x in self.residues(node))
            ):
                continue
            inner = _inner(node, relation)
            if inner is None:
                return False
            stack += inner
        return True

    def _known(self, x: Residue, relation: str) -> bool:
        while not self._by_facts(x, relation):
            if not self.late:
                return False
            self._learn(self.late.pop())
        return True

    def _by_facts(self, x: Residue, relation: str) -> bool:
        if not x.at:
            return False
        if x.exact is not None:
            return {"> 0": x.exact > 0, ">= 0": x.exact >= 0, "!= 0": x.exact != 0}[relation]
        if x.root and relation == ">= 0":
            return True
        for fact, what in self.facts:
            ratio = self.run.ratio(x, fact) if fact.at else None
            if not ratio:
                continue
            if relation in (IMPLIES[what] if ratio > 0 else ("!= 0",) * (what != ">= 0")):
                return True
        if relation == "> 0":
            return self._by_facts(x, ">= 0") and self._by_facts(x, "!= 0")
        if relation != "!= 0":
            return False
        nonzero = self._nonzero()
        work.current.spend(len(nonzero) ** 2, "products of what is not zero")
        pairs = combinations_with_replacement(nonzero, 2)
        return any(self.run.ratio(x, a * b) for a, b in pairs)

    def _nonzero(self) -> list[Residue]:
        facts = (fact for fact, what in self.facts if what != ">= 0" and fact.at)
        return [*{int(fact.at[0]): fact for fact in facts}.values()]


def known(node: Node, m: Objects, values: dict[Node, Array], sizes: Sizes) -> Array:
    """The value of a vertex, found at most once."""
    if node not in values:
        evaluate([node], m, values, sizes, keep=True)
    return values[node]


def _narrowing(node: Node, relation: str) -> tuple[Node, Range] | None:
    """The input of which a relation says something, and what."""
    if relation == "!= 0":
        return None
    shift = rational(node.args[1]) if node.op in (SUB, ADD) else None
    inner = node if shift is None else node.args[0]
    start = rational(inner.args[0]) if inner.op is SUB else None
    at = inner if start is None else inner.args[1]
    if at.op is not INPUT:
        return None
    part = PARTS[relation]
    if shift is not None:
        part = part + (shift if node.op is SUB else -shift)
    return at, part if start is None else start - part


def _narrowed(ranges: Array, part: Range) -> Array:
    return array_of((both(x, part) for x in ranges.flat), ranges.shape)


def _factors(node: Node) -> Iterator[Node]:
    """What is zero nowhere where a vertex is not."""
    exponent = node.params[0] if node.op is POWER_BY else None
    power = isinstance(exponent, Fraction) and exponent > 0
    if node.op is MUL or power or _keeps_sign(node):
        for arg in node.args:
            yield arg
            yield from _factors(arg)


def _inner(node: Node, relation: str) -> list[tuple[Node, str]] | None:
    """What would be enough to show of the arguments; None where nothing is."""
    args = node.args
    if node.op is COPY:
        return [(args[0], relation)]
    if node.op is POWER_BY and isinstance(node.params[0], Fraction):
        whole = node.params[0].denominator == 1
        even = whole and node.params[0] % 2 == 0
        return [(args[0], "!= 0" if even or (whole and relation == "!= 0") else "> 0")]
    if node.op is MUL:
        return [(arg, relation) for arg in args]
    if node.op is DIV:
        return [(args[0], relation), (args[1], "!= 0" if relation == "!= 0" else "> 0")]
    if node.op is NEG and relation == "!= 0":
        return [(args[0], relation)]
    if _keeps_sign(node):
        # Where an argument cannot be negative, it is positive where it is not zero.
        needs = node.op.domain(node)  # type: ignore[attr-defined]
        above = any(need.expr is args[0] and need.relation == ">= 0" for need in needs)
        return [(args[0], "!= 0" if above else relation)]
    return None


def _keeps_sign(node: Node) -> bool:
    return isinstance(node.op, Differentiable) and node.op.keeps_sign


def decided(nodes: Iterable[Node], ranges: dict[Node, Array], sizes: Sizes) -> Mapping[Node, Array]:
    """The conditions that have one truth value on all of the sets."""
    conditions = [node for node in nodes if node.op.boolean]
    if not conditions:
        return {}
    found = evaluate(conditions, RANGES, ranges, sizes, keep=True)
    return {
        node: value
        for node, value in zip(conditions, found, strict=True)
        if None not in [*value.flat]
    }
