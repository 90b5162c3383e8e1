"""What the names of a derivation are: their shapes, their sets or formulas, values at its point.

Must not know where a name stands, nor how it is shown.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import prod
from typing import NamedTuple

from gradcli import work
from gradcli.api.derivations import derivations
from gradcli.api.givens import Givens
from gradcli.api.question import question
from gradcli.arithmetic.ball import BALL, precision
from gradcli.arithmetic.base import Array
from gradcli.arithmetic.evaluate import evaluate
from gradcli.calculus.core import INPUT, inputs
from gradcli.claims import Derivation
from gradcli.errors import Diagnostic, GradcliError, Source, wrong
from gradcli.graph.node import Node
from gradcli.graph.shape import Letters, Shape, describe, fixed, sizes_of, tells
from gradcli.judge.finding import CheckOptions
from gradcli.language.documents.sections import Document
from gradcli.language.written import WrittenDerivation
from gradcli.notation.text import flat
from gradcli.reading import Place

BITS, MOST = 128, 64
"""Of a value that is looked at: its precision, and the entries that it may have."""


@dataclass(slots=True, eq=False)
class NameFact:
    """What a name is: `defined` or declared, its shape, its formula or set as text.

    `value` are its balls at the first point that gives all inputs, None without one; of `size`.
    """

    name: str
    defined: bool
    shape: Shape
    text: str
    value: Array | None = None
    size: Shape = ()

    def __repr__(self) -> str:
        return f"<{self.name} {'=' if self.defined else 'in'} {self.text}, {describe(self.shape)}>"


@question
def names(program: Source | str) -> dict[str, NameFact]:
    """Every input and every defined name of a derivation; GradcliError for mistakes in it."""
    source = program if isinstance(program, Source) else Source("<program>", program)
    read = graphs(Document(source, source.text, opening=False), CheckOptions(), Place())
    if len(read) > 1:
        raise wrong("G013", "names are those of one derivation, and here are more")
    [each] = read
    found = facts(each.made, each.givens)
    if errors := [*each.complaints, *each.made.errors, *each.givens.errors]:
        raise GradcliError(*errors)
    return found


class ReadDerivation(NamedTuple):
    """A derivation as it was read: its graphs, what they are given, what could not be read."""

    made: WrittenDerivation
    givens: Givens
    complaints: Sequence[Diagnostic]


@question
def graphs(document: Document, options: CheckOptions, place: Place) -> list[ReadDerivation]:
    """The derivations of a document, mistakes and all, of which none is judged."""
    found = []
    for each in derivations(document, options, place):
        made = each.case().shown
        found.append(ReadDerivation(made, each.givens, each.reading.complaints))
    return found


def facts(derivation: Derivation, givens: Givens) -> dict[str, NameFact]:
    """The names of graphs that were made; values are at the first point that gives all it needs."""
    found = {}
    named = {str(node.params[0]): node for node in derivation.spaces if node.op is INPUT}
    vertices = {**named, **{k: v for k, v in derivation.vertices.items() if k not in named}}
    known = {node: name for name, node in vertices.items()}
    for name, node in vertices.items():
        if name in named:
            text = derivation.spaces[node].text
        else:
            text = flat(node, {n: k for n, k in known.items() if n is not node})
        fact = NameFact(name, name not in named, node.shape, text)
        values, sizes = _point({str(x.params[0]): x for x in inputs(node)}, givens)
        fact.value, fact.size = _value(node, values, sizes)
        found[name] = fact
    return found


def _point(needed: Mapping[str, Node], givens: Givens) -> tuple[dict[Node, Array], dict[str, int]]:
    """The inputs' values at the first point that has one for each, and the sizes of letters."""
    for point in givens.values:
        if needed and needed.keys() <= point.keys():
            values = {node: point[name][None] for name, node in needed.items()}
            sizes: dict[str, int] = {}
            if all(tells(node.shape, v.shape[1:], sizes) for node, v in values.items()):
                return values, sizes
            break
    return {}, {}


def _value(
    node: Node, values: Mapping[Node, Array], sizes: Mapping[str, int]
) -> tuple[Array | None, Shape]:
    """The value and its shape; None without a point, without a value, and for many entries."""
    if not values:
        return None, ()
    try:
        with precision(BITS), work.part(0):
            shape = fixed(node.shape, sizes)
            if any(isinstance(dim, Letters) for dim in shape) or prod(sizes_of(shape)) > MOST:
                return None, ()
            return evaluate([node], BALL, values, sizes)[0][0, ...], shape
    except (GradcliError, work.TooMuchError, KeyError, ValueError, ArithmeticError):
        return None, ()
