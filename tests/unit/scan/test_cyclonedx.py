"""The collector `cyclonedx`: other tools' bills of materials, judged again, and our own."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from build import bills
from build.dossiers import small
from build.stacks import Told, lookup, scanned, stack
from gauger.core.errors import Malformed
from gauger.core.limits import DEFAULT_LIMITS
from gauger.flows.check import Question, check
from gauger.formats.cyclonedx import read_cyclonedx
from gauger.report.cyclonedx import CycloneDxRenderer
from gauger.scan.bill_names import decoded, hub_purl, name_of, why_not
from gauger.scan.bill_of_materials import kind_of_document
from gauger.scan.cyclonedx import entries_of
from gauger.scan.scan import scan


def read(folder: Path, document: str) -> dict[str, Told]:
    """The uses that a bill gives, by model name."""
    return {t.model.name: t for t in scanned(folder, {"bom.json": document})}


def test_one_provider_for_a_file_is_not_believed(tmp_path):
    """Claude in a file that also calls DeepSeek is Anthropic's, as its name says; no provider is made up."""
    found = read(tmp_path, bills.CDXGEN)
    assert found["claude-sonnet-4-5"].model.developer == "anthropic"
    assert found["claude-sonnet-4-5"].provider == ""
    assert found["deepseek-chat"].model.developer == "deepseek"
    assert all(t.use.surface == "cyclonedx" for t in found.values())


def test_names_that_a_tool_lost_are_found_by_their_places(tmp_path):
    """A commit becomes the hub's name that the cache folder holds; a header's title becomes the file."""
    found = read(tmp_path, bills.CDXGEN)
    assert found["tencent/Hunyuan-MT-7B"].short == "declared hub tencent/Hunyuan-MT-7B"
    assert found["models/notes.gguf"].model.namespace == "local"
    assert found["tunes/my-tune"].use.role == "stored"


def test_the_place_of_use_is_the_member_and_the_line_is_the_bills(tmp_path):
    """`api.py#L10` is shown as `api.py:10`, beside the line of the bill on which the component begins."""
    use = read(tmp_path, bills.CDXGEN)["deepseek-chat"].use
    assert use.location.member == "api.py:10"
    assert "deepseek-chat" in bills.CDXGEN.splitlines()[use.location.line - 1]


def test_junk_gives_no_use_and_one_gap_that_counts_it(tmp_path):
    """A type's name and a placeholder are no models, and nothing is dropped in silence."""
    inventory = scan(stack(tmp_path, {"bom.json": bills.CDXGEN}), lookup())
    (gap,) = [g for g in inventory.gaps if g.part == "cyclonedx"]
    assert gap.detail.startswith("2 of the bill's models")
    assert "{MODEL_NAME}" in gap.detail
    assert "'str'" in gap.detail
    assert {"str", "{MODEL_NAME}"}.isdisjoint(u.model_name for u in inventory.uses)


def test_the_spelling_in_the_evidence_goes_before_the_lower_case_name(tmp_path):
    """Airom's lower-case name gets back its capitals; its packages are no models."""
    found = read(tmp_path, bills.AIROM)
    assert set(found) == {"unsloth/DeepSeek-V3.1-GGUF", "models/tone-lora"}
    assert found["unsloth/DeepSeek-V3.1-GGUF"].model.publisher == "unsloth"
    assert found["unsloth/DeepSeek-V3.1-GGUF"].model.developer == "deepseek"


def test_a_package_for_each_import_is_no_model_and_a_resource_with_a_model_is_one(tmp_path):
    """Trusera's list comes down to the file and to the model that a property names."""
    found = read(tmp_path, bills.AI_BOM)
    assert set(found) == {"/home/me/stack/models/coder.gguf", "deepseek.v3-v1:0"}
    assert found["deepseek.v3-v1:0"].model.developer == "deepseek"
    assert found["deepseek.v3-v1:0"].use.location.member == "/home/me/main.tf:2"


def test_syfts_model_is_the_file_that_it_read(tmp_path):
    """A GGUF package is the file at its place, and a library is nothing."""
    assert set(read(tmp_path, bills.SYFT)) == {"/opt/models/tiny.gguf"}


