"""Several processes read one tree: one that dies or sits costs one file; the answer is the same."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import msgspec
import pytest

from build.stacks import lookup, stack
from gauger.core.inventory import Location
from gauger.core.limits import DEFAULT_LIMITS
from gauger.scan.collector import Candidate, Collected, FileView
from gauger.scan.parallel import jobs_for
from gauger.scan.scan import scan
from gauger.scan.value_size import MOST_PARTS, bounded, parts
from gauger.scan.values import Either, Joined, Opaque, Text, Value


class Reads:
    """A collector that finds a model in every file, and does what a file's name says before."""

    ident = "reads"
    globs = ("**/*.x",)
    magics: tuple[bytes, ...] = ()

    def collect(self, view: FileView) -> Collected:
        """Die, sit, sit without end, or answer."""
        name = view.path.name
        if name == "dies.x":
            os.kill(os.getpid(), signal.SIGKILL)
        if name == "sits.x":
            while True:
                time.sleep(0.01)
        if name == "deaf.x":
            signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGALRM})
            time.sleep(60)
        place = Location(path=str(view.path), line=1)
        model = Text(text=f"org/{view.path.stem}-7B", location=place)
        one = Candidate(surface="reads", api="x", location=place, written="x", model=model, namespace="hub")
        return Collected(candidates=(one,))


def tree(root: Path, *names: str) -> Path:
    """Twenty files that answer, and these."""
    return stack(root, dict.fromkeys((*(f"a{n:02}.x" for n in range(20)), *names), "x"))


@pytest.mark.parametrize(("name", "jobs"), [("dies.x", 2), ("sits.x", 1), ("sits.x", 2), ("deaf.x", 2)])
def test_one_file_costs_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, jobs: int) -> None:
    """A process killed for memory, a file read without end, one long step: a gap there, all else is read."""
    monkeypatch.setattr("gauger.scan.parallel._PATIENCE_S", 0.5)
    limits = msgspec.structs.replace(DEFAULT_LIMITS, parse_s=0.5)
    found = scan(tree(tmp_path, name), lookup(), limits, collectors=[Reads()], jobs=jobs)
    assert [(g.location.path, g.reason) for g in found.gaps if g.location] == [(name, "limit-exceeded")]
    assert len(found.uses) == 20


def test_the_answer_does_not_depend_on_the_number_of_processes(tmp_path: Path) -> None:
    """Law: the same bytes for one, two and three."""
    root = tree(tmp_path)
    answers = {msgspec.json.encode(scan(root, lookup(), collectors=[Reads()], jobs=n)) for n in (1, 2, 3)}
    assert len(answers) == 1


def test_a_small_tree_is_read_by_one_process() -> None:
    """A second process costs more than it brings; what is asked for is done."""
    assert jobs_for(None, 20, 1_000) == 1
    assert jobs_for(3, 20, 1_000) == 3
    assert jobs_for(None, 20_000, 79_000_000) >= 1


def test_a_value_that_doubles_is_cut() -> None:
    """Thirty doublings in memory would be a thousand million parts when written out."""
    place = Location(path="a")
    value: Value = Text(text="x", location=place)
    for _ in range(30):
        value = Joined(parts=(value, value))
    assert parts(value) == 2**31 - 1 > MOST_PARTS
    one = Candidate(surface="s", api="a", location=place, written="x", model=value)
    assert isinstance(bounded(Collected(candidates=(one,))).candidates[0].model, Opaque)
    small = Collected(candidates=(msgspec.structs.replace(one, model=Either(options=())),))
    assert bounded(small) is small
