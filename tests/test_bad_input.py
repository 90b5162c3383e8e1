"""Whatever is typed or read: a result with right digits, or a complaint with a code, and soon.

Must not know the grammar or any rule: it holds the path from a text to a gradient by its ends.
"""

from __future__ import annotations

import json
import math
import random
import string
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from flint import arb
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from gradcli.api import diff
from gradcli.arithmetic.ball import precision
from gradcli.certify.result import DiffResult
from gradcli.errors import CODES, GradcliError, Source
from gradcli.ops import FUNCTIONS
from gradcli.show import formats
from gradcli.show.diagnostics import render
from tests.running import Done, here

FOLDER = Path(__file__).parent.parent / "samples"
SAMPLES = [path.read_text(encoding="utf-8") for path in sorted(FOLDER.glob("*.grad"))]
SAMPLES += [path.read_text(encoding="utf-8") for path in sorted(FOLDER.glob("errors/*.grad"))]
SHORT = [text for text in SAMPLES if len(text) < 300 and "/data" not in text]
SOON = 5.0
LATER = 20.0


@contextmanager
def soon(limit: float = SOON) -> Iterator[None]:
    start = time.process_time()
    yield
    assert time.process_time() - start < limit, "too slow"


def outcome(text: str, at: tuple[str, ...] = (), limit: float = SOON, **options: Any) -> Any:
    """The result of `diff`, shown as well, or the codes of what is wrong with the input."""
    source = Source("fuzz", text)
    with soon(limit):
        try:
            result = diff(source, at, folder=FOLDER, **options)
            for form in ("plain", "json"):
                formats.diff(result, form, None, 100)
            return result
        except GradcliError as error:
            assert error.exit_code == 2, error
            assert error.diagnostics
            for diagnostic in error.diagnostics:
                assert diagnostic.code in CODES
                assert diagnostic.message
                assert render(diagnostic) and render(diagnostic, ascii=True).isascii()
            return [diagnostic.code for diagnostic in error.diagnostics]


def gradcli(*arguments: str) -> Done:
    with soon():
        done = here(*arguments)
    assert "Traceback" not in done.out + done.err
    return done


# -- texts that no one would write

SIGNS = """
x y W f t ( ) [ ] { } , ; : . .. + - * / @ ^ ** ' .T = == < > | ! # ~= ± ∂ ∈ ² ᵀ π " \\ 'T'
1 2 0 -1 0.5 1e3 2. .5 3..4 sum exp softmax max where norm reshape inf axis=0 @w.npy
at for in and or not derivation random layout df/dx R^3
"""
WORDS = [*SIGNS.split(), "\n"]
POINT = ("x = 2, y = [1, 2, 3], W = [[1, 2, 3], [4, 5, 6]]",)


@given(st.text(max_size=60))
@example("\x00")
@example("\ufeffx")
@example("x\r\n+1")
@example("\u2028x\u0301")
@example("²")
@example("'")
def test_any_text(text: str) -> None:
    outcome(text, ("x = 2",))


@given(st.lists(st.sampled_from(WORDS), max_size=25))
@settings(max_examples=80)
def test_any_words(words: list[str]) -> None:
    outcome(" ".join(words), POINT)
    outcome("".join(words), POINT)


