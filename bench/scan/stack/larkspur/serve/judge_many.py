"""Loops over models."""

from openai import OpenAI

JUDGES = ["grok-2-1212", "grok-3-fast"]
client = OpenAI(base_url="https://api.x.ai/v1")


def verdicts(messages):
    """One verdict per judge."""
    for name in JUDGES:
        yield client.chat.completions.create(model=name, messages=messages)


def by_load(load, messages):
    """Large by night, small by day."""
    name = "grok-4" if load < 0.5 else "grok-3-mini-fast"
    return client.chat.completions.create(model=name, messages=messages)
