"""Worked cases as files: who asks, which models, what is claimed, and what the texts say of it.

`case.yaml` is written by a person, the verdicts that follow from the texts included; `expected.md` is what
the program says in full, written anew by `scripts/golden_cases.py` and read as a diff.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Literal

import msgspec

from build.policy import INSURER, SUBCONTRACTOR, entry, local, named, shipped, use
from gauger.assess.assess import Assessment, assess
from gauger.assess.suppose import suppose
from gauger.catalogue.load import read_entry
from gauger.catalogue.query import Lookup
from gauger.core.inventory import Model, Use
from gauger.core.judgement import READINGS, VERDICTS, Decision, LegalReading, Verdict
from gauger.core.lineage import Claim, Reference
from gauger.core.profile import Answer, Profile

CASES = Path(__file__).parent.parent / "golden" / "cases"
LIKE: Mapping[str, Profile] = {"insurer": INSURER, "subcontractor": SUBCONTRACTOR, "nobody": Profile()}


class Plain(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="kebab"):
    """Base of what stands in a case."""


class Who(Plain, frozen=True, kw_only=True):
    """The user: like one of the profiles of the tests, with these things different."""

    like: str = "insurer"
    country: str = ""
    jurisdictions: tuple[str, ...] = ()
    facts: dict[str, Answer] = {}

    def profile(self) -> Profile:
        """The profile that is meant."""
        base = LIKE[self.like]
        places = (
            {"country": self.country, "jurisdictions": self.jurisdictions or (self.country,)}
            if self.country
            else {}
        )
        return msgspec.structs.replace(base, facts={**base.facts, **self.facts}, **places)


class Which(Plain, frozen=True, kw_only=True):
    """A model of the stack, and how it is used."""

    name: str
    namespace: str = "hub"
    form: str = "weights"
    provider: str = ""
    role: str = "inference"
    licence: str = ""

    def model(self) -> Model:
        """As scan would describe it."""
        if self.namespace == "local":
            return local(self.name, form=self.form, licence=self.licence)
        model = named(self.name, namespace=self.namespace, form=self.form, provider=self.provider)
        return msgspec.structs.replace(model, licence=self.licence) if self.licence else model

    def use(self) -> Use:
        """As scan would describe it."""
        return use(self.model(), role=self.role, provider=self.provider)


class Said(Plain, frozen=True, kw_only=True):
    """A claim about a model of the case and an entry of the catalogue."""

    model: str
    relation: str
    object: str
    basis: Literal["declared", "observed", "alleged"]
    strength: str = "none"
    by: str = ""
    answer: str = ""

    def claim(self, model: Model, reference: Reference) -> Claim:
        """As a dossier holds it."""
        observed = self.basis == "observed"
        return Claim(
            subject=model.id,
            relation=self.relation,
            object=reference.id,
            basis=self.basis,
            strength=self.strength,
            evidence=("evidence-0000000000000000",) if observed else (),
            source="" if observed else "README.md",
            alleged_by=self.by,
            answer=self.answer,
        )


class Verdicts(Plain, frozen=True, kw_only=True):
    """What follows from the texts for one model in one scenario, thought out by a person.

    Attributes:
        because: The words of the rule and the fact that decide.
        rule: The rule that decides, where one does.
    """

    model: str
    scenario: str
    literal: Verdict
    cautious: Verdict
    strict: Verdict
    because: str
    rule: str = ""


class Case(Plain, frozen=True, kw_only=True):
    """One worked case.

    Attributes:
        title: The question.
        date: The day for which it is asked.
        user: Who asks.
        models: What they use.
        claims: Lineage.
        suppose: What is to be taken as given, as the command line takes it.
        scenarios: Ids or short names; several joined by `+` hold together.
        expected: The verdicts that follow from the texts.
        settled-by: A text that has to stand among what would settle a verdict.
        owes: A text that has to stand among the duties.
    """

    title: str
    date: str = "2026-11-24"
    user: Who = Who()
    models: tuple[Which, ...]
    claims: tuple[Said, ...] = ()
    suppose: tuple[str, ...] = ()
    scenarios: tuple[str, ...] = ("today",)
    expected: tuple[Verdicts, ...]
    settled_by: str = ""
    owes: str = ""


def names() -> list[str]:
    """All cases."""
    return sorted(p.parent.name for p in CASES.glob("*/case.yaml"))


def case(name: str) -> Case:
    """The case of this name."""
    return read_entry(CASES / name / "case.yaml", Case)


def answered(asked: Case, *, allegations: bool = True) -> Assessment:
    """What the program says of the case."""
    models = {which.name: which.model() for which in asked.models}
    told = [s for s in asked.claims if allegations or s.basis != "alleged"]
    references = {s.object: entry(s.object) for s in told}
    return assess(
        tuple(models.values()),
        tuple(which.use() for which in asked.models),
        tuple(s.claim(models[s.model], references[s.object]) for s in told),
        tuple(references.values()),
        catalogue=shipped(),
        profile=asked.user.profile(),
        as_of=asked.date,
        scenarios=asked.scenarios,
        supposed=suppose(asked.suppose, models.values(), Lookup(shipped())),
    )


def verdict(
    found: Assessment, model: str, scenario: str, reading: LegalReading
) -> tuple[Verdict, tuple[str, ...]]:
    """The cell of the matrix, and the rules behind it."""
    (cell,) = [o for o in found.outcomes if (o.model, o.scenario, o.reading) == (model, scenario, reading)]
    by_id = {d.id: d for d in found.decisions}
    rules = [by_id[i].instrument for i in cell.decisions if by_id[i].verdict == cell.verdict]
    return cell.verdict, tuple(rules) if cell.verdict != "clear" else ()


def page(asked: Case) -> str:
    """The case as a page: a table for each model, and what stands behind the verdicts."""
    found = answered(asked)
    lines = [f"# {asked.title}", "", f"Asked for {asked.date}."]
    lines += [f"Supposed: {words}." for words in asked.suppose]
    for which in asked.models:
        lines += ["", f"## {which.name}", "", *_table(found, which.model())]
        lines += [line for d in _deciding(found, which.model().id) for line in ("", *_decision(d))]
    lines += [line for f in found.findings for line in ("", f"Finding {f.rule}: {f.message}.")]
    return "\n".join(lines) + "\n"


def _table(found: Assessment, model: Model) -> Iterator[str]:
    yield "| scenario | " + " | ".join(READINGS) + " |"
    yield "| --- |" + " --- |" * len(READINGS)
    for note in found.scenarios:
        cells = [verdict(found, model.id, note.key, reading) for reading in READINGS]
        yield f"| {note.key} | " + " | ".join(_cell(*cell) for cell in cells) + " |"


def _cell(said: Verdict, rules: tuple[str, ...]) -> str:
    return f"{said}: {', '.join(rules)}" if rules else said


def _deciding(found: Assessment, model: str) -> list[Decision]:
    by_id = {d.id: d for d in found.decisions}
    ranked = {
        i: VERDICTS.index(o.verdict)
        for o in found.outcomes
        if o.model == model
        for i in o.decisions
        if by_id[i].verdict == o.verdict
    }
    return [by_id[i] for i in sorted(ranked, key=lambda i: (ranked[i], by_id[i].instrument, i))]


def _decision(told: Decision) -> Iterator[str]:
    where = sorted({c.scenario for c in told.cases})
    readings = [r for r in READINGS if r in {c.reading for c in told.cases}]
    yield f"### {told.verdict}: {told.instrument}"
    yield ""
    yield f"In {', '.join(where)}; {', '.join(readings)}."
    yield ""
    yield told.summary
    for title, items in (
        ("Do", told.duties),
        ("Settled by", [f"{s.fact} ({s.kind}): {s.how}" for s in told.settles]),
        ("Would change", told.flips),
        ("Changes on", told.changes_on),
    ):
        if items:
            yield from ("", f"{title}:", "", *(f"- {item}" for item in items))
