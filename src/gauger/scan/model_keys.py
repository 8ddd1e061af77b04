"""Which keys of a document carry a model's name? For custom resources, charts' values and settings."""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from gauger.core.inventory import Location
from gauger.core.text import printable
from gauger.scan.collector import Binding, Candidate
from gauger.scan.harvest import Harvest
from gauger.scan.interpolate import Dialect, literal
from gauger.scan.model_address import model_address, without_credentials
from gauger.scan.model_words import (
    ModelWord,
    could_be_model,
    is_address_name,
    is_refusal,
    is_secret_name,
    model_word,
)
from gauger.scan.values import Text, Value
from gauger.scan.yaml_place import Spot

_ADDRESSES = {"storageuri", "sourceuri", "artifacturi", "modeluri", "modelsource", "storageuris"}
_PARTS = {
    "id", "name", "repo", "repository", "repoid", "uri", "url", "path", "source", "ref", "tag", "hf",
    "default", "huggingface", "modelid", "repo_id", "primary", "fallback", "value",
}  # fmt: skip
_ALIASES = {"servedmodelname", "servedmodelnames", "served_model_name", "servedname"}
_HUB_SCHEME = re.compile(r"^(?:hf|huggingface|ollama|modelscope|ms)://", re.IGNORECASE)


class Keyed(msgspec.Struct, frozen=True, kw_only=True):
    """A key that carries a model, with what stands behind it.

    Attributes:
        spot: The value.
        key: The keys that lead there, short.
        word: What the key's name says.
    """

    spot: Spot
    key: str
    word: ModelWord


def read_model_keys(
    document: Spot,
    surface: str,
    harvest: Harvest,
    dialect: Dialect = literal,
    *,
    skip: frozenset[str] = frozenset(),
) -> None:
    """Write down every key of this document that carries a model, the address beside it and its aliases.

    Args:
        document: Where to look, all the way down.
        surface: The collector's surface.
        harvest: Where to write.
        dialect: What text may refer to.
        skip: Keys below which another reader looks.
    """
    for mapping, parent in _mappings(document, skip):
        pairs = mapping.items()
        keyed = [found for key, spot in pairs for found in _carried(key, spot, parent)]
        keyed += _paired(mapping)
        address_of_weights = any(_HUB_SCHEME.match(k.spot.text) or "://" in k.spot.text for k in keyed)
        if address_of_weights:
            keyed = [k for k in keyed if k.spot.text and not _is_plain_name(k)]
        address = next((s for k, s in pairs if _is_web_address(k, s)), None)
        served: list[Value] = []
        for one in keyed:
            served += _candidate(one, surface, harvest, dialect, address)
        for key, spot in pairs:
            if key.lower().replace("-", "") in _ALIASES and served:
                for name in [spot, *spot.elements()]:
                    _alias(name.text, served[0], name.location, harvest)
        _loaded(mapping, surface, harvest, dialect)


def read_model_key(path: str, spot: Spot, surface: str, harvest: Harvest) -> None:
    """Write down the model at one key, which a patch names by its path (`/spec/model/storageUri`)."""
    parent, _, key = path.rpartition("/")
    for one in _carried(key, spot, parent.rpartition("/")[2]):
        list(_candidate(one, surface, harvest, literal, None))


def _mappings(document: Spot, skip: frozenset[str]) -> Iterator[tuple[Spot, str]]:
    stack: list[tuple[Spot, str]] = [(document, "")]
    seen: set[int] = set()
    while stack:
        spot, parent = stack.pop()
        if id(spot.node) in seen:
            continue
        seen.add(id(spot.node))
        pairs = spot.items()
        if pairs:
            yield spot, parent
        children = [(child, key) for key, child in pairs if key not in skip]
        children += [(element, parent) for element in spot.elements()]
        stack += reversed(children)


def _carried(key: str, spot: Spot, parent: str) -> Iterator[Keyed]:
    lower = key.lower().replace("-", "").replace("_", "")
    if lower in _ALIASES or (
        lower == "modelid" and parent.lower() in {"modelloadingconfig", "model_loading_config"}
    ):
        return
    word = ModelWord(strength="strong", role="inference") if lower in _ADDRESSES else model_word(key)
    if word is None and lower in _PARTS and parent:
        word = model_word(parent)
    if word is None and _HUB_SCHEME.match(spot.text):
        word = ModelWord(strength="strong", role="inference")
    if word is None:
        return
    texts = [spot] if spot.text else [e for e in spot.elements() if e.text]
    for text in texts:
        yield Keyed(spot=text, key=f"{parent}.{key}" if parent else key, word=word)


def _paired(mapping: Spot) -> Iterator[Keyed]:
    """`{name: base-model, value: x/Y}`, `{name: MODEL, default: x/Y}`: parameters of pipelines, headers."""
    name = mapping.text_at("name")
    word = model_word(name) if name else None
    spot = mapping.get("value") or mapping.get("default")
    if word is not None and spot is not None and spot.text and not is_secret_name(name):
        yield Keyed(spot=spot, key=name, word=word)


def _is_plain_name(keyed: Keyed) -> bool:
    """A bare `name` beside the address of the weights: what the server calls them."""
    return keyed.key.rpartition(".")[2] == "name" and "/" not in keyed.spot.text


def _candidate(
    keyed: Keyed, surface: str, harvest: Harvest, dialect: Dialect, address: Spot | None
) -> Iterator[Value]:
    location = keyed.spot.location
    value = dialect(keyed.spot.text, location)
    found = None
    if isinstance(value, Text):
        if not could_be_model(value.text):
            return
        found = model_address(value.text)
        if found is None and "://" in value.text:
            return
        if found is not None and found.namespace == "local" and keyed.word.strength == "weak":
            return
        value = Text(text=printable(found.name), location=location) if found else value
    strong = keyed.word.strength == "strong" or (found is not None and found.namespace != "local")
    harvest.candidates.append(
        Candidate(
            surface=surface,
            api=printable(keyed.key, 120),
            location=location,
            written=printable(without_credentials(keyed.spot.text)),
            model=value,
            namespace=found.namespace if found else "",
            endpoint=dialect(address.text, address.location) if address is not None else None,
            role=keyed.word.role,
            revision=Text(text=found.revision, location=location) if found and found.revision else None,
            weak=not strong,
            mention="in a list of what is refused" if is_refusal(keyed.key) else "",
        )
    )
    yield value


def _loaded(mapping: Spot, surface: str, harvest: Harvest, dialect: Dialect) -> None:
    """Ray Serve: `model_loading_config: {model_id: alias, model_source: Org/Name}`.

    Source: https://docs.ray.io/en/latest/serve/llm/index.html
    """
    loading = mapping.get("model_loading_config")
    if loading is None:
        return
    source, name = loading.get("model_source"), loading.get("model_id")
    if source is not None and source.text and name is not None:
        _alias(name.text, dialect(source.text, source.location), name.location, harvest)
    elif name is not None and name.text:
        word = ModelWord(strength="strong", role="inference")
        list(
            _candidate(
                Keyed(spot=name, key="model_loading_config.model_id", word=word),
                surface,
                harvest,
                dialect,
                None,
            )
        )


def _is_web_address(key: str, spot: Spot) -> bool:
    return (
        spot.text.startswith(("http://", "https://", "$"))
        and is_address_name(key)
        and model_word(key) is None
    )


def _alias(name: str, value: Value, location: Location, harvest: Harvest) -> None:
    if could_be_model(name):
        harvest.bindings.append(Binding(kind="alias", name=printable(name), value=value, location=location))
