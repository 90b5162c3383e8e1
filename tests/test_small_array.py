"""Small arrays in plain Python beside NumPy's, and NumPy that is not run before it is asked for."""

from __future__ import annotations

import math
import operator
import subprocess
import sys
from itertools import product
from math import prod
from pickle import dumps, loads
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from gradcli import diff
from gradcli.arithmetic.float64 import FLOAT64
from gradcli.arithmetic.python_floats import FUNCTIONS
from gradcli.arithmetic.small_array import (
    FEW,
    Lifted,
    SmallArray,
    array_of,
    broadcast_arrays,
    broadcast_to,
    concatenate,
)

SHAPES = arrays.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=4)
BINARY = (
    operator.add, operator.sub, operator.mul, operator.pow, operator.lt, operator.ge, operator.eq,
    operator.ne,
)  # fmt: skip


def pair(shape: tuple[int, ...], start: int = 0) -> tuple[Any, Any]:
    """The same whole numbers in both kinds of array."""
    entries = [*range(start, start + prod(shape))]
    whole = np.empty(len(entries), dtype=object)
    whole[:] = entries
    return SmallArray(entries, shape), whole.reshape(shape)


def same(found: Any, expected: Any) -> bool:
    """Arrays with the same entries, or the same single object."""
    if np.shape(expected) == () and not isinstance(expected, np.ndarray):
        return not isinstance(found, SmallArray) and bool(found == expected)
    plain = np.asarray(found, dtype=object)
    return plain.shape == expected.shape and bool((plain == expected).all())


@given(st.data())
def test_what_is_picked(data: st.DataObject) -> None:
    shape = data.draw(SHAPES)
    small, whole = pair(shape)
    key = data.draw(arrays.basic_indices(shape, allow_newaxis=True, allow_ellipsis=True))
    picked = whole[key]
    found = small[key]
    assert same(found, picked)
    if isinstance(picked, np.ndarray):
        new = data.draw(st.sampled_from([picked.shape, picked.shape[1:], (1,) * picked.ndim, ()]))
        if picked.size:
            given_small, given_whole = pair(new, 100)
            for value in (given_whole, given_small, 7):
                small[key] = value
                whole[key] = given_whole if value is given_small else value
                assert same(small, whole)


@given(st.data())
def test_what_is_computed(data: st.DataObject) -> None:
    shapes = data.draw(arrays.mutually_broadcastable_shapes(num_shapes=2, max_dims=3, max_side=3))
    (a, x), (b, y) = (pair(shape, k + 1) for k, shape in enumerate(shapes.input_shapes))
    for operation in BINARY:
        expected = operation(x, y)
        assert same(operation(a, b), expected)
        assert same(operation(a, y), expected)
        assert same(operation(x, b), expected)
        assert same(operation(a, 2), operation(x, 2))
    assert same(3 - a, 3 - x)
    assert same(-a, -x)
    assert same(abs(-a), x)
    assert same(Lifted(max, 2)(a, b), np.frompyfunc(max, 2, 1)(x, y))
    assert same(Lifted(max, 2)(a, 5), np.frompyfunc(max, 2, 1)(x, 5))
    assert [*map(np.shape, broadcast_arrays(a, b))] == [shapes.result_shape] * 2
    assert same(broadcast_to(a, shapes.result_shape), np.broadcast_to(x, shapes.result_shape))


@given(SHAPES)
def test_what_is_moved(shape: tuple[int, ...]) -> None:
    small, whole = pair(shape)
    assert small.tolist() == whole.tolist()
    assert (small.size, small.ndim) == (whole.size, whole.ndim)
    if len(shape) <= 2:
        assert same(small.T, whole.T)
    if shape:
        assert len(small) == len(whole)
        assert all(same(a, b) for a, b in zip(small, whole, strict=True))
        assert same(concatenate([small, small]), np.concatenate([whole, whole]))
    if small.size:
        assert same(small.reshape(-1), whole.reshape(-1))
        assert same(small.reshape(1, -1), whole.reshape((1, -1)))
    if len(shape) and small.size:
        vector, plain = pair(shape[-1:], 3)
        assert same(small @ vector, np.matmul(whole, plain))
    assert same(loads(dumps(small)), whole)
    shared, copied = small.reshape(small.shape), small.copy()
    if small.size:
        small[(0,) * small.ndim] = "new"
        assert shared.cells[0] == "new"
        assert copied.cells[0] == 0


def test_rows_by_a_list_and_by_an_array() -> None:
    small, whole = pair((4, 3))
    for key in ([2, 0], np.array([2, 0]), (slice(None), [1]), np.array([True, False, True, True])):
        assert same(array_of(small[key].ravel(), small[key].shape), whole[key])
    mask = np.array([False, True, False, True])
    small[mask], whole[mask] = 9, 9
    assert same(small, whole)


def test_what_does_not_fit() -> None:
    small, _ = pair((2, 3))
    for wrong in (lambda: small[2], lambda: small.reshape(4), lambda: small + pair((2,))[0]):
        with pytest.raises((IndexError, ValueError)):
            wrong()
    with pytest.raises(ValueError, match="multiply"):
        small @ pair((2,))[0]


