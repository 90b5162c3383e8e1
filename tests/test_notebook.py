"""Notebooks: the magics in a shell of IPython's, and the sample notebook in a kernel.

Must not know how a claim is judged. Without the libraries there is nothing to test.
"""

from __future__ import annotations

import json
import re
from base64 import b64decode
from pathlib import Path
from typing import Any

import pytest

import gradcli
from tests.test_release import script

ROOT = Path(__file__).parent.parent
WRONG = "x in R\nf = x^2\ndf/dx = 3x\n"


def sources(found: dict[str, Any]) -> list[str]:
    return ["".join(cell["source"]) for cell in found["cells"]]


def shown(found: dict[str, Any]) -> list[tuple[list[str], str]]:
    """What each cell shows: in which forms, and as text; how a drawing is laid out is not of it."""
    outputs = [output for cell in found["cells"] for output in cell.get("outputs", [])]
    return [(sorted(o["data"]), "".join(o["data"]["text/plain"])) for o in outputs]


def test_the_sample_has_the_cells_of_its_script() -> None:
    made = script("notebook")
    assert sources(json.loads(made.NOTEBOOK.read_text("utf-8"))) == sources(made.notebook())


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_the_sample_shows_what_its_cells_show() -> None:
    pytest.importorskip("nbclient", reason="runs notebooks")
    pytest.importorskip("ipykernel", reason="is what notebooks run in")
    made = script("notebook")
    found = shown(json.loads(made.executed()))
    assert found == shown(json.loads(made.NOTEBOOK.read_text("utf-8"))), "run docs/notebook.py"
    assert len(found) > 6


@pytest.fixture
def shell() -> Any:
    testing = pytest.importorskip("IPython.testing.globalipapp", reason="has the magics' shell")
    found = testing.start_ipython() or testing.get_ipython()
    gradcli.load_ipython_extension(found)
    return found


@pytest.mark.slow
def test_a_cell_is_checked(shell: Any) -> None:
    report = shell.run_cell_magic("grad", "", "x in R\nf = x^2\ndf/dx = 2x\n")
    assert report.ok
    html = report._repr_html_()
    assert "df/dx = 2x" in html and "proved" in html
    refuted = shell.run_cell_magic("grad", "--points 5", WRONG)
    assert "the number is 2, not 3" in refuted._repr_html_()
    with pytest.raises(gradcli.CheckFailed, match="G102"):
        shell.run_cell_magic("grad", "--require", WRONG)


@pytest.mark.slow
def test_a_line_is_a_gradient(shell: Any) -> None:
    shell.user_ns["w"] = [1.0, 2.0]
    result = shell.run_line_magic("grad", "sum(w*x)^2 - x --with w --at x=2 --wrt w")
    assert result["w"].float().tolist() == [24.0, 24.0]
    drawn = shell.run_line_magic("grad", "w^2 --at w=3 --draw")
    image = re.search('src="data:image/svg.xml;base64,([^"]+)"', drawn._repr_html_())
    assert image and "<svg" in b64decode(image[1]).decode() and "w^2" in str(drawn)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("x +  --at x=1", "G001"), ("x*q --at x=1", "q has no value"),
        ("x --with nothing", "there is no variable nothing"), ("x --what 3", "unrecognized"),
        ('x --at "x=1', "quotation"),
    ],
)  # fmt: skip
def test_a_mistake_has_no_traceback(shell: Any, line: str, said: str) -> None:
    from IPython.core.error import UsageError  # noqa: PLC0415 skipped where there is none

    with pytest.raises(UsageError, match=said):
        shell.run_line_magic("grad", line)
