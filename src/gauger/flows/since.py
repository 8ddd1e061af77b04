"""Only what a change concerns: the uses whose place, or way to their model, runs through a changed file."""

from __future__ import annotations

from pathlib import Path, PurePosixPath

import msgspec

from gauger.core.dossier import Dossier
from gauger.core.inventory import Use
from gauger.core.judgement import Gap
from gauger.core.text import printable
from gauger.scan.inside import outer


def concerning(whole: Dossier, changed: frozenset[str], revision: str) -> Dossier:
    """The part of the document that these files concern, with a gap that says that it is a part.

    The whole stack was read and every name followed before, so that a changed setting brings the unchanged
    code that reads it.

    Args:
        whole: What is there, before any rule was asked.
        changed: Paths relative to the root; a folder or archive stands for everything in it.
        revision: Since when, for the gap.
    """
    uses = tuple(use for use in whole.uses if touched(use, changed))
    artifacts = tuple(
        a for a in whole.artifacts if any(within(path, changed) for path in (a.location.path, *a.parts))
    )
    models = {use.model for use in uses} | {a.model for a in artifacts if a.model}
    subjects = models | {a.id for a in artifacts} | {use.id for use in uses}
    findings = tuple(
        f
        for f in whole.findings
        if f.subject in subjects or any(within(at.path, changed) for at in f.locations)
    )
    models |= {f.subject for f in findings}
    claims = tuple(claim for claim in whole.claims if claim.subject in models | subjects)
    models |= {claim.object for claim in claims}
    left = len(whole.uses) - len(uses)
    gap = Gap(
        part="scan",
        reason="not-requested",
        detail=f"only what changed since {printable(revision, 100)} is shown: "
        f"{len(uses)} of {len(whole.uses)} uses",
        touches=(f"{left} uses that the change does not concern",),
        remedy="run it without --since",
    )
    return msgspec.structs.replace(
        whole,
        uses=uses,
        artifacts=artifacts,
        models=tuple(m for m in whole.models if m.id in models),
        claims=claims,
        findings=findings,
        gaps=tuple(sorted((*whole.gaps, gap), key=lambda one: one.id)),
    )


def touched(use: Use, changed: frozenset[str]) -> bool:
    """Does this use stand in a changed file, or is its model or address found through one?"""
    hops = (*use.chain, *(use.endpoint.chain if use.endpoint is not None else ()))
    return any(within(at.path, changed) for at in (use.location, *(hop.location for hop in hops)))


def within(path: str, changed: frozenset[str]) -> bool:
    """Is this file changed, or a folder or an archive changed in which it lies?"""
    if path in changed:
        return True
    return any(str(above) in changed for above in PurePosixPath(path).parents) or any(
        around in changed for around in outer(path)
    )


def restricted(whole: Dossier, root: Path, revision: str) -> Dossier:
    """The part that changes since this revision concern; all of it where none is named.

    Raises:
        UsageError: the folder is in no git repository, or there is no such revision.
    """
    if not revision:
        return whole
    from gauger.scan.revision import changed_since  # noqa: PLC0415 - few runs ask git

    return concerning(whole, changed_since(root, revision), revision)
