"""Sums, products and powers that grow with the turns, as families that a loop fills.

Must not know what is claimed of them, nor any graph. Of `prod(t in 1..k, g[t])` the member at k is
the one before times `g[k]`, whatever that one is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from functools import reduce

from gradcli.calculus.core import ADD, MUL
from gradcli.calculus.families import Pointwise
from gradcli.language.documents.sections import Section
from gradcli.language.tree import syntax
from gradcli.language.tree.build import POWERS, binary, exchanged, name, negative, number, same
from gradcli.language.tree.syntax import Binary, Expr, Fold, Name, Number, Unary, parts
from gradcli.language.turns.claim_forms import is_fold
from gradcli.language.turns.looped_program import Looped, LoopedProgram
from gradcli.language.turns.one_turn import OneTurn
from gradcli.language.turns.recurrences import (
    TURN,
    FilledFamily,
    MemberPlace,
    MemberRange,
    NotUniform,
)
from gradcli.ops import FUNCTIONS

MOST_TERMS = 2
"""Of a sum or a product that is written out."""
HERE = "the turn"
"""The variable of what grows, whatever it was called: no name that can be written is one."""
TERMS = {ADD: "+", MUL: "*"}


def _counted(expr: Expr) -> Expr:
    """The expression with the ends of ranges and whole exponents each in one spelling."""
    new: dict[Expr, Expr] = {}
    for part in parts(expr):
        ends: tuple[Expr, ...] = ()
        if isinstance(part, syntax.IndexRange):
            ends = part.low, part.high
        elif isinstance(part, Binary) and part.operator in POWERS:
            ends = (part.right,)
        with suppress(NotUniform):
            new |= {end: _spelled(linear(end)) for end in ends}
    return exchanged(expr, new)


def _spelled(found: Counter[str]) -> Expr:
    terms = (
        binary("*", number(times), name(text)) if text else number(times)
        for text, times in sorted(found.items())
        if times
    )
    return _joined("+", [number(0), *terms])


def put(expr: Expr, variable: str, value: Expr) -> Expr:
    """The expression with a value in the place of a variable, which no part of it may bind."""
    for part in parts(expr):
        _unbound(part, variable)
    names = (part for part in parts(expr) if isinstance(part, Name) and part.name == variable)
    return exchanged(expr, dict.fromkeys(names, value))


def at(expr: Expr, variable: str, value: Expr) -> Expr:
    """The expression where a variable has a value; folds that end there are written out.

    NotUniform where one has many terms, or fewer than none, or as many as nobody knows.
    """
    match expr:
        case Name(name=text):
            return value if text == variable else expr
        case Fold(ranges=(turns,), condition=None, body=body) if _mentions((turns,), variable):
            low, high = (at(end, variable, value) for end in (turns.low, turns.high))
            found = linear(binary("-", high, low))
            count = found.pop("", 0) + 1
            sign = next((sign for op, sign in TERMS.items() if is_fold(expr, op)), None)
            if any(found.values()) or not 0 <= count <= MOST_TERMS or sign is None:
                raise NotUniform
            places = (binary("+", low, number(k)) for k in range(count))
            terms = [at(at(body, turns.variable.name, place), variable, value) for place in places]
            return _joined(sign, terms) if terms else number(0 if sign == "+" else 1)
        case Binary(operator=sign, left=base, right=right) if sign in POWERS:
            exponent = at(right, variable, value)
            if exponent is not right:
                found = linear(exponent)
                more = found.pop("", 0)
                exponent = exponent if any(found.values()) else number(more)
            return binary(sign, at(base, variable, value), exponent)
    _unbound(expr, variable)
    inside = {part: at(part, variable, value) for part in syntax.children(expr)}
    return exchanged(expr, {old: new for old, new in inside.items() if new is not old})


class ClosedForms:
    """What grows with the turns of a program, where each of `span` is made of the one before it.

    With `step` -1 it is made of the one behind it; `shifted` says that a sum grows at its other
    end, where every term is the same multiple of the one before.
    """

    def __init__(
        self, whole: LoopedProgram, span: MemberRange, step: int = 1, shifted: bool = False
    ) -> None:
        self.whole, self.span, self.step, self.shifted = whole, span, step, shifted
        self.found: list[tuple[Expr, Expr]] = []

    def growing(self, expr: Expr) -> Expr:
        """An expression in `HERE` with members of families in the place of what grows with it.

        NotUniform where something grows otherwise than is understood here.
        """
        match expr:
            case syntax.Index():
                return expr
            case Fold() if _mentions((expr,), HERE):
                return self._member(expr)
            case Binary(operator="/" | "./", left=left, right=Binary(operator=sign) as power) if (
                sign in POWERS and _mentions((power.right,), HERE)
            ):
                below = binary(sign, power.left, negative(power.right))
                return binary("*", self.growing(left), self._member(below))
            case Binary(operator=sign, right=right) if sign in POWERS and _mentions((right,), HERE):
                return self._member(expr)
        inside = {part: self.growing(part) for part in syntax.children(expr)}
        return exchanged(expr, {old: new for old, new in inside.items() if new is not old})

    def begins(self, place: MemberPlace, variable: str) -> Iterator[Section]:
        """That a power has a value at the first turn, or at that of a variable that is in it.

        From there it goes on; of folds `at` says as much.
        """
        for power in (expr for expr, _ in self.found if not isinstance(expr, Fold)):
            apart = _mentions((power,), variable)
            here = name(variable) if apart else place.written(self.whole.letter)
            turn = OneTurn(self.whole)
            first = turn.placed(at(power, HERE, here), {variable: TURN} if apart else {})
            yield turn.at_any(first, first)

    def in_program(self) -> None:
        """Tell what grows in the bodies of loops as well."""
        for family in [*self.whole.families.values()]:
            if family.body is None or not any(growing_parts(family.body, family.variable)):
                continue
            if family.place.turn != 1 or family.place.size:
                raise NotUniform
            here = binary("+", name(HERE), number(family.place.more))
            body = self.growing(put(family.body, family.variable, here))
            told = replace(family, variable=HERE, place=TURN, body=body)
            self.whole.families[family.family] = told

    def of_another(self, expr: Expr, variable: str) -> Expr:
        """An expression with members in the place of what grows with another turn's variable."""
        new = {
            part: put(self.growing(put(part, variable, name(HERE))), HERE, name(variable))
            for part in growing_parts(expr, variable)
            if not _mentions((part,), HERE)
        }
        return exchanged(expr, new)

    def known_at(self, expr: Expr, place: MemberPlace) -> Expr:
        """An expression with members at a place where it is, in other words, what is known here."""
        here = place.written(self.whole.letter)
        new: dict[Expr, Expr] = {}
        for known, member in self.found:
            there = _counted(put(known, HERE, here))
            for part in parts(expr):
                if isinstance(part, Fold | Binary) and same(there, _counted(part)):
                    new[part] = put(member, HERE, here)
        return exchanged(expr, new)

    def _member(self, expr: Expr) -> Expr:
        """The member at the turn of the family that a fold or a power is."""
        counted = _counted(expr)
        for known, member in self.found:
            if same(_counted(known), counted):
                return member
        if not is_number(expr, self.whole):
            raise NotUniform
        text = f"turns {len(self.whole.families)}"
        self.whole.families[text] = FilledFamily(text)
        before = entry(text, binary("-", name(HERE), number(self.step)))
        if isinstance(expr, Fold):
            body = self._fold(expr, before)
        else:
            body = _times(before, self._growth(expr, HERE))
        self.whole.enter(FilledFamily(text, HERE, TURN, body, self.span), ())
        self.found.append((expr, entry(text, name(HERE))))
        return self.found[-1][1]

    def _fold(self, fold: Fold, before: Expr) -> Expr:
        """A sum or product of one term more than before."""
        turns, end, _ = self._ends(fold)
        body, index = fold.body, turns.variable.name
        still = not _mentions((body,), HERE)
        if is_fold(fold, MUL) and still:
            return binary("*", before, self.growing(at(body, index, end)))
        if is_fold(fold, ADD) and not self.shifted:
            growth = self._growth(body, HERE, index)
            return binary("+", _times(before, growth), self.growing(at(body, index, end)))
        if is_fold(fold, ADD) and still and self.step > 0:
            growth = self._growth(body, index)
            return binary("+", _times(before, growth), at(body, index, turns.low))
        raise NotUniform

    def _ends(self, fold: Fold) -> tuple[syntax.IndexRange, Expr, Expr]:
        """The range of a fold, the end at which it grows by one, and the one that stays."""
        if len(fold.ranges) != 1 or fold.condition is not None:
            raise NotUniform
        (turns,) = fold.ranges
        end, other = (turns.high, turns.low)[:: self.step]
        if (linear(end)[HERE], linear(other)[HERE]) != (1, 0):
            raise NotUniform
        return turns, end, other

    def _growth(self, expr: Expr, variable: str, index: str = "") -> Expr | None:
        """The factor by which an expression is more than one turn before; None where it is not.

        With an `index` it is so for all its values up to the last, whose term is written out: a
        power or a product has the more factors the further that index is from the turn.
        """
        if not _mentions((expr,), variable):
            return None
        match expr:
            case Binary(operator="*" | ".*", left=left, right=right):
                factors = [self._growth(each, variable, index) for each in (left, right)]
                return _joined("*", [each for each in factors if each is not None])
            case Binary(operator="/" | "./", left=left, right=right):
                above, below = (self._growth(each, variable, index) for each in (left, right))
                return above if below is None else binary("/", above or number(1), below)
            case Unary(operator="-", operand=inner):
                return self._growth(inner, variable, index)
            case Binary(operator=sign, left=base, right=right) if sign in POWERS:
                exponent = linear(right)
                more = self.step * exponent[variable]
                apart = not index or exponent[index] == -exponent[variable]
                if more and apart and not _mentions((base,), variable, index):
                    factor = base if abs(more) == 1 else binary("^", base, number(abs(more)))
                    return factor if more > 0 else binary("/", number(1), factor)
            case Fold(body=body) if is_fold(expr, MUL) and index:
                turns, end, other = self._ends(expr)
                apart = (linear(end)[index], linear(other)[index]) == (0, 1)
                if apart and not _mentions((body,), variable, index):
                    return at(body, turns.variable.name, end)
        raise NotUniform


