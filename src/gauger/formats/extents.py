"""Do the tensors' places make sense? One check for every format that has a directory of offsets."""

from __future__ import annotations

from collections.abc import Sequence

from gauger.core.errors import Malformed
from gauger.core.text import printable
from gauger.formats.model_file import TensorEntry

MAX_DIMENSIONS = 32
"""More than any framework allows (NumPy 2: 64, PyTorch: 64, ggml: 4); keeps products small."""

_MAX_ELEMENTS = 1 << 62


def elements_of(shape: Sequence[int], *, name: str, subject: str) -> int:
    """How many numbers does a tensor of this shape hold?

    Raises:
        Malformed: a negative size, too many dimensions, or more elements than any file could hold.
    """
    if len(shape) > MAX_DIMENSIONS:
        raise Malformed(f"tensor {printable(name, 80)} has {len(shape)} dimensions", subject=subject)
    total = 1
    for size in shape:
        if size < 0:
            raise Malformed(f"tensor {printable(name, 80)} has a negative size", subject=subject)
        total *= size
        if total > _MAX_ELEMENTS:
            raise Malformed(f"tensor {printable(name, 80)} is impossibly large", subject=subject)
    return total


def check_extents(
    tensors: Sequence[TensorEntry], *, start: int, size_bytes: int, alignment: int, subject: str
) -> list[str]:
    """Which oddities do the tensors' places have?

    Args:
        tensors: Entries of one part.
        start: Where the data section begins.
        size_bytes: Of the whole part.
        alignment: Gaps shorter than this are padding.
        subject: The part, for messages.

    Returns:
        Remarks: bytes that belong to no tensor, data that is cut off. O(n log n).

    Raises:
        Malformed: two tensors claim the same bytes, or a tensor lies before the data section.
    """
    end = start
    unclaimed = 0
    for entry in sorted(tensors, key=lambda t: (t.offset, t.size_bytes)):
        if entry.size_bytes == 0:
            continue
        if entry.offset < end:
            raise Malformed(
                f"tensor {printable(entry.name, 80)} begins at byte {entry.offset}, inside another",
                subject=subject,
            )
        unclaimed += entry.offset - end if entry.offset - end >= alignment else 0
        end = entry.offset + entry.size_bytes
    remarks = []
    if size_bytes - end >= alignment:
        unclaimed += size_bytes - end
    if unclaimed:
        remarks.append(f"{subject}: {unclaimed} bytes of the data section belong to no tensor")
    cut = sum(entry.offset + entry.size_bytes > size_bytes for entry in tensors)
    if cut:
        remarks.append(
            f"{subject}: cut off: the data should end at byte {end}, the file has {size_bytes}; "
            f"{cut} of {len(tensors)} tensors are not whole"
        )
    return remarks


def check_names(tensors: Sequence[TensorEntry], *, subject: str) -> None:
    """Is every tensor's name its own?

    Raises:
        Malformed: two tensors share a name, so that two readers could see two different models.
    """
    seen: set[str] = set()
    for entry in tensors:
        if entry.name in seen:
            raise Malformed(f"two tensors are called {printable(entry.name, 80)}", subject=subject)
        seen.add(entry.name)
