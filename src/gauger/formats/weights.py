"""The numbers of every tensor of a model as the model uses them, whatever its files store.

A quantised weight that a file keeps as several tensors (integers, scales, zero points) is one tensor here.
What cannot be read is listed with its reason, never left out in silence.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from math import prod
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import msgspec
import numpy as np

from gauger.core.errors import LimitExceeded, UsageError
from gauger.core.limits import DEFAULT_LIMITS, Limits
from gauger.core.text import printable
from gauger.formats.composite import Directory, Logical, logical_tensors
from gauger.formats.finders import FINDERS
from gauger.formats.model_file import ModelFile
from gauger.formats.number_types import Floats
from gauger.formats.open_model import open_sources
from gauger.formats.present import CUT_OFF, rows_present
from gauger.formats.registry import read_model
from gauger.formats.source import FarSource, Source

_FLOAT_BYTES = 4
_FREE_BYTES = 64 << 20
"""Tensors may always have so many bytes together, however small their files."""
_REPEATED = "the tensors together are far larger than their files: bytes are used again and again"


class Tensor(msgspec.Struct, frozen=True, kw_only=True):
    """One tensor as the model uses it.

    Attributes:
        name: Of the weight; for one that the file stores in several tensors, the name it had before it was
            quantised.
        shape: Outermost dimension first; a quantised linear layer is (outputs, inputs).
        dtype: Of the stored tensor that holds its numbers, in the format's own words.
        quantiser: How its numbers were coded (`Q4_1`, `awq-4`, `gptq-4`, `nf4`, `int8`, `fp8`, `mxfp4` ...);
            empty for plain numbers.
        stored: Names of the stored tensors behind it, its numbers first.
        size_bytes: Of all of these together.
    """

    name: str
    shape: tuple[int, ...]
    dtype: str
    quantiser: str = ""
    stored: tuple[str, ...]
    size_bytes: int


class Weights:
    """A model whose numbers can be read. Close it, or use it in a `with` statement.

    Args:
        sources: The files of one model.
        limits: `block_bytes` bounds what one call returns; peak memory is some ten blocks.
        config: The model's `config.json`, where it is at hand: its `quantization_config` settles what names
            and shapes leave open.
        closing: What is to be closed with this object.

    Attributes:
        file: What the headers say.
        tensors: All that can be read, in the file's order.
        unread: Name and reason of every stored tensor that cannot be.
    """

    def __init__(
        self,
        sources: Sequence[Source],
        limits: Limits = DEFAULT_LIMITS,
        *,
        config: Mapping[str, Any] | None = None,
        closing: ExitStack | None = None,
    ) -> None:
        self._sources = tuple(sources)
        self._limits = limits
        self._closing = closing or ExitStack()
        self.file: ModelFile = read_model(self._sources, limits)
        directory = Directory(self.file, self._sources, limits, config or {})
        self._directory = directory
        found, unread = logical_tensors(directory, FINDERS)
        here = {one.name: rows_present(directory, one) for one in found}
        gone = [one for one in found if not here[one.name] and one.rows.count]
        repeated = self._repeated(found)
        lost = {one.name for one in gone} | repeated
        found = [one for one in found if one.name not in lost]
        self._here = here
        self._logical: dict[str, Logical] = {one.name: one for one in found}
        self.tensors = tuple(
            Tensor(
                name=one.name,
                shape=one.rows.shape,
                dtype=directory.entries[one.stored[0]].dtype,
                quantiser=one.quantiser,
                stored=one.stored,
                size_bytes=sum(directory.entries[name].size_bytes for name in one.stored),
            )
            for one in found
        )
        self.unread: tuple[tuple[str, str], ...] = (
            *unread,
            *((one.name, CUT_OFF) for one in gone if one.name not in repeated),
            *((name, _REPEATED) for name in sorted(repeated)),
        )

    def _repeated(self, found: Sequence[Logical]) -> set[str]:
        """Names of the tensors with which all together say more than files of this size can.

        Views that repeat their numbers and tensors that share their bytes make a small file a large model.
        """
        entries, left = (
            self._directory.entries,
            max(_FREE_BYTES, self._limits.unpack_ratio * self.total_bytes),
        )
        beyond: set[str] = set()
        for one in found:
            size = sum(entries[name].size_bytes for name in one.stored)
            if size <= left:
                left -= size
            else:
                beyond.add(one.name)
        return beyond

    @property
    def read_bytes(self) -> int:
        """Bytes read from all files since they were opened, headers included."""
        return sum(source.read_bytes for source in self._sources)

    @property
    def total_bytes(self) -> int:
        """Bytes of all files together."""
        return sum(source.size_bytes for source in self._sources)

    def rows_here(self, tensor: Tensor) -> int:
        """How many of its rows, from the first, can be read? Not all where the file is cut off.

        Raises:
            UsageError: the tensor is of another model.
        """
        self._asked(tensor, 0, None)
        return self._here[tensor.name]

    @property
    def is_far(self) -> bool:
        """Does each read take a journey, so that few ranges are to be read?"""
        return any(isinstance(source, FarSource) for source in self._sources)

    def same_bytes(self, other: Weights) -> bool:
        """Do both consist of the same bytes, file by file? Reads both until they differ.

        Raises:
            Malformed: a file became shorter.
            Unreadable: the bytes cannot be had.
        """
        sizes = [[source.size_bytes for source in side._sources] for side in (self, other)]  # noqa: SLF001 - of its own kind
        if sizes[0] != sizes[1]:
            return False
        step = self._limits.block_bytes
        for mine, theirs in zip(self._sources, other._sources, strict=True):
            for offset in range(0, mine.size_bytes, step):
                count = min(step, mine.size_bytes - offset)
                if mine.read_at(offset, count) != theirs.read_at(offset, count):
                    return False
        return True

    def rows(self, tensor: Tensor, first: int = 0, count: int | None = None) -> Floats:
        """Which numbers stand in these rows? All dimensions but the last are flattened into rows.

        Returns:
            Writable float32 array of shape (count, columns); a scalar is one row of one column.

        Raises:
            UsageError: the rows are not all there, or the tensor is of another model.
            LimitExceeded: more than one block of `limits.block_bytes`; use `blocks`.
            Malformed: the bytes are not what the header says.
            Unreadable: the bytes cannot be had.
        """
        logical, count = self._asked(tensor, first, count)
        self._fits(tensor, count)
        return logical.rows.rows(first, count)

    def blocks(self, tensor: Tensor, first: int = 0, count: int | None = None) -> Iterator[Floats]:
        """Which numbers stand in these rows, in blocks of at most `limits.block_bytes`?

        Yields:
            Arrays as from `rows`, in order.

        Raises:
            LimitExceeded: one row is larger than a block.
            UsageError, Malformed, Unreadable: as `rows`.
        """
        logical, count = self._asked(tensor, first, count)
        if not count or not logical.rows.columns:
            return
        self._fits(tensor, 1)
        step = self._limits.block_bytes // (_FLOAT_BYTES * logical.rows.columns)
        for begin in range(first, first + count, step):
            yield logical.rows.rows(begin, min(step, first + count - begin))

    def gather(self, tensor: Tensor, rows: Sequence[int]) -> Floats:
        """Which numbers stand in these rows, given in any order? Neighbouring rows are read together.

        Raises:
            UsageError, LimitExceeded, Malformed, Unreadable: as `rows`.
        """
        wanted = np.asarray(rows, np.int64)
        logical, _ = self._asked(tensor, 0, None)
        if wanted.ndim != 1 or (wanted.size and not 0 <= wanted.min() <= wanted.max() < logical.rows.count):
            raise UsageError("these rows are not in the tensor", subject=printable(tensor.name, 80))
        self._fits(tensor, len(wanted))
        distinct, where = np.unique(wanted, return_inverse=True)
        numbers = logical.rows.take(distinct)
        return numbers if len(distinct) == len(wanted) and (np.diff(wanted) > 0).all() else numbers[where]

    def raw_digest(self, tensor: Tensor) -> str:
        """What is the SHA-256 of the tensor's stored bytes, one stored tensor after the other?

        Bytes that are packed or do not stand row by row are taken unpacked and row by row.

        Raises:
            UsageError, LimitExceeded, Malformed, Unreadable: as `rows`.
        """
        self._asked(tensor, 0, None)
        digest = hashlib.sha256()
        for name in tensor.stored:
            for block in self._directory.byte_blocks(name):
                digest.update(block)
        return digest.hexdigest()

    def close(self) -> None:
        """Closes the files that were opened for it."""
        self._closing.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _asked(self, tensor: Tensor, first: int, count: int | None) -> tuple[Logical, int]:
        logical = self._logical.get(tensor.name)
        if logical is None or logical.rows.shape != tensor.shape:
            raise UsageError("is not a tensor of this model", subject=printable(tensor.name, 80))
        total = logical.rows.count
        count = total - first if count is None else count
        if first < 0 or count < 0 or first + count > total:
            raise UsageError("these rows are not in the tensor", subject=printable(tensor.name, 80))
        return logical, count

    def _fits(self, tensor: Tensor, count: int) -> None:
        columns = tensor.shape[-1] if tensor.shape else 1
        if count * columns * _FLOAT_BYTES > self._limits.block_bytes:
            raise LimitExceeded(
                f"{count} rows of {columns} numbers are larger than a block",
                subject=printable(tensor.name, 80),
            )


def open_weights(
    paths: Path | Sequence[Path],
    limits: Limits = DEFAULT_LIMITS,
    *,
    root: Path | None = None,
    config: Mapping[str, Any] | None = None,
) -> Weights:
    """Opens the model at this place, found as `open_model` finds it, for its numbers.

    Raises:
        NothingToExamine, Malformed, LimitExceeded, Unreadable: as `open_model`.
    """
    with ExitStack() as stack:
        sources, remarks = open_sources(stack, paths, limits, root=root)
        weights = Weights(sources, limits, config=config, closing=stack.pop_all())
    weights.file = msgspec.structs.replace(weights.file, remarks=weights.file.remarks + remarks)
    return weights


def weights_of(
    sources: Sequence[Source], limits: Limits = DEFAULT_LIMITS, *, config: Mapping[str, Any] | None = None
) -> Weights:
    """Opens a model whose files are already open: remote, or members of an archive. The caller closes them.

    Raises:
        NothingToExamine, Malformed, LimitExceeded, Unreadable: as the reader of the format.
    """
    return Weights(sources, limits, config=config)


def elements(tensor: Tensor) -> int:
    """How many numbers does this tensor hold?"""
    return prod(tensor.shape)
