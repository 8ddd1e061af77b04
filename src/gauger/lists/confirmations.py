"""What people decided about entries and developers: `confirmations.yaml`, only ever added to."""

from __future__ import annotations

from pathlib import Path

import msgspec
import yaml

from gauger.core.day import is_day
from gauger.core.errors import Malformed, UsageError
from gauger.core.limits import DEFAULT_LIMITS
from gauger.core.text import printable
from gauger.formats.bounded_yaml import bounded_yaml
from gauger.lists.records import Confirmation

CONFIRMATIONS = "confirmations.yaml"
_HEAD = (
    "# Who decided which list entries are which developers. Written by `gauger lists confirm`; a later\n"
    "# decision about the same pair wins. Take no line out: reports that were made with it refer to it.\n"
)


def read_confirmations(data: bytes) -> tuple[Confirmation, ...]:
    """What does this file say?

    Raises:
        Malformed: not YAML, an unknown or missing key, or a date that is none.
    """
    try:
        told = msgspec.convert(
            bounded_yaml(data, DEFAULT_LIMITS, CONFIRMATIONS) or [], tuple[Confirmation, ...], strict=False
        )
    except (msgspec.ValidationError, ValueError) as error:
        raise Malformed(printable(str(error), 200), subject=CONFIRMATIONS) from error
    for one in told:
        if not is_day(one.on):
            raise Malformed(f"{printable(one.on, 40)!r} is not a date", subject=CONFIRMATIONS)
    return told


def written(confirmation: Confirmation) -> bytes:
    """The lines that this decision adds to the file."""
    text = yaml.safe_dump(
        [msgspec.to_builtins(confirmation)], allow_unicode=True, sort_keys=False, width=1000
    )
    return text.encode()


def add_confirmation(folder: Path, confirmation: Confirmation) -> bool:
    """Add this decision to the folder's file; was anything changed?

    Law: the same decision added again, on whichever day, changes nothing.

    Raises:
        UsageError: the file cannot be written, or is a link to another.
        Malformed: what is there is no such file.
    """
    path = folder / CONFIRMATIONS
    if path.is_symlink():
        raise UsageError("is a link; it was not followed", subject=str(path))
    before = path.read_bytes() if path.exists() else _HEAD.encode()
    told = read_confirmations(before)
    pair = (confirmation.list, confirmation.entry, confirmation.name, confirmation.developer)
    last = next((c for c in reversed(told) if (c.list, c.entry, c.name, c.developer) == pair), None)
    if last is not None and msgspec.structs.replace(confirmation, on=last.on) == last:
        return False
    if not before.endswith(b"\n"):
        before += b"\n"
    try:
        path.write_bytes(before + written(confirmation))
    except OSError as error:
        raise UsageError(error.strerror or "cannot be written", subject=str(path)) from error
    return True
