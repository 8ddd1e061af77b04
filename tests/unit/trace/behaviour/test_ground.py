"""Divergences: bounds, symmetry, and the ground that participants share."""

from __future__ import annotations

import math

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from build.babble import language, learnt, prompts_of, run_of, sample
from gauger.core.errors import UsageError
from gauger.runtime.run import Forecast, Run
from gauger.trace.behaviour.ground import apart, ground_of, hellinger, jensen_shannon, opening

_SHARES = st.dictionaries(st.sampled_from("abcdefgh"), st.floats(1e-6, 1), min_size=1, max_size=8).map(
    lambda d: {k: v / sum(d.values()) for k, v in d.items()}
)


@given(_SHARES, _SHARES)
def test_the_divergence_is_a_divergence(one: dict[str, float], other: dict[str, float]) -> None:
    """Symmetric, between 0 and ln 2, 0 for equal shares."""
    values = jensen_shannon([one, other, one])
    assert np.array_equal(values, values.T)
    assert ((values >= 0) & (values <= math.log(2))).all()
    assert values[0, 2] == pytest.approx(0, abs=1e-12)
    assert values[0, 1] == values[1, 2]
    assert 0 <= hellinger([one, other])[0, 1] <= 1


@given(_SHARES, _SHARES, st.integers(1, 8))
def test_showing_less_never_sets_apart(one: dict[str, float], other: dict[str, float], top: int) -> None:
    """An endpoint that shows fewer pieces makes models look nearer, never further."""

    def cut(shares: dict[str, float]) -> dict[str, float]:
        return dict(sorted(shares.items(), key=lambda item: -item[1])[:top])

    shown, whole = jensen_shannon([cut(one), cut(other)]), jensen_shannon([one, other])
    assert shown[0, 1] <= whole[0, 1] + 1e-12


def test_half_a_difference_is_known() -> None:
    """(1/2, 1/2) against (1, 0): by hand, 0.75 ln(4/3) = 0.2158."""
    assert jensen_shannon([{"a": 0.5, "b": 0.5}, {"a": 1.0}])[0, 1] == pytest.approx(0.75 * math.log(4 / 3))


@pytest.mark.parametrize(
    ("piece", "outcome"),
    [(" the", " t"), ("the", "t"), ("\n\n  if", "\ni"), ("   ", " "), ("", ""), (" \u00c3\u00a9", " \u00c3")],
)
def test_an_opening_is_white_space_and_one_byte(piece: str, outcome: str) -> None:
    """What every tokenizer forecasts, whatever its pieces."""
    assert opening(piece) == outcome


def pair(tokenizer: str = "t" * 64) -> tuple[Run, Run]:
    """Two models of one language on five prompts."""
    rng = np.random.default_rng(7)
    tongue = language(rng)
    prompts = prompts_of(tongue, 5, rng)
    first, second = (learnt(sample(tongue, 800, rng), 0.1) for _ in range(2))
    return run_of("a", first, prompts), run_of("b", second, prompts, tokenizer)


def test_one_tokenizer_gives_pieces_two_give_characters() -> None:
    """Pieces are compared only where all have the same ones; an unknown tokenizer is another one."""
    assert ground_of(pair()) == "pieces"
    assert ground_of(pair("u" * 64)) == "characters"
    assert ground_of(pair("")) == "characters"


def test_chats_and_completions_are_not_mixed() -> None:
    """A template around the prompt makes other forecasts."""
    one, other = pair()
    with pytest.raises(UsageError):
        ground_of((one, msgspec.structs.replace(other, mode="chat")))


def test_only_places_that_all_have_are_compared() -> None:
    """A participant whose tokenizer has no boundary at a stop is compared at the others."""
    one, other = pair()
    answers = [msgspec.structs.replace(a, forecasts=a.forecasts[:2]) for a in other.answers]
    found = apart((one, msgspec.structs.replace(other, answers=tuple(answers))))
    assert found.places == 2 * len(one.answers)
    assert np.allclose(found.nats, found.nats.transpose(0, 2, 1))
    assert found.between("a", "a").tolist() == [0.0] * 5
    assert (found.between("a", "b") > 0).all()


def test_nothing_in_common_is_no_prompt() -> None:
    """Two runs of different prompts give an empty table, not an error."""
    one, other = pair()
    moved = tuple(msgspec.structs.replace(a, prompt=a.prompt[::-1]) for a in other.answers)
    assert apart((one, msgspec.structs.replace(other, answers=moved))).prompts == ()


def test_characters_join_what_begins_alike() -> None:
    """Two tokenizers that cut the same word differently agree on its opening."""
    one, other = pair("u" * 64)

    def only(run: Run, pieces: tuple[str, ...]) -> Run:
        logs = tuple(math.log(1 / len(pieces)) for _ in pieces)
        answers = (
            msgspec.structs.replace(
                a, forecasts=tuple(Forecast(at=f.at, pieces=pieces, logs=logs) for f in a.forecasts)
            )
            for a in run.answers
        )
        return msgspec.structs.replace(run, answers=tuple(answers))

    found = apart((only(one, (" the", " then")), only(other, (" t", " th"))))
    assert found.ground == "characters"
    assert found.between("a", "b").max() == pytest.approx(0, abs=1e-12)
