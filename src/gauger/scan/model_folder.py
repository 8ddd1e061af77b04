"""What is stored in one folder: weights with their shards, configuration, tokenizer, adapter, card."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Literal, TypeVar

import msgspec

from gauger.core.inventory import Artifact, ArtifactKind, Form, Location, Role
from gauger.core.judgement import Gap
from gauger.core.plugin import guarded
from gauger.core.record import Facts
from gauger.core.text import printable
from gauger.formats.cards import read_card
from gauger.formats.configs import read_config
from gauger.formats.shards import ShardGroup
from gauger.scan.collector import Candidate, FileView
from gauger.scan.harvest import Harvest
from gauger.scan.stored_weights import Weights, read_weights
from gauger.scan.values import Text

T = TypeVar("T")
_CONFIGS = {"config.json", "params.json", "model_index.json", "configuration.json", "generation_config.json"}
_TOKENIZERS = {
    "tokenizer.json", "tokenizer.model", "vocab.json", "merges.txt", "vocab.txt", "spiece.model",
    "tekken.json", "sentencepiece.bpe.model", "tokenizer_config.json", "special_tokens_map.json",
    "added_tokens.json",
}  # fmt: skip
_TEMPLATES = {"chat_template.jinja", "chat_template.json"}
_CARDS = {"readme.md", "model_card.md", "modelcard.md"}
_CONFIG_FACTS = re.compile(
    r"^(?:architectures|model_type|_name_or_path|hidden_size|num_hidden_layers|num_attention_heads|"
    r"num_key_value_heads|intermediate_size|vocab_size|rope_theta|torch_dtype|dtype|transformers_version|"
    r"_class_name|quantization_config\.(?:quant_method|bits)|base_model\w*|max_position_embeddings|"
    r"(?:text|llm|language)_config\.(?:model_type|hidden_size|num_hidden_layers|vocab_size)|"
    r"n_layers|dim|n_heads|auto_map\..*)$"
)
_MODEL_CONFIG = {
    "architectures",
    "model_type",
    "_name_or_path",
    "hidden_size",
    "_class_name",
    "dim",
    "n_layers",
}
_DESCRIBES = {"architectures", "model_type"}
"""Keys that model libraries write into every configuration, and hardly anybody else into a `config.json`."""


class Owner(msgspec.Struct, frozen=True, kw_only=True):
    """Which model the files of a folder belong to.

    Attributes:
        surface: `model-files`, `huggingface-cache`.
        group: What all its artifacts share: `models/helios-7b`, `hub:Org/Name@commit`.
        name: The model's name.
        namespace: Where that name lives.
        revision: A pinned revision, or empty.
    """

    surface: str
    group: str
    name: str
    namespace: Literal["hub", "local", "ollama"]
    revision: str = ""


def read_stored_model(
    view: FileView, owner: Owner, groups: Sequence[ShardGroup], others: Sequence[str], harvest: Harvest
) -> None:
    """Write down the artifacts of one model and the use that says that it is stored here.

    Args:
        view: For the tree and the limits.
        owner: The model.
        groups: Its files of weights.
        others: Paths of its other files; those that are nothing of a model are passed over.
        harvest: Where to write.
    """
    reader = _Reader(view, owner, harvest)
    adapter = reader.adapter(others)
    kind: ArtifactKind = "adapter" if adapter else "weights"
    weights = [read_weights(view, group, owner.group, harvest, kind) for group in groups]
    harvest.artifacts += [w.artifact for w in weights]
    config = reader.config(others)
    reader.tokenizer(others)
    reader.card(others)
    reader.stored(weights, config, adapter)


def read_described_model(view: FileView, owner: Owner, others: Sequence[str], harvest: Harvest) -> None:
    """Write down what files say of a model whose weights lie elsewhere, as where a repository omits them.

    That is no use: nothing is stored here. Where a use names the folder, these files tell of its origin. A
    `config.json` that no model library wrote is passed over, with all that lies beside it.
    """
    probe = Harvest()
    reader = _Reader(view, owner, probe)
    if not reader.config(others)[0] or not any(_DESCRIBES & set(a.facts) for a in probe.artifacts):
        return
    reader.tokenizer(others)
    reader.card(others)
    harvest.artifacts += probe.artifacts
    harvest.gaps += probe.gaps


class _Reader:
    def __init__(self, view: FileView, owner: Owner, harvest: Harvest) -> None:
        self.view = view
        self.owner = owner
        self.harvest = harvest
        self.parts: list[Artifact] = []

    def attempt(self, path: str, action: Callable[[], T]) -> T | None:
        """The answer, or None with a gap noted."""
        answer = guarded(
            self.owner.surface,
            action,
            location=Location(path=path),
            touches=(f"origin of {printable(self.owner.group, 200)}",),
        )
        if isinstance(answer, Gap):
            self.harvest.gaps.append(answer)
            return None
        return answer

    def data(self, path: str) -> bytes:
        """The bytes of a small file beside the weights."""
        source = self.view.tree.open(path)
        self.view.limits.check(source.size_bytes, "text_file_bytes", subject=path)
        return source.read_at(0, source.size_bytes)

    def add(self, kind: ArtifactKind, paths: Sequence[str], facts: Facts, form: str = "") -> None:
        """List one artifact of the model."""
        artifact = Artifact(
            kind=kind,
            location=Location(path=paths[0]),
            title=printable(paths[0].rpartition("/")[2], 200),
            format=form,
            parts=tuple(sorted(paths)),
            size_bytes=sum(self.view.tree.size_bytes(p) for p in paths),
            facts={"group": printable(self.owner.group, 400)} | facts,
        )
        self.parts.append(artifact)
        self.harvest.artifacts.append(artifact)

    def config(self, others: Sequence[str]) -> tuple[str, Facts]:
        """The model's configuration: its path, and what is telling in it."""
        found: tuple[str, Facts] = ("", {})
        for path in others:
            if _base(path) not in _CONFIGS:
                continue
            facts = self.attempt(path, lambda path=path: read_config(self.data(path), self.view.limits, path))  # type: ignore[misc]
            if facts is None or (_base(path) != "generation_config.json" and not _MODEL_CONFIG & set(facts)):
                continue
            kept: Facts = {k: v for k, v in sorted(facts.items()) if _CONFIG_FACTS.match(k)}
            self.add("config", [path], kept)
            if _base(path) != "generation_config.json" and not found[0]:
                found = (path, kept)
        return found

    def adapter(self, others: Sequence[str]) -> tuple[str, Facts] | None:
        """The adapter's configuration, where the folder holds one: its path and what is telling in it."""
        path = next((p for p in others if _base(p) in ("adapter_config.json", "adapters.json")), None)
        if path is None:
            return None
        facts = self.attempt(path, lambda: read_config(self.data(path), self.view.limits, path)) or {}
        names = ("base_model_name_or_path", "peft_type", "r", "lora_alpha", "task_type", "model", "revision")
        kept: Facts = {k: facts[k] for k in names if k in facts}
        if "base_model_name_or_path" in kept:
            kept["base_model"] = kept["base_model_name_or_path"]
        self.add("config", [path], kept, "adapter-config")
        return path, kept

    def tokenizer(self, others: Sequence[str]) -> None:
        """The files that make up the tokenizer, with what its configuration declares."""
        files = [p for p in others if _base(p) in _TOKENIZERS or p.endswith(".tiktoken")]
        if files:
            facts: Facts = {}
            config = next((p for p in files if _base(p) == "tokenizer_config.json"), None)
            if config is not None:
                read = (
                    self.attempt(config, lambda: read_config(self.data(config), self.view.limits, config))
                    or {}
                )
                facts = {
                    k: read[k] for k in ("tokenizer_class", "model_max_length", "bos_token") if k in read
                }
                facts["chat-template"] = "chat_template" in read
            self.add("tokenizer", files, facts)
        templates = [p for p in others if _base(p) in _TEMPLATES]
        if templates:
            self.add("chat-template", templates, {})

    def card(self, others: Sequence[str]) -> None:
        """The model card, as declared."""
        path = next((p for p in others if _base(p) in _CARDS), None)
        if path is None:
            return
        card = self.attempt(path, lambda: read_card(self.data(path), self.view.limits, path))
        facts: Facts = {}
        if card is not None:
            facts = {
                "license": card.license,
                "base_model": card.base_models,
                "base_model_relation": card.base_model_relation,
                "datasets": card.datasets,
                "model_name": card.model_name,
                "teacher": card.distilled,
            }
        self.add("card", [path], {k: v for k, v in facts.items() if v})

    def stored(
        self, weights: Sequence[Weights], config: tuple[str, Facts], adapter: tuple[str, Facts] | None
    ) -> None:
        """The use that says that this model lies here, with what its files call it."""
        if not weights and not config[0] and adapter is None:
            return
        api, written = self._called(weights, config, adapter)
        primary = weights[0].artifact if weights else self.parts[0]
        location = primary.location
        if adapter is not None:
            location = self._line_of(adapter[0], "base_model_name_or_path")
        form: Form | None = "adapter" if adapter is not None else None
        if form is None and weights and weights[0].format == "gguf":
            form = "quantised" if _is_quantised(weights[0]) else "weights"
        roles: Role = "adapter" if adapter is not None else "stored"
        place = Location(path=location.path, line=location.line)
        self.harvest.candidates.append(
            Candidate(
                surface=self.owner.surface,
                api=api,
                location=place,
                written=printable(written),
                model=Text(text=printable(self.owner.name, 1000), location=place),
                namespace=self.owner.namespace,
                form=form,
                role="stored" if roles == "stored" else roles,
                revision=Text(text=self.owner.revision, location=place) if self.owner.revision else None,
                artifact=primary.id,
            )
        )

    def _called(
        self, weights: Sequence[Weights], config: tuple[str, Facts], adapter: tuple[str, Facts] | None
    ) -> tuple[str, str]:
        """What says what the files call themselves, and what it says."""
        if adapter is not None and adapter[1].get("base_model_name_or_path"):
            return "base_model_name_or_path", str(adapter[1]["base_model_name_or_path"])
        named = next((w for w in weights if w.own_name), None)
        if named is not None:
            return f"{named.format} header", named.own_name
        if config[1].get("_name_or_path"):
            return "_name_or_path", str(config[1]["_name_or_path"])
        if self.owner.namespace == "hub":
            return "snapshot", self.owner.name
        first = weights[0].artifact if weights else self.parts[0]
        return first.format or first.kind, first.title

    def _line_of(self, path: str, key: str) -> Location:
        text = self.attempt(path, lambda: self.data(path).decode("utf-8", "replace")) or ""
        place = text.find(f'"{key}"')
        return Location(path=path, line=text.count("\n", 0, place) + 1 if place >= 0 else 0)


def _base(path: str) -> str:
    return path.rpartition("/")[2].lower()


def _is_quantised(weights: Weights) -> bool:
    """Are most tensors of a GGUF in a block format rather than in floats?"""
    counts = {"float": 0, "blocks": 0}
    dtypes = weights.artifact.facts.get("dtypes")
    for entry in dtypes if isinstance(dtypes, tuple) else ():
        name, _, count = str(entry).partition("×")
        counts["float" if name in ("F32", "F16", "BF16", "F64") else "blocks"] += int(count or 0)
    return counts["blocks"] > 0
