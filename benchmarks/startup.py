"""Start-up: whole processes of gradcli against the bare imports of what it stands on.

Must not know anything but the command line.
"""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from paired import process, processor, program, ratio

NEURON = "1/(1+exp(-(w0*x0+w1*x1+w2)))"
POINT = "w0=2, x0=-1, w1=-3, x1=-2, w2=-3"
SMALL = "x in R\nf = sin(x)^2\ndf/dx = 2*sin(x)*cos(x)\n"
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
