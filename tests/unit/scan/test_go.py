"""Which models Go uses. Collector `go` (`GoSource`)."""
# ruff: noqa: E501, ISC004 - a snippet and its answer read better unbroken

from __future__ import annotations

from pathlib import Path

import pytest

from build.code import Answer, answers
from build.stacks import lookup, scanned, stack
from gauger.scan.scan import scan

GPT = 'import gpt "github.com/sashabaranov/go-openai"\n'
OFFICIAL = 'import (\n"github.com/openai/openai-go/v2"\n"github.com/openai/openai-go/v2/option"\n)\n'
CASES: list[tuple[str, list[Answer]]] = [
    (
        GPT + 'func f() { c := gpt.NewClient("k")\n'
        'c.CreateChatCompletion(ctx, gpt.ChatCompletionRequest{Model: "gpt-4o-mini"}) }',
        [(3, "gpt-4o-mini", "openai", "declared")],
    ),
    (
        GPT + 'func f() { cfg := gpt.DefaultConfig("k")\ncfg.BaseURL = "https://api.deepseek.com/v1"\n'
        "c := gpt.NewClientWithConfig(cfg)\nreq := gpt.ChatCompletionRequest{\n"
        'Model: "deepseek-chat",\n}\nc.CreateChatCompletion(ctx, req) }',
        [(6, "deepseek-chat", "deepseek", "declared")],
    ),
    (
        OFFICIAL + 'const host = "https://api.moonshot.cn/v1"\n'
        "func f() { c := openai.NewClient(option.WithBaseURL(host))\n"
        'c.Chat.Completions.New(ctx, openai.ChatCompletionNewParams{Model: "kimi-latest"}) }',
        [(7, "kimi-latest", "moonshot", "declared")],
    ),
    (
        OFFICIAL + "func f() { c := openai.NewClient()\n"
        "c.Chat.Completions.New(ctx, openai.ChatCompletionNewParams{Model: openai.ChatModelGPT4oMini})\n"
        "c.Embeddings.New(ctx, openai.EmbeddingNewParams{Model: openai.EmbeddingModelTextEmbedding3Large}) }",
        [(6, "gpt-4o-mini", "openai", "resolved"), (7, "text-embedding-3-large", "openai", "resolved")],
    ),
    (
        'import "github.com/anthropics/anthropic-sdk-go"\nfunc f() { c := anthropic.NewClient()\n'
        "c.Messages.New(ctx, anthropic.MessageNewParams{Model: anthropic.ModelClaude3_7SonnetLatest}) }",
        [(3, "claude-3-7-sonnet-latest", "anthropic", "resolved")],
    ),
    (
        'import "google.golang.org/genai"\nfunc f() { c, _ := genai.NewClient(ctx, nil)\n'
        'c.Models.GenerateContent(ctx, "gemini-2.5-flash", nil, nil) }',
        [(3, "gemini-2.5-flash", "google-gemini", "declared")],
    ),
    (
        'import "github.com/google/generative-ai-go/genai"\nfunc f() { c, _ := genai.NewClient(ctx)\n'
        'm := c.GenerativeModel("gemini-1.5-pro") }',
        [(3, "gemini-1.5-pro", "google-gemini", "declared")],
    ),
    (
        'import "github.com/ollama/ollama/api"\nfunc f() { c, err := api.ClientFromEnvironment()\n'
        'c.Chat(ctx, &api.ChatRequest{Model: "qwen3:8b"}, nil) }',
        [(3, "qwen3:8b", "self", "declared")],
    ),
    (
        'import "github.com/tmc/langchaingo/llms/openai"\nfunc f() { llm, err := openai.New(\n'
        'openai.WithModel("glm-4-plus"),\nopenai.WithBaseURL("https://open.bigmodel.cn/api/paas/v4")) }',
        [(3, "glm-4-plus", "zhipu", "declared")],
    ),
    (
        'import "github.com/tmc/langchaingo/llms/ollama"\nfunc f() { l, _ := ollama.New(ollama.WithModel("mistral")) }',
        [(2, "mistral", "self", "declared")],
    ),
    (
        'import (\n"github.com/aws/aws-sdk-go-v2/aws"\n"github.com/aws/aws-sdk-go-v2/service/bedrockruntime"\n)\n'
        'func f() { c := bedrockruntime.NewFromConfig(cfg)\nc.InvokeModel(ctx, &bedrockruntime.InvokeModelInput{\n'
        'ModelId: aws.String(fmt.Sprintf("anthropic.%s-v1:0", "claude-3-haiku-20240307")),\n}) }',
        [(7, "anthropic.claude-3-haiku-20240307-v1:0", "aws-bedrock", "declared")],
    ),
    (
        'import "github.com/cloudwego/eino-ext/components/model/openai"\nfunc f() { m, err := openai.NewChatModel(ctx,\n'
        '&openai.ChatModelConfig{BaseURL: "https://api.siliconflow.cn/v1", Model: "Qwen/Qwen3-32B"}) }',
        [(3, "Qwen/Qwen3-32B", "siliconflow", "declared")],
    ),
    (
        'import "github.com/cloudwego/eino-ext/components/model/ark"\nfunc f() { ark.NewChatModel(ctx, &ark.ChatModelConfig{\n'
        'Model: "doubao-1-5-pro-32k-250115"}) }',
        [(3, "doubao-1-5-pro-32k-250115", "volcengine", "declared")],
    ),
    (
        'import "github.com/firebase/genkit/go/genkit"\nfunc f() { g := genkit.Init(ctx,\n'
        'genkit.WithDefaultModel("googleai/gemini-2.5-flash")) }',
        [(3, "gemini-2.5-flash", "google-gemini", "declared")],
    ),
    (
        'import "github.com/cohesion-org/deepseek-go"\nfunc f() { c := deepseek.NewClient("k")\n'
        'c.CreateChatCompletion(ctx, &deepseek.ChatCompletionRequest{Model: deepseek.DeepSeekChat}) }',
        [(3, "deepseek-chat", "deepseek", "resolved")],
    ),
    (
        'import cohere "github.com/cohere-ai/cohere-go/v2"\nimport client "github.com/cohere-ai/cohere-go/v2/client"\n'
        'func f() { c := client.NewClient()\nc.Chat(ctx, &cohere.ChatRequest{Model: cohere.String("command-r-plus")}) }',
        [(4, "command-r-plus", "cohere", "declared")],
    ),
    (
        'import "net/http"\nfunc f() { body := map[string]any{"model": "MiniMax-M2", "stream": true}\n'
        'raw, _ := json.Marshal(body)\nreq, err := http.NewRequest("POST", "https://api.minimax.io/v1/chat", bytes.NewReader(raw)) }',
        [(2, "MiniMax-M2", "minimax", "declared")],
    ),
    (
        'import "net/http"\nfunc f() { http.Post("https://api.x.ai/v1/chat/completions", "application/json",\n'
        'strings.NewReader(`{"model": "grok-4"}`)) }',
        [(3, "grok-4", "xai", "declared")],
    ),
    (
        GPT + 'import "cmp"\nfunc f() { c := gpt.NewClient("k")\n'
        'c.CreateChatCompletion(ctx, gpt.ChatCompletionRequest{Model: cmp.Or(os.Getenv("M"), "gpt-4.1")}) }',
        [(4, "gpt-4.1", "openai", "resolved")],
    ),
    (
        GPT + 'import "os"\nfunc env(key, other string) string {\nif v := os.Getenv(key); v != "" {\nreturn v\n}\n'
        'return other }\nfunc f() { c := gpt.NewClient("k")\n'
        'c.CreateChatCompletion(ctx, gpt.ChatCompletionRequest{Model: env("M", "o3-mini")}) }',
        [(9, "o3-mini", "openai", "resolved")],
    ),
    (
        GPT + 'import "flag"\nvar m = flag.String("model", "gpt-4-turbo", "which")\nfunc f() { c := gpt.NewClient("k")\n'
        "c.CreateChatCompletion(ctx, gpt.ChatCompletionRequest{Model: *m}) }",
        [(5, "gpt-4-turbo", "openai", "resolved")],
    ),
    (
        GPT + "type S struct { client *gpt.Client; model string }\n"
        'func New() *S { cfg := gpt.DefaultConfig("k"); cfg.BaseURL = "https://openrouter.ai/api/v1"\n'
        'return &S{client: gpt.NewClientWithConfig(cfg), model: "anthropic/claude-sonnet-4"} }\n'
        "func (s *S) Ask() { s.client.CreateChatCompletion(ctx, gpt.ChatCompletionRequest{\nModel: s.model}) }",
        [(6, "anthropic/claude-sonnet-4", "openrouter", "resolved")],
    ),
]  # fmt: skip


