"""Residues that differ: when two sides are certainly two functions, and when nothing follows.

Must not know how residues are found; each line follows from mathematics and the declared sets.
"""

from __future__ import annotations

import pytest

from gradcli.api import check_text
from gradcli.claims import Pair
from gradcli.errors import Source
from gradcli.judge import pair_verdict
from gradcli.judge.finding import CheckOptions
from gradcli.proof.proof import Differs, Proof, proof
from gradcli.trial.sample_space import SampleSpace
from tests.verdicts import lines


def told(text: str, monkeypatch: pytest.MonkeyPatch) -> Proof | Differs | None:
    """What residues say of the claim of a program."""
    found: list[Proof | Differs | None] = []

    def listened(pair: Pair, sample_space: SampleSpace) -> Proof | Differs | None:
        found.append(proof(pair, sample_space))
        return found[-1]

    monkeypatch.setattr(pair_verdict, "proof", listened)
    check_text(Source("differs.grad", text), CheckOptions())
    return found[0] if found else None


CERTAIN = lines("""
x in R; f = x^3; df/dx = 2*x^2
x in R; exp(2*x) = exp(x)^3
x in R; f = sin(x)*exp(x); df/dx = cos(x)*exp(x)
x in (0, inf); f = x*log(x); df/dx = log(x)
x in R; f = 2^x; df/dx = 2^x
x in (0, 1); f = pi*x^2; df/dx = pi*x
x in R^n; f = sum(x^2); df/dx = x
z in R^4; y in onehot(4); L = -sum(y*log(softmax(z))); dL/dz = y - softmax(z)
p in simplex(3); sum(p^2) = 1
x, y in R; at x = 2; x*y = y
x in R; cbrt(x)^2 = x
x in (1, 2); f = relu(x); df/dx = 2
# with every sign of the roots
x in R; f = sqrt(x^2 + 1); df/dx = 1/sqrt(x^2 + 1)
x in R; sqrt(x^2 - 2*x + 1) = x + 1
x in R; f = exp(sqrt(x^2 + 1)); df/dx = exp(sqrt(x^2 + 1))/sqrt(x^2 + 1)
a, b in R^3; c = a.T@b/(norm(a)*norm(b)); dc/db = a/(norm(a)*norm(b)) - c*b/norm(a)^2
# for one choice of signs of five independent roots
X in R^(5, 3); f = sum(sqrt(sum(X.^2, axis=1))); df/dX = X
""")
OPEN = lines("""
# right, though residues do not know it
x in (0, inf); atan(x) + atan(1/x) = pi/2
x in R; sin(x + 2*pi) = sin(x)
x in (0, inf); log(x^2 + 2*x + 1) = 2*log(x + 1)
x in R; sqrt(x^4 + 2*x^2 + 1) = x^2 + 1
x in R; sqrt(x^2 - 2*x + 1) = x - 1
x in R^5; sum(sqrt(x^2 - 2*x + 1)) = sum(1 - x)
x in R; cos(pi) = -1 + 0*x
# right on the set only
x in [1, 1]; x^2 = x
# a formula is not what the derivative is
x in R; f = relu(x) - relu(-x); at x = 0; df/dx = 1
# the domain alone
x in R; sqrt(x)^2 = x
""")


@pytest.mark.parametrize("text", CERTAIN)
def test_two_functions(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert isinstance(told(text, monkeypatch), Differs)


def test_few_points_are_taken_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "x in integers(0, 2); x*(x - 1)*(x - 2) = 0"
    assert isinstance(told(text, monkeypatch), Proof)
    assert told(text.replace("= 0", "= 0*x + (x - 1)^2"), monkeypatch) is None


@pytest.mark.parametrize("text", OPEN)
def test_nothing_follows(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert told(text, monkeypatch) is None
