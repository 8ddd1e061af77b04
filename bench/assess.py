"""How long do verdicts take: 500 models × 60 instruments × 20 scenarios × 3 readings, on one core?

    python bench/assess.py

Everything is made up from a fixed seed: models with up to three ancestors by declared and observed claims,
developers of whom one in four is partly owned by others, instruments with random conditions of every kind
(answers, numbers, places, developers, lists, shares, relations) and random cells, scenarios that alter two
instruments each, list a developer, and now and then assume an answer. The user has answered two questions in
three. The rules that follow from licences come on top of the 60 instruments; they are asked as well and not
counted.

Three things are timed, each in processor time and by the clock:

- *verdicts*, the best of three: lines of descent, compilation of the rules, and every verdict, without a word
  of explanation;
- *shipped*, the best of three: the same for the 500 models with the instruments and scenarios of the package;
- *assess*, once: the whole of `assess(...)`, in which each decision that is not clear has its derivation, the
  changes of fact that would turn it, and what would settle it. How many are not clear depends on the rules;
  here nearly every model has something against it, which no real stack comes near. `--explain` asks for it.

A question whose answer cannot differ from one that was answered before (same rule, same user, same lines of
descent) is answered from memory; "judged" counts those that were not. Seconds depend on the machine.
"""

from __future__ import annotations

import os
import platform
import random
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from build.policy import Rules, shipped
from gauger.assess.assess import assess
from gauger.assess.memory import Memory
from gauger.assess.questions import put_questions
from gauger.catalogue import records
from gauger.catalogue.load import Catalogue
from gauger.catalogue.query import Lookup
from gauger.catalogue.vocabulary import FORMS
from gauger.core.inventory import Model
from gauger.core.judgement import READINGS
from gauger.core.lineage import Claim, Reference
from gauger.core.profile import Answer, Profile

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
    developers = list(shipped().developers)
    yes_no = [q.id for q in shipped().questions.values() if q.answer == "yes-no"]
    figures = [q.id for q in shipped().questions.values() if q.answer == "number"]
    made = []
    for number in range(INSTRUMENTS):
        figure = {"question": rng.choice(figures), "value": rng.choice((1_000, 100_000_000))}
        binds = (
            {"any": [{"jurisdiction": ["GB", "EU"]}, {"fact": rng.choice(yes_no)}]},
            {"fact": rng.choice(yes_no)},
            {"any": [{rng.choice(("at-least", "above")): figure}, {"fact": rng.choice(yes_no)}]},
        )
        test = (
            {"developer": rng.sample(developers, 3)},
            {"developer-country": rng.sample(["CN", "US", "FR", "KR", "GB"], 2)},
            {"listed-on": ["us.1260h", "us.entity-list"]},
            {"owned-by": {"developers": rng.sample(developers, 2), "percent": 20}},
            {"owned-by-listed": {"lists": ["us.1260h", "us.ofac-sdn"], "percent": 50}},
            {"all": [{"not": {"developer-country": ["US"]}}, {"open-weights": True}]},
            {
                "all": [
                    {"developer-country": ["US", "CN"]},
                    {"relation": ["distilled-from", "fine-tuned-from"]},
                ]
            },
        )
        made.append(
            {
                "id": f"rule.{number:02}",
                "title": f"Rule {number}",
                "jurisdiction": "XX",
                "binds": binds[number % 3],
                "test": {"any": rng.sample(test, 2)} if number % 2 else rng.choice(test),
                "reaches": {form: rng.choice(("yes", "no", "silent")) for form in FORMS},
                "effect": rng.choice(
                    ("prohibit-use", "block-dealings", "prohibit-procurement", "unlicensed", "warn")
                ),
                "status": "in-force",
                "force": [{"from": "2025-01-01", "until": rng.choice(("", "2027-06-30"))}],
                **STAMP,
            }
        )
    return made


def scenarios(rng: random.Random) -> list[dict[str, Any]]:
    """Overlays; the law as it stands is the twentieth."""
    developers = list(shipped().developers)
    questions = [q.id for q in shipped().questions.values() if q.answer == "yes-no"]
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


def owned(rng: random.Random) -> dict[str, records.Developer]:
    """The shipped developers, one in four with a share in other hands, some of unknown size."""
    makers = list(shipped().developers.values())
    found = {}
    for maker in makers:
        holder = rng.choice(makers).id
        percent = None if rng.random() < 0.125 else float(rng.choice((10, 25, 50, 75)))
        stakes = (records.Stake(holder=holder, percent=percent),) if rng.random() < 0.25 else ()
        found[maker.id] = msgspec.structs.replace(maker, stakes=(*maker.stakes, *stakes))
    return found


