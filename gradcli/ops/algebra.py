"""Linear algebra: products as einsum; determinant, inverse and solution with rules of their own.

Must not know how any of them is computed.
"""

from __future__ import annotations

from string import ascii_letters
from typing import Any

from gradcli.calculus.core import EINSUM, einsum, full, number
from gradcli.calculus.families import Tensor, Term
from gradcli.graph.node import Node, ShapeError, make
from gradcli.graph.shape import Dim, Shape, describe, is_row, multiply_dims, size
from gradcli.ops.registry import Function, function, nonzero, positive
from gradcli.ops.shaping import index, reshape, stack, transpose

SECTION = "linear algebra"
# The rules of inv, logdet and solve: M. Giles, "Collected matrix derivative results for forward and
# reverse mode algorithmic differentiation" (2008).
SINGULAR = "its matrix is singular: the determinant is {}"


def flat(x: Node) -> Node:
    """A row as its vector; anything else as it is."""
    return transpose(x) if is_row(x.shape) else x


def _square(x: Shape, *_: Any) -> Shape:
    if len(x) != 2 or x[0] != x[1]:
        raise ShapeError(f"{describe(x)} is not a square matrix")
    return x


def matmul(a: Node, b: Node) -> Node:
    """`a @ b` with vectors as columns, of more axes matrix by matrix along the leading ones.

    ShapeError where the shapes do not fit.
    """
    rank = len(a.shape), len(b.shape)
    if not all(rank):
        raise ShapeError(f"@ cannot multiply {describe(a.shape)} by {describe(b.shape)}")
    if max(rank) > 2:
        return _batched(a, b)
    if len(b.shape) == 2 and is_row(b.shape) and rank[0] == 1:
        return einsum((a, flat(b)), ("i", "j"), "ij", {})
    if a.shape[-1] != b.shape[0]:
        raise ShapeError(f"@ cannot multiply {describe(a.shape)} by {describe(b.shape)}")
    if rank == (1, 1) or (is_row(a.shape) and rank[1] == 1):
        return einsum((flat(a), b), ("i", "i"), "", {})
    if rank[0] == 1:
        return einsum((a, b), ("i", "ij"), "j", {})
    if rank[1] == 1:
        return einsum((a, b), ("ij", "j"), "i", {})
    return einsum((a, b), ("ij", "jk"), "ik", {})


def _batched(a: Node, b: Node) -> Node:
    """Products of matrices: the axes before the last two are those of both, or of one alone."""
    front = [shape[:-2] for shape in (a.shape, b.shape)]
    longest = max(front, key=len)
    inner = b.shape[-2] if len(b.shape) > 1 else b.shape[0]
    if a.shape[-1] != inner or any(each != longest[len(longest) - len(each) :] for each in front):
        raise ShapeError(f"@ cannot multiply {describe(a.shape)} by {describe(b.shape)}")
    lead = ascii_letters[: len(longest)]
    left, right = (lead[len(lead) - len(each) :] for each in front)
    rows, columns = "X" * (len(a.shape) > 1), "Z" * (len(b.shape) > 1)
    return einsum((a, b), (left + rows + "Y", right + "Y" + columns), lead + rows + columns, {})


def dot(u: Node, v: Node) -> Node:
    """The inner product of two vectors of one length, a number; ShapeError for anything else."""
    u, v = flat(u), flat(v)
    if len(u.shape) != 1 or u.shape != v.shape:
        raise ShapeError(
            f"dot takes two vectors of one length, not {describe(u.shape)} and {describe(v.shape)}"
        )
    return einsum((u, v), ("i", "i"), "", {})


def outer(u: Node, v: Node) -> Node:
    """Every entry of u (m) times every one of v (n), m by n; ShapeError for what is no vector."""
    u, v = flat(u), flat(v)
    if len(u.shape) != 1 or len(v.shape) != 1:
        raise ShapeError(
            f"outer takes two vectors, not {describe(u.shape)} and {describe(v.shape)}"
        )
    return einsum((u, v), ("i", "j"), "ij", {})


