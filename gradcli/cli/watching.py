"""`gradcli check --watch`: files are looked at again and again, and checked when they change.

Must not know how anything is checked or shown.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from pathlib import Path

import click

from gradcli.errors import GradcliError

EVERY = 0.25
"""Seconds between two looks; a look costs some microseconds a file."""
DATA = (".npy", ".npz", ".csv", ".json", ".py", ".toml")
"""What stands beside derivations and may be named by them, or settle how they are checked."""

Stamp = tuple[int, int, int]


def watch(
    check: Callable[[tuple[str, ...]], object], files: Callable[[], Iterable[str]], no_color: bool
) -> None:
    """Check all files, then those that change or come; all where data beside them change.

    Nothing but an interrupt ends it. What cannot be read is said, and looked at again.
    """
    # Looked at before it is checked, so that nothing that changes meanwhile is missed.
    before = _looked(files)
    _checked(check, (), no_color)
    while True:
        time.sleep(EVERY)
        now = _looked(files)
        changed = [path for path, stamp in now.items() if before.get(path) != stamp]
        gone = before.keys() - now.keys()
        before = now
        own = tuple(path for path in changed if not path.endswith(DATA))
        if not changed and not gone:
            continue
        whole = bool(gone) or len(own) < len(changed)
        click.echo(f"\n-- {', '.join([*changed, *sorted(gone)])}", err=True)
        _checked(check, () if whole else own, no_color)


def _checked(
    check: Callable[[tuple[str, ...]], object], paths: tuple[str, ...], no_color: bool
) -> None:
    from gradcli.cli import screen  # noqa: PLC0415 what --help must not pay for

    try:
        check(paths)
    except GradcliError as error:
        screen.complain(error.diagnostics, no_color)
    click.echo("waiting for changes; Ctrl-C ends it", err=True)


def _looked(files: Callable[[], Iterable[str]]) -> dict[str, Stamp]:
    """When each file was written, and those of numbers, code and settings beside them."""
    try:
        own = [*files()]
    except GradcliError:
        own = []
    found: dict[str, Stamp] = {}
    for folder in {Path(path).parent for path in own}:
        try:
            beside = [each for each in folder.iterdir() if each.suffix in DATA]
        except OSError:
            continue
        own += map(str, beside)
    for path in own:
        try:
            stat = Path(path).stat()
        except (OSError, ValueError):
            continue
        found[path] = stat.st_mtime_ns, stat.st_size, stat.st_ino
    return found
