"""Any bytes: an answer or one of our errors, within bounds of memory, and the same each time."""

from __future__ import annotations

import tracemalloc

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from build.mutations import mutated
from build.readers import ALLOWED, READERS
from gauger.core.canonical import canonical_json
from gauger.core.limits import Limits
from gauger.formats.model_file import ModelFile
from gauger.formats.sniff import sniff

LIMITS = Limits(header_bytes=1 << 20, tokenizer_bytes=1 << 20, items=20_000, block_bytes=1 << 16)
MEMORY_BYTES = 48 << 20


def outcome(reader, data):
    """The answer as canonical bytes where it is a model, or the error's kind and message."""
    try:
        answer = reader(data, LIMITS)
    except ALLOWED as error:
        return type(error).__name__, str(error)
    if isinstance(answer, ModelFile):
        return canonical_json(answer.metadata) + canonical_json(list(answer.remarks) + list(answer.unsafe))
    return repr(answer) if not isinstance(answer, msgspec.Struct) else msgspec.structs.astuple(answer)


@pytest.mark.parametrize("name", READERS)
@given(data=st.binary(max_size=2000))
@settings(max_examples=120)
def test_any_bytes_give_an_answer_or_an_error_of_ours(name, data):
    """Nothing else comes out, for each reader."""
    reader, _ = READERS[name]
    assert outcome(reader, data) is not None


@pytest.mark.parametrize("name", READERS)
@given(seed=st.integers(0, 1 << 32))
@settings(max_examples=150)
def test_mutations_of_a_valid_file_give_an_answer_or_an_error_of_ours(name, seed):
    """Flipped bits, cuts, lies about lengths, splices and repetitions; and twice the same."""
    reader, valid = READERS[name]
    data = mutated(valid, seed)
    assert outcome(reader, data) == outcome(reader, data)


@pytest.mark.parametrize("name", READERS)
@given(tail=st.binary(max_size=300), keep=st.integers(0, 400))
@settings(max_examples=100)
def test_a_valid_beginning_with_any_tail_gives_an_answer_or_an_error_of_ours(name, tail, keep):
    """The parts behind the magic number are reached."""
    reader, valid = READERS[name]
    assert outcome(reader, valid[:keep] + tail) is not None


@pytest.mark.parametrize("name", READERS)
def test_a_valid_file_is_read(name):
    """The laws above would be empty if the readers refused everything."""
    reader, valid = READERS[name]
    assert reader(valid, LIMITS) is not None


@pytest.mark.parametrize("name", READERS)
def test_memory_stays_within_a_bound_for_files_of_one_piece_repeated(name):
    """Half a megabyte of the most expensive small pieces takes at most 48 MB."""
    reader, valid = READERS[name]
    pieces = (
        b"[],",
        b"{},",
        b"[[",
        b"a,",
        b"- a\n",
        b'"a":',
        b"\x0a\x00",
        b"N0",
        b"](",
        b"\x00",
        b"\xff",
        b"K\x01",
        b"}q\x01",
    )
    for piece in pieces:
        for head in (b"", valid[: len(valid) // 2]):
            tracemalloc.start()
            outcome(reader, head + piece * ((1 << 19) // len(piece)))
            _, peak = tracemalloc.get_traced_memory()
            tracemalloc.stop()
            assert peak < MEMORY_BYTES, (piece, head)


@given(data=st.binary(max_size=200), size=st.integers(0, 1 << 40), name=st.text(max_size=20))
def test_sniffing_never_fails(data, size, name):
    """Whatever the bytes and the name, a word comes back."""
    assert isinstance(sniff(data, max(size, len(data)), name), str)
