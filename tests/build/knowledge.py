"""A small knowledge base without a mistake, to be broken by a test in one place."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import yaml

SOURCE = "https://example.org/page"
STAMP: dict[str, Any] = {
    "sources": [{"url": SOURCE, "read-on": "2026-11-01", "kind": "primary"}],
    "checked-on": "2026-11-01",
    "next-check": "2027-05-01",
    "confidence": "high",
}
RECORDS: dict[str, dict[str, Any]] = {
    "developers/acme": {
        "title": "Acme",
        "country": "CN",
        "hub-orgs": ["acme-ai"],
        "name-prefixes": ["acme-"],
        "aliases": ["Acme AI"],
        "lists": [{"list": "us.1260h", "since": "2025-01"}],
    },
    "developers/bolt": {"title": "Bolt", "country": "US", "parents": ["acme"], "hub-orgs": ["bolt"]},
    "licences/acme-1": {
        "title": "Acme licence",
        "outputs-training": "yes",
        "excluded-territories": ["GB"],
        "territory-quote": "not in Great Britain",
        "forbidden-when": ["exports-arms"],
        "forbidden-quote": "for no arms",
        "thresholds": [
            {"question": "users", "above": 100, "then": {"kind": "agreement", "text": "ask Acme"}},
        ],
        "declared-as": ["acme licence"],
    },
    "families/one": {
        "title": "One",
        "developer": "acme",
        "released": "2025-01",
        "licence": "acme-1",
        "names": ["one-*"],
        "tokenizer": "one",
    },
    "families/two": {
        "title": "Two",
        "developer": "bolt",
        "names": ["two-*"],
        "derivations": [{"relation": "fine-tuned-from", "parent": "one", "source": SOURCE}],
    },
    "models/two-7b": {
        "title": "Two 7B",
        "developer": "bolt",
        "family": "two",
        "licence": "acme-1",
        "names": ["bolt/two-7b"],
        "derivations": [{"relation": "trained-on-outputs-of", "parent": "answers", "source": SOURCE}],
    },
    "datasets/answers": {"title": "Answers", "names": ["acme-ai/answers"], "generated-by": ["one"]},
    "providers/acme": {
        "title": "Acme",
        "country": "CN",
        "kind": "developer",
        "developer": "acme",
        "hosts": ["api.acme.example"],
        "env-keys": ["ACME_API_KEY"],
        "sdks": ["acme.Client"],
        "prefixes": ["acme/"],
    },
    "providers/bolt": {"title": "Bolt", "country": "US", "kind": "cloud", "hosts": ["api.bolt.example"]},
    "tokenizers/one": {
        "title": "One",
        "developer": "acme",
        "families": ["one"],
        "kind": "bpe",
        "pieces": 9,
        "vocabulary-sha256": "",
    },
    "structures/one-7b": {
        "title": "One 7B",
        "developer": "acme",
        "families": ["one"],
        "model-type": "one",
        "sizes": {"hidden_size": 8},
    },
    "questions/exports-arms": {
        "question": "Do you export arms?",
        "who-knows": "counsel",
        "implied-by-country": ["KP"],
    },
    "questions/users": {"question": "How many?", "who-knows": "product", "answer": "number", "unit": "users"},
    "instruments/gb.ban": {
        "title": "A ban",
        "jurisdiction": "GB",
        "binds": {"all": [{"jurisdiction": ["GB"]}, {"fact": "exports-arms"}]},
        "test": {"any": [{"developer": ["acme"]}, {"listed-on": ["us.1260h"]}]},
        "reaches": {"api": "yes", "weights": "no"},
        "effect": "prohibit-use",
        "status": "in-force",
        "force": [{"from": "2025-01-01", "until": "2026-01-01"}],
        "exceptions": [{"title": "research", "when": {"self-hosted": True}}],
    },
    "scenarios/base": {"title": "Base", "description": "The law.", "order": 0, "hypothetical": "@false"},
    "scenarios/harder": {
        "title": "Harder",
        "description": "More.",
        "order": 1,
        "extends": ["base"],
        "alter-instruments": {"gb.ban": {"status": "suspended"}},
        "add-list-entries": {"bolt": [{"list": "us.1260h", "since": "2026-01-01"}]},
        "set-facts": {"exports-arms": "@true"},
    },
    "allegations/x-2026": {
        "accuser": "X",
        "accused": "acme",
        "about": ["one"],
        "teacher": ["two-7b"],
        "statement": "It is said.",
        "answer": "none found",
        "date": "2026-02-01",
    },
}
"""`kind/id` → the record without its id and without what every record carries."""


def records() -> dict[str, dict[str, Any]]:
    """The whole knowledge base as plain values, to be changed at will."""
    return {
        name: {"id": name.partition("/")[2], **copy.deepcopy(fields), **copy.deepcopy(STAMP)}
        for name, fields in RECORDS.items()
    }


def write(folder: Path, entries: dict[str, dict[str, Any]]) -> Path:
    """Writes each record to its file; `@true` and `@false` become YAML's booleans."""
    for name, fields in entries.items():
        path = folder / f"{name}.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        text = yaml.safe_dump(fields, sort_keys=False, allow_unicode=True)
        path.write_text(text.replace("'@true'", "true").replace("'@false'", "false"), encoding="utf-8")
    (folder / "edition.yaml").write_text("version: 2026.11.0\nas-of: 2026-11-23\n", encoding="utf-8")
    return folder
