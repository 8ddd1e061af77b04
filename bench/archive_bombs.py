"""The most expensive archives and images that the bounds let through: seconds and peak memory of each.

    python bench/archive_bombs.py [FOLDER]

Each is listed in a process of its own; the files are made in FOLDER (a temporary one by default).
Exits with 1 when one of them passed 1 GB of resident memory or two minutes.
"""

from __future__ import annotations

import gzip
import io
import json
import multiprocessing
import resource
import struct
import subprocess
import sys
import tempfile
import time
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from build.images import Layout, config, docker_save, packed, sha256, tar, zipped
from gauger.scan.target import open_target

_BOUND_BYTES, _BOUND_S = 1 << 30, 120


def _header(name: bytes, size: int = 0, flag: bytes = b"0", target: bytes = b"") -> bytes:
    block = bytearray(512)
    block[: len(name)] = name
    block[124:135] = b"%011o" % size
    block[156:157] = flag
    block[157 : 157 + len(target)] = target
    block[148:156] = b" " * 8
    block[148:156] = b"%06o\0 " % sum(block)
    return bytes(block)


def _many(count: int, folder: bytes = b"srv/") -> Iterator[bytes]:
    for n in range(count):
        yield _header(folder + b"%d/%d.txt" % (n % 1000, n))


def _members(out: Path) -> None:
    with out.open("wb") as file:
        file.writelines(_many(1_000_001))


def _packed_members(out: Path) -> None:
    with gzip.open(out, "wb", compresslevel=1) as file:
        file.writelines(_many(1_000_001))


def _extended(out: Path) -> None:
    record = b"12 path=abc\n"
    piece = (_header(b"p", len(record), b"x") + record.ljust(512, b"\0")) * 60 + _header(b"x")
    with out.open("wb") as file:
        file.writelines(piece for _ in range(16_000))


def _zeros(out: Path) -> None:
    with gzip.open(out, "wb", compresslevel=9) as file:
        file.write(_header(b"model.gguf", 20 << 30))
        for _ in range(4 << 10):
            file.write(bytes(1 << 20))


def _noisy_zeros(out: Path) -> None:
    """About a hundred and ninety times its size: the ratio lets it through, the other bounds count."""
    block = zlib.compress(b"", 0) + bytes(range(256)) * 18
    piece = block + bytes((1 << 20) - len(block))
    with gzip.open(out, "wb", compresslevel=6) as file:
        file.write(_header(b"model.gguf", 6 << 30))
        for n in range(6 << 10):
            file.write(struct.pack("<q", n * 0x9E3779B97F4A7C15 % (1 << 63)) + piece[8:])


def _nested(out: Path) -> None:
    data = tar({"a.py": b"x = 1\n"})
    for _ in range(50):
        data = packed(tar({"inner.tar.gz": data}))
    out.write_bytes(data)


