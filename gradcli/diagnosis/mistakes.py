"""The mistakes that are looked for, one a row, the natural ones before the exotic.

Must not know how a claim is judged, nor how any of them is found. A row names the kinds that its
mistake may be of, each a page in reference/texts/topics.toml, where it looks and what it makes of
that.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache
from itertools import starmap
from typing import NamedTuple

from gradcli.diagnosis import where
from gradcli.diagnosis.evidence.flow import Flow, flow
from gradcli.diagnosis.evidence.observed import observed
from gradcli.diagnosis.evidence.refuted_claim import RefutedClaim, Slip
from gradcli.diagnosis.evidence.samples import Glimpses, Samples
from gradcli.diagnosis.kinds import (
    bodies,
    counters,
    diagonal,
    edits,
    entries,
    factors,
    function_edits,
    index_edits,
    locals,
    names,
    other_vertex,
    readings,
    rounded,
    rules,
    shapes,
    terms,
    two_slips,
    weights,
)
from gradcli.diagnosis.kinds.rewriting import Row
from gradcli.diagnosis.kinds.rewritten import rewritten
from gradcli.diagnosis.known import paths
from gradcli.language.tree.syntax import (
    Binary,
    Call,
    Expr,
    Fold,
    Index,
    Name,
    Number,
    Transpose,
    Unary,
)

ANY = Expr


class Mistake(NamedTuple):
    """Which kinds of mistake this may turn out to be, and the mends that it proposes."""

    kinds: tuple[str, ...]
    slips: Callable[[RefutedClaim], Iterator[Slip]]
    rows: tuple[Row, ...] = ()
    """What it is made of, where it is one expression written otherwise."""


def edited(*rows: Row) -> Mistake:
    """One expression of a class written otherwise, wherever the claim has one: in which way, a row.

    All rows are looked at together, by what the claim would be worth.
    """

    def slips(refuted: RefutedClaim) -> Iterator[Slip]:
        return starmap(Slip, rewritten(refuted, rows, EDITS))

    return Mistake((*dict.fromkeys(kind for kind, *_ in rows),), slips, rows)


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
    found, seen = flow(refuted), observed(refuted)
    if seen is None:
        return found, Samples(refuted)
    seen.see(found.adjoints.values() if found else ())
    return found, Glimpses(refuted, seen)


AXES = edited(("axis", Call, function_edits.axes))
TRANSPOSES = whole("transpose layout missing-term", shapes.transposes)
CONSTANTS = whole("sign factor exponent surplus-term", terms.usual)
ROUNDED = whole("tiny", rounded.constants)

READ = graph(
    "sign factor missing-local missing-term surplus-term node exponent index axis function",
    lambda refuted, flow, samples: readings.readings(refuted, flow),
)

RESHAPING: tuple[Mistake, ...] = (
    AXES,
    TRANSPOSES,
    edited(
        ("axis", ANY, function_edits.missing_sums),
        ("axis", Transpose, function_edits.turned_axes),
        ("shape", Binary, shapes.outer_products),
    ),
    whole("shape", shapes.diagonals),
    whole("transpose", shapes.rearranged),
    whole("missing-local", shapes.products),
)
"""Those that may also mend a side of another shape."""
LONE = (CONSTANTS, ROUNDED, AXES, TRANSPOSES)
"""Those that one single point does not mislead: any two numbers have a ratio there."""
ALL: tuple[Mistake, ...] = (
    whole("swapped sign factor node missing-term surplus-term", entries.candidates),
    graph("missing-local factor", lambda refuted, flow, samples: factors.surplus(refuted, flow)),
    edited(("factor", Call, function_edits.means)),
    CONSTANTS,
    ROUNDED,
    AXES,
    TRANSPOSES,
    whole("shape", shapes.identities),
    edited(
        ("sign", Unary, edits.minus_signs),
        ("sign", Binary, edits.term_signs),
        ("node", Call, edits.complements_beside),
        ("sign", ANY, edits.argument_signs),
        ("index", Fold, index_edits.bounds),
        ("index", Index, index_edits.indices),
        ("exponent", ANY, edits.exponents),
        ("factor", Binary, edits.surplus_squares),
        ("exponent", Binary, edits.surplus_powers),
        ("exponent", Call, edits.powers_within),
        ("exponent", Call, edits.surplus_roots),
        ("factor", ANY, edits.missing_squares),
    ),
    whole("index", index_edits.indices_throughout),
    graph("domain", where.candidates),
    edited(("node", Name, edits.complements), ("node", Binary, edits.surplus_complements)),
    graph("missing-term", paths.candidates),
    graph("missing-term factor node", rules.candidates),
    whole("node swapped", names.candidates),
    graph("swapped node missing-local", other_vertex.candidates),
    graph("missing-local factor missing-term", locals.candidates),
    graph("factor", lambda refuted, flow, samples: weights.missing(refuted, flow)),
    graph("node", other_vertex.upstream),
    graph("surplus-term missing-term", paths.others),
    edited(
        ("factor", Number, edits.numbers),
        ("function", Call, function_edits.functions),
        ("factor", Binary, edits.fractions),
        ("factor", Binary, edits.surplus_numbers),
        ("missing-local", Binary, edits.surplus_factors),
        ("factor", ANY, edits.doubles),
        ("function", Binary, edits.sums_and_products),
        ("axis", ANY, function_edits.missing_sums),
        ("axis", Binary, function_edits.lost_axes),
    ),
    edited(("missing-local", Fold, counters.in_folds)),
    whole("missing-local", counters.in_loops),
    whole("missing-local", bodies.missing_factors),
    whole("exponent", counters.reversed_exponents),
    whole("factor missing-local", names.factors),
    graph("missing-local", locals.instead),
    graph("domain", where.late),
    edited(
        ("exponent", ANY, edits.missing_roots),
        ("function", ANY, edits.missing_inverses),
    ),
    whole("function", names.functions),
    READ,
    graph("missing-term", diagonal.candidates),
    edited(("axis", Transpose, function_edits.turned_axes)),
    whole("transpose", shapes.rearranged),
)

EDITS: tuple[Row, ...] = (
    *(row for mistake in ALL for row in mistake.rows),
    ("transpose", ANY, edits.transposes),
    ("surplus-term", Binary, edits.surplus_terms),
    ("transpose", Name, edits.symmetric_parts),
)
SEVERAL: tuple[Mistake, ...] = (
    graph("several", lambda refuted, flow, _: two_slips.candidates(refuted, flow, EDITS)),
    graph(" ".join(READ.kinds), lambda refuted, flow, _: readings.far(refuted, flow)),
)
"""What is looked for where no single mistake explains a claim, or only a far-fetched one."""
