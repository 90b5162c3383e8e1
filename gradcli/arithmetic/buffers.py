"""Double precision without waste: freed arrays written again, and large batches in cached blocks.

Must not know what is computed: it replaces NumPy's allocations, never its arithmetic.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from sys import getrefcount
from typing import Any

import numpy as np

from gradcli.arithmetic.base import Array

BLOCK = 65_536
SMALLEST = 4 * BLOCK
POOLED = 32_768
STOCK = 8
UFUNCS = {
    "add": "add", "sub": "subtract", "mul": "multiply", "div": "true_divide", "neg": "negative",
    "exp": "exp", "log": "log", "sin": "sin", "cos": "cos", "tanh": "tanh", "sqrt": "sqrt",
    "expm1": "expm1", "log1p": "log1p", "abs": "abs", "sign": "sign", "logaddexp": "logaddexp",
}  # fmt: skip
"""Elementwise ops that NumPy writes into what it is given, and its names for them."""


def _held_once() -> int:
    """What `getrefcount` says in a loop over a list that alone holds an object.

    Not every version of Python counts the argument of a call: from 3.14 on it is borrowed.
    """
    for held in [object()]:
        return getrefcount(held)
    raise AssertionError


HELD_ONCE = _held_once()


def ufunc(op: str) -> np.ufunc | None:
    """NumPy's function for an op, if it writes into what it is given."""
    return getattr(np, UFUNCS[op]) if op in UFUNCS else None


class Pool:
    """Arrays that nothing refers to any more, to be written again: the latest, for few are asked.

    The others go back to the system, so that what is free never takes more than what is held.
    """

    def __init__(self) -> None:
        self.free: deque[Array] = deque(maxlen=STOCK)

    def give(self, arrays: list[Array]) -> None:
        """Take back those that nobody else holds: only the list and what follows refer to them."""
        for array in arrays:
            if _owned(array) and getrefcount(array) <= HELD_ONCE:
                self.free.append(array)

    def take(self, arrays: list[Array], held: int) -> Array | None:
        """An array to write the elementwise result of these into: one of them, or a free one.

        `held` is how many lists hold the arrays: what nothing else refers to may be overwritten.
        """
        if not any(map(_owned, arrays)):
            return None
        shape = np.broadcast_shapes(*(a.shape for a in arrays))
        for array in arrays:
            if array.shape == shape and _owned(array) and getrefcount(array) < HELD_ONCE + held:
                return array
        for place, array in enumerate(self.free):
            if array.shape == shape:
                del self.free[place]
                return array
        return None


def _owned(array: Array) -> bool:
    """Whether it is large, of doubles, and owns its memory."""
    return array.nbytes >= 8 * POOLED and array.base is None and array.dtype == np.float64


Step = tuple[Callable[..., Any], tuple[int, ...], int, bool]


def blockwise(
    steps: Sequence[Step], slots: int, given: Mapping[int, Array], wanted: Sequence[int], batch: int
) -> list[Array]:
    """Run elementwise steps over a batch, block by block on every core, in reused buffers.

    A step is `(function, argument slots, result slot, takes out)`; `given` fills slots with arrays
    of the batch's length or of 1, `wanted` names the slots that are returned.
    """
    outputs = [np.empty(batch) for _ in wanted]
    place = dict(zip(wanted, outputs, strict=True))
    fixed = {slot: a for slot, a in given.items() if len(a) == 1}
    moving = {slot: a for slot, a in given.items() if len(a) != 1}
    shelf = _shelved(steps, place)

    def work(first: int, last: int) -> None:
        buffers: list[Any] = [None] * slots
        shelves = [np.empty(BLOCK) for _ in range(1 + max(shelf.values(), default=-1))]
        for slot, array in fixed.items():
            buffers[slot] = array
        for start in range(first, last, BLOCK):
            stop = min(start + BLOCK, last)
            for slot, array in moving.items():
                buffers[slot] = array[start:stop]
            for function, arguments, slot, takes_out in steps:
                inputs = [buffers[a] for a in arguments]
                if takes_out:
                    target = place[slot][start:] if slot in place else shelves[shelf[slot]]
                    buffers[slot] = function(*inputs, out=target[: stop - start])
                else:
                    buffers[slot] = function(*inputs)
            for slot, array in place.items():
                if buffers[slot].base is not array:
                    array[start:stop] = buffers[slot]

    workers = max(1, min(os.cpu_count() or 1, batch // SMALLEST))
    if workers == 1:
        work(0, batch)
        return outputs
    share = -(-batch // workers // BLOCK) * BLOCK
    from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415 seldom asked

    bounds = [(k, min(k + share, batch)) for k in range(0, batch, share)]
    with ThreadPoolExecutor(workers) as pool:
        for done in [pool.submit(_quietly, work, *pair) for pair in bounds]:
            done.result()
    return outputs


def _shelved(steps: Sequence[Step], place: Mapping[int, Array]) -> dict[int, int]:
    """Which buffer each result is kept in: one that is read for the last time is written again."""
    last = {a: k for k, (_, arguments, _, _) in enumerate(steps) for a in arguments}
    for _, arguments, slot, takes_out in reversed(steps):
        if not takes_out:
            # What a plain function returns may be its argument itself, as a copy's value is.
            last |= {a: max(last[a], last.get(slot, len(steps))) for a in arguments}
    shelf: dict[int, int] = {}
    free: list[int] = []
    for k, (_, arguments, slot, takes_out) in enumerate(steps):
        free += [shelf[a] for a in set(arguments) if a in shelf and last[a] == k]
        if takes_out and slot not in place:
            shelf[slot] = free.pop() if free else len(set(shelf.values()))
    return shelf


def _quietly(work: Callable[[int, int], None], first: int, last: int) -> None:
    with np.errstate(all="ignore"):
        work(first, last)
