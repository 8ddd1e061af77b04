"""Every mistake that the lint promises to find, made once in a knowledge base that has no other."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from build.knowledge import records, write
from gauger.catalogue.lint import Problem, lint
from gauger.catalogue.load import default_folder

TODAY = "2026-11-23"
Entries = dict[str, dict[str, Any]]


def problems(folder: Path, entries: Entries, as_of: str = TODAY) -> tuple[Problem, ...]:
    """What the lint says of these records."""
    return lint(write(folder, entries), as_of=as_of)


def test_what_is_shipped_has_no_errors() -> None:
    """The knowledge base of the program is well written on the day of its edition."""
    assert [p for p in lint(default_folder(), as_of=TODAY) if p.severity == "error"] == []


def test_the_example_has_no_problem(tmp_path: Path) -> None:
    """So every problem of the tests below is the one that was made there."""
    assert problems(tmp_path, records()) == ()


def put(*way: str | int, value: Any) -> Callable[[Entries], None]:
    """A change: the value at the end of this way becomes this one."""

    def change(entries: Entries) -> None:
        here: Any = entries
        for step in way[:-1]:
            here = here[step]
        here[way[-1]] = value

    return change


def _from_a_package(entries: Entries) -> None:
    """The only thing named for the descent is a package in which the model's name occurs."""
    package = "package:prices==1.0"
    entries["families/two"]["derivations"][0]["source"] = package
    entries["families/two"]["sources"][0]["url"] = package


