"""The calendar of a dossier: what changes on which day without anybody doing anything."""

from __future__ import annotations

from gauger.assess.calendar_of import record_turns, verdict_turns
from gauger.assess.questions import put_questions
from gauger.assess.suppose import suppose
from gauger.catalogue.query import Lookup
from gauger.core.calendar import Calendar
from gauger.core.dossier import Dossier
from gauger.flows.question import Question


def calendar(judged: Dossier, lookup: Lookup, question: Question) -> Calendar:
    """On which days does something change for this stack?

    Args:
        judged: The dossier, judged for the question.
        lookup: The knowledge base with which it was judged.
        question: Date, profile, scenarios and lists.
    """
    profile = question.profile
    questions = put_questions(
        judged.models_in_use,
        judged.uses,
        judged.claims,
        judged.references,
        catalogue=lookup.catalogue,
        profile=profile,
        as_of=question.as_of,
        scenarios=question.scenarios or profile.scenarios,
        supposed=suppose(question.suppositions, judged.models_in_use, lookup),
        lists=question.lists,
    )
    real = {s.key for s in judged.scenarios if not s.hypothetical}
    decisions = [d for d in judged.decisions if real.intersection(case.scenario for case in d.cases)]
    turns = (
        *verdict_turns(questions, question.as_of, profile.reading),
        *record_turns(profile, judged.instruments, decisions, judged.models, question.as_of),
    )
    return Calendar(
        target=judged.target,
        as_of=question.as_of,
        reading=profile.reading,
        catalogue=lookup.catalogue.version,
        catalogue_digest=judged.catalogue.digest,
        scenarios={s.key: s.title for s in judged.scenarios},
        turns=tuple(sorted(turns, key=lambda t: (t.date, t.kind, t.subject, t.models, t.scenarios))),
    )
