"""One model opened for comparison: its numbers, its network, its sketches."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from gauger.core.errors import GaugerError
from gauger.core.limits import Limits
from gauger.core.record import Facts
from gauger.formats.configs import read_config
from gauger.formats.model_file import TokenizerFacts
from gauger.formats.open_model import open_tokenizer
from gauger.formats.source import FileSource
from gauger.formats.weights import Weights, open_weights
from gauger.trace.weights.network import Network, network_of
from gauger.trace.weights.sketch import Sketch, axes_of, sketch_of

_FEWEST_NUMBERS = 24
_SKETCHED = 20_000


class Opened:
    """A model ready to be compared. Use it in a `with` statement, or close it.

    Args:
        weights: Its opened files.
        limits: Bounds.
        config: Of its `config.json`.
        tokenizer: Beside it; the one in the file by default.
        name: For statements.
    """

    def __init__(
        self,
        weights: Weights,
        limits: Limits,
        *,
        config: Facts | None = None,
        tokenizer: TokenizerFacts | None = None,
        name: str = "",
    ) -> None:
        self.weights = weights
        self.limits = limits
        self.name = name
        self.network: Network = network_of(weights, config or {}, tokenizer)
        self._beside: Path | None = None
        self.broken: list[str] = []
        self._sketches: list[Sketch] | None = None

    @classmethod
    def at(cls, path: Path, limits: Limits) -> Self:
        """The model in this folder or file, with the configuration and tokenizer beside it.

        Raises:
            GaugerError: as `open_weights`.
        """
        folder = path if path.is_dir() else path.parent
        weights = open_weights(path, limits)
        alone = path.is_dir() or _alone(path)
        found = cls(weights, limits, config=_config(folder, limits) if alone else None, name=path.name)
        if alone:
            found.expect_tokenizer(folder)
        return found

    def expect_tokenizer(self, folder: Path) -> None:
        """Read the tokenizer from this folder when it is first needed: that takes long."""
        self._beside = folder

    def with_tokens(self) -> Network:
        """The network with its tokenizer, read now if it was not yet."""
        if self._beside is not None and self.network.tokens is None:
            self.network.tokens = _tokenizer(self._beside, self.limits)
        self._beside = None
        return self.network

    @property
    def sketches(self) -> list[Sketch]:
        """A few thousand numbers of every matrix; what cannot be used is noted in `broken`."""
        if self._sketches is None:
            self._sketches = list(self._sketch())
        return self._sketches

    def _sketch(self) -> Sequence[Sketch]:
        found: list[Sketch] = []
        for matrix in self.network.matrices[:_SKETCHED]:
            axes = axes_of(matrix)
            if len(axes) < 2 or matrix.shape[0] * matrix.shape[1] < _FEWEST_NUMBERS:
                continue
            try:
                sketch = sketch_of(matrix, self.limits)
            except GaugerError as error:
                self.broken.append(f"{matrix.tensor.name}: {error.message}")
                continue
            if sketch.finite:
                found.append(sketch)
            else:
                self.broken.append(f"{matrix.tensor.name}: its numbers are all equal, or some are no numbers")
        return found

    def close(self) -> None:
        """Close the files."""
        self.weights.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _alone(path: Path) -> bool:
    return sum(1 for entry in path.parent.iterdir() if entry.suffix == path.suffix) == 1


def _config(folder: Path, limits: Limits) -> Facts | None:
    place = folder / "config.json"
    if not place.is_file():
        return None
    try:
        with FileSource(place, name="config.json") as source:
            size = limits.check(source.size_bytes, "text_file_bytes", subject="config.json")
            return read_config(source.read_at(0, size), limits, "config.json")
    except GaugerError:
        return None


def _tokenizer(folder: Path, limits: Limits) -> TokenizerFacts | None:
    try:
        return open_tokenizer(folder, limits)
    except GaugerError:
        return None
