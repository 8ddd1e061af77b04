"""Weights quantised the slow and plain way, number by number, in the layouts that real packages write.

Each function takes floats and returns the stored tensors of one weight and the numbers that they stand for,
worked out here and not by the code under test.
"""

from __future__ import annotations

import json
import struct
from typing import Any

import ml_dtypes
import numpy as np

Stored = dict[str, tuple[str, np.ndarray]]
"""By name: the safetensors type and the array."""

E2M1 = [0, 0.5, 1, 1.5, 2, 3, 4, 6, -0.0, -0.5, -1, -1.5, -2, -3, -4, -6]
NF4 = [
    -1.0, -0.6961928009986877, -0.5250730514526367, -0.39491748809814453, -0.28444138169288635,
    -0.18477343022823334, -0.09105003625154495, 0.0, 0.07958029955625534, 0.16093020141124725,
    0.24611230194568634, 0.33791524171829224, 0.44070982933044434, 0.5626170039176941,
    0.7229568362236023, 1.0,
]  # fmt: skip
FP4 = [
    0,
    0.0052083,
    2 / 3,
    1,
    1 / 3,
    0.5,
    1 / 6,
    0.25,
    -0.0,
    -0.0052083,
    -2 / 3,
    -1,
    -1 / 3,
    -0.5,
    -1 / 6,
    -0.25,
]


def weight(rows: int, columns: int, seed: int = 0) -> np.ndarray:
    """Floats to quantise."""
    return np.random.default_rng(seed).normal(size=(rows, columns)).astype(np.float32)


def safetensors_of(stored: Stored) -> bytes:
    """A whole file."""
    header: dict[str, Any] = {}
    data = b""
    for name, (dtype, array) in stored.items():
        raw = np.ascontiguousarray(array).tobytes()
        places = [len(data), len(data) + len(raw)]
        header[name] = {"dtype": dtype, "shape": list(array.shape), "data_offsets": places}
        data += raw
    text = json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + data


