"""What does the catalogue know under this name? Exact on curated names; a resemblance only suggests."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from functools import cached_property
from typing import Literal

import msgspec

from gauger.catalogue.load import Catalogue
from gauger.catalogue.records import (
    CatalogueModel,
    DataSet,
    Derivation,
    Developer,
    Family,
    Provider,
    StructureReference,
    TokenizerReference,
)
from gauger.core.lineage import Listing, Reference
from gauger.core.readings import Known, Unmeasured, known

_REGION = re.compile(r"^(?:us|eu|apac|global|us-gov|au|jp|ca)\.(?=[a-z0-9]+\.)")
_JUMPSTART = re.compile(
    r"^(?:huggingface|hf)-(?:llm|vlm|asr|reasoning|text2text|textgeneration[12]?|textembedding|txt2img|sentencesimilarity"
    r"|fillmask|summarization|translation|ner|eqa|tc|spc)-(?=[a-z])"
)
"""What SageMaker JumpStart writes before the name of a model that comes from the hub.

Source: ids such as `huggingface-textgeneration-dolly-v2-3b-bf16` on
    https://docs.aws.amazon.com/sagemaker/latest/dg/autopilot-llms-finetuning-models.html, read on 2026-11-23.
"""
_PACKAGING = re.compile(
    r"[-_.](?:gguf|ggml|awq|gptq(?:-int[48])?|exl[23]|fp[48]|nvfp4|mxfp[48]|bnb|bnb-4bit|mlx|onnx|int[48]|w[48]a(?:8|16)"
    r"|[248]bit|q[2-8]_[0-9k](?:_[sml])?)$"
)

ReferenceKind = Literal["model", "family", "tokenizer", "structure", "dataset", "developer"]
ReferencedEntry = CatalogueModel | Family | DataSet | Developer | TokenizerReference | StructureReference


class Identity(msgspec.Struct, frozen=True, kw_only=True):
    """What a name says, as far as the catalogue knows the name. Declared knowledge: no bytes were looked at.

    Attributes:
        publisher: The organisation in the name.
        developer: Catalogue id of who made it.
        family: Catalogue id of the family.
        model: Catalogue id of the very model.
        licence: Catalogue id of its licence.
        repackaged: The publisher is known to repackage other developers' models.
        resembles: Family ids that the name resembles although the organisation is not known; a suggestion.
    """

    publisher: Known
    developer: Known
    family: Known
    model: Known
    licence: Known
    repackaged: bool = False
    resembles: tuple[str, ...] = ()


def with_parents(developers: Mapping[str, Developer], developer: str) -> frozenset[str]:
    """Who is this developer, with every company that controls it? Ids; a circle in the records ends."""
    found: set[str] = set()
    waiting = [developer]
    while waiting:
        ident = waiting.pop()
        if ident not in found:
            found.add(ident)
            record = developers.get(ident)
            waiting += record.parents if record is not None else ()
    return frozenset(found)


def organisation_and_bare_name(name: str) -> tuple[str, str]:
    """Which organisation does this name give, and what is left when tags and packaging are taken off?

    `unsloth/DeepSeek-V3.1-GGUF` → (`unsloth`, `deepseek-v3.1`); `qwen2.5:7b-instruct-q4_K_M` → (``,
    `qwen2.5-7b-instruct`); `us.deepseek.r1-v1:0` → (``, `deepseek.r1-v1`).
    """
    text = name.strip().lower()
    vertex = re.fullmatch(r"publishers/([^/]+)/models/([^@]+)(?:@(.*))?", text)
    if vertex:
        text = f"{vertex[1]}/{vertex[3] or vertex[2]}"
    organisation, _, bare = text.rpartition("/")
    organisation = organisation.rpartition("/")[2]
    bare = _JUMPSTART.sub("", _REGION.sub("", bare))
    stem, _, tag = bare.partition(":")
    if tag and not tag.isdigit() and tag not in {"latest", "free", "nitro", "beta", "thinking", "extended"}:
        stem = f"{stem}-{tag}"
    while (cut := _PACKAGING.sub("", stem)) != stem:
        stem = cut
    return organisation, stem


class Lookup:
    """Questions to one catalogue, with the indexes that answer them quickly.

    Args:
        catalogue: Where the facts are.
    """

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue
        self._known_families: dict[str, Family | None] = {}

    @cached_property
    def _by_org(self) -> dict[str, Developer]:
        return {org.lower(): d for d in self.catalogue.developers.values() for org in d.hub_orgs}

    @cached_property
    def _by_model_name(self) -> dict[str, CatalogueModel]:
        return {name.lower(): m for m in self.catalogue.models.values() for name in (m.id, *m.names)}

    @cached_property
    def _patterns(self) -> list[tuple[str, Family]]:
        pairs = [(pattern, f) for f in self.catalogue.families.values() for pattern in f.names]
        return sorted(pairs, key=lambda p: (-len(p[0]), p[0], p[1].id))

    @cached_property
    def _prefixes(self) -> list[tuple[str, Developer]]:
        pairs = [(prefix, d) for d in self.catalogue.developers.values() for prefix in d.name_prefixes]
        return sorted(pairs, key=lambda p: (-len(p[0]), p[0]))

    @cached_property
    def _hosts(self) -> list[tuple[str, Provider]]:
        pairs = [(host, p) for p in self.catalogue.providers.values() for host in p.hosts]
        return sorted(pairs, key=lambda p: (-len(p[0]), p[0]))

    @cached_property
    def _routes(self) -> list[tuple[str, Provider]]:
        pairs = [(prefix, p) for p in self.catalogue.providers.values() for prefix in p.prefixes]
        return sorted(pairs, key=lambda p: (-len(p[0]), p[0]))

    def developer_of_organisation(self, organisation: str) -> Developer | None:
        """Who has this hub organisation? Exact, without regard to case."""
        return self._by_org.get(organisation.lower())

    def is_closed(self, name: str) -> bool:
        """Does this name belong to a line of models of which nobody published weights?"""
        family = self.catalogue.families.get(known(self.identify(name).family) or "")
        return family is not None and not family.open_weights

    def are_related(self, one: str, other: str) -> bool:
        """Are these two developers the same, or one above the other, or under one parent?"""
        developers = self.catalogue.developers
        return bool(with_parents(developers, one) & with_parents(developers, other))

    def provider_of_host(self, host: str) -> Provider | None:
        """Who answers at this host name? Exact, or by a `*.suffix` pattern."""
        name = host.lower().rstrip(".")
        return next((p for pattern, p in self._hosts if fnmatchcase(name, pattern)), None)

    def provider_of_key(self, environment_name: str) -> Provider | None:
        """Whose credential is held under this environment name? Exact."""
        return next((p for p in self.catalogue.providers.values() if environment_name in p.env_keys), None)

    def provider_of_sdk(self, client: str) -> Provider | None:
        """Whom does this client talk to unless told otherwise? Exact on names such as `openai.OpenAI`."""
        return next((p for p in self.catalogue.providers.values() if client in p.sdks), None)

    def provider_of_route(self, name: str) -> tuple[Provider, str] | None:
        """Which provider does a router's prefix name, and what is the model's name there?"""
        low = name.lower()
        for prefix, provider in self._routes:
            if low.startswith(prefix) and len(low) > len(prefix):
                return provider, name[len(prefix) :]
        return None

    def data_set(self, name: str) -> DataSet | None:
        """Is this data set known to hold a model's outputs? Exact, without regard to case."""
        low = name.lower()
        return next(
            (d for d in self.catalogue.datasets.values() if low in {n.lower() for n in d.names}), None
        )

    def family_of_bare_name(self, bare: str) -> Family | None:
        """Which family has a pattern for this bare, lower-case name? The longest pattern wins."""
        if bare not in self._known_families:
            found = next((f for pattern, f in self._patterns if fnmatchcase(bare, pattern)), None)
            self._known_families[bare] = found
        return self._known_families[bare]

    def identify(self, name: str) -> Identity:
        """What does this model name say?

        With an organisation that the catalogue knows, the developer is the organisation's (or, for a
        repackager, the family's). With an unknown organisation nothing is concluded from the rest of the
        name: it is only noted what it resembles. Without one, the bare name decides.
        """
        organisation, bare = organisation_and_bare_name(name)
        exact = self._by_model_name.get(name.lower()) or self._by_model_name.get(
            bare if not organisation else ""
        )
        family = self.family_of_bare_name(bare)
        owner = self.developer_of_organisation(organisation) if organisation else None
        if exact is not None:
            return self._exactly(exact, organisation, owner)
        if organisation and owner is None:
            return _unknown_organisation(organisation, family)
        if owner is not None and not owner.repackager and family is not None and family.developer != owner.id:
            family = None
        return self._by_family(organisation, bare, owner, family)

    def _exactly(self, model: CatalogueModel, organisation: str, owner: Developer | None) -> Identity:
        licence = model.licence or self._licence_of(model.family)
        return Identity(
            publisher=organisation
            or Unmeasured(reason="not-declared", detail="the name has no organisation"),
            developer=model.developer,
            family=model.family or Unmeasured(reason="not-in-catalogue"),
            model=model.id,
            licence=licence
            or Unmeasured(reason="not-in-catalogue", detail=f"no licence recorded for {model.id}"),
            repackaged=owner is not None and owner.repackager,
        )

    def _licence_of(self, family: str) -> str:
        return self.catalogue.families[family].licence if family in self.catalogue.families else ""

    def _by_family(
        self, organisation: str, bare: str, owner: Developer | None, family: Family | None
    ) -> Identity:
        developer = _developer(owner, family) or self._by_prefix(bare)
        return Identity(
            publisher=organisation
            or Unmeasured(reason="not-declared", detail="the name has no organisation"),
            developer=developer
            or Unmeasured(reason="not-in-catalogue", detail=f"no developer is known for the name {bare!r}"),
            family=family.id if family else Unmeasured(reason="not-in-catalogue"),
            model=Unmeasured(reason="not-in-catalogue"),
            licence=(family.licence if family else "") or Unmeasured(reason="not-in-catalogue"),
            repackaged=owner is not None and owner.repackager,
        )

    def _by_prefix(self, bare: str) -> str:
        return next((d.id for prefix, d in self._prefixes if bare.startswith(prefix)), "")

    def derivations(self, identity: Identity) -> tuple[Derivation, ...]:
        """What does the catalogue say of where this model comes from? The model's own, else the family's."""
        model, family = known(identity.model), known(identity.family)
        if model is not None and self.catalogue.models[model].derivations:
            return self.catalogue.models[model].derivations
        return self.catalogue.families[family].derivations if family is not None else ()

    def ancestry(self, derivations: tuple[Derivation, ...]) -> Iterator[tuple[Derivation, str]]:
        """All derivations reachable from these, each with the id of the entry that has it; cycles end."""
        seen: set[tuple[str, str]] = set()
        queue = [(d, "") for d in derivations]
        while queue:
            derivation, child = queue.pop(0)
            if (derivation.relation, derivation.parent) in seen:
                continue
            seen.add((derivation.relation, derivation.parent))
            yield derivation, child
            queue += [(d, derivation.parent) for d in self._own_derivations(derivation.parent)]

    def _own_derivations(self, ident: str) -> tuple[Derivation, ...]:
        if ident in self.catalogue.models:
            return self.catalogue.models[ident].derivations
        return self.catalogue.families[ident].derivations if ident in self.catalogue.families else ()

    def reference(self, ident: str) -> Reference:
        """How does a dossier refer to this model, family, data set, developer or tokenizer of the catalogue?

        Tokenizers are named `tokenizer/<id>` and structures `structure/<id>`, since their ids repeat family
        names.

        Raises:
            KeyError: nothing in the catalogue has that id.
        """
        return self._reference(ident, *self._entry(ident))

    def developer_reference(self, ident: str) -> Reference:
        """How does a dossier refer to this developer? Its id may be that of a family as well.

        Raises:
            KeyError: no developer has that id.
        """
        return self._reference(ident, "developer", self.catalogue.developers[ident])

    def _reference(self, ident: str, kind: ReferenceKind, entry: ReferencedEntry) -> Reference:
        developer = entry.id if isinstance(entry, Developer) else getattr(entry, "developer", "")
        record = self.catalogue.developers.get(developer)
        group = tuple(sorted(with_parents(self.catalogue.developers, developer))) if record else ()
        return Reference(
            kind=kind,
            key=ident,
            title=entry.title,
            developer=developer or Unmeasured(reason="not-in-catalogue"),
            developer_title=record.title if record else "",
            country=record.country if record else Unmeasured(reason="not-in-catalogue"),
            licence=getattr(entry, "licence", "") or Unmeasured(reason="not-in-catalogue"),
            source=entry.sources[0].url if entry.sources else "",
            group=group,
            listings=self._listings(group),
        )

    def _listings(self, group: tuple[str, ...]) -> tuple[Listing, ...]:
        held = (self.catalogue.developers.get(ident) for ident in group)
        found = [
            Listing(list=e.list, holder=d.id, since=e.since, until=e.until, status=e.status)
            for d in held
            if d is not None
            for e in d.lists
        ]
        return tuple(sorted(found, key=lambda e: (e.list, e.holder, e.since, e.until, e.status)))

    def _entry(self, ident: str) -> tuple[ReferenceKind, ReferencedEntry]:
        prefix, _, rest = ident.partition("/")
        if prefix == "tokenizer" and rest:
            return "tokenizer", self.catalogue.tokenizers[rest]
        if prefix == "structure" and rest:
            return "structure", self.catalogue.structures[rest]
        if ident in self.catalogue.models:
            return "model", self.catalogue.models[ident]
        if ident in self.catalogue.families:
            return "family", self.catalogue.families[ident]
        if ident in self.catalogue.datasets:
            return "dataset", self.catalogue.datasets[ident]
        return "developer", self.catalogue.developers[ident]


def _developer(owner: Developer | None, family: Family | None) -> str:
    if owner is not None and not owner.repackager:
        return owner.id
    return family.developer if family is not None else ""


def _unknown_organisation(organisation: str, family: Family | None) -> Identity:
    detail = f"the catalogue does not know the organisation {organisation!r}"
    if family is not None:
        detail += f"; the name resembles {family.title}, which proves nothing"
    return Identity(
        publisher=organisation,
        developer=Unmeasured(reason="not-in-catalogue", detail=detail),
        family=Unmeasured(reason="not-in-catalogue", detail=detail),
        model=Unmeasured(reason="not-in-catalogue"),
        licence=Unmeasured(reason="not-in-catalogue"),
        resembles=(family.id,) if family else (),
    )
