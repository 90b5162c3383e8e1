"""`gradcli hessian`: the second derivatives of a scalar at a point.

Must not compute or format: options in, one call, the result to `show`.
"""

from __future__ import annotations

from typing import Any

import click

from gradcli.cli.matrix import answer
from gradcli.cli.options import Command, at_a_point

EXAMPLES = """\b
Examples:
  gradcli hessian "x^2*y + sin(y)" --at "x=1, y=2"
  gradcli hessian "sum((X @ w - y)^2)" --at "X=@X.npy, y=@y.csv" --at "w=[1, 0]" --wrt w
  gradcli hessian "sum(log(x))" --at "x=[1, 2]" --times "x=[1, 0]"
"""


@click.command(cls=Command, name="hessian", epilog=EXAMPLES)
@at_a_point
@click.option("--times", multiple=True, metavar="TANGENT", help='Only its product with "x=[1, 0]".')
def command(expression: str, **options: Any) -> int:
    """Show the Hessian of the scalar EXPR at a point, over its inputs in their order.

    EXPR is an expression, statements with ";" between them, "-" for standard input, or @file.grad.
    """
    return answer("hessian", expression, **options)
