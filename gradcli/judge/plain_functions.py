"""A refutation in which abstract functions are ones that one can write: powers of what they take.

Must not know texts or reports, nor how a verdict is found.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import reduce
from string import ascii_letters

from gradcli.calculus.core import COPY, einsum, full, number, symbol
from gradcli.calculus.derivative import Derived, derivative
from gradcli.calculus.rebuild import rebuilt, same
from gradcli.claims import Pair
from gradcli.graph.node import Label, Node, make
from gradcli.graph.shape import Shape
from gradcli.judge.shrink import roundest
from gradcli.judge.tester import Ruling
from gradcli.ops.abstract import Abstract, example, function_name, is_abstract
from gradcli.ops.powers import POWER_BY
from gradcli.ops.reductions import sum_of
from gradcli.ops.selection import ARANGE
from gradcli.trial.compare import DIFFERENT
from gradcli.trial.pair import PointResult, tried

POWERS = (2, 3, 4)
POINTS = 6
PARAMETERS = "uvwxyzabc"


def written_out(
    ruling: Ruling, row: PointResult, write: Callable[[Node], str]
) -> tuple[Ruling, PointResult, str]:
    """The refutation with plain functions, its point, and these as definitions.

    Where no plain ones refute it stays as it is, with what is said of those that were tried.
    """
    pairs = _with_powers(ruling.pair) if row.state == DIFFERENT else ()
    for pair, functions in pairs:
        for each in tried(pair, ruling.sample_space.trial(row.trial.sizes, (*range(POINTS),))):
            if each.state == DIFFERENT:
                found = roundest(pair, ruling.sample_space, each)
                texts = [f"{head} = {write(node)}" for head, node in functions]
                return replace(ruling, pair=pair), found, "; ".join(texts)
    texts = [*dict.fromkeys(map(example, filter(is_abstract, ruling.pair.order)))]
    return ruling, row, "; ".join(texts)


def _with_powers(pair: Pair) -> Iterator[tuple[Pair, list[tuple[str, Node]]]]:
    """The pair with other powers for its functions, each with one of its own in turn."""
    values = [node for node in pair.order if is_abstract(node)]
    names = [*dict.fromkeys(map(function_name, values))]
    for first in range(len(POWERS)):
        powers = {name: POWERS[(first + k) % len(POWERS)] for k, name in enumerate(names)}
        done: dict[Node, Node] = {}

        def change(node: Node, args: list[Node], powers: dict[str, int] = powers) -> Node:
            return _plain(node, args, powers) if is_abstract(node) else same(node, args)

        rebuilt(pair.whole, change, done)
        yield pair.turned(done), [_definition(values, name, powers[name]) for name in names]


def _plain(node: Node, args: list[Node], powers: dict[str, int]) -> Node:
    """The value of a plain function, or its derivative, where an abstract one has one."""
    points = [make(COPY, arg, label=Label("point")) for arg in args]
    power = powers[function_name(node)]
    if isinstance(node.op, Abstract):
        return _of_numbers(points, power, node.op.orders)
    _, values, places = node.params
    value, taken = _power(points, values, power), list[Derived]()
    for place in places:
        value = derivative(value, points[int(place)], taken)
    return value


def _of_numbers(xs: Sequence[Node], power: int, orders: Sequence[int]) -> Node:
    """A derivative of `x^p*y^(p + 1)*…`, entry by entry."""
    value, factor = number(1), 1
    for k, (x, order) in enumerate(zip(xs, orders, strict=True)):
        left = power + k
        for _ in range(order):
            factor, left = factor * left, left - 1
        value = value * (make(POWER_BY, x, params=(left,)) if left > 0 else full(1, x.shape))
    return value * number(factor)


def _power(xs: Sequence[Node], values: Shape, power: int) -> Node:
    """`sum(x^p)*sum(y^(p + 1))…`, of which every entry of the value is another multiple."""
    sums = [sum_of(make(POWER_BY, x, params=(power + k,))) for k, x in enumerate(xs)]
    counts = [number(1) + make(ARANGE, params=(dim,)) for dim in values]
    letters = ascii_letters[: len(values)]
    whole = reduce(lambda a, b: a * b, sums)
    return einsum([*counts, whole], [*letters, ""], letters, {}) if values else whole


def _definition(values: Sequence[Node], name: str, power: int) -> tuple[str, Node]:
    node = next(node for node in values if function_name(node) == name)
    numbers = isinstance(node.op, Abstract)
    xs = [
        symbol(x, () if numbers else arg.shape)
        for x, arg in zip(PARAMETERS, node.args, strict=False)
    ]
    head = f"{name}({', '.join(PARAMETERS[: len(xs)])})"
    if numbers:
        return head, _of_numbers(xs, power, [0] * len(xs))
    return head, _power(xs, node.params[1], power)
