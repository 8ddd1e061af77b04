"""The most expensive files that the bounds let through: seconds and peak memory of each.

    python bench/bombs.py

Each is read in a process of its own.
Exits with 1 when one of them passed 1 GB of resident memory, its own bytes included.
"""

from __future__ import annotations

import resource
import struct
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from build.gguf import text
from build.onnx import chunk, number
from build.readers import ALLOWED, READERS
from build.safetensors import with_header
from gauger.core.limits import DEFAULT_LIMITS as LIMITS

_BOUND_BYTES = 1 << 30


def _header(piece: str, opening: str = '{"a":[', size: int = LIMITS.header_bytes) -> bytes:
    return with_header(opening + piece * ((size - len(opening.encode())) // len(piece.encode())))


def _directory(count: int, name: int) -> bytes:
    entry = '"%0*d":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}'
    return with_header("{" + ",".join(entry % (name, n) for n in range(count)) + "}")


def _gguf(count: int, piece: bytes) -> bytes:
    lists = b"".join(
        text(key) + struct.pack("<IIQ", 9, 8, count) + text(piece) * count
        for key in ("tokenizer.ggml.tokens", "tokenizer.ggml.merges")
    )
    return b"GGUF" + struct.pack("<IQQ", 3, 0, 2) + lists


def _gguf_many_keys(count: int) -> bytes:
    pairs = b"".join(text(f"{n:07d}") + struct.pack("<I", 8) + text("v") for n in range(count))
    return b"GGUF" + struct.pack("<IQQ", 3, 0, count) + pairs


def _tokenizer(piece: str, count: int) -> bytes:
    head = '{"model": {"type": "BPE", "vocab": {}, "merges": ['
    return (head + ",".join([piece] * count) + "]}}").encode()


BOMBS: dict[str, tuple[str, Callable[[], bytes]]] = {
    "safetensors: lists in lists": ("safetensors", lambda: _header("[],")),
    "safetensors: one long text beyond Latin": (
        "safetensors",
        lambda: _header("x" * 1000, '{"__metadata__":{"a":"😀'),
    ),
    "safetensors: one long name beyond Latin": ("safetensors", lambda: _header("x" * 1000, '{"😀')),
    "safetensors: most numbers in one shape": (
        "safetensors",
        lambda: _header("1,", '{"a":{"shape":[', 6 << 20),
    ),
    "safetensors: most members": (
        "safetensors",
        lambda: with_header("{" + ",".join(f'"{n}":0' for n in range(1_200_000)) + "}"),
    ),
    "safetensors: most tensors": ("safetensors", lambda: _directory(199_000, 20)),
    "safetensors: most tensors, long names": ("safetensors", lambda: _directory(199_000, 440)),
    "gguf: most pieces and merges": ("gguf", lambda: _gguf(1_990_000, b"ab")),
    "gguf: longest pieces": ("gguf", lambda: _gguf(1_300_000, b"a" * 30)),
    "gguf: most keys": ("gguf", lambda: _gguf_many_keys(399_000)),
    "tokenizer: most pairs": ("tokenizer_json", lambda: _tokenizer('["a1","b2"]', 1_990_000)),
    "tokenizer: most merges": ("tokenizer_json", lambda: _tokenizer('"ab1 cd2"', 3_900_000)),
    "json: most values": ("json", lambda: b"[" + b"[]," * 199_000 + b"[]]"),
    "json: one long text beyond Latin": ("json", lambda: '["😀'.encode() + b"x" * 8_300_000 + b'"]'),
    "yaml: most nodes": ("yaml", lambda: b"[" + b"[a]," * 195_000 + b"a]"),
    "yaml: most lines": ("yaml", lambda: b"- a: b\n" * 130_000),
    "yaml: more nodes than allowed": ("yaml", lambda: b"- a\n" * 2_000_000),
    "pickle: most lists": ("pickle", lambda: b"\x80\x04" + b"]" * 1_999_000 + b"."),
    "pickle: most memo entries": ("pickle", lambda: b"\x80\x04" + b"]\x94" * 999_000 + b"."),
    "pickle: long texts": (
        "pickle",
        lambda: b"\x80\x04" + (b"X" + struct.pack("<I", 60_000) + b"x" * 60_000) * 3_000 + b".",
    ),
    "onnx: most fields": (
        "onnx",
        lambda: number(1, 8) + chunk(2, "p") + chunk(7, chunk(1, chunk(4, "A")) * 650_000),
    ),
    "onnx: most tensors": (
        "onnx",
        lambda: number(1, 8) + chunk(2, "p") + chunk(7, chunk(5, chunk(8, "name")) * 199_000),
    ),
    "sentencepiece: most pieces": ("sentencepiece", lambda: chunk(1, chunk(1, "ab")) * 990_000),
    "vocab_txt: most lines": ("vocab_txt", lambda: b"abcdef\n" * 1_990_000),
    "tiktoken: most ranks": ("tiktoken", lambda: b"YWJj 12\n" * 1_990_000),
}


def run_one(title: str) -> None:
    """Read one bomb; print outcome, seconds and the memory that reading added to the file's own bytes."""
    kind, build = BOMBS[title]
    reader, _ = READERS[kind]
    data = build()
    start = time.perf_counter()
    try:
        answer = reader(data, LIMITS)
        outcome = "read"
        del answer
    except ALLOWED as error:
        outcome = type(error).__name__
    seconds = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    print(f"{peak}\t{len(data) / 1e6:6.1f} MB  {outcome:14} {seconds:6.2f} s  peak {peak / 1e6:5.0f} MB")


def main(arguments: list[str]) -> int:
    """Run all of them, or the one named."""
    if arguments:
        run_one(arguments[0])
        return 0
    worst = 0
    for title in BOMBS:
        done = subprocess.run([sys.executable, __file__, title], check=True, capture_output=True, text=True)
        peak, shown = done.stdout.rstrip("\n").split("\t")
        worst = max(worst, int(peak))
        print(f"{title:45} {shown}", flush=True)
    print(f"worst peak {worst / 1e6:.0f} MB (bound {_BOUND_BYTES / 1e6:.0f} MB)")
    return int(worst > _BOUND_BYTES)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
