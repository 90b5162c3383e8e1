"""What commands share: arguments that begin with `-`, options, and reading an expression.

Must not know any command.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click

from gradcli.choices import COLOURS, FOLDS
from gradcli.cli import complete, screen

if TYPE_CHECKING:
    from pathlib import Path

    from gradcli.errors import Source

F = TypeVar("F", bound=Callable[..., Any])


def _limited(ctx: click.Context, _: click.Parameter, operations: int | None) -> None:
    """Let what is asked take so many operations, or as many as the project says."""
    if ctx.resilient_parsing:
        return
    from pathlib import Path  # noqa: PLC0415 what --help must not pay for

    from gradcli import work  # noqa: PLC0415
    from gradcli.project import config  # noqa: PLC0415

    ctx.with_resource(work.limited(operations or config.load(Path()).limit))


LIMIT = click.Option(
    ["--limit"],
    type=click.IntRange(1),
    expose_value=False,
    callback=_limited,
    help="Operations that this may take.  [4000000]",
)


def _noted(ctx: click.Context, parameter: click.Parameter, value: str) -> None:
    """Keep what is to be taken of a program for whoever reads it."""
    ctx.meta[f"gradcli.{parameter.name}"] = value


EXCERPT = (
    click.Option(
        ["--of"], default="", metavar="NAME", expose_value=False, callback=_noted,
        help="Of this name or expression. Default: the last line.",
    ),
    click.Option(
        ["-k", "derivation"], default="", metavar="NAME", expose_value=False, callback=_noted,
        help="Of a file's derivation named like this.",
    ),
)  # fmt: skip
"""What is taken of a program that has several outputs or derivations."""


def coloured(function: F) -> F:
    """The options on colour."""
    plain = click.option("--no-color", is_flag=True, help="No colours, as with NO_COLOR.")
    when = click.option(
        "--color",
        type=click.Choice(COLOURS),
        default=COLOURS[0],
        expose_value=False,
        is_eager=True,  # what is wrong with the others is coloured, too
        callback=lambda ctx, parameter, value: screen.choose(value),
        help="When to colour.  [auto]",
    )
    return when(plain(function))


class Command(click.Command):
    """A command whose arguments may begin with `-`: only `--…` and known options are options.

    Each may be told how much work it may do.
    """

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        if any(p.name == "expression" for p in self.params):
            self.params += [*EXCERPT, LIMIT]

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        takes_value = {
            name: not (isinstance(p, click.Option) and (p.is_flag or p.count))
            for p in self.get_params(ctx)
            if isinstance(p, click.Option)
            for name in (*p.opts, *p.secondary_opts)
        }
        options: list[str] = []
        texts: list[str] = []
        rest = iter(args)
        for arg in rest:
            if arg == "--":
                texts += rest
            elif not (arg.startswith("--") or arg in takes_value):
                texts.append(arg)
            else:
                options.append(arg)
                if takes_value.get(arg):
                    options += [value for value in [next(rest, None)] if value is not None]
        most = sum(isinstance(p, click.Argument) for p in self.params)
        known = all(o.partition("=")[0] in takes_value for o in options if o.startswith("--"))
        if known and len(texts) > most and not ctx.resilient_parsing:
            surplus = " ".join(texts[most:])
            hint = next((f"did you mean -{t}?" for t in texts if f"-{t}" in takes_value), QUOTE)
            ctx.fail(f"unexpected argument ({surplus}): {hint}")
        return super().parse_args(ctx, [*options, "--", *texts])


QUOTE = 'an expression with spaces or * needs quotes, as in "x * y"'


def hinted(function: F) -> F:
    """The option on how much of a mistake is told to who wants to find it."""
    told = click.option(
        "--hint",
        metavar="[1|2]",
        type=click.IntRange(0, 2),
        default=0,
        help="The kind of mistake, or its place, too.",
    )
    return told(function)


def shown(*forms: str) -> Callable[[F], F]:
    """The options on how results are shown."""

    def decorate(function: F) -> F:
        form = click.Choice(forms)
        function = coloured(function)
        return click.option(
            "--format",
            "form",
            type=form,
            default="table",
            show_default=True,
            help="How to show it.",
        )(function)

    return decorate


folding = click.option(
    "--fold", type=click.Choice(FOLDS), default=FOLDS[0],
    help="Steps that are a whole call: of a library function, all, none.  [library]",
)  # fmt: skip
"""Whether a function that is made of others, as norm(x) is, is one step or several."""
FORMS = ("table", "plain", "json", "csv", "markdown", "latex")


def at_a_point(function: F) -> F:
    """What every command on an expression at a point takes, but for what it asks."""
    return _pointed(function, *FORMS)


def at_a_point_to_walk(function: F) -> F:
    """The same for what can be shown as a page that one steps through."""
    return _pointed(function, *FORMS, "html")


def _pointed(function: F, *forms: str) -> F:
    decorators = [
        click.argument("expression", metavar="EXPR", shell_complete=complete.expressions),
        click.option(
            "--at",
            multiple=True,
            metavar="POINT",
            shell_complete=complete.values,
            help='"x=3, y=2", W=@w.npy or @point.json.',
        ),
        click.option(
            "--wrt",
            multiple=True,
            metavar="NAMES",
            shell_complete=complete.names,
            help="By these only: W,b. Default: all.",
        ),
        click.option("--precision", type=click.IntRange(1, 1000), help="Significant digits.  [15]"),
        click.option("--seed", type=int, default=0, help="For random directions."),
        click.option("--quiet", is_flag=True, help="Numbers only, no remarks."),
        shown(*forms),
    ]
    for decorate in reversed(decorators):
        function = decorate(function)
    return function


def read(text: str) -> tuple[Source | str, Path | None]:
    """The expression, or what `-` and `@file` stand for, and the folder of that file.

    Of that, what `EXCERPT` says.
    """
    source, folder = _read(text)
    meta = click.get_current_context().meta
    chosen = {name: meta.get(f"gradcli.{name}", "") for name in ("derivation", "of")}
    if not any(chosen.values()):
        return source, folder
    from gradcli.errors import Source  # noqa: PLC0415 what --help must not pay for
    from gradcli.language.documents.excerpt import excerpt  # noqa: PLC0415 seldom asked

    whole = source if isinstance(source, Source) else Source("<expression>", source)
    return excerpt(whole, **chosen), folder


def _read(text: str) -> tuple[Source | str, Path | None]:
    if text != "-" and not text.startswith("@"):
        return text, None
    from pathlib import Path  # noqa: PLC0415 what --help must not pay for

    from gradcli.errors import wrong  # noqa: PLC0415
    from gradcli.project import files  # noqa: PLC0415

    if text == "-":
        return files.decoded(sys.stdin.buffer, "<stdin>", "standard input"), None
    if text == "@":
        raise wrong("G011", "no file is named behind the @")
    return files.read(text[1:]), Path(text[1:]).expanduser().parent
