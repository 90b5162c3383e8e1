"""Which hand-written code a run checks: named on the command line, or in `pyproject.toml`.

Must not know how it is checked. Code is run by a check, so nothing is ever found: it is named.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from gradcli.api.code_request import CodeRequest, SetText
from gradcli.errors import wrong

PYTHON = ".py"
BETWEEN = "::"
KEYS = ("backward", "forward", "sets", "values", "wrt", "timeout")
WORDS = (
    'a table with backward = "FILE.py::NAME", sets = {x = "R^(N, D)"}, and perhaps'
    ' forward = "NAME", values = {reg = 0.1}, wrt = ["x"], timeout = 60'
)


def is_code(path: str) -> bool:
    """Whether an argument names Python code: `FILE.py` or `FILE.py::NAME`."""
    return path.partition(BETWEEN)[0].lower().endswith(PYTHON)


def requests(
    paths: Sequence[str], forward: str, let: str, wrt: Sequence[str], timeout: float
) -> list[CodeRequest]:
    """What paths and options ask for. GradcliError (G401) for options that go with no path."""
    given: Mapping[str, Any] = {}
    if let:
        from gradcli.api.code_sets import let as inputs  # noqa: PLC0415 seldom asked

        given = inputs(let)
    named = [path.partition(BETWEEN) for path in paths]
    if (forward or let or wrt) and not any(name for _, _, name in named):
        help = 'they say what a backward is given: gradcli check layers.py::bn_backward --let "…"'
        raise wrong("G401", "--forward, --let and --wrt go with FILE.py::NAME", help=help)
    inputs_of = tuple(given.items())
    order = tuple(wrt) or None
    return [CodeRequest(path, name, forward, inputs_of, order, timeout) for path, _, name in named]


def fits(value: Any) -> bool:
    """Whether a value is a list of tables that each say what is to be checked."""
    return isinstance(value, list) and all(map(_fits, value))


def _fits(table: Any) -> bool:
    if not isinstance(table, dict) or not {*table} <= {*KEYS}:
        return False
    backward, sets, wrt = table.get("backward"), table.get("sets", {}), table.get("wrt", [])
    return (
        isinstance(backward, str)
        and is_code(backward)
        and bool(backward.partition(BETWEEN)[2])
        and isinstance(table.get("forward", ""), str)
        and isinstance(sets, dict)
        and all(isinstance(text, str) for text in sets.values())
        and isinstance(table.get("values", {}), dict)
        and isinstance(wrt, list)
        and all(isinstance(name, str) for name in wrt)
        and isinstance(table.get("timeout", 60), int | float)
    )


def configured(
    tables: Sequence[Mapping[str, Any]], called: Callable[[str], str]
) -> tuple[CodeRequest, ...]:
    """The requests of `[[tool.gradcli.code]]`; `called` is how their paths are called here."""
    found = []
    for table in tables:
        path, _, name = table["backward"].partition(BETWEEN)
        # A forward may be written with its file, which is the backward's.
        forward = table.get("forward", "").rpartition(BETWEEN)[2]
        sets = [(key, SetText(text)) for key, text in table.get("sets", {}).items()]
        given = (*sets, *table.get("values", {}).items())
        wrt = tuple(table["wrt"]) if table.get("wrt") else None
        found.append(CodeRequest(called(path), name, forward, given, wrt, table.get("timeout", 60)))
    return tuple(found)
