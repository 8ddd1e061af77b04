"""Chat templates: markers, likeness, and templates that are far too long."""

from __future__ import annotations

import pytest

from gauger.trace.chat_template import encode, similarity, template_of

TEMPLATE = (
    "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>{% endfor %}[INST]<｜User｜>"
)


def test_markers_are_found_in_order():
    """Control tokens of the usual spellings are read off the text, each once."""
    assert template_of(TEMPLATE * 2).markers == ("<|im_start|>", "<|im_end|>", "[INST]", "<｜User｜>")


@pytest.mark.parametrize("change", ["\n", "  \n"])
def test_trailing_space_does_not_count(change):
    """A template with another ending is the same template."""
    assert similarity(template_of(TEMPLATE + change), encode(template_of(TEMPLATE))) == 1.0


def test_small_change_is_like_and_another_template_is_not():
    """A changed system prompt stays alike; a template of other words has nothing in common."""
    long = " ".join(f"word{n}" for n in range(400))
    stored = encode(template_of(long))
    assert similarity(template_of(long.replace("word7 ", "other ")), stored) > 0.8
    assert similarity(template_of(" ".join(f"else{n}" for n in range(400))), stored) == 0.0


def test_no_template_is_like_no_template_only():
    """An empty text has no digest, and is not like a real template."""
    assert template_of("").sha256 == ""
    assert similarity(template_of(""), encode(template_of(TEMPLATE))) == 0.0
