"""What the names of a derivation are: their shapes, their sets, and their values at its point.

Must not know where a name stands, nor how it is shown.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import prod

from gradcli import work
from gradcli.api.givens import Givens
from gradcli.arithmetic.ball import BALL, precision
from gradcli.arithmetic.base import Array
from gradcli.arithmetic.evaluate import evaluate
from gradcli.calculus.core import INPUT, inputs
from gradcli.claims import Derivation
from gradcli.errors import GradcliError
from gradcli.graph.node import Node
from gradcli.graph.shape import Letters, describe, fixed, show, sizes_of
from gradcli.notation.text import flat
from gradcli.show.numbers import inline

BITS, DIGITS, MOST = 128, 6, 64
"""Of a value that is looked at: its precision, the digits shown, the entries it may have."""


@dataclass(slots=True)
class NameFact:
    """What a name is: `defined` or declared, its shape, its formula or set, its value if known."""

    defined: bool
    shape: str
    words: str
    text: str
    value: str = ""


def facts(derivation: Derivation, givens: Givens) -> dict[str, NameFact]:
    """Every input and every defined name; values are at the first point that gives all it needs."""
    found = {}
    named = {str(node.params[0]): node for node in derivation.spaces if node.op is INPUT}
    vertices = {**named, **{k: v for k, v in derivation.vertices.items() if k not in named}}
    names = {node: name for name, node in vertices.items()}
    for name, node in vertices.items():
        if name in named:
            text = derivation.spaces[node].text
        else:
            text = flat(node, {n: k for n, k in names.items() if n is not node})
        shape, words = show(node.shape), describe(node.shape)
        values, sizes = _point({str(x.params[0]): x for x in inputs(node)}, givens)
        found[name] = NameFact(name not in named, shape, words, text, _value(node, values, sizes))
    return found


def _point(needed: Mapping[str, Node], givens: Givens) -> tuple[dict[Node, Array], dict[str, int]]:
    """The inputs' values at the first point that has one for each, and the sizes of letters."""
    for point in givens.values:
        if needed and needed.keys() <= point.keys():
            values = {node: point[name][None] for name, node in needed.items()}
            sizes = {}
            for node, value in values.items():
                for dim, size in zip(node.shape, value.shape[1:], strict=False):
                    if isinstance(dim, Letters):
                        sizes[str(dim)] = size
            return values, sizes
    return {}, {}


def _value(node: Node, values: Mapping[Node, Array], sizes: Mapping[str, int]) -> str:
    """The digits that are certain; empty where there is no point, or no value at it."""
    if not values:
        return ""
    try:
        with precision(BITS), work.part(0):
            shape = fixed(node.shape, sizes)
            if any(isinstance(dim, Letters) for dim in shape) or prod(sizes_of(shape)) > MOST:
                return ""
            array = evaluate([node], BALL, values, sizes)[0][0, ...]
            return inline(array, shape, DIGITS, widest=10 * MOST)
    except (GradcliError, work.TooMuchError, KeyError, ValueError, ArithmeticError):
        return ""
