"""`gradcli graph`: the computational graph with values, gradients and local derivatives.

Must not compute or format: options in, one call, the result to `show`.
"""

from __future__ import annotations

import sys

import click

from gradcli.choices import DRAWINGS
from gradcli.cli import complete
from gradcli.cli.options import Command, coloured, folding, read

EXAMPLES = """\b
Examples:
  gradcli graph "c = a + b; d = b + 1; e = c*d" --at "a=3, b=2"
  gradcli graph "softmax(W @ x + b)" --let "W in R^(k, n); x in R^n; b in R^k"
  gradcli graph @net.grad --at @point.json --format svg > net.svg
  gradcli graph "w*sigmoid(w*x)" --format dot
"""


@click.command(cls=Command, name="graph", epilog=EXAMPLES)
@click.argument("expression", metavar="EXPR", shell_complete=complete.expressions)
@click.option("--at", multiple=True, metavar="POINT", shell_complete=complete.values,
              help='"x=3", W=@w.npy, @point.json; without it symbols.')  # fmt: skip
@click.option("--let", multiple=True, metavar="SETS", help='Shapes instead: "X in R^(m, n)".')
@click.option("--wrt", multiple=True, metavar="NAMES", shell_complete=complete.names,
              help="Gradients by these only: W,b. Default: all.")  # fmt: skip
@click.option("--direction", type=click.Choice(("right", "down")),
              help="Of the arrows of a drawing.  [right, if not too wide]")  # fmt: skip
@click.option(
    "--gates", is_flag=True, help="Say what each does with gradients: adds, swaps, routes."
)
@folding
@click.option("--precision", type=click.IntRange(1, 1000), help="Significant digits.  [6]")
@click.option("--seed", type=int, default=0, help="For random directions.")
@click.option("--quiet", is_flag=True, help="The graph only, no remarks.")
@click.option("--format", "form", type=click.Choice(DRAWINGS), default=DRAWINGS[0],
              show_default=True, help="How to draw it.")  # fmt: skip
@coloured
def command(
    expression: str, at: tuple[str, ...], let: tuple[str, ...], wrt: tuple[str, ...],
    direction: str | None, gates: bool, fold: str, precision: int | None, seed: int, quiet: bool,
    form: str, no_color: bool,
) -> int:  # fmt: skip
    """Draw the computational graph of EXPR: values forwards, gradients backwards.

    EXPR is an expression, statements with ";" between them, "-" for standard input, or @file.grad.
    """
    from gradcli import api  # noqa: PLC0415 what --help must not pay for
    from gradcli.cli import screen  # noqa: PLC0415
    from gradcli.show import graph_formats  # noqa: PLC0415

    source, folder = read(expression)
    if at and let:
        raise click.UsageError("--let gives shapes and --at values: give one of them")
    result = api.graph(
        source, at, wrt=wrt, let=let, precision=precision or 15, seed=seed, fold=fold,
        folder=folder,
    )  # fmt: skip
    down = None if direction is None else direction == "down"
    wide, ascii = screen.width(sys.stdout), not screen.has_dots(sys.stdout)
    content = graph_formats.content(result, form, precision, down, wide, ascii, gates)
    shown = "table" if form == DRAWINGS[0] else form
    screen.put(content, shown, no_color, graph_formats.remarks(result), quiet)
    return 0 if result.settled else 1
