"""Why a line of a derivation is so: the rules used between a vertex and what it is made of.

Must not know values; a derivative that an op's own table states is read from there.
"""

from __future__ import annotations

from collections.abc import Callable

from gradcli.calculus.core import ADD, COPY, DIV, EINSUM, MUL, SUB, WHERE
from gradcli.calculus.families import Differentiable, Pointwise
from gradcli.explain.cells import Cells
from gradcli.graph.node import Node, Op
from gradcli.notation.text import formula
from gradcli.ops.powers import POWER, POWER_BY

LONGEST = 40
COUNTS = {2: "twice", 3: "three times", 4: "four times", 5: "five times"}


def rules(cells: Cells, cell: Node, vertex: Node) -> list[str]:
    """The rules by which a cell depends on one that it is made of, outermost first."""
    between = cells.between(cell, vertex)
    inside = {*between, vertex}
    found: dict[Op, str] = {}
    for node in reversed(between):
        leading = [index for index, arg in enumerate(node.args) if arg in inside]
        if rule := _rule(cells, node, leading):
            found[node.op] = min(found.get(node.op, rule), rule, key=len)
    return [*dict.fromkeys(found.values())]


def _rule(cells: Cells, node: Node, leading: list[int]) -> str:
    """The rule of one vertex; nothing for what is linear."""
    op = node.op
    if op is POWER_BY:
        return "power rule"
    if op is POWER:
        return "power rule" if leading == [0] else "an exponent's derivative brings a logarithm"
    if op is DIV:
        return "" if leading == [0] else "quotient rule"
    if op in (MUL, EINSUM):
        square = len(node.args) == 2 and node.args[0] is node.args[1]
        both = "the derivative of a square" if square else "product rule"
        return both if len(leading) > 1 else ""
    if isinstance(op, Differentiable) and op.says:
        return op.says.format(cells.atoms.get(node) or formula(node, cells.atoms))
    if isinstance(op, Pointwise) and not op.infix and op is not WHERE:
        partial = op.partial(node, leading[0])
        if partial is node:
            return f"{op.title} is its own derivative"
        if isinstance(partial, Node):
            text = formula(partial, cells.atoms)
            if len(text) <= LONGEST:
                return f"{op.title}'s derivative is {text}"
            return f"{op.title}'s derivative"
    return ""


def linear(cells: Cells, users: list[Node], vertex: Node) -> str:
    """What to say where no rule is needed."""
    name, whole = cells.names[vertex], listed([cells.names[user] for user in users])
    between = [node for user in users for node in cells.between(user, vertex)]
    if any(
        node.op in (ADD, SUB) and vertex in node.args and len(node.shape) > len(vertex.shape) == 1
        for node in between
    ):
        return f"{name} is added to every row"
    if all(node.op in (ADD, SUB, COPY) for node in between):
        return f"{whole} {'changes' if len(users) == 1 else 'change'} as {name} does"
    return f"{whole} {'is' if len(users) == 1 else 'are'} linear in {name}"


def local(cells: Cells, cell: Node, vertex: Node) -> str:
    """One cell's local derivative in words."""
    found = rules(cells, cell, vertex)
    return ", ".join(found) if found else linear(cells, [cell], vertex)


def paths(cells: Cells, vertex: Node, users: list[Node], output: Node) -> str:
    """The chain rule over all the cells that use a vertex."""
    name: Callable[[Node], str] = cells.names.__getitem__
    others = [name(user) for user in users if user is not output]
    if len(users) == 1:
        return f"chain rule through {others[0]}"
    count = COUNTS.get(len(users), f"{len(users)} times")
    if len(others) < len(users):
        return f"{name(vertex)} is used {count}: directly and through {listed(others)}"
    return f"{name(vertex)} is used {count}: sum of the paths through {listed(others)}"


def listed(names: list[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
