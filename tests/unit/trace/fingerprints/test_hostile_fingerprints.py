"""Fingerprints by an attacker: each contradiction is named when it is read, none ends a search."""

from __future__ import annotations

import msgspec
import pytest

from build.fingerprints import fingerprinted, tiny_llama
from gauger.core.errors import Malformed
from gauger.trace.fingerprints.library import Library
from gauger.trace.fingerprints.store import fingerprint_bytes, read_fingerprint


@pytest.fixture(scope="module")
def query(tmp_path_factory):
    """An honest fingerprint."""
    return fingerprinted(tiny_llama(1), tmp_path_factory.mktemp("model"))


def forged(query, part, **changes):
    """The same with one field of its first tensor or block changed."""
    first, *rest = getattr(query.document, part)
    document = msgspec.structs.replace(
        query.document, **{part: (msgspec.structs.replace(first, **changes), *rest)}
    )
    return fingerprint_bytes(msgspec.structs.replace(query, document=document))


@pytest.mark.parametrize(
    ("part", "changes"),
    [
        ("tensors", {"sample": (1 << 40, 4)}),
        ("tensors", {"sample": (65,)}),
        ("tensors", {"sample": (-1, -1)}),
        ("tensors", {"sample": (2, 2, 2)}),
        ("tensors", {"digest": "z" * 64}),
        ("tensors", {"digest": "-1"}),
        ("tensors", {"shape": (2,) * 100}),
        ("blocks", {"features": ("log-up",) * 6}),
        ("blocks", {"features": ("a", "b", "c", "d", "e", "f")}),
    ],
)
def test_a_document_that_contradicts_itself_is_malformed(query, part, changes):
    """Samples of other sizes (an index would be as large), digests that are none, columns named twice."""
    with pytest.raises(Malformed):
        read_fingerprint(forged(query, part, **changes))


def test_a_forged_fingerprint_in_the_library_is_a_gap(query, tmp_path):
    """It is named; the others are searched all the same."""
    (tmp_path / "good.safetensors").write_bytes(fingerprint_bytes(query))
    (tmp_path / "bad.safetensors").write_bytes(forged(query, "tensors", digest="z"))
    library = Library([(tmp_path, "local")])
    assert [name for name, _ in library.broken] == ["bad.safetensors"]
    assert [hit.alteration for hit in library.search(query)] == ["identical"]
