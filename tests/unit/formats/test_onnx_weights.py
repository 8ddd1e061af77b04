"""ONNX weights in small numbers, in each dialect that names their scales, and numbers stored one by one."""

from __future__ import annotations

import struct

import numpy as np
import pytest

from build.onnx import chunk, model, node, number, tensor, varint
from build.quantised import affine, bitsandbytes4, weight
from gauger.core.limits import DEFAULT_LIMITS, Limits
from gauger.formats.source import MemorySource
from gauger.formats.weights import Weights, weights_of

RNG = np.random.default_rng(9)
CODES = RNG.integers(-128, 128, (6, 8)).astype(np.int8)
BYTES = RNG.integers(0, 256, (6, 8)).astype(np.uint8)
COLUMNS = RNG.uniform(0.01, 0.02, 8).astype(np.float32)
ROWS = RNG.uniform(0.01, 0.02, 6).astype(np.float32)
POINTS = RNG.integers(0, 256, 8).astype(np.uint8)
ONE = np.array(0.5, np.float32)


def opened(initialisers: dict[str, np.ndarray] | list[bytes], nodes=(), limits=DEFAULT_LIMITS) -> Weights:
    """A model of these tensors and operators."""
    if isinstance(initialisers, dict):
        initialisers = [tensor(name, array) for name, array in initialisers.items()]
    return weights_of([MemorySource(model(initialisers, nodes), name="m.onnx")], limits)


def numbers(weights: Weights, name: str = "w") -> np.ndarray:
    """All numbers of this weight, which must be there as a quantised one."""
    found = next(t for t in weights.tensors if t.name == name)
    assert found.quantiser
    return np.concatenate(list(weights.blocks(found))).reshape(found.shape)


def integer(name: str, value: int) -> bytes:
    """An attribute that is one integer."""
    return chunk(5, chunk(1, name) + number(3, value) + number(20, 2))


SCALED = {
    "columns": (CODES, COLUMNS, None, CODES * COLUMNS),
    "columns with points": (BYTES, COLUMNS, POINTS, (BYTES.astype("f4") - POINTS) * COLUMNS),
    "one for all": (BYTES, ONE, np.array(128, np.uint8), (BYTES.astype("f4") - 128) * ONE),
}


@pytest.mark.parametrize("case", SCALED)
@pytest.mark.parametrize(
    ("operator", "inputs"),
    [
        ("DequantizeLinear", "w s z"),
        ("QLinearMatMul", "a as az w s z ys yz"),
        ("QGemm", "a as az w s z"),
        ("QAttention", "x w b xs s m xz z"),
        ("DynamicQuantizeMatMul", "a w s z"),
        ("MatMulIntegerToFloat", "a w as s az z"),
    ],
)
def test_operators_name_the_scale_of_a_matrix(case, operator, inputs):
    """Weight, scale and zero point stand at each operator's own places."""
    codes, scale, point, expected = SCALED[case]
    stored = {"w": codes, "s": scale} | ({} if point is None else {"z": point})
    used = [
        name if name in ("w", "s") or (name == "z" and point is not None) else f"act_{name}"
        for name in inputs.split()
    ]
    if point is None:
        used = used[: used.index("s") + 1]
    found = opened(stored, [node(operator, used, ["y"])])
    np.testing.assert_allclose(numbers(found), expected, rtol=1e-6)
    assert found.unread == ()


def test_an_axis_of_rows_and_scales_in_blocks():
    """DequantizeLinear with `axis` and with `block_size`."""
    found = opened({"w": CODES, "s": ROWS}, [node("DequantizeLinear", ["w", "s"], ["y"], integer("axis", 0))])
    np.testing.assert_allclose(numbers(found), CODES * ROWS[:, None], rtol=1e-6)
    scales = RNG.uniform(1, 2, (6, 2)).astype("f4")
    attributes = integer("axis", 1) + integer("block_size", 4)
    found = opened({"w": CODES, "s": scales}, [node("DequantizeLinear", ["w", "s"], ["y"], attributes)])
    np.testing.assert_allclose(numbers(found), CODES * scales.repeat(4, 1), rtol=1e-6)


def test_filters_are_scaled_by_their_first_axis():
    """QLinearConv, and ConvInteger with the scale behind it."""
    filters = RNG.integers(-128, 128, (6, 2, 3, 3)).astype(np.int8)
    expected = filters * ROWS[:, None, None, None]
    operators = [node("QLinearConv", ["x", "xs", "xz", "w", "s", "", "ys", "yz"], ["y"])]
    np.testing.assert_allclose(numbers(opened({"w": filters, "s": ROWS}, operators)), expected, rtol=1e-6)
    operators = [
        node("ConvInteger", ["x", "w", "xz"], ["i"]),
        node("Cast", ["i"], ["f"]),
        node("Mul", ["xs", "s"], ["both"]),
        node("Mul", ["f", "both"], ["y"]),
    ]
    np.testing.assert_allclose(numbers(opened({"w": filters, "s": ROWS}, operators)), expected, rtol=1e-6)