def _overlapping(out: Path) -> None:
    """Thousands of directory entries for the same packed megabytes (a zip bomb without nesting)."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("a.txt", bytes(64 << 20))
    data = buffer.getvalue()
    at = data.index(b"PK\x01\x02")
    end = data.index(b"PK\x05\x06")
    count = 60_000
    entries = b"".join(data[at:end].replace(b"a.txt", b"%05d" % n, 1) for n in range(count))
    tail = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, count, count, len(entries), at, 0)
    out.write_bytes(data[:at] + entries + tail)


def _zip_of_zips(out: Path) -> None:
    inner = zipped({"a.txt": b"x"})
    with zipfile.ZipFile(out, "w") as file:
        for n in range(20_000):
            file.writestr(f"{n}.zip", inner)


def _many_layers(out: Path) -> None:
    listed = [{"Config": "c.json", "RepoTags": ["a:1"], "Layers": ["l"] * 700_000}]
    out.write_bytes(tar({"manifest.json": json.dumps(listed).encode(), "c.json": b"{}", "l": b""}))


def _json(out: Path) -> None:
    layout = Layout()
    layout.manifest("a:1", layout.blob(b"[" * 8_000_000, "x"), [])
    layout.files["manifest.json"] = b'[{"Layers":[' + b"[],".ljust(3) * 2_600_000 + b"1]}]"
    out.write_bytes(layout.tar())


def _layers(out: Path) -> None:
    """A thousand layers of a thousand files, each with whiteouts for all before it."""
    layers = []
    for n in range(1000):
        removed = {f"l{n - 1}/.wh.{k}.txt": b"" for k in range(10)} if n else {}
        layers.append(b"".join(_header(b"l%d/%d.txt" % (n, k)) for k in range(980)) + tar(removed))
    out.write_bytes(docker_save({"a:1": (config(), layers)}))


def _images(out: Path) -> None:
    """Two hundred images of the same hundred layers."""
    layers = [
        b"".join(_header(b"l%d/%d.txt" % (n, k)) for k in range(1000)) + bytes(1024) for n in range(100)
    ]
    layout = Layout()
    for n in range(200):
        layout.image(f"a:{n}", config(Env=[f"N={n}"]), layers)
    out.write_bytes(layout.tar())


def _links(out: Path) -> None:
    """A hundred thousand links through chains of links, each target as long as a path may be."""
    with out.open("wb") as file:
        for n in range(100_000):
            file.write(_header(b"l%d" % n, 0, b"2", b"x/../" * 18 + b"l%d" % (n + 1)))


def _wrong_digests(out: Path) -> None:
    layout = Layout()
    layers = [tar({f"{n}.py": b"x = 1\n"}) for n in range(900)]
    layout.image("a:1", config(layers), layers)
    for layer in layers:
        layout.files[f"blobs/sha256/{sha256(layer)}"] = layer + bytes(512)
    out.write_bytes(layout.tar())


BOMBS: dict[str, Callable[[Path], None]] = {
    "a million members": _members,
    "a million packed members": _packed_members,
    "a million extended headers": _extended,
    "4 GiB of zeros, packed": _zeros,
    "6 GiB at a ratio below the bound": _noisy_zeros,
    "fifty archives in one another": _nested,
    "60,000 zip members in one place": _overlapping,
    "20,000 zips in a zip": _zip_of_zips,
    "700,000 layers": _many_layers,
    "JSON without end": _json,
    "1,000 layers of 1,000 files": _layers,
    "200 images of 100 layers": _images,
    "100,000 links in chains": _links,
    "900 wrong digests": _wrong_digests,
}
_SUFFIXES = {"packed": ".tar.gz", "zeros": ".tar.gz", "ratio": ".tar.gz", "fifty": ".tar.gz", "zip": ".zip"}


def _one(path: Path) -> None:
    start = time.perf_counter()
    with open_target(path) as target:
        seconds = time.perf_counter() - start
        walked = target.walked
        print(
            f"{seconds:.1f} {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} "
            f"{len(walked.entries)} files, {len(walked.gaps)} gaps, {len(target.findings)} findings; "
            f"{walked.gaps[0].detail if walked.gaps else ''}"
        )


def main() -> int:
    """Make each, list each, print a line for each."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(tempfile.mkdtemp())
    failed = False
    for number, (name, make) in enumerate(BOMBS.items()):
        suffix = next((s for word, s in _SUFFIXES.items() if word in name), ".tar")
        path = folder / f"bomb{number}{suffix}"
        maker = multiprocessing.Process(target=make, args=(path,))  # its memory is not to be inherited
        maker.start()
        maker.join()
        command = [sys.executable, __file__, "--one", str(path)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        size = path.stat().st_size >> 20
        path.unlink()
        if done.returncode:
            print(f"{name}: FAILED\n{done.stderr[-2000:]}")
            failed = True
            continue
        seconds, mib, rest = done.stdout.split(" ", 2)
        failed |= float(seconds) > _BOUND_S or int(mib) << 20 > _BOUND_BYTES
        print(f"{name} ({size} MiB): {seconds} s, {mib} MiB; {rest.strip()}", flush=True)
    return int(failed)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        _one(Path(sys.argv[2]))
    else:
        sys.exit(main())
