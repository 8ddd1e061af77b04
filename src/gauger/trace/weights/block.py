"""One feed-forward block of a network."""

from __future__ import annotations

from functools import cached_property

import numpy as np

from gauger.formats.number_types import Floats
from gauger.formats.weights import Tensor
from gauger.trace.weights.matrix import Matrix


class Block:
    """A feed-forward block: gate and up (units, width), down (width, units).

    Attributes:
        component: `layers.3`, `layers.3.experts.7`, …
        layer: The layer's number in its stack.
        expert: `7`, `shared`, or empty for a dense block.
        gate: None for blocks without one.
        up: Input side.
        down: Output side.
        units: Hidden units.
        width: Of the residual stream.
    """

    def __init__(
        self,
        component: str,
        layer: int,
        expert: str,
        *,
        gate: Matrix | None,
        up: Matrix,
        down: Matrix,
        norm: Tensor | None = None,
        offset: float = 0.0,
    ) -> None:
        self.component = component
        self.layer = layer
        self.expert = expert
        self.gate = gate
        self.up = up
        self.down = down
        self.units, self.width = up.shape
        self.norm = norm
        self._offset = offset

    def __repr__(self) -> str:
        return f"Block({self.component}, {self.units} units, width {self.width})"

    @cached_property
    def gain(self) -> Floats | None:
        """The gain of the preceding norm, float32 of shape (width,); None where there is none.

        Read when first asked for. Where a checkpoint stores the gain less one, the one is added. Values that
        are no numbers count as 1.

        Raises:
            Malformed: as `Weights.rows`.
            Unreadable: as `Weights.rows`.
        """
        if self.norm is None or self.norm.shape != (self.width,):
            return None
        stored = self.up.weights.rows(self.norm).ravel() + np.float32(self._offset)
        return np.where(np.isfinite(stored), stored, np.float32(1.0))
