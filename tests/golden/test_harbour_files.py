"""The example's files are what its script makes and what its labels say."""

from __future__ import annotations

from pathlib import Path

import pytest

from build.harbour import HARBOUR, Answer, answers, maker, tree


def test_the_committed_models_are_what_the_script_makes(tmp_path: Path) -> None:
    """Running the script again gives the same files with the same bytes and the same links, and no others."""
    maker().make(tmp_path)
    assert tree(tmp_path) == tree(HARBOUR / "models")


def test_no_weights_and_no_vocabulary_are_shipped() -> None:
    """Every model file is too small to hold a model, and no folder holds a vocabulary."""
    files = tree(HARBOUR / "models")
    assert max(len(data) for data in files.values()) < 40_000
    assert not [
        name for name in files if name.endswith(("tokenizer.json", ".model", "vocab.json", "merges.txt"))
    ]


@pytest.mark.parametrize("answer", answers(), ids=lambda answer: answer.id)
def test_every_label_points_at_its_line(answer: Answer) -> None:
    """The labelled place exists, and the labelled text stands on the labelled line."""
    place = HARBOUR / answer.path
    if answer.line:
        assert answer.anchor in place.read_text(encoding="utf-8").splitlines()[answer.line - 1]
    else:
        assert place.exists()


def test_keys_in_the_example_are_not_keys() -> None:
    """Every credential in the example says of itself that it is none."""
    lines = (HARBOUR / ".env").read_text(encoding="utf-8").splitlines()
    values = [line.partition("=")[2] for line in lines if line.partition("=")[0].endswith("_KEY")]
    assert len(values) == 4
    assert all(value.startswith("not-a-key") for value in values)
