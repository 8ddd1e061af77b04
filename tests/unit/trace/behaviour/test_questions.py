"""Prompts: the same for the same seed, bounded, and a user's file in two forms."""

from __future__ import annotations

from pathlib import Path

import pytest

from gauger.core.errors import LimitExceeded, Malformed, UsageError
from gauger.runtime.prompts import Prompt, digest_of_prompts
from gauger.trace.behaviour import questions
from gauger.trace.behaviour.questions import COUNT, own_prompts, prompts_of_file


def test_our_own_prompts_are_many_and_the_same_for_ever() -> None:
    """Different texts of ten domains, nothing left to fill in; a released set keeps its digest."""
    prompts = own_prompts()
    assert len({p.text for p in prompts}) == COUNT
    assert len({p.domain for p in prompts}) == 10
    assert all(p.text == p.text.rstrip() for p in prompts)
    assert not any("{person}" in p.text or "{{" in p.text for p in prompts)
    assert digest_of_prompts(p.digest for p in prompts) == DIGEST
    assert own_prompts(30, "another") != prompts[:30]


DIGEST = "17897c20f40ad7524c3dd21e5bfebb76e90548300c47eb824628bdd8cae29b19"


def test_no_prompt_asks_a_model_who_it_is() -> None:
    """Self-identification is contaminated by public data and is no evidence."""
    for prompt in own_prompts():
        assert not {"assistant", "openai", "language model", "chatbot"} & set(prompt.text.lower().split())


def test_a_file_of_paragraphs(tmp_path: Path) -> None:
    """Paragraphs are prompts; repetitions count once; the last line's end is dropped."""
    path = tmp_path / "p.txt"
    path.write_text("one two\nthree  \n\n \nfour five\n\none two\nthree\n", encoding="utf-8")
    assert prompts_of_file(path) == (Prompt(text="one two\nthree"), Prompt(text="four five"))


def test_a_file_of_lines(tmp_path: Path) -> None:
    """JSON Lines carry a domain."""
    path = tmp_path / "p.jsonl"
    path.write_text('{"text": "one two ", "domain": "d"}\n\n{"text": "three"}\n', encoding="utf-8")
    assert prompts_of_file(path) == (Prompt(text="one two", domain="d"), Prompt(text="three"))


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (b"", UsageError),
        (b"\n\n", UsageError),
        (b"\xff\xfe", Malformed),
        (b"x" * 5000, LimitExceeded),
    ],
)
def test_files_that_hold_no_prompts(tmp_path: Path, data: bytes, error: type[Exception]) -> None:
    """Each with the error that says why."""
    path = tmp_path / "p.txt"
    path.write_bytes(data)
    with pytest.raises(error):
        prompts_of_file(path)


def test_a_line_without_text_is_malformed(tmp_path: Path) -> None:
    """The line is named."""
    path = tmp_path / "p.jsonl"
    path.write_text('{"text": "a"}\n{"words": "b"}\n', encoding="utf-8")
    with pytest.raises(Malformed, match="text"):
        prompts_of_file(path)


def test_their_number_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file of endless prompts stops."""
    monkeypatch.setattr(questions, "MOST", 3)
    path = tmp_path / "p.txt"
    path.write_text("\n\n".join(f"prompt {n}" for n in range(10)), encoding="utf-8")
    with pytest.raises(LimitExceeded):
        prompts_of_file(path)
