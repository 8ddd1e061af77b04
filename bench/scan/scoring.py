"""How much of the stack did a tool report, and how much of its report is true? The rules are in README.md."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from math import sqrt

from labels import Answers, Control, Label, Place

NEAR = (
    2  # lines between a report and a label that still count as the same place: a call's name and its argument
)
MODEL, OTHER = "model", "other"
HUB = "huggingface"


@dataclass(frozen=True)
class Report:
    """One statement of a tool: this model is used here.

    Args:
        identity: The name that the tool gives it, empty where it says that it does not know.
        providers: Who serves it, as the tool writes it.
        kind: `model`, or `other` for data sets, chips and parents: they can find a label, but claim no use.
    """

    identity: str
    file: str = ""
    line: int = 0
    providers: tuple[str, ...] = ()
    kind: str = MODEL


@dataclass(frozen=True)
class Share:
    """A part of a number, with its 95% interval."""

    part: int
    whole: int

    @property
    def value(self) -> float:
        """Between 0 and 1; 0 of nothing is 0."""
        return self.part / self.whole if self.whole else 0.0

    @property
    def interval(self) -> tuple[float, float]:
        """Wilson's score interval.

        Source: E. B. Wilson, Probable inference, the law of succession, and statistical inference, 1927.
        """
        if not self.whole:
            return 0.0, 1.0
        z, n, p = 1.959964, self.whole, self.value
        middle, reach = p + z * z / (2 * n), z * sqrt(p * (1 - p) / n + z * z / (4 * n * n))
        return max(0.0, (middle - reach) / (1 + z * z / n)), min(1.0, (middle + reach) / (1 + z * z / n))


@dataclass(frozen=True)
class Score:
    """What one tool gets; every list holds what a reader would want to look up."""

    named: frozenset[str]
    placed: frozenset[str]
    bound: frozenset[str]
    told: frozenset[str]
    wrong: tuple[tuple[Label, Report], ...]
    raised: tuple[tuple[Control, Report], ...]
    false: tuple[Report, ...]
    claims: int
    names: Share
    answers: Answers = field(repr=False)

    @cached_property
    def known(self) -> tuple[Label, ...]:
        """Labels whose model can be known."""
        return tuple(label for label in self.answers.uses if label.named)

    @property
    def recall(self) -> Share:
        """Strict: the model, the place, and where someone serves it the provider."""
        return Share(len(self.bound), len(self.known))

    @property
    def precision(self) -> Share:
        """Reported uses that are true, of all reported uses."""
        return Share(self.claims - len(self.false), self.claims)

    def by_surface(self, found: frozenset[str]) -> dict[str, Share]:
        """Recall for each surface."""
        return self._by(lambda label: label.surface, found)

    def by_folder(self, found: frozenset[str]) -> dict[str, Share]:
        """Recall for each top folder of the stack."""
        return self._by(lambda label: label.places[0].file.partition("/")[0], found)

    def _by(self, group: Callable[[Label], str], found: frozenset[str]) -> dict[str, Share]:
        groups: dict[str, list[Label]] = {}
        for label in self.known:
            groups.setdefault(group(label), []).append(label)
        return {
            name: Share(sum(label.id in found for label in mine), len(mine))
            for name, mine in sorted(groups.items())
        }


def score(answers: Answers, reports: Iterable[Report], providers: Mapping[str, frozenset[str]]) -> Score:
    """Compare a tool's reports with the answers."""
    reports = tuple(reports)
    claims = [report for report in reports if report.kind == MODEL]
    known = [label for label in answers.uses if label.named]
    hits = {label.id: [report for report in reports if matches(label, report)] for label in known}
    here = {label.id: [report for report in hits[label.id] if is_at(label, report)] for label in known}
    false = tuple(report for report in claims if answers.complete and not is_true(report, answers))
    names = {report.identity for report in claims if report.identity}
    untrue = {report.identity for report in false}
    return Score(
        named=frozenset(one for one, found in hits.items() if found),
        placed=frozenset(one for one, found in here.items() if found),
        bound=frozenset(
            label.id
            for label in known
            if any(served(label, one, providers) is True for one in here[label.id])
        ),
        told=frozenset(
            label.id
            for label in answers.uses
            if not label.named and any(not one.identity and is_at(label, one) for one in claims)
        ),
        wrong=tuple(_wrong(known, hits, here, providers)),
        raised=tuple((c, report) for c in answers.controls for report in claims if _raises(c, report)),
        false=false,
        claims=len(claims),
        names=Share(len(names - untrue), len(names)),
        answers=answers,
    )


