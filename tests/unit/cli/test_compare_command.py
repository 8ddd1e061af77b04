"""`gauger compare` as a user calls it: exit codes and what is shown."""

from __future__ import annotations

import json

import pytest

from build import copies
from gauger.cli.main import exit_code
from gauger.core.exits import Exit

P = copies.parent(layers=2)


@pytest.fixture
def paths(tmp_path):
    """A parent and a child."""
    child = copies.written(tmp_path / "child", copies.noise(P, 0.1))
    return str(child), str(copies.written(tmp_path / "base", P))


def test_a_copy_is_told(paths, capsys):
    """In words, with the verdict."""
    assert exit_code(["compare", *paths]) == Exit.DONE
    shown = capsys.readouterr().out
    assert "fine-tuned" in shown


def test_as_json(paths, capsys):
    """The comparison is in the document, twice the same."""
    said = []
    for _ in range(2):
        assert exit_code(["compare", *paths, "-f", "json"]) == Exit.DONE
        said.append(capsys.readouterr().out)
    document = json.loads(said[0])
    assert [c["verdict"] for c in document["comparisons"]] == ["fine-tuned"]
    assert said[0] == said[1]


def test_the_same_path_twice_is_a_mistake(paths, capsys):
    """With a hint how to call it."""
    assert exit_code(["compare", paths[0], paths[0]]) == Exit.USAGE
    assert "two different models" in capsys.readouterr().err


def test_a_path_that_is_not_there(paths, tmp_path, capsys):
    """On either side."""
    nowhere = str(tmp_path / "nowhere")
    for pair in ((nowhere, paths[0]), (paths[0], nowhere)):
        assert exit_code(["compare", *pair]) == Exit.USAGE
        assert "no such file or folder" in capsys.readouterr().err


@pytest.mark.parametrize("files", [{}, {"notes.txt": "no model"}])
def test_a_folder_without_a_model(paths, tmp_path, capsys, files):
    """There is nothing to examine."""
    empty = tmp_path / "empty"
    empty.mkdir()
    for name, text in files.items():
        (empty / name).write_text(text)
    for pair in ((str(empty), paths[0]), (paths[0], str(empty))):
        assert exit_code(["compare", *pair]) == Exit.NOTHING
        assert capsys.readouterr().err


def test_one_model_alone(paths, capsys):
    """A reference is needed."""
    assert exit_code(["compare", paths[0]]) == Exit.USAGE
    assert "REFERENCE" in capsys.readouterr().err


def test_a_rewritten_copy_is_a_finding(tmp_path, capsys):
    """Which `--fail-on` can make the exit code of."""
    ours = str(copies.written(tmp_path / "copy", copies.rotated(copies.units_permuted(P))))
    base = str(copies.written(tmp_path / "base", P))
    assert exit_code(["compare", ours, base]) == Exit.DONE
    assert "re-parameterised" in capsys.readouterr().out
    assert exit_code(["compare", ours, base, "--fail-on", "high"]) == Exit.FINDINGS
