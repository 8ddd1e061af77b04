using System;
using System.ClientModel;
using Anthropic.SDK;
using Azure.AI.OpenAI;
using Azure.Identity;
using Microsoft.Extensions.AI;
using Microsoft.SemanticKernel;
using OllamaSharp;
using OpenAI;
using OpenAI.Chat;
using OpenAI.Embeddings;

namespace Quillon.Counter;

public static class Assistants
{
    private const string CounterModel = "gpt-5-mini";
    private static readonly string[] Refused = { "snowflake/snowflake-arctic-instruct" };

    public static ChatClient Counter() => new ChatClient(model: CounterModel, apiKey: "k");

    public static ChatClient Returns()
    {
        var client = new OpenAIClient(new ApiKeyCredential("k"), new OpenAIClientOptions { Endpoint = new Uri("https://api.stepfun.com/v1") });
        return client.GetChatClient("step-1-flash");
    }

    public static ChatClient Azure()
    {
        var azure = new AzureOpenAIClient(new Uri("https://quillon-counter.openai.azure.com"), new DefaultAzureCredential());
        return azure.GetChatClient("counter-gpt41");
    }

    public static EmbeddingClient Vectors() => new("text-embedding-3-large", "k");

    public static IChatClient Depot() => new OllamaApiClient(new Uri("http://depot:11434"), "qwen2.5:7b-instruct");

    public static Kernel Build()
    {
        var builder = Kernel.CreateBuilder();
        builder.AddOpenAIChatCompletion(modelId: "o1-mini-2024-09-12", apiKey: "k");
        builder.AddOpenAIChatCompletion(
            modelId: "Qwen/Qwen3-Next-80B-A3B-Instruct",
            endpoint: new Uri("http://vllm.quillon.internal/v1"),
            apiKey: "none");
        builder.AddAzureOpenAIChatCompletion(deploymentName: Environment.GetEnvironmentVariable("DEPLOYMENT")!, endpoint: "https://quillon-counter.openai.azure.com", apiKey: "k");
        return builder.Build();
    }

    /// <summary>Was <c>text-bison-32k</c>.</summary>
    public static void Refuse(string model)
    {
        if (Array.IndexOf(Refused, model) >= 0) throw new ArgumentException(model);
    }
}
