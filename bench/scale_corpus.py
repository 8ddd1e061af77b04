"""A large tree of mixed files for the benchmark of scale: real Python, and other kinds made by rule.

The same interpreter and packages give the same tree. Every choice comes from a counter, none from chance.
"""

# ruff: noqa: E501, S608 - templates of code in other languages, as long as that code is, run by nobody
from __future__ import annotations

import json
import sysconfig
from collections.abc import Callable, Iterator
from itertools import cycle, islice
from pathlib import Path

MODELS = (
    "Qwen/Qwen2.5-7B-Instruct",
    "meta-llama/Llama-3.1-8B-Instruct",
    "mistralai/Mistral-7B-Instruct-v0.3",
    "deepseek-ai/DeepSeek-R1-Distill-Qwen-7B",
    "BAAI/bge-m3",
    "google/gemma-2-9b-it",
)
SHARES = {
    "python": 0.36, "typescript": 0.14, "javascript": 0.10, "yaml": 0.10, "json": 0.08, "markdown": 0.08,
    "go": 0.05, "java": 0.03, "terraform": 0.02, "dockerfile": 0.01, "notebook": 0.01, "shell": 0.02,
}  # fmt: skip
"""Of all files. The first share is real code; the rest is made."""

_WORDS = [
    "account",
    "address",
    "amount",
    "batch",
    "billing",
    "branch",
    "buffer",
    "cache",
    "channel",
    "client",
    "cluster",
    "column",
    "config",
    "cursor",
    "customer",
    "delivery",
    "device",
    "digest",
    "driver",
    "element",
    "event",
    "export",
    "field",
    "filter",
    "folder",
    "format",
    "handler",
    "header",
    "index",
    "invoice",
    "item",
    "journal",
    "label",
    "layer",
    "ledger",
    "limit",
    "locale",
    "logger",
    "market",
    "measure",
    "member",
    "message",
    "metric",
    "notice",
    "number",
    "offset",
    "option",
    "order",
    "owner",
    "package",
    "parcel",
    "partner",
    "payload",
    "period",
    "policy",
    "price",
    "product",
    "profile",
    "queue",
    "record",
    "region",
    "report",
    "request",
    "reserve",
    "result",
    "review",
    "route",
    "sample",
    "schema",
    "sector",
    "segment",
    "server",
    "service",
    "session",
    "shipment",
    "signal",
    "source",
    "stage",
    "status",
    "store",
    "stream",
    "string",
    "supplier",
    "table",
    "target",
    "template",
    "tenant",
    "ticket",
    "token",
    "total",
    "trace",
    "transfer",
    "update",
    "vendor",
    "version",
    "volume",
    "warehouse",
    "window",
    "worker",
]


class Counter:
    """Words and numbers in a fixed order that does not repeat soon."""

    def __init__(self, seed: int) -> None:
        self.state = seed * 2654435761 % (1 << 32) or 1

    def number(self, bound: int) -> int:
        """The next number below the bound."""
        self.state = (self.state * 1664525 + 1013904223) % (1 << 32)
        return (self.state >> 8) % bound

    def word(self) -> str:
        """The next word."""
        return _WORDS[self.number(len(_WORDS))]

    def model(self) -> str:
        """The next model."""
        return MODELS[self.number(len(MODELS))]


def _typescript(c: Counter, size: int, used: str) -> str:
    head = "import { z } from 'zod';\nimport { Pool } from 'pg';\n"
    if used:
        head += (
            "import OpenAI from 'openai';\nconst client = new OpenAI();\nexport const ask = (q: string) =>\n"
            f"  client.chat.completions.create({{ model: '{used}', messages: [{{ role: 'user', content: q }}] }});\n"
        )

    def block() -> str:
        a, b, n = c.word(), c.word(), c.number(9999)
        return (
            f"\nexport interface {a.title()}{n} {{ {b}: string; total: number; tags?: string[] }}\n"
            f"export async function {b}{a.title()}{n}(pool: Pool, id: string): Promise<{a.title()}{n} | null> {{\n"
            f"  const rows = await pool.query('select {a}, {b} from {b}s where id = $1 limit {n}', [id]);\n"
            f"  if (!rows.rowCount) {{ return null; }}\n  return {{ {b}: rows.rows[0].{b}, total: {n} }};\n}}\n"
        )

    return _filled(head, block, size)


