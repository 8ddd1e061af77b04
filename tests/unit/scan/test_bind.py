"""Which models candidates stand for: names, addresses, aliases, providers."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from build.stacks import lookup, one, scanned, stack
from gauger.core.inventory import Location
from gauger.core.readings import Unmeasured
from gauger.scan.audience import audience_of
from gauger.scan.endpoint import clean_address, is_own, provider_at
from gauger.scan.naming import Naming, local_path, named_by_route, package_url
from gauger.scan.scan import Inventory, scan

GATEWAY = (
    "model_list:\n  - model_name: gpt-4o\n    litellm_params:\n      model: deepseek/deepseek-chat\n"
    "  - model_name: own\n    litellm_params:\n"
    "      model: hosted_vllm/served\n      api_base: http://vllm:8000/v1\n"
)
CALL = (
    "from openai import OpenAI\n"
    'OpenAI(base_url="{url}").chat.completions.create(model="{model}", messages=[])\n'
)


def test_an_alias_holds_at_a_gateway_of_ones_own(tmp_path: Path) -> None:
    """`gpt-4o` behind the stack's own gateway is DeepSeek's, and both hops of the address are shown."""
    told = one(
        tmp_path, {"l.yaml": GATEWAY, "a.py": CALL.format(url="http://gate:4000", model="gpt-4o")}, "python"
    )
    assert (told.short, told.provider, told.use.written) == (
        "resolved api deepseek-chat",
        "deepseek",
        "gpt-4o",
    )
    assert told.hops == ["alias:gpt-4o"]
    assert told.use.endpoint is not None
    assert [hop.how for hop in told.use.endpoint.chain] == ["client", "alias"]


@pytest.mark.parametrize("url", ["https://api.openai.com/v1", "https://openrouter.ai/api/v1"])
def test_an_alias_does_not_hold_at_a_public_provider(tmp_path: Path, url: str) -> None:
    """Their lists are their own: `gpt-4o` there is `gpt-4o`."""
    told = one(tmp_path, {"l.yaml": GATEWAY, "a.py": CALL.format(url=url, model="gpt-4o")}, "python")
    assert told.model.name == "gpt-4o"


def test_aliases_chain_through_a_server(tmp_path: Path) -> None:
    """Gateway name → served name → weights."""
    files = {
        "l.yaml": GATEWAY,
        "docker-compose.yml": "services:\n  vllm:\n    image: vllm/vllm-openai:v1\n"
        "    command: --model x/Weights-7B --served-model-name served\n",
        "a.py": CALL.format(url="http://gate:4000", model="own"),
    }
    told = one(tmp_path, files, "python")
    assert (told.short, told.provider) == ("resolved hub x/Weights-7B", "self")
    assert told.hops == ["alias:own", "alias:served"]


def test_an_environment_address_moves_a_default_client_only_for_names_that_fit(tmp_path: Path) -> None:
    """With OPENAI_BASE_URL set, OpenAI's own model stays with a note; another's goes where the name says."""
    code = (
        "from openai import OpenAI\nc = OpenAI()\n"
        'c.responses.create(model="gpt-4.1-mini")\nc.responses.create(model="kimi-latest")\n'
    )
    own, other = scanned(
        tmp_path, {".env": "OPENAI_BASE_URL=https://api.moonshot.cn/v1\n", "a.py": code}, "python"
    )
    assert (own.provider, own.use.status) == ("openai", "declared")
    assert "OPENAI_BASE_URL is set at .env:1" in own.use.note
    assert (other.provider, other.use.status) == ("moonshot", "inferred")


def test_a_folder_of_the_stack_is_local_whatever_it_looks_like(tmp_path: Path) -> None:
    """`models/x` that exists is a path; `org/name` that does not is a hub's."""
    code = 'from transformers import AutoModel\nAutoModel.from_pretrained("{}")\n'
    files = {"models/x/config.json": "{}", "svc/a.py": code.format("models/x")}
    assert one(tmp_path, files, "python").short == "declared local models/x"
    assert one(tmp_path / "2", {"a.py": code.format("org/name")}).short == "declared hub org/name"
    assert one(tmp_path / "3", {"a.py": code.format("./gone/x")}).short == "declared local gone/x"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("https://user:pass@api.x.com:8443/v1/?k=1#f", ("https://api.x.com:8443/v1", "api.x.com")),
        ("localhost:11434", ("localhost:11434", "localhost")),
        ("http://[::1]:8000", ("http://[::1]:8000", "::1")),
        ("http://a:99999", ("", "")),
        ("${HOST}", ("", "")),
        ("", ("", "")),
    ],
)
def test_addresses_lose_credentials_and_queries(text: str, expected: tuple[str, str]) -> None:
    """What is stored can be shown to anybody."""
    assert clean_address(text) == expected


