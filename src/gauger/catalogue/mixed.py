"""Two editions of the knowledge base: what differs between them, and one made of records of both."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from gauger.catalogue import records
from gauger.catalogue.load import KINDS, Catalogue
from gauger.core.canonical import canonical_json
from gauger.core.change import FieldChange
from gauger.core.text import printable

_BESIDE_THE_POINT = frozenset({"structures", "allegations"})
"""Kinds of records from which no verdict follows."""
_LONGEST = 300


class Mixed(Catalogue):
    """A knowledge base with some records of another.

    Args:
        old: From which all other records come.
        new: From which these come; one that it does not have is left out.
        taken: Kind and id of each: `instruments/us.icts`.
    """

    def __init__(self, old: Catalogue, new: Catalogue, taken: frozenset[str]) -> None:
        self.folder, self.version, self.as_of = new.folder, new.version, new.as_of
        by_kind: dict[str, set[str]] = {}
        for key in taken:
            kind, _, ident = key.partition("/")
            by_kind.setdefault(kind, set()).add(ident)
        self._tables: dict[str, Mapping[str, Any]] = {
            kind: _mixed(_table(old, kind), _table(new, kind), by_kind.get(kind, set())) for kind in KINDS
        }


def _table(catalogue: Catalogue, kind: str) -> Mapping[str, Any]:
    return catalogue._table(kind, KINDS[kind])  # noqa: SLF001 - the same class's own tables


def _mixed(old: Mapping[str, Any], new: Mapping[str, Any], taken: set[str]) -> Mapping[str, Any]:
    if not taken:
        return old
    joined = {ident: entry for ident, entry in old.items() if ident not in taken}
    joined |= {ident: new[ident] for ident in taken if ident in new}
    return dict(sorted(joined.items()))


def differing(old: Catalogue, new: Catalogue) -> tuple[str, ...]:
    """Which records from which a verdict may follow differ, as kind and id, in the order of kinds and ids?"""
    found: list[str] = []
    for kind in (k for k in KINDS if k not in _BESIDE_THE_POINT):
        one, other = _table(old, kind), _table(new, kind)
        found += [f"{kind}/{i}" for i in sorted({*one, *other}) if one.get(i) != other.get(i)]
    return tuple(found)


def field_changes(old: Catalogue, new: Catalogue, key: str) -> Iterator[FieldChange]:
    """Which fields of this record differ, and how?"""
    kind, _, ident = key.partition("/")
    one, other = _table(old, kind).get(ident), _table(new, kind).get(ident)
    if one is None or other is None:
        told = _title(one if one is not None else other)
        yield FieldChange(
            record=key,
            field="",
            before=told if one is not None else "",
            after=told if other is not None else "",
        )
        return
    before, after = msgspec.to_builtins(one), msgspec.to_builtins(other)
    for field in sorted({*before, *after}):
        if before.get(field) != after.get(field):
            yield FieldChange(
                record=key, field=field, before=_value(before, field), after=_value(after, field)
            )


def _title(entry: records.Checked | None) -> str:
    return printable(str(getattr(entry, "title", "") or getattr(entry, "id", "")))


def _value(fields: Mapping[str, Any], field: str) -> str:
    return printable(canonical_json(fields[field]).decode(), _LONGEST) if field in fields else ""
