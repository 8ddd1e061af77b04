"""What the verdict on two models becomes once every number of both was compared."""

from __future__ import annotations

from collections.abc import Collection

import msgspec

from gauger.core.comparison import Comparison
from gauger.trace.weights.found import Found
from gauger.trace.weights.identity import Equality


def same_files(said: Comparison, found: Found) -> Comparison:
    """The verdict on files that are equal byte by byte, whose tensors say nothing by themselves."""
    read = found.ours.weights.read_bytes + found.theirs.weights.read_bytes
    return msgspec.structs.replace(
        said,
        id="",
        verdict="identical",
        alterations=("identical",),
        relation="same-as",
        tier="identity",
        statement="the files are equal byte by byte",
        read_bytes=read,
        facts={**said.facts, "all-numbers-compared": True},
    )


def with_all_numbers(said: Comparison, seen: Equality | None, found: Found) -> Comparison:
    """The verdict on models whose sampled numbers are equal, after all of them were compared."""
    ours, theirs = found.ours, found.theirs
    same = ours.weights.file.format == theirs.weights.file.format
    read = ours.weights.read_bytes + theirs.weights.read_bytes
    said = msgspec.structs.replace(
        said, id="", read_bytes=read, facts={**said.facts, "all-numbers-compared": False}
    )
    if seen is None:
        words = "not every number was compared"
        return msgspec.structs.replace(said, caveats=(*said.caveats, words))
    other = (*seen.altered, *seen.differing)
    alone = _alone(seen)
    if other and (seen.altered or same) and said.verdict == "identical":
        return msgspec.structs.replace(
            said,
            verdict="fine-tuned",
            alterations=("fine-tuned",),
            relation="fine-tuned-from",
            tier="same-base",
            statement=f"every sampled number is equal, and {tensors(other)} of the subject "
            f"{'has' if len(other) == 1 else 'have'} other numbers: {', '.join(other[:3])}",
            caveats=(*said.caveats, *alone),
        )
    if other or alone or ours.incomplete or theirs.incomplete:
        layout = (f"{tensors(other)} in another layout, or with other numbers: {other[0]}",) if other else ()
        return msgspec.structs.replace(said, caveats=(*said.caveats, *layout, *alone))
    words = "every number is equal, one-dimensional tensors included"
    return msgspec.structs.replace(
        said,
        verdict="identical" if same else "converted",
        alterations=("identical",) if same else ("converted",),
        relation="same-as" if same else "converted-from",
        statement=words if same else f"{words}; another format",
        facts={**said.facts, "all-numbers-compared": True},
    )


def _alone(seen: Equality) -> tuple[str, ...]:
    sides = (("the subject", seen.ours_only), ("the reference", seen.theirs_only))
    return tuple(
        f"only {side} has {tensors(names)}: {', '.join(names[:3])}" for side, names in sides if names
    )


def tensors(names: Collection[str]) -> str:
    """How many tensors, in words?"""
    return "one tensor" if len(names) == 1 else f"{len(names)} tensors"
