"""Answers from remote models, several in one file."""

import os

import anthropic
from google import genai
from mistralai import Mistral
from openai import AzureOpenAI, OpenAI

from .settings import CONF, FALLBACK, settings

main = OpenAI(api_key=settings.answer_key)
moon = OpenAI(base_url=CONF["chat"]["endpoint"], api_key=os.environ["MOONSHOT_API_KEY"])
glm = OpenAI(base_url="https://open.bigmodel.cn/api/paas/v4/", api_key=os.environ["ZHIPU_KEY"])
step = OpenAI(base_url="https://api.stepfun.com/v1", api_key=os.environ["STEP_KEY"])
router = OpenAI(base_url="https://openrouter.ai/api/v1", api_key=os.environ["OPENROUTER_API_KEY"])
fire = OpenAI(base_url="https://api.fireworks.ai/inference/v1", api_key=os.environ["FIREWORKS_API_KEY"])
house = OpenAI(base_url="http://inference.internal:8000/v1", api_key="none")
azure = AzureOpenAI(azure_endpoint="https://fernbrook-uk.openai.azure.com", api_version="2024-10-21")
claude = anthropic.Anthropic()
gem = genai.Client()
mistral = Mistral(api_key=os.environ["MISTRAL_API_KEY"])


def ask(question):
    """The same question to everybody."""
    messages = [{"role": "user", "content": question}]
    yield main.chat.completions.create(model=settings.answer_model, messages=messages)
    yield moon.chat.completions.create(model=CONF["chat"]["model"], messages=messages)
    yield glm.chat.completions.create(model="glm-4.6", messages=messages)
    yield step.chat.completions.create(model="step-2-16k", messages=messages)
    yield router.chat.completions.create(model="meta-llama/llama-4-maverick", messages=messages)
    yield fire.chat.completions.create(model="accounts/fireworks/models/deepseek-v3p1", messages=messages)
    yield house.chat.completions.create(model="Qwen/Qwen3-30B-A3B-Instruct-2507", messages=messages)
    yield azure.chat.completions.create(model="gpt-4o-2024-08-06", messages=messages)
    yield claude.messages.create(model="claude-opus-4-1", max_tokens=900, messages=messages)
    yield gem.models.generate_content(model="gemini-2.5-pro", contents=question)
    yield mistral.chat.complete(model=FALLBACK, messages=messages)


def ask_user_choice(request, messages):
    """The user picks a model in the web form."""
    return router.chat.completions.create(model=request.form["model"], messages=messages)


def vectors(texts):
    """For the older index."""
    return main.embeddings.create(model="text-embedding-3-large", input=texts)
