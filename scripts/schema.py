"""Writes the published JSON Schema of the dossier from the classes that define it."""

from __future__ import annotations

import json
from pathlib import Path

from gauger.core.dossier import json_schema

TARGET = Path(__file__).parent.parent / "src" / "gauger" / "core" / "dossier-v1.schema.json"


def schema_bytes() -> bytes:
    """What should the file hold?"""
    return (json.dumps(json_schema(), indent=2, sort_keys=True, ensure_ascii=False) + "\n").encode()


if __name__ == "__main__":
    TARGET.write_bytes(schema_bytes())
    print(f"{TARGET.name}: {len(schema_bytes())} bytes")
