"""What simplification may use: one identity a line, each proved in the tests.

Must not know how an identity is found to fit.
"""

# ruff: noqa: PLW0108 each line reads: left = right

from __future__ import annotations

from collections.abc import Callable
from itertools import permutations
from string import ascii_letters

from gradcli.calculus.core import EQ, WHERE, einsum, full, identity, number
from gradcli.graph.node import Node, make
from gradcli.graph.shape import ROW, RowAxis, letter
from gradcli.ops.activations import sigmoid
from gradcli.ops.algebra import DET, LOGDET, det, inv
from gradcli.ops.elementary import cos, cosh, exp, log, sin, sinh, tan, tanh
from gradcli.ops.piecewise import absolute, sign
from gradcli.ops.reductions import (
    MAX_OF,
    MIN_OF,
    PROD,
    SHARE,
    log_softmax,
    logsumexp,
    softmax,
)
from gradcli.ops.sequences import SORT
from gradcli.ops.shaping import INDEX, NEW, SCATTER, index, transpose
from gradcli.simplify.rules import UNFOLD, rule

N = letter("n")
VECTOR, MATRIX = (N,), (N, N)

# -- one function of another
rule(lambda x: exp(log(x)), lambda x: x)
rule(lambda x: log(exp(x)), lambda x: x)
rule(lambda x: sin(-x), lambda x: -sin(x))
rule(lambda x: cos(-x), lambda x: cos(x))
rule(lambda x: tan(-x), lambda x: -tan(x))
rule(lambda x: tanh(-x), lambda x: -tanh(x))
rule(lambda x: sinh(-x), lambda x: -sinh(x))
rule(lambda x: cosh(-x), lambda x: cosh(x))
rule(lambda x: absolute(-x), lambda x: absolute(x))
rule(lambda x: exp(log_softmax(x)), lambda x: softmax(x), VECTOR)
rule(lambda x: exp(x - logsumexp(x)), lambda x: softmax(x), VECTOR)
rule(lambda A: inv(inv(A)), lambda A: A, MATRIX)
rule(lambda A: inv(transpose(A)), lambda A: transpose(inv(A)), MATRIX)
rule(lambda A: det(transpose(A)), lambda A: det(A), MATRIX)
rule(lambda A: make(LOGDET, transpose(A)), lambda A: make(LOGDET, A), MATRIX)

# -- products
rule(lambda x: exp(x) / (1 + exp(x)), lambda x: sigmoid(x), at=lambda x: exp(x))
rule(lambda x: exp(-x) / (1 + exp(-x)), lambda x: 1 - sigmoid(x), at=lambda x: exp(-x))
rule(lambda x: 1 / (1 + exp(-x)), lambda x: sigmoid(x), at=lambda x: 1 + exp(-x))
rule(lambda x: 1 / (1 + exp(-x)), lambda x: sigmoid(x), at=lambda x: exp(-x) + 1)
rule(lambda x: 1 / (1 + exp(x)), lambda x: sigmoid(-x), at=lambda x: 1 + exp(x))
rule(lambda x: 1 / (1 + exp(x)), lambda x: sigmoid(-x), at=lambda x: exp(x) + 1)
rule(lambda x: exp(x) * sigmoid(-x), lambda x: sigmoid(x), at=lambda x: sigmoid(-x))
rule(lambda x: exp(-x) * sigmoid(x), lambda x: sigmoid(-x), at=lambda x: sigmoid(x))
rule(lambda x: absolute(x) * sign(x), lambda x: x, at=lambda x: absolute(x))
rule(lambda x: sin(x) / cos(x), lambda x: tan(x), at=lambda x: sin(x))
rule(lambda x: cos(x) * tan(x), lambda x: sin(x), at=lambda x: tan(x))
rule(lambda x: sinh(x) / cosh(x), lambda x: tanh(x), at=lambda x: sinh(x))

# -- sums
rule(lambda x: sin(x) ** 2 + cos(x) ** 2, lambda x: number(1), at=lambda x: cos(x))
rule(lambda x: cosh(x) ** 2 - sinh(x) ** 2, lambda x: number(1), at=lambda x: cosh(x))


