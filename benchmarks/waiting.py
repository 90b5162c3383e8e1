"""What people wait for: a start, a claim, a wrong claim, a long sheet, and how all that grows.

Must not know how anything is judged. Times are of the processor, the least of some runs, and every
derivation is judged anew.
"""

from __future__ import annotations

import re
import statistics
from collections.abc import Iterator
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path

import startup
import verdicts
from paired import least
from verdicts import judged

MAKEMORE = Path(__file__).parent / "data" / "makemore.grad"
NORM = """X, Y in R^({0}, {1})
eps in (0, inf)
c = X - mean(X, axis=0)
s = sqrt(mean(c .^ 2, axis=0) + eps)
Z = c ./ s
L = sum(Z .* Y)
dL/dX = (Y - mean(Y, axis=0) - Z .* mean(Z .* Y, axis=0)) ./ s
"""
FOREIGN = 20
"""Claims with the derivative of another function, which nothing mends."""
Row = tuple[str, str, str]


def rows() -> list[Row]:
    """The start, claims beside JAX, sheets, growth."""
    return [*startup.against_autograd(), *_claims(), *_sheets(), *_growth()]


def _claims() -> Iterator[Row]:
    judged(_text(verdicts.derivations()[0]))
    right, wrong = (
        [row for row in verdicts.derivations() if row[0].endswith(kind)]
        for kind in ("right", "wrong")
    )
    times = [least(lambda row=row: judged(_text(row)), 3) for row in right]
    words = _spread(times)
    if find_spec("jax"):
        formulas = [[*map(verdicts.pythonic, row[1:])] for row in right]
        verdicts.jax_verdict(*formulas[0])
        peer = [least(lambda row=row: verdicts.jax_verdict(*row), 1) for row in formulas]
        share = statistics.median(times) / statistics.median(peer)
        words += f"; {share:.2f} of JAX's check_grads ({_spread(peer)})"
    yield "a proved scalar claim", words, "1 to 1.5 ms, 0.15"
    mended, lost = [], []
    for text in [*map(_text, wrong), *_foreign(right)]:
        (found,) = judged(text)
        here = mended if found.diagnosis and found.diagnosis.mended else lost
        here.append(least(lambda text=text: judged(text), 2))
    yield "a refuted claim with its mend", _spread(mended), "5 ms"
    yield f"a refuted claim that nothing mends ({len(lost)})", _spread(lost), "10 ms"


def _text(row: tuple[str, str, str], claimed: str = "") -> str:
    inputs = [x for x in "wxyz" if x in {*re.findall(r"[a-z]+", row[1] + claimed)}]
    return f"{', '.join(inputs)} in R\nf = {row[1]}\ndf/dx = {claimed or row[2]}\n"


def _foreign(right: list[tuple[str, str, str]]) -> list[str]:
    """Functions with the derivative of the next one."""
    return [_text(row, other[2]) for row, other in pairwise(right[: FOREIGN + 1])]


def _sheets() -> Iterator[Row]:
    text = MAKEMORE.read_text()
    yield (
        "makemore, every line of its backward pass",
        f"{least(lambda: judged(text), 1):.1f} s",
        "3 s",
    )
    for shape, reach in (((8, 8), "0.1 s, proved"), ((32, 64), "0.3 s, proved")):
        norm = NORM.format(*shape)
        (found,) = judged(norm)
        taken = least(lambda norm=norm: judged(norm), 3)
        yield f"batch norm of {shape[0]} x {shape[1]}", f"{taken:.2f} s, {found.verdict}", reach


def _growth() -> Iterator[Row]:
    for what, text, sizes in (
        ("claims in one derivation", _listed, (400, 1600)),
        ("derivations in a file", _apart, (1000, 4000)),
        ("steps of a recurrent net", _recurrent, (25, 100)),
        ("layers of vectors of any length", _layered, (12, 48)),
        ("inputs of one sum", _summed, (50, 200)),
        ("turns of a loop over entries", _looped, (20, 80)),
    ):
        texts = map(text, sizes)
        few, many = (least(lambda whole=whole: judged(whole), 1) for whole in texts)
        reach = "linear" if text is _recurrent else "4.2 times"
        yield (
            f"{what}, {sizes[0]:,} and {sizes[1]:,}",
            f"{many / few:.1f} times ({many:.1f} s)",
            reach,
        )


def _listed(n: int) -> str:
    claims = [f"d/dx ({k}*f) = {k}*(2*x*y + cos(x))" for k in range(2, n + 2)]
    return "\n".join(["x, y in R", "f = x^2*y + sin(x)", *claims])


def _apart(n: int) -> str:
    each = 'derivation "{0}"\nx, y in R\nf = x^2*y + sin({0}*x)\ndf/dx = 2*x*y + {0}*cos({0}*x)\n'
    return "\n".join(each.format(k) for k in range(2, n + 2))


def _recurrent(n: int) -> str:
    steps = [f"h{k} = tanh(w*h{k - 1} + u*x)" for k in range(1, n + 1)]
    back = [f"dL/dh{k} = w*(1 - h{k + 1}^2)*dL/dh{k + 1}" for k in reversed(range(n))]
    return "\n".join(["w, u, x, h0 in R", *steps, f"L = h{n}^2/2", f"dL/dh{n} = h{n}", *back])


def _layered(n: int) -> str:
    weights = ", ".join(f"W{k}" for k in range(1, n + 1))
    layers = [f"h{k} = tanh(W{k} @ h{k - 1})" for k in range(1, n + 1)]
    back = [f"dL/dh{k - 1} = W{k}.T @ (dL/dh{k} * (1 - h{k}^2))" for k in range(n, 0, -1)]
    return "\n".join([f"{weights} in R^(m, m)", "h0, v in R^m", *layers, f"L = v.T @ h{n}", *back])


def _summed(n: int) -> str:
    inputs = [f"x{k}" for k in range(n)]
    claims = [f"dL/d{x} = 2*sin({x})*cos({x})" for x in inputs]
    total = " + ".join(f"sin({x})^2" for x in inputs)
    return "\n".join([f"{', '.join(inputs)} in R", f"L = {total}", *claims])


def _looped(n: int) -> str:
    loop = f"for t in 0..{n - 1}"
    body = f"{loop} {{ e[t] = sin(w*x[t]) }}\nL = sum(t in 0..{n - 1}, e[t]^2)"
    return f"x in R^{n}\nw in R\n{body}\n{loop} {{ dL/dx[t] = 2*e[t]*cos(w*x[t])*w }}"


def _spread(times: list[float]) -> str:
    return f"median {1e3 * statistics.median(times):.2g} ms, least {1e3 * min(times):.2g} ms"
