"""`gradcli check FILE.py::NAME`: code named on the command line or in pyproject.toml.

Must not know how code is judged; each run of code costs a process, so few are.
"""

from __future__ import annotations

import json
from multiprocessing import active_children
from pathlib import Path
from threading import Event, Timer
from typing import Any

import pytest

from gradcli import work
from gradcli.api.code_request import SetText
from gradcli.api.code_sets import let, said
from gradcli.api.isolated import Died, TookTooLong, isolated
from gradcli.api.streaming import until
from gradcli.code.survey import Survey
from gradcli.errors import GradcliError, Source
from tests.running import here

LAYERS = """\
import numpy as np


class Scale:
    def __init__(self, w):
        self.w = w

    def forward(self, x):
        self.x = x
        return x * self.w

    def backward(self, dout):
        self.grads = {}
        self.grads["w"] = np.sum(dout * self.x, axis=0)
        return dout * self.w


def square_forward(x):
    return x ** 2, x


def square_backward(dout, cache):
    x = cache
    local = 3 * x
    return dout * local


def cost(theta, X, lam):
    return np.sum((X @ theta) ** 2) / 2 + lam * np.sum(theta ** 2)


def grad(theta, X, lam):
    return X.T @ (X @ theta) + 2 * lam * theta


def logistic_loss(w, y):
    p = 1 / (1 + np.exp(-w))
    loss = np.sum((p - y) ** 2) / 2
    dw = (p - y) * p * (1 - p)
    return loss, dw


def helper(x):
    return x
"""


@pytest.fixture
def layers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "layers.py"
    path.write_text(LAYERS, encoding="utf-8")
    return path


def survey(text: str = LAYERS) -> Survey:
    return Survey(Source("layers.py", text))


# -- what a file holds, without running it


def test_pairs_are_seen_by_their_names_and_parameters() -> None:
    found = {p.target.label: p for p in survey().pairs()}
    assert [*found] == ["Scale.backward", "square_backward", "grad", "logistic_loss"]
    assert found["Scale.backward"].target.grads == {"w": "grads['w']"}
    assert found["Scale.backward"].required == ("w", "x")
    assert (found["square_backward"].target.forward, found["square_backward"].target.style) == (
        "square_forward", "vjp",
    )  # fmt: skip
    assert (found["grad"].target.forward, found["grad"].target.style) == ("cost", "grad")
    assert found["logistic_loss"].target.backward == ""


@pytest.mark.parametrize(
    ("backward", "forward"),
    [
        ("f_backward", "f_forward"), ("f_bwd", "f_fwd"), ("f_backward", "f"), ("df", "f"),
        ("grad_f", "f"), ("f_grad", "f"), ("backward_f", "forward_f"), ("f_prime", "f"),
        ("f_backward_slow", "f_forward_slow"), ("f_bwd_2", "f_fwd"),
    ],
)  # fmt: skip
def test_a_backward_finds_its_forward(backward: str, forward: str) -> None:
    text = f"def {forward}(x):\n    return x\n\n\ndef {backward}(d, x):\n    return d\n"
    assert survey(text).forward_of(backward) == forward
    assert survey(text).pair(forward).target.backward == backward


def test_a_gradient_belongs_to_the_one_function_with_its_parameters() -> None:
    text = "def nll(w, X):\n    return 0\n\n\ndef poisson_grad(w, X):\n    return 0\n"
    assert survey(text).forward_of("poisson_grad") == "nll"
    assert survey(f"{text}\n\ndef other(w, X):\n    return 0\n").forward_of("poisson_grad") is None


def test_a_statement_is_marked_from_its_first_to_its_last_character() -> None:
    text = "def f(x):\n    y = (x +\n         é)  # why\n    return y\n"
    assert survey(text).statement(2).text == "y = (x +\n         é)"
    assert survey(text).statement(1).text == "def f(x):"


def test_sets_and_values() -> None:
    given = let('x in R^(N, D); gamma, beta in (0, inf)^D; reg = 0.5; p = {"mode": "train"}')
    assert given == {
        "x": "R^(N, D)", "gamma": "(0, inf)^D", "beta": "(0, inf)^D",
        "reg": 0.5, "p": {"mode": "train"},
    }  # fmt: skip
    assert [isinstance(v, SetText) for v in given.values()] == [True, True, True, False, False]
    for text in ("x", "x in", "reg = abs(3)", "f(x) = 3"):
        with pytest.raises(GradcliError) as error:
            let(text)
        assert error.value.diagnostics[0].code == "G504"


