"""`gradcli hvp`: a Hessian times a tangent, without the Hessian.

Must not compute or format: options in, one call, the result to `show`.
"""

from __future__ import annotations

from typing import Any

import click

from gradcli.cli.matrix import answer, tangent
from gradcli.cli.options import Command, at_a_point

EXAMPLES = """\b
Examples:
  gradcli hvp "x^2*y + sin(y)" --at "x=1, y=2" --tangent "x=1, y=0"
  gradcli hvp "sum(tanh(W @ x))" --at "W=@W.npy, x=[1, 2]" --tangent W=@V.npy
"""


@click.command(cls=Command, name="hvp", epilog=EXAMPLES)
@at_a_point
@tangent
def command(expression: str, **options: Any) -> int:
    """Show how the gradient of the scalar EXPR changes along a tangent: its Hessian times that.

    EXPR is an expression, statements with ";" between them, "-" for standard input, or @file.grad.
    """
    return answer("hvp", expression, **options)
