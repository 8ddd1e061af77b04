"""Small stacks in a folder, and what a scan says of them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

import msgspec

from gauger.catalogue.load import Catalogue
from gauger.catalogue.query import Lookup
from gauger.core.inventory import Model, Use
from gauger.scan.scan import Inventory, scan


@cache
def lookup() -> Lookup:
    """The catalogue that ships with the program."""
    return Lookup(Catalogue())


def stack(root: Path, files: Mapping[str, str | bytes]) -> Path:
    """Write these files below a folder."""
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return root


class Told(msgspec.Struct, frozen=True):
    """A use with its model, for short assertions."""

    use: Use
    model: Model

    @property
    def provider(self) -> str:
        """Who answers; empty where that is not known."""
        endpoint = self.use.endpoint
        return endpoint.provider if endpoint is not None and isinstance(endpoint.provider, str) else ""

    @property
    def short(self) -> str:
        """`status namespace name`."""
        return f"{self.use.status} {self.model.namespace} {self.model.name}"

    @property
    def hops(self) -> list[str]:
        """`how:name` of each hop."""
        return [f"{hop.how}:{hop.name}" for hop in self.use.chain]


def told(inventory: Inventory, surface: str = "") -> list[Told]:
    """All uses with their models, by place."""
    models = {model.id: model for model in inventory.models}
    uses = [u for u in inventory.uses if not surface or u.surface == surface]
    ordered = sorted(uses, key=lambda u: (u.location.path, u.location.line, u.location.column, u.model))
    return [Told(use, models[use.model]) for use in ordered]


def scanned(root: Path, files: Mapping[str, str | bytes], surface: str = "") -> list[Told]:
    """Write a stack, scan it, and tell its uses."""
    return told(scan(stack(root, files), lookup()), surface)


def one(root: Path, files: Mapping[str, str | bytes], surface: str = "") -> Told:
    """The only use of a stack."""
    found = scanned(root, files, surface)
    assert len(found) == 1, [f"{t.use.location} {t.short}" for t in found]
    return found[0]
