"""The answers of the open benchmark fit the stack that they describe."""

from __future__ import annotations

import dataclasses
from collections import Counter

import pytest

from build.benchmark import labels, run


@pytest.fixture(scope="module")
def answers():
    """The answers as they are kept."""
    return labels.load()


@pytest.fixture(scope="module")
def stack(tmp_path_factory):
    """The stack with its model files."""
    return run.build(tmp_path_factory.mktemp("bench"))


def test_every_answer_stands_where_it_says(answers, stack):
    """Ids are unique, lines exist and carry their text, names and providers are told in known words."""
    assert labels.problems(answers, stack) == []


def test_the_stack_is_as_large_as_the_benchmark_promises(answers):
    """At least 150 uses and 40 controls, and more than a handful of every kind of difficulty."""
    assert len(answers.uses) >= 150
    assert len(answers.controls) >= 40
    statuses = Counter(label.status for label in answers.uses)
    assert statuses["followed"] >= 50
    assert statuses["unresolved"] >= 10
    assert len({label.surface for label in answers.uses}) >= 25


def test_a_line_that_moved_is_noticed(answers, stack):
    """An answer that points at another line is a problem that names the answer."""
    first = next(label for label in answers.uses if label.places[0].line)
    moved = labels.Place(first.places[0].file, first.places[0].line + 1)
    wrong = dataclasses.replace(first, places=(moved,))
    found = labels.problems(dataclasses.replace(answers, uses=(wrong, *answers.uses[1:])), stack)
    assert any(first.id in problem for problem in found)


def test_an_id_twice_and_a_control_that_is_a_use_are_noticed(answers, stack):
    """Both make a score that cannot be trusted."""
    use = next(label for label in answers.uses if label.named)
    control = dataclasses.replace(answers.controls[0], identity=use.identity[0])
    found = labels.problems(
        dataclasses.replace(answers, uses=(*answers.uses, use), controls=(control, *answers.controls[1:])),
        stack,
    )
    assert f"{use.id}: the id is used twice" in found
    assert any(problem.startswith(control.id) and "is also a use" in problem for problem in found)


def test_the_stack_is_the_same_bytes_every_time(tmp_path):
    """Model files are made in code; two builds do not differ in a byte."""

    def content(root):
        files = sorted(path for path in root.rglob("*") if path.is_file())
        return [(path.relative_to(root).as_posix(), path.read_bytes()) for path in files]

    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    assert content(run.build(tmp_path / "one")) == content(run.build(tmp_path / "two"))
