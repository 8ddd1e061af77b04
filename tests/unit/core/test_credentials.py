"""Keys and passwords do not get into records; names of models do."""

from __future__ import annotations

import pytest

from gauger.core.credentials import is_credential
from gauger.core.text import printable

_KEYS = (
    "sk-proj-Ab3dEf6hIj9kLm2nOp5q",
    "hf_AbCdEfGhIjKlMnOpQrStUvWxYz01234567",
    "AKIAABCDEFGHIJKLMNOP",
    "ghp_abcdefghijklmnopqrstuvwxyz0123456789",
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhIn0.c2lnbmF0dXJl",
)


@pytest.mark.parametrize("key", _KEYS)
def test_a_key_is_masked_wherever_it_stands(key: str) -> None:
    """A key is told by its beginning, alone, inside other text, and in lower case."""
    assert is_credential(key)
    for text in (key, f"os.environ.get('M', '{key}')", f"the name '{key.lower()}'"):
        assert key.lower() not in printable(text).lower()
        assert "***" in printable(text)


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("https://u:pa@ss@hub.example/Qwen/Qwen2-7B", "https://***@hub.example/Qwen/Qwen2-7B"),
        ("https://h.example/a.gguf?download=1&sig=Zm9v", "https://h.example/a.gguf?download=1&sig=***"),
        ("s3://id:key@bucket/model", "s3://***@bucket/model"),
    ],
)
def test_addresses_lose_their_credentials_and_nothing_else(written: str, shown: str) -> None:
    """User, password and signed parameters go; host, path and plain parameters stay."""
    assert printable(written) == shown
    assert printable(shown) == shown


@pytest.mark.parametrize(
    "name",
    [
        "Qwen/Qwen2.5-72B-Instruct",
        "hf_llama-recipes",
        "fw-llama-finetuned-instruct-model",
        "fw-llama2-finetuned-instruct-model",
        "hf-internal-testing/tiny-random-llama",
        "sk-learn/model",
        "git+https://github.com/a/b@v1.0",
        "https://huggingface.co/a/b/resolve/main/c.gguf?download=true",
    ],
)
def test_names_and_plain_addresses_are_kept(name: str) -> None:
    """What only looks a little like a key is left alone."""
    assert printable(name) == name
    assert not is_credential(name)


def test_a_key_that_the_cut_would_halve_is_masked_first() -> None:
    """The cut never lets a part of a key through."""
    assert "hf_" not in printable("x" * 25 + " " + _KEYS[1], 40)
