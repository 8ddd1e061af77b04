"""What is a model called that another tool lists, and which of its names cannot be a model's?"""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterator
from typing import Literal
from urllib.parse import unquote

import msgspec

from gauger.scan.model_address import is_hub_name

_LONGEST = 300
_MOST_ROUNDS = 3
_CACHE = re.compile(r"(?:^|/)models--(?P<organisation>[\w.-]+?)--(?P<name>[\w.-]+?)(?:/|$)")
_HEXADECIMAL = re.compile(r"(?:sha256[:-])?[0-9a-fA-F]{32,64}")
_PURL = re.compile(r"(?:pkg|PKG):/{0,2}(?P<type>[A-Za-z][A-Za-z0-9.+-]*)/(?P<rest>[^?#\s]+)")
_PLACEHOLDER = re.compile(r"[{}<>$()\[\]=\"'`\n]|%\w+%|\.\.\.")
_FILE = re.compile(
    r"(?:adapter_)?(?:pytorch_|tf_|flax_|openvino_|diffusion_pytorch_)?model(?:[-_.]?\d+-of-\d+)?"
    r"(?:\.(?:safetensors|bin|pt|pth|onnx|h5|gguf|msgpack|xml))?|consolidated(?:\.\d+)?(?:\.(?:pth|safetensors))?",
    re.IGNORECASE,
)
_CLASS = re.compile(
    r"(?:[A-Z][A-Za-z0-9]*)?(?:For[A-Z][A-Za-z]+|LMHeadModel|Model|Tokenizer|TokenizerFast|Config|Processor"
    r"|Pipeline|Client|Embeddings?|LLM|Agent|Chain)"
)
_NOTHING = {
    "", "-", "?", "*", "unknown", "unnamed", "unnamed-model", "n/a", "na", "none", "null", "undefined",
    "true", "false", "str", "string", "int", "bool", "self", "model", "models", "model_name", "model_id",
    "modelname", "name", "default", "noassertion", "main", "latest", "todo", "the", "a", "auto",
    "application", "data", "machine-learning-model", "base_model", "checkpoint", "weights", "ai-model",
    "ai_model", "llm",
}  # fmt: skip
_SDKS = {
    "openai", "anthropic", "cohere", "mistralai", "transformers", "sentence-transformers", "torch", "pytorch",
    "tensorflow", "keras", "langchain", "litellm", "vllm", "ollama", "llama-index", "llama_index",
    "diffusers", "huggingface", "huggingface_hub", "huggingface-hub", "google-generativeai", "boto3", "groq",
    "crewai", "autogen", "peft", "accelerate", "datasets", "onnxruntime", "scikit-learn", "sklearn",
    "llama_cpp", "bedrock", "azure-openai", "vertexai", "dspy", "haystack", "smolagents", "modelscope",
    "sglang", "onnx", "pkl", "gguf", "safetensors", "deepseek", "moonshot", "dashscope", "replicate",
    "together",
}  # fmt: skip
"""Names of packages, file formats and companies that some tools list as models, one for each import."""

_WORDS = _SDKS | {
    "aws", "azure", "google", "gcp", "hugging", "face", "model", "models", "transformers", "sentence", "api",
    "service", "sdk", "client", "sagemaker", "vertex", "ai", "llama", "index", "chat", "inference", "cloud",
}  # fmt: skip
_RESOURCE = re.compile(r"(?:aws|azurerm|azapi|google|kubernetes|oci|alicloud)_\w+\.[\w-]+")
_SCOPED = re.compile(r"@[a-z0-9-]+/[a-z0-9._-]+")
_GENERIC = re.compile(r"pkg:(?:generic|pypi|npm)/", re.IGNORECASE)
_WEIGHTS = re.compile(
    r"\.(?:gguf|ggml|safetensors|onnx|pth?|bin|pkl|ckpt|tflite|engine|llamafile|nemo|h5)$", re.IGNORECASE
)
_BESIDE = re.compile(
    r"(?:adapter_|generation_|tokenizer_)?config\.json|README\.md|.*\.safetensors|MLmodel|.*\.bin"
)


class Named(msgspec.Struct, frozen=True, kw_only=True):
    """A model's name out of a bill.

    Attributes:
        namespace: As `Candidate.namespace`; empty where the bill does not tell.
        name: The name; empty where it was refused.
        revision: A commit or tag, or empty.
        refused: Why it cannot be a model's name, in a few words; else empty.
    """

    namespace: Literal["", "hub", "ollama", "api", "local", "object-store", "cloud", "unknown"] = ""
    name: str = ""
    revision: str = ""
    refused: str = ""


