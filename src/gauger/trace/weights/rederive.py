"""Does quantising the reference again give the quantised model? The strongest proof."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from gauger.core.errors import GaugerError
from gauger.core.readings import Measured, Reading, Unmeasured
from gauger.trace.weights.links import Link

_TYPES = frozenset({"Q4_0", "Q4_1", "Q5_0", "Q5_1", "Q8_0"})
"""Types whose quantiser is deterministic and in the `gguf` package. Source: gguf-py `quants.py`."""

_TENSORS = 4
_ROWS = 32


def rederived(links: Sequence[Link], quantiser: str, *, ours: bool) -> Reading:
    """Which share of the quantised numbers comes out again when the plain side is quantised here?

    Args:
        links: Linked tensors, one side of which is quantised.
        quantiser: The type.
        ours: Whether ours is the quantised side.

    Returns:
        The share over the first rows of up to four tensors; Unmeasured for types that cannot be made here.
    """
    if quantiser not in _TYPES:
        return Unmeasured(reason="not-supported", detail=f"{quantiser} cannot be made again here")
    from gguf.constants import GGMLQuantizationType  # noqa: PLC0415 - 70 ms that most comparisons do not need
    from gguf.quants import dequantize, quantize  # noqa: PLC0415

    kind = GGMLQuantizationType[quantiser]
    equal = numbers = 0
    for link in sorted(links, key=lambda x: -x.numbers):
        a, b = link.match.ours.matrix, link.match.theirs.matrix
        coded, plain = (a, b) if ours else (b, a)
        fits = coded.shape == plain.shape and coded.by_rows and plain.by_rows and coded.shape[1] % 32 == 0
        if coded.tensor.quantiser != quantiser or not fits or numbers >= _TENSORS * _ROWS * coded.shape[1]:
            continue
        try:
            stored, rows = coded.rows(0, _ROWS), plain.rows(0, _ROWS)
        except GaugerError:
            continue
        again = dequantize(quantize(np.ascontiguousarray(rows), kind), kind)
        equal += int((again == stored).sum())
        numbers += stored.size
    if not numbers:
        return Unmeasured(reason="too-little-data", detail="no tensor of both lies row by row")
    return Measured.exact(equal / numbers, "share", numbers)
