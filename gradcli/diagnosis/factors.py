"""Factors and terms made of one thing the derivation knows: e, 1 - e, 1 + e, 1/e, e^2, 1 - e^2.

Must not know derivatives, nor how a mended claim is verified.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

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
from gradcli.calculus.families import Pointwise
from gradcli.diagnosis.flow import Flow
from gradcli.diagnosis.locals import exchanged
from gradcli.diagnosis.notation import (
    Subexpression,
    bare,
    bracketed,
    parts,
    plus,
    replaced,
    spoken,
    terms,
    times,
)
from gradcli.diagnosis.refuted_claim import RefutedClaim, Slip
from gradcli.diagnosis.samples import Samples
from gradcli.diagnosis.tree import closed
from gradcli.graph.node import Node
from gradcli.graph.order import topological
from gradcli.language import syntax
from gradcli.notation.text import formula
from gradcli.ops.powers import power
from gradcli.ops.reductions import sum_

MOST, LONGEST = 60, 40
PAIRS = 12
TRIED = 80


@dataclass(slots=True, eq=False)
class SimpleFactor:
    """Something simple: its vertex, its text as a factor, its values; `plain` for a name alone."""

    node: Node
    text: str
    values: Array


def candidates(scene: RefutedClaim, flow: Flow | None, samples: Samples) -> Iterator[Slip]:
    """Factors that are missing or surplus, of the claim or of one term; terms that are missing."""
    if not samples.many or samples.constant(samples.truth) is not None:
        # Whatever is multiplied by its inverse, or by zero, is a constant.
        return
    summed = terms(scene)
    plain = {*scene.names, *inputs(scene.claim)}
    whole = {scene.claim, *(part.node for part in summed)} - plain
    known = [e for e in _known(scene, flow, samples) if e.node not in whole]
    found = [piece for e in known for piece in _forms(e, samples)]
    yield from _missing(scene, flow, samples, parts(scene)[0], found, samples.truth)
    for part in summed if len(summed) > 1 else ():
        values = samples.of(part.node)
        spread = None if values is None else samples.spread(values)
        if spread is not None:
            wanted = samples.difference(spread, samples.gap if part.negative else -samples.gap)
            yield from _missing(scene, flow, samples, part, found, wanted)
    own = {part.node for part in parts(scene)} - plain
    yield from _terms(scene, samples, [e for e in known if e.node not in own])
    yield from _inside(scene, samples, known)


def _known(scene: RefutedClaim, flow: Flow | None, samples: Samples) -> Iterator[SimpleFactor]:
    """What bears a name, parts of the claim, small formulas of the function, sums of vectors."""
    # Letters that have one size here by chance are still two.
    shape = scene.truth.shape
    roots = [scene.claim, flow.of if flow else scene.truth]
    texts: dict[Node, str] = {}
    order = topological(roots)
    for node in order:
        if node.op is INPUT:
            texts[node] = str(node.params[0])
        elif node in scene.names:
            texts[node] = scene.names[node]
    for node in topological([scene.truth]):
        if node.op not in (NUMBER, NEG) and not node.shape and not inputs(node):
            texts.setdefault(node, formula(node, scene.names))
    vectors = [node for node in texts if len(node.shape) == 1]
    for part in parts(scene):
        texts.setdefault(part.node, " ".join(part.expr.span.text.split()))
    for node in order:
        if node not in texts and node.args and len(text := formula(node, scene.names)) <= LONGEST:
            texts[node] = text
    for node in vectors:
        name = texts[node]
        texts.setdefault(sum_(node), f"sum({name})")
        if shape == (*node.shape, *node.shape):
            texts.setdefault(einsum((node,), ("a",), "aa", {}), f"diag({name})")
            texts.setdefault(einsum((node, node), ("a", "b"), "ab", {}), f"{name} @ {name}.T")
    if len(shape) == 1:
        own = parts(scene)[0]
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
            yield SimpleFactor(node, texts[node], values)


def _forms(e: SimpleFactor, samples: Samples) -> Iterator[SimpleFactor]:
    """The thing itself and the simplest that is made of it."""
    one = number(1)
    atom = e.text if _atomic(e.text) else f"({e.text})"
    elementwise = isinstance(e.node.op, Pointwise) and not set(e.text) & {"+", "-"}
    product = e.text if elementwise else atom
    with precision(samples.trial.bits):
        values, square = e.values, e.values * e.values
        yield SimpleFactor(e.node, product, values)
        yield SimpleFactor(sub(one, e.node), f"(1 - {product})", 1 - values)
        yield SimpleFactor(add(one, e.node), f"(1 + {product})", 1 + values)
        whole = e.node.op is not MUL or e.node.label is not None
        if whole and all(x > 0 or x < 0 for x in values.flat):
            yield SimpleFactor(div(one, e.node), f"1/{atom}", 1 / values)
        yield SimpleFactor(power(e.node, number(2)), f"{atom}^2", square)
        yield SimpleFactor(sub(one, power(e.node, number(2))), f"(1 - {atom}^2)", 1 - square)


def _atomic(text: str) -> bool:
    if text.replace("_", "").isalnum():
        return True
    head, bracket, rest = text.partition("(")
    return bool(bracket) and head.isidentifier() and closed(f"({rest}")


def _missing(
    scene: RefutedClaim,
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
        node = exchanged(scene.claim, part.node, mul(part.node, piece.node))
        if node is None or not samples.fits(node):
            continue
        local = flow is not None and (flow.steep(piece.node) or flow.moves(piece.node))
        says = f"{_called(piece)} is missing{_where(scene, part)}"
        kind = "missing-local" if local else "factor"
        yield Slip(kind, says, node, times(scene, part, piece.text, not piece.node.shape))


def _called(piece: SimpleFactor) -> str:
    if piece.text.startswith("1/"):
        return f"the division by {bare(piece.text[2:])}"
    return f"the factor {bare(piece.text)}"


def _where(scene: RefutedClaim, part: Subexpression) -> str:
    return "" if part.expr is scene.expr else f" in {' '.join(part.expr.span.text.split())}"


def _inside(scene: RefutedClaim, samples: Samples, known: list[SimpleFactor]) -> Iterator[Slip]:
    """A part of any kind times one thing that bears a name: what stands in a function, too."""
    named = [e for e in known if e.text.replace("_", "").isalnum() and not e.node.shape]
    tried = 0
    for part in parts(scene):
        for piece in () if part.term else named:
            tried += 1
            if tried > TRIED:
                return
            node = exchanged(scene.claim, part.node, mul(piece.node, part.node))
            if node is not None and samples.fits(node):
                says = f"the factor {piece.text} is missing{_where(scene, part)}"
                yield Slip(
                    "factor", says, node, times(scene, part, piece.text, not piece.node.shape)
                )


def _terms(scene: RefutedClaim, samples: Samples, known: list[SimpleFactor]) -> Iterator[Slip]:
    """What the claim lacks is a simple number times one piece, or times two."""
    found = [piece for e in known for piece in _forms(e, samples)]
    pairs = [
        SimpleFactor(mul(a.node, b.node), f"{a.text}*{b.text}", samples.product(a.values, b.values))
        for k, a in enumerate(known[:PAIRS])
        for b in known[k + 1 : PAIRS]
        if _atomic(a.text) and _atomic(b.text)
    ]
    one = samples.constant(samples.gap)
    if one is not None and len(scene.truth.shape) == 0:
        yield _term(scene, number(one), _number(one))
    for piece in [*found, *pairs]:
        ratio = samples.ratio(samples.gap, piece.values)
        if ratio is None:
            continue
        text = piece.text
        if abs(ratio) != 1:
            text = f"{_number(abs(ratio))}*{text}"
        text = f"-{text}" if ratio < 0 else text
        whole = mul(number(ratio), piece.node)
        other = spoken(whole, scene.names)
        yield _term(scene, whole, other if other and len(other) < len(text) else text)


def _number(value: Fraction) -> str:
    text = formula(number(value), {})
    return f"({text})" if "/" in text else text


def _term(scene: RefutedClaim, node: Node, text: str) -> Slip:
    says = f"the term {text} is missing"
    return Slip("missing-term", says, add(scene.claim, node), plus(scene.text, text))


# -- a factor that should not be there


def surplus(scene: RefutedClaim, flow: Flow | None, samples: Samples) -> Iterator[Slip]:
    """One factor of a product of the claim taken out; plain numbers are looked at elsewhere."""
    whole = {part.expr: part for part in parts(scene)}
    for part in whole.values():
        expr = part.expr
        if not (isinstance(expr, syntax.Binary) and expr.operator in ("*", ".*", "@", "/")):
            continue
        sides = [(expr.left, expr.right), (expr.right, expr.left)]
        for kept, out in sides[: 1 if expr.operator == "/" else 2]:
            gone = whole.get(out)
            if kept not in whole or gone is None or not inputs(gone.node):
                continue
            node = exchanged(scene.claim, part.node, whole[kept].node)
            if node is not None and samples.fits(node):
                text = kept.span.text if expr is scene.expr else bracketed(scene, kept)
                what = "the division by" if expr.operator == "/" else "the factor"
                says = f"{what} {' '.join(out.span.text.split())} is surplus"
                kind = "missing-local" if flow else "factor"
                yield Slip(kind, says, node, replaced(scene, expr, text))
