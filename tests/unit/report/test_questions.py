"""The profile to fill in: which questions it asks, in which order, and that it answers none by itself."""

from __future__ import annotations

import re

import msgspec

from build.policy import AS_OF, named, shipped, use
from gauger.assess.profile_file import load_profile
from gauger.catalogue.query import Lookup
from gauger.core.dossier import Dossier, Tool
from gauger.core.profile import Profile
from gauger.flows.check import judged_again
from gauger.flows.question import Question
from gauger.report.questions import profile_to_fill_in

STACK = tuple(
    named(name)
    for name in ("deepseek-ai/DeepSeek-V3.1", "meta-llama/Llama-3.1-8B-Instruct", "Qwen/Qwen2.5-72B-Instruct")
)


def judged(profile: Profile) -> Dossier:
    """The stack, judged for this user."""
    bare = Dossier(
        tool=Tool(name="gauger", version="0"),
        target="stack",
        as_of=AS_OF,
        catalogue=shipped().stamp(AS_OF),
        models=tuple(sorted(STACK, key=lambda m: m.id)),
        uses=tuple(sorted((use(m) for m in STACK), key=lambda u: u.id)),
    )
    return judged_again(bare, Lookup(shipped()), Question(as_of=AS_OF, profile=profile, scenarios=("today",)))


def asked(text: str) -> list[str]:
    """The idents of the questions, in their order."""
    return re.findall(r"^  # ([a-z0-9-]+): (?:false|0)", text, flags=re.MULTILINE)


def test_it_loads_as_it_is_and_answers_nothing(tmp_path):
    """Putting the page down unread changes no verdict: every answer in it is a comment."""
    path = tmp_path / "gauger.yaml"
    path.write_text(profile_to_fill_in(judged(Profile()), shipped().questions), encoding="utf-8")
    profile, _ = load_profile(path, shipped())
    assert profile == Profile()


def test_places_come_first_and_end_most_questions():
    """Who names no place is asked for places before all else; once they are named, few questions are left."""
    nobody = profile_to_fill_in(judged(Profile()), shipped().questions)
    insurer = profile_to_fill_in(judged(Profile(country="GB", jurisdictions=("GB",))), shipped().questions)
    assert nobody.index("jurisdictions") < nobody.index("facts:")
    assert "jurisdictions" not in insurer
    assert len(asked(insurer)) < len(asked(nobody)) / 2


def test_what_is_answered_is_not_asked_again_and_numbers_are_asked_as_numbers():
    """Every answer shortens the page; a question for a number shows its unit."""
    before = judged(Profile(country="GB", jurisdictions=("GB",)))
    text = profile_to_fill_in(before, shipped().questions)
    assert "# monthly-active-users: 0  # users a month" in text
    answered = msgspec.structs.replace(before.profile, facts={"monthly-active-users": 12})
    after = profile_to_fill_in(judged(answered), shipped().questions)
    assert "monthly-active-users" not in asked(after)
    assert set(asked(after)) < set(asked(text))


def test_those_that_decide_most_come_first_with_who_knows():
    """The order follows the number of models that wait; each question names a role."""
    text = profile_to_fill_in(judged(Profile()), shipped().questions)
    counts = [int(n) for n in re.findall(r"# (\d+) models? and", text)]
    assert counts == sorted(counts, reverse=True)
    for ident in asked(text):
        assert shipped().questions[ident].who_knows in text


def test_uncommenting_an_answer_gives_a_profile_that_is_read(tmp_path):
    """The lines are ready to use: taking the mark away answers the question."""
    text = profile_to_fill_in(judged(Profile()), shipped().questions)
    path = tmp_path / "gauger.yaml"
    path.write_text(
        text.replace("  # us-dod-contractor: false", "  us-dod-contractor: false"), encoding="utf-8"
    )
    profile, _ = load_profile(path, shipped())
    assert profile.facts == {"us-dod-contractor": False}
