"""What does a call in Python code pass?"""

from __future__ import annotations

import ast

from gauger.scan.python_choice import (
    projected,
)
from gauger.scan.python_objects import (
    Partial,
    Table,
    Thing,
)


class Arguments:
    """What a call passes: `**table` is spread out."""

    def __init__(self) -> None:
        self.positional: list[tuple[Thing, ast.expr]] = []
        self.keywords: dict[str, tuple[Thing, ast.expr]] = {}

    def find(self, wanted: str | int) -> tuple[Thing, ast.expr] | None:
        """The argument with this name, or at this position."""
        if isinstance(wanted, str):
            return self.keywords.get(wanted) or (self.inside(wanted) if "." in wanted else None)
        return self.positional[wanted] if wanted < len(self.positional) else None

    def inside(self, wanted: str) -> tuple[Thing, ast.expr] | None:
        """What stands under a key of a dict that is passed: `env.HF_MODEL_ID`, `0.path`."""
        name, _, key = wanted.partition(".")
        thing, at = self.find(int(name) if name.isdigit() else name) or (None, None)
        if not isinstance(thing, Table) or at is None or key not in thing.items:
            return None
        return thing.items[key], thing.where.get(key, at)

    def things(self) -> list[Thing]:
        """All that is passed."""
        return [thing for thing, _ in (*self.positional, *self.keywords.values())]

    def where(self, group: str, label: str) -> Arguments:
        """The same arguments where a choice has been made."""
        made = Arguments()
        made.positional = [(projected(t, group, label), at) for t, at in self.positional]
        made.keywords = {k: (projected(t, group, label), at) for k, (t, at) in self.keywords.items()}
        return made

    def after(self, partial: Partial) -> Arguments:
        """These arguments added to those that were set before."""
        made = Arguments()
        made.positional = [*partial.positional, *self.positional]
        made.keywords = {**dict(partial.keywords), **self.keywords}
        return made

    def without(self, count: int) -> Arguments:
        """All but the first ones by position."""
        made = Arguments()
        made.positional, made.keywords = self.positional[count:], dict(self.keywords)
        return made

    def first(self, *wanted: str | int) -> Thing | None:
        """The first of these that is there."""
        return next((found[0] for name in wanted if (found := self.find(name)) is not None), None)
