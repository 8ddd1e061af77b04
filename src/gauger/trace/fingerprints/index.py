"""The library's arrays: all that a search multiplies by, in a few flat arrays that are mapped, not read.

Coarse on purpose: of every group of blocks at most eight, of every block its first 512 units. Two models of
one origin stand out at z of 20 and more there; the fingerprints themselves are opened for the few that do.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt

from gauger.core.canonical import canonical_json
from gauger.core.errors import GaugerError, Malformed
from gauger.core.text import printable
from gauger.trace.fingerprints.records import Array, BlockNote, Document, Fingerprint
from gauger.trace.fingerprints.scores import COLUMNS, Kind, block_scores, kinds_of
from gauger.trace.fingerprints.store import load_fingerprint

UNITS = 512
BLOCKS = 8
VERSION = 1
FEWEST_NUMBERS = 256
"""Numbers of the smallest tensor that is looked up by its sample."""
_ARRAYS = (
    "blocks",
    "block_where",
    "samples",
    "sample_where",
    "digests",
    "digest_where",
    "spreads",
    "spread_where",
)

Where = npt.NDArray[np.int32]


class Listed(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One fingerprint of the library.

    Attributes:
        file: Its path.
        trust: Who vouches for it: `shipped`, `local`, `unsigned pack`, `pack signed by …`.
        size_bytes: Of the file, when it was indexed.
        stamp: Its time of change in nanoseconds, then.
    """

    file: str
    trust: str
    size_bytes: int
    stamp: int


