"""The record types of the knowledge base: one YAML file a thing, every fact sourced and dated.

The folder below `data/` names the type; the file's `id` is its name in every other record. See
`docs/how-to/add-an-instrument.md` for how a person adds one, and `gauger catalogue lint` for what is checked.
"""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from gauger.core.profile import Answer

Confidence = Literal["high", "medium", "low"]
SourceKind = Literal["primary", "law-firm", "press", "secondary", "package", "documentation"]


class Entry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="kebab"):
    """Base of all record types that have their own file; YAML keys are written `like-this`."""


class SourceNote(Entry, frozen=True, kw_only=True):
    """Where a fact was read.

    Attributes:
        url: A public address, or `package:NAME==VERSION` for a file read from a package.
        read-on: ISO date; empty where the address was not opened: such a source only says where to look, and
            supports nothing by itself.
        kind: What sort of source it is. Two independent press sources, or one primary, make `high`.
        note: What exactly it supports, where that is not plain.
    """

    url: str
    read_on: str = ""
    kind: SourceKind
    note: str = ""


class Checked(Entry, frozen=True, kw_only=True):
    """What every record carries about its own age.

    Attributes:
        sources: At least one.
        checked-on: ISO date on which a person last compared the record with its sources.
        next-check: ISO date; after it every report shows the record as stale.
        confidence: `low` needs a `why-low`.
        why-low: Why the record stands although its sources are weak.
    """

    sources: tuple[SourceNote, ...]
    checked_on: str
    next_check: str
    confidence: Confidence
    why_low: str = ""


class ListEntry(Entry, frozen=True, kw_only=True):
    """A developer's entry on an official list.

    Attributes:
        list: `us.entity-list`, `us.1260h`, `us.texas`, `us.ofac-sdn`, `uk.sanctions`, …
        since: ISO date (`2025-01` where only the month is known).
        until: ISO date, or empty while it stands.
        name: The name on the list.
        status: `listed`, or `approved-unpublished`.
    """

    list: str
    since: str
    until: str = ""
    name: str = ""
    status: Literal["listed", "approved-unpublished"] = "listed"


class Stake(Entry, frozen=True, kw_only=True):
    """A share that somebody holds in a company.

    Attributes:
        holder: Developer id of the holder.
        percent: Of votes or capital, 0 to 100; None where a stake is reported and its size is not known.
        since: ISO date or month; empty where not known.
        until: ISO date, or empty while it is held.
        source: Which of the record's sources says so.
    """

    holder: str
    percent: float | None = None
    since: str = ""
    until: str = ""
    source: str = ""


class Developer(Checked, frozen=True, kw_only=True):
    """Who makes models. A publisher of other people's models has `repackager: true`.

    Attributes:
        id: `deepseek`, `qwen`, `meta`.
        title: Name for people.
        legal-entities: Full legal names.
        country: ISO 3166-1 alpha-2 of the seat.
        parents: Ids of owning developers or companies in this catalogue.
        owners: Names of owners that are not in this catalogue.
        stakes: Reported shares held by developers or companies of this catalogue, controlling or not. A
            parent controls, whatever its share.
        identifiers: Numbers under which registers and lists know the entity: `lei:…`, `uscc:…` (China's
            unified social credit code), `us.ofac-sdn:…`; matched exactly.
        hub-orgs: Organisation names on model hubs, exact, any case.
        name-prefixes: Beginnings of bare model names that no other developer uses (`kimi-`, `deepseek-`),
            lower case, matched only at the start and only where a model name is expected.
        aliases: Other spellings, Chinese script included; matched exactly.
        domains: Web domains of the developer's own.
        lists: Entries on official lists.
        repackager: Publishes other developers' models (quantised, converted).
    """

    id: str
    title: str
    country: str
    legal_entities: tuple[str, ...] = ()
    parents: tuple[str, ...] = ()
    owners: tuple[str, ...] = ()
    stakes: tuple[Stake, ...] = ()
    identifiers: tuple[str, ...] = ()
    hub_orgs: tuple[str, ...] = ()
    name_prefixes: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    domains: tuple[str, ...] = ()
    lists: tuple[ListEntry, ...] = ()
    repackager: bool = False


