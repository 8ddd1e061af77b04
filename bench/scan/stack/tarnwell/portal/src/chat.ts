import { anthropic, azure, dashscope, moonshot, openai } from "./clients";
import { CHAT_MODEL, Grade, MODEL_BY_GRADE, Models } from "./models";

type Message = { role: "user" | "assistant"; content: string };

export async function chat(messages: Message[]) {
  return openai.chat.completions.create({ model: CHAT_MODEL, messages });
}

export async function readMeter(url: string) {
  return dashscope.chat.completions.create({
    model: Models.meter,
    messages: [{ role: "user", content: [{ type: "image_url", image_url: { url } }] }],
  });
}

export async function letter(messages: Message[]) {
  return anthropic.messages.create({ model: Models.letters, max_tokens: 900, messages });
}

export const quick = (messages: Message[]) =>
  moonshot.chat.completions.create({ model: MODEL_BY_GRADE[Grade.Small], messages });

export const priced = (messages: Message[]) =>
  azure.chat.completions.create({ model: process.env.AZURE_DEPLOYMENT ?? "gpt-4-turbo-2024-04-09", messages });

export const anybody = (model: string, messages: Message[]) => openai.chat.completions.create({ model, messages });

export const vectors = (input: string[]) => openai.embeddings.create({ model: "text-embedding-3-small", input });