# -- the command


def test_a_file_lists_what_it_holds_and_runs_nothing(layers: Path) -> None:
    layers.write_text(LAYERS + "\nraise SystemExit('it ran')\n", encoding="utf-8")
    done = here("check", "layers.py")
    assert done.code == 0
    for name in ("Scale", "square_backward", "grad", "logistic_loss"):
        assert f"layers.py::{name} --let" in done.out
    assert "helper" not in done.out
    assert "0 claims" in done.out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["layers.py::square_backward"], "square_forward needs x"),
        (["layers.py::sqare_backward"], 'did you mean "square_backward"?'),
        (["layers.py::square_backward", "--let", "y in R; x in R"], 'no parameter "y"'),
        (["layers.py::square_backward", "--let", "x in Q"], "x: "),
        (["layers.py::square_backward", "--forward", "sq", "--let", "x in R"], '"sq"'),
        (["--let", "x in R", "-e", "1 = 1"], "go with FILE.py::NAME"),
        (["nowhere.py::f"], "cannot be read"),
    ],
)
def test_what_is_not_said_is_asked_for(layers: Path, arguments: list[str], said: str) -> None:
    done = here("check", *arguments)
    assert done.code == 2
    assert said in done.out + done.err


def test_a_folder_runs_no_code(layers: Path) -> None:
    layers.write_text("raise SystemExit('it ran')\n", encoding="utf-8")
    Path("a.grad").write_text("x in R\nf = x^2\ndf/dx = 2*x\n", encoding="utf-8")
    Path("b.md").write_text("```python\nraise SystemExit\n```\n", encoding="utf-8")
    done = here("check", ".")
    assert done.code == 0
    assert "1 proved" in done.out


def test_a_wrong_line_is_marked_in_the_file(layers: Path) -> None:
    done = here("check", "layers.py::square_backward", "--let", "x in R^n", "--format", "json")
    assert done.code == 1
    (claim,) = json.loads(done.out)["claims"]
    assert (claim["verdict"], claim["code"], claim["line"]) == ("refuted", "G501", 24)
    assert claim["diagnosis"]["mended"] == "local = 2 * x"
    assert claim["diagnosis"]["verdict"] == "proved"
    assert claim["counterexample"]["left"] != claim["counterexample"]["right"]


def test_pyproject_names_code_that_a_plain_check_runs(layers: Path) -> None:
    Path("pyproject.toml").write_text(
        "[tool.gradcli]\n\n[[tool.gradcli.code]]\n"
        'backward = "layers.py::grad"\nwrt = ["theta"]\n'
        'sets = {theta = "R^D", X = "R^(N, D)"}\nvalues = {lam = 0.5}\n',
        encoding="utf-8",
    )
    done = here("check")
    assert done.code == 0
    assert "layers.py   grad   1 claim   1 proved (at (D, N) = " in done.out
    Path("a.grad").write_text("x in R\nf = x^2\ndf/dx = 2*x\n", encoding="utf-8")
    done = here("check", "--no-code")
    assert done.code == 0
    assert "a.grad" in done.out
    assert "layers.py" not in done.out


@pytest.mark.parametrize(
    "table", ['backward = "layers.py"', "forward = 3", 'backward = "layers.py::f"\nset = 3']
)
def test_a_table_that_says_something_else_is_refused(layers: Path, table: str) -> None:
    Path("pyproject.toml").write_text(f"[[tool.gradcli.code]]\n{table}\n", encoding="utf-8")
    done = here("check")
    assert done.code == 2
    assert "code is a table" in done.out + done.err


