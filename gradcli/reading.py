"""The bytes of files: of regular ones only, where a text may name them, and never without end.

Must not know what stands in a file.
"""

from __future__ import annotations

import os
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
    """What a file holds; OSError where that is more than `most` bytes, or it is no regular file.

    Devices and pipes have no end, and to open one may wait for ever.
    """
    if path.is_dir():
        raise OSError("it is a folder")
    pieces, left = [], most
    _require_regular(path.stat(), most)
    with open(path, "rb", opener=_at_once) as stream:
        # It may have become another file by now, and a regular one may grow, or not tell its size.
        _require_regular(os.fstat(stream.fileno()), most)
        while piece := stream.read(PIECE):
            pieces.append(piece)
            left -= len(piece)
            if left < 0:
                raise OSError(_too_large(most))
    return b"".join(pieces)


def _at_once(path: str, flags: int) -> int:
    """A file opened without waiting for anybody."""
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


def _require_regular(found: os.stat_result, most: int) -> None:
    if not stat.S_ISREG(found.st_mode):
        raise OSError("it is no regular file")
    if found.st_size > most:
        raise OSError(_too_large(most))


def _too_large(most: int) -> str:
    return f"it is larger than {most >> 20} MB"
