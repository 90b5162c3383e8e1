"""The variable of a loop, or of a sum, as a factor that is missing: what an exponent brings down.

Must not know graphs, nor whether anything is right.
"""

from __future__ import annotations

from collections.abc import Iterator

from gradcli.diagnosis.evidence.refuted_claim import Around, RefutedClaim, Slip, shown
from gradcli.diagnosis.evidence.screen import PlaceEdit, survivors
from gradcli.diagnosis.kinds.edits import is_exponent, stepped
from gradcli.diagnosis.kinds.rewriting import Edits
from gradcli.diagnosis.trees.composing import FACTORS, at_front, front, product, put, times
from gradcli.language.tree.build import SUMS, binary, name, number, places
from gradcli.language.tree.printer import source_of
from gradcli.language.tree.syntax import Binary, Expr, Fold, Name, Number, Unary


def in_folds(part: Fold, around: Around) -> Edits:
    """A term of what is summed times the variable of a range, or times one more or less."""
    for term, inside in _terms(part.body, ()):
        for variable in (r.variable for r in part.ranges):
            for says, new in _counted(term, variable):
                yield says, put((part, *inside), term, new)


def in_loops(refuted: RefutedClaim) -> Iterator[Slip]:
    """The claim, or a term of it, times the variable of a loop around it."""
    loop = refuted.ruling.pair.loop
    found = [
        (says, PlaceEdit(term, around, new))
        for term, around in (_terms(refuted.expr, ()) if loop else ())
        for variable in loop
        for says, new in _counted(term, name(variable), "" if term is refuted.expr else " in ")
    ]
    for says, tree in survivors(refuted, found):
        yield Slip("missing-local", says, tree)


def reversed_exponents(refuted: RefutedClaim) -> Iterator[Slip]:
    """An exponent that counts turns from the wrong end: `a^(n-t)` for `a^t`."""
    loop = refuted.ruling.pair.loop
    found = [
        (f"the exponent is {source_of(new).replace(' ', '')}, not {shown(part)}",
         PlaceEdit(part, around, new))
        for part, around in (refuted.everywhere() if loop else ())
        if is_exponent(part, around)
        for variable in loop
        if any(isinstance(x, Name) and x.name == variable for x, _ in places(part))
        for new in _from_the_end(refuted, variable)
    ]  # fmt: skip
    for says, tree in survivors(refuted, found):
        yield Slip("exponent", says, tree)


def _from_the_end(refuted: RefutedClaim, variable: str) -> Iterator[Expr]:
    """How many turns of a loop are still to come, or one more or less."""
    turns = refuted.derivation.claims[refuted.claimed.key].pairs
    last = max(pair.loop[variable] for pair in turns)
    ends: list[tuple[Expr, int]] = [(name(x), n) for x, n in refuted.ruling.built.items()]
    for end, size in ends or [(number(last), last)]:
        for step in (0, 1, -1):
            away = last - size + step
            yield binary("-", stepped(end, away) if away else end, name(variable))


def _counted(term: Expr, variable: Expr, where: str = " in ") -> Edits:
    for step in (0, 1, -1):
        factor = stepped(variable, step) if step else variable
        says = f"the factor {source_of(factor)} is missing{where}{shown(term) if where else ''}"
        yield says, _behind_a_number(term, factor)


def _behind_a_number(term: Expr, factor: Expr) -> Expr:
    first = front(term)
    if isinstance(first, Number) and first.value != 1:
        return at_front(term, FACTORS, lambda number: product(number, factor))
    return times(factor, term)


def _terms(expr: Expr, around: Around) -> Iterator[tuple[Expr, Around]]:
    """The whole, and the terms that it is a sum of."""
    yield expr, around
    match expr:
        case Binary(operator=sign, left=left, right=right) if sign in SUMS:
            yield from _terms(left, (*around, expr))
            yield from _terms(right, (*around, expr))
        case Unary(operator=sign, operand=operand) if sign in SUMS:
            yield from _terms(operand, (*around, expr))
