"""Which models Rust uses. Collector `rust` (`RustSource`)."""
# ruff: noqa: E501, ISC004 - a snippet and its answer read better unbroken

from __future__ import annotations

from pathlib import Path

import pytest

from build.code import Answer, answers
from build.stacks import lookup
from gauger.scan.typed_constant import model_of_constant

ASYNC = "async_openai::{config::OpenAIConfig, types::CreateChatCompletionRequestArgs, Client}"
CASES: list[tuple[str, str, list[Answer]]] = [
    (
        ASYNC,
        'let r = CreateChatCompletionRequestArgs::default()\n.model("gpt-4o-mini")\n.build()?;\n'
        "Client::new().chat().create(r).await?;",
        [(2, "gpt-4o-mini", "openai", "declared")],
    ),
    (
        ASYNC,
        'let c = Client::with_config(OpenAIConfig::new().with_api_base("https://api.deepseek.com/v1"));\n'
        'let r = CreateChatCompletionRequestArgs::default().model("deepseek-chat").build()?;\n'
        "let x = match c.chat().create(r).await { Ok(x) => x, Err(_) => return None };",
        [(2, "deepseek-chat", "deepseek", "declared")],
    ),
    (
        "async_openai::{types::CreateChatCompletionRequest, Client}",
        'let m = std::env::var("M").unwrap_or_else(|_| "gpt-4.1".to_string());\n'
        "let r = CreateChatCompletionRequest { model: m, ..Default::default() };\nClient::new().chat().create(r).await;",
        [(2, "gpt-4.1", "openai", "resolved")],
    ),
    (
        "ollama_rs::{generation::completion::request::GenerationRequest, Ollama}",
        'let o = Ollama::default();\no.generate(GenerationRequest::new("llama3.2:latest".to_string(), p)).await;',
        [(2, "llama3.2:latest", "self", "declared")],
    ),
    (
        "rig::providers::openai",
        "let c = openai::Client::from_env();\nlet a = c.agent(openai::GPT_4O).preamble(p).build();",
        [(2, "gpt-4o", "openai", "resolved")],
    ),
    (
        "rig::providers::anthropic",
        'let c = anthropic::ClientBuilder::new(k).build();\nlet a = c.agent("claude-3-5-haiku-latest").build();',
        [(2, "claude-3-5-haiku-latest", "anthropic", "declared")],
    ),
    (
        "genai::Client",
        'let c = Client::default();\nc.exec_chat("gemini-2.0-flash", r, None).await?;',
        [(2, "gemini-2.0-flash", "-", "declared")],
    ),
    (
        "hf_hub::api::sync::Api",
        'let api = Api::new()?;\nlet repo = api.model("BAAI/bge-small-en-v1.5".to_string());',
        [(2, "BAAI/bge-small-en-v1.5", "-", "declared")],
    ),
    (
        "hf_hub::{Repo, RepoType}",
        'let r = Repo::with_revision("Qwen/Qwen3-0.6B".to_string(), RepoType::Model, "main".into());',
        [(1, "Qwen/Qwen3-0.6B", "-", "declared")],
    ),
    (
        "mistralrs::TextModelBuilder",
        'let m = TextModelBuilder::new("microsoft/Phi-3.5-mini-instruct").with_logging().build().await?;',
        [(1, "microsoft/Phi-3.5-mini-instruct", "-", "declared")],
    ),
    (
        "tokenizers::Tokenizer",
        'let t = Tokenizer::from_pretrained("google-bert/bert-base-cased", None)?;',
        [(1, "google-bert/bert-base-cased", "-", "declared")],
    ),
    (
        "aws_sdk_bedrockruntime::Client",
        'let c = Client::new(&cfg);\nlet id = format!("anthropic.{}-v1:0", "claude-3-haiku-20240307");\n'
        "c.converse().model_id(id).send().await?;",
        [(3, "anthropic.claude-3-haiku-20240307-v1:0", "aws-bedrock", "resolved")],
    ),
    (
        "llm::builder::{LLMBackend, LLMBuilder}",
        'let l = LLMBuilder::new().backend(LLMBackend::OpenAI).model("gpt-4-turbo").build()?;',
        [(1, "gpt-4-turbo", "-", "declared")],
    ),
    (
        "ort::session::Session",
        'let s = Session::builder()?.commit_from_file("models/reranker.onnx")?;',
        [(1, "models/reranker.onnx", "-", "declared")],
    ),
    (
        "reqwest::Client",
        'Client::new().post("https://api.moonshot.cn/v1/chat/completions")\n.bearer_auth(k)\n'
        '.json(&serde_json::json!({ "model": "kimi-latest", "stream": false })).send().await?;',
        [(3, "kimi-latest", "moonshot", "declared")],
    ),
    (
        "reqwest::Client",
        'let body = r#"{"model": "grok-4"}"#;\n'
        'Client::new().post("https://api.x.ai/v1/chat/completions").body(body).send().await?;',
        [(1, "grok-4", "xai", "declared")],
    ),
]


