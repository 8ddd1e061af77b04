"""Model configurations as small plain facts: config, generation, adapter, params, quantisation."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from gauger.core.limits import Limits
from gauger.core.record import Facts, Scalar
from gauger.core.text import printable
from gauger.formats.bounded_json import json_object

TEXT = 4000
LEFT_OUT = "(left out)"
"""The fact that counts values which were not kept because there were too many."""

LANGUAGE_PARTS = (
    "text_config",
    "llm_config",
    "language_config",
    "language_model",
    "thinker_config.text_config",
)
"""Where multimodal configs keep their language model's sizes. Sources: configs of LLaVA and Gemma 3
(`text_config`), InternVL (`llm_config`), DeepSeek-VL2 (`language_config`),
Qwen2.5-Omni (`thinker_config`)."""

_MOST_FACTS = 2000
_LONGEST_LIST = 256
_LABELS = {"id2label", "label2id", "added_tokens_decoder"}
_INT64 = 1 << 63


def read_config(data: bytes | str, limits: Limits, subject: str = "") -> Facts:
    """What does this JSON configuration say?

    Nested objects become dotted names (`rope_scaling.factor`, `quantization_config.quant_method`); lists of
    up to 256 scalars are kept; nulls, longer lists, lists of objects and label tables are left out.

    Raises:
        Malformed: not a JSON object.
        LimitExceeded: above the bounds.
    """
    return flat_facts(json_object(data, limits, subject))


def flat_facts(document: Mapping[str, Any]) -> Facts:
    """Which small facts does this parsed document hold? See `read_config`; at most 2,000 are kept."""
    facts: Facts = {}
    left_out = 0
    for key, value in _walk(document, ""):
        if len(facts) < _MOST_FACTS:
            facts[printable(key, 200)] = value
        else:
            left_out += 1
    if left_out:
        facts[LEFT_OUT] = left_out
    return facts


def language_fact(facts: Facts, name: str) -> Scalar | tuple[Scalar, ...] | None:
    """What does a config say of its language model: at the top, or in the part that multimodal configs have?

    None where it does not say.
    """
    for place in (name, *(f"{part}.{name}" for part in LANGUAGE_PARTS)):
        if place in facts:
            return facts[place]
    return None


def _walk(node: Mapping[str, Any], prefix: str) -> Iterator[tuple[str, Scalar | tuple[Scalar, ...]]]:
    for key, value in node.items():
        name = f"{prefix}{key}"
        if isinstance(value, dict):
            if key not in _LABELS:
                yield from _walk(value, f"{name}.")
        elif isinstance(value, list):
            if len(value) <= _LONGEST_LIST and all(isinstance(v, str | int | float) for v in value):
                yield name, tuple(_small(v) for v in value)
        elif value is not None:
            yield name, _small(value)


def _small(value: Scalar) -> Scalar:
    if isinstance(value, str):
        return printable(value, TEXT)
    if isinstance(value, int) and not -_INT64 <= value < _INT64:
        return str(value)
    return value
