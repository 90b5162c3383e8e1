"""The bytes of files: of regular ones only, where a text may name them, and never without end.

Must not know what stands in a file.
"""

from __future__ import annotations

import stat
from dataclasses import dataclass
from pathlib import Path

PIECE = 1 << 20
"""Bytes that are read at a time."""


OUTSIDE = "what a text names stays in its project; gradcli check --allow-outside reads others"
PROJECT = ("pyproject.toml", ".git")
"""Either of them makes a folder that of a project."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a text stands: paths in it start from `folder` and stay below `root`, if there is one.

    Whoever writes a text for others to check chooses what it reads: without a root, any file.
    """

    folder: Path = Path()
    root: Path | None = None

    def allows(self, path: Path) -> bool:
        """Whether a file may be read, wherever the links on the way to it lead."""
        if self.root is None:
            return True
        try:
            return path.resolve().is_relative_to(self.root.resolve())
        except (OSError, ValueError, RuntimeError):
            return False


def project(folder: Path) -> Path:
    """The nearest folder that is a project's, from this one upwards, else this one."""
    above = (folder.absolute(), *folder.absolute().parents)
    return next((each for each in above if _is_project(each)), above[0])


def _is_project(folder: Path) -> bool:
    try:
        return any((folder / name).exists() for name in PROJECT)
    except OSError:
        return False


def content(path: Path, most: int) -> bytes:
    """What a file holds, and one byte more than `most` where that is not all of it.

    OSError where it is no regular file: devices and pipes have no end, and to open
    one may wait for ever.
    """
    if path.is_dir():
        raise OSError("it is a folder")
    if not stat.S_ISREG(path.stat().st_mode):
        raise OSError("it is no regular file")
    pieces, left = [], most + 1
    with path.open("rb") as stream:
        # A piece at a time: asked for all at once, the most there may be is taken in memory.
        while left and (piece := stream.read(min(left, PIECE))):
            pieces.append(piece)
            left -= len(piece)
    return b"".join(pieces)
