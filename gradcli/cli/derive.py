"""`gradcli derive`: the derivative of an expression as a formula.

Must not compute or format: options in, one call, the result to `show`.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from gradcli.choices import DRAWINGS
from gradcli.cli import complete
from gradcli.cli.options import Command, coloured, folding, read

if TYPE_CHECKING:
    from gradcli.errors import Source

EXAMPLES = """\b
Examples:
  gradcli derive "sum((X @ w - y)^2)" --wrt w --let "X in R^(m, n); w in R^n; y in R^m"
  gradcli derive "p = softmax(z); -sum(y*log(p))" --wrt z --let "z in R^k; y in onehot(k)"
  gradcli derive "x.T @ A @ x" --wrt x,A --let "x in R^n; A in R^(n, n)" --format latex
  gradcli derive "x^3*y^2" --order 2
  gradcli derive "a*sin(b*x)" --graph --format svg > d.svg
  gradcli derive "x*exp(x^2)" --steps > d.grad && gradcli check d.grad
"""


FORMULAS = ("text", "latex", "markdown", "python", "json")


@click.command(cls=Command, name="derive", epilog=EXAMPLES)
@click.argument("expression", metavar="EXPR", shell_complete=complete.expressions)
@click.option(
    "--wrt",
    multiple=True,
    shell_complete=complete.names,
    metavar="NAMES",
    help="By these only: W,b. Default: all.",
)
@click.option("--let", multiple=True, metavar="SETS", help='"X in R^(m, n); y in onehot(m)".')
@click.option("--at", multiple=True, metavar="POINT", help="Shapes by values instead: X=@X.npy.")
@click.option("--order", type=click.IntRange(1, 9), default=1, help="How often.  [1]")
@click.option("--layout", type=click.Choice(["numerator", "denominator"]), default="numerator",
              show_default=True, help="Of a vector by a vector.")  # fmt: skip
@click.option("--steps", is_flag=True, help="The way there, as a derivation for check.")
@click.option("--graph", is_flag=True, help="The graph of the derivative beside the function's.")
@folding
@click.option("--seed", type=int, default=0, help="For the points of the verification.")
@click.option("--format", "form", default="text", show_default=True, help="How to show it.",
              type=click.Choice([*dict.fromkeys((*FORMULAS, *DRAWINGS))]))  # fmt: skip
@coloured
def command(
    expression: str, wrt: tuple[str, ...], let: tuple[str, ...], at: tuple[str, ...],
    order: int, layout: str, steps: bool, graph: bool, fold: str, seed: int, form: str,
    no_color: bool,
) -> int:  # fmt: skip
    """The derivative of EXPR as a formula, which is verified before it is shown.

    EXPR is an expression, statements with ";" between them, "-" for standard input, or @file.grad.
    Names that no --let declares are scalars, where there is none.
    """
    from gradcli.api.formulas import derive  # noqa: PLC0415 what --help must not pay for
    from gradcli.cli import screen  # noqa: PLC0415
    from gradcli.show.derive import derivations  # noqa: PLC0415

    source, folder = read(expression)
    if graph:
        if steps or order > 1 or form not in DRAWINGS:
            raise click.UsageError(f"--graph is of the first order, as {', '.join(DRAWINGS)}")
        asked = {"wrt": wrt, "let": let, "seed": seed, "fold": fold, "folder": folder}
        return _drawn(source, at, form, no_color, **asked)
    if form not in FORMULAS:
        raise click.UsageError(f"--format {form} draws: it goes with --graph")
    if steps:
        if form not in ("text", "latex") or layout != "numerator":
            raise click.UsageError("--steps is text or LaTeX, in the numerator layout.")
        from gradcli.api.steps import steps as lecture  # noqa: PLC0415

        told = lecture(source, wrt, let, at=at, order=order, seed=seed, folder=folder)
        text = told.text
        if form == "latex":
            from gradcli.api.converted import to_latex  # noqa: PLC0415
            from gradcli.errors import Source  # noqa: PLC0415

            text = to_latex(Source("<steps>", text))
        screen.put(text, form, no_color)
        return 0
    found = derive(source, wrt, let, at=at, order=order, layout=layout, seed=seed, folder=folder)
    screen.put(derivations(found, form), form, no_color)
    return 0


def _drawn(
    source: Source | str, at: tuple[str, ...], form: str, no_color: bool, **asked: Any
) -> int:
    """The graph of the function and of its derivative; the exit code."""
    from gradcli import api  # noqa: PLC0415
    from gradcli.cli import screen  # noqa: PLC0415
    from gradcli.show import graph_formats  # noqa: PLC0415

    found = api.graph(source, at, derivative=True, **asked)
    wide, ascii = screen.width(sys.stdout), not screen.has_dots(sys.stdout)
    content = graph_formats.content(found, form, None, None, wide, ascii)
    screen.put(content, "table" if form == DRAWINGS[0] else form, no_color)
    return 0
