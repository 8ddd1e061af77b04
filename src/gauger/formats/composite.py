"""Which stored tensors make up one weight: the directory that finders look through."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from math import prod
from typing import Any

import msgspec

from gauger.core.errors import GaugerError, LimitExceeded, Malformed, Unreadable
from gauger.core.limits import Limits
from gauger.formats.entry_bytes import EntryBytes, PlainBytes, entry_bytes
from gauger.formats.gguf_types import BLOCKS
from gauger.formats.held import Held
from gauger.formats.model_file import ModelFile, TensorEntry
from gauger.formats.number_types import Floats
from gauger.formats.rows import Rows
from gauger.formats.scaled import ScaleTable, spread
from gauger.formats.source import Source
from gauger.formats.stored_rows import HELD_BLOCKS, stored_rows

_FLOAT_BYTES = 4
_EIGHT_BIT_FLOATS = ("F8_", "FLOAT8")


class Logical(msgspec.Struct, frozen=True, kw_only=True):
    """One weight as the model uses it.

    Attributes:
        name: Its name.
        rows: Its numbers.
        quantiser: As `Tensor.quantiser`.
        stored: Names of the stored tensors behind it, its numbers first.
    """

    name: str
    rows: Rows
    quantiser: str
    stored: tuple[str, ...]


class Directory:
    """The stored tensors of an opened model, by name, with the means to read them.

    Args:
        file: What the headers say.
        sources: The files, of which `file.parts` names those that hold tensors.
        limits: Bounds.
        config: `config.json`, or empty.
    """

    def __init__(
        self, file: ModelFile, sources: Sequence[Source], limits: Limits, config: Mapping[str, Any]
    ) -> None:
        self.file = file
        self.limits = limits
        self.config = config
        self.entries: dict[str, TensorEntry] = {}
        self.unread: list[tuple[str, str]] = []
        for entry in file.tensors:
            if self.entries.setdefault(entry.name, entry) is not entry:
                self.unread.append((entry.name, "another tensor has the same name"))
        self.claimed: set[str] = set()
        self.held = Held(HELD_BLOCKS * limits.block_bytes)
        self._parts = _in_order(file.parts, sources)
        self.big_endian = "big" in (file.metadata.get("gguf.byte_order"), file.metadata.get("byteorder"))

    def source(self, name: str) -> Source:
        """The part that holds this stored tensor.

        Raises:
            Unreadable: it is not among the files that were given.
        """
        number = self.entries[name].source
        if not 0 <= number < len(self._parts):
            raise Unreadable("the file that holds it is not here")
        return self._parts[number]

    def rows(self, name: str, *, shape: tuple[int, ...] | None = None) -> Rows:
        """The numbers of this stored tensor as they stand, or seen in another shape of as many.

        Raises:
            Unreadable, Malformed, LimitExceeded: as `stored_rows`.
        """
        entry = self.entries[name]
        if shape is not None and shape != entry.shape:
            if prod(shape) != prod(entry.shape) or entry.strides:
                raise Malformed(f"{list(entry.shape)} is not {list(shape)}")
            entry = msgspec.structs.replace(entry, shape=shape)
        return stored_rows(
            self.source(name),
            entry,
            self.limits,
            big_endian=self.big_endian,
            held=self.held,
        )

    def shape(self, name: str) -> tuple[int, ...]:
        """The shape of this stored tensor; `(-1,)` where there is none of that name, which fits nothing."""
        return self.entries[name].shape if name in self.entries else (-1,)

    def dtype(self, name: str) -> str:
        """The type of this stored tensor, or empty."""
        return self.entries[name].dtype if name in self.entries else ""

    def scales(
        self, name: str, shape: tuple[int, ...], *, rows: Rows | None = None, axis: int = 0, block: int = 0
    ) -> tuple[ScaleTable, int]:
        """A stored tensor of scales over a weight of this shape, and the columns that share one scale.

        Args:
            name: Of the scales.
            shape: Of the weight.
            rows: Their numbers, where they are not those that the file has.
            axis: As in `spread`.
            block: As in `spread`.

        Raises:
            Malformed: they do not fit; as `rows`.
            Unreadable, LimitExceeded: as `rows`.
        """
        given, steps = spread(shape, (rows or self.entries[name]).shape, axis=axis, block=block)
        rows = rows or self.rows(name, shape=given)
        table = ScaleTable(rows, given, steps, key=("scales", name), held=self.held)
        return table, steps[-1] if steps else 1

    def quantisation(self) -> Mapping[str, Any]:
        """`quantization_config` of the configuration, or empty: advice, never needed."""
        said = self.config.get("quantization_config", self.config.get("quantization"))
        return said if isinstance(said, Mapping) else {}

    def octets(self, name: str) -> EntryBytes:
        """The bytes of this stored tensor.

        Raises:
            Unreadable: they are not here, or not row by row.
        """
        entry = self.entries[name]
        if entry.strides:
            raise Unreadable("a packed tensor that is a view")
        return entry_bytes(self.source(name), entry, self.limits)

    def array(self, name: str) -> Floats:
        """All numbers of a small stored tensor, in its own shape.

        Raises:
            LimitExceeded: more than eight blocks.
            Unreadable, Malformed: as `rows`.
        """
        shape = self.entries[name].shape
        if prod(shape) * _FLOAT_BYTES > HELD_BLOCKS * self.limits.block_bytes:
            raise LimitExceeded("scales that are too large to be held")
        rows = self.rows(name)
        return rows.rows(0, rows.count).reshape(shape)

    def byte_blocks(self, name: str) -> Iterator[bytes]:
        """The stored bytes of a tensor in order, in blocks; of a view, its numbers row by row.

        Raises:
            Unreadable, Malformed, LimitExceeded: as the readers.
        """
        entry = self.entries[name]
        if entry.strides:
            rows = self.rows(name)
            step = max(1, self.limits.block_bytes // max(1, _FLOAT_BYTES * rows.columns))
            for first in range(0, rows.count, step):
                yield rows.rows(first, min(step, rows.count - first)).tobytes()
            return
        data: EntryBytes
        if entry.encoding is not None and entry.encoding.kind != "deflate":
            data = PlainBytes(self.source(name), entry.encoding.offset, entry.encoding.size_bytes)
        else:
            data = self.octets(name)
        for at in range(0, data.size_bytes, self.limits.block_bytes):
            yield data.read(at, min(self.limits.block_bytes, data.size_bytes - at)).tobytes()


def _in_order(parts: Sequence[str], sources: Sequence[Source]) -> list[Source]:
    """Sources in the order of the parts; two of one name in the order in which they were given."""
    waiting: dict[str, list[Source]] = {}
    for source in sources:
        waiting.setdefault(source.name, []).append(source)
    return [waiting[name].pop(0) for name in parts if waiting.get(name)]


Finder = Callable[[Directory], Iterator[Logical]]
"""Finds weights that are stored in several tensors. Names in `stored` are not looked at again; it adds to
`directory.unread` what it knows and cannot read."""


def logical_tensors(
    directory: Directory, finders: Sequence[Finder]
) -> tuple[list[Logical], list[tuple[str, str]]]:
    """Which weights does this model have, and which stored tensors can't be read, and why not?"""
    place = {entry.name: number for number, entry in enumerate(directory.file.tensors)}
    found: dict[str, Logical] = {}
    claimed = directory.claimed
    doubles = len(directory.unread)
    for finder in finders:
        for one in finder(directory):
            if claimed.isdisjoint(one.stored) and one.name not in found:
                found[one.name] = one
                claimed.update(one.stored)
    claimed.update(name for name, _ in directory.unread[doubles:])
    for name in directory.entries:
        if name in claimed or name in found:
            continue
        try:
            rows = directory.rows(name)
        except GaugerError as error:
            directory.unread.append((name, error.message))
            continue
        found[name] = Logical(
            name=name, rows=rows, quantiser=_block_type(directory.entries[name].dtype), stored=(name,)
        )
    ordered = sorted(found.values(), key=lambda one: place[one.stored[0]])
    return ordered, directory.unread


def _block_type(dtype: str) -> str:
    if dtype in BLOCKS and BLOCKS[dtype][0] > 1:
        return dtype
    return "fp8" if dtype.startswith(_EIGHT_BIT_FLOATS) else ""
