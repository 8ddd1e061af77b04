"""Laws of CycloneDX out and in: always valid, and nothing is lost on the way there and back."""

from __future__ import annotations

import tempfile
from pathlib import Path

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from build import records as make
from build.any_dossiers import dossiers
from build.bills import faults, schema_error
from build.dossiers import AS_OF, CATALOGUE, TOOL
from build.harbour import HARBOUR
from build.stacks import lookup
from gauger.core.credentials import is_credential
from gauger.core.dossier import Dossier, in_use
from gauger.core.inventory import Endpoint, Model, Use
from gauger.core.limits import DEFAULT_LIMITS
from gauger.core.readings import Unmeasured
from gauger.core.text import printable
from gauger.flows.check import Question, check
from gauger.formats.cyclonedx import read_cyclonedx
from gauger.report.cyclonedx import CycloneDxRenderer
from gauger.scan.cyclonedx import entries_of
from gauger.scan.scan import scan

RENDERERS = (CycloneDxRenderer("1.6"), CycloneDxRenderer("1.7"))
KEYS = st.sampled_from(
    ["type", "name", "group", "purl", "components", "evidence", "occurrences", "location", "identity",
     "pedigree", "ancestors", "properties", "value", "modelCard", "modelParameters", "datasets", "licenses",
     "endpoints"]
)  # fmt: skip
PROVIDERS = ("deepseek", "openai", "anthropic", "moonshot", "self", "")
ADDRESSES = {
    "deepseek": "https://api.deepseek.com/v1",
    "openai": "https://api.openai.com/v1",
    "self": "http://vllm:8000",
}
NAMES = make.words.map(printable).filter(lambda name: name and name != "*" and not is_credential(name))


def identities(models):
    """What must survive: namespace, name, provider, form."""
    return {(m.namespace, m.name, m.provider, m.form) for m in models}


@st.composite
def coherent(draw):
    """A dossier such as a scan makes: a provider where calls go to one, places as they are printed."""
    models = draw(st.lists(_models(), max_size=4, unique_by=lambda m: m.id))
    uses = [draw(_uses(model)) for model in models for _ in range(draw(st.integers(0, 2)))]
    unique = {use.id: use for use in uses}
    return Dossier(
        tool=TOOL,
        target="stack",
        as_of=AS_OF,
        catalogue=CATALOGUE,
        models=tuple(sorted(models, key=lambda m: m.id)),
        uses=tuple(unique[ident] for ident in sorted(unique)),
    )


@st.composite
def _models(draw):
    namespace = draw(st.sampled_from(["hub", "ollama", "api", "local", "object-store", "cloud", "unknown"]))
    provider = draw(st.sampled_from(PROVIDERS)) if namespace in ("api", "cloud") else ""
    name = "*" if namespace == "api" and provider not in ("", "self") and draw(st.booleans()) else draw(NAMES)
    form = draw(st.sampled_from(["api", "weights", "quantised", "adapter", "fine-tune", "data-set"]))
    return Model(namespace=namespace, name=name, provider=provider, form=form)


@st.composite
def _uses(draw, model):
    use = draw(make.uses)
    place = msgspec.structs.replace(use.location, member=printable(use.location.member))
    provider = model.provider or Unmeasured(reason="not-in-catalogue")
    url = ADDRESSES.get(model.provider, "") if draw(st.booleans()) else ""
    end = (
        Endpoint(provider=provider, url=url, basis="declared")
        if model.namespace in ("api", "cloud")
        else None
    )
    role = (
        "access"
        if model.name == "*"
        else "inference"
        if use.role in ("access", "training-data")
        else use.role
    )
    changes = {"model": model.id, "location": place, "endpoint": end, "role": role, "api": printable(use.api)}
    return Use(**{**{f: getattr(use, f) for f in use.__struct_fields__ if f != "id"}, **changes})


@settings(max_examples=25, deadline=None)
@given(dossiers())
def test_every_dossier_gives_valid_documents_that_state_every_model(dossier):
    """Both versions pass the strict schema, repeat themselves, point nowhere wrong, hold each identity."""
    for renderer in RENDERERS:
        made = renderer.render(dossier)
        assert made == renderer.render(dossier)
        assert schema_error(made) == ""
        assert faults(made) == []
        entries = entries_of(read_cyclonedx(made, DEFAULT_LIMITS), "x.cdx.json", made.decode())
        wanted = {(n, printable(name), p, f) for n, name, p, f in identities(dossier.models_in_use)}
        assert identities(e.stated for e in entries) == wanted


def read_back(document: bytes):
    """What a scan of this document alone finds."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "bill.cdx.json"
        path.write_bytes(document)
        return scan(path, lookup())


@settings(max_examples=25, deadline=None)
@given(coherent())
def test_the_way_there_and_back_loses_no_model_and_no_place(dossier):
    """Dossier, document, scan: the same models, and every use at its place, in both versions."""
    for renderer in RENDERERS:
        back = read_back(renderer.render(dossier))
        assert identities(in_use(back.models, back.uses)) == identities(dossier.models_in_use)
        there = {(u.model, str(u.location)) for u in dossier.uses if u.status != "mention"}
        assert there <= {(u.model, u.location.member) for u in back.uses}
        assert [g for g in back.gaps if g.part == "cyclonedx"] == []


def test_the_example_stack_comes_back_whole():
    """All models and all places of the example stack survive both versions."""
    dossier = check(HARBOUR, lookup(), Question(as_of=AS_OF))
    there = {(u.model, str(u.location)) for u in dossier.uses if u.status != "mention"}
    assert len(dossier.models_in_use) >= 20
    for renderer in RENDERERS:
        back = read_back(renderer.render(dossier))
        assert identities(in_use(back.models, back.uses)) == identities(dossier.models_in_use)
        assert {(u.model, u.location.member) for u in back.uses} == there


@settings(max_examples=150, deadline=None)
@given(
    st.recursive(
        make.scalars, lambda c: st.lists(c, max_size=4) | st.dictionaries(KEYS, c, max_size=6), max_leaves=25
    )
)
def test_no_document_makes_the_reader_fail(value):
    """Whatever stands in the parts, the reader answers with entries."""
    document = {"bomFormat": "CycloneDX", "components": value, "services": [value], "metadata": value}
    bill = read_cyclonedx(msgspec.json.encode(document), DEFAULT_LIMITS)
    assert len(entries_of(bill, "x.json")) <= len(bill.components) + sum(
        len(s.endpoints) for s in bill.services
    )
