"""The bytes of files: of regular ones only, and never more than a number that is known before.

Must not know what stands in a file.
"""

from __future__ import annotations

import stat
from pathlib import Path

PIECE = 1 << 20
"""Bytes that are read at a time."""


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
