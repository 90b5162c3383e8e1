"""Start-up: whole processes of gradcli against the bare imports of what it stands on.

Must not know anything but the command line.
"""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory

from paired import process, processor, program, ratio

NEURON = "1/(1+exp(-(w0*x0+w1*x1+w2)))"
POINT = "w0=2, x0=-1, w1=-3, x1=-2, w2=-3"
SMALL = "x in R\nf = sin(x)^2\ndf/dx = 2*sin(x)*cos(x)\n"
AUTOGRAD = """
import autograd.numpy as np
from autograd import value_and_grad
f = lambda w0, x0, w1, x1, w2: 1/(1 + np.exp(-(w0*x0 + w1*x1 + w2)))
print(value_and_grad(f, (0, 1, 2, 3, 4))(2.0, -1.0, -3.0, -2.0, -3.0))
"""
IMPORTS = "import click, rich.table, rich.console, numpy, flint"


def rows() -> list[tuple[str, str, str]]:
    """`diff` and `check` against all imports, `--help` against click."""
    diff = ratio(process(*program("diff", NEURON, "--at", POINT)), process("-c", IMPORTS), 15)
    with TemporaryDirectory() as folder:
        file = Path(folder) / "small.grad"
        file.write_text(SMALL, encoding="utf-8")
        check = ratio(
            process(*program("check", "--no-cache", str(file))),
            process("-c", IMPORTS),
            15,
            processor,
        )
    help_ = ratio(process(*program("--help")), process("-c", "import click"), 15)
    return [
        (
            "gradcli diff, the sigmoid neuron, against the bare imports",
            f"{diff[0]:.2f} times",
            "1.25",
        ),
        (
            "gradcli check of a small file, processor time, against the bare imports",
            f"{check[0]:.2f} times",
            "1.3",
        ),
        ("gradcli --help against import click", f"{help_[0]:.2f} times", "1.2"),
    ]


def against_autograd() -> list[tuple[str, str, str]]:
    """`diff` of the neuron, a whole process, beside five lines of autograd, in processor time."""
    if not find_spec("autograd"):
        return []
    diff = process(*program("diff", NEURON, "--at", POINT))
    found = ratio(diff, process("-c", AUTOGRAD), 15, processor)
    words = f"{found[0]:.2f} times ({1e3 * found[1]:.0f} ms, {1e3 * found[2]:.0f} ms)"
    return [("gradcli diff of the neuron against autograd, whole processes", words, "1.0")]
