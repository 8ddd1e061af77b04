"""The tokenizer probe on vocabularies made in code."""

from __future__ import annotations

import pytest

from build.gguf import gguf_bytes
from build.model_folders import ALPHA_TOKENS, model_folder, small_catalogue, tokenizer_json, vocabulary
from gauger.core.readings import Measured
from gauger.trace.trace import Traced, trace_path


@pytest.fixture(scope="module")
def lookup(tmp_path_factory):
    """A catalogue of two developers."""
    return small_catalogue(tmp_path_factory.mktemp("catalogue"))


def seen(traced: Traced) -> dict[str, str]:
    """Reference → strength of the observed tokenizer claims."""
    keys = {r.id: r.key for r in traced.references}
    return {keys[c.object]: c.strength for c in traced.claims if c.relation == "shares-tokenizer-with"}


def statements(traced: Traced) -> str:
    """All that the tokenizer probe said."""
    return "\n".join(e.statement for e in traced.evidence if e.probe == "tokenizer")


def test_equal_vocabulary_is_exact(tmp_path, lookup):
    """The same pieces in the same order are an exact match and name one reference only."""
    folder = model_folder(tmp_path / "m", tokenizer=tokenizer_json(vocabulary("alpha")))
    traced = trace_path(folder, lookup)
    assert seen(traced) == {"tokenizer/alpha": "exact"}
    assert "all 12000 pieces" in statements(traced)


def test_permuted_vocabulary_is_full_overlap_but_not_equal(tmp_path, lookup):
    """The same pieces in another order are found by the sketch, with a share of 1, not called equal."""
    folder = model_folder(tmp_path / "m", tokenizer=tokenizer_json(vocabulary("alpha")[::-1]))
    traced = trace_path(folder, lookup)
    assert seen(traced) == {"tokenizer/alpha": "moderate"}
    assert "in another order" in statements(traced)
    reading = next(e.reading for e in traced.evidence if e.strength == "moderate")
    assert isinstance(reading, Measured)
    assert reading.value == 1.0
    assert reading.low < 1.0


def test_extended_vocabulary_names_the_one_it_begins_with(tmp_path, lookup):
    """A vocabulary that goes on after a reference's last piece is told by the digest of its beginning."""
    pieces = vocabulary("alpha") + vocabulary("own", 3000)
    traced = trace_path(model_folder(tmp_path / "m", tokenizer=tokenizer_json(pieces)), lookup)
    assert seen(traced) == {"tokenizer/alpha": "exact"}
    assert "the first 12000 of 15000 pieces are exactly" in statements(traced)


def test_vocabulary_mixed_with_own_pieces_extends_the_reference(tmp_path, lookup):
    """Own pieces put in front hide the digest and not the sketch."""
    pieces = vocabulary("own", 3000) + vocabulary("alpha")
    traced = trace_path(model_folder(tmp_path / "m", tokenizer=tokenizer_json(pieces)), lookup)
    assert seen(traced) == {"tokenizer/alpha": "moderate"}
    assert "holds the vocabulary of Alpha's vocabulary and more" in statements(traced)


def test_pruned_vocabulary_is_a_part_of_the_reference(tmp_path, lookup):
    """Half of a reference's pieces are recognised as a part of it."""
    folder = model_folder(tmp_path / "m", tokenizer=tokenizer_json(vocabulary("alpha")[1::2]))
    traced = trace_path(folder, lookup)
    assert seen(traced) == {"tokenizer/alpha": "moderate"}
    assert "is a part of" in statements(traced)


def test_unknown_vocabulary_matches_nothing_and_says_so(tmp_path, lookup):
    """A vocabulary of nobody's gives no claim, and the nearest reference is told with its small share."""
    folder = model_folder(tmp_path / "m", tokenizer=tokenizer_json(vocabulary("nobody")))
    traced = trace_path(folder, lookup)
    assert seen(traced) == {}
    assert "is none of the references'" in statements(traced)


def test_half_and_half_is_no_match(tmp_path, lookup):
    """A vocabulary that is half one reference and half another is neither's."""
    pieces = vocabulary("alpha")[:6000] + vocabulary("beta")[6000:]
    traced = trace_path(model_folder(tmp_path / "m", tokenizer=tokenizer_json(pieces)), lookup)
    assert seen(traced) == {}


def test_cut_vocabulary_speaks_through_tokens_and_pre_tokenizer(tmp_path, lookup):
    """A GGUF with four tokens is told by its control tokens and its pre-tokenizer's name together."""
    values = {
        "general.architecture": "alpha",
        "tokenizer.ggml.model": "gpt2",
        "tokenizer.ggml.pre": "alpha-pre",
        "tokenizer.ggml.tokens": ["a", *ALPHA_TOKENS.values()],
    }
    path = tmp_path / "m.gguf"
    path.write_bytes(gguf_bytes(values))
    traced = trace_path(path, lookup)
    assert seen(traced) == {"tokenizer/alpha": "moderate"}
    assert "<|alpha_user|>" in statements(traced)


def test_generic_control_tokens_point_to_nobody(tmp_path, lookup):
    """ChatML's tokens, which everybody uses, give no claim."""
    added = {0: "<|im_start|>", 1: "<|im_end|>", 2: "<|endoftext|>", 3: "<s>"}
    folder = model_folder(tmp_path / "m", tokenizer=tokenizer_json(["a"], added))
    assert seen(trace_path(folder, lookup)) == {}


def test_hostile_token_text_is_made_printable(tmp_path, lookup):
    """A pre-tokenizer's name with terminal escapes does not reach a record as it stands."""
    values = {
        "general.architecture": "x",
        "tokenizer.ggml.pre": "alpha-pre\x1b[2J",
        "tokenizer.ggml.tokens": ["a"],
    }
    path = tmp_path / "m.gguf"
    path.write_bytes(gguf_bytes(values))
    assert "\x1b" not in statements(trace_path(path, lookup))
