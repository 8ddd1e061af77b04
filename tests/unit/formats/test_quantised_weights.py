"""Weights that a file keeps as several tensors come out as one, with the numbers that were meant."""

from __future__ import annotations

import numpy as np
import pytest

from build import quantised as build
from gauger.core.limits import DEFAULT_LIMITS, Limits
from gauger.formats.source import MemorySource
from gauger.formats.weights import Weights, weights_of

ROWS, COLUMNS = 48, 128


def opened(stored, limits=DEFAULT_LIMITS, **options) -> Weights:
    """These tensors as a safetensors model."""
    return weights_of([MemorySource(build.safetensors_of(stored), name="m.safetensors")], limits, **options)


def check(stored, expected, quantiser, name="l.weight", *, tolerance=2e-6, **options):
    """One tensor of this name and these numbers, in one read, in blocks and row by row."""
    stored = {"norm.weight": ("F32", np.ones(4, np.float32)), **stored}
    # Five rows a block: everything is read in pieces, and no table is held.
    for limits in (DEFAULT_LIMITS, Limits(block_bytes=4 * expected.shape[-1] * 5)):
        weights = opened(stored, limits, **options)
        assert weights.unread == ()
        assert sorted(t.name for t in weights.tensors) == sorted(["norm.weight", name])
        tensor = next(t for t in weights.tensors if t.name == name)
        assert tensor.shape == expected.shape
        assert tensor.quantiser == quantiser
        assert set(tensor.stored) == set(stored) - {"norm.weight"}
        flat = expected.reshape(-1, expected.shape[-1])
        found = np.concatenate(list(weights.blocks(tensor)))
        np.testing.assert_allclose(found, flat, rtol=tolerance, atol=tolerance)
        chosen = [7, 2, 2, len(flat) - 1]
        np.testing.assert_allclose(
            weights.gather(tensor, chosen), flat[chosen], rtol=tolerance, atol=tolerance
        )
        np.testing.assert_array_equal(weights.rows(tensor, 3, 2), found[3:5])


def near(values, numbers, step):
    """The builder itself is a quantiser: what it kept is within its step of what it was given."""
    assert np.abs(values - numbers).max() < step


@pytest.mark.parametrize("bits", [2, 3, 4, 8])
@pytest.mark.parametrize("version", [1, 2])
def test_gptq_of_every_width_and_version(bits, version):
    """Words along the inputs, across word borders for three bits; version 1 stores zero points less one."""
    values = build.weight(ROWS if bits != 3 else 64, COLUMNS)
    stored, numbers = build.gptq("l", values, bits, 32, version=version)
    near(values, numbers, 8 / 2**bits)
    config = {"quantization_config": {"checkpoint_format": "gptq_v2"}} if version == 2 else {}
    check(stored, numbers, f"gptq-{bits}", config=config)


def test_gptq_in_activation_order():
    """`g_idx` says which group each input is of."""
    values = build.weight(ROWS, COLUMNS)
    order = np.random.default_rng(5).permutation(COLUMNS)
    stored, numbers = build.gptq("l", values, 4, 32, order=order)
    check(stored, numbers, "gptq-4")


def test_symmetric_gptq_of_version_two_is_told_by_its_zero_points():
    """All of them are half the range, which version 1 would never store."""
    values = build.weight(ROWS, COLUMNS)
    values[:, ::16], values[:, 1::16] = -8, 7
    stored, numbers = build.gptq("l", values, 4, 32, version=2)
    assert (stored["l.qzeros"][1].view("u4") == 0x88888888).all()
    check(stored, numbers, "gptq-4")


def test_awq_puts_its_columns_back_in_order():
    """Eight outputs a word, interleaved."""
    values = build.weight(ROWS, COLUMNS)
    stored, numbers = build.awq("l", values, 64)
    near(values, numbers, 0.5)
    check(stored, numbers, "awq-4")


@pytest.mark.parametrize("kind", ["nf4", "fp4"])
@pytest.mark.parametrize("nested", [False, True])
def test_bitsandbytes_four_bits(kind, nested):
    """Blocks run over rows; scales may be quantised once more."""
    values = build.weight(ROWS, 120)
    stored, numbers = build.bitsandbytes4("l.weight", values, kind, nested=nested)
    near(values, numbers, 0.7)
    check(stored, numbers, kind, tolerance=1e-5)


def test_llm_int8_scales_by_rows():
    """`SCB` stands beside the weight's module, not its name."""
    stored, numbers = build.int8_rows("l", build.weight(ROWS, COLUMNS))
    check(stored, numbers, "int8")


@pytest.mark.parametrize("block", [(ROWS, COLUMNS), (1, COLUMNS), (32, 32)])
@pytest.mark.parametrize("scale", ["_scale", "_scale_inv"])
def test_eight_bit_floats_with_scales(block, scale):
    """One scale, one a row, one a block; blocks at the edge are short."""
    stored, numbers = build.fp8("l.weight", build.weight(ROWS, COLUMNS), block, scale)
    check(stored, numbers, "fp8")


def test_the_configuration_settles_the_size_of_blocks():
    """Two blocks of 100 columns could be of 50, or one of 64 and a short one."""
    stored, numbers = build.fp8("l.weight", build.weight(ROWS, 100), (ROWS, 64), "_scale")
    check(stored, numbers, "fp8", config={"quantization_config": {"weight_block_size": [64, 64]}})
    stored, numbers = build.fp8("l.weight", build.weight(ROWS, 100), (ROWS, 50), "_scale")
    check(stored, numbers, "fp8")


