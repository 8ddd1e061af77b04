"""From which model was a model that MLflow stored made?"""

from __future__ import annotations

from gauger.core.inventory import Artifact
from gauger.core.text import printable
from gauger.scan.collector import Candidate, Collected, FileView
from gauger.scan.harvest import Harvest
from gauger.scan.model_address import is_hub_name
from gauger.scan.model_words import could_be_model
from gauger.scan.values import Text
from gauger.scan.yaml_place import yaml_documents

_SOURCES = {
    "source_model_name",
    "base_model_name",
    "model_name_or_path",
    "peft_base_model",
    "pretrained_model_name",
}
_NAMES = {"model", "repo_id", "hf_model", "model_name", "source_model"}


class Mlflow:
    """`MLmodel` files: flavours, the source model they name, the model's id in the registry."""

    ident = "mlflow"
    globs: tuple[str, ...] = ("**/MLmodel",)
    magics: tuple[bytes, ...] = ()

    def collect(self, view: FileView) -> Collected:
        """Read the file.

        Source: https://mlflow.org/docs/latest/ml/model/

        Raises:
            Malformed: not YAML.
            LimitExceeded: above the bounds.
            Unreadable: it cannot be read.
        """
        harvest = Harvest()
        for document in yaml_documents(view.text(), str(view.path), view.limits):
            flavours = document.get("flavors")
            names = tuple(key for key, _ in flavours.items()) if flavours is not None else ()
            entry = Artifact(
                kind="store-entry",
                location=document.location,
                title=printable(view.path.parent.name or "MLmodel", 200),
                format="mlflow",
                facts={"flavours": tuple(printable(n, 80) for n in names[:20])},
            )
            harvest.artifacts.append(entry)
            for _, mapping in document.walk():
                for key, spot in mapping.items():
                    named = key in _SOURCES or (key in _NAMES and is_hub_name(spot.text))
                    if named and could_be_model(spot.text):
                        harvest.candidates.append(
                            Candidate(
                                surface="mlflow",
                                api=key,
                                location=spot.location,
                                written=printable(spot.text),
                                model=Text(text=printable(spot.text), location=spot.location),
                                role="stored",
                                artifact=entry.id,
                            )
                        )
        return harvest.collected()
