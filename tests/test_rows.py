"""Sums over rows: what is one, and that parts of rows give what all of them give in memory.

Must not know formats of files: rows are arrays here, or `.npy`.
"""

from __future__ import annotations

import doctest
import json
import pickle
import re
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction
from functools import cache
from itertools import pairwise
from pathlib import Path
from time import sleep
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_show import complaints

import gradcli
from gradcli.api.rows import diff_rows
from gradcli.arithmetic.decimal import nearest
from gradcli.errors import GradcliError
from gradcli.rows.columns import listed
from gradcli.rows.program import RowQuestion
from gradcli.rows.sums import PartialSums, added, part
from gradcli.show.progress import rows_bar
from tests.running import Terminal, here

ROOT = Path(__file__).parent.parent
ROWS = 23
RNG = np.random.default_rng(5)
DATA: dict[str, Any] = {
    "X": RNG.normal(size=(ROWS, 3)),
    "y": np.sign(RNG.normal(size=ROWS)),
    "k": RNG.integers(0, 2, size=ROWS),
}
VALUES: dict[str, Any] = {"w": RNG.normal(size=3), "W": RNG.normal(size=(3, 2)), "b": 0.5}

# A program, and how often it reads the rows: once wherever no sum needs another's total.
PROGRAMS = {
    "mean(log(1 + exp(-y*(X @ w)))) + norm(w)^2": 1,
    "sqrt(mean((X @ w - y)^2))": 1,
    "log(sum(exp(X @ w + b)))": 1,
    "sum((X @ w - y)^2)/n": 1,
    "(X @ w - y).T @ (X @ w - y)/(n - 1)": 1,
    "sum(b^2*y) + n*b": 1,
    "mean((X @ w)^2)*mean(X @ w)/sum(X[:, 0]*w[1])": 1,
    "r = X @ w - y; mean(where(abs(r) < 1, r^2/2, abs(r) - 1/2))": 1,
    "-mean(sum(log_softmax(X @ W, axis=1)*onehot(k, 2), axis=1))": 1,
    "mean(max(X @ W, axis=1))": 1,
    "mean(log_softmax(X @ W, axis=1)[:, 1])": 1,
    'norm(tanh(X @ W), "fro")^2': 1,
    "sum(X, axis=0) @ w": 1,
    "w.T @ (X.T @ X) @ w/n": 1,
    "trace(X.T @ X)*sum(w)": 1,
    "norm(mean(tanh(X @ W), axis=0))": 2,
    "norm(X.T @ (X @ w - y)/n)": 2,
    "var(X @ w)": 2,
    "m = mean(X @ w); s = std(X @ w); mean(((X @ w - m)/s)^4)": 3,
}


def rows_of(program: str) -> str:
    used = [name for name in DATA if name in program.replace("exp", "").replace("max", "")]
    return ", ".join(used)


def parts_at(cuts: list[int], names: str) -> list[dict[str, Any]]:
    ends = [0, *sorted({*cuts}), ROWS]
    return [
        {name.strip(): DATA[name.strip()][a:b] for name in names.split(",")}
        for a, b in pairwise(ends)
        if a < b
    ]


@cache
def in_memory(program: str) -> Any:
    """The same by `diff`, with the number of rows put in."""
    text = f"n = {ROWS}; {program}" if "n" in gradcli.function(program).inputs else program
    names = gradcli.function(text).inputs
    at = {name: value for name, value in {**DATA, **VALUES}.items() if name in names}
    return gradcli.diff(text, at, wrt=[name for name in at if name in VALUES])


def agrees(found: tuple[Any, Any], truth: Any) -> None:
    value, gradient = found
    names = [each.name for each in truth.inputs]
    gradients = gradient if isinstance(gradient, Mapping) else {names[0]: gradient}
    assert [*gradients] == names
    assert np.allclose(value, truth.float(), rtol=1e-12, atol=1e-13)
    for name in names:
        assert np.allclose(gradients[name], truth[name].float(), rtol=1e-11, atol=1e-13)


@pytest.mark.parametrize("program", PROGRAMS)
def test_parts_give_what_all_rows_give(program: str) -> None:
    names, truth = rows_of(program), in_memory(program)
    function = gradcli.partial(program, rows=names, wrt=[each.name for each in truth.inputs])
    values = {name: VALUES[name] for name in VALUES if name in [x.name for x in truth.inputs]}
    parts = parts_at([4, 5, 16], names)
    assert function.passes(**parts[0], **values) == PROGRAMS[program]
    agrees(function.over(parts, **values), truth)


