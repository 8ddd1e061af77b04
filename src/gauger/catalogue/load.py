"""Reading the knowledge base from its folder of YAML files."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from functools import cached_property
from importlib.resources import files
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from gauger.catalogue import records
from gauger.core.canonical import canonical_json
from gauger.core.dossier import CatalogueStamp
from gauger.core.errors import CatalogueError, UsageError
from gauger.core.strict import convert

E = TypeVar("E", bound=records.Checked)

KINDS: dict[str, type[records.Checked]] = {
    "developers": records.Developer,
    "families": records.Family,
    "models": records.CatalogueModel,
    "datasets": records.DataSet,
    "providers": records.Provider,
    "tokenizers": records.TokenizerReference,
    "structures": records.StructureReference,
    "licences": records.Licence,
    "instruments": records.Instrument,
    "scenarios": records.Scenario,
    "allegations": records.Allegation,
    "questions": records.ProfileQuestion,
}
"""Folder below the data root → record type of its files."""


class Edition(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="kebab"):
    """`edition.yaml`: which edition of the knowledge base this is.

    Attributes:
        version: `2026.11.0` and the like.
        as-of: ISO date up to which its facts were checked.
    """

    version: str
    as_of: str


def default_folder() -> Path:
    """Where is the knowledge base that is shipped with the program?"""
    return Path(str(files("gauger.catalogue") / "data"))


class Catalogue:
    """The knowledge base, loaded kind by kind when it is first asked for.

    Args:
        folder: The data root; the one shipped with the package by default.

    Raises:
        CatalogueError: from any access, when a file cannot be read as its record type or an id occurs twice.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder if folder is not None else default_folder()
        self._tables: dict[str, Mapping[str, Any]] = {}

    @cached_property
    def _edition(self) -> Edition:
        return read_entry(self.folder / "edition.yaml", Edition)

    @cached_property
    def version(self) -> str:
        """Which edition of the knowledge base this is."""
        return self._edition.version

    @cached_property
    def as_of(self) -> str:
        """ISO date up to which its facts were checked."""
        return self._edition.as_of

    def _table(self, kind: str, of: type[E]) -> Mapping[str, E]:
        if kind not in self._tables:
            self._tables[kind] = _load_folder(self.folder / kind, of)
        return self._tables[kind]

    @property
    def developers(self) -> Mapping[str, records.Developer]:
        """Who makes and who repackages models, by id."""
        return self._table("developers", records.Developer)

    @property
    def families(self) -> Mapping[str, records.Family]:
        """Lines of models, by id."""
        return self._table("families", records.Family)

    @property
    def models(self) -> Mapping[str, records.CatalogueModel]:
        """Single published models, by id."""
        return self._table("models", records.CatalogueModel)

    @property
    def datasets(self) -> Mapping[str, records.DataSet]:
        """Data sets that hold outputs of models, by id."""
        return self._table("datasets", records.DataSet)

    @property
    def providers(self) -> Mapping[str, records.Provider]:
        """Who answers API calls, by id."""
        return self._table("providers", records.Provider)

    @property
    def tokenizers(self) -> Mapping[str, records.TokenizerReference]:
        """Reference tokenizers, by id."""
        return self._table("tokenizers", records.TokenizerReference)

    @property
    def structures(self) -> Mapping[str, records.StructureReference]:
        """Reference architectures, by id."""
        return self._table("structures", records.StructureReference)

    @property
    def licences(self) -> Mapping[str, records.Licence]:
        """Licences and API terms, by id."""
        return self._table("licences", records.Licence)

    @property
    def instruments(self) -> Mapping[str, records.Instrument]:
        """Laws, rules and clauses, by id."""
        return self._table("instruments", records.Instrument)

    @property
    def scenarios(self) -> Mapping[str, records.Scenario]:
        """What-if overlays, by id."""
        return self._table("scenarios", records.Scenario)

    @property
    def allegations(self) -> Mapping[str, records.Allegation]:
        """Who accused whom, by id. Never evidence."""
        return self._table("allegations", records.Allegation)

    @property
    def questions(self) -> Mapping[str, records.ProfileQuestion]:
        """What instruments ask of the user, by id."""
        return self._table("questions", records.ProfileQuestion)

    def entries(self) -> Iterator[tuple[str, records.Checked]]:
        """All records of all kinds, with the kind's name, in the order of kinds and ids."""
        for kind, of in KINDS.items():
            for entry in self._table(kind, of).values():
                yield kind, entry

    def digest(self) -> str:
        """What is the SHA-256 over the canonical content? Worked out once; loads all kinds."""
        return self._digest

    @cached_property
    def _digest(self) -> str:
        hasher = hashlib.sha256(canonical_json([self.version, self.as_of]))
        for kind, entry in self.entries():
            hasher.update(kind.encode())
            hasher.update(canonical_json(entry))
        return "sha256:" + hasher.hexdigest()

    def stamp(self, as_of: str) -> CatalogueStamp:
        """How does a dossier of that date name this catalogue, and which records were due for a check?"""
        stale = sorted(
            f"{kind}/{getattr(entry, 'id', '')}" for kind, entry in self.entries() if entry.next_check < as_of
        )
        return CatalogueStamp(
            version=self.version, as_of=self.as_of, digest=self.digest(), stale=tuple(stale)
        )


def _load_folder(folder: Path, of: type[E]) -> Mapping[str, E]:
    table: dict[str, E] = {}
    for path in sorted(folder.glob("*.yaml")):
        entry = read_entry(path, of)
        ident = getattr(entry, "id", "")
        if ident in table:
            raise CatalogueError(f"the id {ident!r} occurs twice", subject=f"{folder.name}/{path.name}")
        table[ident] = entry
    return dict(sorted(table.items()))


T = TypeVar("T")


def read_entry(path: Path, of: type[T]) -> T:
    """Which record does this YAML file hold?

    The catalogue is part of the program or chosen by the user, so it is trusted not to be hostile; it may
    still be wrong.

    Raises:
        CatalogueError: unreadable, not YAML, an unknown or missing key, a wrong type; with the nearest right
            key where there is one.
    """
    from gauger.catalogue.text import read_text  # noqa: PLC0415 - 15 ms that a remembered answer does without

    subject = f"{path.parent.name}/{path.name}"
    value = read_text(path, subject)
    try:
        return convert(value, of, subject=subject)
    except UsageError as error:
        raise CatalogueError(error.message, subject=subject, hint=error.hint) from error
