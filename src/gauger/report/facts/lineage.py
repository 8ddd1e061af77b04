"""Lineage closed over, so that a policy needs no recursion: every ancestor, with how it is known."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from gauger.core.inventory import Model
from gauger.core.lineage import SAME_MODEL, STRENGTHS, Claim, Reference
from gauger.core.readings import Unmeasured, known
from gauger.report.facts.said import Json, fact, joined, told, unknown
from gauger.report.view import View

_NO_SEAT = Unmeasured(reason="not-in-catalogue")
_HINTS = frozenset({"shares-tokenizer-with", "architecture-from"})
_NOT_RECORDED = "the document does not record who owns this developer: check the stack again"


class Ancestry:
    """What is known of models and ancestors of one document.

    Args:
        view: The document.
    """

    def __init__(self, view: View) -> None:
        self._view = view
        self._by_developer: dict[str, Reference] = {}
        for reference in view.dossier.references:
            developer = known(reference.developer)
            if developer and (reference.group or developer not in self._by_developer):
                self._by_developer[developer] = reference

    def of_model(self, model: Model) -> Json:
        """Who made it, and who made what it was made from; unknown as soon as one of them is."""
        ancestors = list(self._closure(model.id))
        own = self._maker(model)
        # a copy that nobody signs is its original's; a fine-tune has somebody who tuned it
        copied = any(SAME_MODEL.issuperset(a["path"]) and a["developer"]["known"] for a in ancestors)
        parts = ancestors if copied and not own["developer"]["known"] else [own, *ancestors]
        claims = self._view.claims.get(model.id, [])
        return {
            **own,
            "family": fact(model.family),
            "licence": fact(model.licence),
            "ancestors": ancestors,
            "hints": self._plain(c for c in claims if c.relation in _HINTS and c.basis != "alleged"),
            "allegations": self._plain(c for c in claims if c.basis == "alleged"),
            "every_developer": joined(part["developer"] for part in parts),
            "every_group": joined(part["group"] for part in parts),
            "every_licence": joined([fact(model.licence), *(a["licence"] for a in ancestors)]),
        }

    def _maker(self, thing: Model | Reference) -> Json:
        developer = known(thing.developer)
        entry = thing if isinstance(thing, Reference) and thing.group else None
        entry = entry or self._by_developer.get(developer or "")
        recorded = entry is not None and bool(entry.group)
        at_least = [developer] if developer else []
        return {
            "developer": fact(thing.developer),
            "country": fact(entry.country if entry is not None else getattr(thing, "country", _NO_SEAT)),
            "group": told(list(entry.group))
            if entry is not None and recorded
            else unknown("not-in-catalogue", _NOT_RECORDED if developer else "", at_least),
            "lists": told(self._listings(entry))
            if entry is not None and recorded
            else unknown("not-in-catalogue"),
        }

    def _listings(self, entry: Reference) -> list[Json]:
        """Entries of the knowledge base, and those that a list file of the user's showed."""
        stored = [
            {"list": e.list, "holder": e.holder, "since": e.since, "until": e.until, "status": e.status}
            for e in entry.listings
        ]
        have = {(row["list"], row["holder"]) for row in stored}
        fetched = [
            {"list": name, "holder": holder, "since": "", "until": "", "status": "listed"}
            for note in self._view.dossier.lists
            if len(note.lists) == 1
            for name in note.lists
            for holder in note.matched
            if holder in entry.group and (name, holder) not in have
        ]
        return sorted((*stored, *fetched), key=lambda row: (row["list"], row["holder"], row["since"]))

    def _closure(self, start: str) -> Iterator[Json]:
        """Every ancestor once, nearest first, by claims that are lineage; a cycle ends."""
        seen = {start}
        waiting: list[tuple[str, tuple[Claim, ...]]] = [(start, ())]
        while waiting:
            here, path = waiting.pop(0)
            for claim in sorted(self._view.claims.get(here, []), key=lambda c: c.id):
                if claim.relation in _HINTS or claim.basis == "alleged" or claim.object in seen:
                    continue
                seen.add(claim.object)
                way = (*path, claim)
                waiting.append((claim.object, way))
                yield self._ancestor(claim.object, way)

    def _ancestor(self, ident: str, way: tuple[Claim, ...]) -> Json:
        model, reference = self._view.model(ident), self._view.reference(ident)
        thing = model or reference
        seen = [claim.strength for claim in way if claim.basis == "observed"]
        return {
            "id": ident,
            "name": self._view.name(ident),
            "key": reference.key if reference is not None else "",
            **(self._maker(thing) if thing is not None else _nobody()),
            "licence": fact(thing.licence) if thing is not None else unknown("not-present"),
            "relation": way[-1].relation if len(way) == 1 else _furthest(way),
            "path": [claim.relation for claim in way],
            "bases": sorted({claim.basis for claim in way}),
            "strength": min(seen, key=STRENGTHS.index) if seen else "none",
            "claims": [claim.id for claim in way],
        }

    def _plain(self, claims: Iterable[Claim]) -> list[Json]:
        return [
            {
                "relation": c.relation,
                "of": self._view.name(c.object),
                "basis": c.basis,
                "strength": c.strength,
                "by": c.alleged_by,
                "answer": c.answer,
            }
            for c in sorted(claims, key=lambda c: c.id)
        ]


def _nobody() -> Json:
    missing = unknown("not-present", "the document does not hold this record")
    return dict.fromkeys(("developer", "country", "group", "lists"), missing)


_ORDER = (
    "same-as",
    "converted-from",
    "quantised-from",
    "adapter-of",
    "pruned-from",
    "fine-tuned-from",
    "merged-from",
    "trained-on-outputs-of",
    "distilled-from",
)


def _furthest(way: tuple[Claim, ...]) -> str:
    """The relation on the way that leads furthest from the ancestor's own weights."""
    return max((c.relation for c in way), key=lambda r: _ORDER.index(r) if r in _ORDER else len(_ORDER))
