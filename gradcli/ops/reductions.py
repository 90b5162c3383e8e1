"""Reductions over all entries or over one axis, and the normalised ones such as softmax.

Must not know matrices as such: an axis is an axis.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from string import ascii_letters
from typing import Any

from gradcli.calculus.core import ADD, MUL, ROUTER, dimension, einsum, number
from gradcli.calculus.families import Tensor, Term
from gradcli.graph.node import Node, Op, ShapeError, make
from gradcli.graph.shape import Shape, describe, size
from gradcli.ops.elementary import sqrt
from gradcli.ops.piecewise import MAX, MIN, TIES, absolute
from gradcli.ops.powers import power
from gradcli.ops.registry import Function, function
from gradcli.ops.shaping import reshape

SECTION = "reductions"
Axis = int | tuple[int, ...] | None


def axis_of(x: Node, axis: Axis) -> int:
    """The axis counted from the front; ShapeError where there is none, or several."""
    rank = len(x.shape)
    if not isinstance(axis, int):
        raise ShapeError("axis= is one axis here; only what reduces goes along several")
    if not -rank <= axis < rank:
        raise ShapeError(f"axis {axis} does not exist in {describe(x.shape)}")
    return axis % rank


def axes_of(x: Node, axis: Axis) -> list[int]:
    """The axes that are reduced, counted from the front: all for None; ShapeError for none."""
    if axis is None:
        return [*range(len(x.shape))]
    found = [axis_of(x, each) for each in (axis if isinstance(axis, tuple) else (axis,))]
    if len({*found}) < len(found):
        raise ShapeError(f"axis={axis} names an axis twice")
    return sorted(found)


def _parted(x: Node, axis: Axis) -> tuple[str, str, str]:
    """The letters of an array, of the axes that stay, and of those that are reduced."""
    letters = ascii_letters[: len(x.shape)]
    reduced = "".join(letters[at] for at in axes_of(x, axis))
    return letters, "".join(each for each in letters if each not in reduced), reduced


def _last(x: Node, axis: Axis) -> Node:
    """The array with what is reduced in one axis, the last."""
    letters, stays, reduced = _parted(x, axis)
    moved = x if stays + reduced == letters else einsum((x,), (letters,), stays + reduced, {})
    if len(reduced) == 1:
        return moved
    return reshape(moved, (*moved.shape[: len(stays)], size(moved.shape[len(stays) :])))


def sum_(x: Node, axis: Axis = None) -> Node:
    """The sum of all entries, or along some axes, which go; ShapeError where there are none."""
    letters, stays, _ = _parted(x, axis)
    return einsum((x,), (letters,), stays, {})


def count(x: Node, axis: Axis) -> Node:
    """How many entries are reduced to one."""
    return dimension(size(tuple(x.shape[at] for at in axes_of(x, axis))))


def kept(x: Node, reduced: Node, axis: Axis) -> Node:
    """The reduction with its axes kept as 1, so that it broadcasts against x."""
    gone = axes_of(x, axis)
    return reshape(reduced, tuple(1 if at in gone else dim for at, dim in enumerate(x.shape)))


def mean(x: Node, axis: Axis = None) -> Node:
    """The sum over how many there are, shaped like the sum."""
    return sum_(x, axis) / count(x, axis)


def _var(x: Node, axis: Axis) -> Node:
    middle = mean(x, axis)
    return mean((x - (middle if axis is None else kept(x, middle, axis))) ** 2, axis)


def _along(name: str, axis: Callable[[Node], int]) -> Callable[[Node], str]:
    """How a call is written that goes along an axis, which a vector need not name."""

    def notation(node: Node) -> str:
        vector = len(node.args[0].shape) == 1
        return f"{name}(#1)" if vector else f"{name}(#1, axis={axis(node)})"

    return notation


def _last_axis(node: Node) -> int:
    return len(node.args[0].shape) - 1


def _chosen_axis(node: Node) -> int:
    axis: int = node.params[0]
    return axis


def _on_paper(head: str, axis: Callable[[Node], int]) -> Callable[[Node], str]:
    """The same in LaTeX: a matrix is read by rows or by columns, as papers say."""

    def latex(node: Node) -> str:
        rank, along = len(node.args[0].shape), axis(node)
        below = (rf"\mathrm{{{('col', 'row')[along]}}}") if rank == 2 else str(along)
        return head if rank == 1 else f"{head}_{{{below}}}"

    return latex


def _normalised(name: str) -> dict[str, Callable[[Node], str]]:
    """How a function along a chosen axis is written, in the language and on paper."""
    head = rf"\operatorname{{{name}}}".replace("_", r"\_")
    return {"notation": _along(name, _chosen_axis), "latex": _on_paper(head, _chosen_axis)}


def _front(shape: Shape) -> str:
    return ascii_letters[: len(shape) - 1]


def _prod_terms(z: Node, x: Node, order: int) -> list[list[Term]]:
    """The product without `order` of its entries: its derivative leaves out one more."""
    lead = _front(x.shape)
    more = ascii_letters[len(lead) : len(lead) + order + 1]
    following = make(PROD, x, params=(order + 1,))
    return [[Term(((following, lead + more),), lead + more[:-1], lead + more[-1])]]


PROD = Tensor(
    "prod",
    lambda m, x, order: m.prod(x, order),
    lambda x, order: (*x[:-1], *[x[-1]] * order),
    _prod_terms,
    says="a product's derivative by one factor is the product of the others",
    notation=lambda z: f"prod_{z.params[0]}(#1)" if z.params[0] else _along("prod", _last_axis)(z),
    latex=lambda z: (
        rf"\operatorname{{prod}}_{{{z.params[0]}}}"
        if z.params[0]
        else _on_paper(r"\operatorname{prod}", _last_axis)(z)
    ),
)
SHARE = Tensor("share", lambda m, x, z: m.share(x, z), lambda x, z: x, lambda *_: [[], []])
GAP = Tensor("gap", lambda m, x: m.gap(x), lambda x: x[:-1], lambda *_: [[]])
LEAD = Tensor("lead", lambda m, x: m.lead(x), lambda x: x, lambda *_: [[]])
"""By how much each entry is above all others: positive where it is the largest."""


def _extremum(name: str, most: str, negate: bool) -> Tensor:
    def terms(z: Node, x: Node) -> list[list[Term]]:
        lead = _front(x.shape)
        return [[Term(((make(SHARE, x, z), lead + "z"),), lead, lead + "z")]]

    return Tensor(
        f"{name}_of",
        lambda m, x: getattr(m, name)(x),
        lambda x: x[:-1],
        terms,
        switches=lambda x: [make(GAP, -x if negate else x)],
        at_rest="both",
        gate=ROUTER,
        convention=TIES,
        libraries=f"torch.a{name} and jnp.{name}",
        says=f"{name} hands on to the {most}",
        title=name,
        notation=_along(name, _last_axis),
        latex=_on_paper(rf"\{name}", _last_axis),
    )


MAX_OF = _extremum("max", "largest", negate=False)
MIN_OF = _extremum("min", "smallest", negate=True)


def _choose(many: Any, one: Any) -> Any:
    def build(*args: Node, axis: Axis = None) -> Node:
        if len(args) == 1:
            return make(one, _last(args[0], axis))
        if axis is not None:
            raise ShapeError("axis= goes with one argument; several are compared entry by entry")
        return make(many, *args)

    return build


def _letters(x: Node, axis: Axis) -> tuple[str, str, int]:
    """Letters of x, the same with another letter along the axis, and the axis."""
    if axis is None and len(x.shape) != 1:
        raise ShapeError(f"{describe(x.shape)} needs axis=, for it can be read along each axis")
    at = 0 if axis is None else axis_of(x, axis)
    letters = ascii_letters[: len(x.shape)]
    return letters, letters[:at] + "z" + letters[at + 1 :], at


def _softmax_terms(z: Node, x: Node, axis: int) -> list[list[Term]]:
    here, there, _ = _letters(x, axis)
    return [[Term(((z, here),), here, here), Term(((z, here), (z, there)), here, there, True)]]


def _log_softmax_terms(z: Node, x: Node, axis: int) -> list[list[Term]]:
    here, there, _ = _letters(x, axis)
    soft = make(SOFTMAX, x, params=(axis,))
    return [[Term((), here, here), Term(((soft, there),), here, there, True)]]


def _logsumexp_terms(z: Node, x: Node) -> list[list[Term]]:
    lead = _front(x.shape)
    soft = make(SOFTMAX, x, params=(len(x.shape) - 1,))
    return [[Term(((soft, lead + "z"),), lead, lead + "z")]]


SOFTMAX = Tensor(
    "softmax",
    lambda m, x, axis: m.softmax(x, axis),
    lambda x, axis: x,
    _softmax_terms,
    says="softmax's Jacobian is diag({0}) - {0} @ {0}.T",
    letter="p",
    sums_to_one=lambda node: node.params[0],
    **_normalised("softmax"),
)
LOG_SOFTMAX = Tensor(
    "log_softmax",
    lambda m, x, axis: m.log_softmax(x, axis),
    lambda x, axis: x,
    _log_softmax_terms,
    says="the derivative of log_softmax is the identity minus softmax",
    **_normalised("log_softmax"),
)
LOGSUMEXP = Tensor(
    "logsumexp",
    lambda m, x: m.logsumexp(x),
    lambda x: x[:-1],
    _logsumexp_terms,
    says="the derivative of logsumexp is softmax",
    notation=_along("logsumexp", _last_axis),
    latex=_on_paper(r"\operatorname{logsumexp}", _last_axis),
)


def norm(x: Node, p: Any = 2, axis: Axis = None) -> Node:
    """The p-norm of a vector, p at least 1 or "inf"; of a matrix the root of its squares, by "fro".

    A number, or one for each row or column along an axis; ShapeError for another p, and for
    matrices without "fro", which two axes are.
    """
    if len(x.shape) > 1 and p != "fro" and (axis is None or isinstance(axis, tuple)):
        raise ShapeError(f'the norm of {describe(x.shape)} needs its kind: norm(A, "fro")')
    if p in (2, "fro"):
        return sqrt(sum_(x * x, axis))
    if p == 1:
        return sum_(absolute(x), axis)
    if p == "inf":
        return make(MAX_OF, _last(absolute(x), axis))
    if isinstance(p, str) or p < 1:
        raise ShapeError(f'there is no norm of kind {p}: p is at least 1, inf or "fro"')
    exponent = Fraction(p)
    return power(sum_(power(absolute(x), number(exponent)), axis), number(1 / exponent))


def _reduction(
    name: str, build: Callable[..., Node], op: Op | None = None, first: str = "x", **facts: Any
) -> Function:
    """A function that reduces all entries or some axes, which `keepdims` leaves there as 1."""

    signature = f"{name}({first}, axis=None, keepdims=False)"
    plain = [part.partition("=")[0] for part in signature.rstrip(")").split(", ")[1:]]

    def reduction(*given: Any, keepdims: bool = False, **options: Any) -> Node:
        args = [each for each in given if isinstance(each, Node)]
        options |= dict(zip(plain, given[len(args) :], strict=False))
        keepdims, axis = options.pop("keepdims", keepdims), options.pop("axis", None)
        reduced = build(*args, axis=axis, **options)
        if not keepdims:
            return reduced
        if len(args) > 1:
            raise ShapeError("keepdims= goes with one argument")
        return kept(args[0], reduced, axis)

    return function(signature, reduction, SECTION, op, **facts)


sum_of = _reduction("sum", sum_, linear=True, fold=(ADD, 0))
mean_of = _reduction("mean", mean, linear=True, confused_with="sum")
prod = _reduction(
    "prod", lambda x, axis: make(PROD, _last(x, axis), params=(0,)), PROD, fold=(MUL, 1)
)
max_of = _reduction("max", _choose(MAX, MAX_OF), MAX, "a, …", fold=(MAX, None))
min_of = _reduction("min", _choose(MIN, MIN_OF), MIN, "a, …", confused_with="max")
logsumexp = _reduction(
    "logsumexp", lambda x, axis: make(LOGSUMEXP, _last(x, axis)), LOGSUMEXP,
    means="log(sum(exp(x)))",
)  # fmt: skip
var = _reduction("var", _var)
std = _reduction("std", lambda x, axis: sqrt(_var(x, axis)))
norm_of = _reduction("norm", norm, None, "x, p=2", static=["p"])
softmax = function(
    "softmax(x, axis=None)",
    lambda x, axis=None: make(SOFTMAX, x, params=(_letters(x, axis)[2],)),
    "probability and losses",
    SOFTMAX,
    means="exp(x)/sum(exp(x))",
    confused_with="sigmoid",
)
log_softmax = function(
    "log_softmax(x, axis=None)",
    lambda x, axis=None: make(LOG_SOFTMAX, x, params=(_letters(x, axis)[2],)),
    "probability and losses",
    LOG_SOFTMAX,
    means="x - logsumexp(x)",
    confused_with="softmax sigmoid",
)
