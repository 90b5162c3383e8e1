"""What a verdict costs: a claim against the checkers of SciPy, JAX and SymPy, files, a large claim.

Must not know how a verdict is reached; the peers are measured where they are installed.
"""

from __future__ import annotations

import math
import re
import statistics
import tempfile
import time
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from paired import least, process, program, ratio, seconds

from gradcli.api import check_text
from gradcli.api.remembered import Nothing
from gradcli.diagnosis import search
from gradcli.errors import Source
from gradcli.judge.finding import CheckOptions, Finding

HUNDRED = Path(__file__).parent / "data" / "hundred.grad"
LARGE = """X, Y, W in R^(200, 200)
H = tanh(X @ W)
L = sum((H - Y) .^ 2)/2
dL/dW = X.T @ ((H - Y) * (1 - H .^ 2))
"""
POINT = {"x": 1.3, "y": 0.7, "z": -0.3, "w": 1.1}
SIMPLIFIED = 10  # SymPy takes seconds for each
Row = tuple[str, str, str]


def rows() -> list[Row]:
    """The cost of a claim beside its peers', then files, jobs and a large claim."""
    found = _own()
    for name, needs, verdict, most in (
        ("SciPy's check_grad", "scipy", _scipy, 100),
        ("JAX's check_grads", "jax", jax_verdict, 100),
        ("SymPy's simplify", "sympy", _sympy, SIMPLIFIED),
    ):
        if find_spec(needs):
            found.append(_peer(name, verdict, most))
    return [*found, *_files(), _large()]


def judged(text: str) -> list[Finding]:
    """What is found of a text, judged anew."""
    return [*check_text(Source("x.grad", text), CheckOptions(), cache=Nothing()).findings]


def _own() -> list[Row]:
    text = HUNDRED.read_text()
    passed = {f.derivation: f.passed for f in judged(text)}
    missed, failed = _faults(passed)

    def cost() -> float:
        return least(lambda: judged(text), 3) / len(passed) * 1000

    whole, diagnose = f"{cost():.2g} ms", search.diagnose
    search.diagnose = lambda case, claimed, ruling, told=None: told
    try:
        words = _words(cost(), missed, failed, 50)
    finally:
        search.diagnose = diagnose
    return [
        ("a claim of 100 scalar derivations, proved if right", words, "3 ms, none"),
        ("with the diagnosis of the 50 wrong ones", whole, ""),
    ]


def _faults(passed: dict[str, bool]) -> tuple[int, int]:
    missed = sum(ok for name, ok in passed.items() if name.endswith("wrong"))
    return missed, sum(not ok for name, ok in passed.items() if name.endswith("right"))


def _words(cost: float, missed: int, failed: int, of: int) -> str:
    return f"{cost:.2g} ms, {missed} of {of} wrong ones pass, {failed} of {of} right ones fail"


# -- the peers, on the same functions at one point each


def derivations() -> list[tuple[str, str, str]]:
    """Title, function and claimed derivative of each of the hundred."""
    text = HUNDRED.read_text()
    return re.findall(r'derivation "(.*?)".*?\nf = (.*?)\ndf/dx = (.*?)\n', text, re.DOTALL)


def _peer(name: str, verdict: Callable[[str, str], bool], most: int) -> Row:
    """The peer's verdicts; its first one, in which it is imported, is not counted."""
    passed, times = {}, []
    rows = derivations()
    verdict(*map(pythonic, rows[0][1:]))
    for title, f, claimed in rows[:most]:
        start = time.process_time()
        passed[title] = verdict(pythonic(f), pythonic(claimed))
        times.append(time.process_time() - start)
    missed, failed = _faults(passed)
    cost = statistics.median(times) * 1000
    return (f"the same by {name}, median", _words(cost, missed, failed, len(passed) // 2), "")


def pythonic(text: str) -> str:
    """A formula as Python has it."""
    return text.replace("^", "**")


def _scipy(f: str, claimed: str) -> bool:
    from scipy.optimize import check_grad  # noqa: PLC0415

    def at(text: str) -> Callable[[Any], float]:
        code = compile(text, "derivation", "eval")
        return lambda v: eval(code, vars(math) | POINT | {"x": float(v[0])})

    slope = at(claimed)
    return bool(check_grad(at(f), lambda v: [slope(v)], [POINT["x"]]) < 1e-6)


def jax_verdict(f: str, claimed: str) -> bool:
    """What JAX's check_grads says of a derivative at one point."""
    import jax  # noqa: PLC0415
    from jax.test_util import check_grads  # noqa: PLC0415

    jax.config.update("jax_enable_x64", True)
    names = vars(jax.numpy) | POINT

    @jax.custom_jvp
    def value(x: Any) -> Any:
        return jax.numpy.asarray(eval(f, names | {"x": x}))

    @value.defjvp
    def _(primals: Any, tangents: Any) -> Any:
        (x,), (t,) = primals, tangents
        return value(x), jax.numpy.asarray(eval(claimed, names | {"x": x})) * t

    try:
        check_grads(value, (POINT["x"],), order=1)
    except AssertionError:
        return False
    return True


def _sympy(f: str, claimed: str) -> bool:
    import sympy  # noqa: PLC0415

    return bool(sympy.simplify(sympy.diff(sympy.sympify(f), "x") - sympy.sympify(claimed)) == 0)


# -- many files, and a large one


def _files() -> list[Row]:
    parts = HUNDRED.read_text().split("\nderivation")[1:]
    with tempfile.TemporaryDirectory() as folder:
        for count in (100, 1000):
            (Path(folder) / str(count)).mkdir()
            for k in range(count):
                file = Path(folder) / str(count) / f"{k:04}.grad"
                file.write_text("derivation" + parts[k % len(parts)])

        def run(count: int, jobs: int) -> Callable[[], object]:
            command = ("check", f"{folder}/{count}", "--jobs", str(jobs), "--exit-zero")
            return process(*program(*command))

        growth, many, _ = ratio(run(1000, 1), run(100, 1), runs=3)
        jobs, _, _ = ratio(run(1000, 2), run(1000, 1), runs=3)
    return [
        ("1,000 files against 100, whole processes", f"{growth:.1f} times ({many:.1f} s)", "10"),
        ("1,000 files with two jobs against one", f"{jobs:.2f} times", "0.5"),
    ]


def _large() -> Row:
    time_ = seconds(lambda: judged(LARGE))
    return ("a tanh layer's claim of 200 x 200", f"{time_:.1f} s", "seconds")
