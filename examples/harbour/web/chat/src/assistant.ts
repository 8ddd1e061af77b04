// Answers customers' questions about their policy, through the in-cluster gateway.
import OpenAI from "openai";

const client = new OpenAI({
  baseURL: process.env.LLM_GATEWAY_URL ?? "http://llm-gateway:4000/v1",
  apiKey: process.env.LLM_GATEWAY_KEY,
});

export async function answer(question: string, policy: string): Promise<string> {
  const reply = await client.chat.completions.create({
    model: process.env.CHAT_MODEL ?? "gpt-4o-mini",
    messages: [
      { role: "system", content: `Answer from this policy only:\n${policy}` },
      { role: "user", content: question },
    ],
  });
  return reply.choices[0].message.content ?? "";
}
