"""`gauger lists` and `--lists`, as a user runs them."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from build import lists as build
from build.lists import Row
from gauger.cli.main import cli
from gauger.core.dossier import load
from gauger.core.errors import GaugerError, UsageError
from gauger.lists.confirmations import CONFIRMATIONS

DATE = ("--date", "2026-11-24")
CSL = ("--retrieved", "2026-11-23")


@pytest.fixture
def place(tmp_path, monkeypatch):
    """A folder to work in, with a stack, and the list beside it."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "stack").mkdir()
    (tmp_path / "stack" / "Modelfile").write_text("FROM deepseek-r1:7b\n", encoding="utf-8")
    listed = Row("SDN", "7", "Hangzhou DeepSeek Artificial Intelligence Co., Ltd.", "Entity")
    (tmp_path / "csl.json").write_bytes(build.csl_json([*build.ROWS, listed]))
    return tmp_path


def run(*words):
    """The command's exit code and standard output; an error of Gauger's is raised."""
    done = CliRunner().invoke(cli, [str(w) for w in words], standalone_mode=False)
    if done.exception is not None:
        raise done.exception
    return done.return_value, done.stdout


def test_import_show_match_confirm(place):
    """The way of a list from the download to a decision, and back as text."""
    code, said = run("lists", "import", "csl.json", *CSL)
    assert code == 0
    assert "published 2026-11-20\tretrieved 2026-11-23\t9 entries" in said
    assert (place / "gauger-lists" / "us.csl.list.json").is_file()
    code, said = run("lists", "match", "--developer", "deepseek")
    assert code == 0
    assert said.splitlines()[0].startswith("counts\tus.ofac-sdn\t7\t")
    assert "look at\tus.meu\tid9003\tDeep Seek Technologies LLC\tdeepseek" in said
    words = ("us.meu", "id9003", "deepseek", "--by", "A. Person", "--because", "in the Gulf", "--different")
    assert run("lists", "confirm", *words, *DATE)[0] == 0
    assert "look at\tus.meu" not in run("lists", "match", "--developer", "deepseek")[1]
    code, said = run("lists", "show")
    assert "sha256:" in said
    assert "different as deepseek\tby A. Person on 2026-11-24: in the Gulf" in said


def test_importing_twice_says_that_nothing_changed(place):
    """And keeps the first day of retrieval."""
    run("lists", "import", "csl.json", *CSL)
    before = (place / "gauger-lists" / "us.csl.list.json").read_bytes()
    code, said = run("lists", "import", "csl.json", "--retrieved", "2026-11-24")
    assert (code, "retrieved 2026-11-23" in said) == (0, True)
    assert (place / "gauger-lists" / "us.csl.list.json").read_bytes() == before


@pytest.mark.usefixtures("place")
def test_a_check_uses_the_folder_in_the_stack_without_reading_it_as_code():
    """`gauger-lists` in PATH is found; its names are nobody's use of a model."""
    plain = load(run("check", "stack", "-f", "json", *DATE, "--no-cache")[1].encode())
    run("lists", "import", "csl.json", *CSL, "--lists", "stack/gauger-lists")
    found = load(run("check", "stack", "-f", "json", *DATE, "--no-cache")[1].encode())
    assert (found.models, found.uses) == (plain.models, plain.uses)
    assert [note.matched for note in found.lists] == [("deepseek", "zhipu")]
    assert all(d.lists == (found.lists[0].key,) for d in found.decisions)
    assert any(f.rule == "list-entry-new" for f in found.findings)


def test_the_profile_may_name_the_folder_and_an_option_stands_above_it(place):
    """`lists:` is relative to the profile."""
    run("lists", "import", "csl.json", *CSL, "--lists", "stack/kept")
    (place / "stack" / "gauger.yaml").write_text("lists: kept\n", encoding="utf-8")
    assert load(run("check", "stack", "-f", "json", *DATE, "--no-cache")[1].encode()).lists
    (place / "empty").mkdir()
    assert not load(
        run("check", "stack", "-f", "json", *DATE, "--no-cache", "--lists", "empty")[1].encode()
    ).lists


def test_a_stack_does_not_choose_a_folder_outside_of_itself(place):
    """Neither by its profile nor by a link."""
    run("lists", "import", "csl.json", *CSL)
    (place / "stack" / "gauger.yaml").write_text("lists: ../gauger-lists\n", encoding="utf-8")
    with pytest.raises(UsageError, match="leads out of the folder"):
        run("check", "stack", *DATE, "--no-cache")
    (place / "stack" / "gauger.yaml").write_text("", encoding="utf-8")
    (place / "stack" / "gauger-lists").symlink_to(place / "gauger-lists")
    with pytest.raises(UsageError, match="leads out of the folder"):
        run("check", "stack", *DATE, "--no-cache")


