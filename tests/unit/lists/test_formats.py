"""Every format of list files, read from ten invented rows and from what breaks it."""

from __future__ import annotations

import json
import time

import pytest

from build import lists as build
from build.lists import FORMATS, PUBLISHED, RETRIEVED, ROWS, SAYS_NO_DATE, Row
from gauger.core.errors import GaugerError, LimitExceeded, Malformed, NothingToExamine, Unreadable, UsageError
from gauger.lists.read import read_list
from gauger.lists.registry import FORMATS as READERS
from gauger.lists.seam import HEAD_BYTES, head_of


def given(folder, data, **told):
    """What the reader makes of these bytes, under a name that says nothing."""
    path = folder / "download"
    path.write_bytes(data)
    return read_list(path, **{"retrieved": RETRIEVED, **told})


def dated(ident):
    """What a user has to add for this format."""
    return {"published": PUBLISHED} if ident in SAYS_NO_DATE else {}


def test_every_reader_has_rows():
    """A format that is registered has a builder here, and the other way round."""
    assert {reader.ident for reader in READERS} == set(FORMATS)


@pytest.mark.parametrize("ident", FORMATS)
def test_a_file_is_recognised_by_its_content(ident, tmp_path):
    """The name of the file plays no part; format, publication date and digest are noted."""
    file = given(tmp_path, FORMATS[ident](), **dated(ident))
    assert (file.format, file.published, file.retrieved) == (ident, PUBLISHED, RETRIEVED)
    assert file.size_bytes == len(FORMATS[ident]())
    assert file.key == f"{file.collection}@{file.sha256[:12]}"


@pytest.mark.parametrize("ident", FORMATS)
def test_people_are_counted_and_not_kept(ident, tmp_path):
    """No name of an individual is in what is kept, and the counts add up."""
    file = given(tmp_path, FORMATS[ident](), **dated(ident))
    assert not any("Vale" in name or "Vayle" in name for party in file.parties for name in party.names)
    counts = file.counts
    left = counts.individuals + counts.perhaps_individuals + counts.of_other_lists
    assert counts.read == counts.kept + left == len(ROWS)
    assert counts.individuals == 1
    assert counts.kept == len(file.parties)


@pytest.mark.parametrize("ident", FORMATS)
def test_a_company_comes_out_with_all_that_the_format_says(ident, tmp_path):
    """Names in all scripts with the main one first, number, country, register number, date, programme."""
    file = given(tmp_path, FORMATS[ident](), **dated(ident))
    party = next(p for p in file.parties if "Beijing Zhipu" in p.names[0])
    assert party.names == ("Beijing Zhipu Huazhang Technology Co., Ltd.", "智谱")
    assert "9001" in party.number
    assert party.countries in {("CN",), ("China",)}
    assert any(written.endswith(":91110108MA01KP2T5X") for written in party.ids)
    assert party.since == ("" if ident == "us-ofac-xml" else "2025-01-16")
    assert party.programmes


@pytest.mark.parametrize("ident", FORMATS)
def test_a_name_in_another_script_alone_is_kept(ident, tmp_path):
    """An entry whose only main name is Chinese has it, with the alias."""
    file = given(tmp_path, FORMATS[ident](), **dated(ident))
    party = next(p for p in file.parties if p.number.count("9007"))
    assert set(party.names) == {"青岛海鸥仪器有限公司", "Qingdao Seagull Instruments"}


@pytest.mark.parametrize("ident", FORMATS)
@pytest.mark.parametrize("share", [0.3, 0.6, 0.97])
def test_a_file_that_was_cut_off_is_refused(ident, share, tmp_path):
    """Half a download is no list; nothing of it comes out."""
    data = FORMATS[ident]()
    with pytest.raises((Malformed, UsageError)) as caught:
        given(tmp_path, data[: int(len(data) * share)], **dated(ident))
    assert isinstance(caught.value, Malformed), caught.value


@pytest.mark.parametrize("ident", FORMATS)
def test_bytes_in_another_encoding_are_refused(ident, tmp_path):
    """A table that a spreadsheet program saved again, a document in UTF-16 that says UTF-8."""
    data = FORMATS[ident]()
    for broken in (data.decode().encode("gb18030"), data.replace("智谱".encode(), b"\xff\xfe\xfa")):
        with pytest.raises(Malformed):
            given(tmp_path, broken, **dated(ident))


