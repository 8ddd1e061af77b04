"""The files of one tree, read by several processes: the same answer in the same order for any number of them.

The processes are forked, so that they have the tree and the tables without reading or building them again.
What they say comes back as bytes that msgspec decodes strictly. One that dies (killed for memory) or sits on
one file for too long costs that file and nothing else: the file becomes a gap, the rest is read by another.
"""

from __future__ import annotations

import gc
import mmap
import multiprocessing
import os
import signal
import struct
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from multiprocessing.connection import Connection, wait
from typing import Protocol

import msgspec

from gauger.core.inventory import Location
from gauger.core.judgement import Gap
from gauger.scan.leads import Lead
from gauger.scan.reading import Reader, Reading

_CHUNK_BYTES = 1 << 20
_CHUNK_FILES = 250
_ENTRY_BYTES = 256
"""What looking at a file costs besides its bytes, in bytes: it keeps chunks of tiny files short."""
_ALONE_FILES = 300
_ALONE_BYTES = 3 << 20
_MOST_JOBS = 16
_COLLECT_AFTER = (100_000, 20, 20)
"""Syntax trees are many small objects without cycles: looking for cycles less often saves a fifteenth."""
_SLOT = struct.Struct("=qd")
_GRACE = 1.5
_PATIENCE_S = 5.0
"""Beyond `parse_s` and half as much again: a process that stops by itself is not killed."""
Progress = Callable[[int, int], None]


class Task(msgspec.Struct, frozen=True):
    """What a process is to do: look at files, search waiting ones for names, or read what has waited."""

    first: tuple[int, ...] = ()
    search: tuple[int, ...] = ()
    leads: tuple[Lead, ...] = ()
    again: tuple[tuple[int, tuple[int, ...]], ...] = ()


class Done(msgspec.Struct, frozen=True):
    """What came of a task.

    Attributes:
        readings: Files of which there is something to say.
        found: Files in which a name may be defined, with the numbers of the leads.
        opened: Files that were opened.
        ranged_bytes: Bytes read of large files.
    """

    readings: tuple[Reading, ...] = ()
    found: tuple[tuple[int, tuple[int, ...]], ...] = ()
    opened: tuple[str, ...] = ()
    ranged_bytes: int = 0


class Crew(Protocol):
    """Somebody who does tasks."""

    def do(self, tasks: Sequence[Task], progress: Progress) -> Iterator[Done]:
        """What came of each, in any order."""
        ...

    def close(self) -> None:
        """End the processes, if there are any."""
        ...


def jobs_for(asked: int | None, files: int, size_bytes: int) -> int:
    """With how many processes is a tree of this size read?

    Args:
        asked: What the caller wants; None for as many as there are usable cores, and one for a small tree,
            which is read before a second process is ready.
        files: How many.
        size_bytes: Of all of them.
    """
    if asked is not None:
        return max(1, min(asked, _MOST_JOBS * 4))
    if files < _ALONE_FILES or (size_bytes < _ALONE_BYTES and files < _ALONE_FILES * 4):
        return 1
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else (os.cpu_count() or 1)
    return min(usable, _MOST_JOBS)


def chunks(reader: Reader, indexes: Sequence[int]) -> Iterator[tuple[int, ...]]:
    """These files in groups of about the same work."""
    group: list[int] = []
    size = 0
    for index in indexes:
        group.append(index)
        size += min(reader.tree.size_bytes(reader.tree.paths[index]), _CHUNK_BYTES) + _ENTRY_BYTES
        if size >= _CHUNK_BYTES or len(group) >= _CHUNK_FILES:
            yield tuple(group)
            group, size = [], 0
    if group:
        yield tuple(group)


def perform(reader: Reader, task: Task, at: Callable[[int], None] = lambda _: None) -> Done:
    """Do one task in this process.

    Args:
        reader: Reads files.
        task: What to do.
        at: Told which file is next, -1 at the end.
    """
    before, ranged = reader.tree.opened, reader.tree.ranged_bytes
    reader.tree.opened = set()
    readings = []
    for index in task.first:
        at(index)
        reading = reader.first(index)
        if reading is not None:
            readings.append(reading)
    found = reader.search(task.search, task.leads) if task.search else []
    for index, collectors in task.again:
        at(index)
        readings.append(reader.again(index, collectors))
    at(-1)
    opened = tuple(sorted(reader.tree.opened))
    reader.tree.opened = before
    return Done(tuple(readings), tuple(found), opened, reader.tree.ranged_bytes - ranged)


class Alone:
    """This process, with nobody beside it."""

    def __init__(self, reader: Reader) -> None:
        self.reader = reader

    def do(self, tasks: Sequence[Task], progress: Progress) -> Iterator[Done]:
        """See `Crew.do`."""
        total = sum(_weight(task) for task in tasks)
        done = 0
        for task in tasks:
            yield perform(self.reader, task)
            done += _weight(task)
            progress(done, total)

    def close(self) -> None:
        """See `Crew.close`."""


