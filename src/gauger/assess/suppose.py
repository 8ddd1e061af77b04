"""What if it were so? A user's supposition as a change to lineage, to a model, to a list or to the profile.

A supposition is written as a sentence: `helios-7b is a fine-tune of qwen2.5`, `deepseek is listed on
us.ofac-sdn`, `us-dod-contractor = yes`. It goes into the questions that are asked and never into what was
found out: a document that answers it names it at its head, all its scenarios count as hypothetical, and no
finding follows from it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Literal, get_args

import msgspec

from gauger.assess.edges import HINTS
from gauger.catalogue.query import Lookup
from gauger.catalogue.records import ListEntry, Scenario, SourceNote, Stake
from gauger.catalogue.vocabulary import LISTS
from gauger.core.errors import UsageError
from gauger.core.inventory import Endpoint, Model, Use
from gauger.core.lineage import Claim, Reference, Relation
from gauger.core.profile import Answer
from gauger.core.readings import known
from gauger.core.strict import nearest
from gauger.core.text import printable

Part = Literal["developer", "licence", "served", "listed", "owned"]
_PHRASES: Mapping[str, str] = {
    **{relation: relation for relation in get_args(Relation) if relation not in HINTS},
    **{relation.replace("-", " "): relation for relation in get_args(Relation) if relation not in HINTS},
    "is the same as": "same-as",
    "is a copy of": "same-as",
    "is converted from": "converted-from",
    "is quantised from": "quantised-from",
    "is a quantisation of": "quantised-from",
    "is pruned from": "pruned-from",
    "is fine-tuned from": "fine-tuned-from",
    "is a fine-tune of": "fine-tuned-from",
    "is an adapter of": "adapter-of",
    "is merged from": "merged-from",
    "is a merge of": "merged-from",
    "is distilled from": "distilled-from",
    "is a distillate of": "distilled-from",
    "is taught by": "distilled-from",
    "was taught by": "distilled-from",
    "is trained on outputs of": "trained-on-outputs-of",
    "was trained on outputs of": "trained-on-outputs-of",
    "is made by": "developer",
    "is developed by": "developer",
    "is licensed under": "licence",
    "is under": "licence",
    "is served by": "served",
    "is listed on": "listed",
    "listed-on": "listed",
    "is owned by": "owned",
    "owned-by": "owned",
}
"""How a sentence may say it → a relation of lineage, or a `Part`."""
_SAID: Mapping[str, str] = {r: p for p, r in reversed(list(_PHRASES.items())) if p.startswith("is ")}
"""How a supposition is told again, in words that are understood when a record is replayed."""

_SENTENCE = re.compile(
    r"^\s*(?P<subject>\S.*?)\s+(?P<phrase>"
    + "|".join(re.escape(p) for p in sorted(_PHRASES, key=len, reverse=True))
    + r")\s+(?P<object>\S.*?)\s*$",
    re.IGNORECASE,
)
_ANSWER = re.compile(r"^\s*(?P<fact>[a-z0-9-]+)\s*=\s*(?P<value>\S+)\s*$")
_PERCENT = re.compile(r"^(?P<holder>\S+)\s+(?:to\s+)?(?P<percent>\d+(?:\.\d+)?)\s*(?:%|per cent|percent)$")
_WORDS: Mapping[str, bool] = {"yes": True, "true": True, "no": False, "false": False}
_SINCE = "1900-01-01"
_HOW = (
    "`MODEL is a fine-tune of MODEL`, `MODEL is made by DEVELOPER`, `MODEL is licensed under LICENCE`, "
    "`MODEL is served by PROVIDER`, `DEVELOPER is listed on LIST`, `DEVELOPER is owned by DEVELOPER 50%` "
    "or `QUESTION = yes`"
)
_LONGEST = 400
_HERE = SourceNote(url="docs/methods/assess.md#suppositions", kind="documentation")


class Supposed(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be taken as given.

    Attributes:
        words: Each supposition as one plain sentence.
        claims: Lineage, with the basis `supposed`.
        references: Catalogue entries that those claims point to.
        licences: Model id → catalogue id of the licence.
        providers: Model id → catalogue id of who serves it.
        facts: Answers of the profile.
        entries: Developer id → entries on lists.
        stakes: Developer id → shares held in it.
    """

    words: tuple[str, ...] = ()
    claims: tuple[Claim, ...] = ()
    references: tuple[Reference, ...] = ()
    licences: Mapping[str, str] = {}
    providers: Mapping[str, str] = {}
    facts: Mapping[str, Answer] = {}
    entries: Mapping[str, tuple[ListEntry, ...]] = {}
    stakes: Mapping[str, tuple[Stake, ...]] = {}

    def models(self, models: Iterable[Model]) -> tuple[Model, ...]:
        """The inventory, with the licences that are supposed. Ids do not change."""
        return tuple(
            msgspec.structs.replace(m, licence=self.licences[m.id]) if m.id in self.licences else m
            for m in models
        )

    def uses(self, uses: Iterable[Use]) -> tuple[Use, ...]:
        """The uses, with the operators that are supposed. Ids do not change."""
        return tuple(
            msgspec.structs.replace(
                use, endpoint=Endpoint(provider=self.providers[use.model], basis="declared")
            )
            if use.model in self.providers
            else use
            for use in uses
        )

    def overlay(self) -> Scenario | None:
        """Facts and list entries as an overlay below every scenario; None where neither is supposed."""
        if not self.facts and not self.entries:
            return None
        return Scenario(
            id="supposed",
            title="Supposed",
            description=" ".join(self.words),
            order=0,
            set_facts=dict(self.facts),
            add_list_entries=dict(self.entries),
            sources=(_HERE,),
            checked_on=_SINCE,
            next_check="9999-12-31",
            confidence="low",
            why_low="it is supposed",
        )


