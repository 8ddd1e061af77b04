"""The one line on standard error after a run."""

from __future__ import annotations

from collections import Counter

from gauger.core.dossier import Dossier
from gauger.core.judgement import SEVERITIES
from gauger.core.text import printable


def summary(dossier: Dossier) -> str:
    """What happened, in one line?"""
    uses = [use for use in dossier.uses if use.status != "mention"]
    models = sum(model.form != "data-set" for model in dossier.models_in_use)
    parts = [
        f"{_count(models, 'model')} in {_count(len(uses), 'use')}",
        _findings(dossier),
        _count(len(dossier.gaps), "gap"),
        f"knowledge base {dossier.catalogue.version} as of {dossier.catalogue.as_of}",
    ]
    return printable(f"gauger: {dossier.target}: " + ", ".join(parts), 1_000)


def _findings(dossier: Dossier) -> str:
    counts = Counter(finding.severity for finding in dossier.findings)
    listed = ", ".join(f"{counts[s]} {s}" for s in reversed(SEVERITIES) if counts[s])
    return _count(len(dossier.findings), "finding") + (f" ({listed})" if listed else "")


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
