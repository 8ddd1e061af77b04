"""From an inventory to its lineage: opens each model's files once, runs the probes, joins what they say."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import msgspec

from gauger.catalogue.query import Lookup
from gauger.core.comparison import Comparison
from gauger.core.errors import NothingToExamine
from gauger.core.inventory import Artifact, Digest, Location, Model
from gauger.core.judgement import Finding, Gap
from gauger.core.limits import DEFAULT_LIMITS, Limits
from gauger.core.lineage import Claim, Evidence, Reference
from gauger.core.plugin import guarded
from gauger.core.readings import Unmeasured
from gauger.core.record import Record
from gauger.core.text import printable
from gauger.formats.members import Members
from gauger.formats.open_model import models_in
from gauger.formats.shards import group_shards
from gauger.trace.contradictions import contradictions
from gauger.trace.in_pieces import place_in_pieces
from gauger.trace.origin_by_weights import said_once, undeclared_by_weights
from gauger.trace.probe import Probe, ProbeResult, TracedModel
from gauger.trace.registry import PROBES
from gauger.trace.statements import of_bill
from gauger.trace.subject import NO_MEMBERS, Place, place_of, read_subject
from gauger.trace.unknown_origin import joined
from gauger.trace.weighed import weighed
from gauger.trace.weights.claims import PROBE
from gauger.trace.weights.lineage import ByWeights

if TYPE_CHECKING:
    from gauger.remote.remote_model import RemoteModel

R = TypeVar("R", bound=Record)
_OF_A_MODEL = {"weights", "adapter", "config", "tokenizer", "card", "chat-template", "store-entry"}
_MARKS = ("config.json", "tokenizer_config.json", "tokenizer.json", "MLmodel", "adapter_config.json")


class Traced(msgspec.Struct, frozen=True, kw_only=True):
    """What tracing found out. Tuples are sorted by id, `inputs` by path.

    Attributes:
        evidence: Observations.
        claims: Lineage, each on its basis.
        references: What claims point to besides the inventory's own models.
        findings: Contradictions and other things to look at.
        gaps: What could not be examined.
        inputs: Digests of what was read.
        probes: Idents of the probes that ran, cheapest first.
        models: Models that were traced and are not in an inventory (`trace_path`).
        comparisons: Models of the stack whose weights hang together.
        read_bytes: Of weights, by the weights probe.
        total_bytes: Of all files of weights that it opened.
    """

    evidence: tuple[Evidence, ...] = ()
    claims: tuple[Claim, ...] = ()
    references: tuple[Reference, ...] = ()
    findings: tuple[Finding, ...] = ()
    gaps: tuple[Gap, ...] = ()
    inputs: tuple[Digest, ...] = ()
    probes: tuple[str, ...] = ()
    models: tuple[Model, ...] = ()
    comparisons: tuple[Comparison, ...] = ()
    read_bytes: int = 0
    total_bytes: int = 0


def trace_stack(
    root: Path,
    artifacts: Sequence[Artifact],
    models: Sequence[Model],
    lookup: Lookup,
    limits: Limits = DEFAULT_LIMITS,
    *,
    probes: Iterable[Probe] = PROBES,
    members: Members = NO_MEMBERS,
) -> Traced:
    """Where does each model of this stack come from, as far as its files and its name tell?

    Args:
        root: The examined folder, or the one examined file.
        artifacts: What the scan found; those that name a model are opened below the root.
        models: The inventory's models; those without files are looked up by name only.
        lookup: The knowledge base.
        limits: Bounds.
        probes: Who looks.
        members: Files inside archives and images, where the inventory has some.

    Returns:
        Everything that was observed, declared and contradicted. Files that cannot be read are gaps.
    """
    base = root if root.is_dir() else root.parent
    names = {model.name.lower(): model.id for model in models}
    files: dict[str, list[Artifact]] = defaultdict(list)
    bills: dict[str, list[Artifact]] = defaultdict(list)
    for artifact in artifacts:
        if artifact.model and artifact.kind in _OF_A_MODEL:
            files[artifact.model].append(artifact)
        elif artifact.model and artifact.kind == "manifest-entry":
            bills[artifact.model].append(artifact)
    places = {model.id: _place(base, files[model.id], members) for model in models}
    folders = [place.folder for place in places.values() if place.weights]
    subjects: list[tuple[TracedModel, tuple[Gap, ...]]] = []
    placed: list[tuple[TracedModel, Place]] = []
    for model in sorted(models, key=lambda m: m.id):
        place = places[model.id]
        shared = folders.count(place.folder) > 1 and bool(place.weights)
        place = msgspec.structs.replace(place, owns_folder=place.owns_folder and not shared)
        subject, gaps = read_subject(model, place, limits, names)
        said = (s for a in bills[model.id] for s in of_bill(a))
        stated = tuple(dict.fromkeys((*subject.statements, *said)))
        subjects.append((msgspec.structs.replace(subject, statements=stated), gaps))
        placed.append((subject, place))
    traced = _joined(subjects, lookup, limits, tuple(probes))
    return _with_weights(traced, weighed(placed, lookup, limits), [s for s, _ in placed], lookup)


def trace_path(
    path: Path,
    lookup: Lookup,
    limits: Limits = DEFAULT_LIMITS,
    *,
    probes: Iterable[Probe] = PROBES,
    name: str = "",
    by_weights: bool = True,
) -> Traced:
    """Where does the model in this folder, or this file, come from?

    Raises:
        NothingToExamine: there is no model here.
        Unreadable: there is nothing of that name.
    """
    root = path if path.is_dir() else path.parent
    marked = path.is_dir() and any((path / name).is_file() for name in _MARKS)
    cut = None if marked else place_in_pieces(path, limits)
    if cut is None and not marked and path.is_dir() and not models_in(path, limits, root=root):
        raise NothingToExamine(
            "no model files in this folder",
            subject=path.name,
            hint="name a file of weights, or a folder that holds one",
        )
    place = cut or place_of(path, root, limits)
    unnamed = Unmeasured(reason="not-declared", detail="a path does not say who made the model")
    model = Model(
        namespace="local",
        name=name or path.resolve().name,
        form="weights",
        publisher=unnamed,
        developer=unnamed,
        family=unnamed,
    )
    subject, gaps = read_subject(model, place, limits, {})
    if not path.is_dir() and not subject.weights and subject.tokenizer is None:
        detail = gaps[0].detail if gaps else "the bytes are no known format"
        raise NothingToExamine(f"not a model file: {detail}", subject=path.name)
    traced = _joined([(subject, gaps)], lookup, limits, tuple(probes))
    found = weighed([(subject, place)], lookup, limits) if by_weights else ByWeights()
    traced = _with_weights(traced, found, [subject], lookup)
    return msgspec.structs.replace(traced, models=(model,))


def _with_weights(
    traced: Traced, found: ByWeights, subjects: Sequence[TracedModel], lookup: Lookup
) -> Traced:
    """What the weights say besides; silence of the other probes is no gap where the weights spoke.

    Where weights and tokenizer deny the declared origin alike, that is one finding.
    """
    denied = undeclared_by_weights(subjects, found.claims, found.references, lookup)
    references = (*traced.references, *found.references)
    told = said_once(traced.findings, denied, (*traced.claims, *found.claims), references)
    spoken = {claim.subject for claim in found.claims} | {claim.object for claim in found.claims}
    gaps = [
        g
        for g in traced.gaps
        if not (g.part == "trace" and g.reason == "no-reference" and g.subject in spoken)
    ]
    return msgspec.structs.replace(
        traced,
        comparisons=_unique(found.comparisons),
        evidence=_unique((*traced.evidence, *found.evidence)),
        claims=_unique((*traced.claims, *found.claims)),
        references=_unique(references),
        findings=_unique((*told, *found.findings)),
        gaps=_unique(
            joined((*gaps, *found.gaps), {s.model.id: s.model.name for s in subjects}, found.fingerprints)
        ),
        probes=(*traced.probes, PROBE),
        read_bytes=found.read_bytes,
        total_bytes=found.total_bytes,
    )


def trace_remote(
    remote: RemoteModel, lookup: Lookup, limits: Limits = DEFAULT_LIMITS, *, probes: Iterable[Probe] = PROBES
) -> Traced:
    """Where does the model at this address come from? As `trace_path`, by ranges of its files.

    Raises:
        NothingToExamine: nothing at the address can be read as a model.
    """
    place = Place(
        root=None,
        weights=(remote.weights,) if remote.weights else (),
        folder=remote.folder,
        members=remote,
    )
    unnamed = Unmeasured(reason="not-declared", detail="an address does not say who made the model")
    model = Model(
        namespace="hub" if remote.repository else "object-store" if remote.in_store else "local",
        name=remote.repository or remote.name,
        form="weights",
        publisher=remote.repository.partition("/")[0] or unnamed,
        developer=unnamed,
        family=unnamed,
    )
    subject, gaps = read_subject(model, place, limits, {})
    if not subject.weights and subject.tokenizer is None and not subject.config:
        detail = gaps[0].detail if gaps else "the bytes are no known format"
        raise NothingToExamine(f"no model at this address: {detail}", subject=remote.name)
    traced = _joined([(subject, (*gaps, *_not_opened(remote, model)))], lookup, limits, tuple(probes))
    traced = _with_weights(traced, weighed([(subject, place)], lookup, limits), [subject], lookup)
    return msgspec.structs.replace(traced, models=(model,))


def _not_opened(remote: RemoteModel, model: Model) -> tuple[Gap, ...]:
    """A gap for the other models at the address: only what was asked for is fetched."""
    if not remote.others:
        return ()
    shown = ", ".join(remote.others[:_NAMED]) + (" …" if remote.others[_NAMED:] else "")
    return (
        Gap(
            part="trace",
            reason="not-requested",
            location=Location(path=remote.weights[0]),
            subject=model.id,
            detail=printable(f"not opened, at the same address: {shown}"),
            touches=(f"lineage of {model.name}",),
            remedy="name the file itself to have it traced",
        ),
    )


_NAMED = 10


def _place(root: Path, artifacts: Sequence[Artifact], members: Members) -> Place:
    """The files that these artifacts name; their folder is that of the weights, else of the first of them."""
    weights = [
        a for a in artifacts if a.kind in {"weights", "adapter"} and not a.location.path.endswith(".json")
    ]
    every = Place(root=root, members=members)
    listed = sorted({p for a in weights for p in (a.parts or (a.location.path,)) if every.is_file(p)})
    groups = tuple(group.names for group in group_shards(listed))
    first = (
        groups[0][0]
        if groups
        else next((a.location.path for a in sorted(artifacts, key=lambda a: a.location.path)), "")
    )
    folder = first.rpartition("/")[0] if every.is_file(first) else first
    return Place(root=root, weights=groups, folder=folder, owns_folder=bool(artifacts), members=members)


def _joined(
    subjects: Sequence[tuple[TracedModel, tuple[Gap, ...]]],
    lookup: Lookup,
    limits: Limits,
    probes: tuple[Probe, ...],
) -> Traced:
    results: list[ProbeResult] = []
    inputs: dict[str, Digest] = {}
    for subject, gaps in subjects:
        own, failed = _probed(subject, lookup, limits, probes)
        failed += _silent(subject, own)
        results += [*own, ProbeResult(gaps=(*gaps, *failed), findings=contradictions(subject, own, lookup))]
        inputs |= {digest.path: digest for digest in subject.inputs}
    return Traced(
        evidence=_unique(e for r in results for e in r.evidence),
        claims=_unique(c for r in results for c in r.claims),
        references=_unique(x for r in results for x in r.references),
        findings=_unique(f for r in results for f in r.findings),
        gaps=_unique(g for r in results for g in r.gaps),
        inputs=tuple(inputs[path] for path in sorted(inputs)),
        probes=tuple(probe.ident for probe in probes),
    )


def _probed(
    subject: TracedModel, lookup: Lookup, limits: Limits, probes: tuple[Probe, ...]
) -> tuple[list[ProbeResult], list[Gap]]:
    results: list[ProbeResult] = []
    failed: list[Gap] = []
    location = Location(path=subject.folder or subject.model.name)
    for probe in probes:
        answer = guarded(
            probe.ident,
            partial(probe.examine, subject, lookup, limits),
            location=location,
            subject=subject.model.id,
            touches=(f"lineage of {subject.model.name}",),
        )
        if isinstance(answer, Gap):
            failed.append(answer)
        else:
            results.append(answer)
    return results, failed


def _silent(subject: TracedModel, results: Sequence[ProbeResult]) -> list[Gap]:
    """A gap for weights of which no probe could say anything: silence is not a clean bill."""
    if not subject.weights or any(c.basis == "observed" for result in results for c in result.claims):
        return []
    if any(e.probe != "declared-metadata" for result in results for e in result.evidence):
        return []
    return [
        Gap(
            part="trace",
            reason="no-reference",
            location=Location(path=subject.weights[0].path),
            subject=subject.model.id,
            detail="neither sizes nor tokenizer match a reference, so nothing was observed of the origin",
            touches=(f"lineage of {subject.model.name}",),
            remedy="put the tokenizer and configuration beside the weights, or compare with known weights",
        )
    ]


def _unique(records: Iterable[R]) -> tuple[R, ...]:
    by_id = {record.id: record for record in records}
    return tuple(by_id[ident] for ident in sorted(by_id))
