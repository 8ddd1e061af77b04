"""Opening what belongs to one model, within one root and its limits."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from itertools import islice
from pathlib import Path
from typing import TypeVar

import msgspec

from gauger.core.inventory import Digest, Location, Model
from gauger.core.judgement import Gap
from gauger.core.limits import Limits
from gauger.core.plugin import guarded
from gauger.core.record import Facts
from gauger.formats.cards import Card, read_card
from gauger.formats.configs import read_config
from gauger.formats.members import Files, Members, OpenSource
from gauger.formats.model_file import ModelFile, TokenizerFacts
from gauger.formats.open_model import models_in, open_model, open_tokenizer
from gauger.formats.shards import ShardGroup
from gauger.formats.source import FileSource, sha256_of
from gauger.formats.tokenizer_files import NAMES
from gauger.trace import statements
from gauger.trace.probe import Opened, Statement, TracedModel

HEAD_BYTES = 1 << 20
"""How much of a file of weights its digest covers: the headers of nearly all safetensors and ONNX files."""

NO_MEMBERS = Members({})
"""What a folder without archives has inside them."""

_PART = "trace"
T = TypeVar("T")
_TOUCHES = ("lineage of the model",)
_CALLED_WEIGHTS = {".safetensors", ".gguf", ".onnx"}
_MOST_FILES = 10_000
_CARDS = ("README.md", "readme.md", "model_card.md", "MODEL_CARD.md")


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """Which files are one model's.

    Attributes:
        root: Below which everything lies; links that leave it are refused. None where all files are members.
        weights: Files of weights, one tuple for each model file with its shards, relative to the root.
        folder: The model's own folder relative to the root; empty string for the root itself.
        owns_folder: The configuration, tokenizer and card in that folder are this model's: false for one of
            several models that lie in one folder.
        members: Files inside archives and images, or at an address; every other path is one below the root.
    """

    root: Path | None
    weights: tuple[tuple[str, ...], ...] = ()
    folder: str = ""
    owns_folder: bool = True
    members: Files = NO_MEMBERS

    def is_file(self, path: str) -> bool:
        """Is there a file of this path?"""
        return path in self.members or (self.root is not None and (self.root / path).is_file())


class Reader:
    """Reads one model's files, keeps the digests of what was read and the gaps where reading failed."""

    def __init__(self, place: Place, limits: Limits) -> None:
        self.place = place
        self.limits = limits
        self.inputs: dict[str, Digest] = {}
        self.gaps: list[Gap] = []

    def attempt(self, path: str, action: Callable[[], T]) -> T | None:
        """The answer, or None with a gap noted."""
        answer = guarded(_PART, action, location=Location(path=path), touches=_TOUCHES)
        if isinstance(answer, Gap):
            self.gaps.append(answer)
            return None
        return answer

    def present(self, *names: str) -> str:
        """The path (relative to the root) of the first of these names in the model's folder, or empty."""
        if not self.place.owns_folder:
            return ""
        for name in names:
            path = f"{self.place.folder}/{name}".lstrip("/")
            if self.place.is_file(path):
                return path
        return ""

    def data(self, path: str) -> bytes:
        """The whole of a small file, with its digest noted. Raises as `FileSource` and `Limits.check` do."""
        with self._source(path) as source:
            size = self.limits.check(source.size_bytes, "text_file_bytes", subject=path)
            self._note(path, source, size)
            return source.read_at(0, size)

    def note(self, path: str, limit_bytes: int) -> None:
        """Digest the first bytes of a file that another reader opened."""
        if path in self.place.members:
            limit_bytes = self.place.members.digested_bytes(path, limit_bytes)
        with self._source(path) as source:
            self._note(path, source, min(limit_bytes, source.size_bytes))

    def _source(self, path: str) -> OpenSource:
        if self.place.root is None or path in self.place.members:
            return self.place.members.open(path)
        full = self.place.root / path
        inside = full.resolve().is_relative_to(self.place.root.resolve())
        return FileSource(full, name=path, follow=inside)

    def _note(self, path: str, source: OpenSource, covered: int) -> None:
        sha256, read = sha256_of(source, block_bytes=self.limits.block_bytes, limit_bytes=covered)
        self.inputs[path] = Digest(path=path, sha256=sha256, size_bytes=source.size_bytes, read_bytes=read)


def read_subject(
    model: Model, place: Place, limits: Limits, inventory: Mapping[str, str]
) -> tuple[TracedModel, tuple[Gap, ...]]:
    """What do this model's files hold, as far as they can be read? What cannot be is a gap."""
    reader = Reader(place, limits)
    weights = tuple(_weights(reader))
    config_path = reader.present("config.json")
    config = reader.attempt(config_path, lambda: _config(reader, config_path)) if config_path else None
    tokenizer, tokenizer_path = _tokenizer(reader, weights)
    card, said = _declarations(reader, config or {}, config_path)
    for opened in weights:
        said.extend(statements.of_header(opened))
    subject = TracedModel(
        model=model,
        folder=place.folder,
        weights=weights,
        config=config or {},
        config_path=config_path,
        tokenizer=tokenizer,
        tokenizer_path=tokenizer_path,
        card=card,
        statements=tuple(dict.fromkeys(said)),
        inputs=tuple(reader.inputs[path] for path in sorted(reader.inputs)),
        inventory=inventory,
    )
    return subject, tuple(reader.gaps)


