"""Does this key, flag or environment name carry a model's name, and for what? One rule for all of them.

The words are vocabulary, not a list of models: a name carries a model when it says `model` (or a synonym) and
goes on with nothing but words such as `id` or `path`. It is `strong` when another word of it belongs to the
trade (`openai`, `embedding`, `hf`); otherwise the place may hold a car's model just as well, and what stands
there must look like a model's name (`Candidate.weak`).

Source: the words are those of the flags and environment names documented by the servers and SDKs that
    `docs/reference/collectors.md` names; each was seen in at least one of them.
"""

from __future__ import annotations

import re
from typing import Literal

import msgspec

from gauger.core.inventory import Role

Strength = Literal["strong", "weak"]

_SPLIT = re.compile(r"[^A-Za-z0-9]+|(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_WORD = re.compile(r"[a-z]+")
_CORE = {"model", "models", "llm", "llms", "checkpoint"}
_TAIL = set(
    _WORD.findall(
        """id ids name names path repo uri url tag slug ref source or default primary secondary fallback fast
        slow small large medium main backup image hf deployment arn alias key value list chat text code vision
        embed embedding embeddings rerank reranker reasoning judge pref preference"""
    )
)
_ACTORS = {"reranker", "embedder", "encoder", "vlm"}
_NAMED_AS = {"id", "repo"}
_REFUSALS = re.compile(
    r"^(?:den(?:y|ied|ies)|deny ?lists?|block(?:ed|ing)?|block ?lists?|forbid(?:den)?|disallow(?:ed)?"
    r"|ban|banned|black ?list(?:ed)?|prohibit(?:ed)?|reject(?:ed)?|refused?|unsupported|excluded?|disabled"
    r"|retired)$"
)
_FOLDERS = {"ollama_models"}
_PUSHED_TO = ["hub", "model", "id"]
"""The name under which a trainer stores its result on a hub.

Source: https://huggingface.co/docs/transformers/main_classes/trainer (`hub_model_id`).
"""
_TRADE_WORDS = """ai llm llms gpt openai azure anthropic claude gemini vertex bedrock foundation mistral
    cohere groq together fireworks openrouter litellm ollama vllm sglang tgi llama lmstudio
    lmdeploy hf hub huggingface modelscope transformers deepseek qwen dashscope tongyi kimi
    moonshot zhipu glm zai minimax doubao ark hunyuan qianfan ernie stepfun baichuan yi internlm
    spark xai grok perplexity nvidia nim replicate watsonx databricks snowflake chat completion
    completions generation generator generative genai inference reasoning reasoner summary
    summariser summarizer assistant agent copilot judge grader critic pretrained jumpstart
    sagemaker publisher speculative draft served"""
_ROLES: tuple[tuple[Role, str], ...] = (
    ("embedding", "embed embedder embedding embeddings"),
    ("reranking", "rerank reranker reranking"),
    ("teacher", "teacher"),
    ("student", "student"),
    ("adapter", "lora adapter peft"),
    ("tokenizer", "tokenizer tokeniser"),
    ("speech", "whisper asr stt tts speech transcription"),
    ("vision", "vision vlm ocr diffusion"),
)
_TRADE: dict[str, Role] = {
    word: role for role, words in (("inference", _TRADE_WORDS), *_ROLES) for word in _WORD.findall(words)
}
_NOT_NAMES = {
    "true",
    "false",
    "yes",
    "no",
    "none",
    "null",
    "auto",
    "default",
    "changeme",
    "unknown",
    "on",
    "off",
    "na",
    "n/a",
    "nil",
    "undefined",
    "string",
    "dummy",
}
_PLACEHOLDER = re.compile(
    r"^(?:<.*>|\[.*\]|x{3,}|your[-_ ].*|.*\bplaceholder\b.*|todo|tbd|\.\.\.|…)$", re.IGNORECASE
)
_SPACED_PATH = re.compile(r"^(?:\.{0,2}|~|[A-Za-z]:)[/\\]\S[^\n\r]*[^\s.,:;!?]$")
"""A path whose folders have spaces in their names: rooted or relative with dots, one line, no sentence."""
NAME_CHARACTERS = 300
"""A longer text is no model's name; the longest on a hub have some two hundred."""
_ADDRESS_TAIL = re.compile(
    r"(?:^|_)(?:BASE_?URL|API_?BASE|API_?URL|ENDPOINT(?:_?URL)?|BASE|URL|URI|HOST|SERVER)$", re.IGNORECASE
)
_SECRET = re.compile(
    r"(?:^|[_-])(?:API_?KEY|APIKEY|KEY|TOKEN|SECRET|SECRETS|PASSWORD|PASSWD|PASS|PWD|CREDENTIALS?|DSN|AK|SK)"
    r"(?:_(?:ID|FILE|\d+))?$",
    re.IGNORECASE,
)


class ModelWord(msgspec.Struct, frozen=True, kw_only=True):
    """What a key's name says about the place behind it.

    Attributes:
        strength: `strong` where the name belongs to the trade, `weak` where it may mean other things.
        role: What a model there is for.
        prefix: The words before `model`, upper case, joined by `_`: `LLM_MODEL` and `LLM_BASE_URL` share one.
    """

    strength: Strength
    role: Role
    prefix: str = ""


def words_of(name: str) -> list[str]:
    """Which lower-case words make up this name? `hfModelID` and `HF_MODEL_ID` both give `hf model id`."""
    return [word.lower() for word in _SPLIT.split(name[:200]) if word]


def model_word(name: str) -> ModelWord | None:
    """Does a key, flag or environment name of this spelling carry a model's name? None where it does not."""
    words = words_of(name)
    if words and words[-1].isdigit():
        words = words[:-1]
    role = _role(words)
    if "_".join(words) in _FOLDERS or words[-3:] == _PUSHED_TO:
        return None
    if words[-2:] in (["hf", "repo"], ["repo", "id"]):
        return ModelWord(strength="strong" if "hf" in words else "weak", role=role)
    if "azure" in words and ("deployment" in words or "engine" in words):
        return ModelWord(strength="weak", role=role, prefix="AZURE_OPENAI" if "openai" in words else "AZURE")
    if "tokenizer" in words and words[-1] in {"tokenizer", "id", "path", "name"}:
        return ModelWord(strength="weak", role="tokenizer")
    if len(words) > 1 and words[-2] in _ACTORS and words[-1] in _NAMED_AS:
        return ModelWord(strength="weak", role=role, prefix="_".join(words[:-1]).upper())
    at = next((i for i in range(len(words) - 1, -1, -1) if words[i] in _CORE), None)
    if at is None or any(word not in _TAIL and word not in _TRADE for word in words[at + 1 :]):
        return None
    trade = any(word in _TRADE for i, word in enumerate(words) if i != at) or words[at].startswith("llm")
    return ModelWord(
        strength="strong" if trade else "weak",
        role=role,
        prefix="_".join(words[:at]).upper() or ("LLM" if words[at].startswith("llm") else ""),
    )


def vocabulary() -> frozenset[str]:
    """One of which words, in lower case, stands in every name that `model_word` takes for a model's?"""
    joined = [pair for mark in ("_", "-", "") for pair in (f"hf{mark}repo", f"repo{mark}id")]
    azure = [
        f"{word}{mark}{tail}"
        for word in ("azure", "openai")
        for mark in ("_", "-", "")
        for tail in ("deployment", "engine")
    ]
    return frozenset({*_CORE, *_ACTORS, *joined, *azure, "tokenizer", "hf.repo", "repo.id"})


def _role(words: list[str]) -> Role:
    return next((_TRADE[w] for w in words if _TRADE.get(w, "inference") != "inference"), "inference")


def is_refusal(name: str) -> bool:
    """Does a key of this spelling list what must not be used: `denied_models`, `blocklist`, `disallow`?"""
    words = words_of(name)
    return any(_REFUSALS.match(word) for word in words) and not {"un", "not", "no", "non"} & set(words)


def is_address_name(name: str) -> bool:
    """Does an environment name or key of this spelling hold the address of a service?"""
    return bool(_ADDRESS_TAIL.search("_".join(words_of(name))))


def is_secret_name(name: str) -> bool:
    """Does an environment name or key of this spelling hold something that must never be stored?"""
    return bool(_SECRET.search(name)) or bool(_SECRET.search("_".join(words_of(name))))


def could_be_model(text: str) -> bool:
    """Can this text be a model's name at all: one word or a path, no number, no switch, no placeholder?"""
    if not text or len(text) > NAME_CHARACTERS or text.lower() in _NOT_NAMES or _PLACEHOLDER.match(text):
        return False
    is_one = not any(c.isspace() for c in text) or _SPACED_PATH.match(text) is not None
    return is_one and any(c.isalpha() for c in text) and text[0] not in "-{$"
