"""What each rule of a finding asks, in a few words, for formats that carry a description of their rules."""

from __future__ import annotations

from typing import NamedTuple


class RuleWords(NamedTuple):
    """How a rule is introduced.

    Attributes:
        title: A few words.
        meaning: When it is raised and what it does not say, in a sentence or two.
    """

    title: str
    meaning: str


RULES: dict[str, RuleWords] = {
    "declared-origin-contradicted": RuleWords(
        "The declared origin is not what was observed",
        "A model's files say where it comes from, and its weights, its tokenizer or its sizes are "
        "somebody else's. The message says which: a tokenizer may be reused without the weights.",
    ),
    "undeclared-base-tokenizer": RuleWords(
        "The tokenizer is somebody else's, and nothing is declared",
        "A model's files give no origin, and its tokenizer is that of a known maker.",
    ),
    "buried-model-file": RuleWords(
        "A model file lies in a place where no one looks",
        "A file that holds a model was found in a layer or archive that the finished image does not show.",
    ),
    "image-digest-mismatch": RuleWords(
        "Content and digest of an image do not agree",
        "The bytes of a layer or manifest do not have the digest under which the image names them.",
    ),
    "config-contradicts-tensors": RuleWords(
        "Configuration and weights do not belong together",
        "The configuration declares sizes that the model's own tensors do not have.",
    ),
    "undeclared-origin": RuleWords(
        "An observed origin that no declaration names",
        "What was observed points to an ancestor of another developer or licence than the declared ones.",
    ),
    "re-parameterised-copy": RuleWords(
        "The weights are a rewritten copy of another model's",
        "Units, heads or the residual stream were reordered, turned or rescaled, which leaves the outputs "
        "as they "
        "are. It does not say who did it or why.",
    ),
    "behaviour-closer-than-controls": RuleWords(
        "The behaviour is nearer to a teacher's than to every control's",
        "On the same prompts the model's forecasts are nearer to a candidate teacher's than to those of any "
        "independent control. Shared data or a common teacher would look the same; nothing is proven.",
    ),
    "unsafe-pickle": RuleWords(
        "Loading this pickle would call more than tensors need",
        "The opcodes of the pickle name a call outside the set that rebuilds tensors. Nothing was loaded.",
    ),
    "pickle-format": RuleWords(
        "Weights are stored as a pickle",
        "A pickle can run code when it is loaded; this one would call nothing that is known to be unsafe.",
    ),
    "prohibited-today": RuleWords(
        "A rule in force forbids this use",
        "Under the profile's reading, a rule that binds the user forbids the model today. Evidence and rule "
        "evaluation, not legal advice.",
    ),
    "unlicensed-today": RuleWords(
        "The licence does not grant this use",
        "Under the profile's reading, the model's licence does not cover how it is used. Evidence and rule "
        "evaluation, not legal advice.",
    ),
    "prohibited-if-read-strictly": RuleWords(
        "Forbidden if a silent text is read strictly",
        "The text does not say whether it reaches this use; read against the user, it forbids it.",
    ),
    "accepted-risk-expired": RuleWords(
        "An accepted risk has expired",
        "The profile accepts a finding until a day that has passed; the finding counts again.",
    ),
    "accepted-risk-outdated": RuleWords(
        "An accepted risk is not what was accepted",
        "The profile notes on what a risk was accepted, and today the facts about the model, or the text of "
        "the rule, are others. The finding counts again.",
    ),
    "accepted-risk-too-long": RuleWords(
        "A risk is accepted for more than two years",
        "The acceptance counts. Its day lies so far away that nobody may look at it again.",
    ),
    "accepted-risk-unused": RuleWords(
        "An accepted risk fits no finding",
        "The profile accepts something that was not found: it is over, or it is misspelt.",
    ),
    "examined-decides": RuleWords(
        "What was examined says what counts",
        "Rulings, accepted risks, patterns or lists that lay in the examined folder take verdicts or files "
        "away, and the user named none of them.",
    ),
    "answer-without-place": RuleWords(
        "A yes counts for nothing, for want of a place",
        "The profile answers a question of one country's rules with yes and does not list that country among "
        "its jurisdictions, so that those rules were taken not to bind.",
    ),
    "ruling-review-overdue": RuleWords(
        "A ruling on a silent text is due for review",
        "Counsel's decision on a silent text was to be looked at again by a day that has passed. It still "
        "counts.",
    ),
    "list-entry-new": RuleWords(
        "A list file names a developer that the knowledge base does not",
        "A list that the user fetched has an entry for a developer whom the stack concerns, and the "
        "knowledge "
        "base has none. The entry counts.",
    ),
    "list-contradiction": RuleWords(
        "A list file lacks an entry that the knowledge base has",
        "The knowledge base has a developer on a list, and the newest file of that list has no such entry "
        "under "
        "a name or number on record. The entry of the knowledge base still counts.",
    ),
    "list-stale": RuleWords(
        "A list file is old",
        "A list was fetched more than a month before the day of the evaluation.",
    ),
    "list-confirmation-lost": RuleWords(
        "A person's decision about a list entry no longer fits",
        "An entry that somebody confirmed or refused is no longer on the list under its number and name, so "
        "the decision no longer counts.",
    ),
    "ruling-unused": RuleWords(
        "A ruling settles nothing",
        "The profile holds a ruling on a form of which the text speaks, on a rule that was not asked, or one "
        "made after the day of the evaluation.",
    ),
}
"""By rule ident. The full sections are in docs/rules.md."""


def words_of(rule: str) -> RuleWords:
    """How is this rule introduced? A rule of another package has its ident and a pointer only."""
    return RULES.get(rule, RuleWords(rule, "A rule of another package; ask its documentation."))
