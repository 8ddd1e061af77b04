"""Mutants of the real models, without a copy of 100 MB for each: a changed head, then the file's own rest."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

from build.mutations import mutated
from build.pickles import torch_zip
from build.readers import ALLOWED
from gauger.core.limits import DEFAULT_LIMITS, Limits
from gauger.formats.cards import read_card
from gauger.formats.configs import read_config
from gauger.formats.dequantise import can_read, read_rows
from gauger.formats.registry import read_model
from gauger.formats.safetensors import read_safetensors
from gauger.formats.source import FileSource, MemorySource, Source
from gauger.formats.tokenizer_files import read_vocab_txt
from gauger.formats.tokenizer_json import read_tokenizer_json
from real_models import MINILM, MINILM_INT8, SMOLLM2

_HEAD = 3 << 20


class Mutant:
    """A `Source`: a changed beginning, then the rest of the original, or nothing.

    Args:
        original: The real file.
        seed: Decides everything.
    """

    def __init__(self, original: Source, seed: int) -> None:
        chance = random.Random(seed)  # noqa: S311 - reproducible noise
        length = min(original.size_bytes, _HEAD)
        self._head = mutated(original.read_at(0, length), seed)
        self._original = original
        self._rest = length if chance.random() < 0.7 else original.size_bytes
        self.name = f"{original.name}#{seed}"
        self.size_bytes = len(self._head) + original.size_bytes - self._rest
        self.read_bytes = 0

    def read_at(self, offset: int, length: int) -> bytes:
        """See `Source.read_at`."""
        if offset < 0 or length < 0 or offset + length > self.size_bytes:
            return MemorySource(b"", name=self.name).read_at(offset, max(length, 1))
        self.read_bytes += length
        data = self._head[offset : offset + length]
        if len(data) < length:
            after = offset + len(data) - len(self._head) + self._rest
            data += self._original.read_at(after, length - len(data))
        return data


def mutants(real: Path, count: int) -> Iterator[tuple[str, str]]:
    """Read `count` mutants; yields each one's file and what came of it: `read`, or the error's kind.

    Anything but an answer or one of our errors goes through to the caller.
    """
    originals = _originals(real)
    for seed in range(count):
        name, source = originals[seed % len(originals)]
        try:
            _read(name, Mutant(source, seed), DEFAULT_LIMITS)
        except ALLOWED as error:
            yield name, type(error).__name__
        else:
            yield name, "read"


def _originals(real: Path) -> list[tuple[str, Source]]:
    files = [SMOLLM2, MINILM, MINILM_INT8, "minilm/tokenizer.json", "minilm/vocab.txt", "minilm/config.json"]
    found: list[tuple[str, Source]] = [(name, FileSource(real / name, name=name)) for name in files]
    return [*found, ("minilm/README.md", FileSource(real / "minilm/README.md")), ("torch", _as_torch(real))]


def _as_torch(real: Path) -> Source:
    """MiniLM's own tensors as PyTorch would have saved them, the large ones left out."""
    source = FileSource(real / MINILM)
    model = read_safetensors([source], DEFAULT_LIMITS)
    small = [t for t in model.tensors if t.size_bytes < 1 << 16 and t.dtype == "F32"]
    data = {t.name: ("FloatStorage", source.read_at(t.offset, t.size_bytes), t.shape) for t in small}
    return MemorySource(torch_zip(data), name="torch")


def _read(name: str, source: Source, limits: Limits) -> object:
    if name.endswith("tokenizer.json"):
        return read_tokenizer_json(source, limits)
    if name.endswith("vocab.txt"):
        return read_vocab_txt(source, limits)
    if name.endswith(("config.json", "README.md")):
        data = source.read_at(0, source.size_bytes)
        return read_card(data, limits) if name.endswith("README.md") else read_config(data, limits)
    model = read_model([source], limits)
    for entry in model.tensors[:3]:
        if can_read(entry):
            try:
                next(read_rows(source, entry, limits), None)
            except ALLOWED:
                continue
    return model
