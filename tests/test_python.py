"""The Python interface: its page taken at its word, functions of arrays against formulas by hand.

Must not know how a derivative is found.
"""

from __future__ import annotations

import doctest
import pickle
import re
import shlex
import subprocess
import sys
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from flint import fmpq

import gradcli
from gradcli.emit.functions import function
from gradcli.emit.loaded import loaded
from gradcli.emit.plan import Plan
from gradcli.errors import GradcliError
from gradcli.ops import FUNCTIONS
from gradcli.reference.functions import describe

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "python.md"
RNG = np.random.default_rng(19)


def test_every_example_of_the_page_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    text = "".join(re.findall(r"```pycon\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL))
    examples = doctest.DocTestParser().get_doctest(text, {}, PAGE.name, str(PAGE), 0)
    assert len(examples.examples) > 25
    assert not doctest.DocTestRunner(optionflags=doctest.ELLIPSIS).run(examples).failed


def test_importing_loads_nothing() -> None:
    code = "import sys, gradcli; dir(gradcli); print('numpy' in sys.modules, gradcli.__version__)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == f"False {gradcli.__version__}\n"


def test_what_is_named_is_there_and_on_the_page() -> None:
    page = PAGE.read_text("utf-8")
    for name in gradcli.__all__:
        assert getattr(gradcli, name) is not None
        assert name in (*re.findall(r"`?(\w+)`?", page), "__version__"), name


def test_type_checkers_see_the_same_names() -> None:
    text = Path(gradcli.__file__).read_text("utf-8")
    found = re.findall(r"^    from gradcli\.(\S+) import (\w+) as", text, re.MULTILINE)
    assert found == [(module, name) for module, names in gradcli.MODULES.items() for name in names]


# -- points


@pytest.mark.parametrize(
    "at",
    [
        "x=1/3, w=2", ["x=1/3", "w=2"], {"x": Fraction(1, 3), "w": 2}, {"x": "1/3", "w": "2"},
        [{"x": "1/3"}, "w=2"], {"x": Fraction(1, 3), "w": np.int8(2)}, {"x": "2/6", "w": True + 1},
        {"x": np.array(Fraction(1, 3), dtype=object), "w": Decimal("2.0")},
    ],
)  # fmt: skip
def test_a_point_may_be_given_in_many_ways(at: Any) -> None:
    assert gradcli.diff("w*x^2", at)["x"].gradient.item() == fmpq(4, 3)


def test_a_float_is_the_double_that_it_is() -> None:
    assert gradcli.diff("x", {"x": 0.1}).value.item() == fmpq(*(0.1).as_integer_ratio())
    assert gradcli.diff("x", {"x": "0.1"}).value.item() == fmpq(1, 10)
    assert gradcli.diff("x", {"x": 2**90 + 1}).value.item() == 2**90 + 1


@pytest.mark.parametrize(
    "value", [None, 1j, [1, [2]], {"a": 1}, ["1"], [], float("nan"), Decimal("inf"), object()]
)
def test_what_is_no_number_is_refused(value: Any) -> None:
    with pytest.raises(GradcliError, match=r"x (is no array of numbers|holds)"):
        gradcli.diff("x^2", {"x": value})


def test_names_may_be_one_text() -> None:
    assert [i.name for i in gradcli.diff("alpha*beta*c", "alpha=1, beta=2, c=3", wrt="beta").inputs]
    found = gradcli.diff("a*b*c", "a=1, b=2, c=3", wrt="c, a")
    assert [each.name for each in found.inputs] == ["c", "a"]
    with pytest.raises(KeyError, match="b is none of c, a"):
        found["b"]


# -- functions of arrays

W, X, B = RNG.standard_normal((3, 4)), RNG.standard_normal(4), RNG.standard_normal(3)


def sigmoid(z: Any) -> Any:
    return 1 / (1 + np.exp(-z))


def test_a_layer() -> None:
    f = gradcli.function("sum(relu(W @ x + b))", wrt="W")
    z = W @ X + B
    for given in ((W, X, B), ({"W": W, "x": X, "b": B},), ([[*row] for row in W], [*X], [*B])):
        np.testing.assert_allclose(f(*given), np.maximum(z, 0).sum(), rtol=1e-14)
        np.testing.assert_allclose(f.grad(*given), np.outer(z > 0, X), rtol=1e-14)
    np.testing.assert_allclose(f.certified(W, X, B)["W"].float(), f.grad(W, x=X, b=B))
    assert repr(f.certified(W, X, B)).startswith("<gradient of ")
    np.testing.assert_allclose(f.hvp(W, X, B, tangent=W), 0)


def test_several_inputs_come_by_name() -> None:
    f = gradcli.function("z = W @ x; sum(sigmoid(z)^2)", wrt="x, W")
    p = sigmoid(W @ X)
    value, found = f.value_and_grad(W, X)
    delta = 2 * p * p * (1 - p)
    np.testing.assert_allclose(value, (p**2).sum())
    np.testing.assert_allclose(found["W"], np.outer(delta, X))
    np.testing.assert_allclose(found["x"], W.T @ delta)
    along = f.hvp(W, X, tangent={"x": X})
    second = 2 * p * p * (1 - p) * (2 - 3 * p)
    np.testing.assert_allclose(along["x"], W.T @ (second * (W @ X)))


def test_what_several_derivatives_share_is_computed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[str] = []

    def seen(plan: Plan, text: str) -> Any:
        made.append(function(plan, "f", "numpy", text))
        return loaded(plan, text)

    monkeypatch.setattr("gradcli.python.kernels.loaded", seen)
    f = gradcli.function("sum(tanh(W @ x) .^ 2)", wrt="W, x")
    f.hvp(W, X, tangent={"x": X})
    f.jacobian(W, X)
    assert [text.count("np.tanh") for text in made] == [1, 1]


def test_a_jacobian() -> None:
    f = gradcli.function("softmax(W @ x)", wrt="x")
    p = np.exp(W @ X) / np.exp(W @ X).sum()
    np.testing.assert_allclose(f.jacobian(W, X), (np.diag(p) - np.outer(p, p)) @ W, rtol=1e-12)


MANY = [
    ("norm(X @ w - y)^2", "X in R^(m, n); w in R^n; y in R^m", "w", [(5, 3), (3,), (5,)]),
    ("sum(where(w > 0, log(w), w))*a", "a in R; w in R^n", "w", [(), (4,)]),
    ("x*sin(y)/exp(x)", "x, y in R", "x, y", [(), ()]),
    ("logdet(A.T @ A + eye(2))", "A in R^(2, 2)", "A", [(2, 2)]),
]


@pytest.mark.parametrize(("program", "let", "wrt", "shapes"), MANY)
def test_many_points_are_as_many_calls(
    program: str, let: str, wrt: str, shapes: list[tuple[int, ...]]
) -> None:
    """The evaluator over a batch and the code of one point say the same."""
    f = gradcli.function(program, wrt, let=let)
    first, *others = [RNG.standard_normal((2, 3, *shape)) for shape in shapes]
    others = [array[0, 0] for array in others]
    tangent = {name.strip(): 1.0 + np.zeros(shapes[f.inputs.index(name.strip())])
               for name in wrt.split(",")}  # fmt: skip
    calls = [f, f.grad, f.jacobian, lambda *args: f.hvp(*args, tangent=tangent)]
    for call in calls:
        whole = call(first, *others)
        for i, j in ((0, 0), (1, 2)):
            one = call(first[i, j], *others)
            pairs = [(whole[k], one[k]) for k in one] if isinstance(one, dict) else [(whole, one)]
            for over, alone in pairs:
                np.testing.assert_allclose(over[i, j], alone, rtol=1e-12, atol=1e-300)


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda f: f(W, X), "b has no value"),
        (lambda f: f(W, X, B, 1), "4 values for 3 inputs: W, x, b"),
        (lambda f: f(W, X, b=B, W=W), "W is given twice"),
        (lambda f: f(W, X, b=B, c=1), 'unknown name "c"'),
        (lambda f: f(W, X[:2], B), "cannot multiply a 3x4 matrix by a vector of 2"),
        (lambda f: f("W", X, B), "W is no array of numbers: str"),
        (lambda f: f.grad(W, X, B), "only a scalar has a gradient"),
        (lambda f: f.hvp(W, X, B, tangent=W), "only a scalar has a gradient"),
        (lambda f: f.jacobian({"W": W, "x": X}), "b has no value"),
    ],
)
def test_arguments_that_do_not_fit(call: Any, said: str) -> None:
    with pytest.raises(GradcliError, match=re.escape(said)):
        call(gradcli.function("relu(W @ x + b)", "W"))


