"""What kind of name is this text, and what is the model called there?"""

from __future__ import annotations

import re
from typing import Literal
from urllib.parse import quote

import msgspec

from gauger.catalogue.query import Lookup
from gauger.core.inventory import Form
from gauger.scan.collector import Tree
from gauger.scan.endpoint import clean_address
from gauger.scan.inside import root_inside
from gauger.scan.model_address import is_hub_name, model_address

Namespace = Literal["hub", "ollama", "api", "local", "object-store", "cloud", "unknown"]

_QUANTISED = re.compile(
    r"[-_.](gguf|ggml|awq|gptq|exl[23]|fp8|nvfp4|mxfp4|bnb|int[48]|w[48]a(8|16)|[48]-?bit|i?q[1-8]_[0-9k])"
    r"|\.gguf$|:i?q[1-8]_",
    re.IGNORECASE,
)
_SELF_ROUTES = (
    "hosted_vllm/", "vllm/", "lm_studio/", "llamafile/", "xinference/", "custom_openai/",
    "text-completion-openai/", "openai_like/", "litellm_proxy/", "docker_model_runner/", "infinity/",
    "triton/", "oobabooga/",
)  # fmt: skip
"""Router prefixes that name a protocol or a server of one's own and no provider.

Source: the provider pages of LiteLLM's documentation (https://docs.litellm.ai/docs/providers), read on
    2026-11-23.
"""
_OLLAMA_ROUTES = ("ollama/", "ollama_chat/", "ollama:")
_HUB_ROUTES = ("huggingface/", "hf/", "hf-inference/", "transformers/")


class Naming(msgspec.Struct, frozen=True, kw_only=True):
    """A model's name and where that name lives.

    Attributes:
        namespace: As `Model.namespace`.
        name: As `Model.name`.
        provider: Catalogue id of a provider that the name itself gives (a router's prefix), or empty.
        revision: A revision or tag that stood in the name, or empty.
    """

    namespace: Namespace
    name: str
    provider: str = ""
    revision: str = ""


def named_by_address(text: str) -> Naming:
    """What does an address with a scheme say: a hub, an object store, a file, or nothing that we know?"""
    known = model_address(text)
    if known is not None:
        return Naming(namespace=known.namespace, name=known.name.rstrip("/"), revision=known.revision)
    url, _ = clean_address(text)
    return Naming(namespace="unknown", name=url or text)


def named_by_route(text: str, lookup: Lookup) -> Naming | None:
    """What does a router's prefix say (`moonshot/kimi-k2`, `openai:gpt-4o`)? None where there is none."""
    low = text.lower()
    for prefix in _OLLAMA_ROUTES:
        if low.startswith(prefix):
            return Naming(namespace="ollama", name=text[len(prefix) :])
    for prefix in (*_SELF_ROUTES, *_HUB_ROUTES):
        if low.startswith(prefix):
            rest = text[len(prefix) :]
            is_hub = is_hub_name(rest)
            return Naming(namespace="hub" if is_hub else "api", name=rest, provider="" if is_hub else "self")
    route = lookup.provider_of_route(text)
    if route is None and ":" in text and "/" not in text.partition(":")[0]:
        route = lookup.provider_of_route(text.replace(":", "/", 1))
    if route is None:
        return None
    provider, rest = route
    namespace: Namespace = "cloud" if provider.kind == "cloud" else "api"
    return Naming(namespace=namespace, name=rest, provider=provider.id)


def named_as_routers_do(text: str, lookup: Lookup) -> Naming | None:
    """Is this `provider/model` as routers write it, where the client is not known to be one?

    `azure/gpt-4o` and `together_ai/meta-llama/x` are, and tell the provider. `openai/gpt-4o` is too, since
    nobody publishes those weights under an organisation, but leaves open which router reads it.
    `openai/gpt-oss-20b` is the hub's name of published weights.
    """
    organisation, slash, _ = text.partition("/")
    if not slash:
        return None
    published = lookup.developer_of_organisation(organisation) is not None
    if published and lookup.is_closed(text):
        return Naming(namespace="api", name=text)
    is_ollama = text.lower().startswith(_OLLAMA_ROUTES)
    naming = named_by_route(text, lookup) if is_ollama or not published else None
    if naming is None or (naming.provider == "self" and naming.namespace == "api"):
        return None
    return None if naming.namespace == "hub" and is_hub_name(text) else naming


def named_by_resource(text: str, lookup: Lookup) -> Naming | None:
    """Is this a provider's full name for a model (`accounts/fireworks/models/x`), which no router need read?

    Only a prefix of several folders is told apart from a path or a hub's name by itself.
    """
    route = lookup.provider_of_route(text)
    if route is None or text[: len(text) - len(route[1])].count("/") < 2:
        return None
    return Naming(namespace="api", name=route[1], provider=route[0].id)


def local_path(text: str, near: str, tree: Tree) -> str:
    """Which path in the stack does this text mean, seen from a file? Empty where it is not a path there.

    Tried from the file's own folder upwards, since code runs from many folders; inside an image never above
    its root, which is where absolute paths begin.
    """
    path = text.strip().rstrip("/")
    if not path or path.startswith("~"):
        return ""
    root = root_inside(near)
    root = root if tree.exists(root.rpartition("!")[0]) else ""
    top = root.split("/") if root else []
    folders = near.split("/")[:-1] if near.startswith(f"{root}/") or not root else top
    if path.startswith("/"):
        path = path.lstrip("/")
        folders = top
    while True:
        joined = _normalised([*folders, *path.split("/")])
        if joined and (tree.exists(joined) or tree.is_folder(joined)):
            return joined
        if len(folders) <= len(top):
            return ""
        folders = folders[:-1]


def _normalised(parts: list[str]) -> str:
    kept: list[str] = []
    for part in parts:
        if part == "..":
            if not kept:
                return ""
            kept.pop()
        elif part not in ("", "."):
            kept.append(part)
    return "/".join(kept)


def plain_path(text: str) -> str:
    """A path as it is shown where it does not exist in the stack: without `./` and doubled slashes."""
    head = "/" if text.startswith("/") else ""
    return head + "/".join(part for part in text.split("/") if part not in ("", "."))


def form_of(naming: Naming, provider: str, role: str) -> Form:
    """In which form is a model of that name reached, where the place does not say?"""
    if role == "adapter":
        return "adapter"
    if naming.namespace in ("api", "cloud") and provider != "self":
        return "api"
    return "quantised" if _QUANTISED.search(naming.name) else "weights"


def package_url(naming: Naming, revision: str = "") -> str:
    """Which package URL has this name? Only the hub has a purl type of its own for models.

    Source: purl-spec, type `huggingface` (https://github.com/package-url/purl-spec): namespace required, the
        version is the lower-case commit.
    """
    if naming.namespace != "hub" or "/" not in naming.name:
        return ""
    organisation, _, name = naming.name.partition("/")
    commit = revision.lower() if re.fullmatch(r"[0-9a-fA-F]{40}", revision) else ""
    return f"pkg:huggingface/{quote(organisation, safe='')}/{quote(name, safe='')}" + (
        f"@{commit}" if commit else ""
    )