NOTHING_SUPPOSED = Supposed()
"""What is, and nothing besides."""


def suppose(sentences: Iterable[str], models: Iterable[Model], lookup: Lookup) -> Supposed:
    """What do these sentences ask to take as given?

    Args:
        sentences: As the user wrote them.
        models: The inventory that they speak of.
        lookup: The knowledge base.

    Raises:
        UsageError: a sentence that is not understood, or that names nothing that exists; with the nearest
            name.
    """
    reader = _Reader(tuple(models), lookup)
    for sentence in sentences:
        reader.read(sentence)
    return reader.supposed()


class _Reader:
    def __init__(self, models: tuple[Model, ...], lookup: Lookup) -> None:
        self._models = models
        self._lookup = lookup
        self._catalogue = lookup.catalogue
        self._words: list[str] = []
        self._claims: list[Claim] = []
        self._references: dict[str, Reference] = {}
        self._licences: dict[str, str] = {}
        self._providers: dict[str, str] = {}
        self._facts: dict[str, Answer] = {}
        self._entries: dict[str, tuple[ListEntry, ...]] = {}
        self._stakes: dict[str, tuple[Stake, ...]] = {}

    def supposed(self) -> Supposed:
        return Supposed(
            words=tuple(dict.fromkeys(self._words)),
            claims=tuple(self._claims),
            references=tuple(self._references.values()),
            licences=self._licences,
            providers=self._providers,
            facts=self._facts,
            entries=self._entries,
            stakes=self._stakes,
        )

    def read(self, sentence: str) -> None:
        answer = _ANSWER.match(sentence)
        if answer:
            self._answer(answer["fact"], answer["value"])
            return
        told = _SENTENCE.match(sentence) if len(sentence) <= _LONGEST else None
        if told is None:
            raise UsageError(
                f"{printable(sentence, 80)!r} is not understood", subject="--suppose", hint="write " + _HOW
            )
        means = _PHRASES[told["phrase"].lower()]
        parts: Mapping[str, Callable[[str, str], None]] = {
            "developer": self._developer,
            "licence": self._licence,
            "served": self._served,
            "listed": self._listed,
            "owned": self._owned,
        }
        if means in parts:
            parts[means](told["subject"], told["object"])
        else:
            self._lineage(told["subject"], means, told["object"])

    def _answer(self, fact: str, value: str) -> None:
        question = self._catalogue.questions.get(fact)
        if question is None:
            raise _no("question", fact, list(self._catalogue.questions))
        given: Answer | None = _WORDS.get(value.lower()) if question.answer == "yes-no" else _number(value)
        if given is None:
            wanted = "yes or no" if question.answer == "yes-no" else f"a number, in {question.unit}"
            raise UsageError(
                f"{value!r} is no answer to {fact!r}", subject="--suppose", hint=f"write {wanted}"
            )
        if self._facts.setdefault(fact, given) != given:
            raise UsageError(f"{fact!r} is supposed twice, with two answers", subject="--suppose")
        self._words.append(f"{fact} = {value.lower()}")

    def _lineage(self, subject: str, relation: str, ancestor: str) -> None:
        model = self._model(subject)
        target, title = self._ancestor(ancestor)
        if target == model.id:
            raise UsageError(f"{model.name} cannot descend from itself", subject="--suppose")
        self._claim(model, msgspec.convert(relation, Relation), target)
        self._words.append(f"{model.name} {_SAID.get(relation, relation)} {title}")

    def _developer(self, subject: str, developer: str) -> None:
        model = self._model(subject)
        reference = self._lookup.developer_reference(self._maker(developer))
        self._references[reference.id] = reference
        self._claim(model, "same-as", reference.id)
        self._words.append(f"{model.name} is made by {reference.title}")

    def _claim(self, model: Model, relation: Relation, target: str) -> None:
        self._claims.append(
            Claim(subject=model.id, relation=relation, object=target, basis="supposed", direction="declared")
        )

    def _licence(self, subject: str, licence: str) -> None:
        model = self._model(subject)
        known_licences = {
            name.lower(): i for i, r in self._catalogue.licences.items() for name in (i, r.title)
        }
        ident = known_licences.get(licence.lower())
        if ident is None:
            raise _no("licence", licence, list(self._catalogue.licences))
        self._licences[model.id] = ident
        self._words.append(f"{model.name} is licensed under {self._catalogue.licences[ident].title}")

    def _served(self, subject: str, provider: str) -> None:
        model = self._model(subject)
        ident = provider.lower()
        if ident not in {*self._catalogue.providers, "self"}:
            raise _no("provider", provider, [*self._catalogue.providers, "self"])
        self._providers[model.id] = ident
        self._words.append(f"{model.name} is served by {ident}")

    def _listed(self, subject: str, listing: str) -> None:
        developer = self._maker(subject)
        lists = sorted(_known_lists(self._lookup))
        if listing not in lists:
            raise _no("list that a rule asks for", listing, lists)
        entry = ListEntry(list=listing, since=_SINCE, name=f"{developer} (supposed)")
        self._entries[developer] = (*self._entries.get(developer, ()), entry)
        self._words.append(f"{self._catalogue.developers[developer].title} is listed on {listing}")

    def _owned(self, subject: str, holder: str) -> None:
        sized = _PERCENT.match(holder)
        owned, owner = self._maker(subject), self._maker(sized["holder"] if sized else holder)
        percent = float(sized["percent"]) if sized else 100.0
        if not 0 < percent <= 100 or owned == owner:
            raise UsageError(f"{owner} cannot hold {percent:g} % of {owned}", subject="--suppose")
        self._stakes[owned] = (*self._stakes.get(owned, ()), Stake(holder=owner, percent=percent))
        self._words.append(f"{self._catalogue.developers[owned].title} is owned to {percent:g} % by {owner}")

    def _model(self, name: str) -> Model:
        """The model of the inventory with this id or name, or with this last part of its name alone."""
        low = name.lower()
        by_id = [m for m in self._models if m.id == name]
        by_name = [m for m in self._models if m.name.lower() == low]
        by_last_part = [m for m in self._models if m.name.lower().rpartition("/")[2] == low]
        found = by_id or by_name or by_last_part
        if len(found) == 1:
            return found[0]
        if found:
            raise UsageError(
                f"{len(found)} models are called {name!r}",
                subject="--suppose",
                hint="name one by its id: " + ", ".join(m.id for m in found[:6]),
            )
        raise _no("model in this document", name, self._names())

    def _maker(self, name: str) -> str:
        low = name.lower()
        for ident, record in self._catalogue.developers.items():
            names = (ident, record.title, *record.aliases, *record.hub_orgs, *record.legal_entities)
            if low in {n.lower() for n in names}:
                return ident
        raise _no("developer", name, list(self._catalogue.developers))

    def _ancestor(self, name: str) -> tuple[str, str]:
        """The node and title of what is meant; a developer's name leaves open which of its models."""
        reference = self._entry(name)
        if reference is not None:
            self._references[reference.id] = reference
            return reference.id, reference.title
        low = name.lower()
        named = [m for m in self._models if low in {m.id, m.name.lower(), m.name.lower().rpartition("/")[2]}]
        if not named:
            tables = (self._catalogue.models, self._catalogue.families, self._catalogue.developers)
            raise _no("model or developer", name, [*(i for t in tables for i in t), *self._names()])
        model = self._model(name)
        return model.id, model.name

    def _names(self) -> list[str]:
        return sorted({m.name for m in self._models})

    def _entry(self, name: str) -> Reference | None:
        catalogue, low = self._catalogue, name.lower()
        for table in (catalogue.models, catalogue.families, catalogue.datasets):
            if low in table:
                return self._lookup.reference(low)
        try:
            return self._lookup.developer_reference(self._maker(name))
        except UsageError:
            pass
        identity = self._lookup.identify(name)
        ident = known(identity.model) or known(identity.family)
        if ident is not None:
            return self._lookup.reference(ident)
        developer = known(identity.developer) if "/" in name else None
        return self._lookup.developer_reference(developer) if developer is not None else None


def _known_lists(lookup: Lookup) -> set[str]:
    return {*LISTS, *(e.list for d in lookup.catalogue.developers.values() for e in d.lists)}


def _number(text: str) -> float | None:
    try:
        value = float(text.replace(",", "").replace("_", ""))
    except ValueError:
        return None
    return value if 0 <= value < float("inf") else None


def _no(what: str, name: str, among: list[str]) -> UsageError:
    low = {word.lower(): word for word in among}
    guess = nearest(name.lower(), list(low))
    hint = f"did you mean {low[guess]!r}?" if guess else ""
    return UsageError(f"there is no {what} {printable(name, 80)!r}", subject="--suppose", hint=hint)
