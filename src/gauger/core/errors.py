"""What can go wrong for a caller, in a few named kinds.

Hostile or broken *input* is not an error of the caller's: readers raise `Malformed`, `LimitExceeded` or
`Unreadable`, and the plugin guard turns each into a `Gap` of the dossier. An error that reaches the command
line ends the run with exit code 5 (or 2 for `UsageError`); see `gauger.core.exits`.
"""

from __future__ import annotations


class GaugerError(Exception):
    """A problem that can be stated in one line, with the thing it is about and what to do next.

    Args:
        message: What is wrong, as plain text: no markup, no trailing full stop needed.
        subject: The path, key or name that it is about.
        hint: What the person can do about it; empty where there is nothing useful to say.
    """

    def __init__(self, message: str, *, subject: str = "", hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.subject = subject
        self.hint = hint

    def __str__(self) -> str:
        head = f"{self.subject}: {self.message}" if self.subject else self.message
        return f"{head} ({self.hint})" if self.hint else head


class UsageError(GaugerError):
    """The call itself is wrong: an unknown key, a value out of range, options that exclude each other."""


class NothingToExamine(GaugerError):
    """There was nothing to look at: an empty folder, or a file that is not a model."""


class Malformed(GaugerError):
    """The bytes are not what the format says they must be."""


class LimitExceeded(GaugerError):
    """Reading on would cost more than `gauger.core.limits.Limits` allows."""


class Unreadable(GaugerError):
    """The bytes could not be read: permissions, a vanished file, a link that leaves the root."""


class CatalogueError(GaugerError):
    """The knowledge base is inconsistent: a dangling id, a fact without a source, an impossible interval."""


class MissingExtra(GaugerError):
    """An optional dependency is needed and not installed."""


class EndpointError(GaugerError):
    """A model endpoint did not answer as its protocol says."""


class VerificationError(GaugerError):
    """A signed record, digest or identifier does not match what it is said to describe."""
