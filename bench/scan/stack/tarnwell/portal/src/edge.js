const { ChatOllama } = require("@langchain/ollama");
const { ChatOpenAI } = require("@langchain/openai");
const { HfInference } = require("@huggingface/inference");
const ollama = require("ollama").default;
const Replicate = require("replicate");
const { GoogleGenerativeAI } = require("@google/generative-ai");

const hf = new HfInference(process.env.HF_TOKEN);
const replicate = new Replicate();
const gemini = new GoogleGenerativeAI(process.env.GEMINI_KEY).getGenerativeModel({ model: "gemini-1.5-pro-002" });

const chain = new ChatOpenAI({ modelName: "gpt-4-0613", temperature: 0 });
const volcano = new ChatOpenAI({
  model: "doubao-1-5-pro-32k-250115",
  configuration: { baseURL: "https://ark.cn-beijing.volces.com/api/v3" },
});
const local = new ChatOllama({ model: "phi4-mini:3.8b", baseUrl: "http://edge-box:11434" });

async function handler(text) {
  const first = await ollama.chat({ model: "llama3.2:1b", messages: [{ role: "user", content: text }] });
  const sentiment = await hf.textClassification({
    model: "cardiffnlp/twitter-roberta-base-sentiment-latest",
    inputs: text,
  });
  const image = await replicate.run("black-forest-labs/flux-schnell", { input: { prompt: text } });
  return { first, sentiment, image, gemini, chain, volcano, local };
}
module.exports = { handler };
