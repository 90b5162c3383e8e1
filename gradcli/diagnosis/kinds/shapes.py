"""Matrices turned, and numbers or vectors where a matrix is meant.

Must not know graphs, nor other mistakes.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

from gradcli.diagnosis.evidence.refuted_claim import Around, RefutedClaim, Slip, meant, shown
from gradcli.diagnosis.kinds.arrangements import rearrangements
from gradcli.diagnosis.trees.composing import after, at_front, leads_with_minus, negated, put, times
from gradcli.graph.shape import Shape, is_row
from gradcli.language.tree import syntax
from gradcli.language.tree.build import (
    PRODUCTS,
    binary,
    call,
    changed,
    exchanged,
    is_number,
    is_sum,
    name,
    number,
    transposed,
)
from gradcli.language.tree.printer import source_of
from gradcli.language.tree.syntax import Binary, Expr, Number
from gradcli.ops.algebra import diag_of, eye, ones, outer_of

LONGEST = 200
"""Characters of a part that is transposed inside."""


# -- transposes


def transposes(refuted: RefutedClaim) -> Iterator[Slip]:
    """Transposes before operands that are exchanged, the whole before its parts."""
    found = [(p, a) for p, a in refuted.everywhere() if refuted.parts.get(p) is not None]
    arrays = [(p, a) for p, a in found if refuted.parts[p].shape]
    matrices = [(p, a) for p, a in found if len(refuted.parts[p].shape) == 2]
    for part, around in arrays:
        if isinstance(part, syntax.Transpose) or len(refuted.parts[part].shape) == 2:
            kind, says = _of_what(refuted, part, around)
            yield Slip(kind, says, put(around, part, turned(refuted, part)))
    for part, around in arrays:
        if isinstance(part, Binary) and part.operator == "@":
            says = f"the factors of {shown(part)} are exchanged"
            yield Slip("transpose", says, put(around, part, _exchanged(part)))
    for part, around in matrices:
        if isinstance(part, syntax.Name):
            yield from _symmetric(refuted, part, around)
    yield from _throughout(refuted, [part for part, _ in matrices])


def rearranged(refuted: RefutedClaim) -> Iterator[Slip]:
    """Several transposes at once, and the factors of products in other orders."""
    for says, tree in rearrangements(refuted.expr, lambda part: _shape(refuted, part)):
        yield Slip("transpose", says, tree)


def _of_what(refuted: RefutedClaim, part: Expr, around: Around) -> tuple[str, str]:
    """Kind and words of a transpose that is missing, or one too many."""
    whole = not around and (len(refuted.truth.shape) == 2 or is_row(refuted.parts[part].shape))
    if whole and any(d.node is refuted.truth and d.of.shape for d in refuted.derived):
        return "layout", "this is the Jacobian in the other layout"
    if whole:
        return "transpose", "this is the transpose of what is right"
    if isinstance(part, syntax.Transpose):
        return "transpose", f"{shown(part.operand)} must not be transposed here"
    return "transpose", f"{shown(part)} must be transposed here"


def _exchanged(part: Binary) -> Expr:
    """Both matrices the other way round; a number stays in front."""
    left, right = part.left, part.right
    if isinstance(left, Binary) and left.operator == "*" and isinstance(left.left, Number):
        return binary("@", times(left.left, right), left.right)
    return binary("@", right, left)


def _throughout(refuted: RefutedClaim, found: list[Expr]) -> Iterator[Slip]:
    """One matrix transposed wherever it stands, outermost parts first."""
    texts: dict[str, list[Expr]] = {}
    for part in found:
        texts.setdefault(part.span.text, []).append(part)
    for same in texts.values():
        if len(same) > 1:
            tree = exchanged(refuted.expr, {part: turned(refuted, part) for part in same})
            says = f"{shown(same[0])} must be transposed wherever it stands"
            yield Slip("transpose", says, tree)


def turned(refuted: RefutedClaim, part: Expr) -> Expr:
    """The transpose of a part as one would write it: no transpose of a transpose."""
    if len(part.span.text) > LONGEST:
        return transposed(part)
    if leads_with_minus(part):
        return negated(turned(refuted, negated(part)))
    match part:
        case syntax.Transpose(operand=inner):
            return inner
        case syntax.Call(function=f, arguments=(a, b)) if f.name == outer_of.name:
            return changed(part, arguments=(b, a))
        case syntax.Call(function=f) if f.name in (diag_of.name, eye.name):
            return part
        case Binary(operator="@") if number := _number_before(refuted, part):
            bare = at_front(part, ("@",), lambda _: number.right)
            return times(number.left, turned(refuted, bare))
        case Binary(operator="@", left=a, right=b):
            first, last = turned(refuted, b), turned(refuted, a)
            return at_front(last, ("@",), lambda left: binary("@", first, left))
        case Binary(operator="*" | "/", left=a, right=b) if _shape(refuted, a) == ():
            return changed(part, right=turned(refuted, b))
        case Binary(operator="*" | "/", left=a, right=b) if _shape(refuted, b) == ():
            return changed(part, left=turned(refuted, a))
    return transposed(part)


def _number_before(refuted: RefutedClaim, product: Expr) -> Binary | None:
    """The first matrix of a product, if it is a number times one."""
    first = product
    while isinstance(first, Binary) and first.operator == "@":
        first = first.left
    if isinstance(first, Binary) and first.operator == "*" and _shape(refuted, first.left) == ():
        return first
    return None


def _shape(refuted: RefutedClaim, part: Expr) -> Shape | None:
    if isinstance(part, Number):
        return ()
    node = refuted.parts.get(part)
    return node.shape if node is not None else None


def _symmetric(refuted: RefutedClaim, part: syntax.Name, around: Around) -> Iterator[Slip]:
    """`2*A` for `A + A.T`, which is right only for symmetric A."""
    both, name = binary("+", part, transposed(part)), part.name
    says = f"this is right only for symmetric {name}: {name} and {name}.T add up"
    kind = "transpose" if len(refuted.truth.shape) == 2 else "missing-term"
    if around and isinstance(around[-1], Binary):
        outer = around[-1]
        if is_number(outer.left, 2) and outer.right is part:
            yield Slip(kind, says, put(around[:-1], outer, both))
    yield Slip(kind, says, put(around, part, binary("/", both, number(2))))
    # One of two that are missing is wrong for symmetric matrices, too.
    says = f"{name}.T is missing beside {name}: they add up"
    yield Slip(kind, says, put(around, part, both))


def products(refuted: RefutedClaim) -> Iterator[Slip]:
    """What was claimed times a name as matrices, which gives it the shape that is right."""
    expr = refuted.expr
    for text, node in meant(refuted).items():
        if not refuted.claim.shape and node.shape == refuted.truth.shape:
            yield Slip("missing-local", f"the factor {text} is missing", after(expr, name(text)))
        both = name(text), transposed(name(text))
        for where, factor in product(("before", "behind"), both) if node.shape else ():
            sides = (factor, expr) if where == "before" else (expr, factor)
            made = refuted.node(tree := binary("@", *sides))
            if made is not None and made.shape == refuted.truth.shape:
                says = f"the factor {source_of(factor)} is missing {where} {shown(expr)}"
                yield Slip("missing-local", says, tree)


# -- what is no matrix, or no diagonal one


def diagonals(refuted: RefutedClaim) -> Iterator[Slip]:
    """A vector for a diagonal matrix, a number for all entries of a vector or for a diagonal."""
    shape = refuted.truth.shape
    if not refuted.claim.shape and (len(shape) == 1 or (len(shape) == 2 and shape[0] == shape[1])):
        what = refuted.parsed(f"{ones.name if len(shape) == 1 else eye.name}({shape[0]})")
        if what is not None:
            says = "every entry is this number" if len(shape) == 1 else "this is the diagonal only"
            words = f"{says}: {source_of(what)} is missing"
            yield Slip("shape", words, _by_array(refuted.expr, what))
    if len(shape) == 2 and len(refuted.claim.shape) == 1:
        says = "these are the diagonal entries of a matrix whose others are 0"
        yield Slip("shape", says, call(diag_of.name, refuted.expr))


def outer_products(part: Binary, around: Around) -> Iterator[tuple[str, Expr]]:
    """`x*y` where the matrix of all products of their entries is meant."""
    if part.operator in PRODUCTS:
        says = f"{shown(part)} multiplies entry by entry: the outer product is meant"
        for a, b in ((part.left, part.right), (part.right, part.left)):
            yield says, binary("@", a, transposed(b))


def identities(refuted: RefutedClaim) -> Iterator[Slip]:
    """A number added to every entry of a square matrix."""
    for part, around in refuted.everywhere():
        outer = around[-1] if around else None
        if outer is None or not is_sum(outer) or _shape(refuted, part) != ():
            continue
        shape = _shape(refuted, outer) or ()
        if len(shape) == 2 and shape[0] == shape[1]:
            what = refuted.parsed(f"{eye.name}({shape[0]})")
            if what is not None:
                says = f"{shown(part)} is added to every entry, not to the diagonal"
                yield Slip("shape", says, put(around, part, _by_array(part, what)))


def _by_array(factor: Expr, array: Expr) -> Expr:
    return array if is_number(factor, 1) else binary("*", factor, array)
