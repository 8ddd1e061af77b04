"""Fixtures."""

import pytest

MODEL = "openai-community/gpt2-large"


@pytest.fixture
def settings(monkeypatch):
    """Settings for tests."""
    monkeypatch.setenv("OSTLER_HEADLINE_MODEL", "gpt-4-1106-vision-preview")
    return MODEL