class Derivation(Entry, frozen=True, kw_only=True):
    """A sourced statement about where a catalogue model comes from.

    Attributes:
        relation: One of `gauger.core.lineage.Relation`.
        parent: Id of a family, a model or a data set of the catalogue.
        source: Which of the record's sources says so: an address that was read. Empty where none was, and
            then the record's confidence is `low`. That a list of names has the model supports no descent.
    """

    relation: str
    parent: str
    source: str = ""


Task = Literal["text", "code", "embedding", "reranking", "vision", "speech", "image", "video", "translation"]
"""What a model is for. `vision`: reads pictures. `image` and `video`: makes them."""


class Family(Checked, frozen=True, kw_only=True):
    """A line of models by one developer that share a name and, mostly, a licence.

    Attributes:
        id: `qwen2.5`, `deepseek-v3`, `llama-3.1`.
        title: `Qwen2.5`.
        developer: Id.
        released: ISO date or month of the first release.
        licence: Catalogue id of the usual licence; empty where it differs by model or is not known.
        names: Patterns of names, `fnmatch` style, lower case, matched against the whole bare name (after
            organisation and tag were taken off): `qwen2.5-*`, `deepseek-v3*`. The longest match wins.
        tokenizer: Id of its tokenizer record, or empty.
        derivations: What is known of the whole line.
        open-weights: Whether weights were published.
        parameters: Sizes that were published, in billions of parameters; empty where not recorded.
        tasks: What its models are for; empty where not recorded.
        training-flop: Compute of the original training, in floating-point operations, where published.
    """

    id: str
    title: str
    developer: str
    released: str = ""
    licence: str = ""
    names: tuple[str, ...] = ()
    tokenizer: str = ""
    derivations: tuple[Derivation, ...] = ()
    open_weights: bool = True
    parameters: tuple[float, ...] = ()
    tasks: tuple[Task, ...] = ()
    training_flop: float | None = None


class CatalogueModel(Checked, frozen=True, kw_only=True):
    """One published model, where it differs from its family or its lineage is known.

    Attributes:
        id: `deepseek-r1-distill-qwen-7b`.
        title: `DeepSeek-R1-Distill-Qwen-7B`.
        developer: Id of who trained it.
        family: Id, or empty.
        names: Exact names by which it is called: `deepseek-ai/DeepSeek-R1-Distill-Qwen-7B`,
            `deepseek-r1:7b`. Compared without regard to case.
        licence: Catalogue id, or empty.
        derivations: Its parents and teachers.
        form: Its form where it is not plain weights.
        parameters: In billions; None where not recorded.
        training-flop: Compute of its training, in floating-point operations, where published.
    """

    id: str
    title: str
    developer: str
    family: str = ""
    names: tuple[str, ...] = ()
    licence: str = ""
    derivations: tuple[Derivation, ...] = ()
    form: str = "weights"
    parameters: float | None = None
    training_flop: float | None = None


class DataSet(Checked, frozen=True, kw_only=True):
    """A data set known to hold outputs of a model.

    Attributes:
        id: `openthoughts-114k`.
        title: Its name.
        names: Hub names, exact, any case.
        generated-by: Ids of models or families whose outputs it holds.
        licence: What its card says.
    """

    id: str
    title: str
    names: tuple[str, ...]
    generated_by: tuple[str, ...]
    licence: str = ""


