"""The families of ops: each states a value rule and, once, a local Jacobian or an adjoint pair.

Must not know any particular function, nor how a local Jacobian is contracted with a tangent.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from string import ascii_letters, ascii_uppercase
from typing import Any, Literal

from gradcli.graph.node import Gate, Node, Op, Pattern, ShapeError
from gradcli.graph.order import topological
from gradcli.graph.shape import Dim, Shape, broadcast, describe


@dataclass(slots=True, eq=False, repr=False)
class Term:
    """One einsum product of a local Jacobian: letters of the `factors`, the result, the input.

    A letter shared by `out` and `into` is a diagonal; the Jacobian is the sum of an edge's terms.
    """

    factors: tuple[tuple[Node, str], ...]
    out: str
    into: str
    negative: bool = False


@dataclass(slots=True, eq=False, repr=False)
class Requirement:
    """A condition on where an op has a value: `expr` must be `relation` (`> 0`, `>= 0`, `!= 0`).

    `says` is what to say where it does not hold, with `{}` for the value, if not the plain thing.
    """

    expr: Node
    relation: str
    says: str = ""


CONTRACT = """
    number(q) constant(name)
    div(x, y) power(x, y) power_by(x, q) maximum(x, …) minimum(x, …)
    lt(x, y) le(x, y) eq(x, y) ne(x, y) both(c, d) either(c, d) opposite(c) where(c, x, y)
    exp(x) log(x) log2(x) log10(x) log1p(x) expm1(x) logaddexp(x, y) softplus(x) sqrt(x) cbrt(x)
    sin(x) cos(x) tan(x) asin(x) acos(x) atan(x) atan2(y, x)
    sinh(x) cosh(x) tanh(x) asinh(x) acosh(x) atanh(x)
    erf(x) erfc(x) gamma(x) lgamma(x) polygamma(x, k) pole(x)
    abs(x) sign(x) step(x) relu(x) floor(x) ceil(x)
"""
"""What a value rule may call of the number system `m` that it gets, on arrays and single numbers.

`x` and `y` are numbers of the system, or whole numbers of Python if another argument is none;
`c` and `d` are conditions, `q` a Fraction, `k` a whole number, `name` is `"pi"` or `"e"`.
"""
ARRAY_CONTRACT = """
    einsum(x, …, ins, out, new) index(x, key) scatter(x, shape, key) reshape(x, shape)
    concat(x, …, axis) stack(x, …) max(x) min(x) share(x, z) gap(x) lead(x) sort(x) gaps(x)
    tril(x, k) cholesky(A) pivots(A)
    prod(x, order)
    softmax(x, axis) log_softmax(x, axis) logsumexp(x) det(A, order) inv(A) logdet(A) solve(A, b)
"""
"""What the value rule of an op on whole arrays may call beside that, on arrays alone."""
RULES, ARRAY_RULES = (
    dict(re.findall(r"(\w+)\(([^)]*)\)", text)) for text in (CONTRACT, ARRAY_CONTRACT)
)
Value = Callable[..., Any]


class Named:
    """The value rule of an op that number systems have a function for, of that name."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __call__(self, m: Any, *xs: Any) -> Any:
        return getattr(m, self.name)(*xs)


Partial = Callable[..., Node | int]
Rest = Literal["both", "above", "below", "middle", "apart"]
"""What an op's value is where a switch is zero: the limit from both sides (it is continuous), that
from the side on which the switch is positive or negative, their mean, or none of these."""


