"""Who is on the lists: exactly, or because a person said so; the traps of fuzzy matching are here."""

from __future__ import annotations

import msgspec
import pytest

from build import lists as build
from build.lists import PUBLISHED, RETRIEVED, ROWS, Row
from build.policy import shipped
from gauger.assess.listings import known_developers
from gauger.lists.match import Known, matches, unapplied
from gauger.lists.read import read_list
from gauger.lists.records import Confirmation, ListFolder
from gauger.lists.suggest import suggestions

ACME = Known(
    developer="acme",
    title="Acme",
    names=("Acme Works Ltd", "极光公司"),
    identifiers=("uscc:91110108MA01KP2T5X",),
    on_list={"us.meu": ("Acme",)},
)


def folder(tmp_path, rows, confirmations=()):
    """A folder with the consolidated list of these rows."""
    path = tmp_path / "download"
    path.write_bytes(build.csl_json(rows))
    return ListFolder(files=(read_list(path, retrieved=RETRIEVED),), confirmations=confirmations)


def said(verdict, entry="id1", name="Northern Acme Holding", on="2026-11-23"):
    """A person's decision about Acme."""
    return Confirmation(
        list="us.entity-list",
        entry=entry,
        name=name,
        developer="acme",
        verdict=verdict,
        by="A. Person",
        because="registry extract",
        on=on,
        file="0" * 64,
    )


@pytest.mark.parametrize(
    ("row", "how"),
    [
        (Row("EL", "1", "ACME WORKS, LTD.", ""), "name"),
        (Row("EL", "1", "Some Other Name", "Entity", ("极光公司",)), "name"),
        (Row("EL", "1", "Some Other Name", "Entity", uscc="91110108MA01KP2T5X"), "identifier"),
        (Row("MEU", "1", "Acme", ""), "name"),
    ],
)
def test_names_aliases_and_numbers_match_exactly(row, how, tmp_path):
    """Case and punctuation apart; a name that the knowledge base gives for one list counts on that list."""
    found = matches(folder(tmp_path, [row]), [ACME])
    assert [(m.developer, m.how) for m in found] == [("acme", how)]


@pytest.mark.parametrize(
    "row",
    [
        Row("EL", "1", "Acme Works LLC", ""),
        Row("EL", "1", "Acme Works", ""),
        Row("EL", "1", "Acme", ""),
        Row("SDN", "1", "Acme Works Ltd", "Vessel"),
        Row("EL", "1", "New Acme Works Ltd", ""),
    ],
)
def test_nothing_less_than_the_whole_name_matches(row, tmp_path):
    """Another legal form, a part, a title, a ship of that name, a longer name: none counts."""
    assert matches(folder(tmp_path, [row]), [ACME]) == ()


def test_the_traps_of_fuzzy_matching_never_count(tmp_path):
    """Over all developers of the knowledge base, the ten rows match one, by its full legal name."""
    found = matches(folder(tmp_path, ROWS), known_developers(shipped()))
    assert {(m.developer, m.party.names[0]) for m in found} == {
        ("zhipu", "Beijing Zhipu Huazhang Technology Co., Ltd.")
    }


def test_the_traps_are_shown_to_a_person_and_to_the_right_developer(tmp_path):
    """`Deep Seek Technologies` is put beside DeepSeek and not Huawei; nothing leads DeepSeek to Zhipu."""
    found = suggestions(folder(tmp_path, ROWS), known_developers(shipped()))
    pairs = {(s.developer, s.listed) for s in found}
    assert ("deepseek", "Deep Seek Technologies LLC") in pairs
    assert ("minimax", "MiniMax Video Ltd") in pairs
    assert not any(s.developer == "huawei" for s in found)
    assert not any(s.developer == "deepseek" and "Zhipu" in s.listed for s in found)


def test_suggestions_come_most_alike_first_and_in_a_fixed_order(tmp_path):
    """At most five a developer."""
    rows = [Row("EL", str(n), f"Acme {'x' * n} Works", "") for n in range(1, 9)]
    found = suggestions(folder(tmp_path, rows), [ACME])
    scores = [s.score for s in found]
    assert scores == sorted(scores, reverse=True)
    assert len(found) <= 5
    assert found == suggestions(folder(tmp_path, rows[::-1]), [ACME])


def test_what_matches_exactly_is_not_suggested(tmp_path):
    """A person is asked only about what is open."""
    held = folder(tmp_path, [Row("EL", "1", "Acme Works Ltd", "")])
    assert matches(held, [ACME])
    assert suggestions(held, [ACME]) == ()


def test_a_confirmed_suggestion_counts_with_who_and_when(tmp_path):
    """However unlike the names are."""
    row = Row("EL", "1", "Northern Acme Holding", "")
    (found,) = matches(folder(tmp_path, [row], (said("same"),)), [ACME])
    assert (found.how, found.what, found.confirmation.on) == ("confirmed", "A. Person", "2026-11-23")


def test_a_refused_suggestion_is_not_made_again(tmp_path):
    """And it does not count."""
    row = Row("EL", "1", "Northern Acme", "")
    open_, refused = (
        folder(tmp_path, [row], told) for told in ((), (said("different", name="Northern Acme"),))
    )
    wide = msgspec.structs.replace(ACME, names=("Northern Acme Co",))
    assert suggestions(open_, [wide])
    assert suggestions(refused, [wide]) == ()
    assert matches(refused, [wide]) == ()


def test_an_exact_match_that_a_person_refused_does_not_count(tmp_path):
    """Two companies of one name: the person's word stands above the name's."""
    row = Row("EL", "1", "Acme Works Ltd", "")
    assert matches(folder(tmp_path, [row], (said("different", name="Acme Works Ltd"),)), [ACME]) == ()


def test_the_later_decision_about_a_pair_wins(tmp_path):
    """A person may correct themself; the file keeps both."""
    row = Row("EL", "1", "Northern Acme Holding", "")
    told = (said("different"), said("same", on="2026-11-24"))
    assert matches(folder(tmp_path, [row], told), [ACME])
    assert not matches(folder(tmp_path, [row], told[::-1]), [ACME])


def test_a_decision_does_not_pass_to_another_party_with_the_number(tmp_path):
    """A number that now has another name is another entry; the decision is told as lost."""
    held = folder(tmp_path, [Row("EL", "1", "Quite Another GmbH", "")], (said("same"),))
    assert matches(held, [ACME]) == ()
    assert unapplied(held) == held.confirmations


def test_the_order_of_developers_makes_no_difference(tmp_path):
    """Same folder, same answer."""
    held = folder(tmp_path, ROWS)
    known = known_developers(shipped())
    assert matches(held, known) == matches(held, known[::-1])


def test_every_format_leads_to_the_same_developer(tmp_path):
    """The same company is found in each publisher's way of writing."""
    known = known_developers(shipped())
    for ident, make in build.FORMATS.items():
        path = tmp_path / ident
        path.write_bytes(make(ROWS[:1]))
        told = {"published": PUBLISHED} if ident in build.SAYS_NO_DATE else {}
        held = ListFolder(files=(read_list(path, retrieved=RETRIEVED, **told),))
        assert {m.developer for m in matches(held, known)} == {"zhipu"}, ident