def unfolds(op: object) -> Callable[[Callable[[Node], Node | None]], Callable[[Node], Node | None]]:
    def note(build: Callable[[Node], Node | None]) -> Callable[[Node], Node | None]:
        UNFOLD[op] = build  # type: ignore[index]
        return build

    return note


@unfolds(DET)
def _minors(node: Node) -> Node | None:
    """The derivatives of a determinant by the inverse, which has them where it is not 0."""
    order = node.params[0]
    if not order:
        return None
    A = node.args[0]
    letters = ascii_letters[: 2 * order]
    rows, columns = letters[::2], letters[1::2]
    total: Node | None = None
    for turned in permutations(range(order)):
        ins = [columns[turned[k]] + rows[k] for k in range(order)]
        term = einsum([det(A), *[inv(A)] * order], ["", *ins], letters, {})
        odd = sum(a > b for k, a in enumerate(turned) for b in turned[k + 1 :]) % 2
        total = term if total is None else (total - term if odd else total + term)
    return total


@unfolds(PROD)
def _left_out(node: Node) -> Node | None:
    """The product of all entries but one, by the product of all."""
    order, x = node.params[0], node.args[0]
    if not 1 <= order <= 2 or (order == 2 and len(x.shape) > 1):
        return None
    whole = make(PROD, x, params=(0,))
    if order == 1:
        letters = ascii_letters[: len(x.shape)]
        return einsum((whole, 1 / x), (letters[:-1], letters), letters, {})
    pairs = einsum((whole, 1 / x, 1 / x), ("", "a", "b"), "ab", {})
    return pairs - einsum((whole, 1 / x**2), ("", "a"), "aa", {})


@unfolds(SHARE)
def _routed(node: Node) -> Node | None:
    """One where the extremum is reached, leaving ties aside."""
    x, z = node.args
    if len(x.shape) > 1:
        letters = ascii_letters[: len(x.shape)]
        ones = full(1, x.shape[-1:])
        z = einsum((z, ones), (letters[:-1], letters[-1]), letters, {})
    return make(WHERE, make(EQ, x, z), number(1), number(0))


@unfolds(WHERE)
def _general(node: Node) -> Node | None:
    """What holds but at single points."""
    condition, _, no = node.args
    if condition.op is EQ and condition.label is None and no.shape in ((), node.shape):
        no = no if no.shape else full(no, node.shape)
        sides = [n for side in condition.args for n in (side, *side.args)]
        reached = any(n.op in (MAX_OF, MIN_OF, SORT) for n in sides)
        return None if reached else no
    return None


@unfolds(INDEX)
def _row(node: Node) -> Node | None:
    x, key = node.args[0], node.params[0]
    if key == (NEW,):
        return _framed(x)
    return _bare(x) if key == (0,) and isinstance(x.shape[0], RowAxis) else None


def _framed(x: Node) -> Node:
    """With one more axis in front, of one entry."""
    letters = ascii_letters[1 : len(x.shape) + 1]
    return einsum((x,), (letters,), "a" + letters, {"a": ROW})


def _bare(x: Node) -> Node:
    """Without the first axis, which has one entry."""
    letters = ascii_letters[: len(x.shape)]
    return einsum((x,), (letters,), letters[1:], {})


@unfolds(SCATTER)
def _placed(node: Node) -> Node | None:
    """Zeros with something among them, by columns of the identity."""
    shape, key = node.params
    x = node.args[0]
    if key == (NEW,):
        return _bare(x)
    if key == (0,) and isinstance(shape[0], RowAxis):
        return _framed(x)
    out = ascii_letters[: len(shape)]
    ins, factors, names = "", [], []
    fresh = iter(ascii_letters[26:])
    if NEW in key:
        return None
    for axis, item in enumerate(key):
        eye = identity((shape[axis],))
        if isinstance(item, tuple):
            if item == (0, shape[axis]):
                ins += out[axis]
                continue
            inner = next(fresh)
            ins += inner
            factors.append(index(eye, ((0, shape[axis]), item)))
            names.append(out[axis] + inner)
        else:
            factors.append(index(eye, (item,)))
            names.append(out[axis])
    ins += out[len(key) :]
    return einsum((x, *factors), (ins, *names), out, {})
