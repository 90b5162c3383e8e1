"""The pages of functions against the engine: what a page states is true, and its example runs.

Must not name a function but as an example: everything comes from the registry.
"""

from __future__ import annotations

import shlex

import numpy as np
import pytest

import gradcli
from gradcli.api import derive
from gradcli.arithmetic.decimal import decimal
from gradcli.errors import GradcliError
from gradcli.graph.shape import Shape
from gradcli.ops import FUNCTIONS, Function
from gradcli.reference.functions import alike, describe

ALL = [*dict.fromkeys(FUNCTIONS.values())]
NAMES = [function.name for function in ALL]
POINTS = ("1/3", "7/3", "-2/5", "3/2")


def value(text: str, at: list[str]) -> str | None:
    result = gradcli.diff(text, at)
    return decimal(result.value.flat[0], 25)


@pytest.mark.parametrize("function", ALL, ids=NAMES)
def test_the_example_runs(function: Function) -> None:
    program, verb, text, option, at = shlex.split(describe(function).example)
    assert (program, verb, option) == ("gradcli", "diff", "--at")
    assert gradcli.diff(text, [at]).settled


def spelled(function: Function) -> bool:
    """Whether the derivatives of the example, and of its sum, are formulas that were verified."""
    _, _, text, _, at = shlex.split(describe(function).example)
    found = gradcli.diff(text, [at])
    names = {i.name: i.shape for i in found.inputs}
    texts = [text, f"sum({text})"] if found.shape else [text]
    return all(any(_formula(each, names, kind) for kind in KINDS) for each in texts)


KINDS = ("R{}", "(0, 1){}", "spd({1})")
"""As wide as can be; then where logarithms and determinants have values."""


def _formula(text: str, names: dict[str, Shape], kind: str) -> bool:
    sets = [f"{n} in {kind.format(_power(s), s[0] if s else 1)}" for n, s in names.items()]
    try:
        return bool(derive(text, let=["; ".join(sets)]))
    except GradcliError:
        return False


def _power(shape: Shape) -> str:
    return f"^({', '.join(map(str, shape))})" if shape else ""


@pytest.mark.slow
@pytest.mark.parametrize("function", ALL, ids=NAMES)
def test_the_derivative_has_a_formula(function: Function) -> None:
    assert spelled(function), "write its derivative, or `pull`, in functions of the language"


def elementwise(function: Function) -> bool:
    plain = function.static.isdisjoint(function.parameters) and not function.variadic
    return plain and "cond" not in function.parameters


ENTRYWISE = [f for f in ALL if describe(f).entrywise]
STATED = [f for f in ENTRYWISE if describe(f).value and elementwise(f)]


@pytest.mark.parametrize("function", STATED, ids=[f.name for f in STATED])
def test_the_stated_value_is_the_function(function: Function) -> None:
    names = [*function.parameters]
    stated = describe(function).value
    assert stated
    compared = 0
    for k, point in enumerate(POINTS):
        at = [f"{n}={POINTS[(k + j) % len(POINTS)]}" for j, n in enumerate(names)]
        try:
            truth = value(f"{function.name}({', '.join(names)})", at)
        except GradcliError:
            with pytest.raises(GradcliError):
                value(stated, at)
            continue
        assert value(stated, at) == truth, point
        compared += 1
    assert compared


DERIVED = [f for f in ENTRYWISE if describe(f).derivatives and elementwise(f)]


@pytest.mark.parametrize("function", DERIVED, ids=[f.name for f in DERIVED])
def test_the_stated_derivative_is_the_gradient(function: Function) -> None:
    names = [*function.parameters]
    call = f"{function.name}({', '.join(names)})"
    compared = 0
    for k in range(len(POINTS)):
        at = [f"{n}={POINTS[(k + j) % len(POINTS)]}" for j, n in enumerate(names)]
        try:
            found = gradcli.diff(call, at, wrt=names)
        except GradcliError:
            continue
        by_name = {i.name: i for i in found.inputs}
        for name, formula in describe(function).derivatives:
            truth = by_name[name].gradient.flat[0]
            if truth is not None:
                assert value(formula, at) == decimal(truth, 25), (name, formula)
                compared += 1
    assert compared


# -- functions of whole arrays: at vectors and at positive definite matrices -----------------------

OF_ARRAYS = [
    f for f in ALL if f not in ENTRYWISE and (describe(f).derivatives or describe(f).pullbacks)
]
ENTRIES = ("1/3", "2/7", "2/5")
"""Of a vector, with sums that stay below 1."""
VECTORS = {name: f"[{', '.join(ENTRIES[k:] + ENTRIES[:k])}]" for k, name in enumerate("xabuv")}
MATRICES = {"A": "[[2, 1, 0], [1, 3, 1], [0, 1, 4]]", "B": "[[1, 2, 0], [0, 1, 1], [1, 0, 2]]"}


def numbers(text: str) -> list[str | None]:
    return [decimal(entry, 25) for entry in gradcli.diff(text, []).value.flat]


LONG = 60
"""Characters of a formula that takes its time."""


