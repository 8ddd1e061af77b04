"""The coverage table: seven clusters, four states, and nothing counted that says nothing."""

from __future__ import annotations

import json

import msgspec
import pytest
from hypothesis import given, settings
from markdown_it import MarkdownIt

from build import dossiers as made
from build.any_dossiers import dossiers
from gauger.core.inventory import Artifact, Digest, Location
from gauger.core.readings import Unmeasured
from gauger.report.coverage.answer import FILLER, STATES, present
from gauger.report.coverage.elements import guideline
from gauger.report.coverage.table import counts, rows_of
from gauger.report.registry import RENDERERS


def answers(dossier, name, cluster="models"):
    """The answers of one cluster about one thing."""
    (row,) = [row for row in rows_of(dossier) if row.cluster == cluster and row.name == name]
    return row.answers


def with_model(change, **fields):
    """The small dossier, in which the embedding model is changed."""
    dossier = made.small()
    models = tuple(change(m) if m.name == "finch/finch-embed-small" else m for m in dossier.models)
    return msgspec.structs.replace(dossier, models=models, **fields)


def test_the_list_is_the_papers_and_says_how_sure_it_is():
    """Fifty elements in seven clusters, each named once; the page that was not read is marked as such."""
    paper = guideline()
    assert [len(cluster.elements) for cluster in paper.clusters] == [10, 9, 13, 10, 2, 4, 2]
    idents = [element.ident for cluster in paper.clusters for element in cluster.elements]
    assert len(set(idents)) == 50
    assert [source.kind for source in paper.sources if not source.read_on] == ["primary"]
    assert paper.confidence != "high"


@pytest.mark.parametrize("word", sorted(FILLER))
def test_filler_is_never_covered(word):
    """A field that is filled with nothing counts as unknown, in any case of its letters."""
    assert present(word.upper(), "declared").state == "unknown"


@settings(max_examples=40)
@given(dossiers())
def test_every_dossier_gives_an_answer_to_every_element(dossier):
    """No element is left out; what is present has a value and a ground, what is unknown has a reason."""
    rows = rows_of(dossier)
    by_cluster = {c.ident: [e.ident for e in c.elements] for c in guideline().clusters}
    for row in rows:
        assert list(row.answers) == by_cluster[row.cluster]
        for answer in row.answers.values():
            assert answer.state in STATES
            assert bool(answer.value and answer.ground) == (answer.state in ("present", "declared-absent"))
            assert bool(answer.reason) == (answer.state == "unknown")
            assert answer.detail or answer.state == "present"


def test_the_producer_of_a_contradicted_model_is_not_known():
    """What is declared of the maker does not count where an observation speaks against it."""
    producer = answers(made.small(), "models/beacon-7b")["model-producer"]
    assert (producer.state, producer.reason) == ("unknown", "ambiguous")


def test_an_api_model_has_no_hash_and_that_is_no_hole():
    """The weights stay with the provider."""
    assert answers(made.small(), "osprey-large")["model-hash"].state == "not-applicable"
    assert answers(made.small(), "tern/Tern-2-14B-GGUF")["model-hash"].reason == "not-present"


@pytest.mark.parametrize(("read", "state"), [(4_096, "present"), (100, "unknown")])
def test_a_hash_counts_only_if_it_covers_the_whole_file(read, state):
    """A digest of a header is no hash of the weights."""
    dossier = made.small()
    target = next(m for m in dossier.models if m.name == "finch/finch-embed-small")
    path = "models/finch/model.safetensors"
    weights = Artifact(
        kind="weights", location=Location(path=path), title="finch", parts=(path,), model=target.id
    )
    digest = Digest(path=path, sha256="a" * 64, size_bytes=4_096, read_bytes=read)
    changed = msgspec.structs.replace(dossier, artifacts=(weights,), inputs=(digest,))
    found = answers(changed, target.name)
    assert found["model-hash"].state == state
    assert found["model-hash-algorithm"].state == state


def test_a_licence_is_present_unknown_or_denied():
    """A known licence counts, an unknown one keeps its reason, filler does not count."""
    known = answers(with_model(lambda m: m), "finch/finch-embed-small")["model-licence"]
    assert (known.state, known.value) == ("present", "apache-2.0")
    gone = Unmeasured(reason="not-declared", detail="no card")
    missing = with_model(lambda m: msgspec.structs.replace(m, licence=gone))
    assert answers(missing, "finch/finch-embed-small")["model-licence"].reason == "not-declared"
    filler = with_model(lambda m: msgspec.structs.replace(m, licence="other"))
    assert answers(filler, "finch/finch-embed-small")["model-licence"].state == "unknown"


def test_a_card_that_says_none_declares_the_licence_absent():
    """Denied is not the same as unknown."""
    target = next(m for m in made.small().models if m.name == "finch/finch-embed-small")
    card = Artifact(
        kind="card",
        location=Location(path="README.md"),
        title="card",
        facts={"license": "none"},
        model=target.id,
    )
    dossier = msgspec.structs.replace(made.small(), artifacts=(card,))
    assert answers(dossier, target.name)["model-licence"].state == "declared-absent"


def test_an_allegation_covers_nothing():
    """What somebody is accused of is no training property."""
    dossier = made.small()
    alleged = tuple(
        msgspec.structs.replace(
            c, subject=next(m.id for m in dossier.models if m.name == "osprey-large"), id=""
        )
        for c in dossier.claims
        if c.basis == "alleged"
    )
    assert alleged
    changed = msgspec.structs.replace(dossier, claims=alleged)
    assert answers(changed, "osprey-large")["model-training"].state == "unknown"


def test_where_no_data_set_is_named_the_cluster_is_unknown_not_inapplicable():
    """Every model was trained on something."""
    found = counts(rows_of(made.small()), "datasets")
    assert found == {"present": 0, "declared-absent": 0, "unknown": 10, "not-applicable": 0}


@pytest.mark.parametrize("name", ["small", "empty", "hostile", "large"])
def test_the_page_is_markdown_that_no_name_breaks(name):
    """Tables keep their columns and nothing of a stranger's comes to life; only our own sources are links."""
    text = RENDERERS.get("g7").render(getattr(made, name)()).decode()
    tokens = [t for block in MarkdownIt().parse(text) for t in (block, *(block.children or ()))]
    tokens += [
        t for b in MarkdownIt("commonmark").enable("table").parse(text) for t in (b, *(b.children or ()))
    ]
    kinds = {t.type for t in tokens}
    assert not kinds & {"image", "html_inline", "html_block"}
    links = {t.attrs["href"] for t in tokens if t.type == "link_open"}
    assert links == {source.url for source in guideline().sources}


def test_the_twin_in_json_has_every_answer():
    """Counts and rows agree, and each row names its cluster."""
    told = json.loads(RENDERERS.get("g7-json").render(made.small()))
    for cluster, found in told["counts"].items():
        rows = [row for row in told["rows"] if row["cluster"] == cluster]
        assert sum(found.values()) == sum(len(row["answers"]) for row in rows)
    assert len(told["rows"]) == len(made.small().models_in_use) + 6
