"""What a vertex is on paper: a sum, a product of matrices, a norm; the one reading of einsum.

Must not know text, LaTeX or code: the writers of each go over what is read here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from enum import Enum, auto
from functools import reduce
from string import ascii_lowercase, ascii_uppercase
from typing import Any, NamedTuple, TypeAlias

from gradcli.calculus.core import (
    ADD,
    CONSTANT,
    COPY,
    DIV,
    EINSUM,
    INPUT,
    MUL,
    NEG,
    NOT,
    NUMBER,
    SIZE,
    SUB,
    WHERE,
    dimension,
    rational,
)
from gradcli.graph.node import Node, Pattern
from gradcli.graph.shape import Dim, Letters, Shape, size
from gradcli.ops.elementary import sqrt
from gradcli.ops.powers import POWER, POWER_BY
from gradcli.ops.shaping import INDEX, NEW, STACK


class Kind(Enum):
    """What stands on paper; in brackets what `detail` is.

    FILLED has no part for zeros and ones. The letters of a LETTERED product are those of its parts
    and of its result, where every letter of the result is one of a part.
    """

    NAME = auto()  # (the name)
    CONSTANT = auto()  # (the name)
    NUMBER = auto()  # (the fraction)
    SIZE = auto()  # (the dimension)
    SUM = auto()  # ("+" or "-")
    NEGATIVE = auto()
    NOT = auto()
    RELATION = auto()  # (the op)
    PRODUCT = auto()  # (the shapes of the factors)
    QUOTIENT = auto()  # (the shapes)
    MATMUL = auto()  # (the shapes)
    TRANSPOSE = auto()  # (the shape of what is transposed)
    POWER = auto()  # (the shape of the base)
    CASES = auto()
    INDEX = auto()  # (the key, the shape of what it goes into)
    ARRAY = auto()
    CALL = auto()  # (the vertex)
    FILLED = auto()  # (the shape, 0 or 1 or None)
    EYE = auto()  # (the dimension)
    TOTAL = auto()  # (the axes that are summed over, the shape of what is summed)
    TRACE = auto()
    DIAGONAL = auto()
    OUTER = auto()
    LETTERED = auto()  # (the letters of the parts, those of the result)
    NORM = auto()  # (the shape of the array, whether it is squared)
    INNER = auto()
    MEAN = auto()


class Notation(NamedTuple):
    """One vertex on paper: its parts are vertices below it, or such notations again."""

    kind: Kind
    parts: tuple[Part, ...] = ()
    detail: Any = None


Part: TypeAlias = "Notation | Node"
Cut: TypeAlias = Callable[[Node], object]
"""What has a name, and is not looked into."""
LEAVES = {
    INPUT: Kind.NAME,
    CONSTANT: Kind.CONSTANT,
    NUMBER: Kind.NUMBER,
    SIZE: Kind.SIZE,
}
FIRST_LETTERS = ascii_lowercase[8:] + ascii_lowercase[:8] + ascii_uppercase
FRESH_LETTERS = ascii_lowercase[::-1] + ascii_uppercase
WORDS = {"ii->": Kind.TRACE, "i->ii": Kind.DIAGONAL, "ii->i": Kind.DIAGONAL}


def reading(node: Node, cut: Cut) -> Part:
    """The notation of a vertex; a vertex below it where it only repeats that.

    Its parts are the vertex's arguments, and where nothing of `cut` lies between, what these are
    made of; they have the shapes that `detail` says.
    """
    op, args, params = node.op, node.args, node.params
    if op in LEAVES:
        return Notation(LEAVES[op], (), params[0])
    if op is COPY:
        return args[0]
    if op in (NEG, NOT):
        return Notation(Kind.NEGATIVE if op is NEG else Kind.NOT, args)
    if op is EINSUM:
        return _einsum(node, cut)
    if op in (ADD, SUB):
        return Notation(Kind.SUM, args, op.infix)
    if op in (MUL, DIV):
        kind = Kind.PRODUCT if op is MUL else Kind.QUOTIENT
        return Notation(kind, args, tuple(arg.shape for arg in args))
    if op in (POWER, POWER_BY):
        exponent = _exponent(args[1], cut) if op is POWER else _written_out(params[0])
        return Notation(Kind.POWER, (args[0], exponent), args[0].shape)
    if op.boolean:
        return Notation(Kind.RELATION, args, op)
    if op is WHERE:
        return Notation(Kind.CASES, args)
    if op is INDEX and params[0] == (NEW,) and len(args[0].shape) == 1:
        return Notation(Kind.TRANSPOSE, args, args[0].shape)
    if op is INDEX:
        return Notation(Kind.INDEX, args, (params[0], args[0].shape))
    return Notation(Kind.ARRAY if op is STACK else Kind.CALL, args, node)


def pattern(spec: Pattern, node: Node) -> str:
    """What an op's line says of how it is written, for this vertex."""
    return spec if isinstance(spec, str) else spec(node)


