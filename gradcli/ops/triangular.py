"""The Cholesky factor of a positive definite matrix, with a rule of its own.

Must not know how it is computed, nor which matrices are positive definite.
"""

from __future__ import annotations

from gradcli.calculus.core import einsum, full
from gradcli.calculus.families import Tensor, Term
from gradcli.graph.node import Node, ShapeError, make
from gradcli.graph.shape import Shape, describe
from gradcli.ops.algebra import SECTION, inv
from gradcli.ops.registry import function, positive
from gradcli.ops.sequences import tril
from gradcli.ops.shaping import transpose


def _square(A: Shape) -> Shape:
    if len(A) != 2 or A[0] != A[1]:
        raise ShapeError(f"{describe(A)} is not a square matrix")
    return A


def _pivots(A: Shape) -> Shape:
    return _square(A)[:1]


PIVOTS = Tensor("pivots", lambda m, A: m.pivots(A), _pivots, lambda *_: [[]])
"""The squares of the factor's diagonal, which are quotients of leading minors."""


def _terms(z: Node, A: Node) -> list[list[Term]]:
    """dL = L @ P(inv(L) @ dA @ inv(L).T), where P takes the lower triangle and half the diagonal.

    I. Murray, "Differentiation of the Cholesky decomposition" (2016).
    """
    n = A.shape[0]
    half = tril(full(1, A.shape)) - einsum((full(1, (n,)),), ("i",), "ii", {}) / 2
    inverse = inv(z)
    factors = ((z, "ia"), (half, "aj"), (inverse, "ak"), (inverse, "jl"))
    return [[Term(factors, "ij", "kl")]]


CHOLESKY = Tensor(
    "cholesky",
    lambda m, A: m.cholesky(A),
    _square,
    _terms,
    domain=lambda A: positive(make(PIVOTS, A), "its matrix is not positive definite"),
    says="a change dA of A changes L = cholesky(A) by L @ P(inv(L) @ dA @ inv(L).T)",
    cubic=True,
)


def cholesky(A: Node) -> Node:
    """The lower triangle L with positive diagonal of which L @ L.T is the symmetric part of A.

    It is the symmetric part that is factored, as JAX and PyTorch differentiate it, so that the
    derivative by A is symmetric. ShapeError unless A is square.
    """
    _square(A.shape)
    return make(CHOLESKY, (A + transpose(A)) / 2)


cholesky_of = function(
    "cholesky(A)",
    cholesky,
    SECTION,
    CHOLESKY,
    example="sum(cholesky(A)) at A=[[2, 1], [1, 3]]",
)