def test_what_a_bill_says_of_origin_is_a_declaration(tmp_path):
    """Base and licence come back as declared claims and statements with the bill as their source."""
    root = stack(tmp_path, {"bom.json": bills.OWASP})
    dossier = check(root, lookup(), Question(as_of="2026-11-10"))
    (model,) = dossier.models_in_use
    assert (model.namespace, model.name) == ("hub", "deepseek-ai/DeepSeek-R1-Distill-Qwen-7B")
    names = {r.id: r.key for r in dossier.references}
    declared = [c for c in dossier.claims if c.basis == "declared"]
    assert [(c.relation, names[c.object]) for c in declared] == [("fine-tuned-from", "Qwen/Qwen2.5-Math-7B")]
    assert all(c.source.startswith("bom.json:") for c in declared)
    assert {"licence", "base", "dataset"} <= {e.facts.get("kind") for e in dossier.evidence}
    assert any(c.relation == "trained-on-outputs-of" and c.basis == "catalogue" for c in dossier.claims)


def test_a_service_counts_by_its_address_and_not_by_its_name(tmp_path):
    """An address that the catalogue knows is an access; a service called after a company is nothing."""
    services = [
        {"name": "DeepSeek API", "provider": {"name": "deepseek"}},
        {"name": "llm", "endpoints": ["https://api.moonshot.cn/v1"]},
        {"name": "other", "endpoints": ["https://api.example.org/"]},
    ]
    (found,) = scanned(tmp_path, {"bom.json": bills.bill(services=services)})
    assert (found.use.role, found.provider, found.model.name) == ("access", "moonshot", "*")


def test_a_name_in_a_bill_is_no_alias_of_the_stack(tmp_path):
    """What the stack's gateway calls `gpt-4o` is the stack's affair; the bill's `gpt-4o` is OpenAI's."""
    gateway = (
        "model_list:\n  - model_name: gpt-4o\n    litellm_params:\n      model: deepseek/deepseek-chat\n"
    )
    found = scanned(
        tmp_path, {"litellm.yaml": gateway, "bom.json": bills.bill(bills.model("gpt-4o"))}, "cyclonedx"
    )
    assert [t.model.name for t in found] == ["gpt-4o"]


def test_a_bill_is_not_read_as_settings(tmp_path):
    """Only the collector made for it speaks about a bill."""
    found = scanned(
        tmp_path, {"settings.json": bills.bill(bills.model("Qwen/Qwen3-8B"), model="Qwen/Qwen3-4B")}
    )
    assert {(t.use.surface, t.model.name) for t in found} == {("cyclonedx", "Qwen/Qwen3-8B")}


def test_a_document_that_says_last_what_it_is_is_found(tmp_path):
    """Some tools write `bomFormat` after thousands of components; a long file of other things is no bill."""
    many = [bills.model(f"Qwen/Qwen{n}-8B") for n in range(200)]
    late = json.dumps({"components": many, "bomFormat": "CycloneDX"})
    other = json.dumps({"rows": [{"x": "y" * 9000}], "of": "CycloneDX"})
    found = scanned(tmp_path, {"late.json": late, "rows.json": other})
    assert {t.use.location.path for t in found} == {"late.json"}
    assert len(found) == 200


def test_a_document_in_xml_is_named_and_not_read(tmp_path):
    """XML is a gap that says what to do."""
    text = '<?xml version="1.0"?><bom xmlns="http://cyclonedx.org/schema/bom/1.6"><components/></bom>'
    inventory = scan(stack(tmp_path, {"bom.xml": text}), lookup())
    (gap,) = inventory.gaps
    assert (gap.reason, gap.location.path) == ("not-supported", "bom.xml")


@pytest.mark.parametrize("version", ["1.6", "1.7"])
def test_our_own_document_gives_the_same_models_and_statuses_no_surer(tmp_path, version):
    """Models and places come back; inferred stays inferred, unresolved is at best inferred."""
    dossier = small()
    document = CycloneDxRenderer(version).render(dossier).decode()
    found = scanned(tmp_path, {"x.cdx.json": document})
    wanted = {(m.namespace, m.name, m.form) for m in dossier.models_in_use}
    assert {(t.model.namespace, t.model.name, t.model.form) for t in found} == wanted
    doubtful = {u.model_name or u.model for u in dossier.uses if u.status in ("inferred", "unresolved")}
    assert doubtful
    back = {t.use.location.member: t.use.status for t in found}
    for use in dossier.uses:
        if use.status in ("inferred", "unresolved"):
            assert back[str(use.location)] in ("inferred", "unresolved")


@pytest.mark.parametrize(
    "broken",
    [
        {"components": 7},
        {"components": [None, 3, "x", {"type": "machine-learning-model"}]},
        {"components": [{"type": "machine-learning-model", "name": ["a"], "evidence": [], "pedigree": 3}]},
        {"metadata": [], "services": {"name": "x", "endpoints": "y"}},
    ],
)
def test_parts_of_the_wrong_shape_are_as_if_they_were_not_there(broken):
    """Nothing but the document's own format is insisted on."""
    text = json.dumps({"bomFormat": "CycloneDX", "specVersion": 1, **broken})
    assert read_cyclonedx(text, DEFAULT_LIMITS).version == ""


