"""Models, lineage and small worlds of rules for the tests of assess."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

import msgspec

from gauger.assess.assess import Assessment, assess
from gauger.catalogue import records
from gauger.catalogue.load import Catalogue
from gauger.catalogue.query import Lookup
from gauger.core.inventory import Endpoint, Location, Model, Use
from gauger.core.judgement import Decision, LegalReading, Verdict
from gauger.core.lineage import Claim, Reference
from gauger.core.profile import Profile
from gauger.core.readings import Unmeasured

AS_OF = "2026-11-23"

INSURER = Profile(
    organisation="Example Mutual",
    country="GB",
    jurisdictions=("GB",),
    sector="insurance",
    facts={
        "us-dod-contractor": False,
        "us-dod-contract-performance": False,
        "us-ic-system": False,
        "subject-to-ear": False,
        "uk-public-body": False,
        "uk-public-supplier": False,
        "customer-bans-deepseek": False,
        "trains-competing-models": False,
        "commercial-use": True,
        "military-use": False,
        "us-persons-only": False,
        "us-nexus-payments": False,
        "critical-infrastructure": False,
        "public-body": False,
    },
)
"""A UK insurer that has answered every question that bears on it."""

SUBCONTRACTOR = Profile(
    organisation="Example Defense",
    country="US",
    jurisdictions=("US",),
    facts={
        **INSURER.facts,
        "us-dod-contractor": True,
        "us-dod-contract-performance": True,
        "us-state-agency": False,
        "us-persons-only": True,
        "us-federal-body": False,
        "us-federal-contractor": False,
        "prc-advanced-chips": False,
    },
)
"""A US defence subcontractor that uses its models while performing the contract."""


@cache
def shipped() -> Catalogue:
    """The knowledge base of the package."""
    return Catalogue()


def named(name: str, *, namespace: str = "hub", form: str = "weights", provider: str = "") -> Model:
    """A model as scan would describe it: what its name says, as far as the catalogue knows the name."""
    identity = Lookup(shipped()).identify(name)
    return Model(
        namespace=namespace,
        name=name,
        provider=provider,
        form=form,
        publisher=identity.publisher,
        developer=identity.developer,
        family=identity.family,
        licence=identity.licence,
    )


def local(path: str, *, form: str = "weights", licence: str = "") -> Model:
    """A folder of the stack whose name says nothing."""
    return Model(
        namespace="local",
        name=path,
        form=form,
        licence=licence or Unmeasured(reason="not-declared"),
    )


def use(model: Model, *, role: str = "inference", status: str = "declared", provider: str = "") -> Use:
    """One way in which a stack uses this model."""
    return Use(
        surface="python",
        api="call",
        location=Location(path="app.py", line=1),
        written=model.name,
        model=model.id,
        role=role,
        status=status,
        endpoint=Endpoint(provider=provider, basis="declared") if provider else None,
    )


def entry(key: str) -> Reference:
    """A catalogue entry, as a dossier refers to it."""
    return Lookup(shipped()).reference(key)


def observed(subject: Model, relation: str, reference: Reference | Model, strength: str = "strong") -> Claim:
    """A claim that a probe would make."""
    return Claim(
        subject=subject.id,
        relation=relation,
        object=reference.id,
        basis="observed",
        strength=strength,
        evidence=("evidence-0000000000000000",),
    )


def declared(subject: Model, relation: str, reference: Reference | Model) -> Claim:
    """A claim that a card makes."""
    return Claim(
        subject=subject.id, relation=relation, object=reference.id, basis="declared", source="README.md"
    )


def alleged(subject: Model, relation: str, reference: Reference | Model) -> Claim:
    """What somebody says of somebody else."""
    return Claim(
        subject=subject.id,
        relation=relation,
        object=reference.id,
        basis="alleged",
        alleged_by="a rival",
        answer="denied",
    )


def judged(
    models: Iterable[Model] | Model,
    profile: Profile,
    *,
    claims: Iterable[Claim] = (),
    references: Iterable[Reference] = (),
    uses: Iterable[Use] = (),
    catalogue: Catalogue | None = None,
    as_of: str = AS_OF,
    scenarios: tuple[str, ...] = ("today",),
) -> Assessment:
    """What assess says of these models."""
    return assess(
        (models,) if isinstance(models, Model) else tuple(models),
        tuple(uses),
        tuple(claims),
        tuple(references),
        catalogue=catalogue or shipped(),
        profile=profile,
        as_of=as_of,
        scenarios=scenarios,
    )


def verdicts(assessment: Assessment, scenario: str = "today") -> dict[LegalReading, Verdict]:
    """The verdict of the only model, by reading."""
    return {o.reading: o.verdict for o in assessment.outcomes if o.scenario == scenario}


def decision(
    assessment: Assessment, instrument: str, reading: LegalReading = "cautious", scenario: str = "today"
) -> Decision:
    """The decision of this rule in this case."""
    found = [
        d for d in assessment.decisions if d.instrument == instrument and reading in d.readings_in(scenario)
    ]
    assert len(found) == 1, [(d.instrument, d.cases) for d in assessment.decisions]
    return found[0]


def rule(ident: str = "test.rule", **fields: Any) -> dict[str, Any]:
    """The fields of an instrument that binds everybody and prohibits every form of DeepSeek's models."""
    plain: dict[str, Any] = {
        "id": ident,
        "title": "A rule",
        "jurisdiction": "XX",
        "binds": {"always": True},
        "test": {"developer": ["deepseek"]},
        "reaches": {"weights": "yes", "api": "yes", "hosted": "yes"},
        "effect": "prohibit-use",
        "status": "in-force",
        "force": [{"from": "2026-01-01"}],
        "sources": [{"url": "https://example.org", "read-on": "2026-01-01", "kind": "primary"}],
        "checked-on": "2026-01-01",
        "next-check": "2027-01-01",
        "confidence": "high",
    }
    return {**plain, **fields}


class Rules(Catalogue):
    """The shipped knowledge base with other instruments.

    Args:
        instruments: Plain fields, as in YAML.
        scenarios: The same for scenarios; `today` is always there.
    """

    def __init__(
        self, instruments: Iterable[Mapping[str, Any]], scenarios: Iterable[Mapping[str, Any]] = ()
    ) -> None:
        base = shipped()
        self.folder, self.version, self.as_of = base.folder, base.version, base.as_of
        self._tables = {
            kind: getattr(base, kind)
            for kind in (
                "developers",
                "families",
                "models",
                "datasets",
                "providers",
                "tokenizers",
                "licences",
            )
        }
        made = [msgspec.convert(dict(i), records.Instrument) for i in instruments]
        added = [msgspec.convert(dict(s), records.Scenario) for s in scenarios]
        self._tables["instruments"] = {i.id: i for i in made}
        self._tables["questions"] = base.questions
        self._tables["scenarios"] = {"today": base.scenarios["today"], **{s.id: s for s in added}}
