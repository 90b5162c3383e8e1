"""Proof at every size: what must be proved of all sizes, and what must never be.

Must not know how residues are compared.
"""

from __future__ import annotations

from itertools import islice
from pathlib import Path

import pytest

from gradcli.calculus.core import inputs, symbol
from gradcli.claims import Pair, Relation
from gradcli.graph.shape import letter
from gradcli.graph.space import Space
from gradcli.ops.elementary import sqrt
from gradcli.ops.reductions import sum_
from gradcli.ops.shaping import NEW, index
from gradcli.proof.grid import on_grid
from gradcli.proof.needs import only_moved
from tests.attack import sizes, squares
from tests.attack.verdicts import judged
from tests.verdicts import findings, last

DATA = Path(__file__).parent / "data" / "every"
SLOW = pytest.mark.slow
WRONG_IN_COUNTER = (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 15, 25, 27)
WRONG_IN_SQUARES = ("s1", "s2", "s8", "s11", "s14", "s17", "s18")


def derivations(name: str) -> list[tuple[str, str]]:
    parts = (DATA / name).read_text().split("derivation ")[1:]
    return [(part.split('"')[1], f"derivation {part}") for part in parts]


def shown(name: str, text: str) -> object:
    return pytest.param(text, id=name)


@pytest.mark.parametrize("text", [shown(*d) for d in derivations("ten.grad")])
def test_an_everyday_claim_is_proved_at_every_size(text: str) -> None:
    for found in findings(text):
        assert (found.verdict, found.evidence.every_size) == ("proved", True)
        assert found.evidence.route in ("weights", "grid")
        assert set(found.evidence.read_at) >= {x for size in found.evidence.sizes for x in size}


@pytest.mark.parametrize(
    "text",
    [shown(*d) for d in derivations("counter.grad") if int(d[0].split()[0]) in WRONG_IN_COUNTER]
    + [shown(*d) for d in derivations("squares.grad") if d[0].split()[0] in WRONG_IN_SQUARES],
)
def test_what_is_wrong_at_some_size_is_never_proved(text: str) -> None:
    found = last(text)
    assert found.verdict != "proved"
    assert found.evidence.every_size is False


@pytest.mark.parametrize(
    "text",
    [
        shown(*d)
        for d in derivations("counter.grad")
        if int(d[0].split()[0]) in (13, 14, 16, 18, 19, 20, 21, 23, 24)
    ]
    + [
        shown(*d)
        for d in derivations("squares.grad")
        if d[0].split()[0] in ("s3", "s4", "s5", "s6", "s7", "s9", "s10", "s12", "s13")
    ],
)
def test_what_is_right_is_proved(text: str) -> None:
    assert {found.verdict for found in findings(text)} == {"proved"}


@pytest.mark.parametrize(
    "text",
    [
        # A position along a lettered axis is looked at.
        "X in R^(2, n); sum(reshape(X, (n, 2))[:, 0]) = sum(X) - sum(reshape(X, (n, 2))[:, 1])",
        "x in R^n; prod(x)^2 = prod(x^2)",
        # Parts that lie across one another, or that may be empty.
        "x in R^n; n >= 2; sum(x[1:]) - sum(x[:n-1]) = x[n-1] - x[0]",
        # All pairs of one letter.
        "x in R^n; sum(exp((2*x) @ (2*x).T)) = sum(exp(4*(x @ x.T)))",
        # Rows and columns of a square array meet.
        "A in R^(n, n); exp(A + A.T) = exp(A) .* exp(A).T",
        # A sum over each letter waits for one over the other, and the laws of exp are needed.
        "X in R^(m, n); v in R^n\n"
        "sum(exp((2*X).T @ exp(X @ exp(v)^2))) = sum(exp(X.T @ exp(X @ exp(2*v)))^2)",
        # Loops are built at sizes.
        "x in R^T; s[0] = 0\nfor t in 1..T { s[t] = s[t-1] + x[t-1]^2 }\nd(s[T])/dx = 2*x",
    ],
)
def test_what_is_outside_holds(text: str) -> None:
    found = last(text)
    if found.evidence.method != "identity":
        assert (found.verdict, found.evidence.every_size) == ("holds", False)


