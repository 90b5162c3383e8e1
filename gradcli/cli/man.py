"""`gradcli man`: the manual pages, made of what `--help` is made of.

Must not know roff.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from gradcli.cli import complete

if TYPE_CHECKING:
    from gradcli.show.roff import ManualPage

EXAMPLES = """\b
Examples:
  gradcli man check | man -l -
  gradcli man --output ~/.local/share/man/man1    # then  man gradcli-check
"""
EXIT = (
    ("0", "Everything asked for is there, and every claim holds."),
    ("1", "A claim is refuted or undecided, or a number stays open at the highest precision."),
    ("2", "The input is wrong, cannot be read, or takes more work than the limit."),
    ("3", "gradcli contradicts itself or fails: a bug."),
    ("74", "Standard output cannot be written."),
    ("130", "Interrupted."),
)


@click.command(name="man", epilog=EXAMPLES)
@click.argument("name", required=False, metavar="[COMMAND]", shell_complete=complete.commands)
@click.option("--output", metavar="FOLDER", help="Write the pages of all commands there.")
def command(name: str | None, output: str | None) -> None:
    """Print the manual page of COMMAND, or of gradcli itself, for  man -l -."""
    from pathlib import Path  # noqa: PLC0415 what --help must not pay for

    from gradcli.cli import COMMANDS, screen  # noqa: PLC0415
    from gradcli.show.roff import roff  # noqa: PLC0415

    if name is not None and name not in COMMANDS:
        raise click.UsageError(f'No such command "{name}". There are {", ".join(COMMANDS)}.')
    if output is None:
        screen.put(roff(page(name)), "text", no_color=True)
        return
    folder = Path(output).expanduser()
    folder.mkdir(parents=True, exist_ok=True)
    for each in [None, *COMMANDS] if name is None else [name]:
        found = page(each)
        screen.save(roff(found), folder / f"{found.name}.1")


def page(name: str | None) -> ManualPage:
    """The page of a command, or of the program."""
    from inspect import cleandoc  # noqa: PLC0415

    from gradcli.cli import COMMANDS, group  # noqa: PLC0415
    from gradcli.show.roff import ManualPage  # noqa: PLC0415

    parent = click.Context(group, info_name="gradcli")
    if name is None:
        entry: click.Command = group
        ctx, summary = parent, "a gradient calculator and checker"
        others = [(f"gradcli-{each}(1)", text) for each, text in COMMANDS.items()]
    else:
        loaded = group.get_command(parent, name)
        assert loaded is not None
        entry, summary = loaded, COMMANDS[name].rstrip(".")
        ctx, others = click.Context(entry, parent, info_name=name), [("gradcli(1)", "")]
    options = [p for p in entry.get_params(ctx) if isinstance(p, click.Option)]
    records = [r for p in options if (r := p.get_help_record(ctx)) is not None]
    return ManualPage(
        "gradcli" if name is None else f"gradcli-{name}",
        summary,
        f"{ctx.command_path} {' '.join(entry.collect_usage_pieces(ctx))}",
        cleandoc(entry.help or "").replace("\b\n", ""),
        records,
        cleandoc(entry.epilog or "").replace("\b\n", ""),
        EXIT,
        others,
    )
