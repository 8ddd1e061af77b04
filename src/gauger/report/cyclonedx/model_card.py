"""What do the model's own files say of its architecture and training data? `modelCard`; nothing invented."""

from __future__ import annotations

from gauger.core.inventory import Model
from gauger.core.record import Scalar
from gauger.report.cyclonedx.fields import Node, filled, properties
from gauger.report.view import View

_SIZES = (
    "hidden_size", "intermediate_size", "num_hidden_layers", "num_attention_heads", "num_key_value_heads",
    "vocab_size", "max_position_embeddings", "torch_dtype", "general.file_type", "dtypes", "peft_type", "r",
    "elements", "tensors", "tensor-directory",
)  # fmt: skip


def model_card(model: Model, view: View) -> Node:
    """Task, family, architecture and data sets where a file says them; sizes as properties.

    `architectureFamily` is the configuration's `model_type` or GGUF's `general.architecture`: a word for the
    shape of the network, which says nothing of who made it.
    """
    facts = _facts(model, view)
    return filled(
        modelParameters=filled(
            task=_one(facts, "task_type") or _one(facts, "pipeline_tag"),
            architectureFamily=_one(facts, "model_type") or _one(facts, "general.architecture"),
            modelArchitecture=_one(facts, "architectures"),
            datasets=_data_sets(model, view),
        ),
        properties=properties({f"fact:{key}": sorted(facts.get(key, ())) for key in _SIZES}),
    )


def _facts(model: Model, view: View) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for artifact in view.artifacts.get(model.id, []):
        for key, value in artifact.facts.items():
            values: tuple[Scalar, ...] = value if isinstance(value, tuple) else (value,)
            found.setdefault(key, set()).update(str(v) for v in values)
    return found


def _one(facts: dict[str, set[str]], key: str) -> str:
    """The value where all files agree on one; else empty."""
    values = facts.get(key, set()) - {""}
    return next(iter(values)) if len(values) == 1 else ""


def _data_sets(model: Model, view: View) -> list[Node]:
    """What the model's files declare as training data, and sets of the stack that a claim ties to it."""
    declared = {
        str(e.facts["value"])
        for e in view.dossier.evidence
        if e.subject == model.id and e.facts.get("kind") == "dataset" and "value" in e.facts
    }
    sets = {claim.object for claim in view.claims.get(model.id, []) if claim.basis != "alleged"}
    here = {m.id for m in view.models if m.form == "data-set"} & sets
    return [
        *({"type": "dataset", "name": name} for name in sorted(declared - {""})),
        *({"ref": ident} for ident in sorted(here)),
    ]
