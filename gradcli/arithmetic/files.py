"""Arrays read from files: decimals of text files are exact, binary files hold doubles.

Must not know programs or points; nothing is ever executed or unpickled.
"""

from __future__ import annotations

import csv
import json
import lzma
import re
import tokenize
import zipfile
import zlib
from collections import Counter
from collections.abc import Mapping
from fractions import Fraction
from io import BytesIO, StringIO
from math import prod
from pathlib import Path
from typing import Any

import numpy as np

from gradcli import work
from gradcli.arithmetic.ball import rational
from gradcli.arithmetic.base import Array
from gradcli.arithmetic.data import checked
from gradcli.errors import Span, wrong
from gradcli.reading import OUTSIDE, Place, content

LARGEST, LARGEST_TEXT = 256 << 20, 32 << 20
"""Bytes of an array, unpacked, and of a file of text."""
NAMED = 8  # members of an archive that are named where none is meant
PLAIN = re.compile(r"[-+.0-9eE/]+")
"""What numbers in a text are written with: 1_000 may be a number to Python, and to nobody else."""
POINT = 'write  {"x": 3, "W": [[1, 2], [3, 4]]}'
READ = 4  # operations of a number in a file of text
KINDS = "use .npy, .npz:key, .csv or .json"
FORMS = {
    ".npy": "a .npy is what numpy.save writes",
    ".npz": "a .npz is what numpy.savez writes",
    ".csv": "a .csv holds numbers only, no header, and as many in each row",
    ".json": "it holds nested lists of numbers, as in [[1, 2], [3, 4]]",
}
"""What a file of each kind holds."""
KIND = {str: "text", bool: "true or false", type(None): "null"}


def load(path: str, place: Place, span: Span | None = None) -> Array:
    """The array in `.npy`, `.npz:key`, `.csv` or `.json`; GradcliError for anything else.

    Text files give exact rationals in an object array, binary ones doubles. What a file holds is
    never quoted: a report may be read by others than those who may read the file.
    """
    name, _, key = path.partition(":") if ".npz:" in path else (path, "", "")
    file = place.folder / name
    if not place.allows(file):
        raise wrong("G011", f"{path} is outside of the project", span, help=OUTSIDE)
    try:
        if file.is_dir():
            raise wrong("G011", f"{path} is a folder, not a file", span, help=KINDS)
        match file.suffix.lower():
            case ".npy" | ".npz":
                return checked(_binary(file, key, path, span), path, span)
            case ".csv":
                return checked(_csv(file), path, span)
            case ".json":
                return checked(from_lists(_json(file), path, span), path, span)
    except OSError as error:
        reason = error.strerror or error
        raise wrong("G011", f"{path} cannot be read: {reason}", span, help=_near(file)) from None
    except UnicodeDecodeError:
        help = "save it as UTF-8"
        raise wrong("G011", f"{path} is not UTF-8 text", span, help=help) from None
    except Unfit as error:
        help = error.help or FORMS[file.suffix.lower()]
        raise wrong("G011", f"{path} cannot be read: {error}", span, help=help) from None
    except DAMAGED:
        message = f"{path} cannot be read: it is damaged, or is not what its name says"
        raise wrong("G011", message, span, help=FORMS[file.suffix.lower()]) from None
    raise wrong("G011", f"{path}: no such kind of file", span, help=KINDS)


class Unfit(Exception):
    """A file that can be read, and not as numbers: why, in words that quote nothing of it."""

    def __init__(self, reason: str, help: str = "") -> None:
        super().__init__(reason)
        self.help = help


DAMAGED = (
    ValueError, TypeError, EOFError, OverflowError, KeyError, RecursionError, RuntimeError,
    SyntaxError, csv.Error, zipfile.BadZipFile, zlib.error, lzma.LZMAError, tokenize.TokenError,
)  # fmt: skip
"""What reading a file that is not what its name says may raise; the words may quote the file."""


def _near(file: Path) -> str:
    """The file of numbers that was meant, if one in the same folder is called nearly so."""
    from difflib import get_close_matches  # noqa: PLC0415 only a mistake needs it

    try:
        names = [each.name for each in file.parent.iterdir() if each.suffix.lower() in FORMS]
        found = get_close_matches(file.name, names, 1)
    except OSError:
        found = []
    if found:
        return f"its folder has  {found[0]}"
    return "a path is relative to the file it stands in, or to the current folder"


def load_point(path: str, folder: Path, span: Span | None = None) -> dict[str, Array]:
    """The values by name in a JSON object."""
    try:
        found = _json(folder / path)
    except OSError as error:
        reason = error.strerror or error
        help = _near(folder / path)
        raise wrong("G011", f"{path} cannot be read: {reason}", span, help=help) from None
    except Unfit as error:
        raise wrong("G011", f"{path} cannot be read: {error}", span, help=POINT) from None
    except (ValueError, RecursionError):
        raise wrong("G011", f"{path} is not UTF-8 text", span, help="save it as UTF-8") from None
    if not isinstance(found, Mapping):
        message = f"{path} must hold an object of names and values"
        raise wrong("G011", message, span, help=POINT)
    return {
        name: checked(from_lists(value, f"{path}: {name}", span), f"{path}: {name}", span)
        for name, value in found.items()
    }


