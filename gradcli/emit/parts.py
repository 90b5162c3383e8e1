"""What every target needs of a function: its plan, its names, its lines, words about it, its test.

Must not know how any target writes a whole function, nor how a program is read.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from textwrap import wrap
from typing import Any

from gradcli.emit.lines import PREFIX, Emitter, Writer
from gradcli.emit.names import Names
from gradcli.emit.plan import Plan
from gradcli.emit.target import Target
from gradcli.errors import wrong
from gradcli.graph.node import Node
from gradcli.graph.order import topological
from gradcli.graph.shape import Letters

INDENT = "    "
MOST, LONGEST = 96, 56
GLUE = "\0"


@dataclass(slots=True, eq=False)
class Test:
    """Doubles, as nested lists: of the inputs and seeds, and what is to come out.

    `sizes` are those of dimension letters.
    """

    given: dict[Node, Any]
    value: Any
    derivatives: list[Any]
    sizes: Mapping[str, int] = field(default_factory=dict)


class FunctionParts:
    """What every target needs of a plan: its names, its lines, what they are called."""

    def __init__(self, made: Plan, name: str, to: Target, writer: Writer) -> None:
        self.made, self.target, self.writer = made, to, writer
        self.free = Names(to.reserved, ascii=to.name == "c")
        self.name = self.free.fresh(name)
        self.free.taken.discard(self.name)  # a local may be called like its function
        order = topological(made.roots)
        self.letters = _letters([*made.inputs, *order])
        if clash := next((x for x in self.letters if x in to.reserved), None):
            help = "choose another letter for this size"
            raise wrong("G013", f"{clash} means something else in {to.name}", help=help)
        self.free.taken.update(self.letters)
        self.lines = Emitter(self.writer, self.free, made.lines)
        known = self.lines.names
        for node in made.inputs:
            known[node] = self.free.fresh(str(node.params[0]))
        for node in order:
            if node.label and node is not made.output:
                self.lines.chosen[node] = self.free.fresh(node.label.name)
        self.output = self.free.fresh(made.output.name or "value")
        self.lines.chosen[made.output] = self.output
        for node, seed in made.seeds.items():
            own = self.output if node is made.output else self.called(node)
            known[seed] = self.free.fresh(f"{PREFIX[made.mode]}_{own}")

    def called(self, node: Node) -> str:
        """What an input or a defined vertex is called."""
        return self.lines.names.get(node) or self.lines.chosen.get(node) or self.output

    @property
    def given(self) -> list[Node]:
        """The arguments of the function."""
        return [*self.made.inputs, *self.made.seeds.values()]


def _letters(nodes: Sequence[Node]) -> list[str]:
    """The dimension letters of some vertices."""
    dims: list[Any] = [dim for node in nodes for dim in (*node.shape, *node.params)]
    found = [x for dim in dims if isinstance(dim, Letters) for m, _ in dim.terms for x in m]
    return sorted({*found})


def derivative(made: Plan) -> str:
    names = ", ".join(str(node.name or node.params[0]) for node in made.wanted)
    if made.mode == "forward":
        return f"its tangent along those of {names}"
    return f"its gradient by {names}" if not made.output.shape else f"what it hands back to {names}"


def about(parts: FunctionParts, text: str) -> str:
    """What the function is for, in a sentence."""
    text = text if len(text) <= LONGEST else f"{text[: LONGEST - 4]} ..."
    own = parts.output if text == parts.output else f"{parts.output} = {text}"
    return f"{own} and {derivative(parts.made)}." if parts.made.wanted else f"{own}."


def results(parts: FunctionParts, called: Mapping[Node, str]) -> list[str]:
    made = parts.made
    wanted = [made.output] if made.mode == "forward" else made.wanted
    return [called[node] for node in wanted]


def wrapped(start: str, parts: Sequence[str], end: str) -> list[str]:
    """A list in one line, or with as many of its parts in a line as there is room for."""
    whole = f"{start}{', '.join(parts)}{end}"
    if len(whole) <= MOST:
        return [whole]
    # Between the words of one part no line ends.
    joined = ", ".join(part.replace(" ", GLUE) for part in parts)
    inner = wrap(joined, MOST, break_long_words=False, break_on_hyphens=False)
    return [start, *(f"{INDENT}{text}".replace(GLUE, " ") for text in inner), end]