@pytest.mark.parametrize(("code", "expected"), CASES)
def test_calls_say_model_line_and_provider(tmp_path: Path, code: str, expected: list[Answer]) -> None:
    """Each client's own way to name a model is understood, with the address of that very client."""
    assert answers(tmp_path, {"a.go": f"package main;{code}"}) == expected


def test_constants_of_other_files_and_packages_are_followed(tmp_path: Path) -> None:
    """A constant of the same folder, and an exported one of another package."""
    files = {
        "app/main.go": f'package main\n{GPT}import "acme.dev/app/config"\nfunc f() {{ c := gpt.NewClient("k")\n'
        "c.CreateChatCompletion(ctx, gpt.ChatCompletionRequest{Model: config.Chat})\n"
        "c.CreateChatCompletion(ctx, gpt.ChatCompletionRequest{Model: fallback}) }",
        "app/names.go": 'package main\nconst fallback = "gpt-4o"\nvar model = fallback',
        "config/names.go": 'package config\nconst Chat = "gpt-" + "4.1-mini" // the chat model',
    }
    assert answers(tmp_path, files) == [
        (5, "gpt-4.1-mini", "openai", "resolved"),
        (6, "gpt-4o", "openai", "resolved"),
    ]


def test_two_clients_of_one_file_keep_their_addresses(tmp_path: Path) -> None:
    """The address belongs to the client object of the call, not to the file."""
    code = (
        f'package main\n{GPT}func f() {{ a := gpt.NewClient("k")\ncfg := gpt.DefaultConfig("k")\n'
        'cfg.BaseURL = "https://api.deepseek.com"\nb := gpt.NewClientWithConfig(cfg)\n'
        'a.CreateChatCompletion(ctx, gpt.ChatCompletionRequest{Model: "gpt-4o"})\n'
        'b.CreateChatCompletion(ctx, gpt.ChatCompletionRequest{Model: "deepseek-chat"}) }'
    )
    found = answers(tmp_path, {"a.go": code})
    assert [(name, provider) for _, name, provider, _ in found] == [
        ("gpt-4o", "openai"),
        ("deepseek-chat", "deepseek"),
    ]


