"""Why: the derivation of one judgement as a tree of questions, answers and the facts that gave them."""

from __future__ import annotations

from gauger.assess.calendar import standing
from gauger.assess.changes import figure
from gauger.assess.kleene import FALSE, TRUE, UNKNOWN, WORDS, Kleene
from gauger.assess.readings import COUNTS_FROM
from gauger.assess.rule import NOBODY, Exemption, Rule, Tree
from gauger.assess.rulings import said
from gauger.assess.service_words import called
from gauger.assess.stakes import shares, told
from gauger.assess.strand import Strand
from gauger.assess.user import User
from gauger.catalogue import records
from gauger.catalogue.records import Instrument, ListEntry
from gauger.catalogue.vocabulary import Word
from gauger.core.judgement import LegalReading, Step

_JOINED = {"all": "Do all of these hold?", "any": "Does any of these hold?", "not": "Does this not hold?"}
_SAID_ONLY = "only the model's own files say whose weights they are, and nothing measured agrees"
_STANDING = {"active": "in force", "latent": "not in force, and may come to be", "over": "no longer in force"}


class Derivation:
    """Writes out what one rule says of one model.

    Args:
        rule: The rule.
        user: The user.
        day: ISO date.
        reading: What silence means.
    """

    def __init__(self, rule: Rule, user: User, day: str, reading: LegalReading) -> None:
        self.rule = rule
        self.user = user
        self.day = day
        self.reading = reading
        self.counts_from = COUNTS_FROM[reading]

    def step(self, strands: tuple[Strand, ...], truth: Kleene) -> Step:
        """The whole tree: is the user bound, which line of descent is caught, is the rule in force?

        While it is not known whether the user is bound, the lines are named and not gone into.
        """
        instrument = self.rule.instrument
        told = [s for s in strands if self._most(s) > FALSE] or list(strands[:1])
        bound = self.rule.binds(self.user, self.day)
        return Step(
            question=f"Does {instrument.title} apply?",
            truth=WORDS[truth],
            because=_words_of(instrument),
            steps=(
                self._tree(self.rule.binds_tree, NOBODY, "Is the user bound?"),
                *(self._line(strand, whole=bound != UNKNOWN) for strand in told),
                self._force(),
            ),
        )

    def _most(self, strand: Strand) -> Kleene:
        """As far as it could be caught, counsel's decisions aside: what they spare is written out too."""
        return self.rule.unruled.caught(self.user, strand, self.day, self.counts_from)[1]

    def _force(self) -> Step:
        stands = standing(self.rule.instrument, self.day)
        spans = "; ".join(
            f"from {i.from_}" + (f" until {i.until}" if i.until else "") for i in self.rule.instrument.force
        )
        return Step(
            question=f"Is it in force on {self.day}?",
            truth=WORDS[TRUE if stands == "active" else FALSE],
            because=f"{_STANDING[stands]} ({self.rule.instrument.status}{'; ' + spans if spans else ''})",
        )

    def _line(self, strand: Strand, *, whole: bool) -> Step:
        parts = (
            []
            if not whole
            else [self._presence(strand), self._tree(self.rule.test_tree, strand), self._cell(strand)]
        )
        parts += [
            self._exception(exemption, record, strand)
            for exemption, record in zip(self.rule.exemptions, self.rule.instrument.exceptions, strict=True)
            if whole
        ]
        return Step(
            question=f"Is it caught by way of {strand.title}?",
            truth=WORDS[self._reading_of(strand)],
            because=strand.path,
            evidence=strand.evidence,
            steps=tuple(parts),
        )

    def _exception(self, exemption: Exemption, record: records.Exemption, strand: Strand) -> Step:
        waiver = record.kind == "waiver"
        question = f"{'Was a waiver granted' if waiver else 'Does an exception hold'}: {exemption.title}?"
        if exemption.tree is not None:
            return self._tree(exemption.tree, strand, question)
        who = f" by {record.by}" if record.by else ""
        what = f", for {_listed(record.purposes)}" if record.purposes else ""
        because = f"it would have to be granted{who}{what}"
        return Step(question=question, truth="false", because=because)

    def _reading_of(self, strand: Strand) -> Kleene:
        least, most = self.rule.caught(self.user, strand, self.day, self.counts_from)
        if self.reading == "literal":
            return least
        return most if self.reading == "strict" or least == most else UNKNOWN

    def _presence(self, strand: Strand) -> Step:
        there = self.rule.present(strand, self.counts_from)
        if strand.relation == "own" and (strand.developer or self.rule.of_terms):
            return Step(question="Is it the model itself?", truth="true", because=strand.title)
        if not strand.developer:
            return Step(
                question=f"Is there a part of {strand.title} whose developer is not known?",
                truth=WORDS[there],
                because=_SAID_ONLY
                if strand.said_only
                else "no name in the catalogue, and no observation identifies the weights",
                evidence=strand.evidence,
            )
        words = "only hinted at" if strand.hint else f"level {strand.level}"
        if there == UNKNOWN and not strand.hint:
            words += f", and the {self.reading} reading counts from {self.counts_from}"
        return Step(
            question=f"Does the model descend from {strand.title}?",
            truth=WORDS[there],
            because=f"{strand.path}: {words}",
            evidence=strand.evidence,
        )

    def _cell(self, strand: Strand) -> Step:
        forms = " or ".join(strand.forms)
        cells = sorted({self.rule.cell(form) for form in strand.forms})
        least, most = self.rule.reach(strand.forms)
        ruled = [self.rule.held[form] for form in strand.forms if form in self.rule.held]
        if ruled and least == most:
            truth, because = least, "the text is silent; " + " and ".join(said(ruling) for ruling in ruled)
        elif "silent" in cells:
            truth = {"literal": least, "strict": most, "cautious": least if least == most else UNKNOWN}[
                self.reading
            ]
            because = (
                f"the text is silent; the {self.reading} reading takes that as "
                + ({"literal": "no", "strict": "yes", "cautious": "a point for review"}[self.reading])
            )
        else:
            each = ", ".join(f"{form}: {self.rule.cell(form)}" for form in strand.forms)
            truth, because = least, f"the text says {each}"
        return Step(question=f"Does the text reach the form {forms}?", truth=WORDS[truth], because=because)

    def _tree(self, tree: Tree, strand: Strand, question: str = "") -> Step:
        node, truth = tree.node, tree.asked(self.user, strand, self.day)
        if node.word is not None:
            asked = in_words(node.word, node.argument)
            because = self._because(node.word, node.argument, strand, truth)
            if question:
                return Step(question=question, truth=WORDS[truth], because=f"{asked} {because}")
            return Step(question=asked, truth=WORDS[truth], because=because)
        return Step(
            question=question or _JOINED[node.op],
            truth=WORDS[truth],
            steps=tuple(self._tree(child, strand) for child in tree.children),
        )

    def _because(self, word: Word, argument: tuple[str, ...], strand: Strand, truth: Kleene) -> str:
        if word.ident == "modification-above-a-third" and strand.modified_note:
            return strand.modified_note
        if word.argument in {"stake-of", "stake-of-listed"} and strand.developer:
            return self._because_owned(word, argument, strand)
        if word.ident in {"service-terms", "service-outputs-known"}:
            return called(self.rule.ground.catalogue, strand)
        if truth == UNKNOWN:
            return f"not known: {word.unknown_when}"
        if word.scope == "profile":
            return self._because_user(word, argument)
        if word.argument == "lists":
            return self._because_listed(argument, strand)
        return _fact_of(strand, word.ident)

    def _because_user(self, word: Word, argument: tuple[str, ...]) -> str:
        if word.ident == "fact":
            given = self.user.answers.get(argument[0])
            return (
                "implied by the user's jurisdictions"
                if given is None
                else f"profile: {'yes' if given else 'no'}"
            )
        if word.argument == "figure":
            given_number = self.user.figure(argument[1])
            return f"profile: {figure(given_number)}" if given_number is not None else "profile: no number"
        if word.ident == "jurisdiction":
            return f"profile: {_listed(tuple(sorted(self.user.places)))}"
        return "it binds everybody"

    def _because_listed(self, lists: tuple[str, ...], strand: Strand) -> str:
        """The entries of the developer and its owners on these lists."""
        entries = [
            f"{_title(self.rule, d)} on {e.list} {_since(e)}"
            for d in sorted(strand.group)
            for e in self.rule.entries.get(d, ())
            if e.list in lists
        ]
        return "; ".join(entries) or f"no entry is recorded for {_listed(tuple(sorted(strand.group)))}"

    def _because_owned(self, word: Word, argument: tuple[str, ...], strand: Strand) -> str:
        """The shares found above the developer, and, where lists are asked, who of the holders is on one."""
        held = told(self.rule.developers, strand.developer, self.day)
        if word.argument == "stake-of":
            return held
        holders = {stake.holder for stake, _ in shares(self.rule.developers, strand.developer)}
        listed_ = [
            f"{_title(self.rule, d)} on {e.list} {_since(e)}"
            for d in sorted(holders | strand.group)
            for e in self.rule.entries.get(d, ())
            if e.list in argument[1:]
        ]
        return f"{held}; {'; '.join(listed_) or 'none of them has an entry there'}"


