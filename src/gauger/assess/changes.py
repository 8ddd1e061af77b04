"""What might be otherwise, for one rule and one model: the single changes of which flips are made.

In the order in which they are told: what the user can change or find out of themselves first (answers,
numbers, places, where the model runs), then what somebody else grants (an exception, a waiver), then lineage,
then the wording of a silent text, and the rule itself last.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator

import msgspec

from gauger.assess.amend import Amendment
from gauger.assess.calendar import standing
from gauger.assess.kleene import FALSE, TRUE, UNKNOWN
from gauger.assess.readings import COUNTS_FROM, STATED
from gauger.assess.rule import Rule
from gauger.assess.service_words import deciding
from gauger.assess.strand import Strand
from gauger.assess.user import User
from gauger.catalogue.query import with_parents
from gauger.catalogue.territories import PARTS, with_wholes
from gauger.core.judgement import LegalReading

_PLACES = 4
"""Of a rule that names more places than this, only so many are tried one by one."""
_MAKERS = 2
_SERVED = frozenset({"self-hosted", "provider", "provider-country", "service-terms", "service-outputs-known"})
_OF_MAKER = (
    "developer",
    "developer-country",
    "listed-on",
    "list-entry-pending",
    "owned-by",
    "owned-by-listed",
    "family",
    "origin-known",
)
"""Words whose answer another maker would change."""
_GENERAL = "gauger"
"""Jurisdiction of the rules that have no source but our own method: nobody can repeal them."""


class Line(msgspec.Struct, frozen=True, eq=False):
    """A change of lines of descent.

    Attributes:
        places: Of which lines, by their position.
        as_: The line as it would be; None where it would not be there.
    """

    places: frozenset[int]
    as_: Callable[[Strand], Strand | None]


class Change(msgspec.Struct, frozen=True, eq=False):
    """One thing that might be otherwise.

    Attributes:
        words: After "if": "`commercial-use` were no".
        about: What it is about; of two changes about the same only one can be made.
        user: The user as they would be.
        line: The lines of descent as they would be.
        law: The rule as it would be.
    """

    words: str
    about: str
    user: Callable[[User], User] | None = None
    line: Line | None = None
    law: Amendment | None = None


def changes(
    rule: Rule, user: User, strands: tuple[Strand, ...], day: str, reading: LegalReading
) -> tuple[Change, ...]:
    """What might be otherwise for this rule, this user and these lines of descent?"""
    counts_from = COUNTS_FROM[reading]
    caught = [n for n, s in enumerate(strands) if rule.unruled.caught(user, s, day, counts_from)[1] > FALSE]
    of_lines = _of_lines(rule, strands, caught, counts_from)
    return (
        *_of_user(rule, user),
        *_granted(rule, user, strands, caught, day),
        *of_lines,
        *_of_text(rule, strands, caught, day),
    )


def _of_user(rule: Rule, user: User) -> tuple[Change, ...]:
    """Changes of the user; found once for every user of whom the rule sees the same."""
    seen = (
        "user",
        tuple(user.fact(q) for q in rule.questions),
        tuple(user.figure(q) for q, _ in rule.figures),
        user.places if rule.places else None,
        user.places_complete,
    )
    known = rule.noted
    if seen not in known:
        known[seen] = (*_answers(rule, user), *_numbers(rule, user), *_places(rule, user))
    found: tuple[Change, ...] = known[seen]
    return found


def _answers(rule: Rule, user: User) -> Iterator[Change]:
    for ident in rule.questions:
        given = user.fact(ident)
        for answer, truth in ((False, FALSE), (True, TRUE)):
            if given != truth:
                yield Change(
                    words=f"`{ident}` were {'yes' if answer else 'no'}",
                    about=ident,
                    user=lambda u, ident=ident, answer=answer: u.assuming({ident: answer}),  # type: ignore[misc]
                )


def _numbers(rule: Rule, user: User) -> Iterator[Change]:
    """For each number that is asked for: the ranges between the bounds in which it is not now."""
    bounds: dict[str, set[tuple[float, bool]]] = defaultdict(set)
    for tree in rule.trees():
        for word, argument in tree.node.words():
            if word.argument == "figure":
                bounds[argument[1]].add((float(argument[0]), word.ident == "above"))
    for ident, asked in bounds.items():
        yield from _ranges(ident, sorted(asked), user.figure(ident))


def _ranges(ident: str, bounds: list[tuple[float, bool]], now: float | None) -> Iterator[Change]:
    """The ranges into which these bounds cut the numbers. A bound that is `above` belongs to the range below.

    Args:
        ident: The question.
        bounds: Each with whether it is still below; sorted, `at-least` before `above`.
        now: The number that the profile gives.
    """
    for place in range(len(bounds) + 1):
        low = bounds[place - 1] if place else None
        high = bounds[place] if place < len(bounds) else None
        inside = _inside(low, high)
        words = _range_in_words(low, high)
        if now is not None and _holds(now, low, high):
            continue
        yield Change(
            words=f"`{ident}` were {words}",
            about=ident,
            user=lambda u, ident=ident, value=inside: u.assuming({ident: value}),  # type: ignore[misc]
        )


def _holds(value: float, low: tuple[float, bool] | None, high: tuple[float, bool] | None) -> bool:
    over = low is None or (value > low[0] if low[1] else value >= low[0])
    return over and (high is None or (value <= high[0] if high[1] else value < high[0]))


def _inside(low: tuple[float, bool] | None, high: tuple[float, bool] | None) -> float:
    """Some number of the range."""
    if low is not None and not low[1]:
        return low[0]
    if high is not None and high[1]:
        return high[0]
    if low is None or high is None:
        return low[0] + 1 if low is not None else high[0] - 1 if high is not None else 0.0
    return (low[0] + high[0]) / 2


def _range_in_words(low: tuple[float, bool] | None, high: tuple[float, bool] | None) -> str:
    parts = []
    if low is not None:
        parts.append(f"above {figure(low[0])}" if low[1] else f"at least {figure(low[0])}")
    if high is not None:
        parts.append(f"at most {figure(high[0])}" if high[1] else f"below {figure(high[0])}")
    return " and ".join(parts)


def figure(value: float) -> str:
    """How is this number written for people? `700,000,000`."""
    return f"{value:,.0f}" if value == int(value) else f"{value:,g}"


def _places(rule: Rule, user: User) -> Iterator[Change]:
    asked = sorted(rule.places)
    there = [code for code in asked if code in user.places]
    for code in there:
        away = _away(user, code)
        if away.under((code,)) == FALSE:
            also = [c for c in there if c != code and c not in away.places]
            yield Change(
                words=f"the user were not under the law of {' or '.join([code, *also])}",
                about=f"law {code}",
                user=lambda u, code=code: _away(u, code),  # type: ignore[misc]
            )
    for code in [c for c in asked if c not in user.places][:_PLACES]:
        yield Change(
            words=f"the user were under the law of {code}",
            about=f"law {code}",
            user=lambda u, code=code: _joined(u, code),  # type: ignore[misc]
        )
    if not user.places_complete and not there:
        named = ", ".join(asked[:_PLACES]) + (" …" if len(asked) > _PLACES else "")
        if asked:
            yield Change(
                words=f"the user were not under the law of {named}",
                about=f"law {asked[0]}",
                user=lambda u: msgspec.structs.replace(u, places_complete=True),
            )


def _joined(user: User, code: str) -> User:
    places = with_wholes(user.places | {code})
    return msgspec.structs.replace(user, places=places)


def _away(user: User, code: str) -> User:
    """The same user, if the law of this place did not apply to them, nor that of its parts.

    Nor that of the whole of which it is the only part named: who leaves France leaves the EU.
    """
    left = user.places - PARTS.get(code, frozenset()) - {code}
    wholes = {whole for whole, parts in PARTS.items() if code in parts and not left & parts}
    return msgspec.structs.replace(user, places=left - wholes, places_complete=True)


def _granted(
    rule: Rule, user: User, strands: tuple[Strand, ...], caught: list[int], day: str
) -> Iterator[Change]:
    for number, exemption in enumerate(rule.exemptions):
        if exemption.tree is not None and all(
            exemption.tree.asked(user, strands[n], day) == TRUE for n in caught or [0]
        ):
            continue
        record = rule.instrument.exceptions[number]
        if record.kind == "waiver":
            words = f"{record.by or 'whoever may grant it'} granted the waiver “{record.title}”"
        else:
            words = f"the exception “{record.title}” held"
        yield Change(words=words, about=f"exception {number}", law=Amendment("grant", str(number)))


def _of_lines(
    rule: Rule, strands: tuple[Strand, ...], caught: list[int], counts_from: int
) -> Iterator[Change]:
    if (
        strands[0].open_weights == TRUE
        and strands[0].providers != {"self"}
        and _asks_who_serves(rule, strands)
    ):
        everywhere = frozenset(range(len(strands)))
        yield Change(
            words="it ran on the user's own machines", about="serving", line=Line(everywhere, _at_home)
        )
    for place in caught:
        strand = strands[place]
        here = frozenset({place})
        about = f"line {place}"
        yield Change(words=without(rule, strand), about=about, line=Line(here, _gone))
        open_relation = strand.hint and _asks(rule, "relation")
        if strand.present(counts_from) == UNKNOWN and strand.developer and not open_relation:
            words = f"it were shown to descend from {strand.title}"
            yield Change(words=words, about=about, line=Line(here, _shown))
        if not strand.developer and not rule.of_licence:
            for ident in _makers(rule):
                maker = rule.ground.catalogue.developers[ident].title
                made = Line(here, lambda s, ident=ident: _made_by(s, ident, rule))  # type: ignore[misc]
                yield Change(words=f"the developer of {strand.title} were {maker}", about=about, line=made)


def _asks(rule: Rule, word: str) -> bool:
    """Does the rule use this word?"""
    return any(used.ident == word for tree in rule.trees() for used, _ in tree.node.words())


def _asks_who_serves(rule: Rule, strands: tuple[Strand, ...]) -> bool:
    if any(word.ident in _SERVED for tree in rule.trees() for word, _ in tree.node.words()):
        return True
    served = {form for s in strands for form in s.forms} & {"api", "hosted"}
    return any(rule.cell(form) != rule.cell("weights") for form in served)


def _makers(rule: Rule) -> list[str]:
    named = [a for word, a in rule.test_tree.node.words() if word.ident == "developer"]
    known = rule.ground.catalogue.developers
    return [ident for idents in named for ident in idents if ident in known][:_MAKERS]


def _gone(_strand: Strand) -> Strand | None:
    return None


def _shown(strand: Strand) -> Strand:
    return msgspec.structs.replace(strand, level=STATED, hint=False)


def _at_home(strand: Strand) -> Strand:
    forms = tuple(dict.fromkeys("weights" if f in {"api", "hosted"} else f for f in strand.forms))
    return msgspec.structs.replace(
        strand,
        forms=forms,
        providers=frozenset({"self"}),
        provider_countries=frozenset(),
        provider_known=True,
        through=frozenset() if strand.relation == "own" else strand.through,
        through_known=strand.relation != "own" or strand.through_known,
    )


def _made_by(strand: Strand, ident: str, rule: Rule) -> Strand:
    """The same line, were its developer known to be this one."""
    known = rule.ground.catalogue.developers
    group = with_parents(known, ident)
    seats = frozenset(known[d].country for d in group if d in known)
    return msgspec.structs.replace(
        strand, developer=ident, group=group, countries=seats, unless_level=-1, level=STATED
    )


def without(rule: Rule, strand: Strand) -> str:
    """How is it said that this line of descent, or what the rule sees in it, were not there?"""
    if rule.of_terms and strand.relation == "own":
        return f"{strand.title} were not {deciding(rule.ground.catalogue, strand, rule.terms)}"
    if not strand.developer:
        return f"the developer of {strand.title} were known and the rule did not speak of it"
    if strand.relation != "own":
        return f"it were shown not to descend from {strand.title}"
    if rule.of_licence and strand.licence:
        return f"{strand.title} came under another licence than {strand.licence_title or strand.licence}"
    if rule.of_licence:
        return f"the licence of {strand.title} were known and the rule did not speak of it"
    if not any(_asks(rule, word) for word in _OF_MAKER):
        return f"{strand.title} were none that the rule speaks of"
    return f"{strand.title} were made by somebody other than {strand.maker or strand.developer}"


def _of_text(rule: Rule, strands: tuple[Strand, ...], caught: list[int], day: str) -> Iterator[Change]:
    forms = sorted({form for n in caught for form in strands[n].forms})
    for form in forms:
        if rule.cell(form) == "silent":
            for value, words in (("no", "not to reach"), ("yes", "to reach")):
                yield Change(
                    words=f"the text were held {words} the form {form}",
                    about=f"cell {form}",
                    law=Amendment("cell", form, value),
                )
    ruled = [form for form in forms if form in rule.held]
    if ruled:
        by = ", ".join(sorted({rule.held[form].by for form in ruled}))
        words = f"the ruling did not stand ({by} on the form {' or '.join(ruled)})"
        yield Change(words=words, about="ruling", law=Amendment("unruled"))
    yield from _standing(rule, day)


def _standing(rule: Rule, day: str) -> Iterator[Change]:
    instrument = rule.instrument
    if instrument.jurisdiction == _GENERAL:
        return
    if standing(instrument, day) == "latent":
        words = f"{instrument.title} were in force"
        yield Change(words=words, about="standing", law=Amendment("in-force"))
    elif not rule.of_licence:
        words = f"{instrument.title} were not in force"
        yield Change(words=words, about="standing", law=Amendment("ended"))
    elif instrument.sources[0].kind != "documentation" and not any(
        e.kind == "waiver" for e in rule.exemptions
    ):
        words = f"the {'provider' if rule.of_terms else 'licensor'} agreed to it separately"
        yield Change(words=words, about="standing", law=Amendment("ended"))


__all__ = ["Change", "Line", "changes", "without"]
