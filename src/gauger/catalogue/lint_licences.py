"""What is wrong in licences: answers without their words or duties, thresholds that ask for no number."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from gauger.catalogue.lint_record import Told, unknown
from gauger.catalogue.written import Key, Written

_SHA256 = re.compile(r"^[0-9a-f]{64}$")
_QUOTED: Mapping[str, str] = {
    "excluded-territories": "territory-quote",
    "forbidden-when": "forbidden-quote",
}
"""Answers by which somebody gets no licence, and the key of the words that say so."""


def check(written: Iterable[Written]) -> Iterator[tuple[Written, Told]]:
    """Which licences say something that the rules made from them could not carry?"""
    written = tuple(written)
    asked = [o for o in written if o.kind == "questions"]
    numbers = [o.ident for o in asked if o.plain["answer"] == "number"]
    others = {o.ident for o in asked} - set(numbers)
    for one in written:
        for key, text in _digests(one.plain, ()):
            if not _SHA256.match(text):
                yield one, (key, f"{text!r} is no SHA-256: 64 of the digits 0 to 9 and a to f")
        if one.kind == "licences":
            yield from ((one, told) for told in _outputs(one.plain))
            yield from ((one, told) for told in _words(one.plain))
            yield from ((one, told) for told in _thresholds(one.plain, numbers, others))


def _digests(record: Mapping[str, Any], at: Key) -> Iterator[tuple[Key, str]]:
    """The digests of texts in a record, in those of the instruments that a scenario adds as well."""
    if record.get("text-sha256"):
        yield (*at, "text-sha256"), record["text-sha256"]
    for number, added in enumerate(record.get("add-instruments", ())):
        yield from _digests(added, (*at, "add-instruments", number))


def _outputs(record: Mapping[str, Any]) -> Iterator[Told]:
    answer = record["outputs-training"]
    if answer == "conditional" and not record["outputs-duties"]:
        yield (
            ("outputs-training",),
            "`conditional` needs `outputs-duties`: what has to be done with a model that outputs trained",
        )
    if answer != "conditional" and record["outputs-duties"]:
        yield ("outputs-duties",), f"are for `conditional`, and `outputs-training` is {answer!r}"
    if answer == "unknown" and not record["why-low"]:
        yield ("outputs-training",), "`unknown` needs a `why-low` that says why nobody knows"
    if answer in {"no", "no-compete", "conditional"} and not record["outputs-quote"]:
        yield ("outputs-training",), f"{answer!r} needs the decisive words under `outputs-quote`"


def _words(record: Mapping[str, Any]) -> Iterator[Told]:
    for answer, quote in _QUOTED.items():
        if record[answer] and not record[quote]:
            yield (answer,), f"needs the decisive words under `{quote}`"


def _thresholds(record: Mapping[str, Any], numbers: list[str], others: set[str]) -> Iterator[Told]:
    seen: set[str] = set()
    for number, threshold in enumerate(record["thresholds"]):
        ident, key = threshold["question"], ("thresholds", number, "question")
        if ident in others:
            yield key, f"{ident!r} asks for yes or no, and a threshold needs a number", ident
        elif ident not in numbers:
            yield from unknown(key, ident, numbers, "question that asks for a number")
        if ident in seen:
            yield key, f"there is a threshold for {ident!r} already: the rules would have one name"
        seen.add(ident)
        if threshold["above"] < 0:
            yield ("thresholds", number, "above"), "a limit is 0 or more"