MISTAKES: dict[str, tuple[Callable[[Entries], None], str, str, str]] = {
    "wrong key": (
        put("developers/acme", "hub-org", value=["x"]),
        "developers/acme.yaml",
        "hub-org",
        "did you mean 'hub-orgs'?",
    ),
    "wrong value": (
        put("providers/acme", "kind", value="develper"),
        "providers/acme.yaml",
        "kind",
        "did you mean 'developer'?",
    ),
    "file name": (put("families/one", "id", value="eins"), "families/one.yaml", "id", "have to agree"),
    "duplicate id": (put("families/two", "id", value="one"), "families/two.yaml", "id", "occurs twice"),
    "no source": (
        put("families/one", "sources", value=[]),
        "families/one.yaml",
        "sources",
        "has no source",
    ),
    "no address": (
        put("families/one", "sources", 0, "url", value=""),
        "families/one.yaml",
        "sources[0].url",
        "neither an address nor",
    ),
    "package without version": (
        put("families/one", "sources", 0, "url", value="package:litellm"),
        "families/one.yaml",
        "sources[0].url",
        "neither an address nor",
    ),
    "impossible day": (
        put("families/one", "sources", 0, "read-on", value="2026-02-30"),
        "families/one.yaml",
        "sources[0].read-on",
        "no ISO date",
    ),
    "a date in another spelling": (
        put("families/one", "checked-on", value="1.11.2026"),
        "families/one.yaml",
        "checked-on",
        "no ISO date",
    ),
    "checks in the wrong order": (
        put("families/one", "next-check", value="2026-01-01"),
        "families/one.yaml",
        "next-check",
        "lies before the last one",
    ),
    "month thirteen": (
        put("families/one", "released", value="2025-13"),
        "families/one.yaml",
        "released",
        "no ISO date or month",
    ),
    "low without a reason": (
        put("families/one", "confidence", value="low"),
        "families/one.yaml",
        "confidence",
        "needs a `why-low`",
    ),
    "high on what nobody read": (
        put("families/one", "sources", 0, "read-on", value=""),
        "families/one.yaml",
        "confidence",
        "none of its sources was read",
    ),
    "read and not opened": (
        put("families/one", "sources", 0, "note", value="the address to check; not opened"),
        "families/one.yaml",
        "sources[0].read-on",
        "until somebody reads it",
    ),
    "country": (put("developers/acme", "country", value="UK"), "developers/acme.yaml", "country", "'UK'"),
    "territory": (
        put("licences/acme-1", "excluded-territories", 0, value="UK"),
        "licences/acme-1.yaml",
        "excluded-territories[0]",
        "unknown country 'UK'",
    ),
    "implied by country": (
        put("questions/exports-arms", "implied-by-country", 0, value="DPRK"),
        "questions/exports-arms.yaml",
        "implied-by-country[0]",
        "unknown country",
    ),
    "parent": (
        put("developers/bolt", "parents", 0, value="acne"),
        "developers/bolt.yaml",
        "parents[0]",
        "did you mean 'acme'?",
    ),
    "circle": (
        put("developers/acme", "parents", value=["bolt"]),
        "developers/acme.yaml",
        "parents",
        "leads back to this record",
    ),
    "developer": (
        put("families/one", "developer", value="acmee"),
        "families/one.yaml",
        "developer",
        "did you mean 'acme'?",
    ),
    "licence": (
        put("models/two-7b", "licence", value="acme-2"),
        "models/two-7b.yaml",
        "licence",
        "did you mean 'acme-1'?",
    ),
    "family": (put("models/two-7b", "family", value="too"), "models/two-7b.yaml", "family", "'two'"),
    "tokenizer": (put("families/one", "tokenizer", value="on"), "families/one.yaml", "tokenizer", "'one'"),
    "derivation": (
        put("families/two", "derivations", 0, "parent", value="none"),
        "families/two.yaml",
        "derivations[0].parent",
        "unknown family or model or dataset 'none'",
    ),
    "relation": (
        put("families/two", "derivations", 0, "relation", value="finetuned-from"),
        "families/two.yaml",
        "derivations[0].relation",
        "did you mean 'fine-tuned-from'?",
    ),
    "descent without a source": (
        put("families/two", "derivations", 0, "source", value=""),
        "families/two.yaml",
        "derivations[0]",
        "names no source that was read for the descent",
    ),
    "descent from a page that was not read": (
        put("families/two", "derivations", 0, "source", value="https://example.org/other"),
        "families/two.yaml",
        "derivations[0].source",
        "none of the record's sources that were read",
    ),
    "descent from a list of names": (
        _from_a_package,
        "families/two.yaml",
        "derivations[0].source",
        "a package's list of names does not show",
    ),
    "form": (put("models/two-7b", "form", value="weight"), "models/two-7b.yaml", "form", "'weights'"),
    "generated by": (
        put("datasets/answers", "generated-by", 0, value="onne"),
        "datasets/answers.yaml",
        "generated-by[0]",
        "did you mean 'one'?",
    ),
    "provider's developer": (
        put("providers/acme", "developer", value="akme"),
        "providers/acme.yaml",
        "developer",
        "did you mean 'acme'?",
    ),
    "tokenizer's family": (
        put("tokenizers/one", "families", 0, value="onne"),
        "tokenizers/one.yaml",
        "families[0]",
        "did you mean 'one'?",
    ),
    "built on": (
        put("tokenizers/one", "built-on", value="gpt2"),
        "tokenizers/one.yaml",
        "built-on",
        "unknown tokenizer 'gpt2'",
    ),
    "structure's family": (
        put("structures/one-7b", "families", 0, value="onne"),
        "structures/one-7b.yaml",
        "families[0]",
        "did you mean 'one'?",
    ),
    "licence's question": (
        put("licences/acme-1", "forbidden-when", 0, value="export-arms"),
        "licences/acme-1.yaml",
        "forbidden-when[0]",
        "did you mean 'exports-arms'?",
    ),
    "accused": (
        put("allegations/x-2026", "accused", value="acmee"),
        "allegations/x-2026.yaml",
        "accused",
        "did you mean 'acme'?",
    ),
    "alleged teacher": (
        put("allegations/x-2026", "teacher", 0, value="two-8b"),
        "allegations/x-2026.yaml",
        "teacher[0]",
        "did you mean 'two-7b'?",
    ),
    "allegation about": (
        put("allegations/x-2026", "about", 0, value="three"),
        "allegations/x-2026.yaml",
        "about[0]",
        "unknown family or model 'three'",
    ),
    "day of an allegation": (
        put("allegations/x-2026", "date", value="2026-02"),
        "allegations/x-2026.yaml",
        "date",
        "no ISO date",
    ),
    "extends": (
        put("scenarios/harder", "extends", 0, value="bas"),
        "scenarios/harder.yaml",
        "extends[0]",
        "did you mean 'base'?",
    ),
    "altered instrument": (
        put("scenarios/harder", "alter-instruments", value={"gb.bann": {"status": "ended"}}),
        "scenarios/harder.yaml",
        "alter-instruments.gb.bann",
        "did you mean 'gb.ban'?",
    ),
    "altered field": (
        put("scenarios/harder", "alter-instruments", "gb.ban", value={"statsu": "ended"}),
        "scenarios/harder.yaml",
        "alter-instruments.gb.ban",
        "did you mean 'status'?",
    ),
    "altered condition": (
        put("scenarios/harder", "alter-instruments", "gb.ban", value={"test": {"developer": ["acmo"]}}),
        "scenarios/harder.yaml",
        "alter-instruments.gb.ban.test",
        "did you mean 'acme'?",
    ),
    "listed developer": (
        put("scenarios/harder", "add-list-entries", value={"bold": []}),
        "scenarios/harder.yaml",
        "add-list-entries.bold",
        "did you mean 'bolt'?",
    ),
    "a list that no rule asks for": (
        put("scenarios/harder", "add-list-entries", "bolt", 0, "list", value="us.1261h"),
        "scenarios/harder.yaml",
        "add-list-entries.bolt[0].list",
        "did you mean 'us.1260h'?",
    ),
    "fact that is set": (
        put("scenarios/harder", "set-facts", value={"export-arms": "@true"}),
        "scenarios/harder.yaml",
        "set-facts.export-arms",
        "did you mean 'exports-arms'?",
    ),
    "predicate": (
        put("instruments/gb.ban", "test", value={"develpoer": ["acme"]}),
        "instruments/gb.ban.yaml",
        "test",
        "did you mean 'developer'?",
    ),
    "a predicate about models in binds": (
        put("instruments/gb.ban", "binds", value={"developer": ["acme"]}),
        "instruments/gb.ban.yaml",
        "binds",
        "this condition is about the user",
    ),
    "an empty any": (
        put("instruments/gb.ban", "test", value={"any": []}),
        "instruments/gb.ban.yaml",
        "test",
        "at least one condition",
    ),
    "argument": (
        put("instruments/gb.ban", "test", value={"developer": ["acm"]}),
        "instruments/gb.ban.yaml",
        "test",
        "did you mean 'acme'?",
    ),
    "list of a condition": (
        put("instruments/gb.ban", "test", "any", 1, value={"listed-on": ["us.1260"]}),
        "instruments/gb.ban.yaml",
        "test",
        "did you mean 'us.1260h'?",
    ),
    "country of a condition": (
        put("instruments/gb.ban", "binds", "all", 0, value={"jurisdiction": ["UK"]}),
        "instruments/gb.ban.yaml",
        "binds",
        "unknown places 'UK'; did you mean 'GB'?",
    ),
    "state of a condition": (
        put("instruments/gb.ban", "binds", "all", 0, value={"jurisdiction": ["US-TZ"]}),
        "instruments/gb.ban.yaml",
        "binds",
        "unknown places 'US-TZ'",
    ),
    "state as a developer's seat": (
        put("instruments/gb.ban", "test", value={"developer-country": ["US-TX"]}),
        "instruments/gb.ban.yaml",
        "test",
        "unknown countries 'US-TX'",
    ),
    "jurisdiction": (
        put("instruments/gb.ban", "jurisdiction", value="Texas"),
        "instruments/gb.ban.yaml",
        "jurisdiction",
        "did you mean 'US-TX'?",
    ),
    "question of a condition": (
        put("instruments/gb.ban", "binds", "all", 1, value={"fact": "exports-arm"}),
        "instruments/gb.ban.yaml",
        "binds",
        "did you mean 'exports-arms'?",
    ),
    "form that is reached": (
        put("instruments/gb.ban", "reaches", value={"apis": "yes"}),
        "instruments/gb.ban.yaml",
        "reaches.apis",
        "did you mean 'api'?",
    ),
    "share of more than all": (
        put("developers/bolt", "stakes", value=[{"holder": "acme", "percent": 101}]),
        "developers/bolt.yaml",
        "stakes[0].percent",
        "100 at most",
    ),
    "share of nothing": (
        put("developers/bolt", "stakes", value=[{"holder": "acme", "percent": 0}]),
        "developers/bolt.yaml",
        "stakes[0].percent",
        "above 0",
    ),
    "shares of more than all together": (
        put(
            "developers/bolt",
            "stakes",
            value=[{"holder": "acme", "percent": 60}, {"holder": "bolt", "percent": 50.5}],
        ),
        "developers/bolt.yaml",
        "stakes",
        "come to 110.5 per cent",
    ),
    "two shares at once": (
        put(
            "developers/bolt",
            "stakes",
            value=[{"holder": "acme", "percent": 10}, {"holder": "acme", "since": "2026-01"}],
        ),
        "developers/bolt.yaml",
        "stakes",
        "'acme' holds two shares today",
    ),
    "a majority in the company that owns it": (
        put("developers/acme", "stakes", value=[{"holder": "bolt", "percent": 50.1}]),
        "developers/acme.yaml",
        "stakes",
        "owns itself",
    ),
    "a share that ends before it begins": (
        put("developers/bolt", "stakes", value=[{"holder": "acme", "since": "2026-02", "until": "2026-01"}]),
        "developers/bolt.yaml",
        "stakes[0].until",
        "not after it begins",
    ),
    "holder": (
        put("developers/bolt", "stakes", value=[{"holder": "acne"}]),
        "developers/bolt.yaml",
        "stakes[0].holder",
        "did you mean 'acme'?",
    ),
    "unknown register": (
        put("developers/bolt", "identifiers", value=["lie:5493001KJTIIGC8Y1R12"]),
        "developers/bolt.yaml",
        "identifiers[0]",
        "did you mean 'lei'?",
    ),
    "number without a register": (
        put("developers/bolt", "identifiers", value=["5493001KJTIIGC8Y1R12"]),
        "developers/bolt.yaml",
        "identifiers[0]",
        "is not written `register:number`",
    ),
    "no number of that register": (
        put("developers/bolt", "identifiers", value=["lei:5493001KJTIIGC8Y1"]),
        "developers/bolt.yaml",
        "identifiers[0]",
        "is no number of the register 'lei'",
    ),
    "conditions that are not named": (
        put("licences/acme-1", "outputs-training", value="conditional"),
        "licences/acme-1.yaml",
        "outputs-training",
        "needs `outputs-duties`",
    ),
    "conditions without the answer": (
        put("licences/acme-1", "outputs-duties", value=[{"kind": "label", "text": "built with Acme"}]),
        "licences/acme-1.yaml",
        "outputs-duties",
        "are for `conditional`",
    ),
    "a ban without its words": (
        put("licences/acme-1", "outputs-training", value="no"),
        "licences/acme-1.yaml",
        "outputs-training",
        "needs the decisive words",
    ),
    "unknown without a reason": (
        put("licences/acme-1", "outputs-training", value="unknown"),
        "licences/acme-1.yaml",
        "outputs-training",
        "why nobody knows",
    ),
    "a territory without its words": (
        put("licences/acme-1", "territory-quote", value=""),
        "licences/acme-1.yaml",
        "excluded-territories",
        "needs the decisive words under `territory-quote`",
    ),
    "a threshold on yes or no": (
        put("licences/acme-1", "thresholds", 0, "question", value="exports-arms"),
        "licences/acme-1.yaml",
        "thresholds[0].question",
        "a threshold needs a number",
    ),
    "a threshold on nothing": (
        put("licences/acme-1", "thresholds", 0, "question", value="user"),
        "licences/acme-1.yaml",
        "thresholds[0].question",
        "did you mean 'users'?",
    ),
    "a threshold below nothing": (
        put("licences/acme-1", "thresholds", 0, "above", value=-1),
        "licences/acme-1.yaml",
        "thresholds[0].above",
        "0 or more",
    ),
    "a digest that is none": (
        put("licences/acme-1", "text-sha256", value="AB" * 32),
        "licences/acme-1.yaml",
        "text-sha256",
        "is no SHA-256",
    ),
    "an instrument's digest": (
        put("instruments/gb.ban", "text-sha256", value="0" * 63),
        "instruments/gb.ban.yaml",
        "text-sha256",
        "is no SHA-256",
    ),
    "a licence that nobody read": (
        put("licences/acme-1", "sources", 0, "read-on", value=""),
        "licences/acme-1.yaml",
        "confidence",
        "none of its sources was read",
    ),
    "key of an exception": (
        put("instruments/gb.ban", "exceptions", 0, value={"title": "x", "whn": {"self-hosted": "@true"}}),
        "instruments/gb.ban.yaml",
        "whn",
        "did you mean 'when'?",
    ),
    "interval": (
        put("instruments/gb.ban", "force", 0, "until", value="2025-01-01"),
        "instruments/gb.ban.yaml",
        "force[0].until",
        "not after it begins",
    ),
    "entry of a list": (
        put("developers/acme", "lists", 0, "until", value="2024-12"),
        "developers/acme.yaml",
        "lists[0].until",
        "not after it begins",
    ),
    "in force since never": (
        put("instruments/gb.ban", "force", value=[]),
        "instruments/gb.ban.yaml",
        "status",
        "since when",
    ),
    "hub organisation twice": (
        put("developers/bolt", "hub-orgs", 0, value="ACME-AI"),
        "developers/bolt.yaml",
        "hub-orgs[0]",
        "developers/acme.yaml as well",
    ),
    "alias twice": (
        put("developers/bolt", "aliases", value=["acme ai"]),
        "developers/bolt.yaml",
        "aliases[0]",
        "developers/acme.yaml as well",
    ),
    "prefix twice": (
        put("developers/bolt", "name-prefixes", value=["acme-"]),
        "developers/bolt.yaml",
        "name-prefixes[0]",
        "developers/acme.yaml as well",
    ),
    "host twice": (
        put("providers/bolt", "hosts", 0, value="api.acme.example"),
        "providers/bolt.yaml",
        "hosts[0]",
        "providers/acme.yaml as well",
    ),
    "credential twice": (
        put("providers/bolt", "env-keys", value=["ACME_API_KEY"]),
        "providers/bolt.yaml",
        "env-keys[0]",
        "providers/acme.yaml as well",
    ),
    "client twice": (
        put("providers/bolt", "sdks", value=["acme.Client"]),
        "providers/bolt.yaml",
        "sdks[0]",
        "providers/acme.yaml as well",
    ),
    "route twice": (
        put("providers/bolt", "prefixes", value=["acme/"]),
        "providers/bolt.yaml",
        "prefixes[0]",
        "providers/acme.yaml as well",
    ),
    "pattern twice": (
        put("families/two", "names", 0, value="one-*"),
        "families/two.yaml",
        "names[0]",
        "families/one.yaml as well",
    ),
    "model name twice in a file": (
        put("models/two-7b", "names", value=["bolt/two-7b", "Bolt/Two-7B"]),
        "models/two-7b.yaml",
        "names[1]",
        "this file as well",
    ),
}
"""What → the change that makes the mistake, and the file, key and words by which it is told."""