def in_words(word: Word, argument: tuple[str, ...]) -> str:
    """What does this predicate ask, with its own words and number?"""
    if word.argument == "figure":
        bound = figure(float(argument[0]))
        more = f"above {bound}" if word.ident == "above" else f"{bound} or more"
        return f"Is the profile's `{argument[1]}` {more}?"
    if word.argument in {"stake-of", "stake-of-listed"}:
        asked = word.question.format(_listed(argument[1:]))
        return asked.replace("at least that much", f"at least {float(argument[0]):g}%")
    return word.question.format(_listed(argument))


def _words_of(instrument: Instrument) -> str:
    """What it means, in its own words, and where those stand."""
    read = [s for s in instrument.sources if s.read_on] or list(instrument.sources)
    source = next((s.url for s in read if s.kind == "primary"), read[0].url if read else "")
    cited = ", ".join(part for part in (instrument.citation, source) if part)
    quote = f"“{instrument.quote}”" if instrument.quote else ""
    where = f" ({cited})" if cited else ""
    return " ".join(part for part in (instrument.consequence, (quote + where).strip()) if part)


def _since(entry: ListEntry) -> str:
    until = f" until {entry.until}" if entry.until else ""
    name = f", as “{entry.name}”" if entry.name else ""
    return f"since {entry.since}{until}{name}" if entry.status == "listed" else f"approved, unpublished{name}"