@pytest.mark.parametrize(
    ("host", "own"),
    [
        ("localhost", True),
        ("10.0.0.7", True),
        ("litellm", True),
        ("vllm.ai.svc.cluster.local", True),
        ("::1", True),
        ("gate.corp", True),
        ("8.8.8.8", False),
        ("api.example.com", False),
        ("local.example.com", False),
    ],
)
def test_own_hosts(host: str, own: bool) -> None:  # noqa: FBT001 - a table
    """Private addresses, names without a dot and reserved endings are inside; everything else is not."""
    assert is_own(host) is own
    assert (provider_at(host, lookup()) == "self") is own


def test_an_unknown_public_host_is_said_to_be_unknown() -> None:
    """No provider is guessed from a part of the name."""
    provider = provider_at("deepseek.example.com", lookup())
    assert isinstance(provider, Unmeasured)
    assert provider.reason == "not-in-catalogue"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("moonshot/kimi-x", ("api", "kimi-x", "moonshot")),
        ("bedrock/us.x.y-v1:0", ("cloud", "us.x.y-v1:0", "aws-bedrock")),
        ("hosted_vllm/a/B", ("hub", "a/B", "")),
        ("hosted_vllm/served", ("api", "served", "self")),
        ("ollama_chat/llama3:8b", ("ollama", "llama3:8b", "")),
        ("anthropic:claude-x", ("api", "claude-x", "anthropic")),
        ("nobody/x", None),
    ],
)
def test_routers_prefixes(text: str, expected: tuple[str, str, str] | None) -> None:
    """A prefix that the catalogue knows names the provider; an unknown one names nothing."""
    naming = named_by_route(text, lookup())
    assert (None if naming is None else (naming.namespace, naming.name, naming.provider)) == expected


def test_package_urls_are_those_of_the_hub() -> None:
    """Only a full commit is a version; other namespaces have no type of their own."""
    hub = Naming(namespace="hub", name="A b/C")
    commit = "A" * 40
    assert package_url(hub, commit) == f"pkg:huggingface/A%20b/C@{commit.lower()}"
    assert package_url(hub, "main") == "pkg:huggingface/A%20b/C"
    assert package_url(Naming(namespace="ollama", name="x:1b")) == ""


class Folders:
    """A tree with one folder."""

    def exists(self, path: str) -> bool:
        """No files."""
        return path == "a/models/x.gguf"

    def is_folder(self, path: str) -> bool:
        """One folder."""
        return path in ("a", "a/models")


@pytest.mark.parametrize(
    ("text", "near", "expected"),
    [
        ("models/x.gguf", "a/b/c.py", "a/models/x.gguf"),
        ("../models", "a/b/c.py", "a/models"),
        ("../../../../etc", "a/b/c.py", ""),
        ("/a/models", "x.py", "a/models"),
        ("~/models", "a/c.py", ""),
        ("", "a/c.py", ""),
    ],
)
def test_paths_are_tried_from_the_file_upwards(text: str, near: str, expected: str) -> None:
    """Code runs from many folders; nothing outside the root is ever meant."""
    assert local_path(text, near, Folders()) == expected  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("path", "audience"),
    [
        ("src/a.py", "production"),
        ("tests/a.py", "test"),
        ("src/test_a.py", "test"),
        ("a.spec.ts", "test"),
        ("docs/a.py", "documentation"),
        ("notebooks/a.ipynb", "development"),
        ("src/contest/a.py", "production"),
        (".env.example", "documentation"),
    ],
)
def test_audiences(path: str, audience: str) -> None:
    """By folder and file names, whole parts only."""
    assert audience_of(path) == audience


