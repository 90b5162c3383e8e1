"""Random inputs of every kind: none is without an answer or an error, none takes long.

Must not know how they are made; `python -m tests.fuzz --minutes 10` asks more.
"""

from __future__ import annotations

import signal

import pytest

from tests.fuzz.asking import complaint
from tests.fuzz.inputs import KINDS, Input, made
from tests.fuzz.shrinking import shrunk

unix = pytest.mark.skipif(not hasattr(signal, "SIGVTALRM"), reason="nothing ends what takes long")


@unix
@pytest.mark.slow
@pytest.mark.parametrize("part", range(4))
def test_whatever_is_typed(part: int) -> None:
    lost = [found for k in range(60) if (found := complaint(60 * part + k))]
    assert not lost, "\n\n".join(lost)


@unix
def test_the_quick_kinds() -> None:
    names = [*KINDS]
    seeds = [k for k in range(60) if names[k % len(names)] in ("data", "command")]
    assert not [*filter(None, map(complaint, seeds))]


def test_a_seed_is_one_input() -> None:
    assert [made(k) for k in range(30)] == [made(k) for k in range(30)]
    assert {made(k).kind for k in range(30)} == {*KINDS}


def test_what_fails_is_made_small() -> None:
    given = Input(
        "mutated", ["check", "--quiet", "a.grad"], {"a.grad": b"x in R\nf = x + y*z\nf = 1\n"}
    )
    small = shrunk(given, lambda i: "a.grad" in i.arguments and b"*" in i.files["a.grad"])
    assert small == Input("mutated", ["check", "a.grad"], {"a.grad": b"*"})
