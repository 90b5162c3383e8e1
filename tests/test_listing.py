"""`gradcli check --list`: what every statement was read as, and that none is left out.

Must not know verdicts: nothing is judged here.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.running import here

TEXT = """\
derivation "a net"
w, x in R
f in functions(R, R)
n >= 2
v in R^n
p = f(w*x)
L = p^2 = p*p
dL/dp = 2*p
      = p + p   # twice
s(u) = u^2
s(2) = 4
h[0] = x
for i in 0..1, j in 0..1 { c[i, j] = x*i; dc[i, j]/dx = i }
at x = 1
p ≈ 0.1 ± 1e-4
layout denominator
convention symmetric
"""
KINDS = [
    "2 declaration", "3 function", "4 condition", "5 declaration", "6 definition",
    "7 definition", "7 claim", "8 claim", "9 claim", "10 function", "11 claim",
    "12 definition", "13 loop", "13 definition",
    "13 claim", "14 point", "15 claim", "16 convention", "17 convention",
]  # fmt: skip


def rows(text: str) -> list[str]:
    done = here("check", "--list", "-", stdin=text)
    assert (done.code, done.err) == (0, "")
    return [line.strip() for line in done.out.splitlines() if line.startswith("  ")]


def test_every_statement_has_its_kind() -> None:
    assert [" ".join(row.split()[:2]) for row in rows(TEXT)] == KINDS


def test_each_side_of_a_chain_is_a_claim_of_its_own() -> None:
    assert [row.split(None, 2)[2] for row in rows(TEXT) if row.startswith(("7", "9"))] == [
        "L = p^2", "= p*p", "= p + p",
    ]  # fmt: skip
    assert any(row.endswith("p ≈ 0.1 ± 1e-4") for row in rows(TEXT))


def test_what_waits_for_a_size_is_read_as_what_it_is() -> None:
    text = "x in R\nfor t in 1..T { h[t] = t*x }\nL = sum(h)\ndL/dx = T*(T + 1)/2\n"
    assert [row.split()[1] for row in rows(text)] == [
        "declaration", "loop", "definition", "definition", "claim",
    ]  # fmt: skip


def test_what_cannot_be_read_is_told() -> None:
    done = here("check", "--list", "-e", "x in R\nx + \nx + x = 2*x\n")
    assert done.code == 2
    assert "error[G001]" in done.out
    assert done.out.endswith("1 file, 1 derivation: 1 declaration, 1 claim\n")


def test_nothing_is_judged() -> None:
    assert "2*x = x" in " ".join(rows("x in R\n2*x = x\n"))


@pytest.mark.parametrize("path", sorted(Path("samples").glob("*.grad"))[:3], ids=str)
def test_files_of_others_are_listed(path: Path) -> None:
    done = here("check", "--list", str(path))
    assert done.code == 0
    lines = path.read_text(encoding="utf-8").splitlines()
    listed = {int(row.split()[0]) for row in done.out.splitlines() if row.startswith("  ")}
    open_ = [k for k, line in enumerate(lines, 1) if "=" in line.partition("#")[0]]
    assert listed
    assert max(open_) <= max(listed) + 1
