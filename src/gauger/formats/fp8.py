"""Weights of eight bits, float or integer, with a scale beside them: one, one a row, one a block.

`X_scale` and DeepSeek's `X_scale_inv` are both multiplied: the latter is the inverse of the scale with which
the weight was quantised. Sources: DeepSeek-V3's technical report (arXiv:2412.19437) for blocks of 128 × 128;
compressed-tensors' formats `float-quantized`, `int-quantized` and `naive-quantized`; NVIDIA ModelOpt's names.
"""

from __future__ import annotations

from collections.abc import Iterator

from gauger.core.errors import GaugerError
from gauger.formats.composite import Directory, Logical
from gauger.formats.decoders import Decoder, by_pairs
from gauger.formats.number_types import to_float32
from gauger.formats.rows import Rows
from gauger.formats.scaled import Scaled, ScaleTable
from gauger.formats.stored_rows import StoredRows

_FLOATS = ("F8_E4M3", "F8_E5M2", "F8_E4M3FNUZ", "F8_E5M2FNUZ")
_INTEGERS = ("I8", "torch.CharStorage")
_SIBLINGS = ("input_scale", "activation_scale", "k_scale", "v_scale", "output_scale")
"""Scales of activations: they belong to the layer and are no weights."""


def find_scaled_bytes(directory: Directory) -> Iterator[Logical]:
    """Eight-bit weights with scales beside them."""
    for name, entry in directory.entries.items():
        is_float = entry.dtype in _FLOATS
        if not is_float and entry.dtype not in _INTEGERS:
            continue
        scale = scale_name(directory, name)
        if not scale or scale == name:
            continue
        try:
            codes = directory.rows(name)
            table, step = directory.scales(
                scale, codes.shape, rows=scale_rows(directory, scale), block=_block(directory, scale)
            )
            zero, zero_name = _zeros(directory, name, codes)
        except GaugerError as error:
            directory.unread.append((name, f"with {scale.rpartition('.')[2]}: {error.message}"))
            continue
        stem = name.rpartition(".")[0]
        beside = [f"{stem}.{leaf}" for leaf in _SIBLINGS]
        stored = (name, scale, *zero_name, *(one for one in beside if one in directory.entries))
        kind = "fp8" if is_float else "int8"
        yield Logical(
            name=name,
            rows=Scaled(codes, table, zero, step=step),
            quantiser=kind,
            stored=tuple(dict.fromkeys(stored)),
        )


def scale_name(directory: Directory, name: str) -> str:
    """Which stored tensor scales this one? Empty where none does."""
    stem, dot, leaf = name.rpartition(".")
    names = [f"{name}_scale", f"{name}_scale_inv"]
    if leaf == "weight":
        names += [f"{stem}{dot}scale", f"{stem}{dot}scale_weight", f"{stem}{dot}weights_scaling_factor"]
    return next((one for one in names if one in directory.entries), "")


def scale_rows(directory: Directory, name: str) -> Rows:
    """Scales as numbers: those of one byte without a sign are powers of two (E8M0)."""
    if directory.dtype(name) != "U8":
        return directory.rows(name)
    return StoredRows(directory.octets(name), directory.shape(name), POWERS)


POWERS = Decoder(1, 1, by_pairs(to_float32("F8_E8M0")(bytes(range(256)))))
"""Powers of two with a bias of 127. Source: OCP Microscaling Formats (MX) Specification 1.0, section 5.4."""


def _zeros(directory: Directory, name: str, codes: Rows) -> tuple[ScaleTable | float, tuple[str, ...]]:
    zero = f"{name}_zero_point"
    if zero not in directory.entries:
        return 0.0, ()
    return directory.scales(zero, codes.shape, block=_block(directory, zero))[0], (zero,)


_DEEPSEEK_BLOCK = 128


def _block(directory: Directory, scale: str) -> int:
    """Numbers along each side of a block; 0 where only the sizes can tell."""
    said = directory.quantisation().get("weight_block_size")
    if isinstance(said, list | tuple) and said and isinstance(said[0], int):
        return max(0, said[0])
    return _DEEPSEEK_BLOCK if scale.endswith("_inv") else 0
