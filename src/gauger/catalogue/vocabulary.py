"""Which words may stand in an instrument's conditions: the closed vocabulary of rules, documented.

The words live here and not beside the engine, so that the linter of the knowledge base can name the nearest
right one. `gauger.assess.predicates` gives each its meaning; a contract test holds the two sets equal, and
another that `docs/reference/predicates.md` has a section for each.
"""

from __future__ import annotations

from typing import Literal

import msgspec

Scope = Literal["profile", "model"]
Argument = Literal[
    "flag",
    "question",
    "countries",
    "places",
    "developers",
    "families",
    "licences",
    "lists",
    "providers",
    "forms",
    "relations",
    "roles",
    "figure",
    "stake-of",
    "stake-of-listed",
]
"""What a predicate takes: `true`, one question ident, or a list of words of the named kind. The last three
take a mapping: `figure` a question that asks for a number, and a `value`; `stake-of` some `developers`, and
`stake-of-listed` some `lists`, and a `percent`."""

FORMS: tuple[str, ...] = (
    "app",
    "api",
    "hosted",
    "weights",
    "quantised",
    "adapter",
    "fine-tune",
    "merge",
    "distillate",
)
"""In which form a model is reached. `api`: the developer's own service. `hosted`: the developer's model,
served by somebody else (a cloud, a reseller). The others: copies of the weights, and what is made of them."""

LISTS: tuple[str, ...] = (
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
    "us.1260h",
    "us.daamta",
    "us.ndaa26.1532",
    "us.texas",
    "uk.sanctions",
    "eu.sanctions",
)
"""Official lists that a rule may name before any developer of the catalogue is on them. A list on which a
record puts somebody may be named as well."""

COMBINATORS: tuple[str, ...] = ("all", "any", "not")
"""How conditions join; a node with several keys means all of them."""


class Word(msgspec.Struct, frozen=True, kw_only=True):
    """One predicate.

    Attributes:
        ident: As written in YAML.
        scope: `profile` (facts about the user; allowed everywhere) or `model` (facts about one line of
            descent of a model; not allowed in `binds`).
        argument: What it takes.
        question: What it asks, with `{}` for the argument; the text of a derivation's step.
        unknown_when: When the answer is unknown rather than no.
    """

    ident: str
    scope: Scope
    argument: Argument
    question: str
    unknown_when: str