class Provider(Checked, frozen=True, kw_only=True):
    """Who answers API calls.

    Attributes:
        id: `deepseek`, `openrouter`, `aws-bedrock`.
        title: Name for people.
        developer: Id of the developer, where it serves (mostly) its own models; empty for a reseller.
        country: Seat of the operator.
        hosts: Host names or `*.suffix` patterns, lower case.
        env-keys: Environment names of its credentials.
        sdks: Client names that talk to it unless told otherwise: `openai.OpenAI`, `anthropic.Anthropic`,
            `@ai-sdk/deepseek`.
        prefixes: Routing prefixes in LiteLLM and like routers: `moonshot/`, `deepseek/`.
        kind: `developer` (own models), `reseller` (others' models), `cloud`, `router`.
        serves-others: A developer's platform that offers other developers' models as well, so that its
            address or credential alone does not tell whose model is called.
        terms: Catalogue id of the terms under which it serves; empty where nobody has recorded them.
    """

    id: str
    title: str
    country: str
    kind: Literal["developer", "reseller", "cloud", "router"]
    serves_others: bool = False
    terms: str = ""
    developer: str = ""
    hosts: tuple[str, ...] = ()
    env_keys: tuple[str, ...] = ()
    sdks: tuple[str, ...] = ()
    prefixes: tuple[str, ...] = ()


class TokenizerReference(Checked, frozen=True, kw_only=True):
    """Digests and a compact sketch of a family's tokenizer; never the vocabulary itself.

    Made by `scripts/tokenizers.py` from packages; the method is in `docs/methods/tokenizer.md`.

    Attributes:
        id: `qwen2`, `llama3`.
        title: For people.
        families: Ids of families that use it.
        developer: Id of who made it.
        kind: `bpe`, `unigram`, `wordpiece`, `rank-bpe`.
        pieces: Size of the base vocabulary.
        vocabulary-sha256: Over the base vocabulary in id order; empty where no package holds the vocabulary
            and only pre-tokenizer, special tokens and template are known.
        merges-sha256: Over the whole merge list; empty where there is none.
        special: Added tokens that are telling, as text.
        special-ids: Their numbers, in the same order; empty where the numbers are not known.
        templates: Chat templates published with it: name → SHA-256 of the text, a colon, and base64 of a
            sketch; see the method page.
        pre: GGUF pre-tokenizer names that belong to it.
        declared-classes: `tokenizer_class` names that belong to it.
        sketch: Base64 of the weighted sketch; see the method page.
        built-on: Id of another tokenizer whose vocabulary it extends, or empty.
    """

    id: str
    title: str
    families: tuple[str, ...] = ()
    developer: str
    kind: str
    pieces: int
    vocabulary_sha256: str
    merges_sha256: str = ""
    special: tuple[str, ...] = ()
    special_ids: tuple[int, ...] = ()
    templates: dict[str, str] = {}
    pre: tuple[str, ...] = ()
    declared_classes: tuple[str, ...] = ()
    sketch: str = ""
    built_on: str = ""


class StructureReference(Checked, frozen=True, kw_only=True):
    """Sizes of a published model's architecture.

    Attributes:
        id: `qwen2.5-7b`.
        title: For people.
        models: Names of the models that have it, several developers' where they share it.
        families: Ids of families.
        developer: Id.
        model-type: `qwen2`, `llama`, `bert`.
        sizes: Named numbers in Hugging Face's spelling: `hidden_size`, `num_hidden_layers`,
            `num_attention_heads`, `num_key_value_heads`, `intermediate_size`, `vocab_size`, `rope_theta`, …
        shared-with: Titles of models of *other* families known to have the same sizes.
    """

    id: str
    title: str
    models: tuple[str, ...] = ()
    families: tuple[str, ...] = ()
    developer: str
    model_type: str
    sizes: dict[str, float]
    shared_with: tuple[str, ...] = ()


class Interval(Entry, frozen=True, kw_only=True):
    """When a rule is in force: from and including `from`, up to and excluding `until`.

    Attributes:
        from: ISO date.
        until: ISO date, or empty.
    """

    from_: str = msgspec.field(name="from")
    until: str = ""


Effect = Literal[
    "prohibit-use",
    "prohibit-procurement",
    "prohibit-export-to",
    "block-dealings",
    "unlicensed",
    "attest",
    "disclose",
    "label",
    "name",
    "flow-down",
    "provider-duty",
    "duty",
    "warn",
    "identify",
]
"""What follows when a rule catches a model. prohibit-procurement: it may not be bought or supplied.
prohibit-export-to: others may not send controlled goods to the developer; by itself no ban on use.
block-dealings: no payment to, and no service from, the developer. provider-duty: the user becomes a provider
with duties of their own. warn, identify: advice, or a name on a list; nobody is bound by that alone."""

