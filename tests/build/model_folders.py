"""Model folders and a small catalogue, made in code: two developers, their vocabularies and sizes."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from build.safetensors import safetensors_bytes
from gauger.catalogue.load import Catalogue
from gauger.catalogue.query import Lookup
from gauger.core.inventory import Model
from gauger.core.readings import Unmeasured
from gauger.formats.model_file import TokenizerFacts
from gauger.trace.sketch import encode, sketch_of
from gauger.trace.vocabulary import vocabulary_of

PIECES = 12_000
SIZES = {"hidden_size": 64, "num_hidden_layers": 2, "num_attention_heads": 4, "intermediate_size": 128}
CONFIG = {"model_type": "alpha", **SIZES, "num_key_value_heads": 2, "vocab_size": 1000, "rope_theta": 5000.0}
ALPHA_TOKENS = {12_000: "<|alpha_user|>", 12_001: "<|alpha_reply|>", 12_002: "<|alpha_end|>"}
CHECKED: dict[str, Any] = {
    "sources": [{"url": "https://example.org", "read-on": "2026-01-01", "kind": "documentation"}],
    "checked-on": "2026-01-01",
    "next-check": "2027-01-01",
    "confidence": "high",
}


def vocabulary(name: str, pieces: int = PIECES) -> list[str]:
    """So many pieces that no other name has, in a fixed order."""
    numbers = random.Random(name).sample(range(10**9), pieces)  # noqa: S311 - a fixture, not a secret
    return [f"{name}{number:09d}" for number in numbers]


def tokenizer_json(
    pieces: Sequence[str], added: dict[int, str] | None = None, merges: Sequence[str] = ()
) -> bytes:
    """A BPE `tokenizer.json` with these pieces in this order."""
    document = {
        "model": {"type": "BPE", "vocab": {p: n for n, p in enumerate(pieces)}, "merges": list(merges)},
        "added_tokens": [{"id": n, "content": text} for n, text in (added or {}).items()],
    }
    return json.dumps(document).encode()


def small_catalogue(folder: Path) -> Lookup:
    """Alpha and Beta, one family and one vocabulary each; alpha's structure is shared with nobody."""
    _write(folder / "edition.yaml", {"version": "1", "as-of": "2026-01-01"})
    for name in ("alpha", "beta"):
        _write(
            folder / f"developers/{name}.yaml",
            {"id": name, "title": name.title(), "country": "GB", "hub-orgs": [f"{name}-org"]} | CHECKED,
        )
        _write(
            folder / f"families/{name}-lm.yaml",
            {"id": f"{name}-lm", "title": f"{name.title()}-LM", "developer": name, "names": [f"{name}-lm*"]}
            | {"tokenizer": name}
            | CHECKED,
        )
        _write(folder / f"tokenizers/{name}.yaml", _tokenizer(name))
    sizes = {k: v for k, v in CONFIG.items() if k != "model_type"}
    _write(
        folder / "structures/alpha-lm-1b.yaml",
        {"id": "alpha-lm-1b", "title": "Alpha-LM-1B", "models": ["alpha-org/alpha-lm-1b"]}
        | {"families": ["alpha-lm"], "developer": "alpha", "model-type": "alpha", "sizes": sizes}
        | CHECKED,
    )
    return Lookup(Catalogue(folder))


def _tokenizer(name: str) -> dict[str, Any]:
    known = vocabulary_of(TokenizerFacts(kind="bpe", pieces=tuple(p.encode() for p in vocabulary(name))))
    tokens = ALPHA_TOKENS if name == "alpha" else {12_000: "<|beta|>"}
    entry = {
        "id": name,
        "title": f"{name.title()}'s vocabulary",
        "developer": name,
        "families": [f"{name}-lm"],
        "kind": "bpe",
        "pieces": len(known.pieces),
        "vocabulary-sha256": known.sha256,
        "special": list(tokens.values()),
        "special-ids": list(tokens),
        "pre": [f"{name}-pre"],
        "sketch": encode(sketch_of(known.pieces)),
    }
    return entry | CHECKED


def _write(path: Path, entry: dict[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(yaml.safe_dump(entry), encoding="utf-8")


def model_folder(
    folder: Path,
    *,
    config: dict[str, Any] | None = None,
    tokenizer: bytes | None = None,
    card: str = "",
    embedding: tuple[int, int] = (1000, 64),
    layers: int = 2,
) -> Path:
    """A folder as it comes from a hub: weights, configuration, tokenizer, card."""
    folder.mkdir(parents=True, exist_ok=True)
    tensors = {"model.embed_tokens.weight": np.zeros(embedding, np.float16)}
    for number in range(layers):
        tensors[f"model.layers.{number}.input_layernorm.weight"] = np.ones(embedding[1], np.float16)
    (folder / "model.safetensors").write_bytes(safetensors_bytes(tensors))
    if config is not None:
        (folder / "config.json").write_text(json.dumps(config), encoding="utf-8")
    if tokenizer is not None:
        (folder / "tokenizer.json").write_bytes(tokenizer)
    if card:
        (folder / "README.md").write_text(card, encoding="utf-8")
    return folder


def named_model(name: str, namespace: str = "hub") -> Model:
    """An inventory's model of this name."""
    unknown = Unmeasured(reason="not-declared")
    return Model(
        namespace=namespace, name=name, form="weights", publisher=unknown, developer=unknown, family=unknown
    )
