"""The days on which the answer of one rule may change by the calendar alone."""

from __future__ import annotations

from gauger.assess.calendar import bounds
from gauger.assess.rule import Rule
from gauger.assess.stakes import days
from gauger.assess.strand import Strand
from gauger.assess.world import Entries


def turning_days(rule: Rule, strands: tuple[Strand, ...], entries: Entries, day: str) -> tuple[str, ...]:
    """On which later days does the rule, an entry on a list that it looks up, or a share begin or end?"""
    lists = _lists(rule)
    found = set(bounds(rule.instrument, (), day))
    if lists:
        everyone = rule.asks_for_stakes
        groups = frozenset[str]().union(*(s.group for s in strands))
        owners = sorted(entries) if everyone else sorted(groups & set(entries))
        listed = tuple(e for d in owners for e in entries[d] if e.list in lists)
        found.update(bounds(rule.instrument, listed, day))
    if rule.asks_for_stakes:
        developers = rule.developers
        for strand in strands:
            found.update(d for d in days(developers, strand.developer) if d > day)
    return tuple(sorted(found))


def _lists(rule: Rule) -> frozenset[str]:
    """The lists that its conditions name."""
    if not rule.looks_up_lists:
        return frozenset()
    words = (pair for tree in rule.trees() for pair in tree.node.words())
    named = {
        "lists": lambda argument: argument,
        "stake-of-listed": lambda argument: argument[1:],
    }
    return frozenset(
        name for word, argument in words if word.argument in named for name in named[word.argument](argument)
    )
