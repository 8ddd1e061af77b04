"""`gauger check`: the main job."""

from __future__ import annotations

from pathlib import Path

import click

from gauger.cli import options
from gauger.cli.session import Session, existing, lookup, progress, question
from gauger.core.judgement import LegalReading


@click.command()
@options.together(
    options.target,
    options.form,
    options.output,
    options.profile,
    options.reading,
    options.scenario,
    options.as_of,
    options.fail_on,
    options.strict,
    options.catalogue,
)
def check(
    path: Path,
    form: str,
    outputs: tuple[Path, ...],
    profile_path: Path | None,
    reading: LegalReading | None,
    scenarios: tuple[str, ...],
    as_of: str | None,
    fail_on: str | None,
    strict: bool,  # noqa: FBT001 - click passes options by name
    catalogue_path: Path | None,
) -> int:
    """Say what runs in PATH, whence it comes, what the rules say."""
    from gauger.flows import check as flow
    from gauger.flows.summary import summary

    session = Session(outputs=outputs, form=form, fail_on=fail_on, strict=strict)
    session.check_formats()
    root = existing(path)
    known = lookup(catalogue_path)
    asked = question(known, root, profile_path, options.iso_date(as_of), reading=reading, scenarios=scenarios)
    dossier = flow.check(root, known, asked, progress())
    return session.finish(dossier, summary(dossier))
