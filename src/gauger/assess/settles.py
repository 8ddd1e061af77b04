"""What is not known and decides, with the cheapest way to find out: commands first, counsel last.

Law: where a verdict is undetermined, something is told here. The unknown leaves of the rule's own conditions
are walked, so that every word of the vocabulary whose answer can be unknown has its way of being settled.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from gauger.assess.changes import Change
from gauger.assess.flips import Asked
from gauger.assess.kleene import FALSE, TRUE, UNKNOWN
from gauger.assess.readings import COUNTS_FROM
from gauger.assess.rule import Rule, Tree
from gauger.assess.service_words import terms, title, unread
from gauger.assess.stakes import unsized
from gauger.assess.strand import Strand
from gauger.assess.user import User
from gauger.catalogue.vocabulary import Word
from gauger.core.judgement import Settle, Verdict

_COMMAND, _ANSWER, _LOOK_UP, _READ, _ASK, _COUNSEL = range(6)
"""What it costs to settle something, from a command on what is at hand to an opinion of counsel."""

COUNT = (
    "count it (`gauger compute --parameters N --tokens N`) and write the numbers under `modifications` in "
    "gauger.yaml"
)
_LINEAGE = frozenset(
    {"developer", "developer-country", "family", "origin-known", "open-weights", "listed-on"}
)
_SERVING = frozenset({"self-hosted", "provider", "provider-country"})
_LISTS = frozenset({"listed-on", "list-entry-pending", "owned-by-listed"})


class Priced(NamedTuple):
    """A way to settle something, with its cost, and whether settling it alone would decide."""

    cost: int
    settle: Settle
    decides: bool = True


class Open:
    """The open questions of one rule towards one model.

    Args:
        asked: The rule and the model.
        now: What the rule says as things are.
        changes: What might be otherwise.
    """

    def __init__(self, asked: Asked, now: Verdict, changes: tuple[Change, ...]) -> None:
        self.asked = asked
        self.now = now
        self.changes = changes
        self.rule: Rule = asked.rule
        self.user: User = asked.user
        self.catalogue = asked.rule.ground.catalogue

    def settles(self, *, silent: bool) -> tuple[Settle, ...]:
        """Which unknown facts decide, cheapest to settle first?

        Facts that decide by themselves; where none does, all that are not known.

        Args:
            silent: The verdict waits for what a silent text is held to mean.
        """
        found = [*self._of_user(), *self._of_lines()]
        deciding = [p for p in found if p.decides] or found
        if silent:
            deciding += self._of_silence()
        deciding.sort(key=lambda priced: priced.cost)
        unique = {(p.settle.fact, p.settle.how): p.settle for p in deciding}
        return tuple(unique.values())

    def _of_user(self) -> Iterator[Priced]:
        for tree in self.rule.trees():
            for word, argument in tree.node.words():
                if word.ident == "fact" and self.user.fact(argument[0]) == UNKNOWN:
                    yield self._answer(argument[0], "`true` or `false`")
                elif word.argument == "figure" and self.user.figure(argument[1]) is None:
                    yield self._answer(argument[1], "the number")
        if self._place_open():
            yield Priced(_ANSWER, self._places(), self._moves("law "))

    def _place_open(self) -> bool:
        words = (pair for tree in self.rule.trees() for pair in tree.node.words())
        return any(w.ident == "jurisdiction" and self.user.under(codes) == UNKNOWN for w, codes in words)

    def _answer(self, ident: str, form: str) -> Priced:
        question = self.catalogue.questions.get(ident)
        asked = f"ask the {question.who_knows}: {question.question}" if question else f"find out {ident}."
        unit = f" ({question.unit})" if question and question.unit else ""
        how = f"{asked} Then write `{ident}:` and {form}{unit} under `facts` in gauger.yaml"
        if not unit and form.startswith("`"):
            how = f"{asked} Then write `{ident}: true` or `false` under `facts` in gauger.yaml"
        settle = Settle(fact=f"profile.{ident}", how=how, kind="factual")
        return Priced(_ANSWER, settle, self._moves(ident, exact=True))

    def _moves(self, about: str, *, exact: bool = False) -> bool:
        """Would an answer to this alone give another verdict?"""
        mine = [c for c in self.changes if (c.about == about if exact else c.about.startswith(about))]
        return any(self.asked.verdict((change,)) != self.now for change in mine)

    def _places(self) -> Settle:
        parts = self.user.open_among(self.rule.places) if self.user.places_complete else ()
        how = "list all `jurisdictions` whose law applies to you in gauger.yaml"
        if parts:
            some = ", ".join(parts[:6]) + (" …" if len(parts) > 6 else "")
            how = f"name the states that you are in under `jurisdictions` in gauger.yaml ({some}?)"
        return Settle(fact="profile.jurisdictions", how=how, kind="factual")

    def _of_lines(self) -> Iterator[Priced]:
        counts_from = COUNTS_FROM[self.asked.reading]
        name = self.asked.strands[0].title
        for strand in self.asked.strands:
            least, most = self.rule.caught(self.user, strand, self.asked.day, counts_from)
            if most == FALSE or least == TRUE:
                continue
            there = self.rule.present(strand, counts_from)
            if there == UNKNOWN or (not strand.developer and not self.rule.of_terms):
                yield _lineage(strand, name)
            words = list(self._unknown(strand))
            for word, argument in words:
                yield from self._of_word(word, argument, strand, name)
            if not words and least < most and len(strand.forms) > 1:
                yield _serving(name) if {"api", "hosted"} & set(strand.forms) else _lineage(strand, name)

    def _unknown(self, strand: Strand) -> Iterator[tuple[Word, tuple[str, ...]]]:
        """The predicates about the model whose answer is unknown for this line."""
        trees = [t for t in self.rule.trees()[1:] if t.asked(self.user, strand, self.asked.day) == UNKNOWN]
        for tree in trees:
            yield from _leaves(tree, self.user, strand, self.asked.day)

    def _of_word(self, word: Word, argument: tuple[str, ...], strand: Strand, name: str) -> Iterator[Priced]:
        if word.ident in _LISTS and not strand.developer:
            yield self._list(argument[1:] if word.ident == "owned-by-listed" else argument, strand)
        if word.ident == "modification-above-a-third":
            fact = f"compute of changing {name}"
            yield Priced(_COMMAND, Settle(fact=fact, how=COUNT, kind="factual"))
        elif word.ident in {"licence", "licence-known", "commercial-terms-known", "outputs-terms-known"}:
            if strand.developer or self.rule.of_licence:
                yield Priced(_READ, settle_licence(strand))
        elif word.ident == "service-outputs-known":
            if not strand.through_known:
                yield _serving(strand.title)
            yield from (self._terms(provider) for provider in unread(self.catalogue, strand))
        elif word.ident in _SERVING:
            yield _serving(name) if not strand.provider_known else self._seat(strand.providers, "operator")
        elif word.ident in {"owned-by", "owned-by-listed"} and strand.developer:
            yield from self._stakes(strand)
        elif word.ident == "developer-country" and strand.developer:
            yield self._seat(frozenset({strand.maker or strand.developer}), "developer")
        elif word.ident in _LINEAGE and strand.developer:
            fact = f"which model of {strand.maker or strand.developer} {strand.title} is"
            yield Priced(_LOOK_UP, Settle(fact=fact, how=strand.settle, kind="factual"))

    def _terms(self, provider: str) -> Priced:
        """The terms of this provider, as far as nobody has read them on outputs."""
        text, named = terms(self.catalogue, provider), title(self.catalogue, provider)
        which = f"{text.title} ({named})" if text is not None else f"terms of service of {named}"
        how = f"read the {which} on training other models with outputs, and record what they say"
        return Priced(_READ, Settle(fact=f"terms of {named}", how=how, kind="factual"))

    def _list(self, lists: tuple[str, ...], strand: Strand) -> Priced:
        """Where no developer is known, a list file helps once there is a name to look up."""
        how = (
            f"once it is known who developed {strand.title}: fetch the list from its publisher (for most US "
            "lists the Consolidated Screening List) and import it with `gauger lists import`"
        )
        fact = f"whether the developer of {strand.title} is on {' or '.join(lists)}"
        return Priced(_READ, Settle(fact=fact, how=how, kind="factual"))

    def _seat(self, of: frozenset[str], what: str) -> Priced:
        named = ", ".join(sorted(of)) or f"the {what}"
        how = f"find out where {named} is seated, and record the country in the catalogue"
        return Priced(_READ, Settle(fact=f"seat of {named}", how=how, kind="factual"))

    def _stakes(self, strand: Strand) -> Iterator[Priced]:
        developers = self.rule.developers
        for stake, owned in unsized(developers, strand.developer, self.asked.day):
            holder = developers[stake.holder].title if stake.holder in developers else stake.holder
            name = developers[owned].title
            how = (
                f"look up what share of {name} {holder} holds (the company register, or the source "
                f"{stake.source or 'of the record'}), and write its `percent` into the record of {owned}"
            )
            fact = f"share of {holder} in {name}"
            yield Priced(_READ, Settle(fact=fact, how=how, kind="factual"))

    def _of_silence(self) -> Iterator[Priced]:
        forms = sorted(
            {form for s in self.asked.strands for form in s.forms if self.rule.cell(form) == "silent"}
            & {form for s in self._caught() for form in s.forms}
        )
        if forms:
            settle = Settle(
                fact=f"whether {self.rule.instrument.id} reaches the form {' or '.join(forms)}",
                how="counsel decides how the silent text is read; record the decision with date and name",
                kind="legal",
            )
            yield Priced(_COUNSEL, settle)

    def _caught(self) -> Iterator[Strand]:
        counts_from = COUNTS_FROM[self.asked.reading]
        for strand in self.asked.strands:
            if self.rule.caught(self.user, strand, self.asked.day, counts_from)[1] > FALSE:
                yield strand


def _leaves(tree: Tree, user: User, strand: Strand, day: str) -> Iterator[tuple[Word, tuple[str, ...]]]:
    """The predicates about the model that are unknown and not beside the point in this tree."""
    if tree.asked(user, strand, day) != UNKNOWN:
        return
    if tree.node.word is not None:
        if tree.node.word.scope == "model":
            yield tree.node.word, tree.node.argument
        return
    for child in tree.children:
        yield from _leaves(child, user, strand, day)


def _lineage(strand: Strand, name: str) -> Priced:
    cost = _COMMAND if strand.settle.startswith("gauger ") else _LOOK_UP
    cost = _ASK if strand.settle.startswith("ask ") else cost
    return Priced(cost, Settle(fact=f"lineage of {name}", how=strand.settle, kind="factual"))


def _serving(name: str) -> Priced:
    how = f"find the address to which the calls of {name} go"
    return Priced(_LOOK_UP, Settle(fact=f"who serves {name}", how=how, kind="factual"))


def settle_licence(strand: Strand) -> Settle:
    """How is it found out what the licence of this ancestor is, or what it says?"""
    if strand.licence:
        named = strand.licence_title or strand.licence
        how = f"read {named}, and record what it says in the catalogue"
        return Settle(fact=f"terms of {strand.title}", how=how, kind="factual")
    note = f" (its files say {strand.licence_note!r})" if strand.licence_note else ""
    how = f"read the licence of {strand.title} where it is published{note}, and record it"
    return Settle(fact=f"licence of {strand.title}", how=how, kind="factual")
