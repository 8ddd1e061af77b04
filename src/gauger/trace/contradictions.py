"""Where what the files say of a model's origin and what was observed do not go together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal

import msgspec

from gauger.catalogue.query import Lookup
from gauger.catalogue.records import StructureReference, TokenizerReference
from gauger.core.inventory import Location
from gauger.core.judgement import Finding, Severity
from gauger.core.lineage import STRENGTHS, Claim, Strength
from gauger.core.readings import known
from gauger.trace.probe import ProbeResult, Statement, TracedModel
from gauger.trace.references import ancestors_of, hub_like

CONTRADICTED = "declared-origin-contradicted"
UNDECLARED = "undeclared-base-tokenizer"
_NAMED = {"hub", "ollama", "api", "cloud"}
_MOST_TITLES = 6


class Declared(msgspec.Struct, frozen=True, kw_only=True):
    """What the files and the name say of the origin.

    Attributes:
        known_ids: Developers, families, models and tokenizers of the catalogue that the declarations lead to,
            their published ancestors included.
        telling: Statements that give an origin: own work, a maker, a base, a name with an organisation.
    """

    known_ids: frozenset[str]
    telling: tuple[Statement, ...]


class Observed(msgspec.Struct, frozen=True, kw_only=True):
    """What the probes saw of the origin.

    Attributes:
        tokenizers: References that the tokenizer speaks for, the one that others are built on first.
        strength: How strongly.
        structures: References whose sizes are equal.
        structure_strength: How strongly.
        evidence: Ids of the evidence behind both.
    """

    tokenizers: tuple[TokenizerReference, ...]
    strength: Strength
    structures: tuple[StructureReference, ...]
    structure_strength: Strength
    evidence: tuple[str, ...]

    @property
    def agree(self) -> bool:
        """Do tokenizer and structure point to one and the same developer?"""
        return bool({t.developer for t in self.tokenizers} & {s.developer for s in self.structures})


def contradictions(
    subject: TracedModel, results: Sequence[ProbeResult], lookup: Lookup
) -> tuple[Finding, ...]:
    """Which contradictions are there between declaration and observation?

    A tokenizer can be reused, and a shape is shared, so the text says what was measured and no more. Nothing
    is found where the declarations, or what is published under the declared names, lead to a developer whose
    tokenizer it is.
    """
    declared = declared_origin(subject, lookup)
    observed = _observed(results, lookup)
    if not observed.tokenizers:
        return tuple(_by_structure(subject, declared, observed))
    if _explained(declared, observed.tokenizers):
        return ()
    graded = _grade(declared, observed, _reusers(observed.tokenizers, lookup))
    if graded is None:
        return ()
    severity, confidence = graded
    return (
        _finding(subject, declared, observed, severity, confidence, _reusers(observed.tokenizers, lookup)),
    )


def declared_origin(subject: TracedModel, lookup: Lookup) -> Declared:
    """Where do the model's name and files say that it comes from, as far as the catalogue knows the names?"""
    ids: set[str] = set()
    telling: list[Statement] = []
    names = [subject.model.name] if subject.model.namespace in _NAMED else []
    for statement in subject.statements:
        if statement.kind in {"name", "base"}:
            names.append(hub_like(statement.value))
        if statement.kind == "maker":
            developer = lookup.developer_of_organisation(statement.value.replace(" ", "-"))
            ids |= {developer.id} if developer is not None else set()
        if statement.kind in {"own-work", "maker", "base"} or (
            statement.kind == "name" and "/" in statement.value
        ):
            telling.append(statement)
    for name in names:
        ids |= set(_ids_of_name(name, lookup))
    return Declared(known_ids=frozenset(ids), telling=tuple(telling))


def _ids_of_name(name: str, lookup: Lookup) -> Iterator[str]:
    """The name's own developer, family and model, and those of its published ancestors, with tokenizers."""
    identity = lookup.identify(name)
    own = [known(value) for value in (identity.developer, identity.family, identity.model)]
    catalogue = lookup.catalogue
    for ident in (*own, *ancestors_of(name, lookup)):
        if ident is None:
            continue
        yield ident
        entry = catalogue.models.get(ident) or catalogue.families.get(ident)
        if entry is not None:
            yield entry.developer
        family = catalogue.families.get(ident)
        if family is not None and family.tokenizer:
            yield f"tokenizer/{family.tokenizer}"


def _observed(results: Sequence[ProbeResult], lookup: Lookup) -> Observed:
    keys = {reference.id: reference.key for result in results for reference in result.references}
    claims = [c for result in results for c in result.claims if c.basis == "observed"]
    tokenizers = [c for c in claims if c.relation == "shares-tokenizer-with"]
    structures = [c for c in claims if c.relation == "architecture-from"]
    return Observed(
        tokenizers=tuple(lookup.catalogue.tokenizers[keys[c.object].partition("/")[2]] for c in tokenizers),
        strength=_strongest(tokenizers),
        structures=tuple(lookup.catalogue.structures[keys[c.object].partition("/")[2]] for c in structures),
        structure_strength=_strongest(structures),
        evidence=tuple(sorted({e for c in (*tokenizers, *structures) for e in c.evidence})),
    )


def _strongest(claims: Sequence[Claim]) -> Strength:
    return max((c.strength for c in claims), key=STRENGTHS.index, default="none")


def _explained(declared: Declared, tokenizers: Sequence[TokenizerReference]) -> bool:
    """Do the declarations lead to any of those whose tokenizer this may be?"""
    return any(
        t.developer in declared.known_ids
        or f"tokenizer/{t.id}" in declared.known_ids
        or bool(declared.known_ids & set(t.families))
        for t in tokenizers
    )


