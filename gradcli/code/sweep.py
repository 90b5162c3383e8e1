"""Adjoints by a reverse sweep over the tape, in tracked numbers: the true vector-Jacobian product.

Must not know arrays. The derivative of a function is read off the table of ops: its partial is a
graph, of which one program for tracked numbers is made.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cache
from types import SimpleNamespace
from typing import Any

from gradcli.calculus.core import CONSTANT, INPUT, NUMBER, symbol
from gradcli.code.tracked import BALLS, Tracked, apply, lift, pi, power
from gradcli.graph.node import Node, make
from gradcli.graph.order import topological
from gradcli.ops import FUNCTIONS

Partial = Callable[[Tracked, Tracked], Any]


@dataclass(slots=True)
class Adjoints:
    """What a sweep found: the adjoint of every number by its serial, and the part of each use."""

    total: dict[int, Any] = field(default_factory=dict)
    uses: dict[int, list[Any]] = field(default_factory=dict)
    numbers: dict[int, Tracked] = field(default_factory=dict)

    def of(self, x: object) -> Any:
        """The adjoint of a number; 0 where nothing depends on it."""
        return self.total.get(x.serial, 0) if isinstance(x, Tracked) else 0

    def add(self, x: Tracked, part: Any) -> None:
        serial = x.serial
        if serial in self.total:
            self.total[serial] = self.total[serial] + part
        else:
            self.total[serial] = part
        self.uses.setdefault(serial, []).append(part)


def below(outputs: Iterable[Tracked]) -> dict[int, Tracked]:
    """All numbers that some were computed from, and these, by their serials."""
    found: dict[int, Tracked] = {}
    stack = list(outputs)
    while stack:
        x = stack.pop()
        if x.serial not in found:
            found[x.serial] = x
            stack += x.args
    return found


def sweep(outputs: Sequence[Tracked], seeds: Sequence[Any]) -> Adjoints:
    """The adjoints of everything below the outputs, for these adjoints of the outputs."""
    found = Adjoints(numbers=below(outputs))
    for output, seed in zip(outputs, seeds, strict=True):
        found.add(output, seed)
    for serial in sorted(found.numbers, reverse=True):
        z = found.numbers[serial]
        if z.args and serial in found.total:
            g = found.total[serial]
            for x, part in parts(z, g):
                found.add(x, part)
    return found


def parts(z: Tracked, g: Any) -> Iterable[tuple[Tracked, Any]]:
    """What the adjoint g of a number adds to those of its arguments."""
    op, args = z.op, z.args
    if op == "add":
        return ((args[0], g), (args[1], g))
    if op == "mul":
        return ((args[0], g * value(args[1])), (args[1], g * value(args[0])))
    if op == "sub":
        return ((args[0], g), (args[1], -g))
    if op == "div":
        quotient = g / value(args[1])
        return ((args[0], quotient), (args[1], -quotient * value(z)))
    if op == "neg":
        return ((args[0], -g),)
    if op == "same":
        return ((args[0], g),)
    x = args[0]
    if op.__class__ is tuple:
        exponent: Fraction = op[1]
        return ((x, g * exponent * power(value(x), exponent - 1)),)
    return ((x, g * partial(op)(value(z), value(x))),)


def value(x: Tracked) -> Tracked:
    """The number without its past: a sweep is not itself on the tape."""
    return Tracked(x.ball, x.residue)


@cache
def partial(name: str) -> Partial:
    """The derivative of a function of one number, as a function of its value and its argument."""
    x = symbol("x", ())
    order = {"digamma": 0, "trigamma": 1}.get(name)
    op = FUNCTIONS[name].op if order is None else FUNCTIONS["digamma"].op
    assert op is not None
    z = make(op, x) if order is None else make(op, x, params=(order,))
    root = op.partial(z, 0)  # type: ignore[attr-defined]
    if isinstance(root, int):
        return lambda *_: root
    order_of = topological([root])

    def at(value: Tracked, argument: Tracked) -> Any:
        known: dict[Node, Any] = {}
        for node in order_of:
            if node is z:
                known[node] = value
            elif node.op is INPUT:
                known[node] = argument
            elif node.op is NUMBER:
                known[node] = lift(node.params[0])
            elif node.op is CONSTANT:
                known[node] = pi() if node.params == ("pi",) else apply("exp", 1)
            else:
                args = [known[arg] for arg in node.args]
                known[node] = node.op.value(SCALARS, *args, *node.params)  # type: ignore[attr-defined]
        return known[root]

    return at


def _polygamma(x: Tracked, order: int) -> Any:
    return apply(("digamma", "trigamma")[order], x)


SCALARS: Any = SimpleNamespace(
    **{name: (lambda x, name=name: apply(name, x)) for name in BALLS},
)
SCALARS.div = lambda x, y: x / y
SCALARS.power_by = power
SCALARS.power = power
SCALARS.sqrt = lambda x: apply("sqrt", x)
SCALARS.polygamma = _polygamma
