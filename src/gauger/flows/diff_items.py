"""What is new or gone between two documents: models, uses, lineage, findings, gaps."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from gauger.core.change import Item
from gauger.core.dossier import Dossier
from gauger.core.inventory import Model, Use
from gauger.core.judgement import Finding, Gap
from gauger.core.lineage import Claim
from gauger.core.readings import known
from gauger.core.record import Record
from gauger.core.text import printable

R = TypeVar("R", bound=Record)
Key = tuple[object, ...]


def name(model: Model) -> str:
    """What do people call this model?"""
    return printable(model.called)


def names(*dossiers: Dossier) -> dict[str, str]:
    """Id → name of every model and catalogue entry of these documents."""
    found: dict[str, str] = {}
    for dossier in dossiers:
        found |= {m.id: name(m) for m in dossier.models}
        found |= {r.id: printable(r.title) for r in dossier.references}
    return found


def models(old: Dossier, new: Dossier) -> tuple[Item, ...]:
    """Models in use that are new, gone, or described otherwise."""
    verdict = _verdicts_today(new)
    one, other = {m.id: m for m in old.models_in_use}, {m.id: m for m in new.models_in_use}
    found = [Item(change="gone", key=i, what=name(one[i])) for i in one if i not in other]
    found += [
        Item(change="new", key=i, what=name(other[i]), after=verdict.get(i, ""))
        for i in other
        if i not in one
    ]
    found += [
        Item(change="changed", key=i, what=name(other[i]), before=_told(one[i]), after=_told(other[i]))
        for i in one
        if i in other and _told(one[i]) != _told(other[i])
    ]
    return _sorted(found)


def _verdicts_today(dossier: Dossier) -> dict[str, str]:
    real = {s.key for s in dossier.scenarios if not s.hypothetical}
    return {
        o.model: o.verdict for o in dossier.outcomes if o.scenario in real and o.reading == dossier.reading
    }


def _told(model: Model) -> str:
    parts = {"form": model.form, "developer": known(model.developer), "licence": known(model.licence)}
    return printable(", ".join(f"{what} {value or 'not known'}" for what, value in parts.items()))


def uses(old: Dossier, new: Dossier) -> tuple[Item, ...]:
    """Uses that are new or gone; one that only moved to another line of its file is neither."""
    called = names(old, new)

    def key(use: Use) -> Key:
        return use.model, use.location.path, use.surface, use.api, use.role, use.status

    def what(use: Use) -> str:
        return printable(f"{called.get(use.model, use.model)} at {use.location}: {use.role}, {use.status}")

    return _sorted(_apart(old.uses, new.uses, key, what))


def lineage(old: Dossier, new: Dossier) -> tuple[Item, ...]:
    """Claims that are new or gone, and observed ones that carry further, or less far, than before."""
    called = names(old, new)

    def what(claim: Claim) -> str:
        ends = called.get(claim.subject, claim.subject), called.get(claim.object, claim.object)
        part = f" ({claim.component})" if claim.component else ""
        return printable(f"{ends[0]} {claim.relation} {ends[1]}{part}, {claim.basis}")

    found = list(_apart(old.claims, new.claims, lambda c: (c.id,), what))
    before = {c.id: c for c in old.claims}
    found += [
        Item(change="changed", key=c.id, what=what(c), before=before[c.id].strength, after=c.strength)
        for c in new.claims
        if c.id in before and before[c.id].strength != c.strength
    ]
    return _sorted(found)


def findings(old: Dossier, new: Dossier) -> tuple[Item, ...]:
    """Findings that are new or gone, by rule, subject and message: not by the line at which they stand."""

    def key(finding: Finding) -> Key:
        return finding.rule, finding.subject, finding.message, bool(finding.accepted_by)

    def what(finding: Finding) -> str:
        accepted = f" (accepted by {finding.accepted_by})" if finding.accepted_by else ""
        return printable(f"{finding.severity} {finding.rule}: {finding.message}{accepted}")

    return _sorted(_apart(old.findings, new.findings, key, what))


def gaps(old: Dossier, new: Dossier) -> tuple[Item, ...]:
    """Gaps that are new or gone."""

    def key(gap: Gap) -> Key:
        return gap.part, gap.reason, gap.location.path if gap.location else "", gap.subject, gap.detail

    def what(gap: Gap) -> str:
        at = f" at {gap.location}" if gap.location else ""
        return printable(f"{gap.part}{at}: {gap.detail}")

    return _sorted(_apart(old.gaps, new.gaps, key, what))


def _apart(
    old: Iterable[R], new: Iterable[R], key: Callable[[R], Key], what: Callable[[R], str]
) -> Iterator[Item]:
    one, other = {key(r): r for r in old}, {key(r): r for r in new}
    yield from (Item(change="gone", key=r.id, what=what(r)) for k, r in one.items() if k not in other)
    yield from (Item(change="new", key=r.id, what=what(r)) for k, r in other.items() if k not in one)


def _sorted(items: Iterable[Item]) -> tuple[Item, ...]:
    return tuple(sorted(items, key=lambda i: (i.change, i.what, i.key)))
