"""`[tool.gradcli]` of the nearest `pyproject.toml`: settings for every run in a project.

Must not know the command line, whose options win over what stands there.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path, PurePath
from typing import Any

from gradcli.api.code_request import CodeRequest
from gradcli.choices import LAYOUTS
from gradcli.errors import Diagnostic, GradcliError, Source, Span, wrong
from gradcli.project.code import WORDS, configured, fits
from gradcli.project.files import read

FILE = "pyproject.toml"
MARKDOWN_TOO = ("*.md", "*.markdown", "*.ipynb")
"""What  latex = true  stands for."""


@dataclass(frozen=True, slots=True)
class Config:
    """The settings; `paths` as they are called from the current folder.

    `latex` are patterns of files whose maths is read.
    """

    paths: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    seed: int = 0
    points: int | None = None
    layout: str = "numerator"
    allow_undecided: bool = False
    jobs: int = 1
    code: tuple[CodeRequest, ...] = ()
    limit: int | None = None
    latex: tuple[str, ...] = ()
    strict: bool = False


def load(folder: Path) -> Config:
    """The settings that hold in a folder. GradcliError (G402) with every mistake in them."""
    return Projects().of(folder)


class Projects:
    """The settings of the project that a folder is in, each read once."""

    def __init__(self) -> None:
        self._known: dict[Path, Config] = {}

    def of(self, folder: Path) -> Config:
        """Those that hold in a folder. GradcliError (G402) with every mistake in them."""
        place = Path(os.path.abspath(folder))  # noqa: PTH100 links lead out of projects
        if place not in self._known:
            if (place / FILE).is_file():
                self._known[place] = _read(place)
            else:
                self._known[place] = self.of(place.parent) if place.parent != place else Config()
        return self._known[place]

    def papers(self, folder: Path) -> tuple[str, ...]:
        """The files that `latex` of its project names, as they are called from the current one."""
        place = Path(os.path.abspath(folder))  # noqa: PTH100 links lead out of projects
        home = next((each for each in (place, *place.parents) if (each / FILE).is_file()), place)
        named = (home / path for path in self.of(folder).latex if not set("*?[") & set(path))
        return tuple(Path(os.path.relpath(path)).as_posix() for path in named if path.is_file())


def _read(place: Path) -> Config:
    source = read(os.path.relpath(place / FILE))
    if "gradcli" not in source.text:
        return Config()
    import tomllib  # noqa: PLC0415 seldom asked

    try:
        table: Any = tomllib.loads(source.text)
    except tomllib.TOMLDecodeError as error:
        raise wrong("G402", f"{source.name} is not TOML: {error}") from None
    for name in ("tool", "gradcli"):
        table = table.get(name, {})
        if not isinstance(table, dict):
            raise wrong("G402", f"{name} is no table", _key(source, name))
    complaints = [c for key, value in table.items() if (c := _complaint(source, key, value))]
    if complaints:
        raise GradcliError(*complaints)
    known: dict[str, Any] = {
        key.replace("-", "_"): tuple(value) if isinstance(value, list) else value
        for key, value in table.items()
    }

    def called(path: str) -> str:
        return Path(os.path.relpath(place / path)).as_posix()

    known["code"] = configured(known.get("code", ()), called)
    if isinstance(known.get("latex"), bool):
        known["latex"] = MARKDOWN_TOO if known["latex"] else ()
    config = Config(**known)
    return replace(config, paths=tuple(map(called, config.paths)))


def _complaint(source: Source, key: str, value: object) -> Diagnostic | None:
    span = _key(source, key)
    if key not in KINDS:
        from difflib import get_close_matches  # noqa: PLC0415 only a mistake needs it

        near = get_close_matches(key.lower().replace("_", "-"), KINDS, n=1)
        help = f'did you mean "{near[0]}"?' if near else f"there are {', '.join(KINDS)}"
        return Diagnostic("G402", f'[tool.gradcli] has no "{key}"', span, help=help)
    fits, kind = KINDS[key]
    return None if fits(value) else Diagnostic("G402", f"{key} is {kind}", span)


def _key(source: Source, key: str) -> Span | None:
    """Where a key stands, as far as that can be told without a TOML parser that keeps places."""
    table = re.search(r"^[ \t]*\[[ \t]*tool[ \t]*\.[ \t]*gradcli\b", source.text, re.MULTILINE)
    pattern = rf"""^[^#\n]*?(?<![\w-])(["']?{re.escape(key)}["']?)[ \t]*[]=.]"""
    found = re.compile(pattern, re.MULTILINE).search(source.text, table.start() if table else 0)
    return Span(source, *found.span(1)) if found else None


def _whole(value: Any, least: float = float("-inf")) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= least


def _texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(v, str) and v for v in value)


def _patterns(value: Any) -> bool:
    return _texts(value) and all(PurePath(pattern).name for pattern in value)


KINDS: dict[str, tuple[Callable[[Any], bool], str]] = {
    "paths": (_texts, "a list of files and folders"),
    "exclude": (_patterns, 'a list of patterns such as "drafts/*"'),
    "seed": (_whole, "a whole number"),
    "points": (lambda value: _whole(value, 1), "a whole number, 1 at least"),
    "layout": (lambda value: value in LAYOUTS, " or ".join(f'"{name}"' for name in LAYOUTS)),
    "allow-undecided": (lambda value: isinstance(value, bool), "true or false"),
    "limit": (lambda value: _whole(value, 1), "a whole number of operations, 1 at least"),
    "strict": (lambda value: isinstance(value, bool), "true or false"),
    "jobs": (lambda value: _whole(value, 0), "a whole number; 0 is one a core"),
    "code": (fits, WORDS),
    "latex": (
        lambda value: isinstance(value, bool) or _patterns(value),
        'true, false or a list of patterns such as "paper/*.tex"',
    ),
}
"""Every key, what its value has to be, and that in words."""
