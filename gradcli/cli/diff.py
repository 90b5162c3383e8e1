"""`gradcli diff`: value and gradient of an expression at a point.

Must not compute or format: options in, one call, the result to `show`.
"""

from __future__ import annotations

import sys

import click

from gradcli.cli.options import Command, at_a_point, read

EXAMPLES = """\b
Examples:
  gradcli diff "x^2 * y" --at "x=3, y=2"
  gradcli diff "sum((X @ w - y)^2)" --at "X=@X.npy, y=@y.csv" --at "w=[1, 0]" --wrt w
  gradcli diff "q = x + y; q*z" --at "x=-2, y=5, z=-4" --trace
  gradcli diff @net.grad --at @point.json --format json
  echo "-x^2" | gradcli diff - --at x=3
"""


@click.command(cls=Command, name="diff", epilog=EXAMPLES)
@at_a_point
@click.option("--trace", is_flag=True, help="Show every step, forwards and backwards.")
def command(
    expression: str, at: tuple[str, ...], wrt: tuple[str, ...], trace: bool,
    precision: int | None, seed: int, quiet: bool, form: str, no_color: bool,
) -> int:  # fmt: skip
    """Differentiate EXPR at a point, by every input, and show how that was checked.

    EXPR is an expression, statements with ";" between them, "-" for standard input, or @file.grad.
    """
    from gradcli import api  # noqa: PLC0415 what --help must not pay for
    from gradcli.cli import screen  # noqa: PLC0415
    from gradcli.show import formats  # noqa: PLC0415

    source, folder = read(expression)
    result = api.diff(
        source, at, wrt=wrt, precision=precision or formats.DIGITS,
        seed=seed, trace=trace, folder=folder,
    )  # fmt: skip
    content, remarks = formats.diff(result, form, precision, screen.width(sys.stdout))
    screen.put(content, form, no_color, remarks, quiet)
    return 0 if result.settled else 1
