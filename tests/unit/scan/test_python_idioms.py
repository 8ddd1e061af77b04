"""Python applications' idioms and libraries' calls, each with all that a scan says of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from build.stacks import lookup, scanned, stack
from gauger.scan.scan import scan

_HERE = Path(__file__).parent


def cases(name: str) -> dict[str, Any]:
    """What one of the files beside this one holds."""
    found = yaml.safe_load((_HERE / name).read_text(encoding="utf-8"))
    assert isinstance(found, dict)
    return found


IDIOMS = cases("python_idioms.yaml")
LIBRARIES = cases("python_libraries.yaml")


def said(root: Path, files: dict[str, str]) -> list[str]:
    """All uses of a stack: namespace and name, or what is written; the provider after `@`."""
    found = set()
    for told in scanned(root, files):
        if told.use.status == "mention":
            continue
        unresolved = told.use.status == "unresolved"
        shown = f"? {told.use.written}" if unresolved else f"{told.model.namespace} {told.model.name}"
        found.add(f"{shown} @{told.provider}" if told.provider else shown)
    return sorted(found)


@pytest.mark.parametrize("name", IDIOMS)
def test_idioms_are_followed(tmp_path: Path, name: str) -> None:
    """Each idiom gives exactly these models, each with the provider of its own call."""
    assert said(tmp_path, IDIOMS[name]["files"]) == IDIOMS[name]["uses"]


@pytest.mark.parametrize("name", LIBRARIES)
def test_libraries_are_read(tmp_path: Path, name: str) -> None:
    """Each library's way of naming a model is read, with who serves it; look-alikes are nothing."""
    assert said(tmp_path, LIBRARIES[name]["files"]) == LIBRARIES[name]["uses"]


def test_a_broken_cell_hides_no_other(tmp_path: Path) -> None:
    """A cell that is no Python is a gap; what stands in the other cells is read."""
    cells = ["def (:", "from transformers import AutoModel", "AutoModel.from_pretrained('x/Y')"]
    book = {"cells": [{"cell_type": "code", "source": [cell]} for cell in cells]}
    files = {"a.ipynb": json.dumps(book, indent=1)}
    assert said(tmp_path, files) == ["hub x/Y"]


def test_packages_of_an_accelerator_are_told(tmp_path: Path) -> None:
    """An import of a package made for one accelerator is part of the inventory."""
    files = {
        "a.py": "import torch_npu\nfrom transformers import AutoModel\nAutoModel.from_pretrained('x/Y')\n"
    }
    found = scan(stack(tmp_path, files), lookup()).artifacts
    assert [a.title for a in found if a.kind == "chip-target"] == ["Huawei Ascend (CANN)"]


def test_many_choices_end(tmp_path: Path) -> None:
    """Tables, branches and loops that multiply are gone through in bounded time."""
    code = "from openai import OpenAI\n" + "".join(
        f"if c{i}:\n    a{i} = 'x'\nelse:\n    a{i} = 'y'\n" for i in range(60)
    )
    code += "n = " + " + ".join(f"a{i}" for i in range(60)) + "\n"
    rows = ", ".join(f"'k{i}': {{'m': 'gpt-{i}', 'u': 'https://h{i}.ai'}}" for i in range(60))
    code += f"T = {{{rows}}}\nfor k in T:\n    for j in T:\n"
    code += "        OpenAI(base_url=T[k]['u']).chat.completions.create(model=T[j]['m'] + n)\n"
    assert len(said(tmp_path, {"a.py": code})) < 3_000


def test_a_question_cell_names_its_model(tmp_path: Path) -> None:
    """`%%ai provider:model` asks that model; the text of the question is no code."""
    book = {
        "cells": [{"cell_type": "code", "source": ["%%ai anthropic:claude-heron-2\n", "Why (is) it so?"]}]
    }
    files = {"a.ipynb": json.dumps(book, indent=1)}
    assert said(tmp_path, files) == ["api claude-heron-2 @anthropic"]


def test_a_callers_name_is_reported_at_the_caller(tmp_path: Path) -> None:
    """Each caller that writes a name is a place of its own; the wrapper's own line holds its default."""
    files = IDIOMS["default-beside-callers"]["files"]
    told = {t.model.name: (t.use.location.path, t.use.location.line) for t in scanned(tmp_path, files)}
    assert told["pavo-2-chat"] == ("app/ask.py", 5)
    assert told["pavo-2-large"] == ("app/ask.py", 6)
    assert told["codex-9-mini"] == ("app/use.py", 3)
    assert told["model"] == ("app/use.py", 5)
