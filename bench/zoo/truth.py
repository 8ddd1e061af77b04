"""What is known of a model that was made here? Its parents, what was done, and what a tracer should say.

`truth.json` in every model's folder: `recipe`, `root` (two models with no root in common are independent),
`family`, and `parents`: one entry for each model that it comes from or must not be linked with, with

- `parent`: the folder's name,
- `relation`: of core.lineage's closed set, or `` where there is no derivation,
- `alterations`: of core.comparison's closed set, all that were done,
- `verdicts`: the accepted main findings, the best one first,
- `linked`: whether dependence must be found (a p-value under the claim threshold); null where weights need
  show nothing though there is a relation (an output-distilled student).
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, get_args

from gauger.core.comparison import Verdict
from gauger.core.lineage import Relation

VERDICTS = set(get_args(Verdict))
RELATIONS = {*get_args(Relation), ""}
UNLINKED = {"independent", "undecided"}


@dataclass(frozen=True)
class Parent:
    """The truth of one pair (this model, `parent`)."""

    parent: str
    relation: str
    alterations: tuple[str, ...]
    verdicts: tuple[str, ...]
    linked: bool | None = True


@dataclass(frozen=True)
class Truth:
    """The truth of one model."""

    name: str
    family: str
    root: str
    recipe: str
    parents: tuple[Parent, ...] = ()
    roots: tuple[str, ...] = ()
    facts: dict[str, Any] = field(default_factory=dict)

    def write(self, folder: Path) -> None:
        """As `truth.json`."""
        text = json.dumps(asdict(self), indent=1, sort_keys=True, ensure_ascii=False)
        (folder / "truth.json").write_text(text + "\n", encoding="utf-8")


def read(folder: Path) -> Truth:
    """The inverse of `Truth.write`."""
    content = json.loads((folder / "truth.json").read_text(encoding="utf-8"))
    parents = tuple(
        Parent(**{**entry, "alterations": tuple(entry["alterations"]), "verdicts": tuple(entry["verdicts"])})
        for entry in content["parents"]
    )
    return Truth(**{**content, "parents": parents, "roots": tuple(content["roots"])})


def problems(truth: Truth, names: set[str]) -> list[str]:
    """What does not fit together, in words; empty where all is well."""
    found = []
    for parent in truth.parents:
        where = f"{truth.name} <- {parent.parent}"
        if parent.parent not in names:
            found.append(f"{where}: no such model")
        if parent.relation not in RELATIONS:
            found.append(f"{where}: relation {parent.relation}")
        found += [f"{where}: {v}" for v in (*parent.alterations, *parent.verdicts) if v not in VERDICTS]
        if not parent.verdicts:
            found.append(f"{where}: no verdict")
        if parent.linked and UNLINKED & set(parent.verdicts):
            found.append(f"{where}: linked, and independent accepted")
        if parent.linked is False and (parent.relation or not UNLINKED & set(parent.verdicts)):
            found.append(f"{where}: not linked, and derivation expected")
    return found
