"""SPDX documents as other tools write them: shaped like theirs, with invented contents."""

from __future__ import annotations

from typing import Any


def _related(kind: str, start: str, end: str, number: int) -> dict[str, Any]:
    return {
        "type": "Relationship",
        "spdxId": f"rel-{number}",
        "relationshipType": kind,
        "from": start,
        "to": [end],
    }


PEER: dict[str, Any] = {
    "@context": "https://spdx.org/rdf/3.0.1/spdx-context.jsonld",
    "@graph": [
        {"type": "SpdxDocument", "spdxId": "SPDXRef-DOCUMENT", "rootElement": ["root"]},
        {"type": "software_Package", "spdxId": "root", "name": "shop"},
        {"type": "Organization", "spdxId": "org-1", "name": "OpenAI"},
        {
            "type": "ai_AIPackage",
            "spdxId": "SPDXRef-model-1",
            "name": "deepseek-ai/DeepSeek-V3",
            "suppliedBy": "org-1",
        },
        {
            "@type": "AIPackage",
            "@id": "m2",
            "name": "Qwen2.5-7B-Instruct",
            "packageUrl": "pkg:huggingface/Qwen/Qwen2.5-7B-Instruct",
        },
        {
            "type": "ai_AIPackage",
            "spdxId": "base",
            "name": "Qwen2.5-7B",
            "software_packageUrl": "pkg:huggingface/Qwen/Qwen2.5-7B",
        },
        {"type": "ai_AIPackage", "spdxId": "m3", "name": "Qwen2ForCausalLM"},
        {"type": "ai_AIPackage", "spdxId": "m4", "name": "{MODEL_NAME}"},
        {"type": "ai_AIPackage", "spdxId": "m5", "name": "return"},
        _related("dependsOn", "root", "SPDXRef-model-1", 1),
        _related("dependsOn", "root", "m2", 2),
        _related("dependsOn", "root", "m3", 3),
        _related("dependsOn", "root", "m4", 4),
        _related("dependsOn", "root", "m5", 5),
        _related("descendantOf", "m2", "base", 6),
    ],
}
"""As several scanners write it: identifiers that are no IRIs, `@type`, junk among the models."""

SYFT_LIKE: dict[str, Any] = {
    "spdxVersion": "SPDX-2.3",
    "SPDXID": "SPDXRef-DOCUMENT",
    "name": "image",
    "packages": [
        {
            "name": "openai",
            "SPDXID": "SPDXRef-Package-python-openai",
            "versionInfo": "1.40.0",
            "downloadLocation": "NOASSERTION",
            "externalRefs": [
                {
                    "referenceCategory": "PACKAGE-MANAGER",
                    "referenceType": "purl",
                    "referenceLocator": "pkg:pypi/openai@1.40.0",
                }
            ],
        },
        {"name": "acme/widgets", "SPDXID": "SPDXRef-Package-go-widgets", "downloadLocation": "NONE"},
        {
            "name": "bge-m3",
            "SPDXID": "SPDXRef-Package-bge",
            "downloadLocation": "NOASSERTION",
            "licenseDeclared": "MIT",
            "externalRefs": [
                {
                    "referenceCategory": "PACKAGE-MANAGER",
                    "referenceType": "purl",
                    "referenceLocator": "pkg:huggingface/BAAI/bge-m3",
                }
            ],
        },
        {
            "name": "mistral",
            "SPDXID": "SPDXRef-Package-mistral",
            "downloadLocation": "https://huggingface.co/mistralai/Mistral-7B-v0.1",
        },
    ],
}
"""As a container scanner writes version 2.3: libraries, a package without a purl, two models."""


def _property(name: str, value: str) -> dict[str, str]:
    return {
        "type": "extension_CdxPropertyEntry",
        "extension_cdxPropName": name,
        "extension_cdxPropValue": value,
    }


CDXGEN_LIKE: dict[str, Any] = {
    "@context": "https://spdx.org/rdf/3.0.1/spdx-context.jsonld",
    "@graph": [
        {
            "type": "software_Package",
            "spdxId": "urn:x#claude",
            "name": "claude-sonnet-4-5",
            "software_packageUrl": "pkg:generic/deepseek/claude-sonnet-4-5",
            "extension": [
                {
                    "type": "extension_CdxPropertiesExtension",
                    "extension_cdxProperty": [
                        _property("properties.cdx:ai:provider", "deepseek"),
                        _property("properties.cdx:ai:kind", "model"),
                        _property("evidence", '{"occurrences":[{"location":"services/api.py#L21"}]}'),
                    ],
                }
            ],
        },
        {"type": "software_Package", "spdxId": "urn:x#service", "name": "DeepSeek API"},
    ],
}
"""As cdxgen writes SPDX 3: models are plain packages, all that it knows of them in an extension."""

TAG_VALUE = """SPDXVersion: SPDX-2.3
DataLicense: CC0-1.0
SPDXID: SPDXRef-DOCUMENT
DocumentName: image

PackageName: requests
SPDXID: SPDXRef-requests
ExternalRef: PACKAGE-MANAGER purl pkg:pypi/requests@2.32.0

PackageName: bge-m3
SPDXID: SPDXRef-bge
PackageComment: <text>an embedding model</text>
ExternalRef: PACKAGE-MANAGER purl pkg:huggingface/BAAI/bge-m3
"""
