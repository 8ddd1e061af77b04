"""How fast are the readers, beside the `gguf` package on the same file in the same run?

    python scripts/fetch_real_models.py && python bench/formats.py

Each figure is the best of several runs in fresh processes (cold imports, warm disk cache). Ratios carry from
one machine to another; seconds do not.
"""

from __future__ import annotations

import os
import platform
import subprocess
import sys
import time
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from gauger.core.limits import DEFAULT_LIMITS
from gauger.formats.dequantise import read_rows
from gauger.formats.gguf_types import BLOCKS
from gauger.formats.model_file import TensorEntry
from gauger.formats.source import MemorySource
from real_models import MINILM, MINILM_INT8, SMOLLM2, folder

_OURS = """
import sys
from pathlib import Path
from gauger.formats.open_model import open_model
model = open_model(Path(sys.argv[1]))
assert model.tensors
"""
_TOKENIZER = """
import sys
from pathlib import Path
from gauger.formats.open_model import open_tokenizer
assert open_tokenizer(Path(sys.argv[1]).parent).pieces
"""
_THEIRS = """
import sys
from gguf import GGUFReader
reader = GGUFReader(sys.argv[1])
tokens = reader.fields["tokenizer.ggml.tokens"].contents()
merges = reader.fields["tokenizer.ggml.merges"].contents()
assert tokens and merges and reader.tensors
"""
_TYPES = (
    "F32",
    "F16",
    "BF16",
    "F8_E4M3",
    "Q4_0",
    "Q4_1",
    "Q5_0",
    "Q8_0",
    "Q2_K",
    "Q3_K",
    "Q4_K",
    "Q5_K",
    "Q6_K",
)
_MORE_TYPES = ("IQ4_NL", "IQ4_XS", "IQ2_XXS", "IQ3_S", "MXFP4")
_PLAIN_BYTES = {"F32": 4, "F16": 2, "BF16": 2, "F8_E4M3": 1}
_SHAPE = (2048, 4096)


def cold(code: str, path: Path, runs: int = 3) -> float:
    """Seconds of the fastest of some runs in a new process, the interpreter's start included."""
    best = float("inf")
    for _ in range(runs):
        start = time.perf_counter()
        subprocess.run([sys.executable, "-c", code, str(path)], check=True)
        best = min(best, time.perf_counter() - start)
    return best


def decoding(dtype: str) -> tuple[float, float]:
    """MB/s of stored bytes and of float32 numbers, on one core from memory."""
    rows, columns = _SHAPE
    elements, size = BLOCKS.get(dtype, (1, _PLAIN_BYTES.get(dtype, 0)))
    stored = rows * columns // elements * size
    data = np.random.default_rng(0).integers(0, 256, stored, np.uint8).tobytes()
    entry = TensorEntry(name="t", dtype=dtype, shape=_SHAPE, offset=0, size_bytes=stored)
    source = MemorySource(data)
    best = float("inf")
    for _ in range(3):
        start = time.perf_counter()
        for _ in read_rows(source, entry, DEFAULT_LIMITS):
            pass
        best = min(best, time.perf_counter() - start)
    return stored / best / 1e6, 4 * rows * columns / best / 1e6


def main() -> int:
    """Print the tables."""
    real = folder()
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    start = cold("pass", real)
    print(f"{'the interpreter alone':55} {start:6.3f} s")
    ours, theirs = cold(_OURS, real / SMOLLM2), cold(_THEIRS, real / SMOLLM2)
    print(f"{'GGUF header, tokenizer and tensors, cold':55} {ours:6.3f} s")
    print(f"{'the same with gguf.GGUFReader':55} {theirs:6.3f} s  ({theirs / ours:.0f} times as long)")
    print(f"{'safetensors header, cold':55} {cold(_OURS, real / MINILM):6.3f} s")
    print(f"{'ONNX graph, cold':55} {cold(_OURS, real / MINILM_INT8):6.3f} s")
    print(f"{'tokenizer.json of 30,522 pieces, cold':55} {cold(_TOKENIZER, real / MINILM):6.3f} s")
    print(f"\n{'to float32, one core':12}{'stored MB/s':>24}{'numbers MB/s':>16}")
    for dtype in (*_TYPES, *_MORE_TYPES):
        stored, numbers = decoding(dtype)
        print(f"{dtype:12}{stored:24.0f}{numbers:16.0f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
