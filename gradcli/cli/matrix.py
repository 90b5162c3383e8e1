"""What the commands on matrices of derivatives share: one call, the result to `show`.

Must not compute or format, nor be a command itself.
"""

from __future__ import annotations

import sys
from typing import Any

import click

from gradcli.cli.options import read

tangent = click.option(
    "--tangent", multiple=True, required=True, metavar="TANGENT",
    help='"x=[1, 0], y=2", W=@v.npy or @tangent.json; what is not named rests.',
)  # fmt: skip


def answer(
    kind: str, expression: str, precision: int | None, quiet: bool, form: str, no_color: bool,
    **asked: Any,
) -> int:  # fmt: skip
    """Ask the public function of that name, show what it says; the exit code."""
    from gradcli import api  # noqa: PLC0415 what --help must not pay for
    from gradcli.cli import screen  # noqa: PLC0415
    from gradcli.show import formats  # noqa: PLC0415

    source, folder = read(expression)
    ask = getattr(api, kind)
    result = ask(source, precision=precision or formats.DIGITS, folder=folder, **asked)
    content, remarks = formats.matrix(result, form, precision, screen.width(sys.stdout))
    screen.put(content, form, no_color, remarks, quiet)
    return 0 if result.settled else 1
