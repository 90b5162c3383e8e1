"""Values of inputs: closed expressions, and arrays of numbers, in any arithmetic.

Must not know programs, points or files.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any, TypeAlias

import numpy as np

from gradcli import work
from gradcli.arithmetic.ball import BALL, rational
from gradcli.arithmetic.base import Arithmetic, Array
from gradcli.arithmetic.float64 import FLOAT64
from gradcli.arithmetic.measure import double, is_exact
from gradcli.arithmetic.python_floats import PYTHON_FLOATS
from gradcli.arithmetic.small_array import SmallArray, array_of
from gradcli.errors import Span, wrong
from gradcli.graph.node import Node
from gradcli.graph.shape import Shape

MOST_AXES = 16
Value: TypeAlias = "Node | Array"


def numbers(value: Array, m: Arithmetic) -> Array:
    """The entries of a file as an array of one point in an arithmetic."""
    if m is FLOAT64:
        return (_floats(value) if _is_exact(value) else value.astype(np.float64))[None]
    work.current.spend(value.size, "exact numbers")
    work.current.hold(value.size * work.NUMBER, f"{value.size:,} exact numbers")
    exact = value if _is_exact(value) else _rationals(value)
    if m is BALL:
        return exact[None]
    if m is PYTHON_FLOATS:
        return array_of(map(double, exact.flat), (1, *exact.shape))
    lifted: Array = (exact[None] + m.number(Fraction(0)).reshape([1] * (exact.ndim + 1))).astype(
        object
    )
    return lifted


def _is_exact(value: Array) -> bool:
    """Whether it holds rationals, not doubles."""
    return isinstance(value, SmallArray) or value.dtype == object


def _floats(value: Array) -> Array:
    plain = [double(x) if is_exact(x) else float(x) for x in value.flat]
    out = np.array(plain, dtype=np.float64)
    return out.reshape(value.shape)


def _rationals(value: Array) -> Array:
    exact = (rational(Fraction(*float(x).as_integer_ratio())) for x in value.flat)
    return array_of(exact, value.shape)


def shape_of(value: Value) -> Shape:
    """The shape of a value."""
    return value.shape


def from_python(value: Any, name: str) -> Array:
    """A number, nested lists or anything that NumPy takes for an array; GradcliError otherwise.

    Integers, fractions and decimals are exact; a float is the double that it is.
    """
    help = f'give numbers:  {{"{name}": [1, 2.5]}}  or as text:  {{"{name}": "[1, 1/3]"}}'
    try:
        array = np.asarray(value)
        if array.dtype.kind == "f" and array.itemsize <= 8:
            return checked(array.astype(np.float64), name, None)
        if array.dtype.kind not in "iubfO":
            raise TypeError
        exact = array.astype(object)
        out = np.empty(exact.size, dtype=object)
        out[:] = [rational(Fraction(*_ratio(x))) for x in exact.flat]
    except OverflowError:
        raise wrong("G010", f"{name} holds a number that is not finite", help=help) from None
    except (TypeError, ValueError, AttributeError):
        kind = type(value).__name__
        raise wrong("G010", f"{name} is no array of numbers: {kind}", help=help) from None
    if not exact.size:
        raise wrong("G010", f"{name} holds no numbers", help=help)
    return out.reshape(exact.shape)


def plain_from_python(value: Any, name: str, help: str) -> Array:
    """The same as doubles, whatever they are; GradcliError for what is no array of numbers."""
    try:
        return np.asarray(value, dtype=np.float64)
    except (TypeError, ValueError):
        message = f"{name} is no array of numbers: {type(value).__name__}"
        raise wrong("G010", message, help=help) from None


def _ratio(x: Any) -> tuple[int, int]:
    """Numerator and denominator of anything that has them; OverflowError, ValueError, TypeError."""
    if isinstance(x, str):
        raise TypeError
    top, bottom = (x, 1) if isinstance(x, bool | int) else x.as_integer_ratio()
    return int(top), int(bottom)


def checked(value: Array, path: str, span: Span | None) -> Array:
    if value.dtype != object:
        if value.dtype.kind not in "iufb":
            message = f"{path} holds {value.dtype}, not real numbers"
            raise wrong("G011", message, span, help="save it as an array of floats")
        with np.errstate(all="ignore"):
            wide = value.astype(np.float64)
        bad = np.argwhere(~np.isfinite(wide))
        if len(bad):
            place = ", ".join(map(str, bad[0].tolist()))
            message = f"{path} holds {wide[tuple(bad[0])]} at [{place}]"
            raise wrong("G010", message, span, help="every entry must be a finite number")
        value = wide
    if value.ndim > MOST_AXES:
        message = f"{path} has {value.ndim} axes, and {MOST_AXES} are the most"
        raise wrong("G011", message, span, help="reshape it before it is saved")
    if value.size == 0:
        raise wrong("G011", f"{path} holds no numbers", span)
    return value
