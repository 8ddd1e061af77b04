"""The reference tokenizers of the catalogue, indexed; sketches are decoded when first needed."""

from __future__ import annotations

import math
from collections import defaultdict
from functools import cached_property, lru_cache

import msgspec
import numpy as np

from gauger.catalogue.load import Catalogue
from gauger.catalogue.records import TokenizerReference
from gauger.trace.sketch import Hashes, Overlap, Weights, contained, decode, rarity
from gauger.trace.vocabulary import Vocabulary, prefix_digests

Token = str | tuple[int, str]
"""A control token by its text, or by its number and text."""

MATCH = 0.95
"""Weighted share from which one vocabulary counts as contained in another. Unrelated references reach 0.87;
measured in `docs/methods/tokenizer.md`, asserted by `tests/statistics/test_tokenizer_false_matches.py`."""

GENERIC = frozenset(
    (
        *(
            "<|endoftext|>",
            "<|im_start|>",
            "<|im_end|>",
            "<s>",
            "</s>",
            "<unk>",
            "<pad>",
            "<mask>",
            "<bos>",
            "<eos>",
        ),
        *("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "[INST]", "[/INST]", "<think>", "</think>"),
        *("<tools>", "<tool_call>", "</tool_call>", "<tool_response>", "</tool_response>"),
        *("<|user|>", "<|assistant|>", "<|system|>"),
        *(
            "<repo_name>",
            "<reponame>",
            "<file_sep>",
            "<filename>",
            "<gh_stars>",
            "<add_file>",
            "<empty_output>",
        ),
        *(
            "<issue_start>",
            "<issue_comment>",
            "<issue_closed>",
            "<commit_before>",
            "<commit_msg>",
            "<commit_after>",
        ),
        *("<jupyter_start>", "<jupyter_text>", "<jupyter_code>", "<jupyter_output>", "<jupyter_script>"),
        *("<fim_prefix>", "<fim_middle>", "<fim_suffix>", "<fim_pad>"),
        *("<code_to_intermediate>", "<intermediate_to_code>"),
    )
)
"""Control tokens that many developers use: their text tells nothing, their number may. Source: each stands in
templates or tokenizers of several developers in llama.cpp's collection (llama-cpp-python 0.3.36); the last
four rows are StarCoder's code tokens, which MiniMax and SmolLM2 took over."""


class Match(msgspec.Struct, frozen=True, kw_only=True):
    """A reference vocabulary that fits, and how.

    Attributes:
        record: One of the references with this vocabulary; those with equal vocabularies come together.
        how: `equal`, `same-pieces` (another order), `nearly-same`, `begins-with` (exactly, then goes on),
            `extends`, `pruned-from`, `merges-equal`.
        of_reference: Share of the reference that is in the subject, weighted; None where a digest decided.
        of_subject: Share of the subject that is in the reference, weighted; None where a digest decided.
    """

    record: TokenizerReference
    how: str
    of_reference: Overlap | None = None
    of_subject: Overlap | None = None


class TokenizerIndex:
    """All references of one catalogue.

    Args:
        records: In the order of their ids.
    """

    def __init__(self, records: tuple[TokenizerReference, ...]) -> None:
        self.records = records

    @cached_property
    def by_vocabulary(self) -> dict[str, tuple[TokenizerReference, ...]]:
        """Vocabulary digest → the references that have it; versions differ in added tokens."""
        table: dict[str, list[TokenizerReference]] = defaultdict(list)
        for record in self.records:
            if record.vocabulary_sha256:
                table[record.vocabulary_sha256].append(record)
        return {digest: tuple(found) for digest, found in table.items()}

    @cached_property
    def sketches(self) -> dict[str, Hashes]:
        """Vocabulary digest → decoded sketch."""
        return {
            digest: decode(found[0].sketch) for digest, found in self.by_vocabulary.items() if found[0].sketch
        }

    @cached_property
    def _universe(self) -> tuple[Hashes, np.ndarray[tuple[int], np.dtype[np.int64]]]:
        values, counts = np.unique(
            np.concatenate([*self.sketches.values(), np.empty(0, np.uint32)]), return_counts=True
        )
        return values, counts.astype(np.int64)

    def weights(self, sketch: Hashes) -> Weights:
        """How much does each piece of this sketch tell, among these references?"""
        values, counts = self._universe
        return rarity(values, counts, len(self.sketches), sketch)

    @cached_property
    def owners(self) -> dict[Token, frozenset[str]]:
        """Control token, and number with control token → developers whose own it is, not taken over.

        A reference that is built on another with the same token is not an owner of it.
        """
        by_id = {record.id: record for record in self.records}
        table: dict[Token, set[str]] = defaultdict(set)
        for record in self.records:
            inherited = tokens_of(by_id[record.built_on]) if record.built_on in by_id else frozenset()
            for token in tokens_of(record) - inherited:
                table[token].add(record.developer)
        return {token: frozenset(users) for token, users in table.items()}

    def special_weight(self, token: Token) -> float:
        """How much does this control token tell? ln((developers + 1) / (owners + 0.5)); 0 if generic."""
        text = token if isinstance(token, str) else token[1]
        if isinstance(token, str) and text in GENERIC:
            return 0.0
        developers = len({record.developer for record in self.records})
        return math.log((developers + 1) / (len(self.owners.get(token, ())) + 0.5))

    def by_digest(self, vocabulary: Vocabulary) -> tuple[Match, ...]:
        """References with exactly this vocabulary; failing that, those that it begins with, longest first."""
        equal = self.by_vocabulary.get(vocabulary.sha256, ()) if vocabulary.sha256 else ()
        if equal:
            return tuple(Match(record=record, how="equal") for record in equal)
        sizes = {r.pieces for r in self.records if r.vocabulary_sha256}
        begun = prefix_digests(vocabulary.pieces, sizes)
        found = [r for size in sorted(begun, reverse=True) for r in self.by_vocabulary.get(begun[size], ())]
        return tuple(Match(record=record, how="begins-with") for record in found)

    def by_merges(self, vocabulary: Vocabulary) -> tuple[Match, ...]:
        """References with exactly this merge list."""
        wanted = vocabulary.merges_sha256
        return tuple(
            Match(record=r, how="merges-equal") for r in self.records if wanted and r.merges_sha256 == wanted
        )

    def by_sketch(self, sketch: Hashes) -> tuple[Match, ...]:
        """References that contain this vocabulary or are contained in it, best first; see `MATCH`."""
        weights = self.weights(sketch)
        found = []
        for digest, other in self.sketches.items():
            of_subject = contained(sketch, weights, other)
            of_reference = contained(other, self.weights(other), sketch)
            how = _how(of_subject, of_reference)
            if how:
                record = self.by_vocabulary[digest][0]
                found.append(Match(record=record, how=how, of_reference=of_reference, of_subject=of_subject))
        return tuple(sorted(found, key=_rank))

    def nearest(self, sketch: Hashes) -> Match | None:
        """Which reference shares the most, without reaching the threshold? What was seen, not a match."""
        weights = self.weights(sketch)
        shares = [(contained(sketch, weights, other), digest) for digest, other in self.sketches.items()]
        if not shares:
            return None
        best, digest = max(shares, key=lambda s: (s[0].value, s[1]))
        return Match(record=self.by_vocabulary[digest][0], how="", of_subject=best)


def _how(of_subject: Overlap, of_reference: Overlap) -> str:
    inside, around = of_subject.value >= MATCH, of_reference.value >= MATCH
    if inside and around:
        return "same-pieces" if of_subject.value == of_reference.value == 1.0 else "nearly-same"
    return "pruned-from" if inside else "extends" if around else ""


def _rank(match: Match) -> tuple[float, float, str]:
    """Same pieces first; of what it extends the largest; of what it was pruned from the closest fit."""
    inside = match.of_subject.value if match.of_subject else 1.0
    around = match.of_reference.value if match.of_reference else 1.0
    return -min(inside, around), -inside * around, match.record.id


def tokens_of(record: TokenizerReference) -> frozenset[Token]:
    """The telling control tokens of this reference, by text and, where known, by number and text."""
    return frozenset((*record.special, *zip(record.special_ids, record.special, strict=False)))


@lru_cache(maxsize=4)
def index_of(catalogue: Catalogue) -> TokenizerIndex:
    """The index of this catalogue's references, made once."""
    return TokenizerIndex(tuple(catalogue.tokenizers.values()))
