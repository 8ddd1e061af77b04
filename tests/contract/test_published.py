"""What was published stays: the schema, the stored samples, the table of exit codes, the seams."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path

import msgspec
import pytest
from jsonschema import Draft202012Validator

from gauger.core.dossier import dump, load, published_schema
from gauger.core.exits import MEANING, Exit

ROOT = Path(__file__).parents[2]
RELEASED = sorted((ROOT / "tests" / "released").glob("v*/*.json"))


def schema_script():
    """The script that writes the schema, as a module."""
    spec = importlib.util.spec_from_file_location("schema", ROOT / "scripts" / "schema.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_published_schema_is_that_of_the_classes():
    """`scripts/schema.py` was run after the last change of a record."""
    assert published_schema() == schema_script().schema_bytes()


def test_there_is_a_stored_sample_of_every_released_version():
    """Version 1 has one at least."""
    assert any(path.parent.name == "v1" for path in RELEASED)


def kept(before, after):
    """Is all of the first document in the second, in the same places?"""
    if isinstance(before, dict):
        return isinstance(after, dict) and all(
            key in after and kept(value, after[key]) for key, value in before.items()
        )
    if isinstance(before, list):
        return (
            isinstance(after, list)
            and len(before) == len(after)
            and all(kept(one, other) for one, other in zip(before, after, strict=True))
        )
    return before == after


@pytest.mark.parametrize("path", RELEASED, ids=lambda p: f"{p.parent.name}/{p.name}")
def test_a_released_document_loads_and_validates_for_ever(path):
    """It loads with its ids verified, is valid under the schema, and loses nothing when written again.

    Fields that came later are added with their defaults: what version 1 said stays as it was said. Only the
    cases of a decision are written shorter than they were; loaded again they are the same.
    """
    data = path.read_bytes()
    Draft202012Validator(json.loads(published_schema())).validate(json.loads(data))
    dossier = load(data)
    assert dossier.uses
    assert dossier.claims
    assert dossier.decisions
    again = dump(dossier)
    assert kept(json.loads(data), json.loads(msgspec.json.encode(load(again))))
    assert dump(load(again)) == again


def test_every_exit_code_has_a_meaning():
    """The table is complete, and the numbers are those that were published."""
    assert set(MEANING) == set(Exit)
    assert [int(code) for code in Exit] == [0, 1, 2, 3, 4, 5, 70]
