"""Which folder of lists a command uses: the one named, the profile's, or that beside profile or stack."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from gauger.core.errors import UsageError

if TYPE_CHECKING:
    from gauger.flows.question import Question


def with_lists(asked: Question, root: Path, profile_path: Path | None, named: Path | None) -> Question:
    """The question with the lists that are to be used; unchanged where there are none.

    Args:
        asked: The question, with its profile.
        root: The examined folder, or the one in which the document lies.
        profile_path: The profile that the user named, if any.
        named: The folder that the user named, if any.

    Raises:
        UsageError: a folder that was named does not exist, or what is examined names one outside of it.
        Unreadable, Malformed, LimitExceeded: a file in it is not what `gauger lists import` wrote.
    """
    folder, is_named = (named, True) if named else _found(asked.profile.lists, root, profile_path)
    if folder is None:
        return asked
    from gauger.lists.store import read_folder

    found = read_folder(folder)
    beside = asked.from_examined
    if not is_named and (found.files or found.confirmations):
        beside = (*beside, "lists")
    return msgspec.structs.replace(asked, lists=found, from_examined=beside)


def _found(told: str, root: Path, profile_path: Path | None) -> tuple[Path | None, bool]:
    """The folder that the profile or custom names, and whether it lies beside a profile that the user named.

    A stack's own profile names none outside of the stack.
    """
    from gauger.lists.store import FOLDER

    base = profile_path.parent if profile_path is not None else root
    if told and Path(told).is_absolute():
        raise UsageError(
            f"{told!r} is not relative", subject="lists", hint="name a folder anywhere else with --lists"
        )
    for start in dict.fromkeys((base, root)):
        folder = start / (told or FOLDER)
        if folder.is_dir():
            inside = folder.resolve().is_relative_to(start.resolve())
            if not inside and (profile_path is None or start != base):
                raise UsageError(
                    "leads out of the folder that is examined; it was not followed",
                    subject=told or FOLDER,
                    hint="name the folder with --lists if it is yours",
                )
            return folder, profile_path is not None and start == base
    if told and profile_path is not None:
        raise UsageError(f"there is no folder {told!r} beside the profile", subject="lists")
    return None, False
