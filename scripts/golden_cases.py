"""Write the pages of the worked cases that `tests/golden/test_cases.py` compares with.

Look at the diff before you commit: what a person wrote in `case.yaml` under `expected` is not touched.
Run from the repository's root: `python scripts/golden_cases.py`.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

from build.golden_cases import CASES, case, names, page

if __name__ == "__main__":
    for name in names():
        told = page(case(name))
        (CASES / name / "expected.md").write_text(told, encoding="utf-8")
        print(f"tests/golden/cases/{name}/expected.md: {len(told):,} characters")