def _wrong(
    known: list[Label],
    hits: Mapping[str, list[Report]],
    here: Mapping[str, list[Report]],
    providers: Mapping[str, frozenset[str]],
) -> Iterable[tuple[Label, Report]]:
    """Labels that a tool names and gives to somebody who does not serve them, one report each.

    Only what a tool says of the label's place is held against it, or of the file where it gives no line: the
    same model may be used through others elsewhere. One right report outweighs others.
    """
    for label in known:
        about = here[label.id] + [one for one in hits[label.id] if is_of_file(label, one)]
        verdicts = [(served(label, report, providers), report) for report in about if report.kind == MODEL]
        if any(verdict is True for verdict, _ in verdicts):
            continue
        yield from [(label, report) for verdict, report in verdicts if verdict is False][:1]


def served(label: Label, report: Report, providers: Mapping[str, frozenset[str]]) -> bool | None:
    """Is the provider right? None where the tool names none that we know; right where it is not scored."""
    if not label.provider:
        return True
    said = {one.lower() for one in report.providers}
    if "/" in report.identity and HUB not in label.provider:
        said -= providers[HUB]  # where a name comes from, not who answers
    if any(said & providers[name] for name in label.provider):
        return True
    return False if any(said & written for written in providers.values()) else None


def is_true(report: Report, answers: Answers) -> bool:
    """Does a reported use correspond to a label, or to a name that counts neither way?"""
    if not report.identity:
        return any(is_at(label, report) for label in answers.uses)
    if any(same(name, report.identity) for name in answers.neutral):
        return True
    return any(matches(label, report) for label in answers.uses)


def matches(label: Label, report: Report) -> bool:
    """Does the report name the label's model?"""
    if label.pattern:
        return is_at(label, report) and fits(label.pattern, report)
    return bool(report.identity) and any(carries(report.identity, one) for one in forms(label.identity))


def fits(pattern: str, report: Report) -> bool:
    """Is the expression found in what the report says of provider and model?"""
    said = " ".join([*report.providers, report.identity])
    return any(re.search(pattern, text) for text in (report.identity, said))


@lru_cache(maxsize=4096)
def forms(identity: tuple[str, ...]) -> tuple[str, ...]:
    """Accepted spellings; a hub's `Organisation/Name` may also be written as `Name`."""
    bare = (one.rsplit("/", 1)[1] for one in identity if one.count("/") == 1)
    return tuple(dict.fromkeys([*identity, *bare]))


@lru_cache(maxsize=1 << 20)
def carries(text: str, name: str) -> bool:
    """Does the text hold the name as a whole: not as a piece of a longer name, version or tag?"""
    tag = "" if "/" in name else ":"  # after a hub's name a tag picks a file, in Ollama it picks a model
    pattern = rf"(?<![\w.-]){re.escape(name.lower())}(?!\w|[-.{tag}]\w)"
    return re.search(pattern, text.lower()) is not None


def same(name: str, identity: str) -> bool:
    """Are these the same name, with or without what stands before the last slash?"""
    return name.lower().rsplit("/", 1)[-1] == identity.lower().strip().rsplit("/", 1)[-1]


def is_at(label: Label, report: Report) -> bool:
    """Does the report stand where the label does, or where its name is defined?"""
    return any(_is_in(place, report) for place in label.places)


def is_of_file(label: Label, report: Report) -> bool:
    """Does the report speak of the label's file, or of everything, without a line?"""
    return not report.line and report.file in {"", label.places[0].file}


def _is_in(place: Place, report: Report) -> bool:
    if place.line < 0:
        return place.file in report.file
    if not place.line:
        return report.file == place.file or report.file.startswith(place.file + "/")
    return report.file == place.file and bool(report.line) and abs(report.line - place.line) <= NEAR


def _raises(control: Control, report: Report) -> bool:
    if control.pattern:
        return control.place.file in report.file and fits(control.pattern, report)
    if report.file and report.file != control.place.file:
        return False
    return bool(report.identity) and same(control.identity, report.identity)
