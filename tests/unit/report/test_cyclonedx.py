"""The renderers `cyclonedx` and `cyclonedx-1.6`: official schema, references, and what stands where."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec
import numpy as np
import pytest

from build.bills import faults, nodes, schema_error
from build.dossiers import digest, empty, hostile, large, model, small
from build.harbour import HARBOUR
from build.safetensors import safetensors_bytes
from build.stacks import lookup, stack
from gauger.core.inventory import Artifact, Location
from gauger.core.lineage import Claim, Evidence, Reference
from gauger.core.readings import Unmeasured
from gauger.flows.check import Question, check, inventory_only, lineage_only
from gauger.report.cyclonedx import CycloneDxRenderer

NEW, OLD = CycloneDxRenderer("1.7"), CycloneDxRenderer("1.6")
ASKED = Question(as_of="2026-11-10")


@pytest.fixture(scope="module")
def harbour():
    """The dossier of the example stack."""
    return check(HARBOUR, lookup(), ASKED)


@pytest.fixture(scope="module")
def document():
    """The small dossier as CycloneDX 1.7."""
    return json.loads(NEW.render(small()))


def component(document, name):
    """The component of this name."""
    (found,) = [c for c in document["components"] if c["name"] == name]
    return found


def said(node):
    """Its `gauger:` properties by name, the last of several."""
    return {p["name"].removeprefix("gauger:"): p["value"] for p in node.get("properties", [])}


@pytest.mark.parametrize("renderer", [NEW, OLD], ids=["1.7", "1.6"])
@pytest.mark.parametrize("make", [small, empty, hostile, lambda: large(12, 4, 2)])
def test_documents_are_valid_strictly_and_every_reference_leads_somewhere(renderer, make):
    """The official schema, unique references, purls and JSON pointers have nothing against any of them."""
    made = renderer.render(make())
    assert schema_error(made) == ""
    assert faults(made) == []


@pytest.mark.parametrize("renderer", [NEW, OLD], ids=["1.7", "1.6"])
def test_the_example_stack_is_valid_whole_scanned_only_and_traced_only(renderer, harbour):
    """Three kinds of run give documents that the schema takes."""
    traced = lineage_only(Path(HARBOUR / "models" / "harbour-claims-7b"), lookup(), ASKED)
    for dossier in (harbour, inventory_only(HARBOUR, lookup(), ASKED), traced):
        made = renderer.render(dossier)
        assert schema_error(made) == ""
        assert faults(made) == []


def test_both_versions_list_the_same_and_only_the_new_one_cites(harbour):
    """No model, service or place is lost in 1.6."""
    new, old = json.loads(NEW.render(harbour)), json.loads(OLD.render(harbour))
    assert set(new) - set(old) == {"citations"}
    for part in ("components", "services", "dependencies", "annotations", "declarations", "definitions"):
        assert new[part] == old[part]
    assert new["serialNumber"] != old["serialNumber"]


def test_the_serial_number_is_the_contents_and_the_clock_is_not_read(document):
    """The same dossier has the same UUID, another one another; all times are the dossier's date."""
    again = json.loads(NEW.render(small()))
    assert again == document
    other = json.loads(NEW.render(msgspec.structs.replace(small(), target="other")))
    assert other["serialNumber"] != document["serialNumber"]
    times = {n["timestamp"] for n in nodes(document) if "timestamp" in n}
    assert times == {"2026-11-10T00:00:00Z"}


def test_a_model_has_its_identity_its_maker_and_its_publisher_apart(document):
    """A repackaged model: group and publisher are the repackager's, the manufacturer is who made it."""
    node = component(document, "Tern-2-14B-GGUF")
    assert (node["group"], node["publisher"], node["version"]) == ("tern", "quantsmith", "main")
    assert node["manufacturer"] == {"name": "Tern AI", "address": {"country": "CN"}}
    assert node["supplier"] == {"name": "quantsmith"}
    assert said(node)["form"] == "quantised"


def test_unknown_stays_unknown_with_its_reason(document):
    """No licence, maker or address is made up; the reason stands in a property."""
    node = component(document, "models/beacon-7b")
    assert "manufacturer" not in node
    assert said(node)["developer-unknown"] == "not-in-catalogue"
    assert "NOASSERTION" not in json.dumps(document)


def test_every_place_of_use_is_an_occurrence_and_mentions_are_only_counted(document):
    """One occurrence for each use; comments stay out."""
    refs = {o["bom-ref"] for n in nodes(document) for o in n.get("occurrences", []) if "bom-ref" in o}
    assert refs == {u.id for u in small().uses if u.status != "mention"}
    assert said(document["metadata"])["mentions"] == "1"
    evidence = component(document, "nw-chat-4")["evidence"]
    (occurrence,) = evidence["occurrences"]
    assert (occurrence["location"], occurrence["line"]) == ("services/quote.py", 31)
    assert "QUOTE_MODEL" in occurrence["additionalContext"]
    assert [f["function"] for f in evidence["callstack"]["frames"]][1:] == ["QUOTE_MODEL", "quote-fast"]


