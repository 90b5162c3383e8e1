"""Engines: executors that run one function on many things, here or on other machines.

Must not know what is run. An executor is one of `concurrent.futures`, or has its `submit`.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, Protocol, TypeVar

from gradcli.errors import wrong
from gradcli.version import __version__

T = TypeVar("T")
R = TypeVar("R")
NAMES = "dask  for a cluster on this machine, or  dask://HOST:PORT"


class Executor(Protocol):
    """What runs a function elsewhere."""

    def submit(self, function: Callable[..., Any], /, *args: Any) -> Any:
        """A future, whose `result` waits for what the function returns or raises."""


@contextmanager
def threads(workers: int = 0) -> Iterator[tuple[Executor, int]]:
    """An executor in this process, and how many things it does at a time: one a core by default."""
    from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415 seldom asked

    count = workers or os.cpu_count() or 1
    pool = ThreadPoolExecutor(count)
    try:
        yield pool, count
    finally:
        pool.shutdown(cancel_futures=True)


@contextmanager
def named(name: str) -> Iterator[tuple[Executor, int]]:
    """The executor of `dask` or `dask://HOST:PORT`; GradcliError (G401) for another name.

    Its workers have to see the same files by the same paths, and the same version of gradcli.
    """
    kind, _, place = name.partition("://")
    if kind != "dask" or name.endswith("://"):
        raise wrong("G401", f"--engine: there is no engine {name}", help=f"write  {NAMES}")
    try:
        from distributed import Client, LocalCluster  # noqa: PLC0415
    except ImportError:
        help = 'install it:  pip install "gradcli[dask]"'
        raise wrong("G401", "--engine dask needs dask.distributed", help=help) from None
    with _connected(Client, LocalCluster, place) as client:
        _require_workers(client, place or "this machine")
        yield client.get_executor(pure=False), sum(client.nthreads().values())


def _require_workers(client: Any, place: str) -> None:
    """GradcliError (G401) where nobody would ever answer, or another gradcli would."""
    try:
        found = {*client.run(version).values()}
    except ImportError:
        message = f"--engine: the workers at {place} have no gradcli"
        raise wrong("G401", message, help="install the same version there") from None
    if not found:
        message = f"--engine: the scheduler at {place} has no workers"
        raise wrong("G401", message, help=f"start some:  dask worker {place}")
    if others := found - {__version__}:
        message = f"--engine: the workers at {place} have gradcli {', '.join(sorted(others))}"
        raise wrong("G401", message, help=f"this is {__version__}: install the same there")


def version() -> str:
    """The version of gradcli where this is run."""
    return __version__


@contextmanager
def _connected(client: Any, cluster: Any, place: str) -> Iterator[Any]:
    if not place:
        # A thread a worker: numbers in balls share one context in a process.
        with (
            cluster(n_workers=os.cpu_count() or 1, threads_per_worker=1, dashboard_address=None)
            as local, client(local) as connected
        ):  # fmt: skip
            yield connected
        return
    try:
        connected = client(f"tcp://{place}", timeout=10)
    except (OSError, ValueError, TimeoutError):
        message = f"--engine: no scheduler answers at {place}"
        raise wrong("G401", message, help="start one:  dask scheduler") from None
    with connected:
        yield connected


def in_order(
    executor: Executor, ahead: int, function: Callable[[T], R], items: Iterable[T]
) -> Iterator[R]:
    """What a function makes of every item, in their order, so many of them under way at a time.

    What one of them raises is raised where its turn comes, and nothing is begun after it.
    """
    waiting: deque[Any] = deque()
    try:
        for item in items:
            waiting.append(executor.submit(function, item))
            if len(waiting) >= ahead:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        for future in waiting:
            future.cancel()
