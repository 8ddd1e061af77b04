"""What was done to a tensor, once it is known which one it comes from."""

from __future__ import annotations

import re

import msgspec
import numpy as np
import numpy.typing as npt

from gauger.formats.number_types import Floats

BRAIN_ROUNDING = 2.0**-8
"""The largest relative error of one number that is rounded to bfloat16; float16 errs less."""

_NOTHING = 1e-30
_FALL = 6.0
_IN_RANK = 0.95
_BITS = re.compile(
    r"(?:^|[^0-9a-z])(?:(?:i?q|tq|int|uint|awq-|gptq-|hqq-|nf|fp|mxfp|nvfp|[iuf])(?=\d)|(?=\d+-bit))(\d+)",
    re.IGNORECASE,
)
_PER_TENSOR = re.compile(r"int8|fp8|f8|i8|u8|int16|8-bit$", re.IGNORECASE)


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """How the numbers of ours differ from theirs, both in one order of axes.

    Attributes:
        numbers: How many were compared.
        cosine: Between both, uncentred.
        relative: ‖ours − theirs‖ / ‖theirs‖.
        contained: How much of theirs is in ours: ⟨ours, theirs⟩ / ⟨theirs, theirs⟩. 1 where ours is theirs
            plus something unrelated.
        containing: The same the other way round.
        equal: Share of numbers that are exactly equal.
        rounding: The largest relative difference of one number among those that are not tiny.
        zeros_ours: Share of exact zeros in ours.
        zeros_theirs: In theirs.
        kept: ‖ours − theirs‖ / ‖theirs‖ over the places where neither is zero.
    """

    numbers: int
    cosine: float
    relative: float
    contained: float
    containing: float
    equal: float
    rounding: float
    zeros_ours: float
    zeros_theirs: float
    kept: float

    @property
    def is_rounding(self) -> bool:
        """Is the difference no more than a change of the floating-point type makes?"""
        return self.rounding <= 2 * BRAIN_ROUNDING and self.relative <= BRAIN_ROUNDING


def change_between(ours: Floats, theirs: Floats) -> Change:
    """How do these numbers differ? Arrays of one shape; not-finite numbers are left out."""
    a, b = ours.reshape(-1).astype(np.float64), theirs.reshape(-1).astype(np.float64)
    finite = np.isfinite(a) & np.isfinite(b)
    a, b = a[finite], b[finite]
    if not a.size:
        return Change(numbers=0, cosine=0, relative=1, contained=0, containing=0, equal=0, rounding=1,
                      zeros_ours=0, zeros_theirs=0, kept=1)  # fmt: skip
    dot, aa, bb = float(a @ b), float(a @ a), float(b @ b)
    both = (a != 0) & (b != 0)
    gone = a - b
    sizeable = np.abs(b) > 1e-3 * float(np.abs(b).max(initial=_NOTHING))
    sizeable &= both
    relative = np.abs(gone[sizeable]) / np.abs(b[sizeable]) if sizeable.any() else np.ones(1)
    return Change(
        numbers=int(a.size),
        cosine=dot / max(np.sqrt(aa * bb), _NOTHING),
        relative=float(np.linalg.norm(gone)) / max(np.sqrt(bb), _NOTHING),
        contained=dot / max(bb, _NOTHING),
        containing=dot / max(aa, _NOTHING),
        equal=float((a == b).mean()),
        rounding=float(relative.max()),
        zeros_ours=float((a == 0).mean()),
        zeros_theirs=float((b == 0).mean()),
        kept=_kept(gone[both], b[both]),
    )


def _kept(gone: npt.NDArray[np.float64], theirs: npt.NDArray[np.float64]) -> float:
    if not theirs.size:
        return 1.0
    return float(np.linalg.norm(gone)) / max(float(np.linalg.norm(theirs)), _NOTHING)


def quantising_error(quantiser: str) -> float:
    """Up to which relative change is a tensor in this type no more than quantised?

    A uniform quantiser of b bits over a block that spans 4.8 standard deviations errs by span / 2^b / √12;
    the bound is 1.6 times that. Types with one scale for many numbers span more (16 deviations), and
    calibrated ones (AWQ, GPTQ) trade weight error for output error: 2.5 times.

    Source: the error of uniform quantisation, e.g. Bennett 1948, "Spectra of quantized signals"; spans
    measured
        on the real models of `bench/trace`.
    """
    bits = bits_of(quantiser)
    if not bits:
        return 0.0
    span = 16.0 if _PER_TENSOR.search(quantiser) else 4.8
    factor = 2.5 if re.search(r"awq|gptq|hqq|iq[123]", quantiser, re.IGNORECASE) else 1.6
    return float(min(factor * span / 2.0**bits / np.sqrt(12.0), 0.75))


