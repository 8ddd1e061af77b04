"""What changed since a revision, asked of a repository that nobody trusts."""

from __future__ import annotations

import os
import shutil
import subprocess
import zipfile
from pathlib import Path
from typing import Any

import pytest

from build.stacks import lookup, stack
from gauger.core.errors import UsageError
from gauger.flows.check import check, inventory_only
from gauger.flows.question import Question
from gauger.flows.since import restricted
from gauger.scan.revision import changed_since

GIT = shutil.which("git") or ""
pytestmark = pytest.mark.skipif(not GIT, reason="needs git")
FILES = {
    "use.py": "from transformers import AutoModel\nfrom names import MODEL\n"
    "AutoModel.from_pretrained(MODEL)\n",
    "names.py": "MODEL = 'Qwen/Qwen3-8B'\n",
    "other.py": "from openai import OpenAI\nOpenAI().chat.completions.create(model='gpt-4o')\n",
}


def git(root: Path, *arguments: str) -> None:
    """Run git without this machine's settings."""
    environment = {**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    name = ["-c", "user.name=x", "-c", "user.email=x@example.org"]
    subprocess.run([GIT, *name, *arguments], cwd=root, env=environment, check=True, capture_output=True)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A repository with one commit and one changed file."""
    made = stack(tmp_path / "root", FILES)
    git(made, "init", "-q")
    git(made, "add", ".")
    git(made, "commit", "-qm", "one")
    (made / "names.py").write_text("MODEL = 'google/gemma-2-9b-it'\n", encoding="utf-8")
    return made


def test_a_changed_setting_brings_the_code_that_reads_it(root: Path) -> None:
    """The use stands in an unchanged file; its model is found through a changed one."""
    asked = Question(as_of="2026-11-23", since="HEAD")
    part = restricted(inventory_only(root, lookup(), asked), root, "HEAD")
    assert [(use.location.path, use.model_name) for use in part.uses] == [("use.py", "google/gemma-2-9b-it")]
    assert [model.name for model in part.models] == ["google/gemma-2-9b-it"]
    assert any("1 of 2 uses" in gap.detail for gap in part.gaps)
    judged = check(root, lookup(), asked)
    assert {use.location.path for use in judged.uses} == {"use.py"}
    assert any("1 of 2 uses" in gap.detail for gap in judged.gaps)


def test_new_files_count_and_paths_are_of_the_root(root: Path) -> None:
    """A file that git does not know yet is a change; below a subfolder, paths are relative to it."""
    (root / "sub").mkdir()
    (root / "sub" / "new.py").write_text("x = 1\n", encoding="utf-8")
    assert changed_since(root, "HEAD") == {"names.py", "sub/new.py"}
    assert changed_since(root / "sub", "HEAD") == {"new.py"}


def test_nothing_named_is_the_whole(root: Path) -> None:
    """Without a revision nothing is left out and nothing is said."""
    whole = inventory_only(root, lookup(), Question(as_of="2026-11-23"))
    assert restricted(whole, root, "") is whole


@pytest.mark.parametrize("revision", ["--output=x", "-x", "nowhere", "", "HEAD; touch x", "HEAD\0"])
def test_what_is_no_revision_is_refused(root: Path, revision: str) -> None:
    """Options, commands and names that git does not know."""
    with pytest.raises(UsageError):
        changed_since(root, revision)
    assert not (root / "x").exists()


def test_nothing_of_the_repository_is_run(root: Path) -> None:
    """Hooks, monitors, external and converting drivers of the repository stay text."""
    harm = root / "harm.sh"
    harm.write_text(f"#!/bin/sh\ntouch {root}/harmed\n", encoding="utf-8")
    harm.chmod(0o755)
    (root / ".gitattributes").write_text("*.py diff=bad filter=bad\n", encoding="utf-8")
    for key in (
        "core.fsmonitor",
        "diff.external",
        "diff.bad.command",
        "diff.bad.textconv",
        "core.pager",
        "filter.bad.clean",
        "filter.bad.smudge",
        "filter.bad.process",
    ):
        git(root, "config", key, str(harm))
    git(root, "config", "filter.bad.required", "true")
    assert "names.py" in changed_since(root, "HEAD")
    assert not (root / "harmed").exists()


@pytest.mark.parametrize("name", [b"a=b", b"a.b", b"a\xff", b"A b", b"a\\nb", b'a\\"b'])
def test_no_filter_is_run_whatever_it_is_called(root: Path, name: bytes) -> None:
    """A filter's name may hold an equals sign, dots, spaces and bytes that are no text."""
    with (root / ".git" / "config").open("ab") as config:
        config.write(b'[filter "' + name + b'"]\n\tclean = "touch harmed; cat"\n\trequired = true\n')
    spoken = name.replace(b"\\", b"")
    (root / ".gitattributes").write_bytes(b"*.py filter=" + spoken + b"\n")
    assert "names.py" in changed_since(root, "HEAD")
    assert not (root / "harmed").exists()


CALL = "from openai import OpenAI\nOpenAI().chat.completions.create(model='gpt-4o')\n"


def shown(root: Path) -> set[str]:
    """Where the uses stand that are shown of what changed since the last commit."""
    asked = Question(as_of="2026-11-23", since="HEAD")
    return {use.location.path for use in restricted(inventory_only(root, lookup(), asked), root, "HEAD").uses}


def test_a_changed_file_is_shown_whatever_its_name_holds(root: Path) -> None:
    """Control characters and bytes that are no text do not hide a file from those who ask what is new."""
    (root / "a\x1bb.py").write_text(CALL, encoding="utf-8")
    assert "a\\x1bb.py" in shown(root)


def test_what_a_changed_archive_holds_is_shown(root: Path) -> None:
    """The change is the archive's; the use stands inside it."""
    with zipfile.ZipFile(root / "new.zip", "w") as archive:
        archive.writestr("inner/call.py", CALL)
    assert "new.zip!/inner/call.py" in shown(root)


def test_repositories_inside_are_shown_when_they_change(root: Path) -> None:
    """Of one that git does not know it gives the folder only, and so of a submodule at another commit."""
    inner = stack(root / "inner", {"call.py": CALL})
    git(inner, "init", "-q")
    git(inner, "add", ".")
    git(inner, "commit", "-qm", "one")
    assert "inner/call.py" in shown(root)
    git(root, "add", "inner", "names.py")
    git(root, "commit", "-qm", "two")
    assert "inner/call.py" not in shown(root)
    git(inner, "commit", "-qm", "three", "--allow-empty")
    assert "inner/call.py" in shown(root)


def test_another_folder_is_not_read_as_the_working_tree(root: Path, tmp_path: Path) -> None:
    """The repository's settings may name any folder: neither is it listed, nor does it hide what changed."""
    stack(tmp_path / "elsewhere", {"private.py": "x = 1\n"})
    git(root, "config", "core.worktree", str(tmp_path / "elsewhere"))
    with pytest.raises(UsageError, match="working tree"):
        changed_since(root, "HEAD")


@pytest.mark.parametrize("address", ["ext::{harm} x", "file://{root}"])
def test_nothing_missing_is_fetched(root: Path, address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A repository that lacks objects names a helper to fetch them; it is not asked, on no version of git."""
    harm = root / "harm.sh"
    harm.write_text(f"#!/bin/sh\ntouch {root}/harmed\n", encoding="utf-8")
    harm.chmod(0o755)
    settings = {
        "core.repositoryformatversion": "1",
        "extensions.partialClone": "far",
        "remote.far.url": address.format(harm=harm, root=root),
        "remote.far.promisor": "true",
        "remote.far.uploadpack": str(harm),
        "protocol.ext.allow": "always",
        "protocol.file.allow": "always",
    }
    for key, value in settings.items():
        git(root, "config", key, value)
    tree = subprocess.run([GIT, "rev-parse", "HEAD^{tree}"], cwd=root, check=True, capture_output=True)
    name = tree.stdout.decode().strip()
    (root / ".git" / "objects" / name[:2] / name[2:]).unlink()
    without = subprocess.run

    def old(*arguments: Any, env: dict[str, str], **how: Any) -> Any:
        return without(*arguments, env={k: v for k, v in env.items() if k != "GIT_NO_LAZY_FETCH"}, **how)

    monkeypatch.setattr("gauger.scan.revision.subprocess.run", old)
    with pytest.raises(UsageError):
        changed_since(root, "HEAD")
    assert not (root / "harmed").exists()
