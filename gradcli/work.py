"""How much work one question may take: operations and memory, counted before they are spent.

Must not know what is counted, nor a clock: the same text comes to the same end on every machine.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from math import inf

from gradcli.errors import SMALLER, TOO_MUCH, Diagnostic, GradcliError

LIMIT = 4_000_000
"""Operations, if nobody says otherwise: some seconds of work. One is an exact number."""
BYTES = 125
"""Memory for each operation of the limit."""
VERTEX, POINT, DRAWN = 20, 40, 20
"""Operations of a vertex that is made, of a point that is tried, of a number that is drawn."""
SHOWN, COMPARED = 2, 1
"""Operations of an exact number that is put into a report, and of two that are compared."""
COMPLAINT = 200
"""Operations of a complaint that is written down, with the line that it is about."""
CROSSING = 15
"""Operations of a zero on a line, beside which a point of few digits is sought."""
PAIR = 300
"""Operations of two sides that are judged, of which a loop has one at each turn."""
WRITTEN = 10
"""Operations of a character of a formula that is found, written down and read again."""
VISITED, DOUBLES = 4, 1024
"""Vertices that are visited, and doubles that are computed, for one operation."""
FUNCTION, PLAIN = 3, 4
"""In a large array operations of a function of an exact number, and exact numbers that are no more
than added, multiplied or moved for one operation."""
CALL = 4
"""Operations of one pass over an array, however small."""
NUMBER = 80
"""Bytes of an exact number."""
RANGE = 4
"""Operations of the range of an entry."""
MOST = 10**100
"""More than there is of anything; a size may be written that no float can hold."""


class TooMuchError(GradcliError):
    """A question needs more than its limit; exit code 2."""

    def __init__(self, message: str) -> None:
        super().__init__(Diagnostic(TOO_MUCH, message, help=f"{SMALLER}; --limit raises it"))


class Account:
    """What is left of a limit, and what was spent on which kind of work."""

    def __init__(self, limit: float) -> None:
        self.limit = self.left = limit
        self.floor = 0.0
        self.spent: dict[str, float] = defaultdict(float)
        self.parts: dict[int, Account] | None = None

    def spend(self, amount: float, kind: str) -> None:
        """Count operations before they are done. TooMuchError where they are more than is left."""
        amount = min(amount, MOST)
        self.left -= amount
        self.spent[kind] += amount
        if self.left < self.floor:
            if self.floor:
                # What is refused is not done: it costs the share, and not what others need.
                self.left = self.floor
            raise self._exceeded(amount, kind)

    def hold(self, size: float, what: str) -> None:
        """TooMuchError where bytes are more than may be held at a time."""
        size = min(size, MOST)
        if size > self.limit * BYTES:
            most = self.limit * BYTES
            raise TooMuchError(f"{what} take {_mb(size)}, and the limit is {_mb(most)}")

    def _exceeded(self, amount: float, kind: str) -> TooMuchError:
        most = f"the limit is {self.limit:,.0f}"
        if amount > self.limit:
            return TooMuchError(f"{kind} take {amount:,.0f} operations, and {most}")
        most_of_it = sorted(self.spent.items(), key=lambda item: -item[1])[:2]
        parts = ", ".join(f"{n:,.0f} are {k}" for k, n in most_of_it)
        return TooMuchError(f"this takes too many operations: {most}; of these {parts}")


def _mb(size: float) -> str:
    return f"{size / 2**20:,.0f} MiB"


current = Account(inf)
"""Who pays now. Questions are asked one at a time (`api` holds a lock), so there is one."""
_limit: ContextVar[int] = ContextVar("limit", default=LIMIT)


class Cancelled(BaseException):
    """Nobody waits for the answer; no Exception, so that no handler on the way keeps it."""


def _go_on() -> None:
    """Whoever asked still waits."""


_asked: Callable[[], None] = _go_on


@contextmanager
def interruptible(ask: Callable[[], None]) -> Iterator[None]:
    """Within this `ask` is called between claims, sizes and mends; what it raises ends the work.

    It raises what is no Exception, such as Cancelled.
    """
    global _asked  # noqa: PLW0603 as the account
    before, _asked = _asked, ask
    try:
        yield
    finally:
        _asked = before


def pause() -> None:
    """The moment at which work may be ended."""
    _asked()


def limit() -> int:
    """The operations that a question may take here."""
    return _limit.get()


@contextmanager
def limited(operations: int | None) -> Iterator[None]:
    """Within this, so many operations are the limit of each question; None leaves it as it is."""
    token = _limit.set(operations or _limit.get())
    try:
        yield
    finally:
        _limit.reset(token)


def asked() -> bool:
    """Whether a question is under way."""
    return current.limit < inf


@contextmanager
def question() -> Iterator[None]:
    """Within this a new account is paid from, which has the whole limit."""
    account = Account(_limit.get())
    account.parts = {}
    with _paid_from(account):
        yield


@contextmanager
def part(key: int) -> Iterator[None]:
    """Within this the account of a part of a question pays, so that no part costs another.

    The same key has the same account; a part of a part has none of its own.
    """
    if current.parts is None:
        yield
        return
    with _paid_from(current.parts.setdefault(key, Account(current.limit))):
        yield


@contextmanager
def at_most(share: float) -> Iterator[None]:
    """Within this no more than a share of the limit is used up; what would take more ends early.

    For what may be left out: the rest of the question has the rest of the limit.
    """
    account, before = current, current.floor
    account.floor = max(before, account.limit * (1 - share))
    try:
        yield
    except TooMuchError:
        if account.left < before:
            raise
    finally:
        account.floor = before


@contextmanager
def _paid_from(account: Account) -> Iterator[None]:
    global current  # noqa: PLW0603 a context variable would cost every vertex its look-up
    before, current = current, account
    try:
        yield
    finally:
        current = before
