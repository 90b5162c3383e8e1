"""The ops that derivatives themselves are made of, and builders that simplify as they build.

Must not know the tables of functions or any number system; what a user wrote is never simplified.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from string import ascii_letters

from gradcli.calculus.families import Einsum, Leaf, Pointwise, Requirement, Rest, Value
from gradcli.graph.node import OVERLOADS, Gate, Node, Operand, ShapeError, make
from gradcli.graph.order import topological
from gradcli.graph.shape import Dim, Letters, Shape, broadcast, describe

ROUTER = Gate("router", "sends the gradient to what it chose")

INPUT = Leaf("input")
NUMBER = Leaf("number")
CONSTANT = Leaf("constant")
SIZE = Leaf("size")

ADD = Pointwise(
    "add",
    lambda m, x, y: x + y,
    (lambda z, x, y: 1, lambda z, x, y: 1),
    infix="+",
    gate=Gate("distributor", "add hands the gradient on"),
)
SUB = Pointwise(
    "sub",
    lambda m, x, y: x - y,
    (lambda z, x, y: 1, lambda z, x, y: -1),
    infix="-",
    gate=Gate("distributor", "subtract negates the right one"),
)
MUL = Pointwise(
    "mul",
    lambda m, x, y: x * y,
    (lambda z, x, y: y, lambda z, x, y: x),
    infix="*",
    gate=Gate("swap multiplier", "multiply swaps its inputs"),
)
DIV = Pointwise(
    "div",
    lambda m, x, y: m.div(x, y),
    (lambda z, x, y: 1 / y, lambda z, x, y: -z / y),
    infix="/",
    domain=lambda x, y: [Requirement(y, "!= 0")],
)
NEG = Pointwise("neg", lambda m, x: -x, (lambda z, x: -1,), infix="-")
COPY = Pointwise(
    "copy",
    lambda m, x: x,
    (lambda z, x: 1,),
    gate=Gate("distributor", "hands the gradient on"),
)


def _comparison(name: str, sign: str, rest: Rest, value: Value, latex: str = "") -> Pointwise:
    """A condition that switches where its two sides are equal."""
    return Pointwise(
        name,
        value,
        infix=sign,
        boolean=True,
        latex=latex,
        switches=lambda x, y: [x - y],
        at_rest=rest,
    )


EQ = _comparison("eq", "==", "apart", lambda m, x, y: m.eq(x, y), "=")
NE = _comparison("ne", "!=", "apart", lambda m, x, y: m.ne(x, y), r"\neq")
LT = _comparison("lt", "<", "above", lambda m, x, y: m.lt(x, y))
LE = _comparison("le", "<=", "below", lambda m, x, y: m.le(x, y), r"\leq")
GT = _comparison("gt", ">", "below", lambda m, x, y: m.lt(y, x))
GE = _comparison("ge", ">=", "above", lambda m, x, y: m.le(y, x), r"\geq")
AND = Pointwise("and", lambda m, p, q: m.both(p, q), infix="and", boolean=True, latex=r"\land")
OR = Pointwise("or", lambda m, p, q: m.either(p, q), infix="or", boolean=True, latex=r"\lor")
NOT = Pointwise("not", lambda m, p: m.opposite(p), infix="not", boolean=True, latex=r"\lnot ")
WHERE = Pointwise(
    "where",
    lambda m, c, x, y: m.where(c, x, y),
    (
        lambda z, c, x, y: 0,
        lambda z, c, x, y: where(c, number(1), number(0)),
        lambda z, c, x, y: where(c, number(0), number(1)),
    ),
    gate=ROUTER,
    says="only the branch that is taken counts",
)
EINSUM = Einsum("einsum", lambda m, *arrays: m.einsum(*arrays))
TAKEN_APART = frozenset({NUMBER, NEG, WHERE, EINSUM})
"""What sums and products look into: zeros, ones, signs and dead branches are made of these."""


def number(value: int | Fraction) -> Node:
    """An exact rational."""
    if type(value) is int and (known := SMALL.get(value)) is not None:
        return known
    return make(NUMBER, params=(value if type(value) is Fraction else Fraction(value),))


# Derivatives are full of them, and making a fraction takes longer than looking one up.
SMALL: dict[int, Node] = {n: make(NUMBER, params=(Fraction(n),)) for n in range(-4, 17)}


def constant(name: str) -> Node:
    """`pi`, `e`, `inf`."""
    return make(CONSTANT, params=(name,))


def dimension(dim: Dim) -> Node:
    """A dimension as a number: known, or a letter that waits for its size."""
    return make(SIZE, params=(dim,)) if isinstance(dim, Letters) else number(int(dim))


def symbol(name: str, shape: Shape) -> Node:
    """An input of that name and shape."""
    return make(INPUT, params=(name, shape))


def inputs(*outputs: Node) -> list[Node]:
    """The inputs that vertices depend on, in order of first use."""
    return [node for node in topological(outputs) if node.op is INPUT]


def lift(value: Operand) -> Node:
    """The operand as a vertex: a whole number of Python becomes a number."""
    return value if isinstance(value, Node) else number(value)


def rational(node: Node) -> Fraction | None:
    """The value of a plain number, else None."""
    if node.op is NUMBER and node.label is None:
        value: Fraction = node.params[0]
        return value
    return None


def is_zero(node: Node) -> bool:
    """Whether the node is zero by construction (a number, or a number broadcast)."""
    while node.op is EINSUM and len(node.args) == 1 and node.label is None:
        node = node.args[0]
    return rational(node) == 0


def fitted(*nodes: Node) -> Shape:
    """The broadcast shape; ShapeError where there is none."""
    shape = broadcast(*(node.shape for node in nodes))
    if shape is None:
        raise ShapeError(" and ".join(describe(node.shape) for node in nodes))
    return shape


def full(value: Operand, shape: Shape) -> Node:
    """A number broadcast to a shape."""
    out = ascii_letters[: len(shape)]
    node = lift(value)
    return einsum((node,), ("",), out, dict(zip(out, shape, strict=True))) if shape else node


def spread_scalar(node: Node) -> Node | None:
    """The scalar that `full` has broadcast, else None."""
    if node.op is EINSUM and node.label is None and node.params[0] == ("",):
        out = node.params[1]
        return node.args[0] if len(set(out)) == len(out) else None
    return None


def identity(shape: Shape) -> Node:
    """The identity map on arrays of this shape: shape + shape."""
    out = ascii_letters[: len(shape)]
    return einsum((number(1),), ("",), out + out, dict(zip(out, shape, strict=True)))


def is_identity(node: Node) -> bool:
    """Whether this is what `identity` makes of some shape that is no scalar's."""
    if node.op is not EINSUM or node.label is not None or rational(node.args[0]) != 1:
        return False
    ins, out, _ = node.params
    half = len(out) // 2
    unique = half > 0 and len(set(out)) == half
    return ins == ("",) and unique and bool(out[:half] == out[half:])


