"""Write the stored reports that `tests/golden/test_reports.py` compares with.

Look at the diff before you commit.
Run from the repository's root: `python scripts/golden_reports.py`.
"""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "tests"))

from build.report_pages import golden_pages  # noqa: E402 - the builders live below tests

if __name__ == "__main__":
    for name, data in golden_pages().items():
        (ROOT / "tests" / "golden" / "report" / name).write_bytes(data)
        print(f"tests/golden/report/{name}: {len(data):,} bytes")
