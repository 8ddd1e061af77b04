"""The probe `declared-metadata`: what cards, configurations and headers say of a model's origin."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec

from gauger.catalogue.query import Identity, Lookup
from gauger.catalogue.records import DataSet
from gauger.core.limits import Limits
from gauger.core.lineage import Claim, Evidence, Reference, Relation
from gauger.core.readings import Unmeasured, known
from gauger.trace.probe import ProbeResult, Statement, TracedModel
from gauger.trace.references import UNREAD, catalogue_lineage, hub_like, reference_to_name

_CALIBRATION = "none: a declaration has no error rate; it is shown as declared and decides nothing alone"
_NAMESPACES = {"hub", "ollama", "api", "cloud"}


class DeclaredMetadata:
    """Reads declarations and looks up what is published about the declared names."""

    ident = "declared-metadata"
    cost = 0

    def examine(self, subject: TracedModel, lookup: Lookup, limits: Limits) -> ProbeResult:  # noqa: ARG002
        """What do the model's own files and its name declare, and what is known under those names?"""
        pairs = [*_declared(subject, lookup), *_known_lineage(subject, lookup), *_alleged(subject, lookup)]
        unique = {claim.id: claim for claim, _ in pairs}
        return ProbeResult(
            evidence=tuple(
                _evidence(self.ident, subject, s) for s in subject.statements if s.kind != "heading"
            ),
            claims=tuple(unique.values()),
            references=tuple(reference for _, references in pairs for reference in references),
        )


def _evidence(probe: str, subject: TracedModel, statement: Statement) -> Evidence:
    words = {
        "name": "calls itself",
        "maker": "names as its maker",
        "base": f"declares as its base ({statement.relation})",
        "dataset": "declares as training data",
        "licence": "declares as its licence",
        "own-work": "says of its origin:",
    }
    return Evidence(
        probe=probe,
        subject=subject.model.id,
        statement=f"{statement.location} {words[statement.kind]} {statement.value}",
        reading=Unmeasured(reason="not-supported", detail="a declaration is not a measurement"),
        calibration=_CALIBRATION,
        inputs=subject.inputs_of(statement.location.path),
        locations=(statement.location,),
        facts={"kind": statement.kind, "value": statement.value},
    )


Pair = tuple[Claim, tuple[Reference, ...]]


def _declared(subject: TracedModel, lookup: Lookup) -> Iterator[Pair]:
    """Claims that the files make: bases by the relation they declare, data sets that hold outputs."""
    for statement in subject.statements:
        if statement.kind == "base":
            relation: Relation = statement.relation  # type: ignore[assignment]  # set from the closed set in `statements`
            yield from _to_name(subject, statement, relation, lookup)
        elif statement.kind == "name":
            yield from _to_own_name(subject, statement, lookup)
        elif statement.kind == "dataset":
            yield from _to_data_set(subject, statement.value, lookup, str(statement.location))


def _to_own_name(subject: TracedModel, statement: Statement, lookup: Lookup) -> Iterator[Pair]:
    """A name inside the files that the catalogue knows, and that is not the model's own.

    `_name_or_path` is what the weights were loaded from before they were changed and saved; a GGUF header's
    name is that of the model that was converted.
    """
    name = hub_like(statement.value)
    if known(lookup.identify(name).developer) is not None:
        relation: Relation = "fine-tuned-from" if "/" in statement.value else "converted-from"
        yield from _to_name(subject, msgspec.structs.replace(statement, value=name), relation, lookup)


def _to_name(
    subject: TracedModel, statement: Statement, relation: Relation, lookup: Lookup
) -> Iterator[Pair]:
    """The claim, and what is published of that name. A model that names itself says nothing of its origin."""
    if statement.value.lower() == subject.model.name.lower():
        return
    reference = reference_to_name(statement.value, lookup)
    own = subject.inventory.get(statement.value.lower())
    target = own if own is not None and own != subject.model.id else reference.id
    yield (
        Claim(
            subject=subject.model.id,
            relation=relation,
            object=target,
            basis="declared",
            direction="declared",
            source=str(statement.location),
        ),
        () if target == own else (reference,),
    )
    if target != own:
        yield from catalogue_lineage(reference.id, statement.value, lookup)


def _to_data_set(subject: TracedModel, name: str, lookup: Lookup, source: str) -> Iterator[Pair]:
    """A data set known to hold a model's outputs: what is declared is the set, whose outputs is catalogue."""
    data = lookup.data_set(name)
    for ident in data.generated_by if data is not None else ():
        reference = lookup.reference(ident)
        claim = Claim(
            subject=subject.model.id,
            relation="trained-on-outputs-of",
            object=reference.id,
            basis="catalogue",
            component=f"data set {name}",
            direction="catalogue",
            source=_read_source(data) if data is not None else source,
        )
        yield claim, (reference,)


def _read_source(data: DataSet) -> str:
    """The first address of the record that somebody read; an address to look at supports nothing."""
    return next((s.url for s in data.sources if s.read_on), UNREAD)


def _known_lineage(subject: TracedModel, lookup: Lookup) -> Iterator[Pair]:
    """What is published about the model under its own name; a data set's name counts as its makers'."""
    if subject.model.namespace in _NAMESPACES:
        yield from catalogue_lineage(subject.model.id, subject.model.name, lookup)
        yield from _to_data_set(subject, subject.model.name, lookup, "")


def _alleged(subject: TracedModel, lookup: Lookup) -> Iterator[Pair]:
    """Allegations about the model's own family, each with its answer; never evidence."""
    if subject.model.namespace not in _NAMESPACES:
        return
    about = _own_ids(lookup.identify(subject.model.name))
    for allegation in lookup.catalogue.allegations.values():
        if not about & set(allegation.about):
            continue
        for ident in allegation.teacher:
            teacher = lookup.reference(ident)
            claim = Claim(
                subject=subject.model.id,
                relation="trained-on-outputs-of",
                object=teacher.id,
                basis="alleged",
                source=allegation.sources[0].url if allegation.sources else "",
                alleged_by=allegation.accuser,
                answer=allegation.answer,
            )
            yield claim, (teacher,)


def _own_ids(identity: Identity) -> set[str]:
    values: Iterable[str | None] = (known(identity.model), known(identity.family))
    return {value for value in values if value is not None}
