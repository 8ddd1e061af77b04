"""`gauger scan`: the inventory alone."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from gauger.cli import options
from gauger.cli.session import existing, means, question, reporting

if TYPE_CHECKING:
    from gauger.catalogue.query import Lookup
    from gauger.core.dossier import Dossier


@click.command()
@options.together(
    options.target, options.profile, options.jobs, options.cache, options.no_cache, options.since
)
@reporting
def scan(
    known: Lookup,
    path: Path,
    profile_path: Path | None,
    jobs: int | None,
    cache: Path | None,
    *,
    no_cache: bool,
    since: str,
) -> Dossier:
    """List the models that PATH uses: where, how and through whom."""
    from gauger.flows.remembered import recalled

    root = existing(path)
    asked = question(known, root, profile_path, options.iso_date(None), since=since)
    using = means(jobs, cache, no_cache=no_cache)
    answer = recalled("scan", root, known.catalogue.folder, asked, using)
    if answer is None:
        from gauger.flows import check as flow

        answer = flow.inventory_only(root, known, asked, using)
    if not since:
        return answer
    from gauger.flows.since import restricted

    return restricted(answer, root, since)