class Group(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A stretch of rows of one of the flat arrays: blocks of one kind and size, samples of one shape.

    Attributes:
        name: `gated 1536`, `4096×576`.
        start: Of its first number in the flat array.
        rows: How many.
        columns: Numbers of a row.
        where: Of its first row in the array that says whose it is.
        looks: How many there are in the fingerprints, where not all are in the index.
    """

    name: str
    start: int
    rows: int
    columns: int
    where: int
    looks: int


class Directory(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the flat arrays hold.

    Attributes:
        version: Of this layout.
        listed: The fingerprints, in order.
        broken: File and reason of what could not be read.
        blocks: Groups of whitened scores.
        samples: Groups of samples of one shape.
    """

    version: int
    listed: tuple[Listed, ...]
    broken: tuple[tuple[str, str], ...] = ()
    blocks: tuple[Group, ...]
    samples: tuple[Group, ...]


class Index:
    """A compiled library.

    Args:
        directory: What the arrays hold.
        arrays: By name; mapped or in memory.
    """

    def __init__(self, directory: Directory, arrays: dict[str, Array]) -> None:
        self.listed = directory.listed
        self.directory = directory
        self.arrays = arrays
        self._blocks = {g.name: g for g in directory.blocks}
        self._samples = {g.name: g for g in directory.samples}

    def blocks(self, kind: Kind, units: int) -> tuple[Array, Where, int] | None:
        """Scores of all blocks of that kind and unit count, whose they are, and how many the library has."""
        return self._stretch(self._blocks.get(group_name(kind, units)), "blocks", "block_where")

    def samples(self, shape: Sequence[int]) -> tuple[Array, Where, int] | None:
        """Samples of all tensors of that shape, whose they are, and how many."""
        return self._stretch(self._samples.get(shape_name(shape)), "samples", "sample_where")

    def with_digests(self, digests: Iterable[str]) -> dict[int, int]:
        """Which fingerprints have tensors with these digests? Number of the fingerprint → how many."""
        known, found = self.arrays["digests"], defaultdict[int, int](int)
        for digest in sorted(set(digests)):
            key = _short(digest)
            for place in range(*np.searchsorted(known, [key, key + np.uint64(1)])):
                found[int(self.arrays["digest_where"][place])] += 1
        return dict(found)

    def _stretch(self, group: Group | None, values: str, where: str) -> tuple[Array, Where, int] | None:
        if group is None:
            return None
        flat = self.arrays[values][group.start : group.start + group.rows * group.columns]
        return (
            flat.reshape(group.rows, group.columns),
            self.arrays[where][group.where : group.where + group.rows],
            group.looks,
        )


def compiled(listed: Sequence[Listed], cache: Path | None) -> Index:
    """The index of these fingerprints: mapped from the cache where they have not changed, else built.

    Args:
        listed: The fingerprints in order.
        cache: Folder for compiled indexes; None to build in memory. Nothing in it is trusted more than the
            fingerprints are: what does not fit its own directory is built again.
    """
    if cache is None:
        return build(listed, None)
    key = hashlib.sha256(canonical_json([VERSION, UNITS, BLOCKS, *listed])).hexdigest()[:32]
    folder = cache / f"fingerprints-{key}"
    return _opened(folder) or build(listed, folder)


def build(listed: Sequence[Listed], folder: Path | None) -> Index:
    """Compile these fingerprints, into files of `folder` where one is given.

    Two passes over the fingerprints: one for sizes, one for numbers, so that memory stays small. The
    directory is written last: a folder without one is no index. What cannot be read is left out and named.
    """
    plan, broken, readable = _Plan(), list[tuple[str, str]](), list[Listed]()
    for one in listed:
        try:
            document = load_fingerprint(Path(one.file)).document
        except GaugerError as error:
            broken.append((Path(one.file).name, printable(str(error), 300)))
            continue
        plan.add(len(readable), document)
        readable.append(one)
    listed = readable
    arrays = plan.arrays(folder)
    for number, one in enumerate(listed):
        plan.fill(number, load_fingerprint(Path(one.file)), arrays)
    order = np.argsort(arrays["digests"], kind="stable")
    arrays["digests"][:] = arrays["digests"][order]
    arrays["digest_where"][:] = arrays["digest_where"][order]
    directory = plan.directory(listed, broken)
    if folder is not None:
        for array in arrays.values():
            if isinstance(array, np.memmap):
                array.flush()
        aside = folder / "directory.part"
        aside.write_bytes(canonical_json(directory))
        aside.replace(folder / "directory.json")
    return Index(directory, arrays)


def group_name(kind: Kind, units: int) -> str:
    """Under which name are blocks of this kind and size kept?"""
    return f"{kind} {units}"


def shape_name(shape: Sequence[int]) -> str:
    """Under which name are samples of tensors of this shape kept?"""
    return "x".join(map(str, shape))


def indexed_blocks(document: Document) -> dict[tuple[Kind, int], list[int]]:
    """Which blocks are in the index, for each kind and unit count? Eight at most, evenly spread."""
    groups: dict[tuple[Kind, int], list[int]] = defaultdict(list)
    for number, block in enumerate(document.blocks):
        if block.count >= min(block.units, UNITS):
            for kind in kinds_of(block):
                groups[kind, block.units].append(number)
    return {key: [numbers[i] for i in spread(len(numbers), BLOCKS)] for key, numbers in groups.items()}


def spread(length: int, most: int) -> list[int]:
    """At most so many places of a list, evenly spread, ends included."""
    return (
        [int(n) for n in np.unique(np.linspace(0, length - 1, min(length, most)).round())] if length else []
    )


def sampled(document: Document) -> list[int]:
    """Which tensors are looked up by their sample? Learned ones with two axes and enough numbers."""
    return [
        number
        for number, t in enumerate(document.tensors)
        if len(t.shape) > 1 and int(np.prod(t.shape)) >= FEWEST_NUMBERS and not t.fixed and t.sample
    ]


def sample_of(fingerprint: Fingerprint, number: int) -> npt.NDArray[np.float32]:
    """The sample of this tensor, in its own shape."""
    shape = fingerprint.document.tensors[number].sample
    row: npt.NDArray[np.float32] = fingerprint.arrays["samples"][number]
    return row[: int(np.prod(shape))].reshape(shape)


def direction(values: npt.NDArray[Any]) -> npt.NDArray[np.float32]:
    """The numbers without what each single axis explains, as a flat vector of length one, or of zeros."""
    rest = values.astype(np.float64)
    for axis in range(rest.ndim):
        if rest.shape[axis] > 1 and rest.ndim > 1:
            others = tuple(n for n in range(rest.ndim) if n != axis)
            rest = rest - rest.mean(axis=others, keepdims=True)
    flat = rest.reshape(-1) - rest.mean()
    norm = float(np.linalg.norm(flat))
    found: npt.NDArray[np.float32] = (flat / norm if norm > 1e-30 else np.zeros_like(flat)).astype(np.float32)
    return found


def _short(digest: str) -> np.uint64:
    return np.uint64(int(digest[:15], 16))


class _Plan:
    """Counts rows in the first pass, gives them their places in the second."""

    def __init__(self) -> None:
        self._blocks: dict[tuple[Kind, int], list[tuple[int, int]]] = defaultdict(list)
        self._looks: dict[tuple[Kind, int], int] = defaultdict(int)
        self._samples: dict[tuple[int, ...], list[tuple[int, int]]] = defaultdict(list)
        self._widths: dict[tuple[int, ...], int] = {}
        self._digests = 0
        self._spreads: list[tuple[int, int]] = []
        self._next_digest = 0
        self._next_spread = 0
        self._row: dict[str, int] = defaultdict(int)

    def add(self, number: int, document: Document) -> None:
        for key, chosen in indexed_blocks(document).items():
            self._blocks[key] += [(number, block) for block in chosen]
        for block in document.blocks:
            for kind in kinds_of(block):
                self._looks[kind, block.units] += 1
        for tensor in sampled(document):
            note = document.tensors[tensor]
            width = self._widths.setdefault(note.shape, int(np.prod(note.sample)))
            if width == int(np.prod(note.sample)):
                self._samples[note.shape].append((number, tensor))
        self._digests += sum(bool(t.digest) for t in document.tensors)
        self._spreads += [(number, b) for b in range(len(document.blocks))]

    def arrays(self, folder: Path | None) -> dict[str, Array]:
        blocks = sum(len(rows) * _width(*key) for key, rows in self._blocks.items())
        samples = sum(len(rows) * self._widths[shape] for shape, rows in self._samples.items())
        rows = [row for key in self._ordered() for row in self._blocks[key]]
        sample_rows = [row for shape in sorted(self._samples) for row in self._samples[shape]]
        sizes: dict[str, tuple[tuple[int, ...], Any]] = {
            "blocks": ((blocks,), np.float16),
            "block_where": ((len(rows), 2), np.int32),
            "samples": ((samples,), np.float16),
            "sample_where": ((len(sample_rows), 2), np.int32),
            "digests": ((self._digests,), np.uint64),
            "digest_where": ((self._digests,), np.int32),
            "spreads": ((len(self._spreads), 54), np.float32),
            "spread_where": ((len(self._spreads), 2), np.int32),
        }
        arrays = {name: _new(folder, name, shape, dtype) for name, (shape, dtype) in sizes.items()}
        for name, found in (
            ("block_where", rows),
            ("sample_where", sample_rows),
            ("spread_where", self._spreads),
        ):
            if found:
                arrays[name][:] = np.array(found, np.int32)
        return arrays

    def fill(self, number: int, fingerprint: Fingerprint, arrays: dict[str, Array]) -> None:
        document = fingerprint.document
        starts = {g.name: g for g in (*self._block_groups(), *self._sample_groups())}
        for (kind, units), chosen in indexed_blocks(document).items():
            group = starts[group_name(kind, units)]
            for block in chosen:
                note = document.blocks[block]
                scores = block_scores(note, fingerprint.arrays[f"units.{block}"], kind, min(units, UNITS))
                self._put(arrays["blocks"], group, scores.reshape(-1))
        for tensor in sampled(document):
            group = starts[shape_name(document.tensors[tensor].shape)]
            if int(np.prod(document.tensors[tensor].sample)) == group.columns:
                self._put(arrays["samples"], group, direction(sample_of(fingerprint, tensor)))
        for one in document.tensors:
            if one.digest:
                arrays["digests"][self._next_digest] = _short(one.digest)
                arrays["digest_where"][self._next_digest] = number
                self._next_digest += 1
        count = len(document.blocks)
        if count:
            spreads = fingerprint.arrays["spreads"].reshape(count, -1)
            arrays["spreads"][self._next_spread : self._next_spread + count] = spreads
            self._next_spread += count

    def directory(self, listed: Sequence[Listed], broken: Sequence[tuple[str, str]]) -> Directory:
        return Directory(
            version=VERSION,
            listed=tuple(listed),
            broken=tuple(broken),
            blocks=tuple(self._block_groups()),
            samples=tuple(self._sample_groups()),
        )

    def _put(self, flat: Array, group: Group, values: npt.NDArray[Any]) -> None:
        row = self._row[group.name]
        self._row[group.name] = row + 1
        if values.size == group.columns:
            start = group.start + row * group.columns
            flat[start : start + group.columns] = values

    def _ordered(self) -> list[tuple[Kind, int]]:
        return sorted(self._blocks)

    def _block_groups(self) -> list[Group]:
        if not hasattr(self, "_made_blocks"):
            sizes = [
                (group_name(*key), len(self._blocks[key]), _width(*key), self._looks[key])
                for key in self._ordered()
            ]
            self._made_blocks = _laid_out(sizes)
        return self._made_blocks

    def _sample_groups(self) -> list[Group]:
        if not hasattr(self, "_made_samples"):
            sizes = [
                (shape_name(s), len(self._samples[s]), self._widths[s], len(self._samples[s]))
                for s in sorted(self._samples)
            ]
            self._made_samples = _laid_out(sizes)
        return self._made_samples


def _laid_out(sizes: Sequence[tuple[str, int, int, int]]) -> list[Group]:
    groups, start, where = [], 0, 0
    for name, rows, columns, looks in sizes:
        groups.append(Group(name=name, start=start, rows=rows, columns=columns, where=where, looks=looks))
        start += rows * columns
        where += rows
    return groups


def _width(kind: Kind, units: int) -> int:
    return min(units, UNITS) * len(COLUMNS[kind])


def _new(folder: Path | None, name: str, shape: tuple[int, ...], dtype: Any) -> Array:
    if folder is None or not int(np.prod(shape)):
        array: Array = np.zeros(shape, dtype)
        if folder is not None:
            folder.mkdir(parents=True, exist_ok=True)
            np.save(folder / f"{name}.npy", array)
        return array
    folder.mkdir(parents=True, exist_ok=True)
    return np.lib.format.open_memmap(folder / f"{name}.npy", mode="w+", dtype=dtype, shape=shape)


def _opened(folder: Path) -> Index | None:
    try:
        directory = msgspec.json.decode((folder / "directory.json").read_bytes(), type=Directory)
        arrays = {
            name: np.load(folder / f"{name}.npy", mmap_mode="r", allow_pickle=False) for name in _ARRAYS
        }
    except (OSError, ValueError, msgspec.DecodeError):
        return None
    return Index(directory, arrays) if _whole(directory, arrays) else None


def _whole(directory: Directory, arrays: dict[str, Array]) -> bool:
    """Do the arrays have the sizes that the directory speaks of?"""
    for groups, values, where in (
        (directory.blocks, "blocks", "block_where"),
        (directory.samples, "samples", "sample_where"),
    ):
        if sum(g.rows * g.columns for g in groups) != arrays[values].size:
            return False
        if sum(g.rows for g in groups) != len(arrays[where]):
            return False
    return True


def block_of(document: Document, number: int) -> BlockNote:
    """The block of this number.

    Raises:
        Malformed: an index speaks of a block that the fingerprint does not have: it was changed in between.
    """
    if not 0 <= number < len(document.blocks):
        raise Malformed("the fingerprint was changed after it was indexed")
    return document.blocks[number]
