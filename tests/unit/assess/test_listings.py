"""Lists that the user fetched, in an assessment: what they add, where they differ, what is missing."""

from __future__ import annotations

import msgspec
import pytest

from build import lists as build
from build.lists import RETRIEVED, Row
from build.policy import AS_OF, Rules, named, rule, shipped
from gauger.assess.assess import assess
from gauger.assess.listings import NO_LISTS, concerned, with_lists
from gauger.catalogue.records import Developer, ListEntry, Stake
from gauger.core.profile import Profile
from gauger.lists.read import read_list
from gauger.lists.records import Confirmation, ListFolder

LEGAL = "Quillfeather Compute Co., Ltd."
STAMP = {"sources": (), "checked_on": "2026-11-01", "next_check": "2027-01-01", "confidence": "high"}


def maker(*entries, **fields):
    """A developer that the knowledge base puts on these lists."""
    plain = {"id": "quill", "title": "Quillfeather", "country": "CN", "legal_entities": (LEGAL,), **STAMP}
    return Developer(lists=entries, **{**plain, **fields})


class Small:
    """A knowledge base with a few developers and no more."""

    as_of = "2026-11-01"

    def __init__(self, *developers):
        self.developers = {d.id: d for d in developers}


def folder(tmp_path, *rows, at="2026-11-20", retrieved=RETRIEVED, confirmations=()):
    """A folder with the consolidated list of these rows."""
    path = tmp_path / "download"
    path.write_bytes(build.csl_json(rows, at))
    return ListFolder(files=(read_list(path, retrieved=retrieved),), confirmations=confirmations)


def told(found):
    """The rules of the findings."""
    return sorted(f.rule for f in found.findings)


HERE = frozenset({"quill"})
LISTED = Row("EL", "1", LEGAL, "", since="2026-05-01")
OTHER = Row("EL", "2", "Somebody Else Ltd", "")


def test_without_a_folder_the_knowledge_base_speaks_alone():
    """No note, no key, no finding."""
    entry = ListEntry(list="us.entity-list", since="2025-01-16")
    found = with_lists(Small(maker(entry)), NO_LISTS, AS_OF, HERE)
    assert found.entries == {"quill": (entry,)}
    assert (found.notes, found.keys, found.findings) == ((), (), ())


def test_an_entry_of_a_file_counts_and_is_told(tmp_path):
    """With the list's own date, its name and the number of the entry."""
    found = with_lists(Small(maker()), folder(tmp_path, LISTED), AS_OF, HERE)
    assert found.entries["quill"] == (ListEntry(list="us.entity-list", since="2026-05-01", name=LEGAL),)
    assert told(found) == ["list-entry-new"]
    assert found.findings[0].severity == "low"
    assert found.notes[0].matched == ("quill",)
    assert found.keys == (found.notes[0].key,)


def test_findings_are_only_about_those_whom_the_stack_concerns(tmp_path):
    """The entry counts all the same."""
    found = with_lists(Small(maker()), folder(tmp_path, LISTED), AS_OF)
    assert "quill" in found.entries
    assert found.findings == ()


def test_an_entry_that_both_have_is_said_once(tmp_path):
    """The knowledge base's own date stands."""
    entry = ListEntry(list="us.entity-list", since="2025-01-16")
    found = with_lists(Small(maker(entry)), folder(tmp_path, LISTED), AS_OF, HERE)
    assert found.entries == {"quill": (entry,)}
    assert told(found) == []


def test_an_entry_that_the_newest_file_lacks_is_a_contradiction_and_stays(tmp_path):
    """A person decides; until then the worse answer holds."""
    entry = ListEntry(list="us.entity-list", since="2025-01-16")
    found = with_lists(Small(maker(entry)), folder(tmp_path, OTHER), AS_OF, HERE)
    assert found.entries == {"quill": (entry,)}
    assert told(found) == ["list-contradiction"]
    assert found.findings[0].severity == "medium"


@pytest.mark.parametrize(
    "entry",
    [
        ListEntry(list="us.1260h", since="2025-01-07"),
        ListEntry(list="us.entity-list", since="2026-11-22"),
        ListEntry(list="us.entity-list", since="2025-01-16", until="2026-02-01"),
        ListEntry(list="us.entity-list", since="2026-06-17", status="approved-unpublished"),
    ],
)
def test_what_a_file_cannot_know_is_no_contradiction(entry, tmp_path):
    """Another list, an entry made after the file, one that ended, one that was never published."""
    found = with_lists(Small(maker(entry)), folder(tmp_path, OTHER), AS_OF, HERE)
    assert told(found) == []


def test_a_pending_entry_gives_way_to_the_published_one(tmp_path):
    """What was approved is now on the list: it is listed, and no longer pending."""
    pending = ListEntry(list="us.entity-list", since="2026-06-17", status="approved-unpublished")
    found = with_lists(Small(maker(pending)), folder(tmp_path, LISTED), AS_OF, HERE)
    assert [e.status for e in found.entries["quill"]] == ["listed"]


def test_an_entry_without_a_date_is_sure_from_the_publication_on(tmp_path):
    """OFAC's classic file has no dates of listing: nothing is claimed of earlier days."""
    path = tmp_path / "download"
    path.write_bytes(build.sdn_xml([LISTED._replace(programme="SDGT")]))
    held = ListFolder(files=(read_list(path, retrieved=RETRIEVED),))
    found = with_lists(Small(maker()), held, AS_OF, HERE)
    assert found.entries["quill"][0].since == "2026-11-20"


