"""Families of members: which there are, how one is called, and the array that all of them fill.

Must not know scopes, nor how an index becomes a number.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import product

from gradcli.errors import GradcliError, wrong
from gradcli.graph.node import Node
from gradcli.language.elaboration.scope import Family
from gradcli.language.tree.syntax import Expr
from gradcli.ops.shaping import stack

Place = tuple[int, ...]
Parts = Mapping[Place, Node]


def member_name(name: str, at: Place) -> str:
    """`h[2]`, `c[0, 1]`."""
    return f"{name}[{', '.join(map(str, at))}]"


def spans(family: Family) -> list[range]:
    """From the first to the last index along each axis."""
    return [range(min(along), max(along) + 1) for along in zip(*family.members, strict=True)]


def absent(family: Family, chosen: Sequence[int | range]) -> Place | None:
    """The first member at such indices that is not defined."""
    lists = [(each,) if isinstance(each, int) else each for each in chosen]
    return next((at for at in product(*lists) if at not in family.members), None)


def array(family: Family, chosen: Sequence[int | range], parts: Parts | None = None) -> Node:
    """The members at such indices, or their `parts`, joined along one axis for each range."""
    lists = [(each,) if isinstance(each, int) else each for each in chosen]
    joined = {at: (parts or family.members)[at] for at in product(*lists)}
    for depth in range(len(chosen) - 1, -1, -1):
        heads = [*product(*lists[:depth])]
        rows = {head: [joined[*head, k] for k in lists[depth]] for head in heads}
        single = isinstance(chosen[depth], int)
        joined = {head: row[0] if single else stack(*row) for head, row in rows.items()}
    return joined[()]


def no_member(expr: Expr, name: str, family: Family, at: Place) -> GradcliError:
    """The error for a member of a family that is not defined so far."""
    message = f"{member_name(name, at)} does not exist"
    return wrong("G012", message, expr.span, help=_known(name, family))


def no_array(expr: Expr, name: str, family: Family, missing: Place) -> GradcliError:
    """The error for a family that is used whole, and has gaps."""
    message = f"{name} fills no array: {member_name(name, missing)} is not defined"
    help = f"name a member:  {member_name(name, next(iter(family.members)))}"
    return wrong("G012", message, expr.span, help=help)


def still_open(expr: Expr, name: str) -> GradcliError:
    """The error for a family that is used whole in the loop that defines it."""
    message = f"{name} is not whole yet: the loop around this line defines it"
    help = "name one member, or put this line behind the loop"
    return wrong("G012", message, expr.span, help=help)


def _known(name: str, family: Family) -> str:
    known = sorted(family.members)
    first, last = (member_name(name, known[k]) for k in (0, -1))
    if len(known) == 1:
        return f"only {first} is defined so far"
    return f"members {first} to {last} are defined so far"
