"""Who the user is: the facts about them that rules ask for, and the risks that they accepted."""

from __future__ import annotations

from typing import Literal

import msgspec

from gauger.core.judgement import LegalReading

Answer = bool | int | float
"""What a profile answers to a question: yes or no, or a number."""


class AcceptedRisk(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A finding or outcome that somebody answers for.

    Attributes:
        rule: The finding's rule, or `instrument:<id>`.
        subject: The model's name or a path, as in the report.
        owner: Who accepted it.
        reason: Why.
        expires: ISO date; after it the acceptance no longer counts.
        dossier: `sha256:…` of the decisions or finding that were accepted, as `gauger accept` prints it; when
            they say something else today, the acceptance is reported as outdated. Empty where not noted.
    """

    rule: str
    subject: str
    owner: str
    reason: str
    expires: str
    dossier: str = ""


class Ruling(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Counsel's decision on a point on which a text is silent.

    Attributes:
        instrument: Catalogue id: `us.ndaa26.1532`.
        form: The form of a model on which the text says nothing: `fine-tune`, `distillate`, …
        held: What the silence was held to mean.
        by: Who decided, with the role: `J. Osei, General Counsel`.
        on: ISO date of the decision; it counts from that day.
        because: The reason.
        review: ISO date on which it is looked at again; empty where none was set. After it the ruling still
            counts, and a finding says that the review is overdue.
    """

    instrument: str
    form: str
    held: Literal["reached", "not-reached"]
    by: str
    on: str
    because: str = ""
    review: str = ""


class Modification(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="kebab"):
    """How much compute the user spent on changing somebody's model.

    Attributes:
        model: The name in the report: of the model that came out, or of the one that was trained further.
        parameters: Of the model that was trained; with `tokens` it gives 6 × parameters × tokens.
        tokens: That were trained on, every pass counted.
        flop: Floating-point operations, where they were counted in another way; used instead.
        original: Name of the model that was changed, where lineage does not lead to it.
        original-flop: Compute of the original's training, where the catalogue does not record it.
        systemic-risk: Is the original a model with systemic risk? Decides only where its compute is unknown.
    """

    model: str
    parameters: float | None = None
    tokens: float | None = None
    flop: float | None = None
    original: str = ""
    original_flop: float | None = None
    systemic_risk: bool | None = None


class Profile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="kebab"):
    """The contents of `gauger.yaml`. What it does not say is unknown, never "no".

    Attributes:
        organisation: A name for the report's head.
        country: ISO 3166-1 alpha-2 code of the seat.
        jurisdictions: Codes of all places whose law applies to the user (`GB`, `EU`, `US-TX`). A part implies
            the whole: `US-TX` is in the `US`.
        sector: `insurance`, `defence`, `public`, … free text, for the report.
        facts: Answers to the questions that instruments ask of the user, by ident: `us-dod-contractor: no`,
            `monthly-active-users: 20000`. The catalogue lists all idents; an unknown one fails.
        endpoints-allowed: Providers or hosts that calls may go to; empty: no rule.
        reading: Which reading decides the exit code and the first screen.
        scenarios: Catalogue ids of the scenarios to look at; empty: all.
        accepted: Risks that somebody answers for.
        rulings: Points of law that counsel has decided, where a text is silent.
        modifications: Compute that the user spent on changing models, for the AI Act's third.
        ignore: Patterns, as in `.gitignore`, of what the scan leaves out.
        lists: Folder of the sanctions and trade lists that the user fetched, relative to this file; where it
            is not named, `gauger-lists` beside this file.
    """

    organisation: str = ""
    country: str = ""
    jurisdictions: tuple[str, ...] = ()
    sector: str = ""
    facts: dict[str, Answer] = {}
    endpoints_allowed: tuple[str, ...] = ()
    reading: LegalReading = "cautious"
    scenarios: tuple[str, ...] = ()
    accepted: tuple[AcceptedRisk, ...] = ()
    rulings: tuple[Ruling, ...] = ()
    modifications: tuple[Modification, ...] = ()
    ignore: tuple[str, ...] = ()
    lists: str = ""
