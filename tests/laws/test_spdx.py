"""Laws of SPDX out and in: always valid, nothing lost on the way back, readers never fail."""

from __future__ import annotations

import io
import json
from collections import Counter

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from spdx_python_model import v3_0_1 as spdx

from build import dossiers as made
from build.any_dossiers import dossiers
from gauger.core.errors import LimitExceeded, Malformed
from gauger.core.limits import DEFAULT_LIMITS
from gauger.formats.spdx import read_spdx
from gauger.report.registry import RENDERERS
from gauger.scan.spdx import entries_of


def written(dossier):
    """The dossier as SPDX."""
    return RENDERERS.get("spdx").render(dossier)


def loaded(data):
    """The document in the official model's own classes, which refuse what the model forbids."""
    objects = spdx.SHACLObjectSet()
    spdx.JSONLDDeserializer().read(io.BytesIO(data), objects)
    assert objects.link() == set()
    return objects


def check_profiles(data):
    """Does the document keep what it claims: one declared and one concluded licence for each AI package?"""
    graph = json.loads(data)["@graph"]
    pairs = Counter(
        (e["from"], e["relationshipType"]) for e in graph if "icense" in e.get("relationshipType", "")
    )
    profiled = [e for e in graph if e["type"] in ("ai_AIPackage", "dataset_DatasetPackage")]
    for package in profiled:
        for kind in ("hasDeclaredLicense", "hasConcludedLicense"):
            assert pairs[package["spdxId"], kind] == 1
    claimed = next(e for e in graph if e["type"] == "software_Sbom")["profileConformance"]
    kinds = {e["type"] for e in graph}
    assert ("ai" in claimed) == ("ai_AIPackage" in kinds)
    assert ("dataset" in claimed) == ("dataset_DatasetPackage" in kinds)
    assert ("simpleLicensing" in claimed) == ("simplelicensing_LicenseExpression" in kinds)


def identities(models):
    """What must survive the round trip."""
    return {(m.namespace, m.name, m.provider, m.form) for m in models}


@settings(max_examples=40)
@given(dossiers())
def test_every_dossier_gives_a_valid_document_that_loses_no_model(dossier):
    """The official model loads it, the profiles hold, and our own reader finds the same models."""
    data = written(dossier)
    loaded(data)
    check_profiles(data)
    entries = entries_of(read_spdx(data.decode(), DEFAULT_LIMITS), "x.spdx.json")
    assert identities(e.stated for e in entries) == identities(dossier.models_in_use)


@pytest.mark.parametrize("name", ["small", "empty", "hostile", "large"])
def test_made_dossiers_are_valid(name):
    """A stack, nothing, a stranger's texts, and eighty models: each loads with all its models."""
    dossier = getattr(made, name)()
    data = written(dossier)
    objects = loaded(data)
    check_profiles(data)
    used = [o for o in objects.foreach_type(spdx.Relationship) if o.relationshipType.endswith("/dependsOn")]
    assert len(used) == len(dossier.models_in_use)


def test_the_check_can_fail():
    """A document with a type that the model does not have, or without a required property, is refused."""
    document = json.loads(written(made.small()))
    package = next(e for e in document["@graph"] if e["type"] == "ai_AIPackage")
    package["software_packageUrl"] = 7
    with pytest.raises((TypeError, ValueError)):
        loaded(json.dumps(document).encode())


json_values = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=8)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(
            st.sampled_from(
                ["type", "@type", "spdxId", "name", "from", "to", "relationshipType", "subject", "statement",
                 "packages", "externalRefs", "suppliedBy", "element", "annotations", "SPDXID"]
            ),
            inner,
            max_size=4,
        ),
    ),
    max_leaves=12,
)  # fmt: skip


@settings(max_examples=200)
@given(st.sampled_from(["@graph", "packages", "relationships", "elements"]), json_values)
def test_any_json_is_read_or_refused(key, value):
    """Whatever stands where elements are expected: entries with texts, or an error of a named kind."""
    text = msgspec.json.encode({key: value}).decode()
    try:
        content = read_spdx(text, DEFAULT_LIMITS)
    except (Malformed, LimitExceeded):
        return
    for entry in entries_of(content, "x.json", text):
        assert isinstance(entry.name, str)
