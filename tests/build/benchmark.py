"""The modules of `bench/scan`, which are commands and no package."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

FOLDER = Path(__file__).parents[2] / "bench" / "scan"
if str(FOLDER) not in sys.path:
    sys.path.append(str(FOLDER))

labels = importlib.import_module("labels")
scoring = importlib.import_module("scoring")
tools = importlib.import_module("tools")
run = importlib.import_module("run")
