"""Operands written otherwise that they may fit: transposes, other orders, other products, fewer.

Must not know what is right: shapes alone rule out what cannot stand, the fewest changes come first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import combinations, pairwise, permutations, product
from typing import TypeAlias, TypeGuard

from gradcli.diagnosis.evidence.refuted_claim import Around, shown
from gradcli.diagnosis.trees.composing import ANY_PRODUCT, at_front, negated, put
from gradcli.graph.shape import Shape
from gradcli.language.tree import syntax
from gradcli.language.tree.build import (
    PRODUCTS,
    QUOTIENTS,
    SUMS,
    binary,
    changed,
    exchanged,
    places,
    transposed,
)
from gradcli.language.tree.printer import source_of
from gradcli.language.tree.syntax import Binary, Expr, Unary

MOST_FACTORS, MOST_TURNED = 4, 12
ShapeOf: TypeAlias = Callable[[Expr], Shape | None]
"""The shape of a part; None for what has none, as two factors that do not fit."""

Arrangement: TypeAlias = tuple[str, Expr]
"""What was done, in words, and the whole side written otherwise."""


def arrangements(expr: Expr, shape_of: ShapeOf) -> Iterator[Arrangement]:
    """Everything that transposes and other orders make of a side, the fewest changes first."""
    yield from _one_turned(_matrices(expr, shape_of), shape_of)
    yield from rearrangements(expr, shape_of)


def rearrangements(expr: Expr, shape_of: ShapeOf) -> Iterator[Arrangement]:
    """The same but for what a single transpose makes."""
    for chain, around in _chains(expr):
        yield from _reordered(chain, around, shape_of)
    matrices = [part for part, _ in _matrices(expr, shape_of)]
    yield from _two_turned(expr, matrices[:MOST_TURNED])


def refitted(expr: Expr, shape_of: ShapeOf) -> Iterator[Arrangement]:
    """Two operands that do not fit: multiplied as matrices, with a matrix more, or one left out."""
    named = {x.name: x for x, _ in _matrices(expr, shape_of) if isinstance(x, syntax.Name)}
    for part, around in places(expr):
        if not isinstance(part, Binary) or part.operator not in (*SUMS, *ANY_PRODUCT):
            continue
        left, right = part.left, part.right
        if shape_of(part) is not None or None in (shape_of(left), shape_of(right)):
            continue
        for a, b in product((left, turned(left)), (right, turned(right))):
            if (
                part.operator in (*PRODUCTS, "@")
                and shape_of(made := binary("@", a, b)) is not None
            ):
                yield f"the product meant here is {source_of(made)}", put(around, part, made)
        for term, matrix in product((right, left), named.values()) if part.operator in SUMS else ():
            for factor in (turned(matrix), matrix):
                says = f"the factor {source_of(factor)} is missing before {shown(term)}"
                yield says, put((*around, part), term, _before(factor, term, shape_of))
        what = "term" if part.operator in SUMS else "factor"
        yield f"the {what} {shown(right)} is surplus", put(around, part, left)
        kept = negated(right) if part.operator == "-" else right
        if part.operator not in QUOTIENTS:
            yield f"the {what} {shown(left)} is surplus", put(around, part, kept)


def _before(factor: Expr, term: Expr, shape_of: ShapeOf) -> Expr:
    """A matrix before a product, behind the numbers that this begins with."""

    def put_before(first: Expr) -> Expr:
        if isinstance(first, Binary) and first.operator == "*" and shape_of(first.left) == ():
            return binary("@", changed(first, right=factor), first.right)
        return binary("@", factor, first)

    return at_front(term, ("@",), put_before)


def _matrices(expr: Expr, shape_of: ShapeOf) -> list[tuple[Expr, Around]]:
    return [(part, around) for part, around in places(expr) if len(shape_of(part) or ()) == 2]


def _one_turned(found: Sequence[tuple[Expr, Around]], shape_of: ShapeOf) -> Iterator[Arrangement]:
    for part, around in found:
        within = around and isinstance(around[-1], syntax.Transpose)
        # What stands behind a sign or a number is turned by itself.
        if not within and _core(part, shape_of)[0] is part:
            yield _says([part]), put(around, part, turned(part))


def _two_turned(expr: Expr, parts: Sequence[Expr]) -> Iterator[Arrangement]:
    for one, other in combinations(parts, 2):
        apart = other not in {p for p, _ in places(one)}
        if apart and one not in {p for p, _ in places(other)}:
            yield _says([one, other]), exchanged(expr, {p: turned(p) for p in (one, other)})


def _says(parts: Sequence[Expr]) -> str:
    """Transposes in words."""
    if len({part.span.text.strip("()").removesuffix(".T") for part in parts}) < len(parts):
        return f"{shown(parts[0])} is transposed in the wrong place"
    too_many = [p for p in parts if isinstance(p, syntax.Transpose)]
    names = " and ".join(shown(p.operand if isinstance(p, syntax.Transpose) else p) for p in parts)
    if not too_many:
        return f"{names} must be transposed here"
    if len(too_many) == len(parts):
        return f"{names} must not be transposed here"
    return f"the transposes of {names} are exchanged"


def turned(part: Expr) -> Expr:
    """The transpose; no transpose of a transpose."""
    return part.operand if isinstance(part, syntax.Transpose) else transposed(part)


def _chains(expr: Expr) -> Iterator[tuple[Binary, Around]]:
    """Every matrix product that is not the left part of a longer one."""
    for part, around in places(expr):
        longer = around and _is_product(around[-1]) and around[-1].left is part
        if _is_product(part) and not longer:
            yield part, around


def _is_product(expr: Expr) -> TypeGuard[Binary]:
    return isinstance(expr, Binary) and expr.operator == "@"


def _reordered(chain: Binary, around: Around, shape_of: ShapeOf) -> Iterator[Arrangement]:
    """A product with its factors in other orders and turned, what is nearest to it first."""
    first, *others = _factors(chain)
    core, rebuilt = _core(first, shape_of)
    factors = [core, *others]
    shapes = [shape_of(factor) for factor in factors]
    if len(factors) > MOST_FACTORS or any(shape is None for shape in shapes):
        return
    made: list[tuple[int, tuple[int, ...], tuple[bool, ...]]] = []
    for order in permutations(range(len(factors))):
        moved = sum(k != place for place, k in enumerate(order))
        for flips in product((False, True), repeat=len(factors)):
            cost = moved + sum(flips)
            if cost > 1 and _fit([_flipped(shapes[k], flips[k]) for k in order]):
                made.append((cost, order, flips))
    for _, order, flips in sorted(made, key=lambda each: each[0]):
        placed = [turned(factors[k]) if flips[k] else factors[k] for k in order]
        new = rebuilt(placed[0])
        for factor in placed[1:]:
            new = binary("@", new, factor)
        if [*order] == sorted(order):
            says = _says([factors[k] for k in order if flips[k]])
        else:
            says = f"the factors of {shown(chain)} belong in another order: {source_of(new)}"
        yield says, put(around, chain, new)


def _factors(expr: Expr) -> list[Expr]:
    found: list[Expr] = []
    while _is_product(expr):
        found.append(expr.right)
        expr = expr.left
    return [expr, *reversed(found)]


def _core(expr: Expr, shape_of: ShapeOf) -> tuple[Expr, Callable[[Expr], Expr]]:
    """A factor without its sign and its numbers, and how these are put to another one."""
    match expr:
        case Unary(operand=inner):
            core, rebuilt = _core(inner, shape_of)
            return core, lambda new: changed(expr, operand=rebuilt(new))
        case Binary(operator="*", left=a, right=b) if shape_of(a) == ():
            core, rebuilt = _core(b, shape_of)
            return core, lambda new: changed(expr, right=rebuilt(new))
        case Binary(operator="*" | "/", left=a, right=b) if shape_of(b) == ():
            core, rebuilt = _core(a, shape_of)
            return core, lambda new: changed(expr, left=rebuilt(new))
    return expr, lambda new: new


def _flipped(shape: Shape | None, flip: bool) -> Shape:
    assert shape is not None
    return tuple(reversed(shape)) if flip else shape


def _fit(shapes: Sequence[Shape]) -> bool:
    """Whether matrices and vectors can be multiplied in this order."""
    return all(a and b and a[-1] == b[0] for a, b in pairwise(shapes))
