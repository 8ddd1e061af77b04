"""A file that the user wrote is replaced whole or not at all."""

from __future__ import annotations

import pytest

from gauger.cli import session
from gauger.core.errors import UsageError

BEFORE, AFTER = b"country: GB\n", b"country: GB\naccepted: []\n"


def test_all_of_it_is_written(tmp_path):
    """The new bytes stand in the place of the old, and nothing lies beside them."""
    profile = tmp_path / "gauger.yaml"
    profile.write_bytes(BEFORE)
    session.rewrite(profile, AFTER)
    assert profile.read_bytes() == AFTER
    assert [p.name for p in tmp_path.iterdir()] == ["gauger.yaml"]


def test_a_disk_that_fills_up_leaves_the_file_as_it_was(tmp_path, monkeypatch):
    """The user's own profile is not lost with the disk's last block."""
    profile = tmp_path / "gauger.yaml"
    profile.write_bytes(BEFORE)

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(session, "_fill", full)
    with pytest.raises(UsageError, match="No space left"):
        session.rewrite(profile, AFTER)
    assert profile.read_bytes() == BEFORE
