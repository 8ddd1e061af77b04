"""A knowledge base given with --catalogue may be a stranger's: each bad file is one clear error, and soon."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from gauger.catalogue.text import read_text
from gauger.catalogue.written import Written
from gauger.core.errors import CatalogueError

_LEVELS = "abcdefgh"
BOMB = "z: &z [1,1,1,1,1,1,1,1,1,1]\n" + "".join(
    f"{name}: &{name} [{','.join(['*' + below] * 10)}]\n"
    for below, name in zip("z" + _LEVELS, _LEVELS, strict=False)
)


@pytest.mark.parametrize(
    "text",
    [
        "- " * 100_000,
        "[" * 100_000,
        "? " * 100_000,
        BOMB,
        "id: &a [*a]\n",
        "id: " + "9" * 6_000,
        "id: !!timestamp 9999-99-99",
        "id: !!float x",
        "id: !!python/object:os.system x",
        "? [a]\n: b",
    ],
    ids=["items", "brackets", "keys", "bomb", "circle", "digits", "day", "float", "object", "key"],
)
def test_a_file_that_is_no_record_is_an_error_with_its_name(tmp_path: Path, text: str) -> None:
    """No crash, no memory without end; and asking for the line of a key is as safe."""
    path = tmp_path / "x.yaml"
    path.write_text(text)
    started = time.process_time()
    with pytest.raises(CatalogueError, match=r"developers/x\.yaml"):
        read_text(path, "developers/x.yaml")
    assert Written(path, "developers").line(("id",)) == 1
    assert time.process_time() - started < 5


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    """Nor a file without end read."""
    os.mkfifo(tmp_path / "pipe.yaml")
    (tmp_path / "endless.yaml").symlink_to("/dev/zero")
    with (tmp_path / "long.yaml").open("wb") as file:
        file.truncate(1 << 30)
    for name in ("pipe.yaml", "endless.yaml", "long.yaml"):
        with pytest.raises(CatalogueError):
            read_text(tmp_path / name, name)
        assert Written(tmp_path / name, "developers").line(("id",)) == 1
