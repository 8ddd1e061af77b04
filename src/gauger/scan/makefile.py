"""What do Make's recipes run, and what do its variables say?"""

from __future__ import annotations

import re

from gauger.core.inventory import Location
from gauger.scan.collector import Collected, FileView
from gauger.scan.shell import Session

_ASSIGNMENT = re.compile(r"^\s*(?:export\s+|override\s+)*([A-Za-z_][\w.-]*)\s*(\?|:{0,3}|\+)=\s*(.*)$")
_REFERENCE = re.compile(r"\$\(([A-Za-z_]\w*)\)|\$\{([A-Za-z_]\w*)\}")
_RECIPE_MARKS = "@-+"


class Makefile:
    """Recipes and variables; functions, includes and conditions are not evaluated."""

    ident = "makefile"
    globs: tuple[str, ...] = ("**/Makefile", "**/GNUmakefile", "**/*.mk", "**/Makefile.*")
    magics: tuple[bytes, ...] = ()

    def collect(self, view: FileView) -> Collected:
        """Read variables and recipes in the order of the file.

        Raises:
            LimitExceeded: the file is longer than the bounds allow.
            Unreadable: it cannot be read.
        """
        session = Session(self.ident, str(view.path), view.limits)
        lines = view.text().split("\n")
        at = 0
        while at < len(lines):
            first, text = at, lines[at]
            while text.endswith("\\") and at + 1 < len(lines):
                at += 1
                text += "\n" + lines[at]
            at += 1
            if text.startswith("\t"):
                session.text(_as_shell(text.lstrip("\t").lstrip(_RECIPE_MARKS)), first + 1, 2)
            elif not text.lstrip().startswith("#") and (match := _ASSIGNMENT.match(text)):
                location = Location(path=str(view.path), line=first + 1)
                value = _as_shell(match[3].partition(" #")[0].strip())
                session.set(match[1], value, location, soft=match[2] == "?")
        return session.finish().collected()


def _as_shell(text: str) -> str:
    """Make's `$(X)` as the shell's `${X}`, and its `$$` as a dollar of the shell."""
    held = text.replace("$$", "\x02")
    return _REFERENCE.sub(lambda m: "${" + (m[1] or m[2]) + "}", held).replace("\x02", "$")
