"""How long a person waits: `--help`, and the main job on the example stack, beside the bare interpreter.

    python bench/check.py

Cold processes, in turn, ten times each; the median of the wall times, and each as a multiple of what the
interpreter itself takes to start.
"""

from __future__ import annotations

import platform
import statistics
import subprocess
import sys
import time
from pathlib import Path

EXAMPLE = Path(__file__).parents[1] / "examples" / "harbour"
ROUNDS = 10
COMMANDS = {
    "the interpreter alone": ["-c", "pass"],
    "gauger --help": ["-m", "gauger", "--help"],
    "gauger scan examples/harbour": ["-m", "gauger", "scan", str(EXAMPLE)],
    "gauger check examples/harbour": ["-m", "gauger", "check", str(EXAMPLE)],
}


def seconds(arguments: list[str]) -> float:
    """Wall time of one cold process."""
    start = time.perf_counter()
    subprocess.run([sys.executable, *arguments], capture_output=True, check=True)
    return time.perf_counter() - start


def main() -> int:
    """Measure in turn and print one line per command."""
    times: dict[str, list[float]] = {name: [] for name in COMMANDS}
    for _ in range(ROUNDS):
        for name, arguments in COMMANDS.items():
            times[name].append(seconds(arguments))
    alone = statistics.median(times["the interpreter alone"])
    print(f"{platform.machine()}, Python {platform.python_version()}, median of {ROUNDS}")
    for name, measured in times.items():
        median = statistics.median(measured)
        print(f"{name:32} {median:6.3f} s  {median / alone:6.1f} ×  (max {max(measured):.3f} s)")
    return 0


if __name__ == "__main__":
    sys.exit(main())
