"""`gauger trace`: where one model comes from."""

from __future__ import annotations

from pathlib import Path

import click

from gauger.cli import options
from gauger.cli.session import Session, existing, lookup
from gauger.flows.summary import summary


@click.command()
@options.together(
    options.target, options.form, options.output, options.fail_on, options.strict, options.catalogue
)
def trace(
    path: Path,
    form: str,
    outputs: tuple[Path, ...],
    fail_on: str | None,
    strict: bool,  # noqa: FBT001 - click passes options by name
    catalogue_path: Path | None,
) -> int:
    """Say where one model comes from.

    PATH is a file of weights, or a model's folder.
    """
    from gauger.flows.check import Question, lineage_only

    session = Session(outputs=outputs, form=form, fail_on=fail_on, strict=strict)
    session.check_formats()
    dossier = lineage_only(existing(path), lookup(catalogue_path), Question(as_of=options.iso_date(None)))
    return session.finish(dossier, summary(dossier))
