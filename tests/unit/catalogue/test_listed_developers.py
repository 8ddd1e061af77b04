"""Which developers stand on which official lists, as shipped: from which day, and who does not."""

from __future__ import annotations

import pytest

from build.policy import INSURER, judged, named, shipped
from gauger.core.profile import Profile

EXPORTER = Profile(jurisdictions=("US",), facts={**INSURER.facts, "subject-to-ear": True})
"""A US firm that sends controlled goods."""

ENTRIES = [
    ("us.bis.el", "qihoo360/360Zhinao-7B-Chat", "2020-06-05"),
    ("us.1260H", "qihoo360/360Zhinao-7B-Chat", "2025-01-07"),
    ("us.1260H", "Tele-AI/TeleChat2-7B", "2025-01-07"),
    ("us.1260H", "JT-LM/JT-Coder-8B-Instruct", "2025-01-07"),
    ("us.1260H", "UnicomAI/Unichat-llama3-Chinese-8B", "2025-01-07"),
    ("us.1260H", "sensenova/SenseNova-SI-8B", "2025-01-07"),
    ("us.1260H", "IEITYuan/Yuan2-51B-hf", "2025-01-07"),
    ("us.1260H", "YituTech/conv-bert-base", "2024-01-31"),
]
"""Rule, model of the developer, and the first day of the entry."""


def caught(instrument: str, name: str, day: str) -> bool:
    """Does the rule say anything of this model on that day?"""
    found = judged(named(name), EXPORTER, as_of=day)
    return any(d.instrument == instrument and d.readings_in("today") for d in found.decisions)


@pytest.mark.parametrize(("instrument", "name", "day"), ENTRIES)
def test_an_entry_catches_from_its_day(instrument, name, day):
    """Not on the day before."""
    before = f"{day[:-2]}{int(day[-2:]) - 1:02d}"
    assert (caught(instrument, name, before), caught(instrument, name, day)) == (False, True)


def test_a_developer_without_an_entry_is_not_caught():
    """China Telecom is not on the Entity List, nor Yandex on the Pentagon's."""
    assert not caught("us.bis.el", "Tele-AI/TeleChat2-7B", "2026-11-24")
    assert not caught("us.1260H", "yandex/YandexGPT-5-Lite-8B-pretrain", "2026-11-24")


@pytest.mark.parametrize(
    ("ident", "since"),
    [
        ("china-mobile", "2021-06-03"),
        ("china-telecom", "2021-06-03"),
        ("china-unicom", "2021-06-03"),
        ("huawei", "2021-06-03"),
        ("inspur", "2021-06-03"),
        ("sensetime", "2021-12-10"),
        ("cloudwalk", "2021-12-16"),
        ("megvii", "2021-12-16"),
        ("yitu", "2021-12-16"),
    ],
)
def test_the_investment_list_has_its_developers(ident, since):
    """Named in the order of June 2021, or in December of that year."""
    (entry,) = [e for e in shipped().developers[ident].lists if e.list == "us.ofac-cmic"]
    assert (entry.since, bool(entry.name)) == (since, True)


def test_a_removal_that_nobody_read_is_not_guessed():
    """Megvii was put on the Pentagon's list in 2024, and may be off it: no entry stands here."""
    assert not [e for e in shipped().developers["megvii"].lists if e.list == "us.1260h"]
