"""Which files a table is made of: names, patterns, folders, and arrays side by side.

Must not know what is in any of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from glob import glob, has_magic
from pathlib import Path

from gradcli.errors import wrong
from gradcli.language.tree.literals import canonical
from gradcli.tables import arrow_files, csv_files, numpy_files
from gradcli.tables.table import DataFile, RowTable, table

FORMATS: dict[str, Callable[[str], DataFile]] = {
    ".csv": csv_files.opened,
    ".tsv": csv_files.opened,
    ".txt": csv_files.opened,
    ".npy": numpy_files.opened,
    ".parquet": arrow_files.opened,
    ".pq": arrow_files.opened,
    ".arrow": arrow_files.opened,
    ".feather": arrow_files.opened,
    ".ipc": arrow_files.opened,
}
KINDS = "rows are read from  .csv, .tsv, .npy, .parquet, .arrow and .feather"


def rows_of(texts: Sequence[str]) -> RowTable:
    """The table that texts name: files, folders, patterns, and `NAME=FILE.npy` for whole arrays.

    Files stand below each other in the order given, those of a folder or pattern by their names;
    arrays with names stand side by side. GradcliError (G011, G602) for what is not there or is no
    table.
    """
    named = [text for text in texts if _name(text)]
    if named and len(named) < len(texts):
        help = "give every array a name, or none"
        raise wrong("G401", "--rows: arrays with names stand by themselves", help=help)
    if named:
        return table([numpy_files.beside([_array(text) for text in named])])
    files = [_opened(path) for text in texts for path in _paths(text)]
    return table(files)


def _name(text: str) -> str:
    name, equals, path = text.partition("=")
    return canonical(name.strip()) if equals and path else ""


def _array(text: str) -> numpy_files.MappedArrays:
    name, path = _name(text), text.partition("=")[2].strip()
    if Path(path).suffix.lower() != ".npy":
        help = 'the columns of other files have names:  --rows data.csv --let "y = label"'
        raise wrong("G401", f"--rows {text}: only a .npy needs a name", help=help)
    _require(path)
    return numpy_files.opened(path, name)


def _paths(text: str) -> Iterator[str]:
    path = Path(text).expanduser()
    if path.is_dir():
        inside = (each for each in path.rglob("*") if each.suffix.lower() in FORMATS)
        found = sorted(str(each) for each in inside if each.is_file())
    elif has_magic(text) and not path.exists():
        found = sorted(glob(str(path)))  # noqa: PTH207 it may begin anywhere
    else:
        _require(str(path))
        found = [str(path)]
    if not found:
        raise wrong("G011", f"--rows: there is no table in {text}", help=KINDS)
    yield from found


def _require(path: str) -> None:
    if not Path(path).is_file():
        raise wrong("G011", f"--rows: there is no file {path}", help=KINDS)


def _opened(path: str) -> DataFile:
    opener = FORMATS.get(Path(path).suffix.lower())
    if opener is None:
        raise wrong("G011", f"--rows: {path} is no kind of file that is read", help=KINDS)
    try:
        return opener(path)
    except OSError as error:
        reason = error.strerror or error
        raise wrong("G011", f"--rows: {path} cannot be read: {reason}") from None