@settings(max_examples=25, deadline=None)
@given(
    st.sampled_from([p for p in PROGRAMS if PROGRAMS[p] > 1 or "mean" in p]),
    st.lists(st.integers(1, ROWS - 1), max_size=8),
)
def test_wherever_rows_are_parted(program: str, cuts: list[int]) -> None:
    names, truth = rows_of(program), in_memory(program)
    function = gradcli.partial(program, rows=names, wrt=[each.name for each in truth.inputs])
    values = {x.name: VALUES[x.name] for x in truth.inputs}
    agrees(function.over(parts_at(cuts, names), **values), truth)


def test_an_executor_gives_the_same_digits() -> None:
    """Whoever takes a part, and whenever: the order of the parts decides."""
    function = gradcli.partial("std(X @ w) + mean(y*(X @ w))", wrt="w", rows="X, y")
    function = pickle.loads(pickle.dumps(function))
    parts = parts_at([3, 4, 9, 17], "X, y")
    value, gradient = function.over(parts, w=VALUES["w"])
    with ThreadPoolExecutor(2) as pool:
        also, there = function.over(parts, map=pool.map, w=VALUES["w"])
    assert value == also
    assert gradient.tobytes() == there.tobytes()


def test_parts_are_added_by_plus() -> None:
    function = gradcli.partial("mean((X @ w - y)^2)", wrt="w", rows="X, y")
    parts = parts_at([7], "X, y")
    total = sum(pickle.loads(pickle.dumps(function(each, w=VALUES["w"]))) for each in parts)
    assert isinstance(total, PartialSums)
    assert total.rows == ROWS
    value, gradient = function.finish(total, **parts[0], w=VALUES["w"])
    agrees((value, gradient), in_memory("mean((X @ w - y)^2)"))


@given(st.lists(st.floats(-1e12, 1e12), min_size=1, max_size=60), st.integers(-20, 20))
def test_what_an_addition_loses_is_kept(numbers: list[float], power: int) -> None:
    """The double nearest to the exact sum, or its neighbour where that lies between two."""
    scaled = [x * 2.0 ** (power * (k % 3)) for k, x in enumerate(numbers)]
    found = added(part(1, [np.array(x)]) for x in scaled)
    assert found is not None
    exact = sum(map(Fraction, scaled))
    whole = sum(abs(Fraction(x)) for x in scaled)
    gap = abs(Fraction(float(found.totals[0])) - exact)
    assert gap <= abs(exact) * Fraction(1, 2**52) + whole * Fraction(len(scaled) ** 2, 2**104)


def test_naive_addition_would_lose_it() -> None:
    found = added(part(1, [np.array(x)]) for x in (1.0, *[2.0**-60] * 64))
    assert found is not None
    assert found.totals[0] == 1 + 2.0**-54 or found.totals[0] == 1.0
    assert (found.high[0], found.low[0]) == (1.0, 2.0**-54)


def test_what_is_not_finite_stays_so() -> None:
    found = added(part(1, [np.array(x)]) for x in (1.0, np.inf, 1.0))
    assert found is not None
    assert found.totals[0] == np.inf


# -- what is no sum over rows


@pytest.mark.parametrize(
    ("program", "said", "mend"),
    [
        ("max(X @ w)", "max(X @ w) is no sum over rows: it sees several rows at once", "sum, mean"),
        ("logsumexp(X @ w)", "logsumexp(X @ w) is no sum over rows", "write  log(sum(exp(x)))"),
        ("sum(y*softmax(X @ w))", "softmax(X @ w) is no sum", "write  exp(x)/sum(exp(x))"),
        ("sum(cumsum(X @ w))", "cumsum(X @ w) is no sum", ""),
        ("sum(sort(X @ w))", "sort(X @ w) is no sum", ""),
        ("prod(X @ w)", "prod(X @ w) is no sum", ""),
        ("X[0] @ w", "X[0] is no sum", ""),
        ("sum(X @ X.T)*w[0]", "X @ X.T is no sum over rows: it sets every row beside", ""),
        ("sum(outer(X @ w, y))", "sets every row beside every other", ""),
        ("mean(concat(X @ w, y))", "concat(X @ w, y) is no sum", ""),
        ("mean(arange(n)*(X @ w))", "arange(n) is no sum over rows", ""),
        ("trace(eye(n))*w[0]*sum(y)", "eye(n) is no sum over rows", ""),
        ("mean(max(w[0], max(X @ w)))", "max(X @ w) is no sum", ""),
        ("X @ w", "this has a value for each row", "write  mean(X @ w)  or  sum(X @ w)"),
    ],
)  # fmt: skip
def test_what_is_no_sum_is_told_with_its_reason(program: str, said: str, mend: str) -> None:
    function = gradcli.partial(program, wrt="w", rows="X, y")
    with pytest.raises(GradcliError) as caught:
        function.over(parts_at([], "X, y"), w=VALUES["w"])
    (found,) = caught.value.diagnostics
    assert found.code == "G601"
    assert said in found.message
    assert found.span is not None
    assert mend in found.help


