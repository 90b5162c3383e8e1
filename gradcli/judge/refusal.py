"""What a relation cannot say of two sides: different shapes that differ, roundness without a point.

Must not know how sides are tried.
"""

from __future__ import annotations

from collections.abc import Iterable

from gradcli.calculus.core import rational
from gradcli.errors import wrong
from gradcli.graph.claims import Claimed, Instance
from gradcli.graph.node import Node
from gradcli.graph.order import topological
from gradcli.graph.shape import Letters, describe, fixed
from gradcli.trial.sample_space import SampleSpace
from gradcli.trial.trials import Sizes, exists


def refuse(claimed: Claimed, instance: Instance, sample_space: SampleSpace) -> None:
    """GradcliError for what a relation cannot say of these sides."""
    left, right, relation = instance.left, instance.right, instance.relation
    if relation.sign == "!=" and not same_shape(left, right, sample_space.bound):
        message = f"{describe(left.shape)} and {describe(right.shape)} differ by their shapes"
        help = "a != b  says of two sides of one shape that they are not the same function"
        raise wrong("G201", message, claimed.whole, help=help)
    if relation.sign == "≈" and relation.tolerance is None:
        used = topological([left, right, *(d.of for d in instance.derived)])
        names = [
            str(n.params[0])
            for n in used
            if n in sample_space.spaces and n not in sample_space.given
        ]
        names += sorted(letters(used) - sample_space.bound.keys())
        if names:
            message = f"≈ needs a point that gives every name: {', '.join(names)} has no value"
            values = ", ".join(f"{name} = …" for name in names)
            help = f"write  at {values}  above this line, or state a tolerance, as in  ± 1e-6"
            raise wrong("G010", message, claimed.span, help=help)
    if sample_space.letters and sample_space.complete:
        sizes = sample_space.choices()[0]
        if not exists([left, right, *(d.of for d in instance.derived)], sizes):
            shown = ", ".join(f"{letter} = {size}" for letter, size in sizes.items())
            message = f"an index or a range does not exist at this point, where {shown}"
            raise wrong("G012", message, claimed.span, help="give a point of another size")


def letters(nodes: Iterable[Node]) -> set[str]:
    """The dimension letters in shapes, sizes and exponents."""
    dims = [dim for node in nodes for dim in (*node.shape, *node.params)]
    terms = [names for dim in dims if isinstance(dim, Letters) for names, _ in dim.terms]
    return {name for names in terms for name in names}


def same_shape(left: Node, right: Node, bound: Sizes) -> bool:
    """Whether the sides can be equal: one shape at these sizes, or one of them is the number 0."""
    if fixed(left.shape, bound) == fixed(right.shape, bound):
        return True
    return any(not n.shape and rational(n) == 0 for n in (left, right))