WORDS: tuple[Word, ...] = (
    Word(
        ident="always",
        scope="profile",
        argument="flag",
        question="Does it hold for everybody?",
        unknown_when="never",
    ),
    Word(
        ident="fact",
        scope="profile",
        argument="question",
        question="Is the profile's answer to `{}` yes?",
        unknown_when="the profile does not answer, and no jurisdiction of the user implies the answer",
    ),
    Word(
        ident="at-least",
        scope="profile",
        argument="figure",
        question="Is the profile's answer to `{}` or more?",
        unknown_when="the profile does not give the number",
    ),
    Word(
        ident="above",
        scope="profile",
        argument="figure",
        question="Is the profile's answer to `{}` exceeded?",
        unknown_when="the profile does not give the number",
    ),
    Word(
        ident="jurisdiction",
        scope="profile",
        argument="places",
        question="Is the user under the law of {}?",
        unknown_when="the profile lists no jurisdictions, or only `EU` or `US` where one state is asked for",
    ),
    Word(
        ident="developer",
        scope="model",
        argument="developers",
        question="Is the developer, or a company that owns it, one of {}?",
        unknown_when="the developer is not known",
    ),
    Word(
        ident="developer-country",
        scope="model",
        argument="countries",
        question="Is the developer, or a company that owns it, seated in {}?",
        unknown_when="the developer or its seat is not known",
    ),
    Word(
        ident="listed-on",
        scope="model",
        argument="lists",
        question="Is the developer, or a company that owns it, published on {} on that day?",
        unknown_when="the developer is not known",
    ),
    Word(
        ident="list-entry-pending",
        scope="model",
        argument="lists",
        question="Was an entry of the developer on {} approved but not published?",
        unknown_when="the developer is not known",
    ),
    Word(
        ident="owned-by",
        scope="model",
        argument="stake-of",
        question="Do {} hold at least that much of the developer, directly or through others?",
        unknown_when="the developer is not known, or a stake is reported without its size",
    ),
    Word(
        ident="owned-by-listed",
        scope="model",
        argument="stake-of-listed",
        question="Do companies published on {} hold at least that much of the developer, taken together?",
        unknown_when="the developer is not known, or a stake is reported without its size",
    ),
    Word(
        ident="family",
        scope="model",
        argument="families",
        question="Does it belong to the family {}?",
        unknown_when="the developer is not known, or the family is not and its developer makes one of them",
    ),
    Word(
        ident="licence",
        scope="model",
        argument="licences",
        question="Does it come under the licence {}?",
        unknown_when="the licence of a known developer's model is not known and the developer has used one of"
        " them; `licence-known` asks about all the others",
    ),
    Word(
        ident="licence-known",
        scope="model",
        argument="flag",
        question="Is the licence known to the catalogue?",
        unknown_when="the licence is not declared, or declared in words that the catalogue does not know",
    ),
    Word(
        ident="commercial-terms-known",
        scope="model",
        argument="flag",
        question="Is it recorded whether the licence allows commercial use?",
        unknown_when="the licence is known and its record does not say (`licence-known` asks about others)",
    ),
    Word(
        ident="outputs-terms-known",
        scope="model",
        argument="flag",
        question="Is it recorded whether outputs may train another model?",
        unknown_when="the licence or terms are not known, or their record does not say",
    ),
    Word(
        ident="service-terms",
        scope="model",
        argument="licences",
        question="Is the model, or the teacher of it, called through a provider whose terms are {}?",
        unknown_when="never: providers without recorded terms are told as a gap, and "
        "`service-outputs-known` asks about them where outputs train",
    ),
    Word(
        ident="service-outputs-known",
        scope="model",
        argument="flag",
        question="Is it recorded whether each provider of the service lets outputs train another model?",
        unknown_when="the address that a call goes to could not be resolved, the provider's terms are not "
        "recorded, or their record does not say",
    ),
    Word(
        ident="origin-known",
        scope="model",
        argument="flag",
        question="Is it known who developed the model?",
        unknown_when="the name is not in the catalogue and no observation identifies the weights",
    ),
    Word(
        ident="open-weights",
        scope="model",
        argument="flag",
        question="Were the weights published?",
        unknown_when="the family is not known",
    ),
    Word(
        ident="self-hosted",
        scope="model",
        argument="flag",
        question="Does it run on the user's own machines?",
        unknown_when="the address that a call goes to could not be resolved",
    ),
    Word(
        ident="provider",
        scope="model",
        argument="providers",
        question="Is it served by {}?",
        unknown_when="the address that a call goes to could not be resolved",
    ),
    Word(
        ident="provider-country",
        scope="model",
        argument="countries",
        question="Is it served by an operator seated in {}?",
        unknown_when="the address that a call goes to could not be resolved",
    ),
    Word(
        ident="relation",
        scope="model",
        argument="relations",
        question="Is the line of descent one of {}?",
        unknown_when="it is only hinted at, by a shared tokenizer or structure: it may turn out to be any",
    ),
    Word(
        ident="modification-above-a-third",
        scope="model",
        argument="flag",
        question="Did the user spend more than a third of the original's training compute on changing it?",
        unknown_when="the user made or trains it, and the profile's `modifications` do not give the numbers",
    ),
    Word(
        ident="role",
        scope="model",
        argument="roles",
        question="Does the stack use it, or a model that holds its weights, as {}?",
        unknown_when="it is only hinted at, by a shared tokenizer or structure",
    ),
)
"""In the order of the reference page."""

BY_IDENT: dict[str, Word] = {word.ident: word for word in WORDS}
