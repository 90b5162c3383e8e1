"""`gradcli paths`: every path from an input to the output, with its product of local derivatives.

Must not compute or format: options in, one call, the result to `show`.
"""

from __future__ import annotations

import sys

import click

from gradcli.cli.options import Command, at_a_point, folding, read

EXAMPLES = """\b
Examples:
  gradcli paths "c = a + b; d = b + 1; e = c*d" --at "a=2, b=1" --wrt b
  gradcli paths @rnn.grad --at @point.json --wrt W
  gradcli paths @net.grad --at @point.json --most 3 --format json
"""


@click.command(cls=Command, name="paths", epilog=EXAMPLES)
@at_a_point
@click.option(
    "--most", type=click.IntRange(1, 1000),
    help="Paths that are listed, the largest.  [all of 32, 10 of more]",
)  # fmt: skip
@folding
def command(
    expression: str, at: tuple[str, ...], wrt: tuple[str, ...], most: int | None, fold: str,
    precision: int | None, seed: int, quiet: bool, form: str, no_color: bool,
) -> int:  # fmt: skip
    """Show the derivative of EXPR by each input as the sum over all paths.

    EXPR is an expression, statements with ";" between them, "-" for standard input, or @file.grad.
    """
    from gradcli import api  # noqa: PLC0415 what --help must not pay for
    from gradcli.cli import screen  # noqa: PLC0415
    from gradcli.show import formats  # noqa: PLC0415
    from gradcli.show import paths as shown  # noqa: PLC0415

    source, folder = read(expression)
    result = api.paths(
        source, at, wrt=wrt, precision=precision or formats.DIGITS, seed=seed, most=most,
        fold=fold, folder=folder,
    )  # fmt: skip
    content = shown.content(result, form, precision, screen.width(sys.stdout))
    screen.put(content, form, no_color, formats.remarks(result.derivative), quiet)
    return 0 if result.settled else 1
