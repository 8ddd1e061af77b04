"""What the files beside the weights say of name, maker, bases and data: statements with their places."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import get_args

from gauger.core.inventory import Artifact, Location
from gauger.core.lineage import Relation
from gauger.core.record import Facts
from gauger.core.text import printable
from gauger.formats.cards import Card
from gauger.trace.probe import Opened, Statement

_LONGEST = 160
_CARD_CHARACTERS = 1 << 20
_MOST = 64
_OWN_WORK = re.compile(
    r"\b(?:(?:pre-?)?trained|built|developed|made|created)(?: \w{1,30}){0,3} from (?:scratch|the ground up)\b"
    r"|\bour (?:very )?own (?:base |foundation )?model\b"
    r"|从零(?:开始)?(?:训练|构建)",
    re.IGNORECASE,
)
"""Sentences that claim the whole model as the publisher's own work. What is found is quoted and shown, never
taken as a fact; other wordings are missed, which costs a finding its explicit contradiction only."""
_HEADING = re.compile(r"^#[ \t]{1,9}(\S[^\n\r]{0,160})", re.MULTILINE)
_RELATIONS = {
    "finetune": "fine-tuned-from",
    "adapter": "adapter-of",
    "quantized": "quantised-from",
    "merge": "merged-from",
}
"""Source: the values of `base_model_relation`, https://huggingface.co/docs/hub/model-cards#specifying-a-base-model."""
_QUANTISED = re.compile(r"gguf|awq|gptq|-(?:[248]|int[48])bit|nvfp4|fp8|onnx.*int8", re.IGNORECASE)
_QUANTISED_NAME = re.compile(r"[-_.](?:gguf|awq|gptq|exl2|fp8|nvfp4|int[48]|[48]bit|q[2-8]_)", re.IGNORECASE)
_HUB = re.compile(r"https?://(?:www\.)?(?:huggingface\.co|hf\.co|modelscope\.cn/models)/([\w.-]+/[\w.-]+)")
_NAME = re.compile(r"[\w.-]+/[\w.-]+")


def of_card(card: Card, path: str) -> Iterator[Statement]:
    """What does the front matter declare?"""
    place = Location(path=path, line=1)
    relation = _RELATIONS.get(card.base_model_relation.lower(), "")
    for base in card.base_models[:_MOST]:
        yield _said("base", base, place, relation or _likely(card, base))
    for teacher in card.distilled[:_MOST]:
        yield _said("base", teacher, place, "distilled-from")
    for data in card.datasets[:_MOST]:
        yield _said("dataset", data, place)
    if card.model_name:
        yield _said("name", card.model_name, place)
    if card.license:
        yield _said("licence", card.license, place)


def of_card_text(text: str, path: str) -> Iterator[Statement]:
    """What is the card's first heading, and does it claim the model as its publisher's own work?"""
    heading = _HEADING.search(text, 0, _CARD_CHARACTERS)
    if heading:
        line = text.count("\n", 0, heading.start(1)) + 1
        yield _said("heading", heading[1], Location(path=path, line=line))
    found = _OWN_WORK.search(text, 0, _CARD_CHARACTERS)
    if found:
        line = text.count("\n", 0, found.start()) + 1
        yield _said("own-work", _sentence(text, found), Location(path=path, line=line))


