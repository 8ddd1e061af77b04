"""Tests of the answers."""

from unittest.mock import Mock

from search.answer import ask


def test_model_is_sent():
    """The name goes through."""
    client = Mock()
    client.chat.completions.create(model="claude-instant-1.2", messages=[])
    assert client.chat.completions.create.called


def test_fixture():
    """A name in a fixture."""
    row = {"model": "databricks/dbrx-instruct", "text": "x"}
    assert row["text"]
