"""Claims of one turn of a loop, which together say as much as one about what the loop makes.

Must not know how they follow from the text, nor how they are proved.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TypeAlias

from gradcli.claims import Derivation, Pair
from gradcli.graph.shape import Shape
from gradcli.proof.needs import granted
from gradcli.proof.valued import valued
from gradcli.trial.sample_space import SampleSpace

Turns: TypeAlias = tuple[Iterable[Derivation], bool]
"""Derivations of a claim each, and whether these say as much as one in a loop only where all that
they are made of has a value."""


def each_claim(
    derivations: Iterable[Derivation], needs_values: bool, seed: int
) -> Iterator[tuple[Pair, SampleSpace] | None]:
    """The pair of each derivation, and where it is to be tried; None for one that says nothing."""
    for derivation in derivations:
        pairs = [pair for claimed in derivation.claims.values() for pair in claimed.pairs]
        if derivation.errors or len(pairs) != 1:
            yield None
            continue
        (pair,) = pairs
        says = not needs_values or valued(pair, derivation.spaces)
        if not (says and pair.fits({}) and granted(pair, derivation.uncounted)):
            yield None
            continue
        dimensions = derivation.dimensions
        spaces, letters = derivation.spaces, derivation.letters
        yield pair, SampleSpace(spaces, letters, seed=seed, dimensions=dimensions)


def even_shapes(derivations: Sequence[Derivation]) -> dict[str, Shape]:
    """The shapes of vertices, of a family's members by its name, where all of these agree.

    So no size stands in one that the derivations have unlike one another.
    """
    found: dict[str, Shape] = {}
    varying: set[str] = set()
    for derivation in derivations:
        for title, node in derivation.vertices.items():
            text = title.partition("[")[0]
            if found.setdefault(text, node.shape) != node.shape:
                varying.add(text)
    return {text: shape for text, shape in found.items() if text not in varying}
