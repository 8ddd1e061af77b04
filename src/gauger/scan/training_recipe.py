"""Which models and data sets does a training or merging recipe start from?"""

from __future__ import annotations

from collections.abc import Iterator

from gauger.core.inventory import Artifact, Form, Role
from gauger.core.text import printable
from gauger.scan.collector import Candidate
from gauger.scan.harvest import Harvest
from gauger.scan.interpolate import shell
from gauger.scan.model_address import data_set_address, model_address
from gauger.scan.model_words import could_be_model
from gauger.scan.values import Text
from gauger.scan.yaml_place import Spot

_BASES: dict[str, Role] = {
    "base_model": "training-base",
    "model_name_or_path": "training-base",
    "model_id": "training-base",
    "model_name": "training-base",
    "pretrained_model_name_or_path": "training-base",
    "model_id_or_path": "training-base",
    "student_model": "student",
    "student_name_or_path": "student",
    "teacher_model": "teacher",
    "teacher_model_name_or_path": "teacher",
    "kd_teacher_model": "teacher",
    "reward_model": "training-base",
    "reward_model_path": "training-base",
    "ref_model": "training-base",
    "adapter_name_or_path": "adapter",
    "lora_model_dir": "adapter",
    "tokenizer_name_or_path": "tokenizer",
    "tokenizer_config": "tokenizer",
}
_DATA = {
    "dataset", "datasets", "dataset_name", "dataset_names", "test_datasets", "pretraining_dataset",
    "eval_dataset", "dataset_mixer", "train_dataset", "data_path", "dataset_path", "dataset_id", "source",
    "train_datasets",
}  # fmt: skip
_DATA_PARTS = ("path", "name", "id", "source", "dataset_name", "repo_id", "hf_hub_url")


def read_recipe(document: Spot, kind: str, path: str, harvest: Harvest) -> None:
    """Write down the bases, teachers, adapters, merged parents and data sets of one recipe.

    Sources: the configuration references of axolotl (https://docs.axolotl.ai/docs/config-reference.html),
        LLaMA-Factory (https://llamafactory.readthedocs.io/), TRL (https://huggingface.co/docs/trl/),
        torchtune (https://docs.pytorch.org/torchtune/) and mergekit (https://github.com/arcee-ai/mergekit).

    Args:
        document: The recipe.
        kind: `training` or `merge`.
        path: The file.
        harvest: Where to write.
    """
    recipe = Artifact(
        kind="training-recipe", location=document.location, title=path.rpartition("/")[2], format=kind
    )
    harvest.artifacts.append(recipe)
    for key, spot in _merged(document) if kind == "merge" else _based(document):
        role = "merge-parent" if kind == "merge" else _BASES[key]
        _model(key, spot, role, harvest)
    for role, folder in _checkpoints(document) if kind == "training" else ():
        _model("checkpoint_dir", folder, role, harvest)
    for key, spot in _data_sets(document) if kind == "training" else ():
        _data_set(key, spot, harvest)


def _based(document: Spot) -> Iterator[tuple[str, Spot]]:
    for _, mapping in document.walk():
        for key, spot in mapping.items():
            if key in _BASES and spot.text:
                yield key, spot


def _checkpoints(document: Spot) -> Iterator[tuple[Role, Spot]]:
    """The folders of weights that torchtune starts from: `checkpointer: {checkpoint_dir: …}`."""
    for key, mapping in document.walk():
        folder = mapping.get("checkpoint_dir")
        if folder is not None and folder.text and key.endswith("checkpointer"):
            yield "teacher" if key.startswith("teacher") else "training-base", folder


def _merged(document: Spot) -> Iterator[tuple[str, Spot]]:
    """mergekit: `base_model`, `models[].model`, `slices[].sources[].model`, `experts[].source_model`."""
    for _, mapping in document.walk():
        for key, spot in mapping.items():
            if key not in ("base_model", "model", "source_model", "tokenizer_source"):
                continue
            leaf = spot if spot.text else spot.get("path") or spot.get("model", "path") or spot.get("model")
            if leaf is not None and leaf.text and leaf.text not in ("union", "base"):
                yield key, leaf


def _model(key: str, spot: Spot, role: Role, harvest: Harvest) -> None:
    text = spot.text.split("+")[0] if role == "merge-parent" else spot.text
    form: Form | None = "adapter" if role == "adapter" else None
    for part in text.split(",") if role == "adapter" else [text]:
        if not could_be_model(part) and "$" not in part:
            continue
        found = model_address(part)
        value = (
            Text(text=printable(found.name), location=spot.location) if found else shell(part, spot.location)
        )
        harvest.candidates.append(
            Candidate(
                surface="training",
                api=key,
                location=spot.location,
                written=printable(spot.text),
                model=value,
                namespace=found.namespace if found else "",
                form=form,
                role=role,
            )
        )


def _data_sets(document: Spot) -> Iterator[tuple[str, Spot]]:
    for _, mapping in document.walk():
        for key, spot in mapping.items():
            if key not in _DATA:
                continue
            if spot.text:
                yield key, spot
            for element in spot.elements():
                leaf = (
                    element if element.text else next((s for p in _DATA_PARTS if (s := element.get(p))), None)
                )
                if leaf is not None and leaf.text:
                    yield key, leaf
            if key == "dataset_mixer":
                yield from ((name, value) for name, value in spot.items())
            elif (
                part := next((s for p in _DATA_PARTS if (s := spot.get(p))), None)
            ) is not None and part.text:
                yield key, part


def _data_set(key: str, spot: Spot, harvest: Harvest) -> None:
    """A data set is an artifact; the catalogue decides whether a model's outputs are in it."""
    texts = [key] if "/" in key else [part.strip() for part in spot.text.split(",")]
    for text in texts:
        name = data_set_address(text) or text
        if not could_be_model(name):
            continue
        title = printable(name, 200)
        artifact = Artifact(kind="dataset", location=spot.location, title=title)
        harvest.artifacts.append(artifact)
        harvest.candidates.append(
            Candidate(
                surface="training",
                api="datasets",
                location=spot.location,
                written=title,
                model=Text(text=title, location=spot.location),
                namespace="hub",
                role="training-data",
                artifact=artifact.id,
                weak=True,
            )
        )
