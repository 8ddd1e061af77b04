"""What would change it: smallest changes of one fact, unknown facts that decide, and dates."""

from __future__ import annotations

from collections.abc import Iterator

from gauger.assess.calendar import bounds
from gauger.assess.decide import Judgement, judge
from gauger.assess.kleene import FALSE, TRUE, UNKNOWN
from gauger.assess.readings import COUNTS_FROM
from gauger.assess.rule import Rule
from gauger.assess.rulings import said
from gauger.assess.strand import Strand
from gauger.assess.user import User
from gauger.assess.world import Entries
from gauger.catalogue.load import Catalogue
from gauger.core.judgement import LegalReading, Settle, Verdict

_FLIPS = 6
"""At most this many flips are told: the smallest come first, and nobody reads a seventh."""


_COUNT = (
    "count it (`gauger compute --parameters N --tokens N`) and write the numbers under `modifications` in "
    "gauger.yaml"
)


class WhatIf:
    """Asks one rule again, with one thing different.

    Args:
        rule: The rule.
        user: The user.
        strands: The model's lines of descent.
        day: ISO date.
        reading: What silence means.
        catalogue: For the questions behind facts.
        entries: List entries, for dates.
    """

    def __init__(
        self,
        rule: Rule,
        user: User,
        strands: tuple[Strand, ...],
        day: str,
        reading: LegalReading,
        catalogue: Catalogue,
        entries: Entries,
    ) -> None:
        self.rule = rule
        self.user = user
        self.strands = strands
        self.day = day
        self.reading = reading
        self.catalogue = catalogue
        self.entries = entries
        self.now = judge(rule, user, strands, day, reading)

    def flips(self) -> tuple[str, ...]:
        """Which single changes of fact would give another verdict? In words, with that verdict."""
        told = [*self._facts(), *self._lines(), *self._silence(), *self._ruled()]
        return tuple(dict.fromkeys(told))[:_FLIPS]

    def _verdict(self, *, user: User | None = None, strands: tuple[Strand, ...] | None = None) -> Verdict:
        lines = self.strands if strands is None else strands
        return judge(self.rule, user or self.user, lines, self.day, self.reading).verdict

    def _facts(self) -> Iterator[str]:
        for ident in self.rule.questions:
            for answer in (False, True):
                verdict = self._verdict(user=self.user.assuming({ident: answer}))
                if verdict != self.now.verdict:
                    yield f"if `{ident}` were {'yes' if answer else 'no'}: {verdict}"

    def _lines(self) -> Iterator[str]:
        for strand in self._caught():
            others = tuple(s for s in self.strands if s is not strand)
            verdict = self._verdict(strands=others)
            if verdict != self.now.verdict:
                yield f"if {_without(strand)}: {verdict}"

    def _caught(self) -> tuple[Strand, ...]:
        counts_from = COUNTS_FROM[self.reading]
        return tuple(
            s for s in self.strands if self.rule.caught(self.user, s, self.day, counts_from)[1] > FALSE
        )

    def _silence(self) -> Iterator[str]:
        if self.now.least == self.now.most:
            return
        forms = sorted({f for s in self._caught() for f in s.forms if self.rule.cell(f) == "silent"})
        for word, reading in (("not to reach", "literal"), ("to reach", "strict")):
            verdict = judge(self.rule, self.user, self.strands, self.day, reading).verdict  # type: ignore[arg-type]
            if forms and verdict != self.now.verdict:
                yield f"if the text were held {word} the form {' or '.join(forms)}: {verdict}"

    def _ruled(self) -> Iterator[str]:
        """Would it be another verdict, had counsel not decided what silence means?"""
        verdict = judge(self.rule.unruled, self.user, self.strands, self.day, self.reading).verdict
        if verdict != self.now.verdict:
            yield f"if the ruling did not stand ({_rulings(self.rule, self.strands)}): {verdict}"

    def settles(self) -> tuple[Settle, ...]:
        """Which unknown facts decide, and what is the cheapest way to settle each?"""
        if UNKNOWN not in (self.now.least, self.now.most) and not self.now.doubt:
            return ()
        found = [*self._settle_facts(), *self._settle_lines(), *self._settle_silence()]
        unique = {(s.fact, s.how): s for s in found}
        return tuple(unique.values())

    def _settle_facts(self) -> Iterator[Settle]:
        for ident in self.rule.questions:
            if self.user.fact(ident) != UNKNOWN:
                continue
            verdicts = {self._verdict(user=self.user.assuming({ident: answer})) for answer in (False, True)}
            if verdicts != {self.now.verdict}:
                yield Settle(fact=f"profile.{ident}", how=self._ask(ident), kind="factual")
        if self.rule.binds(self.user, self.day) == UNKNOWN:
            yield from self._settle_places()

    def _settle_places(self) -> Iterator[Settle]:
        how = "list all `jurisdictions` whose law applies to you in gauger.yaml"
        if not self.user.places_complete:
            yield Settle(fact="profile.jurisdictions", how=how, kind="factual")
        elif parts := self.user.open_among(self.rule.places):
            how = (
                f"name the states that you are in under `jurisdictions` in gauger.yaml ({', '.join(parts)}?)"
            )
            yield Settle(fact="profile.jurisdictions", how=how, kind="factual")

    def _ask(self, ident: str) -> str:
        question = self.catalogue.questions.get(ident)
        asked = (
            f"ask the {question.who_knows}: {question.question}"
            if question is not None
            else f"find out {ident}"
        )
        return f"{asked} Then write `{ident}: true` or `false` under `facts` in gauger.yaml"

    def _settle_lines(self) -> Iterator[Settle]:
        counts_from = COUNTS_FROM[self.reading]
        name = self.strands[0].title
        for strand in self._caught():
            asked = self.rule.test(self.user, strand, self.day)
            if strand.present(counts_from) == UNKNOWN or not strand.developer:
                yield Settle(fact=f"lineage of {name}", how=strand.settle, kind="factual")
            elif asked == UNKNOWN and strand.modified == UNKNOWN and self._asks_compute:
                yield Settle(fact=f"compute of changing {name}", how=_COUNT, kind="factual")
            elif asked == UNKNOWN and self.rule.of_licence:
                yield _settle_licence(strand)
            elif asked != FALSE and not strand.provider_known:
                how = f"find the address to which the calls of {name} go"
                yield Settle(fact=f"who serves {name}", how=how, kind="factual")

    @property
    def _asks_compute(self) -> bool:
        """Does the rule ask how much compute the user spent on changing the model?"""
        return any(word.ident == "modification-above-a-third" for word, _ in self.rule.test_tree.node.words())

    def _settle_silence(self) -> Iterator[Settle]:
        if self.reading != "cautious" or self.now.least == self.now.most:
            return
        forms = sorted({f for s in self._caught() for f in s.forms if self.rule.cell(f) == "silent"})
        if forms:
            yield Settle(
                fact=f"whether {self.rule.instrument.id} reaches the form {' or '.join(forms)}",
                how="counsel decides how the silent text is read; record the decision with date and name",
                kind="legal",
            )

    def changes_on(self) -> tuple[str, ...]:
        """On which later dates does the verdict change by the calendar alone?"""
        lists = [a for word, a in self.rule.test_tree.node.words() if word.ident == "listed-on"]
        named = {name for names in lists for name in names}
        group = frozenset[str]().union(*(s.group for s in self.strands)) if named else frozenset()
        entries = tuple(e for d in sorted(group) for e in self.entries.get(d, ()) if e.list in named)
        found: list[str] = []
        before = self.now.verdict
        for day in bounds(self.rule.instrument, entries, self.day):
            after = judge(self.rule, self.user, self.strands, day, self.reading).verdict
            if after != before:
                found.append(day)
            before = after
        return tuple(found)