def test_confidence_is_a_level_that_is_explained(document):
    """The status decides technique and level, and the document says that it is no probability."""
    (measured,) = component(document, "models/beacon-7b")["evidence"]["identity"]
    assert (measured["confidence"], measured["methods"][0]["technique"]) == (1.0, "binary-analysis")
    (guessed,) = component(document, "osprey-large")["evidence"]["identity"]
    assert guessed["confidence"] == 0.4
    assert "not a probability" in said(document["metadata"])["confidence-scale"]


def test_stated_parents_are_ancestors_suspected_and_contradicted_ones_are_variants(document):
    """A card that the tokenizer contradicts makes no ancestor, a published base does, no allegation does."""
    renamed = component(document, "models/beacon-7b")["pedigree"]
    assert "ancestors" not in renamed
    variants = {(said(v)["relation"], said(v)["basis"]) for v in renamed["variants"]}
    assert variants == {
        ("fine-tuned-from", "declared"),
        ("shares-tokenizer-with", "observed"),
        ("architecture-from", "observed"),
    }
    (ancestor,) = component(document, "Tern-2-14B-GGUF")["pedigree"]["ancestors"]
    assert said(ancestor)["basis"] == "catalogue"
    assert all(said(n).get("basis") != "alleged" for n in nodes(document))
    assert any("Osprey Inc" in a["text"] and "no evidence" in a["text"] for a in document["annotations"])


def test_a_contradicted_declaration_names_its_counter_evidence(document):
    """The claim that the card makes has the tokenizer's evidence against it."""
    claims = {c["bom-ref"]: c for c in document["declarations"]["claims"]}
    against = [c for c in claims.values() if c.get("counterEvidence")]
    (claim,) = against
    assert claim["predicate"].startswith("fine-tuned-from")
    texts = {e["bom-ref"]: e["propertyName"] for e in document["declarations"]["evidence"]}
    assert {texts[ref] for ref in claim["counterEvidence"]} == {"tokenizer-vocabulary"}


def test_answers_are_attested_by_scenario_and_reading(document):
    """Requirements are the instruments in each scenario; a score stands only where a rule forbids."""
    dossier = small()
    decisions = {c["bom-ref"] for c in document["declarations"]["claims"]} & {d.id for d in dossier.decisions}
    assert decisions == {d.id for d in dossier.decisions}
    attestations = document["declarations"]["attestations"]
    assert len(attestations) == len(dossier.scenarios) * 3
    conformance = [m["conformance"] for a in attestations for m in a["map"]]
    assert {c.get("score") for c in conformance} == {0, None}
    free = json.loads(NEW.render(msgspec.structs.replace(dossier, decisions=())))["declarations"]
    clear = [m["conformance"] for a in free["attestations"] for m in a["map"]]
    assert clear
    assert all(set(c) == {"rationale"} for c in clear), "nothing that no rule catches conforms by it"
    assert all("score" not in m["confidence"] for a in attestations for m in a["map"])
    assert len(document["definitions"]["standards"]) == len(dossier.scenarios) + 1


def test_services_say_who_answers_and_whether_a_border_is_crossed(document):
    """The user's own server is inside, a provider outside, and of an unknown one nothing is said."""
    crossed = {s["name"]: s.get("x-trust-boundary") for s in document["services"]}
    assert crossed["northwind"] is True
    assert crossed["http://vllm:8000"] is False
    assert crossed["endpoint that is not known"] is None
    assert all("data" not in s for s in document["services"])
    needs = {d["ref"]: d.get("dependsOn", []) for d in document["dependencies"]}
    chat = component(document, "nw-chat-4")["bom-ref"]
    (service,) = [s["bom-ref"] for s in document["services"] if s["name"] == "northwind"]
    assert needs[chat] == [service]


def test_completeness_is_never_claimed(document):
    """Gaps make things incomplete; all the rest is unknown."""
    aggregates = {c["aggregate"]: c["assemblies"] for c in document["compositions"]}
    assert set(aggregates) == {"incomplete", "unknown"}
    assert "stack" in aggregates["incomplete"]