@pytest.mark.slow
@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("return [0] * x[0]", "leaves the exact numbers"),
        ("return x[9]", "IndexError"),
        ("import no_such_module", "install no_such_module beside gradcli"),
        ("while True: pass", "was not judged within 1 second"),
        ("import os; os._exit(3)", "died"),
    ],
)
def test_what_cannot_be_judged_is_refused_with_its_line(layers: Path, body: str, said: str) -> None:
    text = f"def f(x):\n    return (x * x).sum(), x\n\n\ndef f_bwd(d, x):\n    {body}\n"
    layers.write_text(text, encoding="utf-8")
    done = here("check", "layers.py::f_bwd", "--let", "x in R^n", "--timeout", "1")
    assert done.code == 2
    assert "G503" in done.out
    assert said in done.out


def test_a_search_for_a_mend_without_end_does_not_hide_the_verdict(
    layers: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def hurried(function: Any, target: Any, given: Any, options: Any, limit: float) -> Any:
        if options.diagnose:
            raise TookTooLong
        return function(target, given, options)

    monkeypatch.setattr("gradcli.api.handwritten.isolated", hurried)
    done = here("check", "layers.py::square_backward", "--let", "x in R^n")
    assert done.code == 1
    assert "error[G501]: square_backward is not the reverse mode of square_forward" in done.out
    assert "there was no time to find the wrong line" in done.out


# -- the process


def _prints() -> int:
    print("what code prints is nobody's output")
    return 7


def _sleeps() -> None:
    while True:
        pass


def _dies() -> None:
    import os  # noqa: PLC0415

    os._exit(1)


def _raises() -> None:
    raise ZeroDivisionError("no")


def test_a_process_of_its_own(capfd: pytest.CaptureFixture[str]) -> None:
    assert isolated(_prints, limit=60) == 7
    assert capfd.readouterr().out == ""
    with pytest.raises(RuntimeError, match="ZeroDivisionError: no"):
        isolated(_raises, limit=60)
    with pytest.raises(Died):
        isolated(_dies, limit=60)


@pytest.mark.slow
def test_a_process_has_its_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gradcli.api.isolated.GRACE", 1.0)
    with pytest.raises(TookTooLong):
        isolated(_sleeps, limit=0.5)


@pytest.mark.slow
def test_a_process_ends_when_nobody_waits() -> None:
    cancel = Event()
    Timer(0.5, cancel.set).start()
    with pytest.raises(work.Cancelled), until(cancel):
        isolated(_sleeps, limit=60)
    assert not active_children()


def test_comments_say_what_inputs_are(tmp_path: Path) -> None:
    text = "# gradcli: x in R^n\n# gradcli: w in R^n; k = 2\n"
    code = (
        "def f_grad(x, w, k):\n    return k * w, k * x\n\ndef f(x, w, k):\n    return k * x @ w\n"
    )
    for written in (text + code, code.replace("def f(", f"{text}@staticmethod\ndef f(")):
        pair = survey(written).pair("f_grad")
        assert said(pair) == {"x": SetText("R^n"), "w": SetText("R^n"), "k": 2}
    (tmp_path / "a.py").write_text(text + code)
    done = here("check", "a.py", cwd=tmp_path)
    assert "help: gradcli check a.py::f_grad\n" in done.out
    (tmp_path / "a.py").write_text(text.replace("w in R^n", "w in R^(n") + code)
    done = here("check", "a.py::f_grad", cwd=tmp_path)
    assert done.code == 2
    assert "a.py:2:12" in done.out


def test_a_file_that_is_no_python_is_shown_where_it_is_not(tmp_path: Path) -> None:
    (tmp_path / "broken.py").write_text("import numpy\n\n\ndef f(x:\n    return x\n")
    done = here("check", "broken.py::f", "--let", "x in R", cwd=tmp_path)
    assert done.code == 2
    assert "error[G011]: this is no Python: '(' was never closed" in done.out
    assert "broken.py:4:6" in done.out


def test_gradients_that_are_wrong_together_share_a_block(tmp_path: Path) -> None:
    text = "def f(x, w):\n    return x * w\n\n\ndef f_grad(x, w):\n    return 2 * w, 2 * x\n"
    (tmp_path / "two.py").write_text(text)
    given = ("--let", "x in R; w in R")
    done = here("check", "two.py::f_grad", *given, cwd=tmp_path)
    assert done.out.count("error[") == 1
    assert "wrong for x, w" in done.out
    assert done.out.count(": returned") == 2
    assert "2 refuted" in done.out
