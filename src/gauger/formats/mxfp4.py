"""MXFP4 as gpt-oss stores its experts, and NVFP4 as NVIDIA ModelOpt stores linear layers.

Sources: OCP Microscaling Formats (MX) Specification 1.0; the model card of gpt-oss for `*_blocks` and
`*_scales`; NVIDIA ModelOpt's export for `weight_scale` and `weight_scale_2`.
"""

from __future__ import annotations

from collections.abc import Iterator

from gauger.core.errors import GaugerError
from gauger.formats.column_words import stems
from gauger.formats.composite import Directory, Logical
from gauger.formats.compressed_tensors import four_bit_floats

_BYTES = ("U8", "torch.ByteStorage")


def find_mxfp4(directory: Directory) -> Iterator[Logical]:
    """Weights stored as `X_blocks` (…, outputs, groups, 16) and `X_scales` (…, outputs, groups).

    They come as (…, outputs, inputs); the model's own code transposes them.
    """
    for name in stems(directory, "_blocks"):
        blocks, scales = f"{name}_blocks", f"{name}_scales"
        given = directory.shape(blocks)
        if directory.dtype(blocks) not in _BYTES or directory.shape(scales) != given[:-1] or len(given) < 3:
            continue
        shape = (*given[:-2], given[-2] * given[-1] * 2)
        try:
            rows, kind = four_bit_floats(directory, codes=blocks, scale=scales, shape=shape)
        except GaugerError as error:
            directory.unread.append((blocks, error.message))
            continue
        yield Logical(name=name, rows=rows, quantiser=kind, stored=(blocks, scales))


def find_nvfp4(directory: Directory) -> Iterator[Logical]:
    """Weights of bytes, two codes each, with `X_scale` in eight-bit floats and one `X_scale_2` for all."""
    for name in stems(directory, "_scale_2"):
        scale = f"{name}_scale"
        if directory.dtype(name) not in _BYTES or not directory.dtype(scale).startswith("F8_"):
            continue
        given = directory.shape(name)
        shape = (*given[:-1], 2 * given[-1]) if given else ()
        try:
            rows, kind = four_bit_floats(
                directory, codes=name, scale=scale, shape=shape, factor=f"{name}_scale_2"
            )
        except GaugerError as error:
            directory.unread.append((name, error.message))
            continue
        activations = f"{name.rpartition('.')[0]}.input_scale"
        beside = (activations,) if activations in directory.entries else ()
        yield Logical(name=name, rows=rows, quantiser=kind, stored=(name, scale, f"{name}_scale_2", *beside))