def test_mentions_of_what_a_chain_ends_at_are_not_counted_twice(tmp_path: Path) -> None:
    """The constant that a use leads to is part of the use."""
    code = 'from transformers import AutoModel\nM = "Qwen/Qwen2.5-7B"\nAutoModel.from_pretrained(M)'
    assert one(tmp_path, {"a.py": code}).short == "resolved hub Qwen/Qwen2.5-7B"


def test_locations_print_as_people_write_them() -> None:
    """A path, a line, a member."""
    assert str(Location(path="a.py", line=3)) == "a.py:3"
    assert Inventory.__struct_fields__[0] == "artifacts"


def test_a_providers_full_name_for_a_model_says_who_serves_it(tmp_path):
    """`accounts/fireworks/models/x` is no path: the provider and the model's own name are told."""
    name = "accounts/fireworks/models/qwen3-235b-a22b"
    files = {
        ".env": f"LLM_MODEL={name}\n",
        "a.py": f"import litellm\nlitellm.completion('fireworks_ai/{name}')\n",
    }
    found = scanned(tmp_path, files)
    assert {(t.model.name, t.provider, t.model.developer) for t in found} == {
        ("qwen3-235b-a22b", "fireworks", "qwen")
    }
    assert len(found) == 2


def test_an_agent_made_from_a_name_uses_that_model(tmp_path):
    """Makers of agents take a name or a model object; the object is counted once."""
    code = """
from langgraph.prebuilt import create_react_agent
from langchain.agents import create_agent
from langchain_openai import ChatOpenAI
create_react_agent(ChatOpenAI(model="gpt-4o"), tools=[])
create_react_agent("groq:moonshotai/kimi-k2-instruct", [])
create_agent(model="anthropic:claude-sonnet-4-5", tools=[])
"""
    found = scanned(tmp_path, {"a.py": code})
    assert sorted((t.model.name, t.provider) for t in found) == [
        ("claude-sonnet-4-5", "anthropic"),
        ("gpt-4o", "openai"),
        ("moonshotai/kimi-k2-instruct", "groq"),
    ]


def test_a_platform_that_serves_others_does_not_name_the_maker(tmp_path: Path) -> None:
    """DashScope's key alone leaves the maker open; DeepSeek's own key does not."""
    files = {".env": "DASHSCOPE_API_KEY=\nDEEPSEEK_API_KEY=\n"}
    found = scanned(tmp_path, files)
    makers = {told.provider: told.model.developer for told in found}
    assert isinstance(makers["alibaba"], Unmeasured)
    assert makers["alibaba"].reason == "ambiguous"
    assert makers["deepseek"] == "deepseek"


def test_a_closed_model_is_never_weights(tmp_path: Path) -> None:
    """A name whose weights nobody published is reached as an API, whatever stands between."""
    told = one(tmp_path, {"a.py": CALL.format(url="http://gate:4000", model="gpt-4o-mini")}, "python")
    assert told.model.form == "api"
    told = one(tmp_path, {"a.py": CALL.format(url="http://gate:4000", model="qwen2.5-7b")}, "python")
    assert told.model.form == "weights"


def test_a_gateways_own_line_is_followed_to_the_weights(tmp_path: Path) -> None:
    """`hosted_vllm/served` in the gateway's file is the model that the stack's own server loads."""
    files = {
        "l.yaml": GATEWAY,
        "docker-compose.yml": "services:\n  vllm:\n    image: vllm/vllm-openai:v1\n"
        "    command: --model x/Weights-7B --served-model-name served\n",
    }
    told = {t.use.location.line: t for t in scanned(tmp_path, files) if t.use.surface == "litellm"}
    assert (told[7].short, told[7].provider) == ("resolved hub x/Weights-7B", "self")
    assert told[4].short == "declared api deepseek-chat"


