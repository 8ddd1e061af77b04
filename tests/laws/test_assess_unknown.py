"""The main law of assess: no input with an unknown fact that decides ever gives *clear*.

Random rules of every effect and every word are asked about random models in random small worlds; the answer
is held against every completion of what is not known (`build.completions`).
"""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings

from build.tried import answered, developers, lines_of, operators, overlays, profiles, rules, seen
from gauger.core.judgement import READINGS


@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
@given(developers, rules, profiles, overlays, seen)
def test_clear_means_clear_however_the_open_facts_are_filled_in(world, tried, profile, overlay, known):
    """And what is said to be prohibited, unlicensed or a duty is so however they are filled in.

    Silence counts as each reading takes it; under the cautious reading both ways have to agree.
    """
    got = answered(world, tried, profile, overlay, known)
    latent = got.oracle.rule["status"] != "in-force"
    for reading in READINGS:
        verdict = got.verdicts[reading]
        waits = verdict in {"undetermined", "watch"} or latent
        if waits and verdict != "clear":
            continue
        for setting in got.oracle.settings(operators(known)):
            bound = got.oracle.bound(setting)
            roles = frozenset({known.role})
            lines = lines_of(known, got.oracle, got.claims, reading, setting.providers)
            silent = reading != "literal" if verdict == "clear" else reading == "strict"
            caught = [
                [
                    got.oracle.caught(
                        setting,
                        c,
                        roles if c.form != "distillate" or c.relation == "own" else frozenset(),
                        silent=silent,
                    )
                    for c in line
                ]
                for line in lines
            ]
            if verdict == "clear":
                assert not (bound and any(any(line) for line in caught)), (reading, setting)
            else:
                assert bound, (reading, verdict, setting)
                assert any(all(line) for line in caught), (reading, verdict, setting)