def _written_out(value: Any) -> Notation:
    return Notation(Kind.SIZE if isinstance(value, Letters) else Kind.NUMBER, (), value)


def _exponent(node: Node, cut: Cut) -> Part:
    """An exponent, the negative of a difference the other way round."""
    if node.op is NEG and not cut(node):
        inner = node.args[0]
        if inner.op is SUB and not cut(inner):
            return Notation(Kind.SUM, inner.args[::-1], "-")
    return node


# -- products by letters

Operand: TypeAlias = tuple[Part, str]
"""A factor with its letters."""


def _einsum(node: Node, cut: Cut) -> Part:
    ins, out, _ = node.params
    if ins == ("",) and len(set(out)) == len(out) > 0:
        value = _value(node.args[0], cut)
        known = value if value in (0, 1) else None
        return Notation(Kind.FILLED, () if known is not None else node.args, (node.shape, known))
    dims: dict[str, Dim] = node.op.dims(node.args, node.params)  # type: ignore[attr-defined]
    args = [*zip(node.args, ins, strict=True)]
    factors = [(x, names) for x, names in args if names or _value(x, cut) != 1]
    return _contracted(factors or args[:1] * (not out), out, dims, cut)


def _value(node: Node, cut: Cut) -> object:
    return None if cut(node) else rational(node)


def _product(left: Part, shape: Shape, right: Part, other: Shape) -> Notation:
    return Notation(Kind.PRODUCT, (left, right), (shape, other))


def _contracted(args: Sequence[Operand], out: str, dims: Mapping[str, Dim], cut: Cut) -> Part:
    """Factors summed over the letters that the result has not."""
    shape = tuple(dims[x] for x in out)
    groups = _connected(args)
    scalars = [group for group in groups if not any(x in out for _, names in group for x in names)]
    if scalars and (len(groups) > 1 or out):
        parts = [_contracted(group, "", dims, cut) for group in scalars]
        scalar = reduce(lambda a, b: _product(a, (), b, ()), parts)
        rest = [arg for group in groups if group not in scalars for arg in group]
        alone = not (rest or out)
        return scalar if alone else _product(scalar, (), _contracted(rest, out, dims, cut), shape)
    if not args:
        return _constant(out, dims)
    if all(names == out for _, names in args) and len(set(out)) == len(out):
        return reduce(lambda a, b: _product(a, shape, b, shape), (part for part, _ in args))
    if (kind := WORDS.get(_spec(args, out))) is not None:
        return Notation(kind, tuple(part for part, _ in args))
    if len(args) == 1 and (found := _of_one(*args[0], out, dims, cut)) is not None:
        return found
    if len(args) == 2 and (found := _of_two(args, out, dims, cut)) is not None:
        return found
    return _lettered(args, out, dims)


def _constant(out: str, dims: Mapping[str, Dim]) -> Notation:
    """Ones everywhere, or where repeated letters agree."""
    if len(set(out)) == len(out):
        return Notation(Kind.FILLED, (), (tuple(dims[x] for x in out), 1))
    return Notation(Kind.EYE, (), dims[out[0]]) if len(out) == 2 else _lettered((), out, dims)


def _connected(args: Sequence[Operand]) -> list[list[Operand]]:
    """The factors in groups that share a letter, in the order of their first factors."""
    groups: list[tuple[set[str], list[int]]] = []
    for k, (_, names) in enumerate(args):
        meet = [group for group in groups if group[0] & {*names}]
        groups = [group for group in groups if group not in meet]
        letters = {*names}.union(*(group[0] for group in meet))
        groups.append((letters, [*(j for group in meet for j in group[1]), k]))
    return [[args[k] for k in sorted(places)] for _, places in sorted(groups, key=_first)]


def _first(group: tuple[set[str], list[int]]) -> int:
    return min(group[1])


def canonical(names: Sequence[str]) -> list[str]:
    """The same letters called i, j, k, … in the order of their first use."""
    used = dict.fromkeys("".join(names))
    letters = dict(zip(used, FIRST_LETTERS, strict=False))
    return ["".join(letters[x] for x in each) for each in names]


def _spec(args: Sequence[Operand], out: str) -> str:
    *ins, result = canonical([*(names for _, names in args), out])
    return f"{','.join(ins)}->{result}"


def _of_one(part: Part, names: str, out: str, dims: Mapping[str, Dim], cut: Cut) -> Part | None:
    """A transpose, or a sum over some axes."""
    if len(set(names)) < len(names) or len(set(out)) < len(out):
        return None
    if len(names) == 2 and out == names[::-1]:
        return _transposed(part, tuple(dims[x] for x in names), cut)
    if [x for x in names if x in out] == [*out]:
        gone = tuple(k for k, x in enumerate(names) if x not in out)
        return Notation(Kind.TOTAL, (part,), (gone, tuple(dims[x] for x in names)))
    return None