@pytest.mark.parametrize(
    ("program", "wrt", "code", "said"),
    [
        ("mean(X @ w)", "X", "G401", "X is another number in each row"),
        ("mean(X @ w)", "v", "G005", 'unknown name "v"'),
        ("mean(X @ v)", "w", "G005", "v is no column and has no value"),
        ("X.T @ y", "w", "G201", "the output is an array"),
        ("mean(X @ w", "w", "G002", ""),
        ("mean(floor(w[0])*y) + mean(X", "w", "G002", ""),
    ],
)
def test_what_is_wrong_in_a_program(program: str, wrt: str, code: str, said: str) -> None:
    with pytest.raises(GradcliError) as caught:
        gradcli.partial(program, wrt, rows="X, y").over(parts_at([], "X, y"), w=VALUES["w"])
    assert code in [each.code for each in caught.value.diagnostics]
    assert said in str(caught.value)


def test_arrays_that_do_not_fit() -> None:
    function = gradcli.partial("mean(X @ w*y)", wrt="w", rows="X, y")
    with pytest.raises(GradcliError, match="y has no value"):
        function(X=DATA["X"], w=VALUES["w"])
    with pytest.raises(GradcliError, match="X has 23, y has 22"):
        function(X=DATA["X"], y=DATA["y"][1:], w=VALUES["w"])
    with pytest.raises(GradcliError, match="y is no array of numbers"):
        function(X=DATA["X"], y=["a"] * ROWS, w=VALUES["w"])
    with pytest.raises(GradcliError, match="no part is given"):
        function.over([], w=VALUES["w"])


def test_a_column_takes_the_place_of_a_constant() -> None:
    y, b = DATA["y"], 2.0
    for program, truth in (("mean(e*b)", y.mean()), ("mean(y*b)*e", y.mean() * np.e)):
        rows = "e" if "(e" in program else "y"
        value, slope = gradcli.partial(program, "b", rows=rows).over([{rows: y}], b=b)
        assert (value, slope) == pytest.approx((truth * b, truth))


def test_a_value_that_is_also_a_column_is_refused() -> None:
    asked = RowQuestion("mean(y*w)", "<e>", (), (), (("y", ()), ("w", ())), (("w", ()),))
    with pytest.raises(GradcliError, match="w is a column and has a value of its own"):
        _ = asked.program


# -- the whole way, on arrays in files


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, array in DATA.items():
        np.save(tmp_path / f"{name}.npy", array)
    np.save(tmp_path / "w.npy", VALUES["w"])
    return tmp_path


def files(folder: Path, names: str) -> list[str]:
    return [f"{name.strip()}={folder / name.strip()}.npy" for name in names.split(",")]


def test_what_is_found(folder: Path) -> None:
    program = "L = mean(log(1 + exp(-y*(X @ w)))) + 0.1*norm(w)^2"
    found = diff_rows(program, files(folder, "X, y"), {"w": VALUES["w"]})
    truth = gradcli.diff(program, {"X": DATA["X"], "y": DATA["y"], "w": VALUES["w"]}, wrt="w")
    agrees((found.value, found["w"].gradient), truth)
    assert (found.rows, found.passes, found.name) == (ROWS, 1, "L")
    assert found.sample.rows == 16
    assert found.sample.digits >= 14
    # What is printed is held by balls that have the certified numbers in them.
    for ball, exact in zip(found["w"].bounds, truth["w"].gradient, strict=True):
        assert ball.contains(exact)
    assert found.bound.contains(truth.value[()])


