"""Hypothesis strategy for whole dossiers, whose parts point at each other, at nothing and at themselves."""

from __future__ import annotations

import msgspec
from hypothesis import strategies as st

from build import records as make
from build.dossiers import AS_OF, CATALOGUE, TOOL, instrument
from gauger.core.dossier import Dossier, ScenarioNote
from gauger.core.profile import Profile


def _some(strategy, **replaced):
    """A few records with different ids, their pointers drawn from the given ids or left as they are."""

    def pointed(record, draws):
        changes = {k: v for k, v in draws.items() if hasattr(record, k)}
        return msgspec.structs.replace(record, id="", **changes)

    one = st.builds(pointed, strategy, st.fixed_dictionaries({}, optional=replaced))
    return st.lists(one, max_size=3, unique_by=lambda r: r.id).map(tuple)


@st.composite
def dossiers(draw):
    """A dossier whose parts point at each other, at nothing, and at themselves."""
    models, references = draw(_some(make.models)), draw(_some(make.references))
    ids = st.sampled_from([r.id for r in (*models, *references)] or ["nothing"])
    worlds = draw(
        st.lists(
            st.builds(
                ScenarioNote,
                key=make.words,
                title=make.text,
                description=make.text,
                hypothetical=st.booleans(),
                changes=st.lists(make.text, max_size=2).map(tuple),
            ),
            max_size=6,
            unique_by=lambda s: s.key,
        )
    )
    rules = draw(st.lists(make.words, max_size=2, unique=True))
    keys = st.sampled_from([s.key for s in worlds] or ["nothing"])
    rule = st.sampled_from(rules or ["nothing"])
    evidence = draw(_some(make.evidence, subject=ids, reference=ids))
    proofs = st.sampled_from([e.id for e in evidence] or ["nothing"]).map(lambda e: (e,))
    return Dossier(
        tool=TOOL,
        target=draw(make.text),
        as_of=AS_OF,
        catalogue=CATALOGUE,
        profile=Profile(reading=draw(st.sampled_from(["literal", "cautious", "strict"]))),
        artifacts=draw(_some(make.artifacts, model=ids)),
        models=models,
        uses=draw(_some(make.uses, model=ids)),
        references=references,
        evidence=evidence,
        claims=draw(_some(make.claims, subject=ids, object=ids, evidence=proofs)),
        comparisons=draw(_some(make.comparisons, subject=ids, reference=ids)),
        scenarios=tuple(worlds),
        instruments=tuple(instrument(key, draw(make.text)) for key in rules),
        decisions=draw(_some(make.decisions, model=ids, scenario=keys, instrument=rule)),
        outcomes=draw(_some(make.outcomes, model=ids, scenario=keys)),
        findings=draw(_some(make.findings, subject=ids, evidence=proofs)),
        gaps=draw(_some(make.gaps, subject=ids)),
    )
