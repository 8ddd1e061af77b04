"""Settings of agents, flows and gateways (`settings`, `agent-notes`, `triton`): who serves the model."""

from __future__ import annotations

from pathlib import Path

import pytest

from build.stacks import lookup, scanned
from gauger.scan.provider_spelling import _TABLE as SPELLINGS
from gauger.scan.provider_spelling import (
    colon_route,
    is_own_server,
    provider_in_name,
    slash_route,
    spelt_provider,
)


@pytest.mark.parametrize(
    ("file", "text", "expected"),
    [
        (".claude/settings.json", '{"model": "opus"}', [("opus", "anthropic")]),
        (
            ".claude/settings.json",
            (
                '{"env": {"ANTHROPIC_BASE_URL": "https://api.deepseek.com/anthropic",'
                ' "ANTHROPIC_SMALL_FAST_MODEL": "deepseek-chat"}}'
            ),
            [("deepseek-chat", "deepseek")],
        ),
        (".claude/agents/x.md", "---\nname: x\nmodel: haiku\n---\nText.\n", [("haiku", "anthropic")]),
        (".github/prompts/a.prompt.md", "---\nmodel: GPT-4o\n---\n", [("GPT-4o", "github-copilot")]),
        (".codex/config.toml", 'model = "gpt-5-mini"\n', [("gpt-5-mini", "openai")]),
        (
            ".codex/config.toml",
            (
                'model = "glm-4.6"\nmodel_provider = "mine"\n[model_providers.mine]\n'
                'base_url = "https://open.bigmodel.cn/api/paas/v4"\n'
            ),
            [("glm-4.6", "zhipu")],
        ),
        ("opencode.json", '{"model": "google/gemini-2.5-flash"}', [("gemini-2.5-flash", "google-gemini")]),
        (".aider.conf.yml", "model: groq/llama-3.1-8b-instant\n", [("llama-3.1-8b-instant", "groq")]),
        ("crew/agents.yaml", "cook:\n  role: r\n  llm: ollama/qwen2.5\n", [("qwen2.5", "self")]),
        (
            "promptfooconfig.yaml",
            "providers:\n  - anthropic:messages:claude-3-5-haiku-latest\n  - file://own.py\n",
            [("claude-3-5-haiku-latest", "anthropic")],
        ),
        (
            "flow.json",
            (
                '{"nodes": [{"type": "x.lmChatMistralCloud", "parameters": {"model":'
                ' "mistral-small-latest"}}],'
                ' "connections": {}}'
            ),
            [("mistral-small-latest", "mistral")],
        ),
        (
            "chat.yaml",
            (
                "endpoints:\n  - name: A\n    baseURL: https://api.groq.com/openai/v1\n    models:\n"
                "      default: [gemma2-9b-it]\n"
            ),
            [("gemma2-9b-it", "groq")],
        ),
        (
            "gw.json",
            '{"providers": {"cohere": {"keys": [{"models": ["command-r"]}]}}}',
            [("command-r", "cohere")],
        ),
        (
            "mcp.json",
            '{"mcpServers": {"a": {"command": "npx", "args": ["srv", "--model", "qwen-max"]}}}',
            [("qwen-max", "")],
        ),
        ("tasks.yml", "tasks:\n  p:\n    cmds:\n      - ollama pull phi3:mini\n", [("phi3:mini", "self")]),
        (
            "web.yaml",
            "services:\n  - envVars:\n      - {key: OPENAI_MODEL, value: gpt-4o}\n",
            [("gpt-4o", "")],
        ),
        ("README.md", "---\nsdk: gradio\nmodels: [org/Some-Model]\n---\n", [("org/Some-Model", "")]),
    ],
)
def test_settings_name_models_and_who_serves_them(
    tmp_path: Path, file: str, text: str, expected: list[tuple[str, str]]
) -> None:
    """By the tool whose file it is, a route before the name, and keys beside or above it."""
    assert [(told.model.name, told.provider) for told in scanned(tmp_path, {file: text})] == expected


def test_look_alikes_in_settings_are_no_uses(tmp_path: Path) -> None:
    """A shop's article, an agent that inherits its model, a README that is no Space."""
    files = {
        "shop.yaml": "article: {name: bicycle, model: mistral-blue, provider: openai-shop}\n",
        ".claude/agents/a.md": "---\nmodel: inherit\n---\n",
        "README.md": "---\ntitle: x\nmodels: [org/Some-Model]\n---\n",
        "package.json": '{"scripts": {"build": "tsc -p ."}, "model": "gpt-4o"}',
    }
    assert [t for t in scanned(tmp_path, files) if t.use.status != "mention"] == []


def test_every_spelling_leads_to_a_provider_of_the_catalogue() -> None:
    """No row of the table stands for somebody whom the catalogue does not know."""
    assert {i for i in SPELLINGS.values() if not is_own_server(i)} <= set(lookup().catalogue.providers)


@pytest.mark.parametrize(
    ("text", "provider"),
    [
        ("AzureChatOpenAI", "azure-openai"),
        ("langchain_google_genai.ChatGoogleGenerativeAI", "google-gemini"),
        ("openai-compatible", ""),
        ("Toaster", ""),
    ],
)
def test_a_components_name_tells_its_provider(text: str, provider: str) -> None:
    """The longest run of words that is a provider; a protocol is nobody."""
    assert provider_in_name(text) == provider


def test_routes_are_taken_apart() -> None:
    """A prefix counts where it is a provider; a hub's organisation counts only where routes are taken."""
    assert slash_route("mistral/codestral-latest", certain=False) == ("mistral", "codestral-latest")
    assert slash_route("google/gemma-2-9b-it", certain=False) is None
    assert colon_route("bedrock:us.amazon.nova-pro-v1:0") == ("aws-bedrock", "us.amazon.nova-pro-v1:0")
    assert colon_route("https://x") is None
    assert spelt_provider("langgenius/tongyi/tongyi") == "alibaba"


def test_parameters_of_triton_name_models(tmp_path: Path) -> None:
    """A key that carries a model, with its text; a batch size is none."""
    text = (
        'name: "a"\nparameters { key: "model_id" value: { string_value: "org/Emb-1" } }\n'
        'parameters { key: "batch" value: { string_value: "org/Not" } }\n'
    )
    (told,) = scanned(tmp_path, {"models/a/config.pbtxt": text})
    assert (told.model.name, told.use.location.line) == ("org/Emb-1", 2)
