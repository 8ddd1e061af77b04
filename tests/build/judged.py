"""Small dossiers judged with a knowledge base of one's own, for tests of what moved between two."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from build.policy import AS_OF, shipped, use
from gauger.catalogue.load import Catalogue
from gauger.catalogue.query import Lookup
from gauger.core.dossier import Dossier, Tool
from gauger.core.inventory import Model, Use
from gauger.core.lineage import Claim, Reference
from gauger.core.profile import Profile
from gauger.flows.check import judged_again
from gauger.flows.question import Question


def by_id(records):
    """Records as a dossier holds them."""
    return tuple(sorted(records, key=lambda r: r.id))


def dossier_of(
    models: Iterable[Model],
    profile: Profile,
    *,
    catalogue: Catalogue | None = None,
    claims: Iterable[Claim] = (),
    references: Iterable[Reference] = (),
    uses: Iterable[Use] | None = None,
    as_of: str = AS_OF,
    scenarios: tuple[str, ...] = ("today",),
    target: str = "stack",
) -> Dossier:
    """The document of a stack with these models."""
    models = tuple(models)
    base = catalogue or shipped()
    unjudged = Dossier(
        tool=Tool(name="gauger", version="0"),
        target=target,
        as_of=as_of,
        catalogue=base.stamp(as_of),
        models=by_id(models),
        uses=by_id(uses if uses is not None else [use(model) for model in models]),
        claims=by_id(claims),
        references=by_id(references),
    )
    question = Question(as_of=as_of, profile=profile, scenarios=scenarios)
    return judged_again(unjudged, Lookup(base), question)


def with_facts(profile: Profile, **facts: object) -> Profile:
    """The same profile with these answers; `us_dod_contractor` is `us-dod-contractor`."""
    named = {ident.replace("_", "-"): answer for ident, answer in facts.items()}
    return msgspec.structs.replace(profile, facts={**profile.facts, **named})
