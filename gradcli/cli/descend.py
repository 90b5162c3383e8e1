"""`gradcli descend`: steps downhill, and what the slope promised beside what came.

Must not compute or format: options in, one call, the result to `show`.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from gradcli.cli.options import Command, at_a_point, read

EXAMPLES = """\b
Examples:
  gradcli descend "x^2" --at x=3 --rate 0.1 --steps 5
  gradcli descend "L = (w*x - y)^2" --at "w=0, x=2, y=3" --wrt w --gradient "2*(w*x - y)"
  gradcli descend "x^4 + y^2" --at "x=1, y=2" --method newton
  gradcli descend @net.grad --at @point.json --wrt W1,W2 --decay 0.01 --plot loss.svg
"""


@click.command(cls=Command, name="descend", epilog=EXAMPLES)
@at_a_point
@click.option("--rate", metavar="NUMBER", help="The learning rate.  [0.1; newton 1]")
@click.option("--steps", type=click.IntRange(1, 10000), default=5, show_default=True)
@click.option(
    "--method", type=click.Choice(("sgd", "momentum", "newton")), default="sgd", show_default=True
)
@click.option("--beta", default="0.9", metavar="NUMBER", help="Of momentum.  [0.9]")
@click.option(
    "--decay", multiple=True, metavar="NUMBER", help='Adds it times the squares: 0.01 or "W=0.01".'
)
@click.option("--gradient", multiple=True, metavar="CLAIM", help='Descend along it: "dL/dw = 2*x".')
@click.option("--plot", type=click.Path(path_type=Path), help="Write the curve as an SVG file.")
def command(
    expression: str, precision: int | None, quiet: bool, form: str, no_color: bool,
    plot: Path | None, **asked: Any,
) -> int:  # fmt: skip
    """Make the scalar EXPR smaller by steps along its gradient.

    EXPR is an expression, statements with ";" between them, "-" for standard input, or @file.grad.
    """
    from gradcli import api  # noqa: PLC0415 what --help must not pay for
    from gradcli.cli import screen  # noqa: PLC0415
    from gradcli.show import descend as shown  # noqa: PLC0415
    from gradcli.show import formats  # noqa: PLC0415

    source, folder = read(expression)
    result = api.descend(source, precision=precision or formats.DIGITS, folder=folder, **asked)
    if plot is not None:
        screen.report([(shown.svg(result), "")], no_color, plot)
    wide, ascii = screen.width(sys.stdout), not screen.has_dots(sys.stdout)
    content = shown.content(result, form, precision, wide, ascii)
    screen.put(content, form, no_color, (), quiet)
    return 0 if result.settled else 1
