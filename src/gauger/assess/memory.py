"""Asking each question once: who may see the same facts gets the same answer."""

from __future__ import annotations

from collections.abc import Iterable

from gauger.assess.calendar import standing
from gauger.assess.decide import Judgement, weigh
from gauger.assess.kleene import FALSE, Kleene
from gauger.assess.ownership import with_companies_below
from gauger.assess.readings import COUNTS_FROM, MODERATE
from gauger.assess.rule import Rule
from gauger.assess.strand import Strand, believed
from gauger.assess.user import User
from gauger.assess.world import Entries
from gauger.core.judgement import READINGS, LegalReading

Triple = tuple[Judgement, Judgement, Judgement]
"""The judgement under each reading, in their order."""

Signed = tuple[int, tuple[tuple[int, Strand], ...]]
"""The number of a model's lines of descent together, and each of them with its own."""

Given = tuple[tuple[Kleene, ...], tuple[float | None, ...]]
"""What a rule can see of the user: answers and numbers, in the order in which it asks."""

Signature = tuple[int, ...]
"""What rules can see of a model: the numbers of its lines of descent."""


_UNARY = (0b00, 0b01, 0b11)
"""Truth values as bits, so that *or* over lines of descent is a bitwise or, and *and* a bitwise and."""

_BITS = 2


_PAIR = tuple(tuple(low | high << _BITS for high in _UNARY) for low in _UNARY)
"""The bits of (caught with silence as no, as yes), by the two truth values."""

_WIDTH = 2 * _BITS
"""Bits of one pair; there is one for each reading, the first in the lowest bits."""

_ALIKE = sum(1 << _WIDTH * place for place in range(len(READINGS)))
"""Multiplied with a pair's bits: the same pair under every reading."""


def unpacked(mask: int) -> tuple[tuple[Kleene, Kleene], ...]:
    """The pairs (caught with silence as no, as yes) of a packed number, one for each reading."""
    values = [(mask >> (_BITS * place) & 0b11).bit_count() for place in range(2 * len(READINGS))]
    return tuple(zip(values[::2], values[1::2], strict=True))


class Asking:
    """One rule, put for one user on one day.

    Args:
        rule: The rule.
        user: The user, as the scenario assumes them.
        day: ISO date.
        alike: The same rule with other list entries, which answers for lines of descent that those entries do
            not touch.
    """

    def __init__(self, rule: Rule, user: User, day: str, alike: Asking | None = None) -> None:
        self.rule = rule
        self._user = user
        self._day = day
        self._alike = alike
        self._touched = _touched(rule, alike.rule) if alike is not None else frozenset[str]()
        stands = standing(rule.instrument, day)
        bound = rule.binds(user, day)
        self._latent = stands == "latent"
        self._bound = _PAIR[bound][bound] * _ALIKE
        self.concerns = stands != "over" and bound != FALSE
        self._worked_out = 0
        self._answers: dict[int, Triple | None] = {}
        self._caught: dict[int, int] = {}
        self._weighed: dict[int, Triple | None] = {}

    def answer(self, number: int, lines: tuple[tuple[int, Strand], ...]) -> Triple | None:
        """What does the rule say of these lines of descent? None where it is clear under every reading.

        Args:
            number: Of the lines together.
            lines: Each with its own number.
        """
        if number not in self._answers:
            asked = self.answering(lines)
            self._answers[number] = self._judged(lines) if asked is self else asked.answer(number, lines)
        return self._answers[number]

    def answering(self, lines: tuple[tuple[int, Strand], ...]) -> Asking:
        """Which of the askings that are alike answers for these lines? All of them would say the same."""
        if self._alike is None or any(strand.group & self._touched for _, strand in lines):
            return self
        return self._alike

    @property
    def judged(self) -> int:
        """How many answers were not remembered but worked out."""
        return self._worked_out

    def _judged(self, lines: tuple[tuple[int, Strand], ...]) -> Triple | None:
        self._worked_out += 1
        caught, known = 0, self._caught
        for number, strand in lines:
            mask = known.get(number)
            if mask is None:
                mask = known[number] = self._line(strand)
            caught |= mask
        caught &= self._bound
        if caught not in self._weighed:
            self._weighed[caught] = self._weigh(caught)
        return self._weighed[caught]

    def _line(self, strand: Strand) -> int:
        """Is this line of descent caught: under each reading's facts, with silence as no and as yes?"""
        if MODERATE not in {strand.level, strand.unless_level} and not strand.said_only:
            return self._pair(strand, READINGS[0]) * _ALIKE
        return sum(self._pair(strand, reading) << _WIDTH * place for place, reading in enumerate(READINGS))

    def _pair(self, strand: Strand, reading: LegalReading) -> int:
        seen = believed((strand,), reading)[0] if strand.said_only else strand
        low, high = self.rule.caught(self._user, seen, self._day, COUNTS_FROM[reading])
        return _PAIR[low][high]

    def _weigh(self, caught: int) -> Triple | None:
        literal, cautious, strict = (
            weigh(self.rule.instrument.effect, least, most, reading, latent=self._latent)
            for (least, most), reading in zip(unpacked(caught), READINGS, strict=True)
        )
        triple = (literal, cautious, strict)
        return triple if any(judged.verdict != "clear" for judged in triple) else None


def _touched(one: Rule, other: Rule) -> frozenset[str]:
    """Whom may the two rules answer differently for: with a listing of their own, or of a shareholder's?"""
    differing = _differing(one.entries, other.entries)
    return with_companies_below(one.developers, differing) if one.asks_for_stakes else differing


def _differing(one: Entries, other: Entries) -> frozenset[str]:
    """For whom do the list entries differ?"""
    return frozenset(d for d in {*one, *other} if one.get(d, ()) != other.get(d, ()))


class Memory:
    """All questions of one run.

    Args:
        day: ISO date.
    """

    def __init__(self, day: str) -> None:
        self._day = day
        self._numbers: dict[tuple[object, ...], int] = {}
        self._signatures: dict[Signature, int] = {}
        self._askings: dict[tuple[int, Given], Asking] = {}
        self._first: dict[tuple[int, Given], Asking] = {}
        self._rules: list[Rule] = []  # holds the keys' objects, so that no identity is used twice

    def asking(self, rule: Rule, user: User) -> Asking:
        """The rule put for this user; shared with every user who differs only in what it does not ask."""
        answers = tuple(user.fact(question) for question in rule.questions)
        figures = tuple(user.figure(question) for question, _ in rule.figures)
        given = (answers, figures)
        key = (id(rule), given)
        if key not in self._askings:
            self._rules.append(rule)
            alike = self._first.get((id(rule.instrument), given))
            self._askings[key] = Asking(rule, user, self._day, alike)
            self._first.setdefault((id(rule.instrument), given), self._askings[key])
        return self._askings[key]

    def concerning(self, rules: Iterable[Rule], user: User) -> tuple[Asking, ...]:
        """Those of these rules that bind the user, or may, and have not ended."""
        return tuple(a for a in (self.asking(rule, user) for rule in rules) if a.concerns)

    def signed(self, strands: tuple[Strand, ...]) -> tuple[int, tuple[tuple[int, Strand], ...]]:
        """The number of these lines together, and each with its own: what rules see alike has one number."""
        lines = tuple((self._numbers.setdefault(s.key, len(self._numbers)), s) for s in strands)
        signature = tuple(number for number, _ in lines)
        return self._signatures.setdefault(signature, len(self._signatures)), lines

    @property
    def judged(self) -> int:
        """How many (rule, lines of descent) were worked out rather than remembered."""
        return sum(asking.judged for asking in self._askings.values())
