"""Notebooks: `%load_ext gradcli`, cells of derivations that are checked, gradients in a line.

Must not know how anything is found or shown: what a magic returns shows itself.
"""

from __future__ import annotations

import argparse
import shlex
from collections.abc import Mapping
from functools import partial, update_wrapper
from typing import Any, NoReturn

from IPython.core.error import UsageError

from gradcli.choices import LAYOUTS
from gradcli.errors import GradcliError
from gradcli.python.drawings import draw
from gradcli.python.reports import check
from gradcli.python.results import diff
from gradcli.show.diagnostics import render


def register(shell: Any) -> None:
    """The magics of a shell of IPython's."""
    for kind, magic in (("cell", _cell), ("line", _line)):
        bound = update_wrapper(partial(magic, shell), magic)
        shell.register_magic_function(bound, kind, "grad")


def _cell(shell: Any, line: str, cell: str) -> Any:
    """%%grad: check the derivations of a cell, claim by claim.

    `--require` makes what fails an error of the cell, `--draw` shows the graph of what was defined
    last as well; `-k NAME`, `--points N`, `--seed N`, `--layout L` are those of `gradcli check`.
    """
    parser = _Options("%%grad")
    parser.add_argument("--require", action="store_true")
    parser.add_argument("--draw", action="store_true")
    parser.add_argument("-k", dest="name", default="")
    parser.add_argument("--points", type=int)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--layout", choices=LAYOUTS, default=LAYOUTS[0])
    asked = parser.read(line)
    with _Complaints():
        report = check(
            cell, seed=asked.seed, points=asked.points, layout=asked.layout, name=asked.name
        )
        if asked.draw:
            shell.display_pub.publish(data=draw(cell)._repr_mimebundle_())
    return report.require() if asked.require else report


def _line(shell: Any, line: str) -> Any:
    """%grad EXPR --at POINT: value and gradient, every digit certified.

    `--with W,x` takes the values of the notebook's own variables, `--wrt` names what it is by,
    `--draw` draws the graph instead.
    """
    parser = _Options("%grad")
    parser.add_argument("--at", action="append", default=[])
    parser.add_argument("--with", dest="variables", default="")
    parser.add_argument("--wrt", default="")
    parser.add_argument("--draw", action="store_true")
    expression, dashes, options = line.partition(" --")
    asked = parser.read(dashes + options)
    point = [*asked.at, _values(asked.variables, shell.user_ns)]
    with _Complaints():
        return (draw if asked.draw else diff)(expression, point, wrt=asked.wrt)


def _values(names: str, known: Mapping[str, Any]) -> dict[str, Any]:
    """The notebook's variables of these names."""
    wanted = [name.strip() for name in names.split(",") if name.strip()]
    if missing := [name for name in wanted if name not in known]:
        raise UsageError(f"--with: there is no variable {missing[0]}")
    return {name: known[name] for name in wanted}


class _Options(argparse.ArgumentParser):
    """The options of a magic; a mistake in them is shown without a traceback."""

    def __init__(self, name: str) -> None:
        super().__init__(name, add_help=False, allow_abbrev=False)

    def read(self, line: str) -> argparse.Namespace:
        try:
            return self.parse_args(shlex.split(line))
        except ValueError as error:
            self.error(str(error))

    def error(self, message: str) -> NoReturn:
        raise UsageError(f"{self.prog}: {message}")


class _Complaints:
    """Within this, wrong input is shown with its place and its mend, and without a traceback."""

    def __enter__(self) -> None:
        return

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        if isinstance(error, GradcliError):
            raise UsageError("\n" + "\n".join(map(render, error.diagnostics))) from None
