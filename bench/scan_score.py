"""How many of a labelled stack's model uses does `scan` find, and which controls does it fall for?

    python bench/scan_score.py STACK ANSWERS.tsv

The answers are tab-separated: id, what, a regular expression on the model's identity, the end or a part of
the file's path. A use counts when its path fits and the expression is found in its identity: what is written
there, the model's name, provider and address, the files and facts of the artifact that it comes with. Ids
that begin with `N` are controls: no use may match them (without an expression, no use may stand in the file).
Exit code 1 when anything is missing or a control is hit.
"""

from __future__ import annotations

import csv
import re
import sys
import time
from pathlib import Path

from gauger.catalogue.load import Catalogue
from gauger.catalogue.query import Lookup
from gauger.core.inventory import Artifact, Use
from gauger.scan.scan import Inventory, scan


def identities(inventory: Inventory) -> list[tuple[str, str, Use | Artifact]]:
    """Path and identity text of every use that is no mention, and of every artifact with its facts."""
    models = {model.id: model for model in inventory.models}
    found: list[tuple[str, str, Use | Artifact]] = []
    for use in inventory.uses:
        if use.status == "mention":
            continue
        model = models[use.model]
        url = use.endpoint.url if use.endpoint is not None else ""
        path = f"{use.location.path} {use.location.member}"
        found += [
            (path, text, use) for text in (use.written, model.name, f"{url} {model.provider} {model.name}")
        ]
    for artifact in inventory.artifacts:
        facts = " ".join(f"{key}={value}" for key, value in sorted(artifact.facts.items()))
        text = " ".join([artifact.location.path, artifact.title, artifact.format, facts, *artifact.parts])
        found += [(part, text, artifact) for part in {artifact.location.path, *artifact.parts}]
    return found


def is_hit(row: dict[str, str], found: list[tuple[str, str, Use | Artifact]], *, control: bool) -> bool:
    """Does anything fit this row of the answers?"""
    pattern, file = next(v for k, v in row.items() if k.startswith("expected")), row["file"] or ""
    for path, text, thing in found:
        if control and not isinstance(thing, Use):
            continue
        if file not in path:
            continue
        if re.search(pattern, text) if pattern else control:
            return True
    return False


def main(stack: Path, answers: Path) -> int:
    """Scan, compare, print."""
    started = time.perf_counter()
    inventory = scan(stack, Lookup(Catalogue()))
    seconds = time.perf_counter() - started
    found = identities(inventory)
    with answers.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    wanted = [row for row in rows if not row["id"].startswith("N")]
    controls = [row for row in rows if row["id"].startswith("N")]
    missing = [row for row in wanted if not is_hit(row, found, control=False)]
    fallen = [row for row in controls if is_hit(row, found, control=True)]
    for row in missing:
        print(f"missing  {row['id']:5} {row['what']}")
    for row in fallen:
        print(f"control  {row['id']:5} {row['what']}")
    uses = [use for use in inventory.uses if use.status != "mention"]
    print(f"found {len(wanted) - len(missing)} of {len(wanted)}")
    print(f"controls reported as uses: {len(fallen)} of {len(controls)}")
    mentions = len(inventory.uses) - len(uses)
    print(f"{len(uses)} uses, {mentions} mentions, {len(inventory.gaps)} gaps, {seconds:.2f} s")
    return 1 if missing or fallen else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2])))
