"""One model opened for comparison: its numbers, its network, its sketches."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from pathlib import Path
from types import TracebackType
from typing import Self

from gauger.core.errors import GaugerError
from gauger.core.limits import Limits
from gauger.core.record import Facts
from gauger.formats.configs import read_config
from gauger.formats.model_file import TokenizerFacts
from gauger.formats.open_model import open_tokenizer
from gauger.formats.present import CUT_OFF
from gauger.formats.source import FileSource
from gauger.formats.weights import Weights, open_weights
from gauger.trace.weights.matrix import Matrix
from gauger.trace.weights.network import Network, network_of
from gauger.trace.weights.place import Place
from gauger.trace.weights.sketch import Sketch, axes_of, sketch_of

_FEWEST_NUMBERS = 24
_LACKING = ("missing", "cut off", "not here")
"""In these words readers remark that a shard, a part or the end of a file is not there."""
_SKETCHED = 20_000


class Opened:
    """A model ready to be compared. Use it in a `with` statement, or close it.

    Args:
        weights: Its opened files.
        limits: Bounds.
        config: Of its `config.json`.
        tokenizer: Beside it; the one in the file by default.
        name: For statements.
        adapter_config: Of its `adapter_config.json`, where it is an adapter.
    """

    def __init__(
        self,
        weights: Weights,
        limits: Limits,
        *,
        config: Facts | None = None,
        tokenizer: TokenizerFacts | None = None,
        name: str = "",
        adapter_config: Facts | None = None,
    ) -> None:
        self.weights = weights
        self.limits = limits
        self.name = name
        self.network: Network = network_of(weights, config or {}, tokenizer)
        self.adapter_config: Facts = adapter_config or {}
        self._beside: Path | None = None
        self.broken: list[str] = []
        self.broken_places: set[tuple[Place, str]] = set()
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
        config, adapter = (
            _config(folder, limits, name) if alone else None
            for name in ("config.json", "adapter_config.json")
        )
        found = cls(weights, limits, config=config, name=path.name, adapter_config=adapter)
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
    def incomplete(self) -> str:
        """Why not all of the model is here, as its reader says; empty where nothing is known to lack.

        What lacks then says nothing of what was done to the model.
        """
        said = (r for r in self.weights.file.remarks if any(words in r for words in _LACKING))
        cut = (f"{name}: {reason}" for name, reason in self.weights.unread if reason == CUT_OFF)
        return next(chain(said, cut), "")

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
                self.broken_places.add(_key(matrix))
                continue
            if sketch.finite:
                found.append(sketch)
            else:
                self.broken_places.add(_key(matrix))
                self.broken.append(f"{matrix.tensor.name}: its numbers are all equal, or some are no numbers")
        return found

    def lacks(self, matrix: Matrix) -> bool:
        """Does the tensor that stands at the same place here tell nothing?"""
        return _key(matrix) in self.broken_places

    def close(self) -> None:
        """Close the files."""
        self.weights.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _key(matrix: Matrix) -> tuple[Place, str]:
    """A place in the network; the tensor's name where there is none."""
    return matrix.place, "" if matrix.place.role else matrix.tensor.name


def _alone(path: Path) -> bool:
    return sum(1 for entry in path.parent.iterdir() if entry.suffix == path.suffix) == 1


def _config(folder: Path, limits: Limits, name: str) -> Facts | None:
    place = folder / name
    if not place.is_file():
        return None
    try:
        with FileSource(place, name=name) as source:
            size = limits.check(source.size_bytes, "text_file_bytes", subject=name)
            return read_config(source.read_at(0, size), limits, name)
    except GaugerError:
        return None


def _tokenizer(folder: Path, limits: Limits) -> TokenizerFacts | None:
    try:
        return open_tokenizer(folder, limits)
    except GaugerError:
        return None
