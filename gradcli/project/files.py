"""Files of derivations: which there are below the paths that a person names, and their texts.

Must not know what is done with them.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, NoReturn, TypeAlias

from gradcli.errors import Source, wrong
from gradcli.reading import Place, content, project

LARGEST = 16 << 20
PLAIN = ".grad"
MARKDOWN = (".md", ".markdown")
PASSED_OVER = frozenset({"node_modules", "build", "dist", "__pycache__"})
ENVIRONMENT = "pyvenv.cfg"
ANYWHERE = Place()
WHOLE = 0
"""In place of a line: all of them."""

Patterns: TypeAlias = Callable[[Path], Sequence[str]]
"""Which names are passed over in a folder."""

AT_LINE = re.compile(r"(?P<path>.+?):(?P<line>\d+)(?::\d+)?")


@dataclass(frozen=True, slots=True)
class NamedFile:
    """A file as it is called in reports, and the lines that were asked for (none: all).

    Neither the file nor what it names is read outside of `root`, if there is one. `settings` are
    the options that its own project sets otherwise than the run does.
    """

    path: str
    lines: tuple[int, ...] = ()
    root: Path | None = None
    settings: tuple[tuple[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class GivenText:
    """A text that is in no file; what it names is not read outside of `root`, if there is one."""

    source: Source
    root: Path | None = None


def find(
    paths: Sequence[str],
    exclude: Sequence[str] | Patterns = (),
    latex: Patterns = lambda folder: (),
    *,
    root: Path | None = None,
    outside: bool = False,
    force: bool = False,
) -> list[NamedFile]:
    """The files that are named, as `FILE` or `FILE:LINE`, or lie below the folders that are.

    Each file once, where it is named first. Files that the patterns of `latex` match are found in
    folders, too, whatever they hold. Patterns exclude what is found, and what is named only
    by `force`, which takes named files as if they were found: those without fences are left out.
    `root` is the folder that all stay in, None the project of each; with `outside`, none does.
    """
    found: dict[str, tuple[str, set[int]]] = {}
    patterns: Patterns = exclude if callable(exclude) else lambda _: exclude
    for path, line in map(_split, paths):
        stay = None if outside else root or project(Path(path))
        if force and _is_shut(at_home(path), patterns, stay):
            continue
        for name in _below(path, patterns, latex, stay) if is_folder(path) else [path]:
            real = os.path.realpath(name) if "\0" not in name else name
            found.setdefault(real, (name, set()))[1].add(line)
    return [
        NamedFile(
            name,
            () if WHOLE in lines else tuple(sorted(lines)),
            None if outside else root or project(at_home(name).parent),
        )
        for name, lines in found.values()
    ]


def _is_shut(path: Path, patterns: Patterns, stay: Path | None) -> bool:
    """Whether what is named would be passed over if it was found."""
    held = patterns(path.parent)
    if any(is_matched(place, held) for place in (path, *path.parents)):
        return True
    return path.suffix.lower() in MARKDOWN and not has_derivations(path, Place(root=stay))


def at_home(path: str) -> Path:
    """A path whose `~` is what a shell makes of it, if it is anything."""
    try:
        return Path(path).expanduser()
    except RuntimeError:
        return Path(path)


def is_folder(path: str) -> bool:
    try:
        return path != "" and Path(path).is_dir()
    except OSError:
        return False


def is_markdown(path: str) -> bool:
    return path.lower().endswith(MARKDOWN)


def has_derivations(path: Path, place: Place = ANYWHERE) -> bool:
    """Whether a file that nobody named is to be read: Markdown is, if it can have fences.

    What cannot be looked into is read all the same, so that somebody is told.
    """
    name = path.name.lower()
    if name.startswith("."):
        return False
    if not name.endswith(MARKDOWN):
        return name.endswith(PLAIN)
    if not place.allows(path):
        return True
    from gradcli.language.documents.markdown import may_have_fences  # noqa: PLC0415 seldom asked

    try:
        return may_have_fences(content(path, LARGEST).decode("utf-8", "replace"))
    except OSError:
        return True


def is_matched(path: Path, patterns: Sequence[str]) -> bool:
    """Whether the last parts of a path are those of a pattern."""
    return any(path.match(pattern) for pattern in patterns)


def read(path: str, place: Place = ANYWHERE) -> Source:
    """The text of a file; GradcliError (G011) where it is none, or none that may be read."""
    if not place.allows(at_home(path)):
        help = "exclude it, or read it by  gradcli check --allow-outside"
        raise wrong("G011", f"{printable(path)} leads outside of the project", help=help)
    try:
        return _text(content(Path(path).expanduser(), LARGEST), path, path)
    except (OSError, ValueError, RuntimeError) as error:
        reason = getattr(error, "strerror", None) or error
        message = f"{printable(path)} cannot be read: {reason}"
        raise wrong("G011", message, help=_no_path(path)) from None


def decoded(stream: IO[bytes], name: str, called: str) -> Source:
    """The text of a stream, of that name; `called` is its name in a sentence."""
    return _text(stream.read(LARGEST + 1), name, called)


def printable(path: str) -> str:
    """A path as it can be shown, whatever bytes its name is made of."""
    return path.encode("utf-8", "backslashreplace").decode("utf-8")


def _no_path(text: str) -> str:
    """What to write for a text that is no path, where another command would read it."""
    if text.startswith("@") and _exists(text[1:]):
        return f"write  {printable(text[1:])}  here: only an expression is read from a file by @"
    if "=" in text:
        return "a derivation stands in a file, or comes through a pipe where  -  is written"
    return ""


def _text(found: bytes, name: str, called: str) -> Source:
    if len(found) > LARGEST:
        raise wrong("G011", f"{printable(called)} is larger than {LARGEST >> 20} MB")
    if b"\0" in found:
        raise wrong("G011", f"{printable(called)} is a binary file, not text")
    try:
        return Source(printable(name), found.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        message = f"{printable(called)} is not UTF-8 text (byte {error.start})"
        raise wrong("G011", message) from None


def _split(path: str) -> tuple[str, int]:
    """A path and the line behind it, unless the line is part of a name that there is."""
    match = AT_LINE.fullmatch(path)
    if match is None or _exists(path) or is_folder(match["path"]):
        return path, WHOLE
    return match["path"], int(match["line"])


def _exists(path: str) -> bool:
    try:
        return Path(path).exists()
    except OSError:
        return False


def _below(folder: str, patterns: Patterns, latex: Patterns, root: Path | None) -> Iterator[str]:
    """What lies in a folder and its folders, sorted; a folder reached twice is entered once.

    A folder outside of the root is not entered but named, so that somebody is told.
    """
    entered = set()
    files = []
    stay = Place(root=root)
    if not stay.allows(Path(folder)):
        yield folder
        return
    shut: set[Path] = set()
    for here, folders, names in os.walk(folder, followlinks=True, onerror=_unreadable):
        entered.add(os.path.realpath(here))
        place = Path(here)
        exclude = patterns(place)
        inner = [
            place / name
            for name in folders
            if not (name.startswith(".") or name in PASSED_OVER)
            and not is_matched(place / name, exclude)
            and os.path.realpath(place / name) not in entered
        ]
        shut |= {path for path in inner if not stay.allows(path)}
        folders[:] = [
            path.name for path in inner if path not in shut and not (path / ENVIRONMENT).exists()
        ]
        files += [place / name for name in names if not is_matched(place / name, exclude)]
    for path in sorted([*files, *shut]):
        wanted = has_derivations(path, stay) or is_matched(path, latex(path.parent))
        if path in shut or wanted:
            yield path.as_posix()


def _unreadable(error: OSError) -> NoReturn:
    raise wrong("G011", f"{error.filename} cannot be read: {error.strerror}")