def _transposed(part: Part, shape: Shape, cut: Cut) -> Part:
    """A matrix transposed; what a transpose without a name was made of."""
    if isinstance(part, Node) and part.op is EINSUM and not cut(part) and len(part.args) == 1:
        (names,), out, _ = part.params
        if len(names) == 2 and names[0] != names[1] and out == names[::-1]:
            return part.args[0]
    return Notation(Kind.TRANSPOSE, (part,), shape)


def _of_two(
    args: Sequence[Operand], out: str, dims: Mapping[str, Dim], cut: Cut
) -> Notation | None:
    """A product of matrices and vectors, each turned as it has to be, or an outer one."""
    (left, one), (right, two) = args
    if sorted(one + two) == sorted(out) and len(one) == len(two) == 1:
        return Notation(Kind.OUTER, (left, right) if one + two == out else (right, left))
    shared = {*one} & {*two}
    if len(shared) != 1 or len({*one, *two}) != len(one) + len(two) - 1:
        return None
    (inner,) = shared
    free = [x for x in one + two if x != inner]
    if sorted(free) != sorted(out) or max(len(one), len(two)) > 2:
        return None
    # What has the rows of the result stands in front, a matrix by a vector as it comes.
    if (len(out) == 2 and out[0] in two) or (len(out) == 1 and one == inner and two == out + inner):
        (left, one), (right, two) = (right, two), (left, one)
    wanted = (out[:1] if len(one) == 2 else "") + inner, inner + (out[-1:] if len(two) == 2 else "")
    sides, shapes = [], []
    for part, names, want in zip((left, right), (one, two), wanted, strict=True):
        shape = tuple(dims[x] for x in names)
        sides.append(part if names == want else _transposed(part, shape, cut))
        shapes.append(tuple(dims[x] for x in want))
    return Notation(Kind.MATMUL, tuple(sides), tuple(shapes))


def _lettered(args: Sequence[Operand], out: str, dims: Mapping[str, Dim]) -> Notation:
    """Any product: ones along the axes that no factor has, an identity for a repeated letter."""
    factors, own = [*args], ""
    for x in out:
        fresh = x
        if x in own:
            taken = {*out, *own, *(y for _, names in args for y in names)}
            fresh = next(y for y in FRESH_LETTERS if y not in taken)
            factors.append((Notation(Kind.EYE, (), dims[x]), x + fresh))
        elif out.count(x) == 1 and all(x not in names for _, names in args):
            factors.append((Notation(Kind.FILLED, (), ((dims[x],), 1)), x))
        own += fresh
    names = tuple(names for _, names in factors)
    return Notation(Kind.LETTERED, tuple(part for part, _ in factors), (names, own))


# -- what several vertices are together


def idiom(node: Node, cut: Cut) -> Notation | None:
    """A norm, its square, an inner product or a mean, where a vertex is one written out."""
    if node.op is DIV and node.args[0] is not node.args[1] and not cut(node.args[0]):
        top, bottom = node.args
        whole = _summed(top)
        if whole is not None and bottom is dimension(size(whole.shape)) and not cut(bottom):
            return Notation(Kind.MEAN, (whole,))
        return None
    rooted = node.op is sqrt.op and not cut(node.args[0])
    total = node.args[0] if rooted else node
    if total.op is not EINSUM or total.params[1]:
        return None
    squared = _squared(total, cut)
    if squared is not None:
        return Notation(Kind.NORM, (squared,), (squared.shape, not rooted))
    inner = _summed(total)
    if rooted or inner is None or cut(inner) or inner.op is not MUL:
        return None
    return Notation(Kind.INNER, inner.args) if all(len(x.shape) == 1 for x in inner.args) else None


def _summed(node: Node) -> Node | None:
    """The array whose entries are summed up."""
    if node.op is not EINSUM or len(node.args) > 1:
        return None
    (names,), out, _ = node.params
    return node.args[0] if not out and len({*names}) == len(names) > 0 else None


def _squared(total: Node, cut: Cut) -> Node | None:
    """The array of whose entries the squares are summed up."""
    if len(total.args) == 2 and total.args[0] is total.args[1]:
        one, two = total.params[0]
        return total.args[0] if one == two and len({*one}) == len(one) > 0 else None
    inner = _summed(total)
    if inner is None or cut(inner):
        return None
    twice = inner.op is MUL and inner.args[0] is inner.args[1]
    return inner.args[0] if twice or (inner.op is POWER_BY and inner.params[0] == 2) else None