WITH_SHORTER_GRAPHS = (
    "x in R^n; sum(exp(x @ x.T)) = sum(exp((x @ x.T).T))",
    "X in R^(m, n); v in R^n\n"
    "sum(exp(X.T @ exp(X @ exp(v)^2))) = sum(exp(X.T @ exp(X @ exp(2*v))))",
    # Rows and columns of a square array have nothing to do with one another.
    "A in R^(n, n); sum(exp(A)*exp(A)) = sum(exp(2*A))",
    "A in R^(n, n); L = sum(logsumexp(A, axis=1)); dL/dA = softmax(A, axis=1)",
    # What both sides share may be anything.
    "X in R^(m, n); u in R^m; Y = X.T @ exp(X @ exp(X.T @ u)); sum(exp(Y)^2) = sum(exp(2*Y))",
    # As many signs as there are margins.
    "x in R^d; W in R^(c, d); y in onehot(c); s = W @ x; margin = s - y.T @ s + 1\n"
    "L = sum(max(0, margin)) - 1; mask = where(margin > 0, 1, 0)\n"
    "dL/dW = outer(mask - sum(mask)*y, x)",
    # Turns that do not count divide by what the function takes the logarithm of in any case.
    "u in R^n; w in [0, 1]^n\n"
    "l = sum(i in 0..n-1, w[i]*(u[i] - log(sum(j in i..n-1, exp(u[j])))))\n"
    "for k in 0..n-1 {\n"
    " dl/du[k] = w[k] - exp(u[k])*sum(i in 0..k, w[i]/sum(j in i..n-1, exp(u[j])))\n}",
)
# Each is right but at a point that only the line above leaves out, or where a turn that does not
# count has no value.
NOT_WITH_SHORTER_GRAPHS = (
    # Right at n = 1, and where the matrix is symmetric.
    "A in R^(n, n); (exp(A) - exp(A).T)*(n - 2)*(n - 3)*(n - 6)*(n - 4)*(n - 5) = 0",
    "A in R^(n, n); (sum(exp(A) .* exp(A)) - sum(exp(A) .* exp(A.T)))*(n - 2)*(n - 3)*(n - 6) = 0",
    "A in R^(n, n); softmax(A, axis=1)*(n - 1) = softmax(A, axis=0)*(n - 1)",
    "x in R^n; f = sum(abs(x)); df/dx = where(x > 0, 1, -1)\nsign(x) = where(x > 0, 1, -1)",
    "x in R^n; f = sum(log(x)); df/dx = 1/x + 0*sqrt(x)\n1/x = 1/x + 0*sqrt(x)",
    "x in R^n; for k in 0..n-1 { sum(i in 0..k, 1/x[i]) = sum(i in 0..n-1 if i <= k, 1/x[i]) }",
    "x in R^n; sum(i in 0..n-1, j in 0..n-1 if j != i, 1/(x[i] - x[j])) = 0",
)


IN_FACTORS = (
    "X in R^(n, n); d(trace(kron(X, X)))/dX = 2*trace(X)*eye(n)",
    "A in R^(m, n); B in R^(p, q); kron(A, B).T = kron(A.T, B.T)",
    "A in R^(m, m); B in R^(n, n); trace(kron(A, B)) = trace(A)*trace(B)",
    "A in R^(m, n); X in R^(n, p); B in R^(q, p); vec(A @ X @ B.T) = kron(B, A) @ vec(X)",
    "x, w, dy in R^(g*c); eps in (0, 1); X = reshape(x, (g, c)); mu = mean(X, axis=1)\n"
    "r = 1/sqrt(var(X, axis=1) + eps); Z = (X - mu[:, None]) .* r[:, None]\n"
    "L = sum(dy*w*reshape(Z, g*c)); G = reshape(dy*w, (g, c))\n"
    "dL/dX = r[:, None] .* (G - mean(G, axis=1)[:, None] - Z .* mean(G*Z, axis=1)[:, None])",
)
NOT_IN_FACTORS = (
    "x in R^(m*n); reshape(reshape(x, (m, n)).T, m*n)*(m - 1)*(n - 1) = x*(m - 1)*(n - 1)",
    "x in R^(m*n); y in R^n; A = reshape(x, (m, n)) @ y; B = reshape(x, (n, m)).T @ y\n"
    "(A - B)*(m - 1)*(n - 1)*(m - 2)*(n - 2)*(m - 3)*(n - 3)*(m - 6)*(n - 6)*(m - 4)*(m - 5) = 0",
    "A in R^(m, m); B in R^(n, n); (kron(A, B) - kron(B, A))*(m - 1)*(n - 1) = 0",
    "A, X, B in R^(n, n); vec(A @ X @ B.T) = kron(A, B) @ vec(X)",
)


