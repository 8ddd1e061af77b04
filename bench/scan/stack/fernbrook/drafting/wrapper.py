"""One function that everybody calls."""

from functools import partial

from openai import OpenAI

_client = OpenAI(base_url="https://api.together.xyz/v1")


def complete(prompt, *, model="mistralai/Mistral-Small-24B-Instruct-2501"):
    """Ask one model."""
    return _client.chat.completions.create(model=model, messages=[{"role": "user", "content": prompt}])


ask_llama = partial(complete, model="meta-llama/Llama-3.3-70B-Instruct-Turbo")


class Desk:
    """A desk with a model of its own."""

    model = "Qwen/QwQ-32B-Preview"

    def __init__(self, client=None):
        self.client = client or OpenAI(base_url="https://api.together.xyz/v1")
        self.judge_name = "google/gemma-2-27b-it"

    def write(self, messages):
        """Write."""
        return self.client.chat.completions.create(model=self.model, messages=messages)

    def judge(self, messages):
        """Judge."""
        return self.client.chat.completions.create(model=self.judge_name, messages=messages)
