"""Which models Java uses. Collector `java` (`JavaSource`)."""
# ruff: noqa: E501, ISC004 - a snippet and its answer read better unbroken

from __future__ import annotations

from pathlib import Path

import pytest

from build.code import Answer, answers

CASES: list[tuple[str, str, list[Answer]]] = [
    (
        "com.openai.client.okhttp.OpenAIOkHttpClient com.openai.models.chat.completions.ChatCompletionCreateParams",
        'var c = OpenAIOkHttpClient.builder().baseUrl("https://api.moonshot.ai/v1").build();\n'
        "var p = ChatCompletionCreateParams.builder()\n.addUserMessage(q)\n"
        '.model("kimi-k2-turbo-preview")\n.build();\nc.chat().completions().create(p);',
        [(4, "kimi-k2-turbo-preview", "moonshot", "declared")],
    ),
    (
        "com.openai.client.okhttp.OpenAIOkHttpClient com.openai.models.ChatModel com.openai.models.responses.ResponseCreateParams",
        "var c = OpenAIOkHttpClient.fromEnv();\n"
        "c.responses().create(ResponseCreateParams.builder().model(ChatModel.GPT_4O).build());",
        [(2, "gpt-4o", "openai", "resolved")],
    ),
    (
        "com.anthropic.client.okhttp.AnthropicOkHttpClient com.anthropic.models.messages.MessageCreateParams com.anthropic.models.messages.Model",
        "AnthropicOkHttpClient.fromEnv().messages().create(\n"
        "MessageCreateParams.builder().model(Model.CLAUDE_SONNET_4_5).build());",
        [(2, "claude-sonnet-4-5", "anthropic", "resolved")],
    ),
    (
        "dev.langchain4j.model.openai.OpenAiChatModel",
        'var m = OpenAiChatModel.builder()\n.modelName(System.getenv().getOrDefault("M", "deepseek-reasoner"))\n'
        '.baseUrl("https://api.deepseek.com").build();',
        [(2, "deepseek-reasoner", "deepseek", "resolved")],
    ),
    (
        "dev.langchain4j.model.openai.OpenAiChatModel dev.langchain4j.model.openai.OpenAiChatModelName",
        "OpenAiChatModel.builder().modelName(OpenAiChatModelName.GPT_4_O_MINI).build();",
        [(1, "gpt-4o-mini", "openai", "resolved")],
    ),
    (
        "dev.langchain4j.model.ollama.OllamaChatModel",
        'OllamaChatModel.builder().baseUrl("http://localhost:11434").modelName("llama3.1").build();',
        [(1, "llama3.1", "self", "declared")],
    ),
    (
        "dev.langchain4j.model.anthropic.AnthropicChatModel dev.langchain4j.service.AiServices",
        'var m = AnthropicChatModel.builder().modelName("claude-3-5-haiku-latest").build();\n'
        "AiServices.builder(Bot.class).chatLanguageModel(m).build();",
        [(1, "claude-3-5-haiku-latest", "anthropic", "declared")],
    ),
    (
        "org.springframework.ai.openai.OpenAiChatOptions",
        'OpenAiChatOptions.builder().model("gpt-4.1").temperature(0.2).build();',
        [(1, "gpt-4.1", "openai", "declared")],
    ),
    (
        "com.google.genai.Client",
        'Client c = new Client();\nc.models.generateContent("gemini-2.0-flash", "hi", null);',
        [(2, "gemini-2.0-flash", "google-gemini", "declared")],
    ),
    (
        "com.google.cloud.vertexai.VertexAI com.google.cloud.vertexai.generativeai.GenerativeModel",
        'var v = new VertexAI("p", "us-central1");\nnew GenerativeModel("gemini-1.5-pro-002", v);',
        [(2, "gemini-1.5-pro-002", "google-vertex", "declared")],
    ),
    (
        "com.azure.ai.openai.OpenAIClientBuilder com.azure.ai.openai.models.ChatCompletionsOptions",
        'var c = new OpenAIClientBuilder().endpoint("https://acme.openai.azure.com").buildClient();\n'
        'c.getChatCompletions("chat-prod", new ChatCompletionsOptions(m));',
        [(2, "chat-prod", "azure-openai", "declared")],
    ),
    (
        "software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeClient",
        "var c = BedrockRuntimeClient.create();\n"
        'c.converse(r -> r.modelId("amazon.nova-lite-v1:0").messages(m));',
        [(2, "amazon.nova-lite-v1:0", "aws-bedrock", "declared")],
    ),
    (
        "software.amazon.awssdk.services.bedrockruntime.model.InvokeModelRequest",
        'InvokeModelRequest.builder().modelId(String.format("meta.%s-v1:0", "llama3-1-8b-instruct")).build();',
        [(1, "meta.llama3-1-8b-instruct-v1:0", "aws-bedrock", "declared")],
    ),
    (
        "com.alibaba.dashscope.aigc.generation.GenerationParam com.alibaba.dashscope.aigc.generation.Generation",
        'var p = GenerationParam.builder().model("qwen-plus").build();\nnew Generation().call(p);',
        [(1, "qwen-plus", "alibaba", "declared")],
    ),
    (
        "com.theokanning.openai.completion.chat.ChatCompletionRequest com.theokanning.openai.service.OpenAiService",
        'var s = new OpenAiService("k");\n'
        's.createChatCompletion(ChatCompletionRequest.builder().model("gpt-3.5-turbo").build());',
        [(2, "gpt-3.5-turbo", "openai", "declared")],
    ),
    (
        "java.net.http.HttpRequest java.net.URI",
        'String body = """\n{"model": "qwen-max", "messages": []}\n""";\n'
        'HttpRequest.newBuilder().uri(URI.create("https://dashscope.aliyuncs.com/compatible-mode/v1"))\n'
        ".POST(HttpRequest.BodyPublishers.ofString(body)).build();",
        [(2, "qwen-max", "alibaba", "declared")],
    ),
    (
        "okhttp3.Request okhttp3.RequestBody java.util.Map",
        'var json = mapper.writeValueAsString(Map.of("model", "mistral-large-latest", "stream", true));\n'
        'new Request.Builder().url("https://api.mistral.ai/v1/chat/completions")\n'
        ".post(RequestBody.create(json, JSON)).build();",
        [(1, "mistral-large-latest", "mistral", "declared")],
    ),
]


