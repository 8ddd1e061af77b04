"""Which models C# uses. Collector `csharp` (`CsharpSource`)."""
# ruff: noqa: E501, ISC004 - a snippet and its answer read better unbroken

from __future__ import annotations

from pathlib import Path

import pytest

from build.code import Answer, answers

CASES: list[tuple[str, str, list[Answer]]] = [
    (
        "OpenAI.Chat",
        'ChatClient c = new(model: "gpt-4o", apiKey: key);',
        [(1, "gpt-4o", "openai", "declared")],
    ),
    (
        "OpenAI.Chat",
        'var c = new ChatClient("gpt-4o-mini", key);',
        [(1, "gpt-4o-mini", "openai", "declared")],
    ),
    (
        "OpenAI.Embeddings",
        'var e = new EmbeddingClient("text-embedding-3-small", key);',
        [(1, "text-embedding-3-small", "openai", "declared")],
    ),
    (
        "OpenAI",
        'var o = new OpenAIClientOptions { Endpoint = new Uri("https://api.groq.com/openai/v1") };\n'
        'var c = new OpenAIClient(new ApiKeyCredential(k), o);\nvar chat = c.GetChatClient("llama-3.3-70b-versatile");',
        [(3, "llama-3.3-70b-versatile", "groq", "declared")],
    ),
    (
        "Azure.AI.OpenAI",
        'var c = new AzureOpenAIClient(new Uri("https://acme.openai.azure.com"), cred);\n'
        'var chat = c.GetChatClient("chat-prod").AsIChatClient();',
        [(2, "chat-prod", "azure-openai", "declared")],
    ),
    (
        "Azure.AI.Inference",
        'var c = new ChatCompletionsClient(new Uri("https://models.inference.ai.azure.com"), k);\n'
        'c.Complete(new ChatCompletionsOptions { Model = "Phi-4" });',
        [(2, "Phi-4", "github-models", "declared")],
    ),
    (
        "Microsoft.SemanticKernel",
        "var b = Kernel.CreateBuilder();\n"
        'b.AddOpenAIChatCompletion(modelId: "deepseek-chat", endpoint: new Uri("https://api.deepseek.com"), apiKey: k);\n'
        'b.AddAzureOpenAIChatCompletion("prod", "https://acme.openai.azure.com/", k);',
        [(2, "deepseek-chat", "deepseek", "declared"), (3, "prod", "azure-openai", "declared")],
    ),
    (
        "Microsoft.SemanticKernel",
        'services.AddOllamaChatCompletion("phi3", new Uri("http://localhost:11434"));',
        [(1, "phi3", "self", "declared")],
    ),
    (
        "Microsoft.Extensions.AI",
        'IChatClient c = new OllamaChatClient(new Uri("http://localhost:11434/"), "llama3.1");',
        [(1, "llama3.1", "self", "declared")],
    ),
    (
        "OllamaSharp",
        'var c = new OllamaApiClient("http://localhost:11434", "qwen2.5:7b");\nc.SelectedModel = "mistral";',
        [(1, "qwen2.5:7b", "self", "declared"), (2, "mistral", "self", "declared")],
    ),
    (
        "Anthropic.SDK Anthropic.SDK.Messaging Anthropic.SDK.Constants",
        "var c = new AnthropicClient();\nvar p = new MessageParameters() {\nModel = AnthropicModels.Claude35Haiku,\n"
        "MaxTokens = 10 };\nc.Messages.GetClaudeMessageAsync(p);",
        [(3, "claude-3-5-haiku", "anthropic", "resolved")],
    ),
    (
        "Anthropic Anthropic.Models.Messages",
        "var c = new AnthropicClient();\n"
        'c.Messages.Create(new MessageCreateParams { Model = "claude-opus-4-1", MaxTokens = 9 });',
        [(2, "claude-opus-4-1", "anthropic", "declared")],
    ),
    (
        "Amazon.BedrockRuntime Amazon.BedrockRuntime.Model",
        "var c = new AmazonBedrockRuntimeClient();\n"
        'c.InvokeModelAsync(new InvokeModelRequest { ModelId = $"anthropic.{"claude-3-haiku-20240307"}-v1:0" });',
        [(2, "anthropic.claude-3-haiku-20240307-v1:0", "aws-bedrock", "declared")],
    ),
    (
        "LLama LLama.Common",
        'var p = new ModelParams("models/phi-3-mini-q4.gguf") { ContextSize = 1024 };',
        [(1, "models/phi-3-mini-q4.gguf", "-", "declared")],
    ),
    (
        "Microsoft.ML.OnnxRuntime",
        'using var s = new InferenceSession("assets/bge-small.onnx");',
        [(1, "assets/bge-small.onnx", "-", "declared")],
    ),
    (
        "Mscc.GenerativeAI",
        'var g = new GoogleAI(apiKey: k);\nvar m = g.GenerativeModel(model: "gemini-1.5-flash");',
        [(2, "gemini-1.5-flash", "google-gemini", "declared")],
    ),
    (
        "System.Net.Http.Json",
        'var h = new HttpClient { BaseAddress = new Uri("https://api.moonshot.cn") };\n'
        'await h.PostAsJsonAsync("/v1/chat/completions", new { model = "moonshot-v1-8k", stream = false });',
        [(2, "moonshot-v1-8k", "moonshot", "declared")],
    ),
    (
        "System.Net.Http",
        'var body = new StringContent("{\\"model\\": \\"glm-4-air\\"}", Encoding.UTF8, "application/json");\n'
        'await http.PostAsync("https://open.bigmodel.cn/api/paas/v4/chat/completions", body);',
        [(1, "glm-4-air", "-", "declared")],
    ),
    (
        "OpenAI.Chat",
        'var m = Environment.GetEnvironmentVariable("M") ?? "gpt-4.1";\nvar c = new ChatClient(m, key);',
        [(2, "gpt-4.1", "openai", "resolved")],
    ),
]


