"""Was a model taught by another's outputs? Runs everybody, compares, adds it to the dossier."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import TypeVar

import msgspec

from gauger import __version__
from gauger.catalogue.query import Lookup
from gauger.core.dossier import Dossier, Tool
from gauger.core.errors import UsageError
from gauger.core.inventory import Digest, Model
from gauger.core.judgement import SEVERITIES, Gap
from gauger.core.plugin import guarded
from gauger.core.record import Record
from gauger.core.text import printable
from gauger.flows.check import lineage_only
from gauger.flows.question import DEFAULT_MEANS, Means, Question
from gauger.formats.source import FileSource, sha256_of
from gauger.runtime.endpoint import Endpoint
from gauger.runtime.local import local_runner
from gauger.runtime.prompts import Prompt
from gauger.runtime.recorded import RecordedRunner, read_runs
from gauger.runtime.run import Run, Runner, Settings
from gauger.runtime.served import ServedRunner
from gauger.trace.behaviour.judge import Cast, judge
from gauger.trace.behaviour.questions import own_prompts, prompts_of_file
from gauger.trace.behaviour.records import PROBE, result_of
from gauger.trace.behaviour.table import WeightsRow
from gauger.trace.behaviour.weights_row import weights_row
from gauger.trace.probe import ProbeResult
from gauger.trace.references import reference_to_name

R = TypeVar("R", bound=Record)

WRITTEN = 64
"""Pieces that everybody writes after each prompt where somebody gives no probabilities."""


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """Who takes part and how, as the caller said it.

    Attributes:
        subject: A path, a recorded name, or a name at the endpoint; so are the others.
        against: Candidate teachers.
        controls: Independent models of comparable skill.
        before: An earlier checkpoint of the subject's lineage, or empty.
        prompts: A file of prompts; None for our own.
        replay: Files of recorded runs.
        endpoint: Address of an OpenAI-compatible server, or empty.
    """

    subject: str
    against: tuple[str, ...]
    controls: tuple[str, ...] = ()
    before: str = ""
    prompts: Path | None = None
    replay: tuple[Path, ...] = ()
    endpoint: str = ""

    @property
    def everybody(self) -> tuple[str, ...]:
        """All of them as the caller wrote them, the subject first."""
        return (self.subject, *self.against, *self.controls, *((self.before,) if self.before else ()))


def taught_by(
    asked: Asked, lookup: Lookup, question: Question, means: Means = DEFAULT_MEANS
) -> tuple[Dossier, tuple[Run, ...]]:
    """By whose outputs was this model taught, as far as behaviour tells, and what do its files say?

    Returns:
        The dossier, and everybody's runs, so that the caller can keep them.

    Raises:
        UsageError: nobody to compare with, no controls, or a name that is neither file, record nor served.
        GaugerError: the endpoint or a record cannot be used.
    """
    names = names_of(asked.everybody)
    cast = Cast(
        subject=names[asked.subject],
        candidates=tuple(names[x] for x in asked.against),
        controls=tuple(names[x] for x in asked.controls),
        before=names[asked.before] if asked.before else "",
    ).check()
    runs, gaps = _runs(asked, names, means)
    dossier = _begun(asked, names, lookup, question)
    subject = dossier.models[0]
    left, missing = _present(cast, runs, subject.id, gaps)
    if left is None:
        return _with(dossier, ProbeResult(gaps=tuple(missing))), tuple(runs.values())
    rows, unread = _rows(asked, names, left, subject.id, question)
    references = {name: reference_to_name(name, lookup) for name in left.candidates}
    found = result_of(judge(runs, left, rows), subject.id, references, tuple(_inputs(asked)))
    found = msgspec.structs.replace(found, gaps=(*found.gaps, *missing, *unread))
    return _with(dossier, found), tuple(runs.values())


def names_of(specs: Sequence[str]) -> dict[str, str]:
    """What to call each participant: the last part of a path, with its folder where need be."""
    last = {spec: Path(spec).resolve().name if Path(spec).exists() else spec for spec in specs}
    short = {spec: printable(name, 200) for spec, name in last.items()}
    count = Counter(short[spec] for spec in dict.fromkeys(specs))
    return {
        spec: name if count[name] == 1 else printable("/".join(Path(spec).resolve().parts[-2:]), 200)
        for spec, name in short.items()
    }


def _runs(asked: Asked, names: dict[str, str], means: Means) -> tuple[dict[str, Run], list[Gap]]:
    """Everybody's answers. Those who give only words decide that words are compared."""
    recorded = {run.model: run for path in asked.replay for run in read_runs(path)}
    endpoint = Endpoint(asked.endpoint) if asked.endpoint else None
    prompts = prompts_of_file(asked.prompts) if asked.prompts else own_prompts()
    makers = {spec: _maker(spec, names[spec], recorded, endpoint) for spec in dict.fromkeys(asked.everybody)}
    live_last = sorted(makers, key=lambda spec: (names[spec] not in recorded, Path(spec).exists(), spec))
    runs: dict[str, Run] = {}
    gaps: list[Gap] = []
    settings = Settings()
    for spec in live_last:
        means.progress(f"asking {names[spec]}")
        own = () if names[spec] in recorded else prompts  # a record answers all that it holds
        run = _asked(makers[spec], own, settings, names[spec])
        if isinstance(run, Gap):
            gaps.append(run)
            continue
        if run.mode == "text" and not settings.new_tokens:
            settings = Settings(new_tokens=WRITTEN)
            runs, gaps = _again(runs, makers, names, recorded, prompts, settings)
        runs[names[spec]] = msgspec.structs.replace(run, model=names[spec])
    return runs, gaps