WITH_INVERSES = (
    "X in spd(n); inv(X) @ X = eye(n)",
    "X in R^(n, n); inv(X) @ X @ inv(X) = inv(X)",
    "A, B in R^(n, n); inv(A @ B) = inv(B) @ inv(A)",
    "A, B in R^(n, n); A @ inv(A + B) @ B = B @ inv(A + B) @ A",
    "A in R^(n, n); b in R^n; solve(A, b) = inv(A) @ b",
    "A, B in R^(n, n); det(A @ B) = det(A)*det(B)",
    "X in R^(n, n); d(log(abs(det(X))))/dX = inv(X).T",
    "X in R^(n, n); d(log(det(X.T @ X)))/dX = 2*inv(X).T",
    "X in R^(n, n); d(det(inv(X)))/dX = -det(inv(X))*inv(X).T",
    "X in R^(n, n); det(X) > 0; d(det(X))/dX = det(X)*inv(X).T",
    "X in spd(n); d(logdet(X))/dX = inv(X)",
    "P in spd(n); H in R^(q, n); R in spd(q); I = eye(n); K = P @ H.T @ inv(H @ P @ H.T + R)\n"
    "(I - K @ H) @ P = (I - K @ H) @ P @ (I - K @ H).T + K @ R @ K.T",
    "X in R^(m, n); M = X.T @ X + n*eye(n); inv(M) @ M = eye(n)",
    "X in R^(m, n); y in R^m; c in (0, 5); w = inv(X.T @ X + c*eye(n)) @ X.T @ y\n"
    "X.T @ (X @ w - y) + c*w = 0",
    "F in R^(m, n); w in R^n; t in [0, 1]^m; y = sigmoid(F @ w); g = F.T @ (y - t)\n"
    "R = diag(y*(1 - y)); z = F @ w - inv(R) @ (y - t); H = F.T @ R @ F; H @ w - g = F.T @ R @ z",
)
# Of some matrices only that is so, or what stands on one side alone is not regular for all of them.
NOT_WITH_INVERSES = (
    "X in R^(n, n); d(det(X))/dX = det(X)*inv(X).T",
    "X in R^(n, n); inv(X) @ X = eye(n)",
    "A in R^(n, n); inv(inv(A)) = A",
    "A in symmetric(n); A @ inv(A) = eye(n)",
    "X in R^(m, n); c in R; M = X.T @ X + c*eye(n); inv(M) @ M = eye(n)",
    "X in R^(m, n); inv(X.T @ X) @ X.T @ X = eye(n)",
    "X in R^(m, n); M = X.T @ X + (n - 3)*eye(n); inv(M) @ M = eye(n)",
    "A in spd(n); B in R^(n, n); inv(A - B.T @ B) @ (A - B.T @ B) = eye(n)",
    "A in spd(n); c in (-1, 1); M = A + c*eye(n); inv(M) @ M = eye(n)",
    "A in R^(n, n); B in symmetric(n); M = A @ B @ A.T + eye(n); M @ inv(M) = eye(n)",
    "A in R^(n, n); M = A @ A + eye(n); M @ inv(M) = eye(n)",
    "A, B in R^(n, n); inv(A + B) = inv(A) @ inv(inv(A) + inv(B)) @ inv(B)",
    "A, B in spd(n); (inv(A @ B) - inv(A) @ inv(B))*(n - 2)*(n - 3)*(n - 6) = 0",
    "A in spd(n); (det(2*A) - 2*det(A))*(n - 2)*(n - 3)*(n - 6)*(n - 4)*(n - 5) = 0",
    "A in spd(n); (trace(inv(A) @ A) - 6)*(n - 1)*(n - 2)*(n - 3)*(n - 4)*(n - 5) = 0",
)


