"""The Taylor test of claims as a table: a claim a row, what it leaves of a change, and the orders.

Must not know how remainders are found.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from gradcli.judge.finding import Finding, Report
from gradcli.show.diagnostics import flattened
from gradcli.show.numbers import machine
from gradcli.show.page import Cell, Column, Table
from gradcli.trial.remainders import HALVINGS, Remainders

TITLE = "Taylor test: what is left of f(x + h*v) - f(x) less h times the claim along v, 2-norm"
ABOUT = (
    "v is a random direction, and h is halved from order to order: what a derivative leaves falls "
    "as h^2 or faster, what anything else leaves as h"
)


def tested(report: Report) -> list[tuple[str, Finding, Remainders]]:
    """The claims that were put to the test, each with its file."""
    return [
        (file.path, each, each.remainders)
        for file in report.files
        for each in file.findings
        if each.remainders is not None
    ]


def table(found: Sequence[tuple[str, Finding, Remainders]], ascii: bool) -> Table:
    """A row a claim."""
    columns = [Column(""), Column("claim"), Column("without it"), Column("left at")]
    columns += [Column("", "point"), Column("orders"), Column("")]
    rows = []
    for path, each, made in found:
        line = each.span.source.position(each.span.start)[0]
        name = each.name if not each.step else f"{each.name}, step {each.step + 1}"
        place = Cell(flattened(f"{path}:{line}", ascii), "place")
        rows.append([
            place, Cell(flattened(name, ascii)), Cell(order(made.orders_without)),
            Cell(f"2^-{made.first + HALVINGS}"), Cell(_size(made)), Cell(orders(made)),
            Cell(each.verdict, "good" if each.passed else "bad"),
        ])  # fmt: skip
    return Table(columns, rows)


def _size(made: Remainders) -> str:
    """What the least h leaves."""
    left = made.left[-1]
    size = "0" if not left else left if isinstance(left, str) else f"{float(left):.2e}"
    return f"below {size}" if left and made.orders[-1] is None else size


def order(found: Sequence[float | None]) -> str:
    """The last order."""
    return "" if found[-1] is None else f"{found[-1]:.2f}"


def orders(made: Remainders) -> str:
    """All of them, or that nothing is left."""
    known = [f"{each:.2f}" for each in made.orders if each is not None]
    return " ".join(known) or "nothing is left"


def json(made: Remainders) -> dict[str, Any]:
    """By the schema of `check`."""
    return {
        "h": [2.0 ** -(made.first + k) for k in range(HALVINGS + 1)],
        "without": [machine(x) for x in made.without],
        "left": [machine(x) for x in made.left],
        "orders_without": made.orders_without,
        "orders": made.orders,
    }
