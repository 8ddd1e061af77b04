"""Tiny ggml files from before GGUF: a header of some program, then the tensors."""

from __future__ import annotations

import struct

import numpy as np

KINDS = {"f4": 0, "f2": 1}


def tensor(name: str, array: np.ndarray) -> bytes:
    """One tensor of plain numbers."""
    return block_tensor(name, array.shape, KINDS[array.dtype.str[1:]], array.tobytes())


def block_tensor(name: str, shape: tuple[int, ...], kind: int, data: bytes) -> bytes:
    """One tensor of any kind; dimensions are written innermost first."""
    head = struct.pack("<iii", len(shape), len(name), kind)
    return head + struct.pack(f"<{len(shape)}i", *shape[::-1]) + name.encode() + data


def whisper_header(pieces: list[bytes]) -> bytes:
    """Numbers, filters and the vocabulary as whisper.cpp writes them."""
    numbers = [len(pieces), 1500, 8, 2, 1, 448, 8, 2, 1, 80, 1]
    filters = struct.pack("<ii", 80, 3) + np.zeros((80, 3), "<f4").tobytes()
    words = b"".join(struct.pack("<I", len(piece)) + piece for piece in pieces)
    return b"lmgg" + struct.pack("<11i", *numbers) + filters + struct.pack("<i", len(pieces)) + words


def detector_header(label: str = "tiny-16k") -> bytes:
    """A name and some numbers, as whisper.cpp's voice detectors begin."""
    return b"lmgg" + struct.pack("<i", len(label)) + label.encode() + struct.pack("<6i", 6, 2, 0, 512, 64, 4)


Q8_0 = struct.pack("<e32b", 0.5, *range(32))
"""One block of 32 numbers: 0, 0.5, 1 ..."""


def tiny_ggml() -> bytes:
    """A matrix, a scalar, and a row in blocks."""
    return (
        detector_header()
        + tensor("conv.weight", np.arange(6, dtype="<f4").reshape(2, 3))
        + tensor("scalar", np.array(7, "<f4"))
        + block_tensor("rows", (1, 32), 8, Q8_0)
    )