@pytest.mark.parametrize("what", MISTAKES)
def test_a_mistake_is_found_where_it_was_made(tmp_path: Path, what: str) -> None:
    """Each gives an error at its file and key, naming the nearest right word where there is one."""
    change, file, key, words = MISTAKES[what]
    entries = records()
    change(entries)
    found = problems(tmp_path, entries)
    at_place = [p for p in found if p.file == file and p.key == key and words in p.message]
    assert at_place, found
    assert at_place[0].severity == "error"
    assert list(found) == sorted(found)


def test_the_line_is_that_of_the_word(tmp_path: Path) -> None:
    """A message leads to the line on which the wrong word stands, however deep."""
    entries = records()
    entries["instruments/gb.ban"]["test"]["any"][0] = {"developer": ["acme", "acmee"]}
    (problem,) = problems(tmp_path, entries)
    lines = (tmp_path / problem.file).read_text(encoding="utf-8").splitlines()
    assert "acmee" in lines[problem.line - 1]
    entries = records()
    entries["families/one"]["sources"][0]["read-on"] = "2026-02-30"
    (problem,) = problems(tmp_path, entries)
    lines = (tmp_path / problem.file).read_text(encoding="utf-8").splitlines()
    assert "2026-02-30" in lines[problem.line - 1]