def trace(A: Node) -> Node:
    """The sum of the diagonal; ShapeError unless A is square."""
    _square(A.shape)
    return einsum((A,), ("ii",), "", {})


def diag(x: Node) -> Node:
    """A diagonal matrix of a vector, or the diagonal of a matrix as a vector."""
    x = flat(x)
    if len(x.shape) == 1:
        return einsum((x,), ("i",), "ii", {})
    _square(x.shape)
    return einsum((x,), ("ii",), "i", {})


def _det_terms(z: Node, A: Node, order: int) -> list[list[Term]]:
    """Minors without `order` rows and columns: the derivative leaves out one more of each.

    Jacobi's formula at the first order, which needs no inverse and so no regular matrix.
    """
    letters = ascii_letters[: 2 * order + 2]
    following = make(DET, A, params=(order + 1,))
    return [[Term(((following, letters),), letters[:-2], letters[-2:])]]


DET = Tensor(
    "det",
    lambda m, A, order: m.det(A, order),
    lambda A, order: _square(A) * order,
    _det_terms,
    says="the derivative of a determinant is its minors",
    cubic=True,
    notation=lambda z: f"det_{z.params[0]}(#1)" if z.params[0] else "det(#1)",
    latex=lambda z: r"\det" + (f"_{{{z.params[0]}}}" if z.params[0] else ""),
)
INV = Tensor(
    "inv",
    lambda m, A: m.inv(A),
    _square,
    lambda z, A: [[Term(((z, "ia"), (z, "bj")), "ij", "ab", True)]],
    domain=lambda A: nonzero(det(A), SINGULAR),
    says="a change dA of A changes inv(A) by -inv(A) @ dA @ inv(A)",
    cubic=True,
    latex="(#1)^{-1}",
)
LOGDET = Tensor(
    "logdet",
    lambda m, A: m.logdet(A),
    lambda A: _square(A)[2:],
    lambda z, A: [[Term(((inv(A), "ji"),), "", "ij")]],
    domain=lambda A: positive(det(A), "the determinant is {}, it must be positive"),
    says="the derivative of logdet(A) is inv(A).T",
    cubic=True,
    latex=r"\log\det",
)


def _solve_terms(z: Node, A: Node, b: Node) -> list[list[Term]]:
    more = "k" * (len(b.shape) - 1)
    inverse = inv(A)
    return [
        [Term(((inverse, "ia"), (z, "b" + more)), "i" + more, "ab", True)],
        [Term(((inverse, "ij"),), "i" + more, "j" + more)],
    ]


def _solve_shape(A: Shape, b: Shape) -> Shape:
    if len(b) not in (1, 2) or _square(A)[1] != b[0]:
        raise ShapeError(f"solve cannot fit {describe(A)} to {describe(b)}")
    return b


SOLVE = Tensor(
    "solve",
    lambda m, A, b: m.solve(A, b),
    _solve_shape,
    _solve_terms,
    domain=lambda A, b: nonzero(det(A), SINGULAR),
    says="solve(A, b) is inv(A) @ b",
    cubic=True,
    latex="(#1)^{-1} (#2)",
)


def cross(a: Node, b: Node) -> Node:
    """The vector at right angles to two vectors of 3; ShapeError for other sizes."""
    a, b = flat(a), flat(b)
    if (a.shape, b.shape) != ((3,), (3,)):
        raise ShapeError(
            f"cross takes two vectors of 3, not {describe(a.shape)} and {describe(b.shape)}"
        )
    x, y = ([index(v, (k,)) for k in range(3)] for v in (a, b))
    return stack(*(x[i] * y[j] - x[j] * y[i] for i, j in ((1, 2), (2, 0), (0, 1))))


def kron(A: Node, B: Node) -> Node:
    """The Kronecker product of m by n and p by q, mp by nq, or of vectors of m and n, of mn.

    ShapeError for anything else, also for a matrix and a vector, which may be a column or a row.
    """
    if len(A.shape) == len(B.shape) == 1:
        return reshape(einsum((A, B), ("i", "j"), "ij", {}), [size((*A.shape, *B.shape))])
    if len(A.shape) != 2 or len(B.shape) != 2:
        raise ShapeError(
            f"kron takes two matrices or vectors, not {describe(A.shape)} and {describe(B.shape)}"
        )
    product = einsum((A, B), ("ij", "kl"), "ikjl", {})
    return reshape(product, [multiply_dims(p, q) for p, q in zip(A.shape, B.shape, strict=True)])


