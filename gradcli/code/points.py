"""Points at which code is run: exact rationals of the declared sets, and residues beside them.

Must not know how code is called, nor how a set is written. Sizes are chosen unequal, so that an
axis is not taken for another.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from fractions import Fraction
from math import prod
from random import Random
from typing import Any, TypeAlias

import numpy as np
from flint import fmpq

from gradcli.calculus.core import symbol
from gradcli.code.arrays import objects, shaped
from gradcli.code.scalars import meant
from gradcli.code.tracked import Tracked
from gradcli.graph.space import Space
from gradcli.proof.generic import generic_point
from gradcli.proof.residue import Residue
from gradcli.proof.residue_run import Run
from gradcli.trial.sampling import draw

Sizes: TypeAlias = Mapping[str, int]
MODERATE = (7, 13, 19, 25, 37, 43, 49)
"""Which points of a set are drawn: random ones of moderate size without special values."""
CHOICES = ((4, 3, 2, 5, 6, 7), (3, 2, 4, 6, 5, 8), (2, 4, 3, 5, 7, 6), (6, 4, 2, 8, 3, 5))
"""Sizes for the letters in order; where the code refuses some, the next are tried."""


@dataclass(frozen=True, slots=True)
class Declared:
    """The set of an input: its text, the letters in it, and the set for sizes of these."""

    text: str
    letters: tuple[str, ...]
    at: Callable[[Sizes], Space]


@dataclass(slots=True)
class CodeInputs:
    """What the forward is given: sets and data by name, in the order in which they were told."""

    given: dict[str, Any]
    spaces: dict[tuple[str, tuple[tuple[str, int], ...]], Space] = field(default_factory=dict)

    @property
    def letters(self) -> list[str]:
        found = (x.letters for x in self.given.values() if isinstance(x, Declared))
        return list(dict.fromkeys(letter for letters in found for letter in letters))

    def sizes(self) -> Iterator[dict[str, int]]:
        """Choices of sizes, one empty one where there are no letters."""
        letters = self.letters
        if not letters:
            yield {}
            return
        for choice in CHOICES:
            more = (choice[k % len(choice)] + k // len(choice) for k in range(len(letters)))
            yield dict(zip(letters, more, strict=True))

    def space(self, name: str, sizes: Sizes) -> Space | None:
        """The set of an input at these sizes; None for data."""
        declared = self.given[name]
        if not isinstance(declared, Declared):
            return None
        key = (name, tuple(sorted(sizes.items())))
        if key not in self.spaces:
            self.spaces[key] = declared.at(sizes)
        return self.spaces[key]

    def is_real(self, name: str, sizes: Sizes) -> bool:
        """Whether a gradient by this input is a thing to ask for."""
        space = self.space(name, sizes)
        return space is not None and space.kind != "onehot" and not space.scalars.whole


@dataclass(slots=True)
class CodePoint:
    """A real point: sizes, a seed, and the entries that are not as they were drawn.

    `positive` takes the sizes of all numbers, for code that needs positive ones.
    """

    sizes: Sizes
    seed: int
    positive: bool = False
    moved: dict[tuple[str, int], Fraction] = field(default_factory=dict)
    _drawn: dict[str, list[Fraction]] = field(default_factory=dict, init=False)

    def drawn(self, name: str, space: Space) -> list[Fraction]:
        """The entries of an input, row by row."""
        if name not in self._drawn:
            self._drawn[name] = self._draw(name, space)
        return self._drawn[name]

    def _draw(self, name: str, space: Space) -> list[Fraction]:
        number = MODERATE[self.seed % len(MODERATE)]
        found = draw(space, {}, number, Random(f"{self.seed} {name}"))
        values = [Fraction(int(x.p), int(x.q)) for x in found.ravel().tolist()]
        if self.positive and space.kind == "power" and not space.scalars.whole:
            values = [abs(x) for x in values]
        return [self.moved.get((name, k), x) for k, x in enumerate(values)]

    def cotangent(self, place: str, size: int) -> list[Fraction]:
        """The adjoint of an output, which the backward is given."""
        random = Random(f"{self.seed} {place}")
        drawn = [Fraction(2 * random.randint(-96, 96) + 1, 64) for _ in range(size)]
        return [self.moved.get((place, k), x) for k, x in enumerate(drawn)]


class RunInputs:
    """The numbers that one run is given: tracked ones with residues, or floats.

    `leaves` are the tracked numbers by input and position, `told` the inputs by name.
    """

    def __init__(
        self, inputs: CodeInputs, place: CodePoint, run: Run | None, floats: Any = None
    ) -> None:
        self.inputs, self.place, self.run, self.floats = inputs, place, run, floats
        self.leaves: dict[tuple[str, int], Tracked] = {}
        self.told: dict[str, Any] = {}

    def input(self, name: str) -> Any:
        """An input as the forward gets it."""
        self.told[name] = value = self._input(name)
        return value

    def _input(self, name: str) -> Any:
        space = self.inputs.space(name, self.place.sizes)
        if space is None:
            given = deepcopy(self.inputs.given[name])
            return given if self.floats is not None else exactly(given)
        values = self.place.drawn(name, space)
        shape = tuple(int(dim) for dim in space.shape)  # type: ignore[arg-type]
        if space.scalars.whole or space.kind == "onehot":
            whole = np.array([int(x) for x in values]).reshape(shape)
            return whole if shape else int(whole)
        if self.floats is not None:
            return self._float(values, shape)
        residues = self._residues(name, space, self.run)
        return self._tracked(name, values, residues, shape)

    def cotangent(self, place: str, like: Any) -> Any:
        """The adjoint of an output, of its structure."""
        if isinstance(like, list | tuple):
            return tuple(self.cotangent(f"{place}.{k}", x) for k, x in enumerate(like))
        shape = np.shape(like) if isinstance(like, np.ndarray) else ()
        size = prod(shape)
        values = self.place.cotangent(place, size)
        if self.floats is not None:
            return self._float(values, shape)
        drawn = [None if self.run is None else self.run.draw("input", place, k)
                 for k in range(size)]  # fmt: skip
        return self._tracked(place, values, drawn, shape)

    def again(self, run: Run, needed: Mapping[int, Tracked]) -> dict[int, Residue]:
        """The residues of those leaves that are needed, in another run."""
        names = {name for (name, _), leaf in self.leaves.items() if leaf.serial in needed}
        drawn = {}
        for name in names:
            space = None
            if name in self.inputs.given:
                space = self.inputs.space(name, self.place.sizes)
            count = sum(key == name for key, _ in self.leaves)
            if space is None:
                drawn[name] = [run.draw("input", name, k) for k in range(count)]
            else:
                drawn[name] = self._residues(name, space, run)
        return {
            leaf.serial: drawn[name][k]
            for (name, k), leaf in self.leaves.items()
            if leaf.serial in needed
        }

    def _float(self, values: Iterable[Fraction], shape: tuple[int, ...]) -> Any:
        found = np.array([float(x) for x in values], dtype=self.floats).reshape(shape)
        return found if shape else self.floats(found)

    def _residues(self, name: str, space: Space, run: Run | None) -> list[Any]:
        shape = tuple(int(dim) for dim in space.shape)  # type: ignore[arg-type]
        if run is None:
            return [None] * prod(shape)
        node = symbol(name, shape)
        scalars = space.scalars
        positive = space.kind == "power" and scalars.low is not None and _from_zero(space)
        found = generic_point({node: space}, {}, {}, run, {node} if positive else (), {})
        assert found is not None
        return found[node].ravel().tolist()

    def _tracked(
        self, name: str, values: list[Fraction], residues: list[Any], shape: tuple[int, ...]
    ) -> Any:
        numbers = [
            Tracked(fmpq(x.numerator, x.denominator), residue, "input")
            for x, residue in zip(values, residues, strict=True)
        ]
        self.leaves.update({(name, k): x for k, x in enumerate(numbers)})
        return shaped(numbers, shape) if shape else numbers[0]


def _from_zero(space: Space) -> bool:
    """Whether a set of an interval has positive numbers only."""
    low = space.scalars.low
    return low is not None and low.op.name == "number" and low.params[0] >= 0


def exactly(data: Any) -> Any:
    """Data with its floats as they were meant, within dictionaries, lists and tuples."""
    if isinstance(data, dict):
        return {key: exactly(value) for key, value in data.items()}
    if type(data) in (list, tuple):
        return type(data)(map(exactly, data))
    if isinstance(data, np.ndarray):
        return objects(data) if data.dtype.kind == "f" else data
    if isinstance(data, float | np.floating):
        return meant(data)
    return data
