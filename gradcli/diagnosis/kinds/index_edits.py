"""Indices and ranges of a claim written otherwise: one further on, one before, throughout.

Must not know graphs, nor whether anything is right; each function makes one kind of change.
"""

from __future__ import annotations

from collections.abc import Iterator

from gradcli.diagnosis.evidence.refuted_claim import Around, RefutedClaim, Slip
from gradcli.diagnosis.evidence.screen import survivors, throughout
from gradcli.diagnosis.kinds.edits import stepped
from gradcli.diagnosis.kinds.rewriting import Edits
from gradcli.language.tree.build import (
    changed,
    constant,
    number,
)
from gradcli.language.tree.printer import source_of
from gradcli.language.tree.syntax import (
    Expr,
    Fold,
    Index,
    Slice,
)


def bounds(part: Fold, around: Around) -> Edits:
    """A range that begins or ends one further on, or one before, or where a variable stands."""
    known = [r.variable for fold in around if isinstance(fold, Fold) for r in fold.ranges]
    for k, own in enumerate(part.ranges):
        variables = [*known, *(r.variable for r in part.ranges[:k])]
        for field, which in (("low", "begins"), ("high", "ends")):
            old = getattr(own, field)
            others: list[Expr] = [v for v in variables if v.name != old.span.text]
            if field == "low" and constant(old) != 0:
                others.append(number(0))
            for new in (stepped(old, -1), stepped(old, 1), *others):
                there = source_of(new).replace(" ", "")
                says = f"the {part.function.name} {which} at {there}, not at {old.span.text}"
                moved = changed(own, **{field: new})
                yield says, changed(part, ranges=(*part.ranges[:k], moved, *part.ranges[k + 1 :]))


def indices(part: Index, around: Around) -> Edits:
    """Members and entries one further on, or one before."""
    for step in (-1, 1):
        for k in range(len(part.items)):
            new = moved(part, k, step)
            yield f"the index is off by one: {source_of(new)}, not {part.span.text}", new


def indices_throughout(refuted: RefutedClaim) -> Iterator[Slip]:
    """An index off by one wherever the same thing stands, as in `h[t]*(1 - h[t])`."""
    groups: dict[str, list[Index]] = {}
    for part, _ in refuted.everywhere():
        if isinstance(part, Index):
            groups.setdefault(part.span.text, []).append(part)
    found = []
    for written, same in groups.items():
        for step in (-1, 1) if len(same) > 1 else ():
            new = {part: moved(part, 0, step) for part in same}
            says = f"the index is off by one: {source_of(new[same[0]])}, not {written}, throughout"
            found.append((says, throughout(refuted, new)))
    for says, tree in survivors(refuted, found):
        yield Slip("index", says, tree)


def moved(part: Index, k: int, step: int) -> Index:
    """An entry, or a range of entries, by one further along an axis."""
    item = part.items[k]
    if isinstance(item, Slice):
        start, stop = (end and stepped(end, step) for end in (item.start, item.stop))
        new: Expr = changed(item, start=start, stop=stop)
    else:
        new = stepped(item, step)
    return changed(part, items=(*part.items[:k], new, *part.items[k + 1 :]))
