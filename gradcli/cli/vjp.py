"""`gradcli vjp`: a cotangent times a Jacobian, by reverse mode.

Must not compute or format: options in, one call, the result to `show`.
"""

from __future__ import annotations

from typing import Any

import click

from gradcli.cli.matrix import answer
from gradcli.cli.options import Command, at_a_point

EXAMPLES = """\b
Examples:
  gradcli vjp "[x*y, sin(x)]" --at "x=2, y=3" --cotangent "[1, 0]"
  gradcli vjp "W @ x" --at "W=[[1, 2], [3, 4]], x=[5, 6]" --cotangent @u.npy
"""


@click.command(cls=Command, name="vjp", epilog=EXAMPLES)
@at_a_point
@click.option(
    "--cotangent", required=True, metavar="VALUE", help='"[1, 0]" or @u.npy, like the output.'
)
def command(expression: str, **options: Any) -> int:
    """Show what a cotangent of EXPR hands back to its inputs: the cotangent times its Jacobian.

    EXPR is an expression, statements with ";" between them, "-" for standard input, or @file.grad.
    """
    return answer("vjp", expression, **options)
