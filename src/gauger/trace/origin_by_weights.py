"""Where what is declared of a model's origin and what its weights show do not go together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Literal

import msgspec

from gauger.catalogue.query import Lookup
from gauger.core.inventory import Location, Model
from gauger.core.judgement import Finding
from gauger.core.lineage import SAME_MODEL, STRENGTHS, Claim, Reference
from gauger.core.readings import known
from gauger.trace.contradictions import UNDECLARED, Declared, declared_origin, said_words
from gauger.trace.probe import TracedModel
from gauger.trace.references import ancestors_of, hub_like

CONTRADICTED = "declared-origin-contradicted"
UNDECLARED_ORIGIN = "undeclared-origin"
_COUNTS_FROM = STRENGTHS.index("strong")
_WORDS: Mapping[str, str] = {
    "same-as": "the weights are those of {}",
    "converted-from": "the weights are those of {}, in another format",
    "quantised-from": "the weights and those of {} are one model, quantised",
    "pruned-from": "the weights and those of {} are one model, pruned",
    "fine-tuned-from": "the weights and those of {} have one origin: one model is the other, changed",
    "adapter-of": "the weights are those of {} with an adapter",
    "merged-from": "weights of {} are among these",
}
_ORDER: Mapping[str, str] = {
    "unknown": "; which of the two came first is not in the weights",
    "heuristic": "; which of the two came first follows from a heuristic",
}


class Origin(msgspec.Struct, frozen=True, kw_only=True):
    """The other end of a claim: what the weights hang together with.

    Attributes:
        title: For people.
        developer: Catalogue id, or empty.
        ids: Under which ids and names declarations may mean it.
        ancestors: Ids of what is published as its ancestors.
    """

    title: str
    developer: str
    ids: frozenset[str]
    ancestors: frozenset[str]


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """One claim as it looks from one model.

    Attributes:
        claim: The claim.
        origin: Its other end.
        is_child: The claim says that the model comes from the other end.
    """

    claim: Claim
    origin: Origin
    is_child: bool


def undeclared_by_weights(
    subjects: Sequence[TracedModel],
    claims: Sequence[Claim],
    references: Sequence[Reference],
    lookup: Lookup,
) -> tuple[Finding, ...]:
    """Which models have weights whose origin their declarations deny or do not name? One finding a model.

    Unlike a tokenizer, weights are not reused without being copied: what is found here is lineage. Which of
    two models came first they do not say, so nothing is raised where what is published or declared of the
    other end leads to this model.

    Args:
        subjects: The traced models.
        claims: What the weights showed.
        references: What those claims point to.
        lookup: The knowledge base.
    """
    declared = {s.model.id: _declared(s, lookup) for s in subjects}
    models = {s.model.id: s.model for s in subjects}
    ends = {r.id: _of_reference(r, lookup) for r in references}
    ends |= {ident: _of_model(model, declared[ident], lookup) for ident, model in models.items()}
    seen: dict[str, list[Seen]] = defaultdict(list)
    for claim in claims:
        if claim.basis != "observed" or STRENGTHS.index(claim.strength) < _COUNTS_FROM:
            continue
        for own, other in ((claim.subject, claim.object), (claim.object, claim.subject)):
            if own in models and other in ends and ends[other].developer:
                is_child = own == claim.subject
                seen[own].append(Seen(claim=claim, origin=ends[other], is_child=is_child))
    found = (_finding(s, declared[s.model.id], ends[s.model.id], seen[s.model.id]) for s in subjects)
    return tuple(finding for finding in found if finding is not None)


def said_once(
    earlier: Sequence[Finding],
    by_weights: Sequence[Finding],
    claims: Sequence[Claim],
    references: Sequence[Reference],
) -> tuple[Finding, ...]:
    """The findings by weights, and those by tokenizer and sizes that say something else.

    Where both point to one developer, the finding by weights takes over the other's evidence and says so.
    """
    makers = {r.id: known(r.developer) for r in references}
    by_evidence: dict[str, set[str | None]] = defaultdict(set)
    for claim in claims:
        for ident in claim.evidence:
            by_evidence[ident] |= {makers.get(end) for end in (claim.subject, claim.object)} - {None}

    def developers(finding: Finding) -> set[str | None]:
        return set().union(*(by_evidence[ident] for ident in finding.evidence))

    kept, joined = [], {finding.subject: finding for finding in by_weights}
    for finding in earlier:
        stronger = joined.get(finding.subject)
        doubled = finding.rule in (CONTRADICTED, UNDECLARED) and stronger is not None
        if doubled and stronger is not None and developers(finding) & developers(stronger):
            joined[finding.subject] = msgspec.structs.replace(
                stronger,
                locations=tuple(dict.fromkeys((*stronger.locations, *finding.locations))),
                evidence=tuple(dict.fromkeys((*stronger.evidence, *finding.evidence))),
                message=f"{stronger.message}; tokenizer or sizes agree",
                id="",
            )
        else:
            kept.append(finding)
    return (*kept, *joined.values())


def _declared(subject: TracedModel, lookup: Lookup) -> Declared:
    """What name, path and files say; beside a claim to own work, only what stands in the same file counts.

    Converters copy names and makers into headers, so a header that still names the origin does not take back
    what the card claims.
    """
    own = {s.location.path for s in subject.statements if s.kind == "own-work"}
    copied = {opened.path for opened in subject.weights}
    statements = [
        s
        for s in subject.statements
        if not own or s.location.path in own or (s.kind != "name" and s.location.path not in copied)
    ]
    declared = declared_origin(msgspec.structs.replace(subject, statements=tuple(statements)), lookup)
    ids = set(declared.known_ids)
    if subject.model.namespace == "local":
        for part in subject.model.name.split("/"):
            identity = lookup.identify(hub_like(part))
            ids |= {known(v) or "" for v in (identity.developer, identity.family, identity.model)} - {""}
    for heading in (s.value for s in statements if s.kind == "heading"):
        identity = lookup.identify(hub_like(heading))
        ids |= {known(v) or "" for v in (identity.family, identity.model)} - {""}
    ids |= {_plain(s.value) for s in statements if s.kind in {"base", "name", "maker", "heading"}}
    telling = [
        s for s in declared.telling if s.kind != "name" or s.location.path not in _written_by_tools(subject)
    ]
    return msgspec.structs.replace(declared, known_ids=frozenset(ids), telling=tuple(telling))


def _written_by_tools(subject: TracedModel) -> set[str]:
    """Files into which libraries write the name of whatever was loaded: a name there is no statement."""
    return {subject.config_path, *(opened.path for opened in subject.weights)}


def _of_reference(reference: Reference, lookup: Lookup) -> Origin:
    entry = lookup.catalogue.models.get(reference.key)
    ids = {reference.key, _plain(reference.key), _plain(reference.title), *([entry.family] if entry else ())}
    developer = known(reference.developer) or ""
    derived = lookup.ancestry(lookup.derivations(lookup.identify(reference.title)))
    above = {d.parent for d, _ in derived} | set(ancestors_of(reference.key, lookup))
    return Origin(
        title=reference.title,
        developer=developer or reference.key,
        ids=frozenset(ids | ({developer} if developer else set())),
        ancestors=frozenset(above),
    )


def _of_model(model: Model, declared: Declared, lookup: Lookup) -> Origin:
    """Another model of the stack; it only counts as an origin where its name says who made it."""
    named = model.namespace not in {"local", "unknown", "object-store"}
    identity = lookup.identify(model.name) if named else None
    values = (identity.developer, identity.family, identity.model) if identity else ()
    ids = {known(value) or "" for value in values} - {""}
    return Origin(
        title=model.name,
        developer=known(identity.developer) or "" if identity else "",
        ids=frozenset(ids | {_plain(model.name)}),
        ancestors=declared.known_ids | frozenset(ancestors_of(model.name, lookup) if named else ()),
    )


def _finding(subject: TracedModel, declared: Declared, own: Origin, seen: Sequence[Seen]) -> Finding | None:
    open_ones = [s for s in seen if not _is_explained(declared, own, s)]
    if not open_ones or any(s.origin.ids & declared.known_ids for s in seen if _is_whole(s)):
        return None
    first = min(open_ones, key=_rank)
    said = "; ".join(said_words(s) for s in declared.telling[:3])
    denied = any(s.kind in {"own-work", "base"} for s in declared.telling)
    silent = "card and configuration do not say so"
    if said:
        silent = f"the files say otherwise: {said}" if denied else f"the files do not say so: {said}"
    return Finding(
        rule=CONTRADICTED if said else UNDECLARED_ORIGIN,
        severity="high" if said else "medium",
        confidence=_confidence(first),
        audience=("compliance", "security"),
        subject=subject.model.id,
        locations=tuple(dict.fromkeys((*(s.location for s in declared.telling[:3]), *_files(subject)))),
        message=f"{_words(first)}; {silent}",
        remedy=f"treat the model as made from {first.origin.title}, with its licence and its rules, until "
        "whoever supplied it has said which model its training began from",
        evidence=tuple(dict.fromkeys(e for s in sorted(open_ones, key=_rank) for e in s.claim.evidence)),
    )


def _is_explained(declared: Declared, own: Origin, seen: Seen) -> bool:
    """Do the declarations lead to the origin, or what is known of the origin to this very model?"""
    if seen.origin.ids & declared.known_ids:
        return True
    return not _is_whole(seen) and bool(own.ids & seen.origin.ancestors)


def _is_whole(seen: Seen) -> bool:
    """Are both one model, whatever its format?"""
    return seen.claim.relation in SAME_MODEL and not seen.claim.component


def _rank(seen: Seen) -> tuple[bool, bool, int, str]:
    strength = -STRENGTHS.index(seen.claim.strength)
    return not _is_whole(seen), not seen.is_child, strength, seen.claim.id


def _confidence(seen: Seen) -> Literal["medium", "high"]:
    return "high" if _is_whole(seen) or seen.is_child else "medium"


def _words(seen: Seen) -> str:
    claim = seen.claim
    words = _WORDS.get(claim.relation, "the weights hang together with those of {}").format(seen.origin.title)
    part = f" ({claim.component})" if claim.component else ""
    return words + part + ("" if claim.relation == "same-as" else _ORDER.get(claim.direction, ""))


def _files(subject: TracedModel) -> Iterator[Location]:
    yield from (Location(path=opened.path) for opened in subject.weights[:1])


def _plain(name: str) -> str:
    """A name without its owner, in one spelling, so that a declared base and a record can be compared."""
    bare = name.rstrip("/").rpartition("/")[2].casefold()
    return "name:" + "-".join("".join(c if c.isalnum() else " " for c in bare).split())
