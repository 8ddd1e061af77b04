"""Which models and data sets do training and merging recipes name?"""

from __future__ import annotations

from gauger.scan.collector import Collected, FileView
from gauger.scan.document_kinds import document_kind
from gauger.scan.harvest import Harvest
from gauger.scan.training_recipe import read_recipe
from gauger.scan.yaml_place import yaml_documents

_HINTS = (
    "base_model",
    "model_name",
    "merge_method",
    "gate_mode",
    "torchtune",
    "checkpointer",
    "dataset_name",
)


class Training:
    """Recipes of axolotl, LLaMA-Factory, TRL, torchtune, Unsloth and mergekit, told by their keys."""

    ident = "training"
    globs: tuple[str, ...] = ("**/*.yml", "**/*.yaml", "**/*.json")
    magics: tuple[bytes, ...] = ()

    def collect(self, view: FileView) -> Collected:
        """Read each recipe of the file.

        Raises:
            Malformed: a file with a recipe's words is not YAML.
            LimitExceeded: above the bounds.
            Unreadable: it cannot be read.
        """
        path = str(view.path)
        if view.path.name in ("adapter_config.json", "trainer_state.json", "tokenizer.json"):
            return Collected()
        text = view.text()
        if not any(hint in text for hint in _HINTS) or "{{" in text:
            return Collected()
        harvest = Harvest()
        for document in yaml_documents(text, path, view.limits):
            kind = document_kind(document)
            if kind in ("training", "merge"):
                read_recipe(document, kind, path, harvest)
        return harvest.collected()