@pytest.mark.parametrize(("imports", "body", "expected"), CASES)
def test_calls_say_model_line_and_provider(
    tmp_path: Path, imports: str, body: str, expected: list[Answer]
) -> None:
    """Each client's own way to name a model is understood, with the address of that very client."""
    code = f"use {imports};async fn f() -> Result<()> {{ {body} }}"
    assert answers(tmp_path, {"src/main.rs": code}) == expected


def test_constants_options_and_structs_are_followed(tmp_path: Path) -> None:
    """A constant of another module, clap's default, and a struct that holds the client."""
    files = {
        "src/main.rs": f"use {ASYNC};\nuse clap::Parser;\nmod names;\nuse crate::names::FAST;\n#[derive(Parser)]\n"
        'struct Cli { #[arg(long, env = "APP_MODEL", default_value = "o3-mini")] model: String }\n'
        "struct Bot { client: Client<OpenAIConfig>, model: String }\nimpl Bot {\n"
        "fn new() -> Self { Self { client: Client::with_config(OpenAIConfig::new().with_api_base(BASE)), "
        'model: "anthropic/claude-sonnet-4".into() } }\n'
        "async fn ask(&self) {\nlet r = CreateChatCompletionRequestArgs::default().model(&self.model).build();\n"
        "self.client.chat().create(r).await; } }\n"
        'const BASE: &str = "https://openrouter.ai/api/v1";\n'
        "async fn main() {\nlet cli = Cli::parse();\nlet c = Client::new();\n"
        "c.chat().create(CreateChatCompletionRequestArgs::default().model(cli.model.clone()).build()?).await;\n"
        "c.chat().create(CreateChatCompletionRequestArgs::default().model(FAST).build()?).await; }",
        "src/names.rs": 'pub const FAST: &str = "gpt-4.1-nano"; // model\n',
    }
    assert answers(tmp_path, files) == [
        (11, "anthropic/claude-sonnet-4", "openrouter", "resolved"),
        (17, "o3-mini", "openai", "resolved"),
        (18, "gpt-4.1-nano", "openai", "resolved"),
    ]


@pytest.mark.parametrize(
    "code",
    [
        'struct Car { model: String }\nfn f() { let c = Car { model: "T-800".into() }; }',
        '// CreateChatCompletionRequestArgs::default().model("gpt-4o")\nfn model() {}',
        'const BANNED: [&str; 2] = ["deepseek-chat", "gpt-4o"];\nfn model(s: &str) -> bool { BANNED.contains(&s) }',
        'mod tests { fn f() { let m = CreateChatCompletionRequestArgs::default().model("gpt-4o"); } }',
    ],
)
def test_what_looks_alike_is_no_use(tmp_path: Path, code: str) -> None:
    """Cars, comments, ban lists and tests inside a file use no model."""
    assert answers(tmp_path, {"src/a.rs": code}) == []


def test_a_versions_mark_at_the_end_of_letters_is_told() -> None:
    """`BGESmallENV15` is `bge-small-en-v1.5`, not a name that nobody gave."""
    assert model_of_constant("EmbeddingModel.BGESmallENV15", lookup()) == "bge-small-en-v1.5"
