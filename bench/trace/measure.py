"""Compares pairs of models with Gauger, in a process of its own: pairs in and findings out as JSON lines.

    python bench/trace/measure.py [--keep] < pairs.jsonl          each line ["FOLDER A", "FOLDER B"]

Seconds include opening both models, but not the start of Python: `run.py` measures that from outside. With
`--keep` models stay open from pair to pair: the same answers, no measure of time.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from pathlib import Path
from typing import Any

from gauger.core.comparison import Comparison
from gauger.core.errors import GaugerError
from gauger.core.limits import DEFAULT_LIMITS
from gauger.core.readings import Measured
from gauger.trace.weights.compare import compare_models, compare_opened
from gauger.trace.weights.opened import Opened

MOST_OPEN = 128


class Kept:
    """Models that stay open, the last used ones."""

    def __init__(self) -> None:
        self.opened: dict[str, Opened] = {}

    def get(self, path: str) -> Opened:
        """The model at this place."""
        if path in self.opened:
            self.opened[path] = self.opened.pop(path)
        else:
            if len(self.opened) >= MOST_OPEN:
                self.opened.pop(next(iter(self.opened))).close()
            self.opened[path] = Opened.at(Path(path), DEFAULT_LIMITS)
        return self.opened[path]


def number(reading: object) -> float | None:
    """The value, where one was measured."""
    return reading.value if isinstance(reading, Measured) else None


def found(comparison: Comparison) -> dict[str, Any]:
    """What the benchmark keeps of a comparison."""
    return {
        "verdict": comparison.verdict,
        "alterations": list(comparison.alterations),
        "relation": comparison.relation,
        "tier": comparison.tier,
        "statement": comparison.statement,
        "read_bytes": comparison.read_bytes,
        "total_bytes": comparison.total_bytes,
        "bound": min((b for t in comparison.tests if (b := number(t.p_bound)) is not None), default=1.0),
    }


def compared(a: str, b: str, kept: Kept | None) -> dict[str, Any]:
    """One pair; an error of Gauger's own is an answer, any other is a defect and ends the run."""
    start = time.perf_counter()
    try:
        if kept is None:
            answer = found(compare_models(Path(a), Path(b)))
        else:
            answer = found(compare_opened(kept.get(a), kept.get(b)))
    except GaugerError as error:
        answer = {"verdict": "unread", "statement": error.message, "alterations": [], "relation": ""}
    return {**answer, "inner_seconds": time.perf_counter() - start}


def main() -> int:
    """Every line in, one line out."""
    kept = Kept() if "--keep" in sys.argv[1:] else None
    for line in sys.stdin:
        a, b = json.loads(line)
        answer = compared(a, b, kept)
        answer["peak_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(json.dumps(answer), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