def test_the_thirteen_lists_of_the_consolidated_file_have_their_idents(tmp_path):
    """Every source that trade.gov names is one list; a source that it does not is counted, not guessed."""
    rows = [Row(code, str(n), f"Invented {code} Works Ltd", "Entity") for n, code in enumerate(build.SOURCES)]
    data = json.loads(build.csl_json(rows))
    data["results"].append({"name": "Elsewhere Ltd", "source": "Some New List (SNL) - Somewhere"})
    file = given(tmp_path, json.dumps(data).encode())
    assert len(file.lists) == 13
    assert {"us.entity-list", "us.ofac-mbs", "us.ofac-cap", "us.dtc"} <= set(file.lists)
    assert file.counts.of_other_lists == 1


def test_a_list_of_mostly_people_keeps_only_what_is_plainly_no_person(tmp_path):
    """The Denied Persons List says of nobody what it is: only names with a company's word stay."""
    file = given(tmp_path, build.csl_json())
    assert [p.names[0] for p in file.parties if p.list == "us.dpl"] == ["Tamarind Electronics FZE"]
    assert file.counts.perhaps_individuals == 1


def test_the_tab_separated_sibling_is_read_too(tmp_path):
    """The same columns with tabs."""
    file = given(tmp_path, build.csl_csv(separator="\t"), published=PUBLISHED)
    assert file.counts.kept == 8


def test_a_missing_column_is_named_with_the_nearest_that_is_there(tmp_path):
    """A table with a renamed column says which, and what it may be now."""
    data = build.csl_csv().replace(b",alt_names,", b",alternate_names,")
    with pytest.raises(
        Malformed, match=r"column 'alt_names' is missing \(the nearest .* 'alternate_names'\)"
    ):
        given(tmp_path, data, published=PUBLISHED)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"   \n",
        b"name,country\nAcme,GB\n",
        b"<html><body>404</body></html>",
        b'{"error": 1}',
        b"\0" * 99,
    ],
)
def test_what_is_no_list_is_refused_with_what_is_known(data, tmp_path):
    """A login page, an error message, another table: never read as an empty list."""
    with pytest.raises(Malformed):
        given(tmp_path, data, published=PUBLISHED)


@pytest.mark.parametrize("ident", ["us-ofac-xml", "us-ofac-advanced-xml", "uk-xml", "eu-xml"])
def test_entities_and_document_types_are_refused(ident, tmp_path):
    """A billion laughs, and a file of this machine: nothing expands, nothing is opened."""
    data = FORMATS[ident]().partition(b"?>")[2]
    for declared in (b'<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">', b'<!ENTITY a SYSTEM "file:///etc/passwd">'):
        root = data.lstrip()[1:].split(b" ")[0].split(b">")[0]
        with pytest.raises(Malformed, match="document type or entities"):
            given(tmp_path, b"<!DOCTYPE " + root + b" [" + declared + b"]>" + data)


def test_markup_nested_without_end_is_refused(tmp_path):
    """Depth is bounded before anything recurses."""
    data = b"<sdnList><sdnEntry>" + b"<a>" * 100_000
    with pytest.raises(LimitExceeded, match="nested more than"):
        given(tmp_path, data)


def test_json_nested_without_end_is_refused(tmp_path):
    """The parser's own bound ends as a message, in an object and in a line."""
    for start in (
        b'{"results": [{"name": "x", "source": "(EL)", "deep": ',
        b'{"schema": "Company", "properties": ',
    ):
        with pytest.raises(Malformed):
            given(tmp_path, start + b"[" * 200_000)


def test_a_file_that_is_too_large_is_refused_before_it_is_read(tmp_path):
    """With both numbers."""
    path = tmp_path / "big"
    path.write_bytes(build.csl_json())
    with pytest.raises(LimitExceeded, match="list files are read up to 1,000"):
        read_list(path, retrieved=RETRIEVED, size_bytes=1000)


def test_what_cannot_be_opened_says_so(tmp_path):
    """A missing file and a folder are the user's to correct."""
    for path in (tmp_path / "none", tmp_path):
        with pytest.raises(Unreadable):
            read_list(path, retrieved=RETRIEVED)


def test_a_count_that_the_file_promises_is_held_against_it(tmp_path):
    """OFAC's file says how many entries it has; one fewer is a broken file."""
    data = build.sdn_xml().replace(b"<Record_Count>10<", b"<Record_Count>11<")
    with pytest.raises(Malformed, match="10 of the 11"):
        given(tmp_path, data)


