"""What do the collectors say of one file? Read at once, or left waiting; the same in every process."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import PurePosixPath
from types import FrameType

import ahocorasick_rs
import msgspec

from gauger.core.errors import GaugerError, LimitExceeded
from gauger.core.inventory import Location
from gauger.core.judgement import Gap
from gauger.core.limits import Limits
from gauger.core.plugin import gap_for, guarded
from gauger.scan.collector import Collected, FileView
from gauger.scan.first_look import FirstLook
from gauger.scan.leads import Lead
from gauger.scan.match import Matcher
from gauger.scan.tree import FolderTree
from gauger.scan.value_size import bounded

_KEPT_BYTES = 48 << 20
"""Text of waiting files that one process keeps, so that a search for names need not read them again."""


class Reading(msgspec.Struct, frozen=True):
    """What came of one file.

    Attributes:
        index: Its place in `FolderTree.paths`.
        collected: What the collectors said, each with its place in the registry; nothing for empty answers.
        gaps: What could not be read.
        waiting: Indexes of the collectors that want it and have not read it.
    """

    index: int
    collected: tuple[tuple[int, Collected], ...] = ()
    gaps: tuple[Gap, ...] = ()
    waiting: tuple[int, ...] = ()


class Reader:
    """Reads files of one tree.

    Args:
        tree: The admitted files.
        matcher: Who wants which.
        look: Who may wait; None for nobody: everything is read at once.
        limits: Bounds; `parse_s` is the time that all collectors of one file have together.
    """

    def __init__(self, tree: FolderTree, matcher: Matcher, look: FirstLook | None, limits: Limits) -> None:
        self.tree = tree
        self.matcher = matcher
        self.look = look
        self.limits = limits
        self._kept: dict[int, bytes] = {}
        self._room = _KEPT_BYTES

    def first(self, index: int) -> Reading | None:
        """What does this file say at first sight? None where nobody wants it or it says nothing."""
        path = self.tree.paths[index]
        gaps: list[Gap] = []
        wanting = self.matcher.numbers_by_path(path)
        data = self._small(path, gaps) if wanting else None
        if not gaps and self.matcher.magic_bytes:
            wanting = self._and_by_magic(path, wanting, gaps)
        waiting: tuple[int, ...] = ()
        if self.look is not None and data is not None and not gaps:
            waiting = self.look.waiting(data, wanting)
            if waiting:
                self._keep(index, data)
        chosen = [] if gaps else [number for number in wanting if number not in waiting]
        if not chosen:
            return Reading(index, (), tuple(gaps), waiting) if gaps or waiting else None
        return self._read(index, chosen, gaps, waiting)

    def again(self, index: int, collectors: Sequence[int]) -> Reading:
        """What do these collectors, which have waited, say of this file?"""
        return self._read(index, collectors, [], ())

    def _read(self, index: int, chosen: Sequence[int], gaps: list[Gap], waiting: tuple[int, ...]) -> Reading:
        path = self.tree.paths[index]
        view = FileView(path=PurePosixPath(path), tree=self.tree, limits=self.limits)
        collected: list[tuple[int, Collected]] = []
        for number in chosen:
            collector = self.matcher.collectors[number]

            def collect(collector: object = collector) -> Collected:
                with deadline(self.limits.parse_s, path):
                    return bounded(collector.collect(view))  # type: ignore[attr-defined]

            answer = guarded(
                collector.ident, collect, location=Location(path=path), touches=(f"uses in {path}",)
            )
            if isinstance(answer, Gap):
                gaps.append(answer)
            elif answer != _NOTHING:
                collected.append((number, answer))
        return Reading(index, tuple(collected), tuple(gaps), waiting)

    def _small(self, path: str, gaps: list[Gap]) -> bytes | None:
        try:  # every file of the tree passes here: the guard's preparations would cost more than the read
            return self.tree.small(path)
        except (GaugerError, OSError) as error:
            touches = (f"uses in {path}",)
            gaps.append(gap_for(error, part="walk", location=Location(path=path), touches=touches))
            return None

    def _and_by_magic(self, path: str, wanting: list[int], gaps: list[Gap]) -> list[int]:
        """Those who want it by its name, and those who want it by its first bytes."""
        try:
            head = self.tree.head(path, self.matcher.magic_bytes)
        except (GaugerError, OSError) as error:
            gaps.append(gap_for(error, part="walk", location=Location(path=path)))
            return []
        more = self.matcher.numbers_by_magic(head)
        return [*wanting, *(n for n in more if n not in wanting)] if more else wanting

    def _keep(self, index: int, data: bytes) -> None:
        if len(data) <= self._room:
            self._room -= len(data)
            self._kept[index] = data

    def search(self, indexes: Sequence[int], leads: Sequence[Lead]) -> list[tuple[int, tuple[int, ...]]]:
        """In which of these waiting files may one of the names be defined?

        Returns:
            Each such file with the numbers of the leads that point to it.
        """
        words = sorted({word.lower() for lead in leads for word in lead.words})
        if not words:
            return []
        automaton = ahocorasick_rs.BytesAhoCorasick([word.encode("utf-8", "replace") for word in words])
        number = {word: at for at, word in enumerate(words)}
        wanted = [(at, {number[w.lower()] for w in lead.words}) for at, lead in enumerate(leads)]
        found = []
        for index in indexes:
            data = self._kept.get(index)
            if data is None:
                data = self._small(self.tree.paths[index], []) or b""
            seen = {hit[0] for hit in automaton.find_matches_as_indexes(data.lower(), overlapping=True)}
            fitting = tuple(at for at, needed in wanted if needed <= seen) if seen else ()
            if fitting:
                found.append((index, fitting))
        return found


_NOTHING = Collected()


@contextmanager
def deadline(seconds: float, path: str) -> Iterator[None]:
    """Stop what runs inside after so many seconds of wall time.

    Takes effect between two steps of the interpreter; in a process of the pool, one long step ends with the
    process (`gauger.scan.parallel`). Only the main thread can be stopped: elsewhere this does nothing.

    Raises:
        LimitExceeded: the time is over.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def ring(_signal: int, _frame: FrameType | None) -> None:
        raise LimitExceeded(f"parse_s: not read within {seconds:g} seconds", subject=path)

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