def test_what_is_no_cyclonedx_is_refused():
    """Another format, and a nesting without end."""
    with pytest.raises(Malformed):
        read_cyclonedx('{"bomFormat": "Other"}', DEFAULT_LIMITS)
    deep = {"type": "machine-learning-model", "name": "x"}
    for _ in range(20):
        deep = {"type": "library", "name": "y", "components": [deep]}
    text = json.dumps({"bomFormat": "CycloneDX", "components": [deep]})
    assert len(read_cyclonedx(text, DEFAULT_LIMITS).components) == 17


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ('{"bomFormat": "CycloneDX"}', "cyclonedx"),
        ('{"spdxVersion": "SPDX-2.3"}', "spdx"),
        ('{"@context": "https://spdx.org/rdf/3.0.1/spdx-context.jsonld"}', "spdx"),
        ('{"model": "Qwen/Qwen3-8B"}', ""),
    ],
)
def test_the_kind_of_a_document_is_told_by_its_own_words(text, kind):
    """Both standards require words that nothing else uses."""
    assert kind_of_document(text) == kind_of_document(text.encode()) == kind


@pytest.mark.parametrize(
    "name",
    ["str", "None", "{MODEL}", "os.environ['M']", "a" * 40, "Qwen2ForCausalLM", "AutoTokenizer",
     "OpenAI Model", "AWS Bedrock", "@huggingface/transformers", "aws_sagemaker_model.m", "x" * 301, "",
     "unknown", "one two three four five"],
)  # fmt: skip
def test_what_cannot_be_a_models_name_says_why(name):
    """Types, placeholders, digests, classes, packages, sentences."""
    assert why_not(name)
    assert name_of(name).refused


@pytest.mark.parametrize(
    "name",
    ["deepseek-chat", "gpt-4o", "Qwen/Qwen3-8B", "qwen3:8b", "us.deepseek.r1-v1:0", "Field Notes", "Coder"],
)
def test_what_may_be_a_models_name_is_kept(name):
    """A name that nobody knows is still a name."""
    assert why_not(name) == ""


def test_purls_are_undone_of_doubled_encoding():
    """`%2520` is a space; a hub's purl needs its namespace, and its version is a commit in lower case."""
    assert decoded("Acme%2520Assistant") == "Acme Assistant"
    found = hub_purl("pkg:huggingface/deepseek-ai/DeepSeek%252DV3@" + "AB" * 20)
    assert found is not None
    assert (found.name, found.revision) == ("deepseek-ai/DeepSeek-V3", "ab" * 20)
    assert hub_purl("pkg:huggingface/DeepSeek-V3") is None
    assert hub_purl("pkg:pypi/openai") is None


@pytest.mark.parametrize(("basis", "parents"), [("catalogue", []), ("declared", ["org/parent"])])
def test_what_the_knowledge_base_said_is_not_read_back_as_a_declaration(basis, parents):
    """In a document of ours each ancestor keeps its basis; what was recorded is asked again."""
    said = {"basis": basis, "relation": "fine-tuned-from", "name": "org/parent"}
    ancestor = {
        "type": "machine-learning-model",
        "name": "parent",
        "properties": [{"name": f"gauger:{key}", "value": value} for key, value in said.items()],
    }
    model = {"type": "machine-learning-model", "name": "child", "pedigree": {"ancestors": [ancestor]}}
    text = json.dumps({"bomFormat": "CycloneDX", "specVersion": "1.6", "components": [model]})
    (entry,) = entries_of(read_cyclonedx(text, DEFAULT_LIMITS, "x.json"), "x.json")
    assert [parent.name for parent in entry.parents] == parents


def test_many_services_and_many_places_cost_no_more_than_their_sum():
    """Two thousand times more would be the time of a document that is made to be slow."""
    said = {"namespace": "hub", "form": "weights", "name": "org/child"}
    model = {
        "type": "machine-learning-model",
        "name": "child",
        "properties": [{"name": f"gauger:{key}", "value": value} for key, value in said.items()],
        "evidence": {
            "occurrences": [
                {"location": "a.py", "additionalContext": "service=none; "} for _ in range(20_000)
            ]
        },
    }
    services = [{"bom-ref": f"s{number}", "name": "s"} for number in range(20_000)]
    text = json.dumps({"bomFormat": "CycloneDX", "components": [model], "services": services})
    bill = read_cyclonedx(text, DEFAULT_LIMITS, "x.json")
    start = time.process_time()
    (entry,) = entries_of(bill, "x.json")
    assert len(entry.sightings) == 20_000
    assert time.process_time() - start < 10
