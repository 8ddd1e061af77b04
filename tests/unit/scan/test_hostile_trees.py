"""Trees that want to be expensive: each is a gap, in little time."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from build.stacks import lookup, stack
from gauger.core.inventory import Location
from gauger.core.judgement import Gap
from gauger.scan.scan import scan

SECONDS = 20.0


def gaps(root: Path) -> list[tuple[Location | None, Gap]]:
    """What was not read, in a bounded time."""
    start = time.perf_counter()
    found = scan(root, lookup(), jobs=1)
    assert time.perf_counter() - start < SECONDS
    return [(gap.location, gap) for gap in found.gaps]


@pytest.mark.parametrize(
    "name", ["a.py", "a.js", "a.yaml", "a.json", "a.md", "a.ipynb", "a.tf", "Dockerfile"]
)
def test_two_gigabytes_in_one_line(tmp_path: Path, name: str) -> None:
    """The size alone is enough to refuse it; not a byte is read."""
    with (tmp_path / name).open("wb") as file:
        file.truncate(2 << 30)
    assert {gap.reason for _, gap in gaps(tmp_path)} == {"limit-exceeded"}


@pytest.mark.parametrize("style", ["flow", "block"])
def test_a_yaml_bomb(tmp_path: Path, style: str) -> None:
    """Sixteen lists of nine aliases each are told, although no word in them is about models."""
    lines = ["a: &a [x, x]" if style == "flow" else "a: &a\n  - x\n  - x"]
    for before, name in zip("abcdefghijklmno", "bcdefghijklmnop", strict=True):
        listed = [f"*{before}"] * 9
        inner = f" [{', '.join(listed)}]" if style == "flow" else "".join(f"\n  - {one}" for one in listed)
        lines.append(f"{name}: &{name}{inner}")
    root = stack(tmp_path, {"bomb.yaml": "\n".join(lines) + "\n"})
    assert {gap.reason for _, gap in gaps(root)} == {"limit-exceeded"}


@pytest.mark.parametrize("code", ['resource "a" "b" {\n', "}\n", 'x = "\n', "x = [1, 2\n"])
def test_terraform_that_does_not_parse(tmp_path: Path, code: str) -> None:
    """Braces that do not close or close nothing, quotes that do not end."""
    assert [gap.reason for _, gap in gaps(stack(tmp_path, {"main.tf": code}))] == ["malformed"]


def test_a_loop_of_links(tmp_path: Path) -> None:
    """Links to folders are counted, links in a circle lead nowhere; what is there is read once."""
    root = stack(tmp_path, {"a/b/x.py": "x = 1\n"})
    (root / "a/b/up").symlink_to(root / "a")
    (root / "self").symlink_to(".")
    (root / "one").symlink_to("two")
    (root / "two").symlink_to("one")
    found = scan(root, lookup(), jobs=1)
    assert found.coverage.files_seen == 1
    assert sorted(gap.reason for gap in found.gaps) == ["not-requested", "unreadable", "unreadable"]
    assert any("2 links to folders" in gap.detail for gap in found.gaps)
