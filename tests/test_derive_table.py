"""`derive` on the matrix-calculus literature: right, parsed back, and no longer than a textbook."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from gradcli.api.formulas import DerivedFormula, derive
from gradcli.language.parsing import tables
from gradcli.language.parsing.tokens import tokenize

TABLE = Path(__file__).parent.parent / "benchmarks" / "data" / "derive.toml"
ENTRIES = tomllib.loads(TABLE.read_text(encoding="utf-8"))["entry"]
LONGER = 1.5

every_entry = pytest.mark.parametrize(
    "entry",
    [
        pytest.param(e, marks=[pytest.mark.slow] * (e["name"] == "Huber regression"), id=e["name"])
        for e in ENTRIES
    ],
)


def tokens(text: str) -> int:
    return sum(bool(token.text) for token in tokenize(text, tables.load()))


def found(entry: dict[str, Any], expression: str = "") -> DerivedFormula:
    made = derive(
        expression or entry["expression"], [entry["wrt"]], [entry["let"]],
        order=entry.get("order", 1),
    )  # fmt: skip
    return made[0]


def test_there_are_enough() -> None:
    assert len(ENTRIES) >= 40
    assert len({entry["name"] for entry in ENTRIES}) == len(ENTRIES)


@every_entry
def test_as_short_as_a_textbook(entry: dict[str, Any]) -> None:
    made = found(entry)
    assert made.verdict in ("proved", "holds")
    assert tokens(made.formula) <= LONGER * tokens(entry["textbook"])


@pytest.mark.slow
@every_entry
def test_the_checker_accepts_both_forms(entry: dict[str, Any]) -> None:
    """The formula as a claim in a derivation, the textbook's as the next line of the chain."""
    from gradcli import api  # noqa: PLC0415

    *definitions, output = entry["expression"].split("; ")
    if " = " not in output:
        output = f"f = {output}"
    name, order, by = output.partition(" = ")[0], entry.get("order", 1), entry["wrt"]
    power = str(order) if order > 1 else ""
    lines = [
        *entry["let"].split("; "), *definitions, output,
        f"d{power}{name}/d{by}{power} = {found(entry).formula}", f"= {entry['textbook']}",
    ]  # fmt: skip
    report = api.check("\n".join(lines))
    (file,) = report.files
    (made,) = file.derivations
    assert not made.errors
    assert [f.verdict in ("proved", "holds") for f in made.findings] == [True, True]
