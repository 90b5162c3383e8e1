"""The table of refuted claims: what is said of each, and that every mend passes where it is pasted.

Must not know how a mistake is found: programs in, findings out.
"""

from __future__ import annotations

import re

import pytest

from tests.refuted import ORIGINS, SOMEWHERE, Refuted
from tests.verdicts import PASS, findings, pasted

SLOW = ("held out", "by the graph", "looked up", "from other fields", "by pattern")


ROWS = [
    pytest.param(
        row, id=f"{origin}: {row.program[-50:]}", marks=[pytest.mark.slow] * (origin in SLOW)
    )
    for origin, claims in ORIGINS.items()
    for row in claims
]


@pytest.mark.parametrize("row", ROWS)
def test_what_is_said_and_the_mend(row: Refuted) -> None:
    found = findings(row.program)
    assert found[-1].verdict == "refuted"
    told = found[-1].diagnosis
    if not row.kind:
        assert told is None
        return
    assert told is not None
    assert told.kind == row.kind, told
    if row.says is not None:
        assert re.fullmatch(re.escape(row.says).replace("…", ".*"), told.text), told.text
    assert row.mended in (None, told.mended or "")
    if row.mended == "":
        assert told.verdict is None
        return
    assert told.mended
    assert told.verdict in PASS
    assert all(after.passed for after in findings(pasted(row.program, found)))


@pytest.mark.parametrize("program", SOMEWHERE)
def test_what_is_wrong_somewhere_is_refuted(program: str) -> None:
    found = findings(program)[-1]
    assert found.verdict == "refuted"
    assert found.counterexample is not None
