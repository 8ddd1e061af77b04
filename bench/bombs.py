"""The most expensive files that the bounds let through: seconds and peak memory of each.

    python bench/bombs.py

Each is read in a process of its own: files by their reader, trees by the whole scan, with as many processes
as it takes by itself (the peak is the largest of them). Trees are made in a temporary folder; the million
files take a minute to make and 4 GB of disk.
Exits with 1 when one of them passed 1 GB of resident memory, its own bytes included, or when a tree gave no
gap.
"""

from __future__ import annotations

import resource
import struct
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from build.ggml import detector_header
from build.ggml import tensor as ggml_tensor
from build.gguf import text
from build.hdf5 import hdf5
from build.npz import npy
from build.onnx import chunk, number
from build.paddle import stream as paddle_stream
from build.pickles import zip_bytes
from build.readers import ALLOWED, READERS
from build.safetensors import with_header
from build.stacks import lookup
from build.tflite import Scalar, Vector, flatbuffer
from gauger.core.limits import DEFAULT_LIMITS as LIMITS
from gauger.scan.scan import scan

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


def _tflite(count: int) -> bytes:
    tensor = {0: Vector("i", (1,)), 2: Scalar("I", 1), 3: "n" * 60}
    return flatbuffer({2: [{0: [tensor] * count}], 4: [{}, {0: Vector("B", b"1234")}]})


def _paddle_program(count: int) -> bytes:
    kept = chunk(2, number(1, 7)) + number(3, 1)
    return chunk(1, b"".join(chunk(3, chunk(1, f"variable-{n}") + kept) for n in range(count)))


def _ctranslate2(count: int) -> bytes:
    variables = b"".join(struct.pack("<H7sBBI", 7, b"%06d" % n, 0, 1, 1) + b"\0" for n in range(count))
    return struct.pack("<IH5sII", 6, 5, b"Spec", 1, count) + variables


def _hdf5_links() -> bytes:
    """Tables of 60,000 members each, which all name one dataset, under names of 1,000 letters."""
    data = bytearray(hdf5({"w": np.ones(1, "<f4")}))
    root = struct.unpack_from("<Q", data, 64)[0]
    tree, heap = struct.unpack_from("<QQ", data, root + 24)
    node = struct.unpack_from("<Q", data, tree + 32)[0]
    entry = bytes(data[node + 8 : node + 48])
    struct.pack_into("<Q", data, heap + 24, len(data))
    data += b"w" * 1_000 + bytes(24)
    place = len(data)
    data += b"SNOD\x01\0" + struct.pack("<H", 60_000) + (bytes(8) + entry[8:]) * 60_000
    struct.pack_into("<Q", data, tree + 32, place)
    return bytes(data)


def _hdf5_circles() -> bytes:
    """A table of a group that names itself twice: each level has twice as many as the one above."""
    data = bytearray(hdf5({"w": np.ones(1, "<f4")}))
    root = struct.unpack_from("<Q", data, 64)[0]
    tree = struct.unpack_from("<Q", data, root + 24)[0]
    place = len(data)
    struct.pack_into("<Q", data, tree + 32, place)
    node = b"TREE\0\0" + struct.pack("<H", 2) + bytes(24) + struct.pack("<QQQ", place, 0, place)
    return bytes(data + node + bytes(64))


def _npz(count: int) -> bytes:
    """Arrays of one number, each in a packed member of its own."""
    array = npy(np.ones(1, "<f4"))
    return zip_bytes({f"{n:05}.npy": array for n in range(count)}, packed=True)


def _ggml_tensors(count: int) -> bytes:
    return b"".join(ggml_tensor(f"tensor-{n:06}", np.ones(1, "<f4")) for n in range(count))


_GGML_FALSE = struct.pack("<iii", 1, 4, 0)
_EDGE = '<edge from-layer="{0}" to-layer="{0}"/>'


def _openvino(piece: str, count: int, opening: str = "", closing: str = "</layers>") -> bytes:
    place = 'element_type="u8" shape="1" offset="0" size="1"'
    pieces = "".join(piece.format(place if "Const" in piece else n) for n in range(count))
    layer = '<layer id="0" name="a" type="A"/>'
    return f'<net name="n"><layers>{layer}{opening}{pieces}{closing}</net>'.encode()


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
    "tflite: most tensors, one long name": ("tflite", lambda: _tflite(195_000)),
    "paddle: most tensors": ("paddle", lambda: paddle_stream([np.ones(1, "<f4")]) * 199_000),
    "paddle: most parameters in the program": ("paddle_program", lambda: _paddle_program(190_000)),
    "ctranslate2: most variables": ("ctranslate2", lambda: _ctranslate2(199_000)),
    "hdf5: most links to one dataset": ("hdf5", _hdf5_links),
    "hdf5: tables in circles": ("hdf5", _hdf5_circles),
    "npz: most packed arrays": ("npz", lambda: _npz(60_000)),
    "ggml: most tensors": ("ggml", lambda: detector_header() + _ggml_tensors(199_000)),
    "ggml: most places where none begins": ("ggml", lambda: b"lmgg" + _GGML_FALSE * 500_000),
    "openvino: most constants": (
        "openvino",
        lambda: _openvino('<layer type="Const"><data {}/></layer>', 199_000),
    ),
    "openvino: most edges": ("openvino", lambda: _openvino(_EDGE, 390_000, "</layers><edges>", "</edges>")),
    "sentencepiece: most pieces": ("sentencepiece", lambda: chunk(1, chunk(1, "ab")) * 990_000),
    "vocab_txt: most lines": ("vocab_txt", lambda: b"abcdef\n" * 1_990_000),
    "tiktoken: most ranks": ("tiktoken", lambda: b"YWJj 12\n" * 1_990_000),
}