def test_a_confirmed_entry_names_who_and_when(tmp_path):
    """In the finding that tells of it."""
    said = Confirmation(
        list="us.entity-list",
        entry="id2",
        name="Somebody Else Ltd",
        developer="quill",
        verdict="same",
        by="A. Person",
        because="registry extract",
        on="2026-11-23",
        file="0" * 64,
    )
    found = with_lists(Small(maker()), folder(tmp_path, OTHER, confirmations=(said,)), AS_OF, HERE)
    assert "confirmation by A. Person of 2026-11-23" in found.findings[0].message
    lost = msgspec.structs.replace(said, name="Formerly Called So Ltd")
    found = with_lists(Small(maker()), folder(tmp_path, OTHER, confirmations=(lost,)), AS_OF, HERE)
    assert told(found) == ["list-confirmation-lost"]
    assert found.entries == {}


@pytest.mark.parametrize(
    ("day", "stale"), [("2026-12-24", False), ("2026-12-25", True), ("2026-01-01", False)]
)
def test_a_file_of_last_month_is_stale(day, stale, tmp_path):
    """More than 31 days from the download to the day of the question; a question about the past is none."""
    found = with_lists(Small(maker()), folder(tmp_path, OTHER), day, HERE)
    assert ("list-stale" in told(found)) is stale


def test_owners_are_concerned_as_well():
    """Parents and holders of shares, through any number of steps; cycles end."""
    top = maker(id="top", parents=("sub",))
    holder = maker(id="holder", parents=("top",))
    sub = maker(id="sub", stakes=(Stake(holder="holder", percent=60),))
    developers = {d.id: d for d in (top, holder, sub, maker(id="stranger"))}
    assert concerned(developers, [frozenset({"sub"})]) == {"sub", "holder", "top"}


LIST_RULE = rule(test={"listed-on": ["us.ofac-sdn"]}, effect="block-dealings")
OWNED_RULE = rule(test={"owned-by-listed": {"lists": ["us.ofac-sdn"], "percent": 50}})
MODEL = named("deepseek-ai/DeepSeek-R1")


def judged(held=NO_LISTS, instrument=LIST_RULE, as_of=AS_OF):
    """What assess says of DeepSeek's model under one rule."""
    return assess(
        (MODEL,),
        (),
        (),
        (),
        catalogue=Rules([instrument]),
        profile=Profile(),
        as_of=as_of,
        scenarios=("today",),
        lists=held,
    )


def owner(tmp_path, ident="deepseek"):
    """The list with the first legal name of this developer of the knowledge base."""
    name = shipped().developers[ident].legal_entities[0]
    return folder(tmp_path, Row("SDN", "7", name, "Entity", since="2026-10-01"))


def test_a_rule_about_a_list_is_decided_by_the_file(tmp_path):
    """Clear without it, prohibited with it, and the decision carries the file's key."""
    before, after = judged(), judged(owner(tmp_path))
    assert {o.verdict for o in before.outcomes} == {"clear"}
    assert {o.verdict for o in after.outcomes} == {"prohibited"}
    assert {d.lists for d in after.decisions} == {(after.lists[0].key,)}
    assert after.lists[0].matched == ("deepseek",)


def test_an_owner_on_a_file_reaches_the_companies_below(tmp_path):
    """Fifty per cent of a listed holder is as good as listed."""
    parent = shipped().developers["deepseek"].parents[0]
    found = judged(owner(tmp_path, parent), OWNED_RULE)
    assert {o.verdict for o in found.outcomes} == {"prohibited"}


def test_the_entry_counts_from_its_own_day(tmp_path):
    """A question about an earlier day is answered as it was then."""
    held = owner(tmp_path)
    assert {o.verdict for o in judged(held, as_of="2026-09-30").outcomes} == {"clear"}


def test_a_list_without_a_file_is_one_gap(tmp_path):
    """However many rules and lists; none where the file is at hand or no rule binds the user."""
    gaps = [g for g in judged().gaps if "no file of" in g.detail]
    assert [g.reason for g in gaps] == ["not-requested"]
    assert "us.ofac-sdn" in gaps[0].detail
    elsewhere = [g for g in judged(folder(tmp_path, OTHER)).gaps if "no file of" in g.detail]
    assert [g.reason for g in elsewhere] == ["not-sourced"]
    assert not [g for g in judged(owner(tmp_path)).gaps if "no file of" in g.detail]
    nobody = rule(test={"listed-on": ["us.ofac-sdn"]}, binds={"not": {"always": True}})
    assert not [g for g in judged(instrument=nobody).gaps if "no file of" in g.detail]


def test_a_list_that_nobody_publishes_as_a_file_is_no_gap():
    """Section 1260H comes as a notice: the knowledge base is all that there is."""
    notice = rule(test={"listed-on": ["us.1260h"]})
    assert not [g for g in judged(instrument=notice).gaps if "no file of" in g.detail]


def test_lists_do_not_change_how_silence_is_read(tmp_path):
    """Under every reading a listed developer is judged as one whom the rule names itself."""
    listed = judged(owner(tmp_path), rule(test={"listed-on": ["us.ofac-sdn"]}, reaches={}))
    by_name = judged(instrument=rule(test={"developer": ["deepseek"]}, reaches={}))
    readings = {o.reading: o.verdict for o in listed.outcomes}
    assert readings == {o.reading: o.verdict for o in by_name.outcomes}
    assert len(set(readings.values())) == 3
