"""The claim, or one term of it, times a constant: its sign, a factor 2 or 1/m, a surplus term.

Must not know graphs, nor other mistakes.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import combinations
from typing import NamedTuple

import numpy as np

from gradcli.arithmetic.ball import precision, rational, sqrt
from gradcli.arithmetic.base import Array
from gradcli.diagnosis.evidence.fitting import may_scale
from gradcli.diagnosis.evidence.refuted_claim import Around, RefutedClaim, Slip, shown
from gradcli.diagnosis.evidence.samples import Samples
from gradcli.diagnosis.kinds.edits import is_exponent
from gradcli.diagnosis.trees.composing import OPPOSITE, Scale, negated, put, scaled
from gradcli.language.tree import syntax
from gradcli.language.tree.build import SUMS, binary, call, changed, is_sum, name
from gradcli.language.tree.printer import source_of
from gradcli.language.tree.slots import slots
from gradcli.language.tree.syntax import Binary, Expr
from gradcli.ops.elementary import sqrt as root_of

PLAINEST = 4
USUAL = {s * Fraction(k) ** e for k in (1, 2, 3, 4) for e in (-1, 1) for s in (-1, 1)}
MINUS, HALF = Scale(Fraction(-1)), Scale(Fraction(1, 2))
PLAIN = Fraction(2), Fraction(1, 2), Fraction(-1)


class Summand(NamedTuple):
    """A term, the sum that it is one of, and what that lies in."""

    expr: Expr
    sum: Binary
    around: Around

    @property
    def others(self) -> Expr:
        """The sum without it."""
        left, right = self.sum.left, self.sum.right
        if self.expr is left:
            return negated(right) if self.sum.operator == "-" else right
        return left

    def left_out(self) -> Expr:
        """The whole claim without it."""
        return put(self.around, self.sum, self.others)

    def flipped(self) -> Expr:
        """The whole claim with its other sign."""
        if self.expr is self.sum.left:
            new = changed(self.sum, left=negated(self.expr))
        else:
            new = changed(self.sum, operator=OPPOSITE[self.sum.operator])
        return put(self.around, self.sum, new)


def usual(refuted: RefutedClaim) -> Iterator[Slip]:
    """The claim times a constant first, then every term of it times a usual one."""
    samples = Samples(refuted)
    if not samples.many or may_scale(refuted, [refuted.expr])[0]:
        yield from _whole(refuted, samples)
    found = summands(refuted) if samples.many else []
    for term, may in zip(found, may_scale(refuted, [x.expr for x in found], USUAL), strict=True):
        if may:
            yield from _term(refuted, samples, term)


def _whole(refuted: RefutedClaim, samples: Samples) -> Iterator[Slip]:
    for scale in _scales(refuted, samples, samples.truth, samples.claim):
        if 1 not in (scale.value.denominator, abs(scale.value.numerator)):
            continue
        if scale == MINUS:
            yield Slip("sign", "the sign is wrong", negated(refuted.expr))
        else:
            words = f"a factor {scale.words} is missing"
            words = "the claim is twice what is right" if scale == HALF else words
            yield Slip("factor", words, scaled(refuted.expr, scale))


def summands(refuted: RefutedClaim) -> list[Summand]:
    """Every term in the claim that is no sum itself, wherever it stands."""
    found = []
    for part, around in refuted.everywhere():
        if not isinstance(part, Binary) or part.operator not in SUMS:
            continue
        if any(isinstance(outer, syntax.Index) for outer in around):
            continue
        for slot in slots(part):
            if slot.bracketed or not is_sum(slot.part):
                found.append(Summand(slot.part, part, around))
    return found


def _term(refuted: RefutedClaim, samples: Samples, term: Summand) -> Iterator[Slip]:
    without = term.left_out()
    node = refuted.node(without)
    if node is None or (left := samples.of(node)) is None or left.shape != samples.claim.shape:
        return
    words = shown(term.expr)
    if refuted.fits(without):
        if is_exponent(term.sum, term.around):
            says = f"the exponent is {source_of(term.others)}, not {shown(term.sum)}"
            yield Slip("exponent", says, without)
            return
        yield Slip("surplus-term", f"the term {words} is surplus", without)
        return
    own = samples.difference(samples.claim, left)
    for scale in _scales(refuted, samples, samples.difference(samples.truth, left), own):
        if scale.value not in USUAL:
            continue
        if scale == MINUS:
            yield Slip("sign", f"the sign of the term {words} is wrong", term.flipped())
        else:
            says = f"a factor {scale.words} is missing in the term {words}"
            tree = put((*term.around, term.sum), term.expr, scaled(term.expr, scale))
            yield Slip("factor", says, tree)


def _scales(refuted: RefutedClaim, samples: Samples, wanted: Array, own: Array) -> list[Scale]:
    """The constants that the one is of the other at every point, simplest first.

    At one size of the letters several may be.
    """
    if not samples.many:
        same = (v for v in PLAIN if samples.same(wanted, samples.product(own, _ball(v))))
        return [Scale(value) for value in same]
    found = []
    for above, below, number in _letters(refuted):
        ratio = samples.ratio(wanted, samples.product(own, number))
        named = above is not None or below is not None
        if ratio is not None and (named or ratio != 1):
            size = abs(ratio.numerator) * ratio.denominator
            if not named or size <= PLAINEST:
                found.append((size, Scale(ratio, above, below)))
            if not named and not _counts(refuted, ratio):
                break
    return [scale for _, scale in sorted(found, key=lambda f: f[0])]


def _counts(refuted: RefutedClaim, ratio: Fraction) -> bool:
    """Whether a number could be a letter's at the sizes of the points."""
    sizes = {n for n in refuted.trial.sizes.values() if n > 1}
    return any(not ratio.numerator % n or not ratio.denominator % n for n in sizes)


def _ball(value: Fraction) -> Array:
    found = np.empty(1, dtype=object)
    found[0] = rational(value)
    return found


def _letters(refuted: RefutedClaim) -> Iterator[tuple[Expr | None, Expr | None, Array]]:
    """1, then the dimension letters and their roots, above and below a fraction's line."""
    yield None, None, _ball(Fraction(1))
    sizes = refuted.trial.sizes
    named = [(name(x), Fraction(n)) for x, n in sizes.items()]
    named += [(binary("*", a, b), p * q) for (a, p), (b, q) in combinations(named, 2)]
    for letter, size in named:
        yield None, letter, _ball(1 / size)
        yield letter, None, _ball(size)
    with precision(refuted.trial.bits):
        for x, n in sizes.items():
            root = np.empty(1, dtype=object)
            root[0] = sqrt(rational(Fraction(n)))
            yield call(root_of.name, name(x)), None, root
            yield None, call(root_of.name, name(x)), 1 / root
