"""What a target's table has no pattern for: the expression of what its value is made of.

Must not know any target; a writer makes the pieces.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from fractions import Fraction
from typing import Any, Protocol

from gradcli.calculus.core import rational, symbol
from gradcli.emit.target import Target
from gradcli.errors import GradcliError, wrong
from gradcli.graph.node import Node, make
from gradcli.graph.order import dependents, topological
from gradcli.ops.abstract import function_name, is_abstract
from gradcli.ops.composition import composition


class Composer(Protocol):
    """A writer, as far as it is needed here; `open` are the vertices that depend on an input."""

    target: Target
    open: set[Node]

    def piece(self, node: Node, args: list[Any]) -> Any:
        """The expression of a vertex from those of its arguments."""


def _opened(node: Node) -> tuple[Sequence[Node], list[Node]] | None:
    """What stands for its arguments, and the vertices that its value is made of, those first.

    On the arguments themselves builders would simplify, and go on with parts of them.
    """
    given = [symbol(f"argument {k}", arg.shape) for k, arg in enumerate(node.args)]
    made = composition(make(node.op, *given, params=node.params))
    return None if made is None else (given, topological([made]))


def lacking(target: Target, node: Node) -> bool:
    """Whether an op is neither a sign nor in the table, and yet made of others."""
    if node.op.infix or target.pattern(node.op.name, node.params):
        return False
    return composition(node) is not None


def repeated(node: Node) -> Sequence[int]:
    """Which arguments its parts use more than once."""
    given, parts = _opened(node) or ([], [])
    uses = Counter(arg for part in parts for arg in part.args)
    return [k for k, arg in enumerate(given) if uses[arg] > 1]


def composed(writer: Composer, node: Node, args: list[Any]) -> Any:
    """The expression of a vertex by its parts; GradcliError where it is not made of others."""
    opened = _opened(node)
    if opened is None:
        raise unwritable(writer.target, node)
    given, parts = opened
    pieces = dict(zip(given, args, strict=True))
    own = {one for one, arg in zip(given, node.args, strict=True) if arg in writer.open}
    writer.open |= dependents(parts, own)
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
    help = ""
    if is_abstract(node):
        title = function_name(node)
        help = f"define it:  {title}(u) = …"
    return wrong("G013", f"{target.name} has no way to write {title}", help=help)
