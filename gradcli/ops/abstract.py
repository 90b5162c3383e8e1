"""Abstract functions: `f(u)` of which only the name is known, and its derivatives of every order.

Must not know who declares them. A claim about one is about every smooth function: residues draw
its values, ranges know none, and every other number system computes one and the same example.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property, lru_cache, reduce
from itertools import permutations, product
from math import factorial
from operator import add
from string import ascii_letters
from typing import Any

from gradcli.calculus.core import einsum
from gradcli.calculus.families import Pointwise, Tensor, Term
from gradcli.graph.node import Node, make
from gradcli.graph.shape import Shape, sizes_of

SEVERAL = 6
"""How many functions of one sum make an example of several variables: mixed derivatives differ."""


@dataclass(frozen=True)
class Example:
    """The smooth function that stands for a name: a sum of  a + b*s + c*s^2/2 + A/(1 + (s - p)^2).

    Each s is a sum of the arguments times small whole numbers. It is rational, so that points are
    compared exactly, and satisfies no differential equation that anyone would claim.
    """

    name: str
    arity: int

    @cached_property
    def parts(self) -> list[tuple[list[int], list[Fraction]]]:
        """The weights of the arguments, then a, b, c, A and p, for each part."""
        from hashlib import blake2b  # noqa: PLC0415 seldom asked

        digest = blake2b(f"{self.name} {self.arity}".encode(), digest_size=64).digest()
        drawn = iter(digest * self.arity)

        def coefficient() -> Fraction:
            sign = 1 - 2 * (next(drawn) % 2)
            return Fraction(sign * (1 + next(drawn) % 5))

        found = []
        for _ in range(SEVERAL if self.arity > 1 else 1):
            weights = [int(coefficient()) if self.arity > 1 else 1 for _ in range(self.arity)]
            found.append((weights, [coefficient() for _ in range(5)]))
        return found

    @property
    def definition(self) -> str:
        """The example as a definition that can be pasted; of several variables it is too long."""
        if self.arity > 1:
            return f"one example of {self.name}, a smooth function of {self.arity} numbers"
        _, (a, b, c, top, place) = self.parts[0]
        terms = f"{a} + {b}*u + {c / 2}*u^2 + {top}/(1 + (u - {place})^2)"
        return f"{self.name}(u) = {terms.replace('+ -', '- ').replace('- -', '+ ')}"

    def value(self, m: Any, orders: Sequence[int], *xs: Any) -> Any:
        """Its partial derivative of these orders, in a number system; on arrays or numbers."""
        return add_all([self._part(m, orders, xs, *part) for part in self.parts])

    @staticmethod
    def _part(
        m: Any, orders: Sequence[int], xs: Sequence[Any], weights: list[int], law: list[Fraction]
    ) -> Any:
        a, b, c, top, place = (int(q) for q in law)
        s = add_all([weight * x for weight, x in zip(weights, xs, strict=True)])
        total, scale = sum(orders), 1
        for weight, order in zip(weights, orders, strict=True):
            scale *= weight**order
        plain = [a + b * s + c * (s * s) / 2, b + c * s, c]
        # 1/(1 + t^2) is the imaginary part of 1/(t - i), whose derivatives are powers.
        t = s - place
        real, imaginary, below = t, t * 0 + 1, 1 + t * t
        whole = below
        for _ in range(total):
            real, imaginary = real * t - imaginary, real + imaginary * t
            whole = whole * below
        wave = m.div(imaginary * ((-1) ** total * factorial(total) * top), whole)
        return (wave + plain[total] if total < len(plain) else wave) * scale


def add_all(terms: Sequence[Any]) -> Any:
    """The sum of at least one term."""
    total = terms[0]
    for term in terms[1:]:
        total = add(total, term)
    return total


class Abstract(Pointwise):
    """A derivative of an abstract function, of some order by each argument; entry by entry."""

    def __init__(self, example: Example, orders: tuple[int, ...]) -> None:
        self.example, self.orders = example, orders
        title = example.name
        if len(orders) == 1:
            title += "'" * orders[0]
        elif any(orders):
            title += "_" + "".join(str(k + 1) * order for k, order in enumerate(orders))
        super().__init__(
            "abstract",
            lambda m, *xs: m.unknown(self, *xs),
            variadic=lambda i, z, *xs: make(self.raised(i), *xs),
            title=title,
            latex=_latex(example.name, orders),
        )

    @property
    def key(self) -> str:
        """What two vertices of one law share."""
        return f"{self.example.name} {self.orders}"

    def computed(self, m: Any, *xs: Any) -> Any:
        """The value of the example in a number system, on arrays or numbers of it."""
        return self.example.value(m, self.orders, *xs)

    def raised(self, index: int) -> Abstract:
        """Its partial derivative by one more argument."""
        orders = [order + (k == index) for k, order in enumerate(self.orders)]
        return abstract(self.example.name, *orders)


def _latex(name: str, orders: tuple[int, ...]) -> str:
    if len(orders) == 1:
        return name + ("'" * orders[0] if orders[0] < 4 else f"^{{({orders[0]})}}")
    below = "".join(str(k + 1) * order for k, order in enumerate(orders))
    return name + (f"_{{{below}}}" if below else "")


@lru_cache(maxsize=4096)
def abstract(name: str, *orders: int) -> Abstract:
    """The op of a name's derivative; `orders` has one entry an argument."""
    return Abstract(Example(name, len(orders)), orders)