def _again(
    runs: dict[str, Run],
    makers: dict[str, Callable[[], Runner]],
    names: dict[str, str],
    recorded: dict[str, Run],
    prompts: tuple[Prompt, ...],
    settings: Settings,
) -> tuple[dict[str, Run], list[Gap]]:
    """Those who answered before it was known that words are needed are asked for words, unless recorded."""
    kept = {name: run for name, run in runs.items() if name in recorded}
    gaps: list[Gap] = []
    for spec in (s for s in makers if names[s] in runs and names[s] not in recorded):
        run = _asked(makers[spec], prompts, settings, names[spec])
        if isinstance(run, Gap):
            gaps.append(run)
        else:
            kept[names[spec]] = msgspec.structs.replace(run, model=names[spec])
    return kept, gaps


def _asked(
    maker: Callable[[], Runner], prompts: tuple[Prompt, ...], settings: Settings, name: str
) -> Run | Gap:
    return guarded(PROBE, lambda: maker().run(prompts, settings), touches=(f"behaviour of {name}",))


def _maker(spec: str, name: str, recorded: dict[str, Run], endpoint: Endpoint | None) -> Callable[[], Runner]:
    """How this participant is made to answer, decided before anything is run."""
    if name in recorded:
        return partial(RecordedRunner, recorded[name])
    if Path(spec).exists():
        return partial(local_runner, Path(spec), name)
    if endpoint is not None:
        return partial(ServedRunner, endpoint, spec)
    known = (
        f"recorded: {', '.join(sorted(recorded))}"
        if recorded
        else "name a folder or file, or give --endpoint"
    )
    raise UsageError("is neither a file, a recorded run, nor served by an endpoint", subject=spec, hint=known)


def _present(
    cast: Cast, runs: dict[str, Run], subject: str, gaps: Iterable[Gap]
) -> tuple[Cast | None, list[Gap]]:
    """The cast without those who could not be run; None where nothing is left to compare."""
    left = Cast(
        subject=cast.subject,
        candidates=tuple(c for c in cast.candidates if c in runs),
        controls=tuple(c for c in cast.controls if c in runs),
        before=cast.before,
    )
    named = [msgspec.structs.replace(gap, subject=subject, id="") for gap in gaps]
    needed = {left.subject, *((left.before,) if left.before else ())}
    if not needed <= set(runs) or not left.candidates or not left.controls:
        return None, named
    return left, named


def _rows(
    asked: Asked, names: dict[str, str], cast: Cast, subject: str, question: Question
) -> tuple[dict[str, WeightsRow], list[Gap]]:
    rows: dict[str, WeightsRow] = {}
    gaps: list[Gap] = []
    ours = Path(asked.subject)
    for spec in asked.against:
        if names[spec] not in cast.candidates or not (ours.exists() and Path(spec).exists()):
            continue
        row = guarded(
            PROBE,
            partial(weights_row, ours, Path(spec), question.limits),
            subject=subject,
            touches=(f"whether the weights of {cast.subject} come from {names[spec]}",),
        )
        if isinstance(row, Gap):
            gaps.append(row)
        else:
            rows[names[spec]] = row
    return rows, gaps


def _begun(asked: Asked, names: dict[str, str], lookup: Lookup, question: Question) -> Dossier:
    """The dossier of the subject's own files; of its name alone where they are not at hand."""
    if Path(asked.subject).exists():
        return lineage_only(Path(asked.subject), lookup, question)
    name = names[asked.subject]
    identity = lookup.identify(name)
    model = Model(
        namespace="api" if asked.endpoint else "unknown",
        name=name,
        form="api" if asked.endpoint else "weights",
        developer=identity.developer,
    )
    return Dossier(
        tool=Tool(name="gauger", version=__version__),
        target=name,
        as_of=question.as_of,
        catalogue=lookup.catalogue.stamp(question.as_of),
        models=(model,),
    )


def _inputs(asked: Asked) -> Iterable[Digest]:
    for path in sorted({*asked.replay, *((asked.prompts,) if asked.prompts else ())}):
        with FileSource(path, name=path.name) as source:
            sha256, read = sha256_of(source, block_bytes=1 << 20)
            yield Digest(path=path.name, sha256=sha256, size_bytes=source.size_bytes, read_bytes=read)


def _with(dossier: Dossier, found: ProbeResult) -> Dossier:
    findings = {f.id: f for f in (*dossier.findings, *found.findings)}.values()
    probes = (*dossier.coverage.probes, PROBE)
    inputs = {d.path: d for e in found.evidence for d in e.inputs} | {d.path: d for d in dossier.inputs}
    return msgspec.structs.replace(
        dossier,
        coverage=msgspec.structs.replace(dossier.coverage, probes=probes),
        evidence=_by_id((*dossier.evidence, *found.evidence)),
        claims=_by_id((*dossier.claims, *found.claims)),
        references=_by_id((*dossier.references, *found.references)),
        findings=tuple(sorted(findings, key=lambda f: (-SEVERITIES.index(f.severity), f.rule, f.id))),
        gaps=_by_id((*dossier.gaps, *found.gaps)),
        inputs=tuple(inputs[path] for path in sorted(inputs)),
    )


def _by_id(records: Iterable[R]) -> tuple[R, ...]:
    unique = {record.id: record for record in records}
    return tuple(unique[ident] for ident in sorted(unique))
