"""What all fuzz targets do: any bytes to one reader, and only its own errors may come out."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import atheris

with atheris.instrument_imports(include=["gauger.formats", "build.readers"]):
    from build.readers import ALLOWED, READERS
    from gauger.core.limits import Limits

LIMITS = Limits(header_bytes=1 << 20, tokenizer_bytes=1 << 20, items=50_000, block_bytes=1 << 16)


def fuzz(*names: str) -> None:
    """Run these readers on what the fuzzer makes, until it is stopped; starts from a valid file of each.

    Options of libFuzzer are taken from the command line: `-max_total_time=60`, `-rss_limit_mb=1024`.
    """
    corpus = Path(__file__).parents[2] / ".cache" / "fuzz" / names[0]
    corpus.mkdir(parents=True, exist_ok=True)
    for name in names:
        (corpus / name).write_bytes(READERS[name][1])

    def one(data: bytes) -> None:
        for name in names:
            try:
                READERS[name][0](data, LIMITS)
            except ALLOWED:
                continue

    atheris.Setup([*sys.argv, "-rss_limit_mb=1024", str(corpus)], one)
    atheris.Fuzz()