class _Worker:
    """One process, as its parent sees it."""

    def __init__(self, reader: Reader) -> None:
        context = multiprocessing.get_context("fork")
        self.conn, theirs = context.Pipe()
        self.clock = mmap.mmap(-1, _SLOT.size)
        self.process = context.Process(
            target=_serve, args=(theirs, self.conn, reader, self.clock), daemon=True
        )
        self.process.start()
        theirs.close()
        self.task: Task | None = None

    def give(self, task: Task) -> None:
        self.task = task
        self.conn.send_bytes(msgspec.msgpack.encode(task))

    def stands_at(self) -> tuple[int, float]:
        """At which file, and since when; -1 at none."""
        index, since = _SLOT.unpack(self.clock[: _SLOT.size])
        return index, since

    def end(self) -> None:
        self.process.kill()
        self.process.join()
        self.conn.close()
        self.clock.close()


class Pool:
    """Several processes.

    Args:
        reader: Reads files; each process has its own copy.
        jobs: How many.
    """

    def __init__(self, reader: Reader, jobs: int) -> None:
        self.reader = reader
        self.workers = [_Worker(reader) for _ in range(jobs)]
        self.patience_s = reader.limits.parse_s * _GRACE + _PATIENCE_S

    def do(self, tasks: Sequence[Task], progress: Progress) -> Iterator[Done]:
        """See `Crew.do`."""
        queue = deque(tasks)
        total, done = sum(_weight(task) for task in tasks), 0
        while queue or any(worker.task for worker in self.workers):
            for worker in self.workers:
                if worker.task is None and queue:
                    self._give(worker, queue)
            for worker in self._ready():
                task, worker.task = worker.task, None
                answer = self._answer(worker)
                if answer is None:
                    assert task is not None  # noqa: S101 - only workers with a task are waited for
                    gap, rest = self._after(worker, task)
                    done += 1
                    queue.extendleft(rest)
                    yield gap
                else:
                    done += _weight(task)
                    yield answer
                progress(done, total)

    def _give(self, worker: _Worker, queue: deque[Task]) -> None:
        task = queue.popleft()
        try:
            worker.give(task)
        except OSError:  # it died between two tasks: a fresh one takes its place
            self._replace(worker).give(task)

    def _ready(self) -> list[_Worker]:
        """Those who have answered, have died, or have been too long at one file."""
        busy = {worker.conn: worker for worker in self.workers if worker.task is not None}
        ready = [busy[conn] for conn in wait(list(busy), timeout=0.5) if isinstance(conn, Connection)]
        if ready:
            return ready
        now = time.monotonic()
        late = []
        for worker in busy.values():
            index, since = worker.stands_at()
            if index >= 0 and now - since > self.patience_s:
                worker.process.kill()
                late.append(worker)
        return late

    def _answer(self, worker: _Worker) -> Done | None:
        try:
            return msgspec.msgpack.decode(worker.conn.recv_bytes(), type=Done)
        except (EOFError, OSError):
            return None

    def _after(self, worker: _Worker, task: Task) -> tuple[Done, list[Task]]:
        """A gap for the file at which the process ended, and what is left of its task."""
        index, since = worker.stands_at()
        waited = time.monotonic() - since
        self._replace(worker)
        if index < 0:
            index = next(iter((*task.first, *(i for i, _ in task.again), *task.search)), 0)
        path = self.reader.tree.paths[index]
        detail = (
            f"parse_s: given up after {self.reader.limits.parse_s:g} seconds"
            if waited > self.patience_s
            else "the process that read it was ended by the system, most likely for want of memory"
        )
        place = Location(path=path)
        gap = Gap(
            part="walk", reason="limit-exceeded", location=place, detail=detail, touches=(f"uses in {path}",)
        )
        first = tuple(i for i in task.first if i != index)
        again = tuple(pair for pair in task.again if pair[0] != index)
        rest = [msgspec.structs.replace(task, first=first, again=again)]
        if task.search:
            rest = [msgspec.structs.replace(task, search=tuple(i for i in task.search if i != index))]
        left = [one for one in rest if _weight(one)]
        return Done(readings=(Reading(index, gaps=(gap,)),)), left

    def _replace(self, worker: _Worker) -> _Worker:
        worker.end()
        fresh = _Worker(self.reader)
        self.workers[self.workers.index(worker)] = fresh
        return fresh

    def close(self) -> None:
        """See `Crew.close`."""
        for worker in self.workers:
            worker.end()
        self.workers = []


def crew(reader: Reader, jobs: int) -> Crew:
    """Who does the tasks: this process, or so many others where the system can fork."""
    if jobs > 1 and "fork" in multiprocessing.get_all_start_methods():
        return Pool(reader, jobs)
    return Alone(reader)


def _weight(task: Task | None) -> int:
    return len(task.first) + len(task.again) + len(task.search) if task is not None else 0


def _serve(conn: Connection, parents: Connection, reader: Reader, clock: mmap.mmap) -> None:
    """The life of one process: a task, an answer, until the parent goes away."""
    parents.close()
    for number in (signal.SIGTERM, getattr(signal, "SIGHUP", signal.SIGTERM)):
        signal.signal(number, signal.SIG_DFL)  # what there is to tidy up is the parent's
    gc.freeze()
    gc.set_threshold(*_COLLECT_AFTER)

    def at(index: int) -> None:
        clock[: _SLOT.size] = _SLOT.pack(index, time.monotonic())

    at(-1)
    decoder = msgspec.msgpack.Decoder(Task)
    encoder = msgspec.msgpack.Encoder()
    while True:
        try:
            task = decoder.decode(conn.recv_bytes())
            conn.send_bytes(encoder.encode(perform(reader, task, at)))
        except (EOFError, OSError, KeyboardInterrupt):
            return
