"""Where does this text say that the model lives? Addresses of hubs and stores, taken apart."""

from __future__ import annotations

import re
from typing import Literal

import msgspec

_HUBS = r"(?:www\.)?(?:huggingface\.co|hf\.co|hf-mirror\.com|modelscope\.cn|modelscope\.ai)"
_HUB_URL = re.compile(
    rf"^(?:git\+)?(?:https?://|git@|ssh://git@)(?:[^/@\s]+@)?(?:{_HUBS})[/:](?:models/)?"
    r"(?P<name>[\w.-]+/[\w.-]+?)(?:\.git)?(?:/(?:resolve|blob|raw|tree|file|master|files)/?(?P<revision>[\w.-]+)?.*)?"
    r"(?:[?#].*)?/?$",
    re.IGNORECASE,
)
_DATASET_URL = re.compile(
    rf"^(?:https?://|git@)(?:[^/@\s]+@)?(?:{_HUBS})[/:]datasets/(?P<name>[\w.-]+/[\w.-]+?)(?:\.git)?(?:/.*)?$",
    re.IGNORECASE,
)
_SCHEMES: dict[str, Literal["hub", "ollama", "object-store", "local"]] = {
    "hf": "hub",
    "huggingface": "hub",
    "modelscope": "hub",
    "ms": "hub",
    "ollama": "ollama",
    "s3": "object-store",
    "gs": "object-store",
    "gcs": "object-store",
    "az": "object-store",
    "abfs": "object-store",
    "abfss": "object-store",
    "wasbs": "object-store",
    "minio": "object-store",
    "oss": "object-store",
    "cos": "object-store",
    "obs": "object-store",
    "oci": "object-store",
    "pvc": "object-store",
    "dbfs": "object-store",
    "models": "object-store",
    "mlflow-artifacts": "object-store",
    "file": "local",
}
_USER = re.compile(r"(://)[^/@\s\"']+@")
_SCHEME = re.compile(r"^(?P<scheme>[a-z][a-z0-9+.-]*):/{1,3}(?P<rest>.+)$", re.IGNORECASE)
_HUB_NAME = re.compile(r"^[A-Za-z0-9][\w.-]{0,95}/[A-Za-z0-9][\w.-]{0,127}$")
_NOT_ORGANISATIONS = set(
    re.findall(
        r"[a-z]+",
        """app apps artifacts assets bin build cache checkpoint checkpoints ckpt ckpts config configs
        container content data datasets deploy dist docker docs download downloads etc examples
        experiments file files home images lib local logs mnt model models nfs opt out output outputs
        pretrained results root run runs scripts share shared src srv static storage templates test
        tests tmp train training usr var volumes weights work workspace application text image video
        audio""",
    )
)
_FILE_ENDING = re.compile(
    r"\.(?:py|js|ts|sh|ya?ml|json|jsonl|toml|txt|md|csv|tsv|parquet|html?|xml|ini|cfg|conf|lock|log|zip|tar|gz|png|jpe?g|svg)$",
    re.IGNORECASE,
)
_MODEL_FILE = re.compile(
    r"\.(?:gguf|ggml|safetensors|onnx|bin|pth?|pkl|ckpt|tflite|mlmodel|engine|plan|llamafile|nemo|h5)$",
    re.IGNORECASE,
)


IN_REQUEST = re.compile(
    r"^(https?://(?:[\w-]*generativelanguage|[\w-]*inference\.huggingface|router\.huggingface|[\w.-]*aiplatform)"
    r"[^?#]*/models/|https?://[\w.-]+/[^?#]*/deployments/|https?://[\w.-]*bedrock[\w.-]*/model/)(.*)$",
    re.DOTALL,
)
"""Addresses of model services that hold the model's name.

Sources: the REST references of Gemini (`/v1beta/models/{model}:generateContent`), Hugging Face's serverless
inference (`/models/{org}/{name}`), Azure OpenAI (`/deployments/{name}`), Vertex AI and Bedrock.
"""
NAME_END = re.compile(
    r":\w+(?:[?#].*)?$|/(?:chat|completions|embeddings|invoke|converse|images|audio|pipeline)\b.*$|[?#].*$"
)
"""What may follow the model's name in such an address."""


class ModelAddress(msgspec.Struct, frozen=True, kw_only=True):
    """A model's name with the place that the text itself gives it.

    Attributes:
        namespace: `hub`, `ollama`, `object-store` or `local`.
        name: The name there; for object stores the whole address.
        revision: The pinned revision, or empty.
    """

    namespace: Literal["hub", "ollama", "object-store", "local"]
    name: str
    revision: str = ""


