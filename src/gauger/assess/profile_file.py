"""Reading `gauger.yaml`: who the user is. A misspelt word fails with the nearest right one."""

from __future__ import annotations

import hashlib
import math
import re
from pathlib import Path
from typing import Any

from gauger.assess.compute import is_count, spent
from gauger.assess.rulings_file import among, check_rulings, is_a_day
from gauger.assess.world import scenario_named
from gauger.catalogue.load import Catalogue
from gauger.catalogue.records import ProfileQuestion
from gauger.catalogue.territories import COUNTRIES, SUPRANATIONAL, is_place, nearest_place
from gauger.core.errors import GaugerError, UsageError
from gauger.core.limits import DEFAULT_LIMITS
from gauger.core.profile import AcceptedRisk, Answer, Modification, Profile
from gauger.core.strict import convert
from gauger.formats.bounded_yaml import bounded_yaml

_COUNTS = {"parameters", "tokens", "flop", "original-flop"}
_EXPONENT = re.compile(r"[0-9]{1,15}(\.[0-9]{1,15})?[eE][+]?[0-9]{1,3}")


def load_profile(path: Path, catalogue: Catalogue) -> tuple[Profile, str]:
    """Who does this file say the user is?

    Returns:
        The profile, and `sha256:…` of the file's bytes.

    Raises:
        UsageError: it cannot be read, is not YAML, has an unknown key or value, names a question, scenario or
            place that does not exist, or a date that is none; with the nearest right word.
    """
    data = _read(path)
    try:
        value = bounded_yaml(data, DEFAULT_LIMITS, path.name)
    except GaugerError as error:
        raise UsageError(error.message, subject=path.name, hint=error.hint) from error
    profile = convert(_counted(_said(value)), Profile, subject=path.name)
    _check(profile, catalogue, path.name)
    return profile, "sha256:" + hashlib.sha256(data).hexdigest()


def _said(value: Any) -> Any:
    """The same plain data without keys that nothing stands behind: they say nothing, as if left out."""
    if isinstance(value, dict):
        return {key: inner for key, inner in value.items() if inner is not None}
    return {} if value is None else value


def _counted(value: Any) -> Any:
    """The same plain data, where `7e9` below `modifications` is a number: YAML 1.1 takes it for text."""
    changes = value.get("modifications") if isinstance(value, dict) else None
    if not isinstance(changes, list):
        return value
    counted = [
        {key: _number(held) if key in _COUNTS else held for key, held in change.items()}
        if isinstance(change, dict)
        else change
        for change in changes
    ]
    return {**value, "modifications": counted}


def _number(held: Any) -> Any:
    return float(held) if isinstance(held, str) and _EXPONENT.fullmatch(held) else held


def _read(path: Path) -> bytes:
    """The file's bytes, so many as a document may have; an endless one is refused, not read to its end."""
    bound = DEFAULT_LIMITS.text_file_bytes
    try:
        with path.open("rb") as file:
            data = file.read(bound + 1)
    except OSError as error:
        raise UsageError(error.strerror or "cannot be read", subject=str(path)) from error
    if len(data) > bound:
        raise UsageError(f"a profile has no more than {bound} bytes", subject=str(path))
    return data


def known_scenarios(
    idents: tuple[str, ...], catalogue: Catalogue, subject: str = "--scenario"
) -> tuple[str, ...]:
    """The ids of these scenarios; aliases and several joined by `+` are understood.

    Raises:
        UsageError: one does not exist; with the nearest that does.
    """
    try:
        return tuple(scenario_named(ident, catalogue).id for ident in idents)
    except UsageError as error:
        raise UsageError(error.message, subject=subject, hint=error.hint) from error


def _check(profile: Profile, catalogue: Catalogue, subject: str) -> None:
    known_scenarios(profile.scenarios, catalogue, f"{subject}: scenarios")
    for ident, answer in profile.facts.items():
        among(ident, list(catalogue.questions), "question", f"{subject}: facts")
        _check_answer(answer, catalogue.questions[ident], f"{subject}: facts: {ident}")
    if profile.country and profile.country not in COUNTRIES:
        _no_place(profile.country, f"{subject}: country", seat=True)
    for code in profile.jurisdictions:
        if not is_place(code):
            _no_place(code, f"{subject}: jurisdictions")
    for change in profile.modifications:
        _check_change(change, f"{subject}: modifications: {change.model}")
    for risk in profile.accepted:
        _check_risk(risk, f"{subject}: accepted: {risk.rule}")
    if profile.rulings:
        check_rulings(profile.rulings, catalogue, f"{subject}: rulings")


def _check_change(change: Modification, subject: str) -> None:
    for name in ("parameters", "tokens", "flop", "original_flop"):
        if not is_count(getattr(change, name)):
            raise UsageError(f"{name.replace('_', '-')!r} is a number above 0", subject=subject)
    if not is_count(spent(change)):
        raise UsageError("is more compute than can be counted", subject=subject, hint="look at the exponents")
    if not change.model.strip():
        raise UsageError("'model' is empty: a modification names it", subject=subject)


def _check_answer(answer: Answer, question: ProfileQuestion, subject: str) -> None:
    wants_number = question.answer == "number"
    if wants_number and (isinstance(answer, bool) or not 0 <= answer < math.inf):
        asked = f"a number, in {question.unit}" if question.unit else "a number"
        raise UsageError(f"{answer!r} is no answer", subject=subject, hint=f"write {asked}")
    if not wants_number and not isinstance(answer, bool):
        raise UsageError(f"{answer!r} is no answer", subject=subject, hint="write `true` or `false`")


def _no_place(code: str, subject: str, *, seat: bool = False) -> None:
    better = nearest_place(code)
    if seat and better not in COUNTRIES:
        raise UsageError(
            f"there is no country {code!r}",
            subject=subject,
            hint="write an ISO 3166-1 alpha-2 code such as GB; EU and US-TX go to jurisdictions",
        )
    union = ", ".join(sorted(SUPRANATIONAL))
    codes = f"write an ISO 3166-1 alpha-2 code such as GB, {union}, or a state of the US such as US-TX"
    hint = f"did you mean {better!r}?" if better else codes
    raise UsageError(f"there is no place {code!r}", subject=subject, hint=hint)


def _check_risk(risk: AcceptedRisk, subject: str) -> None:
    is_a_day(risk.expires, subject)
    for name in ("rule", "subject", "owner", "reason"):
        if not getattr(risk, name).strip():
            raise UsageError(f"{name!r} is empty: an acceptance names it", subject=subject)