def test_a_wrong_key_is_found_on_its_line(tmp_path: Path) -> None:
    """A file that cannot be read as its record type is told with the line of the key."""
    entries = records()
    entries["developers/acme"]["hub-org"] = ["x"]
    problem = next(p for p in problems(tmp_path, entries) if p.file == "developers/acme.yaml")
    lines = (tmp_path / problem.file).read_text(encoding="utf-8").splitlines()
    assert lines[problem.line - 1].startswith("hub-org:")


def test_a_file_that_is_no_yaml_is_an_error_on_its_line(tmp_path: Path) -> None:
    """The parser's own place is told, and the other files are still checked."""
    folder = write(tmp_path, records())
    (folder / "questions" / "broken.yaml").write_text("id: broken\ntitle: [1\n", encoding="utf-8")
    (problem,) = lint(folder, as_of=TODAY)
    assert (problem.file, problem.severity) == ("questions/broken.yaml", "error")
    assert problem.line > 1
    assert "not YAML" in problem.message


def test_an_overdue_record_is_a_warning(tmp_path: Path) -> None:
    """On the day of the next check itself it is not yet overdue; the day after it is."""
    assert problems(tmp_path, records(), as_of="2027-05-01") == ()
    late = problems(tmp_path, records(), as_of="2027-05-02")
    assert {p.severity for p in late} == {"warning"}
    assert len(late) == len(records())