def _title(rule: Rule, developer: str) -> str:
    return rule.developers[developer].title if developer in rule.developers else developer


def _fact_of(strand: Strand, ident: str) -> str:
    """The fact about the line of descent that answers this predicate."""
    seats = _listed(tuple(sorted(strand.countries)))
    facts = {
        "developer": f"developer: {strand.developer}",
        "developer-country": f"developer: {strand.developer}, seat: {seats}",
        "listed-on": f"developer and owners: {_listed(tuple(sorted(strand.group)))}",
        "list-entry-pending": f"developer and owners: {_listed(tuple(sorted(strand.group)))}",
        "family": f"family: {strand.family or 'of another developer'}",
        "licence": f"licence: {strand.licence or 'none that the developer has used'}",
        "licence-known": f"licence: {strand.licence}",
        "origin-known": f"developer: {strand.developer}",
        "open-weights": f"family: {strand.family}",
        "relation": f"relation: {strand.relation}",
        "modification-above-a-third": "the user did not change it",
        "role": f"used as: {_listed(tuple(sorted(strand.roles))) or 'nothing'}",
    }
    served = f"served by: {_listed(tuple(sorted(strand.providers))) or 'nobody'}"
    return facts.get(ident, served)


def _listed(words: tuple[str, ...]) -> str:
    return ", ".join(words)