@pytest.mark.slow
@pytest.mark.parametrize("text", [*WITH_SHORTER_GRAPHS, *IN_FACTORS, *WITH_INVERSES])
def test_what_is_right_in_a_shorter_graph_is_proved(text: str) -> None:
    assert all((f.verdict, f.evidence.every_size) == ("proved", True) for f in findings(text))


@pytest.mark.slow
@pytest.mark.parametrize("text", [*NOT_WITH_SHORTER_GRAPHS, *NOT_IN_FACTORS, *NOT_WITH_INVERSES])
def test_what_is_wrong_in_a_shorter_graph_is_not(text: str) -> None:
    assert last(text).verdict != "proved"


IN_BLOCKS = (
    "x in R^n; sum(concat(x, x)) = 2*sum(x)",
    "x in R^n; y = concat(x, [0]); sum(y^2) = sum(x^2)",
    "x in R^(2*h); f = sum(x[0::2]*x[1::2]); df/dx[0::2] = x[1::2]",
    "x in R^(n + 1); f = x[0]*sum(x[1:]); df/dx = concat([sum(x[1:])], x[0]*ones(n))",
    "x in R^(N, D); W in R^(D, 2*H); G in R^(N, H); u = x @ W; s = sigmoid(u[:, H:])\n"
    "L = sum(G*u[:, :H]*s); dL/dW = x.T @ concat(G*s, G*u[:, :H]*s*(1 - s), axis=1)",
    "A in R^(m, m); B in R^(m, n); D in R^(n, n); u in R^m; v in R^n; z = concat(u, v)\n"
    "M = concat(concat(A, B, axis=1), concat(B.T, D, axis=1))\n"
    "d(z.T @ M @ z)/du = (A + A.T) @ u + 2*B @ v",
    # What a maximum is handed is zero.
    "Z, Y in R^(n, c); S = Z - max(Z, axis=1, keepdims=True)\n"
    "P = exp(S)/sum(exp(S), axis=1, keepdims=True); L = -sum(Y*log(P))\n"
    "dL/dZ = sum(Y, axis=1, keepdims=True)*P - Y",
)
# Each is right at some of its blocks, at some sizes, or only where another block has a value.
NOT_IN_BLOCKS = (
    "x in R^(2*h); f = sum(x[0::2]*x[1::2]); df/dx = concat(x[0::2], x[1::2])",
    "x in R^(2*h); concat(x[h:], x[:h])*(h - 1) = x*(h - 1)",
    "x in R^(n + 1); x[0]*sum(x[1:])*(n - 1)*(n - 2)*(n - 3)*(n - 6)*(n - 4)*(n - 5) = 0",
    "x, y in R^n; z = concat(log(x), y); z[n:] = y + 0*log(y)",
    "Z in R^(n, c); L = sum(max(Z, axis=1)); dL/dZ = 0",
)


@pytest.mark.parametrize("program", [*IN_BLOCKS[:6], pytest.param(IN_BLOCKS[6], marks=SLOW)])
def test_slices_and_joints_are_proved_in_blocks(program: str) -> None:
    found = last(program)
    assert (found.verdict, found.evidence.every_size) == ("proved", True)


@pytest.mark.parametrize("program", NOT_IN_BLOCKS)
def test_what_is_right_of_some_blocks_only_is_not_proved(program: str) -> None:
    assert last(program).verdict != "proved"


