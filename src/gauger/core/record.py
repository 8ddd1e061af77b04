"""What all records share: frozen, strict, and named by their own content."""

from __future__ import annotations

from typing import Any, ClassVar

import msgspec

from gauger.core.canonical import content_id

Scalar = str | int | float | bool
Facts = dict[str, Scalar | tuple[Scalar, ...]]
"""Small named facts about an artifact or an observation: what a header says, sizes, counts."""


class Record(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """A frozen value whose `id` is derived from the fields named in `identity`.

    The id is filled in when a record is made without one and left alone when it is read from a document;
    `has_own_id` says whether it matches, and loading a dossier checks that for every record.

    Laws: equal identity fields give equal ids; encoding and decoding gives an equal record; no field outside
    `identity` moves the id.
    """

    id: str = ""

    prefix: ClassVar[str] = "record"
    identity: ClassVar[tuple[str, ...]] = ()

    def __post_init__(self) -> None:
        if not self.id:
            msgspec.structs.force_setattr(self, "id", self.derived_id())

    def derived_id(self) -> str:
        """Which id do the identity fields give?"""
        fields: dict[str, Any] = {name: getattr(self, name) for name in self.identity}
        return content_id(self.prefix, fields)

    def has_own_id(self) -> bool:
        """Is the stored id the one that the content gives?"""
        return self.id == self.derived_id()
