"""What an element's coverage can be, and how the answers are counted."""

from __future__ import annotations

from typing import Literal

import msgspec

from gauger.core.readings import Reason

State = Literal["present", "declared-absent", "unknown", "not-applicable"]
STATES: tuple[State, ...] = ("present", "declared-absent", "unknown", "not-applicable")
Ground = Literal["declared", "observed", "catalogue", "written-here", ""]
"""Where a value comes from. written-here: the program itself states it, such as its own version."""


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """Is the element there?

    Attributes:
        state: One of four; a field that holds filler is never `present`.
        value: What stands there, where it is present.
        ground: Where it comes from, where it is present.
        reason: Why it is not known, where it is not.
        detail: One sentence more.
    """

    state: State
    value: str = ""
    ground: Ground = ""
    reason: Reason | Literal[""] = ""
    detail: str = ""


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """The answers of one cluster about one thing.

    Attributes:
        cluster: Its ident.
        subject: Id of the model or data set; empty for the document.
        name: What people call it.
        answers: By the element's ident, in the guideline's order.
    """

    cluster: str
    subject: str
    name: str
    answers: dict[str, Answer]


FILLER = frozenset(
    {"", "-", "?", "n/a", "na", "none", "null", "other", "unknown", "unspecified", "tbd", "todo",
     "noassertion", "not specified", "not available", "undefined", "default", "*", "see license", "custom"}
)  # fmt: skip
"""Words that fill a field and say nothing."""


def present(value: str, ground: Ground, detail: str = "") -> Answer:
    """The element is there; filler is not."""
    if value.strip().lower() in FILLER:
        return unknown("not-declared", f"the field says {value!r}, which says nothing")
    return Answer(state="present", value=value, ground=ground, detail=detail)


def unknown(reason: Reason, detail: str) -> Answer:
    """The element is not known, and why."""
    return Answer(state="unknown", reason=reason, detail=detail)


def not_applicable(detail: str) -> Answer:
    """The element makes no sense here, and why."""
    return Answer(state="not-applicable", detail=detail)
