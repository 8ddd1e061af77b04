"""Do the rulings of a profile name rules, forms and days that exist, each point once?"""

from __future__ import annotations

from gauger.assess.licences import general_rules, instruments_of, terms_of
from gauger.catalogue.load import Catalogue
from gauger.catalogue.vocabulary import FORMS
from gauger.core.day import is_day
from gauger.core.errors import UsageError
from gauger.core.profile import Ruling
from gauger.core.strict import nearest


def check_rulings(rulings: tuple[Ruling, ...], catalogue: Catalogue, subject: str) -> None:
    """Fail where a ruling names what does not exist, decides a point twice, or says not who decided.

    Whether the text is silent on the form is not asked here: the knowledge base may come to know more, and a
    ruling that settles nothing is a finding, not a mistake.

    Raises:
        UsageError: with the nearest right word.
    """
    known = _instruments(catalogue)
    seen: set[tuple[str, str]] = set()
    for ruling in rulings:
        where = f"{subject}: {ruling.instrument}"
        among(ruling.instrument, known, "instrument", subject)
        among(ruling.form, list(FORMS), "form", where, hint="known: " + ", ".join(FORMS))
        is_a_day(ruling.on, where)
        if ruling.review:
            is_a_day(ruling.review, where)
        if not ruling.by.strip():
            raise UsageError("'by' is empty: a ruling names who decided", subject=where)
        point = (ruling.instrument, ruling.form)
        if point in seen:
            raise UsageError(f"the form {ruling.form} is ruled on twice", subject=where)
        seen.add(point)


def among(word: str, known: list[str], what: str, subject: str, *, hint: str = "") -> None:
    """Fail where this word is not among those known.

    Raises:
        UsageError: with the nearest right word.
    """
    if word in known:
        return
    guess = nearest(word, known)
    told = f"did you mean {guess!r}?" if guess else hint or f"see `gauger catalogue search {what}s`"
    raise UsageError(f"there is no {what} {word!r}", subject=subject, hint=told)


def is_a_day(text: str, subject: str) -> None:
    """Fail where this is no ISO date.

    Raises:
        UsageError: it is none.
    """
    if not is_day(text):
        raise UsageError(f"{text!r} is not a date", subject=subject, hint="write YYYY-MM-DD")


def _instruments(catalogue: Catalogue) -> list[str]:
    """The rules of the catalogue, of its scenarios and of its licences."""
    texts = catalogue.licences.values()
    of_licences = (rule.id for text in texts for rule in (*instruments_of(text), *terms_of(text)))
    of_scenarios = (rule.id for scenario in catalogue.scenarios.values() for rule in scenario.add_instruments)
    general = (rule.id for rule in general_rules(catalogue.as_of))
    return sorted({*catalogue.instruments, *of_scenarios, *of_licences, *general})