@pytest.mark.parametrize(
    ("program", "right"),
    [
        # What the maximum is does not matter, nor which entries are the largest.
        (
            "z, y in R^4; s = z - max(z); f = y @ (log(sum(exp(s))) - s)\n"
            "df/dz = sum(y)*softmax(z) - y",
            True,
        ),
        ("X in R^(3, 2); m = max(X, axis=0); f = sum(m^2); df/dm = 2*m", True),
        ("X in R^(3, 2); m = max(X, axis=0); f = sum(m^2); df/dm = m", False),
        ("x in R^3; max(x) = max(-x)", False),
        ("x in R^3; 0*max(log(x)) = 0", False),
        ("x in R^3; y in onehot(3); sum(y*x)^2 = sum(y*x^2)", True),
        ("x in R^3; y in onehot(3); sum(y)*x = x", True),
        # Each of a few numbers is tried.
        ("y in {0, 1}^n; x in R^n; (y*x) @ (y*x) = sum(y*x^2)", True),
        ("s in {-1, 1}; s^2 = 1", True),
        ("k in integers(0, 3); k*(k - 1)*(k - 2) = 0", False),
        ("y in {0, 1}^n; sum(y)^2 = sum(y)", False),
    ],
)
def test_maxima_and_unit_vectors_may_be_anything_first(program: str, right: bool) -> None:
    assert (last(program).verdict == "proved") == right


WITH_ROOTS = (
    # A root within what may be anything is of no matter.
    "A in R^(n, n); x in R^n; L = trace(A)*exp(1/norm(x)); L + L = 2*L",
    "S in spd(n); w, m in R^n; s = sqrt(w.T @ S @ w); R = w.T @ m/s\n"
    "dR/dw = m/s - (w.T @ m)*S @ w/s^3",
    'X in R^(n, n); d/dX (norm(X, "fro")^2) = 2*X',
    "A in R^(n, n); x, y in R^n; c = x.T @ A @ y/(norm(x)*norm(y))\n"
    "dc/dx = A @ y/(norm(x)*norm(y)) - c*x/norm(x)^2",
    "A in R^(n, n); x in R^n; n >= 2; s = std(A @ x)\nds/dx = A.T @ (A @ x - mean(A @ x))/(n*s)",
)


@pytest.mark.parametrize("program", [*WITH_ROOTS[:-1], pytest.param(WITH_ROOTS[-1], marks=SLOW)])
def test_roots_of_numbers_keep_their_law_beside_square_arrays(program: str) -> None:
    found = last(program)
    assert (found.verdict, found.evidence.route) == ("proved", "grid")


def test_a_root_is_taken_with_either_sign() -> None:
    total = sum_(symbol("x", (letter("n"),)))
    spaces = {node: Space("power", node.shape) for node in inputs(total)}
    for seed in range(6):
        # The one is the other or its negative, whichever root of a square is taken.
        assert on_grid(Pair(sqrt(total * total), total, Relation(), []), spaces, seed) is None
        assert on_grid(Pair(sqrt(total * total) ** 2, total**2, Relation(), []), spaces, seed)


LOOP = "h[0] = z[0]; for j in 1..n-1 { h[j] = h[j-1] + z[j] }\nh[n-1] = sum(z)"


def test_a_loop_costs_the_claims_that_rest_on_it() -> None:
    first, within, last_ = findings(
        f"z in R^n; s = softmax(z)\nds/dz = diag(s) - outer(s, s)\n{LOOP}\nsum(s) = 1"
    )
    assert (first.verdict, within.verdict, last_.verdict) == ("proved", "holds", "proved")
    assert first.evidence.every_size and last_.evidence.every_size
    rests = "x in R^n; f = sum(j in 1..n-1, x[j]*x[j-1]); f = x[1:] @ x[:n-1]"
    assert (last(rests).verdict, last(rests).evidence.every_size) == ("holds", False)
    # The first turn needs no size.
    assert last("x in R^n\nfor t in 1..2 { sum(j in 0..(t - 1)*(n - 1), x[j]) = x[0] }").code


@pytest.mark.slow
def test_what_is_required_of_every_row_is_kept_of_every_row() -> None:
    """Rows of X that share no positive entry, ten of them: no nine columns show what fails."""
    text = (
        "X in R^(m, n)\n"
        "C = where(X > 0, 1, 0)\n"
        "q = sum(C, axis=1)\n"
        "T = sum(where(sum(C, axis=0) > 1, 1, 0))\n"
        "log(q) = log(q) + 0*sqrt(where(T > 0, 1, where(m < 10, 1, -1)))\n"
    )
    assert last(text).verdict != "proved"


