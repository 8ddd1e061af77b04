"""The lists that the user fetched, beside what the knowledge base says of list entries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import date

import msgspec

from gauger.assess.kleene import FALSE
from gauger.assess.ownership import owners
from gauger.assess.rule import Rule
from gauger.assess.user import User
from gauger.assess.world import Entries
from gauger.catalogue.load import Catalogue
from gauger.catalogue.records import Developer, ListEntry
from gauger.core.dossier import ListNote
from gauger.core.judgement import Finding, Gap
from gauger.core.text import printable
from gauger.lists.match import Known, Match, matches, unapplied
from gauger.lists.records import PUBLISHED_AS_FILES, ListFile, ListFolder

STALE_DAYS = 31
"""A list retrieved longer ago is called stale. OFAC and BIS change theirs several times a month; a month is
what this program takes for the longest that nobody can defend, not a rule of law."""
NO_LISTS = ListFolder()


class Listed(msgspec.Struct, frozen=True, kw_only=True):
    """What the lists add.

    Attributes:
        entries: List entries by developer: the knowledge base's, and those of the files.
        notes: The files, for the document.
        keys: Their keys, for every decision.
        findings: Where files and knowledge base differ, and files that are old.
    """

    entries: Entries
    notes: tuple[ListNote, ...] = ()
    keys: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()


def known_developers(catalogue: Catalogue) -> tuple[Known, ...]:
    """The developers of the knowledge base, by what lists may call them."""
    return tuple(_known(catalogue.developers[ident]) for ident in sorted(catalogue.developers))


def _known(developer: Developer) -> Known:
    on_list: dict[str, list[str]] = defaultdict(list)
    for entry in developer.lists:
        if entry.name:
            on_list[entry.list].append(entry.name)
    return Known(
        developer=developer.id,
        title=developer.title,
        names=(*developer.legal_entities, *developer.aliases),
        identifiers=developer.identifiers,
        on_list={ident: tuple(names) for ident, names in on_list.items()},
    )


def with_lists(
    catalogue: Catalogue, lists: ListFolder, day: str, concerning: frozenset[str] = frozenset()
) -> Listed:
    """Which list entries count, and where do the files and the knowledge base differ?

    A file adds entries and takes none away: where the newest file of a list has no entry that the knowledge
    base has, both are told, and the entry stays until a person decides. An entry that the knowledge base
    calls approved and not published gives way to the published one of a file.

    Args:
        catalogue: The knowledge base.
        lists: The user's folder; empty where there is none.
        day: ISO date of the question.
        concerning: Ids of the developers about whom findings are wanted.
    """
    curated = {d.id: d.lists for d in catalogue.developers.values() if d.lists}
    if not lists.files:
        return Listed(entries=curated)
    found = matches(lists, known_developers(catalogue))
    by_developer: dict[str, list[Match]] = defaultdict(list)
    for match in found:
        by_developer[match.developer].append(match)
    entries = dict(curated)
    for developer, its in by_developer.items():
        entries[developer] = _joined(curated.get(developer, ()), its, lists)
    told = (
        *_differences(catalogue, lists, by_developer, concerning),
        *_stale(lists, day),
        *_lost(lists, concerning),
    )
    return Listed(
        entries=entries,
        notes=tuple(_note(file, lists, found) for file in lists.files),
        keys=tuple(file.key for file in lists.files),
        findings=tuple(sorted({f.id: f for f in told}.values(), key=lambda f: f.id)),
    )


def _standing(entries: Iterable[ListEntry], ident: str) -> bool:
    return any(e.list == ident and e.status == "listed" and not e.until for e in entries)


def _joined(curated: tuple[ListEntry, ...], found: list[Match], lists: ListFolder) -> tuple[ListEntry, ...]:
    """The curated entries and those of the files; a curated one that stands is not said twice."""
    fresh = [_entry(m, lists) for m in found if not _standing(curated, m.party.list)]
    published = {entry.list for entry in fresh if not entry.until}
    kept = (e for e in curated if e.status == "listed" or e.list not in published)
    return tuple(dict.fromkeys((*kept, *fresh)))


def _entry(match: Match, lists: ListFolder) -> ListEntry:
    """The entry; where the list gives no date, it is sure only from the file's publication on."""
    party = match.party
    published = min((f.published for f in lists.newest(party.list)), default="")
    return ListEntry(
        list=party.list,
        since=party.since or published,
        until=party.until,
        name=next(iter(party.names), ""),
    )


def _note(file: ListFile, lists: ListFolder, found: tuple[Match, ...]) -> ListNote:
    here = {m.developer for m in found if file in lists.newest(m.party.list) and m.party in file.parties}
    return ListNote(
        key=file.key,
        title=file.title,
        lists=file.lists,
        sha256=file.sha256,
        published=file.published,
        retrieved=file.retrieved,
        entries=len(file.parties),
        matched=tuple(sorted(here)),
    )


