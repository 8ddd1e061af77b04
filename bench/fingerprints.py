"""How long does a search over ten thousand fingerprints take, and in how much memory?

    python bench/fingerprints.py [COUNT]

Draws COUNT fingerprints (10,000 by default: 12 blocks of 1,536 units, the first 512 of each described, 24
tensors), compiles the index, opens it again, and searches for children of some of them and for strangers.
Everything is removed afterwards. One thread is used if OMP_NUM_THREADS=1 is set.
"""

from __future__ import annotations

import hashlib
import os
import platform
import resource
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from gauger.trace.fingerprints.library import Library
from gauger.trace.fingerprints.records import (
    GATED,
    SPREADS,
    BlockNote,
    Declared,
    Document,
    Fingerprint,
    Reading,
    Structure,
    TensorNote,
)
from gauger.trace.fingerprints.store import save_fingerprint

LAYERS, UNITS, DESCRIBED, TENSORS = 12, 1536, 512, 24
QUERIES = 20


def drawn(number: int, noise: float = 0.0) -> Fingerprint:
    """The fingerprint of this number; with noise, that of a child."""
    draw = np.random.default_rng(number)
    units = draw.standard_normal((LAYERS, DESCRIBED, len(GATED)), np.float32)
    samples = draw.standard_normal((TENSORS, 64), np.float32)
    if noise:
        other = np.random.default_rng(number + 1_000_000_007)
        units = units + np.float32(noise) * other.standard_normal(units.shape, np.float32)
        samples = samples + np.float32(noise) * other.standard_normal(samples.shape, np.float32)
    blocks = tuple(
        BlockNote(
            component=f"layers.{n}", layer=n, units=UNITS, width=576, count=DESCRIBED, features=GATED,
            centres=(0.0,) * len(GATED),
        )
        for n in range(LAYERS)
    )  # fmt: skip
    tensors = tuple(
        TensorNote(
            component=f"layers.{n // 2}", role=("gate", "up")[n % 2], shape=(UNITS, 576), dtype="BF16",
            mean=0.0, deviation=1.0, sample=(8, 8),
            digest="" if noise else hashlib.sha256(f"{number} {n}".encode()).hexdigest(),
        )
        for n in range(TENSORS)
    )  # fmt: skip
    arrays = {f"units.{n}": units[n].astype(np.float16) for n in range(LAYERS)}
    arrays |= {"samples": samples, "spreads": np.zeros((LAYERS, len(GATED), SPREADS), np.float32)}
    document = Document(
        tool="bench",
        declared=Declared(key=f"model-{number}"),
        structure=Structure(layers=LAYERS, units=(UNITS,), width=576),
        blocks=blocks,
        tensors=tensors,
        reading=Reading(whole=False, read_bytes=0, total_bytes=0),
    )
    return Fingerprint(document=document, arrays=arrays)


def main() -> None:
    """Print one line for each step."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, "
          f"numpy {np.__version__}, OMP_NUM_THREADS={os.environ.get('OMP_NUM_THREADS', '-')}")  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        store, cache = Path(folder) / "library", Path(folder) / "cache"
        _timed(f"drawing {count} fingerprints", lambda: _fill(store, count))
        _timed("compiling the index", lambda: Library([(store, "local")], cache=cache))
        index = sum(path.stat().st_size for path in cache.rglob("*"))
        print(f"index: {index / 1e6:.0f} MB; fingerprints: {_size(store) / 1e6:.0f} MB")
        library = _timed("opening the compiled library", lambda: Library([(store, "local")], cache=cache))
        for noise in (0.0, 0.1, 1.0):
            _search(
                library,
                [drawn(n * (count // QUERIES), noise or 1e-3) for n in range(QUERIES)],
                f"noise {noise}",
            )
        _search(library, [drawn(10**9 + n) for n in range(QUERIES)], "strangers")
    print(f"peak memory of the whole run: {_peak()} MB")


def _search(library: Library, queries: list[Fingerprint], what: str) -> None:
    started, worked, hits = time.perf_counter(), time.process_time(), 0
    for query in queries:
        hits += [hit.key for hit in library.search(query)] == [query.key]
    seconds = (time.perf_counter() - started) / len(queries)
    processor = (time.process_time() - worked) / len(queries)
    times = f"{seconds:.2f} s each ({processor:.2f} s of processor)"
    print(
        f"search, {what}: {times}, {hits} of {len(queries)} found their origin and nothing else", flush=True
    )


def _fill(store: Path, count: int) -> None:
    for number in range(count):
        save_fingerprint(drawn(number), store / f"model-{number:05}.safetensors")


def _timed(what: str, work):  # noqa: ANN001, ANN202 - a benchmark's stop watch takes any work
    started = time.perf_counter()
    found = work()
    print(f"{what}: {time.perf_counter() - started:.1f} s, peak memory so far {_peak()} MB", flush=True)
    return found


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.iterdir())


def _peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


if __name__ == "__main__":
    main()
