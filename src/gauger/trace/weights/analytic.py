"""Fixed, untrained tensors: equal in unrelated models, and no sign of lineage."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from gauger.formats.number_types import Floats

Numbers = npt.NDArray[np.float64]

_EXACT = 1e-6
_RESIDUAL = 0.02
"""Largest part of a row that its recurrence leaves over. Half-precision Fourier bases leave up to 0.006. Of
1,580 trained tensors of 40 published files the nearest, a smooth classifier over pitches, has one row in
forty below, and the next has none: `_SHARE` asks for 95 in a hundred."""
_SHARE = 0.95
_SAMPLE = 8
_LOOKED_AT = 512
_WAVES = 3
"""Cosines in a row: one for the wave itself, three under a Hann or Hamming window."""
_SHORTEST = 24
_BRISK = 0.05


def is_analytic(rows: Floats) -> str:
    """Was this tensor written down by a formula rather than trained?

    Args:
        rows: float32 array of shape (n, k): the tensor's first rows in the file's own layout. Some hundred
        are
            enough; 512 are looked at.

    Returns:
        Why: `constant`, `identity or one-hot`, `mask`, `mel filters`, `Fourier basis (windowed)`,
        `sinusoids`, `rotary table`, `ramp`, `window`; empty for a trained tensor. Sums of sinusoids are
        recognised by the linear recurrence that they obey, whatever their frequencies, so an exact formula
        need not be known.
        O(rows · columns).
    """
    table = np.asarray(rows[:_LOOKED_AT], np.float64)
    if table.ndim != 2 or table.size < 2 or not np.isfinite(table).all():
        return ""
    tests: tuple[Callable[[Numbers], str], ...] = (_plain, _single_row, _filters, _waves)
    return next((why for test in tests if (why := test(table))), "")


def _plain(table: Numbers) -> str:
    """Constants, one-hot rows and triangular masks."""
    largest = np.abs(table).max()
    if np.ptp(table) <= _EXACT * largest:
        return "constant"
    if min(table.shape) < 2:
        return ""
    filled = np.abs(table) > _EXACT * largest
    values = table[filled]
    alike = np.ptp(values) <= _EXACT * largest
    if alike and (filled.sum(axis=1) <= 1).all() and filled.shape[1] > 1 and filled.sum() > 1:
        return "identity or one-hot"
    if min(table.shape) < 4:
        return ""
    low, high = table.min(), table.max()
    steps = np.where(np.abs(table - low) <= np.abs(table - high), low, high)
    if (steps == table).all():
        changes = (np.diff(table, axis=1) != 0).sum(axis=1)
        first = (table == table[:, :1]).argmin(axis=1)
        if (changes <= 1).all() and (np.diff(first[:-1]) == 1).all():
            return "mask"
    return ""


def _single_row(table: Numbers) -> str:
    """One row (or column) that is a progression or a window."""
    row = table.ravel()
    if min(table.shape) != 1 or len(row) < 8:
        return ""
    steps = np.diff(row)
    if np.ptp(steps) <= 1e-4 * np.abs(steps).max():
        return "ramp"
    if (row > 0).all() and np.ptp(np.diff(np.log(row))) <= 1e-3 * np.abs(np.diff(np.log(row))).max():
        return "rotary table"
    even = np.allclose(row, row[::-1], atol=1e-4 * np.abs(row).max()) or np.allclose(
        row[1:], row[1:][::-1], atol=1e-4 * np.abs(row).max()
    )
    if even and (row >= -_EXACT).all() and len(row) >= _SHORTEST:
        rising = np.diff(row[: len(row) // 2])
        if (rising > 0).all() and _left_over(row[None], 2)[0] < 1e-4:
            return "window"
    return ""


def _filters(table: Numbers) -> str:
    """Triangles on a frequency axis: non-negative, one hill in each row, the hills in order."""
    if (table < 0).any():
        return ""
    return next(("mel filters" for side in (table, table.T) if _are_hills(side)), "")


def _are_hills(table: Numbers) -> bool:
    filled = table > 0
    used = table[filled.any(axis=1)]
    if len(used) < 8 or table.shape[1] < 16 or filled.mean() > 0.25:
        return False
    on = used > 0
    first, last = on.argmax(axis=1), on.shape[1] - 1 - on[:, ::-1].argmax(axis=1)
    unbroken = (on.sum(axis=1) == last - first + 1).all()
    peaks = used.argmax(axis=1)
    index = np.arange(used.shape[1])
    slopes = np.diff(used, axis=1)
    up = (slopes >= -1e-9) | (index[1:] > peaks[:, None])
    down = (slopes <= 1e-9) | (index[1:] <= peaks[:, None])
    in_order = (np.diff(peaks) >= 0).all() and peaks[-1] > peaks[0]
    return bool(unbroken and up.all() and down.all() and in_order)


def _waves(table: Numbers) -> str:
    """Rows, or columns, that are sums of few sinusoids."""
    for side, called in ((table, "rows"), (table.T, "columns")):
        if min(side.shape) < 4 or side.shape[1] < _SHORTEST:
            continue
        if _obeys(side, 1):
            return "Fourier basis (windowed)" if _windowed(side) else _wave_name(table, called)
        if _obeys(side, _WAVES):
            return "Fourier basis (windowed)"
    return ""


def _windowed(side: Numbers) -> bool:
    """A window is a slow change of size, so one wave alone nearly fits; three then fit far better."""
    rows = side[:: max(1, len(side) // _SAMPLE)][:_SAMPLE]
    rows = rows[np.abs(rows).max(axis=1) > 0]
    one, three = (float(np.median(_left_over(rows, waves))) for waves in (1, _WAVES))
    return one > 1e-4 and three < one / 10


def _wave_name(table: Numbers, called: str) -> str:
    start = table[0]
    if called == "columns" and (np.allclose(start, 1, atol=1e-3) or np.allclose(start, 0, atol=1e-3)):
        return "rotary table"
    return "sinusoids"


def _obeys(side: Numbers, waves: int) -> bool:
    """Do nearly all rows obey the recurrence of so many sinusoids, and do enough of them really move?

    Slow curves obey any recurrence nearly; learned positions are slow. So one row in ten has to change by
    more than `_BRISK` of its size from step to step (in the second difference).
    """
    sizes = np.linalg.norm(side, axis=1)
    rows = side[sizes > 1e-4 * sizes.max()]
    if len(rows) < 4 or rows.shape[1] < 8 * waves:
        return False
    picked = rows[:: max(1, len(rows) // _SAMPLE)][:_SAMPLE]
    if (_left_over(picked, waves) < _RESIDUAL).mean() < 0.7:
        return False
    bends = np.linalg.norm(np.diff(rows, n=2, axis=1), axis=1) / np.linalg.norm(rows, axis=1)
    brisk = bends > _BRISK
    if brisk.mean() < 0.1:
        return False
    left = _left_over(rows, waves)
    return bool((left < _RESIDUAL).mean() >= _SHARE and (left[brisk] < _RESIDUAL).mean() >= _SHARE)


def _left_over(rows: Numbers, waves: int) -> Numbers:
    """How much of each row does the best recurrence of so many sinusoids leave over?

    A sum of m sinusoids x obeys x[n+m] + x[n−m] = Σ a_j (x[n+j] + x[n−j]) + a_0 x[n], j < m, exactly, for
    some
    a: its characteristic polynomial has its roots in pairs on the unit circle and is a palindrome. The a are
    found by least squares; what is left is measured against the row, and shared among the coefficients' size.
    """
    count, length = rows.shape
    middle = slice(waves, length - waves)
    terms = [rows[:, middle]]
    terms += [
        rows[:, waves + n : length - waves + n] + rows[:, waves - n : length - waves - n]
        for n in range(1, waves)
    ]
    target = rows[:, 2 * waves :] + rows[:, : length - 2 * waves]
    left = np.empty(count)
    for at in range(count):
        design = np.stack([term[at] for term in terms], axis=1)
        answer, *_ = np.linalg.lstsq(design, target[at], rcond=None)
        error = np.linalg.norm(target[at] - design @ answer)
        weight = np.sqrt(1.0 + np.square(answer).sum())
        left[at] = error / weight / max(np.linalg.norm(rows[at]), 1e-30)
    return left
