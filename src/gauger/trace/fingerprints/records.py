"""What a fingerprint says, apart from its arrays of numbers. See `docs/reference/fingerprint.md`."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt

from gauger.core.canonical import canonical_json

VERSION = 1
Array = npt.NDArray[Any]
Arrays = Mapping[str, Array]

GATED = ("cos-gate-up", "cos-gate-down", "cos-up-down", "log-gate", "log-up", "log-down")
PLAIN = ("cos-up-down", "log-up", "log-down")
"""Columns of a block's invariants, with and without a gate. A prefix of the rows lacks those with `down`."""


SPREADS = 9
"""Deciles of every column, in the order of `GATED`: what no order of units changes. 0 where absent."""


class Part(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Base of the parts of a fingerprint's document."""


class Declared(Part, frozen=True, kw_only=True):
    """Who this is said to be: a statement of the fingerprint's maker, not a measurement.

    Attributes:
        key: Id of a model or family of the catalogue, or the name that the maker chose.
        title: Name for people.
        developer: Catalogue id or name of who trained it; empty where it was not said.
        licence: Catalogue id or text of its licence; empty where it was not said.
        source: Where the weights were had from: an address, `package:NAME==VERSION`.
    """

    key: str
    title: str = ""
    developer: str = ""
    licence: str = ""
    source: str = ""


class FileNote(Part, frozen=True, kw_only=True):
    """One file that was read.

    Attributes:
        name: Base name.
        sha256: Of all its bytes; empty where not all were read.
        size_bytes: How many there are.
    """

    name: str
    sha256: str = ""
    size_bytes: int


class Structure(Part, frozen=True, kw_only=True):
    """Sizes, as the tensors have them.

    Attributes:
        architecture: As the network reader calls it; empty where it is not known.
        layers: How many layers have a feed-forward block.
        units: Hidden units of its blocks, each number once, in ascending order.
        width: Of the residual stream; 0 where it is not known.
        vocabulary: Rows of the embedding; 0 without one.
        tensors: How many there are.
        parameters: How many numbers.
    """

    architecture: str = ""
    layers: int = 0
    units: tuple[int, ...] = ()
    width: int = 0
    vocabulary: int = 0
    tensors: int = 0
    parameters: int = 0


class TokenizerNote(Part, frozen=True, kw_only=True):
    """The tokenizer's digests, as the tokenizer probe computes them.

    Attributes:
        kind: `bpe`, `unigram`, `wordpiece`, `rank-bpe`, or empty.
        pieces: Of the base vocabulary.
        vocabulary_sha256: Over the pieces in order.
        merges_sha256: Over the merge list; empty where there is none.
    """

    kind: str = ""
    pieces: int
    vocabulary_sha256: str
    merges_sha256: str = ""


class TensorNote(Part, frozen=True, kw_only=True):
    """One tensor; its sample is the row of `samples` with the same number.

    Attributes:
        component: Which part of the network: `layers.3`, `embeddings`; `other` where names say nothing.
        role: What it does there: `gate`, `query`; empty where that is not known.
        shape: In the canonical layout: axes by size, largest first, axes of size 1 left out.
        dtype: As stored.
        quantiser: As stored; empty for plain numbers.
        digest: SHA-256 of the numbers in the canonical layout; empty where not all were read.
        mean: Of all numbers, or of the sample where not all were read.
        deviation: Standard deviation, likewise.
        sample: Shape of its sample: so many numbers of its row of `samples` count.
        rows: Number of its array `rows.N`; -1 without one.
        fixed: Its numbers look computed, not learned (a Fourier basis, sinusoidal positions, a window).
    """

    component: str
    role: str = ""
    shape: tuple[int, ...]
    dtype: str
    quantiser: str = ""
    digest: str = ""
    mean: float
    deviation: float
    sample: tuple[int, ...] = ()
    rows: int = -1
    fixed: bool = False


class BlockNote(Part, frozen=True, kw_only=True):
    """One feed-forward block; its invariants are the array `units.N` with the same number.

    Attributes:
        component: `layers.3`, `layers.3.experts.7`.
        layer: Number of the layer.
        expert: Name of the expert; empty without experts.
        units: How many the block has.
        width: Inputs of a unit.
        count: How many units, from the first on, the array describes.
        features: Its columns, of `GATED` or `PLAIN`.
        centres: What was taken from each column before it was rounded to half precision.
    """

    component: str
    layer: int
    expert: str = ""
    units: int
    width: int
    count: int
    features: tuple[str, ...]
    centres: tuple[float, ...]


class LensNote(Part, frozen=True, kw_only=True):
    """Responses of chosen units of one block to chosen tokens, in two views.

    The arrays `lens.N.first` and `lens.N.second` are gate and up responses where there is a gate, else up
    responses and the outputs' products with the tokens; `lens.N.units` has the units' numbers.

    Attributes:
        block: Number of the block.
    """

    block: int


class Reading(Part, frozen=True, kw_only=True):
    """What was read to make it.

    Attributes:
        whole: Every number was read.
        read_bytes: Bytes of weights read.
        total_bytes: Bytes of weights there are.
        remarks: What is missing and why.
    """

    whole: bool
    read_bytes: int
    total_bytes: int
    remarks: tuple[str, ...] = ()


class Document(Part, frozen=True, kw_only=True):
    """Everything of a fingerprint but its arrays.

    Attributes:
        version: Of the format.
        tool: Which program made it, with its version.
        declared: Who this is said to be.
        files: What was read, in order.
        structure: Sizes.
        tokenizer: Its digests; None without a tokenizer.
        tensors: In the order of components, roles, shapes and digests.
        blocks: Likewise.
        lenses: Likewise.
        reading: How much was read.
    """

    version: int = msgspec.field(default=VERSION)
    tool: str
    declared: Declared
    files: tuple[FileNote, ...] = ()
    structure: Structure
    tokenizer: TokenizerNote | None = None
    tensors: tuple[TensorNote, ...] = ()
    blocks: tuple[BlockNote, ...] = ()
    lenses: tuple[LensNote, ...] = ()
    reading: Reading


class Fingerprint(msgspec.Struct, frozen=True, kw_only=True):
    """A model's fingerprint.

    Attributes:
        document: What it says.
        arrays: By name: `samples` (float32, tensors × 64), `rows.N` (float16), `units.N` (float16, count ×
            features), `lens.N.first`, `lens.N.second` (float16, units × tokens), `lens.N.units` (int32),
            `spreads` (float32, blocks × 6 × 9), `tokens.ids` (int32), `tokens.hashes` (uint64),
            `tokens.embedding` (float16, tokens × columns).
    """

    document: Document
    arrays: Arrays

    @property
    def key(self) -> str:
        """Who this is said to be."""
        return self.document.declared.key

    def content_digest(self) -> str:
        """What is the SHA-256 of all that was measured?

        Laws: what is declared, file names, sharding, what a configuration calls the architecture, and the
        program's version do not move it.
        """
        document = msgspec.structs.replace(
            self.document,
            tool="",
            declared=Declared(key=""),
            files=(),
            structure=msgspec.structs.replace(self.document.structure, architecture=""),
            reading=Reading(whole=self.document.reading.whole, read_bytes=0, total_bytes=0),
        )
        hasher = hashlib.sha256(canonical_json(document))
        for name in sorted(self.arrays):
            hasher.update(name.encode() + b"\0")
            hasher.update(np.ascontiguousarray(self.arrays[name]).tobytes())
        return hasher.hexdigest()
