"""Which models, addresses and keys does a set of environment variables name?"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal

import msgspec

from gauger.core.inventory import Artifact, Location
from gauger.core.text import printable
from gauger.scan.collector import Binding, Candidate
from gauger.scan.harvest import Harvest
from gauger.scan.model_address import is_hub_name, model_address
from gauger.scan.model_words import (
    ModelWord,
    could_be_model,
    is_address_name,
    is_secret_name,
    model_word,
    words_of,
)
from gauger.scan.provider_spelling import spelt_provider
from gauger.scan.values import Text, Value

_VENDORS = {
    "ANTHROPIC": "anthropic",
    "CLAUDE": "anthropic",
    "GEMINI": "google-gemini",
    "BEDROCK": "aws-bedrock",
    "MISTRAL": "mistral",
    "COHERE": "cohere",
    "GROQ": "groq",
    "DEEPSEEK": "deepseek",
    "MOONSHOT": "moonshot",
    "KIMI": "moonshot",
    "DASHSCOPE": "alibaba",
    "ZHIPU": "zhipu",
    "ZHIPUAI": "zhipu",
    "MINIMAX": "minimax",
    "XAI": "xai",
    "PERPLEXITY": "perplexity",
    "VOYAGE": "voyage",
}
"""Prefixes of environment names that name a provider: `ANTHROPIC_MODEL` is one of Anthropic's, where no
address stands beside it. `OPENAI_` is left out, since every compatible server uses it.

Source: the providers' own environment names (`<PREFIX>_API_KEY`), as the catalogue has them.
"""
_ENTRIES = 2_000
_CLIENT_FREE = {"LLM", "AI", "CHAT", "MODEL", "OPENAI", ""}


class Variable(msgspec.Struct, frozen=True, kw_only=True):
    """One environment variable as a file sets it.

    Attributes:
        name: Its name.
        text: The text that stands there, for the report; never used for a secret.
        value: What it stands for.
        location: Where.
    """

    name: str
    text: str
    value: Value
    location: Location


def read_variables(
    variables: Sequence[Variable],
    *,
    surface: str,
    scope: str = "",
    overridable: bool = False,
    certain: bool = False,
) -> Harvest:
    """What do these variables say, taken together?

    A variable whose name carries a model becomes a candidate, with the address that stands beside it under
    the same prefix (`LLM_MODEL` with `LLM_BASE_URL`). A key's name becomes a credential; its value is never
    looked at. Everything that is not a secret becomes a binding, so that code that reads it can be followed.

    Args:
        variables: All variables that one process gets.
        surface: The collector's surface.
        scope: See `Binding.scope`.
        overridable: See `Binding.overridable`.
        certain: The variables belong to a model server, so that even `MODEL` or `MODEL_ID` is a model's.
    """
    harvest = Harvest()
    variables = variables[:_ENTRIES]
    addresses = [v for v in variables if is_address_name(v.name) and not is_secret_name(v.name)]
    for variable in variables:
        if is_secret_name(variable.name):
            _credential(variable, surface, harvest)
            continue
        harvest.bindings.append(
            Binding(
                kind="environment",
                name=printable(variable.name, 200),
                value=without_user(variable.value),
                location=variable.location,
                scope=scope,
                overridable=overridable,
            )
        )
        word = model_word(variable.name)
        if word is not None:
            address = address_beside(word.prefix, addresses)
            provider = provider_beside(word.prefix, variables) if address is None else ""
            harvest.candidates += model_candidates(
                variable, word, address, surface=surface, certain=certain, provider=provider
            )
    _addresses_alone(addresses, harvest, surface)
    return harvest


def model_candidates(
    variable: Variable,
    word: ModelWord,
    address: Variable | None,
    *,
    surface: str,
    certain: bool = False,
    provider: str = "",
) -> Iterable[Candidate]:
    """Which uses does a variable or key that carries a model's name stand for? None for a number."""
    if isinstance(variable.value, Text) and not could_be_model(variable.value.text):
        return
    vendor = provider or (_VENDORS.get(word.prefix.partition("_")[0], "") if address is None else "")
    known = model_address(variable.value.text) if isinstance(variable.value, Text) else None
    model: Value = variable.value
    if known is not None and isinstance(variable.value, Text):
        model = Text(text=known.name, location=variable.location)
    elif isinstance(variable.value, Text) and "://" in variable.value.text:
        return
    yield Candidate(
        surface=surface,
        api=printable(variable.name, 200),
        location=variable.location,
        written=printable(variable.text),
        model=model,
        namespace=known.namespace if known else _namespace(variable, word, vendor),
        provider="" if known or (_is_hub_text(variable.value) and not provider) else vendor,
        endpoint=without_user(address.value) if address is not None else None,
        role=word.role,
        revision=Text(text=known.revision, location=variable.location) if known and known.revision else None,
        weak=word.strength == "weak" and not certain and not provider,
    )


