"""Which models notebooks use. Collector `notebook` (`Notebook`)."""

from __future__ import annotations

import json
from pathlib import Path

from build.stacks import lookup, scanned, stack
from gauger.scan.scan import scan


def notebook(*cells: str, kind: str = "code") -> str:
    """A notebook as it is written to disk: one JSON string a line."""
    sources = [[line + "\n" for line in cell.splitlines()] for cell in cells]
    return json.dumps({"cells": [{"cell_type": kind, "source": s} for s in sources], "nbformat": 4}, indent=1)


def test_cells_are_one_module_and_keep_their_places(tmp_path: Path) -> None:
    """A constant of the first cell reaches the third; places name the cell and the file's line."""
    text = notebook(
        'M = "x/Y"',
        "!ollama pull glm4:9b",
        "from transformers import AutoModel\nAutoModel.from_pretrained(M)",
    )
    found = scanned(tmp_path, {"a.ipynb": text})
    assert [(t.model.name, t.use.location.member, t.use.surface) for t in found] == [
        ("glm4:9b", "cell 2", "notebook"),
        ("x/Y", "cell 3", "notebook"),
    ]
    lines = text.splitlines()
    assert "from_pretrained(M)" in lines[found[1].use.location.line - 1]
    assert found[1].use.chain[-1].location.member == "cell 1"


def test_magics_set_the_environment_and_shell_cells_are_commands(tmp_path: Path) -> None:
    """`%env` is read as Python, `%%bash` as shell, other magics are passed over."""
    text = notebook("%matplotlib inline\n%pip install x", "%%bash\nollama pull qwen3:8b", "?help\nx = 1")
    assert [t.model.name for t in scanned(tmp_path, {"a.ipynb": text})] == ["qwen3:8b"]


def test_broken_notebooks_are_gaps_and_their_shell_lines_are_still_read(tmp_path: Path) -> None:
    """One bad cell hides the Python, not the rest."""
    files = {
        "a.ipynb": notebook("x = (", "!ollama pull qwen3:8b"),
        "b.ipynb": "[]",
        "c.ipynb": '{"cells": [1, {"source": 5}]}',
    }
    inventory = scan(stack(tmp_path, files), lookup())
    assert sorted(g.location.path for g in inventory.gaps if g.location) == ["a.ipynb", "b.ipynb"]
    assert len(inventory.uses) == 1


def test_text_cells_are_mentions(tmp_path: Path) -> None:
    """What a person writes about a model is no use of it."""
    found = scanned(tmp_path, {"a.ipynb": notebook("We tried deepseek-ai/DeepSeek-V3.", kind="markdown")})
    assert [t.use.status for t in found] == ["mention"]