class Timed(NamedTuple):
    """Seconds of the fastest run, and what the last one returned."""

    processor: float
    clock: float
    result: Any


def best(run: Callable[[], Any], *, runs: int) -> Timed:
    """How long does it take at best?"""
    seconds: list[tuple[float, float]] = []
    result = None
    for _ in range(runs):
        start, clock = time.process_time(), time.perf_counter()
        result = run()
        seconds.append((time.process_time() - start, time.perf_counter() - clock))
    return Timed(min(s for s, _ in seconds), min(c for _, c in seconds), result)


class Counted(NamedTuple):
    """What was asked and said in one run."""

    caught: int
    judged: int
    rules: int
    scenarios: int


def verdicts(
    models: list[Model],
    claims: list[Claim],
    references: list[Reference],
    catalogue: Catalogue,
    profile: Profile,
) -> Counted:
    """Every verdict, without explanations."""
    questions = put_questions(models, [], claims, references, catalogue=catalogue, profile=profile, as_of=DAY)
    memory = Memory(DAY)
    signed = [memory.signed(s.strands) for s in questions.subjects]
    caught = 0
    for case in questions.cases:
        askings = memory.concerning(case.rules, case.user)
        for number, lines in signed:
            caught += sum(asking.answer(number, lines) is not None for asking in askings)
    most = max(len(case.rules) for case in questions.cases)
    return Counted(caught, memory.judged, most, len(questions.cases))


def tell(name: str, timed: Timed, asked: int) -> None:
    """One line."""
    print(
        f"{name:10} {timed.processor:6.2f} s of processor  {timed.clock:6.2f} s by the clock  "
        f"{asked / timed.processor:12,.0f} questions a second"
    )


def main() -> None:
    """Times all and prints what was counted."""
    rng = random.Random(SEED)  # noqa: S311 - reproducible input, no secret
    models, claims, references = inventory(rng)
    catalogue = Rules(instruments(rng), scenarios(rng))
    catalogue._tables["developers"] = owned(rng)  # noqa: SLF001 - a made-up world
    facts = answers(rng, catalogue)
    profile = Profile(country="GB", jurisdictions=("GB",), facts=facts)
    arguments = (models, claims, references)
    print(
        f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}; "
        f"load {os.getloadavg()[0]:.1f}"
    )
    asked = MODELS * INSTRUMENTS * SCENARIOS
    timed = best(lambda: verdicts(*arguments, catalogue, profile), runs=3)
    said: Counted = timed.result
    print(f"{MODELS} models × {INSTRUMENTS} instruments × {SCENARIOS} scenarios = {asked:,} questions,")
    print(
        f"each under {len(READINGS)} readings; "
        f"on top of them {said.rules - INSTRUMENTS} rules of licences and origin"
    )
    print(f"not clear: {said.caught:,} (model, rule, scenario), licences included; judged {said.judged:,}")
    tell("verdicts", timed, asked)
    real = best(lambda: verdicts(*arguments, shipped(), profile), runs=3)
    said = real.result
    total = MODELS * said.rules * said.scenarios
    print(
        f"shipped: {MODELS} models × {said.rules} rules × {said.scenarios} scenarios = {total:,} questions;"
    )
    print(f"not clear: {said.caught:,}; judged {said.judged:,}")
    tell("shipped", real, total)
    if "--explain" in sys.argv[1:]:
        explained(arguments, catalogue, profile, asked)


def answers(rng: random.Random, catalogue: Catalogue) -> dict[str, Answer]:
    """Two questions in three are answered."""
    known = sorted(q for q in catalogue.questions if rng.random() < 2 / 3)
    numbers = {q.id for q in catalogue.questions.values() if q.answer == "number"}
    return {q: float(rng.randrange(1_000_000)) if q in numbers else rng.random() < 0.5 for q in known}


def explained(arguments: Any, catalogue: Catalogue, profile: Profile, asked: int) -> None:
    """The whole, with every word of explanation."""
    models, claims, references = arguments
    timed = best(
        lambda: assess(models, [], claims, references, catalogue=catalogue, profile=profile, as_of=DAY),
        runs=1,
    )
    tell("assess", timed, asked)
    done = timed.result
    print(f"{len(done.decisions):,} decisions explained, {len(done.outcomes):,} cells of the matrix")


if __name__ == "__main__":
    main()
