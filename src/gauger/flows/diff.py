"""What moved between two documents, scenarios, or editions of the knowledge base, and what moved it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec

from gauger.assess.between_worlds import Worlds
from gauger.assess.causes import Search, Step
from gauger.assess.exchange import Asking, Cell, Exchange, Part, Said
from gauger.assess.listings import NO_LISTS
from gauger.assess.part_words import asking_words, suspected, world_words
from gauger.assess.suppose import NOTHING_SUPPOSED, Supposed, suppose
from gauger.assess.user import user_of
from gauger.catalogue.load import Catalogue
from gauger.catalogue.mixed import field_changes
from gauger.catalogue.query import Lookup
from gauger.core.change import Cause, Diff, FieldChange, Input, Moved, Side
from gauger.core.dossier import Dossier
from gauger.core.errors import UsageError
from gauger.core.judgement import Outcome
from gauger.core.text import printable
from gauger.flows import diff_items
from gauger.flows.check import judged_again
from gauger.flows.question import Question
from gauger.lists.records import ListFolder


def between_documents(
    old: Dossier,
    new: Dossier,
    catalogues: Sequence[Catalogue],
    lists: ListFolder = NO_LISTS,
) -> Diff:
    """What moved from one document to the other, and which input moved it?

    Verdicts are those that the documents hold. What moved them is worked out by asking again, with the
    knowledge bases among `catalogues` whose digest is the documents' own; where one is not at hand, what it
    moved is what no other input accounts for.

    Args:
        old: The one.
        new: The other.
        catalogues: Editions of the knowledge base that are at hand; the last one stands in where neither
            document's own is among them.
        lists: The list files of the new document, where they are at hand.
    """
    digests = {catalogue.digest(): catalogue for catalogue in catalogues}
    its = digests.get(new.catalogue.digest) or digests.get(old.catalogue.digest) or catalogues[-1]
    earlier, later = digests.get(old.catalogue.digest, its), digests.get(new.catalogue.digest, its)
    notes = list(_not_comparable(old, new))
    for which, dossier in (("old", old), ("new", new)):
        if dossier.catalogue.digest not in digests:
            notes.append(
                f"the knowledge base of the {which} document ({dossier.catalogue.version}, "
                f"{dossier.catalogue.digest[:19]}…) is not at hand: name it with --catalogue or --against"
            )
    asked = _asking(old, earlier, NO_LISTS), _asking(new, later, lists)
    elsewhere = tuple(_elsewhere(old, new, digests, lists))
    steps = _steps(old.outcomes, new.outcomes, _rules_of(old), _rules_of(new))
    moved, exchange = _moved(asked, steps, old, new, elsewhere)
    return Diff(
        between="documents",
        old=_side(old),
        new=_side(new),
        inputs=_inputs((*exchange.parts(), *elsewhere)),
        models=diff_items.models(old, new),
        uses=diff_items.uses(old, new),
        lineage=diff_items.lineage(old, new),
        verdicts=moved,
        findings=diff_items.findings(old, new),
        gaps=diff_items.gaps(old, new),
        records=_records(moved, earlier, later),
        notes=tuple(notes),
    )


def between_catalogues(
    dossier: Dossier, old: Catalogue, new: Catalogue, lists: ListFolder = NO_LISTS
) -> Diff:
    """What moves if the same inventory and profile are judged with another edition of the knowledge base?"""
    before, after = (judged_again(dossier, Lookup(c), _question(dossier, c, lists)) for c in (old, new))
    asked = _asking(before, old, lists), _asking(after, new, lists)
    steps = _steps(before.outcomes, after.outcomes, _rules_of(before), _rules_of(after))
    moved, exchange = _moved(asked, steps, before, after, ())
    return Diff(
        between="catalogues",
        old=_side(before),
        new=_side(after),
        inputs=_inputs(exchange.parts()),
        verdicts=moved,
        findings=diff_items.findings(before, after),
        gaps=diff_items.gaps(before, after),
        records=_records(moved, old, new),
        notes=tuple(_not_comparable(before, after)),
    )


def between_scenarios(
    dossier: Dossier, lookup: Lookup, first: str, second: str, lists: ListFolder = NO_LISTS
) -> Diff:
    """What moves from one scenario to the other, and which part of the overlay moves it?

    Raises:
        UsageError: the two are the same.
    """
    if first == second:
        raise UsageError("name two different scenarios", subject="--scenarios")
    catalogue, profile = lookup.catalogue, dossier.profile
    asking = _asking(dossier, catalogue, lists)
    questions = asking.questions((first, second))
    cases = {case.scenario.id: case for case in questions.cases}
    questions = questions._replace(cases=(cases[first], cases[second]))
    worlds = Worlds(
        questions, catalogue, profile, user_of(profile, catalogue), dossier.as_of, asking.supposed
    )
    before, after = worlds.said(worlds.old), worlds.said(worlds.new)
    steps = {
        cell: Step(before[cell[0], first, cell[2]], said)
        for cell, said in after.items()
        if before[cell[0], first, cell[2]].verdict != said.verdict
    }
    words = world_words(worlds.old.world, worlds.new.world)
    search = Search(worlds.verdict, worlds.parts(), words)
    moved = search.moved(steps, diff_items.names(dossier), (second,), suspected(worlds.parts()))
    title = {case.scenario.id: case.scenario.title for case in questions.cases}
    return Diff(
        between="scenarios",
        old=_side(dossier, title[first], catalogue),
        new=_side(dossier, title[second], catalogue),
        inputs=("scenario",) if worlds.parts() else (),
        verdicts=moved,
    )


def _moved(
    asked: tuple[Asking, Asking],
    steps: Mapping[Cell, Step],
    old: Dossier,
    new: Dossier,
    elsewhere: tuple[Cause, ...],
) -> tuple[tuple[Moved, ...], Exchange]:
    scenarios = tuple(s.key for s in new.scenarios if s.key in {o.key for o in old.scenarios})
    concerned = tuple(s for s in scenarios if any(cell[1] == s for cell in steps))
    exchange = Exchange(*asked, concerned, frozenset(cell[0] for cell in steps))
    parts = exchange.parts()
    called = diff_items.names(old, new)
    search = Search(exchange.verdict, parts, asking_words(*asked, called), elsewhere)
    first = suspected(parts, *asked) if steps else suspected(parts)
    return search.moved(steps, called, scenarios, first), exchange


def _asking(dossier: Dossier, catalogue: Catalogue, lists: ListFolder) -> Asking:
    return Asking(
        models=dossier.models_in_use,
        uses=dossier.uses,
        claims=dossier.claims,
        references=dossier.references,
        catalogue=catalogue,
        profile=dossier.profile,
        as_of=dossier.as_of,
        supposed=_supposed(dossier, catalogue),
        lists=lists,
    )


def _question(dossier: Dossier, catalogue: Catalogue, lists: ListFolder) -> Question:
    """What the document was asked, as far as this edition knows its scenarios."""
    known = catalogue.scenarios
    return Question(
        as_of=dossier.as_of,
        profile=msgspec.structs.replace(dossier.profile, scenarios=()),
        profile_digest=dossier.profile_digest,
        scenarios=tuple(s.key for s in dossier.scenarios if set(s.key.split("+")) <= set(known)),
        suppositions=dossier.suppositions,
        lists=lists,
    )


def _supposed(dossier: Dossier, catalogue: Catalogue) -> Supposed:
    if not dossier.suppositions:
        return NOTHING_SUPPOSED
    return suppose(dossier.suppositions, dossier.models_in_use, Lookup(catalogue))


def _elsewhere(
    old: Dossier, new: Dossier, digests: Mapping[str, Catalogue], lists: ListFolder
) -> Iterator[Cause]:
    """What differs between the documents and cannot be exchanged."""
    one, other = old.catalogue, new.catalogue
    if one.digest != other.digest and not {one.digest, other.digest} <= set(digests):
        yield Cause(
            input="catalogue",
            key="edition",
            before=f"{one.version} {one.digest[:19]}…",
            after=f"{other.version} {other.digest[:19]}…",
        )
    before, after = (tuple(note.key for note in d.lists) for d in (old, new))
    if before != after and (before or not lists.files):
        yield Cause(input="lists", key="files", before=", ".join(before), after=", ".join(after))
    if old.tool.version != new.tool.version:
        yield Cause(input="program", key="version", before=old.tool.version, after=new.tool.version)


def _not_comparable(old: Dossier, new: Dossier) -> Iterator[str]:
    if old.target != new.target:
        yield printable(f"the documents are about different targets: {old.target} and {new.target}")
    for which, dossier in (("old", old), ("new", new)):
        if not dossier.outcomes:
            yield f"the {which} document holds no verdicts: it was never judged"
    one, other = {s.key for s in old.scenarios}, {s.key for s in new.scenarios}
    for which, only in (("old", sorted(one - other)), ("new", sorted(other - one))):
        if only:
            yield printable(f"only the {which} one looks at these scenarios: {', '.join(only)}")


def _steps(
    old: Iterable[Outcome],
    new: Iterable[Outcome],
    rules_old: Mapping[str, tuple[str, str]],
    rules_new: Mapping[str, tuple[str, str]],
) -> dict[Cell, Step]:
    """The cells that both have and in which the verdict differs."""
    before = {(o.model, o.scenario, o.reading): o for o in old}
    found: dict[Cell, Step] = {}
    for outcome in new:
        cell = (outcome.model, outcome.scenario, outcome.reading)
        if cell in before and before[cell].verdict != outcome.verdict:
            found[cell] = Step(_said(before[cell], rules_old), _said(outcome, rules_new))
    return found


def _said(outcome: Outcome, rules: Mapping[str, tuple[str, str]]) -> Said:
    told = (rules[ident] for ident in outcome.decisions)
    return Said(outcome.verdict, tuple(sorted(rule for rule, verdict in told if verdict == outcome.verdict)))


def _rules_of(dossier: Dossier) -> dict[str, tuple[str, str]]:
    """Decision id → rule and verdict."""
    return {d.id: (d.instrument, d.verdict) for d in dossier.decisions}


def _side(dossier: Dossier, title: str = "", catalogue: Catalogue | None = None) -> Side:
    stamp = dossier.catalogue
    return Side(
        title=printable(title or dossier.target),
        as_of=dossier.as_of,
        reading=dossier.reading,
        catalogue=catalogue.version if catalogue is not None else stamp.version,
        catalogue_digest=catalogue.digest() if catalogue is not None else stamp.digest,
        profile_digest=dossier.profile_digest,
        program=dossier.tool.version,
    )


def _inputs(parts: Iterable[Part | Cause]) -> tuple[Input, ...]:
    return tuple(dict.fromkeys(part.input for part in parts))


def _records(moved: tuple[Moved, ...], old: Catalogue, new: Catalogue) -> tuple[FieldChange, ...]:
    """The records of the knowledge base that moved some verdict, field by field."""
    causes = (cause for m in moved for because in m.because for cause in because)
    keys = {cause.key for cause in causes if cause.input == "catalogue" and "/" in cause.key}
    return tuple(change for key in sorted(keys) for change in field_changes(old, new, key))