InstrumentStatus = Literal[
    "in-force",
    "scheduled",
    "dormant",
    "approved-unpublished",
    "proposed",
    "suspended",
    "asserted",
    "ended",
    "advisory",
    "hypothetical",
]
"""How a rule stands. dormant: enacted, and waits for an act of somebody. asserted: an authority says that it
is so, without a published text."""


class Duty(Entry, frozen=True, kw_only=True):
    """Something that must be done.

    Attributes:
        kind: label (mark the product), name (how a model must be called), attest, disclose, notice (keep or
            pass on a text), flow-down (bind who comes next), use-policy, agreement (ask the licensor),
            report, other.
        text: What exactly, one sentence, lower case at its start.
        when: In which case it has to be done; empty for always.
    """

    kind: Literal[
        "label",
        "name",
        "attest",
        "disclose",
        "notice",
        "flow-down",
        "use-policy",
        "agreement",
        "report",
        "other",
    ]
    text: str
    when: str = ""

    @property
    def told(self) -> str:
        """The duty as one line of a report."""
        return f"{self.kind}: {self.text}" + (f" ({self.when})" if self.when else "")


class Exemption(Entry, frozen=True, kw_only=True):
    """A case to which an instrument does not apply.

    Attributes:
        title: What it is, for people.
        kind: exemption (by the text itself), or waiver (somebody has to grant it).
        when: The condition; None for a waiver, and where the text cannot be put into one: then it is shown,
            and decides nothing.
        by: Who grants a waiver.
        purposes: For what a waiver may be granted.
    """

    title: str
    kind: Literal["exemption", "waiver"] = "exemption"
    when: dict[str, Any] | None = None
    by: str = ""
    purposes: tuple[str, ...] = ()


Cell = Literal["yes", "no", "silent"]
Condition = dict[str, Any]
"""A tree of `all`, `any`, `not` and named predicates; the engine checks its words (see docs)."""


class Instrument(Checked, frozen=True, kw_only=True):
    """A law, rule, directive, licence term or contract clause.

    Attributes:
        id: `us.ndaa26.1532.a3A`.
        title: For people.
        citation: How lawyers cite it.
        jurisdiction: ISO code (`US-TX` for a state of the US), or `contract`, or `licence`.
        quote: The decisive words, short.
        binds: Condition on facts of the profile: is this user bound at all?
        test: Condition on the model: is it the kind that the rule speaks of?
        reaches: For each form, whether the text reaches it; forms not named are `silent`.
        effect: What follows when it binds, tests true and reaches.
        exceptions: Cases to which it does not apply.
        force: Intervals; empty for one that was never in force. A suspension is a gap between two.
        status: How it stands, as a person last recorded it.
        duties: What must be done, for effects that are duties.
        consequence: One sentence for the report: what it means for the user.
        text-sha256: Digest of the official text that was compared, where one was read whole.
    """

    id: str
    title: str
    citation: str = ""
    jurisdiction: str
    quote: str = ""
    binds: Condition
    test: Condition
    reaches: dict[str, Cell]
    effect: Effect
    exceptions: tuple[Exemption, ...] = ()
    force: tuple[Interval, ...] = ()
    status: InstrumentStatus
    duties: tuple[Duty, ...] = ()
    consequence: str = ""
    text_sha256: str = ""


class Threshold(Entry, frozen=True, kw_only=True):
    """A limit in a licence, and what it takes above it.

    Attributes:
        question: Ident of a question that asks for a number: `monthly-active-users`.
        above: The limit itself is still allowed.
        then: What it takes. `agreement`: without one, nothing is licensed. Any other kind is a duty.
        quote: The decisive words, short.
    """

    question: str
    above: float
    then: Duty
    quote: str = ""


