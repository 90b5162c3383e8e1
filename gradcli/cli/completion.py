"""`gradcli completion`: what a shell is told so that it completes commands, files and names.

Must not know what completes which argument: `complete` does.
"""

from __future__ import annotations

import click

VARIABLE = "_GRADCLI_COMPLETE"
QUOTING = (
    "COMPREPLY+=($value)",
    """[[ ${COMP_WORDS[COMP_CWORD]} == [\\"\\']* ]] || printf -v value %q "$value"
            COMPREPLY+=("$value")""",
)
"""What click's script for bash lacks: titles have spaces, functions end in brackets."""
EXAMPLES = """\b
Examples:
  gradcli completion bash > ~/.local/share/bash-completion/completions/gradcli
  gradcli completion zsh > ~/.zfunc/_gradcli     # a folder in $fpath
  gradcli completion fish > ~/.config/fish/completions/gradcli.fish
  eval "$(gradcli completion bash)"              # this session alone
"""


@click.command(name="completion", epilog=EXAMPLES)
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def command(shell: str) -> None:
    """Print what SHELL has to read to complete commands, options, files, functions and names."""
    from click.shell_completion import get_completion_class  # noqa: PLC0415 what --help must not pay for

    from gradcli.cli import group  # noqa: PLC0415

    found = get_completion_class(shell)
    assert found is not None
    click.echo(found(group, {}, "gradcli", VARIABLE).source().replace(*QUOTING))
