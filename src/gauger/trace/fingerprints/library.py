"""Fingerprints of one's own, shipped ones and imported ones, and the search over all of them."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import msgspec
import numpy as np

from gauger.trace.fingerprints.hit import Hit
from gauger.trace.fingerprints.index import Index, Listed, compiled
from gauger.trace.fingerprints.pack import RECORD, Imported
from gauger.trace.fingerprints.records import Fingerprint
from gauger.trace.fingerprints.search import Searcher
from gauger.trace.fingerprints.store import MOST_BYTES, SUFFIX, load_fingerprint

SHIPPED_FOLDER = "fingerprints"
"""Below the knowledge base's folder."""
_ALTERED = "altered since it was imported"
_RECORD_BYTES = 16 * 1024 * 1024


class Library:
    """An opened library.

    Args:
        folders: Folders of fingerprints with who vouches for those that lie directly in them (`shipped`,
            `local`).
            Imported packs lie in sub-folders with a record of their own. Folders that do not exist are empty.
        cache: Where compiled indexes are kept; None to compile in memory.

    Attributes:
        broken: File and reason of every fingerprint that could not be read: gaps of every search.
    """

    def __init__(self, folders: Iterable[tuple[Path, str]], *, cache: Path | None = None) -> None:
        listed = [one for folder, trust in folders for one in _listed(folder, trust)]
        altered = [(Path(one.file).name, one.trust) for one in listed if one.trust == _ALTERED]
        self._index: Index = compiled([one for one in listed if one.trust != _ALTERED], cache)
        self.broken = (*altered, *self._index.directory.broken)
        self._searcher = Searcher(self._index)

    def __len__(self) -> int:
        return len(self._index.listed)

    @np.errstate(all="ignore")  # hostile numbers overflow, and are no finding
    def search(self, query: Fingerprint, *, most: int = 8) -> tuple[Hit, ...]:
        """With which fingerprints does this one hang together?

        Args:
            query: Made of the model in question; see `make.QUERY` and `make.RANGES`.
            most: How many hits at most.

        Returns:
            Hits at the claim threshold, the surest and closest first; empty where nothing is shown, which is
            no proof of independence from models that are not here. O(references) time: one matrix product for
            each kind of block, some milliseconds for each candidate.
        """
        return self._searcher.search(query, most=most)

    def fingerprint(self, hit: Hit) -> Fingerprint:
        """The fingerprint behind a hit.

        Raises:
            Malformed: it was changed in between.
            Unreadable: it cannot be read.
        """
        return load_fingerprint(Path(hit.file))


def library_folders(catalogue: Path, own: Sequence[Path] = ()) -> tuple[tuple[Path, str], ...]:
    """Where do fingerprints come from? Those shipped, the user's folder, and folders that are named."""
    places = [(catalogue / SHIPPED_FOLDER, "shipped"), (user_folder(), "local")]
    return (*places, *((folder, "local") for folder in own))


def user_folder() -> Path:
    """Where are the user's own fingerprints? `$GAUGER_FINGERPRINTS`, else the user's data folder."""
    given = os.environ.get("GAUGER_FINGERPRINTS", "")
    if given:
        return Path(given)
    data = os.environ.get("XDG_DATA_HOME", "")
    return (Path(data) if data else Path.home() / ".local" / "share") / "gauger" / "fingerprints"


def _listed(folder: Path, trust: str) -> Iterator[Listed]:
    if not folder.is_dir():
        return
    for path in sorted(folder.iterdir()):
        if path.suffix == SUFFIX and path.is_file():
            yield _entry(path, trust)
        elif path.name.startswith("pack-") and (path / RECORD).is_file():
            yield from _imported(path)


def _imported(folder: Path) -> Iterator[Listed]:
    """The fingerprints of an imported pack that are still those that were imported."""
    record = _record(folder / RECORD)
    if record is None:
        return
    signers = ", ".join(name[:16] for name in record.signed_by)
    trust = f"pack signed by {signers}" if signers else "unsigned pack"
    for name in sorted(record.fingerprints):
        path = folder / name
        if "/" in name or not path.is_file() or path.stat().st_size > MOST_BYTES:
            continue
        same = hashlib.sha256(path.read_bytes()).hexdigest() == record.fingerprints[name]
        yield _entry(path, trust if same else _ALTERED)


def _record(path: Path) -> Imported | None:
    try:
        with path.open("rb") as file:
            return msgspec.json.decode(file.read(_RECORD_BYTES), type=Imported)
    except (OSError, msgspec.DecodeError):
        return None


def _entry(path: Path, trust: str) -> Listed:
    state = path.stat()
    return Listed(file=str(path), trust=trust, size_bytes=state.st_size, stamp=state.st_mtime_ns)
