"""`gradcli diff`: value and gradient of an expression at a point.

Must not compute or format: options in, one call, the result to `show`.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from gradcli.cli.options import Command, at_a_point_to_walk, folding, read

EXAMPLES = """\b
Examples:
  gradcli diff "x^2 * y" --at "x=3, y=2"
  gradcli diff "sum((X @ w - y)^2)" --at "X=@X.npy, y=@y.csv" --at "w=[1, 0]" --wrt w
  gradcli diff "q = x + y; q*z" --at "x=-2, y=5, z=-4" --trace
  gradcli diff @net.grad --at @point.json --format json
  gradcli diff @net.grad --format html > steps.html
  gradcli diff "exp(sin(x))" --at x=1 --h 1e-4
  gradcli diff "mean((X @ w - y)^2)" --rows data.parquet --let "X = [age, income]; y = label" \
    --at "w=[0, 0]"
  echo "-x^2" | gradcli diff - --at x=3
"""


@click.command(cls=Command, name="diff", epilog=EXAMPLES)
@at_a_point_to_walk
@click.option("--trace", is_flag=True, help="Show every step, forwards and backwards.")
@folding
@click.option("--layers", is_flag=True, help="The error signal of each named layer, with norms.")
@click.option("--weight", metavar="ENTRY", default="",
              help='The path that gave one weight its gradient: "W[0, 1]".')  # fmt: skip
@click.option("--float32", is_flag=True, help="Say what single precision makes of it.")
@click.option("--h", metavar="NUMBER", help="Difference quotients for it, and their error over h.")
@click.option(
    "--scheme", type=click.Choice(("forward", "central", "complex")),
    help="Of quotients.  [all three]",
)  # fmt: skip
@click.option(
    "--plot", type=click.Path(path_type=Path), help="Write the curve of --h as an SVG file."
)
@click.option("--rows", multiple=True, metavar="FILE", help="Over rows: CSV, Parquet, Arrow, NPY.")
@click.option("--let", multiple=True, metavar="TEXT", help='Of columns: "X = [age, income]".')
@click.option("--each", type=click.Path(path_type=Path), help="Each row's gradient, to Parquet.")
@click.option("--sample", type=click.IntRange(1), metavar="N", help="Rows to certify.  [16]")
@click.option("--engine", metavar="ENGINE", help="For rows: dask, dask://HOST:PORT.  [threads]")
@click.option("--called", hidden=True, help="What an output without a name is called.")
def command(
    expression: str, at: tuple[str, ...], wrt: tuple[str, ...], trace: bool, plot: Path | None,
    fold: str, layers: bool, weight: str, float32: bool, h: str | None, scheme: str | None,
    rows: tuple[str, ...], let: tuple[str, ...], each: Path | None, sample: int | None,
    engine: str | None, called: str | None,
    precision: int | None, seed: int, quiet: bool, form: str, no_color: bool,
) -> int:  # fmt: skip
    """Differentiate EXPR at a point, by every input, and show how that was checked.

    EXPR is an expression, statements with ";" between them, "-" for standard input, or @file.grad.
    """
    of_rows: dict[str, Any] = {"let": let, "each": each, "sample": sample, "engine": engine}
    given = {key: value for key, value in of_rows.items() if value}
    if rows:
        from gradcli.cli import rows as over_rows  # noqa: PLC0415 what --help must not pay for

        if h or trace or layers or weight or float32 or form == "html":
            raise click.UsageError("--rows asks for value and gradient: ask for them alone")
        given |= {"rows": rows, "at": at, "wrt": wrt, "seed": seed}
        return over_rows.rows(expression, precision, form, no_color, quiet, **given)
    if given:
        raise click.UsageError(f"--{next(iter(given))} goes with --rows")
    from gradcli import api  # noqa: PLC0415
    from gradcli.cli import screen  # noqa: PLC0415
    from gradcli.show import formats  # noqa: PLC0415

    source, folder = read(expression)
    layers = layers or bool(weight)
    if (scheme or plot) and not h:
        raise click.UsageError("--scheme and --plot go with --h, as in  --h 1e-4")
    if form == "html" and (h or layers):
        raise click.UsageError("--format html shows the steps of a gradient: ask for it alone")
    if layers and (h or trace):
        raise click.UsageError("--layers is a question of its own: ask for one at a time")
    if layers:
        asked = {"at": at, "wrt": wrt, "weight": weight, "seed": seed, "folder": folder}
        asked["fold"] = fold
        return _layers(source, precision, form, no_color, quiet, **asked)
    if h and trace:
        raise click.UsageError("--h and --trace are two questions: ask for one at a time")
    if h:
        asked = {"at": at, "wrt": wrt, "seed": seed, "h": h, "scheme": scheme, "folder": folder}
        return _quotients(source, precision, form, no_color, quiet, plot, **asked)
    if form == "html":
        asked = {"at": at, "wrt": wrt, "seed": seed, "fold": fold, "folder": folder}
        return _walk(source, precision, no_color, quiet, **asked)
    result = api.diff(
        source, at, wrt=wrt, precision=precision or formats.DIGITS,
        seed=seed, trace=trace, single=float32, fold=fold, folder=folder,
    )  # fmt: skip
    result.name = result.name or called
    content, remarks = formats.diff(result, form, precision, screen.width(sys.stdout))
    screen.put(content, form, no_color, remarks, quiet)
    return 0 if result.settled else 1


def _walk(source: Any, precision: int | None, no_color: bool, quiet: bool, **asked: Any) -> int:
    """The page that one steps through; the exit code."""
    from gradcli import api  # noqa: PLC0415
    from gradcli.cli import screen  # noqa: PLC0415
    from gradcli.show import walkthrough  # noqa: PLC0415

    result = api.gradient_graph(source, precision=precision or 15, **asked)
    content, remarks = walkthrough.content(result, precision)
    screen.put(content, "html", no_color, remarks, quiet)
    return 0 if result.settled else 1


def _quotients(
    source: Any, precision: int | None, form: str, no_color: bool, quiet: bool, plot: Path | None,
    **asked: Any,
) -> int:  # fmt: skip
    """Difference quotients beside the derivative; the exit code."""
    from gradcli import api  # noqa: PLC0415
    from gradcli.cli import screen  # noqa: PLC0415
    from gradcli.show import quotients  # noqa: PLC0415

    found = api.quotients(source, precision=precision or 15, **asked)
    if plot is not None:
        screen.report([(quotients.drawing(found), "")], no_color, plot)
    wide, ascii = screen.width(sys.stdout), not screen.has_dots(sys.stdout)
    content = quotients.content(found, form, precision, wide, ascii)
    screen.put(content, form, no_color, (), quiet)
    return 0 if found.derivative.settled else 1


def _layers(
    source: Any, precision: int | None, form: str, no_color: bool, quiet: bool, **asked: Any
) -> int:
    """The error signals of the layers; the exit code."""
    from gradcli import api  # noqa: PLC0415
    from gradcli.cli import screen  # noqa: PLC0415
    from gradcli.show import layers  # noqa: PLC0415

    found = api.layers(source, precision=precision or 15, **asked)
    content = layers.content(found, form, precision, screen.width(sys.stdout))
    screen.put(content, form, no_color, (), quiet)
    return 0 if found.settled else 1