def name_of(
    name: str,
    group: str = "",
    version: str = "",
    purl: str = "",
    concluded: str = "",
    paths: tuple[str, ...] = (),
) -> Named:
    """What is this entry's model called?

    A purl of a hub goes before the name, the spelling in the evidence before the name in lower case, and the
    folder of a hub's cache before a name that is a commit.
    """
    if (hub := hub_purl(purl)) is not None:
        return hub
    text = _spelt(decoded(name).strip(), concluded.strip())
    if refused := why_not(text):
        return _from_cache(paths) or Named(refused=refused)
    if "/" not in text and (path := _stored(text, paths)):
        return Named(namespace="local", name=path)
    organisation = "" if _GENERIC.match(purl) else decoded(group).strip()
    joined = f"{organisation}/{text}"
    if organisation and "/" not in text and is_hub_name(joined) and not _NOT_AN_OWNER.search(organisation):
        return Named(namespace="hub", name=joined, revision=_commit(version))
    return Named(name=text, revision=_commit(version))


def _stored(name: str, paths: tuple[str, ...]) -> str:
    """The file or folder that the bill gives for a model which it calls by a bare name; empty where none.

    The only file of weights among the places, or the folder of that name that a place lies in.
    """
    files = sorted({path for path in paths if _WEIGHTS.search(path)})
    if len(files) == 1 and len(set(paths)) == 1:
        return files[0]
    for path in paths:
        folder, _, file = path.rpartition("/")
        if folder.rpartition("/")[2] == name and _BESIDE.fullmatch(file):
            return folder
    return ""


_NOT_AN_OWNER = re.compile(
    r"^(?:pypi|npm|generic|model|models|local|api|ai|llm|services?|huggingface)$", re.IGNORECASE
)


def hub_purl(purl: str) -> Named | None:
    """Which hub model does this package URL name? None for other types, and without the required namespace.

    Source: purl-spec, type `huggingface`: the namespace is required, the version is the commit.
    """
    match = _PURL.match(purl.strip()[: 2 * _LONGEST])
    if match is None or match["type"].lower() != "huggingface":
        return None
    path, _, version = match["rest"].partition("@")
    name = decoded(path).strip("/")
    if name.count("/") != 1 or not is_hub_name(name) or why_not(name.partition("/")[2], only_junk=True):
        return None
    return Named(namespace="hub", name=name, revision=_commit(decoded(version)))


def decoded(text: str) -> str:
    """The text without percent-encoding, however often it was encoded (up to three times)."""
    for _ in range(_MOST_ROUNDS):
        if (once := unquote(text)) == text:
            break
        text = once
    return text


def why_not(name: str, *, only_junk: bool = False) -> str:
    """Why can this not be a model's name? Empty where it can.

    Args:
        name: The name.
        only_junk: Leave out the names of packages, which a hub's organisation may well give to a model.
    """
    low = name.strip().lower()
    if low in _NOTHING or keyword.iskeyword(name):
        return "no name"
    if len(name) > _LONGEST:
        return "too long"
    if _PLACEHOLDER.search(name):
        return "a placeholder or an expression"
    if _HEXADECIMAL.fullmatch(name.rpartition("/")[2]):
        return "a digest or a commit"
    if "/" not in name and len(name.split()) > 4:
        return "a sentence"
    if _RESOURCE.fullmatch(name):
        return "a Terraform address"
    if _SCOPED.fullmatch(name):
        return "a package, a format or a company"
    words = low.split()
    if not only_junk and (low in _SDKS or (len(words) > 1 and all(word in _WORDS for word in words))):
        return "a package, a format or a company"
    if _FILE.fullmatch(name):
        return "the name of a file, as any model may have it"
    return "a class of a library" if _CLASS.fullmatch(name) else ""


def _spelt(name: str, concluded: str) -> str:
    """The evidence's spelling where it differs from the name in capitals only."""
    return concluded if concluded.lower() == name.lower() and concluded else name


def _from_cache(paths: tuple[str, ...]) -> Named | None:
    for match in _cached(paths):
        name = f"{match['organisation']}/{match['name']}"
        if is_hub_name(name):
            return Named(namespace="hub", name=name)
    return None


def _cached(paths: tuple[str, ...]) -> Iterator[re.Match[str]]:
    for path in paths:
        if match := _CACHE.search(path):
            yield match


def _commit(version: str) -> str:
    return version.lower() if re.fullmatch(r"[0-9a-fA-F]{40}", version) else ""
