"""Proof by residues: what must be proved, and what must never be.

Must not know how a proof is found; each line follows from mathematics and the declared sets.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from gradcli.arithmetic.base import Arithmetic, Array
from gradcli.calculus.core import symbol
from gradcli.claims import Pair, Relation
from gradcli.graph.space import Space
from gradcli.ops import FUNCTIONS
from gradcli.ops.elementary import sin
from gradcli.proof import exponentials, fixed_size, independent_roots, jumps
from gradcli.proof.domain import Domain
from gradcli.proof.modular import MODULAR
from gradcli.proof.proof import Proof, proof
from gradcli.proof.residue import Residue
from gradcli.proof.residue_run import RUNS, Run
from gradcli.trial.sample_space import SampleSpace
from tests.verdicts import findings, last, lines

DEEP = "tanh(" * 12 + "x" + ")" * 12


def deep(text: str) -> list[str]:
    """Lines in which DEEP stands for a tower that no chain of fields is long enough for."""
    return lines(text.replace("DEEP", DEEP))


PROVED = deep("""
# exponentials, logarithms, powers
x in R; log(exp(x)) = x
x in (0, inf); exp(log(x)) = x
x in (0, inf); y in (0, inf); log(x*y) = log(x) + log(y)
x in (0, inf); y in R; x^y = exp(y*log(x))
x in R; y in R; exp(x + exp(y)) = exp(x)*exp(exp(y))
x in R; log(exp(x) + exp(-x)) = log(2*cosh(x))
x in R; x^1000*x = x^1001
x in R; f = sigmoid(x); df/dx = sigmoid(x)*sigmoid(-x)
x in R; f = softplus(x); df/dx = 1/(1 + exp(-x))
x in R; f = tanh(x); df/dx = 1/cosh(x)^2
x in R; f = log(cosh(x)); df/dx = tanh(x)
x in R; f = x^x; df/dx = x^x*(1 + log(x))
x in R; f = log(x^2); df/dx = 2/x
x in R; f = log(abs(x)); df/dx = 1/x
# deeper than any chain of fields, so by what both sides share
x, y in R; a = DEEP; sin(a + y) = sin(a)*cos(y) + cos(a)*sin(y)
x, w in R; h = DEEP; f = tanh(w*h)^2; df/dh = 2*tanh(w*h)*(1 - tanh(w*h)^2)*w
x in R; a = DEEP; f = relu(a)^2; df/da = 2*relu(a)
x in (0, inf); a = log(DEEP); exp(a)*exp(2*a) = exp(3*a)
# roots
x in R; sqrt(x^2) = abs(x)
x in R; sqrt(x^4) = x^2
x in R; cbrt(x)^3 = x
x in R; cbrt(x^3) = x
x in (0, inf); y in (0, inf); sqrt(x)*sqrt(y) = sqrt(x*y)
x in [0, inf); y in [0, inf); sqrt(x)*sqrt(y) = sqrt(x*y)
x in (0, inf); sqrt(29*x)^2 = 29*x
x in R; f = sqrt(x); df/dx = 1/(2*sqrt(x))
x in R; f = log(x); df/dx = sqrt(x)/sqrt(x)^3
x in R; f = asin(x); df/dx = 1/sqrt(1 - x^2)
x in R; f = acosh(x); df/dx = 1/(sqrt(x - 1)*sqrt(x + 1))
x in R; f = (x^2 + 3)^(1/4); df/dx = x/(2*(x^2 + 3)^(3/4))
x, y in R; f = sqrt(x^2 + 1 + sqrt(y^2 + 2)); df/dy = y/(2*sqrt(y^2 + 2)*f)
x, y in R; h = sqrt(x*y + 3); g = sqrt(y + h); f = sqrt(x + g); df/dx = (1 + y/(4*h*g))/(2*f)
x, y in R; sqrt(x^2 + 1)*sqrt(y^2 + 1) = sqrt((x^2 + 1)*(y^2 + 1))
x in R; sqrt(x^2 + 1)*sqrt(1 + x*x) = x^2 + 1
x in R; sqrt(4*x^2 + 4) = 2*sqrt(x^2 + 1)
x in R; sqrt(2*x^2 + 2) = sqrt(2)*sqrt(x^2 + 1)
x in R; cbrt(sqrt(x^2 + 1))^3 = sqrt(x^2 + 1)
x in R; exp(softplus(x)/2) = sqrt(1 + exp(x))
x, y in R; relu(y)*sigmoid(softplus(x)/2) = relu(y)/(1 + exp(-softplus(x)/2))
X in R^(10, 3); f = sum(sqrt(sum(X.^2, axis=1))); df/dX = X./(sqrt(sum(X.^2, axis=1))@ones(3).T)
x in R^6; f = sum(exp(-sqrt(x^2 + 1))); df/dx = -x*exp(-sqrt(x^2 + 1))/sqrt(x^2 + 1)
X in R^(3, 2); r = sqrt(sum(X.^2, axis=1)); sum(tanh(r)^2) + sum(1/cosh(r)^2) = 3
x, y in R^n; L = norm(max(x, y)); dL/dx = max(x, y)/L*where(x > y, 1, 0)
x, y in R^5; f = sum(sqrt(x^2 + 1)); where(x > y, f, 2*f)*f = f^2*where(x > y, 1, 2)
x in R^2; e in (0, 1); f = sum(log(exp(exp(x)) + 1)); df/dx = exp(x)/(1 + exp(-exp(x))) + 0*e
# turns and others
x in R; sin(x)^2 + cos(x)^2 = 1
x in R; y in R; sin(x + y) = sin(x)*cos(y) + cos(x)*sin(y)
x in R; f = tan(x); df/dx = 1/cos(x)^2
x in [-1, 1]; asin(x) + acos(x) = pi/2
x in R; f = gelu(x); df/dx = erfc(-x/sqrt(2))/2 + x*exp(-x^2/2)/sqrt(2*pi)
x in R; f = atan2(x, 2); df/dx = 2/(x^2 + 4)
# signs, in every pattern and at rest
x in R; abs(x) = where(x > 0, x, -x)
x in R; abs(x) = where(x >= 0, x, -x)
x in R; relu(x) = max(x, 0)
x in R; relu(x) = x*step(x)
x in R; relu(x) - relu(-x) = x
x in R; step(relu(x)) = step(x)
x in R; y in R; max(x, y) = (x + y + abs(x - y))/2
x in R; y in R; where(x > y, 1, 0) + where(2*y >= 2*x, 1, 0) = 1
x in R; where(x > 1 or x <= 1, x, 5) = x
x in R; where(not (x > 0), 1, 2) = where(x <= 0, 1, 2)
x in R; where(exp(x) > 0, 1, 0) = 1
x in (0, 1); where(x < 10^400, 1, 2) = 1
x in R; f = relu(x); df/dx = where(x >= 0, 1, 0)
x in R; f = relu(x); df/dx = (1 + sign(x))/2
x in R; f = sqrt(x^2); df/dx = sign(x)
x in R; f = relu(x) - relu(-x); df/dx = 1
x in R; f = relu(x)^2; df/dx = 2*relu(x)
x in R; f = clip(x, -1, 1); df/dx = where(x > -1 and x < 1, 1, 0)
x in R; y in R; f = where(y > 0, x, 2*x); df/dx = where(y <= 0, 2, 1)
x in R; y in R; f = abs(x)*y; df/dy = where(x > 0, x, -x)
x in R; f = x/(1 + abs(x)); df/dx = 1/(1 + abs(x))^2
# tensors, sets, sizes
x in R^n; f = norm(x); df/dx = x/norm(x)
z in R^4; y in onehot(4); L = -sum(y*log(softmax(z))); dL/dz = softmax(z) - y
z in R^4; y in simplex(4); L = cross_entropy_logits(y, z); dL/dz = softmax(z) - y
z in R^(m, n); log_softmax(z, axis=0) = log(softmax(z, axis=0))
W in R^(2, 3); x in R^3; v in R^2; f = v.T@relu(W@x); df/dx = W.T@(v*step(W@x))
A in spd(3); logdet(A) = log(det(A))
A in R^(2, 2); b in R^2; solve(A, b) = inv(A)@b
x in onehot(3); sum(x^2) = 1
# numbers and points
sqrt(2)*sqrt(3) = sqrt(6)
exp(1) = e
log(8) = 3*log(2)
x in R; y in R; at x = 2; x*y = y + y
""")


@pytest.mark.parametrize("text", PROVED)
def test_is_proved(text: str) -> None:
    found = last(text)
    assert found.verdict == "proved"
    assert found.evidence.method == "residues"
    assert found.evidence.error is not None
    assert found.evidence.error >= fixed_size.CERTAIN == 80


OPEN = deep("""
# wrong for some signs
x in R; sqrt((x - 1)^2) = x - 1
x in R; sqrt(x^2 - 2*x + 1) = x - 1
x in R; sqrt(4*x^2) = 2*x
x in R; sqrt(2*x^2 + 2) = -sqrt(2)*sqrt(x^2 + 1)
x in R; sqrt(x^4 + 2*x^2 + 1) = -x^2 - 1
x, y in R; sqrt(x^2 + 1)*sqrt(y^2 + 1)*x = sqrt((x^2 + 1)*(y^2 + 1)*x^2)
x, y in R; sqrt(x^2 + 1)*sqrt(y^2 + 1)*(x - y) = sqrt((x^2 + 1)*(y^2 + 1)*(x^2 - 2*x*y + y^2))
sqrt(5 - 2*sqrt(6)) = sqrt(2) - sqrt(3)
x in R; sqrt(x^2 + 2 - 2*sqrt(x^2 + 1)) = 1 - sqrt(x^2 + 1)
# wrong for some signs of roots of which most are independent
x, y in R^4; sum(sqrt(x^2 + 1)*sqrt(y^2 - 2*y + 1)) = sum(sqrt(x^2 + 1)*(1 - y))
x in R^4; y, z in R; s = sqrt(y^2 + 1); f = sum(sqrt(x^2 + 1)); u = s + z; f*sqrt(u^2) = f*u
x in R^4; y, z in R; s = sqrt(y^2 + 1); u = z*(5 + y^2) + 4*z*s; sqrt(u) = -sqrt(z)*(2 + s)
x in R^4; y, z in R; u = z*(5 + y^2) + 4*z*sqrt(y^2 + 1); sum(sqrt(x^2 + u)) = -sum(sqrt(x^2 + u))
# a root outside and inside an exponential
x in (0, inf); y = x - 1/10^9; r = sqrt(x^2 - 2*x/10^9 + 1/10^18); (r - y)*(exp(r) - exp(y)) = 0*r
x in R; r = sqrt(x^2 - 2*x + 1); (r - x + 1)*(exp(r) - exp(x - 1)) = 0*r
x in R; r = sqrt(x^2 - 2*x + 1); (r - x + 1)*(exp(exp(r)) - exp(exp(x - 1))) = 0*r
x in R^2; r = sqrt(x^2 - 2*x + 1); sum((r - x + 1)*(exp(r) - exp(x - 1))) = 0*sum(r)
# a law of roots or logarithms of what is negative where it matters
x in R; sqrt(x^6) = x^3
x in R; (x^2)^(3/2) = x^3
x in R; (x^4)^(1/4) = x
x in R; relu(x) = x
x in R; max(x, 1) = clip(x, 1, 5)
x in (0, inf); sqrt(29*x)^2 = -29*x
x in (0, inf); sqrt(37*x)^2 = -37*x
# wrong at rest only
x in R; sign(x^2) = 1
x in R; sign(abs(x)) = 1
x in R; where(sqrt(x^2) > 0, 1, 0) = 1
x in R; step(x^2) = 1
x in R; step(x) + sqrt(x) = 1 + sqrt(x)
x in R; where(x^2 > 0, 1, 0) = 1
x in R; y in R; where(x^2 + y^2 > 0, 1, 0) = 1
x in R; where(x != 0, 1, 2) = 1
x in R; where(x > 1 or x < 1, x, 5) = x
x in R; where(not (x > 0), 1, 2) = where(x < 0, 1, 2)
x in R; y in R; where(x > y, 1, 0) + where(y > x, 1, 0) = 1
x in R; y in R; where(max(x, y) > min(x, y), 1, 0) = 1
x in R; where(x > 0, 1, 0) + where(x^3 < 0, 1, 0) = 1
x in R^3; where(x > 0, 1, 0) + where(x < 0, 1, 0) = ones(3)
X in R^(2, 2); where(X > X.T, 1, 0) = 1 - where(X > X.T, 1, 0).T
x in [0, inf); step(x) = 1
x in [0, 1]; where(x < 1, 1, 0) = 1
x in integers(0, 3); step(x) = 1
x in R; f = x; df/dx = sign(x)^2
x in R; f = x; df/dx = where(x^2 > 0, 1, 5)
x in R; f = relu(x) - relu(-x); df/dx = sign(x)^2
x in R; f = relu(x)^2; df/dx = where(x == 0, 7, 2*relu(x))
x in R; f = relu(x)^2; df/dx = where(x < 0, 0, where(x > 0, 2*x, 7))
x in R; y in R; f = where(y > 0, x, 2*x); df/dx = where(y >= 0, 1, 2)
x in R; y in R; f = sign(y)*x; df/dx = where(y > 0, 1, -1)
x, y in R; f = (sign(y) + where(y > 0, 1, 2))*x; df/dx = where(y > 0, 1, -1) + where(y > 0, 1, 2)
x in R; f = relu(x) - relu(-x); at x = 0; df/dx = 0
x in R; y in R; f = relu(x)*y - relu(-x)*y; at x = 0; df/dx = 0
# decided by ranges
x in [2, 3]; where(x^100 < 10^60, 1, 0) = 0
x in [0.1, 0.5]; where(x^100 > 0, 1, 0) = 0
# a value on one side only
x in R; sqrt(x)^2 = x
x in R; exp(log(x)) = x
x in R; exp(log(1/x)) = 1/x
x in R; log(x) - log(x) = 0
x in R; x^2/x = x
x in R; sin(x)/x*x = sin(x)
x in R; tan(x)*cos(x) = sin(x)
x in R; y in R; sqrt(x)*sqrt(y) = sqrt(x*y)
x in R; y in R; sqrt(x/y) = sqrt(x)/sqrt(y)
x in R; y in R; sqrt(x*y)^2 = x*y
x in R; y in R; log(x*y) = log(x) + log(y)
x in R; y in R; log(x*y) = log(-x) + log(-y)
x in R; log(x^2) = 2*log(x)
x in R; x^(1/3) = cbrt(x)
x in R; (x^3)^(1/3) = x
x in R; y in R; (x^2)^y = x^(2*y)
x in R; y in R; z in R; x^y*x^z = x^(y + z)
x in R; asin(x) + acos(x) = pi/2
x in R; sin(asin(x)) = x
x in R; f = x^2; df/dx = 2*sqrt(x)^2
x in R; f = where(x >= 1, log(x), 0); df/dx = step(x - 1)/x
x in R^2; s = sum(where(x > 0, log(x), 0)); 1*s = s + where(max(x) > 0, sqrt(x[0])^2 - x[0], 0)
x in R^2; s = dot(where(x > 0, 1, 0), log(x)); 1*s = s + where(max(x) > 0, sqrt(x[0])^2 - x[0], 0)
A in R^(2, 2); logdet(A@A) = 2*logdet(A)
A in R^(2, 2); inv(A)@A = eye(2)
# inverse functions beyond their branch, functions without laws
x in R; asin(sin(x)) = x
x in R; atan(tan(x)) = x
x in R; a = DEEP; sqrt(a)^2 = a
x in R^n; y in R; a = log(x); where(y > 0, a, zeros(n)) = where(y > 0, 1, 0)*a
x, y in R; a = log(x); where(y > 0, a, 0) = where(y > 0, 1, 0)*a
x, y in R; a = log(DEEP); where(y > 0, a, 0) = where(y > 0, 1, 0)*a
x in R; a = DEEP; f = abs(a); df/da = where(a > 0, 1, where(a < 0, -1, 7))
x in R; a = DEEP; sign(a)^2 = 1
x in R; floor(x) = x
x in R; floor(x) = ceil(x) - 1
x in R; lgamma(x) = log(gamma(x))
x in R; gamma(-x) = -gamma(x)
# numbers
exp(pi*sqrt(163)) = 262537412640768744
x in R; x + 1e-60 = x
2^1000 = 2^1000 + 1
x in R; x^(10^30) = x^(10^30 + 1)
x in integers(0, 1); f = x^2; df/dx = 1
# sizes
x in R^n; mean(x)*(n - 1)*(n - 2)*(n - 3)*(n - 4)*(n - 5) = 0
x in R^n; sum(x)*(n - 1)*(n - 2)*(n - 3)*(n - 6) = 0
x in R^n; y in R^n; f = sum(x)*sum(y); df/dx = n*y
""")

# A law of roots or logarithms that is learned where they are nothing.
DEAD = [
    "a, b, c in R\nw = where(a > 0, sqrt(a)*sqrt(b)*sqrt(c), 0)\n"
    "r = sqrt(a*b)*sqrt(b*c)*sqrt(a*c)\nw + r = w + a*b*c + 0*r",
    "a, b, c in R\nw = where(a > 0, log(a)*log(b)*log(c), 0)\n"
    "r = log(a*b) + log(b*c) - log(a*c)\nw + exp(r/2) = w + b + 0*r",
]
# Roots of which most are independent, and one is a product of others, below it and beside it.
HIDDEN = [
    f"x in R^4\ny in R\n{z} in (0, inf)\ns = sqrt(y^2 + 1)\nw = {z} + 1/2\nf = sum(sqrt(x^2 + 1))\n"
    f"u = w*(5 + y^2) + 4*w*s\n-f*sqrt(u) = f*sqrt(w)*(2 + s)"
    for z in "pq"
]
OPEN += DEAD + HIDDEN


@pytest.mark.parametrize("text", OPEN)
def test_is_not_proved(text: str) -> None:
    assert last(text).verdict != "proved"


def test_the_sizes_are_stated() -> None:
    sizes = last("x in R^(m, n); f = sum(exp(x)*exp(x)); df/dx = 2*exp(2*x)").evidence.proved
    assert any(s["m"] != s["n"] for s in sizes)
    assert any(max(s.values()) > 5 for s in sizes)
    assert last("x in R; f = exp(x)^2; df/dx = 2*exp(2*x)").evidence.proved == []


# -- the points beside a proof


@pytest.mark.parametrize(
    "text",
    [
        "x in R; f = x^2; f = x^2",
        "x in R; f = exp(x)^2; df/dx = 2*exp(2*x)",
        "x in R; f = relu(x)^2; df/dx = 2*relu(x)",
        "x, y in R; x + y < -1; sqrt(-x - y - 1)^2 = -x - y - 1",
        "x in R^(m, n); f = x .* x; f = x .* x",
        "x in R^(m, n); f = sum(exp(x)*exp(x)); df/dx = 2*exp(2*x)",
    ],
)
def test_beside_a_proof_two_points_are_enough(text: str) -> None:
    (found,) = findings(text)
    assert (found.verdict, found.evidence.points) == ("proved", 2)
    if "R^" in text:
        one, other = found.evidence.sizes
        assert (one["m"] < one["n"]) is (other["m"] > other["n"])
    (asked,) = findings(text, points=5)
    assert asked.evidence.points >= 5


def test_all_points_where_less_is_proved() -> None:
    """At some sizes, of a loop, or where two points have no value."""
    (found,) = findings("x in R^n; sum(i in 0..n-1, x[i]^2) = norm(x)^2")
    assert found.evidence.points > 2
    (found,) = findings("x in R; log(-exp(x)) + x = x + log(-exp(x))")
    assert found.verdict == "undecided"
    (found,) = findings("X in R^(m, n); v in R^n; sum(exp((2*X).T @ exp(X @ exp(v)^2))) = "
                        "sum(exp(X.T @ exp(X @ exp(2*v)))^2)")  # fmt: skip
    assert found.verdict == "holds"
    assert found.evidence.points > 20


# -- every function of the registry

SHAPED = {
    "where": "where(x > 0, x, y)", "clip": "clip(x, -1, 2)", "polygamma": "polygamma(2, x)",
    "reshape": "reshape(u, (3, 1))", "concat": "concat(u, v)", "stack": "stack(u, v)",
    "einsum": 'einsum("ij,j->i", A, u)', "eye": "x*eye(3)", "zeros": "x + sum(zeros(3))",
    "ones": "x*ones(3)", "solve": "solve(A, u)", "norm": "norm(u)", "cross": "cross(u, v)",
    "arange": "x*arange(3)", "onehot": "x*onehot([2, 0], 3)", "roll": "roll(u, 1)",
    "conv2d": "conv2d(A, B)", "maxpool": "maxpool(u, 2)",
}  # fmt: skip
MATRICES = {"A", "B"}
VECTORS = {"u", "v", "p", "q", "z", "yhat"}
SCALARS_OF = {"elementwise", "activations"}


def call(name: str) -> str:
    """A function of generic arguments, as it is called."""
    function = FUNCTIONS[name]
    if function.name in SHAPED:
        return SHAPED[function.name].replace(function.name, name)
    needed = [p for p, default in function.parameters.items() if default is None]
    if function.section in SCALARS_OF:
        return f"{name}({', '.join('xy'[: len(needed)])})"
    if needed and needed[0] in MATRICES:
        return f"{name}({', '.join('AB'[: len(needed)])})"
    return f"{name}({', '.join('uv'[: len(needed)])})"


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_is_what_it_is(name: str) -> None:
    """What is nothing is added, so that the two sides are not one graph."""
    value = call(name)
    scalar = "(2, 3)" if "acosh" in name or "arccosh" in name else "(1/4, 3/4)"
    sets = f"x in {scalar}; y in R; u in (0, 1)^3; v in (0, 1)^3; A in R^(3, 3); B in R^(2, 2)"
    found = last(f"{sets}; {value} = {value} + (exp(y)*exp(-y) - 1)")
    assert found.verdict == "proved"


# -- bugs planted in the proof


def wrongly(texts: list[str]) -> int:
    """How many claims are proved that must not be, or end in the bug's own error."""
    bad = 0
    for text in texts:
        try:
            bad += last(text).verdict == "proved"
        except AssertionError:
            bad += 1
    return bad


