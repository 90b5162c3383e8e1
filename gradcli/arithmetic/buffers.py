"""Double precision without waste: memory that stays at hand, and large arrays in cached blocks.

Must not know what is computed: it replaces NumPy's allocations, never its arithmetic.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from math import prod
from typing import Any

import numpy as np

from gradcli.arithmetic.base import Array

BLOCK = 65_536
SHARE = 4 * BLOCK
LARGE = 4 * SHARE
"""Entries that go through a cache together, that are worth a thread, that are worth all this."""
KEPT = (32 << 20) // 8 - BLOCK
UFUNCS = {
    "add": "add", "sub": "subtract", "mul": "multiply", "div": "true_divide", "neg": "negative",
    "exp": "exp", "log": "log", "sin": "sin", "cos": "cos", "tanh": "tanh", "sqrt": "sqrt",
    "expm1": "expm1", "log1p": "log1p", "abs": "abs", "sign": "sign", "logaddexp": "logaddexp",
}  # fmt: skip
"""Elementwise ops that NumPy writes into what it is given, and its names for them."""


def ufunc(op: str) -> np.ufunc | None:
    """NumPy's function for an op, if it writes into what it is given."""
    return getattr(np, UFUNCS[op]) if op in UFUNCS else None


@cache
def keep_memory() -> None:
    """Have the C library keep what arrays leave free, where it is glibc's.

    What is larger than the largest array that has been freed so far goes back to the system at once
    and comes again page by page, which takes longer than most of what is written there. Beyond 32
    MiB glibc always does so.
    """
    np.empty(KEPT)


Step = tuple[Callable[..., Any], tuple[int, ...], int, bool]


def blockwise(
    steps: Sequence[Step], slots: int, given: Mapping[int, Array], into: Mapping[int, Array]
) -> None:
    """Run elementwise steps block by block on every core, in reused buffers.

    A step is `(function, argument slots, result slot, takes out)`; `given` fills slots with arrays
    that broadcast, axis by axis, to the one shape of `into`, where the results of slots are put.
    """
    shape = next(iter(into.values())).shape
    moving, fixed, place = _by_rows(shape, given, into)
    count, *rest = next(iter(place.values())).shape
    size = max(1, BLOCK // max(1, prod(rest)))
    shelf = _shelved(steps, place)

    def work(first: int, last: int) -> None:
        buffers: list[Any] = [None] * slots
        length = min(size, last - first)
        shelves = [np.empty((length, *rest)) for _ in range(1 + max(shelf.values(), default=-1))]
        for slot, array in fixed.items():
            buffers[slot] = array
        for start in range(first, last, size):
            stop = min(start + size, last)
            for slot, array in moving.items():
                buffers[slot] = array[start:stop]
            for function, arguments, slot, takes_out in steps:
                inputs = [buffers[a] for a in arguments]
                if takes_out:
                    target = place[slot][start:] if slot in place else shelves[shelf[slot]]
                    buffers[slot] = function(*inputs, out=target[: stop - start])
                else:
                    buffers[slot] = function(*inputs)
                    if slot in place:
                        place[slot][start:stop] = buffers[slot]

    workers = max(1, min(os.cpu_count() or 1, prod(shape) // SHARE))
    # What is a thread's share of something larger is not shared out again.
    if workers == 1 or threading.current_thread() is not threading.main_thread():
        work(0, count)
        return
    share = -(-count // workers // size) * size
    from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415 seldom asked

    bounds = [(k, min(k + share, count)) for k in range(0, count, share)]
    with ThreadPoolExecutor(workers) as threads:
        for done in [threads.submit(_quietly, work, *pair) for pair in bounds]:
            done.result()


Slots = dict[int, Array]


def _by_rows(
    shape: tuple[int, ...], given: Mapping[int, Array], into: Mapping[int, Array]
) -> tuple[Slots, Slots, Slots]:
    """What is cut along its first axis, what is the same for all of it, and where results go.

    Arrays are flat where all of them are whole, else without the axes of one entry in front.
    """
    whole = all(a.size == 1 or (a.shape == shape and a.flags.c_contiguous) for a in given.values())
    lead = (0,) * next((k for k, length in enumerate(shape) if length > 1), 0)
    views = [
        {slot: a.reshape(-1) if whole else a[lead] for slot, a in arrays.items()}
        for arrays in (given, into)
    ]
    moving = {slot: a for slot, a in views[0].items() if len(a) > 1}
    return moving, {slot: a for slot, a in views[0].items() if len(a) == 1}, views[1]


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
