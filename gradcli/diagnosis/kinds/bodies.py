"""A factor that is missing in the body of a sum, out of what stands in the bodies of the claim.

Must not know graphs, nor whether anything is right.
"""

from __future__ import annotations

from collections.abc import Iterator

from gradcli.diagnosis.evidence.refuted_claim import RefutedClaim, Slip, shown
from gradcli.diagnosis.evidence.screen import PlaceEdit, survivors
from gradcli.diagnosis.kinds.rewriting import NO_VALUES
from gradcli.diagnosis.trees.composing import after, put
from gradcli.language.tree.build import POWERS, binary, call, exchanged, name, number, places
from gradcli.language.tree.printer import source_of
from gradcli.language.tree.syntax import Binary, Call, Expr, Fold, Index, Name
from gradcli.ops.elementary import log as log_of

MOST = 12
"""Factors that are tried in one body."""


def missing_factors(refuted: RefutedClaim) -> Iterator[Slip]:
    """What is summed, times a part of it that goes by the sum's variables, or over that."""
    found = []
    for fold, around in refuted.everywhere():
        if not isinstance(fold, Fold):
            continue
        factors = [*dict.fromkeys(_factors(fold, [*refuted.ruling.pair.loop]))][:MOST]
        for factor in factors:
            for new in (factor, binary("/", number(1), factor)):
                what = "the factor" if new is factor else "the division by"
                says = f"{what} {source_of(factor)} is missing in {shown(fold.body)}"
                body = after(fold.body, new)
                found.append((says, PlaceEdit(fold, around, put((fold,), fold.body, body))))
    for says, tree in survivors(refuted, found):
        yield Slip("missing-local", says, tree)


def _factors(fold: Fold, loops: list[str]) -> Iterator[Expr]:
    """Parts of a body by its variables; of a sum within it by those of the loops around instead."""
    own = {r.variable.name for r in fold.ranges}
    texts: set[str] = set()
    for part, inside in places(fold.body):
        inner = next((x for x in inside if isinstance(x, Fold)), None)
        made = [part]
        if isinstance(part, Binary) and part.operator in POWERS:
            # What an exponent leaves behind.
            made.append(call(log_of.name, part.left))
        if inner is not None:
            bound = [r.variable.name for r in inner.ranges]
            made = [_by(part, bound[0], loop) for loop in loops if len(bound) == 1]
        for new in made if isinstance(part, Binary | Call | Index) else ():
            text = source_of(new)
            plain = isinstance(new, NO_VALUES) or part is fold.body or text in texts
            if not plain and {x.name for x, _ in places(new) if isinstance(x, Name)} & own:
                texts.add(text)
                yield new


def _by(part: Expr, old: str, new: str) -> Expr:
    """A part by another variable."""
    named = (x for x, _ in places(part) if isinstance(x, Name) and x.name == old)
    return exchanged(part, {x: name(new) for x in named})