@given(st.binary(max_size=60))
def test_any_bytes_as_a_file(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    folder = tmp_path_factory.getbasetemp()
    for name in ("x.npy", "x.npz:x", "x.csv", "x.json"):
        (folder / name.partition(":")[0]).write_bytes(content)
        with soon():
            try:
                diff("sum(x)", [f"x = @{folder / name}"])
            except GradcliError as error:
                assert error.exit_code == 2


@given(st.sampled_from(SHORT), st.integers(0, 300), st.integers(0, 300))
def test_a_piece_of_a_sample(text: str, first: int, last: int) -> None:
    outcome(text[:last])
    outcome(text[min(first, last) : max(first, last)])


@given(st.sampled_from(SHORT), st.randoms(use_true_random=False))
@settings(max_examples=60)
def test_a_sample_with_slips(text: str, draw: random.Random) -> None:
    letters = list(text)
    for _ in range(draw.randint(1, 4)):
        place = draw.randrange(len(letters))
        match draw.randrange(4):
            case 0:
                del letters[place]
            case 1:
                letters.insert(place, draw.choice(string.printable + "²ᵀθ∂"))
            case 2:
                letters[place] = draw.choice(WORDS)
            case _:
                other = draw.randrange(len(letters))
                letters[place], letters[other] = letters[other], letters[place]
    outcome("".join(letters))


# -- expressions that can be read, and may mean nothing

ATOMS = "x y W t 2 0.5 3 pi [1,2,3] x[0] y[1] W[0,1] W.T".split()  # noqa: SIM905
OPERATORS = "+ - * / @ ^ .* ./ .^ <".split()  # noqa: SIM905
OPTIONS = ("", "", "", ", axis=0", ", axis=1", ", p=1", ", 0.5")
VALUES = ("x = 2, y = [1, 2, 3], W = [[1, 2, 4], [4, 5, 6], [7, 8, 0]], t = 0.3",)


def meant(draw: random.Random, depth: int) -> str:
    """An expression of every function and operator, whatever the shapes."""
    kind = draw.random()
    if depth == 0 or kind < 0.2:
        return draw.choice(ATOMS)
    if kind < 0.5:
        return f"({meant(draw, depth - 1)} {draw.choice(OPERATORS)} {meant(draw, depth - 1)})"
    if kind < 0.9:
        inner = ", ".join(meant(draw, depth - 1) for _ in range(draw.choice((1, 1, 1, 2, 3))))
        return f"{draw.choice([*FUNCTIONS])}({inner}{draw.choice(OPTIONS)})"
    if kind < 0.95:
        return f"sum(t in 0..2, {meant(draw, depth - 1)})"
    return f"-{meant(draw, depth - 1)}"


@pytest.mark.parametrize(
    "seed", [*range(5), *(pytest.param(k, marks=pytest.mark.slow) for k in range(5, 20))]
)
def test_any_expression(seed: int) -> None:
    draw = random.Random(seed)
    for _ in range(50):
        outcome(meant(draw, draw.choice((1, 2, 2, 3))), VALUES)


@pytest.mark.parametrize("text", ["log10(W / W)", "min([1,2,3] .^ W)"])
def test_expressions_that_were_a_bug(text: str) -> None:
    outcome(text, VALUES)


# -- texts that are too much


@pytest.mark.parametrize(
    "text",
    ["(" * 3_000 + "x" + ")" * 3_000, "-" * 3_000 + "x", "[" * 3_000 + "x" + "]" * 3_000,
     "x" + ".T" * 3_000, "(" * 3_000, ")" * 3_000, "[" * 2_000 + "(" * 2_000,
     "x" + "^2" * 200, "x" + "[0]" * 2_000, "{" * 2_000, "exp(" * 200 + "x" + ")" * 200,
     "sum(" * 2_000 + "x" + ")" * 2_000, "x" + "'" * 3_000, "not " * 2_000 + "x",
     "for t in 1..2 {" * 200 + "}" * 200, '"' * 3_000, "x = " * 2_000, "a\n" * 2_000],
    ids=lambda text: f"{text[:8]}…{len(text)}",
)  # fmt: skip
def test_nesting(text: str) -> None:
    outcome(text, ("x = 0.5",), LATER)


def test_deep_brackets_have_a_value() -> None:
    result = outcome("(" * 10_000 + "x" + ")" * 10_000, ("x = 3",))
    assert isinstance(result, DiffResult)
    assert result.value == 3


@pytest.mark.slow
def test_a_sum_of_many_terms() -> None:
    result = outcome(" + ".join(["x"] * 5_000), ("x = 3",), LATER)
    assert result.value == 15_000
    assert result.inputs[0].gradient == 5_000


@pytest.mark.slow
def test_a_long_chain() -> None:
    lines = ["v0 = x", *(f"v{k + 1} = v{k} + x" for k in range(10_000))]
    result = outcome("\n".join(lines), ("x = 1",), 120)
    assert result.inputs[0].gradient == 10_001


@pytest.mark.slow
def test_a_loop_of_many_steps() -> None:
    result = outcome("h[0] = x; for t in 1..2000 { h[t] = h[t-1] + x }; h[2000]", ("x = 1",), LATER)
    assert result.inputs[0].gradient == 2001


# A power of a rational, taken exactly, would not end.
ENDLESS = [
    "10^10^10 * x",
    "x^(10^10)",
    "x^1e9",
    "x^-1e9",
    "max(x, 10^10^9)",
    "norm([x, x], p=10^9)",
]


@pytest.mark.parametrize("text", ENDLESS)
def test_huge_powers(text: str) -> None:
    outcome(text, ("x = 3",))


BEYOND = ["x^1e400", "sin(1e30*x)", "sin(10^1000*x)"]


@pytest.mark.parametrize("text", BEYOND, ids=lambda text: text[:24])
def test_beyond_doubles(text: str) -> None:
    outcome(text, ("x = 3",))


# A number so far from one that no rational beside it can be written out.
FAR = ["exp(1e30)", "exp(-1e30)", "-exp(1e30)"]


@pytest.mark.parametrize("value", FAR)
@pytest.mark.parametrize("text", ["sin(x)", "x^2*y", "abs(x) + floor(x)", "log(x)*sqrt(x)"])
def test_farther_than_any_rational(text: str, value: str) -> None:
    outcome(text, (f"x = {value}, y = 3",) if "y" in text else (f"x = {value}",))


@pytest.mark.parametrize(
    "ends", ["(exp(1e30), inf)", "(0, exp(1e30))", "(exp(-1e30), 1)", "[-exp(1e30), 0]"]
)
def test_a_set_that_ends_there(ends: str) -> None:
    done = here("check", "-e", f"x in {ends}\nx^2 = x*x\ny in R\ny = y")
    assert done.code == 2
    assert "G008" in done.err + done.out


@pytest.mark.parametrize("value", [*FAR, "1e400"])
def test_a_drawing_that_ends_there(value: str) -> None:
    done = here("plot", "x", "--at", f"x={value}")
    assert done.code == (0 if value == "exp(-1e30)" else 2)
    assert "bug" not in done.err


@pytest.mark.parametrize("shape", ["(1e400, n - 5)", "(n - 5, 1e400)", "(1e400, n)"])
def test_beside_an_axis_without_entries(shape: str) -> None:
    done = here("check", "-e", f"A in R^{shape}\n(0*A)[0, n - 1] != 50")
    assert done.code in (1, 2)
    assert "bug" not in done.err


@pytest.mark.parametrize(
    "text",
    ["2^2^2^2^2^2 * x", "x^2^2^2^2^2^2", "x^x^x^x",
     "x^0.000001", "1e9999 * x", "1e-9999 * x",
     "x - x + 1e-5000", "0." + "3" * 9_000 + "*x", "exp(x^100)", "exp(exp(exp(exp(x))))",
     "exp(-exp(exp(x)))", "gamma(x*1e6)", "lgamma(1e30*x)",
     "9" * 9_000 + "*x", "x^(1/1000003)", "cos(x)^100000",
     "(1 + 1e-300)^x", "tanh(1e6*x)", "erfc(1e3*x)", "digamma(-1e9 + 0.5 + x - x)", "log(x^1e6)",
     "sigmoid(-1e5*x)", "zeros(3000, 3000)[0, 0] + x", "eye(100000)[0, 0] * x", "ones(10^9)[0]*x",
     "x[10^100]", "sum(t in 1..10^12, x)", "sum(t in -10^12..10^12, x)", "prod(t in 1..2000, t)*x",
     "for t in 1..10^9 { a[t] = x }", "sum(i in 1..99999, sum(j in 1..99999, x))",
     "a[10^40] = x; a[10^40]", "a[-3] = x; a[-3]", "reshape(x, (1, 10^30))", "norm([x, x], p=30)",
     "floor(1e300*x)"],
    ids=lambda text: text[:24],
)  # fmt: skip
def test_huge(text: str) -> None:
    outcome(text, ("x = 3",))


@pytest.mark.parametrize(
    "text", ["", " ", "\n\n", "# only this", ";;;", "at x = 3", "\t", "\ufeff"]
)
def test_nothing(text: str) -> None:
    assert outcome(text, () if "at" in text else ("x = 3",)) == ["G001"]


def test_functions_that_call_each_other() -> None:
    assert outcome("f(u) = f(u); f(x)", ("x = 1",)) == ["G007"]
    assert outcome("f(u) = g(u); g(u) = f(u); f(x)", ("x = 1",)) == ["G007"]


# -- data


def saved(folder: Path, name: str, array: Any, **options: Any) -> str:
    path = folder / name
    (np.savez if name.endswith("npz") else np.save)(path, array, **options)
    return str(path)


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_numbers_that_are_none(tmp_path: Path, value: float) -> None:
    array = np.array([[1.0, 2.0], [value, 3.0]])
    path = saved(tmp_path, "x.npy", array)
    assert outcome("sum(x)", (f"x = @{path}",)) == ["G010"]
    text = json.dumps(array.tolist())
    (tmp_path / "x.json").write_text(text)
    (tmp_path / "x.csv").write_text(f"1,2\n{value},3\n")
    for name in ("x.json", "x.csv"):
        assert outcome("sum(x)", (f"x = @{tmp_path / name}",)) == ["G011"]
    assert outcome("x^2", (f"x = {'-' * (value < 0)}inf",)) == ["G010"]


@pytest.mark.parametrize(
    "array",
    [np.array([{"a": 1}]), np.array(["text"]), np.array([1j]), np.zeros((0,)), np.zeros((2, 0)),
     np.array(["2020-01-01"], dtype="datetime64[D]"), np.array([(1, 2.0)], dtype="i4,f8"),
     np.array([b"x"])],
    ids=lambda array: f"{array.dtype}{array.shape}",
)  # fmt: skip
def test_arrays_without_real_numbers(tmp_path: Path, array: Any) -> None:
    path = saved(tmp_path, "x.npy", array, allow_pickle=True)
    assert outcome("sum(x)", (f"x = @{path}",)) == ["G011"]


def test_a_pickle_is_never_run(tmp_path: Path) -> None:
    class Trap:
        def __reduce__(self) -> tuple[Any, ...]:
            return Path.touch, (tmp_path / "sprung",)

    for name in ("x.npy", "x.npz"):
        path = saved(tmp_path, name, np.array([Trap()]), allow_pickle=True)
        key = ":arr_0" if name.endswith("z") else ""
        assert outcome("sum(x)", (f"x = @{path}{key}",)) == ["G011"]
    assert not (tmp_path / "sprung").exists()


@pytest.mark.parametrize("dtype", ["f2", "f4", "f8", "g", "i1", "u8", "?", ">f8", "<i2"])
def test_arrays_of_other_kinds_of_numbers(tmp_path: Path, dtype: str) -> None:
    path = saved(tmp_path, "x.npy", np.array([1, 0, 1], dtype=dtype))
    assert outcome("sum(x^2)", (f"x = @{path}",)).value == 2


def test_a_file_in_fortran_order(tmp_path: Path) -> None:
    path = saved(tmp_path, "x.npy", np.asfortranarray([[1.0, 2.0], [3.0, 4.0]]))
    assert outcome("x[0, 1] - x[1, 0]", (f"x = @{path}",)).value == -1


@pytest.mark.parametrize("length", [0, 5, 20, 100, 127, 130, 150])
def test_a_file_that_is_cut_off(tmp_path: Path, length: int) -> None:
    path = Path(saved(tmp_path, "x.npy", np.arange(6.0)))
    path.write_bytes(path.read_bytes()[:length])
    assert outcome("sum(x)", (f"x = @{path}",)) == ["G011"]


@pytest.mark.parametrize(
    ("name", "content"),
    [("x.csv", "1,2\n3"), ("x.csv", "a,b\n1,2"), ("x.csv", ""), ("x.csv", "1;2\n3;4"),
     ("x.csv", '"1,2'), ("x.csv", "1e99999"), ("x.csv", "1" * 5_000), ("x.csv", "0x10"),
     ("x.csv", "1/0"), ("x.csv", "1,,2"), ("x.csv", "\x00"), ("x.csv", "1e9999999999999999999999"),
     ("x.json", ""), ("x.json", "{"), ("x.json", "[[1, 2], [3]]"), ("x.json", "[1, [2]]"),
     ("x.json", "[]"), ("x.json", "[[]]"), ("x.json", "null"), ("x.json", "true"),
     ("x.json", '"1"'), ("x.json", '{"a": 1}'), ("x.json", "[1e99999]"), ("x.json", "[NaN]"),
     ("x.json", "[" * 100_000), ("x.json", "1" * 5_000), ("x.json", "[[[1]], 2]"),
     ("x.json", "[[1], 2]"), ("x.txt", "1"), ("x", "1"), ("x.npz", "PK")],
    ids=lambda text: text[:12],
)  # fmt: skip
def test_files_with_something_else(tmp_path: Path, name: str, content: str) -> None:
    (tmp_path / name).write_text(content)
    key = ":x" if name.endswith("npz") else ""
    assert outcome("sum(x)", (f"x = @{tmp_path / name}{key}",)) == ["G011"]


def test_files_that_cannot_be_opened(tmp_path: Path) -> None:
    (tmp_path / "folder.npy").mkdir()
    (tmp_path / "latin.csv").write_bytes(b"1,\xe9")
    path = saved(tmp_path, "x.npz", np.zeros(2))
    for name in ("folder.npy", "latin.csv", "none.npy", "x.npz", "x.npz:none"):
        assert outcome("sum(x)", (f"x = @{tmp_path / name}",)) == ["G011"], name
    assert outcome("sum(x)", (f"x = @{path}:arr_0",)).value == 0
    assert outcome("sum(x)", ("x = @" + "n" * 5_000 + ".npy",)) == ["G011"]
    assert outcome("sum(x)", ("x = @a\0b.npy",))[0][:2] == "G0"


@pytest.mark.parametrize(
    "content",
    ["[1]", "1", "null", '{"x": "a"}', '{"x": [1, [2]]}', '{"x": []}', "{", "", '{"x": {}}',
     '{"x": 1, "x": 2}'],
)  # fmt: skip
def test_points_that_are_none(tmp_path: Path, content: str) -> None:
    (tmp_path / "p.json").write_text(content)
    assert outcome("x^2", (f"@{tmp_path / 'p.json'}",)) == ["G011"]


def test_names_of_a_point_file_are_names(tmp_path: Path) -> None:
    (tmp_path / "p.json").write_text('{"x": 2, "": 3, "not a name": 4}')
    found = outcome("x^2", (f"@{tmp_path / 'p.json'}",))
    assert isinstance(found, DiffResult) or found[0] in ("G010", "G011")


# -- points and options


@pytest.mark.parametrize(
    "at",
    ["", "x", "x =", "= 3", "x == 3", "x = 3 y = 4", "x = 3,,y = 4", "x = 3; y = 4", "x := 3",
     "3 = x", "x = y", "x = x", "x = ", "x = [", "x = [1, 2", "x = [[1], [2, 3]]", "x = log(-1)",
     "x = 1/0", "x = 0^-1", "x = 1 > 2", "x = nan", "x = 'a'", 'x = "a"', "x = @",
     "x = @nothing.npy", "@", "@x", "x = 3, x = 4", "x = (1, 2)", "sin = 3 +", "x[0] = 3",

     "x = 3 # note\n y", "x = 1e99999", "for = 3", "x = sum(t in 1..10^9, t)",
     "x = inf - inf", "x = \\frac{1}{2}"],
)  # fmt: skip
def test_points(at: str) -> None:
    assert isinstance(outcome("x^2", (at,)), list)


def test_a_value_twice() -> None:
    assert outcome("x^2", ("x = 3", "x = 4")) == ["G010"]
    assert outcome("at x = 3, x = 4\nx^2") == ["G010"]


def test_a_value_that_is_not_used_or_has_no_name_there() -> None:
    assert outcome("x^2", ("x = 3, z = 4",)).value == 9
    assert outcome("y^2", ("x = 3",)) == ["G010"]
    assert outcome("x^2", ("x = 3",), wrt=("z",)) == ["G005"]
    assert outcome("x^2", ("x = 3",), wrt=("",)) == ["G005"]


@pytest.mark.parametrize(
    "arguments",
    [("--precision", "0"), ("--precision", "1001"), ("--precision", "-5"), ("--precision", "two"),
     ("--precision", "1e3"), ("--format", "xml"), ("--seed", "x"), ("--wrt", "nobody"),
     ("--at", "y ="), ("--nonsense",), ("surplus",), ("--at",), ("--at", "@missing.json")],
    ids=" ".join,
)  # fmt: skip
def test_options(arguments: tuple[str, ...]) -> None:
    code, out, err = gradcli("diff", "x^2", "--at", "x=3", *arguments)
    assert code == 2
    assert not out
    assert err.strip()


@pytest.mark.parametrize("name", ["@", "@missing.grad", "@.", "@\0", "@" + "n" * 5000])
def test_programs_that_cannot_be_read(name: str) -> None:
    assert gradcli("diff", name).code == 2


@pytest.mark.parametrize("content", [b"\xff\xfe", b"x\x00", b"\x89PNG\r\n", b"\xc3("])
def test_programs_that_are_no_text(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "x.grad"
    path.write_bytes(content)
    code, out, err = gradcli("diff", f"@{path}", "--at", "x=3")
    assert (code, out) == (2, "")
    assert "G0" in err


@given(st.lists(st.sampled_from(WORDS), max_size=12))
@settings(max_examples=25)
def test_any_words_on_the_command_line(words: list[str]) -> None:
    text = " ".join(words)
    assume(not text.startswith("@") and text.strip() != "-")
    assert here("diff", text, "--at", "x=2", "--quiet").code in (0, 1, 2)


# -- right digits, by an evaluator of its own

Tree = Any
UNARY: dict[str, Callable[[float], float]] = {
    "sin": math.sin, "cos": math.cos, "tanh": math.tanh, "exp": math.exp, "atan": math.atan,
    "abs": abs, "-": lambda x: -x, "relu": lambda x: max(x, 0.0), "log": math.log,
    "sqrt": math.sqrt, "sigmoid": lambda x: 1 / (1 + math.exp(-x)), "erf": math.erf,
    "cbrt": math.cbrt,
}  # fmt: skip
BINARY: dict[str, Callable[[float, float], float]] = {
    "+": lambda a, b: a + b, "-": lambda a, b: a - b, "*": lambda a, b: a * b,
    "/": lambda a, b: a / b,
}  # fmt: skip


def trees() -> st.SearchStrategy[Tree]:
    leaves = st.one_of(st.just("x"), st.integers(-4, 9), st.sampled_from(["0.5", "1e-2", "2.25"]))
    return st.recursive(
        leaves,
        lambda inner: st.one_of(
            st.tuples(st.sampled_from([*UNARY]), inner),
            st.tuples(st.sampled_from([*BINARY]), inner, inner),
            st.tuples(st.just("^"), inner, st.integers(-2, 4)),
        ),
        max_leaves=8,
    )


def spelled(tree: Tree) -> str:
    """As a person writes it: signs, brackets round everything composed."""
    match tree:
        case (operator, left, int(exponent)) if operator == "^":
            return f"({spelled(left)})^{exponent}"
        case (operator, left, right):
            return f"({spelled(left)} {operator} {spelled(right)})"
        case ("-", operand):
            return f"(-{spelled(operand)})"
        case (name, operand):
            return f"{name}({spelled(operand)})"
        case _:
            return f"({tree})" if str(tree).startswith("-") else str(tree)


def valued(tree: Tree, x: float) -> tuple[float, float]:
    """Value and a bound of its rounding error, both in doubles."""
    tiny = 2.0**-50
    match tree:
        case (operator, left, int(exponent)) if operator == "^":
            a, ea = valued(left, x)
            value = a**exponent
            slope = abs(exponent * a ** (exponent - 1)) if exponent else 0.0
            return value, 2 * slope * ea + abs(value) * tiny
        case (operator, left, right):
            (a, ea), (b, eb) = valued(left, x), valued(right, x)
            value = BINARY[operator](a, b)
            grown = {"+": ea + eb, "-": ea + eb, "*": abs(a) * eb + abs(b) * ea + ea * eb}
            error = grown[operator] if operator in grown else 2 * (ea + abs(value) * eb) / abs(b)
            return value, error + abs(value) * tiny
        case (name, operand):
            a, ea = valued(operand, x)
            value = UNARY[name](a)
            moved = [UNARY[name](a + step) for step in (-ea, ea)]
            return value, 2 * max(abs(m - value) for m in moved) + ea * 1e-3 + abs(value) * tiny
        case _:
            value = x if tree == "x" else float(tree)
            return value, abs(value) * tiny


@given(trees(), st.fractions(-3, 3, max_denominator=16))
@settings(max_examples=60)
def test_a_value_is_what_the_text_says(tree: Tree, x: Fraction) -> None:
    try:
        wanted, error = valued(tree, float(x))
    except (ArithmeticError, ValueError):
        outcome(spelled(tree), (f"x = {x}",))
        return
    assume(math.isfinite(wanted) and abs(wanted) < 1e12 and error < 1e-10 * abs(wanted))
    result = outcome(spelled(tree), (f"x = {x}",))
    assert isinstance(result, DiffResult), (spelled(tree), x, result)
    with precision(result.bits):
        found = float(arb(result.value.item()).mid())
    assert math.isclose(found, wanted, rel_tol=1e-9), (spelled(tree), x)


def test_the_evaluator_can_tell() -> None:
    assert spelled(("^", ("-", "x"), 2)) == "((-x))^2"
    assert valued(("^", ("-", "x"), 2), 3.0)[0] == 9
    assert valued(("/", 1, ("sin", "x")), 1.0)[0] == 1 / math.sin(1)


@pytest.mark.slow
def test_calls_that_double_at_each_level() -> None:
    levels = "; ".join(f"f{k + 1}(u) = f{k}(f{k}(u))" for k in range(40))
    assert outcome(f"f0(u) = u + 1; {levels}; f40(x)", ("x = 1",)) == ["G012"]


@pytest.mark.parametrize("call", ["f[1](dout, 2*x)", "f[1]", "f", ":f(d, x", "f[n](x)"])
@pytest.mark.parametrize("sign", ["=", "≈"])
def test_a_claim_that_names_code_and_calls_none_is_told_how(call: str, sign: str) -> None:
    done = here("check", "-e", f"X in R^n\nL = sum(X)\ndL/dX {sign} @src/layers.py:{call}")
    assert done.code == 2
    assert "error[G001]: this is no call of code" in done.out
    assert "write  dL/dW = @layers.py:affine_backward[1](dout, cache)" in done.out
    assert "error[G011]" not in done.out
