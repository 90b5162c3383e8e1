"""In which order a display is read, and which line goes on with which: `L = (y - t)^2, y = w x`.

Must not know how a formula is read.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

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
    done: dict[int, None] = {}
    active: set[int] = set()

    def visit(k: int) -> None:
        if k in done or k in active:
            return
        active.add(k)
        texts = {text for formula in units[k] for text in formula.texts}
        for name, at in once.items():
            if name in texts:
                visit(at)
        done[k] = None

    for k in range(len(units)):
        visit(k)
    return [formula for k in done for formula in units[k]]


def continued(written: Sequence[TexFormula], formula: TexFormula) -> list[TexFormula]:
    """What a line without a left side may go on with: formulas of its column, one row above."""
    above = [f for f in written if not f.says and f.row < formula.row]
    row = max((f.row for f in above), default=0)
    return [f for f in above if f.row == row and f.column == formula.column]