@pytest.mark.parametrize(("usings", "body", "expected"), CASES)
def test_calls_say_model_line_and_provider(
    tmp_path: Path, usings: str, body: str, expected: list[Answer]
) -> None:
    """Each client's own way to name a model is understood, with the address of that very client."""
    head = "".join(f"using {name};" for name in usings.split())
    code = f"{head}class A {{ async Task F() {{ {body} }} }}"
    assert answers(tmp_path, {"A.cs": code}) == expected


def test_settings_constants_and_options_are_followed(tmp_path: Path) -> None:
    """`configuration["AI:Model"]`, a bound section, a constant of another class, a primary constructor."""
    files = {
        "Bot.cs": "using OpenAI;\nusing OpenAI.Chat;\nclass Bot(IConfiguration configuration) {\n"
        'private readonly string _model = configuration["AI:Model"] ?? "gpt-4o";\n'
        "void F() { var c = new OpenAIClient(key);\nc.GetChatClient(_model);\nc.GetChatClient(Names.Small);\n"
        'var ai = configuration.GetSection("AI");\nc.GetEmbeddingClient(ai["Embedding"]);\n'
        'c.GetChatClient(configuration.GetValue<string>("AI:Other", "o3-mini")); } }',
        "Names.cs": 'static class Names { public const string Small = "gpt-4.1-nano"; /* model */ }',
        "appsettings.json": '{"AI": {"Model": "gpt-4.1", "Embedding": "text-embedding-3-large"}}',
    }
    assert answers(tmp_path, files) == [
        (6, "gpt-4.1", "openai", "resolved"),
        (7, "gpt-4.1-nano", "openai", "resolved"),
        (9, "text-embedding-3-large", "openai", "resolved"),
        (10, "o3-mini", "openai", "resolved"),
    ]


@pytest.mark.parametrize(
    "code",
    [
        'class Car { string Model { get; set; } = "T-800"; void F() { new Phone { Model = "mistral-blue" }; } }',
        '// new ChatClient("gpt-4o", key)\nclass A { int model; }',
        'class A { static string[] Banned = ["deepseek-chat", "gpt-4o"]; bool Model(string s) => Banned.Contains(s); }',
    ],
)
def test_what_looks_alike_is_no_use(tmp_path: Path, code: str) -> None:
    """Cars, comments and ban lists use no model."""
    assert answers(tmp_path, {"A.cs": code}) == []
