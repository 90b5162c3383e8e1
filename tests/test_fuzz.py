"""Random inputs of every kind: none is without an answer or an error, none takes long.

Must not know how they are made; `python -m tests.fuzz --minutes 10` asks more.
"""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

import gradcli
from tests.fuzz.asking import asked, complaint
from tests.fuzz.editing import edited
from tests.fuzz.inputs import KINDS, Input, made
from tests.fuzz.shrinking import shrunk

unix = pytest.mark.skipif(not hasattr(signal, "SIGVTALRM"), reason="nothing ends what takes long")


@unix
@pytest.mark.slow
@pytest.mark.parametrize("part", range(4))
def test_whatever_is_typed(part: int) -> None:
    lost = [found for k in range(60) if (found := complaint(60 * part + k))]
    assert not lost, "\n\n".join(lost)


FOUND = {
    "a file that shadows what it uses": """A in R; T in R; f = A*T
derivation "d"
A = 1.5
df/dT = T""",
    "a definition that means nothing": """L = (yhat - y2)^2
d = 2*(yhat - y)
y = d*v
dL/dyhat = d
dL/dv = d*z""",
    "loops in loops": "for i in 0..1 { " * 600 + "1 = 1" + " }" * 600,
    "a rounded number that is differentiated": """w in R^n
at w = [0, 0]
w ≈ grad((2.5)^3, w)""",
    "a letter that only some sizes have": """z in R
g = max(zeros(n))^n * (where(ones(n) < z, ones(n), ones(n)).T @ (zeros(2, 2, 2) .^ 2))
zeros(n)[0]*(g + step(z)) ≈ (zeros(n) .* ones(m, n))[1]
sum(i in 0..1, (zeros(n) .* ones(n))[i]) = 0""",
    "a large argument": "x in R; f = (x/tanh(1e300))^3; df/dx = 1.5",
    "a long prime": "log1p(1e-5000) = 1.5",
    "a long bound": "where(not (1e5000 <= M), (M ./ M), M) = 1.5",
    "balls where a switch rests": """u in R^3; z in R
f = norm(u.T @ ones(3)) - (sum(i in 0..n-1, u[i]) - where(z < z, z, z))
g = f
at u = [1, 2, 3], z = 0
d2f/dz2 ≈ 0
for i in 0..1 { dg/dz = 0 }""",
    "nothing is left of what is shared": """x in R; v in R^n
g = logsumexp(d/dv (x*ones(n + 1)))
derivation "d"
x = 0
grad(g, x) ≈ 0 ± 1e-3""",
    "a mend beyond the smallest size": """B in R^(m, n); x in R
f = sum(i in 0..1, (x*B)[i, i])
for i in 0..2 { df/dx = B[1, n - 1] }""",
    "a size that no float can hold": "x in R^(1e400m)\nmax(x) = sum(exp(x))",
    "a letter that only what does not fit has": """w in R^n; q in R^(n + 1)
q[0]*(eye(n) @ w) = exp(q) @ (ones(n, m) @ ones(m))""",
    "an array without entries": """B in R^(m, n)
A in R^(n, n-1)
u in R^3
x in (0, 1)
g = (x / x)
dg/du = tanh(u)
for i in 0..2 { sum(outer(ones(n), ones(n))) ≈ (B)[n-1, -1] ± 1e-3 }""",
    "what is square at some sizes": """B in R^(m, n); x in R; u in R^3
where(sum(B) == x^3, sum(i in 0..n-1, u[i]), ones(m, n)[n - 1, 0]) = x^0""",
    "a unit vector that nothing is left of": "v in onehot(n)\nsum(i in 0..2, v[i])^0 = 0.5",
    "a switch at rest and an axis that no value tells": """h = where(ones(n) < y, y, y)
at y = 1
dh/dy = h""",
    "nothing is claimed of an empty set": """x in (0, inf); y in (1, 0)
derivation "d"
g = -x""",
    "as many entries at one size alone": "T in R^(2, 22)\nmax(T) = prod(T)",
    "a derivative by what neither side has": "u in R^(10^9); x in R; f = x\ngrad(f, u) = 0",
    "a letter as an exponent": "B in R^(9, 3m); q in R^n\n(d/dq(400*B))^n = 0",
    "an index that exists at no size": """sum(i in 0..2, zeros(n, m)[i, 0]) = zeros(2)[n - 4]
where(v[n - 1], 8, 2.5)""",
    "an axis less a number that has a name": "k = 25; A in R^(n - k)\nsum(eye(n)) = n",
}
"""What had no proper answer once."""


