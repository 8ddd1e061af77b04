"""What the editors call."""

import cohere
from fastapi import Depends, FastAPI
from mistralai import Mistral
from openai import AsyncOpenAI

from newsroom.config import LLMSettings, get_settings

app = FastAPI()
openai_client = AsyncOpenAI()
co = cohere.AsyncClientV2()
mistral = Mistral()


@app.post("/headline")
async def headline(text: str, settings: LLMSettings = Depends(get_settings)):
    """Three headlines."""
    return await openai_client.responses.create(model=settings.headline_model, input=text)


@app.post("/facts")
async def facts(text: str):
    """What has to be checked."""
    settings = get_settings()
    return await co.chat(model=settings.fact_model, messages=[{"role": "user", "content": text}])


@app.post("/near")
async def near(text: str):
    """Similar stories."""
    return await mistral.embeddings.create_async(model=get_settings().embed_model, inputs=[text])


@app.post("/transcribe")
async def transcribe(path: str):
    """Sound to text."""
    with open(path, "rb") as file:
        return await openai_client.audio.transcriptions.create(model="gpt-4o-transcribe", file=file)


@app.post("/picture")
async def picture(text: str):
    """A picture for a story."""
    return await openai_client.images.generate(model="gpt-image-1", prompt=text)
