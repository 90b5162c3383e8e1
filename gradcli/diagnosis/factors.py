"""Factors and terms made of one thing the derivation knows: e, 1 - e, 1 + e, 1/e, e^2, 1 - e^2.

Must not know derivatives, nor how a mended claim is verified.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations

from gradcli.arithmetic.ball import precision
from gradcli.arithmetic.base import Array
from gradcli.calculus.core import (
    INPUT,
    MUL,
    NEG,
    NUMBER,
    add,
    div,
    einsum,
    inputs,
    mul,
    number,
    sub,
)
from gradcli.diagnosis.composing import negated, plus, times
from gradcli.diagnosis.exchange import exchanged
from gradcli.diagnosis.flow import Flow
from gradcli.diagnosis.parts import (
    Subexpression,
    multiplied,
    parts,
    replaced,
    spoken,
    terms,
)
from gradcli.diagnosis.refuted_claim import RefutedClaim, Slip, in_full
from gradcli.diagnosis.samples import Samples
from gradcli.graph.node import Node
from gradcli.graph.order import dependents, topological
from gradcli.language import syntax
from gradcli.language.printer import source_of
from gradcli.language.syntax import Binary, Expr
from gradcli.language.tree import binary, is_number
from gradcli.language.tree import number as literal
from gradcli.notation.text import TextWriter, formula
from gradcli.ops.powers import power
from gradcli.ops.reductions import sum_

MOST, LONGEST = 60, 40
PAIRS = 12
TRIED = 80
ATOMS = (syntax.Name, syntax.Call)


def itself(expr: Expr) -> Expr:
    return expr


@dataclass(slots=True, eq=False)
class SimpleFactor:
    """Something simple: its vertex, its values, and its formula, as a form of what is known."""

    node: Node
    values: Array
    known: str
    form: Callable[[Expr], Expr] = itself

    def tree(self, refuted: RefutedClaim) -> Expr | None:
        """Its formula; None where the language cannot say it."""
        found = refuted.parsed(self.known)
        return None if found is None else self.form(found)


def candidates(refuted: RefutedClaim, flow: Flow | None, samples: Samples) -> Iterator[Slip]:
    """Factors that are missing or surplus, of the claim or of one term; terms that are missing."""
    if not samples.many or samples.constant(samples.truth) is not None:
        # Whatever is multiplied by its inverse, or by zero, is a constant.
        return
    summed = terms(refuted)
    plain = {*refuted.names, *inputs(refuted.claim)}
    whole = {refuted.claim, refuted.truth, *(part.node for part in summed)} - plain
    known = [e for e in _known(refuted, flow, samples) if e.node not in whole]
    found = [piece for e in known for piece in _forms(e, samples)]
    yield from _missing(refuted, flow, samples, parts(refuted)[0], found, samples.truth)
    for part in summed if len(summed) > 1 else ():
        values = samples.of(part.node)
        spread = None if values is None else samples.spread(values)
        if spread is not None:
            wanted = samples.difference(spread, samples.gap if part.negative else -samples.gap)
            yield from _missing(refuted, flow, samples, part, found, wanted)
    own = {part.node for part in parts(refuted)} - plain
    yield from _terms(refuted, samples, [e for e in known if e.node not in own])
    yield from _inside(refuted, samples, known)


def _known(refuted: RefutedClaim, flow: Flow | None, samples: Samples) -> Iterator[SimpleFactor]:
    """What bears a name, parts of the claim, small formulas of the function, sums of vectors."""
    # Letters that have one size here by chance are still two.
    shape = refuted.truth.shape
    roots = [refuted.claim, flow.of if flow else refuted.truth]
    texts: dict[Node, str] = {}
    order = topological(roots)
    for node in order:
        if node.op is INPUT:
            texts[node] = str(node.params[0])
        elif node in refuted.names:
            texts[node] = refuted.names[node]
    below = topological([refuted.truth])
    moving = dependents(below, inputs(refuted.truth))
    for node in below:
        if node.op not in (NUMBER, NEG) and not node.shape and node not in moving:
            texts.setdefault(node, formula(node, refuted.names))
    vectors = [node for node in texts if len(node.shape) == 1]
    for part in parts(refuted):
        texts.setdefault(part.node, " ".join(part.expr.span.text.split()))
    writer = TextWriter(refuted.names.get)
    for node in order:
        # No token is shorter than a character: what is long need not be written to be seen so.
        if node in texts or not node.args or writer.cost(node) > LONGEST:
            continue
        if len(text := writer.text(node)) <= LONGEST:
            texts[node] = text
    for node in vectors:
        name = texts[node]
        texts.setdefault(sum_(node), f"sum({name})")
        if shape == (*node.shape, *node.shape):
            texts.setdefault(einsum((node,), ("a",), "aa", {}), f"diag({name})")
            texts.setdefault(einsum((node, node), ("a", "b"), "ab", {}), f"{name} @ {name}.T")
    if len(shape) == 1:
        own = parts(refuted)[0]
        texts.setdefault(sum_(own.node), f"sum({' '.join(own.expr.span.text.split())})")
    plain = (NUMBER, NEG)
    fitting = [
        node
        for node in texts
        if node.op not in plain and not node.op.boolean and node.shape in ((), shape)
    ]
    for node in fitting[:MOST]:
        values = samples.of(node)
        if values is not None:
            yield SimpleFactor(node, values, texts[node])


def _forms(e: SimpleFactor, samples: Samples) -> Iterator[SimpleFactor]:
    """The thing itself and the simplest that is made of it."""
    unit, one = number(1), literal(1)
    with precision(samples.trial.bits):
        values, square = e.values, e.values * e.values
        yield e
        yield SimpleFactor(sub(unit, e.node), 1 - values, e.known, lambda x: binary("-", one, x))
        yield SimpleFactor(add(unit, e.node), 1 + values, e.known, lambda x: binary("+", one, x))
        whole = e.node.op is not MUL or e.node.label is not None
        if whole and all(x > 0 or x < 0 for x in values.flat):
            inverse = div(unit, e.node)
            yield SimpleFactor(inverse, 1 / values, e.known, lambda x: binary("/", one, x))
        squared = power(e.node, number(2))
        yield SimpleFactor(squared, square, e.known, _squared)
        rest = sub(unit, squared)
        yield SimpleFactor(rest, 1 - square, e.known, lambda x: binary("-", one, _squared(x)))


def _squared(expr: Expr) -> Expr:
    return binary("^", expr, literal(2))


def _missing(
    refuted: RefutedClaim,
    flow: Flow | None,
    samples: Samples,
    part: Subexpression,
    found: list[SimpleFactor],
    wanted: Array,
) -> Iterator[Slip]:
    """A part of the claim that is to be multiplied, so as to become what is wanted of it."""
    values = samples.of(part.node)
    spread = None if values is None else samples.spread(values)
    if spread is None:
        return
    for piece in found:
        if len(piece.node.shape) > len(part.node.shape):
            continue
        if not samples.same(samples.product(spread, piece.values), wanted):
            continue
        node = exchanged(refuted.claim, part.node, mul(part.node, piece.node))
        if node is None or not samples.fits(node):
            continue
        if (tree := piece.tree(refuted)) is not None:
            local = flow is not None and (flow.steep(piece.node) or flow.moves(piece.node))
            kind = "missing-local" if local else "factor"
            says = f"{_called(tree)} is missing{_where(part)}"
            yield Slip(kind, says, multiplied(refuted, part, tree, not piece.node.shape))


def _called(factor: Expr) -> str:
    if isinstance(factor, Binary) and factor.operator == "/" and is_number(factor.left, 1):
        return f"the division by {source_of(factor.right)}"
    return f"the factor {source_of(factor)}"


def _where(part: Subexpression) -> str:
    return "" if part.outer is None else f" in {in_full(part.expr)}"


def _inside(refuted: RefutedClaim, samples: Samples, known: list[SimpleFactor]) -> Iterator[Slip]:
    """A part of any kind times one thing that bears a name: what stands in a function, too."""
    named = [e for e in known if e.known.replace("_", "").isalnum() and not e.node.shape]
    tried = 0
    for part in parts(refuted):
        for piece in () if part.term else named:
            tried += 1
            if tried > TRIED:
                return
            node = exchanged(refuted.claim, part.node, mul(piece.node, part.node))
            tree = piece.tree(refuted)
            if node is not None and tree is not None and samples.fits(node):
                says = f"the factor {piece.known} is missing{_where(part)}"
                yield Slip("factor", says, multiplied(refuted, part, tree, scalar=True))


def _terms(refuted: RefutedClaim, samples: Samples, known: list[SimpleFactor]) -> Iterator[Slip]:
    """What the claim lacks is a simple number times one piece, or times two."""
    constant = samples.constant(samples.gap)
    if constant is not None and not refuted.truth.shape:
        yield _term(refuted, literal(constant))
    for piece in [piece for e in known for piece in _forms(e, samples)]:
        ratio = samples.ratio(samples.gap, piece.values)
        if ratio is not None and (tree := piece.tree(refuted)) is not None:
            yield _multiple(refuted, ratio, piece.node, tree)
    for a, b in combinations(known[:PAIRS], 2):
        ratio = samples.ratio(samples.gap, samples.product(a.values, b.values))
        one, two = a.tree(refuted), b.tree(refuted)
        if ratio is not None and isinstance(one, ATOMS) and isinstance(two, ATOMS):
            yield _multiple(refuted, ratio, mul(a.node, b.node), binary("*", one, two))


def _multiple(refuted: RefutedClaim, ratio: Fraction, node: Node, tree: Expr) -> Slip:
    """A multiple of a formula, or the same as it would be told, whichever is shorter."""
    size = abs(ratio)
    tree = times(literal(size), tree) if size != 1 else tree
    tree = negated(tree) if ratio < 0 else tree
    other = spoken(refuted, mul(number(ratio), node), refuted.names)
    if other is not None and len(source_of(other)) < len(source_of(tree)):
        tree = other
    return _term(refuted, tree)


def _term(refuted: RefutedClaim, piece: Expr) -> Slip:
    return Slip(
        "missing-term", f"the term {source_of(piece)} is missing", plus(refuted.expr, piece)
    )


# -- a factor that should not be there


def surplus(refuted: RefutedClaim, flow: Flow | None, samples: Samples) -> Iterator[Slip]:
    """One factor of a product of the claim taken out; plain numbers are looked at elsewhere."""
    whole = {part.expr: part for part in parts(refuted)}
    for part in whole.values():
        expr = part.expr
        if not (isinstance(expr, syntax.Binary) and expr.operator in ("*", ".*", "@", "/")):
            continue
        sides = [(expr.left, expr.right), (expr.right, expr.left)]
        for kept, out in sides[: 1 if expr.operator == "/" else 2]:
            gone = whole.get(out)
            if kept not in whole or gone is None or not inputs(gone.node):
                continue
            node = exchanged(refuted.claim, part.node, whole[kept].node)
            if node is not None and samples.fits(node):
                what = "the division by" if expr.operator == "/" else "the factor"
                kind = "missing-local" if flow else "factor"
                yield Slip(kind, f"{what} {in_full(out)} is surplus", replaced(part, kept))
