"""Names from the environment, with .env beside the service."""

import os

from anthropic import Anthropic
from dotenv import load_dotenv
from groq import Groq
from openai import OpenAI

load_dotenv()

client = OpenAI(base_url=os.environ["REVIEW_BASE_URL"], api_key=os.environ["REVIEW_KEY"])
groq = Groq()


def review(messages):
    """Names in .env."""
    return client.chat.completions.create(model=os.environ["REVIEW_MODEL"], messages=messages)


def check(messages):
    """Set by whoever starts the service."""
    return groq.chat.completions.create(model=os.environ["CHECK_MODEL"], messages=messages)


def opinion(messages):
    """A default in the code."""
    model = os.getenv("OPINION_MODEL") or "claude-3-7-sonnet-20250219"
    return Anthropic().messages.create(model=model, max_tokens=500, messages=messages)
