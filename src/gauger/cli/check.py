"""`gauger check`: the main job."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from gauger.cli import options
from gauger.cli.lists_folder import with_lists
from gauger.cli.recording import keep_record, record, sign_with
from gauger.cli.session import existing, means, question, reporting
from gauger.core.judgement import LegalReading

if TYPE_CHECKING:
    from gauger.catalogue.query import Lookup
    from gauger.core.dossier import Dossier


@click.command()
@options.together(
    options.target,
    options.profile,
    options.lists,
    options.reading,
    options.scenario,
    options.as_of,
    options.jobs,
    options.cache,
    options.no_cache,
    options.since,
    record,
    sign_with,
)
@reporting
def check(
    known: Lookup,
    path: Path,
    profile_path: Path | None,
    lists_path: Path | None,
    reading: LegalReading | None,
    scenarios: tuple[str, ...],
    as_of: str | None,
    jobs: int | None,
    cache: Path | None,
    *,
    no_cache: bool,
    since: str,
    record_path: Path | None,
    keys: tuple[Path, ...],
) -> Dossier:
    """Say what runs in PATH, whence it comes, what the rules say."""
    from gauger.flows import check as flow

    root = existing(path)
    asked = question(
        known, root, profile_path, options.iso_date(as_of), reading=reading, scenarios=scenarios, since=since
    )
    asked = with_lists(asked, root, profile_path, lists_path)
    found = flow.check(root, known, asked, means(jobs, cache, no_cache=no_cache))
    return keep_record(found, record_path, keys)
