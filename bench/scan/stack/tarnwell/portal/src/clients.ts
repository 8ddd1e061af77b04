import OpenAI, { AzureOpenAI } from "openai";
import Anthropic from "@anthropic-ai/sdk";

export const openai = new OpenAI();
export const dashscope = new OpenAI({
  apiKey: process.env.DASHSCOPE_API_KEY,
  baseURL: "https://dashscope-intl.aliyuncs.com/compatible-mode/v1",
});
export const moonshot = new OpenAI({ apiKey: process.env.MOONSHOT_API_KEY, baseURL: "https://api.moonshot.ai/v1" });
export const azure = new AzureOpenAI({ endpoint: "https://tarnwell.openai.azure.com", apiVersion: "2024-10-21" });
export const anthropic = new Anthropic();
