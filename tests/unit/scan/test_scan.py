"""The whole flow: deterministic, bounded, honest about what it did not see."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

import numpy as np
import pytest

from build.safetensors import safetensors_bytes
from build.stacks import lookup, stack, told
from gauger.core.canonical import canonical_json
from gauger.core.errors import Unreadable
from gauger.core.limits import DEFAULT_LIMITS
from gauger.scan.collector import Collected, FileView
from gauger.scan.scan import scan

FILES = {
    ".env": "HF_MODEL=x/Y\n",
    "a.py": (
        'import os\nfrom transformers import AutoModel\nAutoModel.from_pretrained(os.environ["HF_MODEL"])\n'
    ),
    "notes.txt": "nothing",
}


def test_the_same_bytes_give_the_same_inventory_wherever_they_stand(tmp_path: Path) -> None:
    """No path above the root, no clock, no order of a listing gets in."""
    one, two = stack(tmp_path / "one", FILES), tmp_path / "elsewhere" / "two"
    shutil.copytree(one, two)
    first, second = scan(one, lookup()), scan(two, lookup())
    assert canonical_json(first) == canonical_json(second)
    assert str(tmp_path) not in canonical_json(first).decode()


def test_inputs_are_digests_of_the_files_that_said_something(tmp_path: Path) -> None:
    """`.env` took part in the answer, the notes did not."""
    inventory = scan(stack(tmp_path, FILES), lookup())
    assert [d.path for d in inventory.inputs] == [".env", "a.py"]
    assert inventory.inputs[0].sha256 == hashlib.sha256(FILES[".env"].encode()).hexdigest()


def test_empty_nothing_found_and_missing_are_three_things(tmp_path: Path) -> None:
    """An empty folder has no files; a folder without models has files; a missing one is an error."""
    empty = scan(tmp_path, lookup())
    assert (empty.coverage.files_seen, empty.uses) == (0, ())
    nothing = scan(stack(tmp_path / "x", {"a.txt": "hello"}), lookup())
    assert (nothing.coverage.files_seen, nothing.uses) == (1, ())
    with pytest.raises(Unreadable):
        scan(tmp_path / "gone", lookup())


def test_one_file_can_be_scanned_by_itself(tmp_path: Path) -> None:
    """Its neighbours are not looked at."""
    root = stack(tmp_path, FILES)
    inventory = scan(root / "a.py", lookup())
    assert inventory.coverage.files_seen == 1
    assert [t.use.status for t in told(inventory)] == ["unresolved"]


class Broken:
    """A collector with a bug."""

    ident = "broken"
    globs: tuple[str, ...] = ("**/*.py",)
    magics: tuple[bytes, ...] = ()

    def collect(self, view: FileView) -> Collected:
        """Fails."""
        raise KeyError(str(view.path))


def test_a_bug_in_a_collector_is_a_gap_that_says_so(tmp_path: Path) -> None:
    """Other files and other collectors are not touched."""
    inventory = scan(stack(tmp_path, FILES), lookup(), DEFAULT_LIMITS, collectors=[Broken()])
    assert [gap.detail.split(":")[0] for gap in inventory.gaps] == ["bug in broken"]
    assert inventory.gaps[0].location is not None
    assert inventory.gaps[0].location.path == "a.py"


def test_patterns_of_the_profile_are_left_out_and_counted(tmp_path: Path) -> None:
    """What is ignored is said in the coverage."""
    inventory = scan(stack(tmp_path, FILES), lookup(), ignore=("a.py",))
    assert inventory.coverage.files_ignored == 1
    assert not [u for u in inventory.uses if u.location.path == "a.py"]


@pytest.mark.parametrize(
    "folder", ["", "m", "/".join(["quite-a-long-name"] * 20)], ids=["root", "short", "long"]
)
def test_a_model_that_lies_here_is_listed_whatever_its_folder_is_called(tmp_path: Path, folder: str) -> None:
    """A model's own folder can be examined, and neither one letter nor a very long path hides weights."""
    place = tmp_path / folder
    place.mkdir(parents=True, exist_ok=True)
    (place / "config.json").write_text('{"model_type": "llama"}', encoding="utf-8")
    (place / "model.safetensors").write_bytes(safetensors_bytes({"w": np.zeros((2, 3), np.float32)}))
    found = told(scan(tmp_path, lookup()))
    assert [(t.use.role, t.use.status, t.use.model_name) for t in found] == [
        ("stored", "measured", folder or ".")
    ]