def test_branches_and_growing_options_are_followed(tmp_path: Path) -> None:
    """Either of two constants is inferred; an option that is appended belongs to the client."""
    code = (
        f"package main\n{OFFICIAL}func f(kind string) {{ var m openai.ChatModel\nswitch kind {{\ncase small:\n"
        "m = openai.ChatModelGPT4oMini\ndefault:\nm = openai.ChatModelGPT4_1\n}\n"
        'opts := []option.RequestOption{option.WithAPIKey("k")}\n'
        'opts = append(opts, option.WithBaseURL("https://openrouter.ai/api/v1"))\nc := openai.NewClient(opts...)\n'
        "c.Chat.Completions.New(ctx, openai.ChatCompletionNewParams{Model: m}) }"
    )
    assert sorted(answers(tmp_path, {"a.go": code})) == [
        (16, "gpt-4.1", "openrouter", "inferred"),
        (16, "gpt-4o-mini", "openrouter", "inferred"),
    ]


def test_constant_that_the_catalogue_does_not_know_is_unresolved(tmp_path: Path) -> None:
    """The use is kept and shows the constant; nothing is guessed."""
    code = f'package main\n{GPT}func f() {{ gpt.NewClient("k").CreateEmbeddings(ctx, gpt.EmbeddingRequest{{Model: gpt.Zorblax9}}) }}'
    found = answers(tmp_path, {"a.go": code})
    assert [(name, status) for _, name, _, status in found] == [("gpt.Zorblax9", "unresolved")]


@pytest.mark.parametrize(
    "code",
    [
        'package car\ntype Car struct { Model string }\nvar c = Car{Model: "T-800"}\nfunc f() { repo.Save(c) }',
        'package a\n// c.CreateChatCompletion(ctx, gpt.ChatCompletionRequest{Model: "gpt-4o"})\nvar model = 3',
        'package a\nvar banned = []string{"deepseek-chat", "gpt-4o"}\nfunc model(s string) bool { return banned[s] }',
        '// Code generated by protoc-gen-go. DO NOT EDIT.\npackage a\nvar b = map[string]any{"model": "gpt-4o"}',
        'package a\nfunc f() { log.Printf("model %s", "gpt-4o"); view.SetModel(table) }',
    ],
)
def test_what_looks_alike_is_no_use(tmp_path: Path, code: str) -> None:
    """Cars, comments, ban lists, generated code and log lines use no model."""
    assert answers(tmp_path, {"a.go": code}) == []


def test_hostile_code_is_a_gap_or_is_read(tmp_path: Path) -> None:
    """Deep nesting and endless lines end as gaps; broken code costs a statement, not the file."""
    files = {
        "deep.go": "package a\nvar model = " + "f(" * 3_000 + ")" * 3_000,
        "long.go": "package a\nvar model = `" + "x" * 60_000 + "`",
        "broken.go": f'package a\n{GPT}func {{\nfunc f() {{ gpt.ChatCompletionRequest{{Model: "gpt-4o"}} }}',
    }
    inventory = scan(stack(tmp_path, files), lookup())
    assert {gap.location.path for gap in inventory.gaps} >= {"deep.go", "long.go"}
    assert [t.model.name for t in scanned(tmp_path / "again", files, "go")] == ["gpt-4o"]