@pytest.mark.parametrize(("imports", "body", "expected"), CASES)
def test_calls_say_model_line_and_provider(
    tmp_path: Path, imports: str, body: str, expected: list[Answer]
) -> None:
    """Each client's own way to name a model is understood, with the address of that very client."""
    head = "".join(f"import {name};" for name in imports.split())
    assert answers(tmp_path, {"A.java": f"package a;{head}class A {{ void f() {{{body}}} }}"}) == expected


def test_fields_constants_and_settings_are_followed(tmp_path: Path) -> None:
    """A client in a field, a constant of another class, an enumeration, and a key of Spring's settings."""
    files = {
        "src/Bot.java": "package a;\nimport com.openai.client.OpenAIClient;\n"
        "import com.openai.client.okhttp.OpenAIOkHttpClient;\n"
        "import com.openai.models.chat.completions.ChatCompletionCreateParams;\n"
        "class Bot {\nprivate final OpenAIClient client;\n"
        '@Value("${ai.chat.model:glm-4.5}") private String model;\n'
        'Bot() { this.client = OpenAIOkHttpClient.builder().baseUrl("https://openrouter.ai/api/v1").build(); }\n'
        "void f() {\nsend(ChatCompletionCreateParams.builder().model(Names.FAST).build());\n"
        "send(ChatCompletionCreateParams.builder().model(Kind.DEEP.getId()).build());\n"
        "send(ChatCompletionCreateParams.builder().model(model).build()); }\n"
        "void send(ChatCompletionCreateParams p) { client.chat().completions().create(p); } }",
        "src/Names.java": 'package a;\nclass Names { static final String FAST = "openai/" + "gpt-4o-mini"; // model\n}',
        "src/Kind.java": 'package a;\nenum Kind { DEEP("deepseek/deepseek-r1"); // model\n'
        "final String id; Kind(String id) { this.id = id; } String getId() { return id; } }",
        "src/application.properties": "ai.chat.model=${CHAT_MODEL:z-ai/glm-4.6}\n",
    }
    assert answers(tmp_path, files) == [
        (10, "openai/gpt-4o-mini", "openrouter", "resolved"),
        (11, "deepseek/deepseek-r1", "openrouter", "resolved"),
        (12, "z-ai/glm-4.6", "openrouter", "resolved"),
    ]


def test_frameworks_read_models_from_their_settings(tmp_path: Path) -> None:
    """Spring AI, LangChain4j and Quarkus: the model of one key, the address of another."""
    files = {
        "application.yml": "spring:\n  ai:\n    openai:\n      base-url: https://api.deepseek.com\n      chat:\n"
        "        options:\n          model: ${AI_MODEL:deepseek-chat}\n    ollama:\n      chat:\n"
        "        model: qwen2.5\nlangchain4j:\n  open-ai:\n    chat-model:\n"
        "      base-url: https://api.moonshot.cn/v1\n      model-name: kimi-latest\n",
        "application.properties": "quarkus.langchain4j.openai.base-url=https://api.x.ai/v1\n"
        "quarkus.langchain4j.openai.chat-model.model-name=grok-3\n",
    }
    assert answers(tmp_path, files) == [
        (7, "deepseek-chat", "deepseek", "resolved"),
        (10, "qwen2.5", "self", "declared"),
        (15, "kimi-latest", "moonshot", "declared"),
    ]
    assert answers(tmp_path, files, "application.properties") == [(2, "grok-3", "xai", "declared")]


@pytest.mark.parametrize(
    "code",
    [
        'class Car { void f() { Car.builder().model("T-800").build(); new Phone("mistral-blue"); } }',
        'class A { /* OpenAiChatModel.builder().modelName("gpt-4o") */ String model; }',
        'class A { static final Set<String> BANNED = Set.of("deepseek-chat", "gpt-4o"); boolean model(String s) '
        "{ return BANNED.contains(s); } }",
        'class A { void f() { log.info("model gpt-4o"); model.addAttribute("name", "x"); } }',
    ],
)
def test_what_looks_alike_is_no_use(tmp_path: Path, code: str) -> None:
    """Cars, comments, ban lists and views use no model."""
    assert answers(tmp_path, {"A.java": code}) == []
