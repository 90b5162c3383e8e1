"""`gradcli series`: the Taylor polynomial of an expression at a point.

Must not compute or format: options in, one call, the result to `show`.
"""

from __future__ import annotations

import click

from gradcli.cli import complete
from gradcli.cli.options import Command, read, shown

EXAMPLES = """\b
Examples:
  gradcli series "sin(x)" --at x=0 --order 7
  gradcli series "exp(a*x)" --at "x=0, a=2" --wrt x --radius 0.1
"""


@click.command(cls=Command, name="series", epilog=EXAMPLES)
@click.argument("expression", metavar="EXPR", shell_complete=complete.expressions)
@click.option("--at", multiple=True, metavar="POINT", help='"x=3, y=2".')
@click.option("--wrt", multiple=True, metavar="NAME", help="By this input, if there are several.")
@click.option("--order", type=click.IntRange(0, 60), default=6, show_default=True)
@click.option("--radius", default="", metavar="NUMBER", help="Bound what is left out so far.")
@click.option("--precision", type=click.IntRange(1, 1000), help="Significant digits.  [15]")
@click.option("--quiet", is_flag=True, help="Numbers only, no remarks.")
@shown("table", "plain", "json", "csv", "markdown", "latex")
def command(
    expression: str, at: tuple[str, ...], wrt: tuple[str, ...], order: int, radius: str,
    precision: int | None, quiet: bool, form: str, no_color: bool,
) -> int:  # fmt: skip
    """Expand EXPR in powers of one input about a point.

    EXPR is an expression, statements with ";" between them, "-" for standard input, or @file.grad.
    """
    from gradcli import api  # noqa: PLC0415 what --help must not pay for
    from gradcli.cli import screen  # noqa: PLC0415
    from gradcli.show import plot as page  # noqa: PLC0415

    source, folder = read(expression)
    result = api.series(
        source, at, wrt=wrt, order=order, radius=radius, precision=precision or 15, folder=folder
    )
    screen.put(page.series(result, form, precision), form, no_color, (), quiet)
    return 0 if result.taylor.settled else 1
