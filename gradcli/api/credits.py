"""Credit at a point: the error signal of every named layer and the gradients they make, as data.

Must not know options, terminals or formats.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from gradcli.api.at_point import read_scene
from gradcli.api.gradient import diff_at
from gradcli.api.points import NameList, Point
from gradcli.api.question import question
from gradcli.api.weights import weight_path
from gradcli.calculus.core import symbol
from gradcli.certify.problem import Problem
from gradcli.choices import FOLDS
from gradcli.errors import Source, wrong
from gradcli.explain.outline import handed_down
from gradcli.graph.node import Node
from gradcli.graph.shape import describe
from gradcli.motion.credit import credit
from gradcli.motion.numbers import settled
from gradcli.motion.results import LayersResult, ShownGradient, ShownLayer
from gradcli.notation.text import flat, formula

STEEP = 100
"""A unit that is not dead counts as saturated where its slope is below one part in this."""


@question
def layers(
    source: Source | str, at: Point = (), *, wrt: NameList = (), weight: str = "",
    precision: int = 15, seed: int = 0, fold: str = FOLDS[0], folder: Path | None = None,
) -> LayersResult:  # fmt: skip
    """The error signals of a scalar output by its layers, and what each input gets of them.

    Points, names, precision and folding as for `diff`; `weight` is one entry of an input, as
    `W[0, 1]`, of which the path is told that gave it its gradient. GradcliError for wrong input and
    an output that is not a scalar.
    """
    scene = read_scene(source, at, wrt, folder, fold)
    output, targets = scene.drawn.output, scene.drawn_targets
    if output.shape:
        raise wrong(
            "G201", "error signals are those of a scalar", scene.model.source,
            label=describe(output.shape), help="take an entry of it, or a sum",
        )  # fmt: skip
    derivative = diff_at(scene, precision, seed)
    problem = Problem(output, [*targets.values()], scene.values)
    found = credit(output, problem.wrt)
    names = scene.drawn.names
    slopes = [layer.slope for layer in found.layers if layer.slope is not None]
    wanted = [node for layer in found.layers for node in (layer.node, layer.delta)]
    wanted = [*dict.fromkeys([*wanted, *slopes, *found.gradients.values()])]
    numbers = settled(problem, wanted, precision, derivative.certified)
    values = dict(zip(wanted, numbers.arrays, strict=True))
    shown = [
        ShownLayer(
            names[layer.node], formula(layer.node, names), layer.node.shape, values[layer.node],
            values[layer.delta], bool(layer.node.name), *_resting(values, layer.slope),
        )
        for layer in found.layers
    ]  # fmt: skip
    gradients = []
    for name, node in targets.items():
        own = [p for p in found.products if p.input is node]
        rules = []
        for product in own:
            title = f"delta_{names.get(product.layer, product.layer.op.title)}"
            signal = symbol(title, product.user.shape)
            rule = handed_down(product.user, product.index, signal, names)
            rules.append("0" if rule is None else flat(rule, names))
        total = values.get(found.gradients[node]) if node in found.gradients else None
        gradients.append(ShownGradient(name, node.shape, total, rules))
    path = None
    if weight:
        path = weight_path(weight, scene, problem, found, precision, derivative.certified)
    return LayersResult(derivative, shown, gradients, numbers.certified, numbers.settled, path)


def _resting(values: dict[Node, Any], slope: Node | None) -> tuple[list[int], list[int], int]:
    """Which units have a slope of zero, which a small one, and how many there are."""
    if slope is None:
        return [], [], 0
    entries = [*enumerate(values[slope].flat)]
    dead = [k for k, x in entries if bool(x == 0)]
    low = [k for k, x in entries if bool(abs(x) * STEEP < 1) and k not in dead]
    return dead, low, len(entries)
