"""ggml files from before GGUF: whisper.cpp, its voice detectors, and the first years of llama.cpp.

Each program wrote its own header (numbers, filters, a vocabulary) before the tensors, and no length says
where it ends. The tensors, however, are all written alike, one after the other up to the end of the file: so
the header ends where a chain of tensors begins that ends with the file.
Source: `whisper_model_load` and `whisper_vad_init_from_file_with_params` in whisper.cpp 1.8; `convert.py` of
llama.cpp in May 2023 (alignment of `ggjt`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from gauger.core.errors import Malformed
from gauger.core.limits import Limits
from gauger.core.record import Facts
from gauger.core.text import printable
from gauger.formats.distinct import Distinct
from gauger.formats.extents import elements_of
from gauger.formats.gguf_types import TENSOR_TYPES
from gauger.formats.model_file import ModelFile, TensorEntry
from gauger.formats.source import Source
from gauger.formats.window import Window

_MAGICS = (b"lmgg", b"fmgg", b"tjgg")
_ALIGNED = b"tjgg"
_ALIGNMENT = 32
_LONGEST_NAME = 256
_MOST_DIMENSIONS = 4
_MOST_STARTS = 5_000
_CUT_CHAIN = 3
"""Tensors in a row that are believed where the file does not end with one."""

_WHISPER = (
    "n_vocab", "n_audio_ctx", "n_audio_state", "n_audio_head", "n_audio_layer", "n_text_ctx", "n_text_state",
    "n_text_head", "n_text_layer", "n_mels", "ftype",
)  # fmt: skip


def read_ggml(sources: Sequence[Source], limits: Limits) -> ModelFile:
    """What does this ggml file hold?

    Args:
        sources: The file.
        limits: Bounds; the header is looked for in the first `tokenizer_bytes`.

    Returns:
        The model, shapes outermost dimension first. Of the header only what whisper.cpp and its voice
        detectors write is told.

    Raises:
        Malformed: not such a file, or no chain of tensors in it.
        LimitExceeded: too many tensors or values.
        Unreadable: the bytes cannot be had.
    """
    source = sources[0]
    window = Window(source, limits)
    magic = window.take(0, 4)
    if magic not in _MAGICS:
        raise Malformed("does not begin as a ggml file", subject=source.name)
    entries, whole = _longest(window, source, limits, _ALIGNMENT if magic == _ALIGNED else 1)
    if not entries:
        raise Malformed("no tensors as ggml files have them", subject=source.name)
    told = f"{source.name}: cut off, or other data behind {len(entries)} tensors"
    return ModelFile(
        format="ggml",
        parts=(source.name,),
        tensors=tuple(entries),
        metadata=_facts(window, magic),
        remarks=() if whole else (told,),
        read_bytes=source.read_bytes,
    )


def _longest(
    window: Window, source: Source, limits: Limits, alignment: int
) -> tuple[list[TensorEntry], bool]:
    """The first chain that ends with the file, or a longer one that does not."""
    best: list[TensorEntry] = []
    passed: set[int] = set()
    for start in _starts(source, limits):
        if start in passed:
            continue
        found, whole = _chain(window, start, alignment, passed)
        if found and whole and len(found) > len(best):
            return found, True
        if len(found) >= _CUT_CHAIN and len(found) > len(best):
            best = found
    return best, False


def _starts(source: Source, limits: Limits) -> Iterator[int]:
    """Places where the head of a tensor may begin: some dimensions, a short name, a known type."""
    length = min(source.size_bytes, limits.tokenizer_bytes)
    step = limits.block_bytes
    tried = 0
    for begin in range(4, length, step):
        data = np.frombuffer(source.read_at(begin, min(step + 12, source.size_bytes - begin)), np.uint8)
        if len(data) < 12:
            return
        count = len(data) - 11
        fits = (data[:count] >= 1) & (data[:count] <= _MOST_DIMENSIONS)
        fits &= data[8 : 8 + count] <= max(TENSOR_TYPES)
        for zero in (1, 2, 3, 6, 7, 9, 10, 11):
            fits &= data[zero : zero + count] == 0
        fits &= data[5 : 5 + count] <= 1
        for place in np.flatnonzero(fits):
            tried += 1
            if tried > _MOST_STARTS:
                return
            yield begin + int(place)


def _chain(window: Window, at: int, alignment: int, passed: set[int]) -> tuple[list[TensorEntry], bool]:
    """The tensors one after the other from here, and whether the last ends with the file.

    Where they begin is added to `passed`: a chain from there would be a part of this one.
    """
    entries: list[TensorEntry] = []
    names = Distinct()
    size = window.source.size_bytes
    while at < size:
        entry = _entry(window, at, alignment)
        if entry is None:
            return entries, False
        name, dtype, shape, offset, length = entry
        window.limits.check(len(entries) + 1, "tensors", subject=window.source.name)
        passed.add(at)
        entries.append(
            TensorEntry(name=names.take(name), dtype=dtype, shape=shape, offset=offset, size_bytes=length)
        )
        at = offset + length
    return entries, at == size


def _entry(window: Window, at: int, alignment: int) -> tuple[str, str, tuple[int, ...], int, int] | None:
    """Name, type, shape, place and bytes of the tensor whose head begins here; None where none does."""
    size = window.source.size_bytes
    if at + 12 > size:
        return None
    dimensions, length, kind = window.i32(at), window.i32(at + 4), window.i32(at + 8)
    known = TENSOR_TYPES.get(kind)
    named_at = at + 12 + 4 * dimensions
    if not 0 <= dimensions <= _MOST_DIMENSIONS or not 1 <= length <= _LONGEST_NAME or known is None:
        return None
    if named_at + length > size:
        return None
    shape = tuple(window.i32(at + 12 + 4 * n) for n in range(dimensions))[::-1]
    name = window.take(named_at, length)
    dtype, block, block_bytes = known
    if (
        min(shape, default=1) < 1
        or (shape[-1] if shape else 1) % block
        or not all(0x20 < byte < 0x7F for byte in name)
    ):
        return None
    elements = elements_of(shape, name="", subject=window.source.name)
    offset = -(-(named_at + length) // alignment) * alignment
    return printable(name.decode("ascii"), 1000), dtype, shape, offset, elements // block * block_bytes


def _facts(window: Window, magic: bytes) -> Facts:
    """What the header says, where it is one of those that are known."""
    facts: Facts = {"magic": magic[::-1].decode("ascii")}
    size = window.source.size_bytes
    if size < 60:
        return facts
    length = window.i32(4)
    label = window.take(8, length) if 1 <= length <= 40 else b""
    if label and all(0x20 < byte < 0x7F for byte in label):
        return facts | {"model": printable(label.decode("ascii"), 80)}
    numbers = [window.i32(4 + 4 * n) for n in range(len(_WHISPER))]
    if numbers[9] == window.i32(48) and numbers[9] in (80, 128):
        facts |= {"model": "whisper"} | dict(zip(_WHISPER, numbers, strict=True))
    return facts
