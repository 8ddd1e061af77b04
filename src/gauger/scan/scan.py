"""Which models does this stack use, where, and through whom? The flow: walk, collect, resolve, bind."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path, PurePosixPath
from typing import TypeVar

import msgspec

from gauger.catalogue.query import Lookup
from gauger.core.dossier import Coverage
from gauger.core.inventory import Artifact, Digest, Location, Model, Use
from gauger.core.judgement import Finding, Gap
from gauger.core.limits import DEFAULT_LIMITS, Limits
from gauger.core.plugin import guarded
from gauger.core.record import Record
from gauger.scan.bind import bind
from gauger.scan.collector import Candidate, Collected, Collector, FileView
from gauger.scan.match import Matcher
from gauger.scan.registry import COLLECTORS
from gauger.scan.resolve import Resolver
from gauger.scan.target import Target, open_target
from gauger.scan.tree import FolderTree
from gauger.scan.values import Either, Joined, Name, Opaque, Value

R = TypeVar("R", bound=Record)


class Inventory(msgspec.Struct, frozen=True, kw_only=True):
    """What a scan found. All tuples are sorted by id, `inputs` by path.

    Attributes:
        artifacts: Files, store entries, commands, recipes, data sets.
        models: What the uses are about.
        uses: How the stack uses them, mentions included.
        findings: What collectors want a person to look at.
        gaps: What was not examined, and why.
        coverage: How much was looked at. `files_seen` is 0 for an empty folder; files seen without a use or
            an artifact mean that there was something to look at and nothing in it.
        inputs: Digests of the files that said something.
    """

    artifacts: tuple[Artifact, ...]
    models: tuple[Model, ...]
    uses: tuple[Use, ...]
    findings: tuple[Finding, ...]
    gaps: tuple[Gap, ...]
    coverage: Coverage
    inputs: tuple[Digest, ...]


def scan(
    root: Path,
    lookup: Lookup,
    limits: Limits = DEFAULT_LIMITS,
    *,
    ignore: Sequence[str] = (),
    collectors: Iterable[Collector] = COLLECTORS,
    target: Target | None = None,
) -> Inventory:
    """Which models does this folder or file use?

    Same bytes, same answer: nothing depends on the clock, the folder's own path, or the order of a listing.

    Args:
        root: A folder, or one file.
        lookup: What the catalogue knows.
        limits: Bounds.
        ignore: Patterns in the syntax of `.gitignore`, relative to the root.
        collectors: Who reads the files.
        target: The root as `open_target` opened it, where the caller goes on reading afterwards.

    Raises:
        Unreadable: there is neither a folder nor a file of that name.
    """
    if target is None:
        with open_target(root, limits, ignore) as opened:
            return scan(root, lookup, limits, collectors=collectors, target=opened)
    walked = target.walked
    tree = FolderTree(walked, limits)
    matcher = Matcher(collectors)
    collected, gaps = _collect(tree, matcher, limits)
    resolver = Resolver((b for c in collected for b in c.bindings), limits)
    candidates = [candidate for c in collected for candidate in c.candidates]
    bound = bind(candidates, (a for c in collected for a in c.artifacts), resolver, lookup, tree)
    inputs, unread = _digests(tree, collected, candidates)
    return Inventory(
        artifacts=bound.artifacts,
        models=bound.models,
        uses=bound.uses,
        findings=_sorted([*target.findings, *(f for c in collected for f in c.findings)]),
        gaps=_sorted([*walked.gaps, *gaps, *unread, *(g for c in collected for g in c.gaps)]),
        coverage=Coverage(
            files_seen=len(tree.paths),
            files_read=len(tree.opened),
            files_ignored=walked.ignored,
            bytes_read=tree.bytes_read,
            collectors=tuple(c.ident for c in matcher.collectors),
        ),
        inputs=inputs,
    )


def _collect(tree: FolderTree, matcher: Matcher, limits: Limits) -> tuple[list[Collected], list[Gap]]:
    collected: list[Collected] = []
    gaps: list[Gap] = []
    for path in tree.paths:
        view = FileView(path=PurePosixPath(path), tree=tree, limits=limits)
        for collector in _wanting(tree, matcher, path, gaps):
            answer = guarded(
                collector.ident,
                lambda collector=collector, view=view: collector.collect(view),  # type: ignore[misc]
                location=Location(path=path),
                touches=(f"uses in {path}",),
            )
            if isinstance(answer, Gap):
                gaps.append(answer)
            else:
                collected.append(answer)
    return collected, gaps


def _wanting(tree: FolderTree, matcher: Matcher, path: str, gaps: list[Gap]) -> list[Collector]:
    """Who wants this file, by its name or by its first bytes?"""
    wanting = matcher.by_path(path)
    if not matcher.magic_bytes:
        return wanting
    head = guarded("walk", lambda: tree.head(path, matcher.magic_bytes), location=Location(path=path))
    if isinstance(head, Gap):
        gaps.append(head)
        return []
    return [*wanting, *(c for c in matcher.by_magic(head) if c not in wanting)]


def _digests(
    tree: FolderTree, collected: Iterable[Collected], candidates: Iterable[Candidate]
) -> tuple[tuple[Digest, ...], list[Gap]]:
    paths: set[str] = set()
    for one in collected:
        paths.update(a.location.path for a in one.artifacts)
        paths.update(part for a in one.artifacts for part in a.parts)
        paths.update(b.location.path for b in one.bindings if not isinstance(b.value, Opaque))
    for candidate in candidates:
        paths.add(candidate.location.path)
        paths.update(_places(candidate.model))
    digests: list[Digest] = []
    gaps: list[Gap] = []
    for path in sorted(path for path in paths if tree.exists(path)):
        answer = guarded("walk", lambda path=path: tree.digest(path), location=Location(path=path))  # type: ignore[misc]
        if isinstance(answer, Gap):
            gaps.append(answer)
        else:
            digests.append(answer)
    return tuple(digests), gaps


def _places(value: Value) -> Iterable[str]:
    """Files in which a value stands; parts that are shared are looked at once."""
    waiting: list[Value] = [value]
    seen: set[int] = set()
    while waiting:
        part = waiting.pop()
        if id(part) in seen:
            continue
        seen.add(id(part))
        match part:
            case Joined():
                waiting += part.parts
            case Either():
                waiting += part.options
            case Name(default=default) if default is not None:
                yield part.location.path
                waiting.append(default)
            case _:
                yield part.location.path


def _sorted(records: Iterable[R]) -> tuple[R, ...]:
    unique = {record.id: record for record in records}
    return tuple(unique[ident] for ident in sorted(unique))