def test_ones_of_unit_vectors_may_fall_on_one_another() -> None:
    assert last("y, z in onehot(n); sum(y*z)^2 = sum(y*z)").verdict == "proved"
    assert last("y, z in onehot(n); sum(y*z) = 0").verdict != "proved"
    assert last("y, z in onehot(n); sum(y + z) = 2").verdict == "proved"
    # Right where there is room beside the one, wrong at n = 1.
    found = last("y in onehot(n); x in R^n; sum((1 - y)*x)/sum((1 - y)*x) = 1 + 0*x[0]")
    assert found.verdict != "proved"


def test_a_declared_least_size_is_used() -> None:
    text = "n >= 10; x in R^n; sum(x)*(n - 9)/(n - 9) = sum(x)"
    assert last(text).verdict == "proved"
    assert last(text.replace("n >= 10", "n >= 9")).verdict != "proved"


def test_sums_of_identities_are_carried_out() -> None:
    assert last("x, v in R^n; p = softmax(x); (diag(p) - p@p.T)@v = p*(v - p.T@v)").verdict == (
        "proved"
    )
    assert last("x, v in R^n; (diag(x) + eye(n))@v = x*v + v").verdict == "proved"
    assert last("x, v in R^n; (diag(x) + 2*eye(n))@v = x*v + v").verdict != "proved"


@pytest.mark.slow
def test_random_identities_in_one_letter() -> None:
    counts, _ = judged(islice(sizes.attacks(7), 16))
    assert counts[True, "proved"] == sum(n for (right, _), n in counts.items() if right) > 3
    assert not counts[False, "proved"]


@pytest.mark.slow
def test_random_identities_of_square_matrices() -> None:
    counts, _ = judged(islice(squares.attacks(7), 8))
    assert counts[True, "proved"] == sum(n for (right, _), n in counts.items() if right) > 3
    assert not counts[False, "proved"]


AT_ONCE = (
    "x in R^n; f = sum(i in 0..n-1, x[i]^3); for k in 0..n-1 { df/dx[k] = 3*x[k]^2 }",
    "x in R^n; s = softmax(x); i, j in integers(0, n - 1); ds[i]/dx[j] = s[i]*((i == j) - s[j])",
    "x in R^n; sum(i in 0..n-1, j in 0..n-1 if j != i, x[i]*x[j]) = sum(x)^2 - x @ x",
    "z in R^n; k in integers(0, n - 1); L = -log_softmax(z)[k]; dL/dz = softmax(z) - onehot(k, n)",
    "U in R^(K, 2); v in R^2; J = -sum(k in 0..K-1, log(sigmoid(-U[k] @ v)))\n"
    "for k in 0..K-1 { dJ/dU[k] = sigmoid(U[k] @ v)*v }",
)
# Right up to sizes that are tried, or wrong only of a few indices of many.
NOT_AT_ONCE = (
    "x in R^n; for i in 0..n-1 { x[i]*(n-1)*(n-2)*(n-3)*(n-4)*(n-5)*(n-6) = 0 }",
    "x in R^n; sum(i in 0..n-1, x[i]*exp(6*mean(x))) = sum(x)*exp(sum(x))",
    "x in R^n; for i in 0..n-1, j in 0..n-1 { (i == j)*x[i] = x[i] }",
    "x in R^n; for i in 0..n-1, j in 0..n-1 { (i == j)*x[i] = 0 }",
    "x in R^n; k in integers(0, n - 1); x[k] = x[0]",
    "x in R^n; j, k in integers(0, n - 1); exp(x[j])*exp(x[k]) = exp(2*x[k])",
)


@pytest.mark.parametrize("program", [*AT_ONCE[:4], pytest.param(AT_ONCE[4], marks=SLOW)])
def test_a_range_along_a_whole_axis_is_proved_at_every_size(program: str) -> None:
    found = last(program)
    assert (found.verdict, found.evidence.every_size) == ("proved", True)