def einsum(args: Sequence[Node], ins: Sequence[str], out: str, dims: dict[str, Dim]) -> Node:
    """The bare einsum; `dims` gives at least the letters that only the result has."""
    present = set("".join(ins))
    new = tuple((x, dims[x]) for x in dict.fromkeys(out) if x not in present)
    return make(EINSUM, *args, params=(tuple(ins), out, new))


Mask = tuple[Node, Node, bool]


def masked(node: Node) -> Mask | None:
    """`(condition, live branch, which)` of `where(c, u, 0)` or `where(c, 0, u)`, else None."""
    if node.op is WHERE and node.label is None:
        condition, yes, no = node.args
        if is_zero(no):
            return condition, yes, True
        if is_zero(yes):
            return condition, no, False
    return None


def where(condition: Node, yes: Node, no: Node) -> Node:
    """`where`, with equal branches merged."""
    if yes is no and not condition.shape:
        return yes
    return make(WHERE, condition, yes, no)


def remask(condition: Node, live: Node, which: bool) -> Node:
    """The `where` that `masked` took apart: `live` where the condition is `which`, else zero."""
    zero = number(0)
    return where(condition, live, zero) if which else where(condition, zero, live)


def neg(x: Operand) -> Node:
    """-x, with two signs and the sign of a number gone, and zeros of dead branches kept."""
    node = lift(x)
    value = rational(node)
    if value is not None:
        return number(-value)
    if node.op is NEG and node.label is None:
        return node.args[0]
    if mask := masked(node):
        return remask(mask[0], neg(mask[1]), mask[2])
    return make(NEG, node)


