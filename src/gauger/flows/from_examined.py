"""What did the examined folder itself say that makes verdicts milder? Nobody is to trust it unawares."""

from __future__ import annotations

from collections.abc import Iterator

from gauger.core.judgement import Finding
from gauger.flows.question import Question

RULE = "examined-decides"


def told_by_the_examined(question: Question) -> tuple[Finding, ...]:
    """One finding where profile or lists that lay beside what is examined take verdicts or files away.

    An examined folder may be a stranger's. Its `gauger.yaml` counts as long as the user names no other, and
    so do the lists in it; facts alone are the ordinary use and are told at the report's head.
    """
    parts = [*_of_profile(question), *_of_lists(question)]
    if not parts:
        return ()
    return (
        Finding(
            rule=RULE,
            severity="info",
            confidence="high",
            audience=("compliance", "security"),
            message="what lies beside the examined files decides here, and nobody named it: "
            + ", ".join(parts),
            remedy="where the files are not yours, run again with your own --profile and --lists",
        ),
    )


def _of_profile(question: Question) -> Iterator[str]:
    profile = question.profile
    if "profile" not in question.from_examined:
        return
    counted = {
        "rulings": len(profile.rulings),
        "accepted risks": len(profile.accepted),
        "patterns of files left out": len(profile.ignore),
        "scenarios chosen": len(profile.scenarios),
        "modifications": len(profile.modifications),
    }
    yield from (f"{what} of gauger.yaml: {count}" for what, count in counted.items() if count)
    if profile.reading == "literal":
        yield "the literal reading of gauger.yaml"


def _of_lists(question: Question) -> Iterator[str]:
    if "lists" in question.from_examined:
        lists = question.lists
        yield f"list files: {len(lists.files)}, with decisions about entries: {len(lists.confirmations)}"