def affine(
    values: np.ndarray, bits: int, group: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Codes, float16 scales, zero points, numbers: groups along the last dimension, asymmetric."""
    rows, columns = values.shape
    groups = -(-columns // group)
    codes, numbers = np.zeros((rows, columns), np.int64), np.zeros((rows, columns), np.float32)
    scales, zeros = np.zeros((rows, groups), np.float16), np.zeros((rows, groups), np.int64)
    for row in range(rows):
        for number in range(groups):
            part = slice(number * group, (number + 1) * group)
            low, high = min(0.0, values[row, part].min()), max(0.0, values[row, part].max())
            scale = np.float16((high - low) / (2**bits - 1))
            zero = int(np.clip(round(-low / float(scale)), 0, 2**bits - 1))
            quantised = np.clip(np.round(values[row, part] / np.float32(scale)) + zero, 0, 2**bits - 1)
            codes[row, part], scales[row, number], zeros[row, number] = quantised, scale, zero
            numbers[row, part] = (quantised - zero) * np.float32(scale)
    return codes, scales, zeros, numbers


def stream(codes: np.ndarray, bits: int, words: int) -> np.ndarray:
    """Codes one after the other from the lowest bit on, as 32-bit words."""
    whole = 0
    for place, code in enumerate(codes.tolist()):
        whole |= int(code) << place * bits
    return np.frombuffer(whole.to_bytes(words * 4, "little"), "<i4")


def gptq(
    name: str, values: np.ndarray, bits: int, group: int, *, version: int = 1, order: np.ndarray | None = None
) -> tuple[Stored, np.ndarray]:
    """GPTQ; with `order`, inputs are put into groups in that order."""
    outputs, inputs = values.shape
    order = np.arange(inputs) if order is None else order
    codes, scales, zeros, numbers = affine(values[:, order], bits, group)
    groups = np.zeros(inputs, np.int32)
    groups[order] = np.arange(inputs) // group
    back = np.argsort(order)
    codes, numbers = codes[:, back], numbers[:, back]
    qweight = np.stack([stream(codes[n], bits, inputs * bits // 32) for n in range(outputs)], axis=1)
    kept = zeros.T - 1 & 2**bits - 1 if version == 1 else zeros.T
    qzeros = np.stack([stream(row, bits, -(-outputs * bits // 32)) for row in kept])
    stored: Stored = {
        f"{name}.qweight": ("I32", qweight),
        f"{name}.qzeros": ("I32", qzeros),
        f"{name}.scales": ("F16", scales.T),
    }
    if version == 1:
        stored[f"{name}.g_idx"] = ("I32", groups)
    return stored, numbers


def awq(name: str, values: np.ndarray, group: int) -> tuple[Stored, np.ndarray]:
    """AWQ in the layout of its matrix-product kernel."""
    codes, scales, zeros, numbers = affine(values, 4, group)

    def packed(table: np.ndarray) -> np.ndarray:
        words = np.zeros((table.shape[0], table.shape[1] // 8), np.uint32)
        for row in range(words.shape[0]):
            for word in range(words.shape[1]):
                for place, column in enumerate((0, 2, 4, 6, 1, 3, 5, 7)):
                    words[row, word] |= np.uint32(int(table[row, 8 * word + column]) << 4 * place)
        return words.view(np.int32)

    return {
        f"{name}.qweight": ("I32", packed(codes.T)),
        f"{name}.qzeros": ("I32", packed(zeros.T)),
        f"{name}.scales": ("F16", scales.T),
    }, numbers


def bitsandbytes4(
    name: str, values: np.ndarray, kind: str, *, nested: bool, block: int = 64
) -> tuple[Stored, np.ndarray]:
    """NF4 or FP4 with absolute maxima, those perhaps in eight bits around their mean."""
    table = np.array(NF4 if kind == "nf4" else FP4, np.float32)
    flat = values.reshape(-1)
    count = -(-flat.size // block)
    scales = np.array([np.abs(flat[n * block : (n + 1) * block]).max() for n in range(count)], np.float32)
    state: dict[str, Any] = {
        "quant_type": kind,
        "blocksize": block,
        "dtype": "float16",
        "shape": list(values.shape),
    }
    stored: Stored = {}
    if nested:
        offset = float(scales.mean())
        inner, outer, kept = _nested(scales - offset)
        state |= {"nested_blocksize": 256, "nested_dtype": "float32", "nested_offset": offset}
        stored[f"{name}.absmax"] = ("U8", inner)
        stored[f"{name}.nested_absmax"] = ("F32", outer)
        stored[f"{name}.nested_quant_map"] = ("F32", _eight_bits())
        used = kept + np.float32(offset)
    else:
        stored[f"{name}.absmax"] = ("F32", scales)
        used = scales
    each = np.repeat(used, block)[: flat.size]
    codes = np.abs(flat[:, None] / each[:, None] - table).argmin(1)
    packed = np.array([codes[n] << 4 | codes[n + 1] for n in range(0, flat.size, 2)], np.uint8)
    text = np.frombuffer(json.dumps(state).encode(), np.uint8)
    stored[name] = ("U8", packed[:, None])
    stored[f"{name}.quant_map"] = ("F32", table)
    stored[f"{name}.quant_state.bitsandbytes__{kind}"] = ("U8", text)
    return stored, (table[codes] * each).reshape(values.shape)


def _eight_bits() -> np.ndarray:
    return np.linspace(-1, 1, 256).astype(np.float32)


def _nested(scales: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    outer = np.array([np.abs(scales[n : n + 256]).max() for n in range(0, scales.size, 256)], np.float32)
    each = np.repeat(outer, 256)[: scales.size]
    codes = np.abs(scales[:, None] / each[:, None] - _eight_bits()).argmin(1).astype(np.uint8)
    return codes, outer, _eight_bits()[codes] * each


def int8_rows(name: str, values: np.ndarray) -> tuple[Stored, np.ndarray]:
    """LLM.int8: a maximum for each row."""
    most = np.abs(values).max(1)
    codes = np.round(values / most[:, None] * 127).astype(np.int8)
    stored: Stored = {f"{name}.weight": ("I8", codes), f"{name}.SCB": ("F32", most)}
    stored[f"{name}.weight_format"] = ("U8", np.zeros((), np.uint8))
    return stored, codes * (most[:, None] / 127)


def fp8(name: str, values: np.ndarray, block: tuple[int, int], scale: str) -> tuple[Stored, np.ndarray]:
    """E4M3 with a scale for each block of rows and columns; as large as the weight: one scale."""
    rows, columns = values.shape
    down, across = -(-rows // block[0]), -(-columns // block[1])
    scales = np.zeros((down, across), np.float32)
    codes = np.zeros(values.shape, ml_dtypes.float8_e4m3fn)
    numbers = np.zeros(values.shape, np.float32)
    for y in range(down):
        for x in range(across):
            part = np.s_[y * block[0] : (y + 1) * block[0], x * block[1] : (x + 1) * block[1]]
            scales[y, x] = np.abs(values[part]).max() / 448
            codes[part] = (values[part] / scales[y, x]).astype(ml_dtypes.float8_e4m3fn)
            numbers[part] = codes[part].astype(np.float32) * scales[y, x]
    kept = scales.reshape(()) if scales.size == 1 else scales
    return {name: ("F8_E4M3", codes.view(np.uint8)), f"{name}{scale}": ("F32", kept)}, numbers


def mxfp4(values: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Packed codes (…, groups, 16), scales (…, groups), numbers."""
    table = np.array(E2M1, np.float32)
    groups = values.reshape(*values.shape[:-1], -1, 32)
    powers = np.floor(np.log2(np.abs(groups).max(-1))).astype(int) - 2
    scaled = groups / np.exp2(powers)[..., None]
    codes = np.abs(scaled[..., None] - table).argmin(-1).astype(np.uint8)
    packed = codes[..., 0::2] | codes[..., 1::2] << 4
    numbers = table[codes] * np.exp2(powers)[..., None].astype(np.float32)
    return packed, (powers + 127).astype(np.uint8), numbers.reshape(values.shape)


def nvfp4(values: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.float32, np.ndarray]:
    """Packed codes (rows, columns / 2), E4M3 scales (rows, columns / 16), the second scale, numbers."""
    table = np.array(E2M1, np.float32)
    groups = values.reshape(len(values), -1, 16)
    most = np.abs(groups).max(-1) / 6
    second = np.float32(most.max() / 448)
    scales = (most / second).astype(ml_dtypes.float8_e4m3fn)
    each = scales.astype(np.float32)[..., None] * second
    codes = np.abs(groups[..., None] / each[..., None] - table).argmin(-1).astype(np.uint8)
    flat = codes.reshape(len(values), -1)
    return (
        flat[:, 0::2] | flat[:, 1::2] << 4,
        scales.view(np.uint8),
        second,
        (table[codes] * each).reshape(values.shape),
    )


def packed_integers(
    name: str, values: np.ndarray, bits: int, group: int, *, symmetric: bool, dense: bool = False
) -> tuple[Stored, np.ndarray]:
    """compressed-tensors' `pack-quantized`: codes in words along the inputs, or across words."""
    rows, columns = values.shape
    codes, scales, zeros, numbers = affine(values, bits, group)
    per_word = 32 // bits
    if symmetric:
        half = 2 ** (bits - 1)
        codes = np.clip(codes - zeros.repeat(group, 1)[:, :columns] + half, 0, 2 * half - 1)
        numbers = (codes - half) * scales.astype(np.float32).repeat(group, 1)[:, :columns]

    def words(line: list[int]) -> list[int]:
        if dense:
            return stream(np.array(line), bits, -(-len(line) * bits // 32)).view(np.uint32).tolist()
        line = line + [0] * (-len(line) % per_word)
        return [
            sum(code << bits * place for place, code in enumerate(line[at : at + per_word]))
            for at in range(0, len(line), per_word)
        ]

    packed = np.array([words(codes[n].tolist()) for n in range(rows)], np.uint32).view(np.int32)
    stored: Stored = {
        f"{name}_packed": ("I32", packed),
        f"{name}_scale": ("F16", scales),
        f"{name}_shape": ("I64", np.array([rows, columns])),
    }
    if not symmetric:
        down = np.array([words(zeros[:, n].tolist()) for n in range(zeros.shape[1])], np.uint32).T
        stored[f"{name}_zero_point"] = ("I32", np.ascontiguousarray(down).view(np.int32))
    return stored, numbers


def mlx(name: str, values: np.ndarray, bits: int, group: int) -> tuple[Stored, np.ndarray]:
    """MLX: `scale × code + bias`, codes as a stream of bits along each row."""
    codes, scales, zeros, numbers = affine(values, bits, group)
    packed = np.stack([stream(row, bits, values.shape[1] * bits // 32) for row in codes]).view(np.uint32)
    biases = (-zeros * scales.astype(np.float32)).astype(np.float32)
    return {
        f"{name}.weight": ("U32", packed),
        f"{name}.scales": ("F16", scales),
        f"{name}.biases": ("F32", biases),
    }, numbers
