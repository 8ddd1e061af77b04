"""Files of a stack in memory, and what collectors say of them in a form that is easy to compare."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePosixPath

from gauger.core.errors import Unreadable
from gauger.core.limits import DEFAULT_LIMITS, Limits
from gauger.formats.source import MemorySource, Source
from gauger.scan.collector import Candidate, Collected, Collector, FileView
from gauger.scan.match import Matcher
from gauger.scan.resolve import Found, Resolver
from gauger.scan.values import Value


class MemoryTree:
    """A `Tree` whose files are given as a mapping from path to text or bytes."""

    def __init__(self, files: dict[str, str | bytes]) -> None:
        self.files = {
            p: (d.encode("utf-8", "surrogateescape") if isinstance(d, str) else d) for p, d in files.items()
        }

    def files_below(self, folder: str) -> Sequence[str]:
        """See `Tree`."""
        return sorted(p for p in self.files if not folder or p.startswith(folder.rstrip("/") + "/"))

    def files_in(self, folder: str) -> Sequence[str]:
        """See `Tree`."""
        depth = len(folder.rstrip("/")) + 1 if folder else 0
        return [p for p in self.files_below(folder) if "/" not in p[depth:]]

    def size_bytes(self, path: str) -> int:
        """See `Tree`."""
        return len(self.files.get(path, b""))

    def exists(self, path: str) -> bool:
        """See `Tree`."""
        return path in self.files

    def is_folder(self, path: str) -> bool:
        """See `Tree`."""
        return bool(self.files_below(path))

    def open(self, path: str) -> Source:
        """See `Tree`."""
        if path not in self.files:
            raise Unreadable("is not among the admitted files", subject=path)
        return MemorySource(self.files[path], name=path)


def view(path: str, data: str | bytes, *, limits: Limits = DEFAULT_LIMITS, **others: str | bytes) -> FileView:
    """One file, with others beside it (`/` in their names written as `__`)."""
    files = {name.replace("__", "/"): content for name, content in others.items()} | {path: data}
    return FileView(path=PurePosixPath(path), tree=MemoryTree(files), limits=limits)


def collect(collector: Collector, path: str, data: str | bytes, **others: str | bytes) -> Collected:
    """What does this collector say of this file?"""
    return collector.collect(view(path, data, **others))


def collect_all(
    collector: Collector, files: dict[str, str | bytes], limits: Limits = DEFAULT_LIMITS
) -> Collected:
    """What does this collector say of those of these files that it wants?"""
    tree = MemoryTree(files)
    matcher = Matcher([collector])
    found = [
        collector.collect(FileView(path=PurePosixPath(p), tree=tree, limits=limits))
        for p in sorted(files)
        if matcher.by_path(p) or list(matcher.by_magic(tree.open(p).read_at(0, min(32, tree.size_bytes(p)))))
    ]
    return Collected(
        artifacts=tuple(a for c in found for a in c.artifacts),
        candidates=tuple(x for c in found for x in c.candidates),
        bindings=tuple(b for c in found for b in c.bindings),
        findings=tuple(f for c in found for f in c.findings),
        gaps=tuple(g for c in found for g in c.gaps),
    )


def followed(value: Value, collected: Collected) -> list[str]:
    """Which texts does this value stand for, with the bindings that were collected?"""
    outcomes = Resolver(collected.bindings, DEFAULT_LIMITS).resolve(value)
    return [o.text if isinstance(o, Found) else f"? {o.why}" for o in outcomes]


def models(collected: Collected, *, weak: bool = True, access: bool = False) -> list[str]:
    """`line api: model` for every candidate, with names followed; several possibilities joined by `|`."""
    chosen = [c for c in collected.candidates if (weak or not c.weak) and (access or c.role != "access")]
    return [f"{c.location.line} {c.api}: {'|'.join(followed(c.model, collected))}" for c in chosen]


def one(collected: Collected, text: str) -> Candidate:
    """The one candidate whose model is this text."""
    found = [c for c in collected.candidates if followed(c.model, collected) == [text]]
    assert len(found) == 1, [followed(c.model, collected) for c in collected.candidates]
    return found[0]


def aliases(collected: Collected) -> dict[str, list[str]]:
    """Every alias with the texts that it stands for."""
    return {b.name: followed(b.value, collected) for b in collected.bindings if b.kind == "alias"}
