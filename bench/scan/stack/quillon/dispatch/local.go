package dispatch

import (
	"context"

	"github.com/ollama/ollama/api"
	"github.com/tmc/langchaingo/llms/googleai"
	"github.com/tmc/langchaingo/llms/ollama"
	"google.golang.org/genai"
)

func depot(ctx context.Context) error {
	client, _ := api.ClientFromEnvironment()
	return client.Chat(ctx, &api.ChatRequest{Model: "mistral-small3.2:24b"}, nil)
}

func chain() (*ollama.LLM, error) {
	return ollama.New(ollama.WithModel("yi:9b"))
}

func cloud(ctx context.Context) {
	_, _ = googleai.New(ctx, googleai.WithDefaultModel("gemini-1.0-pro"))
	client, _ := genai.NewClient(ctx, nil)
	_, _ = client.Models.GenerateContent(ctx, "gemini-2.5-flash-lite", nil, nil)
}
