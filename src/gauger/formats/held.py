"""What is kept in memory of tensors that cannot be read by rows: the last few, within a bound."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import numpy.typing as npt

_Array = TypeVar("_Array", bound=npt.NDArray[Any])


class Held:
    """Arrays by key, the longest unused of which go first when the bound is reached.

    Args:
        most_bytes: The bound on all together. A larger single array is handed out and not kept.
    """

    def __init__(self, most_bytes: int) -> None:
        self.most_bytes = most_bytes
        self._arrays: dict[tuple[str, str], npt.NDArray[Any]] = {}

    def get(self, key: tuple[str, str], make: Callable[[], _Array]) -> _Array:
        """The array of this key, made where it is not held; not to be written to."""
        found = self._arrays.pop(key, None)
        if found is None:
            found = make()
            found.setflags(write=False)
        size = found.nbytes
        if size <= self.most_bytes:
            while self._arrays and size + sum(a.nbytes for a in self._arrays.values()) > self.most_bytes:
                self._arrays.pop(next(iter(self._arrays)))
            self._arrays[key] = found
        return found  # type: ignore[return-value]
