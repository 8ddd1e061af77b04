"""The AI Act's third: the arithmetic, what replaces an unknown original, and the verdict that follows."""

from __future__ import annotations

import msgspec
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from build.policy import INSURER, decision, declared, entry, judged, local, named, use
from gauger.assess.compute import recorded_flop, spent, third, training_flop
from gauger.assess.profile_file import load_profile
from gauger.catalogue.load import Catalogue
from gauger.cli.main import cli
from gauger.core.errors import UsageError
from gauger.core.profile import Modification

RULE = "eu.aia.gpai-modifier"
EUROPEAN = msgspec.structs.replace(
    INSURER,
    country="DE",
    jurisdictions=("DE", "EU"),
    facts={**INSURER.facts, "eu-places-modified-model": True},
)
BASE = named("meta-llama/Llama-3.1-8B")
COUNTS = st.floats(min_value=1e15, max_value=1e27)


def told(model=BASE, *changes, role="training-base", **fields):
    """The decisions of the modifier's rule about this model, under the cautious reading."""
    profile = msgspec.structs.replace(EUROPEAN, modifications=changes)
    found = judged(model, profile, uses=[use(model, role=role)], **fields)
    return [d for d in found.decisions if d.instrument == RULE], found


def test_six_operations_for_every_parameter_and_token():
    """7 billion parameters on 2 billion tokens take 8.4e19; other counts are taken as they are."""
    assert training_flop(7e9, 2e9) == pytest.approx(8.4e19)
    assert spent(Modification(model="x", parameters=7e9, tokens=2e9)) == pytest.approx(8.4e19)
    assert spent(Modification(model="x", parameters=7e9, tokens=2e9, flop=1e22)) == 1e22
    assert spent(Modification(model="x", parameters=7e9)) is None


def test_exactly_a_third_is_not_more_than_a_third():
    """The criterion says greater than."""
    assert third(1e24, 3e24).verdict == "below"
    assert third(1.001e24, 3e24).verdict == "above"
    assert third(1e24, 3e24).share == pytest.approx(1 / 3)


@pytest.mark.parametrize(
    ("flop", "risk", "verdict"),
    [
        (3e22, None, "below"),
        (4e22, None, "unknown"),
        (4e22, False, "above"),
        (4e22, True, "below"),
        (3.3e24, True, "below"),
        (3.4e24, None, "above"),
    ],
)
def test_an_unknown_original_is_replaced_by_a_third_of_the_acts_own_thresholds(flop, risk, verdict):
    """Between the two thirds it depends on systemic risk, and is unknown while that is."""
    assert third(flop, None, systemic_risk=risk).verdict == verdict


@given(COUNTS, st.none() | COUNTS, st.none() | st.booleans())
def test_more_compute_never_leads_back_below(flop, original, risk):
    """The verdict only rises with the compute: below, perhaps unknown, above."""
    order = ["below", "unknown", "above"]
    less = third(flop, original, systemic_risk=risk).verdict
    more = third(flop * 2, original, systemic_risk=risk).verdict
    assert order.index(less) <= order.index(more)


@given(st.none() | COUNTS)
def test_without_a_count_nothing_is_below(original):
    """No number is never taken for a small one."""
    assert third(None, original).verdict == "unknown"


def test_a_model_that_the_stack_trains_is_undetermined_until_the_numbers_are_given():
    """The way to settle it is the command that counts."""
    (found,), _ = told()
    assert found.verdict == "undetermined"
    assert any("gauger compute" in settle.how for settle in found.settles)


def test_the_duty_follows_from_the_arithmetic_and_the_derivation_shows_the_numbers():
    """Above: a duty, with both numbers. Below: nothing."""
    change = Modification(model=BASE.name, flop=5e24, original_flop=7.2e23)
    (found,), assessment = told(BASE, change)
    assert found.verdict == "duties"
    steps = decision(assessment, RULE).step
    assert "5e+24" in str(steps)
    assert "7.2e+23" in str(steps)
    assert told(BASE, msgspec.structs.replace(change, flop=2e23))[0] == []


def test_a_model_that_the_user_does_not_change_is_not_reached():
    """Using a model changes nothing, and neither does teaching with it: the student is what is changed."""
    assert told(role="inference")[0] == []
    assert told(role="teacher")[0] == []


def test_a_fine_tune_of_nobody_known_is_undetermined_and_its_original_is_found_through_lineage():
    """A folder of the stack that descends from a known model may be the user's own work."""
    own = local("models/tuned", form="fine-tune")
    base = entry("deepseek-v3")
    lineage = {"claims": [declared(own, "fine-tuned-from", base)], "references": [base]}
    assert told(own, role="inference", **lineage)[0][0].verdict == "undetermined"
    flop = recorded_flop("deepseek-v3", Catalogue())
    change = Modification(model="models/tuned", flop=flop / 2)
    (found,), _ = told(own, change, role="inference", **lineage)
    assert found.verdict == "duties"
    assert told(own, msgspec.structs.replace(change, flop=flop / 4), role="inference", **lineage)[0] == []


def test_somebody_elses_fine_tune_is_not_the_users_modification():
    """Its publisher is known, and is not the user."""
    other = named("nvidia/Llama-3.1-Nemotron-70B-Instruct-HF", form="fine-tune")
    assert told(other, role="inference")[0] == []


def test_counts_may_be_written_with_an_exponent(tmp_path):
    """YAML takes `7e9` for text; below `modifications` it is a number all the same."""
    path = tmp_path / "gauger.yaml"
    path.write_text("modifications:\n  - {model: a/b, parameters: 7e9, tokens: 2.5E+9}\n", encoding="utf-8")
    profile, _ = load_profile(path, Catalogue())
    assert profile.modifications == (Modification(model="a/b", parameters=7e9, tokens=2.5e9),)


@pytest.mark.parametrize(
    "entry_text", ["{model: a, flop: 0}", "{model: a, tokens: -1}", "{model: ' '}", "{flop: 1}"]
)
def test_a_count_that_is_none_is_refused(tmp_path, entry_text):
    """Zero, less than zero and a nameless model end the run."""
    path = tmp_path / "gauger.yaml"
    path.write_text(f"modifications: [{entry_text}]\n", encoding="utf-8")
    with pytest.raises(UsageError):
        load_profile(path, Catalogue())


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--parameters", "7e9", "--tokens", "2e9"], "below"),
        (["--flop", "1e24", "--original-flop", "2e24"], "above"),
        (["--flop", "1e24", "--original", "no such model"], "unknown"),
        (["--flop", "1e24", "--original", "deepseek-ai/DeepSeek-V3"], "below"),
    ],
)
def test_the_command_prints_share_threshold_verdict_and_source(arguments, words):
    """One line each; the exit code says only that it was counted."""
    result = CliRunner().invoke(cli, ["compute", *arguments])
    assert result.exit_code == 0
    assert f"verdict       {words}" in result.output
    assert "C(2025) 7719" in result.output


@pytest.mark.parametrize(
    "arguments", [[], ["--parameters", "7e9"], ["--flop", "nan"], ["--flop", "-1"], ["--flop", "inf"]]
)
def test_the_command_refuses_what_is_no_count(arguments):
    """Not a number, or not enough of them."""
    result = CliRunner().invoke(cli, ["compute", *arguments])
    assert isinstance(result.exception, UsageError)