def test_blocks_of_128_with_a_short_one_at_each_edge():
    """DeepSeek's: 300 rows are three blocks."""
    stored, numbers = build.fp8("l.weight", build.weight(300, 200), (128, 128), "_scale_inv")
    check(stored, numbers, "fp8")


@pytest.mark.parametrize("bits", [2, 3, 4, 5, 6, 8])
@pytest.mark.parametrize("symmetric", [True, False])
@pytest.mark.parametrize("dense", [True, False])
def test_compressed_tensors_pack_integers_along_the_inputs(bits, symmetric, dense):
    """Zero points are packed along the outputs; three bits leave two of each word empty, in older files."""
    values = build.weight(ROWS, COLUMNS)
    stored, numbers = build.packed_integers("l.weight", values, bits, 32, symmetric=symmetric, dense=dense)
    check(stored, numbers, f"int{bits}")


def test_gpt_oss_experts():
    """Blocks and scales of MXFP4 with a dimension of experts, outputs before inputs."""
    values = build.weight(4 * 24, 64).reshape(4, 24, 64)
    packed, scales, numbers = build.mxfp4(values)
    near(values, numbers, 1.1)
    name = "m.experts.gate_up_proj"
    stored = {f"{name}_blocks": ("U8", packed), f"{name}_scales": ("U8", scales)}
    check(stored, numbers, "mxfp4", name=name)


def test_compressed_tensors_and_mlx_in_mxfp4():
    """The same codes under other names."""
    packed, scales, numbers = build.mxfp4(build.weight(ROWS, COLUMNS))
    flat = packed.reshape(ROWS, -1)
    check({"l.weight_packed": ("U8", flat), "l.weight_scale": ("U8", scales)}, numbers, "mxfp4")
    check({"l.weight": ("U32", flat.view("<u4")), "l.scales": ("U8", scales)}, numbers, "mxfp4")


def test_nvfp4_of_two_packages():
    """ModelOpt multiplies by the second scale, compressed-tensors divides by it."""
    packed, scales, second, numbers = build.nvfp4(build.weight(ROWS, COLUMNS))
    one = {
        "l.weight": ("U8", packed),
        "l.weight_scale": ("F8_E4M3", scales),
        "l.weight_scale_2": ("F32", second),
    }
    check({**one, "l.input_scale": ("F32", np.float32(1))}, numbers, "nvfp4")
    inverse = np.array([1 / second], np.float32)
    two = {"l.weight_packed": ("U8", packed), "l.weight_scale": ("F8_E4M3", scales)}
    check({**two, "l.weight_global_scale": ("F32", inverse)}, numbers, "nvfp4")


@pytest.mark.parametrize(("bits", "group"), [(4, 64), (8, 64), (3, 64), (6, 64), (2, 64), (8, 32)])
def test_mlx(bits, group):
    """Groups of 64 are taken for granted; of another size they need the configuration."""
    values = build.weight(ROWS, COLUMNS)
    stored, numbers = build.mlx("l", values, bits, group)
    config = {"quantization": {"bits": bits, "group_size": group}} if group != 64 else {}
    check(stored, numbers, f"mlx-{bits}", config=config, tolerance=1e-4)


def test_quantisers_that_cannot_be_decoded_are_listed_with_their_reason():
    """Their codes are never handed out as if they were weights."""
    ints = ("I32", np.zeros((4, 4), np.int32))
    stored = {
        "a.q_weight": ints, "a.q_scale": ints, "a.q_groups": ints,
        "b.W_q": ints, "b.scale": ints, "b.zero": ints,
        "c.qweight": ints, "c.scales": ints,
    }  # fmt: skip
    weights = opened(stored)
    assert weights.tensors == ()
    reasons = dict(weights.unread)
    assert set(reasons) == set(stored)
    assert "EXL2" in reasons["a.q_weight"]
    assert "HQQ" in reasons["b.W_q"]
    assert "neither AWQ nor GPTQ" in reasons["c.qweight"]


def test_scales_that_do_not_fit_make_a_weight_unread():
    """It is not read as plain integers instead."""
    stored, _ = build.fp8("l.weight", build.weight(ROWS, COLUMNS), (ROWS, COLUMNS), "_scale")
    stored["l.weight_scale"] = ("F32", np.ones((7, 3), np.float32))
    weights = opened(stored)
    assert [name for name, _ in weights.unread] == ["l.weight"]
    assert "do not fit" in weights.unread[0][1]
    assert [t.name for t in weights.tensors] == ["l.weight_scale"]


def test_memory_does_not_grow_with_the_number_of_layers():
    """Scales and tables are held within eight blocks, whatever was read before."""
    stored = {}
    for layer in range(12):
        stored |= build.gptq(f"{layer}", build.weight(64, 256, layer), 4, 32)[0]
    limits = Limits(block_bytes=8 * 1024)
    weights = opened(stored, limits)
    for tensor in weights.tensors:
        assert sum(len(block) for block in weights.blocks(tensor)) == 64
    held = weights._directory.held
    assert sum(array.nbytes for array in held._arrays.values()) <= held.most_bytes == 8 * 8 * 1024