def _json(file: Path) -> Any:
    text = _text(file)
    try:
        return json.loads(
            text, parse_float=_decimal, parse_int=_decimal, parse_constant=_not_finite,
            object_pairs_hook=_once,
        )  # fmt: skip
    except json.JSONDecodeError as error:
        raise Unfit(f"it is no JSON at line {error.lineno}, column {error.colno}") from None
    except RecursionError:
        raise Unfit("its lists stand too deep in one another") from None


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        name = Counter(x for x, _ in pairs).most_common(1)[0][0]
        raise Unfit(f"{name} has two values in it")
    return found


def _text(file: Path) -> str:
    found = content(file, LARGEST_TEXT)
    separated = max(found.count(b","), found.count(b"\n"))
    work.current.spend(READ * (separated + 1), "numbers in the file")
    return found.decode("utf-8-sig")


def _not_finite(_: str) -> Any:
    raise Unfit("it holds a number that is not finite", "every entry must be a finite number")


def _decimal(text: str) -> Fraction:
    exponent = text.lower().partition("e")[2]
    if len(text) > 10_000 or (exponent and abs(int(exponent)) > 10_000):
        raise Unfit("it holds a number that is too large or too long to be read exactly")
    return Fraction(text)


def _binary(file: Path, key: str, path: str, span: Span | None) -> Array:
    found = content(file, LARGEST)
    if file.suffix.lower() == ".npy":
        return _array(found)
    with zipfile.ZipFile(BytesIO(found)) as archive:
        names = [name.removesuffix(".npy") for name in archive.namelist()]
        if key not in names:
            message, more = f"{path} names no array of the file", " …" if names[NAMED:] else ""
            help = f"it has: {', '.join(names[:NAMED])}{more}"
            raise wrong("G011", message, span, help=help)
        member = archive.infolist()[names.index(key)]
        # No more is unpacked than a member says that it has.
        if member.file_size > LARGEST:
            raise Unfit(f"unpacked it is larger than {LARGEST >> 20} MB")
        return _array(archive.read(member))


def _array(found: bytes) -> Array:
    """The array in the bytes of a .npy; what it says of its size must be so before it is made."""
    stream = BytesIO(found)
    version = np.lib.format.read_magic(stream)
    header = {
        (1, 0): np.lib.format.read_array_header_1_0,
        (2, 0): np.lib.format.read_array_header_2_0,
    }.get(version)
    if header is None:
        raise Unfit("it is of another version of the format")
    shape, _, dtype = header(stream)
    if dtype.hasobject:
        help = "save it as an array of numbers"
        raise Unfit("it holds pickled objects, which are never unpickled", help)
    if prod(shape) * dtype.itemsize > len(found):
        raise Unfit("it holds fewer numbers than it says")
    stream.seek(0)
    array: Array = np.lib.format.read_array(stream, allow_pickle=False)
    return array


def _csv(file: Path) -> Array:
    lines = StringIO(_text(file), newline="")
    rows = [[cell.strip() for cell in row] for row in csv.reader(lines) if row]
    if not rows or any(len(row) != len(rows[0]) for row in rows):
        raise Unfit("its rows have different lengths" if rows else "it is empty")
    out = np.empty((len(rows), len(rows[0])), dtype=object)
    for i, row in enumerate(rows):
        for j, cell in enumerate(row):
            try:
                if not PLAIN.fullmatch(cell):
                    raise ValueError
                out[i, j] = rational(_decimal(cell))
            except (ValueError, ZeroDivisionError):
                raise Unfit(f"line {i + 1}, column {j + 1} is no number") from None
    return out[:, 0] if out.shape[1] == 1 else out


def from_lists(value: Any, path: str, span: Span | None = None) -> Array:
    """Nested lists of exact numbers as an object array."""
    shape: list[int] = []
    level = [value]
    while isinstance(level[0], list):
        shape.append(len(level[0]))
        if any(not isinstance(row, list) or len(row) != shape[-1] for row in level):
            message = f"{path}: its rows have different lengths"
            raise wrong("G011", message, span, help="every row needs as many entries")
        level = [item for row in level for item in row]
        if not level:
            raise wrong("G011", f"{path} is empty", span)
    for item in level:
        if not isinstance(item, Fraction):
            if isinstance(item, dict):
                message = f"{path} holds an object, not a list of numbers"
                help = "an object gives a whole point: --at @point.json"
                raise wrong("G011", message, span, help=help)
            message = f"{path} holds {KIND.get(type(item), 'lists')} where a number should be"
            raise wrong("G011", message, span, help="every entry must be a number")
    out = np.empty(len(level), dtype=object)
    out[:] = [rational(item) for item in level]
    return out.reshape(shape)