def _javascript(c: Counter, size: int, used: str) -> str:
    head = "'use strict';\nconst path = require('path');\nconst express = require('express');\n"
    if used:
        head += f"const {{ generateText }} = require('ai');\nconst {{ openai }} = require('@ai-sdk/openai');\nexports.say = (prompt) => generateText({{ model: openai('{used}'), prompt }});\n"

    def block() -> str:
        a, b, n = c.word(), c.word(), c.number(9999)
        return (
            f"\nfunction {a}{b.title()}{n}(options) {{\n  const {b} = options.{b} || {n};\n"
            f"  for (let i = 0; i < {b}.length; i++) {{\n    if ({b}[i].{a} === '{a}-{b}') {{ return path.join('{a}', {b}[i].name); }}\n  }}\n"
            f"  return null;\n}}\nmodule.exports.{a}{b.title()}{n} = {a}{b.title()}{n};\n"
        )

    return _filled(head, block, size)


def _yaml(c: Counter, size: int, used: str) -> str:
    head = f"apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {c.word()}-{c.number(999)}\ndata:\n"
    if used:
        head += f"  MODEL_ID: {used}\n"

    def block() -> str:
        return f'  {c.word()}_{c.word()}_{c.number(99999)}: "{c.word()} {c.number(9999)}"\n'

    return _filled(head, block, size)


def _json(c: Counter, size: int, used: str) -> str:
    rows: list[dict[str, object]] = [{"model": used, "temperature": 0.2}] if used else []
    total = 40
    while total < size:
        rows.append(
            {"id": c.number(1 << 30), c.word(): c.word(), "values": [c.number(99), c.number(99)], "on": True}
        )
        total += 120
    return json.dumps({"name": c.word(), "rows": rows}, indent=2)


def _markdown(c: Counter, size: int, used: str) -> str:
    head = f"# {c.word().title()}\n\n" + (f"We serve `{used}` in production.\n\n" if used else "")

    def block() -> str:
        return (
            f"## {c.word().title()} {c.word()}\n\n"
            + " ".join(c.word() for _ in range(40))
            + ".\n\n- see `docs/index`\n\n"
        )

    return _filled(head, block, size)


def _go(c: Counter, size: int, used: str) -> str:
    head = 'package service\n\nimport (\n\t"context"\n\t"fmt"\n)\n'
    if used:
        head = head.replace('"fmt"\n', '"fmt"\n\topenai "github.com/sashabaranov/go-openai"\n')
        head += f'\nfunc Ask(c *openai.Client, ctx context.Context) {{\n\tc.CreateChatCompletion(ctx, openai.ChatCompletionRequest{{Model: "{used}"}})\n}}\n'

    def block() -> str:
        a, b, n = c.word().title(), c.word(), c.number(9999)
        return f'\n// {a}{n} returns the {b}.\nfunc {a}{n}(ctx context.Context, {b}ID string) (string, error) {{\n\tif {b}ID == "" {{\n\t\treturn "", fmt.Errorf("no {b}: %d", {n})\n\t}}\n\treturn {b}ID, nil\n}}\n'

    return _filled(head, block, size)


def _java(c: Counter, size: int, used: str) -> str:
    head = "package com.example.service;\n\nimport java.util.List;\n\npublic class Service {\n"
    if used:
        head = head.replace(
            "import java.util.List;\n",
            "import java.util.List;\nimport dev.langchain4j.model.openai.OpenAiChatModel;\n",
        )
        head += (
            f'  private final OpenAiChatModel chat = OpenAiChatModel.builder().modelName("{used}").build();\n'
        )

    def block() -> str:
        a, b, n = c.word(), c.word(), c.number(9999)
        return f'\n  public String {a}{b.title()}{n}(List<String> {b}) {{\n    if ({b}.isEmpty()) {{ return "{a}"; }}\n    return {b}.get({n} % {b}.size());\n  }}\n'

    return _filled(head, block, size) + "}\n"


def _terraform(c: Counter, size: int, used: str) -> str:
    head = 'variable "region" {\n  default = "eu-central-1"\n}\n'
    if used:
        head += f'resource "kubernetes_deployment" "llm" {{\n  args = ["--model", "{used}"]\n}}\n'

    def block() -> str:
        a, b, n = c.word(), c.word(), c.number(99999)
        return f'\nresource "aws_s3_bucket" "{a}_{n}" {{\n  bucket = "{a}-{b}-{n}"\n  tags = {{ {b} = "{a}" }}\n}}\n'

    return _filled(head, block, size)


