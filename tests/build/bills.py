"""Checks of CycloneDX documents beyond the schema, and bills of materials as other tools write them."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from functools import cache
from typing import Any

from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from packageurl import PackageURL

_VERSIONS = {"1.6": SchemaVersion.V1_6, "1.7": SchemaVersion.V1_7}
_LINKS = ("ref", "target", "requirement", "assessor", "attributedTo", "process", "parent")
_LINK_LISTS = (
    "dependsOn", "provides", "subjects", "assemblies", "dependencies", "claims", "counterClaims", "tools",
    "counterEvidence",
)  # fmt: skip


@cache
def _validator(version: str) -> JsonStrictValidator:
    return JsonStrictValidator(_VERSIONS[version])


def schema_error(document: bytes) -> str:
    """What does the official schema (strict) say against this document? Empty where nothing."""
    text = document.decode()
    error = _validator(json.loads(text)["specVersion"]).validate_str(text)
    return "" if error is None else f"{error.data.message[:300]} at {list(error.data.absolute_path)}"


def nodes(value: Any) -> Iterator[dict[str, Any]]:
    """Every object of the document, the document first."""
    if isinstance(value, dict):
        yield value
        for child in value.values():
            yield from nodes(child)
    elif isinstance(value, list):
        for child in value:
            yield from nodes(child)


def faults(document: bytes) -> list[str]:
    """What is wrong that no schema sees: a reference given twice or leading nowhere, a purl that is none."""
    whole = json.loads(document)
    refs = Counter(node["bom-ref"] for node in nodes(whole) if "bom-ref" in node)
    found = [f"twice: {ref}" for ref, count in refs.items() if count > 1]
    found += [f"leads nowhere: {link}" for link in _links(whole) if link not in refs]
    for node in nodes(whole):
        if "purl" in node:
            purl = PackageURL.from_string(node["purl"])
            if purl.to_string() != node["purl"] or (purl.type == "huggingface" and not purl.namespace):
                found.append(f"no purl: {node['purl']}")
    for citation in whole.get("citations", []):
        found += [f"points nowhere: {p}" for p in citation["pointers"] if not _points(whole, p)]
    return found


def _links(whole: dict[str, Any]) -> Iterator[str]:
    for node in nodes(whole):
        yield from (node[key] for key in _LINKS if isinstance(node.get(key), str))
        for key in _LINK_LISTS:
            yield from (v for v in node.get(key, ()) if isinstance(node[key], list) and isinstance(v, str))
    for claim in whole.get("declarations", {}).get("claims", []):
        yield from claim.get("evidence", [])


def _points(whole: Any, pointer: str) -> bool:
    for part in pointer.split("/")[1:]:
        try:
            whole = whole[int(part)] if isinstance(whole, list) else whole[part]
        except (KeyError, IndexError, ValueError):
            return False
    return True


def bill(*components: dict[str, Any], **more: Any) -> str:
    """A CycloneDX document of some other tool with these components."""
    return json.dumps(
        {"bomFormat": "CycloneDX", "specVersion": "1.6", "components": components, **more}, indent=1
    )


def model(name: str, place: str = "", line: int = 0, **more: Any) -> dict[str, Any]:
    """A component of type `machine-learning-model`, with one place of use where one is given."""
    node: dict[str, Any] = {
        "type": "machine-learning-model",
        "bom-ref": f"ref-{name}-{place}",
        "name": name,
        **more,
    }
    if place:
        node["evidence"] = {"occurrences": [{"location": place} | ({"line": line} if line else {})]}
    return node


def told(**said: str) -> list[dict[str, str]]:
    """Properties; `__` in a name stands for a colon and `_0_` style parts are left alone."""
    return [{"name": name.replace("__", ":"), "value": value} for name, value in said.items()]


CDXGEN = bill(
    model("claude-sonnet-4-5", "api.py#L21", group="deepseek", purl="pkg:generic/deepseek/claude-sonnet-4-5"),
    model("deepseek-chat", "api.py#L10", group="deepseek", purl="pkg:generic/deepseek/deepseek-chat"),
    model(
        "Field Notes", "models/notes.gguf", group="Some Org", purl="pkg:generic/Some%2520Org/Field%2520Notes"
    ),
    model(
        "7c41d6d2b8f34e5a9d0c1b2a3f4e5d6c7b8a9f00",
        "hub/models--tencent--Hunyuan-MT-7B/snapshots/7c41d6d2b8f34e5a9d0c1b2a3f4e5d6c7b8a9f00/config.json",
        group="huggingface",
        purl="pkg:generic/huggingface/7c41d6d2b8f34e5a9d0c1b2a3f4e5d6c7b8a9f00",
    ),
    model("Qwen2.5-7B", "chat.py#L3", group="Qwen", purl="pkg:huggingface/Qwen/Qwen2.5-7B"),
    model(
        "my-tune",
        "tunes/my-tune/adapter_config.json",
        group="huggingface",
        pedigree={"ancestors": [{"type": "machine-learning-model", "group": "Qwen", "name": "Qwen2.5-7B"}]},
    ),
    model("str", "a.py#L1"),
    model("{MODEL_NAME}", "b.py#L1"),
    services=[{"bom-ref": "s", "name": "DeepSeek API", "provider": {"name": "deepseek"}, "endpoints": []}],
)
"""As cdxgen writes: one provider for a file, purls encoded twice, a cache's model under its commit, junk."""
AIROM = bill(
    model(
        "unsloth/deepseek-v3.1-gguf",
        "local.py",
        32,
        properties=told(airom__model_id="x", airom__kind="hub-model"),
    )
    | {
        "evidence": {
            "identity": [
                {"field": "name", "confidence": 0.85, "concludedValue": "unsloth/DeepSeek-V3.1-GGUF"}
            ],
            "occurrences": [
                {"location": "local.py", "line": 32, "additionalContext": "snapshot_download(…)"}
            ],
        }
    },
    model(
        "tone-lora",
        "models/tone-lora/adapter_config.json",
        properties=[{"name": "airom:model.baseModel", "value": "deepseek-ai/deepseek-llm-7b-base"}],
    ),
    {"type": "library", "name": "transformers", "purl": "pkg:pypi/transformers@4.46.0"},
)
"""As airom writes: names in lower case beside their own spelling, bases in a property."""
AI_BOM = bill(
    model("HuggingFace Transformers", purl="pkg:pypi/huggingface transformers"),
    model("OpenAI Model", purl="pkg:pypi/openai model"),
    model("openai", purl="pkg:pypi/openai"),
    model("coder.gguf", properties=told(trusera__source_location="/home/me/stack/models/coder.gguf:0")),
    {
        "type": "framework",
        "bom-ref": "agent",
        "name": "aws_bedrockagent_agent.a",
        "properties": told(
            trusera__model_name="deepseek.v3-v1:0", trusera__source_location="/home/me/main.tf:2"
        ),
    },
    {"type": "service", "name": "azurerm_cognitive_deployment.ds"},
    serialNumber="not-a-uuid",
)
"""As Trusera's ai-bom writes: one model for an import, types and purls that are none."""
SYFT = bill(
    model(
        "tiny-llama",
        properties=told(syft__package__type="model", syft__location__0__path="/opt/models/tiny.gguf"),
    ),
    {"type": "library", "name": "numpy", "purl": "pkg:pypi/numpy@2.0.0"},
)
"""As syft writes a GGUF file: type `machine-learning-model`, the place in numbered properties."""
OWASP = bill(
    model(
        "DeepSeek-R1-Distill-Qwen-7B",
        group="deepseek-ai",
        purl="pkg:huggingface/deepseek-ai/DeepSeek-R1-Distill-Qwen-7B@" + "A" * 40,
        licenses=[{"license": {"id": "MIT"}}],
        modelCard={
            "modelParameters": {"datasets": [{"type": "dataset", "name": "open-thoughts/OpenThoughts-114k"}]},
            "properties": [{"name": "base_model", "value": "Qwen/Qwen2.5-Math-7B"}],
        },
    ),
    metadata={"component": {"type": "application", "name": "aibom"}},
)
"""As OWASP's generator writes one model of a hub, from its card."""