class Licence(Checked, frozen=True, kw_only=True):
    """What a licence or API term says, as far as it decides anything here.

    Attributes:
        id: `apache-2.0`, `llama-3.1`, `deepseek-la-1.0`.
        title: For people.
        spdx: SPDX id where there is one.
        outputs-training: May outputs train another model?
        outputs-quote: The decisive words, short.
        outputs-duties: What must be done with a model that was trained on outputs, where that is allowed at
        all
            (`conditional`).
        duties: What a user of the weights, or of the service, must do.
        excluded-territories: ISO codes whose users get no licence.
        territory-quote: The decisive words on territory, short.
        forbidden-when: Idents of profile questions; whoever answers one with yes gets no licence.
        forbidden-quote: The decisive words on that, short.
        thresholds: Limits above which more is asked.
        version: Which release of the text: a date or number.
        text-sha256: Digest of the text, white space folded to single blanks, UTF-8; empty where no text was
        at
            hand.
        commercial: Whether commercial use is granted.
        declared-as: Strings by which cards declare it: `apache-2.0`, `mit`.
    """

    id: str
    title: str
    spdx: str = ""
    outputs_training: Literal["yes", "conditional", "no-compete", "no", "unknown"]
    outputs_quote: str = ""
    outputs_duties: tuple[Duty, ...] = ()
    duties: tuple[Duty, ...] = ()
    excluded_territories: tuple[str, ...] = ()
    territory_quote: str = ""
    forbidden_when: tuple[str, ...] = ()
    forbidden_quote: str = ""
    thresholds: tuple[Threshold, ...] = ()
    version: str = ""
    text_sha256: str = ""
    commercial: Literal["yes", "limited", "no", "unknown"] = "unknown"
    declared_as: tuple[str, ...] = ()


class Scenario(Checked, frozen=True, kw_only=True):
    """What if the law were this: an overlay that adds or alters instruments, list entries or facts.

    Attributes:
        id: `today`, `s1-deepseek-entity-list`.
        title: A few words.
        description: One or two sentences.
        aliases: Short names for the command line: `S1`; any case.
        hypothetical: False only for the law as it stands.
        order: Place in the matrix.
        extends: Ids of scenarios that this one builds on, applied first.
        add-instruments: Whole instruments.
        alter-instruments: By id: fields to replace.
        add-list-entries: By developer id: entries to add.
        set-facts: Facts of the profile to set.
        trigger: What would bring it about, as far as it is written down somewhere.
    """

    id: str
    title: str
    description: str
    aliases: tuple[str, ...] = ()
    hypothetical: bool = True
    order: int
    extends: tuple[str, ...] = ()
    add_instruments: tuple[Instrument, ...] = ()
    alter_instruments: dict[str, dict[str, Any]] = {}
    add_list_entries: dict[str, tuple[ListEntry, ...]] = {}
    set_facts: dict[str, Answer] = {}
    trigger: str = ""


class Allegation(Checked, frozen=True, kw_only=True):
    """Who accused whom of distilling what, and the answer. Never evidence; decides nothing.

    Attributes:
        id: `anthropic-2026-02-deepseek`.
        accuser: Name.
        accused: Developer id.
        about: Ids of the models or families said to have been taught.
        teacher: Ids of the models or families said to have been used.
        statement: What is alleged, in our words.
        answer: What the accused answers, in our words, or `none found`.
        date: ISO date.
    """

    id: str
    accuser: str
    accused: str
    about: tuple[str, ...] = ()
    teacher: tuple[str, ...] = ()
    statement: str
    answer: str
    date: str


class ProfileQuestion(Checked, frozen=True, kw_only=True):
    """A fact about the user that instruments ask for.

    Attributes:
        id: `us-dod-contractor`.
        question: As asked of a person.
        who-knows: The role that can answer it.
        answer: What is asked for: yes or no, or a number.
        unit: Of the number: `users a month`, `US dollars a year`.
        implied-by-country: ISO codes for which a missing answer is taken as `true` from `jurisdictions`.
    """

    id: str
    question: str
    who_knows: str
    answer: Literal["yes-no", "number"] = "yes-no"
    unit: str = ""
    implied_by_country: tuple[str, ...] = ()
