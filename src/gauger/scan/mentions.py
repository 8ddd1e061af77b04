"""Which models does a text name without using them: in a comment, a docstring, a list, prose?"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from gauger.core.inventory import Location
from gauger.core.text import printable
from gauger.scan.collector import Candidate
from gauger.scan.model_address import is_hub_name
from gauger.scan.values import Text

_HUB_NAME = re.compile(r"(?<![\w./:@-])([A-Za-z0-9][\w.-]{1,60}/[A-Za-z0-9][\w.-]{2,100})(?![\w/])")
_MOST = 200


def mentions(
    text: str, path: str, *, surface: str, taken: Collection[int], comment: str = "", member: str = ""
) -> Iterator[Candidate]:
    """Which names of the shape `Org/Name` stand in this text on lines where no use was found?

    All are weak: the catalogue decides which organisations are known, and drops the rest.

    Args:
        text: The file's text.
        path: The file.
        surface: The collector's surface.
        taken: Lines with uses.
        comment: What begins a comment in this language; empty where the whole text is prose.
        member: For `Location.member`.
    """
    count = 0
    for number, line in enumerate(text.splitlines(), start=1):
        if "/" not in line or number in taken or len(line) > 20_000:
            continue
        for match in _HUB_NAME.finditer(line):
            name = match[1].rstrip(".-")
            if not is_hub_name(name) or not re.search(r"[A-Z0-9]", name):
                continue
            place = Location(path=path, line=number, column=match.start(1) + 1, member=member)
            commented = comment and comment in line[: match.start()]
            yield Candidate(
                surface=surface,
                api="text",
                location=place,
                written=printable(name),
                model=Text(text=printable(name), location=place),
                namespace="hub",
                mention="in a comment"
                if commented
                else "a text that no call takes as a model"
                if comment
                else "in prose",
                weak=True,
            )
            count += 1
            if count >= _MOST:
                return
