"""Making a fingerprint of a model: one pass over its numbers, or a few ranges of them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from gauger import __version__
from gauger.core.errors import GaugerError, Unreadable
from gauger.core.limits import DEFAULT_LIMITS, Limits
from gauger.core.text import printable
from gauger.formats.model_file import TokenizerFacts
from gauger.formats.number_types import Floats
from gauger.formats.open_model import model_paths
from gauger.formats.source import FileSource, sha256_of
from gauger.formats.weights import Tensor
from gauger.trace.fingerprints.index import spread
from gauger.trace.fingerprints.lattice import ROWS, SAMPLE, axis_places, canonical, numbers_at, whole_of
from gauger.trace.fingerprints.records import (
    GATED,
    SPREADS,
    Array,
    BlockNote,
    Declared,
    Document,
    FileNote,
    Fingerprint,
    LensNote,
    Reading,
    Structure,
    TensorNote,
    TokenizerNote,
)
from gauger.trace.fingerprints.token_set import TokenSet, chosen_tokens
from gauger.trace.vocabulary import vocabulary_of
from gauger.trace.weights.analytic import is_analytic
from gauger.trace.weights.block import Block
from gauger.trace.weights.invariants import UnitInvariants, block_invariants, lens
from gauger.trace.weights.matrix import Matrix, whole_view
from gauger.trace.weights.network import Network
from gauger.trace.weights.opened import Opened
from gauger.trace.weights.place import Place
from gauger.trace.weights.sketch import axes_of


class Detail(msgspec.Struct, frozen=True, kw_only=True):
    """How much a fingerprint holds.

    Attributes:
        digests: Read every number, for digests, means and deviations.
        tensors: Take samples of the tensors at all.
        units: Units of a block that are described, from the first on; 0 for all.
        blocks: Blocks that are described, evenly spread; 0 for all.
        rows_only: Read gate and up rows of those units alone: what a remote model's ranges give cheaply.
        lenses: Blocks that get a token lens, evenly spread.
        lens_units: Units of each.
        tokens: Vocabulary items of the lens.
        row_tensors: Tensors that get rows for the same-basis test.
        vectors: Take gains and biases down as well, which decide nothing.
    """

    digests: bool = True
    tensors: bool = True
    units: int = 0
    blocks: int = 0
    rows_only: bool = False
    lenses: int = 4
    lens_units: int = 64
    tokens: int = 256
    row_tensors: int = 40
    vectors: bool = True


REFERENCE = Detail()
"""What `gauger catalogue add` makes."""
SHIPPED = Detail(units=768, lenses=2, lens_units=40, tokens=160, row_tensors=16, vectors=False)
"""What comes with the program: small, and enough for every test."""
QUERY = Detail(digests=True, lenses=48, lens_units=256, row_tensors=4096)
"""What is looked up: nothing is kept, so nothing is spared."""
GLANCE = Detail(digests=False, lenses=12, lens_units=256, row_tensors=4096)
"""As `QUERY`, without reading every number: no digests."""
RANGES = Detail(
    digests=False, tensors=False, units=1024, blocks=8, rows_only=True, lenses=0, tokens=0, row_tensors=0
)
"""What is read of a remote model: the first rows of gate and up of eight layers."""

_EMBEDDING_COLUMNS = 64
_FEWEST_ROWS = 8
_SMALLEST_VECTOR = 16
_ANALYTIC_NUMBERS = 1 << 22
_ANALYTIC_ROWS = 512
_MOST_REMARKS = 20
_HASH_BLOCK = 1 << 20
_DIGITS = re.compile(r"(\d+)")


def make_fingerprint(
    path: Path,
    declared: Declared,
    *,
    detail: Detail = REFERENCE,
    limits: Limits = DEFAULT_LIMITS,
) -> Fingerprint:
    """What is the fingerprint of the model at this place?

    Args:
        path: A file or folder, as `open_weights` takes it; configuration and tokenizer beside it are read.
        declared: Who it is said to be.
        detail: How much to take down.
        limits: Bounds.

    Raises:
        NothingToExamine: there is no model.
        Malformed: a file is not what its format says.
        LimitExceeded: a file is above the bounds.
        Unreadable: a file cannot be read.
    """
    with Opened.at(path, limits) as opened:
        files = _files(model_paths(path, limits)[0], hashed=detail.digests)
        return fingerprint_of(opened.with_tokens(), declared, detail=detail, files=files, limits=limits)


@np.errstate(all="ignore")  # hostile numbers overflow, and are no finding
def fingerprint_of(
    network: Network,
    declared: Declared,
    *,
    detail: Detail = REFERENCE,
    files: Sequence[FileNote] = (),
    limits: Limits = DEFAULT_LIMITS,
) -> Fingerprint:
    """What is the fingerprint of this network?

    Peak memory: some blocks of numbers, whatever the model's size. What cannot be read is a remark.

    Raises:
        Unreadable: no tensor holds numbers that tell one model from another.
    """
    maker = _Maker(network, detail, limits)
    return maker.made(declared, files)


class _Maker:
    """Collects the parts of one fingerprint."""

    def __init__(self, network: Network, detail: Detail, limits: Limits) -> None:
        self.network = network
        self.detail = detail
        self.limits = limits
        self.arrays: dict[str, Array] = {}
        self.remarks = [printable(remark, 300) for remark in network.remarks]

    def made(self, declared: Declared, files: Sequence[FileNote]) -> Fingerprint:
        network = self.network
        tensors = self._tensors() if self.detail.tensors else ()
        blocks, kept = self._blocks()
        tokens = self._tokens()
        lenses = self._lenses(kept, tokens) if tokens is not None else ()
        if not tensors and not blocks:
            raise Unreadable("no tensor holds numbers that tell one model from another", subject=declared.key)
        self.arrays.setdefault("samples", np.zeros((0, SAMPLE), np.float32))
        weights = network.weights
        document = Document(
            tool=f"gauger {__version__}",
            declared=declared,
            files=tuple(files),
            structure=_structure(network),
            tokenizer=_tokenizer(network.tokens),
            tensors=tensors,
            blocks=blocks,
            lenses=lenses,
            reading=Reading(
                whole=self.detail.digests and not self.remarks,
                read_bytes=weights.read_bytes,
                total_bytes=weights.total_bytes,
                remarks=tuple(self.remarks[:_MOST_REMARKS]),
            ),
        )
        return Fingerprint(document=document, arrays=self.arrays)

    def _tensors(self) -> tuple[TensorNote, ...]:
        found: list[tuple[TensorNote, Floats, Matrix]] = []
        vectors = _vectors(self.network) if self.detail.vectors else []
        for matrix in (*self.network.matrices, *vectors):
            try:
                found.append((*self._tensor(matrix), matrix))
            except GaugerError as error:
                self.remarks.append(printable(f"a tensor was not read: {error.message}", 300))
        found.sort(key=lambda one: _order(one[0]))
        notes = self._with_rows(found)
        samples = np.zeros((len(found), SAMPLE), np.float32)
        for number, (_, sample, _) in enumerate(found):
            samples[number, : sample.size] = sample.reshape(-1)
        self.arrays["samples"] = samples
        return tuple(notes)

    def _tensor(self, matrix: Matrix) -> tuple[TensorNote, Floats]:
        sample = numbers_at(matrix, SAMPLE, self.limits)
        whole = whole_of(matrix) if self.detail.digests else None
        digest = whole.digest if whole is not None else ""
        mean, deviation = (whole.mean, whole.deviation) if whole is not None else _moments(sample)
        note = TensorNote(
            component=printable(matrix.place.component, 120),
            role=matrix.place.role,
            shape=canonical(axes_of(matrix)),
            dtype=matrix.tensor.dtype,
            quantiser=matrix.tensor.quantiser,
            digest=digest,
            mean=mean,
            deviation=deviation,
            sample=sample.shape,
            fixed=_fixed(matrix),
        )
        return note, sample

    def _with_rows(self, found: Sequence[tuple[TensorNote, Floats, Matrix]]) -> list[TensorNote]:
        """The notes, after the rows of the chosen tensors were taken down."""
        notes = [note for note, _, _ in found]
        eligible = [
            n
            for n, note in enumerate(notes)
            if len(note.shape) > 1 and note.shape[0] >= _FEWEST_ROWS and not note.fixed and note.deviation > 0
        ]
        embeddings = [n for n in eligible if notes[n].component.endswith("embeddings")]
        rest = [n for n in eligible if n not in embeddings]
        room = max(self.detail.row_tensors - len(embeddings), 0)
        for array, number in enumerate(sorted(embeddings + [rest[i] for i in spread(len(rest), room)])):
            values = numbers_at(found[number][2], ROWS, self.limits)
            self.arrays[f"rows.{array}"] = _half(values)
            notes[number] = msgspec.structs.replace(notes[number], rows=array)
        return notes

    def _blocks(self) -> tuple[tuple[BlockNote, ...], list[tuple[Block, UnitInvariants]]]:
        blocks = self.network.blocks
        chosen = [blocks[i] for i in spread(len(blocks), self.detail.blocks or len(blocks))]
        notes: list[BlockNote] = []
        kept: list[tuple[Block, UnitInvariants]] = []
        spreads: list[Array] = []
        for block in chosen:
            try:
                invariants = self._invariants(block)
            except GaugerError as error:
                self.remarks.append(printable(f"{block.component} was not read: {error.message}", 300))
                continue
            note, columns = _block(block, invariants, self.detail.units)
            self.arrays[f"units.{len(notes)}"] = columns
            notes.append(note)
            kept.append((block, invariants))
            spreads.append(_spreads(invariants))
        if spreads:
            self.arrays["spreads"] = np.stack(spreads)
        return tuple(notes), kept

    def _invariants(self, block: Block) -> UnitInvariants:
        if not self.detail.rows_only:
            return block_invariants(block)
        return block_invariants(block, 0, min(self.detail.units or block.units, block.units), partial=True)

    def _tokens(self) -> TokenSet | None:
        embedding = self.network.embedding
        if embedding is None or not self.detail.tokens:
            return None
        tokens = chosen_tokens(self.network.tokens, embedding.shape[0], self.detail.tokens)
        try:
            rows = embedding.gather(tokens.ids.tolist())
        except GaugerError as error:
            self.remarks.append(printable(f"embeddings were not read: {error.message}", 300))
            return None
        columns = axis_places(embedding.shape[1], _EMBEDDING_COLUMNS)
        self.arrays["tokens.ids"] = tokens.ids
        self.arrays["tokens.hashes"] = tokens.hashes
        self.arrays["tokens.embedding"] = _half(rows[:, columns])
        return tokens

    def _lenses(self, kept: Sequence[tuple[Block, UnitInvariants]], tokens: TokenSet) -> tuple[LensNote, ...]:
        embedding = self.network.embedding
        if embedding is None:
            return ()
        rows = np.nan_to_num(embedding.gather(tokens.ids.tolist()), posinf=0.0, neginf=0.0)
        rows = rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-20)
        notes: list[LensNote] = []
        fitting = [
            n
            for n, (block, found) in enumerate(kept)
            if block.width == rows.shape[1] and found.log_down is not None
        ]
        for number in (fitting[i] for i in spread(len(fitting), self.detail.lenses)):
            block, invariants = kept[number]
            units = _telling_units(invariants, self.detail.lens_units)
            views = [_half(view[units], by_row=True) for view in lens(block, rows.astype(np.float32))]
            self.arrays[f"lens.{len(notes)}.units"] = units.astype(np.int32)
            self.arrays[f"lens.{len(notes)}.first"], self.arrays[f"lens.{len(notes)}.second"] = views
            notes.append(LensNote(block=number))
        return tuple(notes)


def _vectors(network: Network) -> list[Matrix]:
    """Gains and biases, which decide nothing and are kept for their digests."""
    weights = network.weights
    found = [
        t for t in weights.tensors if len(t.shape) == 1 and t.shape[0] >= _SMALLEST_VECTOR and _is_float(t)
    ]
    return [Matrix(weights, t, Place(component="vectors"), whole_view(t)) for t in found]


def _is_float(tensor: Tensor) -> bool:
    return bool(tensor.quantiser) or not re.search(r"int|long|bool|^[iu]\d", tensor.dtype, re.IGNORECASE)


_TRAINED = frozenset(
    {"gate", "up", "down", "query", "key", "value", "output", "router", "gate-up", "query-key-value",
     "token-embedding", "unembedding", "recurrent-input", "recurrent-hidden"}
)  # fmt: skip
"""Roles whose numbers are always learned."""


def _fixed(matrix: Matrix) -> bool:
    """Fixed tensors are small: Fourier bases, windows, sinusoidal positions, filters."""
    if matrix.place.role in _TRAINED or matrix.shape[0] * matrix.shape[1] > _ANALYTIC_NUMBERS:
        return False
    return _looks_computed(matrix)


def _looks_computed(matrix: Matrix) -> bool:
    stored = matrix if matrix.by_rows else matrix.turned()
    return bool(is_analytic(stored.rows(0, min(stored.shape[0], _ANALYTIC_ROWS))))


def _moments(values: Floats) -> tuple[float, float]:
    return float(values.mean(dtype=np.float64)), float(values.std(dtype=np.float64))


def _half(values: Floats, *, by_row: bool = False) -> Array:
    """The numbers over the largest of them (of each row), in half precision: nothing overflows."""
    clean = np.nan_to_num(values.astype(np.float64), posinf=0.0, neginf=0.0)
    top = np.abs(clean).max(axis=1, keepdims=True) if by_row else np.abs(clean).max(initial=0.0)
    half: Array = (clean / np.maximum(top, 1e-30)).astype(np.float16)
    return half


def _block(block: Block, invariants: UnitInvariants, most: int) -> tuple[BlockNote, Array]:
    table = invariants.columns().astype(np.float64)
    features = tuple(name.replace("_", "-") for name in invariants.names)
    count = min(most or len(table), len(table))
    centres = [
        float(np.median(table[:, n])) if name.startswith("log") else 0.0 for n, name in enumerate(features)
    ]
    note = BlockNote(
        component=printable(block.component, 120),
        layer=block.layer,
        expert=printable(block.expert, 60),
        units=block.units,
        width=block.width,
        count=count,
        features=features,
        centres=tuple(centres),
    )
    return note, (table[:count] - centres).astype(np.float16)


def _spreads(invariants: UnitInvariants) -> Array:
    """Deciles of each invariant; of cosines that a sign flip turns around, of their absolute value."""
    found = np.zeros((len(GATED), SPREADS), np.float32)
    for number, name in enumerate(GATED):
        values = getattr(invariants, name.replace("-", "_"))
        if values is not None and len(values):
            free = np.abs(values) if name in ("cos-gate-up", "cos-gate-down") else values
            found[number] = np.quantile(free.astype(np.float64), np.linspace(0.1, 0.9, SPREADS))
    return found


def _telling_units(invariants: UnitInvariants, most: int) -> Array:
    """The units that write most: those with the largest ‖u‖·‖d‖, which no order and no rescaling changes."""
    sizes = invariants.log_up + (invariants.log_down if invariants.log_down is not None else 0.0)
    chosen: Array = np.sort(np.argsort(-sizes, kind="stable")[:most])
    return chosen


def _order(note: TensorNote) -> tuple[Any, ...]:
    natural = [(int(p) if p.isdigit() else 0, p) for p in _DIGITS.split(note.component)]
    return (natural, note.role, note.shape, note.digest, note.mean, note.deviation)


def _structure(network: Network) -> Structure:
    blocks = network.blocks
    embedding = network.embedding
    return Structure(
        architecture=printable(network.architecture, 80),
        layers=len({block.component.split(".experts")[0] for block in blocks}),
        units=tuple(sorted({block.units for block in blocks})),
        width=blocks[0].width if blocks else embedding.shape[1] if embedding is not None else 0,
        vocabulary=embedding.shape[0] if embedding is not None else 0,
        tensors=len(network.matrices),
        parameters=sum(m.shape[0] * m.shape[1] for m in network.matrices),
    )


def _tokenizer(facts: TokenizerFacts | None) -> TokenizerNote | None:
    if facts is None or not facts.pieces:
        return None
    vocabulary = vocabulary_of(facts)
    return TokenizerNote(
        kind=facts.kind,
        pieces=len(vocabulary.pieces),
        vocabulary_sha256=vocabulary.sha256,
        merges_sha256=vocabulary.merges_sha256,
    )


def _files(paths: Sequence[Path], *, hashed: bool) -> tuple[FileNote, ...]:
    notes = []
    for path in paths:
        with FileSource(path, name=path.name) as source:
            digest = sha256_of(source, block_bytes=_HASH_BLOCK)[0] if hashed else ""
            notes.append(
                FileNote(name=printable(path.name, 200), sha256=digest, size_bytes=source.size_bytes)
            )
    return tuple(notes)
