module quillon.example/dispatch

go 1.23

require (
	github.com/anthropics/anthropic-sdk-go v1.4.0
	github.com/openai/openai-go v1.8.0
	github.com/sashabaranov/go-openai v1.40.0
	github.com/tmc/langchaingo v0.1.13
	github.com/ollama/ollama v0.9.0
)
