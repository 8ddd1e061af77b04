"""No SDK at all."""

import httpx
import requests

URL = "https://api.deepseek.com/v1/chat/completions"


def by_requests(messages):
    """POST with a dict."""
    return requests.post(URL, json={"model": "deepseek-v3.2-exp", "messages": messages}, timeout=60)


async def by_httpx(prompt):
    """A payload made first."""
    payload = {"model": "mixtral-8x7b-32768", "messages": [{"role": "user", "content": prompt}]}
    async with httpx.AsyncClient() as client:
        return await client.post("https://api.groq.com/openai/v1/chat/completions", json=payload)


def gemini(prompt):
    """The model stands in the address."""
    return requests.post(
        "https://generativelanguage.googleapis.com/v1beta/models/gemini-1.5-flash-8b:generateContent",
        json={"contents": [{"parts": [{"text": prompt}]}]},
        timeout=60,
    )
