"""Derivations verified claim by claim: findings as they come, until nobody wants more.

Must not know files, terminals or formats.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import contextmanager
from contextvars import copy_context
from queue import SimpleQueue
from threading import Event, Thread

from gradcli import work
from gradcli.api.derivations import check_text
from gradcli.api.question import question
from gradcli.api.remembered import MEMORY, Cache
from gradcli.errors import Source
from gradcli.judge.finding import CheckOptions, FileReport, Finding
from gradcli.language.documents.sections import Document
from gradcli.reading import Place


def check_iter(
    text: Source | Document,
    options: CheckOptions,
    *,
    markdown: bool = False,
    place: Place | None = None,
    cache: Cache = MEMORY,
    cancel: Event | None = None,
) -> Generator[Finding, None, FileReport | None]:
    """Each finding as soon as its verdict stands; the report is what the generator returns.

    The mend of a refuted claim is searched for when its derivation has been judged: the finding has
    it from then on. A derivation is judged in a thread of its own, which goes on while the caller
    looks at a finding. Closing the generator ends it, as does `cancel` when it is set: that is
    asked between claims, sizes and mends that are tried, and the generator returns None.
    """
    found: SimpleQueue[Finding | FileReport | BaseException] = SimpleQueue()
    closed = Event()

    @question
    def judged() -> FileReport:
        with until(closed, cancel):
            return check_text(
                text, options, markdown=markdown, place=place, heard=found.put, cache=cache
            )

    def judge() -> None:
        try:
            with work.limited(options.limit):
                found.put(judged())
        except BaseException as error:
            found.put(error)

    Thread(target=copy_context().run, args=(judge,), daemon=True).start()
    try:
        while True:
            each = found.get()
            if isinstance(each, Finding):
                yield each
            elif isinstance(each, FileReport):
                return each
            elif isinstance(each, work.Cancelled):
                return None
            else:
                raise each
    finally:
        closed.set()


@contextmanager
def until(*events: Event | None) -> Iterator[None]:
    """Within a question, work ends (work.Cancelled) as soon as one of these is set."""

    def ask() -> None:
        if any(event is not None and event.is_set() for event in events):
            raise work.Cancelled

    with work.interruptible(ask):
        yield