def growing_parts(expr: Expr, variable: str) -> Iterator[Expr]:
    """The folds and powers that grow with a variable, none of which lies in another."""
    left = [expr]
    while left:
        part = left.pop()
        power = isinstance(part, Binary) and part.operator in POWERS
        if (isinstance(part, Fold) or power) and _mentions((part,), variable):
            yield part
        else:
            left += syntax.children(part)


def at_any_turn(whole: LoopedProgram, claim: Looped, place: MemberPlace, ends: MemberRange) -> Expr:
    """The right side of a claim about the member at a place, in terms of that place.

    NotUniform unless that is the turn where the claim stands, one of those from end to end, or the
    last one, which may be any: there are as many turns as one likes.
    """
    if place == TURN and claim.stretch is not None and ends.holds(claim.stretch):
        return put(claim.right, claim.variable, name(HERE))
    if place == ends.last and place.size == 1 and claim.stretch is None:
        return put(claim.right, whole.letter, binary("-", name(HERE), number(place.more)))
    raise NotUniform


def linear(expr: Expr) -> Counter[str]:
    """So many of each name, and of ones under "", that are added up; NotUniform for what is not."""
    found: Counter[str] = Counter()
    match expr:
        case Number(value=value) if value.denominator == 1:
            found[""] = int(value)
        case Name(name=text):
            found[text] = 1
        case Unary(operator="-", operand=inner):
            found.subtract(linear(inner))
        case Binary(operator="+" | "-" as sign, left=left, right=right):
            found = linear(left)
            (found.update if sign == "+" else found.subtract)(linear(right))
        case Binary(operator="*", left=Number(value=value), right=right) if value.denominator == 1:
            found.update({text: int(value) * times for text, times in linear(right).items()})
        case _:
            raise NotUniform
    return found