def bits_of(quantiser: str) -> int:
    """How many bits a number has in this type, as its name tells; 0 where it does not."""
    found = _BITS.search(f" {quantiser}")
    return int(found[1]) if found else 0


def zeros_by_rounding(quantiser: str) -> float:
    """Up to which share of a tensor does this type alone round to zero?

    Numbers under half a step: 0.4 · step in deviations for bell-shaped weights; twice that is granted.
    """
    bits = bits_of(quantiser)
    return min(0.6, 0.8 * 4.8 / 2.0**bits) if bits else 0.0


def rounded_to(plain: Floats, grid: Floats, kind: str) -> bool:
    """Are the numbers on the grid what the plain ones become by rounding?

    Rounding errors are spread evenly over half a step to both sides; a later change of the plain numbers is
    not.

    Args:
        plain: Rows of the side without a grid, shape (rows, columns).
        grid: The same rows of the side on the grid.
        kind: As from `grid_of`.
    """
    size = 32 if "blocks" in kind and grid.shape[1] % 32 == 0 else grid.shape[1]
    x, y = (v.astype(np.float64).reshape(-1, size) for v in (plain, grid))
    if kind.startswith("4-bit"):
        gaps = np.diff(np.sort(y, axis=1), axis=1)
        largest = np.abs(y).max(axis=1, keepdims=True)
        step = np.where(gaps > 1e-4 * largest, gaps, np.inf).min(axis=1, keepdims=True)
    else:
        step = np.abs(y).max(axis=1, keepdims=True) / 127.0
    usable = np.isfinite(step[:, 0]) & (step[:, 0] > 0)
    if not usable.any():
        return False
    error = (x[usable] - y[usable]) / (step[usable] / 2.0)
    spread = float(np.sqrt((error**2).mean()))
    return float((np.abs(error) <= 1.1).mean()) >= 0.95 and 0.4 <= spread <= 0.75


def grid_of(rows: Floats) -> str:
    """Do these plain numbers lie on the grid of a quantiser, and of which?

    Args:
        rows: Whole rows as stored, shape (rows, columns).

    Returns:
        `4-bit blocks of 32`, `8-bit blocks of 32`, `8-bit`, or empty: what dequantised weights show. Numbers
        that were rounded to bfloat16 have more values than any of these.
    """
    count, columns = rows.shape
    if rows.size < 1024 or not np.isfinite(rows).all():
        return ""
    if columns % 32 == 0:
        blocks = rows[: max(1, 65536 // columns)].reshape(-1, 32)
        blocks = blocks[(blocks != 0).sum(axis=1) > 24]
        if len(blocks) >= 16:
            distinct = (np.diff(np.sort(blocks, axis=1), axis=1) != 0).sum(axis=1) + 1
            if float((distinct <= 16).mean()) > 0.98:
                return "4-bit blocks of 32"
            step = np.abs(blocks).max(axis=1, keepdims=True) / 127.0
            off = np.abs(blocks / step - np.rint(blocks / step))
            if float((off < 0.06).mean()) > 0.98:
                return "8-bit blocks of 32"
    values = np.unique(rows)
    if len(values) <= 2:
        return ""
    if len(values) <= 256 and rows.size >= 16 * len(values):
        return "8-bit"
    by_row = [len(np.unique(row)) for row in rows[:16]]
    if columns >= 1024 and max(by_row) <= 256:
        return "8-bit"
    by_column = [len(np.unique(column)) for column in rows.T[:16]]
    return "8-bit" if count >= 1024 and max(by_column) <= 256 else ""


def rank_of(change: Floats) -> tuple[int, float]:
    """Is this change of a matrix of low rank?

    Args:
        change: Shape (rows, columns), a block of ours minus theirs.

    Returns:
        Rank and the share of the change's energy in it; (0, 0.0) where no rank up to a quarter of the block's
        smaller side stands out. The rank is where the singular values fall by 6 or more, with 0.95 of the
        energy above. O(min² · max) time.

    Source: a merged adapter adds a product of two thin matrices (Hu et al. 2021, "LoRA", arXiv:2106.09685);
        what rounding adds to it has the flat spectrum of noise.
    """
    block = change.astype(np.float64)
    if min(block.shape) < 8 or not np.isfinite(block).all() or not np.any(block):
        return 0, 0.0
    sizes = np.linalg.svd(block, compute_uv=False)
    most = min(block.shape) // 4
    energy = np.cumsum(sizes**2) / float((sizes**2).sum())
    falls = sizes[:most] / np.maximum(sizes[1 : most + 1], 1e-12 * sizes[0])
    rank = int(falls.argmax()) + 1
    share = float(energy[rank - 1])
    stands_out = falls[rank - 1] >= _FALL and share >= _IN_RANK
    return (rank, share) if stands_out else (0, 0.0)
