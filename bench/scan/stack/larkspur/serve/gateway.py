"""Chinese and other clouds by their own SDKs."""

import dashscope
import google.generativeai as palm
import qianfan
from cohere import ClientV2
from ollama import Client, chat, embed
from volcenginesdkarkruntime import Ark
from zhipuai import ZhipuAI
from together import Together
from huggingface_hub import InferenceClient
from huggingface_hub import AsyncInferenceClient
import replicate
import voyageai
from xai_sdk import Client as XaiClient

MESSAGES = [{"role": "user", "content": "x"}]

a = dashscope.Generation.call(model="qwen-plus-2025-04-28", messages=MESSAGES)
b = ZhipuAI().chat.completions.create(model="glm-z1-airx", messages=MESSAGES)
c = qianfan.ChatCompletion().do(model="ERNIE-Speed-128K", messages=MESSAGES)
d = Ark(base_url="https://ark.cn-beijing.volces.com/api/v3").chat.completions.create(
    model="deepseek-r1-250528",
    messages=MESSAGES,
)
e = ClientV2().chat(model="command-r-plus-08-2024", messages=MESSAGES)
f = palm.GenerativeModel(model_name="gemini-1.5-flash")
g = Together().chat.completions.create(model="scb10x/scb10x-llama3-1-typhoon2-70b-instruct", messages=MESSAGES)
h = chat(model="aya-expanse:8b", messages=MESSAGES)
i = embed(model="snowflake-arctic-embed2", input="x")
j = Client(host="http://ward-3:11434").generate(model="meditron:7b", prompt="x")
k = InferenceClient("stanford-crfm/BioMedLM").text_generation("x")
l = InferenceClient(provider="novita").chat_completion(model="MiniMaxAI/MiniMax-M2", messages=MESSAGES)
m = replicate.run("meta/meta-llama-guard-3-8b", input={"prompt": "x"})
n = voyageai.Client().embed(["x"], model="voyage-3-large")
o = XaiClient().chat.create(model="grok-4-0709")
