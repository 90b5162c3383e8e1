"""`gradcli functions`: the functions of the language, or one of them.

Must not know what a function says of itself, nor how that is drawn.
"""

from __future__ import annotations

import click

from gradcli.cli import complete
from gradcli.cli.options import Command, shown

EXAMPLES = """\b
Examples:
  gradcli functions
  gradcli functions sigmoid
  gradcli functions softmax --format json
"""


@click.command(cls=Command, name="functions", epilog=EXAMPLES)
@click.argument("name", required=False, shell_complete=complete.functions)
@shown("table", "plain", "json", "markdown", "latex")
def command(name: str | None, form: str, no_color: bool) -> None:
    """List the functions, or show value, derivative, domain and kinks of NAME."""
    from gradcli.cli import screen  # noqa: PLC0415 what --help must not pay for
    from gradcli.ops import FUNCTIONS  # noqa: PLC0415
    from gradcli.reference.functions import describe, operators  # noqa: PLC0415
    from gradcli.show import formats  # noqa: PLC0415

    if name is None:
        pages = [describe(found) for key, found in FUNCTIONS.items() if key == found.name]
        screen.put(formats.function_list([*pages, *operators().values()], form), form, no_color)
        return
    if name in operators():
        screen.put(formats.function(operators()[name], form), form, no_color)
        return
    if name not in FUNCTIONS:
        from gradcli.errors import wrong  # noqa: PLC0415
        from gradcli.language.scope import nearest  # noqa: PLC0415

        near = nearest(name, [*FUNCTIONS, *operators()])
        help = f'did you mean "{near}"?' if near else "gradcli functions  lists them all"
        raise wrong("G005", f'unknown function "{name}"', help=help)
    screen.put(formats.function(describe(FUNCTIONS[name]), form), form, no_color)
