"""Laws of list files: any bytes end well, imports are idempotent, matching is symmetric and order-free."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from build import lists as build
from build.lists import FORMATS, PUBLISHED, RETRIEVED, SAYS_NO_DATE, Row
from gauger.core.errors import LimitExceeded, Malformed, NothingToExamine, UsageError
from gauger.lists.match import Known, matches
from gauger.lists.names import name_key
from gauger.lists.read import read_list
from gauger.lists.records import ListFolder
from gauger.lists.store import dump, keep, load, read_folder

names = st.text(alphabet=st.characters(codec="utf-8", exclude_categories=("Cs",)), min_size=1, max_size=30)
latin = st.text(alphabet="abcXYZ .,-&()", min_size=1, max_size=12)
rows = st.lists(
    st.builds(
        Row,
        code=st.sampled_from(sorted(build.SOURCES)),
        number=st.integers(1, 99).map(str),
        name=latin.map(lambda text: f"A {text} Ltd"),
        kind=st.sampled_from(["", "Entity", "Vessel", "Individual"]),
        aliases=st.lists(latin, max_size=2).map(tuple),
    ),
    min_size=1,
    max_size=8,
)


def read(data: bytes, **told: str):
    """These bytes as a list file."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "download"
        path.write_bytes(data)
        return read_list(path, **{"retrieved": RETRIEVED, "published": "", **told})


def ends_well(data: bytes) -> None:
    """A list file whose numbers add up, or one of the errors that a user can act on."""
    try:
        file = read(data)
    except UsageError:
        try:
            file = read(data, published=PUBLISHED)
        except (Malformed, LimitExceeded, NothingToExamine, UsageError):
            return
    except (Malformed, LimitExceeded, NothingToExamine):
        return
    left = file.counts.individuals + file.counts.perhaps_individuals + file.counts.of_other_lists
    assert file.counts.kept == len(file.parties) <= file.counts.read - left
    assert load(dump(file)) == file


@given(st.binary(max_size=400))
def test_any_bytes_are_a_list_or_an_error(data: bytes) -> None:
    """Nothing else comes out of a reader."""
    ends_well(data)


@pytest.mark.parametrize("ident", FORMATS)
@given(data=st.data())
def test_any_change_of_a_file_is_a_list_or_an_error(ident: str, data: st.DataObject) -> None:
    """Bytes changed, put in, cut out or repeated anywhere."""
    whole = bytearray(FORMATS[ident]())
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(whole) - 1))
        length = data.draw(st.integers(0, 40))
        whole[place : place + length] = data.draw(st.binary(max_size=20))
    ends_well(bytes(whole))


@given(rows)
def test_importing_twice_is_importing_once(some: list[Row]) -> None:
    """The folder's bytes are those of the first time."""
    try:
        file = read(build.csl_json(some))
    except NothingToExamine:
        return
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "lists"
        keep(folder, file)
        once = {p.name: p.read_bytes() for p in folder.iterdir()}
        keep(folder, file)
        assert {p.name: p.read_bytes() for p in folder.iterdir()} == once
        assert read_folder(folder).files == (file,)


@given(rows)
def test_the_order_of_entries_in_a_file_makes_no_difference(some: list[Row]) -> None:
    """What is kept is sorted: the same entries give the same parties."""
    assert read(build.csl_json(some)).parties == read(build.csl_json(some[::-1])).parties


@given(names, names)
def test_matching_names_is_symmetric(one: str, other: str) -> None:
    """A developer called `one` is on a list that says `other` exactly when it is the other way round."""

    def hit(developer: str, listed: str) -> bool:
        file = read(build.csl_json([Row("EL", "1", "Fixed Name Ltd", "Entity", (listed,))]))
        known = Known(developer="d", names=(developer,))
        return bool(matches(ListFolder(files=(file,)), [known]))

    assert hit(one, other) == hit(other, one)


@given(names)
def test_the_key_of_a_name_is_its_own_key(name: str) -> None:
    """Folding twice is folding once, and case makes no difference."""
    assert name_key(name_key(name)) == name_key(name)
    assert name_key(name.swapcase().casefold()) == name_key(name.casefold())


def test_formats_without_a_date_are_those_that_are_said_to_have_none() -> None:
    """So that the laws above exercise both ways."""
    for ident, make in FORMATS.items():
        if ident in SAYS_NO_DATE:
            with pytest.raises(UsageError):
                read(make())
        else:
            assert read(make()).published == PUBLISHED
