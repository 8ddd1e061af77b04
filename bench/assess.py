"""How long do verdicts take: 500 models × 60 instruments × 20 scenarios × 3 readings, on one core?

    python bench/assess.py

Everything is made up from a fixed seed: models with up to three ancestors by declared and observed claims,
instruments with random conditions and cells, scenarios that alter two instruments each, list a developer, and
now and then assume an answer. The user has answered two questions in three. The rules that follow from
licences come on top of the 60 instruments; they are asked as well and are not counted.

Two things are timed on one core:

- *verdicts*, the best of three: lines of descent, compilation of the rules, and every verdict, without a word
  of explanation;
- *assess*, once: the whole of `assess(...)`, in which each decision that is not clear has its derivation, the
  changes of fact that would turn it, and what would settle it. How many are not clear depends on the rules;
  here nearly every model has something against it, which no real stack comes near.

A question whose answer cannot differ from one that was answered before (same rule, same user, same lines of
descent) is answered from memory; "judged" counts those that were not. Seconds depend on the machine.
"""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from build.policy import Rules, shipped
from gauger.assess import assess as engine
from gauger.assess.memory import Memory
from gauger.assess.questions import put_questions
from gauger.catalogue.query import Lookup
from gauger.catalogue.vocabulary import FORMS
from gauger.core.inventory import Model
from gauger.core.judgement import READINGS
from gauger.core.lineage import Claim, Reference
from gauger.core.profile import Profile

MODELS, INSTRUMENTS, SCENARIOS = 500, 60, 20
DAY = "2026-11-23"
SEED = 20261123
RELATIONS = ("fine-tuned-from", "quantised-from", "merged-from", "distilled-from", "adapter-of")
STAMP = {
    "sources": [{"url": "https://example.org", "read-on": DAY, "kind": "primary"}],
    "checked-on": DAY,
    "next-check": "2027-11-23",
    "confidence": "high",
}


def inventory(rng: random.Random) -> tuple[list[Model], list[Claim], list[Reference]]:
    """Models with their lineage; one in ten has a name that says nothing."""
    families = [f for f in shipped().families.values() if f.open_weights]
    lookup = Lookup(shipped())
    references = {f.id: lookup.reference(f.id) for f in families}
    models: list[Model] = []
    claims: list[Claim] = []
    for number in range(MODELS):
        family = rng.choice(families)
        known = {} if number % 10 == 0 else {"developer": family.developer, "family": family.id}
        form = rng.choice(("weights", "quantised", "fine-tune", "adapter"))
        model = Model(namespace="local", name=f"models/m{number}", form=form, **known)
        models.append(model)
        ancestors = rng.sample(families, rng.randrange(4))
        claims += [_claim(rng, model, references[ancestor.id]) for ancestor in ancestors]
    return models, claims, list(references.values())


def _claim(rng: random.Random, model: Model, reference: Reference) -> Claim:
    ends = {"subject": model.id, "object": reference.id, "relation": rng.choice(RELATIONS)}
    if rng.random() < 0.5:
        return Claim(**ends, basis="declared", source="README.md")
    strength = rng.choice(("weak", "moderate", "strong"))
    return Claim(**ends, basis="observed", strength=strength, evidence=("evidence-0",))


