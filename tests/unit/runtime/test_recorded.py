"""Recorded runs: read back as they were, and nothing but probabilities accepted."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from build.babble import language, learnt, prompts_of, run_of, sample
from gauger.core.errors import Malformed
from gauger.runtime.prompts import Prompt, digest_of_prompts, stops
from gauger.runtime.recorded import RecordedRunner, prompts_in, read_runs, written
from gauger.runtime.run import Run, Settings


@pytest.fixture(scope="module")
def runs() -> tuple[Run, ...]:
    """Two models of one language on six prompts."""
    rng = np.random.default_rng(4)
    tongue = language(rng)
    prompts = prompts_of(tongue, 6, rng)
    return tuple(run_of(name, learnt(sample(tongue, 500, rng), 0.1), prompts) for name in ("a", "b"))


def test_what_is_written_is_read(tmp_path: Path, runs: tuple[Run, ...]) -> None:
    """Equal runs come back, and writing them again gives the same bytes; no prompt's text is in the file."""
    path = tmp_path / "runs.jsonl"
    path.write_bytes(written(runs))
    back = read_runs(path)
    assert back == runs
    assert written(reversed(back)) == path.read_bytes()
    assert prompts_in(back) == tuple(a.prompt for a in runs[0].answers)


def test_a_record_answers_what_it_was_asked(runs: tuple[Run, ...]) -> None:
    """Prompts that were not recorded have no answer."""
    assert RecordedRunner(runs[0]).run((), Settings()) == runs[0]
    assert RecordedRunner(runs[0]).run((Prompt(text="something else"),), Settings()).answers == ()


def _line(path: Path, number: int, **change: object) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    lines[number] = json.dumps(json.loads(lines[number]) | change)
    path.write_text("\n".join(lines), encoding="utf-8")


_ONE = {"at": 3, "pieces": ["a", "b"], "logs": [-0.1, -0.2]}


@pytest.mark.parametrize(
    ("number", "change"),
    [
        (0, {"version": 2}),
        (0, {"answers": 7_000}),
        (0, {"answers": -1}),
        (0, {"mode": "dream"}),
        (1, {"forecasts": [_ONE]}),
        (1, {"forecasts": [_ONE | {"logs": [-1.0]}]}),
        (1, {"forecasts": [_ONE | {"pieces": ["a", "a"], "logs": [-2.0, -2.0]}]}),
        (1, {"forecasts": [_ONE | {"logs": [-2.0, 1e400]}]}),
        (1, {"scored": -5}),
        (1, {"surprise": 1}),
    ],
)
def test_a_record_that_is_none_is_malformed(
    tmp_path: Path, runs: tuple[Run, ...], number: int, change: dict[str, object]
) -> None:
    """Another version, a run cut short, shares that sum to more than one, unknown keys: all refused."""
    path = tmp_path / "runs.jsonl"
    path.write_bytes(written(runs))
    _line(path, number, **change)
    with pytest.raises(Malformed):
        read_runs(path)


@given(st.text(min_size=1, max_size=300), st.integers(1, 12))
def test_stops_are_word_ends(text: str, most: int) -> None:
    """At most so many, rising, each behind a word or at the end of the text, whatever the text is."""
    found = stops(text, most)
    assert 1 <= len(found) <= most
    assert list(found) == sorted(set(found))
    assert found[-1] == len(text)
    assert all(text[at].isspace() and not text[at - 1].isspace() for at in found[:-1])


def test_the_digest_of_prompts_has_no_order() -> None:
    """The same set gives the same digest."""
    digests = [Prompt(text=text).digest for text in ("one", "two", "three")]
    assert digest_of_prompts(digests) == digest_of_prompts(reversed(digests))
