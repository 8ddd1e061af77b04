"""Registries of plugins, and the one place where any exception is caught.

A seam is a protocol with an `ident` and one method. Its package has a `registry.py` with an explicit tuple;
third parties add to it through an entry-point group named `gauger.<seam>`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Generic, Protocol, TypeVar

from gauger.core.errors import GaugerError, LimitExceeded, MissingExtra, Unreadable, UsageError
from gauger.core.inventory import Location
from gauger.core.judgement import Gap
from gauger.core.readings import Reason
from gauger.core.text import printable


class Plugin(Protocol):
    """Anything that can stand in a registry."""

    @property
    def ident(self) -> str:
        """The name in reports, docs and options: lower case, words joined by `-`."""
        ...


P = TypeVar("P", bound=Plugin)
T = TypeVar("T")


class Registry(Generic[P]):
    """The plugins of one seam, built-in ones first, in a defined order.

    Args:
        seam: The seam's name; third parties register under the entry-point group `gauger.<seam>`.
        builtin: The explicit tuple of this project's own plugins.

    Raises:
        UsageError: two plugins have the same ident.
    """

    def __init__(self, seam: str, builtin: tuple[P, ...]) -> None:
        self.seam = seam
        self._plugins = _by_ident(builtin, seam)

    def __iter__(self) -> Iterator[P]:
        return iter(self._plugins.values())

    def __len__(self) -> int:
        return len(self._plugins)

    def idents(self) -> tuple[str, ...]:
        """Which idents are registered, in order?"""
        return tuple(self._plugins)

    def get(self, ident: str) -> P:
        """Which plugin has this ident?

        Raises:
            UsageError: there is none.
        """
        if ident not in self._plugins:
            raise UsageError(f"no {self.seam} is called {ident!r}", hint="known: " + ", ".join(self._plugins))
        return self._plugins[ident]

    def with_third_party(self) -> Registry[P]:
        """The same registry with what other installed packages registered, sorted by ident after ours."""
        from importlib.metadata import entry_points  # noqa: PLC0415 - 26 ms that most runs do not need

        found = sorted(entry_points(group=f"gauger.{self.seam}"), key=lambda e: e.name)
        return Registry(self.seam, (*self._plugins.values(), *(entry.load() for entry in found)))


def _by_ident(plugins: tuple[P, ...], seam: str) -> dict[str, P]:
    table: dict[str, P] = {}
    for plugin in plugins:
        if plugin.ident in table:
            raise UsageError(f"two plugins for {seam} are called {plugin.ident!r}")
        table[plugin.ident] = plugin
    return table


def reason_for(error: Exception) -> Reason:
    """Which reason of the closed set does this error stand for?"""
    if isinstance(error, LimitExceeded | MemoryError | RecursionError):
        return "limit-exceeded"
    if isinstance(error, Unreadable | OSError):
        return "unreadable"
    if isinstance(error, MissingExtra):
        return "not-supported"
    return "malformed"


def guarded(
    part: str,
    action: Callable[[], T],
    *,
    location: Location | None = None,
    subject: str = "",
    touches: tuple[str, ...] = (),
) -> T | Gap:
    """What does this part say of hostile input: its answer, or a gap that says why there is none?

    This is the only broad `except` of the code base. An error of a kind that readers raise on purpose becomes
    a plain gap; anything else is a bug of ours, and the gap says so, so that it is reported rather than lost.

    Args:
        part: The plugin's ident, for the gap.
        action: What to do; takes no arguments, returns the answer. It must not be a generator: consume it.
        location: Where in the stack.
        subject: Id of the model or artifact.
        touches: Which conclusions a failure weakens.
    """
    try:
        return action()
    except UsageError:
        raise
    except Exception as error:  # noqa: BLE001 - the one guard: hostile input must never end a run
        return gap_for(error, part=part, location=location, subject=subject, touches=touches)


def gap_for(
    error: Exception,
    *,
    part: str,
    location: Location | None = None,
    subject: str = "",
    touches: tuple[str, ...] = (),
) -> Gap:
    """How is this error stated as a gap?"""
    expected = isinstance(error, GaugerError | OSError | MemoryError | RecursionError)
    if isinstance(error, GaugerError):
        detail = f"{error.message} ({error.hint})" if error.hint else error.message
    elif isinstance(error, OSError):
        detail = error.strerror or type(error).__name__
    elif expected:
        detail = f"stopped: {type(error).__name__}"
    else:
        detail = f"bug in {part}: {type(error).__name__}: {error}"
    return Gap(
        part=part,
        reason=reason_for(error),
        location=location,
        subject=subject,
        detail=printable(detail),
        touches=touches,
        remedy="" if expected else "please report this with the file, or a description of it",
    )
