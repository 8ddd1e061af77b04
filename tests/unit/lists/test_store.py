"""The user's folder: one document a list, imported once, never older, never in contradiction by accident."""

from __future__ import annotations

import os
import time

import msgspec
import pytest

from build import lists as build
from build.lists import PUBLISHED, RETRIEVED, ROWS, Row
from gauger.core.errors import Malformed, Unreadable, UsageError
from gauger.lists.confirmations import CONFIRMATIONS, add_confirmation
from gauger.lists.read import read_list
from gauger.lists.records import Confirmation, ListFile, ListFolder
from gauger.lists.store import SUFFIX, dump, keep, load, read_folder

SAID = Confirmation(
    list="us.entity-list",
    entry="id9002",
    name="Harrowgate Optical Works Limited",
    developer="huawei",
    verdict="same",
    by="A. Person",
    because="the addresses are: the same",
    on="2026-11-23",
    file="0" * 64,
)


def imported(folder, data, **told):
    """These bytes as a list file."""
    path = folder / "download"
    path.write_bytes(data)
    return read_list(path, **{"retrieved": RETRIEVED, **told})


@pytest.fixture
def csl(tmp_path) -> ListFile:
    """The ten rows as the Consolidated Screening List."""
    return imported(tmp_path, build.csl_json())


def test_a_document_loads_as_it_was_written(csl):
    """And its bytes are the same each time, one entry a line."""
    data = dump(csl)
    assert load(data) == csl
    assert dump(load(data)) == data
    assert data.count(b"\n") == len(csl.parties) + 2


def test_importing_the_same_file_again_changes_nothing(csl, tmp_path):
    """Not even the day of retrieval: the stamp is that of the first import."""
    folder = tmp_path / "lists"
    assert keep(folder, csl) is csl
    before = {p.name: p.read_bytes() for p in folder.iterdir()}
    assert keep(folder, msgspec.structs.replace(csl, retrieved="2026-11-24")) == csl
    assert {p.name: p.read_bytes() for p in folder.iterdir()} == before
    assert set(before) == {f"us.csl{SUFFIX}", ".gaugerignore"}


def test_an_older_publication_does_not_replace_a_newer_one(csl, tmp_path):
    """Unless it is forced."""
    folder = tmp_path / "lists"
    keep(folder, csl)
    older = imported(tmp_path, build.csl_json(at="2026-11-01"))
    with pytest.raises(UsageError, match=r"published on 2026-11-01; the one at hand, us\.csl@"):
        keep(folder, older)
    assert keep(folder, older, force=True) is older
    assert read_folder(folder).files == (older,)


def test_two_files_of_one_day_that_differ_are_a_contradiction(csl, tmp_path):
    """Both digests are named, and nothing is replaced."""
    folder = tmp_path / "lists"
    keep(folder, csl)
    other = imported(tmp_path, build.csl_json(ROWS[:9]))
    with pytest.raises(UsageError) as caught:
        keep(folder, other)
    assert csl.sha256 in str(caught.value)
    assert other.sha256 in str(caught.value)
    assert read_folder(folder).files == (csl,)


def test_a_newer_publication_replaces_the_older_one(csl, tmp_path):
    """Only the newest of a collection is kept."""
    folder = tmp_path / "lists"
    keep(folder, csl)
    newer = imported(tmp_path, build.csl_json(at="2026-11-22"))
    assert keep(folder, newer) is newer
    assert read_folder(folder).files == (newer,)


def test_of_two_files_of_one_list_the_newest_is_in_force(csl, tmp_path):
    """OFAC's own file supersedes the consolidated one for its list, and for no other."""
    own = imported(tmp_path, build.sdn_xml([Row("SDN", "1", "Solo Works", programme="SDGT")], "2026-11-21"))
    folder = ListFolder(files=(csl, own))
    assert folder.newest("us.ofac-sdn") == (own,)
    assert folder.newest("us.entity-list") == (csl,)
    assert [p.names[0] for p in folder.parties if p.list == "us.ofac-sdn"] == ["Solo Works"]


def test_the_folder_does_not_depend_on_the_order_of_imports(csl, tmp_path):
    """Same files, same folder, same bytes."""
    uk = imported(tmp_path, build.uk_csv())
    for name, files in (("a", (csl, uk)), ("b", (uk, csl))):
        for file in files:
            keep(tmp_path / name, file)
    assert read_folder(tmp_path / "a") == read_folder(tmp_path / "b")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'"version":"1"', b'"version":"2"'),
        (PUBLISHED.encode(), b"2026-13-40"),
        (b'"collection":"us.csl"', b'"collection":"../x"'),
        (b'"lists":["us.dpl",', b'"lists":["us.dtc",'),
        (b'"counts"', b'"other"'),
    ],
)
def test_a_document_that_somebody_changed_is_refused(old, new, csl):
    """An impossible date, another version, a name that is a path, an entry of another list."""
    data = dump(csl)
    assert old in data
    with pytest.raises(Malformed):
        load(data.replace(old, new, 1))


