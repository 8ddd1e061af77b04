"""Names here are names of the gateway (gateway/litellm.yaml), not of models."""

import os

from openai import AsyncOpenAI, OpenAI

GATEWAY = os.getenv("LLM_GATEWAY", "http://litellm.fernbrook.internal:4000")
client = OpenAI(base_url=GATEWAY, api_key=os.environ["GATEWAY_KEY"])
later = AsyncOpenAI(base_url=GATEWAY, api_key=os.environ["GATEWAY_KEY"])


def draft(messages):
    """The gateway decides who answers."""
    return client.chat.completions.create(model="drafting-large", messages=messages)


async def classify(messages):
    """Looks like OpenAI, is not."""
    return await later.chat.completions.create(model="gpt-3.5-turbo", messages=messages)


async def embed(texts):
    """Vectors."""
    return await later.embeddings.create(model="embedding", input=texts)
