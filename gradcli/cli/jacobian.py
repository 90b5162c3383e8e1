"""`gradcli jacobian`: the derivative of an array by its inputs, as one matrix.

Must not compute or format: options in, one call, the result to `show`.
"""

from __future__ import annotations

from typing import Any

import click

from gradcli.choices import LAYOUTS
from gradcli.cli.matrix import answer
from gradcli.cli.options import Command, at_a_point

EXAMPLES = """\b
Examples:
  gradcli jacobian "[x*y, sin(x)]" --at "x=2, y=3"
  gradcli jacobian "W @ x" --at "W=[[1, 2], [3, 4]], x=[5, 6]" --wrt x --layout denominator
  gradcli jacobian "sin(x)*exp(x)" --at x=@x.npy --format json
"""


@click.command(cls=Command, name="jacobian", epilog=EXAMPLES)
@at_a_point
@click.option(
    "--layout", type=click.Choice(LAYOUTS), default=LAYOUTS[0],
    help="Of a vector by a vector.  [numerator]",
)  # fmt: skip
def command(expression: str, **options: Any) -> int:
    """Show the Jacobian of EXPR at a point, and which of its entries no path leads to.

    EXPR is an expression, statements with ";" between them, "-" for standard input, or @file.grad.
    """
    return answer("jacobian", expression, **options)
