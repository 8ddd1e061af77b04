"""The main job: scan, trace and assess one stack, and write down everything that was found."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import msgspec

from gauger import __version__
from gauger.assess.accepted import accept, accepted_decisions
from gauger.assess.accepted_on import Grounds
from gauger.assess.alarms import RULES, alarms
from gauger.assess.assess import Assessment, assess
from gauger.assess.suppose import suppose
from gauger.catalogue.query import Lookup
from gauger.core.dossier import Coverage, Dossier, Tool, in_use
from gauger.core.errors import NothingToExamine
from gauger.core.inventory import Digest, Model
from gauger.core.judgement import SEVERITIES, Finding, Gap, LegalReading
from gauger.core.lineage import Reference
from gauger.core.record import Record
from gauger.flows.from_examined import told_by_the_examined
from gauger.flows.question import DEFAULT_MEANS, Means, Question
from gauger.flows.remembered import kept, recalled
from gauger.flows.since import restricted
from gauger.scan.scan import Inventory, scan
from gauger.scan.store import now_ns
from gauger.scan.target import Target, open_target

if TYPE_CHECKING:
    from gauger.trace.trace import Traced

R = TypeVar("R", bound=Record)
UNDECLARED_ORIGIN = "undeclared-origin"
_ORIGINS = {UNDECLARED_ORIGIN, "declared-origin-contradicted"}
__all__ = ["Question", "check", "inventory_only", "judged_again", "lineage_of", "lineage_only"]


def inventory_only(root: Path, lookup: Lookup, question: Question, means: Means = DEFAULT_MEANS) -> Dossier:
    """Which models does this stack use, where, through whom?"""
    means.progress("looking for files")
    started = now_ns()
    with open_target(root, question.limits, question.profile.ignore) as target:
        answer = _dossier(root, lookup, question, _scan(root, lookup, question, target, means))
    kept("scan", root, lookup.catalogue.folder, question, means, answer, target.walked.seen, started)
    return answer


def lineage_only(
    path: Path, lookup: Lookup, question: Question, *, name: str = "", by_weights: bool = True
) -> Dossier:
    """Where does this one model come from?

    Args:
        path: A file of weights or a folder.
        lookup: The knowledge base.
        question: Date and limits.
        name: What to call the model; the path's last part by default.
        by_weights: Look its weights up among the fingerprints.

    Raises:
        NothingToExamine: the path holds no model.
    """
    from gauger.trace.trace import trace_path  # noqa: PLC0415 - a scan does without the readers of weights

    traced = trace_path(path, lookup, question.limits, name=name, by_weights=by_weights)
    read = Coverage(
        files_seen=len(traced.inputs),
        files_read=len(traced.inputs),
        bytes_read=sum(digest.read_bytes for digest in traced.inputs),
        bytes_total=sum(digest.size_bytes for digest in traced.inputs),
    )
    return lineage_of(path.resolve().name or "root", traced, read, lookup, question)


def lineage_of(target: str, traced: Traced, read: Coverage, lookup: Lookup, question: Question) -> Dossier:
    """The document of one traced model.

    Args:
        target: What was examined: a name, never a path.
        traced: What tracing found.
        read: How much was read for it.
        lookup: The knowledge base.
        question: Date and limits.
    """
    alone = Inventory(
        artifacts=(), models=traced.models, uses=(), findings=(), gaps=(), coverage=read, inputs=()
    )
    return msgspec.structs.replace(_dossier(Path(), lookup, question, alone, traced), target=target)


def check(root: Path, lookup: Lookup, question: Question, means: Means = DEFAULT_MEANS) -> Dossier:
    """What runs in this stack, where does it come from, and what do the rules say of it?

    Args:
        root: A folder, or one file.
        lookup: The knowledge base.
        question: Date, profile, scenarios, limits.
        means: With how many processes, and whether earlier answers are used.

    Returns:
        The dossier. Hostile or broken input is in its gaps and findings.

    Raises:
        NothingToExamine: no file here, or one file that neither names nor holds a model.
        UsageError: the profile asks for something that the catalogue does not know.
        CatalogueError: the knowledge base itself is broken.
    """
    unjudged = recalled("trace", root, lookup.catalogue.folder, question, means)
    if unjudged is None:
        unjudged = _examined(root, lookup, question, means)
    unjudged = restricted(unjudged, root, question.since)
    means.progress("assessing")
    return judged_again(unjudged, lookup, question)


def _examined(root: Path, lookup: Lookup, question: Question, means: Means) -> Dossier:
    """What is there and whence it comes, before any rule was asked."""
    from gauger.trace.trace import trace_stack  # noqa: PLC0415 - see `lineage_only`

    means.progress("looking for files")
    started = now_ns()
    with open_target(root, question.limits, question.profile.ignore) as target:
        found = _scan(root, lookup, question, target, means)
        means.progress("tracing")
        traced = trace_stack(
            root, found.artifacts, found.models, lookup, question.limits, members=target.members
        )
    answer = _dossier(root, lookup, question, found, traced)
    kept("trace", root, lookup.catalogue.folder, question, means, answer, target.walked.seen, started)
    return answer


def judged_again(before: Dossier, lookup: Lookup, question: Question) -> Dossier:
    """What do the rules say of this inventory and lineage, on another date, for other scenarios?

    Findings and gaps that earlier rules gave are dropped; those of scan and trace stay.
    """
    supposed = suppose(question.suppositions, before.models_in_use, lookup)
    assessed = assess(
        before.models_in_use,
        before.uses,
        before.claims,
        before.references,
        catalogue=lookup.catalogue,
        profile=question.profile,
        as_of=question.as_of,
        scenarios=question.scenarios or question.profile.scenarios,
        supposed=supposed,
        lists=question.lists,
    )
    return msgspec.structs.replace(
        before,
        tool=Tool(name="gauger", version=__version__),
        as_of=question.as_of,
        catalogue=lookup.catalogue.stamp(question.as_of),
        profile=question.profile,
        profile_digest=question.profile_digest,
        suppositions=supposed.words,
        from_examined=question.from_examined,
        scenarios=assessed.scenarios,
        instruments=assessed.instruments,
        decisions=_by_id(assessed.decisions),
        outcomes=_by_id(assessed.outcomes),
        findings=_worst_first(_findings(before, assessed, question)),
        gaps=_by_id((*(g for g in before.gaps if g.part != "assess"), *assessed.gaps)),
        lists=assessed.lists,
    )


def _findings(before: Dossier, assessed: Assessment, question: Question) -> Iterable[Finding]:
    """What scan and trace found, what assess found now, and who answers for it.

    A finding of assess rests on claims and never on evidence itself. What it says of an undeclared origin is
    left out where tracing said it of the same evidence.
    """
    seen = {e.id for e in before.evidence}
    kept = [
        msgspec.structs.replace(f, accepted_by="", accepted_until="", accepted_because="")
        for f in before.findings
        if f.rule not in RULES or seen.intersection(f.evidence)
    ]
    told = {(f.subject, e) for f in kept if f.rule in _ORIGINS for e in f.evidence if e in seen}
    behind = {c.id: c.evidence for c in before.claims}
    fresh = (
        f
        for f in assessed.findings
        if f.rule != UNDECLARED_ORIGIN
        or not any((f.subject, e) in told for ident in f.evidence for e in behind.get(ident, ()))
    )
    grounds = grounds_of(before, assessed, question.profile.reading)
    raised = alarms(
        assessed.scenarios,
        assessed.outcomes,
        assessed.decisions,
        before.models,
        before.uses,
        question.profile.reading,
        accepted_decisions(question.profile.accepted, grounds, question.as_of),
    )
    every = (*kept, *fresh, *raised, *told_by_the_examined(question))
    return accept(every, question.profile.accepted, before.models, question.as_of, grounds)


def grounds_of(before: Dossier, assessed: Assessment | Dossier, reading: LegalReading) -> Grounds:
    """On what can a risk be accepted here?"""
    return Grounds(
        before.models, before.claims, assessed.decisions, assessed.instruments, assessed.scenarios, reading
    )


def _scan(root: Path, lookup: Lookup, question: Question, target: Target, means: Means) -> Inventory:
    def told(phase: str, done: int, total: int) -> None:
        means.progress(f"{phase}: {done:,} of {total:,} files")

    found = scan(root, lookup, question.limits, target=target, jobs=means.jobs, progress=told)
    if not found.coverage.files_seen:
        raise NothingToExamine(
            "there is no file to examine here" + (f": {_why_none(found.gaps)}" if found.gaps else ""),
            subject=root.name,
            hint="name the folder that holds your code, deployment files or models",
        )
    if root.is_file() and found.coverage.files_seen == 1:
        read = [a for a in found.artifacts if a.kind not in {"weights", "adapter"} or "tensors" in a.facts]
        broken = [gap for gap in found.gaps if gap.reason == "malformed"]
        if broken and not read:
            raise NothingToExamine(f"not a model: {broken[0].detail}", subject=root.name)
        if not found.artifacts and not in_use(found.models, found.uses):
            raise NothingToExamine("nothing in it names or holds a model", subject=root.name)
    return found


def _why_none(gaps: Iterable[Gap]) -> str:
    """The first of the gaps, by place, in a few words."""
    first = min(gaps, key=lambda gap: str(gap.location))
    return f"{first.location}: {first.detail}"


def _dossier(
    root: Path,
    lookup: Lookup,
    question: Question,
    found: Inventory,
    traced: Traced | None = None,
) -> Dossier:
    return Dossier(
        tool=Tool(name="gauger", version=__version__),
        target=root.resolve().name or "root",
        as_of=question.as_of,
        catalogue=lookup.catalogue.stamp(question.as_of),
        profile=question.profile,
        profile_digest=question.profile_digest,
        from_examined=question.from_examined,
        coverage=msgspec.structs.replace(
            found.coverage,
            probes=traced.probes if traced else (),
            weights_read_bytes=traced.read_bytes if traced else 0,
            weights_total_bytes=traced.total_bytes if traced else 0,
        ),
        artifacts=_by_id(found.artifacts),
        models=_by_id(found.models),
        uses=_by_id(found.uses),
        references=_by_id((*(traced.references if traced else ()), *_developers(found.models, lookup))),
        evidence=_by_id(traced.evidence if traced else ()),
        claims=_by_id(traced.claims if traced else ()),
        comparisons=_by_id(traced.comparisons if traced else ()),
        findings=_worst_first((*found.findings, *(traced.findings if traced else ()))),
        gaps=_by_id(_joined((*found.gaps, *(traced.gaps if traced else ())))),
        inputs=_by_path((*found.inputs, *(traced.inputs if traced else ()))),
    )


def _joined(gaps: Iterable[Gap]) -> Iterable[Gap]:
    """One gap where several parts stopped at the same place for the same reason; it touches what all do."""
    table: dict[object, Gap] = {}
    for gap in gaps:
        key = (gap.location, gap.reason, gap.detail) if gap.location is not None else gap.id
        first = table.setdefault(key, gap)
        touches = tuple(dict.fromkeys((*first.touches, *gap.touches)))
        subject = first.subject or gap.subject
        table[key] = msgspec.structs.replace(first, touches=touches, subject=subject, id="")
    return table.values()


def _developers(models: Iterable[Model], lookup: Lookup) -> Iterable[Reference]:
    """The makers that the models' names give, so that a reader sees a name and a country."""
    return (lookup.developer_reference(m.developer) for m in models if isinstance(m.developer, str))


def _by_id(records: Iterable[R]) -> tuple[R, ...]:
    unique = {record.id: record for record in records}
    return tuple(unique[ident] for ident in sorted(unique))


def _worst_first(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    return tuple(sorted(_by_id(findings), key=lambda f: (-SEVERITIES.index(f.severity), f.rule, f.id)))


def _by_path(inputs: Iterable[Digest]) -> tuple[Digest, ...]:
    """The widest reading of each file: a header's digest gives way to the whole file's."""
    widest: dict[str, Digest] = {}
    for digest in inputs:
        known = widest.get(digest.path)
        if known is None or (digest.read_bytes, digest.sha256) > (known.read_bytes, known.sha256):
            widest[digest.path] = digest
    return tuple(widest[path] for path in sorted(widest))