ASK = """
from openai import OpenAI

def ask(model, url=None):
    return OpenAI(base_url=url).chat.completions.create(model=model, messages=[])
"""


def test_one_calls_model_is_never_paired_with_another_calls_address(tmp_path: Path) -> None:
    """Two callers of one function: each model goes where its own caller sends it, or to the default."""
    files = {
        "pkg/__init__.py": "",
        "pkg/llm.py": ASK,
        "pkg/a.py": 'from pkg.llm import ask\n\nask("deepseek-chat", url="https://api.deepseek.com")\n',
        "pkg/b.py": 'from pkg.llm import ask\n\nask("gpt-4o")\n',
    }
    found = [t for t in scanned(tmp_path, files) if t.use.api.endswith("chat.completions.create")]
    assert {(t.model.name, t.provider) for t in found} == {
        ("deepseek-chat", "deepseek"),
        ("gpt-4o", "openai"),
    }


def test_an_unset_address_leaves_the_default_with_a_note(tmp_path: Path) -> None:
    """Nothing in the stack sets LLM_URL, so the call goes to OpenAI unless whoever runs it does."""
    code = (
        "import os\nfrom openai import OpenAI\n"
        'OpenAI(base_url=os.getenv("LLM_URL")).chat.completions.create(model="gpt-4o", messages=[])\n'
    )
    told = one(tmp_path, {"a.py": code}, "python")
    assert (told.short, told.provider) == ("inferred api gpt-4o", "openai")
    assert "LLM_URL" in told.use.note


@pytest.mark.parametrize(
    ("written", "namespace", "name", "provider"),
    [
        ("azure/gpt-4o", "cloud", "gpt-4o", "azure-openai"),
        (
            "together_ai/meta-llama/Llama-3.3-70B-Instruct-Turbo",
            "api",
            "meta-llama/Llama-3.3-70B-Instruct-Turbo",
            "together",
        ),
        ("openai/gpt-4o", "api", "openai/gpt-4o", ""),
        ("openai/gpt-oss-20b", "hub", "openai/gpt-oss-20b", ""),
        ("deepseek-ai/DeepSeek-V3", "hub", "deepseek-ai/DeepSeek-V3", ""),
        ("ollama/qwen3:8b", "ollama", "qwen3:8b", ""),
    ],
)
def test_a_routers_prefix_is_told_from_an_organisation(
    tmp_path: Path, written: str, namespace: str, name: str, provider: str
) -> None:
    """In a client that nobody knows, a prefix says who serves it only where it is no organisation."""
    code = f'from houselib import Agent\n\nAgent(model_name="{written}")\n'
    told = one(tmp_path, {"a.py": code}, "python")
    assert (told.model.namespace, told.model.name, told.provider) == (namespace, name, provider)


def test_a_default_provider_does_not_serve_another_makers_names(tmp_path: Path) -> None:
    """Anthropic's client with OpenAI's model: which of the two holds at run time is not known."""
    code = 'from anthropic import Anthropic\n\nAnthropic().messages.create(model="gpt-4o", messages=[])\n'
    told = one(tmp_path, {"a.py": code}, "python")
    assert told.provider == ""
    assert told.use.endpoint is not None
    assert isinstance(told.use.endpoint.provider, Unmeasured)
    assert told.use.endpoint.provider.reason == "ambiguous"


def test_an_address_of_another_notebook_or_kind_of_client_moves_nothing(tmp_path: Path) -> None:
    """`%env` holds in its own notebook alone, and Azure's client does not obey OpenAI's variable."""
    cell = {
        "cell_type": "code",
        "metadata": {},
        "outputs": [],
        "source": ["%env OPENAI_BASE_URL=https://api.perplexity.ai\n"],
    }
    files = {
        "a.ipynb": json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [cell]}),
        "a.py": "from langchain_openai import AzureChatOpenAI, ChatOpenAI\n\n"
        'AzureChatOpenAI(model="own-name")\nChatOpenAI(model="other-name")\n',
    }
    told = {t.use.location.line: t.provider for t in scanned(tmp_path, files) if t.use.surface == "python"}
    assert told == {3: "azure-openai", 4: "openai"}