def vec(A: Node) -> Node:
    """The columns of a matrix, one below the other."""
    if len(A.shape) != 2:
        raise ShapeError(f"vec takes a matrix, not {describe(A.shape)}")
    return reshape(einsum((A,), ("ij",), "ji", {}), [size(A.shape)])


def einsum_of(spec: str, *args: Node) -> Node:
    """The product by letters, as `"ij,jk->ik"`: letters after the arrow stand before it, once each.

    ShapeError where the text describes other arguments, or a letter has two sizes.
    """
    left, arrow, out = spec.replace(" ", "").partition("->")
    ins = left.split(",")
    letters = "".join(ins)
    if not arrow or len(ins) != len(args) or not (letters + out).isascii():
        raise ShapeError(f'"{spec}" does not describe {len(args)} arguments; write  "ij,jk->ik"')
    if not (letters + out + "a").isalpha() or not set(out) <= set(letters):
        raise ShapeError(f'"{spec}": letters after the arrow must stand before it')
    if len(set(out)) < len(out):
        raise ShapeError(f'"{spec}": a letter stands twice after the arrow')
    return einsum(args, ins, out, {})


def _filled(value: int) -> Any:
    def build(*dims: Any) -> Node:
        shape: tuple[Dim, ...] = dims[0] if len(dims) == 1 and isinstance(dims[0], tuple) else dims
        if any(isinstance(dim, tuple) for dim in shape):
            raise ShapeError("dims are whole numbers, or one list of them in brackets")
        return full(value, tuple(shape))

    return build


det: Function = function("det(A)", lambda A: make(DET, A, params=(0,)), SECTION, DET)
logdet = function("logdet(A)", lambda A: make(LOGDET, A), SECTION, LOGDET, means="log(det(A))")
inv: Function = function("inv(A)", lambda A: make(INV, A), SECTION, INV)
solve = function(
    "solve(A, b)",
    lambda A, b: make(SOLVE, A, flat(b)),
    SECTION,
    SOLVE,
    means="inv(A) @ b",
    example="solve(A, b) at A=[[2, 1], [1, 3]], b=[1, 2]",
)
dot_of = function("dot(u, v)", dot, SECTION, linear=True)
outer_of = function("outer(u, v)", outer, SECTION, linear=True)
trace_of = function("trace(A)", trace, SECTION, aliases=["tr"], linear=True)
diag_of = function(
    "diag(x)",
    diag,
    SECTION,
    linear=True,
    example="trace(diag(x) @ diag(x)) at x=[1, 2, 3]",
)
cross_of = function(
    "cross(a, b)",
    cross,
    SECTION,
    linear=True,
    backward={"a": "cross(b, δ)", "b": "cross(δ, a)"},
    example="cross(a, b) at a=[1, 2, 3], b=[2, -1, 1/2]",
)
kron_of = function("kron(A, B)", kron, SECTION, linear=True)
vec_of = function("vec(A)", vec, SECTION, linear=True)
einsum_ = function(
    "einsum(spec, a, …)",
    einsum_of,
    SECTION,
    EINSUM,
    linear=True,
    backward={"a": "the einsum of δ and the other arguments, by the letters of a"},
    example='einsum("ij,j->i", A, u) at A=[[2, 1], [1, 3]], u=[1, 2]',
)
eye = function(
    "eye(n)",
    lambda n: einsum((number(1),), ("",), "ii", {"i": n}),
    SECTION,
    example="sum(eye(2) @ x) at x=[1, 2]",
)
zeros = function("zeros(dims, …)", _filled(0), SECTION, example="sum((zeros(2) - x)^2) at x=[1, 2]")
ones = function("ones(dims, …)", _filled(1), SECTION, example="ones(2) @ x at x=[1, 2]")
