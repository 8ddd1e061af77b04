"""1,000 mutants of the real models through the readers: errors of ours only, and how much memory it took.

    python scripts/fetch_real_models.py && python bench/corrupt.py [COUNT]

Exits with 1 when peak memory passed 1 GB; any other exception ends the run with its traceback.
"""

from __future__ import annotations

import platform
import resource
import sys
import time
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from build.real_mutants import mutants
from real_models import folder

_BOUND_BYTES = 1 << 30


def main(arguments: list[str]) -> int:
    """Run them and print one line per file."""
    count = int(arguments[0]) if arguments else 1000
    outcomes: Counter[tuple[str, str]] = Counter()
    slowest, before = 0.0, time.perf_counter()
    start = before
    for name, outcome in mutants(folder(), count):
        outcomes[name, outcome] += 1
        now = time.perf_counter()
        slowest, before = max(slowest, now - before), now
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    for name in sorted({name for name, _ in outcomes}):
        shown = ", ".join(f"{o} {n}" for (file, o), n in sorted(outcomes.items()) if file == name)
        print(f"{name:45} {shown}")
    print(f"{count} mutants, 0 tracebacks, {time.perf_counter() - start:.1f} s, slowest {slowest:.2f} s")
    print(f"peak memory {peak / 1e6:.0f} MB (bound {_BOUND_BYTES / 1e6:.0f} MB) on {platform.machine()}")
    return int(peak > _BOUND_BYTES)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