def test_a_mention_does_not_make_a_model_of_a_data_set(tmp_path: Path) -> None:
    """A document that names the data set is read before the recipe that trains on it; it stays a data set."""
    recipe = "base_model: mistralai/Mistral-7B-v0.1\ndatasets:\n  - path: HuggingFaceH4/ultrachat_200k\n"
    told = "We train on `HuggingFaceH4/ultrachat_200k`.\n"
    files = {"A.md": told, "training/letters.yaml": recipe}
    inventory = scan(stack(tmp_path, files), lookup())
    (data_set,) = [m for m in inventory.models if "ultrachat" in m.name]
    assert data_set.form == "data-set"
    assert "mention" in {u.status for u in inventory.uses if u.model == data_set.id}


def test_a_path_with_spaces_and_a_text_that_is_no_name_are_not_lost(tmp_path: Path) -> None:
    """The path is local; five thousand letters are an unresolved use, not nothing."""
    code = (
        "from transformers import AutoModel\n"
        'AutoModel.from_pretrained("./my models/xy")\n'
        f'AutoModel.from_pretrained("{"A" * 5_000}")\n'
    )
    told = {t.use.location.line: t for t in scanned(tmp_path, {"a.py": code})}
    assert told[2].short == "declared local my models/xy"
    assert told[3].use.status == "unresolved"
    assert "more than 300 characters" in told[3].use.note


def test_an_address_that_is_not_known_leaves_no_default(tmp_path: Path) -> None:
    """One caller gives an address that it reads, another gives none: only the second goes to OpenAI."""
    files = {
        "pkg/__init__.py": "",
        "pkg/llm.py": ASK,
        "pkg/a.py": "from pkg.llm import ask\n\nask('gpt-4o', url=input())\nask('gpt-4o')\n",
    }
    told = {t.use.location.line: t.provider for t in scanned(tmp_path, files)}
    assert told == {3: "", 4: "openai"}


def test_a_closed_model_lies_in_no_folder(tmp_path: Path) -> None:
    """Google writes `models/` before its names; that is no path."""
    code = "import cohere\n\ncohere.Client(base_url=input()).chat(model='models/gemini-embedding-001')\n"
    told = one(tmp_path, {"a.py": code}, "python")
    assert (told.model.namespace, told.model.form) == ("api", "api")


_QWEN2 = '{"architectures": ["Qwen2ForCausalLM"], "model_type": "qwen2", "_name_or_path": "Qwen/Qwen2.5-7B"}'


def test_a_configuration_without_weights_belongs_to_the_model_that_a_use_names(tmp_path: Path) -> None:
    """Repositories leave weights out: what a served folder declares is kept, and nothing is stored."""
    found = scan(
        stack(
            tmp_path,
            {
                "serve.sh": "vllm serve models/ours\n",
                "models/ours/config.json": _QWEN2,
                "models/ours/README.md": "---\nbase_model: Qwen/Qwen2.5-7B\n---\n",
            },
        ),
        lookup(),
    )
    (model,) = [m for m in found.models if m.name == "models/ours"]
    assert {a.kind for a in found.artifacts if a.model == model.id} == {"config", "card"}
    assert all(use.role != "stored" for use in found.uses)


def test_a_configuration_of_something_else_is_no_models(tmp_path: Path) -> None:
    """A `config.json` that no model library wrote is not read, nor the README beside it."""
    found = scan(
        stack(
            tmp_path,
            {
                "serve.sh": "vllm serve web/app\n",
                "web/app/config.json": '{"hidden_size": 3, "name": "x"}',
                "web/app/README.md": "---\nbase_model: Qwen/Qwen2.5-7B\n---\n",
            },
        ),
        lookup(),
    )
    assert {a.kind for a in found.artifacts} == {"serving-command"}
