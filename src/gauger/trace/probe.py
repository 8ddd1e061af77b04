"""The seam of trace: one probe looks at one model in one way and says what it saw."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

import msgspec

from gauger.catalogue.query import Lookup
from gauger.core.inventory import Digest, Location, Model
from gauger.core.judgement import Finding, Gap
from gauger.core.limits import Limits
from gauger.core.lineage import Claim, Evidence, Reference
from gauger.core.record import Facts
from gauger.formats.cards import Card
from gauger.formats.model_file import ModelFile, TokenizerFacts


class Statement(msgspec.Struct, frozen=True, kw_only=True):
    """Something that a file beside the weights says, with its place.

    Attributes:
        kind: `name`, `maker`, `base` (relation told by `relation`), `dataset`, `licence`, `own-work`,
            `heading` (of the card: what it is about, no declaration by itself).
        value: The text, made printable.
        location: Where it stands.
        relation: For a base: one of the closed set of relations.
    """

    kind: str
    value: str
    location: Location
    relation: str = ""


class Opened(msgspec.Struct, frozen=True, kw_only=True):
    """One file of weights, by its header.

    Attributes:
        path: Of its first part, relative to the root.
        file: What the header says.
    """

    path: str
    file: ModelFile


class TracedModel(msgspec.Struct, frozen=True, kw_only=True):
    """A model as the probes see it: everything that was opened, nothing concluded yet.

    Attributes:
        model: Its record in the inventory.
        folder: Where its files are, relative to the root; empty where it has none.
        weights: Files of weights; none for a model behind an API.
        config: `config.json`, flattened; empty where there is none.
        config_path: Its path, or empty.
        tokenizer: From the tokenizer's files, else from the GGUF header, else None.
        tokenizer_path: Of the file that holds most of it, or empty.
        card: The README's front matter, or None.
        statements: What the files say of name, maker, bases, data sets.
        inputs: Digests of all that was opened.
        inventory: Names of the other models of the stack, lower case → their ids.
    """

    model: Model
    folder: str = ""
    weights: tuple[Opened, ...] = ()
    config: Facts = {}
    config_path: str = ""
    tokenizer: TokenizerFacts | None = None
    tokenizer_path: str = ""
    card: Card | None = None
    statements: tuple[Statement, ...] = ()
    inputs: tuple[Digest, ...] = ()
    inventory: Mapping[str, str] = {}

    def inputs_of(self, *paths: str) -> tuple[Digest, ...]:
        """The digests of these files, for an evidence record."""
        return tuple(d for d in self.inputs if d.path in paths)


class ProbeResult(msgspec.Struct, frozen=True, kw_only=True):
    """What one probe saw.

    Attributes:
        evidence: Observations.
        claims: What follows from them, or what is declared.
        references: The catalogue entries that the claims point to.
        findings: What a person should look at.
        gaps: What could not be examined.
    """

    evidence: tuple[Evidence, ...] = ()
    claims: tuple[Claim, ...] = ()
    references: tuple[Reference, ...] = ()
    findings: tuple[Finding, ...] = ()
    gaps: tuple[Gap, ...] = ()


class Probe(Protocol):
    """One way of looking at a model. See `docs/methods/` for what each can and cannot tell."""

    @property
    def ident(self) -> str:
        """The name in reports and docs."""
        ...

    @property
    def cost(self) -> int:
        """Order: 0 reads names and cards, 1 headers, 2 a tokenizer, 3 and above weights; cheapest first."""
        ...

    def examine(self, subject: TracedModel, lookup: Lookup, limits: Limits) -> ProbeResult:
        """What does this probe see in the subject?

        Raises:
            GaugerError: of input that cannot be examined; the caller's guard makes it a gap.
        """
        ...
