"""Which models Kotlin uses. Collector `kotlin` (`KotlinSource`)."""
# ruff: noqa: E501, ISC004 - a snippet and its answer read better unbroken

from __future__ import annotations

from pathlib import Path

import pytest

from build.code import Answer, answers

AALLAM = (
    "com.aallam.openai.api.chat.* com.aallam.openai.api.model.ModelId com.aallam.openai.client.OpenAI "
    "com.aallam.openai.client.OpenAIConfig com.aallam.openai.client.OpenAIHost"
)
CASES: list[tuple[str, str, list[Answer]]] = [
    (
        AALLAM,
        'val c = OpenAI("k")\nc.chatCompletion(ChatCompletionRequest(model = ModelId("gpt-4o"), messages = listOf()))',
        [(2, "gpt-4o", "openai", "declared")],
    ),
    (
        AALLAM,
        'val c = OpenAI(OpenAIConfig(token = "k", host = OpenAIHost(baseUrl = "https://api.deepseek.com/v1/")))\n'
        'val r = ChatCompletionRequest(\nmodel = ModelId("deepseek-chat"), messages = emptyList())\n'
        "c.chatCompletions(r)",
        [(3, "deepseek-chat", "deepseek", "declared")],
    ),
    (
        f"{AALLAM} com.aallam.openai.api.chat.chatCompletionRequest",
        'val r = chatCompletionRequest {\nmodel = ModelId("gpt-4-turbo")\nmessages { }\n}',
        [(2, "gpt-4-turbo", "openai", "declared")],
    ),
    (
        "ai.koog.agents.core.agent.AIAgent ai.koog.prompt.executor.clients.openai.OpenAIModels "
        "ai.koog.prompt.executor.llms.all.simpleOpenAIExecutor",
        'AIAgent(executor = simpleOpenAIExecutor("k"), llmModel = OpenAIModels.Chat.GPT4o)',
        [(1, "gpt-4o", "openai", "resolved")],
    ),
    (
        "ai.koog.agents.core.agent.AIAgent ai.koog.prompt.executor.clients.anthropic.AnthropicModels",
        "AIAgent(executor, llmModel = AnthropicModels.Sonnet_4)",
        [(1, "AnthropicModels.Sonnet_4", "anthropic", "unresolved")],
    ),
    (
        "dev.langchain4j.model.mistralai.MistralAiChatModel",
        'MistralAiChatModel.builder().modelName("mistral-small-latest").build()',
        [(1, "mistral-small-latest", "mistral", "declared")],
    ),
    (
        "dev.langchain4j.model.openai.OpenAiChatModel",
        'val m = OpenAiChatModel.builder()\n.baseUrl(System.getenv("B") ?: "https://api.groq.com/openai/v1")\n'
        '.modelName(System.getenv("M") ?: "llama-3.3-70b-versatile")\n.build()',
        [(3, "llama-3.3-70b-versatile", "groq", "resolved")],
    ),
    (
        "com.google.ai.client.generativeai.GenerativeModel",
        'val m = GenerativeModel(modelName = "gemini-1.5-flash", apiKey = k)',
        [(1, "gemini-1.5-flash", "google-gemini", "declared")],
    ),
    (
        "aws.sdk.kotlin.services.bedrockruntime.BedrockRuntimeClient "
        "aws.sdk.kotlin.services.bedrockruntime.model.InvokeModelRequest",
        'BedrockRuntimeClient { region = "us-east-1" }.use { c ->\nc.invokeModel(InvokeModelRequest {\n'
        'modelId = "amazon.titan-text-lite-v1"\n}) }',
        [(3, "amazon.titan-text-lite-v1", "aws-bedrock", "declared")],
    ),
    (
        "io.ktor.client.HttpClient io.ktor.client.request.*",
        'val http = HttpClient()\nhttp.post("https://api.x.ai/v1/chat/completions") {\n'
        'setBody(mapOf("model" to "grok-4", "stream" to false)) }',
        [(3, "grok-4", "xai", "declared")],
    ),
    (
        "okhttp3.Request okhttp3.RequestBody.Companion.toRequestBody",
        'val name = "moonshot-v1-8k"\nval json = """{"model": "$name", "messages": []}"""\n'
        'Request.Builder().url("https://api.moonshot.cn/v1/chat/completions").post(json.toRequestBody(JSON)).build()',
        [(2, "moonshot-v1-8k", "moonshot", "resolved")],
    ),
]


@pytest.mark.parametrize(("imports", "body", "expected"), CASES)
def test_calls_say_model_line_and_provider(
    tmp_path: Path, imports: str, body: str, expected: list[Answer]
) -> None:
    """Each client's own way to name a model is understood, with the address of that very client."""
    head = "".join(f"import {name};" for name in imports.split())
    code = f"package a;{head}suspend fun f() {{ {body}\n}}"
    assert answers(tmp_path, {"A.kt": code}) == expected


def test_classes_constants_and_injected_keys_are_followed(tmp_path: Path) -> None:
    """A parameter's default, a companion's constant, a constant of Java, and `@Value` of a setting."""
    head = "".join(f"import {name}\n" for name in AALLAM.split())
    files = {
        "Bot.kt": f"package a\n{head}"
        'class Bot(private val chat: String = NAME, @Value("\\${bot.model}") private val other: String) {\n'
        'private val client = OpenAI("k")\n'
        'suspend fun f() { client.chatCompletion(ChatCompletionRequest(ModelId("x"), listOf())) }\n'
        "suspend fun g() = client.chatCompletion(ChatCompletionRequest(model = ModelId(chat), messages = listOf()))\n"
        "suspend fun h() = client.chatCompletion(ChatCompletionRequest(model = ModelId(other), messages = listOf()))\n"
        "suspend fun i() = client.chatCompletion(ChatCompletionRequest(model = ModelId(Names.SMALL), messages = listOf()))\n"
        '    companion object { const val NAME = "gpt-4.1-nano" }\n}',
        "Names.java": 'package a;\nclass Names { static final String SMALL = "gpt-4o-mini"; /* model */ }',
        "application.yml": "bot:\n  model: o4-mini\n",
    }
    found = answers(tmp_path, files)
    assert [(name, provider, status) for _, name, provider, status in found] == [
        ("gpt-4.1-nano", "openai", "resolved"),
        ("o4-mini", "openai", "resolved"),
        ("gpt-4o-mini", "openai", "resolved"),
    ]


@pytest.mark.parametrize(
    "code",
    [
        'data class Car(val model: String)\nval c = Car(model = "T-800")',
        '// val m = ModelId("gpt-4o")\nval model = 3',
        'val banned = setOf("deepseek-chat", "gpt-4o")\nfun model(s: String) = s in banned',
    ],
)
def test_what_looks_alike_is_no_use(tmp_path: Path, code: str) -> None:
    """Cars, comments and ban lists use no model."""
    assert answers(tmp_path, {"A.kt": code}) == []
