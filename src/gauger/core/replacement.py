"""What could stand in for a model that a scenario takes away: the document of `gauger replace`."""

from __future__ import annotations

from typing import Literal

import msgspec

from gauger.core.canonical import document_json
from gauger.core.dossier import CatalogueStamp, Tool
from gauger.core.judgement import LegalReading, Verdict
from gauger.core.readings import Reading

Size = Literal["alike", "not-known", "other"]
"""How an option's size compares: alike (some published size is at least half and at most twice as large),
not-known (of one of the two no size is recorded), other."""


class Option(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A line of models that the scenario leaves alone, or would leave alone if some facts were known.

    Attributes:
        key: Catalogue id of the family.
        title: Its name.
        developer: The developer's name.
        country: ISO code of the seat; empty where not recorded.
        licence: Name of the licence or terms; empty where not recorded.
        outputs: What the licence says of training on outputs.
        form: `weights` (run by the user) or `api` (called at its developer's).
        parameters: Published sizes in billions, those alike in size first; empty where not recorded.
        released: ISO date or month; empty where not recorded.
        size: How its size compares with that of the model to be replaced.
        verdict: In the scenario, under the reading.
        duties: What it would ask for.
        rules: Ids of the rules that give the verdict.
    """

    key: str
    title: str
    developer: str
    country: str
    licence: str
    outputs: str
    form: Literal["weights", "api"]
    parameters: tuple[float, ...] = ()
    released: str = ""
    size: Size = "not-known"
    verdict: Verdict
    duties: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()


class Replacement(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A model that a scenario takes away, and what is left.

    Attributes:
        model: Its id in the dossier.
        name: Its name.
        scenario: Catalogue id.
        verdict: What the scenario says of it.
        tasks: What it is used for, as its family or its uses tell.
        parameters: Its size in billions, or why it is not known.
        options: Those that survive, best first.
        open: Those that would survive if what is not known turned out well, best first.
        taken: How many lines of models for the same purpose the scenario takes away as well.
        unsorted: How many lines of models were left out since nobody recorded what they are for.
    """

    model: str
    name: str
    scenario: str
    verdict: Verdict
    tasks: tuple[str, ...]
    parameters: Reading
    options: tuple[Option, ...]
    open: tuple[Option, ...]
    taken: int
    unsorted: int


class Teachers(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which lines of models may teach a student, in one scenario.

    Attributes:
        scenario: Catalogue id.
        options: Those whose terms allow it, outright or on conditions, and that the scenario leaves alone.
        open: How many more would be, if what is not known turned out well.
    """

    scenario: str
    options: tuple[Option, ...]
    open: int


class ReplacementPlan(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The document.

    Attributes:
        schema_version: Of this document type.
        tool: What wrote it.
        target: What was examined.
        as_of: ISO date for which the rules were evaluated.
        reading: How silence was read.
        catalogue: Which knowledge base.
        dossier: SHA-256 of the dossier that it was made from.
        scenarios: Catalogue id → title, those in which something is taken away.
        replacements: By scenario, then by name.
        teachers: One for each of these scenarios.
    """

    schema_version: Literal["1"] = "1"
    tool: Tool
    target: str
    as_of: str
    reading: LegalReading
    catalogue: CatalogueStamp
    dossier: str
    scenarios: dict[str, str]
    replacements: tuple[Replacement, ...]
    teachers: tuple[Teachers, ...]


def dump(plan: ReplacementPlan) -> bytes:
    """What are the bytes of this document? Keys sorted, two spaces of indentation, a final newline."""
    return document_json(plan)
