"""Model cards: the YAML front matter of a README, as declared, believed by nobody yet."""

from __future__ import annotations

import re
from typing import Any

import msgspec

from gauger.core.limits import Limits
from gauger.core.text import printable
from gauger.formats.bounded_yaml import bounded_yaml

_FRONT = re.compile(r"\A\ufeff?---[ \t]*\r?\n(.*?)^(?:---|\.\.\.)[ \t]*\r?$", re.DOTALL | re.MULTILINE)
_MOST = 200


class Card(msgspec.Struct, frozen=True, kw_only=True):
    """What a model card declares, under the names of the hub's metadata (plural where they are lists).

    Source: https://huggingface.co/docs/hub/model-cards#model-card-metadata.

    Attributes:
        license: Identifier, such as `apache-2.0` or `other`; empty where none is declared.
        license_name: The name that goes with `other`.
        license_link: Its address.
        base_models: Hub names of the models that it says it was made from.
        base_model_relation: `finetune`, `adapter`, `quantized`, `merge`, or empty.
        datasets: Hub names of data sets.
        library_name: `transformers`, `gguf`, …
        pipeline_tag: The task.
        languages: Language codes.
        tags: Free tags, often with `base_model:…` in them.
        model_name: The declared name, or empty.
        distilled: Declared teachers, where a `teacher_model` or like key exists.
        lines: How many lines the front matter takes, its fences included; 0 where there is none.
    """

    license: str = ""
    license_name: str = ""
    license_link: str = ""
    base_models: tuple[str, ...] = ()
    base_model_relation: str = ""
    datasets: tuple[str, ...] = ()
    library_name: str = ""
    pipeline_tag: str = ""
    languages: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    model_name: str = ""
    distilled: tuple[str, ...] = ()
    lines: int = 0


def read_card(data: bytes | str, limits: Limits, subject: str = "") -> Card | None:
    """What does the front matter of this README declare? None where it has no front matter.

    Raises:
        Malformed: the front matter is not YAML.
        LimitExceeded: above the bounds.
    """
    limits.check(len(data), "text_file_bytes", subject=subject)
    text = data if isinstance(data, str) else data.decode("utf-8", "replace")
    found = _FRONT.match(text)
    if found is None:
        return None
    lines = found.group(0).count("\n") + 1
    declared = bounded_yaml(found.group(1), limits, subject)
    return _card(declared, lines) if isinstance(declared, dict) else Card(lines=lines)


def _card(declared: dict[str, Any], lines: int) -> Card:
    return Card(
        license=_one(declared.get("license")),
        license_name=_one(declared.get("license_name")),
        license_link=_one(declared.get("license_link")),
        base_models=_many(declared.get("base_model")) or _many(declared.get("base_models")),
        base_model_relation=_one(declared.get("base_model_relation")),
        datasets=_many(declared.get("datasets")),
        library_name=_one(declared.get("library_name")),
        pipeline_tag=_one(declared.get("pipeline_tag")),
        languages=_many(declared.get("language")),
        tags=_many(declared.get("tags")),
        model_name=_one(declared.get("model_name")),
        distilled=_many(declared.get("teacher_model")) or _many(declared.get("teacher")),
        lines=lines,
    )


def _one(value: Any) -> str:
    """A single text; of a list, the first."""
    several = _many(value)
    return several[0] if several else ""


def _many(value: Any) -> tuple[str, ...]:
    """One text or a list of texts as a tuple; objects of a list count by their `name`, `id` or `model`."""
    items = value if isinstance(value, list) else [value]
    found = [_text(item) for item in items[:_MOST]]
    return tuple(text for text in found if text)


def _text(item: Any) -> str:
    if isinstance(item, dict):
        item = next((item[key] for key in ("name", "id", "model") if key in item), None)
    if item is None or isinstance(item, dict | list):
        return ""
    return printable(str(item), 400)
