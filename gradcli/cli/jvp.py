"""`gradcli jvp`: a Jacobian times a tangent, by forward mode.

Must not compute or format: options in, one call, the result to `show`.
"""

from __future__ import annotations

from typing import Any

import click

from gradcli.cli.matrix import answer, tangent
from gradcli.cli.options import Command, at_a_point_to_walk, folding, read

EXAMPLES = """\b
Examples:
  gradcli jvp "[x*y, sin(x)]" --at "x=2, y=3" --tangent "x=1, y=-1"
  gradcli jvp "softmax(z)" --at "z=[1, 2, 3]" --tangent z=@v.npy
  gradcli jvp "h = tanh(x*y); h^2 + y" --at "x=1, y=2" --tangent x=1 --trace
"""


@click.command(cls=Command, name="jvp", epilog=EXAMPLES)
@at_a_point_to_walk
@tangent
@click.option("--trace", is_flag=True, help="Show every step, with its tangent.")
@folding
def command(expression: str, **options: Any) -> int:
    """Show how EXPR changes along a tangent of its inputs: its Jacobian times that tangent.

    EXPR is an expression, statements with ";" between them, "-" for standard input, or @file.grad.
    """
    if options["form"] == "html":
        return _walk(expression, **options)
    return answer("jvp", expression, **options)


def _walk(
    expression: str, form: str, precision: int | None, quiet: bool, no_color: bool, trace: bool,
    **asked: Any,
) -> int:  # fmt: skip
    """The page that one steps through; the exit code."""
    from gradcli import api  # noqa: PLC0415 what --help must not pay for
    from gradcli.cli import screen  # noqa: PLC0415
    from gradcli.show import walkthrough  # noqa: PLC0415

    source, folder = read(expression)
    result = api.tangent_graph(source, precision=precision or 15, folder=folder, **asked)
    content, remarks = walkthrough.content(result, precision)
    screen.put(content, form, no_color, remarks, quiet)
    return 0 if result.settled else 1