def test_a_named_profile_may_name_a_folder_anywhere_near_it(place):
    """It is the user's own file; a folder that is not there is an error, an absolute path too."""
    run("lists", "import", "csl.json", *CSL)
    (place / "etc").mkdir()
    profile = place / "etc" / "me.yaml"
    profile.write_text("lists: ../gauger-lists\n", encoding="utf-8")
    words = ("check", "stack", "-f", "json", *DATE, "--no-cache", "--profile", profile)
    assert load(run(*words)[1].encode()).lists
    for text in ("lists: nowhere\n", f"lists: {place}/gauger-lists\n"):
        profile.write_text(text, encoding="utf-8")
        with pytest.raises(UsageError):
            run(*words)


def test_assess_gives_the_same_bytes_with_the_same_folder(place):
    """Lists and decisions of people are part of what is replayed; another decision is another document."""
    run("lists", "import", "csl.json", *CSL)
    lists = ("--lists", "gauger-lists")
    (place / "d.json").write_text(run("check", "stack", "-f", "json", *DATE, "--no-cache", *lists)[1])
    again = run("assess", "d.json", "-f", "json", *DATE, *lists)[1]
    assert again == (place / "d.json").read_text()
    beside = load(run("assess", "d.json", "-f", "json", *DATE)[1].encode())
    assert beside.lists == load(again.encode()).lists
    assert beside.from_examined == ("lists",)
    words = ("us.ofac-sdn", "7", "deepseek", "--by", "A. Person", "--because", "another one", "--different")
    run("lists", "confirm", *words, *DATE)
    assert load(run("assess", "d.json", "-f", "json", *DATE)[1].encode()).lists[0].matched == ("zhipu",)


def test_explain_shows_the_file_behind_a_decision(place):
    """Digest, publication and retrieval."""
    run("lists", "import", "csl.json", *CSL)
    text = run("check", "stack", "-f", "json", *DATE, "--no-cache", "--lists", "gauger-lists")[1]
    (place / "d.json").write_text(text)
    dossier = json.loads(text)
    said = run("explain", "d.json", dossier["decisions"][0]["id"])[1]
    assert dossier["lists"][0]["sha256"] in said
    assert "published 2026-11-20, retrieved 2026-11-23" in said


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("us.mue", "id9003", "deepseek"), "did you mean 'us.meu'"),
        (("us.meu", "id903", "deepseek"), "did you mean 'id9003'"),
        (("us.meu", "Deep Seek Technology LLC", "deepseek"), "did you mean 'Deep Seek Technologies LLC'"),
        (("us.meu", "id9003", "deepsek"), "did you mean 'deepseek'"),
    ],
)
def test_a_decision_about_nothing_is_refused_with_the_nearest(words, message, place):
    """List, entry and developer are checked; nothing is written."""
    run("lists", "import", "csl.json", *CSL)
    with pytest.raises(UsageError) as caught:
        run("lists", "confirm", *words, "--by", "A. Person", "--because", "x")
    assert message in str(caught.value)
    assert not (place / "gauger-lists" / CONFIRMATIONS).exists()


@pytest.mark.usefixtures("place")
@pytest.mark.parametrize(("option", "value"), [("--by", " "), ("--because", "")])
def test_a_decision_names_who_and_why(option, value):
    """Blank is no answer."""
    run("lists", "import", "csl.json", *CSL)
    given = {"--by": "A. Person", "--because": "x", option: value}
    with pytest.raises(UsageError, match="is empty"):
        run("lists", "confirm", "us.meu", "id9003", "deepseek", *(w for pair in given.items() for w in pair))


@pytest.mark.parametrize(
    "words",
    [
        ("--list", "us.entity-lst"),
        ("--list", "NONSENSE"),
        ("--retrieved", "yesterday"),
        ("--published", "2026-02-30"),
        ("--published", "2026-11-19"),
    ],
)
def test_a_wrong_option_is_refused(words, place):
    """With what would be right; nothing is written."""
    with pytest.raises(GaugerError):
        run("lists", "import", "csl.json", *words)
    assert not (place / "gauger-lists").exists()


def test_a_list_of_the_users_own_may_be_named(place):
    """An ident of the right shape that resembles none is taken."""
    (place / "own.json").write_bytes(build.ftm_lines(dataset="own"))
    words = ("--list", "de.customer-x", "--published", "2026-11-01", *CSL)
    assert run("lists", "import", "own.json", *words)[0] == 0
    assert "de.customer-x" in run("lists", "show")[1]