def test_a_row_that_loses_digits_is_named(tmp_path: Path) -> None:
    x = np.full(40, 1.0)
    x[17] = 1e-8
    np.save(tmp_path / "x.npy", x)
    found = diff_rows("mean((1 - cos(x*a))/x^2)", f"x={tmp_path}/x.npy", {"a": 1}, sample=40)
    assert found.sample.worst == 17
    assert found.sample.digits == 0
    assert "row 18 adds" in here(
        "diff", "mean((1 - cos(x*a))/x^2)", "--rows", f"x={tmp_path}/x.npy", "--at", "a=1",
        "--sample", "40",
    ).out  # fmt: skip


def test_the_sample_is_drawn_from_all_rows(folder: Path) -> None:
    drawn = set()
    for seed in range(25):
        found = diff_rows(
            "mean(y*b)", files(folder, "y"), {"b": 1}, seed=seed, sample=1
        )  # fmt: skip
        again = diff_rows("mean(y*b)", files(folder, "y"), {"b": 1}, seed=seed, sample=1)
        assert found.sample.worst == again.sample.worst
        drawn.add(found.sample.worst)
    assert len(drawn) > 8


@pytest.mark.parametrize(
    ("program", "said", "help"),
    [
        ("mean(exp(800*k)*b)", "row", "float64 survives"),
        ("mean(log(y)*b)", "log(y) has no value there", "leave such rows out"),
        ("mean(sqrt(y - 2)*b)", "row 1: ", "leave such rows out"),
    ],
)
def test_a_row_without_a_number_is_named(folder: Path, program: str, said: str, help: str) -> None:
    name = "k" if "k" in program else "y"
    with pytest.raises(GradcliError) as caught:
        diff_rows(program, files(folder, name), {"b": 1})
    (found,) = caught.value.diagnostics
    assert found.code == "G306"
    assert said in found.message
    assert help in found.help


def test_nothing_of_a_table_is_used(folder: Path) -> None:
    with pytest.raises(GradcliError, match="uses no column"):
        diff_rows("b^2", files(folder, "y"), {"b": 1})


# -- the command


ASKED = ("diff", "mean((X @ w - y)^2)", "--at", "w=@w.npy", "--wrt", "w")
FILES = ("--rows", "X=X.npy", "--rows", "y=y.npy")


def test_the_page(folder: Path) -> None:
    done = here(*ASKED, *FILES, cwd=folder)
    assert done.code == 0, done.err
    truth = gradcli.diff(ASKED[1], {"X": DATA["X"], "y": DATA["y"], "w": VALUES["w"]}, wrt="w")
    shown = nearest(truth.value[()])
    assert shown is not None
    first = done.out.splitlines()[0]
    assert float(first.rpartition(" = ")[2]) == pytest.approx(shown, rel=1e-12)
    assert "23 rows of X.npy, y.npy, read once" in done.out
    assert "16 drawn at random" in done.out
    assert here(*ASKED, *FILES, "--quiet", cwd=folder).out.count("\n") < done.out.count("\n")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--trace", *FILES), "--rows asks for value and gradient"),
        (("--sample", "3"), "--sample goes with --rows"),
        (("--each", "out.parquet"), "--each goes with --rows"),
        (("--each", "out.csv", *FILES), "call it  out.parquet"),
        (("--engine", "ray", *FILES), "there is no engine ray"),
        (("--engine", "dask://", *FILES), "there is no engine dask://"),
        (("--rows", "nothing.npy"), "there is no file nothing.npy"),
        (("--rows", "X=X.npy", "--rows", "y.npy"), "arrays with names stand by themselves"),
        (("--rows", "X=X.csv"), "only a .npy needs a name"),
        ((*FILES, "--rows", "k=w.npy"), "w.npy: it has 3 rows, and X.npy has 23"),
        ((*FILES, "--let", "z in R"), "--let defines names by columns"),
        ((*FILES, "--let", "z = q + 1"), "q is no column"),
        ((*FILES, "--let", "z = y; z = k"), "--let defines z twice"),
        ((*FILES, "--let", "y = 2"), "y is a column, which --let cannot define anew"),
    ],
)
def test_options_that_do_not_fit(folder: Path, options: tuple[str, ...], said: str) -> None:
    done = here(*ASKED, *options, cwd=folder)
    assert done.code == 2
    assert said in done.err
    assert "Traceback" not in done.err


