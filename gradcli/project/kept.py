"""Records of derivations on disk, so that a run judges what has changed since the last.

Must not know what a record says. Whatever is wrong with a file or a folder is as if it was not
there; every file is written whole, so that processes beside each other do no harm.
"""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from pathlib import Path
from threading import get_ident

from gradcli.api.remembered import MEMORY, Cache, Nothing

FOLDER = "GRADCLI_CACHE_DIR"
"""A variable of the environment that says where."""
NOTE = "Records of gradcli check. Whatever stands here may be deleted at any time.\n"
MOST = 64
"""Records in a folder, of which there are 256; the oldest are dropped."""
LARGEST = 4 << 20


def folder() -> Path:
    """Where the platform keeps what can be made anew."""
    asked = os.environ.get
    if own := asked(FOLDER):
        return Path(own)
    if sys.platform == "win32":
        base = Path(asked("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
        return base / "gradcli" / "Cache"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "gradcli"
    return Path(asked("XDG_CACHE_HOME") or Path.home() / ".cache") / "gradcli"


class Disk:
    """Records as files of a folder that is nobody else's."""

    def __init__(self, place: Path) -> None:
        self.place = place / "check"

    def get(self, key: str) -> str | None:
        """The record of that key."""
        try:
            path = self._path(key)
            if path.stat().st_size > LARGEST:
                return None
            return path.read_text(encoding="utf-8")
        except (OSError, ValueError):
            return None

    def put(self, key: str, record: str) -> None:
        """Keep a record, if that can be."""
        with suppress(OSError, ValueError):
            path = self._path(key)
            if not path.parent.is_dir():
                path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                (self.place / "README").write_text(NOTE, encoding="utf-8")
            whole = path.with_name(f".{os.getpid()}.{get_ident()}")
            try:
                whole.write_text(record, encoding="utf-8")
                whole.replace(path)
            finally:
                whole.unlink(missing_ok=True)
            self._drop(path.parent)

    def _path(self, key: str) -> Path:
        return self.place / key[:2] / f"{key[2:]}.json"

    def _drop(self, folder: Path) -> None:
        found = [*folder.iterdir()]
        if len(found) > MOST:
            for old in sorted(found, key=lambda path: path.stat().st_mtime)[: len(found) - MOST]:
                old.unlink(missing_ok=True)


def kept(off: bool) -> Cache:
    """The records of this user; where there is no home, those of this process; `off` for none."""
    if off:
        return Nothing()
    try:
        return Disk(folder())
    except RuntimeError:
        return MEMORY
