"""What completes an argument: functions, names, codes, files; a shell asks while somebody types.

Must not load anything before it is asked for that, nor fail: what it cannot tell has no completion.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

WORD = re.compile(r"[^\W\d]\w*(?![\w(])")
LAST = re.compile(r"[^\W\d]\w*$")
TITLE = re.compile(r'^[ \t]*derivation\b[ \t]*"([^"\n]+)"', re.MULTILINE)
ENDS, MOST = ("grad", "md"), 500
"""Of files that are looked into for names of derivations: their ends, and how many of a folder."""


def files(ctx: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Whatever the shell itself completes a path by."""
    from click.shell_completion import CompletionItem  # noqa: PLC0415 what --help must not pay for

    return [CompletionItem(incomplete, type="file")]


def expressions(ctx: click.Context, parameter: click.Parameter, incomplete: str) -> list[str]:
    """A function in place of the last word, or a file behind an `@`."""
    if incomplete.startswith("@"):
        folder, _, begin = incomplete[1:].rpartition("/")
        here = Path(folder or ".")
        there = sorted(here.iterdir()) if here.is_dir() else []
        ends = [(path.name + "/" * path.is_dir()) for path in there if path.name.startswith(begin)]
        return [f"@{folder}{'/' * bool(folder)}{name}" for name in ends]
    last = LAST.search(incomplete)
    if last is None:
        return []
    return [f"{incomplete[: last.start()]}{name}(" for name in _begun(_functions(), last.group())]


def functions(ctx: click.Context, parameter: click.Parameter, incomplete: str) -> list[str]:
    """The names that `gradcli functions` knows."""
    from gradcli.reference.functions import operators  # noqa: PLC0415 what --help must not pay for

    return _begun([*_functions(), *operators()], incomplete)


def codes(ctx: click.Context, parameter: click.Parameter, incomplete: str) -> list[str]:
    """What `gradcli explain` explains."""
    from gradcli.reference.codes import explanations  # noqa: PLC0415

    return _begun(explanations(), incomplete)


def values(ctx: click.Context, parameter: click.Parameter, incomplete: str) -> list[str]:
    """`x=` for the inputs of the expression, behind those that have a value already."""
    before, name = _listed(incomplete)
    return [f"{before}{each}=" for each in _begun(_inputs(ctx), name) if f"{each}=" not in before]


def names(ctx: click.Context, parameter: click.Parameter, incomplete: str) -> list[str]:
    """The inputs of the expression, behind those that are listed already."""
    before, name = _listed(incomplete)
    return [before + each for each in _begun(_inputs(ctx), name) if each not in before.split(",")]


def derivations(ctx: click.Context, parameter: click.Parameter, incomplete: str) -> list[str]:
    """The names of the derivations in the files that were named, or else of this folder."""
    found: list[str] = []
    named = [Path(path) for path in ctx.params.get("paths") or (".",)]
    inside = [path.glob(f"{'**/' * (path != Path())}*.{end}") for path in named for end in ENDS]
    files = [path for path in named if path.is_file()]
    for path in [*files, *sorted(islice(chain(*inside), MOST))]:
        if path.is_file():
            found += TITLE.findall(path.read_text(encoding="utf-8", errors="replace"))
    return _begun(found, incomplete)


def commands(ctx: click.Context, parameter: click.Parameter, incomplete: str) -> list[str]:
    """The commands themselves."""
    from gradcli.cli import COMMANDS  # noqa: PLC0415

    return _begun(COMMANDS, incomplete)


def reports(ctx: click.Context, parameter: click.Parameter, incomplete: str) -> list[str]:
    """`sarif=`, with the file to be named behind it."""
    from gradcli.choices import REPORTS  # noqa: PLC0415

    return _begun([f"{name}=" for name in REPORTS], incomplete)


def _listed(incomplete: str) -> tuple[str, str]:
    cut = max(incomplete.rfind(","), incomplete.rfind(" ")) + 1
    return incomplete[:cut], incomplete[cut:]


def _inputs(ctx: click.Context) -> Iterable[str]:
    """The words of the expression that are no functions, and that it does not define."""
    text = str(ctx.params.get("expression") or "")
    defined = set(re.findall(r"(?:^|;)\s*([^\W\d]\w*)\s*(?:\([^)]*\)\s*)?=", text))
    known = {*_functions(), "pi", "e", "inf"} | defined
    return sorted({*WORD.findall(text)} - known)


def _functions() -> list[str]:
    from gradcli.ops import FUNCTIONS  # noqa: PLC0415

    return [*FUNCTIONS]


def _begun(found: Iterable[str], begin: str) -> list[str]:
    return [name for name in dict.fromkeys(found) if name.startswith(begin)]
