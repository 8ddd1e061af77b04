"""How fast do numbers come out of a file of weights, beside a plain sequential read of the same file?

    python bench/weights.py

Each file is read from a warm disk cache on one core, best of five in processor time, so that a busy machine
changes little; peak memory is that of the reading alone.
Ratios carry from one machine to another; megabytes a second do not.
"""

from __future__ import annotations

import os
import platform
import sys
import tempfile
import time
import tracemalloc
from collections.abc import Callable
from functools import partial
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")

import ml_dtypes
import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from build.gguf import gguf_bytes
from build.onnx import model, node, tensor
from build.quantised import safetensors_of
from gauger.core.limits import DEFAULT_LIMITS
from gauger.formats.gguf_types import TENSOR_TYPES
from gauger.formats.weights import open_weights

ROWS, COLUMNS, TENSORS = 2048, 4096, 4
RUNS = 5
GGUF = (
    "Q4_0", "Q4_1", "Q5_0", "Q8_0", "Q2_K", "Q3_K", "Q4_K", "Q5_K", "Q6_K", "IQ4_NL", "IQ4_XS", "IQ3_S",
    "IQ2_XXS",
)  # fmt: skip
CHANCE = np.random.default_rng(0)


def octets(*shape: int) -> np.ndarray:
    """Random bytes."""
    return CHANCE.integers(0, 256, shape, np.uint8)


def plain(dtype: str, array: np.ndarray) -> bytes:
    """A file of equal tensors of one plain type."""
    return safetensors_of({f"{n}.weight": (dtype, array) for n in range(TENSORS)})


def words(*shape: int) -> np.ndarray:
    """Random 32-bit words."""
    return octets(*shape, 4).view("<i4")[..., 0]


def layers(parts: dict[str, tuple[str, np.ndarray]]) -> bytes:
    """A file of some equal layers."""
    return safetensors_of({f"l{n}{leaf}": array for n in range(TENSORS) for leaf, array in parts.items()})


def _onnx(scale: np.ndarray) -> bytes:
    codes = octets(COLUMNS, ROWS).view("i1")
    stored = [one for n in range(TENSORS) for one in (tensor(f"w{n}", codes), tensor(f"s{n}", scale))]
    return model(stored, [node("DequantizeLinear", [f"w{n}", f"s{n}"], [f"y{n}"]) for n in range(TENSORS)])


def files() -> dict[str, tuple[str, Callable[[], bytes]]]:
    """By name: the file's ending, and how it is made."""
    floats = CHANCE.normal(size=(ROWS, COLUMNS)).astype(np.float32)
    groups = COLUMNS // 128
    scales = (CHANCE.random((groups, ROWS)) / 100).astype(np.float16)
    across = (groups, ROWS // 8)
    square = floats[: ROWS // 128, :groups]
    layered = {
        "F8_E4M3, blocks of 128 × 128": {
            ".weight": ("F8_E4M3", octets(ROWS, COLUMNS)),
            ".weight_scale_inv": ("F32", square),
        },
        "LLM.int8": {".weight": ("I8", octets(ROWS, COLUMNS)), ".SCB": ("F32", floats[:, 0])},
        "GPTQ, 4 bits": {
            ".qweight": ("I32", words(COLUMNS // 8, ROWS)),
            ".qzeros": ("I32", words(*across)),
            ".scales": ("F16", scales),
        },
        "AWQ": {
            ".qweight": ("I32", words(COLUMNS, ROWS // 8)),
            ".qzeros": ("I32", words(*across)),
            ".scales": ("F16", scales),
        },
        "MXFP4": {
            "_blocks": ("U8", octets(ROWS, COLUMNS // 32, 16)),
            "_scales": ("U8", octets(ROWS, COLUMNS // 32) // 8 + 100),
        },
        "compressed-tensors, 4 bits": {
            ".weight_packed": ("I32", words(ROWS, COLUMNS // 8)),
            ".weight_scale": ("F16", scales.T),
            ".weight_shape": ("I64", np.array([ROWS, COLUMNS])),
        },
    }
    found: dict[str, tuple[str, Callable[[], bytes]]] = {
        "F32": ("safetensors", lambda: plain("F32", floats)),
        "BF16": ("safetensors", lambda: plain("BF16", floats.astype(ml_dtypes.bfloat16).view("u2"))),
        "F16": ("safetensors", lambda: plain("F16", floats.astype("f2"))),
    }
    for name, parts in layered.items():
        found[name] = ("safetensors", lambda parts=parts: layers(parts))
    found["ONNX int8"] = ("onnx", lambda: _onnx(floats[0, :ROWS]))
    for name in GGUF:
        found[name] = ("gguf", lambda name=name: _gguf(name))
    return found


def _gguf(name: str) -> bytes:
    number, elements, size = next((k, n, s) for k, (one, n, s) in TENSOR_TYPES.items() if one == name)
    row = COLUMNS // elements * size
    return gguf_bytes(
        {}, {f"{n}": ((ROWS, COLUMNS), number, octets(ROWS, row).tobytes()) for n in range(TENSORS)}
    )


def best(work: Callable[[], object]) -> float:
    """Processor seconds of the fastest of some runs."""
    least = float("inf")
    for _ in range(RUNS):
        start = time.process_time()
        work()
        least = min(least, time.process_time() - start)
    return least


def sequential(path: Path) -> None:
    """Reads the file once, a megabyte at a time."""
    buffer = bytearray(1 << 20)
    with path.open("rb", buffering=0) as file:
        while file.readinto(buffer):
            pass


def copied(path: Path) -> None:
    """Reads the file once into arrays of eight megabytes: the least that anyone does who wants numbers."""
    with path.open("rb", buffering=0) as file:
        while file.readinto(np.empty(DEFAULT_LIMITS.block_bytes, np.uint8).data):
            pass


def numbers(path: Path) -> None:
    """Reads every number."""
    with open_weights(path) as weights:
        if weights.unread:
            raise SystemExit(f"unread: {weights.unread}")
        for one in weights.tensors:
            for _ in weights.blocks(one):
                pass


def peak(path: Path) -> float:
    """Megabytes that reading every number takes at most."""
    tracemalloc.start()
    numbers(path)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return most / 1e6


def main() -> int:
    """Prints the table."""
    versions = f"Python {platform.python_version()}, NumPy {np.__version__}"
    print(f"{platform.machine()}, {os.cpu_count()} cores, {versions}")
    print(f"{'':30}" + "".join(f"{word:>14}" for word in HEADINGS))
    chosen = sys.argv[1:]
    for name, (ending, make) in files().items():
        if chosen and not any(word in name for word in chosen):
            continue
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / f"model.{ending}"
            path.write_bytes(make())
            size = path.stat().st_size / 1e6
            read, arrays, ours = (best(partial(work, path)) for work in (sequential, copied, numbers))
            output = 4 * ROWS * COLUMNS * TENSORS / 1e6
            figures = (size, size / read, size / arrays, size / ours, output / ours, ours / read, peak(path))
            print(f"{name:30}" + "".join(f"{figure:14.1f}" for figure in figures))
    return 0


HEADINGS = ("stored MB", "read MB/s", "copied MB/s", "numbers MB/s", "float32 MB/s", "time ratio", "peak MB")


if __name__ == "__main__":
    sys.exit(main())
