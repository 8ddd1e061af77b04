"""The exit codes: a public interface, documented in `docs/reference/exit-codes.md`."""

from __future__ import annotations

from enum import IntEnum


class Exit(IntEnum):
    """What the process says to the shell that started it."""

    DONE = 0
    FINDINGS = 1
    USAGE = 2
    NOTHING = 3
    GAPS = 4
    ERROR = 5
    BUG = 70


MEANING: dict[Exit, str] = {
    Exit.DONE: "done; nothing at or above --fail-on",
    Exit.FINDINGS: "done; a finding at or above --fail-on, an acceptance that ran out, or a differing replay",
    Exit.USAGE: "the call or a configuration file is wrong",
    Exit.NOTHING: "there was nothing to examine",
    Exit.GAPS: "done, but something could not be examined and --strict was given",
    Exit.ERROR: "stopped by a problem that the message names",
    Exit.BUG: "a bug in Gauger; the message says how to report it",
}
"""One line per code, for the command line's help and the reference page."""
