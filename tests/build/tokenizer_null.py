"""Null sets for the tokenizer probe, from the stored references: what is unrelated, and what is matched."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

from gauger.catalogue.load import Catalogue
from gauger.catalogue.records import TokenizerReference
from gauger.formats.model_file import TokenizerFacts
from gauger.trace.chat_template import template_of
from gauger.trace.sketch import Overlap, contained
from gauger.trace.tokenizer_index import TokenizerIndex, tokens_of
from gauger.trace.tokenizer_markers import best_markers, is_telling, own_tokens, present_tokens

RECORDS = tuple(Catalogue().tokenizers.values())
INDEX = TokenizerIndex(RECORDS)
_TABLE = Path(__file__).parents[1] / "statistics" / "tokenizer-overlaps.tsv"


def exact_shares() -> dict[tuple[str, str], tuple[float, float]]:
    """(part, whole) → exact share of the part's pieces in the whole, plain and weighted."""
    with _TABLE.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    return {
        (r["part"], r["whole"]): (int(r["shared"]) / int(r["pieces"]), float(r["weighted"])) for r in rows
    }


def sketched(part: str, whole: str) -> Overlap:
    """The weighted share as the probe estimates it."""
    by_id = {record.id: record.vocabulary_sha256 for record in RECORDS}
    sketch, other = INDEX.sketches[by_id[part]], INDEX.sketches[by_id[whole]]
    return contained(sketch, INDEX.weights(sketch), other)


def line_of(record: TokenizerReference) -> str:
    """The reference at the root of what this one is built on."""
    by_id = {r.id: r for r in RECORDS}
    while record.built_on in by_id:
        record = by_id[record.built_on]
    return record.id


def unrelated_pairs() -> Iterator[tuple[str, str]]:
    """Ordered pairs of distinct vocabularies of different lines and different developers."""
    by_id = {record.id: record for record in RECORDS}
    roots: dict[str, set[str]] = {}
    makers: dict[str, set[str]] = {}
    for record in RECORDS:
        roots.setdefault(record.vocabulary_sha256, set()).add(line_of(record))
        makers.setdefault(record.vocabulary_sha256, set()).add(record.developer)
    for part, whole in exact_shares():
        one, other = by_id[part].vocabulary_sha256, by_id[whole].vocabulary_sha256
        if not roots[one] & roots[other] and not makers[one] & makers[other]:
            yield part, whole


def taken_for_another(record: TokenizerReference) -> tuple[str, ...]:
    """Whose control tokens are these, with the record's own line and developer left out?"""
    mine = line_of(record)
    relatives = {r.developer for r in RECORDS if line_of(r) == mine} | {record.developer}
    index = TokenizerIndex(tuple(r for r in RECORDS if r.developer not in relatives and line_of(r) != mine))
    numbered = tuple(t for t in tokens_of(record) if isinstance(t, tuple))
    texts = tuple((-1, t) for t in record.special) if not numbered else ()
    present = present_tokens(
        TokenizerFacts(pieces=(b"x",) * 2000, added=(*numbered, *texts)), template_of("")
    )
    best, matched = best_markers(present, index)
    return tuple(r.id for r in best) if best and is_telling(*own_tokens(matched, index)) else ()
