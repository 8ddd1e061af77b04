"""Names that a format allows to stand twice, made each its own."""

from __future__ import annotations


class Distinct:
    """Hands out names: the second `x` becomes `x#2`, the third `x#3`."""

    def __init__(self) -> None:
        self._given: set[str] = set()
        self._count: dict[str, int] = {}

    def take(self, name: str) -> str:
        """This name, or the next one of its kind that is free."""
        found = name
        while found in self._given:
            self._count[name] = self._count.get(name, 1) + 1
            found = f"{name}#{self._count[name]}"
        self._given.add(found)
        return found
