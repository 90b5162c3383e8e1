"""The pages of functions against the engine: what a page states is true, and its example runs.

Must not name a function: everything comes from the registry.
"""

from __future__ import annotations

import shlex

import pytest

import gradcli
from gradcli.api import derive
from gradcli.arithmetic.decimal import decimal
from gradcli.errors import GradcliError
from gradcli.graph.shape import Shape
from gradcli.ops import FUNCTIONS, Function
from gradcli.reference.functions import describe

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


@pytest.mark.parametrize("function", ALL, ids=NAMES)
def test_the_derivative_has_a_formula(function: Function) -> None:
    assert spelled(function), "write its derivative, or `pull`, in functions of the language"


def elementwise(function: Function) -> bool:
    plain = function.static.isdisjoint(function.parameters) and not function.variadic
    return plain and "cond" not in function.parameters


STATED = [f for f in ALL if describe(f).value and elementwise(f)]


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


DERIVED = [f for f in ALL if describe(f).derivatives and elementwise(f)]


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
