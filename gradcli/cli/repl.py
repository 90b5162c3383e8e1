"""`gradcli repl`: a conversation, line by line; what was defined is kept, and no mistake ends it.

Must not know what a line means: `session` makes a command of it, which is run as any other.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from gradcli.cli.session import Session

PROMPT = "> "
EXAMPLES = """\b
Examples:
  gradcli repl
  gradcli repl < lines.txt
  printf 'x = 3\\nf = x^2\\ngrad f x\\nans + 1\\n' | gradcli repl
"""


@click.command(name="repl", epilog=EXAMPLES)
def command() -> int:
    """Type definitions, expressions, and words such as  grad f x  or  trace f.

    With gradcli[repl] there is a history and completion. help lists the words; quit ends it.
    """
    from gradcli.cli.session import Session  # noqa: PLC0415 what --help must not pay for

    session = Session()
    worst = 0
    for line in _lines(session):
        if line.strip() in ("quit", "exit"):
            break
        if line.strip() and not line.lstrip().startswith("#"):
            worst = max(worst, answer(session, line))
    # Somebody who types has seen what was wrong; a script has to be told.
    return 0 if sys.stdin.isatty() else worst


def answer(session: Session, line: str) -> int:
    """Answer a line; the exit code that its command has."""
    from gradcli.cli.session import DECLARED, HELP, OWN  # noqa: PLC0415

    word, _, rest = line.strip().partition(" ")
    name = session.define(line)
    if name is None and word in OWN and (word == "forget") == bool(rest.strip()):
        if word == "forget":
            gone = [each for each in rest.replace(",", " ").split() if not session.forget(each)]
            return _say([f"there is no {each}" for each in gone])
        return _say(session.names if word == "names" else HELP.splitlines())
    if name in ("ans", *OWN):
        _say([f"{name} has a meaning here: take another name"])
        return 2
    if DECLARED.match(line):
        _say(["a value says what a name is: write  x = 3  or  x = [1, 2]"])
        return 2
    return _define(session, line) if name is not None else _run(session, line)


def _define(session: Session, line: str) -> int:
    """Keep a line if it can be read."""
    from gradcli.cli.session import Session  # noqa: PLC0415

    tried = Session()
    tried.values, tried.statements = {**session.values}, {**session.statements}
    tried.remember(line)
    name = session.define(line)
    assert name is not None
    if name in tried.values:
        code = _started(["diff", "--quiet", tried.values[name]], silent=True)
    else:
        code = _readable(tried, name)
    if code == 0:
        session.remember(line)
    return code


def _readable(tried: Session, name: str) -> int:
    """Whether a definition can be read, with those that it stands on; names may lack values yet."""
    from gradcli.cli import screen  # noqa: PLC0415
    from gradcli.errors import GradcliError, Source  # noqa: PLC0415
    from gradcli.language.parsing.parse import read  # noqa: PLC0415

    try:
        reading = read(Source("<line>", tried.statements[name]))
        if reading.complaints:
            raise GradcliError(*reading.complaints)
    except GradcliError as error:
        screen.complain(error.diagnostics, no_color=False)
        return error.exit_code
    return 0


def _run(session: Session, line: str) -> int:
    from gradcli.cli.session import OF_THE_PROGRAM, WORDS  # noqa: PLC0415

    try:
        arguments = session.arguments(line)
    except ValueError as error:
        click.echo(f"error: {error}", err=True)
        return 2
    code = _started(arguments)
    word = line.split(maxsplit=1)[0]
    if code == 0 and word not in (*WORDS, *OF_THE_PROGRAM):
        session.keep(line)
    return code


def _started(arguments: list[str], silent: bool = False) -> int:
    """Run a command; its exit code, whatever happens in it."""
    from contextlib import nullcontext, redirect_stdout  # noqa: PLC0415
    from io import StringIO  # noqa: PLC0415

    from gradcli.cli import group  # noqa: PLC0415
    from gradcli.cli.run import run  # noqa: PLC0415

    with redirect_stdout(StringIO()) if silent else nullcontext():
        return run(group, arguments)


def _say(lines: list[str]) -> int:
    for line in lines:
        click.echo(line)
    return 0


def _lines(session: Session) -> Iterator[str]:
    """What is typed, until there is no more; an interrupt drops a line, not the conversation."""
    ask = _asking(session)
    while True:
        try:
            yield ask()
        except EOFError:
            return
        except KeyboardInterrupt:
            click.echo()


def _asking(session: Session) -> Callable[[], str]:
    """How a line is asked for: piped, with prompt_toolkit, or plainly."""
    if not sys.stdin.isatty():
        return _piped
    try:
        from gradcli.cli.prompt import prompter  # noqa: PLC0415 seldom asked
    except ImportError:
        return _typed
    return prompter(session, PROMPT)


def _typed() -> str:
    """A line from a terminal, which lets it be mended until it is sent."""
    click.echo(PROMPT, nl=False)
    return _piped()


def _piped() -> str:
    line = sys.stdin.readline()
    if not line:
        raise EOFError
    return line.rstrip("\n")