@pytest.mark.parametrize("program", NOT_AT_ONCE)
def test_no_wrong_range_is_proved(program: str) -> None:
    found = last(program)
    assert found.verdict != "proved" and found.evidence.every_size is not True


IN_ORDER = (
    "x, z in R^n; cumsum(x) @ z = sum(i in 0..n-1, z[i]*sum(j in 0..i, x[j]))",
    "x, z in R^n; f = z @ cumsum(x)\nfor k in 0..n-1 { df/dx[k] = sum(i in k..n-1, z[i]) }",
    "A in R^(n, n); tril(A) + triu(A, 1) = A",
    "x in R^n; sum(cumsum(x)) = sum(i in 0..n-1, (n - i)*x[i])",
    "n >= 1; sum(arange(n)^2) = n*(n - 1)*(2*n - 1)/6",
    "x in R^n; E = sum(i in 0..n-1, j in 0..n-1 if j != i, (x[i] - x[j])^2)/4\n"
    "for i in 0..n-1 { dE/dx[i] = sum(j in 0..n-1 if j != i, x[i] - x[j]) }",
    "Z in R^(n, p); b, d in R^p; e = Z @ b\n"
    "l = sum(i in 0..n-1, e[i] - log(sum(j in i..n-1, exp(e[j]))))\n"
    "dl/db = sum(i in 0..n-1, Z[i] - sum(j in i..n-1, exp(e[j])*Z[j])/sum(j in i..n-1, exp(e[j])))",
)
OUT_OF_ORDER = (
    "x, z in R^n; cumsum(x) @ z = sum(i in 0..n-1, z[i]*sum(j in i..n-1, x[j]))",
    "x in R^n; (n-1)*(n-2)*(n-3)*(n-4)*(n-5)*(n-6)*cumsum(x) = 0",
    "A in R^(n, n); sum(tril(A)) = sum(triu(A))",
    "n >= 1; sum(arange(n)^2) = n*(n - 1)*(2*n - 1)/6 + (n-1)*(n-2)*(n-3)*(n-4)*(n-5)*(n-6)",
    "x in R^n; for k in 0..n-1 { sum(i in 0..k, x[i]) = cumsum(x)[k] + (k == 7)*x[0] }",
    "x in R^n; for k in 0..n-1 { sum(i in 0..k, x[i])*(n-1) = sum(i in k..n-1, x[i])*(n-1) }",
)


@pytest.mark.parametrize(
    "program", [*IN_ORDER[:5], *(pytest.param(p, marks=SLOW) for p in IN_ORDER[5:])]
)
def test_what_rests_on_the_order_of_indices_is_proved_at_every_size(program: str) -> None:
    found = last(program, points=4)
    assert (found.verdict, found.evidence.route) == ("proved", "grid")


@pytest.mark.parametrize("program", OUT_OF_ORDER)
def test_no_wrong_order_is_proved(program: str) -> None:
    found = last(program, points=4)
    assert found.verdict != "proved" and found.evidence.every_size is not True


def test_what_is_differentiated_by_may_be_in_neither_side() -> None:
    found = last("T in R^(2, 2, 2); q in R^(n + 1); f = q[n]; df/dT = 0")
    assert (found.verdict, found.evidence.every_size) == ("proved", True)


def test_one_entry_of_several_is_not_the_array_moved() -> None:
    assert only_moved(index(symbol("x", (1,)), (0,)))
    assert only_moved(index(symbol("x", (letter("n"),)), (NEW,)))
    assert not only_moved(index(symbol("x", (6, letter("n"))), (0,)))
    assert not only_moved(index(symbol("x", (letter("n"),)), (0,)))


def test_what_holds_or_does_not_is_no_number_that_may_be_any() -> None:
    """A condition that both sides share stays one, also behind a line that was shown."""
    program = (
        "w, x in R^n; b, y in R; z = w.T @ x + b; C = (y - max(0, z))^2; "
        "dC/dz = -2*(y - max(0, z))*where(z <= 0, 0, 1); dC/db = where(z <= 0, 0, {})"
    )
    assert last(program.format("2*(y - z)")).verdict == "refuted"
    assert last(program.format("-2*(y - z)")).verdict == "proved"
