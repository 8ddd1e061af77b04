"""Every file of weights against the library of fingerprints, and against the other models of the stack."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from itertools import combinations
from math import exp

import msgspec

from gauger.catalogue.query import Lookup
from gauger.core.comparison import Comparison
from gauger.core.errors import GaugerError
from gauger.core.inventory import Digest, Location, Model
from gauger.core.judgement import Finding, Gap
from gauger.core.limits import Limits
from gauger.core.lineage import Claim, Evidence, Reference, Strength
from gauger.core.plugin import guarded
from gauger.core.readings import Measured, Reading
from gauger.trace.fingerprints.hit import Hit
from gauger.trace.fingerprints.library import Library, library_folders
from gauger.trace.fingerprints.make import GLANCE, RANGES, Detail, fingerprint_of
from gauger.trace.fingerprints.records import Declared
from gauger.trace.references import reference_to_name
from gauger.trace.weights.claims import PROBE, finding_of, result_of
from gauger.trace.weights.compare import compare_opened
from gauger.trace.weights.opened import Opened

LARGE_BYTES = 1 << 30
"""From here on only ranges of a model are read, first a few rows of a few layers."""

_WIDER = msgspec.structs.replace(GLANCE, units=1024, blocks=8, lenses=4, lens_units=128, row_tensors=64)
_FAR = msgspec.structs.replace(RANGES, lenses=4, lens_units=128, tokens=256)
"""As `_WIDER` where every row costs a request: no scattered rows of every tensor, which are some 20,000
requests of a model with 32 layers."""
_SAMPLED = msgspec.structs.replace(RANGES, tensors=True, units=256, blocks=4)
_MOST_HITS = 4
_MOST_PAIRS = 500
_TOUCHES = ("lineage by weights",)
_NOTHING_KNOWN = "the weights are of none of the {count} models that have a fingerprint"


class Item(msgspec.Struct, frozen=True):
    """One model whose weights can be opened.

    Attributes:
        model: Its record.
        path: For messages.
        opening: Opens it.
        inputs: Digests of what was read of it.
    """

    model: Model
    path: str
    opening: Callable[[], Opened]
    inputs: tuple[Digest, ...] = ()


class ByWeights(msgspec.Struct, frozen=True, kw_only=True):
    """What the weights of a stack say.

    Attributes:
        comparisons: Of models of the stack with each other: those that hang together.
        evidence: Observations.
        claims: Lineage.
        references: What claims point to.
        findings: Rewritten copies.
        gaps: What could not be examined.
        read_bytes: Of weights.
        total_bytes: Of all files of weights.
        fingerprints: How many models the library knows.
    """

    comparisons: tuple[Comparison, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    claims: tuple[Claim, ...] = ()
    references: tuple[Reference, ...] = ()
    findings: tuple[Finding, ...] = ()
    gaps: tuple[Gap, ...] = ()
    read_bytes: int = 0
    total_bytes: int = 0
    fingerprints: int = 0


class _Gathered:
    """What is put together on the way."""

    def __init__(self) -> None:
        self.comparisons: list[Comparison] = []
        self.evidence: list[Evidence] = []
        self.claims: list[Claim] = []
        self.references: list[Reference] = []
        self.findings: list[Finding] = []
        self.gaps: list[Gap] = []


def by_weights(
    items: Sequence[Item], lookup: Lookup, limits: Limits, *, library: Library | None = None
) -> ByWeights:
    """Where do these models come from, as far as their weights tell?

    Each is looked up among the fingerprints and compared with every other. Pairs that do not hang together
    leave no record of their own.

    Args:
        items: The models.
        lookup: The knowledge base; shipped fingerprints lie beside it.
        limits: Bounds.
        library: Fingerprints; by default those shipped, imported and the user's own.
    """
    if not items:
        return ByWeights()
    known = library if library is not None else Library(library_folders(lookup.catalogue.folder))
    gathered = _Gathered()
    with ExitStack() as stack:
        opened = [(item, one) for item in items if (one := _opened(item, stack, gathered)) is not None]
        for item, one in opened:
            _looked_up(item, one, known, lookup, gathered, limits)
        _compared(opened, gathered)
        gathered.gaps += _broken(known)
        return ByWeights(
            comparisons=tuple(gathered.comparisons),
            evidence=tuple(gathered.evidence),
            claims=tuple(gathered.claims),
            references=tuple(gathered.references),
            findings=tuple(gathered.findings),
            gaps=tuple(gathered.gaps),
            read_bytes=sum(one.weights.read_bytes for _, one in opened),
            total_bytes=sum(one.weights.total_bytes for _, one in opened),
            fingerprints=len(known),
        )


def _opened(item: Item, stack: ExitStack, gathered: _Gathered) -> Opened | None:
    answer = guarded(
        PROBE, item.opening, location=Location(path=item.path), subject=item.model.id, touches=_TOUCHES
    )
    if isinstance(answer, Gap):
        gathered.gaps.append(answer)
        return None
    stack.enter_context(answer)
    for name, reason in answer.weights.unread[:1]:
        gathered.gaps.append(
            Gap(
                part=PROBE,
                reason="not-supported",
                location=Location(path=item.path, member=name),
                subject=item.model.id,
                detail=f"the numbers of {len(answer.weights.unread)} tensors cannot be read, the first "
                f"because {reason}",
                touches=_TOUCHES,
            )
        )
    return answer


def _broken(library: Library) -> list[Gap]:
    return [
        Gap(
            part=PROBE,
            reason="malformed",
            location=Location(path=name),
            detail=f"a fingerprint could not be used: {reason}",
            touches=_TOUCHES,
        )
        for name, reason in library.broken
    ]


def _looked_up(
    item: Item, one: Opened, library: Library, lookup: Lookup, gathered: _Gathered, limits: Limits
) -> None:
    answer = guarded(
        PROBE,
        lambda: _hits(one, library, limits),
        location=Location(path=item.path),
        subject=item.model.id,
        touches=_TOUCHES,
    )
    if isinstance(answer, Gap):
        gathered.gaps.append(answer)
        return
    for hit in answer[:_MOST_HITS]:
        _stated(item, hit, lookup, gathered)
    if not answer:
        gathered.gaps.append(
            Gap(
                part=PROBE,
                reason="no-reference",
                location=Location(path=item.path),
                subject=item.model.id,
                detail=_NOTHING_KNOWN.format(count=len(library)),
                touches=_TOUCHES,
                remedy="make a fingerprint where a likely parent's weights are: gauger catalogue add MODEL",
            )
        )


def _hits(one: Opened, library: Library, limits: Limits) -> tuple[Hit, ...]:
    """A glance at small models; of large or far ones a few rows first, more where those tell nothing."""
    small, far = one.weights.total_bytes < LARGE_BYTES, one.weights.is_far
    gated = any(block.gate is not None for block in one.network.blocks)
    wider = _FAR if far and not small and gated else _WIDER
    details: tuple[Detail, ...] = (RANGES, wider) if far or not small else ()
    details += (GLANCE,) if small else ()
    for detail in details:
        try:
            query = fingerprint_of(one.network, Declared(key="query"), detail=detail, limits=limits)
        except GaugerError:
            if detail is details[-1]:
                raise
            continue
        hits = library.search(query)
        if hits and detail is RANGES and not far:
            return _closer(one, library, limits) or hits
        if hits:
            return hits
    return ()


def _closer(one: Opened, library: Library, limits: Limits) -> tuple[Hit, ...]:
    """The hits again with some numbers of every tensor, which say what was done: one row in a few hundred."""
    try:
        query = fingerprint_of(one.network, Declared(key="query"), detail=_SAMPLED, limits=limits)
    except GaugerError:
        return ()
    return library.search(query)


def _stated(item: Item, hit: Hit, lookup: Lookup, gathered: _Gathered) -> None:
    reference = _reference(hit, lookup)
    derived = bool(hit.relation) and hit.alteration != "shared-initialisation"
    strength: Strength = "exact" if hit.relation == "same-as" else "strong" if derived else "moderate"
    evidence = Evidence(
        probe=PROBE,
        subject=item.model.id,
        reference=reference.id,
        statement=_words(hit, reference),
        reading=_reading(hit),
        strength=strength,
        calibration="fingerprints",
        inputs=item.inputs,
        facts={
            "fingerprint": hit.content,
            "trust": hit.trust,
            "z": round(hit.z, 2),
            "looks": hit.looks,
            "parts": hit.places,
            "share": round(hit.share, 4),
        },
    )
    gathered.references.append(reference)
    gathered.evidence.append(evidence)
    if not derived:
        return
    ends = (item.model.id, reference.id)
    child, parent = ends[::-1] if hit.inverse else ends
    gathered.claims.append(
        Claim(
            subject=child,
            relation=hit.relation,  # type: ignore[arg-type]  # empty ones are not derived
            object=parent,
            basis="observed",
            strength=strength,
            evidence=(evidence.id,),
            component="a part" if hit.alteration == "partly-inherited" else "",
            direction="heuristic" if hit.inverse else "unknown",
        )
    )
    if hit.alteration == "re-parameterised":
        gathered.findings.append(finding_of(item.model.id, evidence.statement, evidence.id))


def _reading(hit: Hit) -> Reading:
    """The second best corrected bound; equal numbers need none and are given as their share."""
    if hit.log_bound == float("-inf"):
        return Measured.exact(hit.equal_tensors, "equal tensors", hit.compared_tensors)
    return Measured.exact(max(exp(max(hit.log_bound, -690.0)), 1e-299), "p-value", max(hit.places, 1))


def _words(hit: Hit, reference: Reference) -> str:
    tests = sorted({test.test for test in hit.tests})
    how = (
        f"{hit.places} parts are paired one by one (z up to {hit.z:.0f}; "
        f"{', '.join(tests) or 'equal numbers'})"
    )
    remarks = "".join(f"; {remark}" for remark in hit.remarks[:2])
    quantised = f", {hit.quantiser}" if hit.quantiser else ""
    return f"{hit.alteration} of {reference.title}{quantised}: {how} [{hit.trust} fingerprint]{remarks}"


def _reference(hit: Hit, lookup: Lookup) -> Reference:
    """The catalogue's entry of that key; else what the fingerprint's maker says."""
    catalogue = lookup.catalogue
    if hit.key in catalogue.models or hit.key in catalogue.families:
        return lookup.reference(hit.key)
    declared = hit.declared
    named = reference_to_name(declared.key, lookup)
    changes: dict[str, str] = {"title": declared.title or named.title}
    developer = catalogue.developers.get(declared.developer)
    if developer is not None:
        changes |= {
            "developer": developer.id,
            "developer_title": developer.title,
            "country": developer.country,
        }
    if declared.licence:
        changes["licence"] = declared.licence
    return msgspec.structs.replace(named, **changes)


def _compared(opened: Sequence[tuple[Item, Opened]], gathered: _Gathered) -> None:
    """Every model of the stack with every other, as far as the bound allows."""
    pairs = list(combinations(opened, 2))
    for (item, one), (other, two) in pairs[:_MOST_PAIRS]:
        answer = guarded(
            PROBE,
            lambda a=one, b=two, x=item, y=other: compare_opened(a, b, x.model.id, y.model.id),  # type: ignore[misc]
            location=Location(path=item.path),
            subject=item.model.id,
            touches=_TOUCHES,
        )
        if isinstance(answer, Gap):
            gathered.gaps.append(answer)
        elif answer.verdict not in ("independent", "undecided"):
            result = result_of(answer, (*item.inputs, *other.inputs))
            gathered.comparisons.append(answer)
            gathered.evidence += result.evidence
            gathered.claims += result.claims
            gathered.findings += result.findings
    if len(pairs) > _MOST_PAIRS:
        gathered.gaps.append(
            Gap(
                part=PROBE,
                reason="limit-exceeded",
                detail=f"{len(pairs) - _MOST_PAIRS} of {len(pairs)} pairs of models were not compared with "
                "each other",
                touches=_TOUCHES,
                remedy="compare the models in question: gauger compare MODEL REFERENCE",
            )
        )
