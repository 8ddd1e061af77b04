use async_openai::{config::OpenAIConfig, types::CreateChatCompletionRequestArgs, Client};
use fastembed::{EmbeddingModel, InitOptions, TextEmbedding};
use hf_hub::api::sync::Api;
use hf_hub::{Repo, RepoType};
use ollama_rs::{generation::completion::request::GenerationRequest, Ollama};
use rig::providers::{anthropic, gemini};

const SORT_MODEL: &str = "abab6.5s-chat";
/// Earlier: `OpenAssistant/oasst-sft-4-pythia-12b-epoch-3.5`.
const BELT: &str = "interroll-MCP9";

async fn sort() {
    let config = OpenAIConfig::new().with_api_base("https://api.minimax.chat/v1");
    let client = Client::with_config(config);
    let request = CreateChatCompletionRequestArgs::default()
        .model(SORT_MODEL)
        .build()
        .unwrap();
    let _ = client.chat().create(request).await;
}

async fn read() {
    let client = Client::new();
    let request = CreateChatCompletionRequestArgs::default()
        .model("gpt-4o-audio-preview")
        .build()
        .unwrap();
    let _ = client.chat().create(request).await;
}

async fn ask(name: String) {
    let client = Client::new();
    let request = CreateChatCompletionRequestArgs::default().model(name).build().unwrap();
    let _ = client.chat().create(request).await;
}

async fn agents() {
    let claude = anthropic::Client::from_env().agent("claude-3-7-sonnet-latest").build();
    let gem = gemini::Client::from_env().agent(gemini::completion::GEMINI_2_0_FLASH).build();
    let _ = (claude, gem);
}

async fn local() {
    let ollama = Ollama::default();
    let _ = ollama.generate(GenerationRequest::new("smollm2:1.7b".to_string(), "hi".to_string())).await;
    let api = Api::new().unwrap();
    let repo = api.model("lmz/candle-quantized-phi".to_string());
    let pinned = api.repo(Repo::with_revision("mistralai/Mistral-7B-v0.3".into(), RepoType::Model, "main".into()));
    let vectors = TextEmbedding::try_new(InitOptions::new(EmbeddingModel::BGESmallENV15));
    let _ = (repo, pinned, vectors, BELT);
}

#[cfg(test)]
mod tests {
    #[test]
    fn name() {
        let request = super::fake().model("gpt-4-0314");
        assert!(request.is_ok());
    }
}
