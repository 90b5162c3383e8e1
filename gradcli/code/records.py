"""What every assignment of the code put under a name, and what of it the derivatives know.

Must not know which lines are wrong.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from gradcli.code.arrays import TrackedArray, entries, shaped
from gradcli.code.execution import CodeOutcome, midpoint
from gradcli.code.session import SESSIONS
from gradcli.code.sweep import Adjoints, below, parts
from gradcli.code.tracked import Tracked, is_infinite, lift

FORWARD, BACKWARD = "forward", "backward"
MOST = 4_000
"""Entries of a value that is looked at."""
Key = tuple[int, ...]


@dataclass(slots=True, eq=False)
class LineValue:
    """What stood under a name after a line: its numbers, none where nothing in it is tracked."""

    path: str
    line: int
    name: str
    numbers: list[Any]
    shape: tuple[int, ...]
    phase: str

    @property
    def bare_name(self) -> str:
        name = self.name.removeprefix("self.").removeprefix("ctx.")
        path, _, entry = name.partition("['")
        return entry.removesuffix("']") if entry else path


class LineRecorder:
    """Keeps what it is given, made anew, so that every value has vertices of its own.

    With `copies` an array under a second name is another array, which code that changes one of
    them in place would not bear.
    """

    def __init__(self, copies: bool = True) -> None:
        self.values: list[LineValue] = []
        self.copies = copies
        self._names: dict[int, str] = {}
        self._phase = ""

    def phase(self, name: str) -> None:
        self._phase = name

    def __call__(self, path: str, line: int, name: str, value: Any) -> Any:
        if not self._phase:
            return value
        if self.copies and isinstance(value, TrackedArray):
            if self._names.setdefault(id(value), name) != name:
                # A second name for an array: what is wrong with the one may be right of the other.
                value = value.copy()
            self._names[id(value)] = name
        anew, numbers, shape = _anew(value)
        self.values.append(LineValue(path, line, name, numbers, shape, self._phase))
        return anew

    def of(self, phase: str) -> Iterator[LineValue]:
        return (value for value in self.values if value.phase == phase)


def _anew(value: Any) -> tuple[Any, list[Any], tuple[int, ...]]:
    if isinstance(value, Tracked):
        return (again := _vertex(value)), [again], ()
    if isinstance(value, TrackedArray) and 0 < value.size <= MOST:
        numbers = entries(value)
        if any(isinstance(x, Tracked) for x in numbers):
            again = [_vertex(x) for x in numbers]
            whole = shaped(again, value.shape)
            with warnings.catch_warnings():  # of NumPy, of arrays that are broadcast
                warnings.simplefilter("ignore")
                shared = 0 in value.strides or not value.flags.writeable
            if shared:
                return whole, again, value.shape
            np.ndarray.__setitem__(value, ..., whole)
            return value, again, value.shape
    if isinstance(value, dict | list):
        keys = value.keys() if isinstance(value, dict) else range(len(value))
        found: list[Any] = []
        for key in list(keys):
            value[key], numbers, _ = _anew(value[key])
            found += numbers
        return value, found, ()
    return value, [], ()


def _vertex(x: Any) -> Any:
    if is_infinite(x) or (not isinstance(x, Tracked | int) and not np.isscalar(x)):
        return x
    x = lift(x)
    return Tracked(x.ball, x.residue, "same", (x,))


def key(numbers: Iterable[Any]) -> Key:
    """What equal functions share, entry by entry."""
    return tuple(-2 if is_infinite(x) else _residue_key(x) for x in numbers)


def _residue_key(x: Any) -> int:
    residue = lift(x).residue
    return -1 if residue is None else residue.key


@dataclass(slots=True)
class KnownValues:
    """Values that a line of the backward may have for a reason, by their keys.

    `adjoints` are those of the forward's names, `uses` the parts of these that one use each adds,
    `forward` the names' own values, `gradients` those that are asked for; `vertices` holds the
    adjoint of every number of the forward.
    """

    adjoints: dict[Key, str] = field(default_factory=dict)
    uses: dict[Key, str] = field(default_factory=dict)
    forward: dict[Key, str] = field(default_factory=dict)
    gradients: dict[Key, str] = field(default_factory=dict)
    named: dict[str, list[Sequence[Any]]] = field(default_factory=dict)
    vertices: set[int] = field(default_factory=set)
    inside: set[int] = field(default_factory=set)


def known(recorder: LineRecorder, outcome: CodeOutcome) -> KnownValues:
    """What the derivatives say of the names of the forward. The fields of the run are running."""
    found, adjoints = KnownValues(), outcome.adjoints
    for gradient in outcome.gradients:
        found.gradients.setdefault(key(gradient.true), gradient.name)
        found.named.setdefault(gradient.name, []).append(gradient.true)
        found.adjoints.setdefault(key(gradient.true), gradient.name)
    names = [(v.bare_name, v.numbers) for v in recorder.of(FORWARD) if v.numbers]
    names += [(name, entries(value)) for name, value in outcome.values.items()
              if isinstance(value, TrackedArray | Tracked)]  # fmt: skip
    for name, numbers in names:
        found.forward.setdefault(key(numbers), name)
        total = [adjoints.of(x) for x in numbers]
        if not any(isinstance(x, Tracked) and x.serial in adjoints.total for x in numbers):
            continue
        found.adjoints.setdefault(key(total), name)
        found.named.setdefault(name, []).append(total)
        for number, part in enumerate(_by_use(numbers, adjoints), 1):
            found.uses.setdefault(key(part), f"{name} (use {number})")
            found.named.setdefault(name, []).append(part)
    found.vertices = {
        _residue_key(x)
        for serial, x in adjoints.total.items()
        if not is_infinite(x) and not adjoints.numbers[serial].is_constant
    }
    found.inside = {_residue_key(x) for x in adjoints.numbers.values()}
    return found


def _by_use(numbers: Sequence[Any], adjoints: Adjoints) -> Iterator[list[Any]]:
    """The parts of an adjoint by the uses of the value, where every entry has as many."""
    uses = [adjoints.uses.get(x.serial, []) if isinstance(x, Tracked) else [] for x in numbers]
    if len({len(of_one) for of_one in uses}) == 1 and len(uses[0]) > 1:
        yield from ([of_one[k] for of_one in uses] for k in range(len(uses[0])))


def jacobian(outputs: Sequence[Any]) -> dict[int, Any]:
    """For every number below the outputs, their derivatives by it, as a vector of floats."""
    tracked = [x for x in outputs if isinstance(x, Tracked)]
    numbers = below(tracked)
    found: dict[int, Any] = {}
    for k, x in enumerate(outputs):
        if isinstance(x, Tracked):
            unit = np.zeros(len(outputs))
            unit[k] = 1.0
            found[x.serial] = found[x.serial] + unit if x.serial in found else unit
    SESSIONS[-1].tolerant = True
    for serial in sorted(numbers, reverse=True):
        z = numbers[serial]
        g = found.get(serial)
        if g is None or not z.args:
            continue
        for x, slope in parts(z, 1):
            part = g * midpoint(slope)
            found[x.serial] = found[x.serial] + part if x.serial in found else part
    return found
