"""One question at a time: a lock, a limit on its work, and FLINT's context as it was before.

Must not know what is asked.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from threading import RLock
from typing import ParamSpec, TypeVar

from gradcli import work
from gradcli.arithmetic.ball import precision

BITS, TERMS = 53, 10
"""Of FLINT's context, where a question says nothing else."""
OBJECTS = 20_000
"""So many are made before garbage is sought."""
P = ParamSpec("P")
R = TypeVar("R")
_lock = RLock()


def question(function: Callable[P, R]) -> Callable[P, R]:
    """A public function that may be called from any thread; what it calls is part of its question.

    FLINT's working precision belongs to the whole process, as the vertices of graphs do.
    """

    @wraps(function)
    def asked(*args: P.args, **kwargs: P.kwargs) -> R:
        with _lock:
            if work.asked():
                return function(*args, **kwargs)
            with work.question(), precision(BITS, TERMS), _seldom_collected():
                return function(*args, **kwargs)

    return asked


@contextmanager
def _seldom_collected() -> Iterator[None]:
    """Within this garbage is sought less often: a graph that grows is looked through in vain."""
    before = gc.get_threshold()
    if before[0]:
        gc.set_threshold(max(before[0], OBJECTS), *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)
