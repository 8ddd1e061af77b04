"""Laws of the core's records, readings, canonical JSON and dossier."""

from __future__ import annotations

import unicodedata

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from build import records as make
from gauger.core.canonical import canonical_json, content_id
from gauger.core.dossier import CatalogueStamp, Dossier, Tool, dump, load
from gauger.core.errors import Malformed, VerificationError
from gauger.core.judgement import VERDICTS, worst
from gauger.core.readings import Measured
from gauger.core.text import printable

STAMP = CatalogueStamp(version="1", as_of="2026-01-01", digest="sha256:0")
TOOL = Tool(name="gauger", version="0")


@given(make.records)
def test_a_record_comes_back_equal_from_its_own_bytes(record):
    """Encoding and decoding gives an equal record with the same id."""
    back = msgspec.json.decode(msgspec.json.encode(record), type=type(record))
    assert back == record
    assert back.has_own_id()


@given(make.records)
def test_an_id_is_made_of_the_identity_fields_only(record):
    """A record with the same identity fields and other details keeps the id."""
    others = {
        name: "changed"
        for name in ("detail", "summary", "note", "remedy", "calibration")
        if hasattr(record, name)
    }
    others = {name: value for name, value in others.items() if name not in record.identity}
    changed = msgspec.structs.replace(record, id="", **others)
    assert changed.id == record.id


@given(make.models, make.words)
def test_another_identity_has_another_id(model, name):
    """Changing an identity field changes the id."""
    other = msgspec.structs.replace(model, id="", name=name)
    assert (other.id == model.id) == (name == model.name)


@given(st.dictionaries(make.text, make.scalars, max_size=5))
def test_canonical_json_does_not_depend_on_order(fields):
    """The same entries in another order give the same bytes and id, and decoding them gives them back."""
    other = dict(reversed(fields.items()))
    assert canonical_json(fields) == canonical_json(other)
    assert content_id("x", fields) == content_id("x", other)
    assert canonical_json(msgspec.json.decode(canonical_json(fields))) == canonical_json(fields)


@given(st.lists(make.records, max_size=8, unique_by=lambda r: r.id))
def test_a_dossier_comes_back_equal_from_its_own_bytes(found):
    """Dump and load are inverse, and dumping again gives the same bytes."""
    sections = {
        "artifact": "artifacts", "model": "models", "use": "uses", "reference": "references",
        "evidence": "evidence", "claim": "claims", "finding": "findings", "gap": "gaps",
        "decision": "decisions", "outcome": "outcomes",
    }  # fmt: skip
    filled = {section: tuple(r for r in found if r.prefix == prefix) for prefix, section in sections.items()}
    dossier = Dossier(tool=TOOL, target="t", as_of="2026-01-01", catalogue=STAMP, **filled)
    data = dump(dossier)
    assert load(data) == dossier
    assert dump(load(data)) == data


@given(make.models, make.words)
def test_a_changed_record_is_refused(model, name):
    """A dossier in which an identity field was edited by hand does not load."""
    edited = msgspec.structs.replace(model, name=name + "x" if name == model.name else name)
    dossier = Dossier(tool=TOOL, target="t", as_of="2026-01-01", catalogue=STAMP, models=(edited,))
    with pytest.raises(VerificationError):
        load(dump(dossier))


@given(st.binary(max_size=200))
def test_any_bytes_are_a_dossier_or_malformed(data):
    """Loading never fails in any other way."""
    with pytest.raises(Malformed):
        load(data)


@given(st.text(), st.integers(1, 500))
def test_printable_text_steers_nothing(text, limit):
    """No control, format, surrogate or separator character is left, and the bound holds."""
    shown = printable(text, limit)
    assert len(shown) <= limit
    assert not {unicodedata.category(c) for c in shown} & {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
    shown.encode()


@given(make.finite, make.finite, make.finite)
def test_a_reading_lies_in_its_own_interval(value, low, high):
    """A measured number outside its interval cannot be made."""
    inside = low <= value <= high
    if inside:
        assert Measured(value=value, low=low, high=high, unit="x", n=1).value == value
    else:
        with pytest.raises(ValueError, match="interval"):
            Measured(value=value, low=low, high=high, unit="x", n=1)


@pytest.mark.parametrize("bad", [float("nan"), float("inf"), float("-inf")])
def test_a_reading_is_finite(bad):
    """NaN and infinity are not readings."""
    with pytest.raises(ValueError, match="finite"):
        Measured(value=bad, low=bad, high=bad, unit="x", n=1)


@given(st.lists(st.sampled_from(VERDICTS)), st.sampled_from(VERDICTS))
def test_another_verdict_never_makes_the_worst_better(verdicts, more):
    """The worst verdict is monotone and does not depend on order."""
    before, after = worst(tuple(verdicts)), worst((*verdicts, more))
    assert VERDICTS.index(after) <= VERDICTS.index(before) or not verdicts
    assert worst(tuple(reversed(verdicts))) == before
