"""What every number system shares: arrays with one leading batch axis, and moving entries about.

Must not know which numbers the arrays hold; subclasses supply arithmetic, functions, comparisons.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from functools import reduce
from itertools import accumulate, combinations, permutations
from math import prod
from operator import mul
from typing import Any, TypeAlias

import numpy as np

from gradcli import work

Array: TypeAlias = "np.ndarray[Any, np.dtype[Any]]"
NEW = "new"


class Arithmetic:
    """A number system. Every array has a batch axis first, of the batch's size or of 1."""

    dtype: Any = object

    @property
    def cost(self) -> int:
        """Operations of the account that one number takes."""
        return 1

    def number(self, value: Fraction | int) -> Array:
        """An exact rational as an array of shape (1,)."""
        raise NotImplementedError

    def constant(self, name: str) -> Array:
        """`pi`, `e` or `inf` as an array of shape (1,)."""
        raise NotImplementedError

    def tamed(self, x: Array) -> Array:
        """The same numbers, none of them longer than it pays to be exact about."""
        return x

    def finite(self, x: Array) -> Array:
        """Which entries are numbers, neither infinite nor undefined."""
        raise NotImplementedError

    def where(self, condition: Array, yes: Array, no: Array) -> Array:
        """Entry by entry one or the other."""
        raise NotImplementedError

    def zeros(self, shape: Sequence[int], like: Array) -> Array:
        out = np.empty(shape, like.dtype)
        out[...] = False if self.is_condition(like) else self.number(Fraction(0))[0]
        return out

    def is_condition(self, x: Array) -> bool:
        """Whether an array holds truth values."""
        return x.dtype == np.bool_

    def reshape(self, x: Array, shape: Sequence[int]) -> Array:
        return x.reshape(x.shape[0], *shape)

    def index(self, x: Array, key: Sequence[Any]) -> Array:
        taken: Array = x[self._key(key)]
        return taken

    def scatter(self, x: Array, shape: Sequence[int], key: Sequence[Any]) -> Array:
        out = self.zeros((x.shape[0], *shape), x)
        out[self._key(key)] = x
        return out

    @staticmethod
    def _key(key: Sequence[Any]) -> Any:
        parts: list[Any] = [slice(None)]
        for item in key:
            if item == NEW:
                parts.append(None)
            else:
                parts.append(slice(*item) if isinstance(item, tuple) else item)
        return tuple(parts)

    @staticmethod
    def _same_batch(arrays: Sequence[Array]) -> list[Array]:
        batch = max(a.shape[0] for a in arrays)
        return [np.broadcast_to(a, (batch, *a.shape[1:])) for a in arrays]

    def concat(self, *arrays_and_axis: Any) -> Array:
        *arrays, axis = arrays_and_axis
        return np.concatenate(self._same_batch(arrays), axis=axis + 1)

    def stack(self, *arrays: Array) -> Array:
        return np.stack(self._same_batch(arrays), axis=1)

    # -- einsum --------------------------------------------------------------------------------

    def einsum(self, *operands: Any) -> Array:
        """Arrays, then their letters, the result's letters and `(letter, dim)` of new ones."""
        *arrays, ins, out, new = operands
        present = "".join(dict.fromkeys(x for x in out if x in "".join(ins)))
        value = self._contracted(list(zip(arrays, ins, strict=True)), present)
        if present == out:
            return value
        dims = dict(zip(present, value.shape[1:], strict=True)) | dict(new)
        unique = "".join(dict.fromkeys(out))
        spread = value.reshape(value.shape[0], *(dims[x] if x in present else 1 for x in unique))
        whole = np.broadcast_to(spread, (value.shape[0], *(dims[x] for x in unique)))
        if unique == out:
            return whole
        result = self.zeros((value.shape[0], *(dims[x] for x in out)), value)
        grid: dict[str, Any] = dict(
            zip(unique, np.ix_(*(range(dims[x]) for x in unique)), strict=True)
        )
        result[(slice(None), *(grid[x] for x in out))] = whole
        return result

    def _contracted(self, operands: list[tuple[Array, str]], out: str) -> Array:
        """Pair by pair, the smallest product first, keeping the letters that are still needed."""
        operands = [self._diagonal(array, letters) for array, letters in operands]
        while len(operands) > 1:
            pairs = combinations(range(len(operands)), 2)
            choices = [(i, j, _kept(operands, i, j, out)) for i, j in pairs]
            if len(choices) > 1:
                choices.sort(key=lambda choice: _volume(operands, *choice))
            i, j, keep = choices[0]
            product = self._pair(*operands[i], *operands[j], keep)
            operands = [o for k, o in enumerate(operands) if k not in (i, j)]
            operands.append((product, keep))
        return self._moved(*self._summed(*operands[0], out), out)

    def _diagonal(self, array: Array, letters: str) -> tuple[Array, str]:
        while len(set(letters)) < len(letters):
            x = next(x for x in letters if letters.count(x) > 1)
            i = letters.index(x)
            j = letters.index(x, i + 1)
            array = np.diagonal(array, axis1=i + 1, axis2=j + 1)
            letters = letters[:i] + letters[i + 1 : j] + letters[j + 1 :] + x
        return array, letters

    def _summed(self, array: Array, letters: str, keep: str) -> tuple[Array, str]:
        axes = tuple(k + 1 for k, x in enumerate(letters) if x not in keep)
        if axes:
            ones = all(array.shape[k] == 1 for k in axes)
            array = np.squeeze(array, axes) if ones else array.sum(axis=axes)
            letters = "".join(x for x in letters if x in keep)
        return array, letters

    @staticmethod
    def _moved(array: Array, letters: str, out: str) -> Array:
        if letters == out:
            return array
        return array.transpose(0, *(letters.index(x) + 1 for x in out))

    def _pair(self, a: Array, left: str, b: Array, right: str, keep: str) -> Array:
        """Two factors: a matrix product over the summed letters, batched over the shared ones."""
        a, left = self._summed(a, left, keep + right)
        b, right = self._summed(b, right, keep + left)
        shared = [x for x in left if x in right and x in keep]
        summed = [x for x in left if x in right and x not in keep]
        rows = [x for x in left if x not in right]
        columns = [x for x in right if x not in left]
        a = self._moved(a, left, "".join(shared + rows + summed))
        b = self._moved(b, right, "".join(shared + summed + columns))
        n, r, s = len(shared) + 1, len(rows), len(summed)
        if not summed:
            value = a.reshape(*a.shape, *[1] * len(columns)) * b.reshape(
                *b.shape[:n], *[1] * r, *b.shape[n:]
            )
        else:
            row_shape, column_shape = a.shape[n : n + r], b.shape[n + s :]
            inner = prod(b.shape[n : n + s])
            product = self.matmul(
                a.reshape(*a.shape[:n], prod(row_shape), inner),
                b.reshape(*b.shape[:n], inner, prod(column_shape)),
            )
            whole = (*product.shape[:n], *row_shape, *column_shape)
            # What owns its memory can be written again.
            value = product if product.shape == whole else product.reshape(whole)
        return self._moved(value, "".join(shared + rows + columns), keep)

    def matmul(self, a: Array, b: Array) -> Array:
        product: Array = np.matmul(a, b)
        return product

    # -- along the last axis -------------------------------------------------------------------

    def softmax(self, x: Array, axis: int) -> Array:
        e = self.exp(x - self._top(x, axis))
        shares: Array = e / e.sum(axis=axis + 1, keepdims=True)
        return shares

    def log_softmax(self, x: Array, axis: int) -> Array:
        shifted = x - self._top(x, axis)
        return shifted - self.log(self.exp(shifted).sum(axis=axis + 1, keepdims=True))

    def logsumexp(self, x: Array) -> Array:
        top = self._top(x, x.ndim - 2)
        total: Array = self.log(self.exp(x - top).sum(axis=-1)) + (top[..., 0] if top.ndim else top)
        return total

    def _top(self, x: Array, axis: int) -> Array:
        """Something to subtract against overflow; nothing where numbers cannot overflow."""
        return np.zeros((), dtype=np.int64)

    def exp(self, x: Array) -> Array:
        raise NotImplementedError

    def log(self, x: Array) -> Array:
        raise NotImplementedError

    def prod(self, x: Array, order: int) -> Array:
        """Products over the last axis without `order` distinct entries (0 for equal ones)."""
        n = x.shape[-1]
        if order == 1:
            one = np.broadcast_to(self.number(Fraction(1)), x.shape[:-1])
            before, behind = [one], [one]
            for k in range(n - 1):
                before.append(before[-1] * x[..., k])
                behind.append(behind[-1] * x[..., n - 1 - k])
            pairs = zip(before, reversed(behind), strict=True)
            return np.stack([a * b for a, b in pairs], axis=-1)
        out = self.zeros((*x.shape[:-1], *[n] * order), x)
        work.current.spend(n**order, "products of entries")
        # What is left between two that are left out: each stretch is multiplied once.
        one = np.broadcast_to(self.number(Fraction(1)), x.shape[:-1])
        stretch = [
            [*accumulate((x[..., k] for k in range(start, n)), mul, initial=one)]
            for start in range(n + 1 if order else 1)
        ]
        for left in combinations(range(n), order):
            starts, ends = (0, *(k + 1 for k in left)), (*left, n)
            total = reduce(mul, (stretch[a][b - a] for a, b in zip(starts, ends, strict=True)))
            for turn in permutations(left):
                place: tuple[Any, ...] = (..., *turn)
                out[place] = total
        return out

    def tril(self, x: Array, k: int) -> Array:
        """Zeros above the k-th diagonal of matrices along the last two axes."""
        rows, columns = x.shape[-2:]
        return np.where(np.tri(rows, columns, k, dtype=bool), x, self.number(0)[0])

    # -- matrices: division-free but for whole numbers (Faddeev and Le Verrier) ------------------

    def _charpoly(self, A: Array) -> tuple[Array, Array]:
        """Determinant and adjugate by the Faddeev-Le Verrier recurrence (characteristic 0)."""
        n = A.shape[-1]
        eye = self.einsum(self.number(Fraction(1)), ("",), "ii", (("i", n),))
        M = np.broadcast_to(eye, A.shape)
        c = self.number(Fraction(1))
        for k in range(1, n + 1):
            AM = self.matmul(A, M)
            c = -np.trace(AM, axis1=-2, axis2=-1) / k
            if k < n:
                M = AM + c[:, None, None] * eye
        sign = (-1) ** n
        return c * sign, M * -sign

    def det(self, A: Array, order: int) -> Array:
        """Signed minors without `order` rows and columns: determinant for 0, cofactors for 1."""
        n = A.shape[-1]
        if order == 0:
            return self._charpoly(A)[0] if n else self.number(Fraction(1))
        if order == 1:
            return np.swapaxes(self._charpoly(A)[1], -1, -2)
        out = self.zeros((A.shape[0], *[n] * (2 * order)), A)
        for key in np.ndindex(*[n] * (2 * order)):
            rows, columns = key[::2], key[1::2]
            if len(set(rows)) == len(set(columns)) == order:
                r = [k for k in range(n) if k not in rows]
                c = [k for k in range(n) if k not in columns]
                parity = sum(rows) + sum(columns) + _inversions(rows) + _inversions(columns)
                minor = self.det(A[:, r][:, :, c], 0) if r else self.number(Fraction(1))
                out[(slice(None), *key)] = minor * (-1) ** parity
        return out

    def inv(self, A: Array) -> Array:
        det, adjugate = self._charpoly(A)
        return self.div(adjugate, det[:, None, None])

    def solve(self, A: Array, b: Array) -> Array:
        inverse = self.inv(A)
        return self._contracted([(inverse, "ij"), (b, "jk"[: b.ndim - 1])], "ik"[: b.ndim - 1])

    def logdet(self, A: Array) -> Array:
        return self.log(self.det(A, 0))

    def cholesky(self, A: Array) -> Array:
        """The lower triangular factor of symmetric matrices, column by column."""
        lower, pivots = self._ldl(A)
        roots = self.sqrt(pivots)
        return lower * roots[:, None, :]

    def pivots(self, A: Array) -> Array:
        """The squares of the diagonal of that factor, which are all positive where there is one."""
        return self._ldl(A)[1]

    def _ldl(self, A: Array) -> tuple[Array, Array]:
        """A unit lower triangle and pivots, without roots: A = lower @ diag(pivots) @ lower.T."""
        n = A.shape[-1]
        rest = A
        columns, pivots = [], []
        for k in range(n):
            pivot = rest[:, k, k]
            column = self.div(rest[:, :, k], pivot[:, None])
            column = np.concatenate([self.zeros((len(A), k), A), column[:, k:]], axis=1)
            rest = rest - pivot[:, None, None] * column[:, :, None] * column[:, None, :]
            columns.append(column)
            pivots.append(pivot)
        return np.stack(columns, axis=-1), np.stack(pivots, axis=-1)

    def sqrt(self, x: Array) -> Array:
        raise NotImplementedError

    def div(self, x: Array, y: Array) -> Array:
        raise NotImplementedError

    def unknown(self, law: Any, *xs: Array) -> Array:
        """An abstract function: the values of its example, unless a system has others for it."""
        value: Array = law.computed(self, *xs)
        return value


def _kept(operands: list[tuple[Array, str]], i: int, j: int, out: str) -> str:
    """The letters of two factors that the result or another factor needs, the result's in order."""
    needed = set(out).union(*(names for k, (_, names) in enumerate(operands) if k not in (i, j)))
    there = operands[i][1] + operands[j][1]
    return "".join(x for x in dict.fromkeys(out + there) if x in needed and x in there)


def _volume(operands: list[tuple[Array, str]], i: int, j: int, keep: str) -> int:
    dims: dict[str, int] = {}
    for array, names in (operands[i], operands[j]):
        dims.update(zip(names, array.shape[1:], strict=True))
    return prod(dims[x] for x in keep)


def _inversions(seq: Sequence[int]) -> int:
    return sum(a > b for k, a in enumerate(seq) for b in seq[k + 1 :])