def slow_if_long(function: Function) -> object:
    long = any(len(formula) > LONG for _, formula in describe(function).pullbacks)
    marks = [pytest.mark.slow] if long else []
    return pytest.param(function, marks=marks, id=function.name)


@pytest.mark.parametrize("function", [slow_if_long(f) for f in OF_ARRAYS])
def test_what_is_stated_of_a_function_of_arrays_is_true(function: Function) -> None:
    page = describe(function)
    by = [name for name, _ in (*page.derivatives, *page.pullbacks)]
    names = sorted(by, key=[*function.parameters, "b"].index)
    vectors = VECTORS | {n: VECTORS["xauv"[k]] for k, n in enumerate(names) if n not in VECTORS}
    at = "; ".join(f"{name} = {(vectors | MATRICES)[name]}" for name in names)
    call = f"{function.name}({', '.join(names)})"
    given = f"n = 3; {at}; {page.where}".rstrip("; ")
    if page.value:
        assert numbers(f"{given}; {page.value}") == numbers(f"{at}; {call}")
    points = [at.replace("; ", ", ")]
    truth = {i.name: i.gradient for i in gradcli.diff(call, points, wrt=names).inputs}
    for name, formula in page.derivatives:
        stated = numbers(f"{given}; {formula}")
        assert stated == [decimal(x, 25) for x in truth[name].flat], (name, formula)
    shape = gradcli.diff(call, points).shape
    count = int(np.prod([int(dim) for dim in shape]))
    handed = np.array([f"{k + 1}/{count}" for k in range(count)]).reshape([*map(int, shape)])
    delta = str(handed.tolist()).replace("'", "")
    weighed = gradcli.diff(f"sum({delta} .* {call})", points, wrt=names)
    adjoints = {i.name: i.gradient for i in weighed.inputs}
    for name, formula in page.pullbacks:
        stated = numbers(f"{given}; δ = {delta}; {formula}")
        assert stated == [decimal(x, 25) for x in adjoints[name].flat], (name, formula)


def test_most_functions_of_arrays_state_a_derivative() -> None:
    found = {f.name: describe(f) for f in OF_ARRAYS}
    assert len(found) > 25
    assert found["softmax"].derivatives == [("x", "diag(p) - p @ p.T")]
    assert found["softmax"].where == "p = softmax(x)"
    assert found["inv"].pullbacks == [("A", "-f.T @ δ @ f.T")]


@pytest.mark.parametrize("function", ALL, ids=NAMES)
def test_a_page_says_what_becomes_of_a_gradient(function: Function) -> None:
    found = describe(function)
    takes = [name for name in function.parameters if name not in function.static]
    constant = not found.derivatives and not function.op and not function.linear
    if takes and not constant:
        assert found.derivatives or found.pullbacks or found.words
        told = {name for name, _ in (*found.derivatives, *found.pullbacks, *found.words)}
        assert told & {*takes}


@pytest.mark.parametrize(
    ("value", "by", "handed", "at"),
    [
        ("roll(x, 2)", "x", "roll(u, -2)", "x=[1, 2, 3, 4], u=[5, 7, 11, 13]"),
        ("cross(a, b)", "a", "cross(b, u)", "a=[1, 2, 3], b=[2, -1, 5], u=[5, 7, 11]"),
        ("cross(a, b)", "b", "cross(u, a)", "a=[1, 2, 3], b=[2, -1, 5], u=[5, 7, 11]"),
        ("conv1d(x, w)", "w", "conv1d(x, u)", "x=[1, 2, 4, 3], w=[1, -1], u=[5, 7, 11]"),
        (
            "conv1d(x, w)", "x",
            "concat(u[0]*w, [0, 0]) + concat([0], u[1]*w, [0]) + concat([0, 0], u[2]*w)",
            "x=[1, 2, 4, 3], w=[1, -1], u=[5, 7, 11]",
        ),
        ("reshape(x, (2, 2))", "x", "reshape(u, 4)", "x=[1, 2, 3, 4], u=[[5, 7], [11, 13]]"),
        ("maxpool(x, 2)", "x", "[0, u[0], u[1], 0]", "x=[1, 2, 4, 3], u=[5, 7]"),
        ('einsum("ij,j->i", A, v)', "A", 'einsum("i,j->ij", u, v)',
         "A=[[1, 2], [3, 4]], v=[2, 5], u=[3, 7]"),
    ],
)  # fmt: skip
def test_the_words_on_what_becomes_of_a_gradient(value: str, by: str, handed: str, at: str) -> None:
    """The words of a page, written for an example, are the product with the Jacobian."""
    product = gradcli.diff(f"sum(u*({value}))", [at], wrt=[by]).inputs[0].gradient
    stated = gradcli.diff(f"{handed} + 0*sum({by})", [at]).value
    assert [*np.ravel(product)] == [*np.ravel(stated)]


def test_a_part_of_a_name_finds_functions() -> None:
    assert {"softmax(x, axis=None)", "softplus(x)"} <= {page.signature for page in alike("soft")}
    assert [page.signature for page in alike("logistic")] == ["sigmoid(x)"]
    assert [page.signature for page in alike("sinh")] == ["sinh(x)"]
    with pytest.raises(GradcliError, match="unknown function"):
        alike("softmaxx")