def instruments(rng: random.Random) -> list[dict[str, Any]]:
    """Rules about users of some places and models of some makers."""
    developers, questions = list(shipped().developers), list(shipped().questions)
    made = []
    for number in range(INSTRUMENTS):
        test = [
            {"developer": rng.sample(developers, 3)},
            {"developer-country": rng.sample(["CN", "US", "FR", "KR", "GB"], 2)},
            {"listed-on": ["us.1260h", "us.entity-list"]},
            {"all": [{"not": {"developer-country": ["US"]}}, {"open-weights": True}]},
        ]
        made.append(
            {
                "id": f"rule.{number:02}",
                "title": f"Rule {number}",
                "jurisdiction": "XX",
                "binds": {"any": [{"jurisdiction": ["GB", "EU"]}, {"fact": rng.choice(questions)}]}
                if number % 3 == 0
                else {"fact": rng.choice(questions)},
                "test": {"any": rng.sample(test, 2)} if number % 2 else rng.choice(test),
                "reaches": {form: rng.choice(("yes", "no", "silent")) for form in FORMS},
                "effect": rng.choice(("prohibit-use", "prohibit-use", "unlicensed", "warn")),
                "status": "in-force",
                "force": [{"from": "2025-01-01", "until": rng.choice(("", "2027-06-30"))}],
                **STAMP,
            }
        )
    return made


def scenarios(rng: random.Random) -> list[dict[str, Any]]:
    """Overlays; the law as it stands is the twentieth."""
    developers, questions = list(shipped().developers), list(shipped().questions)
    made = []
    for number in range(1, SCENARIOS):
        altered = rng.sample(range(INSTRUMENTS), 2)
        made.append(
            {
                "id": f"what-if-{number}",
                "title": f"What if {number}",
                "description": "Made up.",
                "order": number,
                "alter-instruments": {f"rule.{i:02}": {"effect": "prohibit-use"} for i in altered},
                "add-list-entries": {rng.choice(developers): [{"list": "us.1260h", "since": "2026-01-01"}]},
                "set-facts": {rng.choice(questions): True} if number % 4 == 0 else {},
                **STAMP,
            }
        )
    return made


def best(run: Callable[[], Any], *, runs: int) -> tuple[float, Any]:
    """The seconds of the fastest run, and what the last one returned."""
    fastest, result = float("inf"), None
    for _ in range(runs):
        start = time.perf_counter()
        result = run()
        fastest = min(fastest, time.perf_counter() - start)
    return fastest, result


def main() -> None:
    """Times both and prints what was counted."""
    rng = random.Random(SEED)  # noqa: S311 - reproducible input, no secret
    models, claims, references = inventory(rng)
    catalogue = Rules(instruments(rng), scenarios(rng))
    answered = sorted(q for q in catalogue.questions if rng.random() < 2 / 3)
    facts = {ident: rng.random() < 0.5 for ident in answered}
    profile = Profile(country="GB", jurisdictions=("GB",), facts=facts)

    def verdicts() -> tuple[int, int, int]:
        cases, subjects, _ = put_questions(
            models, (), claims, references, catalogue=catalogue, profile=profile, as_of=DAY
        )
        memory = Memory(DAY)
        signed = [memory.signed(s.strands) for s in subjects]
        caught = 0
        for case in cases:
            askings = memory.concerning(case.rules, case.user)
            for number, lines in signed:
                caught += sum(asking.answer(number, lines) is not None for asking in askings)
        return caught, memory.judged, max(len(case.rules) for case in cases) - INSTRUMENTS

    def whole() -> engine.Assessment:
        return engine.assess(models, [], claims, references, catalogue=catalogue, profile=profile, as_of=DAY)

    asked = MODELS * INSTRUMENTS * SCENARIOS
    seconds, (caught, judged, extra) = best(verdicts, runs=3)
    print(f"{MODELS} models × {INSTRUMENTS} instruments × {SCENARIOS} scenarios = {asked:,} questions,")
    print(f"each under {len(READINGS)} readings; on top of them {extra} rules of licences and origin")
    print(f"not clear        {caught:,} (model, rule, scenario), licences included; judged {judged:,}")
    print(f"verdicts         {seconds:.2f} s   {asked / seconds:,.0f} questions a second")
    seconds, done = best(whole, runs=1)
    print(f"assess           {seconds:.2f} s   {asked / seconds:,.0f} questions a second")
    cells = len(done.outcomes)
    print(f"                 {len(done.decisions):,} decisions explained, {cells:,} cells of the matrix")


if __name__ == "__main__":
    main()