class Differentiable(Op):
    """An op with a value rule `value(m, *arrays, *params)` and a domain and switches as graphs.

    `m` is a number system, and the arguments are numbers of it: single ones, or arrays of them. A
    rule for either, in every system, is made of `+ - *`, `/` by what is never zero, whole numbers
    of Python beside them, and what `CONTRACT` lists. `lt`, `le`, `eq` and `ne` make conditions,
    which `both`, `either` and `opposite` join and `where` takes: a condition on what has no value
    has none, and nothing else may be done with one.
    An op on whole arrays gets arrays only: of NumPy, the points along their first axis, the op's
    own axes behind. It may take and move entries and add along an axis by their methods, as
    `x.cumsum(axis=1)` does, and call what `ARRAY_CONTRACT` lists.
    `at_rest` is what the value is where a switch is zero; with switches and without it, nothing
    that has this op in it is ever proved. `keeps_sign` says that the value is positive, zero or
    negative where the one argument is. `exponent` and `sums_to_one` are what simplification may
    use, `cubic` says that a value takes the cube of a matrix's side in operations, `paired` that it
    compares every two entries of the last axis, where they are no doubles, `crossed` that every
    entry of it takes all entries of the arguments.

    For people: `convention` is what the partials take for a derivative at a kink, `libraries` which
    others take the same, `says` the rule
    in words where its formula says less, with `{0}` for the node's own name, `letter` what a
    lecturer calls such a thing, `gate` what it does with a gradient that comes back.
    """

    def __init__(
        self,
        name: str,
        value: Value,
        *,
        domain: Callable[..., Iterable[Requirement]] | None = None,
        switches: Callable[..., Iterable[Node]] | None = None,
        at_rest: Rest | None = None,
        keeps_sign: bool = False,
        infix: str = "",
        gate: Gate | None = None,
        boolean: bool = False,
        exponent: Callable[[Node], Fraction | None] | None = None,
        sums_to_one: Callable[[Node], int] | None = None,
        cubic: bool = False,
        paired: bool = False,
        crossed: bool = False,
        says: str = "",
        letter: str = "",
        convention: str = "",
        libraries: str = "",
        title: str = "",
        notation: Pattern = "",
        latex: Pattern = "",
    ) -> None:
        super().__init__(
            name,
            infix=infix,
            gate=gate,
            boolean=boolean,
            title=title,
            notation=notation,
            latex=latex,
        )
        self.convention = convention
        self.libraries = libraries
        self.value = value
        self._domain = domain
        self._switches = switches
        self.at_rest = at_rest
        self.keeps_sign = keeps_sign
        self._exponent = exponent
        self._sums_to_one = sums_to_one
        self.cubic = cubic
        self.paired = paired
        self.crossed = crossed
        self.says = says
        self.letter = letter

    def domain(self, node: Node) -> list[Requirement]:
        """What must hold of the arguments for the node to have a value."""
        return [*self._domain(*node.args, *node.params)] if self._domain else []

    def switches(self, node: Node) -> list[Node]:
        """Expressions at whose zeros the node is not smooth."""
        return [*self._switches(*node.args, *node.params)] if self._switches else []

    def exponent(self, node: Node) -> Fraction | None:
        """Which fixed power of its first argument the node is, None where it is none."""
        return self._exponent(node) if self._exponent else None

    def sums_to_one(self, node: Node) -> int | None:
        """The axis along which the entries sum to one, None where there is none."""
        return self._sums_to_one(node) if self._sums_to_one else None


class Edged(Differentiable):
    """An op whose edges are sums of einsum products; push and pull are read off them."""

    def edge(self, node: Node, index: int) -> list[Term]:
        """The local Jacobian by argument `index`; empty for a derivative that is zero."""
        raise NotImplementedError


class Pointwise(Edged):
    """Entry by entry with NumPy's broadcasting; `partials[i](z, *args)` is dz/dargs[i].

    A single partial with `variadic` serves every argument: `partial(i, z, *args)`.
    """

    def __init__(
        self,
        name: str,
        value: Value,
        partials: Sequence[Partial] = (),
        *,
        variadic: Callable[..., Node | int] | None = None,
        **more: Any,
    ) -> None:
        super().__init__(name, value, **more)
        self.partials = partials
        self.variadic = variadic

    def shape(self, args: tuple[Node, ...], params: tuple[Any, ...]) -> Shape:
        """The arguments' shapes broadcast against each other; ShapeError where they do not fit."""
        if len(args) == 1:
            return args[0].shape
        shapes = [arg.shape for arg in args]
        fitted = broadcast(*shapes)
        if fitted is None:
            words = " and ".join(describe(shape) for shape in shapes)
            raise ShapeError(f"{self.infix or self.name} cannot combine {words}")
        return fitted

    def partial(self, node: Node, index: int) -> Node | int:
        """dz/dargs[index], entry by entry: a node, or 1, -1, or 0 where it is zero everywhere."""
        if self.variadic:
            return self.variadic(index, node, *node.args, *node.params)
        if index >= len(self.partials):
            return 0
        return self.partials[index](node, *node.args, *node.params)

    def edge(self, node: Node, index: int) -> list[Term]:
        """A diagonal of the partial, broadcast; empty where that is zero everywhere."""
        partial = self.partial(node, index)
        out = ascii_letters[: len(node.shape)]
        into = aligned(out, node.shape, node.args[index].shape)
        if isinstance(partial, int):
            return [Term((), out, into, partial < 0)] if partial else []
        return [Term(((partial, aligned(out, node.shape, partial.shape)),), out, into)]


def aligned(out: str, whole: Shape, part: Shape, fresh: Sequence[str] = ascii_uppercase) -> str:
    """Letters of an argument broadcast against a result: fresh ones for its stretched axes."""
    if not part:
        return ""
    letters = out[len(out) - len(part) :]
    stretched = [part[axis] == 1 and whole[axis] != part[axis] for axis in range(-len(part), 0)]
    return "".join(
        fresh[k] if alone else x
        for k, (x, alone) in enumerate(zip(letters, stretched, strict=True))
    )