def test_what_nothing_would_read_is_an_error(tmp_path: Path) -> None:
    """A folder or an ending that is misspelt would otherwise silently not count."""
    folder = write(tmp_path, records())
    (folder / "instrument").mkdir()
    (folder / "questions" / "late.yml").write_text("id: late\n", encoding="utf-8")
    told = {p.file: p.message for p in lint(folder, as_of=TODAY)}
    assert "did you mean 'instruments'?" in told["instrument"]
    assert "has to end in .yaml" in told["questions/late.yml"]


def test_a_missing_edition_is_an_error(tmp_path: Path) -> None:
    """Without it nobody can say how old the facts are."""
    (problem,) = lint(tmp_path, as_of=TODAY)
    assert problem.file == "edition.yaml"


def test_old_shares_and_those_of_unknown_size_add_up_to_nothing(tmp_path: Path) -> None:
    """Sixty per cent sold, sixty held, and one share of which nobody knows the size or the beginning."""
    entries = records()
    entries["developers/bolt"]["stakes"] = [
        {"holder": "acme", "percent": 60, "since": "2024", "until": "2025-01"},
        {"holder": "acme", "percent": 60, "since": "2025-01"},
        {"holder": "bolt"},
    ]
    assert problems(tmp_path, entries) == ()


def test_half_is_no_majority(tmp_path: Path) -> None:
    """Two companies may hold half of each other; at more than half in one direction only, too."""
    entries = records()
    del entries["developers/bolt"]["parents"]
    entries["developers/bolt"]["stakes"] = [{"holder": "acme", "percent": 50.1}]
    entries["developers/acme"]["stakes"] = [{"holder": "bolt", "percent": 50}]
    assert problems(tmp_path, entries) == ()
    entries["developers/acme"]["stakes"][0]["percent"] = 50.1
    found = problems(tmp_path, entries)
    assert {(p.file, p.key) for p in found} == {
        ("developers/acme.yaml", "stakes"),
        ("developers/bolt.yaml", "stakes"),
    }