def test_declared_shapes_are_held() -> None:
    f = gradcli.function("X @ w - y", "w", let="X in R^(m, n); w in R^n; y in R^m")
    with pytest.raises(GradcliError, match=r"y is a vector of m \(with m = 3, n = 4\)"):
        f(W, X, np.ones(2))
    with pytest.raises(GradcliError, match="the axes of points do not fit"):
        f(np.ones((2, 3, 4)), np.ones((5, 4)), B)
    with pytest.raises(GradcliError, match=r"cannot be read|expected"):
        gradcli.function("x +")


@pytest.mark.slow
@pytest.mark.parametrize("name", [key for key, f in FUNCTIONS.items() if key == f.name])
def test_every_function_is_a_function_of_arrays(name: str) -> None:
    """Its example, by the code that it becomes, against certified digits."""
    example = describe(FUNCTIONS[name]).example
    _, _, program, _, at = shlex.split(example)
    certified = gradcli.diff(program, at)
    point = {each.name: doubles(each) for each in certified.inputs}
    f = gradcli.function(program, [*point])
    np.testing.assert_allclose(f(point), certified.float(), rtol=1e-9)
    found = f.jacobian(point)
    found = found if isinstance(found, dict) else {next(iter(point)): found}
    for each in certified.inputs:
        smooth = ~np.isnan(each.float())
        pair = found[each.name][smooth], each.float()[smooth]
        np.testing.assert_allclose(*pair, rtol=1e-9, atol=1e-12)