class Tensor(Edged):
    """An op on whole arrays: a shape rule, and `terms(z, *args, *params)`, a list an argument."""

    def __init__(
        self,
        name: str,
        value: Value,
        shape: Callable[..., Shape],
        terms: Callable[..., Sequence[list[Term]]],
        **more: Any,
    ) -> None:
        super().__init__(name, value, **more)
        self._shape = shape
        self._terms = terms

    def shape(self, args: tuple[Node, ...], params: tuple[Any, ...]) -> Shape:
        """What the shape rule makes of the arguments' shapes and the parameters."""
        return self._shape(*(arg.shape for arg in args), *params)

    def edge(self, node: Node, index: int) -> list[Term]:
        """The terms that the op states for this argument."""
        return self._terms(node, *node.args, *node.params)[index]


class Einsum(Edged):
    """Einstein summation; letters new in the result are broadcast, repeated ones are a diagonal.

    Parameters: the letters of each argument, those of the result, and `(letter, dim)` of new ones.
    The family is closed under its own derivative and adjoint: S. Laue, M. Mitterreiter and
    J. Giesen, "Computing higher order derivatives of matrix and tensor expressions" (2018).
    """

    def dims(self, args: tuple[Node, ...], params: tuple[Any, ...]) -> dict[str, Dim]:
        """The dimension of every letter."""
        ins, _, new = params
        dims: dict[str, Dim] = dict(new)
        for arg, letters in zip(args, ins, strict=True):
            if len(letters) != len(arg.shape):
                raise ShapeError(f'"{letters}" does not fit {describe(arg.shape)}')
            for x, dim in zip(letters, arg.shape, strict=True):
                if dims.setdefault(x, dim) != dim:
                    raise ShapeError(f'"{x}" is {dims[x]} in one place and {dim} in another')
        return dims

    def shape(self, args: tuple[Node, ...], params: tuple[Any, ...]) -> Shape:
        """The dimensions of the result's letters; ShapeError where a letter has two sizes."""
        dims = self.dims(args, params)
        return tuple(dims[x] for x in params[1])

    def edge(self, node: Node, index: int) -> list[Term]:
        """The product of the other arguments, by the letters that there were."""
        ins, out, _ = node.params
        others = zip(node.args, ins, strict=True)
        factors = tuple(pair for k, pair in enumerate(others) if k != index)
        return [Term(factors, out, ins[index])]


class Linear(Differentiable):
    """A linear map that is awkward as einsum: an adjoint pair instead of terms.

    `push(node, index, tangent, extra)` and `pull(node, index, cotangent, extra)` build graphs;
    tangent and cotangent carry `extra` more axes at the end. `moves` says that entries are only
    moved, so that a structural zero can be followed through; without it each entry of the result
    may rest on every one of an argument. `joint` says that the map itself takes the tangents of all
    its arguments, `within` gives the shape that a node's key must lie in, and the key.
    """

    def __init__(
        self,
        name: str,
        value: Value,
        shape: Callable[..., Shape],
        push: Callable[[Node, int, Node, Shape], Node],
        pull: Callable[[Node, int, Node, Shape], Node],
        *,
        moves: bool = False,
        joint: bool = False,
        within: Callable[[Node], tuple[Shape, tuple[Any, ...]]] | None = None,
        **more: Any,
    ) -> None:
        super().__init__(name, value, **more)
        self._shape = shape
        self.push = push
        self.pull = pull
        self.moves = moves
        self.joint = joint
        self.within = within

    def shape(self, args: tuple[Node, ...], params: tuple[Any, ...]) -> Shape:
        """What the shape rule makes of the arguments' shapes and the parameters."""
        return self._shape(*(arg.shape for arg in args), *params)


class Composed(Differentiable):
    """A vertex that stands for others: what flows along its edges is what flows through these."""

    def inside(self, node: Node) -> tuple[Node, tuple[Node, ...]]:
        """The vertex that it stands for, and those there that its arguments stand for."""
        raise NotImplementedError

    def push(self, node: Node, index: int, tangent: Node, extra: Shape) -> Node | None:
        """What a tangent of argument `index` adds to the node's tangent."""
        raise NotImplementedError

    def pull(self, node: Node, index: int, cotangent: Node, extra: Shape) -> Node | None:
        """What the node's cotangent adds to that of argument `index`."""
        raise NotImplementedError


class Leaf(Op):
    """A vertex without arguments: an input (name, shape), a number, a constant, a dimension."""

    def shape(self, args: tuple[Node, ...], params: tuple[Any, ...]) -> Shape:
        """The second parameter, if there is one: an input's; anything else is a number."""
        return tuple(params[1]) if len(params) > 1 else ()


def partial(node: Node) -> Iterator[Node]:
    """The vertices within one that have no value for some arguments."""
    return (n for n in topological([node]) if isinstance(n.op, Differentiable) and n.op.domain(n))


def total(node: Node) -> bool:
    """Whether a vertex has a value everywhere."""
    return next(partial(node), None) is None