def nothing(*_: object) -> None:
    pass


def only_one_way(self: Run, ways: tuple[int, ...] = (1, -1), root: int | None = None) -> int:
    return 1


def joint_signs(self: Run, levels: int) -> list[int]:
    """The same sign on every level."""
    return [self.decide(root=len(self.roots))] * min(self.rooted, levels)


def unchecked(x: Residue) -> Residue:
    """What is the root of an element of odd order, and of nothing else."""
    fields = RUNS[-1].fields
    return Residue(tuple(f.root(a) for f, a in zip(fields, x.at, strict=False)), x.degree)


# Which of the claims above show it, by a part of their text, and the bug.
PLANTED: dict[str, tuple[str, Callable[[pytest.MonkeyPatch], None]]] = {
    "joint signs": ("(exp(r)", lambda m: m.setattr(Run, "root_signs", joint_signs)),
    "all certified": (
        "-f*sqrt(u)",
        lambda m: m.setattr(independent_roots, "independent", lambda rows: True),
    ),
    "dead branches": ("w + ", lambda m: m.setattr(fixed_size.FixedSizeProof, "_reliable", nothing)),
    "one sign": ("sqrt(x^6)", lambda m: m.setattr(Run, "decide", only_one_way)),
    "no domains": ("step(x^2)", lambda m: m.setattr(Domain, "follow", lambda *_: True)),
    "no rest": ("sign(x^2)", lambda m: m.setattr(fixed_size, "rest_decided", lambda *_: True)),
    "all linear": ("sign(x)^2", lambda m: m.setattr(jumps, "_linear", lambda *_: True)),
    "no pattern due": (
        "sign(abs(x))", lambda m: m.setattr(jumps.Tried, "complete", property(lambda self: True))
    ),
    "wrong root": ("sqrt(29*x)", lambda m: m.setattr(exponentials, "_pure_root", unchecked)),
    "no exact kinks": (
        "relu(x)*y",
        lambda m: m.setattr(Pair, "kinks", property(lambda p: [], lambda p, x: None)),
    ),
}  # fmt: skip


