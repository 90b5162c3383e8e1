"""What grows with a text and no faster: claims in one derivation, nested calls, kept numbers.

Must not assert a time: it counts what is computed.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from gradcli import diff
from gradcli.api import check_text, parse
from gradcli.api.remembered import Nothing
from gradcli.arithmetic import evaluate as evaluation
from gradcli.arithmetic.ball import BALL
from gradcli.arithmetic.tape import Tape
from gradcli.calculus.core import mul
from gradcli.diagnosis import exchange, mistakes
from gradcli.diagnosis.refuted_claim import RefutedClaim, Slip
from gradcli.diagnosis.samples import Samples
from gradcli.errors import Source
from gradcli.graph.node import Node
from gradcli.judge.finding import CheckOptions, Finding
from gradcli.language import lost_axes


def findings(text: str) -> list[Finding]:
    """What is found of a text, judged anew."""
    return [*check_text(Source("x.grad", text), CheckOptions(), cache=Nothing()).findings]


def chained(n: int) -> str:
    """A chain of n functions, and a claim of the derivative by each vertex of it."""
    vertices = [f"a{k} = tanh(a{k - 1})" for k in range(1, n + 1)]
    claims = [f"da{n}/da{k} = da{n}/da{k + 1}*(1 - a{k + 1}^2)" for k in reversed(range(n))]
    return "\n".join(["x in R", "a0 = x", *vertices, *claims])


@pytest.fixture
def computed(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The registers that values of scalar vertices are written into."""
    found: list[int] = []
    inner = Tape.run

    def counted(tape: Tape, m: Any, values: Any) -> dict[Node, list[Any]]:
        found.extend(tape.into)
        return inner(tape, m, values)

    monkeypatch.setattr(Tape, "run", counted)
    return found


def test_claims_of_one_chain_share_what_they_compute(computed: list[int]) -> None:
    counts = []
    for n in (20, 40):
        computed.clear()
        assert {f.verdict for f in findings(chained(n))} == {"holds"}
        counts.append(len(computed))
    assert counts[1] < 3 * counts[0]


def test_sides_are_written_out_only_where_they_are_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    written: list[object] = []
    monkeypatch.setattr(lost_axes, "_held", written.append)
    assert diff("sin(" * 50 + "x" + ")" * 50 + " + x", ["x=1"]).settled
    assert not written


def test_numbers_are_kept_as_long_as_they_are_needed() -> None:
    model = parse("y = sin(x); z = y*y; z + exp(z)")
    (x,) = model.inputs.values()
    values = {x: BALL.number(2)}
    (wanted,) = evaluation.evaluate([model.output], BALL, values)
    assert [*values] == [x]
    kept = dict(values)
    (again,) = evaluation.evaluate([model.output], BALL, kept, keep=True)
    assert len(kept) > 3 and str(wanted[0]) == str(again[0])


TRIED = """w, x, b, t in R
z = w*x + b
a = tanh(z)
E = (a - t)^2
dE/dw = (a - t)*(1 - a^2)*x + 0*a
"""


def test_a_vertex_in_place_of_another_is_right_where_its_graph_is(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seen: list[tuple[Any, ...]] = []

    def look(refuted: RefutedClaim) -> Iterator[Slip]:
        samples, claim = Samples(refuted), refuted.claim
        for old in {n for n in refuted.parts.values() if not n.op.boolean}:
            news = [mul(old, other) for other in (*claim.args, *refuted.parts.values())]
            news += [old + old, old]
            made = [exchange.exchanged(claim, old, new) for new in news]
            fits = [k for k, node in enumerate(made) if node is not None and samples.fits(node)]
            left = refuted.left
            seen.append(([*exchange.right_in_place(samples, old, news)], fits))
            assert left - refuted.left == sum(node is not None for node in made)
        yield from ()

    monkeypatch.setattr(mistakes, "ALL", (mistakes.whole("factor", look),))
    assert [f.verdict for f in findings(TRIED)] == ["refuted"]
    assert all(found == fits for found, fits in seen)
    assert any(fits for _, fits in seen)
