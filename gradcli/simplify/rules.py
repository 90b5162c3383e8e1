"""What simplification may use, by the op that it is tried at: identities and unfoldings.

Must not know any particular function; each is stated beside the functions it is about.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import count

from gradcli.calculus.core import INPUT, symbol
from gradcli.graph.node import Node, Op
from gradcli.graph.shape import Shape

Build = Callable[..., Node]


@dataclass(frozen=True, slots=True, eq=False)
class Rule:
    """`left = right`, tried wherever `anchor` is seen; `variables` stand for anything."""

    left: Build
    right: Build
    anchor: Node
    variables: tuple[Node, ...]
    whole: bool


RULES: dict[Op, list[Rule]] = {}
UNFOLD: dict[Op, Callable[[Node], Node | None]] = {}
"""An op in terms of others, where there is a better way to write it."""
_COUNT = count()


def identity(left: Build, right: Build, *shapes: Shape, at: Build | None = None) -> Rule:
    """An identity in variables of these shapes, by default one scalar, which may be any array."""
    variables = tuple(symbol(f"?{next(_COUNT)}", shape) for shape in shapes or ((),))
    return Rule(left, right, (at or left)(*variables), variables, at is None)


def rule(left: Build, right: Build, *shapes: Shape, at: Build | None = None) -> None:
    """Declare an identity that simplification may use."""
    made = identity(left, right, *shapes, at=at)
    RULES.setdefault(made.anchor.op, []).append(made)


def every() -> list[Rule]:
    """All identities that have been declared."""
    return [each for rules in RULES.values() for each in rules]


def matched(rule: Rule, node: Node, through: bool = False) -> list[Node] | None:
    """What the variables of a rule stand for where its anchor is this vertex.

    What a user gave a name is looked into only with `through`.
    """
    found: dict[Node, Node] = {}
    stack = [(rule.anchor, node)]
    while stack:
        pattern, here = stack.pop()
        if pattern.op is INPUT:
            other_rank = pattern.shape and len(pattern.shape) != len(here.shape)
            if other_rank or found.setdefault(pattern, here) is not here:
                return None
            continue
        closed = here is not node and here.label is not None and not through
        if closed or pattern.op is not here.op or pattern.params != here.params:
            return None
        if len(pattern.args) != len(here.args):
            return None
        stack += zip(pattern.args, here.args, strict=True)
    return [found[variable] for variable in rule.variables]
