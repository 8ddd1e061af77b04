"""Knowledge bases of five made-up developers: small enough to try every completion of what is unknown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from gauger.catalogue import records
from gauger.catalogue.load import Catalogue

DEVELOPERS = ("amber", "birch", "cedar", "delta", "elm")
LISTS = ("us.entity-list", "us.1260h", "us.ofac-sdn")
QUESTIONS = ("exporter", "public-body", "trader")
IMPLIED = {"exporter": ("US",)}
FIGURE = "users"
LICENCES = ("free", "own")
PROVIDERS: Mapping[str, Mapping[str, str]] = {
    "amber-api": {"country": "CN", "kind": "developer", "developer": "amber"},
    "cloud": {"country": "US", "kind": "cloud"},
}
_STAMP: Mapping[str, Any] = {
    "sources": [{"url": "https://example.org", "read-on": "2026-01-01", "kind": "primary"}],
    "checked-on": "2026-01-01",
    "next-check": "2027-01-01",
    "confidence": "high",
}


def _made(of: Any, plain: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    return {p["id"]: msgspec.convert({**p, **_STAMP}, of) for p in plain}


class SmallWorld(Catalogue):
    """Five developers with two families each, two licences that ask nothing, and rules to try.

    Args:
        developers: By id: country, parents, stakes and list entries, as in YAML.
        instruments: Plain fields of the rules.
        scenarios: Plain fields of the scenarios besides `today`.
    """

    def __init__(
        self,
        developers: Mapping[str, Mapping[str, Any]],
        instruments: Iterable[Mapping[str, Any]],
        scenarios: Iterable[Mapping[str, Any]] = (),
    ) -> None:
        self.version, self.as_of = "2026.1.0", "2026-01-01"
        families = [
            {
                "id": f"{d}-{number}",
                "title": f"{d} {number}",
                "developer": d,
                "licence": LICENCES[number],
                "open-weights": number == 0,
            }
            for d in DEVELOPERS
            for number in (0, 1)
        ]
        today = {
            "id": "today",
            "title": "Today",
            "description": "as it is",
            "order": 0,
            "hypothetical": False,
        }
        asked = [
            {"id": q, "question": f"{q}?", "who-knows": "somebody", "implied-by-country": IMPLIED.get(q, ())}
            for q in QUESTIONS
        ]
        count = {"id": FIGURE, "question": "how many?", "who-knows": "somebody", "answer": "number"}
        self._tables = {
            "developers": _made(
                records.Developer, [{"id": d, "title": d, **developers[d]} for d in DEVELOPERS]
            ),
            "families": _made(records.Family, families),
            "licences": _made(
                records.Licence,
                [{"id": i, "title": i, "outputs-training": "yes", "commercial": "yes"} for i in LICENCES],
            ),
            "providers": _made(records.Provider, [{"id": p, "title": p, **f} for p, f in PROVIDERS.items()]),
            "tokenizers": _made(
                records.TokenizerReference,
                [
                    {"id": d, "title": d, "developer": d, "kind": "bpe", "pieces": 1, "vocabulary-sha256": ""}
                    for d in DEVELOPERS
                ],
            ),
            "questions": _made(records.ProfileQuestion, [*asked, count]),
            "instruments": _made(records.Instrument, instruments),
            "scenarios": _made(records.Scenario, [today, *scenarios]),
            **{kind: {} for kind in ("models", "datasets", "structures", "allegations")},
        }