@pytest.mark.parametrize("bug", PLANTED)
def test_a_planted_bug_is_caught(bug: str, monkeypatch: pytest.MonkeyPatch) -> None:
    part, plant = PLANTED[bug]
    plant(monkeypatch)
    assert wrongly([text for text in OPEN if part in text])


FIELDS = lines("""
x in R; f = (x + 1)^2; df/dx = 2*x + 2
x in R; f = exp(tanh(x)); df/dx = (1 - tanh(x)^2)*exp(tanh(x))
x in R; f = sin(exp(x)); df/dx = cos(exp(x))*exp(x)
x in (0, inf); f = x^x; df/dx = x^x*(1 + log(x))
x in R; f = e^x + x; df/dx = e^x + 1
""")


@pytest.mark.parametrize("program", FIELDS)
def test_the_fields_are_known_before_the_first_run(
    program: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    lacking: list[object] = []
    found = fixed_size.FixedSizeProof._depth
    monkeypatch.setattr(
        fixed_size.FixedSizeProof,
        "_depth",
        lambda proof, *rest: lacking.append(rest) or found(proof, *rest),
    )
    assert last(program).verdict == "proved"
    assert not lacking


@pytest.mark.parametrize(
    ("claim", "needed"), [("log(exp(tr(A))) = tr(A)", False), ("exp(log(A[0, 0])) = A[0, 0]", True)]
)
def test_pivots_are_computed_where_they_are_needed(
    claim: str, needed: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Arithmetic] = []
    pivots = Arithmetic.pivots

    def seen(m: Arithmetic, A: Array) -> Array:
        asked.append(m)
        return pivots(m, A)

    monkeypatch.setattr(Arithmetic, "pivots", seen)
    assert last(f"A in spd(3); {claim}").verdict == "proved"
    assert (MODULAR in asked) == needed


def test_what_is_too_deep_for_a_proof_leaves_others_theirs() -> None:
    deep = "tanh(" * 16 + "x" + ")" * 16
    program = f"x in R; f = {deep}; g = tanh(x)^2; df/dx = df/dx + 0*f; dg/dx = 2*tanh(x)*(1 - g)"
    assert [found.verdict for found in findings(program)] == ["holds", "proved"]


def test_a_proof_is_no_surer_than_the_lines_it_rests_on() -> None:
    """Without letters, too, where lines at written sizes were shown through letters."""
    x = symbol("x", ())
    line = Pair((x + 1) ** 2, x**2 + 2 * x + 1, Relation(), [])
    left, right = line.sides
    for _ in range(60):
        left, right = left + sin(left), right + sin(right)
    space = SampleSpace({x: Space("power", ())}, [])
    space.known.shown.append((line, 10))
    found = proof(Pair(left, right, Relation(), []), space)
    assert isinstance(found, Proof)
    assert found.bits == 10 - 1
