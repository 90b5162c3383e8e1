"""Engines: whoever runs the pieces, in whichever order, the same comes of them.

Must not know what is run; a cluster of dask is started only in the slow run.
"""

from __future__ import annotations

import json
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from time import sleep
from typing import Any

import numpy as np
import pytest

from gradcli import engine
from gradcli.errors import GradcliError
from tests.running import process


class Lazy:
    """An executor that begins a thing when its result is asked for, and counts them."""

    def __init__(self) -> None:
        self.waiting = self.most = 0

    def submit(self, function: Any, /, *args: Any) -> Any:
        self.waiting += 1
        self.most = max(self.most, self.waiting)
        lazy = self

        class Promise(Future[Any]):
            def result(self, timeout: float | None = None) -> Any:
                lazy.waiting -= 1
                return function(*args)

        return Promise()


def test_results_come_in_order_and_few_are_under_way() -> None:
    lazy = Lazy()
    assert [*engine.in_order(lazy, 3, lambda x: x * x, range(10))] == [x * x for x in range(10)]
    assert lazy.most == 3
    with ThreadPoolExecutor(4) as pool:
        slow_first = engine.in_order(pool, 8, lambda x: sleep(0.02 * (x == 0)) or x, range(10))
        assert [*slow_first] == [*range(10)]


def test_nothing_begins_after_a_failure() -> None:
    begun = []

    def fails(x: int) -> int:
        begun.append(x)
        return 1 // (3 - x)

    results = engine.in_order(Lazy(), 2, fails, range(100))
    with pytest.raises(ZeroDivisionError):
        list(results)
    assert begun == [0, 1, 2, 3]


def test_without_dask_it_is_told_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "distributed", None)
    with pytest.raises(GradcliError) as caught, engine.named("dask"):
        pass
    assert 'pip install "gradcli[dask]"' in caught.value.diagnostics[0].help


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        ({}, "the scheduler at host:1 has no workers"),
        ({"a": engine.version(), "b": "0.0.1"}, "the workers at host:1 have gradcli 0.0.1"),
        (ModuleNotFoundError("gradcli"), "the workers at host:1 have no gradcli"),
    ],
)
def test_who_could_not_answer_is_told(answers: Any, said: str) -> None:
    class Client:
        def run(self, function: Any) -> Any:
            if isinstance(answers, Exception):
                raise answers
            return answers

    with pytest.raises(GradcliError, match=said):
        engine._require_workers(Client(), "host:1")


@pytest.mark.slow
def test_two_workers_give_the_digits_of_one_process(tmp_path: Path) -> None:
    pytest.importorskip("distributed", reason="runs the cluster")
    rng = np.random.default_rng(8)
    rows = rng.normal(size=(900_000, 3))
    np.save(tmp_path / "t.npy", rows)
    asked = (
        "diff", "var(X @ w) + mean(log(1 + exp(c2*(X @ w))))", "--rows", "t.npy",
        "--let", "X = [c0, c1]", "--at", "w=[1, -2]", "--format", "json",
    )  # fmt: skip
    alone = process(*asked, cwd=tmp_path)
    together = process(*asked, "--engine", "dask", cwd=tmp_path)
    assert alone.returncode == together.returncode == 0, together.stderr.decode()
    assert alone.stdout == together.stdout
    assert json.loads(alone.stdout)["passes"] == 2


@pytest.mark.slow
def test_a_row_that_is_wrong_is_told_from_a_cluster(tmp_path: Path) -> None:
    pytest.importorskip("distributed", reason="runs the cluster")
    (tmp_path / "t.csv").write_text("x\n1\nlate\n", encoding="utf-8")
    asked = ("diff", "mean(x*a)", "--rows", "t.csv", "--at", "a=1", "--engine", "dask")
    done = process(*asked, cwd=tmp_path)
    assert done.returncode == 2
    assert b"t.csv, line 3: column x holds text, not a number" in done.stderr
    assert b"Traceback" not in done.stderr


@pytest.mark.slow
def test_a_cluster_checks_files_as_one_process_does() -> None:
    pytest.importorskip("distributed", reason="runs the cluster")
    root = Path(__file__).parent.parent
    files = [f"samples/slips/{path.name}" for path in sorted((root / "samples/slips").iterdir())]
    asked = ("check", "--no-cache", *[name for name in files if name.endswith(".grad")][:12])
    alone = process(*asked, cwd=root)
    together = process(*asked, "--engine", "dask", cwd=root)
    assert (alone.returncode, alone.stdout) == (together.returncode, together.stdout)
