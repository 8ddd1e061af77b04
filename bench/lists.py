"""How long does it take to import a list of 100 MB, and how much memory?

    python bench/lists.py [FORMAT …]

For each format a file of 100 MB of invented companies is written, and read in a process of its own. Told are
the seconds of processor time for reading and for writing the stored document, and the largest memory of that
process. Real files are smaller: in 2026 OFAC's classic XML had 29 MB, the EU's table 25 MB.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from build.lists import FORMATS, PUBLISHED, RETRIEVED, SAYS_NO_DATE, invented
from gauger.lists.read import read_list
from gauger.lists.store import dump

SIZE_BYTES = 100_000_000
_SAMPLE = 2_000


def write(ident: str, path: Path) -> None:
    """Write a file of about that size."""
    make = FORMATS[ident]
    count = round(SIZE_BYTES / (len(make(invented(_SAMPLE))) / _SAMPLE))
    path.write_bytes(make(invented(count)))


def timed(ident: str, path: Path) -> str:
    """Read the file and write the stored document, in this process."""
    started = time.process_time()
    file = read_list(path, retrieved=RETRIEVED, published=PUBLISHED if ident in SAYS_NO_DATE else "")
    read = time.process_time()
    stored = dump(file)
    written = time.process_time()
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return (
        f"{ident:22} {path.stat().st_size / 1e6:6.0f} MB {file.counts.kept:8,} entries  "
        f"read {read - started:5.1f} s  write {written - read:4.1f} s  stored {len(stored) / 1e6:4.0f} MB  "
        f"memory {memory:5.0f} MiB"
    )


def main() -> None:
    """All formats, or those that were named, each read in a process of its own."""
    if sys.argv[1:2] == ["--one"]:
        print(timed(sys.argv[2], Path(sys.argv[3])))
        return
    if sys.argv[1:2] == ["--write"]:
        write(sys.argv[2], Path(sys.argv[3]))
        return
    for ident in sys.argv[1:] or FORMATS:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "list"
            # a process of its own for each: a child's largest memory begins with its parent's
            for step in ("--write", "--one"):
                subprocess.run([sys.executable, __file__, step, ident, str(path)], check=True)


if __name__ == "__main__":
    main()