# -- of arrays: every entry of the value is an abstract function of all entries of the arguments


def _map_shape(*given: Any) -> Shape:
    *shapes, _, values, places = given
    return (*values, *(dim for place in places for dim in shapes[int(place)]))


def _map_terms(z: Node, *given: Any) -> list[list[Term]]:
    """The axes of one more derivative stand behind those by the same argument."""
    *args, name, values, places = given
    fresh = iter(ascii_letters)
    own, *axes = (
        "".join(next(fresh) for _ in shape)
        for shape in (values, *(args[int(place)].shape for place in places))
    )
    found = []
    for k, arg in enumerate(args):
        more = "".join(next(fresh) for _ in arg.shape)
        before = sum(int(place) <= k for place in places)
        raised = f"{places[:before]}{k}{places[before:]}"
        letters = "".join((own, *axes[:before], more, *axes[before:]))
        factor = make(MAP, *args, params=(name, values, raised))
        found.append([Term(((factor, letters),), own + "".join(axes), more)])
    return found


def _mapped(m: Any, *given: Any) -> Any:
    *xs, name, values, places = given
    columns: list[Any] = []
    owned = []
    for x in xs:
        entries = x.reshape(len(x), -1)
        owned.append(range(len(columns), len(columns) + entries.shape[1]))
        columns += [entries[:, k] for k in range(entries.shape[1])]
    known: dict[tuple[object, ...], Any] = {}
    found = []
    for at in product(*map(range, sizes_of(values))):
        for by in product(*(owned[int(place)] for place in places)):
            key = at, tuple(sorted(by))
            if key not in known:
                law = abstract(entry_name(name, at), *(by.count(k) for k in range(len(columns))))
                known[key] = m.unknown(law, *columns)
            found.append(known[key])
    shape = (*sizes_of(values), *(dim for place in places for dim in xs[int(place)].shape[1:]))
    return m.reshape(m.stack(*found), shape)


def entry_name(name: str, at: Sequence[int]) -> str:
    """What the law of one entry is called: that of a number by the function's own name."""
    return f"{name}{[*at]}" if at else name


def _map_title(node: Node) -> str:
    name, _, places = node.params
    if len(node.args) == 1:
        return str(name) + "'" * len(places)
    return f"{name}_{''.join(str(int(place) + 1) for place in places)}" if places else str(name)


MAP = Tensor(
    "map",
    _mapped,
    _map_shape,
    _map_terms,
    crossed=True,
    notation=lambda z: f"{_map_title(z)}(#*)",
    latex=_map_title,
)
"""An abstract function of arrays, or one that gives one: its name, the shape of its value, and by
which of its arguments derivatives are taken, in their order: their axes stand last, in this order.
"""


def applied(name: str, values: Shape, places: str, *xs: Node) -> Node:
    """The value of an abstract function of arrays, or its derivative by the arguments `places`."""
    return make(MAP, *xs, params=(name, values, places))


def symmetrised(node: Node, free: Node) -> Node:
    """Any array with the symmetries of a vertex, made of a free one of its shape.

    Derivatives by one argument may be exchanged; of any other vertex it is the free array.
    """
    if node.op is not MAP:
        return free
    _, values, places = node.params
    letters = ascii_letters[: len(node.shape)]
    groups: dict[str, list[str]] = {}
    at = len(values)
    for place in places:
        rank = len(node.args[int(place)].shape)
        groups.setdefault(place, []).append(letters[at : at + rank])
        at += rank
    ways = product(*(permutations(axes) for axes in groups.values()))
    head = letters[: len(values)]
    turned = (head + "".join(x for axes in way for x in axes) for way in ways)
    return reduce(add, [einsum((free,), (x,), letters, {}) for x in turned])


def is_abstract(node: Node) -> bool:
    """Whether a vertex is the value of an abstract function or of its derivative."""
    return node.op is MAP or isinstance(node.op, Abstract)


def example(node: Node) -> str:
    """What stands for the abstract function that a vertex is a value of, for a sentence."""
    if isinstance(node.op, Abstract):
        return node.op.example.definition
    return f"one example of {function_name(node)}, a smooth function"


def function_name(node: Node) -> str:
    """The name of the abstract function that a vertex is a value of."""
    return str(node.params[0]) if isinstance(node.op, Tensor) else node.op.example.name  # type: ignore[attr-defined]
