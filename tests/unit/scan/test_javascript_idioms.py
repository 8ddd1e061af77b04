"""Idioms of TypeScript in the field: schemas of settings, Workers AI, imports by address, registries."""

from __future__ import annotations

from pathlib import Path

import pytest

from build.stacks import scanned

OPENAI = 'import OpenAI from "openai";\n'
CALL = "new OpenAI().chat.completions.create({ model: %s, messages: [] });\n"


def named(root: Path, files: dict[str, str]) -> list[tuple[str, str]]:
    """Model and provider of each use, in order of place."""
    return [
        (t.model.name, t.provider)
        for t in scanned(root, files)
        if t.use.status not in ("mention", "unresolved")
    ]


@pytest.mark.parametrize(
    "schema",
    [
        (
            'import { z } from "zod";\nexport const env = z.object({ LLM:'
            ' z.string().min(1).default("gpt-4o") })'
            ".parse(process.env);\n"
        ),
        (
            'import { z } from "zod";\n'
            'const s = z.object({ A: z.string() }).extend({ LLM: z.string().default("gpt-4o") });\n'
            "export const env = s.parse(process.env);\n"
        ),
        (
            'import { createEnv } from "@t3-oss/env-nextjs";\nimport { z } from "zod";\n'
            'export const env = createEnv({ server: { LLM: z.string().default("gpt-4o") },'
            " runtimeEnv: process.env });\n"
        ),
        (
            'import { cleanEnv, str } from "envalid";\n'
            'export const env = cleanEnv(process.env, { LLM: str({ default: "gpt-4o" }) });\n'
        ),
    ],
    ids=["zod", "extended", "t3", "envalid"],
)
def test_a_schema_of_settings_gives_its_defaults(tmp_path: Path, schema: str) -> None:
    """The use is followed through the schema to its default, and the environment decides where it is set."""
    files = {"src/env.ts": schema, "src/a.ts": f'{OPENAI}import {{ env }} from "./env";\n' + CALL % "env.LLM"}
    assert named(tmp_path, files) == [("gpt-4o", "openai")]
    changed = files | {".env": "LLM=gpt-4.1\n"}
    assert ("gpt-4.1", "openai") in named(tmp_path, changed)


def test_a_schema_of_a_request_is_no_environment(tmp_path: Path) -> None:
    """A default of a body's field is a constant; nothing is asked of the environment."""
    code = (
        OPENAI
        + 'import { z } from "zod";\nconst b = z.object({ model: z.string().default("gpt-4o") });\n'
        + CALL % "b.model"
    )
    found = scanned(tmp_path, {"a.ts": code, ".env": "model=gpt-4.1\n"}, "javascript")
    assert [told.model.name for told in found] == ["gpt-4o"]


def test_a_configuration_service_reads_the_environment(tmp_path: Path) -> None:
    """NestJS: `config.get("OPENAI_MODEL", "default")`."""
    code = (
        f"{OPENAI}export class S {{ constructor(private config: ConfigService) {{}}\n run() {{ "
        + (CALL % 'this.config.get<string>("OPENAI_MODEL", "gpt-4o-mini")')
        + "} }\n"
    )
    assert named(tmp_path, {"s.ts": code}) == [("gpt-4o-mini", "openai")]


@pytest.mark.parametrize(
    ("code", "model", "provider"),
    [
        ('await env.AI.run("@cf/meta/llama-3-8b-instruct", {});', "@cf/meta/llama-3-8b-instruct",
         "cloudflare-workers-ai"),
        ('import OpenAI from "https://esm.sh/openai@4.28.0?target=deno";\n'
         '' + CALL % '"gpt-4o"', "gpt-4o", "openai"),
        ('import OpenAI from "npm:openai@4";\n' + CALL % '"gpt-4o"', "gpt-4o", "openai"),
        ('axios.post("https://openrouter.ai/api/v1/chat/completions", { model: "x-ai/grok-3-mini" });',
         "x-ai/grok-3-mini", "openrouter"),
        (('import { Agent } from "@mastra/core/agent";\n'
         'new Agent({ model: "openai/gpt-4o-mini" });'), "gpt-4o-mini",
         "openai"),
        (('import { createProviderRegistry } from "ai";\nimport { openai } from "@ai-sdk/openai";\n'
         'createProviderRegistry({ openai }).languageModel("openai:gpt-4.1");'), "gpt-4.1", "openai"),
        (('await fetch("https://api.openai.com/v1/responses", { body: JSON.stringify({\n'
         ' model: process.env.M || "gpt-4o", input: "" }) });'), "gpt-4o", "openai"),
    ],
)  # fmt: skip
def test_calls_of_the_field(tmp_path: Path, code: str, model: str, provider: str) -> None:
    """Bindings of workers, imports by address, requests by hand, registries."""
    assert named(tmp_path, {"a.ts": code}) == [(model, provider)]


def test_an_empty_name_falls_back_to_the_text_behind_it(tmp_path: Path) -> None:
    """`const ID = process.env.X; call(ID ?? "name")`: the text holds where nothing sets the name."""
    code = f"{OPENAI}const ID = process.env.UNSET_MODEL;\n" + CALL % 'ID ?? "gpt-4o"'
    assert named(tmp_path, {"a.ts": code}) == [("gpt-4o", "openai")]


def test_weak_names_in_tests_are_mentions(tmp_path: Path) -> None:
    """What an assertion compares is no use."""
    code = 'expect(fn).toHaveBeenCalledWith({ model: "gpt-4o", temperature: 0, messages: [] });\n'
    assert named(tmp_path, {"a.test.ts": code}) == []


def test_a_build_argument_holds_what_compose_gives(tmp_path: Path) -> None:
    """The default of `ARG` is inferred; what the Compose file of that folder gives is resolved."""
    files = {
        "b/Dockerfile": "FROM python\nARG HUB=org/Default-1\nRUN hf download ${HUB}\n",
        "docker-compose.yml": "services:\n  b:\n    build:\n      context: b\n      args:\n"
        "        HUB: org/Given-1\n",
    }
    alone = scanned(tmp_path / "x", {"b/Dockerfile": files["b/Dockerfile"]})
    assert [(t.model.name, t.use.status) for t in alone] == [("org/Default-1", "inferred")]
    (told,) = scanned(tmp_path / "y", files, "dockerfile")
    assert (told.model.name, told.use.status) == ("org/Given-1", "resolved")
