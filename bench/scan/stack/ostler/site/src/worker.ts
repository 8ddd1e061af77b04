import { BedrockRuntimeClient, ConverseCommand, InvokeModelCommand } from "@aws-sdk/client-bedrock-runtime";
import { GoogleGenAI } from "@google/genai";
import { Mistral } from "@mistralai/mistralai";
import { CohereClientV2 } from "cohere-ai";
import { initChatModel } from "langchain/chat_models/universal";
import { Agent } from "@mastra/core/agent";
import { openai } from "@ai-sdk/openai";
import { createAzure } from "@ai-sdk/azure";
import { gateway, generateText } from "ai";
import Groq from "groq-sdk";

const bedrock = new BedrockRuntimeClient({ region: "eu-west-2" });
const genai = new GoogleGenAI({ apiKey: process.env.GEMINI_API_KEY });
const azure = createAzure({ resourceName: "ostler" });
const config = { summary: { model: "mistral-large-2411", maxTokens: 300 } } as const;

export default {
  async fetch(request: Request, env: { AI: any; MODEL?: string }) {
    const quick = await env.AI.run("@cf/meta/llama-3.1-8b-instruct-fast", { prompt: "x" });
    const one = await bedrock.send(new ConverseCommand({ modelId: "mistral.mixtral-8x7b-instruct-v0:1", messages: [] }));
    const two = await bedrock.send(new InvokeModelCommand({ modelId: process.env.TITAN ?? "amazon.titan-text-lite-v1" }));
    const three = await genai.models.generateContent({ model: "gemini-2.5-flash-preview-05-20", contents: "x" });
    const four = await new Mistral().chat.complete({ model: config.summary.model, messages: [] });
    const five = await new CohereClientV2({}).chat({ model: "c4ai-aya-expanse-32b", messages: [] });
    const six = await initChatModel("claude-3-sonnet-20240229", { modelProvider: "anthropic" });
    const seven = new Agent({ name: "desk", instructions: "x", model: openai("gpt-4.1-nano-2025-04-14") });
    const eight = await generateText({ model: azure("ostler-gpt-4o"), prompt: "x" });
    const nine = await generateText({ model: gateway("moonshotai/kimi-k2-turbo"), prompt: "x" });
    const ten = await new Groq().chat.completions.create({ model: "qwen/qwen3-32b", messages: [] });
    const last = await env.AI.run(env.MODEL, { prompt: "x" });
    return Response.json([quick, one, two, three, four, five, six, seven, eight, nine, ten, last]);
  },
};
export const lens = { model: "canon-RF50" };
