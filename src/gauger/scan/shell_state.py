"""What do the variables of a script stand for at this line, and which of them are uses themselves?"""

from __future__ import annotations

import re

from gauger.core.inventory import Location
from gauger.core.limits import Limits
from gauger.core.text import printable
from gauger.scan.collector import Binding
from gauger.scan.environment import Variable, read_variables
from gauger.scan.harvest import Harvest
from gauger.scan.interpolate import literal, shell_with
from gauger.scan.model_words import is_secret_name
from gauger.scan.shell_lexer import Word
from gauger.scan.values import Name, Value


class ShellState:
    """The variables and the notes of one file or one container.

    Args:
        surface: The surface of the uses.
        path: The file, relative to the root.
        limits: Bounds.
        member: Which part of the file, for the locations: a container's or a job's name.
        image: The container image whose entry point gets the arguments, or empty.
        known: Names that are already set.
    """

    def __init__(
        self,
        surface: str,
        path: str,
        limits: Limits,
        *,
        member: str = "",
        image: str = "",
        known: dict[str, Value] | None = None,
    ) -> None:
        self.surface = surface
        self.path = path
        self.limits = limits
        self.member = member
        self.image = image
        self.known: dict[str, Value] = known if known is not None else {}
        self.harvest = Harvest()
        self._pending: dict[str, Variable] = {}
        self._counts: dict[str, int] = {}

    def finish(self) -> Harvest:
        """Everything that was found; variables that carry a model and were never used count themselves."""
        unused = [v for name, v in self._pending.items() if name not in self._used_names()]
        found = read_variables(unused, surface=self.surface)
        self.harvest.candidates += [c for c in found.candidates if c.role != "access"]
        return self.harvest

    def _used_names(self) -> set[str]:
        text = repr([c.model for c in self.harvest.candidates] + [b.value for b in self.harvest.bindings])
        return {n for n in self._pending if re.search(rf"[:.']{re.escape(n)}(?:\(\d+\))?'", text)}

    def value(self, text: str, location: Location) -> Value:
        """What does this text stand for, with the variables set so far?"""
        if "$" not in text and "`" not in text:
            return literal(text, location)
        known = {
            name: Name(kind="symbol", name=self._symbol(name), location=location) for name in self._counts
        }
        return shell_with({**self.known, **known})(text, location)

    def place(self, word: Word) -> Location:
        """Where does this word stand?"""
        return Location(path=self.path, line=word.line, column=word.column, member=self.member)

    def set(
        self,
        name: str,
        text: str,
        location: Location,
        value: Value | None = None,
        *,
        soft: bool = False,
        counts: bool = True,
    ) -> None:
        """From here on this name stands for that text.

        Args:
            name: The variable.
            text: As written.
            location: Where.
            value: What it stands for; by default, what the text says.
            soft: Something outside the file may set it to something else (`ARG`, `ENV`, `?=`).
            counts: A variable that carries a model and that nothing in the file uses is itself a use.
        """
        if is_secret_name(name):
            return
        value = self.value(text, location) if value is None else value
        self._counts[name] = self._counts.get(name, 0) + 1
        self.harvest.bindings.append(
            Binding(kind="symbol", name=self._symbol(name), value=value, location=location, overridable=soft)
        )
        if counts:
            self._pending[name] = Variable(name=name, text=printable(text), value=value, location=location)

    def _symbol(self, name: str) -> str:
        count = self._counts.get(name, 1)
        where = f"{self.member}." if self.member else ""
        return f"file:{self.path}:{where}{name}" + (f"({count})" if count > 1 else "")
