"""Streams: whether they are terminals, have colour, and which characters they can show.

Must not know results; it is decided here, once, and passed on.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from gradcli.errors import Diagnostic
    from gradcli.show.diagnostics import Pieces
    from gradcli.show.formats import Remark
    from gradcli.show.page import Page

WIDTH = 100


def is_ascii(stream: IO[str]) -> bool:
    """Whether a stream cannot show what is beyond ASCII."""
    return "utf" not in (getattr(stream, "encoding", None) or "utf-8").lower()


def is_terminal(stream: IO[str]) -> bool:
    return bool(stream.isatty()) and os.environ.get("TERM") != "dumb"


def has_dots(stream: IO[str]) -> bool:
    """Whether a stream can show characters made of dots, in which curves are drawn."""
    return not is_ascii(stream) and os.environ.get("TERM") != "dumb"


def choose(colour: str) -> None:
    """What `--color` says, for all that is shown from here on: one of `COLOURS`."""
    _chosen["colour"] = colour


_chosen = {"colour": "auto"}


def has_colour(stream: IO[str], no_color: bool) -> bool:
    """What is asked for wins over what NO_COLOR says, that over FORCE_COLOR, that over the stream.

    A variable that is set to nothing, and a force of 0, say nothing.
    """
    asked = os.environ.get
    if no_color or _chosen["colour"] == "never":
        return False
    if _chosen["colour"] == "always":
        return True
    if asked("NO_COLOR"):
        return False
    if any(asked(name, "0") not in ("", "0") for name in ("FORCE_COLOR", "CLICOLOR_FORCE")):
        return True
    return is_terminal(stream) and asked("CLICOLOR") != "0"


def is_drawn(stream: IO[str], no_color: bool) -> bool:
    """Whether a stream is for eyes: a terminal, or one that colour was asked for."""
    return is_terminal(stream) or has_colour(stream, no_color)


def width(stream: IO[str]) -> int:
    """Columns of the terminal, or what a page is laid out for elsewhere."""
    try:
        return os.get_terminal_size(stream.fileno()).columns or WIDTH
    except (OSError, ValueError):
        return WIDTH


def room(stream: IO[str]) -> int | None:
    """Columns that sentences are broken for: those of a terminal, nowhere else."""
    return width(stream) if is_terminal(stream) else None


def put(
    content: Page | str,
    form: str,
    no_color: bool,
    remarks: Iterable[Remark] = (),
    quiet: bool = False,
) -> None:
    """Results to standard output; the remarks of a format that has no room for them beside it."""
    stream = sys.stdout
    ascii = is_ascii(stream)
    if isinstance(content, str):
        if ascii:
            # What is markup has its own way to say a character.
            way = "xmlcharrefreplace" if form in ("html", "svg") else "backslashreplace"
            content = content.encode("ascii", way).decode("ascii")
        stream.write(content)
        stream.flush()
        for diagnostic, severity in () if quiet else remarks:
            complain([diagnostic], no_color, severity)
        return
    page = content.without_commentary() if quiet else content
    if form == "table" and is_drawn(stream, no_color):
        from gradcli.show.table import console, draw  # noqa: PLC0415 a pipe does without rich

        draw(page, console(stream, width(stream), has_colour(stream, no_color)), ascii)
    else:
        from gradcli.show.plain import plain  # noqa: PLC0415

        stream.write(plain(page, ascii))
    stream.flush()


def report(content: Pieces, no_color: bool, output: Path | None = None) -> None:
    """Styled text to standard output, or without its styles to a file."""
    text = "".join(piece for piece, _ in content)
    stream = sys.stdout
    if output is not None:
        save(text, output)
    elif is_drawn(stream, no_color) and any(style for _, style in content):
        from gradcli.show.table import console, write  # noqa: PLC0415 a pipe does without rich

        write(content, console(stream, width(stream), has_colour(stream, no_color)))
    else:
        stream.write(text)
    stream.flush()


def save(text: str, output: Path) -> None:
    """A report to a file. GradcliError (G401) where that cannot be written."""
    try:
        if output.is_dir():
            raise OSError("it is a folder")
        beside = output.with_name(f".{output.name}.{os.getpid()}")
        # A report is there whole or not at all; what is no regular file cannot be renamed onto.
        whole = output if output.exists() and not output.is_file() else beside
        try:
            whole.write_text(text, encoding="utf-8", newline="")
            if whole is beside:
                beside.replace(output.resolve())
        finally:
            beside.unlink(missing_ok=True)
    except (OSError, ValueError) as error:
        from gradcli.errors import wrong  # noqa: PLC0415

        reason = getattr(error, "strerror", None) or error
        raise wrong("G401", f"{output} cannot be written: {reason}") from None


def complain(diagnostics: Iterable[Diagnostic], no_color: bool, severity: str = "error") -> None:
    """Complaints or remarks on standard error."""
    stream = sys.stderr
    sys.stdout.flush()
    if is_drawn(stream, no_color):
        from gradcli.show.table import complain as draw  # noqa: PLC0415
        from gradcli.show.table import console  # noqa: PLC0415

        target = console(stream, width(stream), has_colour(stream, no_color))
        for diagnostic in diagnostics:
            draw(diagnostic, severity, target, is_ascii(stream))
    else:
        from gradcli.show.diagnostics import render  # noqa: PLC0415

        for diagnostic in diagnostics:
            stream.write(render(diagnostic, severity, ascii=is_ascii(stream)) + "\n")
    stream.flush()
