"""Laws of the renderers: they never fail, lose nothing, repeat themselves and lead nowhere else."""

from __future__ import annotations

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from build import records as make
from build.dossiers import AS_OF, CATALOGUE, TOOL, instrument
from build.report_pages import Page, html
from gauger.core.dossier import Dossier, ScenarioNote, dump, load
from gauger.core.profile import Profile
from gauger.report.registry import RENDERERS
from gauger.report.text import text_lines
from gauger.report.text.layout import cells


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
        scenarios=tuple(worlds),
        instruments=tuple(instrument(key, draw(make.text)) for key in rules),
        decisions=draw(_some(make.decisions, model=ids, scenario=keys, instrument=rule)),
        outcomes=draw(_some(make.outcomes, model=ids, scenario=keys)),
        findings=draw(_some(make.findings, subject=ids, evidence=proofs)),
        gaps=draw(_some(make.gaps, subject=ids)),
    )


@settings(max_examples=60)
@given(dossiers())
def test_no_dossier_makes_a_renderer_fail(dossier):
    """Whatever the records say and point at, every renderer gives bytes, twice the same."""
    for renderer in RENDERERS:
        first = renderer.render(dossier)
        assert first
        assert first == renderer.render(dossier)
    assert load(RENDERERS.get("json").render(dossier)) == dossier
    assert RENDERERS.get("json").render(dossier) == dump(dossier)


@settings(max_examples=60)
@given(dossiers())
def test_the_page_loses_no_record_and_leads_nowhere_else(dossier):
    """Every record stands there once; every fragment has its target; nothing is fetched or run."""
    page = Page(html(dossier))
    assert len(page.ids) == len(set(page.ids))
    d = dossier
    shown = (d.models, d.claims, d.evidence, d.references, d.findings, d.gaps)
    assert {r.id for part in shown for r in part} <= set(page.ids)
    for link in page.links:
        assert link.startswith(("https://", "http://")) or link[:1] == "#"
        assert link[:1] != "#" or link[1:] in page.ids
    assert page.fetched == ["data:,"]
    assert not page.handlers
    assert not page.styles


@settings(max_examples=60)
@given(dossiers(), st.integers(60, 160))
def test_no_line_of_the_terminal_report_is_too_wide(dossier, width):
    """From 60 cells up, every line fits, whatever the names are."""
    for line in text_lines(dossier, width):
        assert sum(cells(span.text) for span in line) <= width, line
