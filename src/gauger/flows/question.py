"""What is asked of a stack: who the user is, on which date, under which scenarios, and how it is read."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Literal

import msgspec

from gauger.core.limits import DEFAULT_LIMITS, Limits
from gauger.core.profile import Profile
from gauger.lists.records import ListFolder

Progress = Callable[[str], None]


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """What one run is about, besides the stack itself.

    Attributes:
        as_of: ISO date for which the rules are evaluated; the caller reads the clock.
        profile: Who the user is.
        profile_digest: `sha256:…` of the profile file, or empty.
        scenarios: Ids of the scenarios to look at; empty for all.
        limits: How much may be read.
        suppositions: What to take as given, each a sentence (`gauger.assess.suppose`).
        lists: The list files that the user fetched, and what people decided about their entries.
        from_examined: Which of profile and lists lay beside what is examined; nobody named them.
        since: A git revision: only what changed since then is shown; empty for everything.
    """

    as_of: str
    profile: Profile = Profile()
    profile_digest: str = ""
    scenarios: tuple[str, ...] = ()
    limits: Limits = DEFAULT_LIMITS
    suppositions: tuple[str, ...] = ()
    lists: ListFolder = ListFolder()
    from_examined: tuple[Literal["profile", "lists"], ...] = ()
    since: str = ""


class Means(msgspec.Struct, frozen=True, kw_only=True):
    """With what a run is done; the answer does not depend on it.

    Attributes:
        jobs: Processes that read; None for as many as the tree is worth.
        remember: Whether answers of earlier runs are used and this one is kept.
        folder: Where they are kept; None for the user's cache folder.
        progress: Called with a few words before and during each part.
    """

    jobs: int | None = None
    remember: bool = False
    folder: Path | None = None
    progress: Progress = lambda _: None


DEFAULT_MEANS = Means()
"""Nothing remembered, nobody watching."""
