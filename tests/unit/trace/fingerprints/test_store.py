"""The file of a fingerprint: round trips, and what is refused."""

from __future__ import annotations

from pathlib import Path

import msgspec
import numpy as np
import pytest

from build.fingerprints import drawn, fingerprinted, tiny_llama
from gauger.core.errors import GaugerError, LimitExceeded, Malformed
from gauger.trace.fingerprints.records import Declared
from gauger.trace.fingerprints.store import (
    fingerprint_bytes,
    load_fingerprint,
    read_fingerprint,
    save_fingerprint,
)

RELEASED = Path(__file__).parents[3] / "released" / "fingerprint-v1"


def test_reading_gives_back_what_was_written(tmp_path):
    """Document and arrays come back equal, from memory and from a file, and give the same bytes."""
    made = fingerprinted(tiny_llama(1), tmp_path / "m")
    data = fingerprint_bytes(made)
    save_fingerprint(made, tmp_path / "f.safetensors")
    for back in (read_fingerprint(data), load_fingerprint(tmp_path / "f.safetensors")):
        assert back.document == made.document
        assert back.arrays.keys() == made.arrays.keys()
        assert all(np.array_equal(back.arrays[name], made.arrays[name]) for name in made.arrays)
        assert fingerprint_bytes(back) == data
        assert back.content_digest() == made.content_digest()


def test_the_first_version_loads_for_ever():
    """The file that was released with version 1 is read, and means what it meant."""
    found = load_fingerprint(RELEASED / "tiny.safetensors")
    assert found.key == "tiny"
    assert found.content_digest() == (RELEASED / "tiny.sha256").read_text().strip()
    assert [block.units for block in found.document.blocks] == [128] * 4


def test_every_cut_is_noticed():
    """A file that ends early is malformed, wherever it ends."""
    data = fingerprint_bytes(drawn("a", 1, layers=2, units=16))
    for length in range(0, len(data), 37):
        with pytest.raises(GaugerError):
            read_fingerprint(data[:length])


def test_added_bytes_are_refused():
    """Nothing may stand behind the last array."""
    with pytest.raises(Malformed, match="no array"):
        read_fingerprint(fingerprint_bytes(drawn("a", 1)) + b"x")


def test_a_header_that_claims_too_much_is_refused():
    """A length above the bound ends the reading before anything is read."""
    with pytest.raises(LimitExceeded):
        read_fingerprint((1 << 40).to_bytes(8, "little") + b"{}")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"units.0": np.full((128, 6), np.nan, np.float16)}, "not finite"),
        ({"units.0": np.zeros((127, 6), np.float16)}, "another shape"),
        ({"units.0": np.zeros((128, 6), np.float32)}, "another shape or type"),
        ({"strange": np.zeros(3, np.float32)}, "not spoken of"),
    ],
)
def test_arrays_that_do_not_fit_the_document_are_refused(change, words):
    """Shapes, types and names follow from the document, and numbers are finite."""
    made = drawn("a", 1)
    with pytest.raises(Malformed, match=words):
        read_fingerprint(fingerprint_bytes(msgspec.structs.replace(made, arrays={**made.arrays, **change})))


def test_another_version_is_named():
    """A file of a version that does not exist yet says so."""
    made = drawn("a", 1)
    later = msgspec.structs.replace(made, document=msgspec.structs.replace(made.document, version=2))
    with pytest.raises(Malformed, match="version 2"):
        read_fingerprint(fingerprint_bytes(later))


def test_names_that_steer_a_terminal_are_refused():
    """Titles come from strangers: control characters do not pass."""
    made = drawn("a", 1)
    nasty = msgspec.structs.replace(made.document, declared=Declared(key="a", title="x\x1b[2J"))
    with pytest.raises(Malformed, match="cannot be shown"):
        read_fingerprint(fingerprint_bytes(msgspec.structs.replace(made, document=nasty)))
