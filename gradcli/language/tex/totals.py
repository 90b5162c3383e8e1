r"""Equations that say of an input that its entries sum to one, as `\sum_i y_i = 1` does.

Must not know how sets are written, nor what comes of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from gradcli.errors import GradcliError, Source
from gradcli.language.tex.atom import Atom, NoFormula
from gradcli.language.tex.declarations import Declarations, DeclaredSet
from gradcli.language.tex.formula import TexItem, parsed
from gradcli.language.tex.names import script, symbol
from gradcli.language.tex.rows import TexFormula
from gradcli.language.tree import syntax

ONES = ("1", "bold 1")
SIMPLEX = "simplex"
EQUAL = (["="], [":="])


def narrowed(
    source: Source, formulas: Sequence[TexFormula], declarations: Declarations
) -> Iterator[TexFormula]:
    """Those of the formulas that narrow a declared set of vectors, whose name is defined nowhere.

    They narrow it to the inside of the simplex: a claim that is made for it is not for all.
    """
    equal = [f for f in formulas if f.sides[0] and [r.text for r in f.relations][:1] in EQUAL]
    wholes = {formula: name for formula in equal if (name := _whole(source, formula))}
    defined = {f.sides[0][0].text for f in equal if f not in wholes}
    for formula, name in wholes.items():
        found = declarations.sets.get(name)
        if found is None or name in defined or not found.dims or not _may_be_shares(found):
            continue
        *batch, size = found.dims
        place = found.place
        simplex = syntax.Set(place, syntax.Name(place, SIMPLEX), (size,), None, (*batch,) or None)
        declarations.sets[name] = DeclaredSet(place, named=simplex)
        yield formula


def _may_be_shares(found: DeclaredSet) -> bool:
    """Whether a set has all numbers between 0 and 1 in it."""
    low, high = found.low, found.high
    return found.named is None and (low is None or low <= 0) and (high is None or high >= 1)


def _whole(source: Source, formula: TexFormula) -> str:
    """The name whose entries along its last axis sum to one; empty where nothing says so."""
    if [r.text for r in formula.relations] != ["="]:
        return ""
    left, right = formula.sides
    if [a.text for a in right if a.kind not in ("QUAD", "STOP", "COMMA")] != ["1"]:
        return ""
    try:
        terms = parsed(source, left).terms
    except (GradcliError, NoFormula):
        return ""
    items = [item for _, run in terms for operator, item in run.items if not operator]
    if len(terms) != 1 or terms[0][0] or len(items) != len(terms[0][1].items) or len(items) != 2:
        return ""
    first, last = items
    if _is(first, "sum"):
        return _over_all(first, last)
    one, other = (first, last) if _is_one(first) else (last, first)
    turned = script(first.script("SUPER"))
    if not _is_one(one) or turned is None or not turned.transposes or turned.text or last.scripts:
        return ""
    return symbol(other)


def _over_all(fold: TexItem, summed: TexItem) -> str:
    r"""`\sum_k y_{nk}`: over the last letter below, and over all of it."""
    bound, below = script(fold.script("SUB")), script(summed.script("SUB"))
    if bound is None or below is None or len(summed.scripts) != 1:
        return ""
    letter = bound.text.partition("=")[0]
    begins = bound.text in (letter, f"{letter}=1")
    return symbol(summed) if begins and below.text.endswith(letter) and letter else ""


def _is_one(item: TexItem) -> bool:
    return _is(item, *ONES)


def _is(item: TexItem, *texts: str) -> bool:
    return isinstance(item.base, Atom) and item.base.text in texts
