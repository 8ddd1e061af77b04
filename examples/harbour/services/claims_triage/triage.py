"""Decides how urgent a claim is, and asks for a second opinion on the hard ones."""

import os

from anthropic import Anthropic
from openai import OpenAI
from settings import GATEWAY_URL, SUMMARY_MODEL, TRIAGE_MODEL

gateway = OpenAI(base_url=GATEWAY_URL, api_key=os.environ["LLM_GATEWAY_KEY"])
reviewer = Anthropic()


def urgency(notice: str) -> str:
    answer = gateway.chat.completions.create(
        model=TRIAGE_MODEL,
        messages=[
            {"role": "system", "content": "Answer with one word: routine, soon or urgent."},
            {"role": "user", "content": notice},
        ],
    )
    return answer.choices[0].message.content


def summary(file_notes: str) -> str:
    # Qwen/Qwen2.5-32B-Instruct was tried here in March; it was too slow on our cards.
    answer = gateway.chat.completions.create(
        model=SUMMARY_MODEL,
        messages=[{"role": "user", "content": f"Summarise for a claims handler:\n{file_notes}"}],
    )
    return answer.choices[0].message.content


def second_opinion(notice: str, first: str) -> str:
    answer = reviewer.messages.create(
        model="claude-sonnet-4-5",
        max_tokens=300,
        messages=[{"role": "user", "content": f"We chose {first}. What speaks against it?\n{notice}"}],
    )
    return answer.content[0].text