@pytest.mark.parametrize("name", FOUND)
def test_what_was_found(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRADCLI_STRICT", "1")
    report = gradcli.check(FOUND[name])
    found = [error for file in report.files for _, error in file.errors]
    assert found or [*report.findings]
    assert "G900" not in {error.code for error in found}
    assert not [n for f in report.findings for n in f.notes if "a bug of gradcli" in n]


PAPERS = {
    "a.ipynb": '{"cells": []}',
    "a.md": "",
    "a.tex": r"""$v, w \in \mathbb{R}$
\begin{equation} \Rightarrow w \ \end{equation}""",
}


@pytest.mark.parametrize("name", PAPERS)
def test_what_was_found_in_papers(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text(PAPERS[name], encoding="utf-8")
    given = Input("paper", ["check", name, "--latex"], {name: PAPERS[name].encode()})
    assert asked(given).proper


def test_what_an_editor_asks_outside_of_derivations() -> None:
    assert "severity" not in edited(["# A\n\nwords\n", ""], "a.md")


@pytest.mark.parametrize(
    ("opening", "closing"), [("{", "}"), (r"\frac{", "}{2}"), (r"\left(", r"\right)")]
)
def test_latex_is_bounded_in_depth(opening: str, closing: str, tmp_path: Path) -> None:
    path = tmp_path / "deep.tex"
    path.write_text(rf"\[ f = {opening * 400}x{closing * 400} \]", encoding="utf-8")
    report = gradcli.check(path)
    assert [error.code for file in report.files for _, error in file.errors] == ["G011"]


@pytest.mark.parametrize(("number", "read"), [("1" * 5000, True), ("1" + "0" * 20_000, False)])
def test_latex_has_long_numbers(number: str, read: bool) -> None:
    text = rf"$x \in \mathbb{{R}}$ \[ f = {number} x \] \[ \frac{{df}}{{dx}} = {number} \]"
    found = asked(Input("paper", ["check", "a.tex"], {"a.tex": text.encode()}))
    assert found.what == ("exit 0" if read else "exit 2")


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


@pytest.mark.parametrize(
    "arguments",
    [
        ["codegen", "1e5000*x", "--target", "numpy", "--let", "x in R"],
        ["codegen", "x^(1e5000)", "--target", "c", "--let", "x in R"],
        ["derive", "f = x; where(f != pi, x, x)", "--let", "x in (0, 1)", "--graph"],
    ],
)
def test_what_was_found_in_questions(arguments: list[str]) -> None:
    assert asked(Input("question", arguments)).what == "exit 0"


@pytest.mark.parametrize("command", ["graph", "derive"])
@pytest.mark.parametrize("program", ["M = 2*M; M", "M = [[M, 0], [0, 1]]; det(M)"])
def test_what_is_made_of_itself(command: str, program: str) -> None:
    found = asked(Input("question", [command, program]))
    assert found.what == "exit 2" and "M stands in its own definition" in found.said


@pytest.mark.parametrize("ends", ["0..1e400", "1e5000..2e5000", "1..1 + 1e-400", "-1e301..0"])
def test_an_interval_that_doubles_cannot_tell(ends: str) -> None:
    found = asked(Input("question", ["plot", "x", "--over", f"x={ends}"]))
    assert found.what == "exit 2" and "doubles" in found.said
