"""Rows of two embeddings belong together by the piece of text they stand for."""

from __future__ import annotations

import numpy as np

from build.networks import gated, network_from
from gauger.formats.model_file import TokenizerFacts
from gauger.trace.weights.tokens import piece_rows, shared_tokens, token_rows

WORDS = [f"word{n}" for n in range(290)]
BYTE_LEVEL = TokenizerFacts(
    kind="bpe", pieces=tuple(f"Ġ{w}".encode() for w in WORDS), added=((0, "<s>"), (5, "</s>"))
)
SENTENCE = TokenizerFacts(
    kind="unigram", pieces=tuple(f"▁{w}".encode() for w in reversed(WORDS)), added=((290, "</s>"),)
)
WORDPIECE = TokenizerFacts(
    kind="wordpiece", pieces=(b"word3", b"##word4", b"word7"), added=((0, "[PAD]"), (2, "[UNK]"))
)


def net(tokens, vocabulary=300):
    """A network with this tokenizer."""
    return network_from(gated(vocabulary=vocabulary), tokens=tokens)


def test_rows_skip_added_tokens():
    """The ids of ordinary pieces are those that added tokens leave free."""
    rows = piece_rows(BYTE_LEVEL)
    assert [rows[f" word{n}".encode()] for n in (0, 3, 4, 289)] == [1, 4, 6, 291]
    assert (rows[b"<s>"], rows[b"</s>"]) == (0, 5)
    assert [piece_rows(WORDPIECE)[p] for p in (b" word3", b"word4", b" word7")] == [1, 3, 4]


def test_spellings_meet():
    """A byte-level and a SentencePiece vocabulary share their words, each at its own row."""
    a, b = token_rows(net(BYTE_LEVEL), net(SENTENCE))
    both = dict(zip(a.tolist(), b.tolist(), strict=True))
    assert both[1] == 289
    assert both[291] == 0
    assert both[5] == 290
    assert len(both) == 291
    assert (np.diff(a) > 0).all()


def test_the_sample_is_the_same_for_every_pair():
    """Drawn by the piece: two different pairs that share the words compare the same words."""
    a, b = shared_tokens(net(BYTE_LEVEL), net(SENTENCE), 32)
    c, d = shared_tokens(net(SENTENCE), net(BYTE_LEVEL), 32)
    assert len(a) == 32
    np.testing.assert_array_equal(a, d)
    np.testing.assert_array_equal(b, c)
    assert 5 not in a


def test_rows_that_were_cut_off_are_left_out():
    """A pruned embedding has no row for the last pieces."""
    a, _ = token_rows(net(BYTE_LEVEL, 100), net(SENTENCE))
    assert a.max() == 99


def test_without_tokenizers_sizes_decide():
    """Equal or padded sizes: the same rows; others: nothing."""
    a, b = token_rows(net(None, 300), net(None, 304))
    np.testing.assert_array_equal(a, np.arange(300))
    np.testing.assert_array_equal(a, b)
    assert len(shared_tokens(net(None), net(None), 16)[0]) == 16
    assert len(token_rows(net(None, 300), net(None, 400))[0]) == 0


def test_nothing_shared():
    """No common piece, no embedding: two empty arrays."""
    other = TokenizerFacts(kind="unigram", pieces=("▁x".encode(), "▁y".encode()))
    assert len(shared_tokens(net(BYTE_LEVEL), net(other))[0]) == 0
    bare = network_from({"x": np.zeros((4, 4), "<f4")})
    assert len(shared_tokens(net(BYTE_LEVEL), bare)[1]) == 0
