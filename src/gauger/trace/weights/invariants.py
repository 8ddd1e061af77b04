"""What stays of a hidden unit when the residual stream is rotated: angles and sizes of its weight vectors."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
import numpy as np
import numpy.typing as npt

from gauger.core.errors import UsageError
from gauger.formats.number_types import Floats
from gauger.trace.weights.block import Block
from gauger.trace.weights.matrix import Matrix, block_rows

NAMES = ("cos_gate_up", "cos_gate_down", "cos_up_down", "log_gate", "log_up", "log_down")
_SMALLEST = np.float32(1e-30)
"""Norms below this count as this: a pruned unit's logarithm stays finite."""
_LARGEST = np.float32(1e38)
_TOO_LARGE = np.float32(1e15)


class UnitInvariants(msgspec.Struct, frozen=True, kw_only=True):
    """Per hidden unit: the angles between its gate row, up row and down column, and their sizes.

    With g, u the rows of gate and up times the gain of the norm in front, and d the column of down. Each is
    a float32 array of shape (units,) without NaN, or None where the block has no gate or down was not read.

    Laws: all six are unchanged by an orthogonal rotation of the residual stream (with the gain folded in),
    and permuted with the units. `log_up + log_down` is unchanged when a gated unit's up and down are rescaled
    against each other; a sign flip of both turns `cos_gate_up` and `cos_gate_down` around.

    Attributes:
        cos_gate_up: Cosine of g and u.
        cos_gate_down: Cosine of g and d.
        cos_up_down: Cosine of u and d.
        log_gate: Natural logarithm of ‖g‖.
        log_up: Of ‖u‖.
        log_down: Of ‖d‖.
    """

    cos_gate_up: Floats | None = None
    cos_gate_down: Floats | None = None
    cos_up_down: Floats | None = None
    log_gate: Floats | None = None
    log_up: Floats
    log_down: Floats | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """Which of the six there are, in the order of `NAMES`."""
        return tuple(name for name in NAMES if getattr(self, name) is not None)

    def columns(self) -> Floats:
        """All that there are, as a float32 array of shape (units, len(names))."""
        return np.stack([getattr(self, name) for name in self.names], axis=1)


def block_invariants(
    block: Block, first: int = 0, count: int | None = None, *, partial: bool = False
) -> UnitInvariants:
    """What are the invariants of these hidden units?

    One pass over the block's three matrices, in blocks of 8 MB: O(units · width). Where a matrix has its
    units along the file's columns, up to 128 MB of it are held at a time.

    Args:
        block: The block.
        first: The first unit.
        count: How many units; all by default.
        partial: Read gate and up only: with a range of units, only their own bytes are read.

    Raises:
        UsageError: the range is outside of the block.
        Malformed: the bytes are not what the header says.
        Unreadable: the bytes cannot be had.
        LimitExceeded: as `Matrix.rows`.
    """
    count = block.units - first if count is None else count
    if first < 0 or count < 0 or first + count > block.units:
        raise UsageError("these units are not in the block", subject=block.component)
    parts: dict[str, Matrix] = {"up": block.up}
    if block.gate is not None:
        parts["gate"] = block.gate
    if not partial:
        parts["down"] = block.down.turned()
    step = block_rows(block.width)
    streams = {role: matrix.blocks(first, count, rows=step) for role, matrix in parts.items()}
    sums: dict[str, list[Floats]] = {}
    for _ in range(0, count, step):
        vectors = {role: next(stream) for role, stream in streams.items()}
        for key, value in _products(vectors, block.gain):
            sums.setdefault(key, []).append(value)
    return _from_products({key: np.concatenate(values) for key, values in sums.items()}, parts, count)


def _products(vectors: dict[str, Floats], gain: Floats | None) -> Iterator[tuple[str, Floats]]:
    """Inner products of all pairs of roles, unit by unit. Overwrites the vectors."""
    for role in vectors.keys() - {"down"}:
        if gain is not None:
            with np.errstate(over="ignore", invalid="ignore"):
                np.multiply(vectors[role], gain, out=vectors[role])
    roles = sorted(vectors)
    pairs = [(role, other) for at, role in enumerate(roles) for other in roles[at:]]
    found = {f"{role}·{other}": _dots(vectors[role], vectors[other]) for role, other in pairs}
    if all(np.isfinite(value).all() for value in found.values()):
        yield from found.items()
        return
    clean = {role: _clean(block) for role, block in vectors.items()}
    for role, other in pairs:
        yield f"{role}·{other}", np.minimum(_dots(clean[role], clean[other]), _LARGEST)


def _dots(one: Floats, other: Floats) -> Floats:
    with np.errstate(over="ignore", invalid="ignore"):
        dots: Floats = np.einsum("ij,ij->i", one, other)
    return dots


def _from_products(sums: dict[str, Floats], roles: dict[str, Matrix], count: int) -> UnitInvariants:
    zero = np.zeros(count, np.float32)
    norms = {role: np.maximum(np.sqrt(sums.get(f"{role}·{role}", zero)), _SMALLEST) for role in roles}

    def cosine(role: str, other: str) -> Floats | None:
        if role not in norms or other not in norms:
            return None
        product = sums.get(f"{min(role, other)}·{max(role, other)}", zero)
        cosines: Floats = np.clip(product / norms[role] / norms[other], -1.0, 1.0)
        return cosines

    logs: dict[str, Floats] = {role: np.log(norm) for role, norm in norms.items()}
    return UnitInvariants(
        cos_gate_up=cosine("gate", "up"),
        cos_gate_down=cosine("gate", "down"),
        cos_up_down=cosine("up", "down"),
        log_gate=logs.get("gate"),
        log_up=logs["up"],
        log_down=logs.get("down"),
    )


def _clean(block: Floats) -> Floats:
    """Numbers that are none, or too large for their squares, count as 0: NaN must not spread."""
    fine = np.abs(block) < _TOO_LARGE
    return block if fine.all() else np.where(fine, block, np.float32(0.0))


def lens(
    block: Block, tokens: npt.NDArray[np.float32], first: int = 0, count: int | None = None
) -> tuple[Floats, Floats]:
    """How do these hidden units respond to these vocabulary items?

    Args:
        block: The block.
        tokens: Embedding rows of the items, float32 of shape (items, width).
        first: The first unit.
        count: How many units; all by default.

    Returns:
        Responses of gate and up, float32 of shape (units, items) each; of a block without a gate, responses
        of up and of down (how much of an item's embedding the unit writes).
        Law: both are unchanged when weights and embeddings are rotated together.

    Raises:
        UsageError: the embeddings are not of the block's width.
        Malformed: as `block_invariants`.
        Unreadable: as `block_invariants`.
        LimitExceeded: as `block_invariants`.
    """
    if tokens.ndim != 2 or tokens.shape[1] != block.width:
        raise UsageError(f"embeddings of width {tokens.shape[-1]} for a block of {block.width}")
    scaled = tokens if block.gain is None else tokens * block.gain
    up = _responses(block.up, scaled, first, count)
    if block.gate is None:
        return up, _responses(block.down.turned(), tokens, first, count)
    return _responses(block.gate, scaled, first, count), up


def _responses(matrix: Matrix, tokens: Floats, first: int, count: int | None) -> Floats:
    parts = [_clean(rows) @ tokens.T for rows in matrix.blocks(first, count)]
    return np.concatenate(parts) if parts else np.zeros((0, len(tokens)), np.float32)
