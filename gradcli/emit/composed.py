"""What a target's table has no pattern for: the expression of what its value is made of.

Must not know any target; a writer makes the pieces.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from fractions import Fraction
from typing import Any, Protocol

from gradcli.calculus.core import rational
from gradcli.emit.target import Target
from gradcli.errors import GradcliError, wrong
from gradcli.graph.node import Node
from gradcli.graph.order import dependents, topological
from gradcli.ops.abstract import Abstract
from gradcli.ops.composition import composition


class Composer(Protocol):
    """A writer, as far as it is needed here; `open` are the vertices that depend on an input."""

    target: Target
    open: set[Node]

    def piece(self, node: Node, args: list[Any]) -> Any:
        """The expression of a vertex from those of its arguments."""


def _parts(node: Node) -> list[Node] | None:
    """The vertices that the value of one is made of, its arguments first."""
    made = composition(node)
    return None if made is None else topological([made], lambda n: () if n in node.args else n.args)


def lacking(target: Target, node: Node) -> bool:
    """Whether an op is neither a sign nor in the table, and yet made of others."""
    if node.op.infix or target.pattern(node.op.name, node.params):
        return False
    return composition(node) is not None


def repeated(node: Node) -> Sequence[int]:
    """Which arguments its parts use more than once."""
    uses = Counter(arg for part in _parts(node) or () if part not in node.args for arg in part.args)
    return [k for k, arg in enumerate(node.args) if uses[arg] > 1]


def composed(writer: Composer, node: Node, args: list[Any]) -> Any:
    """The expression of a vertex by its parts; GradcliError where it is not made of others."""
    parts = _parts(node)
    if parts is None:
        raise unwritable(writer.target, node)
    pieces = dict(zip(node.args, args, strict=True))
    writer.open |= dependents(parts, writer.open.intersection(node.args))
    for part in parts:
        if part not in pieces:
            pieces[part] = writer.piece(part, [pieces[arg] for arg in part.args])
    return pieces[parts[-1]]


def quotient(node: Node) -> Fraction | None:
    """The ratio of two numbers that are written out."""
    top, bottom = map(rational, node.args)
    return top / bottom if top is not None and bottom else None


def unwritable(target: Target, node: Node) -> GradcliError:
    """That a target has no way to write an op."""
    title = f"{node.op.name}_{node.params[0]}" if node.params else node.op.title
    help = f"define it:  {node.op.example.name}(u) = …" if isinstance(node.op, Abstract) else ""
    return wrong("G013", f"{target.name} has no way to write {title}", help=help)
