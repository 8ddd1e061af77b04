"""Which texts of a settings file name models, and through whom are they reached?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

from gauger.core.text import printable
from gauger.scan.collector import Candidate
from gauger.scan.interpolate import shell
from gauger.scan.model_address import is_hub_name, model_address, without_credentials
from gauger.scan.model_words import (
    ModelWord,
    could_be_model,
    is_address_name,
    is_refusal,
    is_secret_name,
    model_word,
    words_of,
)
from gauger.scan.provider_spelling import (
    colon_route,
    is_own_server,
    provider_in_name,
    slash_route,
    spelt_provider,
)
from gauger.scan.settings_profiles import Profile
from gauger.scan.settings_tree import Group, Leaf
from gauger.scan.values import Text, Value

TRADE_KEYS = {
    "llm", "llms", "chat", "embedding", "embeddings", "generation", "completion", "reranker", "rerank",
    "rag", "agent", "agents", "openai", "anthropic", "ollama", "vllm", "inference", "language", "ai",
    "assistant", "cline", "roo", "copilot", "aider", "cody", "codeium", "autocomplete", "embedder",
    "summarizer", "judge",
}  # fmt: skip
_TRADE_SIBLINGS = {
    "temperature", "max_tokens", "maxtokens", "api_key", "apikey", "base_url", "baseurl", "api_base",
    "top_p", "max_new_tokens", "context_window", "system_prompt", "prompt", "endpoint", "dtype",
    "quantization", "apibase", "apikeyenv", "api_key_env", "context_length", "contextlength",
    "max_output_tokens", "systemprompt", "completion_params", "instructions", "api_version",
    "embeddings", "contextsize", "context_size",
}  # fmt: skip
_PARTS = {"name", "id", "path", "default", "primary", "fallback", "value", "slug", "fallbacks"}
_PROVIDER_KEYS = {
    "provider", "vendor", "platform", "modelprovider", "apiprovider", "llmprovider", "providerid",
    "providername", "service"
}  # fmt: skip
_COMPONENT_KEYS = {
    "type", "class", "classname", "target", "engine", "backend", "api", "apitype", "kind", "name",
    "adapter", "client", "component", "cls"
}  # fmt: skip
_COMPONENT_WORDS = {
    "chat", "llm", "lm", "model", "embedding", "embeddings", "generator", "embedder", "client", "llms",
    "completion", "reranker", "ranker", "config", "wrapper"
}  # fmt: skip
_TYPES = (["endpoint", "type"], ["provider", "type"])
_OF_MODELS = {"model", "models", "llm", "embedding", "embeddings"}
_RESOURCE_NAME = re.compile(
    r"^arn:aws[\w-]*:bedrock:[^\s/]*:(?:foundation-model|inference-profile)/(?P<model>[^\s*]+)$"
)
"""Source: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonbedrock.html"""
_HANDLES = {"handle", "slug", "route"}
_NAMED_BELOW = {
    "providers",
    "provider",
    "endpoints",
    "modelproviders",
    "llms",
    "backends",
    "languagemodels",
    "vendors",
}
_NO_VENDOR_KEYS = {
    "ark",
    "together",
    "fal",
    "nim",
    "claude",
    "qwen",
    "glm",
    "grok",
    "kimi",
    "ernie",
    "copilot",
}
_DOWNLOAD = re.compile(
    r"^(?:hf://|huggingface://|ollama://|https?://(?:huggingface\.co|hf-mirror\.com|modelscope\.cn)/"
    r"[^/\s]+/[^/\s]+/resolve/)\S+$"
)
_BASE_ADDRESS = re.compile(r"base|api|endpoint|server", re.IGNORECASE)
_NO_NAMES = {"inherit", "default", "auto", "opusplan"}
_PLACE_WORDS = {
    "ai",
    "model",
    "models",
    "name",
    "id",
    "your",
    "the",
    "llm",
    "my",
    "default",
    "deployment",
    "some",
}
_CAMEL = re.compile(r"^[a-z]*(?:[A-Z][A-Za-z]+)+(?:_[A-Za-z]+)?$")


def settings_candidates(document: Group, profile: Profile, surface: str = "settings") -> Iterator[Candidate]:
    """Every use that the keys of this document give, for one that no other reader takes."""
    for group in document.walk():
        for leaf in group.leaves.values():
            yield from leaf_candidates(leaf, document, profile, surface)
        yield from _keyed_models(group, surface)


def leaf_candidates(leaf: Leaf, document: Group, profile: Profile, surface: str) -> Iterator[Candidate]:
    """The use that one text is, if it is one."""
    word = _word(leaf, profile)
    if word is None and _DOWNLOAD.match(leaf.text):
        word = ModelWord(strength="strong", role="inference")
    if word is None or (is_secret_name(leaf.key) and not is_address_name(leaf.key)):
        return
    text = leaf.text.strip()
    if _says_nothing(text) or not (could_be_model(text) or _has_name(text) or _spaced(text, profile)):
        return
    address, provider = address_of(leaf), provider_of(leaf)
    if not provider and address is None and (declared := _provider_in_document(leaf, document)) is not None:
        provider, address = declared
    route = _route(text, profile, plain=not provider and address is None)
    if word.prefix == "handle":
        route = slash_route(text, certain=True)
    if (resource := _RESOURCE_NAME.match(route[1] if route is not None else text)) is not None:
        route = ("aws-bedrock", resource["model"])
    named = route[1] if route is not None else text
    if route is not None:
        provider = route[0]
    elif profile.routed == "colon" and word.prefix == "routed":
        return
    certain = profile.certain or route is not None or bool(provider)
    if not (certain or word.strength == "strong" or _of_the_trade(leaf, profile) or "/" in text or address):
        return
    yield _candidate(leaf, named, word, provider or ("" if address else profile.provider), address, surface,
                     weak=not certain)  # fmt: skip


def _says_nothing(text: str) -> bool:
    """Is this a word for "no model of its own", the name of a component, or a description of the place?"""
    if text.lower() in _NO_NAMES or text.lower().startswith(("built-in/", "builtin/")):
        return True
    return set(words_of(text)) <= _PLACE_WORDS or bool(_CAMEL.match(text) and _component(text, plain=False))


def _candidate(
    leaf: Leaf, name: str, word: ModelWord, provider: str, address: Leaf | None, surface: str, *, weak: bool
) -> Candidate:
    location = leaf.location
    name = name.removeprefix("models/") if provider.startswith("google-") else name
    found = model_address(name) if "${" not in name else None
    value: Value = Text(text=printable(found.name if found else name), location=location)
    if found is None and _has_name(name):
        value = shell(name, location)
    elif found is None and "://" in name:
        weak = True
    served = "" if found else provider
    namespace = found.namespace if found else _namespace(served)
    return Candidate(
        surface=surface,
        api=printable(".".join(leaf.keys), 200),
        location=location,
        written=printable(without_credentials(leaf.text.strip())),
        model=value,
        namespace=namespace,
        provider="" if served == "openai" else served,
        client="openai.OpenAI" if served == "openai" else "",
        endpoint=_endpoint(address) if address is not None and not found else None,
        role=word.role,
        revision=Text(text=found.revision, location=location) if found and found.revision else None,
        weak=weak and namespace != "hub",
        mention="in a list of what is refused" if any(map(is_refusal, leaf.keys)) else "",
    )


def _namespace(provider: str) -> Literal["", "api", "cloud", "ollama"]:
    """Which kind of name does this provider take?"""
    if provider == "ollama":
        return "ollama"
    if provider in ("aws-bedrock", "aws-sagemaker"):
        return "cloud"
    return "api" if provider and not is_own_server(provider) and provider != "huggingface" else ""


def _endpoint(address: Leaf) -> Value:
    if _has_name(address.text):
        return shell(address.text, address.location)
    return Text(text=printable(without_credentials(address.text)), location=address.location)


def _has_name(text: str) -> bool:
    return text.startswith("${") and text.endswith("}") and not any(c.isspace() for c in text)


def _spaced(text: str, profile: Profile) -> bool:
    """Copilot shows its models under their spoken names."""
    return profile.provider == "github-copilot" and 0 < len(text) < 60 and "\n" not in text


def _word(leaf: Leaf, profile: Profile) -> ModelWord | None:
    """Does the key carry a model: by itself, or as `name`, `id`, `default` below one that does?"""
    keys = [k for k in leaf.keys if not k.isdigit()]
    if not keys:
        return None
    if profile.routed == "colon" and keys[-1] in profile.keys and keys[-1] != "model":
        below = keys[-1] != "id" or (len(keys) > 1 and keys[-2] in profile.keys)
        return ModelWord(strength="strong", role="inference", prefix="routed") if below else None
    if keys[-1] in profile.keys:
        return ModelWord(strength="strong", role="inference")
    word = model_word(re.split(r"[.:]", keys[-1])[-1])
    if word is None and keys[-1].lower() in _HANDLES and slash_route(leaf.text, certain=True):
        beside = {word for key in (*leaf.group.groups, *leaf.group.leaves) for word in words_of(key)}
        return (
            ModelWord(strength="strong", role="inference", prefix="handle") if beside & _OF_MODELS else None
        )
    taken = 1
    while word is None and taken < min(len(keys), 3) and keys[-taken].lower() in _PARTS:
        taken += 1
        word = model_word(keys[-taken])
    if word is not None and taken > 1 and any(_names_model(leaf, k) for k in leaf.group.leaves):
        return None
    return word


def _names_model(leaf: Leaf, key: str) -> bool:
    """Is there a plainer model key beside this `name` or `id`?"""
    if key == leaf.key:
        return False
    return model_word(key) is not None or (key == "id" and leaf.key == "name")


def _of_the_trade(leaf: Leaf, profile: Profile) -> bool:
    if profile.trade or {word for key in leaf.keys for word in words_of(key)} & TRADE_KEYS:
        return True
    beside = [key for group in leaf.group.around(2) for key in (*group.leaves, *group.groups)]
    if any(words_of(key)[:1] == ["provider"] for key in leaf.group.leaves):
        return True
    return any(key.lower().replace("-", "_") in _TRADE_SIBLINGS for key in beside)


def _route(text: str, profile: Profile, *, plain: bool) -> tuple[str, str] | None:
    """Provider and name where the text itself begins with a provider."""
    if "://" in text:
        return None
    if profile.routed == "colon":
        return colon_route(text)
    if profile.routed == "slash":
        return slash_route(text, certain=True)
    if not plain:
        return None
    if text.startswith(("openai:", "anthropic:", "google-gla:", "groq:", "bedrock:", "azure:")):
        return colon_route(text.replace("google-gla:", "google:", 1))
    return slash_route(text, certain=False)


def address_of(leaf: Leaf) -> Leaf | None:
    """Which address stands beside the model, or in a mapping around it?"""
    for level, group in enumerate(leaf.group.around(4)):
        for key, other in group.leaves.items():
            if other is leaf or not is_address_name(key) or model_word(key) is not None:
                continue
            usable = other.text.startswith(("http://", "https://")) or _has_name(other.text)
            if usable and (level == 0 or _BASE_ADDRESS.search(key)):
                return other
        inner = group.groups.get("config") or group.groups.get("options")
        for key, other in inner.leaves.items() if inner is not None else ():
            if is_address_name(key) and other.text.startswith(("http://", "https://")):
                return other
    return None


def provider_of(leaf: Leaf) -> str:
    """Which provider does a key beside or above the model name? Empty where none does."""
    prefix = words_of(leaf.key)[:-1]
    for group in leaf.group.around(4):
        told = ""
        for key, other in group.leaves.items():
            words = words_of(key)
            joined = "".join(words)
            typed = words[-2:] in _TYPES and (words[:-2] == prefix or words[0] in ("provider", "model"))
            if joined in _PROVIDER_KEYS or typed or (words[-1:] == ["provider"] and words[:-1] == prefix):
                told = spelt_provider(other.text) or _component(other.text, plain=False)
                if words[:-1] == prefix and told:
                    return told
            elif joined in _COMPONENT_KEYS and not told and other is not leaf:
                told = _component(other.text, plain=joined != "name")
        if not told and group.parent is not None and group.key.endswith("Config"):
            told = _component(group.parent.text(group.key.removesuffix("Config")), plain=False)
        if told:
            return told
    return _vendor_above(leaf)


def _component(text: str, *, plain: bool) -> str:
    if plain and (spelt := spelt_provider(text)):
        return spelt
    last = re.split(r"[./:]", text)[-1]
    words = set(words_of(last))
    return provider_in_name(text) if words & _COMPONENT_WORDS and " " not in text and len(words) > 1 else ""


def _vendor_above(leaf: Leaf) -> str:
    """A vendor's name as one of the keys above: `openai.default_model`, `providers.groq.models`."""
    keys = [part for key in leaf.keys[:-1] for part in key.split(".")]
    own = leaf.keys[-1].split(".")[:-1]
    for at in range(len(keys) - 1, -1, -1):
        spelt = spelt_provider(keys[at])
        below = at > 0 and "".join(words_of(keys[at - 1])) in _NAMED_BELOW
        if spelt and (below or "".join(words_of(keys[at])) not in _NO_VENDOR_KEYS):
            return spelt
    return next((spelt_provider(part) for part in own if spelt_provider(part)), "")


