"""In which order a display is read, and which line goes on with which: `L = (y - t)^2, y = w x`.

Must not know how a formula is read.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from functools import cache, partial

from gradcli.language.tex.rows import TexFormula

Keys = Callable[[TexFormula], tuple[str, ...]]


def defined_first(
    formulas: Sequence[TexFormula], keys: Keys, known: Collection[str]
) -> list[TexFormula]:
    """The formulas in the order in which they are read: what one of them defines before its use.

    What goes on with a formula stays behind it; a name that two of them define, or that is `known`,
    stays where it is.
    """
    units: list[list[TexFormula]] = []
    for formula in formulas:
        signs = [r.text for r in formula.relations]
        begins = formula.sides[0] and not formula.says and signs[:1] in (["="], [":="])
        if begins or not units:
            units.append([formula])
        else:
            heads = [] if formula.sides[0] else continued(formulas, formula)
            own = [unit for unit in units if heads and heads[0] in unit]
            (own or units)[-1].append(formula)
    defining: dict[str, list[int]] = {}
    for k, unit in enumerate(units):
        found = keys(unit[0])
        # A letter with an index may be an entry; one that stands on both sides steps on.
        if found and found[0] == found[-1] and len(unit[0].sides[0]) == 1:
            defining.setdefault(found[0], []).append(k)
    once = {name: at[0] for name, at in defining.items() if len(at) == 1 and name not in known}
    texts = [{text for formula in unit for text in formula.texts} for unit in units]
    letters = {k: unit[0].sides[0][0].text for k, unit in enumerate(units) if unit[0].sides[0]}
    # By their letters alone, so that no entry and no other name of a letter is missed.
    touched = [{at for at, letter in letters.items() if letter in own} for own in texts]
    # What stands on the formula itself is not meant by it: another name begins like it.
    reached = cache(partial(_reached, touched=touched))
    needs = [
        [at for name, at in once.items() if name in own and k not in reached(at)]
        for k, own in enumerate(texts)
    ]
    done: dict[int, None] = {}
    left = [*range(len(units))][::-1]
    while left:
        first = [at for at in needs[left[-1]] if at not in done]
        if first:
            left += first[::-1]
        else:
            done.setdefault(left.pop())
    return [formula for k in done for formula in units[k]]


def _reached(start: int, touched: Sequence[set[int]]) -> set[int]:
    """What something stands on, directly or not, and itself."""
    found, left = {start}, [start]
    while left:
        new = touched[left.pop()] - found
        found |= new
        left += new
    return found


def continued(written: Sequence[TexFormula], formula: TexFormula) -> list[TexFormula]:
    """What a line without a left side may go on with: formulas of its column, one row above."""
    above = [f for f in written if not f.says and f.row < formula.row]
    row = max((f.row for f in above), default=0)
    return [f for f in above if f.row == row and f.column == formula.column]