def test_a_hash_stands_only_where_the_whole_file_was_read():
    """The digest of a header is a property of another name, so that nobody takes it for the file's."""
    owner = model("models/x", namespace="local")
    paths = ("models/x/a.safetensors", "models/x/b.safetensors")
    weights = Artifact(
        kind="weights", location=Location(path=paths[0]), title="x", parts=paths, model=owner.id
    )
    dossier = msgspec.structs.replace(
        empty(),
        models=(owner,),
        artifacts=(weights,),
        inputs=(digest(paths[0], 90, 90), digest(paths[1], 90, 9)),
    )
    whole, part = json.loads(NEW.render(dossier))["components"][0]["components"]
    assert whole["hashes"] == [{"alg": "SHA-256", "content": dossier.inputs[0].sha256}]
    assert "hashes" not in part
    assert said(part)["file:sha256-of-part"] == dossier.inputs[1].sha256


def test_model_cards_say_what_files_say_and_licences_who_says_so(tmp_path):
    """Architecture and sizes from the configuration, the licence from the card as declared."""
    files = {
        "models/own/config.json": json.dumps(
            {
                "architectures": ["LlamaForCausalLM"],
                "model_type": "llama",
                "hidden_size": 64,
                "vocab_size": 100,
            }
        ),
        "models/own/README.md": "---\nlicense: apache-2.0\ndatasets: [some/data]\n---\n",
        "models/own/model.safetensors": safetensors_bytes({"w": np.zeros(4, np.float32)}),
    }
    document = json.loads(NEW.render(check(stack(tmp_path, files), lookup(), ASKED)))
    (node,) = [c for c in document["components"] if c["type"] == "machine-learning-model"]
    parameters = node["modelCard"]["modelParameters"]
    assert parameters["modelArchitecture"] == "LlamaForCausalLM"
    assert parameters["architectureFamily"] == "llama"
    assert parameters["datasets"] == [{"type": "dataset", "name": "some/data"}]
    assert node["licenses"] == [{"license": {"id": "Apache-2.0", "acknowledgement": "declared"}}]


def test_packages_have_their_own_purls(tmp_path):
    """A pinned requirement is a library with its version; one with a range keeps the range in a property."""
    files = {"requirements.txt": "openai==1.55.0\nsentence_transformers>=3\n"}
    document = json.loads(NEW.render(check(stack(tmp_path, files), lookup(), ASKED)))
    purls = {c["name"]: c["purl"] for c in document["components"]}
    assert purls["openai"] == "pkg:pypi/openai@1.55.0"
    assert "pkg:pypi/sentence-transformers" in purls.values()


def _observed(subject, target, strength):
    """Evidence and a claim that the subject shares its tokenizer with the target."""
    proof = Evidence(
        probe="tokenizer-vocabulary",
        subject=subject.id,
        reference=target.id,
        statement=f"pieces of {target.title}",
        reading=Unmeasured(reason="not-supported"),
        strength=strength,
        calibration="none",
    )
    claim = Claim(
        subject=subject.id,
        relation="shares-tokenizer-with",
        object=target.id,
        basis="observed",
        strength=strength,
        evidence=(proof.id,),
    )
    return proof, claim


@pytest.mark.parametrize(("targets", "shown"), [(("a",), {"a"}), (("a", "b"), set())])
def test_a_weak_match_that_several_share_makes_no_variant(targets, shown):
    """One weak match is a suspicion; two say nothing, and stay among the claims alone."""
    subject = model("models/x", namespace="local")
    references = tuple(Reference(kind="tokenizer", key=t, title=t) for t in targets)
    proofs, claims = zip(*(_observed(subject, r, "weak") for r in references), strict=True)
    dossier = msgspec.structs.replace(
        empty(), models=(subject,), references=references, evidence=proofs, claims=claims
    )
    document = json.loads(NEW.render(dossier))
    variants = document["components"][0].get("pedigree", {}).get("variants", [])
    assert {v["name"] for v in variants} == shown
    assert len(document["declarations"]["claims"]) == len(targets)


def test_a_parent_that_two_files_declare_stands_once_with_both_sources():
    """One ancestor, two sources; a declared parent keeps its name for whoever reads the document back."""
    subject, parent = model("models/x", namespace="local"), model("Qwen/Qwen3-8B", "qwen")
    claims = tuple(
        Claim(
            subject=subject.id, relation="fine-tuned-from", object=parent.id, basis="declared", source=source
        )
        for source in ("models/x/README.md:1", "models/x/config.json (_name_or_path)")
    )
    dossier = msgspec.structs.replace(empty(), models=(subject, parent), claims=claims)
    document = json.loads(NEW.render(dossier))
    (node,) = [c for c in document["components"] if c["name"] == "models/x"]
    (ancestor,) = node["pedigree"]["ancestors"]
    assert (ancestor["group"], ancestor["name"]) == ("Qwen", "Qwen3-8B")
    assert [p["value"] for p in ancestor["properties"] if p["name"] == "gauger:source"] == [
        claim.source for claim in claims
    ]
    assert faults(NEW.render(dossier)) == []
