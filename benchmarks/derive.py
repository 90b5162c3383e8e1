"""Derivatives as formulas: the table of the literature, their length and the time each takes.

Must not know what a textbook writes: that is data, which the tests compare by value as well.
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from statistics import median
from time import process_time
from typing import Any

from gradcli.api.formulas import DerivedFormula, derive
from gradcli.language.parsing import tables
from gradcli.language.parsing.tokens import tokenize

TABLE = Path(__file__).parent / "data" / "derive.toml"
ROUNDS = 5


def made(entry: dict[str, Any]) -> DerivedFormula:
    order = entry.get("order", 1)
    return derive(entry["expression"], [entry["wrt"]], [entry["let"]], order=order)[0]


def tokens(text: str) -> int:
    return sum(bool(token.text) for token in tokenize(text, tables.load()))


def seconds(entry: dict[str, Any]) -> float:
    """The median time of one derivation, from text to a verified formula."""
    times = []
    for _ in range(ROUNDS):
        start = process_time()
        made(entry)
        times.append(process_time() - start)
    return median(times)


def rows() -> list[tuple[str, str, str]]:
    """How many hold, how long they are beside a textbook, how long they take."""
    entries = tomllib.loads(TABLE.read_text(encoding="utf-8"))["entry"]
    found = [made(entry) for entry in entries]
    lengths = [
        tokens(each.formula) / tokens(entry["textbook"])
        for each, entry in zip(found, entries, strict=True)
    ]
    times = sorted(seconds(entry) for entry in entries)
    count = len(entries)
    holding = sum(each.verdict in ("proved", "holds") for each in found)
    proved = sum(each.verdict == "proved" for each in found)
    quick = sum(time <= 0.01 for time in times)
    return [
        ("derive: formulas that hold", f"{holding} of {count}, {proved} proved", "all"),
        ("derive: tokens beside a textbook's, worst", f"{max(lengths):.2f}", "1.5"),
        ("derive: tokens beside a textbook's, mean", f"{sum(lengths) / count:.2f}", ""),
        ("derive: a verified formula, median", f"{median(times) * 1000:.1f} ms", "10 ms"),
        ("derive: within 10 ms", f"{quick} of {count}, worst {times[-1] * 1000:.0f} ms", "all"),
    ]
