"""Arrays in NumPy's archives are found by their headers, which are never evaluated."""

from __future__ import annotations

import numpy as np
import pytest

from build.gguf import tiny_gguf
from build.npz import npy, tiny_npz
from build.pickles import zip_bytes
from gauger.core.errors import LimitExceeded, Malformed
from gauger.core.limits import DEFAULT_LIMITS, Limits
from gauger.formats.npz import read_npz
from gauger.formats.open_model import open_model
from gauger.formats.source import MemorySource
from gauger.formats.weights import weights_of


@pytest.mark.parametrize("packed", [False, True])
def test_arrays_are_read_as_they_are(packed):
    """By rows or by columns, stored or packed; texts are no weights."""
    weights = weights_of([MemorySource(tiny_npz(packed=packed), name="w.npz")])
    assert {t.name: (t.dtype, t.shape) for t in weights.tensors} == {
        "layer.weight": ("FLOAT32", (2, 3)),
        "other": ("FLOAT16", (2, 3)),
        "step": ("INT64", ()),
    }
    for tensor in weights.tensors[:2]:
        assert weights.rows(tensor).tolist() == [[0, 1, 2], [3, 4, 5]]
    assert weights.unread == ()


@pytest.mark.parametrize("change", [(b"(2, 3)", b"(9, 9)"), (b"'<f4'", b"'|O8'"), (b"{'descr'", b"exit(1)#")])
def test_headers_that_do_not_fit_give_nothing(change):
    """A shape beyond the member, objects, and anything that is no plain header."""
    data = zip_bytes({"w.npy": npy(np.arange(6, dtype="<f4").reshape(2, 3)).replace(*change)})
    with pytest.raises(Malformed):
        read_npz([MemorySource(data, name="w.npz")], DEFAULT_LIMITS)


def test_too_many_arrays_are_refused():
    """The bound is the caller's."""
    with pytest.raises(LimitExceeded):
        read_npz([MemorySource(tiny_npz())], Limits(tensors=2))


def test_a_llamafile_is_opened_by_the_archive_behind_its_program(tmp_path):
    """The model in it is stored, so that it is read where it lies."""
    archive = zip_bytes({".args": b"-m", "model.gguf": tiny_gguf()})
    (tmp_path / "m.llamafile").write_bytes(b"MZqFpD" + bytes(100) + shifted(archive, 106))
    assert open_model(tmp_path / "m.llamafile").parts == ("m.llamafile!model.gguf",)


def shifted(archive, by):
    """The archive with its places counted from that many bytes before it."""
    data = bytearray(archive)
    end = data.rindex(b"PK\x05\x06")
    start = int.from_bytes(data[end + 16 : end + 20], "little")
    data[end + 16 : end + 20] = (start + by).to_bytes(4, "little")
    at = start
    while data[at : at + 4] == b"PK\x01\x02":
        header = int.from_bytes(data[at + 42 : at + 46], "little") + by
        data[at + 42 : at + 46] = header.to_bytes(4, "little")
        at += 46 + sum(int.from_bytes(data[at + n : at + n + 2], "little") for n in (28, 30, 32))
    return bytes(data)
