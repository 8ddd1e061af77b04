"""Every way in which several stored tensors make up one weight; the first that fits takes them."""

from __future__ import annotations

from gauger.formats.awq import find_awq
from gauger.formats.bitsandbytes import find_bitsandbytes
from gauger.formats.composite import Finder
from gauger.formats.compressed_tensors import find_compressed_tensors
from gauger.formats.fp8 import find_scaled_bytes
from gauger.formats.gptq import find_gptq
from gauger.formats.mlx import find_mlx
from gauger.formats.mxfp4 import find_mxfp4, find_nvfp4
from gauger.formats.pairs import find_pairs
from gauger.formats.unread_quantisers import find_unread

FINDERS: tuple[Finder, ...] = (
    find_pairs,
    find_awq,
    find_gptq,
    find_bitsandbytes,
    find_compressed_tensors,
    find_mxfp4,
    find_nvfp4,
    find_mlx,
    find_scaled_bytes,
    find_unread,
)
"""In order."""
