"""All that a derivation knows, by value: names, formulas, local derivatives, adjoints, sums, sizes.

Must not know any mistake. What is looked up is found as a number times one fact in some form, or
times two; a hit says how that is written.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import reduce
from typing import TypeAlias

import numpy as np

from gradcli.arithmetic.base import Array
from gradcli.calculus.core import INPUT, full
from gradcli.diagnosis.evidence.flow import Flow
from gradcli.diagnosis.evidence.observed import NEAR, Observed, alike, multiples, rows
from gradcli.diagnosis.evidence.parts import spoken
from gradcli.diagnosis.evidence.refuted_claim import RefutedClaim
from gradcli.diagnosis.known.facts import KnownVertex, known, written_lengths
from gradcli.diagnosis.trees.composing import Scale, after, divided, scaled, times
from gradcli.diagnosis.trees.composing import product as multiplied
from gradcli.graph.node import Node
from gradcli.graph.shape import Dim, Shape
from gradcli.language.tree.build import binary, is_number, name
from gradcli.language.tree.build import number as literal
from gradcli.language.tree.syntax import Binary, Expr
from gradcli.ops.algebra import ones

MOST, FEW = 120, 6
LONGER, SHORT, FAR = 0.12, 5, 1.0
DEAREST = 6.5
"""What is as far-fetched is no mend."""
ODD = 3.4
"""What a number costs that neither multiplies nor divides alone, as 3/2."""
SIMPLE = 12
"""Numerators and denominators of a number that is found beside a fact."""


@dataclass(slots=True, eq=False)
class Fact:
    """One thing that is known: its vertex, its values (points, *shape), and how far-fetched it is.

    `known` is how it is written, if it was. What an index makes of an array has no vertex.
    """

    node: Node | None
    values: Array
    cost: float
    known: Expr | None = None
    constant: bool = False

    def tree(self, refuted: RefutedClaim, names: dict[Node, str]) -> Expr | None:
        if self.known is not None or self.node is None:
            return self.known
        return spoken(refuted, self.node, refuted.names, names)


@dataclass(slots=True, eq=False)
class FactForm:
    """Something simple made of a fact: of its values, and of its tree."""

    cost: float
    values: Callable[[Array], Array]
    tree: Callable[[Expr], Expr]


def squared(expr: Expr) -> Expr:
    return binary("^", expr, literal(2))


def inverse(expr: Expr) -> Expr:
    return binary("/", literal(1), expr)


ITSELF = FactForm(0, lambda v: v, lambda x: x)
INVERSE = FactForm(0.5, lambda v: 1 / v, inverse)
SQUARE = FactForm(0.8, lambda v: v * v, squared)
INVERSE_SQUARE = FactForm(1.0, lambda v: 1 / (v * v), lambda x: inverse(squared(x)))
SCALES = (
    ITSELF,
    INVERSE,
    SQUARE,
    INVERSE_SQUARE,
    FactForm(0.9, lambda v: 1 - v, lambda x: binary("-", literal(1), x)),
)
PLAIN = (ITSELF, INVERSE)
"""Forms of what is a constant."""
FORMS = (
    *SCALES,
    FactForm(1.2, lambda v: 1 - v * v, lambda x: binary("-", literal(1), squared(x))),
    FactForm(1.4, lambda v: 1 + v, lambda x: binary("+", literal(1), x)),
    FactForm(1.5, lambda v: v * (1 - v), lambda x: multiplied(x, binary("-", literal(1), x))),
    FactForm(1.8, lambda v: v * v * v, lambda x: binary("^", x, literal(3))),
)


Made: TypeAlias = tuple[tuple[Fact, FactForm], ...]


@dataclass(slots=True, eq=False)
class Hit:
    """What was looked up, as a number times forms of facts, the last of them scalar."""

    cost: float
    number: Fraction
    made: Made

    @property
    def scalar(self) -> bool:
        return all(fact.values.ndim == 1 for fact, _ in self.made)

    @property
    def plain(self) -> bool:
        """Whether this is one fact in one form, but for its sign."""
        return abs(self.number) == 1 and len(self.made) == 1


class Scales:
    """Numbers at every point (n, points), in the order of what they are at one for another."""

    def __init__(self, values: Array, made: list[Made]) -> None:
        with np.errstate(all="ignore"):
            keys = values[:, 1] / values[:, 0]
        order = np.argsort(keys, kind="stable")
        self.keys, self.values = keys[order], values[order]
        self.made = [made[k] for k in order]

    def near(self, factors: Array) -> tuple[Array, Array]:
        """Of which factors (m, points) which of them may be a multiple: both by their places."""
        with np.errstate(all="ignore"):
            wanted = factors[:, 1] / factors[:, 0]
        slack = NEAR * np.abs(wanted)
        first = self.keys.searchsorted(wanted - slack)
        count = self.keys.searchsorted(wanted + slack, "right") - first
        places = np.repeat(np.arange(len(factors)), count)
        within = np.arange(len(places)) - np.repeat(count.cumsum() - count, count)
        return places, first[places] + within


class FactTable:
    """The facts by shape, with the forms of each."""

    def __init__(self, refuted: RefutedClaim, flow: Flow | None, evidence: Observed) -> None:
        self.refuted, self.flow, self.evidence = refuted, flow, evidence
        self.names = flow.upstream if flow else dict(refuted.names)
        self.facts: dict[Shape, list[Fact]] = {}
        found = [*known(refuted, flow)]
        lengths = written_lengths([each.node for each in found], refuted.names, self.names)
        # A long formula that nobody wrote is no part of a mend.
        found = [
            each for each in (_by_length(each, lengths) for each in found) if each.cost < DEAREST
        ]
        evidence.see(each.node for each in found)
        found = [each for each in found if each.node in evidence.values]
        said = self._said([each.node for each in found])
        for node, cost, written, constant in found:
            values = evidence.of(node)
            if node not in said and np.isfinite(values).all() and (values != 0).any():
                fact = Fact(node, values, cost, written, constant)
                self.facts.setdefault(node.shape, []).append(fact)
        for shape in [*self.facts] if len(evidence.truth.shape) > 2 else ():
            dims = ", ".join(map(str, shape))
            if shape and (spoken_ := refuted.parsed(f"{ones.name}({dims})")):
                one = full(1, shape)
                self.facts[shape].append(Fact(one, evidence.of(one), 1.4, spoken_, True))
        for letter_, size in refuted.ruling.built.items():
            known_as = Fact(None, np.full(evidence.count, float(size)), 1.2, name(letter_))
            self.facts.setdefault((), []).append(known_as)
        self._stacks: dict[tuple[Shape, int], tuple[Array, list[Made]]] = {}
        self._scales: dict[int, Scales] = {}

    def _said(self, nodes: Sequence[Node]) -> set[Node]:
        """What is a multiple of a side: what is right once more, or was claimed, says nothing."""
        evidence = self.evidence
        sides = rows(np.stack([evidence.truth, evidence.claim]))
        unnamed = [n for n in nodes if n.op is not INPUT and n not in self.refuted.names]
        found: set[Node] = set()
        # A square matrix may be missing beside itself.
        for square, those in ((True, sides[:1]), (False, sides)):
            some = [n for n in unnamed if _is_square(n) == square]
            some = [n for n in some if evidence.of(n).shape == evidence.truth.shape]
            if some:
                values = rows(np.stack([evidence.of(n) for n in some]))
                for side in those:
                    same, scale = multiples(values, side)
                    found |= {some[k] for k in (same & _constant(scale)).nonzero()[0]}
        return found

    def stack(self, shape: Shape, forms: tuple[FactForm, ...]) -> tuple[Array, list[Made]]:
        """Values of all facts of a shape in these forms, (n, points, *shape), and what they are."""
        key = shape, id(forms)
        if key not in self._stacks:
            facts = self.facts.get(shape, ())
            values: list[Array] = [np.empty((0, self.evidence.count, *[1] * len(shape)))]
            made: list[Made] = []
            if facts:
                own = np.stack([fact.values for fact in facts])
                values[0] = own[:0]
            with np.errstate(all="ignore"):
                for form in forms if facts else ():
                    some = [
                        k
                        for k, fact in enumerate(facts)
                        if fact.cost + form.cost < DEAREST and (form in PLAIN or not fact.constant)
                    ]
                    values.append(form.values(own[some]))
                    made += [((facts[k], form),) for k in some]
            self._stacks[key] = np.concatenate(values), made
        return self._stacks[key]

    def scales(self, forms: tuple[FactForm, ...]) -> Scales:
        """The scalar facts in these forms, to be looked up."""
        if id(forms) not in self._scales:
            self._scales[id(forms)] = Scales(*self.stack((), forms))
        return self._scales[id(forms)]

    def squares(self, dim: Dim) -> list[Fact]:
        """Square matrices; nobody forgets a constant one beside another."""
        return [fact for fact in self.facts.get((dim, dim), ()) if not fact.constant]

    def is_local(self, fact: Fact) -> bool:
        """Whether something belongs to the derivative, be it a slope or what moves."""
        flow, node = self.flow, fact.node
        if flow is None or node is None or fact.constant:
            return False
        return flow.steep(node) or flow.moves(node)

    # -- looking up

    def hits(
        self,
        found: Array,
        made: Sequence[Made],
        wanted: Array,
        scales: tuple[FactForm, ...] | None = (),
    ) -> list[Hit]:
        """Which candidates (n, points, entries) are wanted.

        But for a number times one of the scalar facts in these forms, unless `scales` is None.
        """
        if not len(found):
            return []
        if scales is None:
            same = alike(found, wanted).nonzero()[0].tolist()
            return [Hit(_costs(made[k]), Fraction(1), made[k]) for k in same]
        parallel, factors = multiples(found, wanted)
        places = parallel.nonzero()[0].tolist()
        hits: dict[tuple[Fraction, frozenset[tuple[Fact, FactForm]]], Hit] = {}
        for k, value, more in self.numbers(factors[parallel], scales):
            every = (*made[places[k]], *more)
            if len({fact for fact, _ in every}) == len(every):
                hit = Hit(_costs(every) + _size(value), value, every)
                hits.setdefault((value, frozenset(every)), hit)
        return [*hits.values()]

    def numbers(
        self, factors: Array, forms: tuple[FactForm, ...]
    ) -> Iterator[tuple[int, Fraction, Made]]:
        """Numbers (n, points) that are simple, or a simple one times a form of a scalar fact."""
        for k in _constant(factors).nonzero()[0]:
            if (value := simple(factors[k])) is not None:
                yield int(k), value, ()
        scales = self.scales(forms)
        if not scales.made or not len(factors):
            return
        places, columns = scales.near(factors)
        with np.errstate(all="ignore"):
            ratios = factors[places] / scales.values[columns]
        single = False
        for k in _constant(ratios).nonzero()[0]:
            if (value := simple(ratios[k])) is not None:
                single = True
                yield int(places[k]), value, scales.made[columns[k]]
        if not single and len(factors) <= FEW and forms:
            yield from self._pairs(factors)

    def _pairs(self, factors: Array) -> Iterator[tuple[int, Fraction, Made]]:
        """Numbers (n, points) that are a simple one times two scalar facts, or one over another."""
        values, made = self.stack((), PLAIN)
        values, made = values[:MOST], made[:MOST]
        with np.errstate(all="ignore"):
            both = values[:, None] * values[None]
            for k, factor in enumerate(factors):
                ratios = factor / both
                near = np.abs(ratios[..., 1] - ratios[..., 0]) <= NEAR * np.abs(ratios[..., 0])
                for i, j in zip(*near.nonzero(), strict=True):
                    if i < j and (value := simple(ratios[i, j])) is not None:
                        yield k, value, (*made[i], *made[j])

    # -- writing down

    def tree(self, hit: Hit) -> Expr | None:
        """How a hit is written; None where the language cannot say it."""
        above: Expr | None = None
        below: list[Expr] = []
        for fact, form in reversed(hit.made):
            if (base := fact.tree(self.refuted, self.names)) is None:
                return None
            match form.tree(base):
                case Binary(operator="/", left=one, right=under) if is_number(one, 1):
                    below.append(under)
                case made:
                    above = made if above is None else after(above, made)
        size = abs(hit.number)
        if above is not None and not below:
            return scaled(above, Scale(size))
        if size.numerator != 1 or above is None:
            front = literal(size.numerator)
            above = front if above is None else times(front, above)
        if size.denominator != 1:
            below.insert(0, literal(size.denominator))
        return divided(above, reduce(multiplied, below)) if below else above


def _by_length(known: KnownVertex, lengths: Mapping[Node, int]) -> KnownVertex:
    """What nobody wrote is the dearer the longer it is."""
    length = 0 if known.written else lengths[known.node]
    return known._replace(cost=known.cost + LONGER * length + FAR * max(length - SHORT, 0))


def _is_square(node: Node) -> bool:
    return len(node.shape) == 2 and node.shape[0] == node.shape[1]


def _costs(made: Made) -> float:
    return sum(fact.cost + form.cost for fact, form in made)


def _size(value: Fraction) -> float:
    size = abs(value)
    odd = ODD if 1 not in (size.numerator, size.denominator) else 0.8
    plain = 0.0 if size == 1 else 0.4 if max(size.numerator, size.denominator) == 2 else odd
    return plain + (0.1 if value < 0 else 0)


def _constant(scales: Array) -> Array:
    """Which numbers (n, points) are the same at every point."""
    with np.errstate(all="ignore"):
        return np.asarray(
            (np.abs(scales - scales[:, :1]) <= NEAR * np.abs(scales[:, :1])).all(axis=1)
        )


def simple(scale: Array) -> Fraction | None:
    """The simple number that these all are."""
    first = float(scale[0])
    if not np.isfinite(first) or first == 0 or abs(first) > SIMPLE * 2:
        return None
    if (np.abs(scale - first) > NEAR * abs(first)).any():
        return None
    value = Fraction(first).limit_denominator(SIMPLE)
    if (
        value == 0
        or abs(value.numerator) > 2 * SIMPLE
        or abs(float(value) - first) > NEAR * abs(first)
    ):
        return None
    return value