def _settle_licence(strand: Strand) -> Settle:
    """How is it found out what the licence of this ancestor is, or what it says?"""
    if strand.licence:
        named = strand.licence_title or strand.licence
        how = f"read {named}, and record what it says in the catalogue"
        return Settle(fact=f"terms of {strand.title}", how=how, kind="factual")
    note = f" (its files say {strand.licence_note!r})" if strand.licence_note else ""
    how = f"read the licence of {strand.title} where it is published{note}, and record it"
    return Settle(fact=f"licence of {strand.title}", how=how, kind="factual")


def _rulings(rule: Rule, strands: tuple[Strand, ...]) -> str:
    """What counsel decided on the forms of these lines of descent."""
    forms = {form for strand in strands for form in strand.forms}
    return " and ".join(said(ruling) for form, ruling in sorted(rule.held.items()) if form in forms)


def _without(strand: Strand) -> str:
    if not strand.developer:
        return f"the developer of {strand.title} were known and the rule did not speak of it"
    if strand.relation == "own":
        return f"{strand.title} were made by somebody other than {strand.maker or strand.developer}"
    return f"it were shown not to descend from {strand.title}"


def summary(rule: Rule, judged: Judgement, caught: tuple[Strand, ...], name: str, *, bound: int) -> str:
    """The answer in one sentence: the rule and the fact that decides.

    Args:
        rule: The rule.
        judged: What it said.
        caught: The lines of descent that it caught, or may have.
        name: The model's name.
        bound: Whether the user is bound.
    """
    instrument = rule.instrument
    by = next((s for s in caught if s.developer), caught[0] if caught else None)
    way = _way(by, name) if by is not None else f"{name} may be reached"
    if judged.verdict == "clear":
        return f"{instrument.title}: {way}. The text is silent, and counsel ruled: {_rulings(rule, caught)}."
    if judged.verdict == "watch":
        return f"{instrument.title} ({instrument.status}): {way}. {instrument.consequence}".strip()
    if judged.verdict == "undetermined":
        why = {
            "legal": "the text is silent on this form",
            "factual": "it is not known whether the user is bound" if bound != TRUE else "facts are missing",
            "": "facts are missing",
        }[judged.doubt]
        return f"{instrument.title} may reach it: {way}, and {why}."
    return f"{instrument.title}: {way}. {instrument.consequence}".strip()


def _way(strand: Strand, name: str) -> str:
    if not strand.developer:
        return f"the developer of {strand.title} is not known"
    if strand.relation == "own":
        licence = f", under {strand.licence_title or strand.licence}" if strand.licence else ""
        return f"{name} is made by {strand.maker or strand.developer}{licence}"
    hint = " may descend" if strand.hint or strand.level < COUNTS_FROM["cautious"] else " descends"
    return f"{name}{hint} from {strand.title} (made by {strand.maker or strand.developer}): {strand.path}"
