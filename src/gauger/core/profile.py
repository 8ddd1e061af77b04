"""Who the user is: the facts about them that rules ask for, and the risks that they accepted."""

from __future__ import annotations

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
        dossier: `sha256:…` of the document on which the decision was made; empty where it was not noted.
    """

    rule: str
    subject: str
    owner: str
    reason: str
    expires: str
    dossier: str = ""


class Profile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="kebab"):
    """The contents of `gauger.yaml`. What it does not say is unknown, never "no".

    Attributes:
        organisation: A name for the report's head.
        country: ISO 3166-1 alpha-2 code of the seat.
        jurisdictions: Codes of all places whose law applies to the user (`GB`, `EU`, `US`).
        sector: `insurance`, `defence`, `public`, … free text, for the report.
        facts: Answers to the questions that instruments ask of the user, by ident: `us-dod-contractor: no`,
            `monthly-active-users: 20000`. The catalogue lists all idents; an unknown one fails.
        endpoints-allowed: Providers or hosts that calls may go to; empty: no rule.
        reading: Which reading decides the exit code and the first screen.
        scenarios: Catalogue ids of the scenarios to look at; empty: all.
        accepted: Risks that somebody answers for.
        ignore: Patterns, as in `.gitignore`, of what the scan leaves out.
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
    ignore: tuple[str, ...] = ()
