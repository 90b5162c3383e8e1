"""Reports of derivations as plain JSON values and back, with places that move with their text.

Must not know where a record is kept, nor when it may be used again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, is_dataclass
from fractions import Fraction
from typing import Any, TypeAlias

from gradcli.errors import Diagnostic, Span
from gradcli.judge.finding import (
    Counterexample,
    DerivationReport,
    Diagnosis,
    Entry,
    Evidence,
    FileReport,
    Finding,
    ProposedComment,
    ReadRow,
    SwitchSide,
)

KINDS: dict[str, Any] = {
    kind.__name__: kind
    for kind in (
        Counterexample, DerivationReport, Diagnosis, Diagnostic, Entry, Evidence, FileReport,
        Finding, ProposedComment, ReadRow, SwitchSide,
    )
}  # fmt: skip
PLAIN = bool | int | float | str | None
FRACTION, PLACE, TUPLE, TABLE = "fraction", "place", "tuple", "table"

Placed: TypeAlias = Callable[[Span], list[int]]
"""A span as numbers that do not change when its text stands elsewhere; Unrecorded for none."""
Found: TypeAlias = Callable[[list[int]], Span]
"""The span that such numbers mean now."""


class Unrecorded(Exception):
    """Something in a report that a record cannot hold."""


def recorded(value: Any, placed: Placed) -> Any:
    """A report as JSON has it. Unrecorded for what it holds besides plain data."""
    name = type(value).__name__
    if KINDS.get(name) is type(value):
        parts = [f.name for f in fields(value)] if is_dataclass(value) else value._fields
        return {name: [recorded(getattr(value, part), placed) for part in parts]}
    match value:
        case Span():
            return {PLACE: placed(value)}
        case Fraction():
            return {FRACTION: [value.numerator, value.denominator]}
        case list():
            return [recorded(each, placed) for each in value]
        case tuple():
            return {TUPLE: [recorded(each, placed) for each in value]}
        case dict():
            return {TABLE: [[key, recorded(each, placed)] for key, each in value.items()]}
    if isinstance(value, PLAIN):
        return value
    raise Unrecorded(name)


def restored(record: Any, found: Found) -> Any:
    """What was recorded; any of LookupError, TypeError, ValueError for what is no record."""
    if isinstance(record, list):
        return [restored(each, found) for each in record]
    if not isinstance(record, dict):
        return record
    [(name, value)] = record.items()
    match name:
        case "place":
            return found(value)
        case "fraction":
            return Fraction(*value)
        case "tuple":
            return tuple(restored(each, found) for each in value)
        case "table":
            return {key: restored(each, found) for key, each in value}
    return KINDS[name](*(restored(each, found) for each in value))


def texts(record: Any) -> list[str]:
    """Every text in a record."""
    left, found = [record], []
    while left:
        each = left.pop()
        if isinstance(each, str):
            found.append(each)
        elif isinstance(each, list):
            left += each
        elif isinstance(each, dict):
            left += each.values()
    return found