def test_what_is_large_is_numpys() -> None:
    assert isinstance(array_of(range(FEW), (FEW,)), SmallArray)
    assert isinstance(array_of(range(FEW + 1), (FEW + 1,)), np.ndarray)
    assert isinstance(array_of(range(8), (2, 2, 2)), np.ndarray)


def test_a_result_is_what_numpy_takes() -> None:
    result = diff("x^2*y", ["x=3", "y=1/2"])
    assert str(result["x"].gradient) == "3"
    assert float(result["x"].gradient) == 3.0
    assert (np.array([1, 2]) * result["x"].gradient).tolist() == [3, 6]
    assert np.asarray(result["x"].gradient, dtype=float) == 3.0


# -- doubles without NumPy


POINTS = (-30.5, -2.0, -0.7, -1e-9, 0.0, 1e-9, 0.3, 1.0, 2.5, 40.0)
ONE = [(x,) for x in POINTS]
TWO = [*product(POINTS, repeat=2)]
WITH = [(x, n) for x in POINTS for n in (0, 1, 2, 3)]
NUMPYS = {
    "larger": ("maximum", TWO), "smaller": ("minimum", TWO), "polygamma": ("polygamma", WITH),
    "power_by_scalar": ("power_by", WITH), "polygamma_scalar": ("polygamma", WITH),
    **{name: (name, TWO) for name in ("div", "atan2", "power", "eq", "ne", "lt", "le")},
}  # fmt: skip
"""Functions of more than one argument, by NumPy's names and what they are tried at."""


@pytest.mark.parametrize(
    "name", sorted(FUNCTIONS.keys() - {"tame", "both", "either", "opposite", "where"})
)
def test_floats_of_python_are_those_of_numpy(name: str) -> None:
    """The two libraries round their functions differently, by an ulp or two."""
    theirs, points = NUMPYS.get(name, (name, ONE))
    seen = 0
    for x, *rest in points:
        try:
            ours = FUNCTIONS[name](x, *rest)
        except (ValueError, OverflowError, ZeroDivisionError):
            continue
        seen += 1
        others = rest if points is WITH else [np.array([y]) for y in rest]
        with np.errstate(all="ignore"):
            found = getattr(FLOAT64, theirs)(np.array([x]), *others)[0]
        alike = ours == found or (math.isnan(ours) and math.isnan(found))
        assert alike or abs(ours - found) <= 4 * math.ulp(found), (x, *rest)
    assert seen > 2


@pytest.mark.parametrize(
    ("text", "point", "digits"),
    [
        ("(1 - cos(x))/x^2", "x=1e-9", 0),
        ("exp(x)*exp(-x)", "x=800", 0),
        ("sin(x) + 2", "x=1", 15),
        ("max(x, 2) + relu(-x)", "x=1", 16),
        ("where(x > 0, sqrt(x), 0)", "x=-1", 16),
        ("digamma(x)", "x=1/2", 13),
    ],
)
def test_what_float64_loses_is_told(text: str, point: str, digits: int) -> None:
    """What Python's functions have no number for, as `exp(800)`, NumPy is asked."""
    found = diff(text, [point]).digits
    assert found is not None
    assert found >= digits if digits else found == 0


# -- NumPy on demand

ON_DEMAND = """
import sys
from threading import Thread
from gradcli.cli.late import on_demand
on_demand("numpy")
import numpy as np
import numpy
exec("import numpy as again")
assert np is numpy and "numpy._core" not in sys.modules
seen = []
threads = [Thread(target=lambda: seen.append(np.arange(3).sum())) for _ in range(8)]
for thread in threads: thread.start()
for thread in threads: thread.join()
assert seen == [3] * 8, seen
import numpy.linalg
assert type(np).__name__ == "module" and np.linalg.norm([3, 4]) == 5
try: np.nothing
except AttributeError as error: assert "nothing" in str(error)
on_demand("numpy")
assert sys.modules["numpy"] is np
on_demand("no_such_module_at_all")
assert "no_such_module_at_all" not in sys.modules
"""


def test_numpy_is_run_when_it_is_asked_for() -> None:
    subprocess.run([sys.executable, "-c", ON_DEMAND], check=True)


NEURON = "1/(1+exp(-(w0*x0+w1*x1+w2)))"


@pytest.mark.parametrize("form", [(), ("--format", "json")])
@pytest.mark.parametrize(
    "arguments",
    [
        ("diff", NEURON, "--at", "w0=2, x0=-1, w1=-3, x1=-2, w2=-3"),
        ("diff", "log(x)*sqrt(y) + x^y", "--at", "x=2, y=1/3"),
        ("check", "--no-cache", "-e", "x in R; f = sin(x)^2; df/dx = 2*sin(x)*cos(x)"),
        ("check", "--no-cache", "-e", "x, y in R; f = exp(x*y)/(2 + x^2); df/dy = x*f"),
        ("diff", "max(x, y)^2 + softplus(x) + abs(y)", "--at", "x=2, y=0"),
    ],
)
def test_scalars_take_no_numpy(arguments: tuple[str, ...], form: tuple[str, ...]) -> None:
    program = (
        "import sys; from gradcli.cli import main\n"
        f"sys.argv = ['gradcli', *{arguments + form!r}]\n"
        "try: main()\n"
        "finally: print([n for n in ('numpy._core', 'rich') if n in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    assert done.stderr.splitlines()[-1] == b"[]"
    assert done.stdout
