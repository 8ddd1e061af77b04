"""Files that lie inside other files, by path: opened like files of a folder, and never unpacked."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from types import TracebackType
from typing import Protocol, Self

from gauger.core.errors import Unreadable
from gauger.core.limits import Limits
from gauger.formats.companions import is_external
from gauger.formats.model_file import ModelFile, TokenizerFacts
from gauger.formats.registry import read_model
from gauger.formats.source import FileSource, Source
from gauger.formats.stretch import Stretch
from gauger.formats.tokenizer_files import NAMES, read_tokenizer


class OpenSource(Source, Protocol):
    """A source that is used in a `with` statement."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


class Files(Protocol):
    """Files that do not lie in a folder of this machine, by path: inside an archive, or at an address."""

    def __contains__(self, path: str) -> bool: ...

    def open(self, path: str) -> OpenSource:
        """The bytes of one of them."""
        ...

    def open_model(self, parts: Sequence[str], limits: Limits) -> ModelFile:
        """What does the model of these files say it holds?"""
        ...

    def open_tokenizer(self, folder: str, limits: Limits) -> TokenizerFacts | None:
        """Which tokenizer do the files directly in this folder make up?"""
        ...

    def digested_bytes(self, path: str, limit_bytes: int) -> int:
        """How much of the beginning of this file is worth a digest, at most so many bytes?"""
        ...


class Members:
    """Some files inside archives.

    Args:
        places: Path → where its bytes lie.
    """

    def __init__(self, places: Mapping[str, Stretch]) -> None:
        self._places = places
        self._paths = sorted(places)

    def __contains__(self, path: str) -> bool:
        return path in self._places

    def names_in(self, folder: str) -> list[str]:
        """Base names of the files directly in this folder, sorted."""
        prefix = f"{folder}/"
        start = bisect_left(self._paths, prefix)
        below = self._paths[start : bisect_left(self._paths, f"{folder}0")]
        return [path[len(prefix) :] for path in below if "/" not in path[len(prefix) :]]

    def open(self, path: str) -> FileSource:
        """The bytes of one of them.

        Raises:
            Unreadable: there is none of that path, or it cannot be opened.
            Malformed: it does not lie wholly inside the file around it.
        """
        if path not in self._places:
            raise Unreadable("is not among the members", subject=path)
        return self._places[path].open(path)

    def digested_bytes(self, path: str, limit_bytes: int) -> int:
        """How much of the beginning of this file is worth a digest? All that is allowed: it is here."""
        with self.open(path) as source:
            return min(limit_bytes, source.size_bytes)

    def open_model(self, parts: Sequence[str], limits: Limits) -> ModelFile:
        """What does the model of these files say it holds? External data of a single one is looked for.

        Raises:
            NothingToExamine, Malformed, LimitExceeded, Unreadable: as `open_model` of a folder does.
        """
        listed = list(parts)
        if len(parts) == 1:
            folder, _, name = parts[0].rpartition("/")
            listed += [f"{folder}/{other}" for other in self.names_in(folder) if is_external(other, name)]
        with ExitStack() as stack:
            return read_model([stack.enter_context(self.open(path)) for path in listed], limits)

    def open_tokenizer(self, folder: str, limits: Limits) -> TokenizerFacts | None:
        """Which tokenizer do the files directly in this folder make up? None where there is none.

        Raises:
            Malformed, LimitExceeded, Unreadable: as `open_tokenizer` of a folder does.
        """
        names = [name for name in self.names_in(folder) if name in NAMES or name.endswith(".tiktoken")]
        with ExitStack() as stack:
            sources = {name: stack.enter_context(self.open(f"{folder}/{name}")) for name in names}
            return read_tokenizer(sources, limits)