def _reusers(tokenizers: Sequence[TokenizerReference], lookup: Lookup) -> int:
    """How many other developers use this vocabulary without building on the models it comes from?

    Families that the catalogue derives from one of the vocabulary's own families have it by descent, and are
    not counted.
    """
    makers = {t.developer for t in tokenizers}
    idents = {t.id for t in tokenizers}
    own = {family for t in tokenizers for family in t.families}
    users = [f for f in lookup.catalogue.families.values() if f.tokenizer in idents]
    free = [f for f in users if not own & {d.parent for d, _ in lookup.ancestry(f.derivations)}]
    return len({f.developer for f in free} - makers)


Grade = tuple[Severity, Literal["low", "medium", "high"]]


def _grade(declared: Declared, observed: Observed, reusers: int) -> Grade | None:
    """How much does it matter, and how sure is it? None where it is too little to say anything.

    | tokenizer | structure agrees | an origin is given | nothing is said |
    | --- | --- | --- | --- |
    | equal | yes | high, high | medium, high |
    | equal, or measured in part | no | medium, medium | low, medium |
    | measured in part | yes | high, medium | medium, medium |
    | weak | yes | medium, low | low, low |
    | weak | no | nothing | nothing |

    Where two or more other developers are known to use the vocabulary without descent and the structure says
    nothing, such a vocabulary is common property: one step lower, and nothing at all unless a statement about
    the origin itself (own work, a maker, a base) is there to be contradicted.
    """
    said = bool(declared.telling)
    common = reusers >= _COMMON and not observed.agree
    if common and all(s.kind == "name" for s in declared.telling):
        return None
    if observed.strength == "weak":
        grade: Grade | None = (("medium", "low") if said else ("low", "low")) if observed.agree else None
    elif observed.agree:
        sure: Literal["medium", "high"] = "high" if observed.strength == "exact" else "medium"
        grade = ("high" if said else "medium", sure)
    else:
        grade = ("medium" if said else "low", "medium")
    if grade is not None and common:
        grade = ("low" if grade[0] == "medium" else "info", "low")
    return grade


_COMMON = 2


def _finding(
    subject: TracedModel,
    declared: Declared,
    observed: Observed,
    severity: Severity,
    confidence: Literal["low", "medium", "high"],
    reusers: int,
) -> Finding:
    titles = _titles([t.title for t in observed.tokenizers])
    seen = (
        f"the tokenizer is that of {titles}"
        if observed.strength == "exact"
        else f"the tokenizer points to {titles}"
    )
    if observed.agree:
        makers = {t.developer for t in observed.tokenizers}
        same = [s for s in observed.structures if s.developer in makers]
        others = [s for s in observed.structures if s.developer not in makers]
        seen += f", and the declared sizes are those of {_titles([s.title for s in same])}"
        seen += f" (shared by {_titles([s.title for s in others])})" if others else ""
    said = "; ".join(said_words(s) for s in declared.telling[:3])
    rule = CONTRADICTED if said else UNDECLARED
    denied = any(s.kind in {"own-work", "base"} for s in declared.telling)
    silent = "card and configuration do not say so"
    if said:
        silent = f"the files say otherwise: {said}" if denied else f"the files do not say so: {said}"
    return Finding(
        rule=rule,
        severity=severity,
        confidence=confidence,
        audience=("compliance", "security"),
        subject=subject.model.id,
        locations=_locations(subject, declared),
        message=f"{seen}; {silent}",
        remedy=_remedy(reusers, observed),
        evidence=observed.evidence,
    )


def _by_structure(subject: TracedModel, declared: Declared, observed: Observed) -> Iterator[Finding]:
    """Without a tokenizer, sizes alone only contradict an express claim to own work, and weakly."""
    own = [s for s in declared.telling if s.kind == "own-work"]
    makers = {s.developer for s in observed.structures}
    if not own or observed.structure_strength != "moderate" or makers & declared.known_ids:
        return
    yield Finding(
        rule=CONTRADICTED,
        severity="low",
        confidence="low",
        audience=("compliance",),
        subject=subject.model.id,
        locations=_locations(subject, declared),
        message=f"the sizes are those of {_titles([s.title for s in observed.structures])}; "
        f"{said_words(own[0])}; sizes can be chosen by anybody",
        remedy="ask whoever supplied the model for its tokenizer and which model training began from",
        evidence=observed.evidence,
    )


def said_words(statement: Statement) -> str:
    """What does this statement say, with its place?"""
    words = {"own-work": "says", "maker": "names as maker", "base": "declares the base", "name": "calls it"}
    return f"{statement.location} {words[statement.kind]} “{statement.value}”"


def _remedy(reusers: int, observed: Observed) -> str:
    others = {0: "no other developer is", 1: "one other developer is"}.get(
        reusers, f"{reusers} other developers are"
    )
    makers = {t.developer for t in observed.tokenizers}
    first = [s.title for s in observed.structures if s.developer in makers] or [observed.tokenizers[0].title]
    return (
        f"a tokenizer may be reused without the weights ({others} recorded as using it without descent): ask "
        f"whoever supplied the model which model its training began from, and compare the weights with "
        f"those of {first[0]}"
    )


def _locations(subject: TracedModel, declared: Declared) -> tuple[Location, ...]:
    places = [s.location for s in declared.telling[:3]]
    paths = (subject.tokenizer_path, subject.config_path)
    places += [Location(path=path) for path in paths if path and all(p.path != path for p in places)]
    return tuple(dict.fromkeys(places))


def _titles(titles: Sequence[str]) -> str:
    shown = list(dict.fromkeys(titles))
    rest = f" and {len(shown) - _MOST_TITLES} more" if len(shown) > _MOST_TITLES else ""
    return ", ".join(shown[:_MOST_TITLES]) + rest