def model_address(text: str) -> ModelAddress | None:
    """Where does the model live, as far as the text itself tells? None where it does not.

    `hf://Org/Name@rev`, a hub's web address, `ollama://x:7b`, `s3://bucket/x/`, `/models/x`, `./x`,
    `x.gguf`. A bare `Org/Name` or `name:tag` does not say which hub it is on.
    """
    text = text.strip()
    if len(text) > 2000:
        return None
    url = _HUB_URL.match(text)
    if url and url["name"].partition("/")[0].lower() not in {"datasets", "spaces", "docs", "api", "papers"}:
        return ModelAddress(namespace="hub", name=url["name"], revision=url["revision"] or "")
    scheme = _SCHEME.match(text)
    if scheme and scheme["scheme"].lower() in _SCHEMES:
        return _by_scheme(scheme["scheme"].lower(), scheme["rest"], text)
    if text.lower().startswith(("hf.co/", "huggingface.co/")):
        name, _, revision = text.partition("/")[2].partition("@")
        return ModelAddress(namespace="hub", name=name, revision=revision)
    if not scheme and is_path(text):
        return ModelAddress(namespace="local", name=text)
    return None


def _by_scheme(scheme: str, rest: str, text: str) -> ModelAddress:
    namespace = _SCHEMES[scheme]
    if namespace == "hub":
        parts = rest.split("/")
        name, _, revision = "/".join(parts[:2]).partition("@")
        tag = name.rpartition(":")
        if tag[0] and not revision and "/" not in tag[2]:
            name, revision = tag[0], tag[2]
        return ModelAddress(namespace="hub", name=name, revision=revision)
    if namespace == "ollama":
        return ModelAddress(namespace="ollama", name=rest.removeprefix("library/"))
    if namespace == "local":
        return ModelAddress(namespace="local", name="/" + rest.lstrip("/"))
    return ModelAddress(namespace="object-store", name=text)


def without_credentials(text: str) -> str:
    """The text with the user and password of every address in it taken out."""
    return _USER.sub(r"\1", text)


def model_in_request(text: str) -> str:
    """Which model does the address of an inference service name (`…/models/org/name`)? Empty where none."""
    match = IN_REQUEST.match(text[:2000])
    return NAME_END.sub("", match[2]) if match else ""


def data_set_address(text: str) -> str:
    """Which data set on a hub does this web address lead to? Empty where it does not."""
    match = _DATASET_URL.match(text.strip()[:2000])
    return match["name"] if match else ""


def is_hub_name(text: str) -> bool:
    """Has this text the form `Org/Name`, and is it no path into the stack's own folders?"""
    stem = text.partition(":")[0] if text.count("/") == 1 else text
    if not _HUB_NAME.match(stem) or _FILE_ENDING.search(stem):
        return False
    return stem.partition("/")[0].lower() not in _NOT_ORGANISATIONS


def is_path(text: str) -> bool:
    """Is this text plainly a path: rooted, relative with dots, in a well-known folder, or a weights file?"""
    if text.startswith(("/", "./", "../", "~/")) or re.match(r"^[A-Za-z]:\\", text):
        return True
    head, slash, _ = text.partition("/")
    if slash and head.lower() in _NOT_ORGANISATIONS:
        return True
    return bool(_MODEL_FILE.search(text)) and "://" not in text


_STORED_FILE = re.compile(
    r"\.(?:gguf|ggml|safetensors|onnx|pth?|ckpt|tflite|mlmodel|engine|plan|llamafile|nemo|h5|mlpackage|rknn|om|pte)"
    r"(?:\.(?:gz|zst|xz))?(?:[?#].*)?$",
    re.IGNORECASE,
)
_WORDS_OF_STORES = re.compile(
    r"(?:^|[/_.-])(?:models?|weights|checkpoints?|ckpts?|llms?|loras?|adapters?|gguf)(?:[/_.-]|$)",
    re.IGNORECASE,
)
_SIZE = re.compile(r"(?:^|[-_/])\d+(?:\.\d+)?(?:x\d+)?[bm](?:[-_/.]|$)", re.IGNORECASE)
_OTHER_FILE = re.compile(
    r"\.(?:csv|tsv|jsonl?|parquet|txt|md|ya?ml|toml|log|png|jpe?g|mp[34]|wav|pdf|html?|py|sh|ipynb|sql|zip|whl|deb|rpm)$",
    re.IGNORECASE,
)
_REGISTRY = re.compile(r"^[\w.-]+(?::\d+)?/[\w./-]+(?::[\w.-]+)?(?:@sha256:[0-9a-f]+)?$")


def is_weights_file(text: str) -> bool:
    """Does this path or address end like a file of weights? Endings that other things share do not count."""
    return bool(_STORED_FILE.search(text[:2000])) and not text.startswith("-")


def is_object_store(text: str) -> bool:
    """Is this the address of an object store?"""
    known = model_address(text)
    return known is not None and known.namespace == "object-store"


def is_stored_model(text: str) -> bool:
    """Is this the address of weights: a file by its ending, or a folder of an object store by its words?"""
    if "://" not in text or "$(" in text:
        return False
    if is_weights_file(text):
        return True
    if not is_object_store(text) or _OTHER_FILE.search(text):
        return False
    path = text.partition("://")[2].rstrip("/")
    return "/" in path and bool(_WORDS_OF_STORES.search(path) or _SIZE.search(path))


def is_model_artifact(text: str) -> bool:
    """Is this an artefact of a registry whose name speaks of a model?"""
    return bool(_REGISTRY.match(text)) and bool(_WORDS_OF_STORES.search(text) or _SIZE.search(text))
