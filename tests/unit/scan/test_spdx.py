"""The collector `spdx`: documents of ours, of peers, of old versions and of nobody."""

from __future__ import annotations

import json
import time

import pytest

from build.spdx import CDXGEN_LIKE, PEER, SYFT_LIKE, TAG_VALUE
from gauger.catalogue.load import Catalogue
from gauger.catalogue.query import Lookup
from gauger.core.dossier import in_use
from gauger.core.errors import LimitExceeded, Malformed
from gauger.core.limits import DEFAULT_LIMITS
from gauger.formats.spdx import read_spdx
from gauger.scan.scan import scan
from gauger.scan.spdx import entries_of


@pytest.fixture(scope="module")
def lookup():
    """The knowledge base that is shipped."""
    return Lookup(Catalogue())


@pytest.fixture
def scanned(tmp_path, lookup):
    """What all collectors find in a folder that holds this one document."""

    def run(text, name="bom.spdx.json"):
        (tmp_path / name).write_text(text if isinstance(text, str) else json.dumps(text), encoding="utf-8")
        return scan(tmp_path, lookup)

    return run


def names(inventory):
    """The names of all models that are more than mentioned."""
    return sorted(model.name for model in in_use(inventory.models, inventory.uses))


def test_a_peers_document_with_ids_that_are_no_iris_is_read(scanned):
    """Types without prefix and short ids are understood; the place of each use is the line in the bill."""
    inventory = scanned(json.dumps(PEER, indent=1))
    assert names(inventory) == ["Qwen/Qwen2.5-7B-Instruct", "deepseek-ai/DeepSeek-V3"]
    places = {u.model_name: u.location for u in inventory.uses}
    assert places["deepseek-ai/DeepSeek-V3"].path == "bom.spdx.json"
    assert places["deepseek-ai/DeepSeek-V3"].line > 1
    assert places["deepseek-ai/DeepSeek-V3"].member == "SPDXRef-model-1"


def test_who_made_a_model_is_judged_by_our_catalogue_not_by_the_bill(scanned):
    """A bill that gives DeepSeek's model to somebody else changes nothing."""
    inventory = scanned(PEER)
    maker = {m.name: m.developer for m in inventory.models}
    assert maker["deepseek-ai/DeepSeek-V3"] == "deepseek"
    assert maker["Qwen/Qwen2.5-7B-Instruct"] == "qwen"


def test_names_that_are_none_are_counted_in_a_gap(scanned):
    """Classes, placeholders and keywords that peers list as models are refused, and the gap says how many."""
    inventory = scanned(PEER)
    (gap,) = [g for g in inventory.gaps if g.part == "spdx"]
    assert gap.detail.startswith("3 of the bill's models have no model's name")
    assert "Qwen2ForCausalLM" in gap.detail


def test_a_package_that_others_only_descend_from_is_no_part_of_the_system():
    """The base model stands among the parents of its child, and is no entry of its own."""
    entries = entries_of(read_spdx(json.dumps(PEER), DEFAULT_LIMITS), "bom.json")
    child = next(e for e in entries if e.name == "Qwen2.5-7B-Instruct")
    assert [p.name for p in child.parents] == ["Qwen/Qwen2.5-7B"]
    assert "Qwen2.5-7B" not in [e.name for e in entries]


def test_version_2_gives_models_by_purl_and_leaves_libraries_alone(scanned):
    """Of a container's many packages, those are models whose purl or address says so."""
    inventory = scanned(SYFT_LIKE)
    assert names(inventory) == ["BAAI/bge-m3", "mistralai/Mistral-7B-v0.1"]
    assert not [g for g in inventory.gaps if g.part == "spdx"]


def test_files_of_weights_are_models_unless_their_name_says_nothing(scanned):
    """Of bare names of model files, one that is a name counts; `model.safetensors` is not."""
    files = ["claims-helper.gguf", "model.safetensors", "model-00001-of-00002.safetensors", "requests"]
    packages = [{"name": name, "SPDXID": f"SPDXRef-{n}"} for n, name in enumerate(files)]
    inventory = scanned({"spdxVersion": "SPDX-2.3", "packages": packages})
    assert names(inventory) == ["claims-helper.gguf"]
    (gap,) = [g for g in inventory.gaps if g.part == "spdx"]
    assert gap.detail.startswith("2 of the bill's models")


def test_a_model_that_is_one_by_its_carried_properties_alone(scanned):
    """A peer writes models as plain packages under the provider that it guessed: read, and judged anew."""
    inventory = scanned(CDXGEN_LIKE)
    assert names(inventory) == ["claude-sonnet-4-5"]
    (model,) = inventory.models
    assert model.developer == "anthropic"
    assert model.provider == ""
    assert [use.location.member for use in inventory.uses] == ["services/api.py:21"]