def _sentence(text: str, found: re.Match[str]) -> str:
    """What stands around the words on their line, without the marks of a heading or a list."""
    begin = max(text.rfind("\n", 0, found.start()) + 1, found.start() - _LONGEST // 2)
    end = text.find("\n", found.end())
    return text[begin : end if end >= 0 else len(text)].strip(" #*>-\r")


def of_config(facts: Facts, path: str) -> Iterator[Statement]:
    """Which name did the library write into the configuration when it was saved?"""
    name = facts.get("_name_or_path")
    if isinstance(name, str) and _NAME.fullmatch(name):
        yield _said("name", name, Location(path=path, member="_name_or_path"))


def of_adapter(facts: Facts, path: str) -> Iterator[Statement]:
    """Which base does the adapter say it belongs to?"""
    name = facts.get("base_model_name_or_path")
    if isinstance(name, str) and name:
        yield _said("base", name, Location(path=path, member="base_model_name_or_path"), "adapter-of")


def of_mlflow(text: str, path: str) -> Iterator[Statement]:
    """Which hub model does MLflow's `MLmodel` say it was saved from?"""
    for number, line in enumerate(text.splitlines(), start=1):
        found = re.match(r"\s*source_model_name:\s*['\"]?([\w.-]+/[\w.-]+)", line)
        if found:
            yield _said("base", found[1], Location(path=path, line=number), "converted-from")


def of_bill(artifact: Artifact) -> Iterator[Statement]:
    """What does a bill of materials declare of the model, as its collector wrote it into the entry's facts?

    A base without a relation is read as the hub reads it: quantised where the name says so, else fine-tuned.
    """
    place = artifact.location
    for text in _texts(artifact.facts.get("declared-bases")):
        relation, _, name = text.partition(" ")
        guess = "quantised-from" if _QUANTISED_NAME.search(artifact.title) else "fine-tuned-from"
        yield _said("base", name, place, relation if relation in get_args(Relation) else guess)
    for key, kind in (("data-sets", "dataset"), ("licences", "licence"), ("makers", "maker")):
        for text in _texts(artifact.facts.get(f"declared-{key}")):
            yield _said(kind, text, place)


def _texts(value: object) -> tuple[str, ...]:
    listed = value if isinstance(value, tuple | list) else ()
    return tuple(text for text in listed[:_MOST] if isinstance(text, str) and text)


def of_header(opened: Opened) -> Iterator[Statement]:
    """What do a GGUF's `general.*` keys or a safetensors file's `__metadata__` say?"""
    facts, path = opened.file.metadata, opened.path
    for key, kind in (
        ("general.name", "name"),
        ("general.organization", "maker"),
        ("general.author", "maker"),
        ("general.license", "licence"),
    ):
        value = facts.get(key)
        if isinstance(value, str) and value:
            yield _said(kind, value, Location(path=path, member=key))
    yield from _gguf_bases(facts, path)
    for key in ("base_model", "base_model_name_or_path", "ss_base_model_version", "modelspec.title"):
        value = facts.get(f"__metadata__.{key}", facts.get(key))
        if isinstance(value, str) and _NAME.fullmatch(value):
            yield _said("base", value, Location(path=path, member=key), "fine-tuned-from")


def _gguf_bases(facts: Facts, path: str) -> Iterator[Statement]:
    count = facts.get("general.base_model.count")
    bases = [_gguf_base(facts, n) for n in range(min(count, _MOST) if isinstance(count, int) else 0)]
    quantised = bool(facts.get("general.quantized_by")) or len(bases) == 1
    relation = "merged-from" if len(bases) > 1 else "quantised-from" if quantised else "fine-tuned-from"
    for number, name in enumerate(bases):
        if name:
            member = f"general.base_model.{number}"
            yield _said("base", name, Location(path=path, member=member), relation)


def _gguf_base(facts: Facts, number: int) -> str:
    """The hub name in the address, else organisation and name as written."""
    prefix = f"general.base_model.{number}."
    address = facts.get(f"{prefix}repo_url")
    found = _HUB.search(address) if isinstance(address, str) else None
    if found:
        return found[1]
    name, organisation = facts.get(f"{prefix}name"), facts.get(f"{prefix}organization")
    if not isinstance(name, str):
        return ""
    dashed = name.strip().replace(" ", "-")
    return f"{organisation}/{dashed}" if isinstance(organisation, str) and organisation else dashed


def _likely(card: Card, base: str) -> str:
    """The relation where the card names bases and no relation: the hub's own order of guesses."""
    if len(card.base_models) > 1:
        return "merged-from"
    if card.library_name == "peft" or "lora" in card.tags:
        return "adapter-of"
    packaged = card.library_name == "gguf" or any(_QUANTISED.fullmatch(tag) for tag in card.tags)
    return "quantised-from" if packaged and base else "fine-tuned-from"


def _said(kind: str, value: str, location: Location, relation: str = "") -> Statement:
    return Statement(kind=kind, value=printable(value, _LONGEST), location=location, relation=relation)
