"""Which models JavaScript and TypeScript use. Collector `javascript` (`JavaScript`)."""

from __future__ import annotations

from pathlib import Path

import pytest

from build.stacks import lookup, one, scanned, stack
from gauger.scan.scan import scan


@pytest.mark.parametrize(
    ("code", "name", "provider"),
    [
        (
            (
                'import OpenAI from "openai";\n'
                'const c = new OpenAI({ baseURL: "https://api.moonshot.ai/v1" });\n'
                'await c.chat.completions.create({ model: "kimi-x" });'
            ),
            "kimi-x",
            "moonshot",
        ),
        (
            'import { deepseek } from "@ai-sdk/deepseek";\ngenerateText({ model: deepseek("deepseek-x") });',
            "deepseek-x",
            "deepseek",
        ),
        (
            (
                'import { createOpenAI } from "@ai-sdk/openai";\n'
                'const g = createOpenAI({ baseURL: "https://api.groq.com/v1" });\n'
                'run({ model: g("llama-x") });'
            ),
            "llama-x",
            "groq",
        ),
        (
            (
                'import { createOpenRouter } from "@openrouter/ai-sdk-provider";\n'
                "const r = createOpenRouter({});\n"
                'r(process.env.M ?? "a/b-1");'
            ),
            "a/b-1",
            "openrouter",
        ),
        ('import ollama from "ollama";\nollama.chat({ model: "qwen3:8b" });', "qwen3:8b", "self"),
        ('import { pipeline } from "@huggingface/transformers";\npipeline("task", "x/Y");', "x/Y", ""),
        (
            (
                'import Anthropic from "@anthropic-ai/sdk";\nclass S { c = new Anthropic();\n'
                '  go() { return this.c.messages.create({ model: "claude-x" }); } }'
            ),
            "claude-x",
            "anthropic",
        ),
        (
            (
                'const { OpenAI } = require("openai");\n'
                'const f = (model = "gpt-x") => new OpenAI().responses.create({ model });'
            ),
            "gpt-x",
            "openai",
        ),
        (
            (
                'import { ChatOpenAI } from "@langchain/openai";\n'
                'new ChatOpenAI({ modelName: "mm", configuration: '
                '{ baseURL: "https://api.deepseek.com" } });'
            ),
            "mm",
            "deepseek",
        ),
        (
            (
                'import { InvokeModelCommand } from "@aws-sdk/client-bedrock-runtime";\n'
                "client.send(new InvokeModelCommand("
                '{ modelId: `anthropic.${"claude"}-v1` }));'
            ),
            "anthropic.claude-v1",
            "aws-bedrock",
        ),
        (
            'fetch("https://api.mistral.ai/v1/chat", { body: JSON.stringify({ model: "m-x" }) });',
            "m-x",
            "mistral",
        ),
    ],
)
def test_calls_say_model_and_provider(tmp_path: Path, code: str, name: str, provider: str) -> None:
    """SDK clients, provider factories, local runtimes, classes, plain requests."""
    told = one(tmp_path, {"a.ts": code})
    assert (told.model.name, told.provider) == (name, provider)


def test_constants_of_other_files_and_the_environment_are_followed(tmp_path: Path) -> None:
    """Imports by relative path and by alias, JSON files, `.env`."""
    files = {
        "web/lib/config.ts": (
            'export const MODELS = { chat: "claude-x" } as const;\nexport enum M { A = "gpt-x" }\n'
        ),
        "web/conf.json": '{"llm": {"model": "deepseek-chat"}}',
        "web/app/a.ts": 'import OpenAI from "openai";\nimport { MODELS, M } from "@/lib/config";\n'
        'import c from "../conf.json";\n'
        "const o = new OpenAI({ baseURL: process.env.BASE });\no.responses.create({ model: MODELS.chat });\n"
        "o.responses.create({ model: M.A });\no.responses.create({ model: c.llm.model });\n",
        ".env": "BASE=https://api.deepseek.com\n",
    }
    found = scanned(tmp_path, files, "javascript")
    assert [t.model.name for t in found] == ["claude-x", "gpt-x", "deepseek-chat"]
    assert {t.provider for t in found} == {"deepseek"}


def test_a_default_behind_what_a_request_brings_is_inferred(tmp_path: Path) -> None:
    """The person may send another name; the default is one possibility."""
    code = (
        'import OpenAI from "openai";\nconst o = new OpenAI();\n'
        'app.post("/", async (req) => { await o.responses.create({ model: req.body.model ?? "gpt-x" }); });'
    )
    assert one(tmp_path, {"a.js": code}).short == "inferred api gpt-x"


def test_components_and_look_alikes(tmp_path: Path) -> None:
    """A Vue file keeps its lines; a car has a model as well; comments are mentions."""
    files = {
        "a.vue": '<template>\n</template>\n<script setup lang="ts">\nimport ollama from "ollama";\n'
        'ollama.chat({ model: "qwen3:8b" });\n</script>\n',
        "b.ts": (
            'const car = { model: "corolla", maker: "toyota" };\n// deepseek-ai/DeepSeek-V3 is not used\n'
        ),
    }
    found = scanned(tmp_path, files)
    assert [(t.use.location.path, t.use.location.line, t.use.status) for t in found] == [
        ("a.vue", 5, "declared"),
        ("b.ts", 2, "mention"),
    ]


@pytest.mark.parametrize(
    "code",
    [
        "const model = " + "(" * 20_000 + "1" + ")" * 20_000,
        "model = " + "x" * 60_000,
        "function model(){\n" * 3000,
    ],
    ids=["brackets", "minified", "functions"],
)
def test_hostile_code_is_a_gap(tmp_path: Path, code: str) -> None:
    """Deep nesting and bundles are said, not read."""
    inventory = scan(stack(tmp_path, {"bad.ts": code}), lookup())
    assert inventory.gaps
    assert {gap.reason for gap in inventory.gaps} <= {"limit-exceeded", "malformed"}
    assert not any(gap.detail.startswith("bug") for gap in inventory.gaps)


def test_a_syntax_error_costs_a_statement_and_not_the_file(tmp_path: Path) -> None:
    """The parser repairs what it cannot read."""
    code = 'import ollama from "ollama";\nconst = ;\nollama.chat({ model: "qwen3:8b" });'
    inventory = scan(stack(tmp_path, {"a.ts": code}), lookup())
    assert [use.written for use in inventory.uses] == ["qwen3:8b"]
    assert [gap.location.line for gap in inventory.gaps if gap.location] == [2]


def test_a_bundle_is_a_gap_and_a_long_text_among_short_lines_is_not(tmp_path: Path) -> None:
    """What a bundler wrote is not parsed; code that people wrote may hold one long line of data."""
    call = 'import OpenAI from "openai";\nnew OpenAI().chat.completions.create({ model: "gpt-4o" });\n'
    files = {"bundle.js": "a=1;" * 2_000 + call, "code.js": call + "// x\n" * 40 + f"// {'A' * 3_000}\n"}
    inventory = scan(stack(tmp_path, files), lookup())
    assert {g.location.path for g in inventory.gaps if g.location} == {"bundle.js"}
    assert {u.location.path for u in inventory.uses} == {"code.js"}
