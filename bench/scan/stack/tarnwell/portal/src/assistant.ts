import { anthropic } from "@ai-sdk/anthropic";
import { createDeepSeek } from "@ai-sdk/deepseek";
import { google } from "@ai-sdk/google";
import { createOpenAI, openai } from "@ai-sdk/openai";
import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import { createOpenRouter } from "@openrouter/ai-sdk-provider";
import { embed, generateObject, generateText, streamText } from "ai";

const deepseek = createDeepSeek({ apiKey: process.env.DEEPSEEK_API_KEY ?? "" });
const zhipu = createOpenAI({ baseURL: "https://api.z.ai/api/paas/v4", apiKey: process.env.ZAI_KEY });
const own = createOpenAICompatible({ name: "own", baseURL: "http://llm.tarnwell.internal/v1" });
const openrouter = createOpenRouter({ apiKey: process.env.OPENROUTER_API_KEY });
const TARIFF_MODEL = "gpt-4.5-preview";

export const explain = (prompt: string) => streamText({ model: anthropic("claude-sonnet-4-0"), prompt });
export const reason = (prompt: string) => generateText({ model: deepseek("deepseek-reasoner"), prompt });
export const sort = (prompt: string, schema: any) =>
  generateObject({ model: zhipu("glm-4.5-air"), prompt, schema });
export const inHouse = (prompt: string) =>
  generateText({ model: own.chatModel("mistral-nemo-instruct-2407"), prompt });
export const routed = (prompt: string) => generateText({ model: openrouter("minimax/minimax-m1"), prompt });
export const tariff = (prompt: string) => generateText({ model: openai.responses(TARIFF_MODEL), prompt });
export const picture = (prompt: string) => generateText({ model: google("gemini-2.0-flash"), prompt });
export const viaGateway = (prompt: string) => generateText({ model: "xai/grok-4-fast", prompt });
export const vector = (value: string) => embed({ model: openai.embedding("text-embedding-ada-002"), value });