def add(x: Operand, y: Operand) -> Node:
    """x + y by broadcasting, without zeros; ShapeError where the shapes do not fit."""
    a, b = lift(x), lift(y)
    if a.shape == b.shape and a.op not in TAKEN_APART and b.op not in TAKEN_APART:
        return make(ADD, a, b)
    shape = fitted(a, b)
    p, q = rational(a), rational(b)
    if p is not None and q is not None:
        return number(p + q)
    if is_zero(a) and b.shape == shape:
        return b
    if is_zero(b) and a.shape == shape:
        return a
    if (left := masked(a)) and (right := masked(b)):
        return _masked_sum(a, left, b, right)
    if b.op is NEG and b.label is None:
        return make(SUB, a, b.args[0])
    if q is not None and q < 0:
        return make(SUB, a, number(-q))
    return make(ADD, a, b)


def _masked_sum(a: Node, left: Mask, b: Node, right: Mask) -> Node:
    """Two structural zeros: one as long as neither is live, or the two halves of one `where`."""
    (p, u, yes), (q, v, also) = left, right
    if p is q and yes == also:
        return remask(p, add(u, v), yes)
    if p is q:
        return where(p, u, v) if yes else where(p, v, u)
    either = make(OR, p if yes else make(NOT, p), q if also else make(NOT, q))
    return remask(either, make(ADD, a, b), True)


def sub(x: Operand, y: Operand) -> Node:
    """x - y, as `add` builds it."""
    return add(x, neg(y))


def mul(x: Operand, y: Operand) -> Node:
    """x * y by broadcasting, without ones and with signs outside; ShapeError as `add`.

    A structural zero stays one: `where(c, u, 0) * y` is `where(c, u*y, 0)`.
    """
    a, b = lift(x), lift(y)
    if a.shape == b.shape and a.op not in TAKEN_APART and b.op not in TAKEN_APART:
        return make(MUL, a, b)
    if b is SMALL[1] and not a.shape:
        return a
    shape = fitted(a, b)
    p, q = rational(a), rational(b)
    if p is not None and q is not None:
        return number(p * q)
    if is_zero(a) or is_zero(b):
        return full(0, shape)
    for u, v, value in ((a, b, p), (b, a, q)):
        if value == 1 and v.shape == shape:
            return v
        if value == -1 and v.shape == shape:
            return neg(v)
        if u.op is NEG and u.label is None:
            return neg(mul(u.args[0], v))
    for u, v in ((a, b), (b, a)):
        scalar = spread_scalar(u)
        if scalar is not None and v.shape == shape:
            return mul(scalar, v)
    if mask := masked(a):
        return remask(mask[0], mul(mask[1], b), mask[2])
    if mask := masked(b):
        return remask(mask[0], mul(a, mask[1]), mask[2])
    return make(MUL, a, b)


def div(x: Operand, y: Operand) -> Node:
    """x / y by broadcasting, with signs and structural zeros of x outside; ShapeError as `add`."""
    a, b = lift(x), lift(y)
    shape = fitted(a, b)
    if is_zero(a):
        return full(0, shape)
    if rational(b) == 1 and a.shape == shape:
        return a
    if a.op is NEG and a.label is None:
        return neg(div(a.args[0], b))
    if mask := masked(a):
        return remask(mask[0], div(mask[1], b), mask[2])
    return make(DIV, a, b)


OVERLOADS.update(
    add=add,
    sub=sub,
    mul=mul,
    div=div,
    neg=neg,
    lt=lambda x, y: make(LT, lift(x), lift(y)),
    le=lambda x, y: make(LE, lift(x), lift(y)),
    gt=lambda x, y: make(GT, lift(x), lift(y)),
    ge=lambda x, y: make(GE, lift(x), lift(y)),
)
