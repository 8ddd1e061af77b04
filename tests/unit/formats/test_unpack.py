"""How packed bytes become a stream, and where a stream that swells is cut."""

from __future__ import annotations

import bz2
import gzip
import hashlib
import importlib
import lzma
from typing import Any

import pytest

from gauger.core.errors import LimitExceeded, Malformed, MissingExtra
from gauger.core.limits import Limits
from gauger.formats import unpack
from gauger.formats.source import MemorySource
from gauger.formats.unpack import Budget, UnpackedStream, packing

TEXT = b"".join(b"line %d\n" % n for n in range(100_000))


def zstd(data: bytes) -> bytes:
    """The same bytes through zstd."""
    module: Any = importlib.import_module("backports.zstd")
    return bytes(module.compress(data))


PACKERS = {"gzip": gzip.compress, "bzip2": bz2.compress, "xz": lzma.compress, "zstd": zstd}


def opened(data: bytes, limits: Limits | None = None) -> UnpackedStream:
    """A stream over these packed bytes."""
    limits = limits or Limits()
    return UnpackedStream(MemorySource(data), packing(data), limits, Budget(limits))


@pytest.mark.parametrize("kind", PACKERS)
def test_packed_bytes_come_back_in_any_pieces(kind: str) -> None:
    """Reading and passing over may alternate; both digests cover everything once the end was read."""
    data = PACKERS[kind](TEXT)
    assert packing(data) == kind
    stream = opened(data)
    assert stream.read(10) == TEXT[:10]
    assert stream.pass_over(400_000) == 400_000
    assert stream.read(20) == TEXT[400_010:400_030]
    stream.finish()
    assert stream.position == len(TEXT)
    assert stream.unpacked_hash.hexdigest() == hashlib.sha256(TEXT).hexdigest()
    assert stream.packed_hash.hexdigest() == hashlib.sha256(data).hexdigest()


@pytest.mark.parametrize("kind", PACKERS)
def test_streams_in_a_row_are_one(kind: str) -> None:
    """As their formats say; what else stands behind the last one is not part of it."""
    stream = opened(PACKERS[kind](b"one") + PACKERS[kind](b"two") + b"\0\0 and more")
    assert stream.read(100) == b"onetwo"


@pytest.mark.parametrize("kind", PACKERS)
def test_a_cut_stream_is_malformed(kind: str) -> None:
    """The end of the bytes is not the end of the stream."""
    with pytest.raises(Malformed, match="cut off"):
        opened(PACKERS[kind](TEXT)[:-20]).finish()


@pytest.mark.parametrize("kind", PACKERS)
def test_a_damaged_stream_is_malformed(kind: str) -> None:
    """Whatever the library calls the error."""
    data = bytearray(PACKERS[kind](TEXT))
    data[8 : len(data) // 2] = bytes(len(data) // 2 - 8)
    with pytest.raises(Malformed):
        opened(bytes(data)).finish()


def test_a_stream_may_not_swell_without_end() -> None:
    """The ratio counts once a stream is large; the budget always does."""
    bomb = gzip.compress(bytes(100 << 20))
    with pytest.raises(LimitExceeded, match="200 times its size"):
        opened(bomb).finish()
    with pytest.raises(LimitExceeded, match="unpacked_bytes"):
        opened(bomb, Limits(unpacked_bytes=1 << 20)).finish()


def test_zstd_without_a_package_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is an extra; without it the archive becomes a gap."""

    def absent(name: str) -> Any:
        raise ImportError(name)

    monkeypatch.setattr(unpack.importlib, "import_module", absent)
    with pytest.raises(MissingExtra, match="zstd"):
        opened(b"\x28\xb5\x2f\xfd" + bytes(20))
