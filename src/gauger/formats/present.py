"""How much of a tensor is there, in a file that is cut off?"""

from __future__ import annotations

from gauger.formats.composite import Directory, Logical

CUT_OFF = "the file is cut off before it"


def rows_present(directory: Directory, logical: Logical) -> int:
    """How many rows, from the first, lie wholly inside the file?

    Returns:
        All of them where nothing is cut; none where what scales the rows is cut, or where the numbers are
        packed or do not stand row by row.
    """
    total = logical.rows.count
    for number, name in enumerate(logical.stored):
        entry = directory.entries[name]
        if entry.encoding is not None:
            continue
        there = directory.source(name).size_bytes - entry.offset
        if there >= entry.size_bytes or entry.size_bytes == 0:
            continue
        if number or entry.strides or there <= 0:
            return 0
        total = min(total, there * logical.rows.count // entry.size_bytes)
    return total
