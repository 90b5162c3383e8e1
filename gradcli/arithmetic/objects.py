"""Number systems whose numbers are Python objects: scalar functions lifted over object arrays.

Must not know which numbers they are: a table of scalar functions by name says all of it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from functools import partial, reduce
from itertools import accumulate
from types import SimpleNamespace
from typing import Any

import numpy as np

from gradcli.arithmetic.base import Arithmetic, Array
from gradcli.arithmetic.small_array import Lifted, array_of, as_objects
from gradcli.arithmetic.truth import is_truth


class Objects(Arithmetic):
    """Arrays of objects. Conditions hold True, False, None for "cannot tell", or VOID for none.

    `scalars` has the same functions for single numbers. Among several arguments there may be whole
    numbers of Python.
    """

    def __init__(
        self,
        functions: Mapping[str, Callable[..., Any]],
        number: Callable[[Fraction], Any],
        constant: Callable[[str], Any],
    ) -> None:
        self._number = number
        self._constant = constant
        functions = dict(functions)
        self._unknown = functions.pop("unknown", None)
        self.tame = functions["tame"]
        arity = {name: function.__code__.co_argcount for name, function in functions.items()}
        scalars = {
            name: function
            if arity[name] < 2 or name.endswith("_scalar")
            else self._taking_whole(function, arity[name])
            for name, function in functions.items()
        }
        self.scalars = SimpleNamespace(
            **scalars,
            number=self._exactly,
            constant=constant,
            power_by=functions.get("power_by_scalar"),
            polygamma=functions.get("polygamma_scalar"),
            maximum=lambda *xs: reduce(scalars["larger"], xs),
            minimum=lambda *xs: reduce(scalars["smaller"], xs),
            unknown=self._unknown or (lambda law, *xs: law.computed(self.scalars, *xs)),
        )
        for name, function in scalars.items():
            lifted = Lifted(function, arity[name])
            setattr(self, "_tamed" if name == "tame" else name, lifted)

    def _exactly(self, value: Fraction | int) -> Any:
        """An exact rational as a number of this system."""
        return self._number(value if isinstance(value, Fraction) else Fraction(value))

    def _taking_whole(self, function: Callable[..., Any], arity: int) -> Callable[..., Any]:
        """The same function; whole numbers of Python as its last two are made numbers of ours."""
        exactly = self._exactly

        def of_two(x: Any, y: Any) -> Any:
            x = exactly(x) if x.__class__ is int else x
            return function(x, exactly(y) if y.__class__ is int else y)

        def of_three(condition: Any, x: Any, y: Any) -> Any:
            x = exactly(x) if x.__class__ is int else x
            return function(condition, x, exactly(y) if y.__class__ is int else y)

        return of_two if arity == 2 else of_three

    def number(self, value: Fraction | int) -> Array:
        return self.single(self._exactly(value))

    def constant(self, name: str) -> Array:
        return self.single(self._constant(name))

    @staticmethod
    def single(value: Any) -> Array:
        """One number as an array of shape (1,)."""
        return array_of([value], (1,))

    def tamed(self, x: Array) -> Array:
        return as_objects(self._tamed(x))  # type: ignore[attr-defined]

    def is_condition(self, x: Array) -> bool:
        return x.size > 0 and is_truth(x.flat[0])

    def power_by(self, x: Array, exponent: Fraction | int) -> Array:
        scalar = self.power_by_scalar  # type: ignore[attr-defined]
        exponent = exponent if isinstance(exponent, Fraction) else Fraction(exponent)
        return as_objects(scalar(x, exponent))

    def polygamma(self, x: Array, order: int) -> Array:
        return as_objects(self.polygamma_scalar(x, order))  # type: ignore[attr-defined]

    def maximum(self, *xs: Array) -> Array:
        return reduce(self.larger, xs)  # type: ignore[attr-defined]

    def minimum(self, *xs: Array) -> Array:
        return reduce(self.smaller, xs)  # type: ignore[attr-defined]

    def unknown(self, law: Any, *xs: Array) -> Array:
        if self._unknown is None:
            return super().unknown(law, *xs)
        return as_objects(Lifted(partial(self._unknown, law), len(xs))(*xs))

    def max(self, x: Array) -> Array:
        return self.maximum(*(x[..., k] for k in range(x.shape[-1])))

    def min(self, x: Array) -> Array:
        return self.minimum(*(x[..., k] for k in range(x.shape[-1])))

    def share(self, x: Array, z: Array) -> Array:
        one, zero = self.number(Fraction(1))[0], self.number(Fraction(0))[0]
        reached = self.where(self.eq(x, z[..., None]), one, zero)  # type: ignore[attr-defined]
        return self.div(reached, reached.sum(axis=-1, keepdims=True))

    def gap(self, x: Array) -> Array:
        if x.shape[-1] == 1:
            return np.broadcast_to(self.number(Fraction(1)), x.shape[:-1])
        rows = [self._gap_of(row) for row in x.reshape(-1, x.shape[-1])]
        out = np.empty(len(rows), dtype=object)
        out[:] = rows
        return out.reshape(x.shape[:-1])

    def lead(self, x: Array) -> Array:
        rows = [self._lead_of(row) for row in x.reshape(-1, x.shape[-1])]
        out = np.empty(x.shape, dtype=object)
        out.reshape(-1)[:] = [entry for row in rows for entry in row]
        return out

    def sort(self, x: Array) -> Array:
        """By exchanges of neighbours, each as the smaller and the larger of two."""
        columns = [x[..., k] for k in range(x.shape[-1])]
        for end in range(len(columns) - 1, 0, -1):
            for k in range(end):
                a, b = columns[k], columns[k + 1]
                columns[k], columns[k + 1] = self.minimum(a, b), self.maximum(a, b)
        return np.stack(columns, axis=-1)

    def gaps(self, x: Array) -> Array:
        last = np.broadcast_to(self.number(1)[:, *[None] * (x.ndim - 1)], (*x.shape[:-1], 1))
        return np.concatenate([x[..., 1:] - x[..., :-1], last], axis=-1)

    def _lead_of(self, row: Array) -> list[Any]:
        """Each entry less the largest of those before and behind it."""
        if len(row) == 1:
            return [self.number(Fraction(1)).item()]
        larger = self.larger  # type: ignore[attr-defined]
        before = [*accumulate(row[:-1], larger)]
        behind = [*accumulate(row[:0:-1], larger)][::-1]
        others = [behind[0], *map(larger, before[:-1], behind[1:]), before[-1]]
        return [x - other for x, other in zip(row, others, strict=True)]

    def _gap_of(self, row: Array) -> Any:
        """The largest entry less the next: how far a maximum is from a tie."""
        larger, smaller = self.larger, self.smaller  # type: ignore[attr-defined]
        top, second = larger(row[0], row[1]), smaller(row[0], row[1])
        for x in row[2:]:
            top, second = larger(top, x), larger(second, smaller(top, x))
        return top - second
