"""`gradcli plot`: a function and its derivative over an interval.

Must not compute or format: options in, one call, the result to `show`.
"""

from __future__ import annotations

import sys

import click

from gradcli.cli import complete
from gradcli.cli.options import Command, read, shown

EXAMPLES = """\b
Examples:
  gradcli plot "x*abs(x - 1)" --over x=-2..2
  gradcli plot "leaky_relu(a*x, 0.1)" --at "a=2, x=1" --over x=-1..3
  gradcli plot "1/(x^2 - 2)" --over x=-3..3 --format svg > f.svg
"""


@click.command(cls=Command, name="plot", epilog=EXAMPLES)
@click.argument("expression", metavar="EXPR", shell_complete=complete.expressions)
@click.option("--over", default="", metavar="INTERVAL", help="x=-2..2; default: round --at.")
@click.option("--at", multiple=True, metavar="POINT", help="Other inputs; of x, for the tangent.")
@click.option("--precision", type=click.IntRange(1, 1000), help="Significant digits.  [6]")
@click.option("--quiet", is_flag=True, help="Numbers only, no remarks.")
@shown("table", "plain", "json", "csv", "svg")
def command(
    expression: str, over: str, at: tuple[str, ...], precision: int | None, quiet: bool,
    form: str, no_color: bool,
) -> int:  # fmt: skip
    """Draw EXPR and its derivative by one input, and say where it is not smooth.

    EXPR is an expression, statements with ";" between them, "-" for standard input, or @file.grad.
    """
    from gradcli import api  # noqa: PLC0415 what --help must not pay for
    from gradcli.cli import screen  # noqa: PLC0415
    from gradcli.show import plot as page  # noqa: PLC0415

    source, folder = read(expression)
    result = api.plot(source, at, over=over, precision=precision or 15, folder=folder)
    wide, ascii = screen.width(sys.stdout), not screen.has_dots(sys.stdout)
    screen.put(page.content(result, form, precision, wide, ascii), form, no_color, (), quiet)
    return 0
