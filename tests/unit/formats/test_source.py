"""A stretch of a file behaves like a file of its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from gauger.core.errors import Malformed
from gauger.formats.source import FileSource


def test_a_stretch_is_read_as_a_file_of_its_own(tmp_path: Path) -> None:
    """Offsets count from the stretch's beginning, and its end is the end."""
    (tmp_path / "archive").write_bytes(b"headMEMBERtail")
    with FileSource(tmp_path / "archive", stretch=(4, 6)) as source:
        assert source.size_bytes == 6
        assert source.read_at(0, 6) == b"MEMBER"
        with pytest.raises(Malformed):
            source.read_at(1, 6)


def test_a_stretch_beyond_the_file_is_malformed(tmp_path: Path) -> None:
    """An archive that lies about a member's place or size is not believed."""
    (tmp_path / "archive").write_bytes(b"short")
    for stretch in ((0, 6), (6, 0), (-1, 2)):
        with pytest.raises(Malformed):
            FileSource(tmp_path / "archive", stretch=stretch)
