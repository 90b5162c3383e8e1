"""The path of one weight at a point: its entry as it is named in, the path with its numbers out.

Must not know options, terminals or formats.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from gradcli.api.at_point import ProgramAtPoint
from gradcli.arithmetic.ball import precision as working_precision
from gradcli.arithmetic.float64 import FLOAT64
from gradcli.calculus.families import Pointwise
from gradcli.certify.problem import Problem
from gradcli.errors import wrong
from gradcli.graph.node import Node
from gradcli.graph.shape import describe, sizes_of
from gradcli.motion.credit import Credit
from gradcli.motion.entry_path import MOST, EntryStep, Place, entry_path, too_wide
from gradcli.motion.numbers import settled
from gradcli.motion.paths import Paths
from gradcli.motion.results import ShownEntryPath
from gradcli.notation.text import flat, formula
from gradcli.ops.shaping import index

ENTRY = re.compile(r"\s*(.+?)\s*(?:\[([\d\s,]*)\])?\s*")
LONG = 24
"""Characters of a formula of a local derivative."""


def weight_path(
    weight: str, scene: ProgramAtPoint, problem: Problem, found: Credit, precision: int, exact: bool
) -> ShownEntryPath:
    """The path that gave one entry of an input its gradient, the largest one; GradcliError."""
    name, place = _entry(weight, scene.drawn_targets)
    target, names = scene.drawn_targets[name], scene.drawn.names
    every = Paths(problem.output, problem.point(FLOAT64))
    edges = every.edges(target)
    if too_wide(edges):
        message = f"--weight: entries are followed through arrays of at most {MOST:,}"
        raise wrong("G401", message, help="--layers by itself shows the layers")
    way = entry_path(problem.output, target, place, edges, every.values)
    whole = found.gradients.get(target)
    own = whole if whole is None or not place else index(whole, place)
    spelled = spell(name, place)
    if way is None or own is None:
        given = settled(problem, [own] if own is not None else [], precision, exact).arrays
        return ShownEntryPath(spelled, given[0][()] if given else 0, 0, [], [], [], [])
    first = way.steps[0]
    layer = _layer(found, target, first)
    signal = found.signals[first.edge[0]]
    delta = index(signal, first.place) if first.place else signal
    wanted = [own, delta, *(step.local for step in way.steps)]
    numbers = settled(problem, [*dict.fromkeys(wanted)], precision, exact)
    known = dict(zip(dict.fromkeys(wanted), (x[()] for x in numbers.arrays), strict=True))
    locals_ = [known[step.local] for step in reversed(way.steps)]
    with working_precision(numbers.bits):
        products = [locals_[0] * 0 + 1]
        for factor in locals_:
            products.append(products[-1] * factor)
    vertices = [spell(names.get(s.edge[0], s.edge[0].op.title), s.place) for s in way.steps]
    made, factors = "", ()
    if sum(node.args[k] is target for node, k in edges) == 1 and _reaches_once(first, target):
        made = spell(f"delta_{names.get(layer, layer.op.title)}", first.place)
        made += f" * {symbol}" if (symbol := _symbol(first, names)) not in ("", "1") else ""
        factors = (known[delta], *([known[first.local]] if " * " in made else ()))
    return ShownEntryPath(
        spelled, known[own], way.count, [*reversed(vertices), spelled],
        ["", *(_symbol(step, names) for step in reversed(way.steps))],
        [products[0], *locals_], products, made, factors, _ours(way.steps, names),
    )  # fmt: skip


def _ours(steps: Sequence[EntryStep], names: Mapping[Node, str]) -> list[tuple[str, str]]:
    """The vertices on a way that have no name of the user's, but the output."""
    own = [step.edge[0] for step in steps[:-1]]
    return [(names[n], formula(n, names)) for n in own if not n.name and n in names]


def _entry(weight: str, targets: Mapping[str, Node]) -> tuple[str, Place]:
    """An entry of an input by name and indices; GradcliError for one that there is not."""
    if weight.strip() in targets and not targets[weight.strip()].shape:
        return weight.strip(), ()
    match = ENTRY.fullmatch(weight)
    name, inside = match.groups() if match else (weight, None)
    if name not in targets:
        message = f'--weight: "{name}" is no input that is differentiated by'
        raise wrong("G401", message, help=f"there are {', '.join(targets)}")
    place = tuple(int(part) for part in (inside or "").split(",") if part.strip())
    shape = sizes_of(targets[name].shape)
    if len(place) != len(shape) or any(k >= n for k, n in zip(place, shape, strict=False)):
        asked = ", ".join(str(n - 1) for n in shape)
        help = f"the last entry is  {name}[{asked}]" if shape else f"write  --weight {name}"
        message = f"--weight: {name} is {describe(shape)}, and {weight.strip()} no entry of it"
        raise wrong("G401", message, help=help)
    return name, place


def spell(name: str, place: Place) -> str:
    """`W[0, 1]`, or the bare name of a scalar."""
    return f"{name}[{', '.join(map(str, place))}]" if place else name


def _layer(found: Credit, target: Node, first: EntryStep) -> Node:
    """The vertex by which the signal is called that an entry meets."""
    own = [p.layer for p in found.products if p.input is target and p.user is first.edge[0]]
    return own[0] if own else first.edge[0]


def _reaches_once(first: EntryStep, target: Node) -> bool:
    """Whether an entry leads to one unit only, so that its gradient is one product."""
    node, k = first.edge
    if isinstance(node.op, Pointwise):
        return node.shape == target.shape
    factors = first.factors
    return factors is not None and {*node.params[1]} <= {*node.params[0][k]}


def _symbol(step: EntryStep, names: Mapping[Node, str]) -> str:
    """The local derivative as a formula, "" where there is no short one."""
    node, k = step.edge
    factors = step.factors
    if factors is not None:
        texts = [spell(names.get(n) or f"({flat(n, names)})", place) for n, place in factors]
        text = " * ".join(texts) or "1"
    elif isinstance(node.op, Pointwise):
        partial = node.op.partial(node, k)
        if isinstance(partial, int):
            return str(partial)
        text = names.get(partial) or flat(partial, names)
        if partial.shape:
            simple = text.isidentifier()
            text = spell(text if simple else f"({text})", step.place[-len(partial.shape) :])
    else:
        return ""
    return text if len(text) <= LONG else ""
