"""A claim with one expression of it rewritten, all at once: by values first, trees of what is left.

Must not know which rewritings there are, nor how a mended claim is verified.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from gradcli.diagnosis.evidence.refuted_claim import Around, RefutedClaim
from gradcli.diagnosis.evidence.screen import PlaceEdit, screen, survivors
from gradcli.diagnosis.kinds.guesses import by_operator, guesses
from gradcli.diagnosis.kinds.rewriting import NO_VALUES, ArrayEdits, Rewriting, Row
from gradcli.language.tree.syntax import Expr


def rewritten(
    refuted: RefutedClaim, rows: Sequence[Row], among: Sequence[Row] = ()
) -> Iterator[tuple[str, str, Expr]]:
    """The sides that may be right, with kind and words.

    Numbers are looked at together with all rows that these are `among`.
    """
    seen = screen(refuted)
    among = (*among, *(row for row in rows if row not in among))
    own = {among.index(row): row for row in rows}
    found = guesses(seen, among).left if seen else []
    edits = [each for each in found if each[0][0][0] in own]
    for row, (kind, at, makes) in own.items():
        guessed = isinstance(makes, Rewriting)
        every = by_operator(seen, at).others if seen and guessed else _places(refuted, at)
        for place, part, around in every:
            if isinstance(makes, ArrayEdits) and not refuted.is_array(part):
                continue
            if seen is not None and seen.closed(part):
                continue
            for order, (says, new) in enumerate(makes(part, around)):
                edits.append((((row, place, order), kind, says), PlaceEdit(part, around, new)))
    edits.sort(key=lambda each: each[0][0])
    for (_, kind, says), tree in survivors(refuted, edits):
        yield kind, says, tree


def _places(refuted: RefutedClaim, at: type[Expr]) -> Iterator[tuple[int, Expr, Around]]:
    """The expressions of a class that stand for something, with what they lie in."""
    for k, (part, around) in enumerate(refuted.everywhere()):
        if isinstance(part, at) and not isinstance(part, NO_VALUES):
            yield k, part, around
