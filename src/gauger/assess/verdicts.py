"""Verdicts alone, without explanations: for questions about many models that nobody runs yet."""

from __future__ import annotations

import msgspec

from gauger.assess.memory import Memory
from gauger.assess.questions import Questions
from gauger.core.judgement import READINGS, LegalReading, Verdict, worst


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """How one model stands in one scenario under one reading.

    Attributes:
        verdict: The worst over all rules.
        rules: Ids of the rules that give it, in order; empty where it is clear.
        duties: What the rules that ask for something ask for, each once.
    """

    verdict: Verdict
    rules: tuple[str, ...] = ()
    duties: tuple[str, ...] = ()


def standings(questions: Questions, day: str, reading: LegalReading) -> dict[tuple[str, str], Standing]:
    """How does each model stand in each scenario? By model id and scenario id.

    The verdicts are those of `gauger.assess.assess.assess`; a test holds the two equal. About 2 µs a verdict.
    """
    memory, position = Memory(day), READINGS.index(reading)
    signed = [(subject.model.id, *memory.signed(subject.strands)) for subject in questions.subjects]
    found = {}
    for case in questions.cases:
        askings = memory.concerning(case.rules, case.user)
        for model, number, lines in signed:
            said = [
                (triple[position].verdict, asking.rule.instrument)
                for asking in askings
                if (triple := asking.answer(number, lines)) is not None
            ]
            verdict = worst(verdict for verdict, _ in said)
            found[model, case.scenario.id] = Standing(
                verdict=verdict,
                rules=tuple(sorted(i.id for v, i in said if v == verdict)) if verdict != "clear" else (),
                duties=tuple(dict.fromkeys(d.told for v, i in said if v == "duties" for d in i.duties)),
            )
    return found
