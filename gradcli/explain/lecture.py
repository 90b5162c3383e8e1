"""A whole lecture on a derivative: what is given, definitions, chain after chain, higher orders.

Must not know how a program is written, nor whether what is said of it is true.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import partial
from itertools import groupby

from gradcli.calculus.core import COPY, INPUT
from gradcli.explain.cells import Cells
from gradcli.explain.columns import plain, relabelled
from gradcli.explain.equations import EqualLine, EqualLines
from gradcli.explain.jacobians import Jacobians
from gradcli.explain.naming import cuts, is_function
from gradcli.explain.steps import ScalarSteps
from gradcli.graph.node import Label, Node, make
from gradcli.graph.order import topological
from gradcli.graph.shape import Shape, is_row
from gradcli.graph.space import Space
from gradcli.notation.text import flat, formula
from gradcli.ops.shaping import index
from gradcli.simplify.simplifier import Simplifier

OUTPUTS = ("f", "L", "y", "F", "output")
SLOPES = ("g", "G", "slope", *(f"slope{k}" for k in range(2, 100)))
NAME = re.compile(r"(?<![.\w])[^\W\d]\w*")


class Lecture:
    """The parts of the text: `sets` of the inputs by name, and `parts` in their order.

    `vertices` are the writer's by name, `written` the texts of their definitions and of the
    output's; `known` are all other names that such a text may use, which are not ours to give.
    """

    def __init__(
        self,
        output: Node,
        asked: Sequence[Node],
        vertices: Mapping[str, Node],
        spaces: Mapping[Node, Space],
        written: Mapping[Node, str],
        known: Collection[str],
    ) -> None:
        self.spaces = spaces
        self.inputs = {str(node.params[0]): node for node in spaces}
        self.given = output.name is not None
        stems = {name.partition("[")[0] for name in vertices}
        self.known = {*known}
        self.taken = {*self.inputs, *stems, *known}
        name = output.name or next(name for name in OUTPUTS if name not in self.taken)
        self.taken.add(name)
        made = plain([output, *asked])
        self.names = {made[node]: name for name, node in vertices.items() if node in made}
        self.texts = {made[node]: text for node, text in written.items() if node in made}
        output, asked = self._bared(name, made[output], [made[node] for node in asked])
        self.cut: dict[Node, str] = {}
        self.labels: dict[str, Label] = {}
        self.parts: list[EqualLines] = []
        first = self._round(name, output, asked)
        used = {*topological([first.output, *first.asked])}
        self.sets = {name: set_of(spaces[n]) for name, n in self.inputs.items() if n in used}
        self.title = ", ".join(first.spelled(first.output, node) for node in first.asked)
        self.first = first

    def _bared(self, name: str, output: Node, asked: Sequence[Node]) -> tuple[Node, list[Node]]:
        """The output without its label: a name for exp(x) stands in its derivative, others do not.

        A row counts as its vector.
        """
        text = self.texts.get(output)
        bare = output
        speaks = is_function(output) and not is_row(output.shape)
        if not speaks or output.label is None:
            made = relabelled(
                [*self.names, output, *asked], {output: Label(name) if speaks else None}
            )
            bare, asked = made[output], [made[node] for node in asked]
            self._moved(made)
            self.names.pop(bare, None)
        if is_row(bare.shape):
            bare = plain([row := index(bare, (0,))])[row]
        if bare.label is None and (bare in self.names or not bare.args):
            bare = make(COPY, bare)
        if text is not None:
            self.texts[bare] = text
        return bare, [*asked]

    def _moved(self, made: Mapping[Node, Node]) -> None:
        """Names and texts go with their vertices."""
        self.names = {made[node]: name for node, name in self.names.items()}
        self.texts |= {made[node]: text for node, text in self.texts.items() if node in made}

    def _round(self, name: str, output: Node, asked: Sequence[Node]) -> ScalarSteps:
        """The definitions that one more output needs, and its derivatives."""
        found = cuts(output, asked, self.names, self.taken, self.cut)
        self.cut |= found
        self.taken |= {*found.values()}
        labels = {node: self.labels.setdefault(each, Label(each)) for node, each in found.items()}
        made = relabelled([*self.names, output, *asked], labels)
        self._moved(made)
        self.names |= {made[node]: each for node, each in found.items()}
        output, asked = made[output], [made[node] for node in asked]
        self.names[output] = name
        ours = [made[node] for node in found]
        if output.label is not None and not self.given:
            ours.append(output)
        cells = Cells(output, asked, self.names, ours)
        self.parts += self._definitions(cells)
        hidden = {*ours} if output.label else {*ours, output}
        left = partial(self._without, hidden)
        shorter = Simplifier(self.spaces, [node for node in self.names if node is not output])
        steps = (Jacobians if output.shape else ScalarSteps)(cells, asked, shorter, left)
        self.parts += steps.run()
        self.names = left(output, ())[1]
        return steps

    def _without(
        self, hidden: Collection[Node], node: Node, more: Collection[Node]
    ) -> tuple[Node, dict[Node, str]]:
        """A vertex without some names, written shorter, and the names that are left."""
        gone = {*hidden, *more}
        made = relabelled([*self.names, node], dict.fromkeys(gone))
        names = {made[n]: name for n, name in self.names.items() if n not in gone}
        return Simplifier(self.spaces, names)(made[node]), names

    def _definitions(self, cells: Cells) -> Iterator[EqualLines]:
        """The writer's own definitions that are needed, and those of vertices that we named."""
        ours = {*cells.ours}
        known = {*cells.names.values(), *self.known}
        done = {part.left for part in self.parts if part.defines}
        for node in topological([cells.output, *cells.asked]):
            name = cells.names.get(node)
            if node.op is INPUT or name is None or name in done:
                continue
            others = {n: other for n, other in cells.names.items() if n is not node}
            safe = formula(node, others)
            text = self.texts.get(node, "")
            if "[" in name or any(n in ours for n in cells.made_of(node) if n is not node):
                text = ""
            if not text or not {*NAME.findall(text)} <= known:
                text = flat(node, others)
                text = safe if ").T" in text else text
            yield EqualLines(name, [EqualLine(text, "", safe)], defines=True)

    def higher(self, order: int) -> None:
        """The derivatives of the derivatives, by every combination of what is asked for."""
        of = self.first.names[self.first.output]
        waiting: list[tuple[ScalarSteps, Node, tuple[Node, ...]]] = [
            (self.first, node, (node,)) for node in reversed(self.first.asked)
        ]
        while waiting and order > 1:
            steps, vertex, by = waiting.pop()
            if vertex not in steps.final:
                # A derivative that is zero has no others.
                continue
            name = next(name for name in SLOPES if name not in self.taken)
            self.taken.add(name)
            left = spelled(of, [self.first.names[node] for node in by])
            at = len(self.parts)
            slope = steps.final[vertex]
            alias = slope in self.names or not slope.args
            asked = self.first.asked[self.first.asked.index(vertex) :]
            again = self._round(name, make(COPY, slope) if alias else slope, asked)
            self.parts[at].remark = f"the same again for {name}, which is {left}"
            for node in asked:
                one = again.spelled(again.output, node)
                chain = next(part for part in self.parts[at:] if part.left == one)
                whole = EqualLines(spelled(of, [self.first.names[n] for n in (*by, node)]))
                whole.add(one, "")
                last = chain.lines[-1]
                whole.add(last.text, f"put in {one}", last.safe)
                self.parts.append(whole)
            if len(by) + 2 <= order:
                waiting += [(again, node, (*by, node)) for node in reversed(asked)]


def spelled(of: str, by: Sequence[str]) -> str:
    """A derivative of any order in the language: `d2f/dx2`, `∂2f/∂x∂y`, `∂^2f/∂x1^2`."""
    counts = [(name, len([*same])) for name, same in groupby(by)]
    if len(by) == 1:
        return f"d{of}/d{by[0]}"
    sign = "^" if any(name[-1].isdigit() or len(counts) > 1 for name in by) else ""
    d = "d" if len(counts) == 1 else "∂"
    below = "".join(f"{d}{name}{f'{sign}{n}' if n > 1 else ''}" for name, n in counts)
    return f"{d}{sign}{len(by)}{of}/{below}"


def set_of(space: Space) -> str:
    """The set of an input as it is declared."""
    shape: Shape = space.shape
    if not shape or space.text != "R":
        return space.text
    dims = ", ".join(map(str, shape))
    return f"R^{dims}" if len(shape) == 1 else f"R^({dims})"
