"""The command line: the group of commands, each loaded only when it is asked for.

Must not import anything but click: `--help`, `--version` and completion have to be instant.
"""

from __future__ import annotations

import gc
import sys
from importlib import import_module

import click

from gradcli.version import __version__

COMMANDS = {
    "diff": "Value and gradient of an expression at a point.",
    "derive": "The derivative of an expression as a formula, in matrix notation.",
    "jacobian": "The derivative of an array by its inputs, as one matrix.",
    "hessian": "The second derivatives of a scalar.",
    "jvp": "A Jacobian times a tangent.",
    "vjp": "A cotangent times a Jacobian.",
    "hvp": "A Hessian times a tangent, without the Hessian.",
    "graph": "The computational graph with values, gradients and local derivatives.",
    "paths": "Every path from an input to the output, with its product of local derivatives.",
    "descend": "Steps downhill, and what the slope promised beside what came.",
    "plot": "A function and its derivative over an interval, with kinks, jumps and poles.",
    "series": "The Taylor polynomial of an expression, with its remainder.",
    "codegen": "Value and gradient as a function for NumPy, PyTorch, JAX or C.",
    "check": "Verify hand derivations in files, folders, Markdown or a program given inline.",
    "convert": "A sheet as LaTeX, and LaTeX as a sheet.",
    "explain": "What a code, a verdict or a kind of mistake means, with an example.",
    "functions": "The functions of the language, with their derivatives.",
    "repl": "A conversation: definitions are kept, expressions answered.",
    "completion": "What bash, zsh or fish reads to complete commands and names.",
    "man": "The manual pages.",
    "lsp": "The language server: verdicts, mends and more in an editor, while one types.",
}


class Lazy(click.Group):
    """A group whose commands live in modules of the same names."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        found: click.Command = import_module(f"gradcli.cli.{cmd_name}").command
        return found

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without loading any."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name = args[0]
        if not ctx.resilient_parsing and name not in COMMANDS and not name.startswith("--"):
            from difflib import get_close_matches  # noqa: PLC0415 seldom asked

            near = get_close_matches(name, COMMANDS, n=1)
            hint = f'Did you mean "{near[0]}"?' if near else f'Try  gradcli diff "{name}"'
            ctx.fail(f'No such command "{name}". {hint}')
        return super().resolve_command(ctx, args)


@click.group(
    cls=Lazy,
    epilog='Try  gradcli diff "x^2 * y" --at "x=3, y=2"  or  gradcli check notes.grad.',
)
@click.version_option(__version__, prog_name="gradcli")
def group() -> None:
    """A gradient calculator and checker: every digit printed is right."""


def main() -> None:
    """The console script."""
    from gradcli.cli.late import on_demand  # noqa: PLC0415 only a run needs it
    from gradcli.cli.run import prepare_streams, run  # noqa: PLC0415

    # What is loaded stays: to look for garbage among it is a tenth of a short run.
    gc.set_threshold(100_000)
    on_demand("numpy")
    prepare_streams()
    code = run(group, sys.argv[1:])
    # Nor is it looked through once more at the end, which is as long as it takes to check a claim.
    gc.freeze()
    sys.exit(code)
