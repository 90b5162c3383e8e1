"""Derivatives of one vertex by another as graphs: gradients, Jacobians, Hessians, products.

Must not know how they are written, nor any particular function or number.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from string import ascii_letters

from gradcli.calculus.core import COPY, einsum, full, identity, number
from gradcli.calculus.differentiate import WayBack, push
from gradcli.calculus.families import Differentiable
from gradcli.graph.node import Node, make
from gradcli.graph.order import topological
from gradcli.graph.shape import Shape


@dataclass(slots=True, eq=False, repr=False)
class Derived:
    """The derivative `node` of `of` by `by`, of shape of.shape + by.shape.

    Where it is a part of a derivative by several vertices, `beside` has all of them.
    """

    of: Node
    by: Node
    node: Node
    beside: tuple[Node, ...] = ()

    def turned(self, now: Callable[[Node], Node]) -> Derived:
        """The same of what its vertices are now."""
        return Derived(now(self.of), now(self.by), now(self.node), (*map(now, self.beside),))


class TakenDerivatives(list[Derived]):
    """Derivatives as they are taken.

    Where they are looked at on a kink they are `apart`: vertices of their own, which have another
    value there than an equal expression. Those of one number share the way back from it.
    """

    def __init__(self) -> None:
        super().__init__()
        self.apart = False
        self._ways_back: dict[Node, WayBack] = {}

    def way_back(self, y: Node) -> WayBack:
        """The adjoints below a number."""
        if y not in self._ways_back:
            self._ways_back[y] = _way_back(y)
        return self._ways_back[y]


def _way_back(y: Node) -> WayBack:
    return WayBack({y: number(1)})


def derivative(y: Node, x: Node, found: list[Derived], beside: Sequence[Node] = ()) -> Node:
    """dy/dx of shape y.shape + x.shape, with x taken as independent; it is added to `found`.

    `beside` is given where it is a part of the derivative by several.
    """
    if not y.shape:
        ways = found.way_back if isinstance(found, TakenDerivatives) else _way_back
        adjoint = ways(y).of(x)
        node = full(0, x.shape) if adjoint is None else adjoint
    else:
        pushed = push([y], {x: identity(x.shape)}, x.shape)[0]
        node = full(0, y.shape + x.shape) if pushed is None else pushed
    if _apart(found) and _switches(y):
        node = make(COPY, node)
    found.append(Derived(y, x, node, tuple(beside)))
    return node


def _apart(found: list[Derived]) -> bool:
    return isinstance(found, TakenDerivatives) and found.apart


def _switches(y: Node) -> bool:
    return any(isinstance(n.op, Differentiable) and n.op.switches(n) for n in topological([y]))


def denominator_layout(jacobian: Node, y: Shape, x: Shape) -> Node:
    """A Jacobian of a vector by a vector in the denominator layout, any other as it is."""
    if len(y) == len(x) == 1:
        return moved(jacobian, "ab", "ba")
    return jacobian


def tied(node: Node) -> Node:
    """A derivative by a matrix whose mirrored entries are one variable, of which two move at once.

    The convention of K. B. Petersen and M. S. Pedersen, "The Matrix Cookbook" (2012), 2.8.
    """
    letters = ascii_letters[: len(node.shape)]
    lead, rows, columns = letters[:-2], letters[-2], letters[-1]
    diagonal = lead + rows + rows
    return node + moved(node, letters, lead + columns + rows) - moved(node, diagonal, diagonal)


def moved(node: Node, letters: str, out: str) -> Node:
    """The same entries with their axes in another order, or their diagonal summed."""
    return einsum((node,), (letters,), out, {})


def jvp(y: Node, x: Node, v: Node, found: list[Derived]) -> Node:
    """The derivative of y along v, of y's shape."""
    return applied(derivative(y, x, found), v, back=False)


def vjp(y: Node, x: Node, u: Node, found: list[Derived]) -> Node:
    """The cotangent u of y times the Jacobian, of x's shape."""
    return applied(derivative(y, x, found), u, back=True)


def laplacian(f: Node, x: Node, found: list[Derived]) -> Node:
    """The sum of the unmixed second derivatives of a scalar."""
    hessian = derivative(derivative(f, x, found), x, found)
    letters = ascii_letters[: len(x.shape)]
    return moved(hessian, letters + letters, "")


def divergence(y: Node, x: Node, found: list[Derived]) -> Node:
    """The trace of a Jacobian of y by an x of the same shape."""
    letters = ascii_letters[: len(x.shape)]
    return moved(derivative(y, x, found), letters + letters, "")


def applied(jacobian: Node, seed: Node, back: bool) -> Node:
    """A Jacobian y.shape + x.shape times a tangent of x's shape, or a cotangent of y's times it.

    So a product is made of the derivative that is looked at and checked, and of nothing else.
    """
    letters, width = ascii_letters[: len(jacobian.shape)], len(seed.shape)
    cut = width if back else len(letters) - width
    of_y, of_x = letters[:cut], letters[cut:]
    own, out = (of_y, of_x) if back else (of_x, of_y)
    return einsum((jacobian, seed), (letters, own), out, {})
