"""Laws of vocabulary digests and sketches."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from gauger.formats.model_file import TokenizerFacts
from gauger.trace.chat_template import encode as encode_template
from gauger.trace.chat_template import similarity, template_of
from gauger.trace.sketch import contained, decode, encode, sketch_of
from gauger.trace.vocabulary import digest_of_pieces, prefix_digests, vocabulary_of

PIECES = st.lists(st.binary(min_size=1, max_size=8), max_size=60, unique=True)


@given(PIECES, st.randoms())
def test_digest_depends_on_order_and_sketch_does_not(pieces, random):
    """Another order gives another digest and the same sketch."""
    shuffled = list(pieces)
    random.shuffle(shuffled)
    assert np.array_equal(sketch_of(pieces), sketch_of(shuffled))
    assert (digest_of_pieces(pieces) == digest_of_pieces(shuffled)) == (pieces == shuffled)


@given(PIECES, PIECES)
def test_sketch_of_a_union_is_the_union_of_sketches(one, other):
    """Sampling depends on the piece alone."""
    both = np.union1d(sketch_of(one), sketch_of(other))
    assert np.array_equal(sketch_of([*one, *other]), both)


@given(PIECES)
def test_digest_is_not_fooled_by_where_pieces_end(pieces):
    """Gluing two neighbours together changes the digest."""
    for n in range(len(pieces) - 1):
        glued = [*pieces[:n], pieces[n] + pieces[n + 1], *pieces[n + 2 :]]
        assert digest_of_pieces(glued) != digest_of_pieces(pieces)


@given(PIECES, st.lists(st.integers(0, 80), max_size=5))
def test_prefix_digests_equal_the_digests_of_prefixes(pieces, lengths):
    """One pass gives what several would."""
    found = prefix_digests(pieces, lengths)
    assert found == {n: digest_of_pieces(pieces[:n]) for n in lengths if 0 < n <= len(pieces)}


@given(st.lists(st.text("abcĠĊéß", min_size=1, max_size=6), max_size=40, unique=True))
def test_spellings_of_one_vocabulary_give_one_digest(texts):
    """Byte-level spelling and raw bytes of the same pieces are one vocabulary."""
    spelled = TokenizerFacts(kind="bpe", pieces=tuple(t.encode() for t in texts))
    raw = tuple(t.replace("Ġ", " ").replace("Ċ", "\n").encode("latin-1") for t in texts)
    assert vocabulary_of(spelled).sha256 == vocabulary_of(TokenizerFacts(kind="rank-bpe", pieces=raw)).sha256


@given(PIECES, st.integers(0, 59))
def test_added_tokens_do_not_count(pieces, number):
    """A piece that is also an added token is left out, as other formats leave it out."""
    text = f"<added-{number}>"
    plain = TokenizerFacts(kind="rank-bpe", pieces=tuple(pieces))
    more = TokenizerFacts(kind="rank-bpe", pieces=(*pieces, text.encode()), added=((number, text),))
    assert vocabulary_of(plain).sha256 == vocabulary_of(more).sha256


@given(st.sets(st.integers(0, 2**32 - 1), max_size=200))
def test_encoded_sketch_reads_back(values):
    """Encoding loses nothing."""
    sketch = np.array(sorted(values), dtype=np.uint32)
    assert np.array_equal(decode(encode(sketch)), sketch)


@given(st.sets(st.integers(0, 500)), st.sets(st.integers(0, 500)))
def test_share_stays_inside_its_interval(part, whole):
    """0 ≤ low ≤ share ≤ high ≤ 1, and all of a set is in itself."""
    one, other = (np.array(sorted(s), dtype=np.uint32) for s in (part, whole))
    weights = np.linspace(1, 3, len(one))
    found = contained(one, weights, other)
    assert 0 <= found.low <= found.value <= found.high <= 1
    if part:
        assert contained(one, weights, one).value == 1


@given(st.text(max_size=300))
def test_template_is_like_itself_only_when_equal(text):
    """A stored template is found again with 1; a changed one is never called equal."""
    template = template_of(text)
    assert similarity(template, encode_template(template)) == 1.0
    assert similarity(template_of(text + " {{ other }}"), encode_template(template)) < 1.0
