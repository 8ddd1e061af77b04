"""Where the real models are: `GAUGER_REAL_MODELS`, or `.cache/real-models` beside the tests."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

CACHE = Path(__file__).parents[1] / ".cache" / "real-models"
SMOLLM2 = "smollm2/SmolLM2-135M-Instruct.Q4_1.gguf"
MINILM = "minilm/model.safetensors"
MINILM_INT8 = "minilm-int8/model.onnx"


def folder() -> Path:
    """The cache's folder, whether or not it is filled."""
    return Path(os.environ.get("GAUGER_REAL_MODELS", CACHE))


@pytest.fixture(scope="session")
def real_models() -> Path:
    """The folder with the real models; the test is skipped where they were not fetched."""
    place = folder()
    missing = [name for name in (SMOLLM2, MINILM, MINILM_INT8) if not (place / name).is_file()]
    if missing:
        pytest.skip(f"{missing[0]} is not here: run scripts/fetch_real_models.py")
    return place