def test_the_scale_behind_an_integer_product_is_found_without_names():
    """Through a cast and two products, the activation's scale passed over, in any order of operators."""
    operators = [
        node("Mul", ["f", "both"], ["y"]),
        node("Mul", ["act", "s"], ["both"]),
        node("Cast", ["i"], ["f"]),
        node("MatMulInteger", ["a", "w", "az", "z"], ["i"]),
    ]
    found = opened({"w": BYTES, "s": COLUMNS, "z": POINTS}, operators)
    np.testing.assert_allclose(numbers(found), (BYTES.astype("f4") - POINTS) * COLUMNS, rtol=1e-6)


def test_the_scale_of_a_stored_activation_is_not_the_weights():
    """An embedding goes straight into a product: both scales are stored, names tell them apart."""
    operators = [
        node("Mul", ["emb_scale", "w_scale"], ["both"]),
        node("MatMulInteger", ["x", "w_int", "", ""], ["i"]),
        node("Cast", ["i"], ["f"]),
        node("Mul", ["f", "both"], ["y"]),
    ]
    stored = {"w_int": CODES, "w_scale": COLUMNS, "emb_scale": np.array(3, np.float32)}
    np.testing.assert_allclose(numbers(opened(stored, operators), "w_int"), CODES * COLUMNS, rtol=1e-6)


@pytest.mark.parametrize(
    ("weight_name", "scale_name"),
    [
        ("l_quantized", "l_scale"),
        ("l_q", "l_scale"),
        ("l_int8", "l_scale"),
        ("l", "l.scale"),
        ("l.q", "l.scale"),
    ],
)
def test_names_tell_where_the_graph_does_not(weight_name, scale_name):
    """Spellings of quantisers and of hand-written exports."""
    found = opened({weight_name: CODES, scale_name: COLUMNS})
    np.testing.assert_allclose(numbers(found, weight_name), CODES * COLUMNS, rtol=1e-6)


@pytest.mark.parametrize("per_output", [False, True])
def test_recurrent_weights_have_a_scale_for_each_direction_or_output(per_output):
    """DynamicQuantizeLSTM: (directions, inputs, 4 × hidden)."""
    codes = RNG.integers(-128, 128, (2, 3, 8)).astype(np.int8)
    scale = RNG.uniform(1, 2, (2, 8) if per_output else (2,)).astype("f4")
    inputs = ["x", "w", "r", "", "", "", "", "", "s", "", "s", ""]
    found = opened({"w": codes, "r": codes, "s": scale}, [node("DynamicQuantizeLSTM", inputs, ["y"])])
    expected = codes * (scale[:, None, :] if per_output else scale[:, None, None])
    np.testing.assert_allclose(numbers(found, "w"), expected, rtol=1e-6)
    np.testing.assert_allclose(numbers(found, "r"), expected, rtol=1e-6)


