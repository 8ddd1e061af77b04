"""Tokenizers are the same whatever file they come in."""

from __future__ import annotations

import base64
import json

import pytest

from build.tokenizers import sentencepiece, tokenizer_json
from gauger.core.errors import LimitExceeded, Malformed
from gauger.core.limits import DEFAULT_LIMITS, Limits
from gauger.formats.sentencepiece import read_sentencepiece
from gauger.formats.source import MemorySource
from gauger.formats.tokenizer_files import read_tokenizer
from gauger.formats.tokenizer_json import read_tokenizer_json

PIECES = (b"a", b"b", b"ab")


def folder(limits=DEFAULT_LIMITS, **files):
    """The tokenizer of a folder with these files, `__` for a dot."""
    named = {name.replace("__", "."): data for name, data in files.items()}
    return read_tokenizer({name: MemorySource(data, name=name) for name, data in named.items()}, limits)


@pytest.mark.parametrize("pairs", [False, True])
def test_merges_as_texts_and_as_pairs_are_the_same(pairs):
    """The library changed the spelling in 2024; the rules are the same."""
    facts = read_tokenizer_json(MemorySource(tokenizer_json(pairs=pairs)), DEFAULT_LIMITS)
    assert (facts.kind, facts.pieces, facts.merges) == ("bpe", PIECES, (b"a b",))
    assert facts.added == ((3, "<s>"),)


@pytest.mark.parametrize(("kind", "name"), [("Unigram", "unigram"), ("WordPiece", "wordpiece")])
def test_other_algorithms_are_read_too(kind, name):
    """A Unigram vocabulary is a list with scores."""
    facts = read_tokenizer_json(MemorySource(tokenizer_json(kind=kind)), DEFAULT_LIMITS)
    assert (facts.kind, facts.pieces, facts.merges) == (name, PIECES, ())


def test_a_sentencepiece_model_gives_pieces_and_kind():
    """Control pieces are kept apart, with their ids."""
    data = sentencepiece([("<unk>", 2), ("<s>", 3), ("a", 1), ("b", 1), ("<0x0A>", 6)], model_type=2)
    facts = read_sentencepiece(MemorySource(data), DEFAULT_LIMITS)
    assert (facts.kind, facts.pieces) == ("bpe", (b"a", b"b", b"<0x0A>"))
    assert facts.added == ((0, "<unk>"), (1, "<s>"))


def test_the_config_adds_class_template_and_added_tokens():
    """Added tokens of the config are taken out of the base vocabulary."""
    config = {
        "tokenizer_class": "Qwen2Tokenizer",
        "chat_template": [{"name": "tool", "template": "T"}, {"name": "default", "template": "D"}],
        "added_tokens_decoder": {"2": {"content": "ab"}, "x": {}, "9": {"content": "<end>"}},
    }
    facts = folder(tokenizer__json=tokenizer_json(), tokenizer_config__json=json.dumps(config).encode())
    assert facts.pieces == (b"a", b"b")
    assert facts.added == ((2, "ab"), (3, "<s>"), (9, "<end>"))
    assert (facts.declared_class, facts.chat_template) == ("Qwen2Tokenizer", "D")


def test_a_template_in_its_own_file_counts():
    """Newer models keep it there."""
    facts = folder(tokenizer__json=tokenizer_json(), chat_template__jinja=b"{{ x }}")
    assert facts.chat_template == "{{ x }}"


def test_two_files_of_gpt2_and_one_of_bert_are_read():
    """Ids decide the order; the version line is no merge."""
    facts = folder(vocab__json=b'{"ab": 2, "a": 0, "b": 1}', merges__txt=b"#version: 0.2\na b\n")
    assert (facts.kind, facts.pieces, facts.merges) == ("bpe", PIECES, (b"a b",))
    facts = folder(vocab__txt=b"[PAD]\na\n##b\n")
    assert (facts.kind, facts.pieces, facts.added) == ("wordpiece", (b"a", b"##b"), ((0, "[PAD]"),))


@pytest.mark.parametrize("name", ["qwen.tiktoken", "tokenizer.model"])
def test_rank_files_are_read_under_either_name(name):
    """Llama 3 ships ranks as `tokenizer.model`."""
    lines = b"".join(base64.b64encode(piece) + b" %d\n" % rank for rank, piece in enumerate(PIECES))
    facts = read_tokenizer({name: MemorySource(lines)}, DEFAULT_LIMITS)
    assert (facts.kind, facts.pieces) == ("rank-bpe", PIECES)


def test_a_folder_without_a_tokenizer_has_none():
    """None, not an empty one."""
    assert folder() is None


@pytest.mark.parametrize(
    "data",
    [
        b"{}",
        b"[]",
        b'{"model": {"vocab": {"a": "x"}}}',
        b'{"model": {"vocab": {"a": NaN}}}',
        b'{"model": 1',
        b"\xff",
    ],
)
def test_what_is_no_tokenizer_is_refused(data):
    """The error is one of ours."""
    with pytest.raises(Malformed):
        read_tokenizer_json(MemorySource(data), DEFAULT_LIMITS)


def test_bombs_end_at_their_bound():
    """Size, items and nesting."""
    with pytest.raises(LimitExceeded):
        read_tokenizer_json(MemorySource(tokenizer_json()), Limits(tokenizer_bytes=10))
    with pytest.raises(LimitExceeded):
        read_tokenizer_json(MemorySource(b'{"model": ' + b"[" * 3_000_000), DEFAULT_LIMITS)
    with pytest.raises((LimitExceeded, Malformed)):
        read_tokenizer_json(MemorySource(b'{"model": ' + b"[" * 100_000), DEFAULT_LIMITS)
    with pytest.raises(LimitExceeded):
        folder(Limits(items=2), vocab__txt=b"a\nb\nc\nd\n")


def test_a_lone_surrogate_is_refused_as_the_library_refuses_it():
    """JSON can spell one, UTF-8 cannot; the message says so."""
    data = b'{"model": {"type": "BPE", "vocab": {"\\ud800": 0}, "merges": []}}'
    with pytest.raises(Malformed, match="surrogate"):
        read_tokenizer_json(MemorySource(data), DEFAULT_LIMITS)