@pytest.mark.parametrize(
    ("program", "at", "said"),
    [
        ("mean(y*w)", (), 'what is the same for all rows has a value:  --at "w=…"'),
        ("sum(y*w)/N", ("--at", "w=1"), 'did you mean "n"?'),
        ("mean(inc*w)", ("--at", "w=1"), 'did you mean "income_k"?'),
    ],
)
def test_a_name_that_is_no_column_gets_its_mend(
    folder: Path, program: str, at: tuple[str, ...], said: str
) -> None:
    (folder / "t.csv").write_text("y,income (k$),late\n1,2,3\n")
    done = here("diff", program, "--rows", "t.csv", *at, cwd=folder)
    assert done.code == 2
    assert said in done.err


def test_let_is_read_row_by_row(folder: Path) -> None:
    direct = here(*ASKED, *FILES, "--format", "json", cwd=folder)
    np.save(folder / "all.npy", np.column_stack([DATA["X"], DATA["y"]]))
    let = "X = [c0, c1, c2]; y = c3"
    again = here(*ASKED, "--rows", "all.npy", "--let", let, "--format", "json", cwd=folder)
    assert again.code == 0, again.err
    pairs = (json.loads(done.out)["inputs"][0]["gradient"] for done in (direct, again))
    assert np.allclose(*pairs, rtol=1e-13)
    half = here(
        "diff", "mean(z*a)", "--rows", "all.npy", "--let", "z = [1, c0, c3^2] @ [1, 2, 3]",
        "--at", "a=1", "--format", "csv", cwd=folder,
    )  # fmt: skip
    value = float(half.out.splitlines()[1].split(",")[3])
    assert value == pytest.approx((1 + 2 * DATA["X"][:, 0] + 3 * DATA["y"] ** 2).mean())


def test_json_is_as_its_schema_says(folder: Path) -> None:
    path = Path(gradcli.__file__).parent / "schema" / "rows.schema.json"
    schema = json.loads(path.read_text(encoding="utf-8"))
    content = json.loads(here(*ASKED, *FILES, "--format", "json", cwd=folder).out)
    assert not complaints(content, schema, schema)
    assert (content["rows"], content["passes"], content["sample"]["rows"]) == (ROWS, 1, 16)
    content["rows"] = "many"
    assert complaints(content, schema, schema)


def test_a_bar_with_rate_and_remaining_time() -> None:
    stream = Terminal()
    with rows_bar(stream, 80, False, 0.0) as tell:
        tell(1, 4, 1_000_000)
        sleep(0.2)
    assert "1,000,000 rows, " in stream.getvalue()
    assert " a second, left: 0:0" in stream.getvalue() or "left: -:--:--" in stream.getvalue()


def test_every_example_of_the_page_runs() -> None:
    page = ROOT / "docs" / "data.md"
    text = "".join(re.findall(r"```pycon\n(.*?)```", page.read_text("utf-8"), re.DOTALL))
    examples = doctest.DocTestParser().get_doctest(text, {}, page.name, str(page), 0)
    assert len(examples.examples) > 8
    assert not doctest.DocTestRunner().run(examples).failed


def test_a_kink_in_the_sample_is_told() -> None:
    asked = ("diff", "mean(relu(income_k*w) + abs(age - 30))", "--at", "w=0", "--rows")
    done = here(*asked, "samples/data/loans.csv", cwd=ROOT)
    assert "warning[G301]: relu(income_k*w) rests on a kink or a jump in 16 of 16 rows" in done.out
    assert "abs" not in done.out.partition("warning")[2].partition("-->")[0]
    assert "onehot" not in here(
        "diff", "mean(onehot(late, 2) @ w)", "--at", "w=[0, 0]", "--rows", "samples/data/loans.csv",
        cwd=ROOT,
    ).out.partition("16 drawn")[2]  # fmt: skip


def test_what_is_too_large_for_balls_is_not_certified(folder: Path) -> None:
    done = here(*ASKED, *FILES, "--limit", "300", cwd=folder)
    assert done.code == 0, done.err
    assert "not certified: a row in balls takes more work than the limit" in done.out
    content = json.loads(here(*ASKED, *FILES, "--limit", "300", "--format", "json", cwd=folder).out)
    assert content["sample"] is None
    assert content["inputs"][0]["digits"] is None


