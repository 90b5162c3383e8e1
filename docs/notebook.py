"""The sample notebook: its cells stand here, what they show is computed by running them.

Must not hold anything that a cell shows. It needs nbclient and ipykernel:

    python docs/notebook.py
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
NOTEBOOK = ROOT / "samples" / "notebooks" / "backpropagation.ipynb"
KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}
CELLS = [
    (
        "markdown",
        "# Backpropagation by hand, checked\n\n"
        "Needs `pip install gradcli` and nothing else. `%%grad` cells are derivations as they stand"
        " on paper; gradcli proves every line, or names the first that is wrong.",
    ),
    ("code", "%load_ext gradcli\nimport numpy as np\n\nimport gradcli"),
    ("markdown", "## A layer\n\nThe letters `m` and `n` stand for every size."),
    (
        "code",
        "%%grad\nderivation \"a layer of ReLU units\"\n"
        "W in R^(m, n); x in R^n; b in R^m; y in R^m\n"
        "z = W @ x + b\nL = norm(relu(z) - y)^2 / 2\n\n"
        "dL/dz = (relu(z) - y) * (z > 0)\ndL/dW = outer(dL/dz, x)\ndL/db = dL/dz",
    ),
    ("markdown", "A slip gets its name, a counterexample, and a mend that was itself checked:"),
    (
        "code",
        "%%grad\nw, x, b, y in R\np = sigmoid(w*x + b)\nL = (p - y)^2 / 2\n"
        "dL/dw = (p - y) * p * x",
    ),
    ("markdown", "## A point\n\nDigits are certified; the notebook's arrays are used as they are."),
    ("code", "W, x = np.array([[1.0, -2.0], [0.5, 3.0]]), [1, 2]\n"
     "%grad sum(relu(W @ x)^2) --with W,x"),
    ("code", "%grad w*sigmoid(w*x + b) --at w=1,x=2,b=-1 --draw"),
    ("markdown", "## A function of arrays"),
    (
        "code",
        'sets = "X in R^(m, n); w in R^n; y in R^m"\n'
        'f = gradcli.function("norm(X @ w - y)^2", wrt="w", let=sets)\n'
        "X, y = np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]), np.array([1.0, 0.0, 1.0])\n"
        "w = np.zeros(2)\n"
        "for _ in range(300):\n    w -= 0.01 * f.grad(X, w, y)\n"
        "f(X, w, y).round(6), w.round(6)",
    ),
    ("code", 'gradcli.derive("norm(X @ w - y)^2", "w", let=sets)'),
    ("markdown", "`require` makes a cell of a notebook a test: it raises where a claim fails."),
    ("code", 'gradcli.check("x in R; f = sin(x)^2; df/dx = sin(2x)").require()'),
]  # fmt: skip


def notebook() -> dict[str, Any]:
    """The notebook as it is before it is run."""
    cells = []
    for number, (kind, text) in enumerate(CELLS):
        cell: dict[str, Any] = {
            "cell_type": kind, "id": f"cell-{number}", "metadata": {},
            "source": text.splitlines(keepends=True),
        }  # fmt: skip
        if kind == "code":
            cell |= {"execution_count": None, "outputs": []}
        cells.append(cell)
    return {"cells": cells, "metadata": {"kernelspec": KERNEL}, "nbformat": 4, "nbformat_minor": 5}


def executed() -> str:
    """The notebook with what its cells show; what depends on the machine is left out."""
    import nbformat  # noqa: PLC0415 only who runs the notebook has these
    from nbclient import NotebookClient  # noqa: PLC0415

    found = nbformat.reads(json.dumps(notebook()), as_version=4)
    NotebookClient(found, timeout=120, resources={"metadata": {"path": str(ROOT)}}).execute()
    for cell in found.cells:
        cell.metadata.pop("execution", None)
    found.metadata.pop("language_info", None)
    text: str = nbformat.writes(found)
    return text.rstrip("\n") + "\n"


if __name__ == "__main__":
    NOTEBOOK.parent.mkdir(parents=True, exist_ok=True)
    NOTEBOOK.write_text(executed(), encoding="utf-8")
    sys.exit(0)
