package dispatch

import (
	"context"

	"github.com/anthropics/anthropic-sdk-go"
	oa "github.com/openai/openai-go"
	"github.com/openai/openai-go/option"
	openai "github.com/sashabaranov/go-openai"
)

// older releases sent "claude-instant-v1"
func address(ctx context.Context, text string) (openai.ChatCompletionResponse, error) {
	client := openai.NewClient("k")
	return client.CreateChatCompletion(ctx, openai.ChatCompletionRequest{
		Model:    addressModel,
		Messages: []openai.ChatCompletionMessage{{Role: "user", Content: text}},
	})
}

func route(ctx context.Context, text string) (openai.ChatCompletionResponse, error) {
	config := openai.DefaultConfig("k")
	config.BaseURL = "https://api.deepseek.com/v1"
	client := openai.NewClientWithConfig(config)
	return client.CreateChatCompletion(ctx, openai.ChatCompletionRequest{
		Model:    routeModel,
		Messages: []openai.ChatCompletionMessage{{Role: "user", Content: text}},
	})
}

func size(ctx context.Context, text string) (openai.ChatCompletionResponse, error) {
	client := openai.NewClient("k")
	return client.CreateChatCompletion(ctx, openai.ChatCompletionRequest{
		Model:    openai.GPT4oMini,
		Messages: []openai.ChatCompletionMessage{{Role: "user", Content: text}},
	})
}

func customs(ctx context.Context) (*oa.ChatCompletion, error) {
	client := oa.NewClient(option.WithBaseURL("https://api.x.ai/v1"))
	return client.Chat.Completions.New(ctx, oa.ChatCompletionNewParams{
		Model: "grok-3-latest",
	})
}

func label(ctx context.Context) (*oa.ChatCompletion, error) {
	client := oa.NewClient()
	return client.Chat.Completions.New(ctx, oa.ChatCompletionNewParams{
		Model: oa.ChatModelGPT4_1,
	})
}

func claim(ctx context.Context) (*anthropic.Message, error) {
	client := anthropic.NewClient()
	return client.Messages.New(ctx, anthropic.MessageNewParams{
		Model:     anthropic.Model(claimsModel()),
		MaxTokens: 500,
	})
}

func tenant(ctx context.Context, name string) (openai.EmbeddingResponse, error) {
	client := openai.NewClient("k")
	return client.CreateEmbeddings(ctx, openai.EmbeddingRequest{Model: openai.EmbeddingModel(name)})
}