def _provider_in_document(leaf: Leaf, document: Group) -> tuple[str, Leaf | None] | None:
    """`model_provider = "x"` or `x/name` where the same document has `model_providers.x.base_url`."""
    given = next((o.text for k, o in leaf.group.leaves.items() if words_of(k)[-1:] == ["provider"]), "")
    for group in document.groups.values():
        if "".join(words_of(group.key)) not in _NAMED_BELOW:
            continue
        for name, entry in group.groups.items():
            if name != given and not leaf.text.startswith(name + "/"):
                continue
            probe = Leaf((*entry.keys, "model"), "", leaf.location, entry)
            return provider_of(probe), address_of(probe)
    return None


def _keyed_models(group: Group, surface: str) -> Iterator[Candidate]:
    """`providers: {x: {models: {"the-name": {…}}}}`: names that stand as keys."""
    if group.key != "models" or group.is_list or group.parent is None or len(group.keys) < 3:
        return
    if "".join(words_of(group.keys[-3])) not in _NAMED_BELOW:
        return
    for name, inner in group.groups.items():
        first = next(iter(inner.leaves.values()), None)
        if first is None or not could_be_model(name):
            continue
        named = Leaf((*group.keys, name), name, first.location, group)
        word = ModelWord(strength="strong", role="inference")
        yield _candidate(named, name, word, provider_of(named), address_of(named), surface,
                         weak=not is_hub_name(name))  # fmt: skip