def _is_hub_text(value: Value) -> bool:
    return isinstance(value, Text) and is_hub_name(value.text)


def _namespace(variable: Variable, word: ModelWord, vendor: str) -> Literal["", "cloud", "ollama"]:
    """The kind of name that the variable's own prefix tells."""
    if vendor == "aws-bedrock":
        return "cloud"
    if vendor == "ollama":
        return "ollama"
    return "ollama" if word.prefix.startswith("OLLAMA") and not _is_hub_text(variable.value) else ""


def address_beside(prefix: str, addresses: Sequence[Variable]) -> Variable | None:
    """Which of these addresses belongs to the model variable with this prefix?

    The one that shares the prefix; else, where the model's prefix names no vendor, the only one of the trade.
    """
    words = prefix.split("_") if prefix else []
    for length in range(len(words), 0, -1):
        start = "_".join(words[:length])
        shared = [a for a in addresses if a.name.upper().startswith(start + "_")]
        shared = [a for a in shared if length == len(words) or _is_plain(a.name, length)]
        if shared:
            return min(shared, key=lambda a: (len(a.name), a.name))
    trade = [a for a in addresses if _of_the_trade(a.name)]
    return trade[0] if len(trade) == 1 and prefix in _CLIENT_FREE else None


def _is_plain(name: str, length: int) -> bool:
    """Does the address say nothing more than whose it is: `ANTHROPIC_BASE_URL` for `ANTHROPIC_FAST_MODEL`?"""
    return {word.lower() for word in name.split("_")[length:]} <= {"base", "url", "api", "endpoint", "host"}


def provider_beside(prefix: str, variables: Sequence[Variable]) -> str:
    """Which provider does `X_PROVIDER` name for `X_MODEL`? Empty where there is none or nobody knows it."""
    for variable in variables:
        name = variable.name.upper()
        if name in (f"{prefix}_PROVIDER", f"{prefix}_BACKEND", f"{prefix}_MODEL_PROVIDER") or (
            name == "MODEL_PROVIDER" and prefix in _CLIENT_FREE
        ):
            return spelt_provider(variable.value.text) if isinstance(variable.value, Text) else ""
    return ""


def _of_the_trade(name: str) -> bool:
    words = words_of(name)
    word = model_word("_".join([*words[:1], "model"]))
    return word is not None and word.strength == "strong"


def _addresses_alone(addresses: Sequence[Variable], harvest: Harvest, surface: str) -> None:
    """An address that no model stands beside is still access to a provider."""
    taken = {id(c.endpoint) for c in harvest.candidates} | {repr(c.endpoint) for c in harvest.candidates}
    for address in addresses:
        endpoint = without_user(address.value)
        if repr(endpoint) in taken or (isinstance(endpoint, Text) and "://" not in endpoint.text):
            continue
        harvest.candidates.append(
            Candidate(
                surface=surface,
                api=printable(address.name, 200),
                location=address.location,
                written=printable(address.name, 200),
                model=Text(text="*", location=address.location),
                namespace="api",
                endpoint=endpoint,
                form="api",
                role="access",
                weak=True,
            )
        )


def _credential(variable: Variable, surface: str, harvest: Harvest) -> None:
    name = printable(variable.name, 200)
    artifact = Artifact(kind="credential", location=variable.location, title=name)
    harvest.artifacts.append(artifact)
    harvest.candidates.append(
        Candidate(
            surface=surface,
            api=name,
            location=variable.location,
            written=name,
            model=Text(text="*", location=variable.location),
            namespace="api",
            form="api",
            role="access",
            artifact=artifact.id,
            weak=True,
        )
    )


def without_user(value: Value) -> Value:
    """The value without a user and password in an address."""
    if not isinstance(value, Text) or "@" not in value.text or "://" not in value.text:
        return value
    scheme, _, rest = value.text.partition("://")
    host, slash, path = rest.partition("/")
    return Text(text=f"{scheme}://{host.rpartition('@')[2]}{slash}{path}", location=value.location)
