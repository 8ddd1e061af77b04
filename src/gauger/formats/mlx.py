"""MLX: integers packed into words along the inputs, with a scale and an offset for each group.

Source: the documentation of `mlx.core.quantize`: a weight is `scale × code + bias`.
"""

from __future__ import annotations

from collections.abc import Iterator

from gauger.core.errors import GaugerError, Malformed
from gauger.formats.codes import CodeRows
from gauger.formats.column_words import stems
from gauger.formats.composite import Directory, Logical
from gauger.formats.compressed_tensors import four_bit_floats
from gauger.formats.rows import Rows
from gauger.formats.scaled import Scaled

_WORD = 32
_BITS = (2, 3, 4, 5, 6, 8)
_USUAL_GROUP = 64
"""MLX's default. Codes of 4 bits in groups of 64 and of 8 bits in groups of 32 look alike; the configuration
tells them apart where it is given."""


def find_mlx(directory: Directory) -> Iterator[Logical]:
    """Weights of words with `scales` and `biases` of one size for each group of inputs."""
    for stem in stems(directory, ".scales"):
        name, scale = f"{stem}.weight", f"{stem}.scales"
        packed, given = directory.shape(name), directory.shape(scale)
        if directory.dtype(name) != "U32" or packed[:-1] != given[:-1] or not packed:
            continue
        try:
            rows, kind = (
                _integers(directory, stem)
                if f"{stem}.biases" in directory.entries
                else _floats(directory, stem)
            )
        except GaugerError as error:
            directory.unread.append((name, error.message))
            continue
        beside = (f"{stem}.biases",) if f"{stem}.biases" in directory.entries else ()
        yield Logical(name=name, rows=rows, quantiser=kind, stored=(name, scale, *beside))


def _integers(directory: Directory, stem: str) -> tuple[Rows, str]:
    packed, groups = directory.shape(f"{stem}.weight"), directory.shape(f"{stem}.scales")[-1]
    bits = _bits(directory, packed[-1] * _WORD, groups)
    shape = (*packed[:-1], packed[-1] * _WORD // bits)
    codes = CodeRows(directory.octets(f"{stem}.weight"), shape, stored_row=4 * packed[-1], bits=bits)
    table, step = directory.scales(f"{stem}.scales", shape)
    offset, _ = directory.scales(f"{stem}.biases", shape)
    return Scaled(codes, table, step=step, offset=offset), f"mlx-{bits}"


def _bits(directory: Directory, row_bits: int, groups: int) -> int:
    """Bits of a code: as the configuration says where that fits, else those that make groups of 64."""
    said = directory.quantisation().get("bits")
    wanted = [said] if isinstance(said, int) and said in _BITS else []
    for bits in (*wanted, *_BITS):
        columns = row_bits // bits
        known = directory.quantisation().get("group_size") if bits in wanted else _USUAL_GROUP
        if groups and row_bits % bits == 0 and columns % groups == 0 and columns // groups == known:
            return bits
    raise Malformed("its packed integers fit no number of bits with groups of 64")


def _floats(directory: Directory, stem: str) -> tuple[Rows, str]:
    packed = directory.shape(f"{stem}.weight")
    return four_bit_floats(
        directory, codes=f"{stem}.weight", scale=f"{stem}.scales", shape=(*packed[:-1], 8 * packed[-1])
    )