def test_a_link_that_leads_out_of_the_folder_is_not_followed(csl, tmp_path):
    """What is examined does not choose which file of this machine is read."""
    folder = tmp_path / "lists"
    folder.mkdir()
    outside = tmp_path / "outside"
    outside.write_bytes(dump(csl))
    (folder / f"x{SUFFIX}").symlink_to(outside)
    with pytest.raises(Unreadable, match="leads out of the folder"):
        read_folder(folder)


def test_decisions_are_added_and_never_taken_away(tmp_path):
    """What stood in the file before stays, byte for byte, at its beginning."""
    assert add_confirmation(tmp_path, SAID)
    before = (tmp_path / CONFIRMATIONS).read_bytes()
    other = msgspec.structs.replace(SAID, verdict="different", because="looked again", on="2026-11-24")
    assert add_confirmation(tmp_path, other)
    assert (tmp_path / CONFIRMATIONS).read_bytes().startswith(before)
    assert read_folder(tmp_path).confirmations == (SAID, other)


def test_the_same_decision_again_changes_nothing(tmp_path):
    """Whatever the day."""
    add_confirmation(tmp_path, SAID)
    before = (tmp_path / CONFIRMATIONS).read_bytes()
    assert not add_confirmation(tmp_path, msgspec.structs.replace(SAID, on="2026-12-01"))
    assert (tmp_path / CONFIRMATIONS).read_bytes() == before


@pytest.mark.parametrize(
    "text", ["- list: x\n", "- {on: soon}\n", "a: [", "- 1\n", "- {list: a, extra: 1}\n"]
)
def test_decisions_that_are_none_are_refused(text, tmp_path):
    """A file that somebody edited wrongly stops the run; it is not half read."""
    (tmp_path / CONFIRMATIONS).write_text(text)
    with pytest.raises(Malformed):
        read_folder(tmp_path)


def test_a_folder_that_is_not_there_says_how_to_make_one(tmp_path):
    """With the command."""
    with pytest.raises(UsageError, match="gauger lists import"):
        read_folder(tmp_path / "none")


def test_a_pipe_in_the_folder_is_refused_and_not_waited_for(tmp_path):
    """A stranger's stack may hold one in its folder of lists; opening it would never end."""
    os.mkfifo(tmp_path / f"us.csl{SUFFIX}")
    with pytest.raises(Unreadable, match="not a file"):
        read_folder(tmp_path)


@pytest.mark.parametrize("name", [CONFIRMATIONS, f"us.csl{SUFFIX}"])
def test_a_link_to_nothing_is_refused(tmp_path, name):
    """It is no empty file: what is written there later would lie outside of the folder."""
    (tmp_path / name).symlink_to(tmp_path.parent / "nothing-here")
    with pytest.raises(Unreadable):
        read_folder(tmp_path)


def test_nothing_is_written_through_a_link_that_lies_in_the_folder(tmp_path):
    """Whoever prepared the folder does not choose which file of this machine is overwritten."""
    folder, outside = tmp_path / "lists", tmp_path / "outside"
    folder.mkdir()
    outside.write_text("mine")
    (folder / "us.csl.list.new").symlink_to(outside)
    (folder / ".gaugerignore").symlink_to(tmp_path / "fresh")
    (folder / CONFIRMATIONS).symlink_to(tmp_path / "fresh")
    keep(folder, imported(tmp_path, build.csl_json(ROWS)))
    with pytest.raises(UsageError, match="is a link"):
        add_confirmation(folder, SAID)
    assert outside.read_text() == "mine"
    assert not (tmp_path / "fresh").exists()
    assert not (folder / "us.csl.list.json").is_symlink()


@pytest.mark.parametrize("day", ["20261120", "2026-W47-5"])
def test_a_stored_file_has_its_days_in_one_spelling(tmp_path, day):
    """The newest file is found by comparing days as text; another spelling would always be the newest."""
    file = msgspec.structs.replace(imported(tmp_path, build.csl_json(ROWS)), published=day)
    with pytest.raises(Malformed, match="dates"):
        load(dump(file))


def test_as_many_decisions_as_entries_are_looked_up_at_once(tmp_path):
    """Each is asked about each; 20,000 of both take a moment, not minutes."""
    rows = [Row("EL", str(n), f"Company Number {n}", "") for n in range(20_000)]
    file = imported(tmp_path, build.csl_json(rows))
    said = tuple(
        msgspec.structs.replace(SAID, entry=p.number, name=p.names[0], verdict="different")
        for p in file.parties
    )
    folder = ListFolder(files=(file,), confirmations=said)
    started = time.process_time()
    assert all(folder.decided(p.list, p) for p in folder.parties)
    assert time.process_time() - started < 5
