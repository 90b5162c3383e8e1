"""`gradcli convert`: a sheet in another spelling.

Must not know how either spelling is read or written.
"""

from __future__ import annotations

import click

from gradcli.cli import complete

EXAMPLES = """\b
Examples:
  gradcli convert softmax.grad --to latex
  gradcli convert softmax.grad --standalone --output softmax.tex
"""


@click.command(name="convert", epilog=EXAMPLES)
@click.argument("path", metavar="FILE", shell_complete=complete.files)
@click.option("--to", "target", type=click.Choice(["latex"]), default="latex", help="[latex]")
@click.option("--standalone", is_flag=True, help="A whole document, ready for LaTeX.")
@click.option("--output", metavar="FILE", shell_complete=complete.files, help="Write it to a file.")
def command(path: str, target: str, standalone: bool, output: str | None) -> None:
    """Write the derivations in FILE, or of standard input for -, as LaTeX.

    Definitions and claims stand in align environments, declarations in words and in comments that
    gradcli reads. Nothing is judged.
    """
    from pathlib import Path  # noqa: PLC0415 what --help must not pay for

    from gradcli.api.converted import to_latex  # noqa: PLC0415
    from gradcli.cli import screen  # noqa: PLC0415
    from gradcli.cli.options import read  # noqa: PLC0415
    from gradcli.errors import Source  # noqa: PLC0415
    from gradcli.reading import Place, project  # noqa: PLC0415

    source, _ = read("-" if path == "-" else f"@{path}")
    assert isinstance(source, Source)
    folder = Path() if path == "-" else Path(path).expanduser().parent
    text = to_latex(source, standalone=standalone, place=Place(folder, project(folder)))
    screen.report([(text, "")], True, Path(output) if output else None)