def test_tag_value_is_read_too(scanned):
    """The oldest form of SPDX names the same model."""
    assert names(scanned(TAG_VALUE, "bom.spdx")) == ["BAAI/bge-m3"]


def test_the_settings_collector_leaves_bills_alone(scanned):
    """All uses come from the collector `spdx`, though the bill is JSON with keys such as `model`."""
    assert {u.surface for u in scanned(PEER).uses} == {"spdx"}


def test_other_json_is_not_looked_at(scanned):
    """A file without the standard's words gives nothing, not even a gap."""
    inventory = scanned({"name": "spdx", "packages": [{"name": "deepseek-ai/DeepSeek-V3"}]})
    assert [u for u in inventory.uses if u.surface == "spdx"] == []
    assert inventory.gaps == ()


@pytest.mark.parametrize("text", ['{"spdxVersion": "SPDX-2.3", ', '"spdxVersion"', "[" * 500])
def test_what_is_broken_is_refused(text):
    """A document that ends early, is no document or nests without end is an error of a named kind."""
    with pytest.raises((Malformed, LimitExceeded)):
        read_spdx(text, DEFAULT_LIMITS)


@pytest.mark.parametrize(
    "document",
    [
        {"@context": "https://spdx.org/rdf/3.0.1/spdx-context.jsonld", "@graph": [1, None, [], {}]},
        {"@graph": [{"type": ["ai_AIPackage"], "name": 7, "spdxId": None, "software_packageUrl": {}}]},
        {"spdxVersion": "SPDX-2.3", "packages": {"name": "x"}, "relationships": [3]},
        {
            "@graph": [
                {"type": "Relationship", "from": {"spdxId": "a"}, "to": {"x": 1}, "relationshipType": 3}
            ]
        },
        [{"type": "Annotation", "subject": 4, "statement": ["gauger:model"]}],
    ],
)
def test_odd_values_are_left_out(document):
    """Whatever stands where a text is expected, nothing is made of it."""
    entries = entries_of(read_spdx(json.dumps(document), DEFAULT_LIMITS), "x.json")
    assert all(isinstance(e.name, str) for e in entries)


@pytest.mark.parametrize(("basis", "parents"), [("catalogue", []), ("declared", ["org/parent"])])
def test_what_the_knowledge_base_said_is_not_read_back_as_a_declaration(basis, parents):
    """In a document of ours each claim keeps its basis; what was recorded is asked again."""
    claim = {"gauger:claim": {"relation": "fine-tuned-from", "basis": basis}}
    graph = [
        {"type": "ai_AIPackage", "spdxId": "urn:x#a", "name": "org/child"},
        {"type": "ai_AIPackage", "spdxId": "urn:x#b", "name": "org/parent"},
        {
            "type": "Relationship", "spdxId": "urn:x#r", "relationshipType": "descendantOf",
            "from": "urn:x#a", "to": ["urn:x#b"],
        },
        {
            "type": "Annotation", "spdxId": "urn:x#n", "subject": "urn:x#r",
            "contentType": "application/json", "statement": json.dumps(claim),
        },
    ]  # fmt: skip
    document = {"@context": "https://spdx.org/rdf/3.0.1/spdx-context.jsonld", "@graph": graph}
    entries = {e.name: e for e in entries_of(read_spdx(json.dumps(document), DEFAULT_LIMITS), "x.json")}
    assert [parent.name for parent in entries["org/child"].parents] == parents


def test_an_ident_that_stands_many_times_multiplies_nothing():
    """Annotations of one ident are held once, however many elements claim it: no memory, no time to lose."""
    count = 3_000
    claim = json.dumps({"gauger:claim": {"relation": "fine-tuned-from", "basis": "declared"}})
    graph = [{"type": "ai_AIPackage", "spdxId": "urn:x#a", "name": "org/a"} for _ in range(count)]
    graph += [
        {
            "type": "Relationship", "spdxId": "urn:x#a", "relationshipType": "descendantOf",
            "from": "urn:x#a", "to": ["urn:x#a"],
        }
        for _ in range(count)
    ]  # fmt: skip
    graph += [{"type": "Annotation", "subject": "urn:x#a", "statement": claim} for _ in range(count)]
    document = {"@context": "https://spdx.org/rdf/3.0.1/spdx-context.jsonld", "@graph": graph}
    content = read_spdx(json.dumps(document), DEFAULT_LIMITS)
    assert sum(len(item.notes) for item in content.items) == count
    assert len({id(relation.notes) for relation in content.relations}) == 1
    start = time.process_time()
    assert entries_of(content, "x.json")
    assert time.process_time() - start < 10
