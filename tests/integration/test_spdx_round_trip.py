"""The example stack, written as SPDX and read back as another tool's bill: nothing is lost."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from spdx_python_model import v3_0_1 as spdx

from build.harbour import HARBOUR
from gauger.catalogue.load import Catalogue
from gauger.catalogue.query import Lookup
from gauger.core.dossier import Dossier, in_use
from gauger.flows.check import Question, check
from gauger.report.registry import RENDERERS
from gauger.scan.scan import Inventory, scan

AS_OF = "2026-11-23"


@pytest.fixture(scope="module")
def lookup() -> Lookup:
    """The knowledge base that is shipped."""
    return Lookup(Catalogue())


@pytest.fixture(scope="module")
def harbour(lookup: Lookup) -> Dossier:
    """The example, checked without a profile."""
    return check(HARBOUR, lookup, Question(as_of=AS_OF))


@pytest.fixture(scope="module")
def again(
    harbour: Dossier, lookup: Lookup, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, Inventory]:
    """What a scan finds in a folder that holds the bill of the example and nothing else."""
    folder = tmp_path_factory.mktemp("bill")
    (folder / "harbour.spdx.json").write_bytes(RENDERERS.get("spdx").render(harbour))
    return folder, scan(folder, lookup)


def test_the_bill_is_valid_and_holds_hashes_of_whole_files_only(harbour: Dossier) -> None:
    """The official model loads it; each hash is one that the dossier has for the whole file."""
    objects = spdx.SHACLObjectSet()
    spdx.JSONLDDeserializer().read(io.BytesIO(RENDERERS.get("spdx").render(harbour)), objects)
    whole = {d.path: d.sha256 for d in harbour.inputs if d.read_bytes == d.size_bytes}
    hashed = {
        file.name: proof.hashValue
        for file in objects.foreach_type(spdx.software_File)
        for proof in file.verifiedUsing
    }
    assert hashed
    assert all(whole.get(path) == value for path, value in hashed.items())


def test_no_model_is_lost_and_none_is_added(harbour: Dossier, again: tuple[Path, Inventory]) -> None:
    """Namespace, name, provider and form of each model survive the way out and in."""
    _, inventory = again
    models = in_use(inventory.models, inventory.uses)
    assert {(m.namespace, m.name, m.provider, m.form) for m in models} == {
        (m.namespace, m.name, m.provider, m.form) for m in harbour.models_in_use
    }


def test_makers_are_those_that_our_catalogue_gives(harbour: Dossier, again: tuple[Path, Inventory]) -> None:
    """The bill's words decide nothing: developer and family come out of the knowledge base again."""
    _, inventory = again
    first = {m.id: (m.developer, m.family) for m in harbour.models_in_use if isinstance(m.developer, str)}
    second = {m.id: (m.developer, m.family) for m in inventory.models}
    assert first
    assert {ident: second[ident] for ident in first} == first


def test_every_place_of_use_is_still_told(harbour: Dossier, again: tuple[Path, Inventory]) -> None:
    """Each use stands in the bill with its place in the examined stack as the member."""
    _, inventory = again
    told = {use.location.member for use in inventory.uses}
    assert {str(use.location) for use in harbour.uses if use.status != "mention"} <= told


def test_the_other_collectors_leave_the_bill_alone(again: tuple[Path, Inventory]) -> None:
    """One file, one reader: nothing is counted twice."""
    _, inventory = again
    assert {use.surface for use in inventory.uses} == {"spdx"}
