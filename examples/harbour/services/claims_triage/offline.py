"""Triage on a laptop at the scene of a flood, where there is no network."""

import ollama
from llama_cpp import Llama


def note_taker() -> Llama:
    return Llama(model_path="models/gguf/field-notes.gguf", n_ctx=4096)


def urgency(notice: str) -> str:
    answer = ollama.chat(model="llama3.2:3b", messages=[{"role": "user", "content": notice}])
    return answer["message"]["content"]
