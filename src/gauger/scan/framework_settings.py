"""Which keys do Spring AI, LangChain4j and Quarkus read a model from, and which address belongs to it?

Source: the property tables of https://docs.spring.io/spring-ai/reference/api/chat/openai-chat.html (and its
    siblings), https://docs.langchain4j.dev/tutorials/spring-boot-integration and
    https://docs.quarkiverse.io/quarkus-langchain4j/dev/.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from gauger.core.inventory import Location, Role
from gauger.core.text import printable
from gauger.scan.collector import Candidate
from gauger.scan.model_words import could_be_model
from gauger.scan.python_merge import joined
from gauger.scan.values import Name, Text, Value

_KEYS = (
    re.compile(
        r"spring\.ai\.(?P<vendor>[\w.-]+?)\.(?P<kind>chat|embedding|image|audio[\w.]*|moderation|rerank)"
        r"(?:\.text|\.multimodal)?(?:\.options)?\.(?:model|deployment-name|model-id)"
    ),
    re.compile(
        r"langchain4j\.(?P<vendor>[\w-]+)\.(?P<kind>[\w-]+)\.(?:model-name|deployment-name|model-id|model)"
    ),
    re.compile(
        r"quarkus\.langchain4j\.(?:(?P<name>[\w-]+|\"[^\"]+\")\.)??"
        r"(?P<vendor>openai|ollama|anthropic|azure-openai|mistralai|huggingface|bedrock|watsonx|vertexai[\w.]*|ai\.gemini"
        r"|jlama|llama3|cohere|gpu-llama3)\.(?P<kind>[\w-]+)\.(?:model-name|model-id|deployment-name)"
    ),
)
_ENDS = ("base-url", "endpoint", "host")
_CLIENTS = (
    ("azure", "openai.AzureOpenAI"),
    ("openai", "openai.OpenAI"),
    ("open-ai", "openai.OpenAI"),
    ("anthropic", "anthropic.Anthropic"),
    ("ollama", "ollama"),
    ("mistral", "mistralai.Mistral"),
    ("vertex", "vertexai.generative_models.GenerativeModel"),
    ("gemini", "google.genai.Client"),
    ("google", "google.genai.Client"),
    ("bedrock", "boto3.client:bedrock-runtime"),
    ("deepseek", "@ai-sdk/deepseek"),
    ("zhipu", "zhipuai.ZhipuAI"),
    ("qianfan", "qianfan.ChatCompletion"),
    ("dashscope", "dashscope.Generation"),
    ("minimax", "langchain_community.chat_models.MiniMaxChat"),
    ("moonshot", "langchain_community.chat_models.moonshot.MoonshotChat"),
    ("huggingface", "huggingface_hub.InferenceClient"),
    ("hugging-face", "huggingface_hub.InferenceClient"),
    ("watsonx", "ibm_watsonx_ai.foundation_models.ModelInference"),
    ("cohere", "cohere.Client"),
)
_PLACEHOLDER = re.compile(r"\$\{([\w.-]+)(?::((?:[^${}]|\$\{[^{}]*\})*))?\}")
_NESTED = 4


def key_of(keys: Iterable[str]) -> str:
    """The dotted key, in the spelling that the frameworks call canonical."""
    return ".".join(keys).lower().replace("_", "-")


def with_placeholders(text: str, location: Location, depth: int = _NESTED) -> Value:
    """A value with `${NAME:default}` in it: environment names, or other keys where they are not capital."""
    parts: list[Value] = []
    at = 0
    for match in _PLACEHOLDER.finditer(text) if depth else ():
        if match.start() > at:
            parts.append(Text(text=printable(text[at : match.start()]), location=location))
        default = with_placeholders(match[2], location, depth - 1) if match[2] is not None else None
        is_key = "." in match[1] or match[1].islower()
        name = f"#{match[1]}" if is_key else match[1]
        kind = "setting" if is_key else "environment"
        parts.append(Name(kind=kind, name=printable(name, 200), location=location, default=default))  # type: ignore[arg-type]
        at = match.end()
    if at < len(text):
        parts.append(Text(text=printable(text[at:]), location=location))
    return joined(parts, location)


def framework_candidates(leaves: Mapping[str, tuple[str, Location]]) -> dict[str, Candidate]:
    """The models that these keys set, by key.

    Args:
        leaves: Text and place by canonical key.
    """
    found: dict[str, Candidate] = {}
    for key, (text, location) in leaves.items():
        match = next((m for pattern in _KEYS if (m := pattern.fullmatch(key)) is not None), None)
        if match is None or not (could_be_model(text) or _PLACEHOLDER.search(text)):
            continue
        vendor, kind = match["vendor"], match["kind"]
        client = next((client for word, client in _CLIENTS if word in vendor), "")
        address = _address(key, key[: match.end("vendor")], kind, leaves)
        role: Role = "embedding" if "embed" in kind else "reranking" if "rerank" in kind else "inference"
        found[key] = Candidate(
            surface="settings",
            api=printable(key, 120),
            location=location,
            written=printable(text),
            model=with_placeholders(text, location),
            namespace="ollama" if client == "ollama" else "cloud" if "bedrock" in vendor else "api",
            client=client,
            endpoint=with_placeholders(*address) if address is not None else None,
            role=role if "audio" not in kind else "speech",
        )
    return found


def _address(
    key: str, owner: str, kind: str, leaves: Mapping[str, tuple[str, Location]]
) -> tuple[str, Location] | None:
    """The nearest address above the key: of the kind of model, else of the vendor."""
    for prefix in (key.rpartition(".")[0], f"{owner}.{kind}", owner):
        for end in _ENDS:
            if (address := leaves.get(f"{prefix}.{end}")) is not None and address[0]:
                return address
    return None
