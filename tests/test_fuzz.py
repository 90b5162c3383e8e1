"""Random questions of every command: none is without an answer or an error, none takes long.

Must not know how they are made; `python -m tests.fuzz --count 10000` asks more.
"""

from __future__ import annotations

import signal

import pytest

from tests.fuzz.asking import arguments, complaint


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(signal, "SIGALRM"), reason="nothing ends what takes too long")
@pytest.mark.parametrize("part", range(4))
def test_whatever_is_typed(part: int) -> None:
    lost = [found for k in range(60) if (found := complaint(60 * part + k))]
    assert not lost, "\n\n".join(lost)


def test_a_seed_is_one_question() -> None:
    assert [arguments(k) for k in range(30)] == [arguments(k) for k in range(30)]
