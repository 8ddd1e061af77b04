"""What a list file holds once it is read: parties with their names, and the stamp of the file itself."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from functools import cached_property
from typing import Literal

import msgspec

from gauger.lists.names import identifier_key, name_key

Kind = Literal["organisation", "vessel", "aircraft", "individual", "untyped"]
"""What a party is. `untyped`: the list does not say; some lists of the United States never do."""

MATCHED: frozenset[Kind] = frozenset({"organisation", "untyped"})
"""The kinds that a developer can be: a ship that has a company's name is not that company."""

PUBLISHED_AS_FILES = frozenset(
    {
        "us.entity-list",
        "us.meu",
        "us.uvl",
        "us.dpl",
        "us.isn",
        "us.dtc",
        "us.ofac-sdn",
        "us.ofac-cmic",
        "us.ofac-fse",
        "us.ofac-mbs",
        "us.ofac-plc",
        "us.ofac-ssi",
        "us.ofac-cap",
        "uk.sanctions",
        "eu.sanctions",
    }
)
"""Lists of which the publisher offers a file that is read here. Others (section 1260H, Texas, an act that
names companies) are published as text, and the knowledge base keeps them by hand."""

SIZE_BYTES = 512 * 1024 * 1024
"""The largest file that is read: in 2026 OFAC's classic XML had 29 MB, the EU's table 25 MB."""


class Party(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """One entry of one list.

    Attributes:
        list: Ident of the list: `us.entity-list`.
        number: What the publisher calls the entry; unique on the list as far as the publisher keeps to that.
        kind: What it is.
        names: The main name first, then aliases in all scripts, in the file's order.
        countries: As the file writes them: codes or names.
        ids: Numbers of registers, `lei:…`, `uscc:…`, or a scheme made from the file's own words.
        since: ISO date of the listing; empty where the file does not say.
        until: ISO date of its end; empty while it stands.
        programmes: Under which programme or regime.
    """

    list: str
    number: str
    kind: Kind = "untyped"
    names: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    ids: tuple[str, ...] = ()
    since: str = ""
    until: str = ""
    programmes: tuple[str, ...] = ()


class Counts(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How many entries a file has, and which of them were not kept.

    Attributes:
        read: All entries of the file.
        kept: Those in the stored document.
        individuals: Left out: names of people are personal data, and no developer is one.
        perhaps-individuals: Left out: of a list that says of nobody what it is and holds mostly people, and
            with no word in its name that only organisations have.
        of-other-lists: Left out: of a list that was not asked for, or that the file does not name.
    """

    read: int
    kept: int
    individuals: int = 0
    perhaps_individuals: int = 0
    of_other_lists: int = 0


class ListFile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One file that the user fetched, as it is kept.

    Attributes:
        version: Of this document type.
        collection: What the file is, also the name under which it is kept: `us.csl`.
        title: Its name for people.
        format: Ident of the reader.
        sha256: Of the original file's bytes, 64 hexadecimal digits.
        size_bytes: Of the original file.
        published: ISO date on which its publisher issued it.
        retrieved: ISO date on which the user fetched it.
        lists: Idents of the lists of which the file has entries, sorted.
        counts: How many entries it had.
        parties: Those that were kept, by list, number and name.
    """

    version: Literal["1"] = "1"
    collection: str
    title: str
    format: str
    sha256: str
    size_bytes: int
    published: str
    retrieved: str
    lists: tuple[str, ...]
    counts: Counts
    parties: tuple[Party, ...] = ()

    @property
    def key(self) -> str:
        """The short name that decisions carry: `us.csl@1f2e3d4c5b6a`."""
        return f"{self.collection}@{self.sha256[:12]}"


class Confirmation(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a person decided about an entry and a developer.

    Attributes:
        list: Ident of the list.
        entry: The entry's number.
        name: Its main name when that was decided: a number may be given to somebody else later.
        developer: Id of the developer.
        verdict: `same` or `different`.
        by: Who decided.
        because: On what grounds.
        on: ISO date.
        file: SHA-256 of the list file that was looked at.
    """

    list: str
    entry: str
    name: str
    developer: str
    verdict: Literal["same", "different"]
    by: str
    because: str
    on: str
    file: str


class ListFolder(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, dict=True):
    """All that a user's folder of lists holds.

    Attributes:
        files: In the order of their keys.
        confirmations: In the order in which they were written; a later one about the same pair wins.
    """

    files: tuple[ListFile, ...] = ()
    confirmations: tuple[Confirmation, ...] = ()

    def newest(self, ident: str) -> tuple[ListFile, ...]:
        """Which files are the newest of this list? Several only where they were published on one day."""
        having = [f for f in self.files if ident in f.lists]
        last = max((f.published for f in having), default="")
        return tuple(f for f in having if f.published == last)

    @cached_property
    def parties(self) -> tuple[Party, ...]:
        """The entries in force: of each list those of its newest files, each once."""
        idents = sorted({ident for file in self.files for ident in file.lists})
        found = (
            party
            for ident in idents
            for file in self.newest(ident)
            for party in file.parties
            if party.list == ident
        )
        return tuple(dict.fromkeys(found))

    @cached_property
    def by_name(self) -> Mapping[str, list[Party]]:
        """The entries in force that may be a developer, by the keys of all their names."""
        found: dict[str, list[Party]] = defaultdict(list)
        for party in self.parties:
            for key in dict.fromkeys(map(name_key, party.names)) if party.kind in MATCHED else ():
                if key:
                    found[key].append(party)
        return found

    @cached_property
    def by_identifier(self) -> Mapping[str, list[Party]]:
        """The same by their numbers: those of registers, and the list's own."""
        found: dict[str, list[Party]] = defaultdict(list)
        for party in self.parties:
            own = (f"{party.list}:{party.number}",) if party.number else ()
            for written in (*party.ids, *own) if party.kind in MATCHED else ():
                found[identifier_key(written)].append(party)
        return found

    def decided(self, ident: str, party: Party) -> dict[str, Confirmation]:
        """By developer, what was last decided about this entry; nothing where its name is another now."""
        about = self._by_entry.get((ident, party.number), ())
        return {c.developer: c for c in about if c.name in party.names}

    @cached_property
    def _by_entry(self) -> Mapping[tuple[str, str], list[Confirmation]]:
        """What was decided, by list and number: both may be many, and each is asked about each."""
        found: dict[tuple[str, str], list[Confirmation]] = defaultdict(list)
        for one in self.confirmations:
            found[one.list, one.entry].append(one)
        return found
