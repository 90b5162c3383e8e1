"""Derivatives of one vertex by another as graphs: gradients, Jacobians, Hessians, products.

Must not know how they are written, nor any particular function or number.
"""

from __future__ import annotations

from string import ascii_letters

from gradcli.calculus.core import einsum, full, identity, number
from gradcli.calculus.differentiate import pull, push
from gradcli.graph.claims import Derived
from gradcli.graph.node import Node
from gradcli.graph.shape import Shape

Derivatives = list[Derived]


def derivative(y: Node, x: Node, found: Derivatives) -> Node:
    """dy/dx of shape y.shape + x.shape, with x taken as independent; it is added to `found`."""
    if not y.shape:
        adjoint = pull({y: number(1)}, [x])[0]
        node = full(0, x.shape) if adjoint is None else adjoint
    else:
        pushed = push([y], {x: identity(x.shape)}, x.shape)[0]
        node = full(0, y.shape + x.shape) if pushed is None else pushed
    found.append(Derived(y, x, node))
    return node


def turned(jacobian: Node, y: Shape, x: Shape) -> Node:
    """A Jacobian of a vector by a vector in the denominator layout, any other as it is."""
    if len(y) == len(x) == 1:
        return moved(jacobian, "ab", "ba")
    return jacobian


def moved(node: Node, letters: str, out: str) -> Node:
    """The same entries with their axes in another order, or their diagonal summed."""
    return einsum((node,), (letters,), out, {})


def jvp(y: Node, x: Node, v: Node, found: Derivatives) -> Node:
    """The derivative of y along v, of y's shape, by forward mode."""
    pushed = push([y], {x: v})[0]
    derivative(y, x, found)
    return full(0, y.shape) if pushed is None else pushed


def vjp(y: Node, x: Node, u: Node, found: Derivatives) -> Node:
    """What the cotangent u of y hands back to x, of x's shape, by reverse mode."""
    pulled = pull({y: u}, [x])[0]
    derivative(y, x, found)
    return full(0, x.shape) if pulled is None else pulled


def laplacian(f: Node, x: Node, found: Derivatives) -> Node:
    """The sum of the unmixed second derivatives of a scalar."""
    hessian = derivative(derivative(f, x, found), x, found)
    letters = ascii_letters[: len(x.shape)]
    return moved(hessian, letters + letters, "")


def divergence(y: Node, x: Node, found: Derivatives) -> Node:
    """The trace of a Jacobian of y by an x of the same shape."""
    letters = ascii_letters[: len(x.shape)]
    return moved(derivative(y, x, found), letters + letters, "")


def applied(jacobian: Node, seed: Node, back: bool) -> Node:
    """A Jacobian (y.shape + one axis) times a vector, or a cotangent times it."""
    letters = ascii_letters[: len(jacobian.shape)]
    own = letters[:-1] if back else letters[-1]
    out = letters[-1] if back else letters[:-1]
    return einsum((jacobian, seed), (letters, own), out, {})
