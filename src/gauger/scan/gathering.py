"""Everything that all files say, as far as it can matter: read at once, or when a name leads there."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from gauger.core.inventory import Artifact
from gauger.core.judgement import Finding, Gap
from gauger.core.limits import Limits
from gauger.scan.collector import Binding, Candidate, Collected
from gauger.scan.leads import Asked, Lead, leads_of, names_behind, names_of
from gauger.scan.parallel import Crew, Task, chunks
from gauger.scan.reading import Reader, Reading
from gauger.scan.resolve import Resolver
from gauger.scan.values import Name

Progress = Callable[[str, int, int], None]
_MODULES_ARE_FILES = {"python", "javascript"}


class Gathering:
    """What was collected so far, and what waits.

    Args:
        reader: Reads files.
        crew: Who does the work.
        limits: Bounds.
        progress: Told of the phase, how much of it is done, and of how much.
    """

    def __init__(self, reader: Reader, crew: Crew, limits: Limits, progress: Progress) -> None:
        self.reader = reader
        self.crew = crew
        self.limits = limits
        self.progress = progress
        self.said: dict[tuple[int, int], Collected] = {}
        self.gaps: list[Gap] = []
        self.waiting: dict[int, tuple[int, ...]] = {}
        self.covered: set[Asked] = set()
        self.resolver = Resolver((), limits)
        self._by_stem: dict[str, list[tuple[str, int]]] | None = None
        self._code = {n for n, c in enumerate(reader.matcher.collectors) if c.ident in _MODULES_ARE_FILES}

    def look_at_all(self) -> None:
        """Look at every file; those that wait are remembered."""
        groups = chunks(self.reader, range(len(self.reader.tree.paths)))
        self._do("reading", [Task(first=group) for group in groups])
        self._resolver_again()

    def follow_names(self) -> None:
        """Read what waits wherever a name that a use needs may be defined, until nothing is added."""
        while asked := self._asked() - self.covered:
            if not self.lead(asked):
                break

    def lead(self, asked: Iterable[Asked]) -> bool:
        """Read every waiting file in which one of these names may be defined; was there any?"""
        fresh = sorted(set(asked) - self.covered)
        self.covered.update(fresh)
        leads = [lead for one in fresh for lead in leads_of(one)]
        wanted = self._by_module(leads)
        for index, numbers in self._by_words(leads):
            wanted.setdefault(index, set()).update(numbers)
        if not wanted:
            return False
        again = [(index, tuple(sorted(numbers))) for index, numbers in sorted(wanted.items())]
        for index, chosen in again:
            left = tuple(n for n in self.waiting[index] if n not in chosen)
            self.waiting[index] = left
            if not left:
                del self.waiting[index]
        owing = dict(again)
        groups = chunks(self.reader, [index for index, _ in again])
        self._do("following names", [Task(again=tuple((i, owing[i]) for i in group)) for group in groups])
        self._resolver_again()
        return True

    @property
    def collected(self) -> list[Collected]:
        """All answers, in the order of paths and of the registry."""
        return [self.said[key] for key in sorted(self.said)]

    @property
    def candidates(self) -> list[Candidate]:
        """All places that use a model, in order."""
        return [candidate for one in self.collected for candidate in one.candidates]

    @property
    def artifacts(self) -> Iterator[Artifact]:
        """All artifacts, in order."""
        return (artifact for one in self.collected for artifact in one.artifacts)

    @property
    def findings(self) -> Iterator[Finding]:
        """All findings of collectors."""
        return (finding for one in self.said.values() for finding in one.findings)

    @property
    def all_gaps(self) -> Iterator[Gap]:
        """All gaps of collectors, and of files that could not be read."""
        yield from self.gaps
        yield from (gap for one in self.said.values() for gap in one.gaps)

    def _do(self, phase: str, tasks: list[Task]) -> list[tuple[int, tuple[int, ...]]]:
        tree = self.reader.tree
        found: list[tuple[int, tuple[int, ...]]] = []
        for done in self.crew.do(tasks, lambda count, total: self.progress(phase, count, total)):
            tree.opened.update(done.opened)
            if self.crew_is_elsewhere:
                tree.ranged_bytes += done.ranged_bytes
            for reading in done.readings:
                self._take(reading)
            found += done.found
        return found

    @property
    def crew_is_elsewhere(self) -> bool:
        """Do other processes read, so that this one must be told what they read?"""
        return getattr(self.crew, "reader", None) is not self.reader or hasattr(self.crew, "workers")

    def _take(self, reading: Reading) -> None:
        self.gaps += reading.gaps
        for number, collected in reading.collected:
            self.said[reading.index, number] = collected
        if reading.waiting:
            self.waiting[reading.index] = reading.waiting

    def _resolver_again(self) -> None:
        self.resolver = Resolver((b for one in self.collected for b in one.bindings), self.limits)

    def _asked(self) -> set[Asked]:
        """Every name that a candidate leads to, over all that is known so far."""
        asked: set[Asked] = set()
        waiting: list[Name] = list(names_of(self.candidates))
        done: set[int] = set()
        while waiting:
            name = waiting.pop()
            key: Asked = (name.kind, name.name)
            if key in asked:
                continue
            asked.add(key)
            for binding in self._bindings_of(name):
                if id(binding) not in done:
                    done.add(id(binding))
                    waiting += names_behind(binding)
        return asked

    def _bindings_of(self, name: Name) -> list[Binding]:
        return self.resolver.definitions(name)[0]

    def _by_module(self, leads: Iterable[Lead]) -> dict[int, set[int]]:
        """Waiting code whose module is the one that a name gives."""
        found: dict[int, set[int]] = {}
        by_stem = self._modules()
        for module in sorted({module for lead in leads for module in lead.modules}):
            for own, index in by_stem.get(module.rpartition("/")[2], ()):
                if index in self.waiting and (own == module or own.endswith("/" + module)):
                    numbers = self._code.intersection(self.waiting[index])
                    found.setdefault(index, set()).update(numbers)
        return {index: numbers for index, numbers in found.items() if numbers}

    def _modules(self) -> dict[str, list[tuple[str, int]]]:
        if self._by_stem is None:
            self._by_stem = {}
            for index, numbers in self.waiting.items():
                if self._code.isdisjoint(numbers):
                    continue
                module = module_of(self.reader.tree.paths[index])
                self._by_stem.setdefault(module.rpartition("/")[2], []).append((module, index))
        return self._by_stem

    def _by_words(self, leads: list[Lead]) -> list[tuple[int, set[int]]]:
        """Waiting files in which the words of a name stand; code only where the words count there."""
        if not leads or not self.waiting:
            return []
        groups = chunks(self.reader, sorted(self.waiting))
        tasks = [Task(search=group, leads=tuple(leads)) for group in groups]
        found = []
        for index, numbers in self._do("following names", tasks):
            fitting = [leads[n] for n in numbers if self._is_there(index, leads[n].folder)]
            wanted = set(self.waiting[index]) if fitting else set()
            if not any(lead.code for lead in fitting):
                wanted -= self._code
            if wanted:
                found.append((index, wanted))
        return found

    def _is_there(self, index: int, folder: str) -> bool:
        around = self.reader.tree.paths[index].rpartition("/")[0]
        return not folder or around == folder or around.endswith("/" + folder)


def module_of(path: str) -> str:
    """Under which module path do other files import this code? A package's file stands for its folder."""
    stem = path.rpartition(".")[0] if "." in path.rpartition("/")[2] else path
    for entry in ("/__init__", "/index"):
        stem = stem.removesuffix(entry)
    return stem