@pytest.mark.parametrize(
    ("program", "divisor"),
    [
        ("X in R^(m, n); y in R^m; w in R^n; sum((X @ w - y)^2)/m", ROWS),
        ("X in R^(m, n); y in R^m; w in R^n; sum((X @ w - y)^2)/n", 3),
        ("X in R^(m, n); w in R^n; sum((X @ w - y)^2)/(m*n)", 3 * ROWS),
        ("sum((X @ w - y)^2)/n", ROWS),
        ("n = 5; sum((X @ w - y)^2)/n", 5),
    ],
)
def test_letters_of_sizes(program: str, divisor: int) -> None:
    """The number of rows is called as the program calls it, and other letters are other sizes."""
    value, _ = gradcli.partial(program, "w", rows="X, y").over(
        parts_at([6, 11], "X, y"), w=VALUES["w"]
    )
    assert value * divisor == pytest.approx(((DATA["X"] @ VALUES["w"] - DATA["y"]) ** 2).sum())


def test_a_sheet_that_is_proved_runs_over_data(tmp_path: Path) -> None:
    sheet = """\
derivation "ridge"
X in R^(m, d); y in R^m; w in R^d; lam in (0, inf)
r = X @ w - y
L = norm(r)^2/m + lam*norm(w)^2
dL/dw = 2*X.T @ r/m + 2*lam*w
"""
    (tmp_path / "ridge.grad").write_text(sheet, encoding="utf-8")
    assert "1 proved" in here("check", "ridge.grad", cwd=tmp_path).out
    done = here(
        "diff", "@ridge.grad", "--rows", str(ROOT / "samples/data/loans.csv"), "--wrt", "w",
        "--let", "X = [age/10, 1]; y = late", "--at", "w=[0.1, 0.2], lam=0.1", "--format", "json",
        cwd=tmp_path,
    )  # fmt: skip
    age, _, late = np.loadtxt(ROOT / "samples/data/loans.csv", delimiter=",", skiprows=1).T
    X, w = np.column_stack([age / 10, np.ones_like(age)]), np.array([0.1, 0.2])
    truth = 2 * X.T @ (X @ w - late) / len(late) + 0.2 * w
    assert json.loads(done.out)["inputs"][0]["gradient"] == pytest.approx(truth)


def test_two_letters_for_the_number_of_rows() -> None:
    program = "X in R^(m, 3); y in R^k; sum((X @ w - y)^2)"
    with pytest.raises(GradcliError, match="the number of rows has several names: m, k"):
        gradcli.partial(program, "w", rows="X, y").over(parts_at([], "X, y"), w=VALUES["w"])


def test_columns_with_numbers() -> None:
    assert (
        listed("X = [x0..x3, y]; z = a08 … a11")
        == "X = [x0, x1, x2, x3, y]; z = a08, a09, a10, a11"
    )
    for text in ("[x3..x1]", "[x1..y3]", "x[1..3]", "1..3", "[x0..x999999999]"):
        assert listed(text) == text


@pytest.mark.parametrize("call", ["sum(age)", "mean(2*age)", "max(u)", "std(age)"])
def test_let_reduces_no_single_number(call: str) -> None:
    """`(age - mean(age))/std(age)` would be 0/0 in every row: what is meant is another thing."""
    asked = ("diff", "mean(z*w)", "--at", "w=1", "--rows", "samples/data/loans.csv")
    done = here(*asked, "--let", f"u = age + 1; z = age - {call}", cwd=ROOT)
    assert done.code == 2
    assert f"{call} is of one number, that of one row" in done.err
    over_all = "z = (age - mean(age))/std(age); mean(z^4)*w"
    done = here("diff", over_all, *asked[2:], "--format", "json", cwd=ROOT)
    assert json.loads(done.out)["passes"] == 3
    for fine in ("max(age, 30)", "sum([age, late])", "norm([age, late])"):
        assert here(*asked, "--let", f"u = 1; z = {fine}", cwd=ROOT).code == 0


def test_what_diff_rows_gives_shows_itself() -> None:
    found = gradcli.diff_rows("mean(late*w)", str(ROOT / "samples/data/loans.csv"), {"w": 1})
    assert repr(found) == "<gradient of mean(late*w) = 0.565, over 200 rows>"
    assert str(found).startswith("f = mean(late*w) = 0.565\n")
    assert found["w"].gradient == pytest.approx(0.565)
    with pytest.raises(KeyError, match="v is none of w"):
        found["v"]
