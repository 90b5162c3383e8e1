"""The claim, or one term of it, times a constant: its sign, a factor 2 or 1/m, a surplus term.

Must not know graphs, nor other mistakes.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import combinations

import numpy as np

from gradcli.arithmetic.ball import precision, rational, sqrt
from gradcli.arithmetic.base import Array
from gradcli.diagnosis import tree
from gradcli.diagnosis.refuted_claim import RefutedClaim, Slip
from gradcli.diagnosis.samples import Samples
from gradcli.diagnosis.wording import SUM, Scale, Summand, flipped, left_out, negated, scaled
from gradcli.language import syntax
from gradcli.language.syntax import Binary

PLAINEST = 4
USUAL = {s * Fraction(k) ** e for k in (1, 2, 3, 4) for e in (-1, 1) for s in (-1, 1)}
PLAIN = Fraction(2), Fraction(1, 2), Fraction(-1)


def candidates(scene: RefutedClaim) -> Iterator[Slip]:
    """The claim times a constant first, then every term of it times a usual one."""
    samples = Samples(scene)
    yield from _whole(scene, samples, usual=True)
    for term in terms(scene) if samples.many else ():
        yield from _term(scene, samples, term, usual=True)


def unusual(scene: RefutedClaim) -> Iterator[Slip]:
    """The claim or a term of it times any other constant."""
    samples = Samples(scene)
    yield from _whole(scene, samples, usual=False)
    for term in terms(scene):
        yield from _term(scene, samples, term, usual=False)


def _whole(scene: RefutedClaim, samples: Samples, usual: bool) -> Iterator[Slip]:
    span = scene.claimed.span
    whole = Summand(scene.expr, None, (), span.start, span.end, None)
    for scale in _scales(scene, samples, samples.truth, samples.claim):
        if usual != (1 in (scale.value.denominator, abs(scale.value.numerator))):
            continue
        if scale == Scale(Fraction(-1)):
            yield from _said(scene, "sign", "the sign is wrong", negated(scene.expr, scene.text))
        else:
            words = f"a factor {scale.words} is missing"
            if scale == Scale(Fraction(1, 2)):
                words = "the claim is twice what is right"
            yield from _said(scene, "factor", words, scaled(scene, whole, scale))


def _said(scene: RefutedClaim, kind: str, says: str, text: str) -> Iterator[Slip]:
    node = scene.read(text)
    if node is not None:
        yield Slip(kind, says, node, text)


def terms(scene: RefutedClaim) -> list[Summand]:
    """Every summand in the claim that is no sum itself, wherever it stands."""
    found = []
    for part, around in tree.places(scene.expr):
        if not isinstance(part, Binary) or part.operator not in SUM:
            continue
        if any(isinstance(outer, syntax.Index) for outer in around):
            continue
        sign = tree.sign(part)
        text = part.span.source.text
        ends = (part.span.start, tree.end(text, sign)), (tree.begin(text, sign + 1), part.span.end)
        for side, (start, end) in zip((part.left, part.right), ends, strict=True):
            nested = isinstance(side, Binary) and side.operator in SUM
            if not (nested and side.span.start == start):
                place = sign if side is part.right else None
                found.append(Summand(side, part, around, start, end, place))
    return found


def _term(scene: RefutedClaim, samples: Samples, term: Summand, usual: bool) -> Iterator[Slip]:
    parent = term.parent
    assert parent is not None
    if term.sign is not None:
        rest = parent.left
    else:
        rest = tree.negative(parent.right) if parent.operator == "-" else parent.right
    without = scene.node(tree.replaced(term.around, parent, rest))
    if (
        without is None
        or (left := samples.of(without)) is None
        or left.shape != samples.claim.shape
    ):
        return
    words = tree.shown(term.expr)
    if usual and scene.fits(without):
        text = left_out(scene, term)
        yield from _said(scene, "surplus-term", f"the term {words} is surplus", text)
        return
    own = samples.difference(samples.claim, left)
    for scale in _scales(scene, samples, samples.difference(samples.truth, left), own):
        if usual != (scale.value in USUAL):
            continue
        if scale == Scale(Fraction(-1)):
            says = f"the sign of the term {words} is wrong"
            yield from _said(scene, "sign", says, flipped(scene, term))
        else:
            says = f"a factor {scale.words} is missing in the term {words}"
            yield from _said(scene, "factor", says, scaled(scene, term, scale))


def _scales(scene: RefutedClaim, samples: Samples, wanted: Array, own: Array) -> list[Scale]:
    """The constants that the one is of the other at every point, simplest first.

    At one size of the letters several may be.
    """
    if not samples.many:
        same = (v for v in PLAIN if samples.same(wanted, samples.product(own, _ball(v))))
        return [Scale(value) for value in same]
    found = []
    for above, below, number in _letters(scene):
        ratio = samples.ratio(wanted, samples.product(own, number))
        named = bool(above or below)
        if ratio is not None and (named or ratio != 1):
            size = abs(ratio.numerator) * ratio.denominator
            if not named or size <= PLAINEST:
                found.append((size, Scale(ratio, above, below)))
            if not named and not _counts(scene, ratio):
                break
    return [scale for _, scale in sorted(found, key=lambda f: f[0])]


def _counts(scene: RefutedClaim, ratio: Fraction) -> bool:
    """Whether a number could be a letter's at the sizes of the points."""
    sizes = {n for n in scene.trial.sizes.values() if n > 1}
    return any(not ratio.numerator % n or not ratio.denominator % n for n in sizes)


def _ball(value: Fraction) -> Array:
    found = np.empty(1, dtype=object)
    found[0] = rational(value)
    return found


def _letters(scene: RefutedClaim) -> Iterator[tuple[str, str, Array]]:
    """1, then the dimension letters and their roots, above and below a fraction's line."""
    yield "", "", _ball(Fraction(1))
    sizes = scene.trial.sizes
    named = [(x, Fraction(n)) for x, n in sizes.items()]
    named += [(f"{a}*{b}", p * q) for (a, p), (b, q) in combinations(named, 2)]
    for letter, size in named:
        yield "", letter, _ball(1 / size)
        yield letter, "", _ball(size)
    with precision(scene.trial.bits):
        for letter, n in sizes.items():
            root = np.empty(1, dtype=object)
            root[0] = sqrt(rational(Fraction(n)))
            yield f"sqrt({letter})", "", root
            yield "", f"sqrt({letter})", 1 / root
