"""What the walker admits, what it leaves out, and what it says of the rest."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from build.stacks import stack
from gauger.core.errors import Unreadable
from gauger.core.limits import DEFAULT_LIMITS, Limits
from gauger.scan.match import Matcher
from gauger.scan.tree import FolderTree
from gauger.scan.walk import walk


def paths(root: Path, *ignore: str, limits: Limits = DEFAULT_LIMITS) -> list[str]:
    """Admitted paths."""
    return [entry.path for entry in walk(root, limits, ignore).entries]


def test_hidden_files_are_read_and_version_folders_are_not(tmp_path: Path) -> None:
    """`.env` and `.github` count, `.git` and caches do not."""
    stack(
        tmp_path,
        {".env": "A=1", ".github/workflows/ci.yml": "on: push", ".git/config": "", "a/__pycache__/x.pyc": ""},
    )
    assert paths(tmp_path) == [".env", ".github/workflows/ci.yml"]


def test_nested_ignore_files_are_obeyed_innermost_first(tmp_path: Path) -> None:
    """A deeper `.gitignore` may let a file in again; patterns with a slash are anchored."""
    stack(
        tmp_path,
        {
            ".gitignore": "*.log\n/build/\n",
            "a.log": "",
            "sub/.gitignore": "!keep.log\n",
            "sub/keep.log": "",
            "sub/drop.log": "",
            "build/x.py": "",
            "sub/build/x.py": "",
        },
    )
    assert paths(tmp_path) == [".gitignore", "sub/.gitignore", "sub/build/x.py", "sub/keep.log"]


def test_weights_stores_and_environment_files_are_seen_although_git_ignores_them(tmp_path: Path) -> None:
    """They are ignored for their size or their secrets, not because they are unused."""
    stack(
        tmp_path,
        {
            ".gitignore": "models/\n.env\nnotes/\n",
            ".env": "",
            "models/a/model.safetensors": "",
            "models/a/config.json": "",
            "models/hub/models--x--y/refs/main": "",
            "models/ollama/manifests/r/library/m/1b": "",
            "models/readme.txt": "",
            "notes/config.json": "",
        },
    )
    admitted = paths(tmp_path)
    assert ".env" in admitted
    assert "models/a/config.json" in admitted
    assert "models/hub/models--x--y/refs/main" in admitted
    assert "models/ollama/manifests/r/library/m/1b" in admitted
    assert "models/readme.txt" not in admitted
    assert "notes/config.json" not in admitted


def test_own_ignore_rules_have_no_exceptions(tmp_path: Path) -> None:
    """`.gaugerignore` and the profile's patterns leave weights out as well, and are counted."""
    stack(tmp_path, {".gaugerignore": "big/\n", "big/m.safetensors": "", "other/m.gguf": "", "keep.gguf": ""})
    assert paths(tmp_path, "other/") == [".gaugerignore", "keep.gguf"]
    assert walk(tmp_path, DEFAULT_LIMITS, ("other/",)).ignored == 2


def test_installed_packages_are_left_out_with_one_gap_a_kind(tmp_path: Path) -> None:
    """A reader learns that packages were not looked into, once and not a thousand times."""
    stack(
        tmp_path,
        {
            "a/node_modules/x/i.js": "",
            "b/node_modules/y/i.js": "",
            "venv/pyvenv.cfg": "",
            "venv/lib/x.py": "",
        },
    )
    walked = walk(tmp_path, DEFAULT_LIMITS)
    assert walked.entries == ()
    assert sorted(gap.detail.split(" of installed")[0] for gap in walked.gaps) == ["2 folders", "one folder"]


def test_links_stay_inside_the_root(tmp_path: Path) -> None:
    """A link to a file inside is followed; one to a folder, or that leads out, loops or dangles is a gap."""
    root = stack(tmp_path / "root", {"blobs/abc": "weights", "x/readme": ""})
    stack(tmp_path / "outside", {"secret.py": "x"})
    (root / "snap.safetensors").symlink_to(root / "blobs/abc")
    (root / "out.py").symlink_to(tmp_path / "outside/secret.py")
    (root / "outfolder").symlink_to(tmp_path / "outside")
    (root / "x/loop").symlink_to(root)
    (root / "dead").symlink_to("nowhere")
    (root / "self").symlink_to("self")
    walked = walk(root, DEFAULT_LIMITS)
    assert [(e.path, e.link) for e in walked.entries] == [
        ("blobs/abc", ""),
        ("snap.safetensors", "blobs/abc"),
        ("x/readme", ""),
    ]
    assert {gap.location.path for gap in walked.gaps if gap.location} == {
        "dead",
        "x/loop",
        "out.py",
        "outfolder",
        "self",
    }


