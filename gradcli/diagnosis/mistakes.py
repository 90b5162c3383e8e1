"""The mistakes that are looked for, one a row, the natural ones before the exotic.

Must not know how a claim is judged, nor how any of them is found. A row names the kinds that its
mistake may be of, each a page in reference/texts/topics.toml, where it looks and what it makes of
that.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any, NamedTuple

from gradcli.diagnosis import (
    edits,
    entries,
    factors,
    locals,
    names,
    other_vertex,
    paths,
    readings,
    rounded,
    rules,
    shapes,
    terms,
    two_slips,
    where,
)
from gradcli.diagnosis.composing import put
from gradcli.diagnosis.flow import Flow, flow
from gradcli.diagnosis.refuted_claim import Around, RefutedClaim, Slip
from gradcli.diagnosis.samples import Samples
from gradcli.language.syntax import Binary, Call, Expr, Fold, Index, Name, Number, Transpose, Unary

ANY = Expr


class Mistake(NamedTuple):
    """Which kinds of mistake this may turn out to be, and the mends that it proposes."""

    kinds: tuple[str, ...]
    slips: Callable[[RefutedClaim], Iterator[Slip]]
    row: two_slips.Row | None = None
    """What it is made of, where it is one expression written otherwise."""


def edit(kind: str, at: type[Expr], makes: Callable[[Any, Around], edits.Edits]) -> Mistake:
    """One expression of a class written otherwise, tried wherever the claim has one."""

    def slips(refuted: RefutedClaim) -> Iterator[Slip]:
        for part, around in refuted.everywhere():
            if isinstance(part, at) and not isinstance(part, edits.NO_VALUES):
                for says, new in makes(part, around):
                    yield Slip(kind, says, put(around, part, new))

    return Mistake((kind,), slips, (kind, at, makes))


def whole(kinds: str, slips: Callable[[RefutedClaim], Iterator[Slip]]) -> Mistake:
    """The claim looked at as a whole."""
    return Mistake((*kinds.split(),), slips)


def graph(
    kinds: str, look: Callable[[RefutedClaim, Flow | None, Samples], Iterator[Slip]]
) -> Mistake:
    """What flows back through the function that the claim differentiates, and numbers of it."""

    def slips(refuted: RefutedClaim) -> Iterator[Slip]:
        if refuted.claim.shape == refuted.truth.shape:
            yield from look(refuted, *_seen(refuted))

    return Mistake((*kinds.split(),), slips)


@lru_cache(maxsize=1)
def _seen(refuted: RefutedClaim) -> tuple[Flow | None, Samples]:
    return flow(refuted), Samples(refuted)


AXES = edit("axis", Call, edits.axes)
TRANSPOSES = whole("transpose layout missing-term", shapes.transposes)
CONSTANTS = whole("sign factor surplus-term", terms.usual)
ROUNDED = whole("tiny", rounded.constants)

READ = graph(
    "sign factor missing-local missing-term surplus-term node exponent index axis function",
    lambda refuted, flow, samples: readings.readings(refuted, flow),
)

RESHAPING: tuple[Mistake, ...] = (
    AXES,
    TRANSPOSES,
    edit("axis", ANY, edits.missing_sums),
    edit("axis", Transpose, edits.turned_axes),
    whole("shape", shapes.diagonals),
    whole("transpose", shapes.rearranged),
    whole("missing-local", shapes.products),
)
"""Those that may also mend a side of another shape."""
LONE = (CONSTANTS, ROUNDED, AXES, TRANSPOSES)
"""Those that one single point does not mislead: any two numbers have a ratio there."""
ALL: tuple[Mistake, ...] = (
    whole("swapped sign factor node missing-term surplus-term", entries.candidates),
    graph("missing-local factor", factors.surplus),
    edit("factor", Call, edits.means),
    CONSTANTS,
    ROUNDED,
    AXES,
    TRANSPOSES,
    whole("shape", shapes.identities),
    edit("sign", Unary, edits.minus_signs),
    edit("sign", Binary, edits.term_signs),
    edit("sign", ANY, edits.argument_signs),
    edit("index", Fold, edits.bounds),
    edit("index", Index, edits.indices),
    edit("exponent", ANY, edits.exponents),
    edit("factor", Binary, edits.surplus_squares),
    edit("exponent", Binary, edits.surplus_powers),
    edit("exponent", Call, edits.powers_within),
    edit("factor", ANY, edits.missing_squares),
    whole("index", edits.indices_throughout),
    graph("domain", where.candidates),
    edit("node", Name, edits.complements),
    graph("missing-term", paths.candidates),
    graph("missing-term factor node", rules.candidates),
    whole("node swapped", names.candidates),
    graph("swapped node missing-local", other_vertex.candidates),
    graph("missing-local factor missing-term", locals.candidates),
    graph("node", other_vertex.upstream),
    graph("surplus-term missing-term", paths.others),
    edit("factor", Number, edits.numbers),
    edit("function", Call, edits.functions),
    edit("factor", Binary, edits.fractions),
    edit("factor", Binary, edits.surplus_numbers),
    edit("missing-local", Binary, edits.surplus_factors),
    edit("factor", ANY, edits.doubles),
    edit("function", Binary, edits.sums_and_products),
    edit("axis", ANY, edits.missing_sums),
    edit("axis", Binary, edits.lost_axes),
    whole("factor missing-local", names.factors),
    graph("missing-local", locals.instead),
    graph("factor missing-local missing-term", factors.candidates),
    graph("domain", where.late),
    whole("sign factor surplus-term", terms.unusual),
    READ,
    edit("axis", Transpose, edits.turned_axes),
    whole("transpose", shapes.rearranged),
)

EDITS = [mistake.row for mistake in ALL if mistake.row is not None]
SEVERAL: tuple[Mistake, ...] = (
    graph("several", lambda refuted, flow, _: two_slips.candidates(refuted, flow, EDITS)),
    graph(" ".join(READ.kinds), lambda refuted, flow, _: readings.far(refuted, flow)),
)
"""What is looked for where no single mistake explains a claim, or only a far-fetched one."""
