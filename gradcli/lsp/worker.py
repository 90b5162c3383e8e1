"""A process that judges chunks, so that typing never waits: what is out of date is dropped.

Must not know documents or the protocol: chunks go in, pieces come out.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.connection import Connection
from threading import Condition, Event, Thread

from gradcli.judge.finding import CheckOptions
from gradcli.lsp.chunks import Chunk, Key
from gradcli.lsp.judging import Complaint, Piece, judge
from gradcli.reading import Place

SWITCH = 0.0005
"""Seconds after which one thread of the process lets the other go on."""
ENDED = "gradcli's own process ended while this was judged: please report the derivation"


@dataclass(frozen=True)
class Job:
    """A chunk to be judged, and under which options; paths in it start from `place`."""

    chunk: Chunk
    options: CheckOptions
    place: Place

    @property
    def name(self) -> tuple[Key, tuple[int, int]]:
        """What tells jobs apart."""
        return self.chunk.key, self.chunk.lines_before


class Worker:
    """The process, seen from outside. `told` is called in a thread with each piece.

    One that runs code does so in a process of its own; such a worker has to be closed.
    """

    def __init__(self, told: Callable[[Job, Piece], None], runs_code: bool = False) -> None:
        self._told, self._runs_code = told, runs_code
        self._jobs: list[Job] = []
        self._closed = self._running = False

    def _start(self) -> None:
        context = get_context("spawn")
        self._pipe, there = context.Pipe()
        self._process = context.Process(target=serve, args=(there,), daemon=not self._runs_code)
        self._process.start()
        there.close()
        self._running = True
        Thread(target=self._listen, args=(self._pipe,), daemon=True).start()

    def want(self, jobs: Sequence[Job]) -> None:
        """These, in this order, and nothing else any longer."""
        self._jobs = [*jobs]
        if not (jobs or self._running):
            return
        if not self._running:
            self._start()
        # Where the process has ended the listener sees it, and starts it anew.
        with suppress(OSError):
            self._pipe.send(self._jobs)

    def close(self) -> None:
        """End the process."""
        self._closed = True
        if self._running:
            self._process.kill()
            self._process.join()

    def _listen(self, pipe: Connection) -> None:
        while True:
            try:
                job, piece = pipe.recv()
            except (EOFError, OSError):
                break
            if piece.final:
                self._jobs = [each for each in self._jobs if each.name != job.name]
            self._told(job, piece)
        if not self._closed:
            self._again()

    def _again(self) -> None:
        """It has died of the first job, which is not tried once more."""
        first, rest = self._jobs[:1], self._jobs[1:]
        self._start()
        self.want(rest)
        for job in first:
            start = job.chunk.own_start
            mark = Complaint(start, start, "error", "G900", ENDED)
            self._told(job, Piece([mark], lines=job.chunk.lines_before))


def serve(pipe: Connection) -> None:
    """In the process: judge what is wanted until nobody asks; what is printed goes nowhere."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nowhere, descriptor)
    # What is refuted is sent while its mend is searched for in another thread.
    sys.setswitchinterval(SWITCH)
    with suppress(OSError, KeyboardInterrupt):
        Queue(pipe).run()


class Queue:
    """What is wanted by now, as one thread hears of it; another judges, until that is not wanted.

    `jobs` is None as soon as nobody asks any longer.
    """

    def __init__(self, pipe: Connection) -> None:
        self._pipe = pipe
        self._jobs: list[Job] | None = []
        self._news = Condition()
        self._now: Job | None = None
        self._cancel = Event()

    def run(self) -> None:
        """Until the pipe ends."""
        Thread(target=self._listen, daemon=True).start()
        while (job := self._next()) is not None:
            for piece in judge(job.chunk, job.options, job.place, self._cancel):
                if piece.final:
                    self._done(job)
                self._pipe.send((job, piece))

    def _listen(self) -> None:
        jobs: list[Job] | None = []
        while jobs is not None:
            try:
                jobs = self._pipe.recv()
            except (EOFError, OSError):
                jobs = None
            with self._news:
                self._jobs = jobs
                if self._now and not any(each.name == self._now.name for each in jobs or ()):
                    self._cancel.set()
                self._news.notify()

    def _next(self) -> Job | None:
        with self._news:
            self._news.wait_for(lambda: self._jobs != [])
            self._now = self._jobs[0] if self._jobs else None
            self._cancel.clear()
            return self._now

    def _done(self, job: Job) -> None:
        with self._news:
            self._now = None
            if self._jobs:
                self._jobs = [each for each in self._jobs if each.name != job.name]