def test_odd_names_and_special_files_are_gaps(tmp_path: Path) -> None:
    """A pipe never blocks the scan; a name that is not UTF-8 is shown escaped and still read."""
    os.mkfifo(tmp_path / "pipe.py")
    (tmp_path / os.fsdecode(b"b\xff.py")).write_text("x = 1")
    (tmp_path / "new\nline.py").write_text("x = 1")
    walked = walk(tmp_path, DEFAULT_LIMITS)
    assert [e.path for e in walked.entries] == ["b\\udcff.py", "new\\x0aline.py"]
    assert {gap.reason for gap in walked.gaps} == {"not-supported", "malformed"}
    tree = FolderTree(walked, DEFAULT_LIMITS)
    assert tree.open("new\\x0aline.py").size_bytes == 5


def test_bounds_end_the_walk_with_a_gap(tmp_path: Path) -> None:
    """Too many files or too many levels are said, never silently cut."""
    stack(tmp_path, {f"f{i}.py": "" for i in range(5)} | {"a/b/c/d.py": ""})
    walked = walk(tmp_path, Limits(files=3))
    assert len(walked.entries) == 3
    assert [gap.reason for gap in walked.gaps] == ["limit-exceeded"]
    deep = walk(tmp_path, Limits(folder_depth=2))
    assert "a/b/c/d.py" not in [e.path for e in deep.entries]
    assert [gap.reason for gap in deep.gaps] == ["limit-exceeded"]


def test_the_tree_answers_about_folders_and_reads_a_file_once(tmp_path: Path) -> None:
    """`a.b` sorts between `a` and `a/`: prefixes are folders, not letters."""
    stack(tmp_path, {"a/x": "1", "a/b/y": "22", "a.b": "3", "ab/z": "4"})
    tree = FolderTree(walk(tmp_path, DEFAULT_LIMITS), DEFAULT_LIMITS)
    assert list(tree.files_below("a")) == ["a/b/y", "a/x"]
    assert list(tree.files_in("a")) == ["a/x"]
    assert list(tree.files_in("")) == ["a.b"]
    assert tree.is_folder("a")
    assert not tree.is_folder("a/x")
    tree.open("a/b/y")
    tree.open("a/b/y")
    assert tree.bytes_read == 2
    with pytest.raises(Unreadable):
        tree.open("../x")


class Wants:
    """A collector by its globs alone."""

    magics: tuple[bytes, ...] = (b"GGUF",)

    def __init__(self, *globs: str) -> None:
        self.ident = globs[0]
        self.globs = globs


@pytest.mark.parametrize(
    ("glob", "path", "expected"),
    [
        ("**/*.py", "a.py", True),
        ("**/*.py", "a/b.PY", True),
        ("**/*.py", "a.pyc", False),
        ("**/Dockerfile*", "x/Dockerfile.gpu", True),
        ("**/Dockerfile*", "x/Dockerfile/y", False),
        (".github/workflows/*.yml", ".github/workflows/a.yml", True),
        (".github/workflows/*.yml", "x/.github/workflows/a.yml", False),
        ("**/models--*/**/config.json", "hub/models--a--b/snapshots/1/config.json", True),
        ("**/.env", ".env", True),
        ("**/[ab].toml", "x/b.toml", True),
        ("**/[!ab].toml", "x/b.toml", False),
        ("Modelfile", "deep/down/Modelfile", True),
    ],
)
def test_globs_match_like_paths(glob: str, path: str, expected: bool) -> None:  # noqa: FBT001 - a table
    """`**` spans folders, `*` does not, case does not matter."""
    matcher = Matcher([Wants(glob)])  # type: ignore[list-item]
    assert bool(matcher.by_path(path)) is expected
    assert matcher.by_magic(b"GGUFxx")
    assert not matcher.by_magic(b"xGGUF")