@pytest.mark.parametrize("bits", [2, 4, 8])
@pytest.mark.parametrize("points", ["none", "packed", "floats"])
def test_matrices_of_a_few_bits_in_blocks(bits, points):
    """MatMulNBits: (outputs, blocks, bytes), inputs that do not fill the last block."""
    rows, columns, block = 5, 40, 16
    codes = RNG.integers(0, 2**bits, (rows, 48)).astype(np.uint8)
    packed = np.zeros((rows, 48 * bits // 8), np.uint8)
    for place in range(48):
        packed[:, place * bits // 8] |= codes[:, place] << (place * bits % 8)
    scales = RNG.uniform(1, 2, (rows, 3)).astype("f4")
    zeros = RNG.integers(0, 2**bits, (rows, 3)).astype(np.uint8)
    stored = {"w": packed.reshape(rows, 3, -1), "s": scales.reshape(-1)}
    if points == "packed":
        kept = np.zeros((rows, -(-3 * bits // 8)), np.uint8)
        for place in range(3):
            kept[:, place * bits // 8] |= zeros[:, place] << (place * bits % 8)
        stored["z"] = kept.reshape(-1)
    elif points == "floats":
        stored["z"] = zeros.astype("f4").reshape(-1)
    else:
        zeros[:] = 2 ** (bits - 1)
    attributes = (
        integer("K", columns) + integer("N", rows) + integer("bits", bits) + integer("block_size", block)
    )
    found = opened(stored, [node("MatMulNBits", ["a", "w", "s", "z"], ["y"], attributes)])
    expected = ((codes.astype("f4") - zeros.repeat(16, 1)) * scales.repeat(16, 1))[:, :columns]
    np.testing.assert_allclose(numbers(found), expected, rtol=1e-6)
    assert next(t for t in found.tensors if t.name == "w").shape == (rows, columns)


def test_matrices_in_nf4():
    """MatMulBnb4 is bitsandbytes' layout with the maxima as an input."""
    stored, expected = bitsandbytes4("w", weight(8, 64), "nf4", nested=False)
    operators = [
        node(
            "MatMulBnb4",
            ["a", "w", "s"],
            ["y"],
            integer("K", 64) + integer("N", 8) + integer("block_size", 64) + integer("quant_type", 1),
        )
    ]
    found = opened({"w": stored["w"][1].reshape(-1), "s": stored["w.absmax"][1]}, operators)
    np.testing.assert_allclose(numbers(found), expected, rtol=1e-6)


def test_embeddings_gathered_from_blocks():
    """GatherBlockQuantized with four bits in bytes."""
    codes, scales, zeros, expected = affine(weight(6, 64), 4, 32)
    packed = (codes[:, 0::2] | codes[:, 1::2] << 4).astype(np.uint8)
    kept = (zeros[:, 0] | zeros[:, 1] << 4).astype(np.uint8)[:, None]
    stored = {"w": packed, "s": scales.astype("f4"), "z": kept}
    attributes = integer("bits", 4) + integer("block_size", 32) + integer("quantize_axis", 1)
    found = opened(stored, [node("GatherBlockQuantized", ["w", "i", "s", "z"], ["y"], attributes)])
    np.testing.assert_allclose(numbers(found), expected, rtol=1e-6)


def raw(name: str, kind: int, shape: tuple[int, ...], body: bytes) -> bytes:
    """A `TensorProto` with this type and these fields of numbers."""
    return b"".join(number(1, size) for size in shape) + number(2, kind) + chunk(8, name) + body


SIGNED = [0, 1, -1, 127, -128, 5, 6, 7]


@pytest.mark.parametrize("packed", [True, False])
@pytest.mark.parametrize(
    ("kind", "field", "stored", "expected"),
    [
        (3, 5, SIGNED, SIGNED),
        (6, 5, [2**31 - 1, -(2**31), *SIGNED[2:]], [2**31, -(2**31), *SIGNED[2:]]),
        (7, 7, [2**40, *SIGNED[1:]], [2**40, *SIGNED[1:]]),
        (10, 5, np.array(SIGNED, "f2").view("u2").tolist(), SIGNED),
        (13, 11, [2**40, 1, 2, 3, 4, 5, 6, 7], [2**40, 1, 2, 3, 4, 5, 6, 7]),
        (22, 5, [0x21, 0x43, 0xF5, 0x87], [1, 2, 3, 4, 5, -1, 7, -8]),
    ],
)
def test_integers_stored_one_by_one(kind, field, stored, expected, packed):
    """In three fields of integers, packed and not; half floats and four bits by their codes."""
    values = [value & (1 << 64) - 1 for value in stored]
    body = (
        chunk(field, b"".join(varint(v) for v in values))
        if packed
        else b"".join(number(field, v) for v in values)
    )
    found = opened([raw("t", kind, (2, 4), body)])
    assert found.unread == ()
    table = np.array(expected, np.float32).reshape(2, 4)
    np.testing.assert_array_equal(found.rows(found.tensors[0]), table)
    np.testing.assert_array_equal(found.rows(found.tensors[0], 1, 1), table[1:])


def test_floats_stored_one_by_one():
    """Each behind its tag: `float_data` and `double_data` that were not packed."""
    values = np.arange(8) / 4
    floats = b"".join(varint(4 << 3 | 5) + struct.pack("<f", v) for v in values)
    doubles = b"".join(varint(10 << 3 | 1) + struct.pack("<d", v) for v in values)
    for kind, body in ((1, floats), (11, doubles)):
        found = opened([raw("t", kind, (4, 2), body)])
        np.testing.assert_array_equal(found.rows(found.tensors[0]), values.reshape(4, 2))


def test_long_lists_of_varints_are_read_by_pieces():
    """Rows out of the middle of a million numbers, in blocks of a few rows."""
    values = RNG.integers(-200, 200, (4000, 100))
    body = chunk(5, b"".join(varint(int(v) & (1 << 64) - 1) for v in values.reshape(-1)))
    found = opened([raw("t", 6, (4000, 100), body)], limits=Limits(block_bytes=400 * 700))
    np.testing.assert_array_equal(np.concatenate(list(found.blocks(found.tensors[0]))), values)
    np.testing.assert_array_equal(found.gather(found.tensors[0], [3999, 0, 1234]), values[[3999, 0, 1234]])


def test_numbers_that_are_too_few_are_malformed():
    """Seven numbers for a shape of eight."""
    from gauger.core.errors import Malformed  # noqa: PLC0415 - only this test

    found = opened([raw("t", 6, (2, 4), chunk(5, bytes(range(7))))])
    with pytest.raises(Malformed, match="not as many numbers"):
        found.rows(found.tensors[0])
