"""`gradcli convert`: a sheet in another spelling.

Must not know how either spelling is read or written.
"""

from __future__ import annotations

import click

from gradcli.cli import complete

EXAMPLES = """\b
Examples:
  gradcli convert softmax.grad
  gradcli convert softmax.grad --standalone --output softmax.tex
  gradcli convert paper.tex --output paper.grad
"""


@click.command(name="convert", epilog=EXAMPLES)
@click.argument("path", metavar="FILE", shell_complete=complete.files)
@click.option(
    "--to", "target", type=click.Choice(["latex", "grad"]), help="Of LaTeX: grad; else: latex."
)
@click.option("--standalone", is_flag=True, help="A whole document, ready for LaTeX.")
@click.option("--output", metavar="FILE", shell_complete=complete.files, help="Write it to a file.")
def command(path: str, target: str | None, standalone: bool, output: str | None) -> None:
    """Write a sheet as LaTeX, and the displays of LaTeX, Markdown or a notebook as a sheet.

    In LaTeX, definitions and claims stand in align environments, declarations in words and in
    comments that gradcli reads; the lines that it would not read again are told. What is not read
    of a paper is a comment of the sheet, and a claim that its shapes refute is told. Nothing is
    judged. FILE is - for standard input.
    """
    from pathlib import Path  # noqa: PLC0415 what --help must not pay for

    from gradcli.api import converted  # noqa: PLC0415
    from gradcli.cli import screen  # noqa: PLC0415
    from gradcli.cli.options import read  # noqa: PLC0415
    from gradcli.errors import Source  # noqa: PLC0415
    from gradcli.project.papers import paper, text_of  # noqa: PLC0415
    from gradcli.reading import Place, project  # noqa: PLC0415

    source, _ = read("-" if path == "-" else f"@{path}")
    assert isinstance(source, Source)
    folder = Path() if path == "-" else Path(path).expanduser().parent
    place = Place(folder, project(folder))
    document = paper(path, text_of(path, source), True, place)
    if (target or ("latex" if document is None else "grad")) == "latex":
        if document is not None:
            raise click.UsageError(f"{path} has its formulas in LaTeX; --to grad makes a sheet")
        text = converted.to_latex(source, standalone=standalone, place=place)
        for line in converted.not_read_again(text):
            click.echo(f"gradcli check does not read {line}", err=True)
    elif document is None or standalone:
        reason = "--standalone is for LaTeX" if standalone else f"{path} is a sheet already"
        raise click.UsageError(reason)
    else:
        text = converted.to_sheet(document)
        for line in converted.not_said(document):
            click.echo(f"no sheet can say what is refuted by its shapes, {line}", err=True)
    screen.report([(text, "")], True, Path(output) if output else None)
