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
  gradcli functions soft
  gradcli functions softmax --format json
"""


@click.command(cls=Command, name="functions", epilog=EXAMPLES)
@click.argument("name", required=False, shell_complete=complete.functions)
@shown("table", "plain", "json", "markdown", "latex")
def command(name: str | None, form: str, no_color: bool) -> None:
    """List the functions, or show value, derivative, domain and kinks of NAME.

    Where NAME is only a part of names, those functions are listed.
    """
    from gradcli.cli import screen  # noqa: PLC0415 what --help must not pay for
    from gradcli.reference.functions import alike, every  # noqa: PLC0415
    from gradcli.show import formats  # noqa: PLC0415

    found = every() if name is None else alike(name)
    one = len(found) == 1
    made = formats.function(found[0], form) if one else formats.function_list(found, form)
    screen.put(made, form, no_color)