def test_the_sdn_list_is_told_from_ofacs_other_lists(tmp_path):
    """Both have the same root: programmes that one of them alone has decide."""
    sdn = [
        Row("SDN", "1", "Alpha Works", programme="SDGT"),
        Row("SDN", "2", "Beta", programme="CMIC-EO13959"),
    ]
    other = [Row("SDN", "1", "Gamma Fund", programme="FSE-IR"), Row("SDN", "2", "Delta", programme="SOME")]
    assert given(tmp_path, build.sdn_xml(sdn)).lists == ("us.ofac-sdn",)
    file = given(tmp_path, build.sdn_xml(other))
    assert (file.lists, file.counts.of_other_lists) == (("us.ofac-fse",), 1)


def test_an_array_of_entities_is_read_like_lines(tmp_path):
    """The same parties come out."""
    lines = given(tmp_path, build.ftm_lines(), published=PUBLISHED)
    array = given(tmp_path, build.ftm_array(), published=PUBLISHED)
    assert lines.parties == array.parties


def test_entities_of_a_data_set_that_is_no_one_list_need_its_name(tmp_path):
    """OpenSanctions' collections mix lists: the user says which one is meant."""
    data = build.ftm_lines(dataset="sanctions")
    with pytest.raises(UsageError, match=r"--list us\.1260h"):
        given(tmp_path, data, published=PUBLISHED)
    file = given(tmp_path, data, published=PUBLISHED, ident="us.1260h")
    assert (file.collection, file.lists, file.counts.kept) == ("ftm.us.1260h", ("us.1260h",), 9)


def test_one_list_of_several_can_be_kept_alone(tmp_path):
    """The rest is counted; a list that the file does not hold is an error with the nearest."""
    file = given(tmp_path, build.csl_json(), ident="us.entity-list")
    assert (file.collection, file.lists, file.counts.kept) == (
        "us.csl.us.entity-list",
        ("us.entity-list",),
        2,
    )
    with pytest.raises(UsageError, match=r"did you mean 'us\.entity-list'"):
        given(tmp_path, build.csl_json(), ident="us.entity-lst")


def test_a_date_that_the_file_does_not_say_is_asked_for(tmp_path):
    """And one that contradicts the file, or lies after the download, is refused."""
    with pytest.raises(UsageError, match="--published"):
        given(tmp_path, build.csl_csv())
    with pytest.raises(UsageError, match="published on 2026-11-20, not on 2026-11-19"):
        given(tmp_path, build.csl_json(), published="2026-11-19")
    with pytest.raises(UsageError, match="retrieved before"):
        given(tmp_path, build.csl_json(), retrieved="2026-11-01")


def test_a_list_without_an_entry_is_no_list(tmp_path):
    """An empty document of the right shape is more likely a failed download than the end of sanctions."""
    with pytest.raises(NothingToExamine):
        given(tmp_path, b'{"search_performed_at": "2026-11-20", "results": [], "source": 1}')


def test_text_from_a_file_cannot_steer_a_terminal(tmp_path):
    """Control characters in a name are written out."""
    row = Row("EL", "1", "Acme \x1b[31m Works\u202e Ltd", "Entity")
    name = given(tmp_path, build.csl_json([row])).parties[0].names[0]
    assert name.isprintable()
    assert "\\x1b" in name


def test_errors_are_of_the_kinds_that_callers_expect():
    """Everything that a reader raises is a message for the user."""
    assert all(issubclass(kind, GaugerError) for kind in (Malformed, LimitExceeded, Unreadable))


@pytest.mark.parametrize("mark", ["<?", "<!--", "<!-- -->", "<a:", "<"])
def test_the_root_behind_many_marks_is_found_in_one_pass(mark):
    """Declarations and comments that never end are no reason to read the beginning again and again."""
    started = time.process_time()
    head = head_of((mark * (HEAD_BYTES // len(mark))).encode())
    assert head.root in {"", "a"}
    assert time.process_time() - started < 1


def test_the_root_stands_behind_declarations_and_comments():
    """What a comment or a declaration holds is no element."""
    text = b'<?xml version="1.0"?><!-- <export/> --> <?x <sdnList?><!DOCTYPE x> <p:Designations a="<b">'
    assert head_of(text).root == "Designations"
