"""Which vertices of a long expression a lecturer would name, so that each line needs one rule.

Must not know how the lines are written, nor values.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from gradcli.calculus.core import (
    ADD,
    COPY,
    DIV,
    EINSUM,
    INPUT,
    MUL,
    NEG,
    SUB,
    WHERE,
)
from gradcli.calculus.differentiate import skips
from gradcli.calculus.families import Differentiable, Leaf, Linear, Pointwise, Tensor
from gradcli.graph.node import Node
from gradcli.graph.order import dependents, topological
from gradcli.ops.powers import POWER, POWER_BY
from gradcli.ops.shaping import INDEX

SUMS = (ADD, SUB, NEG, COPY)
POWERS = (POWER, POWER_BY)
# What a lecturer calls what goes into a thing with a letter of its own, and everything else.
ARGUMENT, RESIDUAL = "z", "r"
LETTERS = ("u", "v", "s", "t", "q", "a", "c")
STEMS = ("z", "w", "k", "h", "node", "vertex", "step_")


def cuts(
    output: Node,
    asked: Collection[Node],
    named: Mapping[Node, str],
    taken: Collection[str],
    before: Mapping[Node, str],
) -> dict[Node, str]:
    """New names for vertices without one: none of them is `taken`, save what they had `before`."""
    return _Cuts(output, asked, named).found(taken, before)


class _Cuts:
    """The vertices between an output and what is asked for, judged from the output down."""

    def __init__(self, output: Node, asked: Collection[Node], named: Mapping[Node, str]) -> None:
        self.output = output
        self.asked = {*asked}
        self.nodes = topological([output])
        self.active = dependents(self.nodes, asked) & {*self.nodes}
        self.closed = {*self.nodes} - dependents(
            self.nodes, {node for node in self.nodes if node.op is INPUT}
        )
        self.named = {node for node in named if node.op is not INPUT}
        self._uses: dict[Node, list[tuple[Node, int]]] = {node: [] for node in self.nodes}
        for node in self.nodes:
            for index, arg in enumerate(node.args):
                if not skips(node, index):
                    self._uses[arg].append((node, index))

    def found(self, taken: Collection[str], before: Mapping[Node, str]) -> dict[Node, str]:
        """What is too much for one line, by new names, each after what it is made of."""
        plain: dict[Node, bool] = {}
        ours: list[Node] = []
        for node in reversed(self.nodes):
            if node not in self.active:
                continue
            is_cell = node in self.named or node in self.asked or node is self.output
            plain[node] = is_cell or all(
                plain.get(user, True) and self._linear(user, index)
                for user, index in self._uses[node]
            )
            if not is_cell and self._heavy(node, plain):
                ours.append(node)
                plain[node] = True
                self.named.add(node)
        roles = {node: self._role(node) for node in reversed(ours)}
        names: dict[Node, str] = {}
        for node, role in roles.items():
            several = [*roles.values()].count(role) > 1
            used = {*taken, *names.values()}
            names[node] = before.get(node) or _fresh(role, several, used)
        return names

    def _heavy(self, node: Node, plain: Mapping[Node, bool]) -> bool:
        """Whether a vertex without a name deserves one."""
        if isinstance(node.op, Leaf) or node.op.boolean or self._renamed(node):
            return False
        uses = self._uses[node]
        easy = self._easy(node) and not (
            any(user.op is DIV for user, _ in uses) and any(map(is_function, node.args))
        )
        if len(uses) > 1 and not (easy and not node.shape and self._atoms(node) < 2):
            return True
        if any(self._bends(user, node) for user, _ in uses) and not easy:
            return True
        if not is_function(node):
            return False
        if any(user.op is EINSUM and len(user.args) > 1 and user.shape for user, _ in uses):
            return True
        rule = all(user.op in (MUL, DIV) and plain.get(user, True) for user, _ in uses)
        return not plain[node] and not (rule and all(map(self._atom, node.args)))

    def _linear(self, user: Node, index: int) -> bool:
        """Whether a vertex is linear in one of its arguments, as far as that varies."""
        others = [arg for k, arg in enumerate(user.args) if k != index and arg in self.active]
        if user.op in SUMS or isinstance(user.op, Linear):
            return True
        return (user.op in (MUL, EINSUM) or (user.op is DIV and index == 0)) and not others

    def _bends(self, user: Node, node: Node) -> bool:
        """Whether the argument of a function, the base of a power or a long part of a quotient."""
        if user.op is DIV:
            return user.args[1] in self.active and node.op in (ADD, SUB, EINSUM)
        return is_function(user) or user.op in POWERS

    def _atom(self, node: Node) -> bool:
        return isinstance(node.op, Leaf) or node in self.named or self._renamed(node)

    def _renamed(self, node: Node) -> bool:
        """An entry, a transpose or the negative of what has a name."""
        if node.op not in (INDEX, NEG, COPY) and not _turns(node):
            return False
        arg = node.args[0]
        return isinstance(arg.op, Leaf) or arg in self.named

    def _easy(self, node: Node) -> bool:
        """A name times a number, or a sum of two such things."""
        parts = node.args if node.op in SUMS else (node,)
        cores = [self._core(part) for part in parts]
        return all(self._atom(core) or (is_function(core) and core is not node) for core in cores)

    def _core(self, node: Node) -> Node:
        """What is left of a vertex without its sign and numbers that multiply it."""
        while not self._atom(node):
            if node.op is MUL and node.args[0] in self.closed:
                node = node.args[1]
            elif node.op in (NEG, COPY) or (node.op in (MUL, DIV) and node.args[1] in self.closed):
                node = node.args[0]
            else:
                break
        return node

    def _atoms(self, node: Node) -> int:
        return sum(arg in self.active for arg in node.args)

    def _role(self, node: Node) -> str:
        """The letter for what a vertex is; nothing for one that is nothing in particular."""
        if any(_letter(user) for user, _ in self._uses[node]):
            return ARGUMENT
        return RESIDUAL if node.op is SUB else _letter(node)


def _letter(node: Node) -> str:
    return node.op.letter if isinstance(node.op, Differentiable) else ""


def _fresh(role: str, several: bool, taken: Collection[str]) -> str:
    """A short name that nothing else bears, nor the same with another number."""
    letters = (role,) if role else LETTERS
    for name in () if role and several else letters:
        if name not in taken:
            return name
    stem = next(stem for stem in (role, *STEMS) if stem and stem not in taken)
    count = 1
    while f"{stem}{count}" in taken:
        count += 1
    return f"{stem}{count}"


def is_function(node: Node) -> bool:
    """Whether this is written as a call of a function that is not linear."""
    op = node.op
    return (isinstance(op, Pointwise) and not op.infix and op not in (COPY, WHERE)) or isinstance(
        op, Tensor
    )


def _turns(node: Node) -> bool:
    """Whether this only exchanges axes."""
    if node.op is not EINSUM or len(node.args) > 1:
        return False
    ins, out, _ = node.params
    return sorted(ins[0]) == sorted(out)
