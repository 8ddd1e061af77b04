"""Checks SPDX documents against the official JSON schema, of which no copy is kept here.

    python scripts/check_spdx.py SCHEMA [DOSSIER.json ...]

SCHEMA is the file that the SPDX project publishes for 3.0.1 (`spdx-json-schema.json`; the npm package
`@cyclonedx/cdxgen` carries it as `data/spdx-export.schema.json`). Without dossiers, those of the tests are
written and checked. Each element is checked against the definition of its own type, which is what the schema
does too, without trying a hundred other types first.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import jsonschema

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "tests"))

from build import dossiers as made  # noqa: E402 - the builders live below tests
from gauger.core.dossier import Dossier, load  # noqa: E402
from gauger.report.registry import RENDERERS  # noqa: E402


def errors(schema: dict[str, object], dossier: Dossier) -> list[str]:
    """What does the schema say against this dossier's document?"""
    document = json.loads(RENDERERS.get("spdx").render(dossier))
    found = []
    for element in document["@graph"]:
        rule = {**schema, "$ref": f"#/$defs/{element['type']}", "unevaluatedProperties": False}
        for word in ("if", "then", "else", "properties", "required", "type"):
            rule.pop(word, None)
        validator = jsonschema.Draft202012Validator(rule)
        name = element.get("spdxId", "creation")
        found += [f"{name}: {error.message[:200]}" for error in validator.iter_errors(element)]
    return found


def main(arguments: list[str]) -> int:
    """Print the errors of each document; 1 where there are any."""
    schema = json.loads(Path(arguments[0]).read_text(encoding="utf-8"))
    dossiers = {path: load(Path(path).read_bytes()) for path in arguments[1:]} or {
        name: getattr(made, name)() for name in ("small", "empty", "hostile", "large")
    }
    total = 0
    for name, dossier in dossiers.items():
        said = errors(schema, dossier)
        print(f"{name}: {len(said)} errors", *said[:5], sep="\n  ")
        total += len(said)
    return 1 if total else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
