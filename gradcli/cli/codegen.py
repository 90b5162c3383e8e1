"""`gradcli codegen`: value and derivative of an expression as a function in another language.

Must not know any language: options in, one call, the text out.
"""

from __future__ import annotations

from pathlib import Path

import click

from gradcli.choices import TARGETS
from gradcli.cli import complete
from gradcli.cli.options import Command, read

MODES = ("reverse", "forward")
EXAMPLES = """\b
Examples:
  gradcli codegen "z = w*x + b; (sigmoid(z) - y)^2/2" --target numpy
  gradcli codegen "sum((X @ w - y)^2)" --let "X in R^(m, n); w in R^n; y in R^m" --wrt w --target c
  gradcli codegen "logdet(A)" --at "A=[[2, 1], [1, 3]]" --target torch --check
  gradcli codegen @net.grad --target jax --mode forward --name step -o step.py
"""


@click.command(cls=Command, name="codegen", epilog=EXAMPLES)
@click.argument("expression", metavar="EXPR", shell_complete=complete.expressions)
@click.option("--target", type=click.Choice(TARGETS), required=True, help="The language.")
@click.option("--wrt", multiple=True, metavar="NAMES", help="By these only: W,b. Default: all.")
@click.option("--let", multiple=True, metavar="SETS", help='Shapes: "X in R^(m, n); w in R^n".')
@click.option("--at", multiple=True, metavar="POINT", help='"x=3, y=2", W=@w.npy or @point.json.')
@click.option("--mode", type=click.Choice(MODES), default=MODES[0], show_default=True)
@click.option("--check", is_flag=True, help="Append a test against certified values at the point.")
@click.option("--blas", is_flag=True, help="C: products of matrices by a BLAS.")
@click.option("--batch", multiple=True, metavar="NAMES", help="C: also over many of these: x,y.")
@click.option("--name", default="f", show_default=True, help="What the function is called.")
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Write to a file.")
def command(
    expression: str, target: str, wrt: tuple[str, ...], let: tuple[str, ...], at: tuple[str, ...],
    mode: str, check: bool, blas: bool, batch: tuple[str, ...], name: str, output: Path | None,
) -> None:  # fmt: skip
    """Write a function that returns EXPR and its gradient, line by line, without other tools.

    Sizes are those of --let, of the program's own sets, or of the values in --at; a letter stands
    for every size. EXPR is an expression, statements with ";" between them, "-" or @file.grad.
    """
    from gradcli.api.code import code  # noqa: PLC0415 what --help must not pay for
    from gradcli.cli import screen  # noqa: PLC0415

    source, folder = read(expression)
    text = code(
        source,
        target,
        wrt=wrt,
        let=let,
        at=at,
        mode=mode,
        check=check,
        name=name,
        blas=blas,
        batch=batch,
        folder=folder,
    )
    screen.report([(text, "")], no_color=True, output=output)