def _line(root: Path) -> None:
    with (root / "app.py").open("wb") as file:
        file.truncate(2 << 30)


def _aliases(root: Path) -> None:
    lines = ["a0: &a0 [" + ",".join("x" * 10) + "]"]
    lines += [f"a{n}: &a{n} [" + ",".join([f"*a{n - 1}"] * 10) + "]" for n in range(1, 12)]
    (root / "compose.yaml").write_text("\n".join(lines), encoding="utf-8")


def _million(root: Path) -> None:
    for folder in range(1_001):
        (root / f"{folder:04}").mkdir()
        for at in range(1_000):
            (root / f"{folder:04}" / f"{at:03}.py").write_bytes(b"x = 1\n")


def _loops(root: Path) -> None:
    (root / "real.py").write_bytes(b"x = 1\n")
    (root / "a").symlink_to("b")
    (root / "b").symlink_to("a")
    (root / "sub").mkdir()
    (root / "sub" / "up").symlink_to("..")
    for at in range(1_500):
        (root / f"chain{at}").symlink_to(f"chain{at + 1}")


def _torn(root: Path) -> None:
    text = 'resource "x" "y" {\n  model_id = "anthropic.claude-3-haiku-20240307-v1:0"\n  list = [1, 2\n'
    (root / "main.tf").write_text(text, encoding="utf-8")


def _notebook(root: Path) -> None:
    picture = '{"output_type":"display_data","metadata":{},"data":{"image/png":"' + "A" * 1_000_000 + '"}}'
    cell = '{"cell_type":"code","metadata":{},"outputs":[' + picture + '],"source":["x = 1\\n"]}'
    with (root / "big.ipynb").open("w", encoding="utf-8") as file:
        file.write('{"nbformat":4,"nbformat_minor":5,"metadata":{},"cells":[' + cell)
        file.writelines("," + cell for _ in range(499))
        file.write("]}")


def _settings(root: Path) -> None:
    (root / "long.yaml").write_text("model: gpt-4o\n" + "- a\n" * 500_000, encoding="utf-8")


TREES: dict[str, Callable[[Path], None]] = {
    "tree: a line of 2 GB": _line,
    "tree: aliases of aliases in YAML": _aliases,
    "tree: a million files and a thousand": _million,
    "tree: links in loops": _loops,
    "tree: a torn Terraform file": _torn,
    "tree: a notebook of 500 MB": _notebook,
    "tree: settings of 2 MB": _settings,
}


def run_tree(root: Path) -> None:
    """Scan one tree; print gaps, seconds and the largest process. Ends with 1 where nothing is a gap."""
    start = time.perf_counter()
    gaps = scan(root, lookup()).gaps
    seconds = time.perf_counter() - start
    who = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    peak = max(resource.getrusage(one).ru_maxrss for one in who) * 1024
    first = f"{gaps[0].reason}: {gaps[0].detail}" if gaps else "NO GAP"
    print(f"{peak}\t{len(gaps):4} gaps {seconds:6.2f} s  peak {peak / 1e6:5.0f} MB  {first[:70]}")
    sys.exit(not gaps)


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


def _measure_tree(title: str) -> int:
    """Make one tree, scan it in a process of its own, print its line; which peak, in bytes?"""
    with tempfile.TemporaryDirectory() as folder:
        TREES[title](Path(folder))
        done = subprocess.run(
            [sys.executable, __file__, title, folder], check=True, capture_output=True, text=True
        )
    peak, shown = done.stdout.rstrip("\n").split("\t")
    print(f"{title:45} {shown}", flush=True)
    return int(peak)


def main(arguments: list[str]) -> int:
    """Run all of them, or the one named."""
    if arguments:
        title, *place = arguments
        if title not in TREES:
            run_one(title)
        elif place:
            run_tree(Path(place[0]))
        else:
            _measure_tree(title)
        return 0
    worst = max(_measure_tree(title) for title in TREES)
    for title in BOMBS:
        done = subprocess.run([sys.executable, __file__, title], check=True, capture_output=True, text=True)
        peak, shown = done.stdout.rstrip("\n").split("\t")
        worst = max(worst, int(peak))
        print(f"{title:45} {shown}", flush=True)
    print(f"worst peak {worst / 1e6:.0f} MB (bound {_BOUND_BYTES / 1e6:.0f} MB)")
    return int(worst > _BOUND_BYTES)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
