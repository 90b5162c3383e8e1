"""Every sample runs as its reader would run it, and shows what its comment says.

Must not know how results are computed; it types `gradcli diff @sample` and reads what comes back.
"""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest

from tests.running import here

FOLDER = Path(__file__).parent.parent / "samples"
FILES = sorted(FOLDER.glob("*.grad"))
# Each shows an operation at a point where float64 or the derivative fails.
NOTED = {"76-lost-digits": "G303", "77-kink": "G301"}

every_sample = pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.stem))


@every_sample
def test_it_runs(path: Path) -> None:
    code, out, err = here("diff", f"@{path}")
    assert code == 0, err
    assert not err
    assert "certified" in out
    assert ("[G3" in out) == (path.stem in NOTED)
    assert NOTED.get(path.stem, "") in out


@every_sample
def test_it_says_what_it_is(path: Path) -> None:
    title, look, blank, *_ = path.read_text(encoding="utf-8").splitlines()
    assert title.startswith("# ") and look.startswith("# ") and not blank
    assert title[2].isupper() or title[2:].startswith("tanh")


def test_the_numbers_of_the_files_have_no_gaps() -> None:
    assert [int(path.name[:2]) for path in FILES] == [*range(1, len(FILES) + 1)]


def as_json(name: str, *options: str) -> dict[str, Any]:
    (path,) = FOLDER.glob(f"*-{name}.grad")
    code, out, err = here("diff", f"@{path}", "--format", "json", *options)
    assert code == 0, err
    result: dict[str, Any] = json.loads(out)
    return result


def gradients(result: dict[str, Any]) -> dict[str, Any]:
    return {entry["name"]: entry["gradient"] for entry in result["inputs"]}


def test_the_loop_is_the_network_written_out() -> None:
    written = as_json("recurrent-network")
    looped = as_json("unrolled-network")
    assert looped["output"]["value"] == written["output"]["value"]
    ours, theirs = gradients(looped), gradients(written)
    for name in ("Wi", "Wh", "Wo", "h0"):
        assert ours[name] == theirs[name]
    assert ours["X"] == [theirs["x1"], theirs["x2"], theirs["x3"]]


def test_newton_steps() -> None:
    result = as_json("newton-steps")
    assert result["output"]["value"] == 577 / 408
    assert math.isclose(gradients(result)["a"], 0.5 / math.sqrt(2), rel_tol=1e-4)


def test_least_squares() -> None:
    table = [[1, 0.5], [2, -1.5], [3, 0.25], [4, 1]]
    residuals = [a + b / 2 - y for (a, b), y in zip(table, [0.9, -0.4, 2.1, 3.8], strict=True)]
    wanted = [2 * sum(row[k] * r for row, r in zip(table, residuals, strict=True)) for k in (0, 1)]
    found = gradients(as_json("least-squares"))["w"]
    assert all(math.isclose(a, b, rel_tol=1e-12) for a, b in zip(found, wanted, strict=True))


def test_layer_norm_does_not_see_a_shift() -> None:
    assert abs(sum(gradients(as_json("layer-norm"))["x"])) < 1e-15


def test_a_quadratic_form() -> None:
    assert gradients(as_json("quadratic-form"))["v"] == [4, -12]


def test_lost_digits() -> None:
    result = as_json("lost-digits")
    (x,) = result["inputs"]
    assert result["output"]["value"] == 0.5
    assert x["gradient"] == pytest.approx(-1e-8 / 12, rel=1e-12)
    assert x["digits"] == 0


def test_a_kink() -> None:
    (x,) = as_json("kink")["inputs"]
    assert x["gradient"] is None
    assert (x["kink"]["left"], x["kink"]["right"]) == (0, 1)


def test_one_variable_of_some() -> None:
    result = as_json("some-of-the-variables", "--wrt", "x")
    assert gradients(result) == {"x": [-0.5, 11.5]}
