"""Which word and sign stands for each value of the closed sets, the same in every report for people.

Every verdict, severity, truth value and basis has a word and a sign, so that nothing depends on colour. The
signs are plain text characters that no common font turns into a picture.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from gauger.core.judgement import LegalReading, Severity, Truth, Verdict
from gauger.core.lineage import Basis
from gauger.core.readings import Known, Measured, Reading, Reason, Unmeasured


class VerdictWords(NamedTuple):
    """How a verdict is shown.

    Attributes:
        sign: One character.
        word: For a cell with room, at most 14 characters.
        short: For a narrow cell, at most 10 characters.
        counted: After a number of models: `2 with duties`.
        meaning: One sentence for the legend.
    """

    sign: str
    word: str
    short: str
    counted: str
    meaning: str


VERDICT: dict[Verdict, VerdictWords] = {
    "prohibited": VerdictWords(
        "✕", "prohibited", "prohibited", "prohibited", "a rule that binds this user forbids the use"
    ),
    "unlicensed": VerdictWords(
        "⊘", "unlicensed", "unlicensed", "unlicensed", "the licence does not grant this use"
    ),
    "prohibited-under-strict-reading": VerdictWords(
        "◐",
        "if read strictly",
        "if strict",
        "if read strictly",
        "forbidden only if the text's silence is read against the user",
    ),
    "undetermined": VerdictWords(
        "?",
        "undetermined",
        "undecided",
        "undetermined",
        "a fact that is not known, or a silent text, decides",
    ),
    "duties": VerdictWords(
        "§", "duties", "duties", "with duties", "not forbidden, on conditions: label, attest, name, pass on"
    ),
    "watch": VerdictWords("…", "watch", "watch", "on watch", "a dormant or proposed rule would catch it"),
    "clear": VerdictWords(
        "✓", "clear", "clear", "clear", "no rule recorded here catches it; that is no permission"
    ),
}
NOT_EVALUATED = VerdictWords(
    "–", "not evaluated", "not eval.", "not evaluated", "the dossier holds no outcome for this cell"
)
TAKEN_AWAY: tuple[Verdict, ...] = ("prohibited", "unlicensed")
"""The verdicts after which the model may not be used as it is used now."""

READING: dict[LegalReading, str] = {
    "literal": "where the text is silent, the answer is no",
    "cautious": "where the text is silent, somebody has to look",
    "strict": "where the text is silent, the answer is yes",
}
SEVERITY_SIGN: dict[Severity, str] = {
    "critical": "▲▲",
    "high": "▲",
    "medium": "◆",
    "low": "◇",
    "info": "i",
}
TRUTH: dict[Truth, tuple[str, str]] = {
    "true": ("✓", "yes"),
    "false": ("✕", "no"),
    "unknown": ("?", "not known"),
}
BASIS: dict[Basis, str] = {
    "observed": "measured from bytes or behaviour",
    "declared": "a card, a configuration or a name says so",
    "catalogue": "a sourced statement of the knowledge base",
    "alleged": "somebody accuses somebody; never evidence",
}
BASES: tuple[Basis, ...] = ("observed", "declared", "catalogue", "alleged")
"""In the order in which a person should weigh them."""

REASON: dict[Reason, str] = {
    "not-declared": "not declared",
    "not-present": "not present",
    "not-resolved": "not resolved",
    "not-in-catalogue": "not in catalogue",
    "not-supported": "not supported",
    "not-requested": "not requested",
    "not-sourced": "no source",
    "no-reference": "no reference",
    "too-little-data": "too little data",
    "ambiguous": "ambiguous",
    "malformed": "malformed",
    "unreadable": "unreadable",
    "limit-exceeded": "over a limit",
}
ORDER_KNOWN_BY: dict[str, str] = {
    "declared": "which came first is declared",
    "catalogue": "which came first is in the knowledge base",
    "dates": "which came first follows from dates",
    "information-loss": "the direction follows from what was lost",
    "heuristic": "the direction is a heuristic: more of the one is found in the other than the reverse",
    "unknown": "which of the two came first is not in the weights",
}
"""After a relation that weights showed."""

STATUS: dict[str, str] = {
    "measured": "measured from the bytes of a file",
    "resolved": "followed through settings to the value",
    "declared": "written where it is used",
    "inferred": "one of several values, or a default that may be overridden",
    "unresolved": "the chain to the name broke",
}
"""Statuses of real uses, surest first; mentions are counted apart."""


def plural(count: int, one: str, many: str = "") -> str:
    """How is this count said? `1 model`, `1,204 models`."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def listed(items: list[str] | tuple[str, ...], last: str = "and") -> str:
    """How are these items said in a row? `a, b and c`."""
    return ", ".join(items) if len(items) < 2 else f"{', '.join(items[:-1])} {last} {items[-1]}"


def some(items: Sequence[str], most: int) -> str:
    """How are the first of these items said, and how many more there are? `a, b and 3 more`."""
    more = [f"{len(items) - most:,} more"] if len(items) > most else []
    return listed([*items[:most], *more])


def capital(text: str) -> str:
    """The text with its first letter in upper case and the rest as it is."""
    return text[:1].upper() + text[1:]


def sentence(text: str) -> str:
    """The text as a sentence begins; as it is where a path, a name or code comes first."""
    first = text.partition(" ")[0].rstrip(",;:")
    return capital(text) if first.isalpha() and first.islower() else text


def said(value: Known) -> str:
    """What is known of this name: itself, or why it is not known?"""
    if isinstance(value, str):
        return value
    detail = f": {value.detail}" if value.detail else ""
    return f"not known ({REASON[value.reason]}{detail})"


def number(value: float) -> str:
    """How is this number written? Whole numbers with separators, others with up to six digits."""
    return f"{int(value):,}" if value == int(value) and abs(value) < 1e15 else f"{value:.6g}"


def measured(value: Reading) -> str:
    """How is this reading said: estimate, interval, unit and sample size, or why there is none?"""
    if isinstance(value, Unmeasured):
        return f"no number ({REASON[value.reason]}{': ' + value.detail if value.detail else ''})"
    return _measured(value)


def _measured(value: Measured) -> str:
    interval = "" if value.low == value.high else f", interval {number(value.low)} to {number(value.high)}"
    return f"{number(value.value)} {value.unit}{interval} (n = {value.n:,})"


def size(size_bytes: int) -> str:
    """How is this size said? Decimal units, three digits; `size not known` below zero."""
    if size_bytes < 0:
        return "size not known"
    amount = float(size_bytes)
    for unit in ("bytes", "kB", "MB", "GB"):
        if amount < 1000:
            return f"{amount:.3g} {unit}" if unit != "bytes" else f"{size_bytes} bytes"
        amount /= 1000
    return f"{amount:.3g} TB"