def doubles(found: Any) -> Any:
    entries = found.value.flat if isinstance(found.value, np.ndarray) else [found.value]
    numbers = [float(x) if hasattr(x, "mid") else int(x.p) / int(x.q) for x in entries]
    return np.array(numbers).reshape(found.shape)


# -- reports and results


def test_a_report_can_be_required() -> None:
    report = gradcli.check("x in R; f = x^2; df/dx = 2x; df/dx = 3x")
    assert not report.ok
    with pytest.raises(gradcli.CheckFailed, match=r"(?s)error\[G102\].*2 claims: 1 proved") as told:
        report.require()
    assert isinstance(told.value, AssertionError)
    assert str(report) in str(told.value)


@pytest.mark.parametrize("text", ["", "x in R; f = x^2", "f = (x", "x in R; f = x^2 df/dx"])
def test_nothing_that_claims_nothing_passes(text: str) -> None:
    assert not gradcli.check(text).ok
    with pytest.raises(gradcli.CheckFailed):
        gradcli.check(text).require()


def test_files_are_given_as_paths(tmp_path: Path) -> None:
    for name, slope in (("a", "2x"), ("b", "x")):
        (tmp_path / f"{name}.grad").write_text(f"x in R; f = x^2; df/dx = {slope}", "utf-8")
    assert gradcli.check(tmp_path / "a.grad").ok
    assert gradcli.check(tmp_path).count("refuted") == 1
    assert len(gradcli.check([tmp_path / "a.grad", tmp_path / "b.grad"]).files) == 2
    with pytest.raises(GradcliError, match="is the name of a file"):
        gradcli.check(str(tmp_path / "a.grad"))


def shown() -> list[Any]:
    return [
        gradcli.diff("x^2", "x=3"),
        gradcli.diff("sin(w)*x", {"w": [1, 2], "x": [3, 4]}),
        gradcli.jacobian("A @ x", {"A": [[1, 2], [3, 4]], "x": [1, 1]}),
        gradcli.derive("x*exp(x)"),
        gradcli.derive("x*exp(x)")[0],
        gradcli.check("x in R; f = x^2; df/dx = 3x"),
        gradcli.functions("relu"),
        gradcli.functions(),
    ]


def test_results_are_short_and_show_themselves() -> None:
    for result in shown():
        assert len(repr(result)) < 160 and "\n" not in repr(result)
        made = result._repr_mimebundle_()
        assert made["text/plain"] == str(result)
        assert {"text/html", "text/latex"} & made.keys()
        assert result._repr_mimebundle_(include=["text/plain"]).keys() == {"text/plain"}
        assert "text/plain" not in result._repr_mimebundle_(exclude=["text/plain"])


def test_html_is_escaped() -> None:
    found = gradcli.check("x in R; f = x^2; df/dx = where(x < 1 and x > 0, x, 3)")._repr_html_()
    assert found and "x &lt; 1 and x &gt; 0" in found and "x < 1" not in found


def test_equations() -> None:
    found = gradcli.diff("w*x", {"w": [1, 2], "x": "1e-30"})._repr_latex_()
    assert r"f &= w x = \begin{pmatrix} 1 \times 10^{-30} \\ 2 \times 10^{-30}" in found
    assert r"\frac{\partial f}{\partial x} &= \begin{pmatrix} 1 \\ 2 \end{pmatrix}" in found


def test_results_go_through_pickle() -> None:
    report = gradcli.check("x in R; f = x^2; df/dx = 2x")
    assert pickle.loads(pickle.dumps(report)).ok