def test_a_register_number_belongs_to_one_company(tmp_path: Path) -> None:
    """By it a list leads to the record, so two records may not have it; in other case neither."""
    entries = records()
    entries["developers/acme"]["identifiers"] = ["uscc:91110000AAAAAAAA0Y", "us.ofac-sdn:17"]
    assert problems(tmp_path, entries) == ()
    entries["developers/bolt"]["identifiers"] = ["us.ofac-sdn:17"]
    (problem,) = problems(tmp_path, entries)
    assert "stands in developers/acme.yaml as well" in problem.message


def test_one_question_has_one_limit_in_a_licence(tmp_path: Path) -> None:
    """Two limits on one number would give two rules of one name."""
    entries = records()
    entries["licences/acme-1"]["thresholds"] *= 2
    (problem,) = problems(tmp_path, entries)
    assert (problem.key, "already" in problem.message) == ("thresholds[1].question", True)


def test_a_look_that_is_still_to_come_is_a_warning(tmp_path: Path) -> None:
    """A mistyped year would keep a record from ever falling due, so a day after today is told."""
    early = problems(tmp_path, records(), as_of="2020-01-01")
    assert {p.severity for p in early} == {"warning"}
    assert {p.key for p in early} == {"checked-on", "sources[0].read-on"}
    assert all("still to come" in p.message for p in early)