def _dockerfile(c: Counter, size: int, used: str) -> str:
    head = "FROM python:3.11-slim\nWORKDIR /app\n"
    tail = f'CMD ["vllm", "serve", "{used}"]\n' if used else 'CMD ["python", "-m", "app"]\n'

    def block() -> str:
        return f"ENV {c.word().upper()}_{c.number(999)}={c.word()}\nRUN echo {c.word()} > /srv/{c.word()}\n"

    return _filled(head, block, min(size, 1500)) + tail


def _notebook(c: Counter, size: int, used: str) -> str:
    cells: list[dict[str, object]] = []
    if used:
        source = f"from transformers import pipeline\np = pipeline('text-generation', model='{used}')\n"
        cells.append(
            {"cell_type": "code", "metadata": {}, "source": source, "outputs": [], "execution_count": 1}
        )
    total = 0
    while total < size:
        lines = [f"{c.word()} = load('{c.word()}.csv')\n", f"{c.word()}.head({c.number(50)})\n"]
        outputs = [
            {"output_type": "stream", "name": "stdout", "text": [" ".join(c.word() for _ in range(30))]}
        ]
        cells.append(
            {"cell_type": "code", "metadata": {}, "source": lines, "outputs": outputs, "execution_count": 2}
        )
        total += 500
    return json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}, indent=1)


def _shell(c: Counter, size: int, used: str) -> str:
    head = "#!/bin/sh\nset -eu\n" + (f"vllm serve {used} --port 8000\n" if used else "")

    def block() -> str:
        return f'{c.word().upper()}="{c.word()}"\nif [ -d "/srv/{c.word()}" ]; then\n  cp -r "/srv/{c.word()}" "$HOME/{c.word()}"\nfi\n'

    return _filled(head, block, min(size, 2500))


def _filled(head: str, block: Callable[[], str], size: int) -> str:
    parts, total = [head], len(head)
    while total < size:
        parts.append(block())
        total += len(parts[-1])
    return "".join(parts)


MAKERS: dict[str, tuple[str, Callable[[Counter, int, str], str]]] = {
    "typescript": (".ts", _typescript), "javascript": (".js", _javascript), "yaml": (".yaml", _yaml),
    "json": (".json", _json), "markdown": (".md", _markdown), "go": (".go", _go), "java": (".java", _java),
    "terraform": (".tf", _terraform), "dockerfile": ("Dockerfile", _dockerfile),
    "notebook": (".ipynb", _notebook), "shell": (".sh", _shell),
}  # fmt: skip


def real_python() -> Iterator[bytes]:
    """Python files of the installed packages, in order of their paths; over and over."""
    folder = Path(sysconfig.get_paths()["purelib"])
    files = [path for path in sorted(folder.rglob("*.py")) if 200 < path.stat().st_size < 14_000]
    for path in cycle(files):
        yield path.read_bytes()


def build(root: Path, files: int, size_bytes: int, uses: int) -> tuple[int, int]:
    """Write the tree; how many files and bytes are in it?

    Args:
        root: An empty or missing folder.
        files: How many.
        size_bytes: About how many bytes in all.
        uses: In how many files a model is used, besides whatever the real code says.
    """
    step, made, total = max(files // max(uses, 1), 1), 0, 0
    for kind, share in SHARES.items():
        wanted = round(files * share)
        real = real_python() if kind == "python" else None
        for number in range(wanted):
            counter = Counter(made + 17)
            used = counter.model() if made % step == 3 else ""
            size = 600 + counter.number(round(size_bytes / files * 1.9))
            if real is not None:
                data = next(real)
                if used:
                    data += f"\nfrom transformers import AutoModel\nMODEL = AutoModel.from_pretrained({used!r})\n".encode()
                name = f"module_{number}.py"
            else:
                suffix, maker = MAKERS[kind]
                data = maker(counter, size, used).encode()
                name = suffix if suffix == "Dockerfile" else f"{counter.word()}_{number}{suffix}"
            folder = (
                root
                / f"team{number // 40 % 23}"
                / f"{kind}{number // 40 if name != 'Dockerfile' else number}"
            )
            folder.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(data)
            made, total = made + 1, total + len(data)
    return made, total


def sample(files: int) -> list[str]:
    """The kinds of so many files, for a test."""
    return list(islice(cycle(SHARES), files))
