"""A 14 GB model behind HTTP: seconds, requests, bytes, peak memory of a trace, unknown and known.

    python bench/trace_remote.py [delay in milliseconds for each request]

The model has the sizes of a 7-billion-parameter Llama in bfloat16, in three shards. Its numbers are made by
the server when they are asked for, from a seed, so that nothing of it lies on a disk.
"""

from __future__ import annotations

import json
import os
import struct
import subprocess
import sys
import tempfile
import time
import zlib
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from build.range_server import RangeServer, Trouble
from gauger.core.limits import DEFAULT_LIMITS
from gauger.formats.weights import weights_of
from gauger.trace.fingerprints.library import SUFFIX
from gauger.trace.fingerprints.make import RANGES, fingerprint_of
from gauger.trace.fingerprints.records import Declared
from gauger.trace.fingerprints.store import save_fingerprint
from gauger.trace.weights.network import network_of

WIDTH, INNER, LAYERS, VOCABULARY, SHARDS = 4096, 11008, 32, 32000, 3
BLOCK = 1 << 16


class Shard:
    """One file: a true header, then normal numbers in bfloat16, the same whenever they are asked for."""

    def __init__(self, number: int, tensors: dict[str, tuple[int, ...]]) -> None:
        self.number = number
        self.names = list(tensors)
        header, at = {}, 0
        for name, shape in tensors.items():
            size = 2 * int(np.prod(shape))
            header[name] = {"dtype": "BF16", "shape": list(shape), "data_offsets": [at, at + size]}
            at += size
        raw = json.dumps(header).encode()
        self.header = struct.pack("<Q", len(raw)) + raw
        self.size = len(self.header) + at

    def __len__(self) -> int:
        return self.size

    def __getitem__(self, stretch: slice) -> bytes:
        start, end, _ = stretch.indices(self.size)
        first, last = start // BLOCK, -(-end // BLOCK)
        data = b"".join(self._block(number) for number in range(first, last))
        return data[start - first * BLOCK : end - first * BLOCK]

    def _block(self, number: int) -> bytes:
        """A stretch of one pool of random numbers, another for every block."""
        start = 2 * (zlib.crc32(f"{self.number}/{number}".encode()) % ((len(POOL) - BLOCK) // 2))
        made = bytearray(POOL[start - len(self.header) % 2 :][:BLOCK]) if start else bytearray(POOL[:BLOCK])
        head = self.header[number * BLOCK : (number + 1) * BLOCK]
        made[: len(head)] = head
        return bytes(made)


def pool() -> bytes:
    """32 MiB of normal numbers in bfloat16."""
    values = np.random.default_rng(14).standard_normal(1 << 24, np.float32) * 0.02
    return (values.view(np.uint32) >> 16).astype("<u2").tobytes()


POOL = pool()


def shapes() -> dict[str, tuple[int, ...]]:
    """Names and shapes of a Llama with 32 layers."""
    found: dict[str, tuple[int, ...]] = {"model.embed_tokens.weight": (VOCABULARY, WIDTH)}
    for layer in range(LAYERS):
        stem = f"model.layers.{layer}."
        found |= {f"{stem}self_attn.{x}_proj.weight": (WIDTH, WIDTH) for x in "qkvo"}
        found |= {f"{stem}mlp.{x}_proj.weight": (INNER, WIDTH) for x in ("gate", "up")}
        found[f"{stem}mlp.down_proj.weight"] = (WIDTH, INNER)
        found |= {f"{stem}{x}_layernorm.weight": (WIDTH,) for x in ("input", "post_attention")}
    return found | {"model.norm.weight": (WIDTH,), "lm_head.weight": (VOCABULARY, WIDTH)}


def files() -> dict[str, Shard | bytes]:
    """The folder: shards, index, configuration."""
    every = list(shapes().items())
    step = -(-len(every) // SHARDS)
    shards = [Shard(n, dict(every[n * step : (n + 1) * step])) for n in range(SHARDS)]
    names = [f"model-{n + 1:05d}-of-{SHARDS:05d}.safetensors" for n in range(SHARDS)]
    index = {name: file for file, shard in zip(names, shards, strict=True) for name in shard.names}
    config = {
        "architectures": ["LlamaForCausalLM"], "model_type": "llama", "hidden_size": WIDTH,
        "intermediate_size": INNER, "num_hidden_layers": LAYERS, "num_attention_heads": 32,
        "num_key_value_heads": 32, "vocab_size": VOCABULARY,
    }  # fmt: skip
    held: dict[str, Shard | bytes] = {f"/m/{n}": s for n, s in zip(names, shards, strict=True)}
    held["/m/model.safetensors.index.json"] = json.dumps({"metadata": {}, "weight_map": index}).encode()
    held["/m/config.json"] = json.dumps(config).encode()
    return held


class Here:
    """A shard as a source, without a server."""

    def __init__(self, name: str, shard: Shard) -> None:
        self.name = name
        self.size_bytes = len(shard)
        self.read_bytes = 0
        self.shard = shard

    def read_at(self, offset: int, length: int) -> bytes:
        """The bytes of a range."""
        self.read_bytes += length
        return self.shard[offset : offset + length]


def known(folder: Path, held: dict[str, Shard | bytes]) -> None:
    """Put a fingerprint of the model into a library: its first 1,024 units of eight layers."""
    shards = [Here(path, shard) for path, shard in held.items() if isinstance(shard, Shard)]
    weights = weights_of(shards, DEFAULT_LIMITS)
    fingerprint = fingerprint_of(network_of(weights), Declared(key="the-same"), detail=RANGES)
    save_fingerprint(fingerprint, folder / f"the-same{SUFFIX}")


MEASURED = """
import sys, time
from pathlib import Path
from gauger.cli.main import exit_code
begun = time.monotonic()
code = exit_code(sys.argv[1:])
took = time.monotonic() - begun
peak = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
print(f"exit {code}, {took:.2f} s, peak {int(peak.split()[1]) / 1024:.0f} MB", file=sys.stderr)
"""
"""Not `ru_maxrss`: that keeps what the process before `exec` had, which is this one's."""


def main() -> None:
    """Trace without and with a fingerprint of the model, each twice with one folder of kept ranges."""
    delay = float(sys.argv[1]) / 1000 if sys.argv[1:] else 0.0
    with RangeServer(files()) as server, tempfile.TemporaryDirectory() as kept:
        server.troubles["*"] = Trouble(delay_s=delay, block=1 << 30)
        total = sum(len(held) for held in server.files.values())
        print(f"{total:,} bytes at {server.url}/m, {delay * 1000:.0f} ms for each request")
        library = Path(kept) / "library"
        for run in ("unknown", "unknown, resumed", "with a fingerprint", "with a fingerprint, resumed"):
            if run == "with a fingerprint":
                known(library, server.files)
            print(f"{run}: {traced(server, Path(kept) / run.partition(',')[0], library)}", flush=True)


def traced(server: RangeServer, cache: Path, library: Path) -> str:
    """One run of the program: seconds, memory, requests, bytes, and what it says."""
    asked, sent, begun = len(server.asked), server.sent, time.monotonic()
    command = [
        sys.executable,
        "-c",
        MEASURED,
        "trace",
        f"{server.url}/m",
        "--cache",
        str(cache),
        "-f",
        "json",
    ]
    environment = {**os.environ, "GAUGER_FINGERPRINTS": str(library)}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    took = time.monotonic() - begun
    document = json.loads(done.stdout or "{}")
    told = [e["statement"] for e in document.get("evidence", ()) if e["probe"] == "weights"]
    total, came = sum(len(held) for held in server.files.values()), server.sent - sent
    return (
        f"{done.stderr.strip().splitlines()[-1]}, {took:.2f} s with the start; {len(server.asked) - asked} "
        f"requests, {came:,} bytes sent ({100 * came / total:.3f} %); {told[0] if told else 'nothing found'}"
    )


if __name__ == "__main__":
    main()
