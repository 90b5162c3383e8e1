"""Every file is checked as its own project says: what that sets, unless the command line does.

Must not know where settings are written, nor what becomes of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from gradcli.judge.finding import CheckOptions
from gradcli.project.config import Config, Projects
from gradcli.project.files import NamedFile, at_home, is_matched

OF_A_FILE = ("seed", "points", "layout", "limit")
"""The settings that a file may have of its own; the others are those of a run."""


def with_own(
    files: Sequence[NamedFile], projects: Projects, given: Mapping[str, Any], options: CheckOptions
) -> list[NamedFile]:
    """The files, each with what its project sets otherwise than `options`; `given` wins."""
    found = []
    for file in files:
        own = own_settings(at_home(file.path), _project(file, projects), given, options)
        differing = [(key, value) for key, value in own if value != getattr(options, key)]
        found.append(replace(file, settings=tuple(differing)))
    return found


def own_settings(
    path: Path, project: Config, given: Mapping[str, Any], options: CheckOptions
) -> Iterator[tuple[str, Any]]:
    """The settings of a file as its project has them, unless they are `given`."""
    for key in OF_A_FILE:
        yield key, given.get(key, getattr(project, key))
    yield "latex", options.latex or is_matched(path, project.latex)
    yield "strict", options.strict or project.strict


def allows_undecided(files: Sequence[NamedFile], projects: Projects, run: Config) -> bool:
    """Whether what is undecided is no failure: where there are files, each project says it."""
    if not files:
        return run.allow_undecided
    return all(_project(file, projects).allow_undecided for file in files)


def _project(file: NamedFile, projects: Projects) -> Config:
    """The settings of a file's project."""
    return projects.of(at_home(file.path).parent)
