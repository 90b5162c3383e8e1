"""Shapes: tuples of whole numbers and dimension letters, and NumPy's broadcasting of them.

Must not know nodes, ops or numbers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from math import prod
from typing import TypeAlias

Monomial: TypeAlias = tuple[str, ...]


class Letters:
    """A dimension that is not a number: a polynomial in letters such as `T + 1` or `m*n`.

    Never constant: arithmetic that cancels every letter gives an `int`.
    """

    __slots__ = ("terms",)

    def __init__(self, terms: Mapping[Monomial, int]) -> None:
        self.terms = frozenset(terms.items())

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Letters) and self.terms == other.terms

    def __hash__(self) -> int:
        return hash(self.terms)

    def __str__(self) -> str:
        text = ""
        for letters, factor in sorted(self.terms, key=lambda t: (-len(t[0]), t[0])):
            body = "*".join(letters) if abs(factor) == 1 else "*".join((str(abs(factor)), *letters))
            sign = "-" if factor < 0 else "+"
            text += f" {sign} {body or abs(factor)}" if text else ("-" if factor < 0 else "") + body
        return text

    __repr__ = __str__


Dim: TypeAlias = int | Letters
Shape: TypeAlias = tuple[Dim, ...]


class RowAxis(int):
    """The first axis of a row, `x.T` of a vector: it equals 1 and remembers what it is."""


ROW = RowAxis(1)


def letter(name: str) -> Dim:
    """The dimension that a letter stands for."""
    return Letters({(name,): 1})


def _terms(dim: Dim) -> dict[Monomial, int]:
    return dict(dim.terms) if isinstance(dim, Letters) else {(): int(dim)}


def _dim(terms: dict[Monomial, int]) -> Dim:
    kept = {letters: factor for letters, factor in terms.items() if factor}
    return Letters(kept) if any(kept) else kept.get((), 0)


def add_dims(a: Dim, b: Dim) -> Dim:
    """The sum of two dimensions."""
    terms = _terms(a)
    for letters, factor in _terms(b).items():
        terms[letters] = terms.get(letters, 0) + factor
    return _dim(terms)


def multiply_dims(a: Dim, b: Dim) -> Dim:
    """The product of two dimensions."""
    terms: dict[Monomial, int] = {}
    for left, f in _terms(a).items():
        for right, g in _terms(b).items():
            letters = tuple(sorted(left + right))
            terms[letters] = terms.get(letters, 0) + f * g
    return _dim(terms)


def size(shape: Sequence[Dim]) -> Dim:
    """The number of entries."""
    total: Dim = 1
    for dim in shape:
        total = multiply_dims(total, dim)
    return total


def sized(dim: Dim, sizes: Mapping[str, int]) -> int:
    """The number a dimension is when its letters have these sizes; KeyError for a missing one."""
    if isinstance(dim, Letters):
        return sum(factor * prod(sizes[x] for x in letters) for letters, factor in dim.terms)
    return int(dim)


def tells(declared: Shape, shape: Sequence[int], sizes: dict[str, int]) -> bool:
    """Whether a shape is the declared one; the sizes of letters that it tells are added.

    What hangs on a letter whose size nothing has told yet is taken as it is.
    """
    fits = len(declared) == len(shape)
    for dim, size in zip(declared, shape, strict=False):
        terms = dict(dim.terms) if isinstance(dim, Letters) else {}
        offset = terms.pop((), 0)
        if len(terms) == 1 and (letters := next(iter(terms))) and len(letters) == 1:
            told = sizes.setdefault(letters[0], (size - offset) // terms[letters])
            fits &= told > 0
        with suppress(KeyError):
            fits &= sized(dim, sizes) == size
    return fits


def fixed(shape: Shape, sizes: Mapping[str, int]) -> Shape:
    """The shape with those letters as numbers whose sizes are known."""
    return tuple(_fixed(dim, sizes) if isinstance(dim, Letters) else dim for dim in shape)


def _fixed(dim: Letters, sizes: Mapping[str, int]) -> Dim:
    terms: dict[Monomial, int] = {}
    for letters, factor in dim.terms:
        rest = tuple(x for x in letters if x not in sizes)
        known = prod(sizes[x] for x in letters if x in sizes)
        terms[rest] = terms.get(rest, 0) + factor * known
    return _dim(terms)


def sizes_of(shape: Shape) -> tuple[int, ...]:
    """The shape as numbers; ValueError where a letter has no size."""
    for dim in shape:
        if isinstance(dim, Letters):
            raise ValueError(f"{dim} has no size")
    return tuple(dim for dim in shape if isinstance(dim, int))


def broadcast(*shapes: Shape) -> Shape | None:
    """NumPy's broadcast shape, or None where the shapes do not fit."""
    if not any(shapes):
        return ()
    rank = max(map(len, shapes))
    out: list[Dim] = []
    for axis in range(-rank, 0):
        dim: Dim = 1
        for shape in shapes:
            here = shape[axis] if len(shape) >= -axis else 1
            if dim == 1:
                dim = here if here != 1 or isinstance(here, RowAxis) else dim
            elif here not in (1, dim):
                return None
        out.append(dim)
    return tuple(out)


def is_row(shape: Shape) -> bool:
    """Whether this is the shape of a transposed vector."""
    return len(shape) == 2 and isinstance(shape[0], RowAxis)


def show(shape: Shape) -> str:
    """`(2, 3)`, `(4,)`, `()`."""
    inner = ", ".join(map(str, shape))
    return f"({inner},)" if len(shape) == 1 else f"({inner})"


def describe(shape: Shape) -> str:
    """The shape in words: `a scalar`, `a vector of 3`, `a row of 3`, `a 3x2 matrix`."""
    if not shape:
        return "a scalar"
    if len(shape) == 1:
        return f"a vector of {shape[0]}"
    if is_row(shape):
        return f"a row of {shape[1]}"
    # As it is spoken: an n, an 8, an 11.
    article = "an" if str(shape[0])[0] in "aefhilmnorsx8" or shape[0] in (11, 18) else "a"
    return f"{article} {'x'.join(map(str, shape))} {'matrix' if len(shape) == 2 else 'tensor'}"
