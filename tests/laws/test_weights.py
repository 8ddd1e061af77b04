"""Whatever happens to a small file of weights: numbers, or an error that a reader may raise."""

from __future__ import annotations

from contextlib import suppress
from functools import cache

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from build import quantised as build
from build.gguf import gguf_bytes
from build.mutations import mutated
from build.onnx import chunk, model, node, number, tensor, varint
from build.pickles import tiny_torch_zip, torch_zip
from build.readers import ALLOWED
from gauger.core.limits import Limits
from gauger.formats.lora import lora_pairs
from gauger.formats.source import MemorySource
from gauger.formats.weights import weights_of

LIMITS = Limits(block_bytes=1 << 16, header_bytes=1 << 16, items=20_000, unpacked_bytes=1 << 20)


@cache
def files() -> tuple[bytes, ...]:
    """One small file of each way of storing weights."""
    values = build.weight(8, 64)
    packed, scales, _ = build.mxfp4(values)
    four, eight, second, _ = build.nvfp4(values)
    stored = [
        build.gptq("l", build.weight(16, 64), 4, 32)[0],
        build.gptq("l", build.weight(32, 64), 3, 32)[0],
        build.awq("l", values, 32)[0],
        build.bitsandbytes4("l.weight", values, "nf4", nested=True)[0],
        build.int8_rows("l", values)[0],
        build.fp8("l.weight", values, (4, 32), "_scale_inv")[0],
        build.packed_integers("l.weight", values, 4, 32, symmetric=False)[0],
        build.mlx("l", values, 4, 32)[0],
        {"e_blocks": ("U8", packed), "e_scales": ("U8", scales)},
        {"e": ("U8", four), "e_scale": ("F8_E4M3", eight), "e_scale_2": ("F32", second)},
        {"m.lora_A.weight": ("F32", values), "m.lora_B.weight": ("F32", values.T)},
    ]
    codes = np.arange(48, dtype="i1").reshape(6, 8)
    numbers = (
        number(1, 6)
        + number(1, 8)
        + number(2, 3)
        + chunk(8, "n")
        + chunk(5, b"".join(map(varint, range(48))))
    )
    onnx = model(
        [tensor("w", codes), tensor("s", np.ones(8, "f4")), numbers],
        [node("DequantizeLinear", ["w", "s"], ["y"]), node("MatMulNBits", ["a", "w", "s"], ["z"])],
    )
    return (
        *(build.safetensors_of(one) for one in stored),
        onnx,
        gguf_bytes({}, {"t": ((4, 256), 12, bytes(4 * 144))}),
        gguf_bytes({}, {"t": ((4, 32), 2, bytes(4 * 18))}, order=">"),
        tiny_torch_zip(),
        torch_zip({"t": ("FloatStorage", bytes(400), (10, 10))}, packed=True),
    )


def read_all(data: bytes) -> int:
    """How many numbers come out; errors that a reader may raise end it."""
    count = 0
    try:
        weights = weights_of([MemorySource(data, name="mutant")], LIMITS)
    except ALLOWED:
        return 0
    for one in weights.tensors[:20]:
        try:
            for place, block in enumerate(weights.blocks(one)):
                assert block.dtype == np.float32
                assert block.shape[1] == (one.shape[-1] if one.shape else 1)
                assert block.nbytes <= LIMITS.block_bytes
                count += block.size
                if place > 20:
                    break
            weights.raw_digest(one)
        except ALLOWED:
            continue
    with suppress(*ALLOWED):
        lora_pairs(weights)
    return count


def test_the_files_themselves_are_read_whole():
    """Otherwise the law would hold for nothing."""
    assert all(read_all(data) for data in files())


@given(st.integers(0, len(files()) - 1), st.integers(0, 1 << 32))
def test_any_mutation_gives_numbers_or_a_readers_error(which, seed):
    """Bits flipped, ends cut off, lengths that lie, stretches moved or repeated."""
    assert read_all(mutated(files()[which], seed)) >= 0


@given(st.integers(0, len(files()) - 1), st.integers(0, 1 << 16), st.binary(min_size=1, max_size=8))
def test_any_overwritten_bytes_give_numbers_or_a_readers_error(which, place, patch):
    """Anywhere in the file, numbers and scales included: what is no number stays one that is none."""
    data = bytearray(files()[which])
    place %= len(data)
    data[place : place + len(patch)] = patch
    assert read_all(bytes(data)) >= 0