def _unbound(expr: Expr, variable: str) -> None:
    if isinstance(expr, syntax.IndexRange) and expr.variable.name == variable:
        raise NotUniform


def is_number(expr: Expr, whole: LoopedProgram) -> bool:
    """Whether an expression is made of numbers alone, so that it is one; what counts is none."""
    match expr:
        case Number():
            return True
        case Name(name=text) if text in whole.declared:
            return whole.declared[text].set.power is None and not whole.is_array(text)
        case Name(name=text):
            return whole.shapes.get(text) == ()
        case syntax.Index(operand=Name(name=text), items=(_,)) if text in whole.rows:
            return len(whole.declared[text].set.power or ()) == 1 and not whole.is_array(text)
        case syntax.Index(operand=Name(name=text), items=(_,)):
            return text in whole.families and whole.shapes.get(text) == ()
        case Fold(condition=None, body=body):
            return is_number(body, whole)
        case Unary(operator="-", operand=inner):
            return is_number(inner, whole)
        case Binary(operator=sign, left=base, right=right) if sign in POWERS:
            counted = (part for part in parts(right) if isinstance(part, Name))
            arrays = (each for each in counted if each.name in whole.declared)
            return is_number(base, whole) and all(is_number(each, whole) for each in arrays)
        case Binary(operator="+" | "-" | "*" | "/" | ".*" | "./", left=left, right=right):
            return is_number(left, whole) and is_number(right, whole)
        case syntax.Call(function=function, arguments=arguments, keywords=()):
            known = FUNCTIONS.get(function.name)
            pointwise = known is not None and isinstance(known.op, Pointwise)
            return pointwise and all(is_number(each, whole) for each in arguments)
    return False


def entry(family: str, index: Expr) -> Expr:
    """A member as it is written."""
    return syntax.Index(index.span, name(family), (index,))


def _joined(sign: str, terms: list[Expr]) -> Expr:
    return reduce(lambda before, term: binary(sign, before, term), terms)


def _times(expr: Expr, factor: Expr | None) -> Expr:
    return expr if factor is None else binary("*", expr, factor)


def _mentions(exprs: tuple[Expr, ...], *variables: str) -> bool:
    return any(
        isinstance(part, Name) and part.name in variables for expr in exprs for part in parts(expr)
    )
