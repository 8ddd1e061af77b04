"""`gauger check` over a stack of 1,000 corrupted model files: no traceback, no bug, and how much memory.

    python scripts/fetch_real_models.py && python bench/corrupt_check.py [COUNT]

Each file is a mutant of a real model's head (3 MB); what follows is a hole of the original's size, so that
the stack takes a few gigabytes of addresses and little disk. Exits with 1 on a traceback, a gap that says it
is a bug of ours, an exit code other than 0, or 1 GB of memory.
"""

from __future__ import annotations

import json
import platform
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from build.mutations import mutated
from real_models import MINILM, MINILM_INT8, SMOLLM2, folder

FILES = (SMOLLM2, MINILM, MINILM_INT8, "minilm/tokenizer.json", "minilm/config.json", "minilm/README.md")
HEAD_BYTES = 3 << 20
BOUND_BYTES = 1 << 30


def build(stack: Path, count: int) -> None:
    """Write the stack: one folder a mutant, beside the original's unchanged small files where it has any."""
    originals = {name: (folder() / name).read_bytes()[:HEAD_BYTES] for name in FILES}
    sizes = {name: (folder() / name).stat().st_size for name in FILES}
    for number in range(count):
        name = FILES[number % len(FILES)]
        place = stack / f"model-{number:04}"
        place.mkdir(parents=True)
        with (place / Path(name).name).open("wb") as file:
            file.write(mutated(originals[name], number))
            if number % 3:
                file.truncate(max(file.tell(), sizes[name]))


def main(arguments: list[str]) -> int:
    """Build, check, measure."""
    count = int(arguments[0]) if arguments else 1000
    with tempfile.TemporaryDirectory() as scratch:
        stack = Path(scratch) / "stack"
        build(stack, count)
        start = time.perf_counter()
        command = [sys.executable, "-m", "gauger", "check", str(stack), "-f", "json"]
        done = subprocess.run(command, capture_output=True, check=False)
        seconds = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024
    errors = done.stderr.decode(errors="replace")
    gaps = json.loads(done.stdout)["gaps"] if done.returncode == 0 else []
    bugs = [gap["detail"] for gap in gaps if gap["detail"].startswith("bug in")]
    reasons = Counter(gap["reason"] for gap in gaps)
    print(f"{count} corrupted files, exit code {done.returncode}, {errors.count('Traceback')} tracebacks")
    print(f"{len(gaps)} gaps ({', '.join(f'{n} {r}' for r, n in sorted(reasons.items()))}), {len(bugs)} bugs")
    print(*bugs[:5], errors[-400:].strip(), sep="\n")
    print(f"{seconds:.1f} s, peak memory {peak / 1e6:.0f} MB (bound {BOUND_BYTES / 1e6:.0f} MB)", end=" ")
    print(f"on {platform.machine()}")
    return int(done.returncode != 0 or "Traceback" in errors or bool(bugs) or peak > BOUND_BYTES)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
