"""How long does a large tree take, beside `airom`: a first run, and a second one with nothing changed?

    python bench/scale.py [FOLDER] [--files 20000] [--rounds 5] [--airom airom]

Without FOLDER a tree is made by `scale_corpus` (real Python of the installed packages, eleven other kinds
made by rule) in a temporary folder.
Every run is a fresh process. A first run of Gauger has an empty cache folder;
the two programs run in turn, and the medians are compared. Exits with 1 where a ratio is above its bound.
"""

from __future__ import annotations

import argparse
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from scale_corpus import build

FIRST_BOUND, AGAIN_BOUND = 1.0, 0.1
SIZE_BYTES = 79_000_000


def measured(command: list[str], environment: dict[str, str]) -> tuple[float, float, int]:
    """Wall seconds, processor seconds and peak memory (kilobytes) of one process with its children."""
    start = time.perf_counter()
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    wall = time.perf_counter() - start
    if os.waitstatus_to_exitcode(status) not in (0, 1):
        raise SystemExit(f"{command[0]} failed")
    return wall, used.ru_utime + used.ru_stime, used.ru_maxrss


def main() -> int:
    """Measure in turn, print the medians and the ratios."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path)
    parser.add_argument("--files", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--airom", default=shutil.which("airom") or "")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as made:
        root = asked.folder or Path(made) / "tree"
        if asked.folder is None:
            files, size = build(root, asked.files, SIZE_BYTES * asked.files // 20_000, asked.files // 50)
            print(f"{files} files, {size / 1e6:.0f} MB")
            time.sleep(1)
        return report(root, Path(made), asked.rounds, asked.airom)


def report(root: Path, work: Path, rounds: int, airom: str) -> int:
    """Run everything so many times and compare."""
    cache = work / "cache"
    environment = {**os.environ, "XDG_CACHE_HOME": str(cache)}
    gauger = [sys.executable, "-m", "gauger", "scan", str(root), "--format", "json"]
    other = [airom, "fs", str(root), "--offline", "-q", "-o", f"cyclonedx={work / 'airom.json'}"]
    times: dict[str, list[tuple[float, float, int]]] = {"first run": [], "again": [], "airom": []}
    for _ in range(rounds):
        shutil.rmtree(cache, ignore_errors=True)
        times["first run"].append(measured(gauger, environment))
        times["again"].append(measured(gauger, environment))
        if airom:
            times["airom"].append(measured(other, environment))
    cores = len(os.sched_getaffinity(0))
    print(f"{platform.machine()}, {cores} cores, Python {platform.python_version()}")
    medians = {}
    for name, runs in times.items():
        if runs:
            wall, work_s, memory = (statistics.median(run[at] for run in runs) for at in range(3))
            medians[name] = wall
            print(f"{name:10} {wall:7.2f} s  {work_s:7.2f} s of processor  {memory / 1024:6.0f} MB")
    if not airom:
        return 0
    first, again = medians["first run"] / medians["airom"], medians["again"] / medians["airom"]
    print(f"first run / airom: {first:.2f} (at most {FIRST_BOUND})")
    print(f"again / airom: {again:.3f} (at most {AGAIN_BOUND})")
    return int(first > FIRST_BOUND or again > AGAIN_BOUND)


if __name__ == "__main__":
    sys.exit(main())
