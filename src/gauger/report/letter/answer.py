"""What an answer to a question of a letter can be: facts with a basis, and unknowns with a reason."""

from __future__ import annotations

from typing import Literal

import msgspec

from gauger.core.readings import Reason

State = Literal["answered", "in-part", "not-known"]
Ground = Literal["declared", "observed", "catalogue", "alleged", "profile"]
"""Where a fact comes from. profile: the user's own statement about themselves."""

Confidence = Literal["low", "medium", "high"]


class Fact(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that the dossier knows.

    Attributes:
        about: The model, provider or point that it is about.
        group: What facts are gathered under: a country, a provider; empty for none.
        says: What is known, in one sentence.
        ground: Where it comes from.
        confidence: How sure it is.
        records: Ids of the records behind it.
        first: A rule of some scenario names it: it stands first in its group.
    """

    about: str
    group: str = ""
    says: str
    ground: Ground
    confidence: Confidence
    records: tuple[str, ...] = ()
    first: bool = False


class Missing(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that is not known.

    Attributes:
        what: What it is.
        reason: Why it is not known.
        detail: The same in a sentence.
        who: Roles who can settle it.
    """

    what: str
    reason: Reason
    detail: str
    who: tuple[str, ...]


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """The answer to one question.

    Attributes:
        question: Its ident.
        state: Whether the dossier answers it.
        summary: The answer in one or two sentences.
        facts: What is known, each with its basis.
        missing: What is not known, and who can tell.
    """

    question: str
    state: State
    summary: str
    facts: tuple[Fact, ...] = ()
    missing: tuple[Missing, ...] = ()


def made(question: str, summary: str, facts: list[Fact], missing: list[Missing]) -> Answer:
    """The answer that follows from what is known and what is not."""
    state: State = "not-known" if not facts else "in-part" if missing else "answered"
    return Answer(
        question=question,
        state=state,
        summary=summary,
        facts=tuple(sorted(facts, key=lambda f: (not f.first, f.group, f.about.casefold(), f.says))),
        missing=tuple(missing),
    )
