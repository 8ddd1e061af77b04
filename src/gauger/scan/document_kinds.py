"""What kind of configuration is this YAML or JSON document? By its contents; names differ everywhere."""

from __future__ import annotations

from typing import Literal

from gauger.scan.yaml_place import Spot

DocumentKind = Literal[
    "",
    "kubernetes",
    "compose",
    "litellm",
    "training",
    "merge",
    "workflow",
    "gitlab",
    "ray-serve",
    "cloudformation",
]

_AXOLOTL = {
    "base_model",
    "datasets",
    "adapter",
    "sequence_len",
    "micro_batch_size",
    "num_epochs",
    "lora_r",
    "rl",
}
_LLAMA_FACTORY = {
    "model_name_or_path",
    "stage",
    "finetuning_type",
    "dataset",
    "template",
    "do_train",
    "export_dir",
}
_TRL = {"model_name_or_path", "dataset_name", "learning_rate", "output_dir", "per_device_train_batch_size"}
_TRAINING_SETS = (_AXOLOTL, _LLAMA_FACTORY, _TRL)


def document_kind(document: Spot) -> DocumentKind:
    """Which of the known kinds is this document? Empty for settings of any other program.

    Sources: the Kubernetes object model (`apiVersion` and `kind`); the Compose specification (`services`);
        LiteLLM's proxy configuration (`model_list` with `litellm_params`); the configuration references of
        axolotl, LLaMA-Factory, TRL, torchtune and mergekit; the workflow syntax of GitHub Actions (`on` and
        `jobs`); Ray Serve's configuration (`applications`).
    """
    keys = {key for key, _ in document.items()}
    if {"apiVersion", "kind"} <= keys:
        return "kubernetes"
    if _is_cloudformation(document):
        return "cloudformation"
    if _is_compose(document, keys):
        return "compose"
    if is_litellm(document):
        return "litellm"
    if "jobs" in keys and keys & {"on", "true"}:
        return "workflow"
    if "merge_method" in keys or {"gate_mode", "experts"} <= keys:
        return "merge"
    if _is_training(document, keys):
        return "training"
    if "applications" in keys and any(e.get("import_path") for e in _elements(document, "applications")):
        return "ray-serve"
    return ""


def is_litellm(document: Spot) -> bool:
    """Is this a LiteLLM configuration: a `model_list` whose entries have `litellm_params`?"""
    return any(entry.get("litellm_params") for entry in _elements(document, "model_list"))


def _elements(document: Spot, key: str) -> list[Spot]:
    spot = document.get(key)
    return spot.elements() if spot is not None else []


def _is_cloudformation(document: Spot) -> bool:
    resources = document.get("Resources")
    return resources is not None and any(
        spot.text_at("Type").startswith(("AWS::", "Custom::")) for _, spot in resources.items()
    )


def _is_compose(document: Spot, keys: set[str]) -> bool:
    services = document.get("services")
    if services is None or "jobs" in keys:
        return False
    known = {
        "image",
        "build",
        "command",
        "environment",
        "ports",
        "volumes",
        "depends_on",
        "models",
        "provider",
    }
    return any(known & {key for key, _ in service.items()} for _, service in services.items())


def _is_training(document: Spot, keys: set[str]) -> bool:
    if any(len(keys & vocabulary) >= 3 for vocabulary in _TRAINING_SETS):
        return True
    if "base_model" in keys and keys & {"datasets", "adapter", "output_dir", "dataset"}:
        return True
    if document.text_at("model", "_component_").startswith("torchtune.") or (
        "tokenizer" in keys and "checkpointer" in keys
    ):
        return True
    arguments = document.get("model_args") or document.get("model_config") or document.get("model")
    return arguments is not None and "model_name_or_path" in dict(arguments.items())
