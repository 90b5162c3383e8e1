"""`gradcli lsp`: the language server that editors start.

Must not know the protocol.
"""

from __future__ import annotations

from importlib.util import find_spec

import click

from gradcli.cli.options import hinted

EXAMPLES = """\b
Examples:
  gradcli lsp          (an editor starts it; docs/editors.md says how)
  pip install "gradcli[lsp]"
"""


@click.command(name="lsp", epilog=EXAMPLES)
@click.option("--stdio", is_flag=True, help="As without it: speak on standard input and output.")
@click.option("--run-code", is_flag=True, help="Run Python files to check them when saved.")
@hinted
def command(stdio: bool, run_code: bool, hint: int) -> None:
    """Serve an editor: verdicts while one types, mends, hover, completion, names, outline.

    It speaks the Language Server Protocol on standard input and output.
    """
    if find_spec("pygls") is None:
        from gradcli.errors import wrong  # noqa: PLC0415 only a mistake needs it

        help = 'pip install "gradcli[lsp]"'
        raise wrong("G013", "the language server needs pygls, which is not installed", help=help)
    from gradcli.lsp.server import serve  # noqa: PLC0415 what --help must not pay for

    serve(run_code, hint)
