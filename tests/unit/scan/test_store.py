"""The folder of answers: what it takes away, what it does not trust, and what it does not keep."""

from __future__ import annotations

from pathlib import Path

import pytest

from gauger.core.limits import DEFAULT_LIMITS
from gauger.scan.store import Store
from gauger.scan.walk import walk

LATE_NS = 4_000_000_000 * 1_000_000_000
KEYS = [f"{number:064x}" for number in range(260)]


def filled(folder: Path, count: int) -> Store:
    """A store with so many answers."""
    store = Store(folder)
    for key in KEYS[:count]:
        assert store.put(key, [("/", 1, 1, 1, 1)], LATE_NS, b"answer")
    return store


def test_only_answers_are_taken_away(tmp_path: Path) -> None:
    """The user may name a folder that holds other files: those stay, however many answers there are."""
    folder = tmp_path / "mine"
    folder.mkdir(mode=0o700)
    names = {f"letter-{number}.answer" for number in range(300)}
    for name in names:
        (folder / name).write_text("dear", encoding="utf-8")
    filled(folder, 260)
    left = {path.name for path in folder.iterdir()}
    assert names <= left
    assert len(left - names) == 200


def test_a_folder_under_the_name_of_an_answer_is_no_answer(tmp_path: Path) -> None:
    """Whatever stands where an answer would be: a fresh run, and no crash."""
    store = filled(tmp_path / "kept", 0)
    (tmp_path / "kept").mkdir(mode=0o700)
    (tmp_path / "kept" / f"{KEYS[0]}.answer").mkdir(mode=0o700)
    assert store.get(KEYS[0]) is None
    assert not store.put(KEYS[0], [("/", 1, 1, 1, 1)], LATE_NS, b"answer")


@pytest.mark.parametrize(
    ("before_ns", "is_kept"),
    [(1_900_000_000, False), (2_100_000_000, True), (1_900_000_001, True), (19_000_001, False)],
)
def test_a_whole_second_may_come_from_a_coarse_clock(
    tmp_path: Path, before_ns: int, *, is_kept: bool
) -> None:
    """FAT and some network file systems count in seconds: a second change within them leaves no trace."""
    started = LATE_NS + (before_ns % 1_000_000_000 if before_ns % 10 == 0 else 0)
    seen = [("/", 1, started - before_ns, 1, 1)]
    assert Store(tmp_path / "kept").put(KEYS[0], seen, started, b"answer") is is_kept


@pytest.mark.parametrize("way", ["broken", "through", "folder"])
def test_what_lies_outside_leaves_no_stale_answer(tmp_path: Path, way: str) -> None:
    """A link's answer that hangs on what is outside of the folder is remembered with that, or not at all."""
    root, outside = tmp_path / "root", tmp_path / "outside"
    (root / "sub").mkdir(parents=True)
    (root / "sub" / "a.py").write_text("x = 1\n", encoding="utf-8")
    target = root / "sub" if way == "folder" else root / "sub" / "a.py"
    if way != "broken":
        outside.symlink_to(target)
    (root / "link.py").symlink_to(outside)
    assert walk(root, DEFAULT_LIMITS).seen == ()


def test_a_long_chain_of_links_is_gaps(tmp_path: Path) -> None:
    """Links through a thousand others end the walk of none but themselves."""
    (tmp_path / "a.py").write_text("x = 1\n", encoding="utf-8")
    for number in range(1_500):
        (tmp_path / f"chain{number}").symlink_to(f"chain{number + 1}")
    walked = walk(tmp_path, DEFAULT_LIMITS)
    assert [entry.path for entry in walked.entries] == ["a.py"]
    assert len(walked.gaps) == 1_500


def test_a_broken_link_inside_is_remembered(tmp_path: Path) -> None:
    """Its target can only come into a folder whose state is known."""
    (tmp_path / "link.py").symlink_to("nowhere.py")
    assert [path for path, *_ in walk(tmp_path, DEFAULT_LIMITS).seen] == [str(tmp_path)]