def _differences(
    catalogue: Catalogue,
    lists: ListFolder,
    found: Mapping[str, list[Match]],
    concerning: frozenset[str],
) -> Iterator[Finding]:
    held = {ident for file in lists.files for ident in file.lists}
    for developer in sorted(concerning & catalogue.developers.keys()):
        record = catalogue.developers[developer]
        its = found.get(developer, [])
        yield from (_new(record, m, lists) for m in its if not _standing(record.lists, m.party.list))
        there = {m.party.list for m in its}
        for entry in record.lists:
            newest = lists.newest(entry.list)
            stands = entry.status == "listed" and not entry.until
            if stands and entry.list in held - there and entry.since <= newest[0].published:
                yield _contradiction(record, entry, newest[0])


def _new(developer: Developer, match: Match, lists: ListFolder) -> Finding:
    file = lists.newest(match.party.list)[0]
    by = f"the {match.how} {match.what!r}"
    if match.confirmation is not None:
        said = match.confirmation
        by = f"the confirmation by {printable(said.by, 60)} of {said.on}"
    return Finding(
        rule="list-entry-new",
        severity="low",
        confidence="high",
        audience=("compliance",),
        message=f"{developer.title} is on {match.party.list} by {by}, entry "
        f"{match.party.number or 'without number'} of {file.key}, published {file.published}; the knowledge "
        "base does not say so, and the entry counts",
        remedy="look at the entry, and record it in the knowledge base, or refuse it with "
        "`gauger lists confirm --different`",
    )


def _contradiction(developer: Developer, entry: ListEntry, file: ListFile) -> Finding:
    return Finding(
        rule="list-contradiction",
        severity="medium",
        confidence="medium",
        audience=("compliance",),
        message=f"the knowledge base says that {developer.title} is on {entry.list} since {entry.since}; "
        f"{file.key}, published {file.published}, has no entry with its names or numbers; the entry counts",
        remedy="look for it with `gauger lists match`; confirm the entry, or correct the knowledge base",
    )


def _stale(lists: ListFolder, day: str) -> Iterator[Finding]:
    today = date.fromisoformat(day)
    for file in lists.files:
        age = (today - date.fromisoformat(file.retrieved)).days
        if age > STALE_DAYS and any(file in lists.newest(ident) for ident in file.lists):
            yield Finding(
                rule="list-stale",
                severity="low",
                confidence="high",
                audience=("compliance",),
                message=f"{file.key} ({file.title}) was retrieved on {file.retrieved}, more than "
                f"{STALE_DAYS} days before the date of this assessment",
                remedy="fetch the list again, and import it with `gauger lists import`",
            )


def _lost(lists: ListFolder, concerning: frozenset[str]) -> Iterator[Finding]:
    for said in unapplied(lists):
        if said.developer in concerning:
            yield Finding(
                rule="list-confirmation-lost",
                severity="low",
                confidence="high",
                audience=("compliance",),
                message=f"{printable(said.by, 60)} decided on {said.on} about entry {said.entry} of "
                f"{said.list} and {said.developer}; the newest file has no such entry under that name, and "
                "the decision does not count",
                remedy="run `gauger lists match`, and decide again about the entry that is there now",
            )


def concerned(developers: Mapping[str, Developer], groups: Iterable[frozenset[str]]) -> frozenset[str]:
    """Whose list entries may matter: these developers and all who hold shares of them, directly or not."""
    return frozenset(d.id for d in owners(developers, *frozenset[str]().union(*groups)))


def asked_lists(rules: Iterable[tuple[Rule, User]], day: str) -> frozenset[str]:
    """About which lists do rules ask that bind the user, or may?"""
    return frozenset(
        ident
        for rule, user in rules
        if rule.looks_up_lists and rule.binds(user, day) != FALSE
        for tree in rule.trees()
        for word, argument in tree.node.words()
        if word.argument in {"lists", "stake-of-listed"}
        for ident in (argument if word.argument == "lists" else argument[1:])
    )


def without_file(asked: frozenset[str], lists: ListFolder, catalogue: Catalogue) -> tuple[Gap, ...]:
    """The one gap where rules ask about lists of which there is a file and the user has none."""
    missing = sorted(asked & PUBLISHED_AS_FILES - {ident for file in lists.files for ident in file.lists})
    if not missing:
        return ()
    return (
        Gap(
            part="assess",
            reason="not-sourced" if lists.files else "not-requested",
            detail=f"no file of {', '.join(missing)} was given; the knowledge base's own entries, as checked "
            f"until {catalogue.as_of}, were used",
            touches=("verdicts of the rules that ask about these lists",),
            remedy="fetch the lists from their publishers, and import them with `gauger lists import`",
        ),
    )