def _weights(reader: Reader) -> Iterator[Opened]:
    for parts in reader.place.weights:
        file = reader.attempt(parts[0], partial(_open, reader, parts))
        if file is not None:
            yield Opened(path=parts[0], file=file)
            for part in parts:
                reader.attempt(part, partial(reader.note, part, HEAD_BYTES))


def _open(reader: Reader, parts: Sequence[str]) -> ModelFile:
    """One file finds its own shards and external data; several are taken as they are."""
    root, members = reader.place.root, reader.place.members
    if root is None or parts[0] in members:
        return members.open_model(parts, reader.limits)
    paths = [root / part for part in parts]
    return open_model(paths[0] if len(paths) == 1 else paths, reader.limits, root=root)


def _config(reader: Reader, path: str) -> Facts:
    return read_config(reader.data(path), reader.limits, path)


def _tokenizer(reader: Reader, weights: Sequence[Opened]) -> tuple[TokenizerFacts | None, str]:
    """From the folder's files, else from the first header that holds one."""
    path = reader.present(*NAMES)
    if path:
        facts = reader.attempt(path, partial(_tokenizer_beside, reader.place, path, reader.limits))
        for name in NAMES:
            beside = reader.present(name)
            if beside:
                reader.attempt(beside, partial(reader.note, beside, reader.limits.tokenizer_bytes))
        if facts is not None:
            return facts, path
    return next(((w.file.tokenizer, w.path) for w in weights if w.file.tokenizer is not None), (None, ""))


def _tokenizer_beside(place: Place, path: str, limits: Limits) -> TokenizerFacts | None:
    if place.root is None or path in place.members:
        return place.members.open_tokenizer(place.folder, limits)
    return open_tokenizer(place.root / place.folder, limits, root=place.root)


def _declarations(reader: Reader, config: Facts, config_path: str) -> tuple[Card | None, list[Statement]]:
    said: list[Statement] = list(statements.of_config(config, config_path)) if config_path else []
    card: Card | None = None
    path = reader.present(*_CARDS)
    data = reader.attempt(path, lambda: reader.data(path)) if path else None
    if data is not None:
        card = reader.attempt(path, lambda: read_card(data, reader.limits, path))
        said += statements.of_card(card, path) if card is not None else ()
        said += statements.of_card_text(data.decode("utf-8", "replace"), path)
    adapter = reader.present("adapter_config.json")
    if adapter:
        facts = reader.attempt(adapter, lambda: _config(reader, adapter))
        said += statements.of_adapter(facts, adapter) if facts is not None else ()
    mlflow = reader.present("MLmodel")
    text = reader.attempt(mlflow, lambda: reader.data(mlflow)) if mlflow else None
    if text is not None:
        said += statements.of_mlflow(text.decode("utf-8", "replace"), mlflow)
    return card, said


def place_of(path: Path, root: Path, limits: Limits) -> Place:
    """Which files are the model at this path: a folder with one model, or one file of weights?

    A single file in a folder of its own takes the folder's configuration and card along.
    """
    folder = path if path.is_dir() else path.parent
    relative = folder.relative_to(root).as_posix() if folder != root else ""
    prefix = f"{relative}/" if relative not in ("", ".") else ""
    groups = models_in(folder, limits, root=root)
    if path.is_dir():
        files = [*(g.names for g in groups), *_unrecognised(folder, groups)]
        return Place(root=root, weights=tuple(_paths(names, prefix) for names in files), folder=prefix[:-1])
    own = next((g.names for g in groups if path.name in g.names), (path.name,))
    alone = len(groups) <= 1 and sum(1 for _ in islice(folder.iterdir(), 64)) < 64
    return Place(root=root, weights=(_paths(own, prefix),), folder=prefix[:-1], owns_folder=alone)


def _unrecognised(folder: Path, groups: Sequence[ShardGroup]) -> Iterator[tuple[str, ...]]:
    """Files that are called weights and whose bytes are not: opening them says why they cannot be read."""
    known_names = {name for group in groups for name in group.names}
    for path in sorted(islice(folder.iterdir(), _MOST_FILES)):
        if path.suffix in _CALLED_WEIGHTS and path.name not in known_names and path.is_file():
            yield (path.name,)


def _paths(names: Sequence[str], prefix: str) -> tuple[str, ...]:
    return tuple(prefix + name for name in names)
